"""What a user can ask for, one function each: plain values in, the JSON object of the contract out.

Command line, page and batch runs are thin over these, so that they cannot drift apart.
"""

import re
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering import Assistant
from assistant.answers import Answer, Refusal
from assistant.query import LONGEST_QUESTION, Understood, has_content
from assistant.rendering import (
    precedents_to_json,
    search_to_json,
    to_json,
)
from corpus.build import Change
from corpus.citations import cite as citation_of
from corpus.citations import cite_revision
from corpus.clauses import BODIES, Clause, Revision
from corpus.errors import ExpectedError, ReferenceNotFoundError
from corpus.holdings import Corpus
from corpus.languages import detect_language
from corpus.lineage import align, changes
from corpus.references import Held, Outcome, Reference, Resolution, find_references, resolve

if TYPE_CHECKING:
    from assistant.wiring import Workplace

LONGEST_PASSAGE = 20_000  # characters
LONGEST_REFERENCE = 1_000  # characters
LONGEST_HISTORY = 50  # turns

_ID = re.compile(rf"(?:{'|'.join(BODIES)})-[a-z0-9.-]+(?:@[0-9]{{4}}(?:/.*)?)?")


def ask(
    place: "Workplace", record: Mapping[str, Any], *, filters: Mapping[str, Any]
) -> dict[str, Any]:
    """The reply to a record's "question" after the turns of its "history"; see `schemas/ask.json`.

    `ms` tells milliseconds: of understanding, of the answer, and of both.
    """
    check_question(record)
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
    check_question(record)
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
    passage = check_passage(record)
    ignored = ("references", "revision", "section", "addressee")
    lineage, year = _filter(place.corpus, filters)
    understood = Understood(
        question=passage,
        read_as=passage,
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
    question, history = check_question(record)
    lineage, year = _filter(assistant.corpus, filters)
    return assistant.understand(
        question,
        history=history,
        ignored=filters["ignored"],
        lineage=lineage,
        year=year,
    )


def check_question(record: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The question of a record and its history; raises ExpectedError for what cannot be asked.

    Needs no corpus and no model: what is wrong with a question is told at once.
    """
    question = _text(record, "question")
    if not has_content(question):
        raise ExpectedError("the question is empty: write a few words or a reference")
    if len(question) > LONGEST_QUESTION:
        raise ExpectedError(
            f"the question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are "
            "read: shorten it, or look a passage up with: resolutions cite --file"
        )
    history = record.get("history") or []
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise ExpectedError('"history" has to be a list of earlier questions')
    if len(history) > LONGEST_HISTORY or any(len(turn) > LONGEST_PASSAGE for turn in history):
        raise ExpectedError(
            f'"history" has at most {LONGEST_HISTORY} turns of {LONGEST_PASSAGE} characters'
        )
    for turn in history:
        _refuse_broken(turn, "history")
    return question, history


def check_passage(record: Mapping[str, Any]) -> str:
    """The passage of a record; raises ExpectedError when it cannot be looked up."""
    passage = _text(record, "passage")
    if not has_content(passage):
        raise ExpectedError("the passage has no words: write a sentence")
    if len(passage) > LONGEST_PASSAGE:
        raise ExpectedError(
            f"the passage has more than {LONGEST_PASSAGE:,} characters: look up a paragraph at a "
            "time"
        )
    return passage


def show(place: "Workplace", reference: str, *, language: str | None, refs: bool) -> dict[str, Any]:
    """The clauses that a reference names; see `schemas/show.json`.

    `refs` adds what they cite and what cites them. Raises ReferenceNotFoundError.
    """
    corpus = place.corpus
    clauses = clauses_named(corpus, reference, language=language)
    wanted = language or _printed_in(reference) or clauses[0].revision.language
    shown: dict[str, Any] = {
        "reference": reference,
        "clauses": [
            {**corpus.to_json(clause), "citation": citation_of(clause, wanted)}
            for clause in clauses
        ],
    }
    if refs:
        cited = place.library.references(corpus)
        held = Held(corpus.clauses)
        shown["cites"] = [
            _reference_entry(clause, reference, _resolved(clause, reference, held))
            for clause in clauses
            for reference in cited[corpus.row(clause)]
        ]
        shown["cited_by"] = _citing(clauses, corpus, cited, held)
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
            lines += [f"  {_entry_as_text(entry)}" for entry in shown[name]] or ["  nothing"]
    return "\n".join(lines)


def _entry_as_text(entry: Mapping[str, Any]) -> str:
    targets = f" {', '.join(entry['targets'])}" if entry["targets"] else ""
    return f"{entry['clause']}  {entry['text']}  ->  {entry['status']}{targets}"


def clauses_named(
    corpus: Corpus, reference: str, *, language: str | None = None
) -> tuple[Clause, ...]:
    """The clauses that an id or a printed citation names, with those that stand under them.

    In `language` where they are held in it, else in that of the citation, else in the first held.
    Raises ReferenceNotFoundError.
    """
    _refuse_broken(reference, "reference")
    if len(reference) > LONGEST_REFERENCE:
        raise ReferenceNotFoundError(
            f"the reference has {len(reference):,} characters: write one citation or id"
        )
    exact = _by_id(corpus, reference.strip(), language)
    if exact:
        return exact
    held = Held(corpus.clauses)
    found = find_references(reference)
    if not found and _ID.fullmatch(reference.strip()):
        raise ReferenceNotFoundError(_not_held(corpus, reference, "it is not held"))
    if not found:
        raise ReferenceNotFoundError(
            f"{_shortened(reference)!r} is read as no reference; write an id such as "
            "wtsa-75@2022/resolves/2 or a citation such as: Resolution 75 (Rev. Geneva, 2022), "
            "resolves 2"
        )
    resolution = resolve(found[0], held, language=language or _printed_in(reference))
    if not resolution.clauses:
        why = {
            Outcome.UNKNOWN_CLAUSE: "the resolution is held, but it has no such clause",
            Outcome.REVISION_NOT_HELD: "that revision is not held",
            Outcome.AMBIGUOUS: "several resolutions held have that number: name the body",
        }.get(resolution.outcome, "it is not held")
        raise ReferenceNotFoundError(_not_held(corpus, reference, why))
    if found[0].clause_part:
        return _with_children(resolution.clauses, corpus)
    return resolution.clauses


def _not_held(corpus: Corpus, reference: str, why: str) -> str:
    held = "; ".join(dict.fromkeys(revision.id for revision in corpus.revisions))
    return f"{_shortened(reference)!r}: {why}. Held: {_shortened(held)}"


def _printed_in(reference: str) -> str | None:
    """The language of a printed citation; None for an id, which has none."""
    return None if "@" in reference or not has_content(reference) else detect_language(reference)


def _with_children(clauses: Iterable[Clause], corpus: Corpus) -> tuple[Clause, ...]:
    found = (one for clause in clauses for one in (clause, *corpus.children(clause)))
    return tuple(dict.fromkeys(found))


def _by_id(corpus: Corpus, identifier: str, language: str | None) -> tuple[Clause, ...]:
    """The clauses of a clause, section, revision or resolution id (of the latest held)."""
    clause = corpus.get(identifier, language)
    if clause and clause.label:
        return _with_children([clause], corpus)
    if clause:
        return corpus.section(clause)
    of_revision = corpus.of_revision(identifier, language) or corpus.of_revision(identifier)
    if of_revision:
        return of_revision
    in_section = [one for one in corpus.clauses if one.section_id == identifier]
    if in_section:
        return corpus.section(_preferred(in_section, language))
    texts = [revision for revision in corpus.revisions if revision.lineage == identifier]
    latest = [revision for revision in texts if corpus.is_latest(revision)] or texts
    if not latest:
        return ()
    revision = next((one for one in latest if one.language == language), latest[0])
    return corpus.of_revision(revision.id, revision.language)


def _preferred(clauses: Sequence[Clause], language: str | None) -> Clause:
    return next((one for one in clauses if one.revision.language == language), clauses[0])


def _resolved(clause: Clause, reference: Reference, held: Held) -> Resolution:
    return resolve(reference, held, language=clause.revision.language)


def _citing(
    clauses: Sequence[Clause],
    corpus: Corpus,
    cited: Sequence[Sequence[Reference]],
    held: Held,
) -> list[dict[str, Any]]:
    """Where `clauses` are cited by others: each of them, and their resolution if all are given.

    A citation of a resolution as a whole, of whatever revision, counts for the whole resolution and
    not for each of its clauses.
    """
    wanted = {clause.id for clause in clauses}
    first = clauses[0].revision
    whole = {clause.id for clause in corpus.of_revision(first.id, first.language)} <= wanted
    entries = []
    for clause, references in zip(corpus.clauses, cited, strict=True):
        if clause.id in wanted:
            continue
        for reference in references:
            if _is_inside(clause, reference) and clause.revision.id != first.id:
                continue
            resolution = _resolved(clause, reference, held)
            named = resolution.revision or resolution.latest
            of_resolution = whole and named is not None and named.lineage == first.lineage
            targets = {target.id for target in resolution.clauses}
            if of_resolution or (reference.clause_part and wanted & targets):
                entries.append(_reference_entry(clause, reference, resolution))
    return entries


def _is_inside(clause: Clause, reference: Reference) -> bool:
    """Whether a clause speaks of the text in which it stands."""
    revision = clause.revision
    return (reference.lineage, reference.year) == (revision.lineage, revision.year)


def _reference_entry(
    clause: Clause, reference: Reference, resolution: Resolution
) -> dict[str, Any]:
    """A citation; `targets` are clauses, or the revision where that is cited as a whole."""
    revision = resolution.revision
    targets = dict.fromkeys(target.id for target in resolution.clauses)
    if revision is not None and targets and not reference.clause_part:
        targets = {revision.id: None}
    return {
        "clause": clause.id,
        "language": clause.revision.language,
        "text": clause.text[reference.start : reference.end],
        "start": reference.start,
        "end": reference.end,
        "status": resolution.outcome.value,
        "revision": revision.id if revision else None,
        "targets": list(targets),
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


def holdings_as_text(listed: Mapping[str, Any]) -> str:
    """What is held, to be read in a terminal: a line of columns each, the title below."""
    rows = [
        (
            entry["id"],
            entry["language"],
            f"{entry['clauses']}",
            "PROPOSAL"
            if entry["status"] == "proposal"
            else "latest held"
            if entry["latest_held"]
            else "",
            entry["citation"],
        )
        for entry in listed["revisions"]
    ]
    head = ("id", "in", "clauses", "", "citation")
    widths = [max(_width(row[column]) for row in (head, *rows)) for column in range(4)]
    lines = [_row(head, widths)]
    for row, entry in zip(rows, listed["revisions"], strict=True):
        lines.append(_row(row, widths))
        lines.append(f"{'':<{widths[0]}}  {entry['title']}".rstrip())
    texts = len(listed["revisions"])
    lines += ["", f"{listed['clauses']} clauses of {texts} {'text' if texts == 1 else 'texts'}"]
    return "\n".join(lines)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = [
        " " * (width - _width(cell)) + cell if column == 2 else cell + " " * (width - _width(cell))
        for column, (cell, width) in enumerate(zip(cells, widths, strict=False))
    ]
    return "  ".join([*shown, *cells[len(widths) :]]).rstrip()


def _width(text: str) -> int:
    """Columns that a text takes in a terminal, where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


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
        start = len(name) + 1
        ids = [clause["id"][start:] for clause in document["clauses"]]
        width = max((len(one) for one in ids), default=0)
        lines += [
            f"  {one:<{width}}  {_shortened(clause['text'], 80)}"
            for one, clause in zip(ids, document["clauses"], strict=True)
        ]
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
    """The revisions that an id ("wtsa-75@2008", "wtsa-75") or citation names, in all languages.

    Without a year all revisions of the resolution. Raises ReferenceNotFoundError when nothing of
    that is held, or single clauses are named.
    """
    plain = reference.strip()
    exact = tuple(r for r in corpus.revisions if plain in (r.id, r.lineage))
    if exact:
        return exact
    named = {clause.revision for clause in clauses_named(corpus, reference)}
    found = find_references(reference)
    if not found or found[0].clause_part:
        raise ReferenceNotFoundError(
            f"{reference!r} names clauses; name the resolution or the revision as a whole"
        )
    if found[0].year is None and not found[0].place:
        lineages = {revision.lineage for revision in named}
        return tuple(revision for revision in corpus.revisions if revision.lineage in lineages)
    ids = {revision.id for revision in named}
    return tuple(revision for revision in corpus.revisions if revision.id in ids)


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


def compared_as_text(compared: Mapping[str, Any]) -> str:
    """What `diff` found, to be read in a terminal: [-words that went-], {+words that came+}."""
    rows = compared["rows"]
    kinds = dict.fromkeys(row["kind"] for row in rows)
    counts = ", ".join(f"{sum(row['kind'] == kind for row in rows)} {kind}" for kind in kinds)
    lines = [f"{compared['old']} -> {compared['new']}: {counts}"]
    for row in rows:
        sides = [row[side]["id"].partition("/")[2] if row[side] else "–" for side in ("old", "new")]
        places = sides[0] if sides[0] == sides[1] else " -> ".join(sides)
        lines += ["", f"{row['kind']}  {places}"]
        if row["kind"] == "changed":
            lines.append(f"  {_marked(row['old']['text'], row['new']['text'])}")
        else:
            lines.append(f"  {(row['new'] or row['old'])['text']}")
    return "\n".join(lines)


def _marked(was: str, should: str) -> str:
    """The new text, with what went and what came marked in it."""
    shown, at = [], 0
    for change in changes(was, should):
        start, end = change.should_span
        shown.append(should[at:start])
        shown.append(f"[-{change.was}-]" if change.was.strip() else "")
        shown.append(f"{{+{should[start:end]}+}}" if should[start:end].strip() else "")
        at = end
    return "".join(shown) + should[at:]


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
    _refuse_broken(text, name)
    return text


def _refuse_broken(text: str, name: str) -> None:
    """Raises ExpectedError for half characters, which no encoding can write and no model reads."""
    at = next((at for at, one in enumerate(text) if "\ud800" <= one <= "\udfff"), None)
    if at is not None:
        raise ExpectedError(f"the {name} is no valid text at character {at + 1}: write it in UTF-8")


def _shortened(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"
