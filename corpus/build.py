"""Documents -> a staged generation of the corpus: the founding texts, additions, removals.

Every function gives a `Change` whose corpus lies on disk, staged but not in use: the caller builds
its index and then calls `corpus.store.activate`. The founding texts are data of this package; each
generation keeps its own copy of every document, so that offsets always lead somewhere.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from corpus import store
from corpus.clauses import Adoption, Clause, Revision
from corpus.errors import ExpectedError, ReferenceNotFoundError, StoreError
from corpus.holdings import Corpus, Document, DocumentProblem
from corpus.parse import parse_document
from corpus.structure import ParsedDocument


@dataclass(frozen=True, slots=True)
class Change:
    """A staged corpus and what it adds, replaces and drops, as (revision id, language)."""

    corpus: Corpus
    added: tuple[tuple[str, str], ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[str, DocumentProblem], ...] = ()  # with the document's name


@dataclass(frozen=True, slots=True)
class _Holding:
    """One document with all that is kept of it."""

    document: Document
    file: store.StoredFile
    clauses: tuple[Clause, ...]


@cache
def parser_fingerprint() -> str:
    """Changes whenever the code or data that make clauses do: a digest over this package."""
    digest = hashlib.sha256()
    root = Path(str(resources.files("corpus")))
    parts = [*root.glob("*.py"), *root.glob("readers/*.py"), *root.glob("data/*.toml")]
    for path in sorted(parts):
        if path.name not in ("benchmark.py", "terms.toml", "terms.py"):  # make no clauses
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def founding(home: Path) -> Change:
    """The corpus of the two founding texts, staged."""
    return _staged(home, _founding_holdings(), before=None)


def rebuilt(home: Path, corpus: Corpus) -> Change:
    """The same documents, read anew by the parser of today, staged.

    What had been removed stays removed; founding texts come from this package again.
    """
    fresh = {holding.document.name: holding for holding in _founding_holdings()}
    holdings = []
    for document in corpus.documents:
        if document.founding and document.name in fresh:
            holding = fresh[document.name]
        else:
            holding = _read(
                store.document_path(home, corpus, document.name),
                name=document.name,
                given=dict(document.given),
                origin=document.origin,
            )
        holdings.append(_keep(holding, frozenset(document.kept)))
    return _staged(home, [held for held in holdings if held.clauses], before=corpus)


def with_added(
    home: Path, corpus: Corpus, files: Sequence[Path], *, given: Mapping[str, Any]
) -> Change:
    """The corpus with the resolutions in `files` added or put in the place of earlier readings.

    A file that is held already, byte for byte and with the same metadata, changes nothing. Raises
    ExpectedError for the first file that cannot be read, and then nothing has changed.
    """
    holdings = list(_current_holdings(home, corpus))
    for path in files:
        taken = {holding.document.name for holding in holdings}
        incoming = _read(path, name=_free_name(path, taken, holdings), given=given, origin="added")
        if any(_same(holding, incoming) for holding in holdings):
            continue
        _refuse_proposal_over_adopted(incoming, holdings)
        keys = frozenset(incoming.document.kept)
        holdings = [
            _keep(held, frozenset(held.document.kept) - keys)
            for held in holdings
            if held.document.name != incoming.document.name
        ]
        holdings.append(incoming)
    return _staged(home, [held for held in holdings if held.clauses], before=corpus)


def without(home: Path, corpus: Corpus, gone: Sequence[Revision]) -> Change:
    """The corpus without those revisions; raises ReferenceNotFoundError when nothing would go."""
    keys = {(revision.id, revision.language) for revision in gone}
    if not keys & {(revision.id, revision.language) for revision in corpus.revisions}:
        raise ReferenceNotFoundError("nothing of that is held; see what is: resolutions list")
    holdings = [
        _keep(held, frozenset(held.document.kept) - keys)
        for held in _current_holdings(home, corpus)
    ]
    left = [held for held in holdings if held.clauses]
    if not left:
        raise ExpectedError("a corpus cannot be empty: add another document before this one goes")
    return _staged(home, left, before=corpus)


def _founding_holdings() -> list[_Holding]:
    folder = Path(str(resources.files("corpus") / "data" / "resolutions"))
    manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    holdings = []
    for entry in manifest["document"]:
        path = folder / entry["file"]
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            raise StoreError(f"{path} is not the text as published (checksum); reinstall")
        holding = _read(path, name=entry["file"], given={}, origin=entry["origin"])
        _hold_to_manifest(holding, entry)
        document = replace(holding.document, rights=entry["rights"], founding=True)
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


def _current_holdings(home: Path, corpus: Corpus) -> list[_Holding]:
    by_document: dict[str, list[Clause]] = {}
    for clause in corpus.clauses:
        by_document.setdefault(clause.source.file, []).append(clause)
    return [
        _Holding(
            document,
            store.StoredFile(
                store.document_path(home, corpus, document.name).read_bytes(),
                store.read_text(home, corpus, document.name),
            ),
            tuple(by_document.get(document.name, ())),
        )
        for document in corpus.documents
    ]


def _read(path: Path, *, name: str, given: Mapping[str, Any], origin: str) -> _Holding:
    parsed = parse_document(path, **given)
    data = path.read_bytes()
    text = parsed[0].text
    clauses = tuple(
        replace(clause, source=replace(clause.source, file=name))
        for part in parsed
        for clause in part.clauses
    )
    if not clauses:
        raise ExpectedError(f"{path.name}: a resolution was recognised, but no clause in it")
    document = Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        origin=origin,
        kept=tuple(dict.fromkeys((c.revision.id, c.revision.language) for c in clauses)),
        given=tuple(sorted((option, value) for option, value in given.items() if value)),
        problems=_problems(parsed),
        coverage=min(part.coverage for part in parsed),
    )
    return _Holding(document, store.StoredFile(data, text), clauses)


def _problems(parsed: Sequence[ParsedDocument]) -> tuple[DocumentProblem, ...]:
    return tuple(
        DocumentProblem(problem.kind, problem.message, problem.start)
        for part in parsed
        for problem in part.problems
    )


def _keep(holding: _Holding, keys: frozenset[tuple[str, str]]) -> _Holding:
    kept = tuple(key for key in holding.document.kept if key in keys)
    clauses = tuple(
        clause
        for clause in holding.clauses
        if (clause.revision.id, clause.revision.language) in keys
    )
    return replace(holding, document=replace(holding.document, kept=kept), clauses=clauses)


def _same(held: _Holding, incoming: _Holding) -> bool:
    return (
        held.document.sha256 == incoming.document.sha256
        and held.document.given == incoming.document.given
        and held.document.kept == incoming.document.kept
    )


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


def _free_name(path: Path, taken: set[str], holdings: Sequence[_Holding]) -> str:
    """A name for a document in the store: safe, short, and not that of another document."""
    safe = re.sub(r"[^\w.-]+", "-", path.name).strip(".-")[-100:] or "document"
    if safe not in taken:
        return safe
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if any(held.document.name == safe and held.document.sha256 == digest for held in holdings):
        return safe
    stem, dot, suffix = safe.rpartition(".")
    return f"{stem}-{digest[:8]}{dot}{suffix}" if dot else f"{safe}-{digest[:8]}"


def _staged(home: Path, holdings: Sequence[_Holding], *, before: Corpus | None) -> Change:
    corpus = store.stage(
        home,
        clauses=[clause for held in holdings for clause in held.clauses],
        documents=[held.document for held in holdings],
        files={held.document.name: held.file for held in holdings},
        parser=parser_fingerprint(),
    )
    old = _by_revision(before)
    new = _by_revision(corpus)
    return Change(
        corpus=corpus,
        added=tuple(key for key in new if key not in old),
        replaced=tuple(key for key in new if key in old and new[key] != old[key]),
        removed=tuple(key for key in old if key not in new),
        problems=tuple(
            (held.document.name, problem) for held in holdings for problem in held.document.problems
        ),
    )


def _by_revision(corpus: Corpus | None) -> dict[tuple[str, str], list[Clause]]:
    found: dict[tuple[str, str], list[Clause]] = {}
    for clause in corpus.clauses if corpus else ():
        found.setdefault((clause.revision.id, clause.revision.language), []).append(clause)
    return found
