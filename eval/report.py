"""A run of the evaluation, and how it is written: table, JSON and Markdown.

The JSON object (`schemas/report.json`) holds everything the other forms show, so that a stored run
can be compared, gated and drawn again. Two runs of the same code over the same texts, cases and
model differ in nothing but its member "run", which has the date and the timings.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ExpectedError
from eval.measure import (
    ANSWER,
    CONFIDENCE,
    DECIMALS,
    DECISION,
    RANKING,
    CaseResult,
    Group,
    Measurement,
    Outcome,
    Score,
    Spread,
    reliability_of,
    summarise,
)
from eval.metrics import Bin, refusal_recall, wrong_refusal_rate
from eval.provenance import Provenance

FORMAT = 1
MISSING = "–"


class ReportError(ExpectedError):
    """A file that is no report of a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run."""

    system: str
    selection: Mapping[str, str]  # which cases: {"split": "test", "corpus": "founding"}
    provenance: Provenance
    results: tuple[CaseResult, ...]  # sorted by case id
    groups: tuple[Group, ...]
    reliability: tuple[Bin, ...]
    made: str  # date and time, ISO 8601
    timings: Mapping[str, Spread]


def run_of(
    measurement: Measurement, *, selection: Mapping[str, str], provenance: Provenance, made: str
) -> Run:
    """The run with its means; `made` is the date and time as ISO 8601."""
    return Run(
        system=measurement.system,
        selection=dict(selection),
        provenance=provenance,
        results=measurement.results,
        groups=summarise(measurement.results),
        reliability=reliability_of(measurement.results),
        made=made,
        timings=dict(measurement.timings),
    )


def run_to_json(run: Run) -> dict[str, Any]:
    """The JSON object of a run (`schemas/report.json`)."""
    provenance = run.provenance
    return {
        "format": FORMAT,
        "system": run.system,
        "selection": dict(run.selection),
        "provenance": {
            "model": provenance.model,
            "corpus": provenance.corpus,
            "cases": provenance.cases,
            "code": provenance.code,
            "commit": provenance.commit,
            "versions": dict(sorted(provenance.versions.items())),
        },
        "groups": [
            {
                "language": group.language,
                "kind": group.kind,
                "cases": group.cases,
                "scores": {name: _score_to_json(score) for name, score in group.scores.items()},
            }
            for group in run.groups
        ],
        "reliability": [
            {
                "low": column.low,
                "high": column.high,
                "count": column.count,
                "confidence": _rounded(column.confidence),
                "accuracy": _rounded(column.accuracy),
            }
            for column in run.reliability
        ],
        "cases": [_result_to_json(result) for result in run.results],
        "run": {
            "made": run.made,
            "timings": {
                what: {"count": spread.count, "p50": spread.p50, "p95": spread.p95}
                for what, spread in run.timings.items()
            },
        },
    }


def run_from_json(record: Mapping[str, Any]) -> Run:
    """The run that `run_to_json` wrote; KeyError, TypeError or ValueError if it is something else.

    Means are taken anew from the cases, so that they cannot contradict them.
    """
    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']}, this program reads {FORMAT}")
    provenance = record["provenance"]
    results = tuple(_result_from_json(entry) for entry in record["cases"])
    return Run(
        system=record["system"],
        selection=dict(record["selection"]),
        provenance=Provenance(
            model=provenance["model"],
            corpus=provenance["corpus"],
            cases=provenance["cases"],
            code=provenance["code"],
            commit=provenance["commit"],
            versions=dict(provenance["versions"]),
        ),
        results=results,
        groups=summarise(results),
        reliability=reliability_of(results),
        made=record["run"]["made"],
        timings={
            what: Spread(spread["count"], spread["p50"], spread["p95"])
            for what, spread in record["run"]["timings"].items()
        },
    )


def read_run(file: Path) -> Run:
    """The run in a file that `run --json` wrote; raises ReportError."""
    try:
        return run_from_json(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ReportError(f"{file}: cannot be read: {error.strerror}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ReportError(
            f"{file} is no report of a run ({error}); write one: python -m eval run --json {file}"
        ) from error


def json_text(record: Mapping[str, Any]) -> str:
    """The record as it is stored: UTF-8, one entry a line, in a fixed order."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def table(run: Run) -> str:
    """The means for a terminal: all, each language, each kind; then each kind of each language."""
    main = [group for group in run.groups if group.language is None or group.kind is None]
    cells = [group for group in run.groups if group.language and group.kind]
    parts = [
        "\n".join(headline(run)),
        "Ranking\n" + grid(["", "cases", *RANKING], [_row(group, RANKING) for group in main]),
    ]
    answered = [*ANSWER, *DECISION, *CONFIDENCE]
    if any(name in group.scores for group in main for name in answered):
        parts.append(
            "Answers and refusals\n"
            + grid(["", "cases", *answered], [_row(group, answered) for group in main])
        )
    name = "right" if any("right" in group.scores for group in cells) else "RR"
    languages = sorted({group.language for group in cells if group.language})
    if len(languages) > 1:
        parts.append(f"{name}, by kind and language\n" + _cross(cells, languages, name))
    return "\n\n".join([*parts, "\n".join(_footer(run))]) + "\n"


def headline(run: Run) -> list[str]:
    """What was measured, with what; one line each, without the timings."""
    provenance = run.provenance
    chosen = ", ".join(f"{name} {value}" for name, value in run.selection.items())
    return [
        f"{run.system}: {len(run.results)} cases ({chosen})",
        f"model   {provenance.model}",
        f"corpus  {provenance.corpus}",
        f"cases   {provenance.cases}",
        f"code    {provenance.code}",
        f"commit  {provenance.commit or 'none'}",
    ]


def markdown(run: Run) -> str:
    """A short summary for a merge request: all and each language, and what was measured."""
    names = ["right", "R@1", "R@5", "RR", "nDCG@10", "answered", "refused", "AUROC"]
    groups = [group for group in run.groups if group.kind is None]
    header = ["", "cases", *names]
    rows = [_row(group, names) for group in groups]
    lines = [
        f"### {_markdown_text(run.system)}: {len(run.results)} cases",
        "",
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *("| " + " | ".join(_markdown_text(cell) for cell in row) + " |" for row in rows),
        "",
    ]
    wrong = wrong_cases(run.results)
    if any("right" in result.scores for result in run.results):
        share = f"{len(wrong)} of {len(run.results)}"
        lines += [f"Not right: {share}. {_markdown_text(', '.join(r.id for r in wrong[:20]))}", ""]
    lines += [f"- {_markdown_text(line)}" for line in headline(run)[1:]]
    lines += [f"- {_markdown_text(line)}" for line in _footer(run)]
    return "\n".join(lines) + "\n"


def wrong_cases(results: Iterable[CaseResult]) -> list[CaseResult]:
    """The cases whose reply was not right, in order; none if only rankings were measured."""
    return [result for result in results if result.scores.get("right", 1.0) < 1]


def shown(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"


def grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An aligned table: names to the left, figures to the right."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _row(group: Group, names: Iterable[str]) -> list[str]:
    values = (group.scores.get(name) for name in names)
    return [
        group.name,
        str(group.cases),
        *(shown(score.value if score else None) for score in values),
    ]


def _cross(cells: Iterable[Group], languages: Sequence[str], name: str) -> str:
    found = {(group.kind, group.language): group for group in cells}
    kinds = list(dict.fromkeys(kind for kind, _ in found))
    rows = []
    for kind in kinds:
        scores = [
            found[kind, language].scores.get(name) if (kind, language) in found else None
            for language in languages
        ]
        row = [f"{shown(score.value)} ({score.count})" if score else MISSING for score in scores]
        rows.append([kind or "", *row])
    return grid(["", *languages], rows)


def _footer(run: Run) -> list[str]:
    overall = run.groups[0].scores
    lines = []
    answered = [r.scores["answered"] for r in run.results if "answered" in r.scores]
    refused = [r.scores["refused"] for r in run.results if "refused" in r.scores]
    wrong = wrong_refusal_rate([score == 0 for score in answered])
    right = refusal_recall([score == 1 for score in refused])
    if wrong is not None:
        lines.append(f"wrong refusals: {shown(wrong)} of {len(answered)} answerable")
    if right is not None:
        lines.append(f"right refusals: {shown(right)} of {len(refused)} unanswerable")
    if "right" in overall and overall["right"].low is not None:
        score = overall["right"]
        lines.append(f"right: 95 % interval {shown(score.low)} to {shown(score.high)}")
    for what, spread in run.timings.items():
        lines.append(f"{what}: p50 {spread.p50:.1f} ms, p95 {spread.p95:.1f} ms (not a score)")
    return lines


def _score_to_json(score: Score) -> dict[str, Any]:
    return {
        "value": _rounded(score.value),
        "count": score.count,
        "low": _rounded(score.low),
        "high": _rounded(score.high),
    }


def _result_to_json(result: CaseResult) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "id": result.id,
        "kind": result.kind,
        "language": result.language,
        "question": result.question,
        "history": list(result.history),
        "relevant": list(result.relevant),
        "match": result.match,
        "reason": result.reason,
        "ranking": [{"id": id_, "score": _rounded(score)} for id_, score in result.ranking],
        "outcome": None
        if outcome is None
        else {
            "status": outcome.status,
            "reason": outcome.reason,
            "cited": list(outcome.cited),
            "quotes_proven": outcome.quotes_proven,
            "probability": _rounded(outcome.probability),
        },
        "scores": {name: _rounded(value) for name, value in result.scores.items()},
    }


def _result_from_json(record: Mapping[str, Any]) -> CaseResult:
    outcome = record["outcome"]
    return CaseResult(
        id=record["id"],
        kind=record["kind"],
        language=record["language"],
        question=record["question"],
        history=tuple(record["history"]),
        relevant=tuple(record["relevant"]),
        match=record["match"],
        reason=record["reason"],
        ranking=tuple((hit["id"], hit["score"]) for hit in record["ranking"]),
        outcome=None
        if outcome is None
        else Outcome(
            status=outcome["status"],
            reason=outcome["reason"],
            cited=tuple(outcome["cited"]),
            quotes_proven=outcome["quotes_proven"],
            probability=outcome["probability"],
        ),
        scores=dict(record["scores"]),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _markdown_text(text: str) -> str:
    """The text as itself in a Markdown line or cell."""
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!~" else c for c in line)
