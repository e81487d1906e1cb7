"""Fits the weights of the ranking and the calibration of refusals, on the training cases alone.

Ranking: the weights maximise the likelihood of the right clauses under a softmax over all candidates
of a question (a list-wise loss; Cao et al. 2007), with a penalty on their squares; none is negative,
since every signal is built so that higher is closer. Questions that structure answers (references,
whole sections) teach it nothing and are left out.

Refusal: a logistic regression on `assistant.confidence.EVIDENCE`, standardised, with a penalty; its
probabilities for choosing the threshold are those of ten-fold cross-validation, so that the
threshold is not chosen on what the model has seen. The threshold is the highest at which at most 4 %
of the answerable training questions are refused.

Both are written to `assistant/data/` with the digest of the cases they come from.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from eval.cases import Case

WRONG_REFUSALS = 0.04  # share of answerable training questions that may be refused
RANKING_PENALTY = 2e-4
REFUSAL_PENALTY = 0.02
FOLDS = 10

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

    from eval.__main__ import CASES  # noqa: PLC0415
    from eval.cases import load_cases  # noqa: PLC0415
    from eval.systems import open_system  # noqa: PLC0415

    opened = open_system()
    assistant: Assistant = opened.system._assistant  # type: ignore[attr-defined]
    cases = [
        case
        for case in load_cases([options.cases or CASES], held={"founding": opened.held.ids})
        if case.split == "train" and case.corpus == "founding"
    ]
    digest = _digest(cases)
    weights = _fit_ranking(assistant, cases)
    assistant.retriever.reweigh(weights)
    calibration = _fit_refusal(assistant, cases)
    if not options.dry_run:
        _write(_DATA / "ranking.toml", _ranking_toml(weights, digest))
        _write(_DATA / "confidence.toml", _confidence_toml(calibration, digest))
    return 0


def _fit_ranking(assistant: "Assistant", cases: Sequence["Case"]) -> dict[str, float]:
    from scipy.optimize import minimize  # noqa: PLC0415

    from assistant.retriever import FEATURES  # noqa: PLC0415

    lists: list[tuple[Matrix, NDArray[np.bool_]]] = []
    for case in cases:
        if not case.relevant:
            continue
        understood = assistant.understand(case.question, history=case.history)
        if assistant.named(understood) or understood.comparison:
            continue
        rows, features = assistant.retriever.features(understood)
        ids = [assistant.corpus.clauses[int(row)].id for row in rows]
        right = np.array([identifier in case.relevant for identifier in ids])
        if right.any():
            lists.append((features.astype(np.float64), right))

    def loss(weights: Matrix) -> float:
        total = 0.0
        for features, right in lists:
            scores = features @ weights
            scores -= scores.max()
            likely = np.exp(scores)
            total -= float(np.log(likely[right].sum() / likely.sum()))
        return total / len(lists) + RANKING_PENALTY * float(weights @ weights)

    found = minimize(
        loss, np.ones(len(FEATURES)) * 5, method="L-BFGS-B", bounds=[(0, None)] * len(FEATURES)
    )
    ranks = np.array(
        [int(right[np.argsort(-(f @ found.x), kind="stable")].argmax()) for f, right in lists]
    )
    print(
        f"ranking: {len(lists)} training questions, R@1 {np.mean(ranks == 0):.3f}, "
        f"R@5 {np.mean(ranks < 5):.3f}, MRR {np.mean(1 / (ranks + 1)):.3f}"
    )
    # Only proportions count; they are written so that a clearly right clause scores about 1.
    scale = float(np.mean([(f @ found.x).max() for f, _ in lists]))
    return {name: round(float(w) / scale, 4) for name, w in zip(FEATURES, found.x, strict=True)}


def _fit_refusal(assistant: "Assistant", cases: Sequence["Case"]) -> dict[str, Any]:
    from assistant.confidence import EVIDENCE, evidence  # noqa: PLC0415
    from eval.metrics import auroc  # noqa: PLC0415

    rows, answerable = [], []
    for case in cases:
        if not case.relevant and case.reason != "no-evidence":
            continue
        understood = assistant.understand(case.question, history=case.history)
        if assistant.named(understood) or understood.comparison:
            continue
        found = evidence(understood, assistant.retriever.rank(understood, top=10))
        rows.append([found[name] for name in EVIDENCE])
        answerable.append(bool(case.relevant))
    x, y = np.array(rows), np.array(answerable)
    fold = np.arange(len(x)) % FOLDS
    held_out = np.empty(len(x))
    for part in range(FOLDS):
        bias, weights = _logistic(x[fold != part], y[fold != part])
        held_out[fold == part] = _sigmoid(bias + x[fold == part] @ weights)
    bias, weights = _logistic(x, y)
    threshold = float(np.quantile(held_out[y], WRONG_REFUSALS, method="lower"))
    print(
        f"refusal: {y.sum()} answerable, {(~y).sum()} not; cross-validated AUROC "
        f"{auroc(held_out[y].tolist(), held_out[~y].tolist()):.3f}; threshold {threshold:.3f}: refused "
        f"{np.mean(held_out[~y] < threshold):.3f} of the unanswerable, "
        f"{np.mean(held_out[y] < threshold):.3f} of the answerable"
    )
    return {
        "bias": round(float(bias), 4),
        "threshold": round(threshold, 4),
        "weights": {n: round(float(w), 4) for n, w in zip(EVIDENCE, weights, strict=True)},
    }


def _logistic(x: Matrix, y: NDArray[np.bool_]) -> tuple[float, Matrix]:
    """Bias and weights in the units of `x`; fitted on standardised columns, classes balanced."""
    from scipy.optimize import minimize  # noqa: PLC0415

    mean, deviation = x.mean(0), x.std(0) + 1e-9
    z = (x - mean) / deviation
    share = np.where(y, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    sign = np.where(y, 1.0, -1.0)

    def loss(parameters: Matrix) -> float:
        margins = sign * (parameters[0] + z @ parameters[1:])
        return float(
            np.mean(share * np.logaddexp(0, -margins))
            + REFUSAL_PENALTY * float(parameters[1:] @ parameters[1:])
        )

    found = minimize(loss, np.zeros(x.shape[1] + 1), method="L-BFGS-B").x
    weights = found[1:] / deviation
    return float(found[0] - mean @ weights), weights


def _sigmoid(values: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


def _digest(cases: Sequence["Case"]) -> str:
    from eval.cases import case_to_json  # noqa: PLC0415

    text = json.dumps([case_to_json(case) for case in cases], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _ranking_toml(weights: dict[str, float], digest: str) -> str:
    lines = [
        "# Weights of the signals (see embeddings.index and assistant.retriever).",
        f"# Written by: python -m eval fit (training cases {digest})",
        "[weights]",
        *(f"{name} = {value}" for name, value in weights.items()),
    ]
    return "\n".join(lines) + "\n"


def _confidence_toml(calibration: dict[str, Any], digest: str) -> str:
    lines = [
        "# Calibration of refusals (see assistant.confidence).",
        f"# Written by: python -m eval fit (training cases {digest})",
        f"bias = {calibration['bias']}",
        f"threshold = {calibration['threshold']}",
        "[weights]",
        *(f"{name} = {value}" for name, value in calibration["weights"].items()),
    ]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    print(f"written: {path.name}", file=sys.stderr)
