"""Citations of resolutions and of their clauses: found in any text, and resolved to what is held.

Tolerant: six languages, official forms, what people type ("Res. 75", "WTSA-75", 决议75), and the
ids of this project. Unsure means unresolved: a body or year that the text does not tell stays None.
Rules of reading:

- A list shares the bracket at its end ("Resolutions 32, 44 and 54 (Rev. Hammamet, 2016)"), and one
  第…号; an entry with a date of its own does not.
- A place and a year in which one body alone met tell the body: they are part of the number.
- "WTSA-20" names an assembly, "WTSA-75" a resolution: figures in the calendar of meetings are never
  a number.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import chain

from corpus import bodies
from corpus.clause_parts import comparable_label, part_after, part_before, parts_in
from corpus.clauses import Clause, Revision
from corpus.naming import Named
from corpus.naming_chinese import find_chinese
from corpus.naming_forms import find_ids, find_named, find_short
from corpus.naming_metre import find_metre
from corpus.phrases import phrasebook
from corpus.search_text import SearchText


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation of a resolution, or of some of its clauses, in a text: `text[start:end]`."""

    start: int
    end: int
    number: str  # as in a revision: "75", "dec5", "70-125", "26-1"
    body: str | None = None  # one of BODIES; None when the text does not tell
    year: int | None = None
    place: str = ""  # English name of the place printed beside the year
    revised: bool = False  # "Rev." is printed
    section: str | None = None  # canonical action: "noting-further"
    ordinal: int | None = None  # 3 for "invites.3"
    which: int | None = None  # of the sections that are cited alike: "instructs the Council [2]"
    addressees: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # ("e/iii",); a range "7 to 9" is spelled out
    named: tuple[int, int] = field(default=(0, 0))  # range of the resolution's name alone

    @property
    def lineage(self) -> str | None:
        """ "wtsa-75" where the body is known."""
        return f"{self.body}-{self.number}" if self.body else None

    @property
    def clause_part(self) -> bool:
        """Whether it names clauses and not the whole resolution."""
        return self.section is not None or bool(self.labels)


@dataclass(frozen=True, slots=True)
class InternalReference:
    """A mention of clauses of the very text in which it stands ("resolves 1 and 2 above")."""

    start: int
    end: int
    section: str
    addressees: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def find_references(text: str, *, body: str | None = None) -> tuple[Reference, ...]:
    """Every citation of a resolution, decision or recommendation in `text`, in order.

    `body` is whose text this is: it resolves "of this conference" and "its resolution".
    """
    view = SearchText(text)
    found: list[Named] = []
    taken: list[tuple[int, int]] = []
    for group in chain(
        find_ids(view),
        find_metre(view),
        find_chinese(view, body),
        find_named(view, body),
        find_short(view),
    ):
        start, end = group[0].start, group[-1].end
        if all(end <= first or last <= start for first, last in taken):
            taken.append((start, end))
            found += group
    found.sort(key=lambda one: one.start)
    return tuple(_reference(view, one) for one in _with_parts(view, found))


def find_internal(text: str) -> tuple[InternalReference, ...]:
    """Every mention in `text` of clauses of the same text, in order.

    A mention is a section with labels ("instructs the Director of TSB 4", 做出决议1和2, "point 2 du
    décide"), or a section alone with a word such as "above". Clauses of another resolution that is
    named beside them are no internal references; those "of this Resolution" are.
    """
    view = SearchText(text)
    named = find_references(text)
    found = []
    for part in parts_in(view):
        if part.section is None or not (part.labels or part.above):
            continue
        start, end = view.span(part.start, part.end)
        if any(one.start < end and start < one.end for one in named):
            continue
        found.append(InternalReference(start, end, part.section, part.addressees, part.labels))
    return tuple(found)


def _with_parts(view: SearchText, found: Sequence[Named]) -> Iterator[Named]:
    """The citations with the clauses named behind or before each."""
    edge = 0  # what stands before it has been read as a part
    for index, one in enumerate(found):
        if one.part is not None:
            yield one
            continue
        if one.start < edge:
            continue  # "invite la CMR 1" behind a citation is a section and its label
        firm = (after.start for after in found[index + 1 :] if after.kind != "short")
        part = part_after(view, one.end, next(firm, len(view.plain)))
        if part is not None:
            edge = part.end
            yield replace(one, part=part, end=part.end)
            continue
        floor = found[index - 1].end if index else 0
        part = part_before(view, one.start, floor)
        yield replace(one, part=part, start=part.start) if part else one


def _reference(view: SearchText, one: Named) -> Reference:
    start, end = view.span(one.start, one.end)
    edition, part = one.edition, one.part
    return Reference(
        start=start,
        end=end,
        number=one.number,
        body=one.body,
        year=edition.year if edition else None,
        place=edition.place if edition else "",
        revised=edition.revised if edition else False,
        section=part.section if part else None,
        ordinal=one.part_ordinal,
        which=part.ordinal if part else None,
        addressees=part.addressees if part else (),
        labels=part.labels if part else (),
        named=view.span(one.head, one.tail),
    )


# --- resolving ------------------------------------------------------------------------------------


class Outcome(Enum):
    """What a reference came to."""

    OK = "ok"
    SUPERSEDED = "superseded"  # what it cites is held, and so is a later revision
    UNKNOWN_CLAUSE = "unknown-clause"  # the revision is held, it has no such clause
    REVISION_NOT_HELD = "revision-not-held"  # the resolution is held, not the revision of that year
    NOT_HELD = "not-held"
    AMBIGUOUS = "ambiguous"  # several bodies' resolutions of that number, or several clauses


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a reference resolves to, and why."""

    outcome: Outcome
    clauses: tuple[Clause, ...] = ()  # of OK and SUPERSEDED: those cited, in order; in one language
    revision: Revision | None = None  # that is cited, where it is held
    latest: Revision | None = None  # of that resolution, held
    candidates: tuple[Revision, ...] = ()  # of AMBIGUOUS and REVISION_NOT_HELD: what is held
    in_history: bool = False  # of REVISION_NOT_HELD: an adoption history knows that revision
    disagreement: str = ""  # "place" or "year" when place and year printed do not belong together


class Held:
    """What is held, as references ask for it: built once from clauses, then only looked up."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._sections: dict[tuple[str, str], dict[str, list[Clause]]] = {}
        self._revisions: dict[str, dict[int, dict[str, Revision]]] = {}
        self._numbers: dict[str, dict[str, None]] = {}
        for clause in clauses:
            revision = clause.revision
            sections = self._sections.setdefault((revision.id, revision.language), {})
            sections.setdefault(clause.section, []).append(clause)
            years = self._revisions.setdefault(revision.lineage, {})
            years.setdefault(revision.year, {}).setdefault(revision.language, revision)
            self._numbers.setdefault(revision.number, {})[revision.lineage] = None

    def lineages(self, number: str) -> tuple[str, ...]:
        """The resolutions held under that number, whatever the body."""
        return tuple(self._numbers.get(number, ()))

    def years(self, lineage: str) -> tuple[int, ...]:
        """The years of the revisions held, oldest first."""
        return tuple(sorted(self._revisions.get(lineage, ())))

    def revision(self, lineage: str, year: int, language: str | None = None) -> Revision | None:
        """That revision, in `language` if held in it, else in the first language held."""
        versions = self._revisions.get(lineage, {}).get(year)
        if not versions:
            return None
        return versions.get(language or "") or next(iter(versions.values()))

    def latest(self, lineage: str, language: str | None = None) -> Revision | None:
        """The latest adopted revision held; a proposal only where nothing else is."""
        years = self._revisions.get(lineage, {})
        adopted = [
            year
            for year, versions in years.items()
            if any(revision.status == "adopted" for revision in versions.values())
        ]
        year = max(adopted or years, default=None)
        return None if year is None else self.revision(lineage, year, language)

    def sections(self, revision: Revision) -> Mapping[str, Sequence[Clause]]:
        """The clauses of a revision in its language, by section in document order."""
        return self._sections.get((revision.id, revision.language), {})

    def clauses(self, revision: Revision) -> tuple[Clause, ...]:
        """All clauses of a revision in its language, in document order."""
        return tuple(clause for some in self.sections(revision).values() for clause in some)


def resolve(reference: Reference, held: Held, *, language: str | None = None) -> Resolution:
    """What `reference` means among the texts held; clauses in `language` where they are held in it.

    Without a year the latest revision held is meant. Without a body the one resolution held under
    that number is; several are AMBIGUOUS.
    """
    lineages = _lineages(reference, held)
    if not lineages:
        return Resolution(Outcome.NOT_HELD)
    if len(lineages) > 1:
        shown = [held.latest(lineage, language) for lineage in lineages]
        return Resolution(
            Outcome.AMBIGUOUS, candidates=tuple(revision for revision in shown if revision)
        )
    lineage = lineages[0]
    latest = held.latest(lineage, language)
    year = (
        reference.year or _year_of_place(reference, held, lineage) or (latest.year if latest else 0)
    )
    revision = held.revision(lineage, year, language)
    disagreement = _disagreement(reference, held, lineage, revision)
    if revision is None:
        return Resolution(
            Outcome.REVISION_NOT_HELD,
            latest=latest,
            candidates=tuple(
                found
                for held_year in held.years(lineage)
                if (found := held.revision(lineage, held_year, language)) is not None
            ),
            in_history=_in_history(reference.year, held, lineage),
            disagreement=disagreement,
        )
    clauses, outcome = _clauses(reference, held, revision)
    if outcome is Outcome.OK and latest is not None and latest.year > revision.year:
        outcome = Outcome.SUPERSEDED
    return Resolution(outcome, clauses, revision, latest, disagreement=disagreement)


def _lineages(reference: Reference, held: Held) -> tuple[str, ...]:
    if reference.lineage is not None:
        return (reference.lineage,) if held.years(reference.lineage) else ()
    lineages = held.lineages(reference.number)
    if len(lineages) > 1 and reference.year is not None:
        dated = tuple(found for found in lineages if reference.year in held.years(found))
        lineages = dated or lineages
    return lineages


def _year_of_place(reference: Reference, held: Held, lineage: str) -> int | None:
    """The year of the revision held that was adopted in the place printed without a year."""
    if not reference.place:
        return None
    met = [
        year
        for year in held.years(lineage)
        if (revision := held.revision(lineage, year)) is not None
        and revision.place == reference.place
    ]
    return met[0] if len(met) == 1 else None


def _known_places(held: Held, lineage: str) -> dict[int, str]:
    """Year -> place of every adoption that texts held print, and of the body's meetings."""
    body = lineage.partition("-")[0]
    known = {meeting.year: meeting.place for meeting in bodies.meetings(body)}
    for year in held.years(lineage):
        revision = held.revision(lineage, year)
        if revision is not None:
            known |= {entry.year: entry.place for entry in revision.history if entry.place}
            if revision.place:
                known[revision.year] = revision.place
    return known


def _disagreement(reference: Reference, held: Held, lineage: str, revision: Revision | None) -> str:
    if not reference.place or reference.year is None:
        return ""
    known = _known_places(held, lineage)
    place = known.get(reference.year)
    if place == reference.place or (
        place is None and revision is None and reference.place not in known.values()
    ):
        return ""
    if place is None:
        return "year"
    return "place"


def _in_history(year: int | None, held: Held, lineage: str) -> bool:
    if year is None:
        return False
    return any(
        entry.year == year
        for held_year in held.years(lineage)
        if (revision := held.revision(lineage, held_year)) is not None
        for entry in revision.history
    )


def _clauses(
    reference: Reference, held: Held, revision: Revision
) -> tuple[tuple[Clause, ...], Outcome]:
    sections = held.sections(revision)
    if not reference.clause_part:
        return held.clauses(revision), Outcome.OK
    meant = _meant_sections(reference, sections)
    if not meant:
        return (), Outcome.UNKNOWN_CLAUSE
    if not reference.labels:
        if len(meant) > 1 and reference.section is not None and reference.ordinal is None:
            unlabelled = [name for name in meant if not sections[name][0].label]
            if len(unlabelled) == 1 and not reference.addressees:
                meant = unlabelled
        chosen = tuple(clause for name in meant for clause in sections[name])
        return chosen, Outcome.OK if len(meant) == 1 else Outcome.AMBIGUOUS
    found: list[Clause] = []
    for label in reference.labels:
        matches = [(name, _labelled(sections[name], label)) for name in meant]
        matches = [(name, some) for name, some in matches if some]
        if not matches:
            return (), Outcome.UNKNOWN_CLAUSE
        if len(matches) > 1:
            return tuple(clause for _, some in matches for clause in some), Outcome.AMBIGUOUS
        found += matches[0][1]
    return tuple(dict.fromkeys(found)), Outcome.OK


def _meant_sections(reference: Reference, sections: Mapping[str, Sequence[Clause]]) -> list[str]:
    named = _named_sections(reference, sections)
    if reference.which is not None:
        return named[reference.which - 1 : reference.which]
    return named


def _named_sections(reference: Reference, sections: Mapping[str, Sequence[Clause]]) -> list[str]:
    if reference.section is None:
        operative = [name for name in sections if phrasebook().part(_action(name)) == "operative"]
        return operative or list(sections)
    wanted = reference.section
    if reference.ordinal is not None:
        name = f"{wanted}.{reference.ordinal}" if reference.ordinal > 1 else wanted
        return [name] if name in sections else []
    named = [name for name in sections if _action(name) == wanted]
    if not named:
        named = [name for name in sections if _action(name) in alike(wanted)]
    if not reference.addressees:
        bare = [name for name in named if not _shown_addressees(sections[name][0], reference)]
        return bare or named
    exact = [n for n in named if set(sections[n][0].addressees) == set(reference.addressees)]
    return exact or [
        name for name in named if set(reference.addressees) <= set(sections[name][0].addressees)
    ]


def _shown_addressees(clause: Clause, reference: Reference) -> bool:
    """Whether a citation of the clause's section would name its addressees.

    With "[2]" the sections are those that are printed alike, some of which may have addressees that
    the language of the citation has no name for.
    """
    if reference.which is None:
        return bool(clause.addressees)
    book = phrasebook()
    return book.phrase(clause.action, clause.addressees, "en") != book.phrase(
        clause.action, (), "en"
    )


# Actions that one language or another prints with the same verb (décide, 请, "subrayando"): a
# citation in a language in which a text is not held cannot tell them apart.
_ALIKE = (
    frozenset({"resolves", "decides"}),
    frozenset({"invites", "requests"}),
    frozenset({"emphasizing", "stressing", "underlining"}),
    frozenset({"recognizing", "acknowledging"}),
)


def alike(action: str) -> frozenset[str]:
    """The other actions that some language prints with the same verb; often none."""
    return next((group for group in _ALIKE if action in group), frozenset()) - {action}


def _action(section: str) -> str:
    return section.partition(".")[0]


def _labelled(clauses: Sequence[Clause], label: str) -> list[Clause]:
    """The clause of that label; what stands under it where the label itself has no text."""
    wanted = comparable_label(label)
    for name in (wanted, f"p{wanted}"):  # the second of several without a label is "p2"
        exact = [clause for clause in clauses if comparable_label(clause.label) == name]
        if exact:
            return exact
    return [clause for clause in clauses if comparable_label(clause.label).startswith(wanted + "/")]
