"""May this be answered? A calibrated probability that the best clauses answer the question.

A logistic model over evidence that is independent of the corpus's size: how near the best clause
is by every signal, how far it stands above the field, how much of what the question names it holds.
Raw cosines cannot tell (AUROC .53 to .82 on public sets); margins and named evidence can. Its
coefficients (data/confidence.toml) are fitted on the training cases by `python -m eval fit`, its
threshold is the highest at which at most 4 % of answerable training questions are refused.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from assistant.query import Understood
from assistant.retriever import FEATURES, Ranking

EVIDENCE = (
    "best",
    "margin",
    "spread",
    *(f"best_{name}" for name in ("path", "text", "late", "concepts", "words")),
    "highest_late",
    "highest_concepts",
    "highest_words",
    "structure",
    "named_concepts",
    "topic_length",
    "understood",
    "held",
    "terms_held",
    "same_language",
    "terms_of_best",
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic model: probability = 1 / (1 + exp(-(bias + weights · evidence)))."""

    bias: float
    weights: Mapping[str, float]  # by names of EVIDENCE
    threshold: float  # 0..1: below it a question is refused

    def probability(self, evidence: Mapping[str, float]) -> float:
        """That the best clauses answer the question, 0..1."""
        total = self.bias + sum(
            self.weights.get(name, 0.0) * value for name, value in evidence.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def evidence(understood: Understood, ranking: Ranking) -> dict[str, float]:
    """What speaks for an answer, by names of EVIDENCE; zeros when nothing was found."""
    if not ranking.found:
        return dict.fromkeys(EVIDENCE, 0.0)
    scores = np.array([hit.score for hit in ranking.found])
    features = np.array([hit.features for hit in ranking.found])
    best = features[0]
    column = {name: at for at, name in enumerate(FEATURES)}
    rest = scores[1:6] if len(scores) > 1 else scores
    same = ranking.found[0].clause.revision.language == understood.language
    found = {
        "best": float(scores[0]),
        "margin": float(scores[0] - rest.mean()),
        "spread": float(scores[0] - np.median(scores)),
        **{
            f"best_{name}": float(best[column[name]])
            for name in ("path", "text", "late", "concepts", "words")
        },
        "highest_late": float(features[:, column["late"]].max()),
        "highest_concepts": float(features[:, column["concepts"]].max()),
        "highest_words": float(features[:, column["words"]].max()),
        "structure": float(bool(understood.sections) + bool(understood.addressees)),
        "named_concepts": float(min(len({m.concept.id for m in understood.terms}), 4)) / 4,
        "topic_length": min(len(understood.topic), 120) / 120,
        **{name: ranking.coverage.get(name, 0.0) for name in ("understood", "held", "terms_held")},
        "same_language": float(same),
        "terms_of_best": float(same) * float(best[column["terms"]]),
    }
    return {name: found[name] for name in EVIDENCE}


@cache
def shipped_calibration() -> Calibration:
    """The fitted model of data/confidence.toml."""
    text = (resources.files("assistant") / "data" / "confidence.toml").read_text(encoding="utf-8")
    fitted = tomllib.loads(text)
    return Calibration(
        bias=float(fitted["bias"]),
        weights={name: float(value) for name, value in fitted["weights"].items()},
        threshold=float(fitted["threshold"]),
    )
