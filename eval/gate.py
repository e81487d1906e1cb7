"""Floors under the scores of every language and kind, and what happens when a run falls below.

`data/baseline.json` (`schemas/baseline.json`) holds the floors, the run that set each, the digests
of the cases and the corpus that they hold for, and what that run scored on every case. A floor
stands a few cases below what was measured (`slack`), since a processor that multiplies matrices
in another order may turn a case over. It rises when a better run is accepted, and is lowered only
when that is asked for in words; a figure over other cases or other texts is no comparison, so a
changed digest fails the gate too until it is accepted.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ExpectedError
from eval.junit import Check, Failure
from eval.measure import LOWER_IS_BETTER, MEASURES, Group
from eval.report import Run

FORMAT = 1
SLACK = 1  # cases by which a floor stands below what was measured
FEWEST = 4  # cases below which a mean is no figure to hold anybody to
_DECIMALS = 4
# An answer with an unproven quote is a broken promise, not a lower score.
_WITHOUT_SLACK = ("quotes-proven",)
_GATED = tuple(name for name in MEASURES if name not in LOWER_IS_BETTER)

ACCEPT = "look at the change, then accept it: python -m eval gate --accept"
LOWER = "mend it, or lower the floor: python -m eval gate --accept --lower"


class BaselineError(ExpectedError):
    """A baseline that is missing or damaged."""


class LoweringError(ExpectedError):
    """A run that can be accepted only by lowering a floor, which nobody asked for."""


@dataclass(frozen=True, slots=True)
class RunName:
    """The run that set a floor."""

    made: str
    model: str
    code: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class Floor:
    """What a measure of a group must reach."""

    group: str  # "all", "language=zh", "kind=fact", "language=zh kind=fact"
    measure: str
    floor: float
    measured: float  # by the run that set it
    cases: int
    run: RunName

    @property
    def key(self) -> tuple[str, str]:
        return self.group, self.measure


@dataclass(frozen=True, slots=True)
class Baseline:
    """The last accepted state."""

    cases: str  # digest
    corpus: str  # digest
    selection: Mapping[str, str]
    run: RunName  # the last one accepted
    floors: tuple[Floor, ...]
    outcomes: Mapping[str, Mapping[str, float]]  # case id -> scores, of the last accepted run


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that the gate looked at; it is open when no check failed."""

    checks: tuple[Check, ...]

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.failure)

    @property
    def passed(self) -> bool:
        return not self.failures


def judge(run: Run, baseline: Baseline) -> Verdict:
    """Whether the run holds every digest and every floor of the baseline."""
    return Verdict((*_digest_checks(run, baseline), *_floor_checks(run.groups, baseline.floors)))


def accept(
    run: Run, before: Baseline | None, *, lower: bool = False, slack: int = SLACK
) -> Baseline:
    """The baseline after this run: floors raised to it, new ones set, digests and outcomes its own.

    Without `lower`, raises LoweringError when a floor would have to be lowered or dropped: nothing
    is accepted by halves.
    """
    name = _name(run)
    fresh = {floor.key: floor for floor in _floors_of(run.groups, name, slack=slack)}
    kept = {floor.key: floor for floor in before.floors} if before else {}
    below = [check for check in _floor_checks(run.groups, tuple(kept.values())) if check.failure]
    if below and not lower:
        first = f"{below[0].group} {below[0].name}"
        raise LoweringError(
            f"{first} and {len(below) - 1} other floors stand above this run; {LOWER}"
        )
    lowered = {(check.group, check.name) for check in below}
    floors = dict(fresh)
    for key, floor in kept.items():
        if key in lowered:
            continue  # the fresh one, if its group still has cases
        if key not in fresh or fresh[key].floor <= floor.floor:
            floors[key] = floor
    return Baseline(
        cases=run.provenance.cases,
        corpus=run.provenance.corpus,
        selection=dict(run.selection),
        run=name,
        floors=tuple(sorted(floors.values(), key=_place)),
        outcomes={result.id: dict(result.scores) for result in run.results},
    )


def read_baseline(file: Path) -> Baseline | None:
    """The baseline of that file; None when there is none. Raises BaselineError when damaged."""
    try:
        return baseline_from_json(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BaselineError(f"{file}: cannot be read: {error.strerror}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BaselineError(
            f"{file} is no baseline ({error}); restore it, or remove it and set a new one: "
            "python -m eval gate --accept"
        ) from error


def baseline_to_json(baseline: Baseline) -> dict[str, Any]:
    """The JSON object of a baseline (`schemas/baseline.json`)."""
    runs = list(dict.fromkeys([baseline.run, *(floor.run for floor in baseline.floors)]))
    return {
        "format": FORMAT,
        "cases": baseline.cases,
        "corpus": baseline.corpus,
        "selection": dict(baseline.selection),
        "runs": [
            {"made": run.made, "model": run.model, "code": run.code, "commit": run.commit}
            for run in runs
        ],
        "floors": [
            {
                "group": floor.group,
                "measure": floor.measure,
                "floor": floor.floor,
                "measured": floor.measured,
                "cases": floor.cases,
                "run": runs.index(floor.run),
            }
            for floor in baseline.floors
        ],
        "outcomes": {case: dict(scores) for case, scores in sorted(baseline.outcomes.items())},
    }


def baseline_from_json(record: Mapping[str, Any]) -> Baseline:
    """The baseline that `baseline_to_json` wrote; KeyError, TypeError or ValueError otherwise."""
    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']}, this program reads {FORMAT}")
    runs = [
        RunName(entry["made"], entry["model"], entry["code"], entry["commit"])
        for entry in record["runs"]
    ]
    floors = []
    for entry in record["floors"]:
        if not 0 <= entry["run"] < len(runs):
            raise ValueError(f"no run {entry['run']}")
        floors.append(
            Floor(
                group=entry["group"],
                measure=entry["measure"],
                floor=float(entry["floor"]),
                measured=float(entry["measured"]),
                cases=int(entry["cases"]),
                run=runs[entry["run"]],
            )
        )
    return Baseline(
        cases=record["cases"],
        corpus=record["corpus"],
        selection=dict(record["selection"]),
        run=runs[0],
        floors=tuple(floors),
        outcomes={case: dict(scores) for case, scores in record["outcomes"].items()},
    )


def verdict_text(verdict: Verdict) -> str:
    """The failures, one a line, and the count."""
    lines = [
        f"FAILED {check.group} {check.name}: {check.failure.message}"
        for check in verdict.failures
        if check.failure
    ]
    return "\n".join([*lines, f"{len(verdict.checks)} checks, {len(lines)} failed"]) + "\n"


def _digest_checks(run: Run, baseline: Baseline) -> Iterable[Check]:
    for what, held, found in (
        ("cases", baseline.cases, run.provenance.cases),
        ("corpus", baseline.corpus, run.provenance.corpus),
    ):
        failure = None
        if held != found:
            failure = Failure(
                f"{what}-changed",
                f"the floors hold for {what} {held[:12]}, this run had {found[:12]}; {ACCEPT}",
            )
        yield Check("digest", what, failure)


def _floor_checks(groups: Iterable[Group], floors: Iterable[Floor]) -> Iterable[Check]:
    found = {(group.name, name): score for group in groups for name, score in group.scores.items()}
    for floor in floors:
        score = found.get(floor.key)
        failure = None
        if score is None:
            failure = Failure("no-cases", f"no case has this measure any more; {LOWER}")
        elif score.value < floor.floor - 1e-9:
            failure = Failure(
                "below-floor",
                f"{floor.group} {floor.measure} is {score.value:.4f}, its floor {floor.floor:.4f} "
                f"({floor.measured:.4f} in the run of {floor.run.made}); {LOWER}",
            )
        yield Check(floor.group, floor.measure, failure)


def _floors_of(groups: Iterable[Group], name: RunName, *, slack: int) -> Iterable[Floor]:
    for group in groups:
        for measure in _GATED:
            score = group.scores.get(measure)
            if score is None or score.count < FEWEST:
                continue
            margin = 0.0 if measure in _WITHOUT_SLACK else slack / score.count
            floor = max(0.0, score.value - margin)
            yield Floor(
                group=group.name,
                measure=measure,
                floor=int(floor * 10**_DECIMALS) / 10**_DECIMALS,  # downwards
                measured=round(score.value, _DECIMALS),
                cases=score.count,
                run=name,
            )


def _name(run: Run) -> RunName:
    provenance = run.provenance
    return RunName(run.made, provenance.model, provenance.code, provenance.commit)


def _place(floor: Floor) -> tuple[str, int]:
    order = MEASURES.index(floor.measure) if floor.measure in MEASURES else len(MEASURES)
    return floor.group, order
