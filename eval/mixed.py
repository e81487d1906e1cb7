"""What the founding texts lose when other texts are held beside them, and how those are found.

`python -m eval mixed` prints it. The same questions are asked of the founding texts alone and of
the founding texts with the documents, in one run: labels, questions and model are the same, so that
whatever differs is the documents' doing. Groups are made by what the assistant over the founding
texts alone understands; a question is thus in the same group on both sides.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ExpectedError
from eval.cases import Case, digest_of_cases
from eval.measure import (
    DECIMALS,
    CaseResult,
    Clock,
    Group,
    Progress,
    measure,
    measure_ranking,
    summarise,
)
from eval.metrics import auroc, mean
from eval.report import MISSING, grid, shown
from eval.significance import CONFIDENCE, Difference, paired_difference

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from eval.systems import Opened

FORMAT = 1
MEASURES = ("R@5", "R@1")
BOUNDED = "R@5"

NAMED = "names the resolution"
FILTERED = "asked with a filter"
CHINESE = "Chinese, neither"
OTHERS = "other languages, neither"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What R@5 is held to; shares of the questions of a row."""

    lost_named: float  # at most, where a resolution is named or filtered by
    lost_chinese: float  # at most, of the Chinese questions that do neither
    added: float  # at least, of the questions about the added texts


@dataclass(frozen=True, slots=True)
class Check:
    """One row's figure against its bound."""

    row: str
    what: str  # "R@5 lost", "R@5"
    value: float | None  # None: no question of the row was asked
    limit: float
    at_most: bool  # else at least

    @property
    def holds(self) -> bool | None:
        """None when there is nothing to hold to the bound."""
        if self.value is None:
            return None
        # Shares such as 1 - 0.95 are not exact: what is shown as equal to the bound holds.
        over = round(self.value - self.limit, DECIMALS)
        return over <= 0 if self.at_most else over >= 0

    @property
    def verdict(self) -> str:
        return {None: "not measured", True: "holds", False: "does not hold"}[self.holds]

    @property
    def bound(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """Questions about the founding texts, ranked without and with the documents."""

    name: str
    differences: Mapping[str, Difference]  # of MEASURES, mixed minus alone; none without questions
    check: Check | None = None

    @property
    def cases(self) -> int:
        return max((difference.cases for difference in self.differences.values()), default=0)


@dataclass(frozen=True, slots=True)
class Decisions:
    """How often founding questions were refused; None where there was none."""

    answerable: int
    unanswerable: int
    answerable_refused: float | None
    unanswerable_refused: float | None
    auroc: float | None  # of the probability, answerable against unanswerable ones


@dataclass(frozen=True, slots=True)
class Mixed:
    """All that was found out about one set of documents."""

    split: str
    model: str
    founding: str  # digest of the founding texts alone
    mixed: str  # digest of them with the documents
    cases: str  # digest of the cases asked
    documents: int  # added
    clauses: int  # added
    founding_clauses: int
    rows: tuple[Row, ...]
    added: tuple[Group, ...]  # questions about the documents: all, then by language; may be empty
    added_check: Check
    alone_decisions: Decisions
    mixed_decisions: Decisions
    notes: tuple[str, ...]  # what was left out, and why

    @property
    def checks(self) -> tuple[Check, ...]:
        return (*(row.check for row in self.rows if row.check), self.added_check)

    @property
    def holds(self) -> bool:
        """Whether no bound is broken; one that could not be measured breaks nothing."""
        return all(check.holds is not False for check in self.checks)


class Filtered:
    """The assistant's search, always limited to one resolution, as a filter limits it."""

    def __init__(self, assistant: "Assistant", lineage: str) -> None:
        self.name = f"limited to {lineage}"
        self._assistant = assistant
        self._lineage = lineage

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        understood = self._assistant.understand(question, history=history, lineage=self._lineage)
        return [(hit.clause.id, hit.score) for hit in self._assistant.search(understood, top=top)]


def measure_mixed(
    alone: "Opened",
    mixed: "Opened",
    cases: Sequence[Case],
    *,
    split: str,
    bounds: Bounds,
    clock: Clock,
    progress: Callable[[str], Progress],
) -> Mixed:
    """Asks the cases of both systems; `alone` holds the founding texts, `mixed` these and others.

    Cases are of any corpus and checked against the clauses held: a founding one that names a clause
    not held is the caller's fault, one about other texts is left out and counted. `progress` gives
    what to tell how far each pass is. Raises ExpectedError where nothing could be compared.
    """
    _check_added(alone, mixed)
    founding = [case for case in cases if case.corpus == "founding"]
    if not founding:
        raise ExpectedError(
            f"none of the {len(cases)} cases is about the founding texts; choose with --split "
            "and --cases"
        )
    about_added = [case for case in cases if case.corpus != "founding" and case.answerable]
    held = [case for case in about_added if mixed.held.ids.issuperset(case.relevant)]
    asked, moot = _still_unanswerable(founding, alone, mixed)

    on_alone = measure(alone.system, asked, clock=clock, progress=progress("asked, alone"))
    on_mixed = measure(mixed.system, asked, clock=clock, progress=progress("asked, mixed"))
    single = [case for case in asked if case.answerable and case.match == "any"]
    lineages = _lineages(single, alone)
    filtered_alone = _filtered(alone, single, lineages, clock, progress("filtered, alone"))
    filtered_mixed = _filtered(mixed, single, lineages, clock, progress("filtered, mixed"))
    found = measure_ranking(
        mixed.system,
        [case for case in held if case.answerable],
        clock=clock,
        progress=progress("added texts"),
    )

    assistant = _assistant(alone)
    named = {
        case.id
        for case in single
        if assistant.understand(case.question, history=case.history).lineage is not None
    }
    chinese = {case.id for case in single if case.language == "zh"} - named
    others = {case.id for case in single if case.language != "zh"} - named
    rows = (
        _row(NAMED, named, on_alone.results, on_mixed.results, bounds.lost_named),
        _row(FILTERED, set(lineages), filtered_alone, filtered_mixed, bounds.lost_named),
        _row(CHINESE, chinese, on_alone.results, on_mixed.results, bounds.lost_chinese),
        _row(OTHERS, others, on_alone.results, on_mixed.results, None),
    )
    groups = summarise(found.results) if found.results else ()
    added = tuple(group for group in groups if group.kind is None)
    return Mixed(
        split=split,
        model=mixed.model,
        founding=alone.held.digest,
        mixed=mixed.held.digest,
        cases=digest_of_cases([*asked, *held]),
        documents=len(mixed.documents) - len(alone.documents),
        clauses=len(mixed.held.clauses) - len(alone.held.clauses),
        founding_clauses=len(alone.held.clauses),
        rows=rows,
        added=added,
        added_check=Check(
            row="added texts",
            what=BOUNDED,
            value=added[0].scores[BOUNDED].value if added else None,
            limit=bounds.added,
            at_most=False,
        ),
        alone_decisions=_decisions(on_alone.results),
        mixed_decisions=_decisions(on_mixed.results),
        notes=_notes(about_added, held, moot),
    )


def documents_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files given, and those anywhere in the folders given, hidden ones left out; each once.

    Raises ExpectedError for a path where nothing is, and when no file is found.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise ExpectedError(f"{path}: no such file or folder; give the documents to add")
        for file in sorted(_files_below(path)) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), file)
    if not found:
        raise ExpectedError("no document in the folders given; give files, or a folder with some")
    return tuple(found.values())


def mixed_text(mixed: Mixed) -> str:
    """The tables for a terminal, and what the bounds come to."""
    verdicts = [check.verdict for check in mixed.checks]
    parts = [
        "\n".join(
            (
                f"documents added: {mixed.documents} (clauses {mixed.clauses:,}, beside "
                f"{mixed.founding_clauses} founding ones; split {mixed.split})",
                f"model   {mixed.model}",
                f"alone   {mixed.founding}",
                f"mixed   {mixed.mixed}",
                f"cases   {mixed.cases}",
            )
        ),
        *(_lost_table(name, mixed.rows) for name in MEASURES),
        _decisions_table(mixed.alone_decisions, mixed.mixed_decisions),
        _added_table(mixed.added, mixed.added_check),
        "\n".join(
            (
                *mixed.notes,
                f"intervals: {CONFIDENCE:.0%}, paired bootstrap",
                f"bounds: {verdicts.count('holds')} hold, "
                f"{verdicts.count('does not hold')} do not, "
                f"{verdicts.count('not measured')} not measured",
            )
        ),
    ]
    return "\n\n".join(parts) + "\n"


def mixed_to_json(mixed: Mixed) -> dict[str, Any]:
    """The same as a JSON object; cases by id, shares from 0 to 1, null where nothing was asked."""
    return {
        "format": FORMAT,
        "split": mixed.split,
        "model": mixed.model,
        "alone": mixed.founding,
        "mixed": mixed.mixed,
        "cases": mixed.cases,
        "documents": mixed.documents,
        "clauses": mixed.clauses,
        "founding_clauses": mixed.founding_clauses,
        "holds": mixed.holds,
        "rows": [
            {
                "name": row.name,
                "cases": row.cases,
                "measures": [_difference_to_json(each) for each in row.differences.values()],
                "bound": _check_to_json(row.check) if row.check else None,
            }
            for row in mixed.rows
        ],
        "added": {
            "groups": [
                {
                    "language": group.language,
                    "cases": group.cases,
                    "scores": {name: _rounded(_score(group, name)) for name in MEASURES},
                }
                for group in mixed.added
            ],
            "bound": _check_to_json(mixed.added_check),
        },
        "decisions": {
            "alone": _decisions_to_json(mixed.alone_decisions),
            "mixed": _decisions_to_json(mixed.mixed_decisions),
        },
        "notes": list(mixed.notes),
    }


def _check_added(alone: "Opened", mixed: "Opened") -> None:
    before = {clause.key for clause in alone.held.clauses}
    after = {clause.key for clause in mixed.held.clauses}
    gone = sorted(id_ for id_, _ in before - after)
    if gone:
        raise ExpectedError(
            f"the documents take the place of founding clauses ({gone[0]}): what they lose could "
            "not be told from what is no longer held; leave that document out"
        )
    if after == before:
        raise ExpectedError(
            "the documents add no clause to the founding texts; give files with other resolutions"
        )


def _assistant(opened: "Opened") -> "Assistant":
    assistant: Assistant = opened.system.assistant  # type: ignore[attr-defined]
    return assistant


def _still_unanswerable(
    cases: Sequence[Case], alone: "Opened", mixed: "Opened"
) -> tuple[list[Case], int]:
    """The cases without those for a resolution that the documents hold, and how many those were.

    Labels are of the founding texts: "what does Resolution 2 say" is unanswerable over them alone.
    """
    from assistant.query import has_content  # noqa: PLC0415

    founding = {clause.revision.lineage for clause in alone.held.clauses}
    assistant = _assistant(mixed)

    def asks_for_added(case: Case) -> bool:
        if case.answerable or not has_content(case.question):
            return False
        lineage = assistant.understand(case.question, history=case.history).lineage
        return lineage is not None and lineage not in founding

    kept = [case for case in cases if not asks_for_added(case)]
    return kept, len(cases) - len(kept)


def _lineages(cases: Iterable[Case], alone: "Opened") -> dict[str, str]:
    """Case id -> the founding resolution that answers; by its first clause where several do."""
    of_clause = {clause.id: clause.revision.lineage for clause in alone.held.clauses}
    return {case.id: of_clause[case.relevant[0]] for case in cases}


def _filtered(
    opened: "Opened",
    cases: Sequence[Case],
    lineages: Mapping[str, str],
    clock: Clock,
    progress: Progress,
) -> tuple[CaseResult, ...]:
    results: list[CaseResult] = []
    for lineage in dict.fromkeys(lineages.values()):
        searcher = Filtered(_assistant(opened), lineage)
        members = [case for case in cases if lineages[case.id] == lineage]
        results += measure_ranking(searcher, members, clock=clock, progress=progress).results
    return tuple(results)


def _row(
    name: str,
    ids: set[str],
    alone: Iterable[CaseResult],
    mixed: Iterable[CaseResult],
    limit: float | None,
) -> Row:
    sides = [
        {result.id: result.scores for result in results if result.id in ids}
        for results in (alone, mixed)
    ]
    differences: dict[str, Difference] = {}
    for measured in MEASURES:
        before, after = ({id_: scores[measured] for id_, scores in side.items()} for side in sides)
        difference = paired_difference(measured, before, after)
        if difference is not None:
            differences[measured] = difference
    if limit is None:
        return Row(name, differences)
    bounded = differences.get(BOUNDED)
    value = None if bounded is None else _lost(bounded)
    return Row(name, differences, Check(name, f"{BOUNDED} lost", value, limit, at_most=True))


def _decisions(results: Iterable[CaseResult]) -> Decisions:
    asked = [(r.answerable, r.outcome) for r in results if r.outcome is not None]
    sides = {
        truth: [outcome for answerable, outcome in asked if answerable is truth]
        for truth in (True, False)
    }
    refused = {
        truth: mean([float(outcome.status == "refused") for outcome in outcomes])
        for truth, outcomes in sides.items()
    }
    area = auroc(*([outcome.probability for outcome in sides[truth]] for truth in (True, False)))
    return Decisions(
        answerable=len(sides[True]),
        unanswerable=len(sides[False]),
        answerable_refused=refused[True],
        unanswerable_refused=refused[False],
        auroc=area,
    )


def _notes(about_added: Sequence[Case], held: Sequence[Case], moot: int) -> tuple[str, ...]:
    notes = []
    if not about_added:
        notes.append("no question about added texts is among the cases of this split")
    elif len(held) < len(about_added):
        notes.append(
            f"questions about added texts left out, since their clauses are not among the "
            f"documents: {len(about_added) - len(held)} of {len(about_added)}"
        )
    if moot:
        notes.append(
            "questions without an answer left out, since the documents hold the resolution that "
            f"they name: {moot}"
        )
    return tuple(notes)


def _lost(difference: Difference) -> float:
    return difference.old - difference.new + 0.0  # + 0.0: never "-0.000"


def _score(group: Group, measured: str) -> float | None:
    return group.scores[measured].value if measured in group.scores else None


def _lost_table(measured: str, rows: Iterable[Row]) -> str:
    bounded = measured == BOUNDED
    header = ["", "cases", "alone", "mixed", "lost", "low", "high"]
    header += ["bound", ""] if bounded else []
    lines = []
    for row in rows:
        difference = row.differences.get(measured)
        figures = [
            shown(figure)
            for figure in (
                (None,) * 5
                if difference is None
                else (
                    difference.old,
                    difference.new,
                    _lost(difference),
                    -difference.interval.high + 0.0,
                    -difference.interval.low + 0.0,
                )
            )
        ]
        lines.append([row.name, str(row.cases), *figures, *(_bound(row.check) if bounded else ())])
    return f"{measured} of questions about the founding texts\n" + grid(header, lines)


def _bound(check: Check | None) -> list[str]:
    return [MISSING, ""] if check is None else [check.bound, check.verdict]


def _decisions_table(alone: Decisions, mixed: Decisions) -> str:
    rows = [
        (f"answerable refused, of {alone.answerable}", "answerable_refused"),
        (f"unanswerable refused, of {alone.unanswerable}", "unanswerable_refused"),
        ("AUROC of the probability", "auroc"),
    ]
    return "Refusals of questions about the founding texts\n" + grid(
        ["", "alone", "mixed"],
        [[name, *(shown(getattr(side, field)) for side in (alone, mixed))] for name, field in rows],
    )


def _added_table(groups: Sequence[Group], check: Check) -> str:
    rows = [
        [
            group.name,
            str(group.cases),
            *(shown(_score(group, name)) for name in MEASURES),
            *(_bound(check) if group.language is None else ("", "")),
        ]
        for group in groups
    ]
    rows = rows or [["all", "0", *(MISSING for _ in MEASURES), *_bound(check)]]
    header = ["", "cases", *MEASURES, "bound", ""]
    return "Questions about the added texts\n" + grid(header, rows)


def _difference_to_json(difference: Difference) -> dict[str, Any]:
    return {
        "measure": difference.measure,
        "cases": difference.cases,
        "alone": _rounded(difference.old),
        "mixed": _rounded(difference.new),
        "lost": _rounded(_lost(difference)),
        "low": _rounded(-difference.interval.high + 0.0),
        "high": _rounded(-difference.interval.low + 0.0),
        "cases_lost": list(difference.lost),
        "cases_won": list(difference.won),
    }


def _check_to_json(check: Check) -> dict[str, Any]:
    return {
        "of": check.what,
        "value": _rounded(check.value),
        "at_most" if check.at_most else "at_least": check.limit,
        "holds": check.holds,
    }


def _decisions_to_json(decisions: Decisions) -> dict[str, Any]:
    return {
        "answerable": decisions.answerable,
        "unanswerable": decisions.unanswerable,
        "answerable_refused": _rounded(decisions.answerable_refused),
        "unanswerable_refused": _rounded(decisions.unanswerable_refused),
        "AUROC": _rounded(decisions.auroc),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _files_below(folder: Path) -> Iterable[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(root, name) for name in files if not name.startswith("."))
