"""A system and cases -> scores per case, and means per language and kind.

The system is any object with `search` and `ask`: the assistant, a bare retriever or a competitor.
Which measure a case has depends on what it asks for, and a mean is taken only over the cases that
have the measure, so that none mixes two meanings:

- one right clause suffices (`match` "any"): R@1, R@3, R@5, the share of such questions with a
  right clause in the first k (what trec_eval calls success);
- a whole section or set is asked for (`match` "all"): R@10, the share of its clauses in the first
  ten, and Rprec, the share of right ones among the first n when n are right;
- both: RR and nDCG@10;
- of what is answered: `citation-precision`, `quotes-proven`; for whole sets `section-recall` and
  `section-precision`;
- of the decision: `answered` (answerable ones), `refused` and `right-reason` (the others),
  AUROC and ECE of the confidence;
- `right`: what a reader would call a right reply. Answerable: the first citation is right, or the
  whole set is cited; not answerable: refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, Protocol

import numpy as np

from eval.cases import ANSWERABLE, KINDS, Case
from eval.metrics import (
    Bin,
    auroc,
    calibration_error,
    precision,
    recall,
    reliability,
    score_rankings,
    unique,
)
from eval.significance import bootstrap_mean

DEPTH = 20  # hits asked for; RR ends there
SHOWN = 5  # hits kept per case for the reports
DECIMALS = 6  # of scores and confidences: a stored run gives the same means as a fresh one

ONE = ("R@1", "R@3", "R@5")
WHOLE = ("R@10", "Rprec")
BOTH = ("RR", "nDCG@10")
RANKING = ONE + WHOLE + BOTH
ANSWER = ("right", "citation-precision", "section-recall", "section-precision", "quotes-proven")
DECISION = ("answered", "refused", "right-reason")
CONFIDENCE = ("AUROC", "ECE")  # of groups, not of a case
MEASURES = RANKING + ANSWER + DECISION + CONFIDENCE
LOWER_IS_BETTER = ("ECE",)

_INTERVAL_RESAMPLES = 2_000  # for the tables; comparisons use more
_SUCCESS = {name: name.replace("R@", "Success@") for name in ONE}

Clock = Callable[[], float]  # seconds
Progress = Callable[[int, int], None]  # cases done, cases in all


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system replied to one question."""

    status: Literal["answered", "refused"]
    reason: str | None  # of a refusal
    cited: tuple[str, ...]  # clause ids in the order of the answer
    quotes_proven: bool  # every quote is cut, character for character, from the clause it cites
    probability: float  # 0..1: how sure the system is that the question can be answered

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError(f"{self.probability} is no probability")
        if self.status == "refused" and (self.cited or not self.reason):
            raise ValueError("a refusal has a reason and no citation")
        if self.status == "answered" and (self.reason or not self.cited):
            raise ValueError("an answer has a citation and no reason")


class Searcher(Protocol):
    """Anything that ranks clauses for a question."""

    @property
    def name(self) -> str: ...

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        """Clause ids and scores, best first."""
        ...


class System(Searcher, Protocol):
    """Anything that also answers or refuses."""

    def ask(self, question: str, *, history: Sequence[str]) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case and how the system did on it."""

    id: str
    kind: str
    language: str
    question: str
    history: tuple[str, ...]
    relevant: tuple[str, ...]
    match: str
    reason: str | None  # why it has no answer; None if it has one
    ranking: tuple[tuple[str, float], ...]  # the first SHOWN hits; none if it has no answer
    outcome: Outcome | None  # None when only the ranking was measured
    scores: Mapping[str, float]  # the measures that this case has

    @property
    def answerable(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in milliseconds."""

    count: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that was found out about one system on one set of cases."""

    system: str
    results: tuple[CaseResult, ...]  # sorted by case id
    timings: Mapping[str, Spread]  # "search", "ask"; never part of a score


@dataclass(frozen=True, slots=True)
class Score:
    """The mean of a measure over a group; no bounds for one case, AUROC, ECE and small cells."""

    value: float
    count: int  # cases that have the measure; for AUROC the fewer of the two classes
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The means of the cases of one language, of one kind, of both, or of all (both None)."""

    language: str | None
    kind: str | None
    cases: int
    scores: Mapping[str, Score]  # in the order of MEASURES

    @property
    def name(self) -> str:
        parts = (("language", self.language), ("kind", self.kind))
        return " ".join(f"{what}={value}" for what, value in parts if value) or "all"


def measure(
    system: System, cases: Iterable[Case], *, clock: Clock, progress: Progress | None = None
) -> Measurement:
    """Asks every question once and searches for every one that has an answer.

    `clock` gives seconds (`time.perf_counter`); it has no influence on a score.
    """
    return _measure(system, system.ask, cases, clock=clock, progress=progress)


def measure_ranking(
    searcher: Searcher, cases: Iterable[Case], *, clock: Clock, progress: Progress | None = None
) -> Measurement:
    """The same for a system that only ranks: the measures of answers and refusals are missing."""
    return _measure(searcher, None, cases, clock=clock, progress=progress)


def ranking_scores(
    rankings: Mapping[str, Sequence[str]], wanted: Mapping[str, tuple[str, Sequence[str]]]
) -> dict[str, dict[str, float]]:
    """For each query the measures that it has; `wanted` gives its match and its relevant ids."""
    scores: dict[str, dict[str, float]] = {}
    for match, measures in (("any", (*_SUCCESS.values(), *BOTH)), ("all", (*WHOLE, *BOTH))):
        relevance = {
            query: dict.fromkeys(relevant, 1)
            for query, (how, relevant) in wanted.items()
            if how == match
        }
        scores |= score_rankings(rankings, relevance, measures)
    names = {success: name for name, success in _SUCCESS.items()}
    return {
        query: {names.get(name, name): value for name, value in values.items()}
        for query, values in scores.items()
    }


def summarise(results: Sequence[CaseResult]) -> tuple[Group, ...]:
    """All cases, then each language, each kind, and each kind of a language; empty ones left out.

    AUROC is taken where both classes are: for all, for a language, and for a kind without answer
    against all answerable questions.
    """
    languages = sorted({result.language for result in results})
    kinds = _in_order({result.kind for result in results})
    answerable = [result for result in results if result.answerable]
    groups = [_group(None, None, results, results, interval=True)]
    for language in languages:
        members = [result for result in results if result.language == language]
        groups.append(_group(language, None, members, members, interval=True))
    for kind in kinds:
        members = [result for result in results if result.kind == kind]
        rated = members if kind in ANSWERABLE else [*answerable, *members]
        groups.append(_group(None, kind, members, rated, interval=True))
    for language, kind in product(languages, kinds):
        members = [r for r in results if r.language == language and r.kind == kind]
        if members:
            groups.append(_group(language, kind, members, (), interval=False))
    return tuple(groups)


def reliability_of(results: Iterable[CaseResult]) -> tuple[Bin, ...]:
    """The reliability diagram of the confidence; empty when only rankings were measured."""
    rated = [(r.outcome.probability, r.answerable) for r in results if r.outcome is not None]
    if not rated:
        return ()
    return reliability([given for given, _ in rated], [truth for _, truth in rated])


def _measure(
    searcher: Searcher,
    ask: Callable[..., Outcome] | None,
    cases: Iterable[Case],
    *,
    clock: Clock,
    progress: Progress | None,
) -> Measurement:
    ordered = sorted(cases, key=lambda case: case.id)
    rankings: dict[str, tuple[tuple[str, float], ...]] = {}
    outcomes: dict[str, Outcome] = {}
    took: dict[str, list[float]] = {"search": [], "ask": []}
    for done, case in enumerate(ordered):
        if progress:
            progress(done, len(ordered))
        if case.answerable:
            begun = clock()
            hits = searcher.search(case.question, history=case.history, top=DEPTH)
            took["search"].append(1000 * (clock() - begun))
            rankings[case.id] = tuple(
                (id_, round(float(score), DECIMALS)) for id_, score in hits[:DEPTH]
            )
        if ask is not None:
            begun = clock()
            outcome = ask(case.question, history=case.history)
            took["ask"].append(1000 * (clock() - begun))
            rounded = round(outcome.probability, DECIMALS)
            outcomes[case.id] = replace(outcome, probability=rounded)
    if progress:
        progress(len(ordered), len(ordered))
    ranked = ranking_scores(
        {query: [id_ for id_, _ in hits] for query, hits in rankings.items()},
        {case.id: (case.match, case.relevant) for case in ordered if case.answerable},
    )
    results = tuple(
        CaseResult(
            id=case.id,
            kind=case.kind,
            language=case.language,
            question=case.question,
            history=case.history,
            relevant=case.relevant,
            match=case.match,
            reason=case.reason,
            ranking=rankings.get(case.id, ())[:SHOWN],
            outcome=outcomes.get(case.id),
            scores=_in_measure_order(
                ranked.get(case.id, {}) | _outcome_scores(case, outcomes.get(case.id))
            ),
        )
        for case in ordered
    )
    timings = {what: spread(values) for what, values in took.items() if values}
    return Measurement(system=searcher.name, results=results, timings=timings)


def _outcome_scores(case: Case, outcome: Outcome | None) -> dict[str, float]:
    if outcome is None:
        return {}
    refused = outcome.status == "refused"
    scores: dict[str, float] = {}
    if not refused:
        scores["quotes-proven"] = float(outcome.quotes_proven)
    if not case.answerable:
        scores["refused"] = scores["right"] = float(refused)
        scores["right-reason"] = float(refused and outcome.reason == case.reason)
        return scores
    relevant = frozenset(case.relevant)
    cited = unique(outcome.cited)
    found = precision(cited, relevant)
    scores["answered"] = float(not refused)
    if found is not None:
        scores["citation-precision"] = found
    if case.match == "all":
        whole = recall(cited, relevant)
        scores["section-recall"] = whole
        if found is not None:
            scores["section-precision"] = found
        scores["right"] = float(whole == 1)
    else:
        scores["right"] = float(bool(cited) and cited[0] in relevant)
    return scores


def _group(
    language: str | None,
    kind: str | None,
    members: Sequence[CaseResult],
    rated: Sequence[CaseResult],
    *,
    interval: bool,
) -> Group:
    scores: dict[str, Score] = {}
    for name in MEASURES:
        values = [result.scores[name] for result in members if name in result.scores]
        if values and interval and len(values) > 1:
            found = bootstrap_mean(values, resamples=_INTERVAL_RESAMPLES)
            scores[name] = Score(found.mean, len(values), found.low, found.high)
        elif values:
            scores[name] = Score(sum(values) / len(values), len(values))
    scores |= _confidence_scores(rated)
    return Group(language, kind, len(members), scores)


def _confidence_scores(rated: Sequence[CaseResult]) -> dict[str, Score]:
    given = [(r.outcome.probability, r.answerable) for r in rated if r.outcome is not None]
    positives = [probability for probability, answerable in given if answerable]
    negatives = [probability for probability, answerable in given if not answerable]
    area = auroc(positives, negatives)
    if area is None:
        return {}
    bins = reliability([p for p, _ in given], [truth for _, truth in given])
    error = calibration_error(bins)
    scores = {"AUROC": Score(area, min(len(positives), len(negatives)))}
    return scores if error is None else scores | {"ECE": Score(error, len(given))}


def _in_measure_order(scores: Mapping[str, float]) -> dict[str, float]:
    return {name: round(scores[name], DECIMALS) for name in MEASURES if name in scores}


def _in_order(kinds: set[str]) -> list[str]:
    return [kind for kind in KINDS if kind in kinds] + sorted(kinds - set(KINDS))


def spread(milliseconds: Sequence[float]) -> Spread:
    p50, p95 = np.percentile(milliseconds, (50, 95))
    return Spread(len(milliseconds), float(p50), float(p95))
