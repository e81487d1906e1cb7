"""May this be answered? A calibrated probability that the best clauses answer the question.

A logistic model over evidence that depends little on the size of the corpus: how near the best
clause is by all signals together, whether one of the best clauses answers by the network that reads
them with the question (`embeddings.interaction`; other encoders than the packaged one have none,
and a calibration without it), what of all that the question names the clauses hold, how many names
and numbers none of them has, and whether the best clause can state the kind of particular that is
asked for (`assistant.particulars`). On unseen training questions the network lifts the AUROC
against near-by unanswerable ones from .967 to .975; without nearness beside it, questions about
what a clause only mentions were refused. Raw cosines cannot tell (AUROC .53 to .82 on public sets).
Turned down, since on unseen training questions each added nothing: the single signals of the best
clause, the lead over the next ones (it vanishes wherever another revision or language of the same
clause is held), what the best clause lacks of what others hold, and how well each word is covered.
So is whatever would only tell how the training questions were written, such as their length.

Every weight has the sign that its evidence has by its meaning. The coefficients
(data/confidence.toml) are fitted on the training cases by `python -m eval fit`.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from assistant.particulars import asked_for, told_by
from assistant.query import Understood
from assistant.retriever import Ranking

FOR = ("answering", "nearness", "held")
AGAINST = ("foreign", "unmet")
EVIDENCE = (*FOR, *AGAINST)
# What counts with a network that reads question and clause together, and without one.
WITH_INTERACTION = EVIDENCE
WITHOUT_INTERACTION = tuple(name for name in EVIDENCE if name != "answering")
MOST_UNMET = 2


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
    """What speaks for an answer (FOR) and AGAINST it; zeros when nothing was found.

    `answering` and `nearness` are those of the ranking, 0 for the first where the encoder has no
    interaction; `unmet` is the number, at most MOST_UNMET, of the kinds of particulars that are
    asked for and not told by the first clause. The rest is explained in `Retriever.coverage`.
    """
    if not ranking.found:
        return dict.fromkeys(EVIDENCE, 0.0)
    first = ranking.found[0]
    asked = asked_for(understood.read_as, understood.language)
    unmet = asked - told_by(first.clause.text) if asked else asked
    found = {
        **ranking.coverage,
        "answering": ranking.answering or 0.0,
        "nearness": ranking.nearness,
        "unmet": min(len(unmet), MOST_UNMET),
    }
    return {name: float(found[name]) for name in EVIDENCE}


def calibration_name(*, interaction: bool) -> str:
    """The table of data/confidence.toml for encoders that have an interaction, or none."""
    return "with_interaction" if interaction else "without_interaction"


@cache
def shipped_calibration(*, interaction: bool) -> Calibration:
    """The fitted model of data/confidence.toml for encoders that have an interaction, or none."""
    text = (resources.files("assistant") / "data" / "confidence.toml").read_text(encoding="utf-8")
    fitted = tomllib.loads(text)[calibration_name(interaction=interaction)]
    return Calibration(
        bias=float(fitted["bias"]),
        weights={name: float(value) for name, value in fitted["weights"].items()},
        threshold=float(fitted["threshold"]),
    )
