"""Index folders on disk: the same when loaded, never another's, never damaged unnoticed."""

import os
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ExpectedError
from embeddings import store
from embeddings.build import build_index
from embeddings.index import ClauseIndex, Question
from embeddings.store import (
    IndexMismatchError,
    earlier_folders,
    index_folder,
    load_embedded,
    load_index,
    save_index,
)
from tests.builders import a_clause
from tests.corpus.test_store import flip
from tests.fakes import FakeEncoder

CLAUSES = [
    a_clause("to keep a register of tidal turbines;"),
    a_clause("夜间关闭港口；", label="2", language="zh"),
]
WANTED = {"corpus_digest": "0a1b", "fingerprint": "fake-1"}


@pytest.fixture(scope="module")
def index() -> ClauseIndex:
    return build_index(CLAUSES, FakeEncoder())


def saved(home: Path, index: ClauseIndex, **other: str) -> Path:
    wanted = WANTED | other
    folder = index_folder(home, **wanted)
    save_index(index, folder, model="fake", **wanted)
    return folder


def loaded(folder: Path, **other) -> ClauseIndex:
    return load_index(folder, **({"clauses": 2} | WANTED | other))


def test_what_is_stored_is_loaded_the_same(tmp_path, index):
    again = loaded(saved(tmp_path, index))

    question = Question(
        encoding=FakeEncoder().encode_queries(["tidal turbines"]),
        language="en",
        terms={"terms": ["tidal", "turbin"]},
    )
    one, other = index.search(question), again.search(question)
    assert again.languages == index.languages
    assert again.embedded.keys == index.embedded.keys
    for name, scores in one.signals.items():
        assert np.array_equal(other.signals[name], scores), name


def test_an_index_that_is_not_there_is_missing_and_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        loaded(index_folder(tmp_path, **WANTED))


def test_an_index_lies_elsewhere_for_another_corpus_model_or_recipe(tmp_path, monkeypatch):
    folders = [
        index_folder(tmp_path, **WANTED),
        index_folder(tmp_path, **WANTED | {"corpus_digest": "ff"}),
        index_folder(tmp_path, **WANTED | {"fingerprint": "../../fake-2"}),
    ]
    monkeypatch.setattr(store, "index_recipe", lambda: "another recipe")
    folders.append(index_folder(tmp_path, **WANTED))

    assert len(set(folders)) == 4
    assert {folder.parent for folder in folders} == {tmp_path / "indexes"}


@pytest.mark.parametrize(
    "other", [{"corpus_digest": "ff"}, {"fingerprint": "fake-2"}, {"clauses": 3}]
)
def test_an_index_of_something_else_is_refused(tmp_path, index, other):
    folder = saved(tmp_path, index)

    with pytest.raises(IndexMismatchError, match="was built with"):
        loaded(folder, **other)


def test_a_flipped_bit_in_any_file_is_noticed(tmp_path, index):
    folder = saved(tmp_path, index)
    files = sorted(path for path in folder.rglob("*") if path.is_file())

    assert len(files) > 10
    for path in files:
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1}:
            flip(path, at)
            with pytest.raises(IndexMismatchError, match="resolutions build --force") as told:
                loaded(folder)
            assert "\n" not in str(told.value)
            path.write_bytes(whole)
    assert len(loaded(folder)) == 2


def test_every_part_of_the_manifest_counts(tmp_path, index):
    path = saved(tmp_path, index) / "manifest.json"
    whole = path.read_bytes()

    for at in range(0, len(whole), 9):
        flip(path, at)
        with pytest.raises(IndexMismatchError):
            loaded(path.parent)
        path.write_bytes(whole)


def test_a_file_that_is_gone_or_cut_is_noticed(tmp_path, index):
    folder = saved(tmp_path, index)
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(IndexMismatchError):
            loaded(folder)
        path.unlink()
        with pytest.raises(IndexMismatchError, match="No such file"):
            loaded(folder)
        path.write_bytes(whole)


def test_storing_again_takes_the_place_of_what_is_damaged(tmp_path, index):
    folder = saved(tmp_path, index)
    flip(folder / "path.npy")

    assert saved(tmp_path, index) == folder

    assert len(loaded(folder)) == 2
    assert [path.name for path in (tmp_path / "indexes").iterdir()] == [folder.name]


def test_a_full_disk_leaves_the_old_index(tmp_path, index, monkeypatch):
    folder = saved(tmp_path, index)
    monkeypatch.setattr(store.np, "savez", refuse)

    with pytest.raises(ExpectedError, match="No space left on device"):
        saved(tmp_path, index)

    monkeypatch.undo()
    assert len(loaded(folder)) == 2
    assert [path.name for path in (tmp_path / "indexes").iterdir()] == [folder.name]


def refuse(*_, **__):
    raise OSError(28, "No space left on device")


def test_a_home_that_cannot_be_written_is_told_in_a_line(tmp_path, index):
    (tmp_path / "file").write_text("")

    with pytest.raises(ExpectedError, match="RESOLUTIONS_HOME") as told:
        saved(tmp_path / "file" / "home", index)

    assert "\n" not in str(told.value)


def test_the_vectors_alone_are_loaded_for_another_index(tmp_path, index, monkeypatch):
    folder = saved(tmp_path, index)

    embedded = load_embedded(folder, fingerprint="fake-1")

    assert embedded.keys == index.embedded.keys
    assert np.array_equal(embedded.path, index.embedded.path)
    with pytest.raises(IndexMismatchError, match="another way"):
        load_embedded(folder, fingerprint="fake-2")
    monkeypatch.setattr(store, "_vector_recipe", lambda: "by another prefix")
    with pytest.raises(IndexMismatchError, match="another way"):
        load_embedded(folder, fingerprint="fake-1")


def test_earlier_indexes_of_a_model_are_found_newest_first(tmp_path, index, monkeypatch):
    first = saved(tmp_path, index)
    other = saved(tmp_path, index, corpus_digest="ff")
    saved(tmp_path, index, fingerprint="fake-2")
    os.utime(first, (1, 1))

    assert earlier_folders(tmp_path, fingerprint="fake-1") == (other, first)
    assert earlier_folders(tmp_path, fingerprint="fake-1", corpus_digest="0a1b") == (first,)
    assert earlier_folders(tmp_path / "nowhere", fingerprint="fake-1") == ()


def test_an_index_by_another_recipe_goes_when_the_new_one_is_there(tmp_path, index, monkeypatch):
    monkeypatch.setattr(store, "index_recipe", lambda: "old recipe")
    old = saved(tmp_path, index)
    monkeypatch.undo()

    new = saved(tmp_path, index)

    assert old != new
    assert not old.exists()
    assert len(loaded(new)) == 2
