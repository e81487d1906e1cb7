"""Answer and Refusal: what may be said, as types that cannot hold an unfound quotation.

A `Citation` is a range of a held clause: its quote is cut from the clause and nowhere else, so a
quote that is not in the corpus cannot be built. An `Answer` has at least one citation; what has
none is a `Refusal`, another type, with its reason.
"""

from dataclasses import dataclass
from enum import StrEnum

from assistant.query import Understood
from corpus.clauses import Clause, Revision


class Reason(StrEnum):
    """Why there is no answer."""

    NO_EVIDENCE = "no-evidence"
    NOT_HELD = "not-held"
    AMBIGUOUS = "ambiguous"
    EMPTY = "empty"
    UNSUPPORTED_LANGUAGE = "unsupported-language"


class Form(StrEnum):
    """What an answer gives: a clause or a few, a whole section, a reference, two revisions."""

    CLAUSES = "clauses"
    SECTION = "section"
    REFERENCE = "reference"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation: characters `start` to `end` of a held clause's text."""

    clause: Clause
    start: int
    end: int
    score: float = 1.0  # higher is closer; 1.0 for what was named by reference

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.clause.text):
            raise ValueError(f"{self.clause.id} has no text at {self.start}:{self.end}")

    @property
    def quote(self) -> str:
        return self.clause.text[self.start : self.end]

    @classmethod
    def whole(cls, clause: Clause, score: float = 1.0) -> "Citation":
        """The citation of all of a clause."""
        return cls(clause, 0, len(clause.text), score)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The place of a clause in another held revision: its counterpart there, or None."""

    clause: Clause
    revision: Revision
    counterpart: Clause | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of a comparison; either side may be missing, never both."""

    old: Clause | None
    new: Clause | None
    kind: str  # "same", "changed", "moved", "added", "removed"

    def __post_init__(self) -> None:
        if self.old is None and self.new is None:
            raise ValueError("a row of a comparison needs a clause")


@dataclass(frozen=True, slots=True)
class Answer:
    """Quoted clauses that answer a question, best first (a section: in order)."""

    understood: Understood
    form: Form
    citations: tuple[Citation, ...]
    probability: float  # 0..1, calibrated: that these clauses answer the question
    counterparts: tuple[Counterpart, ...] = ()
    pairs: tuple[Pair, ...] = ()  # of a comparison, in the order of the newer text
    pointed_to: tuple[Clause, ...] = ()  # clauses of the same text that a cited one points to

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError("an answer needs a citation; without one it is a refusal")


@dataclass(frozen=True, slots=True)
class Refusal:
    """No answer: the reason, what was looked for, and what is held."""

    understood: Understood
    reason: Reason
    looked_for: str  # as printed in the question's language: "Resolution 20 of WTSA"; may be ""
    held: tuple[Revision, ...]
    probability: float = 0.0
    closest: tuple[Citation, ...] = ()  # not an answer; at most two, or the readings if ambiguous
    known_from_history: bool = False  # the revision asked for is named in an adoption history
