"""Settings -> the real corpus, index, encoder and assistant; nowhere else are they put together."""

import atexit
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assistant.answering import Assistant
from assistant.library import Library
from assistant.retriever import Retriever
from assistant.settings import Settings
from corpus.holdings import Corpus
from embeddings.encoder import Encoder, Progress
from embeddings.models import open_encoder, open_reranker
from embeddings.reranker import Reranker


@dataclass(frozen=True)
class Workplace:
    """What a command works with; each part is opened when it is first asked for."""

    settings: Settings

    @cached_property
    def library(self) -> Library:
        return Library(self.settings.home, progress_bar, notice)

    @cached_property
    def encoder(self) -> Encoder:
        return open_encoder(
            self.settings.model,
            cache=self.settings.cache,
            progress=progress_bar("unpacking weights"),
        )

    @cached_property
    def reranker(self) -> Reranker | None:
        return open_reranker(self.settings.reranker)

    @cached_property
    def corpus(self) -> Corpus:
        return self.library.corpus()

    @cached_property
    def assistant(self) -> Assistant:
        return self.assistant_over(self.corpus)

    def assistant_over(self, corpus: Corpus) -> Assistant:
        """An assistant over that corpus; its index is built when it is missing."""
        retriever = Retriever(
            corpus=corpus,
            index=self.library.index(corpus, self.encoder),
            encoder=self.encoder,
            reranker=self.reranker,
        )
        return Assistant(corpus=corpus, retriever=retriever)

    def open(self) -> None:
        """Opens all that a question needs; what is wrong with it is told before the first one.

        Raises ExpectedError.
        """
        _ = self.assistant
        if self.reranker is not None:
            self.reranker.scores("?", ["?"])


def notice(text: str) -> None:
    """Tells on standard error, in a line, what is done unasked."""
    print(f"resolutions: {text}", file=sys.stderr, flush=True)


def progress_bar(title: str) -> Progress:
    """A progress bar on standard error that appears with the first step and ends with the last.

    Where standard error is no terminal, the start and the end are told in a line each.
    """
    shown: dict[str, Any] = {}

    def tell(done: int, total: int) -> None:
        if not total or shown.get("ended"):
            return
        if not sys.stderr.isatty():
            _tell_in_lines(title, done, total, shown)
            return
        if "bar" not in shown:
            shown["bar"], shown["task"] = _started(title, total)
        shown["bar"].update(shown["task"], completed=done, total=total)
        if done >= total:
            shown["bar"].stop()
            shown["ended"] = True

    return tell


def _started(title: str, total: int) -> tuple[Any, Any]:
    from rich.console import Console  # noqa: PLC0415 (needed only when something takes long)
    from rich.progress import Progress as Bar  # noqa: PLC0415

    bar = Bar(console=Console(stderr=True))
    atexit.register(bar.stop)  # an interrupted bar would leave the terminal without a cursor
    bar.start()
    return bar, bar.add_task(title, total=total)


def _tell_in_lines(title: str, done: int, total: int, shown: dict[str, Any]) -> None:
    if "begun" not in shown:
        shown["begun"] = True
        print(f"{title} …", file=sys.stderr, flush=True)
    if done >= total:
        shown["ended"] = True
        print(f"{title}: done", file=sys.stderr, flush=True)
