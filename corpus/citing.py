"""What every held clause cites: found once for each text, and kept beside the clauses.

Finding costs 2 ms a clause, too much for each look at a corpus of thousands; what a found citation
resolves to depends on all that is held, costs next to nothing, and is never kept. The file names
the code that made it, and the text of each entry by a digest: where either does not fit, or the
file is damaged, citations are found anew, so that nobody ever sees stale ones.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from corpus import store
from corpus.clauses import Clause, Revision
from corpus.fingerprint import source_fingerprint
from corpus.holdings import Corpus
from corpus.references import InternalReference, Reference, find_internal, find_references

FILE = "references.jsonl"  # in the folder of the generation

_Known = Mapping[str, tuple[Reference, ...]]


def references_of(clause: Clause) -> tuple[Reference, ...]:
    """What a clause cites: resolutions in order, then clauses of its own text in order."""
    cited = find_references(clause.text, body=clause.revision.body)
    inside = (within(inner, clause.revision) for inner in find_internal(clause.text))
    return (*cited, *inside)


def within(inner: InternalReference, revision: Revision) -> Reference:
    """A mention of clauses of the text that it stands in, as a reference that names that text."""
    return Reference(
        start=inner.start,
        end=inner.end,
        number=revision.number,
        body=revision.body,
        year=revision.year,
        section=inner.section,
        addressees=inner.addressees,
        labels=inner.labels,
    )


def references_held(
    home: Path, corpus: Corpus, *, earlier: Corpus | None = None
) -> tuple[tuple[Reference, ...], ...]:
    """Per clause of a stored corpus, in its order, what the clause cites.

    What is not kept yet is taken from `earlier` or found, and kept; where the folder cannot be
    written it is found again the next time.
    """
    own = _read(store.generation_folder(home, corpus.digest) / FILE)
    known: _Known = own
    if earlier is not None and earlier.digest != corpus.digest:
        known = {**_read(store.generation_folder(home, earlier.digest) / FILE), **own}
    keys = [_key(clause) for clause in corpus.clauses]
    found = {
        key: known[key] if key in known else references_of(clause)
        for key, clause in zip(keys, corpus.clauses, strict=True)
    }
    if found.keys() - own.keys():
        _write(store.generation_folder(home, corpus.digest) / FILE, found)
    return tuple(found[key] for key in keys)


def _key(clause: Clause) -> str:
    """What the citations of a clause depend on: its words, and whose they are."""
    return hashlib.sha256(f"{clause.revision.id}\0{clause.text}".encode()).hexdigest()[:24]


@cache
def _made_by() -> str:
    return source_fingerprint("corpus.citing")


def _read(path: Path) -> _Known:
    """What the file keeps; nothing when it is missing, damaged, or made by other code."""
    try:
        head, _, lines = path.read_bytes().partition(b"\n")
        told = json.loads(head)
        if told != {"made_by": _made_by(), "sha256": hashlib.sha256(lines).hexdigest()}:
            return {}
        entries = (json.loads(line) for line in lines.splitlines())
        return {key: tuple(_from_json(one) for one in found) for key, found in entries}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _write(path: Path, found: _Known) -> None:
    lines = "".join(
        json.dumps([key, [_to_json(one) for one in references]], ensure_ascii=False) + "\n"
        for key, references in found.items()
    ).encode()
    head = {"made_by": _made_by(), "sha256": hashlib.sha256(lines).hexdigest()}
    beside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        beside.write_bytes(json.dumps(head).encode() + b"\n" + lines)
        beside.replace(path)
    except OSError:
        return


def _to_json(reference: Reference) -> dict[str, Any]:
    plain = Reference(reference.start, reference.end, reference.number)
    usual = asdict(plain)
    return {
        name: value
        for name, value in asdict(reference).items()
        if name in ("start", "end", "number") or value != usual[name]
    }


def _from_json(entry: Mapping[str, Any]) -> Reference:
    lists = ("addressees", "labels", "named")
    values: dict[str, Any] = {
        name: tuple(value) if name in lists else value for name, value in entry.items()
    }
    return Reference(**values)
