"""Fits the weights of the ranking and the calibration of refusals, on the training cases alone.

Ranking: the weights maximise the likelihood of the right clauses under a softmax over all
candidates of a question (a list-wise loss; Cao et al. 2007), with a penalty on their squares; none
is negative, since every signal is built so that higher is closer. The second look is fitted in the
same way on the first clauses of each list. Questions that structure answers (references, whole
sections) teach it nothing and are left out.

Refusal: a logistic regression on `assistant.confidence.EVIDENCE`, standardised, with a penalty;
every weight has the sign that its evidence has by its meaning. Its worth is told on questions
that the model has not seen: in repeated cross-validation that leaves out all questions about the
same clause together. The threshold is chosen on those probabilities too: the highest at which at
most 4 % of the answerable training questions are refused, those that structure answers included.

Both are written to `assistant/data/` with the digest of the cases they come from.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from assistant.retriever import Weights
    from eval.cases import Case

WRONG_REFUSALS = 0.04  # share of the answerable training questions that may be refused
RANKING_PENALTY = 2e-4
REFUSAL_PENALTY = 0.005
# No answerable training question asks for a particular that its clause lacks: the likelihood alone
# would let this weight grow without end. Of some 300 questions, none means at most 1 in 100 (the
# rule of three), against one in two of the unanswerable ones: odds of about e^4.
MOST_AGAINST = {"unmet": -4.0}
FOLDS = 10
REPETITIONS = 5

_DATA = Path(__file__).parent.parent / "assistant" / "data"

Matrix = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, prints what was reached, and writes the two files unless --dry-run is given."""
    parser = argparse.ArgumentParser(
        prog="python -m eval fit",
        description="Fit ranking weights and refusal calibration on the training cases.",
    )
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument(
        "--cases", type=Path, help="a file or folder of cases; default: those shipped"
    )
    options = parser.parse_args(arguments)

    from assistant.confidence import (  # noqa: PLC0415
        WITH_INTERACTION,
        WITHOUT_INTERACTION,
        calibration_name,
    )
    from assistant.settings import Settings  # noqa: PLC0415
    from corpus.errors import ExpectedError  # noqa: PLC0415
    from eval.__main__ import CASES  # noqa: PLC0415
    from eval.cases import load_cases  # noqa: PLC0415
    from eval.systems import open_system  # noqa: PLC0415

    settings = Settings.from_environment()
    if settings.model or settings.reranker:
        raise ExpectedError(
            "weights are fitted for the packaged model alone: unset RESOLUTIONS_MODEL and "
            "RESOLUTIONS_RERANKER"
        )
    opened = open_system()
    assistant: Assistant = opened.system.assistant  # type: ignore[attr-defined]
    cases = [
        case
        for case in load_cases([options.cases or CASES], held={"founding": opened.held.ids})
        if case.split == "train" and case.corpus == "founding"
    ]
    digest = _digest(cases)
    weights = _fit_ranking(assistant, cases)
    assistant.retriever.reweigh(weights)
    asked = [_ask(assistant, case) for case in cases]
    calibrations = {
        calibration_name(interaction=interaction): _fit_refusal(asked, names)
        for interaction, names in ((False, WITHOUT_INTERACTION), (True, WITH_INTERACTION))
    }
    if not options.dry_run:
        _write(_DATA / "ranking.toml", _ranking_toml(weights, digest))
        _write(_DATA / "confidence.toml", _confidence_toml(calibrations, digest))
    return 0


def _fit_ranking(assistant: "Assistant", cases: Sequence["Case"]) -> "Weights":
    from assistant.retriever import (  # noqa: PLC0415
        FEATURES,
        FIRST_LOOK,
        LOOKED_AT_AGAIN,
        SECOND_FEATURES,
        SECOND_LOOK,
        reordered,
    )

    asked = []
    for case in cases:
        if not case.relevant:
            continue
        understood = assistant.understand(case.question, history=case.history)
        if assistant.named(understood) or understood.comparison:
            continue
        candidates = assistant.retriever.candidates(understood)
        ids = [assistant.corpus.clauses[int(row)].id for row in candidates.rows]
        right = np.array([identifier in case.relevant for identifier in ids])
        if right.any():
            asked.append((candidates, right))
    lists = [(candidates.features.astype(np.float64), right) for candidates, right in asked]
    first = _likeliest(lists)
    orders = [np.argsort(-(features @ first), kind="stable") for features, _ in lists]
    _tell_ranking("first look", orders, [right for _, right in lists])
    heads = [order[:LOOKED_AT_AGAIN] for order in orders]
    again = [
        (
            assistant.retriever.looked_at_again(candidates, head).features.astype(np.float64),
            right[head],
        )
        for (candidates, right), head in zip(asked, heads, strict=True)
    ]
    second = _likeliest([(features, right) for features, right in again if right.any()])
    orders = [
        reordered(order, features @ second)
        for (features, _), order in zip(again, orders, strict=True)
    ]
    _tell_ranking("second look", orders, [right for _, right in lists])
    # Only proportions count; they are written so that a clearly right clause scores about 1.
    scale = float(np.mean([(features @ first).max() for features, _ in lists]))
    return {
        FIRST_LOOK: _named(FEATURES, first / scale),
        SECOND_LOOK: _named(SECOND_FEATURES, second / scale),
    }


def _likeliest(lists: Sequence[tuple[Matrix, NDArray[np.bool_]]]) -> Matrix:
    """The weights, none negative, under which the right ones of every list are likeliest."""
    from scipy.optimize import minimize  # noqa: PLC0415

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, slope = 0.0, np.zeros_like(weights)
        for features, right in lists:
            scores = features @ weights
            likely = np.exp(scores - scores.max())
            total -= float(np.log(likely[right].sum() / likely.sum()))
            wanted = np.where(right, likely, 0.0)
            slope -= features.T @ (wanted / wanted.sum() - likely / likely.sum())
        penalty = RANKING_PENALTY * float(weights @ weights)
        return total / len(lists) + penalty, slope / len(lists) + 2 * RANKING_PENALTY * weights

    count = lists[0][0].shape[1]
    found = minimize(
        loss, np.full(count, 5.0), jac=True, method="L-BFGS-B", bounds=[(0, None)] * count
    )
    return np.asarray(found.x)


def _tell_ranking(
    name: str, orders: Sequence[NDArray[np.int64]], rights: Sequence[NDArray[np.bool_]]
) -> None:
    ranks = np.array([int(r[order].argmax()) for order, r in zip(orders, rights, strict=True)])
    print(
        f"ranking, {name}: {len(ranks)} training questions, R@1 {np.mean(ranks == 0):.3f}, "
        f"R@5 {np.mean(ranks < 5):.3f}, MRR {np.mean(1 / (ranks + 1)):.3f}"
    )


def _named(names: Sequence[str], weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A training case, and how far the assistant got with it."""

    case: "Case"
    refused: bool  # before any search: what it names is not held
    evidence: Mapping[str, float] | None  # of a search; None where structure decided


def _fit_refusal(asked: Sequence[_Asked], names: Sequence[str]) -> dict[str, Any]:
    """The calibration on these kinds of evidence; prints what it is worth."""
    from assistant.confidence import AGAINST  # noqa: PLC0415

    searched = [row for row, one in enumerate(asked) if one.evidence is not None]
    found = [one.evidence for one in asked if one.evidence is not None]
    x = np.array([[evidence[name] for name in names] for evidence in found], np.float64)
    y = np.array([asked[row].case.answerable for row in searched])
    bounds = [
        (MOST_AGAINST.get(name, -np.inf), 0.0) if name in AGAINST else (0.0, np.inf)
        for name in names
    ]
    groups = groups_of([asked[row].case for row in searched])
    strata = [
        "answerable" if asked[row].case.answerable else asked[row].case.kind for row in searched
    ]
    # What is refused before any search has probability 0, what structure answers has 1.
    unseen = np.tile([0.0 if one.refused else 1.0 for one in asked], (REPETITIONS, 1))
    for repetition, probabilities in enumerate(unseen):
        fold = folds(groups, strata, count=FOLDS, seed=repetition)
        for part in range(FOLDS):
            bias, weights = fit_logistic(x[fold != part], y[fold != part], bounds)
            inside = np.flatnonzero(fold == part)
            probabilities[np.array(searched)[inside]] = _sigmoid(bias + x[inside] @ weights)
    kinds = np.array([one.case.kind for one in asked])
    answerable = np.array([one.case.answerable for one in asked])
    threshold = round(float(np.mean([threshold_of(p[answerable]) for p in unseen])), 4)
    _tell(
        unseen, kinds, answerable, threshold, was_searched=np.isin(np.arange(len(asked)), searched)
    )
    bias, weights = fit_logistic(x, y, bounds)
    return {
        "bias": round(bias, 4),
        "threshold": threshold,
        "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)},
    }


def _ask(assistant: "Assistant", case: "Case") -> _Asked:
    from assistant.answers import Form, Refusal  # noqa: PLC0415
    from assistant.confidence import evidence  # noqa: PLC0415

    understood = assistant.understand(case.question, history=case.history)
    reply = assistant.answer(understood)
    if isinstance(reply, Refusal) and reply.reason != "no-evidence":
        return _Asked(case, refused=True, evidence=None)
    if not isinstance(reply, Refusal) and reply.form is not Form.CLAUSES:
        return _Asked(case, refused=False, evidence=None)
    found = evidence(understood, assistant.retriever.rank(understood, top=10))
    return _Asked(case, refused=False, evidence=found)


def _tell(
    unseen: Matrix,
    kinds: NDArray[np.str_],
    answerable: NDArray[np.bool_],
    threshold: float,
    *,
    was_searched: NDArray[np.bool_],
) -> None:
    """Prints what the probabilities of unseen questions are worth, [repetitions, cases]."""
    from eval.metrics import auroc, calibration_error, reliability  # noqa: PLC0415

    def against(kind: str) -> float:
        positive, negative = answerable & was_searched, (kinds == kind) & was_searched
        return float(np.mean([auroc(p[positive].tolist(), p[negative].tolist()) for p in unseen]))

    def refused(chosen: NDArray[np.bool_]) -> float:
        return float((unseen[:, chosen] < threshold).mean())

    bins = reliability(
        unseen[:, was_searched].ravel().tolist(),
        np.tile(answerable[was_searched], len(unseen)).tolist(),
    )
    by_kind = [refused(kinds == kind) for kind in np.unique(kinds[answerable])]
    print(
        f"refusal, unseen questions of {len(unseen)} x {FOLDS}-fold cross-validation: "
        f"{answerable.sum()} answerable, of which {(answerable & was_searched).sum()} are searched "
        f"for, {(~answerable).sum()} not; ECE {calibration_error(bins):.3f}"
    )
    for kind in np.unique(kinds[~answerable]):
        area = f"AUROC {against(kind):.3f}, " if (was_searched & (kinds == kind)).sum() > 1 else ""
        print(f"  {kind}: {area}refused {refused(kinds == kind):.3f}")
    print(
        f"  at the threshold {threshold:.3f}: refused {refused(~answerable):.3f} of the "
        f"unanswerable, {refused(answerable):.3f} of the answerable ({np.mean(by_kind):.3f} over "
        "their kinds)"
    )
    for kind, share in zip(np.unique(kinds[answerable]), by_kind, strict=True):
        if share:
            print(f"    {kind}: refused {share:.3f}")


def groups_of(cases: Sequence["Case"]) -> list[int]:
    """A number for every case, the same for cases that share a right clause, through others too."""
    leader: dict[str, str] = {}

    def lead(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for case in cases:
        for clause in case.relevant[1:]:
            leader[lead(clause)] = lead(case.relevant[0])
    names = [lead(case.relevant[0]) if case.relevant else f"question {case.id}" for case in cases]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [numbers[name] for name in names]


def folds(
    groups: Sequence[int], strata: Sequence[str], *, count: int, seed: int
) -> NDArray[np.int64]:
    """The fold of every case, 0 to `count` - 1: groups stay whole, strata are spread evenly.

    Groups are dealt out by size, the largest first, each to the fold that has the fewest cases of
    its stratum; groups of one size in an order drawn by `seed`.
    """
    random = np.random.default_rng(seed)
    of_group: dict[int, list[int]] = {}
    for row, group in enumerate(groups):
        of_group.setdefault(group, []).append(row)
    drawn = [list(of_group.values())[at] for at in random.permutation(len(of_group))]
    filled: dict[str, NDArray[np.int64]] = {}
    fold = np.empty(len(groups), np.int64)
    for rows in sorted(drawn, key=len, reverse=True):
        sizes = filled.setdefault(strata[rows[0]], np.zeros(count, np.int64))
        smallest = np.flatnonzero(sizes == sizes.min())
        chosen = int(smallest[random.integers(len(smallest))])
        sizes[chosen] += len(rows)
        fold[rows] = chosen
    return fold


def threshold_of(probabilities: Matrix, *, share: float = WRONG_REFUSALS) -> float:
    """The highest threshold below which at most `share` of answerable questions lie."""
    return float(np.sort(probabilities)[int(share * len(probabilities) + 1e-9)])


def fit_logistic(
    x: Matrix,
    y: NDArray[np.bool_],
    bounds: Sequence[tuple[float, float]],
    *,
    penalty: float = REFUSAL_PENALTY,
) -> tuple[float, Matrix]:
    """Bias and weights in the units of `x`, the likeliest with a penalty on standardised weights.

    `bounds` are the lowest and the highest value that each weight may have, in the units of `x`.
    """
    from scipy.optimize import minimize  # noqa: PLC0415

    mean, deviation = x.mean(0), x.std(0) + 1e-9
    z = (x - mean) / deviation
    target = np.where(y, 1.0, -1.0)

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        bias, weights = parameters[0], parameters[1:]
        margins = target * (bias + z @ weights)
        pull = -target * _sigmoid(-margins) / len(z)
        value = float(np.mean(np.logaddexp(0, -margins)) + penalty * (weights @ weights))
        return value, np.concatenate(([pull.sum()], z.T @ pull + 2 * penalty * weights))

    limits = [(low * d, high * d) for (low, high), d in zip(bounds, deviation, strict=True)]
    found = minimize(
        loss,
        np.zeros(x.shape[1] + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-np.inf, np.inf), *limits],
    ).x
    weights = found[1:] / deviation
    return float(found[0] - mean @ weights), weights


def _sigmoid(values: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


def _digest(cases: Sequence["Case"]) -> str:
    from eval.cases import case_to_json  # noqa: PLC0415

    text = json.dumps([case_to_json(case) for case in cases], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _ranking_toml(weights: "Weights", digest: str) -> str:
    lines = [
        "# Weights of the signals (see embeddings.index and assistant.retriever).",
        f"# Written by: python -m eval fit (training cases {digest})",
    ]
    for look, of_look in weights.items():
        lines += [f"[{look}]", *(f"{name} = {value}" for name, value in of_look.items())]
    return "\n".join(lines) + "\n"


def _confidence_toml(calibrations: Mapping[str, dict[str, Any]], digest: str) -> str:
    lines = [
        "# Calibration of refusals (see assistant.confidence).",
        f"# Written by: python -m eval fit (training cases {digest})",
    ]
    for table, calibration in calibrations.items():
        lines += [
            f"[{table}]",
            f"bias = {calibration['bias']}",
            f"threshold = {calibration['threshold']}",
            f"[{table}.weights]",
            *(f"{name} = {value}" for name, value in calibration["weights"].items()),
        ]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    print(f"written: {path.name}", file=sys.stderr)
