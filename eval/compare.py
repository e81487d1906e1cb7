"""Two runs over the same cases: what was won, what was lost, and whether it is more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.gate import Baseline
from eval.measure import MEASURES
from eval.report import Run, grid
from eval.significance import CONFIDENCE, Difference, paired_difference

FORMAT = 1

Outcomes = Mapping[str, Mapping[str, float]]  # case id -> measure -> score


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from the old to the new, for every measure that both have."""

    old: str
    new: str
    notes: tuple[str, ...]  # in what else the two differ: texts, cases, models
    differences: tuple[Difference, ...]  # in the order of MEASURES


def compare(old: Run, new: Run) -> Comparison:
    """What changed between two stored runs."""
    before, after = old.provenance, new.provenance
    notes = _notes(
        ("cases", before.cases, after.cases),
        ("corpora", before.corpus, after.corpus),
        ("models", before.model, after.model),
    )
    return compare_outcomes(
        f"{old.system}, {old.made}",
        outcomes_of(old),
        f"{new.system}, {new.made}",
        outcomes_of(new),
        notes=notes,
    )


def compare_with_accepted(accepted: Baseline, new: Run) -> Comparison:
    """What changed since the run that the baseline was last set by."""
    notes = _notes(
        ("cases", accepted.cases, new.provenance.cases),
        ("corpora", accepted.corpus, new.provenance.corpus),
        ("models", accepted.run.model, new.provenance.model),
    )
    return compare_outcomes(
        f"accepted run, {accepted.run.made}",
        accepted.outcomes,
        f"{new.system}, {new.made}",
        outcomes_of(new),
        notes=notes,
    )


def compare_outcomes(
    old_name: str,
    old: Outcomes,
    new_name: str,
    new: Outcomes,
    *,
    notes: Sequence[str] = (),
) -> Comparison:
    """What changed, on the cases that both have; those that only one has are counted in a note."""
    alone = len(old.keys() ^ new.keys())
    found = [
        paired_difference(
            measure,
            {case: scores[measure] for case, scores in old.items() if measure in scores},
            {case: scores[measure] for case, scores in new.items() if measure in scores},
        )
        for measure in MEASURES
    ]
    return Comparison(
        old=old_name,
        new=new_name,
        notes=(*notes, *([f"{alone} cases are in one of the two only"] if alone else [])),
        differences=tuple(difference for difference in found if difference is not None),
    )


def outcomes_of(run: Run) -> dict[str, dict[str, float]]:
    return {result.id: dict(result.scores) for result in run.results}


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """The JSON object of a comparison (`schemas/comparison.json`)."""
    return {
        "format": FORMAT,
        "old": comparison.old,
        "new": comparison.new,
        "notes": list(comparison.notes),
        "measures": [
            {
                "measure": difference.measure,
                "cases": difference.cases,
                "old": round(difference.old, 6),
                "new": round(difference.new, 6),
                "difference": round(difference.interval.mean, 6),
                "low": round(difference.interval.low, 6),
                "high": round(difference.interval.high, 6),
                "won": list(difference.won),
                "lost": list(difference.lost),
            }
            for difference in comparison.differences
        ],
    }


def comparison_text(comparison: Comparison) -> str:
    """The table, and the cases won and lost by the measure that says most: right, else RR."""
    rows = [
        [
            difference.measure,
            str(difference.cases),
            f"{difference.old:.3f}",
            f"{difference.new:.3f}",
            f"{difference.interval.mean:+.3f}",
            f"{difference.interval.low:+.3f}",
            f"{difference.interval.high:+.3f}",
            str(len(difference.won)),
            str(len(difference.lost)),
            "yes" if difference.interval.excludes_zero else "no",
        ]
        for difference in comparison.differences
    ]
    header = ["", "cases", "old", "new", "change", "low", "high", "won", "lost", "beyond chance"]
    lines = [f"old: {comparison.old}", f"new: {comparison.new}", *comparison.notes]
    if not rows:
        return "\n".join([*lines, "no case and measure in common"]) + "\n"
    lines += ["", grid(header, rows), f"intervals: {CONFIDENCE:.0%}, paired bootstrap"]
    by_name = {difference.measure: difference for difference in comparison.differences}
    telling = by_name.get("right") or by_name.get("RR")
    if telling:
        for what, cases in (("won", telling.won), ("lost", telling.lost)):
            lines.append(f"{what} by {telling.measure}: {', '.join(cases) or 'none'}")
    return "\n".join(lines) + "\n"


def _notes(*pairs: tuple[str, str, str]) -> list[str]:
    return [f"{what} differ: {old[:40]} and {new[:40]}" for what, old, new in pairs if old != new]
