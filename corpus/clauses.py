"""Revision and Clause: the words that every other package speaks. Imports nothing of ours.

A *resolution* is a lineage ("wtsa-75"), a *revision* one adopted text of it ("wtsa-75@2022"),
a *clause* its citable unit ("wtsa-75@2022/considering/e/iii"). Ids carry no language, so that
an evaluation pair or a link holds for every language version; what is unique in a store is the
pair of id and language. Ids follow the Akoma Ntoso view of work, expression and portion.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

LANGUAGES = ("ar", "zh", "en", "fr", "es", "ru")
BODIES = ("wtsa", "pp", "wtdc", "wrc", "ra", "council", "unga", "unsc", "cgpm", "doc")

Status = Literal["adopted", "proposal"]

_SECTION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[0-9]+)?")
_NUMBER = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Adoption:
    """One entry of an adoption history: the year and place at which a text was adopted."""

    year: int
    place: str  # English name, "" where a conference code stands for it


@dataclass(frozen=True, slots=True)
class Revision:
    """One adopted (or proposed) text of a resolution, in one language."""

    body: str  # one of BODIES
    number: str  # "75", "21-2" (second resolution of the 21st CGPM), "dec5" (Decision 5), "rec7"
    year: int  # of the adoption of this very text, not of the series' name
    place: str  # English name of the place ("Geneva"); as printed if unknown; "" if none is printed
    language: str  # ISO 639-1
    title: str
    revised: bool = False  # printed with "Rev."
    history: tuple[Adoption, ...] = ()  # oldest first, this text's own adoption included
    status: Status = "adopted"

    def __post_init__(self) -> None:
        if self.body not in BODIES:
            raise ValueError(f"{self.body!r} is no known body: {', '.join(BODIES)}")
        if not _NUMBER.fullmatch(self.number):
            raise ValueError(f"{self.number!r} is no number of a resolution")
        if not 1800 <= self.year <= 2200:
            raise ValueError(f"{self.year} is no year of adoption")

    @property
    def lineage(self) -> str:
        """The resolution that this is a text of: "wtsa-75"."""
        return f"{self.body}-{self.number}"

    @property
    def id(self) -> str:
        """ "wtsa-75@2022", the same in every language."""
        return f"{self.lineage}@{self.year}"


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote that a clause refers to."""

    mark: str  # as printed: "1"
    text: str
    at: int  # offset in the clause's text before which the mark stood


@dataclass(frozen=True, slots=True)
class Source:
    """Where a clause stands in the stored text of its document.

    `spans` are half-open ranges of characters, in order and without overlap. Put together they
    give the clause's text character for character, but that a line break inside a span reads as
    one space (see `reassemble`).
    """

    file: str
    spans: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.spans:
            raise ValueError(f"no span in {self.file}")
        edge = 0
        for start, end in self.spans:
            if not edge <= start < end:
                raise ValueError(f"spans of {self.file} overlap or run backwards: {self.spans}")
            edge = end

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]

    def reassemble(self, stored_text: str) -> str:
        """The clause's text, cut anew from the stored text of the document."""
        pieces = (stored_text[start:end] for start, end in self.spans)
        return "".join(pieces).replace("\r\n", " ").replace("\n", " ").replace("\r", " ")


@dataclass(frozen=True, slots=True)
class Clause:
    """One citable item of a revision, in one language."""

    revision: Revision
    section: str  # canonical English action, numbered when repeated: "considering", "invites.3"
    phrase: str  # the heading as printed
    addressees: tuple[str, ...]  # English names from the closed list in phrases.toml, or "other"
    label: str  # as printed without brackets: "e/iii", "1bis", "p2"; "" for a single unlabelled one
    text: str
    source: Source
    notes: tuple[Note, ...] = field(default=())

    def __post_init__(self) -> None:
        if not _SECTION.fullmatch(self.section):
            raise ValueError(f"{self.section!r} is no section")
        if not self.text.strip():
            raise ValueError(f"{self.id} has no text")

    @property
    def id(self) -> str:
        """ "wtsa-75@2022/considering/e/iii", the same in every language."""
        return "/".join(part for part in (self.revision.id, self.section, self.label) if part)

    @property
    def key(self) -> tuple[str, str]:
        """What is unique in a store: id and language."""
        return self.id, self.revision.language

    @property
    def action(self) -> str:
        """The section without its ordinal: "invites" for "invites.3"."""
        return self.section.partition(".")[0]

    @property
    def section_id(self) -> str:
        return f"{self.revision.id}/{self.section}"


def clause_from_json(record: Mapping[str, Any]) -> Clause:
    """The clause that `clause_to_json` wrote; else raises KeyError, TypeError or ValueError."""
    source = record["source"]
    revision = Revision(
        body=record["body"],
        number=record["number"],
        year=record["year"],
        place=record["place"],
        language=record["language"],
        title=record["title"],
        revised=record["revised"],
        history=tuple(Adoption(entry["year"], entry["place"]) for entry in record["history"]),
        status=record["status"],
    )
    return Clause(
        revision=revision,
        section=record["section"],
        phrase=record["phrase"],
        addressees=tuple(part for part in record["addressee"].split(", ") if part),
        label=record["label"],
        text=record["text"],
        source=Source(source["file"], tuple((start, end) for start, end in source["spans"])),
        notes=tuple(Note(note["mark"], note["text"], note["at"]) for note in record["notes"]),
    )


def clause_to_json(clause: Clause, *, parent: str | None, latest_held: bool) -> dict[str, Any]:
    """The clause as the JSON object of the contract (`schemas/clause.json`).

    `parent` is the id of the clause that it stands under, `latest_held` whether no later revision
    of its resolution is held; both depend on the other clauses of a store.
    """
    revision = clause.revision
    return {
        "id": clause.id,
        "body": revision.body,
        "number": revision.number,
        "year": revision.year,
        "place": revision.place,
        "language": revision.language,
        "title": revision.title,
        "section": clause.section,
        "phrase": clause.phrase,
        "addressee": ", ".join(clause.addressees),
        "label": clause.label,
        "text": clause.text,
        "parent": parent,
        "latest_held": latest_held,
        "source": {
            "file": clause.source.file,
            "start": clause.source.start,
            "end": clause.source.end,
            "spans": [list(span) for span in clause.source.spans],
        },
        "revised": revision.revised,
        "status": revision.status,
        "history": [{"year": entry.year, "place": entry.place} for entry in revision.history],
        "notes": [{"mark": note.mark, "text": note.text, "at": note.at} for note in clause.notes],
    }
