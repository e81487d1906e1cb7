"""Documents -> a staged generation of the corpus: the founding texts, additions, removals.

Every function gives a `Change` whose corpus lies on disk, staged but not in use: the caller builds
its index and then calls `corpus.store.activate`. The founding texts are data of this package; each
generation keeps its own copy of every document, so that offsets always lead somewhere.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import citing, store
from corpus.clauses import Adoption, Clause, Revision
from corpus.errors import ExpectedError, ReferenceNotFoundError, StoreError
from corpus.fingerprint import source_fingerprint
from corpus.holdings import Corpus, Document, DocumentProblem
from corpus.parse import parse_document
from corpus.readers.limits import read_bounded

if TYPE_CHECKING:
    from corpus.structure import ParsedDocument

LONGEST_NAME = 100  # bytes of a document's name in the store; file systems take 255 with additions

TROUBLES = ("not-read-anew", "lost")  # kinds of problems of a document that was read before

_Key = tuple[str, str]  # revision id and language


@dataclass(frozen=True, slots=True)
class Change:
    """A staged corpus and what it adds, replaces and drops, as (revision id, language)."""

    corpus: Corpus
    added: tuple[_Key, ...] = ()
    replaced: tuple[_Key, ...] = ()
    removed: tuple[_Key, ...] = ()
    problems: tuple[tuple[str, DocumentProblem], ...] = ()  # of what was read, by document's name


@dataclass(frozen=True, slots=True)
class _Holding:
    """One document with all that is kept of it."""

    document: Document
    clauses: tuple[Clause, ...]
    file: store.StoredFile | None = None  # None: as it lies in the generation before


def parser_fingerprint() -> str:
    """Changes whenever the code or data that make clauses do."""
    return source_fingerprint("corpus.parse")


def founding(home: Path) -> Change:
    """The corpus of the two founding texts, staged."""
    return _staged(home, _founding_holdings(), before=None)


def rebuilt(home: Path, corpus: Corpus) -> Change:
    """The same documents, read anew by the parser of today, staged.

    What had been removed stays removed; founding texts come from this package again. A document
    that can no longer be read keeps the clauses that were read in it before, with a problem that
    says so; only where these are damaged too it is left out, and a problem says that.
    """
    fresh = {holding.document.name: holding for holding in _founding_holdings()}
    troubles: list[tuple[str, DocumentProblem]] = []
    holdings: list[_Holding] = []
    for document in corpus.documents:
        anew = fresh.get(document.name) if document.founding else None
        if anew is None:
            anew, trouble = _read_again(home, corpus, document)
            if trouble:
                troubles.append((document.name, trouble))
        if anew is not None:
            keys = frozenset(anew.document.kept) - frozenset(document.dropped)
            holdings = [_keep(held, frozenset(held.document.kept) - keys) for held in holdings]
            holdings.append(_keep(anew, keys))
    held = [holding for holding in holdings if holding.clauses]
    if not held:
        raise StoreError(
            f"none of the documents in {home} can be read any more; add them again in another "
            "folder: name it with RESOLUTIONS_HOME"
        )
    change = _staged(home, held, before=corpus, read=[holding.document.name for holding in held])
    others = [pair for pair in change.problems if pair not in troubles]
    return replace(change, problems=(*troubles, *others))


def with_added(
    home: Path, corpus: Corpus, files: Sequence[Path], *, given: Mapping[str, Any]
) -> Change:
    """The corpus with the resolutions in `files` added or put in the place of earlier readings.

    A file that is held already, byte for byte and with the same metadata, changes nothing; with
    other metadata it is the correction of an earlier reading. Raises ExpectedError for the first
    file that cannot be read, and then nothing has changed.
    """
    holdings = _current_holdings(corpus)
    read = []
    for path in files:
        incoming = _read(path, given=given)
        if any(_same(home, corpus, holding, incoming) for holding in holdings):
            continue
        _refuse_proposal_over_adopted(incoming, holdings)
        keys = frozenset(incoming.document.kept)
        holdings = [
            kept
            for held in holdings
            if held.document.sha256 != incoming.document.sha256
            and (kept := _keep(held, frozenset(held.document.kept) - keys)).clauses
        ]
        incoming = _renamed(incoming, _free_name(path.name, incoming.document, holdings))
        holdings.append(incoming)
        read.append(incoming.document.name)
    return _staged(home, holdings, before=corpus, read=read)


def without(home: Path, corpus: Corpus, gone: Sequence[Revision]) -> Change:
    """The corpus without those revisions; raises ReferenceNotFoundError when nothing would go."""
    keys = {(revision.id, revision.language) for revision in gone}
    if not keys & {(revision.id, revision.language) for revision in corpus.revisions}:
        raise ReferenceNotFoundError("nothing of that is held; see what is: resolutions list")
    holdings = [
        _keep(held, frozenset(held.document.kept) - keys) for held in _current_holdings(corpus)
    ]
    left = [held for held in holdings if held.clauses]
    if not left:
        raise ExpectedError("a corpus cannot be empty: add another document before this one goes")
    return _staged(home, left, before=corpus)


def compared(before: Corpus | None, after: Corpus) -> Change:
    """What `after` adds, replaces and drops; without problems."""
    old, new = _by_revision(before), _by_revision(after)
    return Change(
        corpus=after,
        added=tuple(key for key in new if key not in old),
        replaced=tuple(key for key in new if key in old and new[key] != old[key]),
        removed=tuple(key for key in old if key not in new),
    )


def _founding_holdings() -> list[_Holding]:
    folder = Path(str(resources.files("corpus") / "data" / "resolutions"))
    manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    holdings = []
    for entry in manifest["document"]:
        path = folder / entry["file"]
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            raise StoreError(f"{path} is not the text as published (checksum); reinstall")
        holding = _renamed(_read(path, given={}), entry["file"])
        _hold_to_manifest(holding, entry)
        document = replace(
            holding.document, origin=entry["origin"], rights=entry["rights"], founding=True
        )
        holdings.append(replace(holding, document=document))
    return holdings


def _hold_to_manifest(holding: _Holding, entry: Mapping[str, Any]) -> None:
    """What the parser found in a founding text must be what its manifest says."""
    history = []
    for adoption in entry["history"]:
        year, _, place = adoption.partition(" ")
        history.append(Adoption(int(year), place))
    for clause in holding.clauses:
        found = clause.revision
        expected = replace(
            found,
            body=entry["body"],
            number=entry["number"],
            year=entry["year"],
            place=entry["place"],
            language=entry["language"],
            revised=entry["revised"],
            history=tuple(history),
        )
        if found != expected:
            raise StoreError(f"{entry['file']} was read as {found}, its manifest says {expected}")


def _current_holdings(corpus: Corpus) -> list[_Holding]:
    by_document: dict[str, list[Clause]] = {}
    for clause in corpus.clauses:
        by_document.setdefault(clause.source.file, []).append(clause)
    return [
        _Holding(document, tuple(by_document.get(document.name, ())))
        for document in corpus.documents
    ]


def _read(path: Path, *, given: Mapping[str, Any], data: bytes | None = None) -> _Holding:
    """The resolutions in a file; `data` are its bytes if they have been read already."""
    if data is None:
        data = read_bounded(path)
    parsed = parse_document(path, **given)
    if read_bounded(path) != data:
        raise ExpectedError(f"{path.name} was changed while it was read; try again")
    clauses = tuple(clause for part in parsed for clause in part.clauses)
    if not clauses:
        raise ExpectedError(f"{path.name}: a resolution was recognised, but no clause in it")
    _refuse_doubles(path.name, parsed)
    text = parsed[0].text
    document = Document(
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        origin="added",
        kept=tuple(dict.fromkeys((c.revision.id, c.revision.language) for c in clauses)),
        given=tuple(sorted((option, value) for option, value in given.items() if value)),
        problems=_problems(parsed),
        coverage=min(part.coverage for part in parsed),
    )
    return _renamed(_Holding(document, clauses, store.StoredFile(data, text)), path.name)


def _read_again(
    home: Path, corpus: Corpus, document: Document
) -> tuple[_Holding | None, DocumentProblem | None]:
    """A stored document read anew; what was read before, or None, where that fails, and why."""
    path = store.document_path(home, corpus, document.name)
    try:
        data = store.read_document(home, corpus, document.name)
        anew = _renamed(_read(path, given=dict(document.given), data=data), document.name)
        if not set(anew.document.kept) - set(document.dropped):
            raise ExpectedError("none of the resolutions held of it was found in it again")
    except ExpectedError as failure:
        why = str(failure)
    else:
        return replace(anew, document=replace(anew.document, origin=document.origin)), None
    before = tuple(clause for clause in corpus.clauses if clause.source.file == document.name)
    try:
        store.read_text(home, corpus, document.name)
        whole = bool(before) and path.is_file()
    except StoreError:
        whole = False
    names = ", ".join(dict.fromkeys(revision for revision, _ in document.kept))
    if not whole:
        return None, DocumentProblem(
            "lost", f"{names} could not be read again and is left out ({why}); add it again", 0
        )
    problem = DocumentProblem(
        "not-read-anew",
        f"{names} could not be read anew and stays as it was read before ({why}); add it again",
        0,
    )
    problems = (*(p for p in document.problems if p.kind != "not-read-anew"), problem)
    return _Holding(replace(document, problems=problems), before), problem


def _problems(parsed: "Sequence[ParsedDocument]") -> tuple[DocumentProblem, ...]:
    return tuple(
        DocumentProblem(problem.kind, problem.message, problem.start)
        for part in parsed
        for problem in part.problems
    )


def _refuse_doubles(name: str, parsed: "Sequence[ParsedDocument]") -> None:
    seen: set[_Key] = set()
    for part in parsed:
        key = (part.revision.id, part.revision.language)
        if part.clauses and key in seen:
            raise ExpectedError(
                f"{name}: {part.revision.id} is printed twice in it; split the file, and add one"
            )
        seen.add(key)


def _renamed(holding: _Holding, name: str) -> _Holding:
    return replace(
        holding,
        document=replace(holding.document, name=name),
        clauses=tuple(
            replace(clause, source=replace(clause.source, file=name)) for clause in holding.clauses
        ),
    )


def _keep(holding: _Holding, keys: frozenset[_Key]) -> _Holding:
    kept = tuple(key for key in holding.document.kept if key in keys)
    dropped = (*holding.document.dropped, *(k for k in holding.document.kept if k not in keys))
    clauses = tuple(
        clause
        for clause in holding.clauses
        if (clause.revision.id, clause.revision.language) in keys
    )
    document = replace(holding.document, kept=kept, dropped=tuple(dict.fromkeys(dropped)))
    return replace(holding, document=document, clauses=clauses)


def _same(home: Path, corpus: Corpus, held: _Holding, incoming: _Holding) -> bool:
    """Whether a document is held as it comes in, and what is held of it is whole."""
    one, other = held.document, incoming.document
    if (one.sha256, one.given, one.kept) != (other.sha256, other.given, other.kept):
        return False
    if held.file is not None or one.founding:
        return True
    try:
        store.read_document(home, corpus, one.name)
        store.read_text(home, corpus, one.name)
    except StoreError:
        return False
    return not any(problem.kind == "not-read-anew" for problem in one.problems)


def _refuse_proposal_over_adopted(incoming: _Holding, holdings: Sequence[_Holding]) -> None:
    adopted = {
        (clause.revision.id, clause.revision.language)
        for held in holdings
        for clause in held.clauses
        if clause.revision.status == "adopted"
    }
    for clause in incoming.clauses:
        revision = clause.revision
        if revision.status == "proposal" and (revision.id, revision.language) in adopted:
            raise ExpectedError(
                f"{incoming.document.name} is a proposal, and the adopted text of {revision.id} "
                "is held; give the year of the proposal with --year, or remove the adopted text"
            )


def _free_name(name: str, document: Document, holdings: Sequence[_Holding]) -> str:
    """A name for a document in the store: safe, short, and not that of another document."""
    taken = {held.document.name.casefold() for held in holdings}  # some disks know no capitals
    plain = unicodedata.normalize("NFC", name)
    safe = re.sub(r"[^\w.-]+", "-", plain).strip(".-")
    stem, dot, ending = safe.rpartition(".")
    if not dot:
        stem, ending = safe, ""
    ending = dot + _cut(ending, 12)
    stem = _cut(stem, LONGEST_NAME - 13) or "document"
    if (stem + ending).casefold() not in taken:
        return stem + ending
    return f"{_cut(stem, LONGEST_NAME - 30)}-{document.sha256[:16]}{ending}"


def _cut(text: str, most: int) -> str:
    """The beginning of a text that takes at most that many bytes."""
    return text.encode("utf-8", errors="ignore")[:most].decode("utf-8", errors="ignore")


def _staged(
    home: Path, holdings: Sequence[_Holding], *, before: Corpus | None, read: Sequence[str] = ()
) -> Change:
    corpus = store.stage(
        home,
        clauses=[clause for held in holdings for clause in held.clauses],
        documents=[held.document for held in holdings],
        files={held.document.name: held.file for held in holdings if held.file},
        parser=parser_fingerprint(),
        earlier=before.digest if before is not None else "",
    )
    citing.references_held(home, corpus, earlier=before)  # kept, so that it is not awaited later
    problems = (
        (held.document.name, problem)
        for held in holdings
        if held.document.name in read or before is None
        for problem in held.document.problems
    )
    return replace(compared(before, corpus), problems=tuple(problems))


def _by_revision(corpus: Corpus | None) -> dict[_Key, list[Clause]]:
    found: dict[_Key, list[Clause]] = {}
    for clause in corpus.clauses if corpus is not None else ():
        found.setdefault((clause.revision.id, clause.revision.language), []).append(clause)
    return found
