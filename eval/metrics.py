"""What is measured of a ranking, of an answer, of a refusal and of a confidence. Pure.

Measures of rankings come from ir_measures over trec_eval, under its names ("nDCG@10"), which
print and parse back. Of those over answers and refusals no kept library has our definitions, so
they are small functions here. Every share is between 0 and 1; all but ECE and the rate of wrong
refusals are better when higher.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Ranking = Sequence[str]  # ids, best first
Relevance = Mapping[str, int]  # id -> grade, 1 or more when relevant

BINS = 10  # of equal width, for calibration


def score_rankings(
    rankings: Mapping[str, Ranking],
    relevance: Mapping[str, Relevance],
    measures: Iterable[str],
) -> dict[str, dict[str, float]]:
    """For each query that `relevance` knows, the value of each measure by its ir_measures name.

    The order of a ranking counts alone: ties are not broken anew by id, as trec_eval would. A
    query without a ranking, or with an empty one, scores 0. Raises ValueError on a name that is
    no measure.
    """
    import ir_measures  # noqa: PLC0415  # optional: only the evaluation needs it

    parsed = {name: parse_measure(name) for name in dict.fromkeys(measures)}
    names = {measure: name for name, measure in parsed.items()}
    run = {
        query: {id_: float(-rank) for rank, id_ in enumerate(unique(rankings.get(query, ())))}
        for query in relevance
    }
    scores = {query: dict.fromkeys(parsed, 0.0) for query in relevance}
    qrels = {query: dict(grades) for query, grades in relevance.items() if grades}
    # The provider is named so that figures do not depend on what else is installed.
    provider = ir_measures.pytrec_eval
    for metric in provider.iter_calc(list(names), qrels, {q: run[q] for q in qrels if run[q]}):
        scores[metric.query_id][names[metric.measure]] = float(metric.value)
    return scores


def parse_measure(name: str) -> Any:
    """The measure of ir_measures that prints as this name; ValueError if there is none."""
    import ir_measures  # noqa: PLC0415

    try:
        measure = ir_measures.parse_measure(name)
    except (NameError, ValueError) as error:
        raise ValueError(f"{name!r} is no measure of ir_measures") from error
    if str(measure) != name:
        raise ValueError(f"{name!r} is written {measure}")
    return measure


def unique(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids without repetition, in order: a clause found in two languages is one answer."""
    return tuple(dict.fromkeys(ids))


def precision(cited: Iterable[str], relevant: Collection[str]) -> float | None:
    """Share of the cited clauses that are right; None when nothing is cited."""
    found = unique(cited)
    return sum(id_ in relevant for id_ in found) / len(found) if found else None


def recall(cited: Iterable[str], relevant: Collection[str]) -> float:
    """Share of the right clauses that are cited. Raises ValueError when no clause is right."""
    if not relevant:
        raise ValueError("recall needs a relevant clause")
    return len(set(cited) & set(relevant)) / len(set(relevant))


def wrong_refusal_rate(refused_answerable: Sequence[bool]) -> float | None:
    """Share of the answerable questions that were refused; None when there is none."""
    return mean([float(refused) for refused in refused_answerable])


def refusal_recall(refused_unanswerable: Sequence[bool]) -> float | None:
    """Share of the unanswerable questions that were refused; None when there is none."""
    return mean([float(refused) for refused in refused_unanswerable])


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """How likely a positive scores above a negative, a tie counting half; None if either lacks.

    Exact (Mann-Whitney U over the number of pairs), without a curve or thresholds.
    """
    if not len(positives) or not len(negatives):
        return None
    below = np.sort(np.asarray(negatives, dtype=np.float64))
    wanted = np.asarray(positives, dtype=np.float64)
    lower = np.searchsorted(below, wanted, side="left")
    not_higher = np.searchsorted(below, wanted, side="right")
    # Twice the number of pairs won, so that the sum stays an integer and thus exact.
    return int((lower + not_higher).sum()) / (2 * len(wanted) * len(below))


@dataclass(frozen=True, slots=True)
class Bin:
    """One column of a reliability diagram."""

    low: float  # inclusive
    high: float  # exclusive, but for the last
    count: int
    confidence: float | None  # mean probability given; None when empty
    accuracy: float | None  # share that held true; None when empty


def reliability(
    probabilities: Sequence[float], truths: Sequence[bool], *, bins: int = BINS
) -> tuple[Bin, ...]:
    """What share of the events came true among those given about the same probability.

    Raises ValueError on a probability outside 0..1 or on lists of different lengths.
    """
    if len(probabilities) != len(truths):
        raise ValueError(f"{len(probabilities)} probabilities for {len(truths)} events")
    if any(not 0 <= probability <= 1 for probability in probabilities):
        raise ValueError("a probability lies between 0 and 1")
    members: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for probability, truth in zip(probabilities, truths, strict=True):
        members[min(int(probability * bins), bins - 1)].append((probability, truth))
    return tuple(
        Bin(
            low=index / bins,
            high=(index + 1) / bins,
            count=len(inside),
            confidence=mean([probability for probability, _ in inside]),
            accuracy=mean([float(truth) for _, truth in inside]),
        )
        for index, inside in enumerate(members)
    )


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """ECE: mean distance between confidence and accuracy, weighted by the bins' counts."""
    total = sum(column.count for column in bins)
    if not total:
        return None
    gaps = (
        column.count * abs(column.confidence - column.accuracy)
        for column in bins
        if column.confidence is not None and column.accuracy is not None
    )
    return sum(gaps) / total
