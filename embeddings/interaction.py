"""Learned late interaction: how well a clause answers a question, read off their token vectors.

Late interaction sums, over the tokens of a question, the best cosine with a token of the clause
(Khattab and Zaharia 2020). What it does not see is which tokens of the question matter together,
and what stands around the best token of the clause. A small network sees it: every token of the
question looks at all tokens of the clause (attention, Vaswani et al. 2017), learns how near it came
to this clause and to the others that are compared, and gives two scores, each with a weight: one
for the order of the clauses, one for whether any of them answers at all. Ji et al. 2024
(LITE) replace the sum in the same way. The tokens are those that the index keeps, so that nothing
is encoded for it: a cross-encoder, which is better still, would read every clause anew.

It was learnt from clauses of invented resolutions and the questions that they answer
(`embeddings.pairs`, `python -m embeddings.interaction_training`), for the token vectors of the
packaged model with its adapter, and is of no use for others.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError

FILE = Path(__file__).parent / "data" / "interaction.safetensors"
LEARNT_FOR = "adapter"  # what the file says beside its matrices
HEADS = 4
ORDER, ANSWER = 0, 1  # what it tells of a clause; see `Interaction.scores`
# Centred tokens are vectors of length 1, so that their numbers and the differences of their cosines
# are small; a network learns faster from numbers around 1.
TOKEN_SCALE, COSINE_SCALE, DIFFERENCE_SCALE = 4.0, 4.0, 8.0
_EPSILON = 1e-5  # of a layer norm

Array = NDArray[np.float32]


class InteractionError(ExpectedError):
    """The learned interaction is missing or damaged."""


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause as every question looks at it; it depends on no question."""

    keys: Array  # [HEADS, width / HEADS, tokens]
    values: Array  # [HEADS, tokens, width / HEADS]


@dataclass(frozen=True, slots=True)
class Interaction:
    """The matrices of the network, [outputs, inputs], by their names in `interaction_training`."""

    matrices: Mapping[str, Array]
    learnt_for: str = ""  # the digest of the adapter of the model that gave the vectors

    def read(self, tokens: Array) -> ReadClause:
        """A clause of these token vectors [tokens, dimension], centred and of length 1."""
        keys, values = (
            _by_head(_linear(self.matrices, name, TOKEN_SCALE * tokens))
            for name in ("key", "value")
        )
        return ReadClause(np.ascontiguousarray(np.swapaxes(keys, 1, 2)), values)

    def scores(
        self, question: Array, own: int, best: Array, clauses: Sequence[ReadClause]
    ) -> Array:
        """How well each clause answers the question, [clauses, 2].

        ORDER compares it with the others; ANSWER is above 0 where it is likelier that this clause
        answers than that none of them does.
        `question` [t, dimension] holds centred token vectors of length 1; the first `own` of them
        are its own, the others those of its gloss. `best` [clauses, t] holds the best cosine of
        each with a token of each clause. Higher is better; 0 where there is no token.
        """
        if not len(question) or not clauses:
            return np.zeros((len(clauses), 2), np.float32)
        part = self.matrices
        near = np.stack(
            [
                COSINE_SCALE * best,
                DIFFERENCE_SCALE * (best - best.mean(axis=0)),
                DIFFERENCE_SCALE * (best - best.max(axis=0)),
            ],
            axis=-1,
        )
        kinds = (np.arange(len(question)) >= own).astype(np.int64)
        tokens = TOKEN_SCALE * question @ part["token.weight"].T + part["kind.weight"][kinds]
        states = np.asarray(tokens + _linear(part, "near", near), np.float32)  # [clauses, t, width]
        asked = _linear(part, "query", _normed(part, "before_look", states))
        seen = np.stack(
            [
                _attention(_by_head(rows), clause)
                for rows, clause in zip(asked, clauses, strict=True)
            ]
        )
        states += _linear(part, "seen", seen)
        inner = _gelu(_linear(part, "inner", _normed(part, "before_inner", states)))
        states = _normed(part, "last", states + _linear(part, "outer", inner))
        weights = _softmax(np.swapaxes(_linear(part, "weight", states), 1, 2))
        told = np.swapaxes(_linear(part, "score", states), 1, 2)
        return np.asarray((weights * told).sum(axis=2), np.float32)


@cache
def shipped_interaction() -> Interaction:
    """The one that comes with the product. Raises `InteractionError`."""
    return interaction_in(FILE)


def interaction_in(file: Path) -> Interaction:
    """The one in a safetensors file. Raises `InteractionError`."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415

    try:
        with safe_open(file, framework="numpy") as stored:
            matrices = {name: stored.get_tensor(name).astype(np.float32) for name in stored.keys()}  # noqa: SIM118 (it is no mapping)
            learnt_for = (stored.metadata() or {}).get(LEARNT_FOR, "")
    except (OSError, SafetensorError, ValueError) as error:
        raise InteractionError(
            f"the learned interaction in {file} cannot be read ({error}); install the product again"
        ) from error
    return Interaction(matrices, learnt_for)


def _linear(part: Mapping[str, Array], name: str, values: Array) -> Array:
    moved = values @ part[f"{name}.weight"].T
    bias = part.get(f"{name}.bias")
    return np.asarray(moved if bias is None else moved + bias, np.float32)


def _normed(part: Mapping[str, Array], name: str, values: Array) -> Array:
    moved = values - values.mean(axis=-1, keepdims=True)
    spread = np.sqrt((moved**2).mean(axis=-1, keepdims=True) + _EPSILON)
    return np.asarray(moved / spread * part[f"{name}.weight"] + part[f"{name}.bias"], np.float32)


def _by_head(rows: Array) -> Array:
    """[tokens, width] -> [HEADS, tokens, width / HEADS]."""
    return np.ascontiguousarray(np.swapaxes(rows.reshape(len(rows), HEADS, -1), 0, 1))


def _attention(asked: Array, clause: ReadClause) -> Array:
    """What each token of a question, [HEADS, t, width / HEADS], takes from a clause, [t, width]."""
    near = asked @ clause.keys / math.sqrt(asked.shape[-1])
    taken = np.swapaxes(_softmax(near) @ clause.values, 0, 1)
    return np.asarray(taken.reshape(len(taken), -1), np.float32)


def _softmax(values: Array) -> Array:
    likely = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=-1, keepdims=True), np.float32)


def _gelu(values: Array) -> Array:
    """The Gaussian error linear unit by its tanh form (Hendrycks and Gimpel 2016)."""
    inside = math.sqrt(2 / math.pi) * (values + 0.044715 * values * values * values)
    return np.asarray(0.5 * values * (1 + np.tanh(inside)), np.float32)
