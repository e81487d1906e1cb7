"""Training pairs: clauses of invented resolutions, and the questions that each of them answers.

`data/pairs/` holds one clause a line; a file holds resolutions of one field. The adapter is learnt
from those under `adapter/`, the interaction from all: it also has to see vectors of questions that
the adapter was not learnt from, as those of real questions are.

They were written by a language model for this purpose: 12 clauses to a resolution, all of one
subject, six questions to a clause, one in each language and each in another style (plain questions,
paraphrases without the clause's words, keywords, blunt ones, situations, reasons). A question is
answered by its clause and by no other of the resolution, which is what makes it worth learning
from. The first 165 resolutions are concrete and full of figures; in the later 640 the clauses are
as general as those of real resolutions, and as like each other, and in the last 320 of these bodies
are given a task in one clause and mentioned in others. Their writers knew neither the product nor
its evaluation; what would be on the subjects of the texts that the product ships (the summit's
follow-up, enhanced cooperation, the Council's groups on public policy, names in other scripts) was
left out, since it is measured by these.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corpus import clauses

FOLDER = Path(__file__).parent / "data" / "pairs"
OF_ADAPTER = FOLDER / "adapter"
LANGUAGES = tuple(sorted(clauses.LANGUAGES))  # as the questions of a clause stand in the files


@dataclass(frozen=True, slots=True)
class AnsweredClause:
    """A clause of an invented resolution, and a question in each of LANGUAGES that it answers."""

    resolution: str  # its name, year and place, in its language
    language: str
    place: str  # section and label, as they are cited
    text: str
    questions: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}: {self.language!r}")
        if not (self.resolution and self.place and self.text.strip()):
            raise ValueError("resolution, place and text must not be empty")
        if tuple(self.questions) != LANGUAGES or not all(map(str.strip, self.questions.values())):
            raise ValueError(f"one question in each of {', '.join(LANGUAGES)}, in this order")
        object.__setattr__(self, "questions", MappingProxyType(dict(self.questions)))

    @property
    def heading_path(self) -> str:
        """What stands before the text when it is embedded; see `clause_text.heading_path`.

        As in a citation the title is left out: a clause is to be found by what it says.
        """
        closing = "）" if self.language == "zh" else ")"
        citation, bracket, _title = self.resolution.partition(closing)
        if self.language == "zh":
            return f"{citation}{bracket}{self.place}："
        return f"{citation}{bracket}, {self.place}: "


def read_pairs(folder: Path = FOLDER) -> tuple[tuple[AnsweredClause, ...], ...]:
    """The resolutions, each a row of clauses in its order; files of all subfolders by name.

    Raises ValueError with file and line when one is not as described.
    """
    resolutions: dict[tuple[str, str], list[AnsweredClause]] = {}
    for file in sorted(folder.rglob("*.jsonl"), key=lambda file: file.name):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                clause = AnsweredClause(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise ValueError(f"{file.name}:{number}: {error}") from error
            resolutions.setdefault((file.name, clause.resolution), []).append(clause)
    return tuple(map(tuple, resolutions.values()))


def clauses_of(resolutions: Sequence[Sequence[AnsweredClause]]) -> tuple[AnsweredClause, ...]:
    """All of them in one row."""
    return tuple(clause for resolution in resolutions for clause in resolution)
