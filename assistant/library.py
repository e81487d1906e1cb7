"""The corpus and its index on disk, kept in step: open, build, add, remove, undo.

A change is staged, its index is built, and only then one pointer is swapped: a change that is
interrupted, by anything, leaves the old corpus with the old index. An index is addressed by corpus
and model, so that the two cannot come apart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import build, store
from corpus.build import Change
from corpus.clauses import Revision
from corpus.errors import StoreError
from corpus.holdings import Corpus
from embeddings.build import build_index
from embeddings.encoder import Encoder, Progress
from embeddings.index import ClauseIndex, Embedded
from embeddings.store import IndexMismatchError, index_folder, load_index, save_index

Told = Callable[[str], Progress | None]  # told of a long step by name, gives its progress bar


@dataclass(frozen=True, slots=True)
class Library:
    """Where a user's corpus and its indexes lie."""

    home: Path
    told: Told

    def corpus(self) -> Corpus:
        """The corpus in use; the founding one is made when there is none yet.

        Raises StoreError when it is damaged or was read by another version of the parser.
        """
        corpus = store.load(self.home)
        if corpus is None:
            with store.locked(self.home):
                corpus = store.load(self.home)
                if corpus is None:
                    change = build.founding(self.home)
                    store.activate(self.home, change.corpus.digest)
                    return change.corpus
        made_by = store.stored_parser(self.home, corpus.digest)
        if made_by != build.parser_fingerprint():
            raise StoreError(
                f"the corpus in {self.home} was read by another version of the parser "
                f"({made_by}, this is {build.parser_fingerprint()}); {store.REBUILD}"
            )
        return corpus

    def index(self, corpus: Corpus, encoder: Encoder) -> ClauseIndex:
        """The index of a corpus; built when it is missing. Raises IndexMismatchError if damaged."""
        folder = self._folder(corpus, encoder)
        try:
            return load_index(
                folder,
                corpus_digest=corpus.digest,
                fingerprint=encoder.fingerprint,
                clauses=len(corpus),
            )
        except FileNotFoundError:
            return self._build(corpus, encoder, known=None)

    def rebuild(self, encoder: Encoder, *, force: bool) -> Change:
        """Reads all documents anew and builds their index; without `force` only what is stale."""
        with store.locked(self.home):
            corpus = self._readable()
            change = build.rebuilt(self.home, corpus) if corpus else build.founding(self.home)
            if force:
                self._build(change.corpus, encoder, known=None)
            else:
                self.index(change.corpus, encoder)
            store.activate(self.home, change.corpus.digest)
            store.sweep(self.home)
        return change

    def add(self, files: Sequence[Path], encoder: Encoder, given: Mapping[str, Any]) -> Change:
        """Adds documents; raises ExpectedError for the first that cannot be, and adds none then."""
        return self._change(
            encoder, lambda corpus: build.with_added(self.home, corpus, files, given=given)
        )

    def remove(self, gone: Sequence[Revision], encoder: Encoder) -> Change:
        """Removes revisions; `undo` brings them back."""
        return self._change(encoder, lambda corpus: build.without(self.home, corpus, gone))

    def undo(self) -> Corpus:
        """Takes the last change back."""
        with store.locked(self.home):
            return store.load_generation(self.home, store.go_back(self.home))

    def text(self, corpus: Corpus, document: str) -> str:
        """The stored text of a document, held to its digest."""
        return store.read_text(self.home, corpus, document)

    def _change(self, encoder: Encoder, make: Callable[[Corpus], Change]) -> Change:
        corpus = self.corpus()
        with store.locked(self.home):
            corpus = store.load(self.home) or corpus
            change = make(corpus)
            if change.corpus.digest != corpus.digest:
                known = self._known(corpus, encoder)
                if not self._folder(change.corpus, encoder).is_dir():
                    self._build(change.corpus, encoder, known=known)
                store.activate(self.home, change.corpus.digest)
                store.sweep(self.home)
        return change

    def _readable(self) -> Corpus | None:
        """The corpus in use, or the newest that can still be read; None when there is none."""
        try:
            return store.load(self.home)
        except StoreError:
            return store.newest_readable(self.home)

    def _known(self, corpus: Corpus, encoder: Encoder) -> Embedded | None:
        try:
            return load_index(
                self._folder(corpus, encoder),
                corpus_digest=corpus.digest,
                fingerprint=encoder.fingerprint,
                clauses=len(corpus),
            ).embedded
        except (FileNotFoundError, IndexMismatchError):
            return None

    def _build(self, corpus: Corpus, encoder: Encoder, *, known: Embedded | None) -> ClauseIndex:
        index = build_index(
            corpus.clauses, encoder, known=known, progress=self.told("embedding clauses")
        )
        save_index(
            index,
            self._folder(corpus, encoder),
            corpus_digest=corpus.digest,
            model=encoder.name,
            fingerprint=encoder.fingerprint,
        )
        return index

    def _folder(self, corpus: Corpus, encoder: Encoder) -> Path:
        return index_folder(self.home, corpus_digest=corpus.digest, fingerprint=encoder.fingerprint)
