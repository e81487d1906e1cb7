"""Whether the assistant keeps its bounds on this machine: `python -m assistant.benchmark`.

Each line tells a figure, its bound and whether it holds; the exit code is 1 when one fails. What is
compared is measured in turns within one run, and bounded as a ratio where it can be: seconds mean
little on another machine, or on one where others work, and the load is printed first for that
reason. `--quick` leaves the corpus of 10,000 clauses out, which takes minutes and 1 GB of disk.

That corpus is made of the one that is built in: beside its clauses stand others that are put
together from thirds of three of them, in resolutions of the same make, with the token vectors of
those thirds and a little noise. It has the sizes, the words and the nearness of real clauses; what
ranks highest in it means nothing.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as every command does, before NumPy is loaded

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import operations
from assistant.answering import Assistant
from assistant.retriever import Retriever
from assistant.settings import Settings
from assistant.wiring import Workplace
from corpus.clauses import Clause
from corpus.errors import ExpectedError
from corpus.holdings import Corpus
from embeddings.encoder import Encoder, Vectors
from embeddings.index import ClauseIndex, Embedded
from embeddings.lexical import TERMS_OF, Lexical
from embeddings.models import open_encoder

HELP_SECONDS = 0.5
COLD_SECONDS = 2.0
BUILD_SECONDS = 30.0
HELD_RATIO = 2.5  # of question to ranking, over the embedding of the question alone
LARGE_RATIO = 4.0
ASK_MILLISECONDS = 20.0  # of an answer, beyond the embedding of the question alone

LARGE = 10_000  # clauses
_ROUNDS = 15
_COLD_ROUNDS = 3
_TOP = 10
_NOISE = 0.02  # of the length of a token vector
_NOISES = 4099  # different ones; a prime, so that they fall on other tokens in every clause

QUESTIONS = (
    "电信标准化局主任应向谁提交报告？",
    "请所有利益攸关方在落实信息社会世界峰会成果方面做什么？",
    "What must the Director of TSB report, and to whom?",
    "How are the Sustainable Development Goals related to the WSIS outcomes?",
    "Quels sont les travaux du Groupe de travail du Conseil sur l’Internet ?",
    "Que dit la résolution de la fracture numérique ?",
    "¿Qué se pide a los Estados Miembros?",
    "¿Quién puede participar en las consultas públicas sobre Internet?",
    "Кому отчитывается Директор БСЭ?",
    "Что говорится в резолюции об управлении использованием интернета?",
    "ما الذي يطلب من مدير مكتب تقييس الاتصالات؟",
    "ما دور الاتحاد في تنفيذ نواتج القمة العالمية لمجتمع المعلومات؟",
)
PASSAGE = (
    "The Director of the Telecommunication Standardization Bureau should inform the membership "
    "every year of what was done to carry out the outcomes of the World Summit."
)

_NO_FILTERS: Mapping[str, Any] = {"ignored": []}


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure and the bound that it has to keep."""

    what: str
    figure: float
    bound: float
    unit: str  # "s", "ms", "x"
    details: str = ""

    @property
    def holds(self) -> bool:
        return self.figure <= self.bound

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "FAILS"
        figures = f"{self.figure:8.2f} {self.unit:2} <= {self.bound:5.1f} {self.unit:2}"
        return f"{verdict}  {self.what:44} {figures}  {self.details}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the findings; 0 when every bound holds, 1 when one fails, 2 when it cannot be told."""
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-", dir=options.scratch) as scratch:
            return _measured(Path(scratch), quick=options.quick)
    except ExpectedError as failure:
        print(f"python -m assistant.benchmark: {failure}", file=sys.stderr)
        return 2


def _measured(scratch: Path, *, quick: bool) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    print(f"{cores} cores, load {load:.1f}" + ("; others work here" if load > 0.5 else ""))
    settings = replace(Settings.from_environment(), home=scratch / "home", model=None)
    open_encoder(cache=settings.cache)  # unpacked once and for all, and not in any figure
    failed = False

    def tell(*findings: Finding) -> None:
        nonlocal failed
        for finding in findings:
            failed |= not finding.holds
            print(finding, flush=True)

    tell(_help(settings), _build(settings))
    place = Workplace(settings)
    tell(*_cold(place))
    tell(
        _ratio(f"question to ranking, {len(place.corpus)} clauses", place.assistant, HELD_RATIO),
        _answering(place),
    )
    if not quick:
        large = large_assistant(place, LARGE, folder=scratch)
        what = f"question to ranking, {len(large.corpus):,} clauses"
        tell(_ratio(what, large, LARGE_RATIO))
    return int(failed)


# --- whole processes ------------------------------------------------------------------------------


def _help(settings: Settings) -> Finding:
    seconds = [_process(settings, "--help")[0] for _ in range(_COLD_ROUNDS + 2)]
    return Finding(
        "--help, cold", statistics.median(seconds), HELP_SECONDS, "s", f"best {min(seconds):.2f}"
    )


def _build(settings: Settings) -> Finding:
    seconds, _ = _process(settings, "build", "--force")
    return Finding("build of the founding texts", seconds, BUILD_SECONDS, "s")


def _cold(place: Workplace) -> list[Finding]:
    """`search` and `cite` as whole processes, whose rankings have to be those of a warm one."""
    searched: list[float] = []
    cited: list[float] = []
    differing: list[str] = []
    for question in QUESTIONS[::3]:
        warm = operations.search(place, {"question": question}, top=_TOP, filters=_NO_FILTERS)
        for _ in range(_COLD_ROUNDS):
            seconds, printed = _process(
                place.settings, "search", question, "--json", "--top", f"{_TOP}"
            )
            searched.append(seconds)
            if not _same_hits(warm["hits"], json.loads(printed)["hits"]):
                differing.append(question)
    warm = operations.cite(
        place, {"passage": PASSAGE}, top=_TOP, language=None, filters=_NO_FILTERS
    )
    for _ in range(_COLD_ROUNDS):
        seconds, printed = _process(place.settings, "cite", PASSAGE, "--json", "--top", f"{_TOP}")
        cited.append(seconds)
        if not _same_hits(warm["precedents"], json.loads(printed)["precedents"]):
            differing.append(PASSAGE)
    findings = [
        Finding(
            f"{name}, cold",
            statistics.median(seconds),
            COLD_SECONDS,
            "s",
            f"best {min(seconds):.2f}, worst {max(seconds):.2f}",
        )
        for name, seconds in (("search", searched), ("cite", cited))
    ]
    different = "; ".join(dict.fromkeys(differing))
    return [
        *findings,
        Finding("rankings that differ, cold and warm", len(differing), 0, "", different),
    ]


def _same_hits(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two rankings have the same clauses in the same order, and scores but for rounding."""
    ids = [
        [(hit["clause"]["id"], hit["clause"]["language"]) for hit in hits] for hits in (one, other)
    ]
    scores = [np.array([hit["score"] for hit in hits]) for hits in (one, other)]
    return ids[0] == ids[1] and bool(np.allclose(scores[0], scores[1], atol=1e-4))


def _process(settings: Settings, *arguments: str) -> tuple[float, str]:
    """Seconds that a command takes as a process of its own, and what it printed.

    Raises ExpectedError when the command fails.
    """
    environment = {
        **os.environ,
        "RESOLUTIONS_HOME": str(settings.home),
        "RESOLUTIONS_CACHE": str(settings.cache),
    }
    environment.pop("RESOLUTIONS_MODEL", None)
    started = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env=environment,
        encoding="utf-8",
    )
    seconds = time.perf_counter() - started
    if ended.returncode:
        raise ExpectedError(f"resolutions {arguments[0]} failed: {ended.stderr.strip()}")
    return seconds, ended.stdout


# --- in one process -------------------------------------------------------------------------------


def _ratio(what: str, assistant: Assistant, bound: float) -> Finding:
    """Question to ranked clauses over the bare embedding of the question, in turns."""
    embedding, ranking = _in_turns(
        lambda question: assistant.retriever.encoder.encode_queries([question]),
        lambda question: assistant.search(assistant.understand(question), top=_TOP),
    )
    ratios = sorted(np.array(ranking) / np.array(embedding))
    p50, p95 = np.percentile(ratios, (50, 95))
    return Finding(
        what,
        float(p50),
        bound,
        "x",
        f"p95 {p95:.2f} x; {_spread(ranking)} over {_spread(embedding)}",
    )


def _answering(place: Workplace) -> Finding:
    """What `ask` takes beyond the bare embedding of the question, in turns."""
    embedding, asking = _in_turns(
        lambda question: place.encoder.encode_queries([question]),
        lambda question: operations.ask(place, {"question": question}, filters=_NO_FILTERS),
    )
    p50, p95 = np.percentile(np.array(asking) - np.array(embedding), (50, 95))
    return Finding(
        "ask, beyond the embedding of the question",
        float(p50),
        ASK_MILLISECONDS,
        "ms",
        f"p95 {p95:.1f} ms; {_spread(asking)} over {_spread(embedding)}",
    )


def _in_turns(*calls: Callable[[str], object]) -> list[list[float]]:
    """Per call the milliseconds that it takes: of each question the median over the rounds."""
    taken: dict[tuple[int, str], list[float]] = {}
    for turn in range(_ROUNDS + 1):
        for question in QUESTIONS:
            for place, call in enumerate(calls):
                started = time.perf_counter()
                call(question)
                if turn:  # the first loads what is loaded once
                    taken.setdefault((place, question), []).append(time.perf_counter() - started)
    return [
        [1000 * statistics.median(taken[place, question]) for question in QUESTIONS]
        for place in range(len(calls))
    ]


def _spread(milliseconds: Sequence[float]) -> str:
    p50, p95 = np.percentile(milliseconds, (50, 95))
    return f"{p50:.1f} ms (p95 {p95:.1f})"


# --- a large corpus -------------------------------------------------------------------------------


def large_assistant(place: Workplace, size: int, *, folder: Path) -> Assistant:
    """An assistant over `size` clauses: those held, and recombined ones.

    The token vectors lie in a file in `folder`, as those of any large index do.
    """
    held = place.corpus.clauses
    index = place.library.index(place.corpus, place.encoder)
    parts = _recombinations(held, size)
    clauses = tuple(_recombined(held, numbers, copy) for copy, numbers in parts)
    corpus = Corpus(clauses=clauses, documents=place.corpus.documents, digest="benchmark")
    sources = [numbers for _, numbers in parts]
    large = ClauseIndex(
        embedded=_embedded(index.embedded, sources, folder / "tokens.npy"),
        languages=[clause.revision.language for clause in clauses],
        background=index.background,
        hubs={
            name: np.array([scores[numbers[0]] for numbers in sources], np.float32)
            for name, scores in index.hubs.items()
        },
        lexical=_lexical(held, sources),
    )
    encoder: Encoder = place.encoder
    return Assistant(
        corpus=corpus, retriever=Retriever(corpus=corpus, index=large, encoder=encoder)
    )


_Numbers = tuple[int, int, int]  # the clauses that give the first, middle and last third


def _recombinations(held: Sequence[Clause], size: int) -> list[tuple[int, _Numbers]]:
    """Per clause the copy of the corpus that it stands in, and the clauses that it is made of.

    Copy 0 is the corpus as it is. No two clauses are made of the same thirds.
    """
    random = np.random.default_rng(1)
    parts: list[tuple[int, _Numbers]] = [(0, (row, row, row)) for row in range(len(held))]
    seen: set[_Numbers] = {numbers for _, numbers in parts}
    while len(parts) < size:
        first = len(parts) % len(held)
        numbers = (first, int(random.integers(len(held))), int(random.integers(len(held))))
        if numbers not in seen:
            seen.add(numbers)
            parts.append((len(parts) // len(held), numbers))
    return parts[:size]


def _recombined(held: Sequence[Clause], numbers: _Numbers, copy: int) -> Clause:
    """A clause in the place of the first, in a resolution of its own for each copy."""
    base = held[numbers[0]]
    if not copy:
        return base
    revision = replace(base.revision, number=f"{1000 + copy}")
    thirds = [_third(held[number].text, part) for part, number in enumerate(numbers)]
    return replace(base, revision=revision, text="".join(thirds).strip() or base.text, notes=())


def _third(text: str, part: int) -> str:
    return text[part * len(text) // 3 : (part + 1) * len(text) // 3]


def _embedded(known: Embedded, sources: Sequence[_Numbers], file: Path) -> Embedded:
    """The vectors of recombined clauses; those of tokens in a file that is mapped into memory."""
    random = np.random.default_rng(2)
    first_piece = np.searchsorted(known.owners, np.arange(known.owners[-1] + 1))
    tokens = [known.piece_tokens(int(piece)) for piece in first_piece]
    lengths = [
        sum(len(_rows(tokens[number], part)) for part, number in enumerate(numbers))
        for numbers in sources
    ]
    bounds = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    shape = (int(bounds[-1]), known.tokens.shape[1])
    written = np.lib.format.open_memmap(file, mode="w+", dtype=np.float16, shape=shape)
    noises = _unit(random.standard_normal((_NOISES, shape[1]), np.float32)) * _NOISE
    for at, numbers in enumerate(sources):
        thirds = [_rows(tokens[number], part) for part, number in enumerate(numbers)]
        places = np.arange(bounds[at], bounds[at + 1]) % _NOISES
        written[bounds[at] : bounds[at + 1]] = np.concatenate(thirds) + noises[places]
    written.flush()
    del written

    def mixed(vectors: Vectors) -> Vectors:
        of_clauses = vectors[first_piece]
        sums = np.sum([of_clauses[list(column)] for column in zip(*sources, strict=True)], axis=0)
        return _unit(sums / 3 + noises[np.arange(len(sources)) % _NOISES])

    return Embedded(
        keys=tuple(map(str, range(len(sources)))),
        owners=np.arange(len(sources), dtype=np.int64),
        path=mixed(known.path),
        text=mixed(known.text),
        tokens=np.load(file, mmap_mode="r", allow_pickle=False),
        token_bounds=bounds,
    )


def _rows(tokens: NDArray[np.float16], part: int) -> NDArray[np.float16]:
    return tokens[part * len(tokens) // 3 : (part + 1) * len(tokens) // 3]


def _lexical(held: Sequence[Clause], sources: Sequence[_Numbers]) -> dict[str, Lexical]:
    """The lexical indexes; the terms of a third are found once, and not per clause."""
    found = {}
    for name, of in TERMS_OF.items():
        thirds = [
            [of(_third(clause.text, part), clause.revision.language) for part in range(3)]
            for clause in held
        ]
        found[name] = Lexical.build(
            [
                [term for part, number in enumerate(numbers) for term in thirds[number][part]]
                for numbers in sources
            ]
        )
    return found


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant.benchmark",
        description="Hold the assistant to its bounds of time; exit 1 when one fails.",
    )
    parser.add_argument("--quick", action="store_true", help=f"without the {LARGE:,} clauses")
    parser.add_argument("--scratch", type=Path, help="where 1 GB may lie for a while")
    return parser


if __name__ == "__main__":
    sys.exit(main())
