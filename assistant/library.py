"""The corpus and its index on disk, kept in step: open, build, add, remove, undo.

A change is staged, its index is built, and only then one pointer is swapped: a change that is
interrupted, by anything, leaves the old corpus with the old index. An index is addressed by corpus,
model and recipe, so that these cannot come apart. Whoever writes holds the lock; whoever only reads
needs none, since what the pointer names is never changed in place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import build, store
from corpus.build import Change
from corpus.citing import references_held
from corpus.clauses import Revision
from corpus.errors import ExpectedError, StoreError
from corpus.holdings import Corpus
from corpus.references import Reference
from embeddings.build import build_index
from embeddings.encoder import Encoder, Progress
from embeddings.index import ClauseIndex, Embedded
from embeddings.store import (
    IndexMismatchError,
    earlier_folders,
    index_folder,
    load_embedded,
    load_index,
    save_index,
)

Told = Callable[[str], Progress | None]  # told of a long step by name, gives its progress bar


def _unheard(_notice: str) -> None:
    """The notice that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Library:
    """Where a user's corpus and its indexes lie."""

    home: Path
    told: Told
    notify: Callable[[str], None] = _unheard  # told in a line what was done unasked

    def corpus(self) -> Corpus:
        """The corpus in use; the founding one is made when there is none yet.

        One that an earlier version of the parser read is read anew first, and a notice says so.
        Raises StoreError when it is damaged.
        """
        corpus = store.load(self.home)
        if corpus is not None and corpus.parser == build.parser_fingerprint():
            return corpus
        try:
            with self._locked():
                return self._made_or_read_anew()
        except ExpectedError as failure:
            if corpus is None:
                raise
            # Its quotations are true to its texts as they were stored, whoever read them.
            self.notify(
                f"the texts in {self.home} were read by another version of the parser, and cannot "
                f"be read anew: {failure}"
            )
            return corpus

    def index(self, corpus: Corpus, encoder: Encoder) -> ClauseIndex:
        """The index of a corpus; built when it is missing. Raises IndexMismatchError if damaged."""
        try:
            return self._loaded(corpus, encoder)
        except FileNotFoundError:
            pass
        with self._locked():
            try:
                return self._loaded(corpus, encoder)  # another command has built it meanwhile
            except FileNotFoundError:
                index = self._build(corpus, encoder, known=self._known(encoder))
            if corpus.digest in store.history(self.home)[:1]:
                store.sweep(self.home)
        return index

    def rebuild(self, encoder: Encoder, *, force: bool) -> Change:
        """Reads all documents anew and builds their index.

        With `force` nothing is embedded but anew, and what is damaged is repaired from what is not;
        problems tell what could not be.
        """
        with self._locked():
            if force:
                store.mend_documents(self.home)
                self._set_aside()
            before = store.remains(self.home) if force else store.load(self.home)
            change = (
                build.rebuilt(self.home, before)
                if before is not None
                else build.founding(self.home)
            )
            if force:
                self._build(change.corpus, encoder, known=None)
            else:
                self._index_for(change.corpus, encoder)
            instead_of = before.digest if before is not None else ""
            store.activate(self.home, change.corpus.digest, instead_of=instead_of)
            if force:
                store.mend_documents(self.home)
                store.forget_damaged(self.home)
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

    def undo(self) -> Change:
        """Takes the last change back; raises StoreError when there is none."""
        with self._locked():
            try:
                before = store.load(self.home)
            except StoreError:
                before = None
            return build.compared(before, store.go_back(self.home))

    def text(self, corpus: Corpus, document: str) -> str:
        """The stored text of a document, held to its digest."""
        return store.read_text(self.home, corpus, document)

    def references(self, corpus: Corpus) -> tuple[tuple[Reference, ...], ...]:
        """Per clause of the corpus, in its order, what the clause cites."""
        return references_held(self.home, corpus)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        def busy() -> None:
            self.notify(f"another command is at work in {self.home}; this one waits for it")

        with store.locked(self.home, busy=busy):
            yield

    def _made_or_read_anew(self) -> Corpus:
        """The corpus by the parser of today, whatever there was; the lock is held."""
        corpus = store.load(self.home)
        if corpus is None:
            change = build.founding(self.home)
            store.activate(self.home, change.corpus.digest)
            return change.corpus
        if corpus.parser == build.parser_fingerprint():
            return corpus
        self.notify(
            f"the texts in {self.home} were read by another version of the parser; they are read "
            "anew"
        )
        change = build.rebuilt(self.home, corpus)
        store.activate(self.home, change.corpus.digest, instead_of=corpus.digest)
        for name, problem in change.problems:
            if problem.kind in build.TROUBLES:
                self.notify(f"{name}: {problem.message}")
        return change.corpus

    def _change(self, encoder: Encoder, make: Callable[[Corpus], Change]) -> Change:
        with self._locked():
            corpus = self._made_or_read_anew()
            change = make(corpus)
            if change.corpus.digest != corpus.digest:
                self._index_for(change.corpus, encoder)
                store.activate(self.home, change.corpus.digest)
                store.sweep(self.home)
        return change

    def _set_aside(self) -> None:
        for folder in store.set_aside_unreadable(self.home):
            self.notify(
                "what a damaged state of the corpus held cannot be told any more; its documents "
                f"are in {folder / 'documents'}, to be added again"
            )

    def _loaded(self, corpus: Corpus, encoder: Encoder) -> ClauseIndex:
        wanted = {"corpus_digest": corpus.digest, "fingerprint": encoder.fingerprint}
        folder = index_folder(self.home, **wanted)
        try:
            return load_index(folder, **wanted, clauses=len(corpus))
        except IndexMismatchError:
            # It may have been put in its place between two files; what is damaged stays damaged.
            return load_index(folder, **wanted, clauses=len(corpus))

    def _index_for(self, corpus: Corpus, encoder: Encoder) -> None:
        """Has the index of a corpus that is not in use yet on disk; the lock is held."""
        try:
            self._loaded(corpus, encoder)
        except (FileNotFoundError, IndexMismatchError):
            self._build(corpus, encoder, known=self._known(encoder))

    def _known(self, encoder: Encoder) -> Embedded | None:
        """Vectors of the same encoder: those of the newest index that is whole."""
        for folder in earlier_folders(self.home, fingerprint=encoder.fingerprint):
            try:
                return load_embedded(folder, fingerprint=encoder.fingerprint)
            except (FileNotFoundError, IndexMismatchError):
                continue
        return None

    def _build(self, corpus: Corpus, encoder: Encoder, *, known: Embedded | None) -> ClauseIndex:
        index = build_index(
            corpus.clauses, encoder, known=known, progress=self.told("embedding clauses")
        )
        save_index(
            index,
            index_folder(self.home, corpus_digest=corpus.digest, fingerprint=encoder.fingerprint),
            corpus_digest=corpus.digest,
            model=encoder.name,
            fingerprint=encoder.fingerprint,
        )
        return index
