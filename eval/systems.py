"""What is measured, opened: the assistant as a System, the clauses alone, any texts of others.

This is the one place where the evaluation knows how the assistant is put together. It is put
together over the founding texts in a folder of its own, whatever the user has added: a figure that
depends on somebody's corpus could be compared with nothing.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.clauses import Clause, Revision, Source, clause_from_json
from corpus.errors import ExpectedError
from eval.measure import Outcome, Searcher, System

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from assistant.answers import Citation
    from assistant.retriever import Retriever
    from corpus.holdings import Corpus
    from embeddings.encoder import Encoder
    from embeddings.reranker import Reranker


@dataclass(frozen=True, slots=True)
class Held:
    """Clauses, and the digest that tells them from others."""

    clauses: tuple[Clause, ...]
    digest: str

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(clause.id for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Opened:
    """A system ready to be asked, and what it was opened with."""

    system: System
    model: str  # name and fingerprint of the encoder, and of the reranker where there is one
    held: Held
    documents: Mapping[str, str]  # name -> stored text
    encoder: "Encoder"


@dataclass(frozen=True, slots=True)
class Openers:
    """How the command line gets at what it measures; tests give others."""

    system: Callable[[Sequence[Path], str | None], Opened]  # additional documents, model
    clauses: Callable[[], Held]
    texts: Callable[[Mapping[str, str], str | None], tuple[Searcher, str]]  # texts, model
    encoder: "Callable[[str | None], Encoder]"  # model


class AssistantSystem:
    """The assistant, as it is measured."""

    name = "assistant"

    def __init__(self, assistant: "Assistant", documents: Mapping[str, str]) -> None:
        self._assistant = assistant
        self._documents = documents

    @property
    def assistant(self) -> "Assistant":
        """The assistant itself, for what looks deeper than questions and replies."""
        return self._assistant

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        understood = self._assistant.understand(question, history=history)
        hits = self._assistant.search(understood, top=top)
        return [(hit.clause.id, hit.score) for hit in hits]

    def ask(self, question: str, *, history: Sequence[str]) -> Outcome:
        from assistant.answers import Answer  # noqa: PLC0415
        from assistant.query import has_content  # noqa: PLC0415

        if not has_content(question):  # interfaces turn it away before it is understood
            return Outcome("refused", "empty", (), quotes_proven=True, probability=0.0)
        reply = self._assistant.answer(self._assistant.understand(question, history=history))
        if not isinstance(reply, Answer):
            return Outcome(
                "refused", reply.reason.value, (), quotes_proven=True, probability=reply.probability
            )
        return Outcome(
            "answered",
            None,
            tuple(citation.clause.id for citation in reply.citations),
            quotes_proven=all(
                is_proven(citation, self._assistant.corpus, self._documents)
                for citation in reply.citations
            ),
            probability=reply.probability,
        )


def is_proven(citation: "Citation", corpus: "Corpus", documents: Mapping[str, str]) -> bool:
    """Whether a quote stands in a held clause, and that clause in the stored text of its document.

    The types promise the first; this looks all the way down to the document.
    """
    clause = citation.clause
    held = corpus.get(clause.id, clause.revision.language)
    stored = documents.get(clause.source.file)
    if held is None or held.text != clause.text or stored is None:
        return False
    return (
        bool(citation.quote)
        and citation.quote == held.text[citation.start : citation.end]
        and clause.source.reassemble(stored) == clause.text
    )


def open_system(
    documents: Sequence[Path] = (), model: str | None = None, *, reranker: str | None = None
) -> Opened:
    """The assistant over the founding texts and these documents, indexed anew."""
    from assistant.answering import Assistant  # noqa: PLC0415
    from assistant.retriever import Retriever  # noqa: PLC0415
    from embeddings.build import build_index  # noqa: PLC0415

    corpus, texts = _corpus_and_texts(documents)
    encoder = open_model(model)
    second = _open_reranker(reranker)
    name = _model_name(encoder, second)
    _say(f"indexing {len(corpus.clauses)} clauses with {encoder.name}")
    index = build_index(corpus.clauses, encoder)
    retriever = Retriever(corpus=corpus, index=index, encoder=encoder, reranker=second)
    return Opened(
        system=AssistantSystem(Assistant(corpus=corpus, retriever=retriever), texts),
        model=name,
        held=Held(corpus.clauses, corpus.digest),
        documents=texts,
        encoder=encoder,
    )


def open_clauses() -> Held:
    """The clauses of the founding texts; loads no model."""
    corpus, _ = _corpus_and_texts(())
    return Held(corpus.clauses, corpus.digest)


def open_texts(
    texts: Mapping[str, str], model: str | None = None, *, reranker: str | None = None
) -> tuple[Searcher, str]:
    """The assistant's search over texts that are no resolutions, and the name of its models."""
    encoder = open_model(model)
    second = _open_reranker(reranker)
    name = _model_name(encoder, second)
    return system_from_corpus(texts, encoder, second), name


def open_model(model: str | None = None) -> "Encoder":
    """The encoder of that name, or the one that the settings name."""
    from assistant.settings import Settings  # noqa: PLC0415
    from embeddings.models import open_encoder  # noqa: PLC0415

    settings = Settings.from_environment(model=model)
    return open_encoder(settings.model, cache=settings.cache)


def _open_reranker(name: str | None) -> "Reranker | None":
    """The reranker of that name, or the one that the settings name, if any."""
    from assistant.settings import Settings  # noqa: PLC0415
    from embeddings.models import open_reranker  # noqa: PLC0415

    return open_reranker(Settings.from_environment(reranker=name).reranker)


def system_from_corpus(
    texts: Mapping[str, str], encoder: "Encoder", reranker: "Reranker | None" = None
) -> Searcher:
    """A searcher over any texts (id -> text) with the same index, terms and weights.

    Every text is held as an item of one made-up document; blank ones can be found by nothing and
    are left out. Raises ExpectedError when no text is left.
    """
    from assistant.retriever import Retriever  # noqa: PLC0415
    from corpus.holdings import Corpus  # noqa: PLC0415
    from embeddings.build import build_index  # noqa: PLC0415

    ids = [id_ for id_, text in texts.items() if text.strip()]
    if not ids:
        raise ExpectedError("no text to search in; a set in the form of BEIR needs a corpus.jsonl")
    clauses = tuple(_as_clause(place, texts[id_]) for place, id_ in enumerate(ids, start=1))
    corpus = Corpus(clauses=clauses)
    index = build_index(clauses, encoder, progress=_quarters("embedded"))
    return TextSearcher(
        {clause.id: id_ for clause, id_ in zip(clauses, ids, strict=True)},
        corpus,
        Retriever(corpus=corpus, index=index, encoder=encoder, reranker=reranker),
    )


class TextSearcher:
    """The assistant's retriever over texts that are no resolutions."""

    name = "assistant's search"

    def __init__(self, names: Mapping[str, str], corpus: "Corpus", retriever: "Retriever") -> None:
        self._names = names  # clause id -> id of the text
        self._corpus = corpus
        self._retriever = retriever

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        from assistant.conversation import understand_in_context  # noqa: PLC0415

        understood = understand_in_context(question, history, corpus=self._corpus)
        hits = self._retriever.rank(understood, top=top).found
        return [(self._names[hit.clause.id], hit.score) for hit in hits]


def read_clauses(file: Path) -> Held:
    """The clauses that `resolutions export` wrote, as JSON Lines; raises ExpectedError."""
    clauses = []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectedError(f"{file}: cannot be read: {error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                clauses.append(clause_from_json(json.loads(line)))
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise ExpectedError(
                    f"{file}:{number}: no clause ({error!r}); write it: resolutions export --json"
                ) from error
    if not clauses:
        raise ExpectedError(f"{file} has no clause; write it: resolutions export --json")
    return Held(tuple(clauses), "")


def _corpus_and_texts(documents: Sequence[Path]) -> "tuple[Corpus, dict[str, str]]":
    from corpus.build import founding, with_added  # noqa: PLC0415
    from corpus.store import read_text  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="resolutions-eval-") as folder:
        home = Path(folder)
        corpus = founding(home).corpus
        readable = [path for path in documents if _is_readable(path)]
        if readable:
            corpus = with_added(home, corpus, readable, given={}).corpus
        texts = {
            document.name: read_text(home, corpus, document.name) for document in corpus.documents
        }
    return corpus, texts


def _is_readable(path: Path) -> bool:
    """Whether a resolution is read in the document; else it is left out, and that is said.

    A case about a document that was left out is rejected afterwards, since its clauses are unknown.
    """
    from corpus.parse import parse_document  # noqa: PLC0415

    try:
        parse_document(path)
    except ExpectedError as error:
        _say(f"left out: {error}")
        return False
    return True


def _model_name(encoder: "Encoder", reranker: "Reranker | None") -> str:
    name = f"{encoder.name} {encoder.fingerprint}"
    if reranker is None:
        return name
    return f"{name}, reranked by {reranker.name} {reranker.fingerprint}"


def _as_clause(place: int, text: str) -> Clause:
    # A year before any question's, so that no year in a question limits the search.
    revision = Revision(
        body="doc", number="1", year=1800, place="", language=_language(text), title="texts"
    )
    return Clause(
        revision=revision,
        section="texts",
        phrase="",
        addressees=(),
        label=f"p{place}",
        text=text,
        source=Source("corpus.jsonl", ((0, len(text)),)),
    )


def _language(text: str) -> str:
    from corpus.languages import detect_language  # noqa: PLC0415

    return detect_language(text) or "en"


def _quarters(what: str) -> Callable[[int, int], None]:
    told = set()

    def tell(done: int, total: int) -> None:
        quarter = 4 * done // max(1, total)
        if quarter and quarter not in told:
            told.add(quarter)
            _say(f"{what} {done} of {total}")

    return tell


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
