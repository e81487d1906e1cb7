"""Small cases, clauses, systems and an encoder without a model, for the tests of the evaluation."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.clauses import Clause, Revision, Source
from embeddings.encoder import Encoding, Progress
from eval.cases import Case, digest_of_cases
from eval.measure import Measurement, Outcome, measure
from eval.provenance import Provenance
from eval.report import Run, run_of

SCHEMAS = Path(__file__).resolve().parents[2] / "eval" / "schemas"


def a_case(id_: str = "fact-zh-001", **changes: Any) -> Case:
    """An answerable Chinese question to be measured on."""
    fields: dict[str, Any] = {
        "split": "test",
        "kind": "fact",
        "language": "zh",
        "question": f"谁提交报告（{id_}）？",
        "relevant": ("wtsa-75@2022/instructs/1",),
    }
    return Case(id=id_, **(fields | changes))


def an_unanswerable_case(id_: str = "far-zh-001", **changes: Any) -> Case:
    fields: dict[str, Any] = {
        "kind": "unanswerable-far",
        "relevant": (),
        "reason": "no-evidence",
        "question": f"今天天气怎么样（{id_}）？",
    }
    return a_case(id_, **(fields | changes))


def a_line(**changes: Any) -> dict[str, Any]:
    """A proper case as it stands in a file."""
    record: dict[str, Any] = {
        "id": "fact-zh-001",
        "split": "test",
        "kind": "fact",
        "language": "zh",
        "question": "谁提交报告？",
        "history": [],
        "relevant": ["wtsa-75@2022/instructs/1"],
        "match": "any",
        "reason": None,
        "second": None,
    }
    return record | changes


def write_lines(file: Path, *records: Mapping[str, Any] | str) -> Path:
    """A file of cases; a string stands for a line as it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def a_clause(
    label: str,
    text: str,
    *,
    section: str = "instructs",
    year: int = 2022,
    start: int = 0,
    language: str = "zh",
    file: str = "a.txt",
) -> Clause:
    """A clause of WTSA Resolution 75 that stands at `start` of `file`."""
    return Clause(
        revision=Revision("wtsa", "75", year, "Geneva", language, "title"),
        section=section,
        phrase="责成",
        addressees=("Director of TSB",),
        label=label,
        text=text,
        source=Source(file, ((start, start + len(text)),)),
    )


def answered(*cited: str, probability: float = 0.9, proven: bool = True) -> Outcome:
    return Outcome("answered", None, cited, quotes_proven=proven, probability=probability)


def refused(reason: str = "no-evidence", probability: float = 0.1) -> Outcome:
    return Outcome("refused", reason, (), quotes_proven=True, probability=probability)


class ScriptedSystem:
    """Replies by question what it was told to; for anything else it finds and answers nothing."""

    name = "scripted"

    def __init__(
        self,
        rankings: Mapping[str, Sequence[str]] | None = None,
        outcomes: Mapping[str, Outcome] | None = None,
    ) -> None:
        self._rankings = rankings or {}
        self._outcomes = outcomes or {}
        self.histories: list[tuple[str, ...]] = []

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        self.histories.append(tuple(history))
        found = self._rankings.get(question, ())
        return [(id_, 1.0 / place) for place, id_ in enumerate(found, start=1)][:top]

    def ask(self, question: str, *, history: Sequence[str]) -> Outcome:
        return self._outcomes.get(question, refused())


def ticking(step: float = 0.001) -> Any:
    """A clock that moves on by `step` seconds whenever it is read."""
    ticks: Iterator[float] = iter(np.arange(0, 10_000) * step)
    return lambda: next(ticks)


def measured(
    cases: Sequence[Case], rankings: Mapping[str, Sequence[str]], outcomes: Mapping[str, Outcome]
) -> Measurement:
    """What comes of cases whose rankings and replies are given by case id."""
    asked = {case.id: case.question for case in cases}
    system = ScriptedSystem(
        {asked[id_]: found for id_, found in rankings.items()},
        {asked[id_]: outcome for id_, outcome in outcomes.items()},
    )
    return measure(system, cases, clock=ticking())


def a_run(
    cases: Sequence[Case],
    rankings: Mapping[str, Sequence[str]],
    outcomes: Mapping[str, Outcome],
    **provenance: Any,
) -> Run:
    """The run over these cases, with a provenance that is the same for the same cases."""
    fields: dict[str, Any] = {
        "model": "m",
        "corpus": "c" * 8,
        "cases": digest_of_cases(cases),
        "code": "d" * 8,
        "commit": None,
        "versions": {"python": "3.11"},
    }
    made = provenance.pop("made", "2026-01-01T00:00:00+00:00")
    return run_of(
        measured(cases, rankings, outcomes),
        selection={"split": "test", "corpus": "founding"},
        provenance=Provenance(**(fields | provenance)),
        made=made,
    )


class LetterEncoder:
    """Texts as counts of hashed letter pairs: alike texts get alike vectors, without a model."""

    name = "letters"
    fingerprint = "letters-1"
    dimension = 64
    window = 512

    def __init__(self) -> None:
        self.asked: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text)

    def encode_queries(self, texts: Sequence[str]) -> Encoding:
        self.asked.extend(texts)
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encoding:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Encoding:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        tokens = []
        for row, text in enumerate(texts):
            places = [_bucket(text[at : at + 2]) for at in range(max(1, len(text) - 1))]
            for place in places:
                vectors[row, place] += 1
            tokens.append(np.eye(self.dimension, dtype=np.float32)[places])
        return Encoding(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), tuple(tokens))


def _bucket(pair: str) -> int:
    return hashlib.sha256(pair.encode()).digest()[0] % LetterEncoder.dimension
