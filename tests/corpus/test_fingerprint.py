"""The fingerprint of what a module stands on: enough, and no more."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import fingerprint
from corpus.fingerprint import source_fingerprint, sources_of

ROOT = Path(fingerprint.__file__).resolve().parent.parent
LOADED = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
ours = [n for n in sys.modules if n.split(".")[0] in ("corpus", "embeddings") and "." in n]
print(json.dumps([m.__file__ for n in ours if (m := sys.modules[n]).__file__]))
"""
READERS = [f"corpus.readers.{name}" for name in ("text", "docx", "pdf", "html")]


def names(module: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in sources_of(module)}


@pytest.mark.parametrize(
    ("module", "and_later"), [("corpus.parse", READERS), ("embeddings.build", [])]
)
def test_all_that_is_imported_counts(module, and_later):
    command = [sys.executable, "-c", LOADED, module, *and_later]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    loaded = {Path(file).relative_to(ROOT).as_posix() for file in json.loads(said.stdout)}
    loaded = {name for name in loaded if not name.endswith("__init__.py")}

    assert len(loaded) > 5
    assert loaded - names(module) == set()


def test_what_makes_no_clauses_does_not_count_for_the_parser():
    counted = names("corpus.parse")

    assert {"corpus/structure.py", "corpus/readers/docx.py", "corpus/data/phrases.toml"} <= counted
    for other in ("references", "citations", "lineage", "store", "holdings", "build", "benchmark"):
        assert f"corpus/{other}.py" not in counted
    assert not {name for name in counted if name.startswith("embeddings/")}


def test_data_that_a_module_names_counts():
    assert "corpus/data/terms.toml" in names("embeddings.build")
    assert "embeddings/data/background.toml" in names("embeddings.build")


def test_it_changes_with_the_source_of_an_import_and_with_nothing_else(tmp_path, monkeypatch):
    package = tmp_path / "corpus"
    (package / "data").mkdir(parents=True)
    (package / "one.py").write_text(
        "def f():\n    from corpus import (\n        two,  # why\n    )\n"
    )
    (package / "two.py").write_text('DATA = "names.toml"\n')
    (package / "three.py").write_text("pass\n")
    (package / "data" / "names.toml").write_text("a = 1\n")
    monkeypatch.setattr(fingerprint, "_ROOT", tmp_path)

    def now() -> str:
        source_fingerprint.cache_clear()
        return source_fingerprint("corpus.one")

    first = now()
    (package / "three.py").write_text("changed = True\n")
    assert now() == first
    (package / "two.py").write_text('DATA = "names.toml"  # changed\n')
    second = now()
    assert second != first
    (package / "data" / "names.toml").write_text("a = 2\n")
    assert now() not in (first, second)
    source_fingerprint.cache_clear()
