"""What a user can ask for, one function each: plain values in, the JSON object of the contract out.

Command line, page and batch runs are thin over these, so that they cannot drift apart.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.citations import cite as citation_of
from corpus.citations import cite_revision
from corpus.lineage import align

from assistant.answering import Assistant, within
from assistant.answers import Answer, Refusal
from assistant.query import Understood
from assistant.rendering import (
    precedents_to_json,
    search_to_json,
    to_json,
)
from corpus.build import Change
from corpus.clauses import Clause, Revision
from corpus.errors import ExpectedError, ReferenceNotFoundError
from corpus.holdings import Corpus
from corpus.languages import detect_language
from corpus.references import Held, Outcome, Reference, find_internal, find_references, resolve

if TYPE_CHECKING:
    from assistant.wiring import Workplace

LONGEST_PASSAGE = 20_000  # characters
LONGEST_HISTORY = 50  # turns


def ask(
    place: "Workplace", record: Mapping[str, Any], *, filters: Mapping[str, Any]
) -> dict[str, Any]:
    """The reply to `record["question"]` after the turns `record["history"]`; see `schemas/ask.json`.

    `ms` tells milliseconds: of understanding, of the answer, and of both.
    """
    reply, milliseconds = reply_to(place, record, filters=filters)
    return to_json(reply, place.corpus, milliseconds=milliseconds)


def reply_to(
    place: "Workplace", record: Mapping[str, Any], *, filters: Mapping[str, Any]
) -> tuple[Answer | Refusal, dict[str, float]]:
    """The reply itself, and how long its steps took in milliseconds."""
    assistant = place.assistant
    begun = time.perf_counter()
    understood = understand(assistant, record, filters=filters)
    known = time.perf_counter()
    reply = assistant.answer(understood)
    done = time.perf_counter()
    return reply, {
        "understanding": (known - begun) * 1000,
        "answering": (done - known) * 1000,
        "total": (done - begun) * 1000,
    }


def search(
    place: "Workplace", record: Mapping[str, Any], *, top: int, filters: Mapping[str, Any]
) -> dict[str, Any]:
    """The `top` nearest clauses; see `schemas/search.json`."""
    understood = understand(place.assistant, record, filters=filters)
    return search_to_json(
        understood.question, place.assistant.search(understood, top=top), place.corpus
    )


def cite(
    place: "Workplace",
    record: Mapping[str, Any],
    *,
    top: int,
    language: str | None,
    filters: Mapping[str, Any],
) -> dict[str, Any]:
    """The clauses nearest to `record["passage"]`; see `schemas/cite.json`.

    A passage is no question: nothing in it is taken for a filter, a reference or a section.
    """
    passage = _text(record, "passage")
    if len(passage) > LONGEST_PASSAGE:
        raise ExpectedError(
            f"the passage has more than {LONGEST_PASSAGE:,} characters: look up a paragraph at a time"
        )
    ignored = ("references", "revision", "section", "addressee")
    lineage, year = _filter(place.corpus, filters)
    understood = Understood(
        question=passage,
        interpreted=passage,
        language=detect_language(passage) or "en",
        topic=passage,
        terms=place.assistant.terms_of(passage) if "terms" not in filters["ignored"] else (),
        lineage=lineage,
        years=(year,) if year else (),
        ignored=frozenset(ignored) | frozenset(filters["ignored"]),
    )
    hits = place.assistant.search(understood, top=top)
    return precedents_to_json(passage, hits, place.corpus, language or understood.language)


def understand(
    assistant: Assistant, record: Mapping[str, Any], *, filters: Mapping[str, Any]
) -> Understood:
    """The question of a record, understood in the light of its history and of the filters."""
    history = record.get("history") or []
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise ExpectedError('"history" has to be a list of earlier questions')
    if len(history) > LONGEST_HISTORY or any(len(turn) > LONGEST_PASSAGE for turn in history):
        raise ExpectedError(
            f'"history" has at most {LONGEST_HISTORY} turns of {LONGEST_PASSAGE} characters'
        )
    lineage, year = _filter(assistant.corpus, filters)
    return assistant.understand(
        _text(record, "question"),
        history=history,
        ignored=filters["ignored"],
        lineage=lineage,
        year=year,
    )


def show(place: "Workplace", reference: str, *, language: str | None, refs: bool) -> dict[str, Any]:
    """The clauses that a reference names; see `schemas/show.json`. Raises ReferenceNotFoundError."""
    corpus = place.corpus
    clauses = clauses_named(corpus, reference, language=language)
    wanted = language or detect_language(reference) or clauses[0].revision.language
    shown: dict[str, Any] = {
        "reference": reference,
        "clauses": [
            {**corpus.to_json(clause), "citation": citation_of(clause, wanted)}
            for clause in clauses
        ],
    }
    if refs:
        shown["cites"] = [entry for clause in clauses for entry in cited_by(clause, corpus)]
        shown["cited_by"] = citing(clauses, corpus)
    return shown


def shown_as_text(shown: Mapping[str, Any]) -> str:
    """What `show` found, to be read in a terminal."""
    lines: list[str] = []
    heading = ""
    for clause in shown["clauses"]:
        above = f"{clause['id'].split('/')[0]}  {clause['phrase']}"
        if above != heading:
            lines += ["", above] if lines else [above]
            heading = above
        label = clause["label"]
        lines.append(f"  {label + '  ' if label else ''}{clause['text']}")
        lines += [f"      [{note['mark']}] {note['text']}" for note in clause["notes"]]
        lines.append(f"      {clause['citation']}")
    for name, title in (("cites", "cites:"), ("cited_by", "cited by:")):
        if name in shown:
            lines += ["", title]
            lines += [
                f"  {entry['clause']}  {entry['text']}  ->  {entry['status']}"
                + (f" {', '.join(entry['targets'])}" if entry["targets"] else "")
                for entry in shown[name]
            ] or ["  nothing"]
    return "\n".join(lines)


def clauses_named(
    corpus: Corpus, reference: str, *, language: str | None = None
) -> tuple[Clause, ...]:
    """The clauses that an id or a printed citation names; raises ReferenceNotFoundError."""
    exact = _by_id(corpus, reference.strip(), language)
    if exact:
        return exact
    held = Held(corpus.clauses)
    found = find_references(reference)
    if not found:
        raise ReferenceNotFoundError(
            f"{reference!r} is read as no reference; write an id such as wtsa-75@2022/resolves/2 or "
            "a citation such as: Resolution 75 (Rev. Geneva, 2022), resolves 2"
        )
    resolution = resolve(found[0], held)
    if not resolution.clauses:
        revisions = "; ".join(dict.fromkeys(r.id for r in corpus.revisions))
        why = {
            Outcome.UNKNOWN_CLAUSE: "the resolution is held, but it has no such clause",
            Outcome.REVISION_NOT_HELD: "that revision is not held",
            Outcome.AMBIGUOUS: "several resolutions held have that number: name the body",
        }.get(resolution.outcome, "it is not held")
        raise ReferenceNotFoundError(f"{reference!r}: {why}. Held: {revisions}")
    clauses = resolution.clauses
    languages = dict.fromkeys(clause.revision.language for clause in clauses)
    chosen = language if language in languages else next(iter(languages))
    return tuple(clause for clause in clauses if clause.revision.language == chosen)


def _by_id(corpus: Corpus, identifier: str, language: str | None) -> tuple[Clause, ...]:
    """The clauses of a clause, section, revision or resolution id (of the latest held)."""
    clause = corpus.get(identifier, language)
    if clause:
        return (clause, *corpus.children(clause))
    of_revision = corpus.of_revision(identifier, language) or corpus.of_revision(identifier)
    if of_revision:
        return of_revision
    for candidate in corpus.clauses:
        if candidate.section_id == identifier:
            return corpus.section(candidate)
        if candidate.revision.lineage == identifier and corpus.is_latest(candidate.revision):
            return corpus.of_revision(candidate.revision.id, candidate.revision.language)
    return ()


def cited_by(clause: Clause, corpus: Corpus) -> list[dict[str, Any]]:
    """What a clause cites: resolutions, and clauses of its own text."""
    held = Held(corpus.clauses)
    entries = [
        _reference_entry(clause, reference, held)
        for reference in find_references(clause.text, body=clause.revision.body)
    ]
    entries += [
        _reference_entry(clause, within(inner, clause.revision), held)
        for inner in find_internal(clause.text)
    ]
    return entries


def citing(clauses: Sequence[Clause], corpus: Corpus) -> list[dict[str, Any]]:
    """The clauses that cite one of `clauses`, or their resolution as a whole if all are given."""
    wanted = {clause.id for clause in clauses}
    held = Held(corpus.clauses)
    entries = []
    for clause in corpus.clauses:
        own = [*find_references(clause.text, body=clause.revision.body)]
        own += [within(inner, clause.revision) for inner in find_internal(clause.text)]
        for reference in own:
            entry = _reference_entry(clause, reference, held)
            if clause.id not in wanted and wanted & set(entry["targets"]):
                entries.append(entry)
    return entries


def _reference_entry(clause: Clause, reference: Reference, held: Held) -> dict[str, Any]:
    resolution = resolve(reference, held)
    return {
        "clause": clause.id,
        "text": clause.text[reference.start : reference.end],
        "start": reference.start,
        "end": reference.end,
        "status": resolution.outcome.value,
        "targets": list(dict.fromkeys(target.id for target in resolution.clauses)),
    }


def holdings(corpus: Corpus) -> dict[str, Any]:
    """What is held; see `schemas/list.json`."""
    documents = {document.name: document for document in corpus.documents}
    entries = []
    for revision in corpus.revisions:
        clauses = corpus.of_revision(revision.id, revision.language)
        document = documents[clauses[0].source.file]
        entries.append(
            {
                "id": revision.id,
                "body": revision.body,
                "number": revision.number,
                "year": revision.year,
                "place": revision.place,
                "language": revision.language,
                "title": revision.title,
                "citation": cite_revision(revision, revision.language),
                "status": revision.status,
                "clauses": len(clauses),
                "latest_held": corpus.is_latest(revision),
                "document": document.name,
                "origin": document.origin,
                "rights": document.rights,
                "problems": len(document.problems),
                "coverage": document.coverage,
            }
        )
    return {
        "revisions": entries,
        "clauses": len(corpus),
        "languages": list(corpus.languages),
        "digest": corpus.digest,
    }


def parse(files: Sequence[Path], given: Mapping[str, Any]) -> dict[str, Any]:
    """Documents read without adding them; see `schemas/parse.json`."""
    from corpus.parse import parse_document  # noqa: PLC0415 (readers are heavy)

    documents = []
    for file in files:
        for parsed in parse_document(file, **given):
            revision = parsed.revision
            alone = Corpus(clauses=parsed.clauses)
            documents.append(
                {
                    "file": file.name,
                    "body": revision.body,
                    "number": revision.number,
                    "year": revision.year,
                    "place": revision.place,
                    "language": revision.language,
                    "title": revision.title,
                    "status": revision.status,
                    "clauses": [alone.to_json(clause) for clause in parsed.clauses],
                    "problems": [
                        {"kind": p.kind, "message": p.message, "start": p.start}
                        for p in parsed.problems
                    ],
                    "discards": [
                        {"kind": d.kind, "start": d.start, "end": d.end} for d in parsed.discards
                    ],
                    "coverage": parsed.coverage,
                }
            )
    return {"documents": documents}


def parsed_as_text(parsed: Mapping[str, Any]) -> str:
    """What `parse` found, to be read in a terminal."""
    lines = []
    for document in parsed["documents"]:
        name = f"{document['body']}-{document['number']}@{document['year']}"
        lines.append(
            f"{document['file']}: {name} ({document['language']}) {document['title']}\n"
            f"  {len(document['clauses'])} clauses, {len(document['problems'])} problems, "
            f"coverage {document['coverage']:.4f}"
        )
        lines += [f"  {clause['id']}  {clause['text'][:80]}" for clause in document["clauses"]]
        lines += [f"  problem at {p['start']}: {p['message']}" for p in document["problems"]]
    return "\n".join(lines)


def change_to_json(change: Change) -> dict[str, Any]:
    """What `add` or `remove` did; see `schemas/change.json`."""

    def entries(keys: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"id": revision, "language": language} for revision, language in keys]

    return {
        "added": entries(change.added),
        "replaced": entries(change.replaced),
        "removed": entries(change.removed),
        "problems": [
            {"file": name, "kind": p.kind, "message": p.message, "start": p.start}
            for name, p in change.problems
        ],
        "clauses": len(change.corpus),
        "digest": change.corpus.digest,
    }


def revisions_named(corpus: Corpus, reference: str) -> tuple[Revision, ...]:
    """The revisions that an id ("wtsa-75@2008", "wtsa-75") or citation names."""
    plain = reference.strip()
    exact = tuple(r for r in corpus.revisions if plain in (r.id, r.lineage))
    if exact:
        return exact
    named = {clause.revision.id for clause in clauses_named(corpus, reference)}
    return tuple(revision for revision in corpus.revisions if revision.id in named)


def diff(corpus: Corpus, old: str, new: str) -> dict[str, Any]:
    """Two revisions, clause by clause, in the order of the newer; see `schemas/diff.json`."""
    sides = []
    for reference in (old, new):
        revisions = revisions_named(corpus, reference)
        if len({revision.id for revision in revisions}) != 1:
            raise ReferenceNotFoundError(
                f"{reference!r} names not one revision; see: resolutions list"
            )
        sides.append(revisions)
    shared = [
        (one, other) for one in sides[0] for other in sides[1] if one.language == other.language
    ]
    if not shared:
        raise ReferenceNotFoundError(f"{old} and {new} are not held in one language")
    pairs = align(
        *(corpus.of_revision(revision.id, revision.language) for revision in shared[0])
    ).pairs
    return {
        "old": shared[0][0].id,
        "new": shared[0][1].id,
        "rows": [
            {
                "kind": pair.kind,
                "old": corpus.to_json(pair.old) if pair.old else None,
                "new": corpus.to_json(pair.new) if pair.new else None,
            }
            for pair in pairs
        ],
    }


def _filter(corpus: Corpus, filters: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """The lineage and year that the filters name; raises ReferenceNotFoundError if not held."""
    lineage, year = None, filters.get("revision")
    reference = filters.get("resolution")
    if reference:
        named = revisions_named(corpus, str(reference))
        lineages = {revision.lineage for revision in named}
        if len(lineages) != 1:
            raise ReferenceNotFoundError(
                f"{reference!r} names not one resolution; see: resolutions list"
            )
        lineage = lineages.pop()
        if "@" in str(reference) and year is None:
            year = named[0].year
    if year is not None and not any(
        revision.year == year and lineage in (None, revision.lineage)
        for revision in corpus.revisions
    ):
        held = ", ".join(
            sorted({str(r.year) for r in corpus.revisions if lineage in (None, r.lineage)})
        )
        raise ReferenceNotFoundError(f"no revision of {year} is held; held: {held}")
    return lineage, year


def _text(record: Mapping[str, Any], name: str) -> str:
    text = record.get(name)
    if not isinstance(text, str):
        raise ExpectedError(f'"{name}" is missing or no text')
    if not text.strip():
        raise ExpectedError(f"the {name} is empty: write a few words or a reference")
    return text
