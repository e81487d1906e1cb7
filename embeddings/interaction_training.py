"""Learn the interaction of question and clause: `python -m embeddings.interaction_training`.

Every question of the training pairs is compared with its clause and with others of the same
resolution: now those that late interaction puts first, which is what the second look of the ranking
has before it, now any of them; one clause of another resolution stands beside them. The network has
two scores for every clause. By the first (ORDER) the right one is to come out highest (softmax);
late interaction itself is added to it, so that the network learns what that does not tell. The
second (ANSWER) competes with a 0 that stands for "none of them": in a third of the comparisons the
right clause is missing, and all are to stay below.

Twelve clauses are compared at a time, as in the ranking. With the same pairs and eight (four of
them the hardest) R@1 of unseen training questions was .854 and R@5 .978, with twelve (six of them)
.864 and .981.

The token vectors are those that an index has, centred and with glosses; they are computed once and
not changed, so that this takes half an hour. It has to be done again after the adapter is learnt
again: the network knows its vectors and no others.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError
from embeddings.adapter import shipped_adapter
from embeddings.build import background_questions
from embeddings.clause_text import gloss, question_with_gloss, with_gloss
from embeddings.encoder import Encoder
from embeddings.index import centred
from embeddings.interaction import (
    ANSWER,
    COSINE_SCALE,
    DIFFERENCE_SCALE,
    FILE,
    HEADS,
    LEARNT_FOR,
    ORDER,
    TOKEN_SCALE,
    Array,
)
from embeddings.models import open_encoder
from embeddings.pairs import FOLDER, AnsweredClause, clauses_of, read_pairs
from embeddings.training import options_of_learning

if TYPE_CHECKING:
    from torch import Tensor, nn

COMPARED = 12  # clauses at a time
HARDEST = 6  # of them are those that late interaction puts first, in half of the comparisons
UNANSWERED = 0.35  # of the comparisons have no right clause among them,
FAR_OFF = 0.5  # and of these, clauses of another resolution
LONGEST_QUESTION, LONGEST_CLAUSE = 48, 128  # tokens; what is longer is cut
LATE_WEIGHT = 20.0  # of late interaction in the score that is to be highest; learnt on from there
SHARPNESS = 10.0  # of the scores, so that they come to lie between -1 and 1
WARMING, FLOOR = 100, 0.03  # steps until the full rate; the share of it that is left at the end
_SLICE = 512  # texts encoded at a time


@dataclass(frozen=True, slots=True)
class Recipe:
    """How it is learnt."""

    epochs: int = 3
    questions: int = 24  # in a step
    width: int = 64
    rate: float = 1e-3
    decay: float = 0.05
    dropout: float = 0.1
    seed: int = 75


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is compared: its token vectors, and the clauses of its resolution."""

    tokens: NDArray[np.float16]  # [tokens, dimension], centred
    own: int  # how many of them, from the first, are no gloss
    right: int  # the clause that answers it
    others: tuple[int, ...]  # of its resolution, by late interaction, the highest first


@dataclass(frozen=True, slots=True)
class Material:
    """What is learnt from."""

    clauses: tuple[NDArray[np.float16], ...]  # [tokens, dimension] each, centred
    questions: tuple[Asked, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        resolutions = read_pairs(options.pairs)
        material = material_of(resolutions, open_encoder(cache=options.cache), tell=_tell_encoding)
        recipe = Recipe(epochs=options.epochs, seed=options.seed)
        adapted = shipped_adapter().digest
        learn(material, options.to, recipe=recipe, learnt_for=adapted, tell=_tell)
    except (ExpectedError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def material_of(
    resolutions: Sequence[Sequence[AnsweredClause]],
    encoder: Encoder,
    *,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Material:
    """The pairs as token vectors. `tell` hears how many texts are encoded and how many there are.

    Raises ValueError where there is no pair.
    """
    clauses = clauses_of(resolutions)
    if not clauses:
        raise ValueError("no pairs to learn from")
    asked = [(at, *pair) for at, clause in enumerate(clauses) for pair in clause.questions.items()]
    texts = [clause.heading_path + with_gloss(clause.text, clause.language) for clause in clauses]
    words = [gloss(question, language) for _, language, question in asked]
    texts += [question_with_gloss(pair[2], more) for pair, more in zip(asked, words, strict=True)]
    tokens: list[NDArray[np.float16]] = []
    for start in range(0, len(texts), _SLICE):
        part = encoder.encode_queries(texts[start : start + _SLICE]).tokens
        tokens += [vectors.astype(np.float16) for vectors in part]
        tell(len(tokens), len(texts))
    held = _less_means(tokens[: len(clauses)], [clause.language for clause in clauses])
    spoken = _less_background(tokens[len(clauses) :], [pair[1] for pair in asked], encoder)
    family = _families(resolutions)
    questions = []
    for (right, _, question), more, vectors in zip(asked, words, spoken, strict=True):
        own = encoder.count_tokens(question) if more else len(vectors)
        late = [
            float((vectors[:own].astype(np.float32) @ held[at].astype(np.float32).T).max(1).mean())
            for at in family[right]
        ]
        order = [family[right][place] for place in np.argsort(-np.array(late), kind="stable")]
        questions.append(Asked(vectors, own, right, tuple(at for at in order if at != right)))
    return Material(tuple(held), tuple(questions))


def learn(
    material: Material,
    to: Path,
    *,
    recipe: Recipe,
    learnt_for: str = "",
    tell: Callable[[int, int, float], None] = lambda *_told: None,
) -> None:
    """Learn the matrices, and put them into a safetensors file in float16 when they are ready.

    `learnt_for` is the digest of the adapter of the model that gave the vectors, which is written
    beside them. `tell` hears after every step how many are done, how many there are, and its loss.
    Raises ValueError where there are fewer questions than a step takes.
    """
    import torch  # noqa: PLC0415
    from torch.nn.functional import cross_entropy  # noqa: PLC0415

    if len(material.questions) < recipe.questions:
        raise ValueError(
            f"{len(material.questions)} questions are too few: a step takes {recipe.questions}"
        )
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    network = _network(material.clauses[0].shape[1], recipe)
    late_weight = torch.tensor(LATE_WEIGHT, requires_grad=True)
    plain = [part for part in network.parameters() if part.ndim < 2]  # biases and norms
    groups: list[dict[str, Any]] = [
        {"params": [part for part in network.parameters() if part.ndim > 1]},
        {"params": [*plain, late_weight], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.decay)
    batches = list(_batches(material, recipe, chance))
    network.train()
    for done, batch in enumerate(batches):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * min(1, (done + 1) / WARMING)
            group["lr"] *= max(FLOOR, 1 - done / len(batches))
        compared = _Compared.of(material, batch)
        scores = SHARPNESS * network(compared)
        answered = torch.tensor([comparison.answered for comparison in batch])
        order = scores[answered, :, ORDER] + late_weight * compared.late[answered]
        first = torch.zeros(len(order), dtype=torch.long)
        answers = torch.cat([scores[..., ANSWER], scores.new_zeros(len(batch), 1)], 1)
        loss = cross_entropy(order, first) if len(order) else scores.new_zeros(())
        loss = loss + cross_entropy(answers, torch.where(answered, 0, COMPARED))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        tell(done + 1, len(batches), float(loss.detach()))
    _write(network, to, learnt_for)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A question and the clauses that it is compared with; the first is right, or none."""

    question: Asked
    clauses: tuple[int, ...]
    answered: bool


def _batches(
    material: Material, recipe: Recipe, chance: random.Random
) -> Iterator[tuple[_Comparison, ...]]:
    """All questions, `epochs` times; those that are too few for one more step are left out."""
    for _ in range(recipe.epochs):
        order = chance.sample(material.questions, len(material.questions))
        for start in range(0, len(order) - recipe.questions + 1, recipe.questions):
            yield tuple(
                _compared_with(question, material, chance)
                for question in order[start : start + recipe.questions]
            )


def _compared_with(question: Asked, material: Material, chance: random.Random) -> _Comparison:
    answered = chance.random() >= UNANSWERED
    right = (question.right,) if answered else ()
    others = question.others
    if not answered and chance.random() < FAR_OFF:
        another = chance.choice(material.questions)
        others = (another.right, *another.others)
    hardest = HARDEST if chance.random() < 0.5 else 0
    rest = list(others[hardest:])
    chance.shuffle(rest)
    beside = [at for at in (*others[:hardest], *rest) if at != question.right][: COMPARED - 2]
    while len(right) + len(beside) < COMPARED:
        stranger = chance.randrange(len(material.clauses))
        if stranger != question.right:
            beside.append(stranger)
    return _Comparison(question, (*right, *beside), answered)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A batch as tensors."""

    questions: "Tensor"  # [b, t, dimension]
    asked: "Tensor"  # [b, t] bool: tokens, not padding
    kinds: "Tensor"  # [b, t]: 0 for its own tokens, 1 for those of its gloss
    clauses: "Tensor"  # [b, COMPARED, n, dimension]
    held: "Tensor"  # [b, COMPARED, n] bool
    best: "Tensor"  # [b, COMPARED, t]: the best cosine of each token
    late: "Tensor"  # [b, COMPARED]: its mean over the question's own tokens

    @classmethod
    def of(cls, material: Material, batch: Sequence[_Comparison]) -> "_Compared":
        import torch  # noqa: PLC0415

        questions, asked = _padded(
            [comparison.question.tokens[:LONGEST_QUESTION] for comparison in batch]
        )
        texts = [material.clauses[at][:LONGEST_CLAUSE] for one in batch for at in one.clauses]
        clauses, held = _padded(texts)
        own = torch.tensor([comparison.question.own for comparison in batch])
        kinds = (torch.arange(questions.shape[1]) >= own[:, None]).long()
        flat = clauses.view(len(batch), -1, clauses.shape[-1])
        similar = torch.bmm(questions, flat.transpose(1, 2))
        similar = similar.view(len(batch), questions.shape[1], COMPARED, -1)
        held = held.view(len(batch), COMPARED, -1)
        best = similar.masked_fill(~held[:, None], -1).amax(-1).transpose(1, 2)
        counted = (asked & (kinds == 0)).float()
        late = (best * counted[:, None]).sum(-1) / counted.sum(-1)[:, None].clamp(min=1)
        clauses = clauses.view(len(batch), COMPARED, -1, clauses.shape[-1])
        return cls(questions, asked, kinds, clauses, held, best, late)


def _network(dimension: int, recipe: Recipe) -> "nn.Module":
    """The network of `embeddings.interaction`, to be learnt; its parts have the same names."""
    import torch  # noqa: PLC0415
    from torch import nn  # noqa: PLC0415
    from torch.nn.functional import gelu, scaled_dot_product_attention  # noqa: PLC0415

    width = recipe.width

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.token = nn.Linear(dimension, width, bias=False)
            self.kind = nn.Embedding(2, width)
            self.near = nn.Linear(3, width)
            self.before_look = nn.LayerNorm(width)
            self.query = nn.Linear(width, width, bias=False)
            self.key = nn.Linear(dimension, width, bias=False)
            self.value = nn.Linear(dimension, width, bias=False)
            self.seen = nn.Linear(width, width)
            self.before_inner = nn.LayerNorm(width)
            self.inner = nn.Linear(width, 2 * width)
            self.outer = nn.Linear(2 * width, width)
            self.last = nn.LayerNorm(width)
            self.weight = nn.Linear(width, 2, bias=False)
            self.score = nn.Linear(width, 2)
            nn.init.zeros_(self.weight.weight)
            nn.init.zeros_(self.score.weight)
            self.left_out = nn.Dropout(recipe.dropout)

        def forward(self, compared: _Compared) -> "Tensor":
            """ORDER and ANSWER, [b, COMPARED, 2]."""
            batch, asked = compared.asked.shape
            best = compared.best
            near = torch.stack(
                [
                    COSINE_SCALE * best,
                    DIFFERENCE_SCALE * (best - best.mean(1, keepdim=True)),
                    DIFFERENCE_SCALE * (best - best.amax(1, keepdim=True)),
                ],
                -1,
            )
            tokens = self.token(TOKEN_SCALE * compared.questions) + self.kind(compared.kinds)
            states = (tokens[:, None] + self.near(near)).flatten(0, 1)
            clauses = TOKEN_SCALE * compared.clauses.flatten(0, 1)
            seen = scaled_dot_product_attention(
                self._by_head(self.query(self.before_look(states))),
                self._by_head(self.key(clauses)),
                self._by_head(self.value(clauses)),
                attn_mask=compared.held.flatten(0, 1)[:, None, None],
            )
            states = states + self.left_out(self.seen(seen.transpose(1, 2).flatten(2)))
            inner = gelu(self.inner(self.before_inner(states)), approximate="tanh")
            states = self.last(states + self.left_out(self.outer(self.left_out(inner))))
            counted = compared.asked[:, None].expand(batch, COMPARED, asked).flatten(0, 1)
            weights = self.weight(states).masked_fill(~counted[..., None], -1e4).softmax(-2)
            scores: Tensor = (weights * self.score(states)).sum(-2)
            return scores.view(batch, COMPARED, 2)

        def _by_head(self, states: "Tensor") -> "Tensor":
            return states.view(*states.shape[:-1], HEADS, -1).transpose(1, 2)

    return Network()


def _padded(rows: Sequence[NDArray[np.float16]]) -> "tuple[Tensor, Tensor]":
    """The rows as one tensor [rows, longest, dimension], and which of it is no padding."""
    import torch  # noqa: PLC0415

    longest = max(map(len, rows))
    together = np.zeros((len(rows), longest, rows[0].shape[1]), np.float32)
    counted = np.zeros((len(rows), longest), np.bool_)
    for at, row in enumerate(rows):
        together[at, : len(row)] = row
        counted[at, : len(row)] = True
    return torch.from_numpy(together), torch.from_numpy(counted)


def _families(resolutions: Sequence[Sequence[AnsweredClause]]) -> list[tuple[int, ...]]:
    """Per clause the places of all clauses of its resolution."""
    found: list[tuple[int, ...]] = []
    for resolution in resolutions:
        family = tuple(range(len(found), len(found) + len(resolution)))
        found += [family] * len(resolution)
    return found


def _less_means(
    tokens: Sequence[NDArray[np.float16]], languages: Sequence[str]
) -> list[NDArray[np.float16]]:
    """The token vectors of clauses centred as an index does, by the mean of their language."""
    means = {
        language: _mean([row for row, of in zip(tokens, languages, strict=True) if of == language])
        for language in set(languages)
    }
    return [_centred(row, means[language]) for row, language in zip(tokens, languages, strict=True)]


def _less_background(
    tokens: Sequence[NDArray[np.float16]], languages: Sequence[str], encoder: Encoder
) -> list[NDArray[np.float16]]:
    """The token vectors of questions centred as an index does, by background questions."""
    means = {
        language: _mean(encoder.encode_queries(texts).tokens)
        for language, texts in background_questions().items()
    }
    return [_centred(row, means[language]) for row, language in zip(tokens, languages, strict=True)]


def _mean(rows: Sequence[NDArray[np.floating]]) -> Array:
    return np.asarray(np.concatenate(rows).mean(0, dtype=np.float64), np.float32)


def _centred(row: NDArray[np.float16], mean: Array) -> NDArray[np.float16]:
    return centred(row.astype(np.float32), mean).astype(np.float16)


def _write(network: "nn.Module", to: Path, learnt_for: str) -> None:
    import torch  # noqa: PLC0415
    from safetensors.torch import save_file  # noqa: PLC0415

    matrices = {
        name: matrix.to(torch.float16).contiguous() for name, matrix in network.state_dict().items()
    }
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent) as beside:
        written = Path(beside) / to.name
        save_file(matrices, written, metadata={LEARNT_FOR: learnt_for})
        written.chmod(0o644)
        written.replace(to)


def _tell_encoding(done: int, texts: int) -> None:
    if done == texts or done % (10 * _SLICE) == 0:
        print(f"{time.strftime('%H:%M:%S')}  encoded {done} of {texts}", flush=True)


def _tell(done: int, steps: int, loss: float) -> None:
    if done % 100 == 0 or done == steps:
        now = time.strftime("%H:%M:%S")
        print(f"{now}  step {done} of {steps}  loss {loss:.2f}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m embeddings.interaction_training",
        description="Learn the interaction of question and clause from the training pairs.",
        epilog="example: python -m embeddings.interaction_training --to /tmp/interaction",
    )
    return options_of_learning(
        parser, pairs=FOLDER, to=FILE, epochs=Recipe().epochs, seed=Recipe().seed
    )


if __name__ == "__main__":
    sys.exit(main())
