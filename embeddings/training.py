"""Learn the adapter of the packaged model: `python -m embeddings.training`.

A step takes a few resolutions in whatever languages they come, all their clauses and two questions
to each clause. Every question is to find its clause among all of them (softmax over the batch, van
den Oord et al. 2018), once by the vectors of whole texts and once by late interaction, which are
the two ways in which `embeddings.index` compares. Clauses of the same resolution are the hard ones
among the others; those of other resolutions teach that a clause in the question's own language is
not nearer for that. Texts are put together as they are when an index is built (heading path, text,
gloss), and vectors are centred by running means as they are there; glosses are left out now and
then, since not everything has one. Of some questions nothing is left but names and numbers: an
adapter that was learnt without such questions found more paraphrases and fewer numbers.

Only low-rank changes of the matrices are learnt (LoRA, Hu et al. 2021), through the PEFT library:
what is shipped is small, and what the model knew of languages stays. A part of what was learnt is
shipped: between the weights before and after lies what serves texts of other kinds best (Wortsman
et al. 2022). On the training questions, cross-validated, the first look of the ranking has R@1 .822
and loss .625 with an adapter learnt from the first 165 resolutions, .831 and .606 with that of 325;
with more features since then .839 and .581, .844 and .558 with that of all 645. One learnt without
two of the fields put the clause that answers first, of the 480 of those, for 61 % of their
questions instead of 48 %. The questions that the product is measured by, and the texts that it
ships, have no part in it. After it `embeddings.interaction_training` is due.

Needs the extra "train". The same pairs give the same adapter only on the same processor, since sums
are rounded as they come.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ExpectedError
from embeddings import adapter
from embeddings.clause_text import gloss, gloss_words, question_with_gloss, with_gloss
from embeddings.encoder import TOKEN_LAYERS
from embeddings.packaged_model import MODEL_NAME, QUERY_PREFIX, packaged_model
from embeddings.pairs import LANGUAGES, OF_ADAPTER, AnsweredClause, clauses_of, read_pairs

if TYPE_CHECKING:
    from torch import Tensor

QUESTIONS_AT_ONCE = 2  # of each clause in a step; an epoch asks all of them, in three rounds
LONGEST = 224  # tokens; hardly a clause with path and gloss has more
TEMPERATURE = 0.05  # of centred cosines: those of right clauses lie some .3 above the others
LATE_TEMPERATURE = 0.04  # best cosines of tokens vary less
LATE_SHARE = 2.0  # late interaction weighs most in the ranking
TEXT_ALONE = 1 / 3  # of the steps compare the text without its heading path, too
WITHOUT_GLOSS = 0.3  # of texts, and of questions
NAMES_ALONE = 0.2  # of questions, where a clause has names that no other of its resolution has
MOST_NAMES = 3
MEMORY = 0.9  # of a running mean, from step to step
WARMING, FLOOR = 0.1, 0.05  # shares: of the steps, and of the rate that is left at the end
_NUMBER = re.compile(r"\d[\d./-]*\d")
_ADAPTED = (
    r".*encoder\.layer\.\d+\."
    r"(attention\.self\.(query|key|value)|(attention\.output|intermediate|output)\.dense)"
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How it is learnt."""

    epochs: int = 1
    resolutions: int = 4  # in a step
    rate: float = 1e-4
    rank: int = 16
    dropout: float = 0.05
    share: float = 0.6  # of what was learnt, in the adapter
    seed: int = 75


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a forward pass gives; see `embeddings.encoder.Encoding`."""

    vectors: "Tensor"  # [texts, dimension], not centred
    tokens: "Tensor"  # [texts, tokens, dimension], not centred
    inner: "Tensor"  # [texts, tokens] bool: neither prefix nor special nor padding


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        resolutions = read_pairs(options.pairs)
        recipe = Recipe(epochs=options.epochs, seed=options.seed)
        if len(resolutions) < recipe.resolutions:
            raise ExpectedError(
                f"{options.pairs} holds {len(resolutions)} resolutions, a step takes "
                f"{recipe.resolutions}: name a folder with more of them (--pairs)"
            )
        model = packaged_model(options.cache)
        learn(resolutions, model.folder, options.to, recipe=recipe, tell=_tell)
    except (ExpectedError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def learn(
    resolutions: Sequence[Sequence[AnsweredClause]],
    model_folder: Path,
    to: Path,
    *,
    recipe: Recipe,
    tell: Callable[[int, int, float, float], None] = lambda *_told: None,
) -> None:
    """Learn an adapter of the model in a folder, and put it into another one when it is ready.

    `tell` hears after every step how many are done and how many there are, its loss, and the share
    of its questions whose clause came first. Raises ExpectedError where PEFT is not installed.
    """
    import torch  # noqa: PLC0415

    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    model, tokenizer = _adaptable(model_folder, recipe)
    encode = _Encoder(model, tokenizer)
    centring = _Centring()
    learnt = [weights for weights in model.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=recipe.rate, weight_decay=0.0)
    batches = list(_batches(resolutions, recipe, chance))
    model.train()
    for done, batch in enumerate(batches):
        optimiser.param_groups[0]["lr"] = recipe.rate * _pace(done, len(batches))
        loss, first = _loss(batch, encode, centring, chance)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        tell(done + 1, len(batches), float(loss.detach()), first)
    _write(model, to, recipe)


@dataclass(frozen=True, slots=True)
class _Question:
    """A question, its language, and the place of the clause that answers it in its batch."""

    text: str
    language: str
    clause: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """Clauses, and questions that they answer."""

    clauses: tuple[AnsweredClause, ...]
    questions: tuple[_Question, ...]


def _batches(
    resolutions: Sequence[Sequence[AnsweredClause]], recipe: Recipe, chance: random.Random
) -> Iterator[_Batch]:
    """All questions, `epochs` times, in another order each time.

    Resolutions that are too few for one more step are left out of that round.
    """
    rounds = len(LANGUAGES) // QUESTIONS_AT_ONCE
    names = {key: found for resolution in resolutions for key, found in _names(resolution)}
    for _ in range(recipe.epochs):
        asked_in = {
            id(clause): chance.sample(LANGUAGES, len(LANGUAGES))
            for clause in clauses_of(resolutions)
        }
        for turn in range(rounds):
            order = chance.sample(resolutions, len(resolutions))
            now = slice(turn * QUESTIONS_AT_ONCE, (turn + 1) * QUESTIONS_AT_ONCE)
            for start in range(0, len(order) - recipe.resolutions + 1, recipe.resolutions):
                clauses = clauses_of(order[start : start + recipe.resolutions])
                questions = tuple(
                    _Question(_asked(clause, language, names, chance), language, place)
                    for place, clause in enumerate(clauses)
                    for language in asked_in[id(clause)][now]
                )
                yield _Batch(clauses, questions)


def _asked(
    clause: AnsweredClause,
    language: str,
    names: Mapping[tuple[int, str], Sequence[str]],
    chance: random.Random,
) -> str:
    """Its question in that language, or now and then its names alone."""
    own = names[id(clause), language]
    if own and chance.random() < NAMES_ALONE:
        return " ".join(chance.sample(own, min(len(own), chance.randint(1, MOST_NAMES))))
    return clause.questions[language]


def _names(
    resolution: Sequence[AnsweredClause],
) -> Iterator[tuple[tuple[int, str], Sequence[str]]]:
    """Per clause and language what its text names, and its numbers, that no other clause has."""
    for language in LANGUAGES:
        of_clauses = [
            {
                *gloss_words(clause.text, clause.language, into=language),
                *_NUMBER.findall(clause.text),
            }
            for clause in resolution
        ]
        counts = Counter(name for found in of_clauses for name in found)
        for clause, found in zip(resolution, of_clauses, strict=True):
            yield (id(clause), language), sorted(name for name in found if counts[name] == 1)


def _pace(done: int, steps: int) -> float:
    """The share of the rate at a step: up at first, then down to FLOOR."""
    return min(1.0, (done + 1) / (WARMING * steps)) * max(FLOOR, 1 - done / steps)


def _loss(
    batch: _Batch, encode: "_Encoder", centring: "_Centring", chance: random.Random
) -> "tuple[Tensor, float]":
    """The loss of a batch, and the share of its questions that late interaction answers first."""
    import torch  # noqa: PLC0415
    from torch.nn.functional import cross_entropy  # noqa: PLC0415

    def glossed() -> bool:
        return chance.random() >= WITHOUT_GLOSS

    texts = [
        with_gloss(clause.text, clause.language) if glossed() else clause.text
        for clause in batch.clauses
    ]
    under_path = [
        clause.heading_path + text for clause, text in zip(batch.clauses, texts, strict=True)
    ]
    asked = [question.text for question in batch.questions]
    spoken = [question.language for question in batch.questions]
    held = [clause.language for clause in batch.clauses]
    words = [
        gloss(question, language) if glossed() else ""
        for question, language in zip(asked, spoken, strict=True)
    ]
    questions = encode(
        [question_with_gloss(text, more) for text, more in zip(asked, words, strict=True)]
    )
    clauses = encode(under_path)
    right = torch.tensor([question.clause for question in batch.questions])
    vectors = centring("questions", questions.vectors, spoken)
    whole = centring("clauses", clauses.vectors, held)
    alone = whole
    if chance.random() < TEXT_ALONE:
        alone = centring("clauses", encode(texts).vectors, held)
    late = late_scores(
        centring("question tokens", questions.tokens, spoken, questions.inner),
        questions.inner & encode.within(asked, questions.inner),
        centring("clause tokens", clauses.tokens, held, clauses.inner),
        clauses.inner,
    )
    loss = (
        cross_entropy(vectors @ whole.T / TEMPERATURE, right)
        + cross_entropy(vectors @ alone.T / TEMPERATURE, right)
        + LATE_SHARE * cross_entropy(late / LATE_TEMPERATURE, right)
    )
    return loss, float((late.argmax(1) == right).float().mean())


def late_scores(
    questions: "Tensor", asked: "Tensor", clauses: "Tensor", held: "Tensor"
) -> "Tensor":
    """Late interaction of every question with every clause, [questions, clauses].

    It is that of `embeddings.index.late_interaction`; the weights of tokens pass no slope on. Token
    vectors are [texts, tokens, dimension], `asked` and `held` say which of them count.
    """
    import torch  # noqa: PLC0415

    owners = torch.repeat_interleave(torch.arange(len(held)), held.sum(1))
    askers = torch.repeat_interleave(torch.arange(len(asked)), asked.sum(1))
    similar = questions[asked] @ clauses[held].T
    best = similar.new_full((len(similar), len(held)), -1.0).scatter_reduce(
        1, owners.expand(len(similar), -1), similar, "amax", include_self=False
    )
    weights = (best.max(1).values - best.median(1).values + 1e-6).detach()
    totals = weights.new_zeros(len(asked)).index_add(0, askers, weights)
    sums = best.new_zeros(len(asked), len(held)).index_add(0, askers, best * weights[:, None])
    return sums / totals.clamp(min=1e-6)[:, None]


class _Encoder:
    """Texts -> what the model makes of them, with the prefix of questions (see `build`)."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._ahead = 1 + len(self._ids(QUERY_PREFIX))

    def __call__(self, texts: Sequence[str]) -> Encoded:
        import torch  # noqa: PLC0415
        from torch.nn.functional import normalize  # noqa: PLC0415

        rows = self._tokenizer(
            [QUERY_PREFIX + text for text in texts],
            padding=True,
            truncation=True,
            max_length=LONGEST,
            return_tensors="pt",
        )
        mask = rows["attention_mask"]
        # Half the time of float32 where the processor has it; sums are kept in float32.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            layers = self._model(
                input_ids=rows["input_ids"], attention_mask=mask, output_hidden_states=True
            ).hidden_states
        states = torch.stack([layer.float() for layer in layers[-TOKEN_LAYERS:]]).mean(0)
        counted = mask[..., None].float()
        means = (layers[-1].float() * counted).sum(1) / counted.sum(1)
        place = torch.arange(mask.shape[1])
        inner = (place >= self._ahead) & (place < mask.sum(1, keepdim=True) - 1)
        return Encoded(normalize(means, dim=-1), normalize(states, dim=-1), inner)

    def within(self, texts: Sequence[str], inner: "Tensor") -> "Tensor":
        """Which tokens are of these texts and not of the gloss behind them, shaped as `inner`."""
        import torch  # noqa: PLC0415

        lengths = torch.tensor([len(self._ids(text)) for text in texts])
        return torch.arange(inner.shape[1]) < self._ahead + lengths[:, None]

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids


class _Centring:
    """Takes off vectors the running mean of their side and language; see `embeddings.index`."""

    def __init__(self) -> None:
        self._means: dict[tuple[str, str], Tensor] = {}

    def __call__(
        self,
        side: str,
        vectors: "Tensor",
        languages: Sequence[str],
        counted: "Tensor | None" = None,
    ) -> "Tensor":
        """The vectors [texts, (tokens,) dimension], centred and of length 1.

        `counted` [texts, tokens] says which tokens make the mean.
        """
        import torch  # noqa: PLC0415
        from torch.nn.functional import normalize  # noqa: PLC0415

        before = {}
        for language in sorted(set(languages)):
            rows = [row for row, other in enumerate(languages) if other == language]
            part = vectors.detach()[rows]
            mean = (part if counted is None else part[counted[rows]]).mean(0)
            before[language] = self._means.get((side, language), mean)
            self._means[side, language] = MEMORY * before[language] + (1 - MEMORY) * mean
        taken_off = torch.stack([before[language] for language in languages])
        return normalize(vectors - (taken_off if counted is None else taken_off[:, None]), dim=-1)


def _adaptable(folder: Path, recipe: Recipe) -> tuple[Any, Any]:
    """The model in a folder, with matrices to be learnt beside its own, and its tokenizer."""
    import torch  # noqa: PLC0415
    from transformers import BertModel, PreTrainedTokenizerFast  # noqa: PLC0415

    try:
        from peft import LoraConfig, get_peft_model  # noqa: PLC0415
    except ImportError as error:
        raise ExpectedError(
            "learning needs the PEFT library: pip install 'resolutions-assistant[train]'"
        ) from error
    model = BertModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32)
    settings = LoraConfig(
        r=recipe.rank,
        lora_alpha=2 * recipe.rank,
        lora_dropout=recipe.dropout,
        target_modules=_ADAPTED,
    )
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    return get_peft_model(model, settings), tokenizer


def _write(model: Any, to: Path, recipe: Recipe) -> None:
    """Put the learnt matrices into a folder in float16, in PEFT's form.

    Its own writer would add a page for a model hub and the path of the model on this machine.
    """
    import torch  # noqa: PLC0415
    from peft import get_peft_model_state_dict  # noqa: PLC0415
    from safetensors.torch import save_file  # noqa: PLC0415

    settings = {
        "peft_type": "LORA",
        "task_type": "FEATURE_EXTRACTION",
        "base_model_name_or_path": f"intfloat/{MODEL_NAME}",
        "r": recipe.rank,
        "lora_alpha": recipe.share * 2 * recipe.rank,
        "target_modules": _ADAPTED,
    }
    matrices = {
        name: matrix.to(torch.float16).contiguous()
        for name, matrix in get_peft_model_state_dict(model).items()
    }
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent) as beside:
        written = Path(beside)
        save_file(matrices, written / adapter.MATRICES)
        (written / adapter.CONFIGURATION).write_text(json.dumps(settings, indent=2) + "\n")
        to.mkdir(exist_ok=True)
        for name in (adapter.MATRICES, adapter.CONFIGURATION):
            (written / name).chmod(0o644)
            (written / name).replace(to / name)


def _tell(done: int, steps: int, loss: float, first: float) -> None:
    if done % 5 == 0 or done == steps:
        print(
            f"{time.strftime('%H:%M:%S')}  step {done} of {steps}  loss {loss:.2f}  "
            f"first {first:.2f}",
            flush=True,
        )


def options_of_learning(
    parser: argparse.ArgumentParser, *, pairs: Path, to: Path, epochs: int, seed: int
) -> argparse.ArgumentParser:
    """The parser with what can be said of anything that is learnt from pairs; with its defaults."""
    import platformdirs  # noqa: PLC0415

    parser.add_argument("--pairs", type=Path, default=pairs, help="default: those shipped")
    parser.add_argument("--to", type=Path, default=to, help="where it goes; default: its own place")
    parser.add_argument("--epochs", type=int, default=epochs, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=seed, help="default: %(default)s")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(platformdirs.user_cache_dir("resolutions-assistant", appauthor=False)),
        help="where the model is unpacked; default: %(default)s",
    )
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m embeddings.training",
        description="Learn the adapter of the packaged model from clauses and questions.",
        epilog="example: python -m embeddings.training --to /tmp/adapter --epochs 1",
    )
    return options_of_learning(
        parser, pairs=OF_ADAPTER, to=adapter.FOLDER, epochs=Recipe().epochs, seed=Recipe().seed
    )


if __name__ == "__main__":
    sys.exit(main())
