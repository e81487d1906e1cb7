"""What keeps the assistant fast, told without a clock: what is not loaded, and not done twice."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant import benchmark
from assistant.settings import Settings
from assistant.wiring import Workplace
from corpus.lineage import align
from corpus.terms import load_termbank
from embeddings.vocabulary import find_words
from tests.fakes import FakeEncoder

ROOT = Path(__file__).parents[2]
HEAVY = (
    "bm25s",
    "gradio",
    "langchain_text_splitters",
    "onnx",
    "pydantic",
    "rich",
    "scipy",
    "sentence_transformers",
    "torch",
    "transformers",
)
COMMAND = """
import sys, json
from pathlib import Path
from assistant import cli, wiring
from tests.fakes import FakeEncoder
wiring.open_encoder = lambda *_, **__: FakeEncoder()
code = cli.main(json.loads(sys.argv[1]))
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The founding texts with an index, as an earlier command left them."""
    home = tmp_path_factory.mktemp("home")
    opened = Workplace(Settings(home=home, cache=home))
    opened.__dict__["encoder"] = FakeEncoder()
    assert opened.assistant
    return opened


def loaded_by(script: str, *arguments: str, home: Path) -> list[str]:
    """The names of what a process of its own has imported at its end; it has to succeed."""
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
        env={**os.environ, "RESOLUTIONS_HOME": str(home), "PYTHONIOENCODING": "utf-8"},
    )
    code, modules = json.loads(ended.stdout.splitlines()[-1])
    assert code == 0, ended.stderr
    assert isinstance(modules, list)
    return modules


@pytest.mark.parametrize(
    "command",
    [
        ["search", "谁负责执行该决议？", "--json"],
        ["search", "Who reports to the Council?", "--json"],
        ["cite", "The Director is to keep members informed", "--json"],
        ["show", "wtsa-75@2022/resolves/2"],
        ["list"],
    ],
)
def test_a_command_loads_nothing_that_it_does_not_need(place, command):
    modules = loaded_by(COMMAND, json.dumps(command), home=place.settings.home)

    assert not set(HEAVY) & set(modules)


def test_a_reranker_that_is_named_is_not_loaded_by_what_ranks_nothing(place, monkeypatch):
    monkeypatch.setenv("RESOLUTIONS_RERANKER", "./nowhere")

    modules = loaded_by(COMMAND, json.dumps(["list"]), home=place.settings.home)

    assert not set(HEAVY) & set(modules)


def test_the_engine_of_the_packaged_model_loads_neither_torch_nor_transformers(tmp_path):
    script = (
        "import sys, json, embeddings.onnx_encoder, embeddings.models, onnxruntime, tokenizers;"
        "print(json.dumps([0, sorted({name.partition('.')[0] for name in sys.modules})]))"
    )

    modules = loaded_by(script, home=tmp_path)

    assert not {"torch", "transformers", "sentence_transformers", "scipy"} & set(modules)


def test_help_loads_no_numbers_and_no_corpus(tmp_path):
    script = (
        "import sys, json\nfrom assistant import cli\ncode = cli.main(['--help'])\n"
        "print(json.dumps([code, sorted(sys.modules)]))"
    )

    modules = loaded_by(script, home=tmp_path)

    assert not {"numpy", "faiss", "corpus.terms", "corpus.phrases", "platformdirs"} & set(modules)


def test_two_revisions_are_aligned_once(place):
    old, new = (place.corpus.of_revision(name) for name in ("wtsa-75@2008", "wtsa-75@2022"))

    first, second = align(old, new), align(list(old), list(new))

    assert first is second
    assert align(new, old) is not first


def test_a_text_is_looked_up_once_for_all_steps():
    question = "What must the Director of TSB report to the Council?"

    first, second = load_termbank().find(question), load_termbank().find(question)

    assert first is second
    assert find_words(question, "en") is find_words(question, "en")


def test_a_finding_holds_up_to_its_bound():
    kept = benchmark.Finding("search, cold", 2.0, 2.0, "s")
    broken = replace(kept, figure=2.01)

    assert str(kept).startswith("holds")
    assert str(broken).startswith("FAILS")


@pytest.mark.parametrize(("figure", "code"), [(0.1, 0), (100.0, 1)])
def test_the_benchmark_ends_with_1_when_a_bound_is_broken(place, monkeypatch, capsys, figure, code):
    finding = benchmark.Finding("measured", figure, 1.0, "s")
    monkeypatch.setattr(benchmark, "open_encoder", lambda **_: FakeEncoder())
    monkeypatch.setattr(benchmark, "Workplace", lambda _: place)
    for name in ("_help", "_build", "_answering"):
        monkeypatch.setattr(benchmark, name, lambda *_: replace(finding, figure=0.1))
    monkeypatch.setattr(benchmark, "_cold", lambda _: [])
    monkeypatch.setattr(benchmark, "_ratio", lambda *_: finding)

    ended = benchmark.main(["--quick"])

    assert ended == code
    assert ("FAILS" in capsys.readouterr().out) == bool(code)


def test_rankings_are_the_same_only_with_the_same_clauses_in_order_and_scores():
    one = {"clause": {"id": "wtsa-75@2022/resolves/1", "language": "zh"}, "score": 0.5}
    other = {"clause": {"id": "wtsa-75@2022/resolves/2", "language": "zh"}, "score": 0.4}

    assert benchmark._same_hits([one, other], [one, {**other, "score": 0.400001}])
    assert not benchmark._same_hits([one, other], [other, one])
    assert not benchmark._same_hits([one, other], [one, {**other, "score": 0.41}])
    assert not benchmark._same_hits([one, other], [one])


def test_the_large_corpus_has_other_clauses_beside_those_held(place, tmp_path):
    large = benchmark.large_assistant(place, 300, folder=tmp_path)

    clauses = large.corpus.clauses
    held = place.corpus.clauses
    assert len(clauses) == len({clause.key for clause in clauses}) == 300
    assert clauses[: len(held)] == held
    assert len({clause.text for clause in clauses[len(held) :]}) > 200
    index = large.retriever._index
    lengths = np.linalg.norm(index.embedded.path, axis=1)
    assert np.allclose(lengths, 1.0, atol=1e-3)
    found = large.search(large.understand("Who reports to the Council?"), top=5)
    assert len(found) == 5
