"""Corpus: the clauses held, in memory, with the look-ups that everything above asks for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from corpus.clauses import Clause, Revision, clause_to_json


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """Something odd that was met when a document was read."""

    kind: str
    message: str
    start: int  # offset in the stored text


@dataclass(frozen=True, slots=True)
class SectionSummary:
    """Which headings, bodies and addressees there are in some texts."""

    actions: frozenset[str]
    bodies: frozenset[str]  # that adopted them: "wtsa"
    addressees: frozenset[str]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the corpus: where it came from and what was read in it."""

    name: str  # unique in the corpus; clauses name it in `source.file`
    sha256: str  # of the document as received
    text_sha256: str  # of the stored text
    origin: str = ""
    rights: str = ""
    founding: bool = False
    kept: tuple[tuple[str, str], ...] = ()  # (revision id, language) taken from it, in order
    dropped: tuple[tuple[str, str], ...] = ()  # found in it too, and removed or replaced since
    given: tuple[tuple[str, str | int], ...] = ()  # metadata given by the user: ("body", "pp"), …
    problems: tuple[DocumentProblem, ...] = ()
    coverage: float = 1.0


@dataclass(frozen=True)
class Corpus:
    """All clauses held, in document order; `digest` changes whenever a clause or document does."""

    clauses: tuple[Clause, ...]
    documents: tuple[Document, ...] = ()
    digest: str = ""
    parser: str = ""  # fingerprint of the parser that read the documents

    def __len__(self) -> int:
        return len(self.clauses)

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], int]:
        return {clause.key: row for row, clause in enumerate(self.clauses)}

    @cached_property
    def _by_id(self) -> Mapping[str, tuple[int, ...]]:
        rows: dict[str, list[int]] = {}
        for row, clause in enumerate(self.clauses):
            rows.setdefault(clause.id, []).append(row)
        return {identifier: tuple(found) for identifier, found in rows.items()}

    @cached_property
    def _by_section(self) -> Mapping[tuple[str, str], tuple[Clause, ...]]:
        found: dict[tuple[str, str], list[Clause]] = {}
        for clause in self.clauses:
            found.setdefault((clause.section_id, clause.revision.language), []).append(clause)
        return {key: tuple(clauses) for key, clauses in found.items()}

    @cached_property
    def _by_revision(self) -> Mapping[str, Mapping[str, tuple[Clause, ...]]]:
        found: dict[str, dict[str, list[Clause]]] = {}
        for clause in self.clauses:
            languages = found.setdefault(clause.revision.id, {})
            languages.setdefault(clause.revision.language, []).append(clause)
        return {
            identifier: {language: tuple(clauses) for language, clauses in languages.items()}
            for identifier, languages in found.items()
        }

    @cached_property
    def sections(self) -> tuple[tuple[Clause, ...], ...]:
        """All sections, each in order, in document order; one per language it is held in."""
        return tuple(self._by_section.values())

    @cached_property
    def section_summaries(self) -> Mapping[str, SectionSummary]:
        """Of each resolution held, by lineage, what its sections are; "" has all together."""
        sections: dict[str, list[tuple[Clause, ...]]] = {"": list(self.sections)}
        for section in self.sections:
            sections.setdefault(section[0].revision.lineage, []).append(section)
        return {lineage: _summary(of_lineage) for lineage, of_lineage in sections.items()}

    @cached_property
    def revisions(self) -> tuple[Revision, ...]:
        """The texts held, one per revision and language, in document order."""
        seen: dict[tuple[str, str], Revision] = {}
        for clause in self.clauses:
            seen.setdefault((clause.revision.id, clause.revision.language), clause.revision)
        return tuple(seen.values())

    @cached_property
    def _latest_years(self) -> Mapping[str, int]:
        latest: dict[str, int] = {}
        for revision in self.revisions:
            if revision.status == "adopted":
                latest[revision.lineage] = max(latest.get(revision.lineage, 0), revision.year)
        return latest

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(self._by_id)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({revision.language for revision in self.revisions}))

    def row(self, clause: Clause) -> int:
        """The place of a held clause among `clauses`; raises KeyError."""
        return self._by_key[clause.key]

    def get(self, identifier: str, language: str | None = None) -> Clause | None:
        """The clause of that id, in `language` if held in it, else in the first language held."""
        rows = self._by_id.get(identifier, ())
        for row in rows:
            if self.clauses[row].revision.language == language:
                return self.clauses[row]
        return self.clauses[rows[0]] if rows else None

    def section(self, clause: Clause) -> tuple[Clause, ...]:
        """All clauses of the section that `clause` stands in, in order, in its language."""
        return self._by_section[(clause.section_id, clause.revision.language)]

    def of_revision(self, identifier: str, language: str | None = None) -> tuple[Clause, ...]:
        """The clauses of a revision, in order; of its first language held when none is given."""
        languages = self._by_revision.get(identifier, {})
        if language is None:
            return next(iter(languages.values()), ())
        return languages.get(language, ())

    def is_latest(self, revision: Revision) -> bool:
        """Whether no later adopted revision of its resolution is held, and it is adopted itself."""
        return (
            revision.status == "adopted"
            and self._latest_years.get(revision.lineage) == revision.year
        )

    def parent(self, clause: Clause) -> Clause | None:
        """The clause that this one stands under ("e" for "e/iii"), None at the top."""
        parts = clause.label.split("/") if clause.label else []
        while parts:
            parts.pop()
            identifier = "/".join([clause.section_id, *parts])
            row = self._by_key.get((identifier, clause.revision.language))
            if row is not None and self.clauses[row] is not clause:
                return self.clauses[row]
        return None

    def children(self, clause: Clause) -> tuple[Clause, ...]:
        """The clauses that stand under this one, at any depth, in order."""
        prefix = clause.id + "/"
        return tuple(other for other in self.section(clause) if other.id.startswith(prefix))

    def to_json(self, clause: Clause) -> dict[str, Any]:
        """The clause as the JSON object of the contract, with parent and latest_held."""
        parent = self.parent(clause)
        return clause_to_json(
            clause,
            parent=parent.id if parent else None,
            latest_held=self.is_latest(clause.revision),
        )


def unique_clauses(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """The clauses as a tuple; raises ValueError when two share id and language."""
    found: Sequence[Clause] = tuple(clauses)
    keys: set[tuple[str, str]] = set()
    for clause in found:
        if clause.key in keys:
            raise ValueError(f"two clauses are {clause.id} in {clause.revision.language}")
        keys.add(clause.key)
    return tuple(found)


def _summary(sections: Sequence[tuple[Clause, ...]]) -> SectionSummary:
    return SectionSummary(
        actions=frozenset(section[0].action for section in sections),
        bodies=frozenset(section[0].revision.body for section in sections),
        addressees=frozenset(
            name for section in sections for clause in section for name in clause.addressees
        ),
    )
