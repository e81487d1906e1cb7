"""Named: a resolution that a text names, and what all forms of naming one have in common."""

import re
from dataclasses import dataclass

from corpus import bodies
from corpus.clause_parts import Part
from corpus.clauses import BODIES
from corpus.editions import Edition, Entry
from corpus.search_text import SearchText

SECTOR_BODIES = {"r": "ra", "t": "wtsa", "d": "wtdc"}


@dataclass(frozen=True, slots=True)
class Named:
    """One resolution that is named; offsets in a view."""

    start: int
    end: int
    number: str
    body: str | None = None
    edition: Edition | None = None
    kind: str = ""
    part: "Part | None" = None
    part_ordinal: int | None = None
    head: int = 0  # where the name alone starts and ends
    tail: int = 0


def edition_of(meeting: bodies.Meeting) -> Edition:
    return Edition((Entry(meeting.year, "", meeting.body, meeting.code),))


def last_mention(view: SearchText, start: int, end: int, gap: str) -> bodies.Mention | None:
    """The body whose name ends before `end` with nothing but `gap` between."""
    for mention in reversed(view.mentions):
        if (
            mention.end <= end
            and mention.start >= start
            and re.fullmatch(gap, view.plain[mention.end : end])
        ):
            return mention
    return None


def told_body(edition: Edition | None, number: str, prefix: str = "") -> str | None:
    """The body that the form of the number or the place and year tell, or None."""
    if edition is not None and edition.body:
        return edition.body
    if edition is not None and edition.session:
        return "unga"
    if (
        not prefix
        and re.fullmatch(r"(?:es-)?[0-9]{1,3}-[0-9]{1,4}[a-z]?", number)
        and "-" in number
    ):
        first, _, second = number.removeprefix("es-").partition("-")
        if len(second) < 4 or not second.isdigit():
            return "unga" if int(first) >= 31 or number.startswith("es-") else None
    if edition is None or edition.year is None or not edition.place:
        return None
    met = [
        body
        for body in BODIES
        if body not in (bodies.OTHER, "cgpm")
        and (meeting := bodies.meeting_in(body, edition.year)) is not None
        and meeting.place == edition.place
    ]
    return met[0] if len(met) == 1 else None


def kind_prefix(kind: str) -> str:
    if re.match(r"d.?c\w*\.?|acuerdo|реш|(?:ال)?مقرر|决定|決定", kind):
        return "dec"
    if re.match(r"rec|рек|(?:ال)?توص|建", kind):
        return "rec"
    return "op" if re.match(r"意|opinion|avis|мнен|(?:ال)?راي", kind) else ""


def edition_behind(view: SearchText, at: int) -> tuple[Edition | None, int]:
    """The edition in the bracket that follows, and where it ends; None and `at` without one."""
    match = _BRACKET.match(view.plain, at)
    if not match:
        return None, at
    edition = view.edition(match.start("content"), match.end("content"))
    return (edition, match.end()) if edition else (None, at)


_BRACKET = re.compile(r"[\s*]{0,3}(?:[0-9](?=\())?\((?P<content>[^()]{1,80})\)")
