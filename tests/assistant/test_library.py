"""The corpus and its index, kept in step: atomic, repairable, safe with several at once."""

import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.library import Library
from corpus import build, store
from corpus.errors import ExpectedError, StoreError
from corpus.holdings import Corpus
from embeddings.build import background_questions
from embeddings.store import IndexMismatchError, index_folder
from tests.builders import a_revision, write_resolution
from tests.corpus.test_store import files_of, flip
from tests.fakes import FakeEncoder

ROOT = Path(__file__).resolve().parents[2]
BACKGROUND = {text for texts in background_questions().values() for text in texts}
FOUNDING = {"wtsa-75@2008", "wtsa-75@2022"}


@pytest.fixture(scope="module")
def founded(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("library") / "home"
    library = Library(home, lambda title: None)
    library.index(library.corpus(), FakeEncoder())
    return home


@pytest.fixture
def home(founded, tmp_path) -> Path:
    """A home with the founding texts and their index."""
    return Path(shutil.copytree(founded, tmp_path / "home"))


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def library(home, notices) -> Library:
    return Library(home, lambda title: None, notices.append)


def ids(corpus: Corpus) -> set[str]:
    return {revision.id for revision in corpus.revisions}


def embedded_by(encoder: FakeEncoder) -> list[str]:
    return [text for text in [*encoder.passages, *encoder.queries] if text not in BACKGROUND]


def assert_whole(home: Path) -> Corpus:
    """The state in use can be read through and through, and its index is at hand or made."""
    library = Library(home, lambda title: None)
    corpus = library.corpus()
    assert len(library.index(corpus, FakeEncoder())) == len(corpus)
    for document in corpus.documents:
        text = library.text(corpus, document.name)
        store.read_document(home, corpus, document.name)
        for clause in corpus.clauses:
            if clause.source.file == document.name:
                assert clause.source.reassemble(text) == clause.text
    return corpus


# Opening


def test_the_founding_corpus_and_its_index_are_made_when_there_is_nothing(tmp_path):
    library = Library(tmp_path / "home", lambda title: None)

    corpus = library.corpus()

    assert ids(corpus) == FOUNDING
    assert len(library.index(corpus, FakeEncoder())) == len(corpus) == 87


def test_what_is_there_is_opened_and_nothing_is_written(library, home):
    before = files_of(home)
    encoder = FakeEncoder()

    corpus = library.corpus()
    library.index(corpus, encoder)

    assert files_of(home) == before
    assert encoder.queries == encoder.passages == []


def test_a_missing_index_is_built_again(library, home):
    shutil.rmtree(home / "indexes")
    encoder = FakeEncoder()

    library.index(library.corpus(), encoder)

    assert len(embedded_by(encoder)) == 2 * 87
    assert_whole(home)


def test_an_index_that_another_command_has_built_meanwhile_is_used(library, home, monkeypatch):
    shutil.rmtree(home / "indexes")
    corpus, locked, encoder = library.corpus(), store.locked, FakeEncoder()

    @contextmanager
    def after_another(home, **more):
        monkeypatch.undo()
        Library(home, lambda title: None).index(corpus, FakeEncoder())
        with locked(home, **more):
            yield

    monkeypatch.setattr("assistant.library.store.locked", after_another)
    library.index(corpus, encoder)

    assert encoder.queries == encoder.passages == []


def test_another_model_has_an_index_of_its_own(library, home):
    other = FakeEncoder("fake-2")

    library.index(library.corpus(), other)
    library.index(library.corpus(), FakeEncoder())

    assert len(list((home / "indexes").iterdir())) == 2
    assert len(embedded_by(other)) == 2 * 87


def test_a_damaged_index_is_told_and_nothing_is_lost(library, home):
    corpus = library.corpus()
    folder = index_folder(home, corpus_digest=corpus.digest, fingerprint="fake-1")
    before = files_of(home)
    flip(folder / "tokens.npy")

    with pytest.raises(IndexMismatchError, match=r"tokens\.npy is damaged.*build --force"):
        library.index(corpus, FakeEncoder())

    flip(folder / "tokens.npy")
    assert files_of(home) == before


# Adding, removing, taking back


def test_what_is_added_is_held_and_indexed_and_taken_back_by_undo(library, home, tmp_path):
    before = library.corpus()

    change = library.add([write_resolution(tmp_path)], FakeEncoder(), {})

    assert change.added == (("pp-301@2018", "en"),)
    assert ids(assert_whole(home)) == {*FOUNDING, "pp-301@2018"}
    undone = library.undo()
    assert undone.removed == (("pp-301@2018", "en"),)
    assert library.corpus() == before
    with pytest.raises(StoreError, match="no earlier state"):
        library.undo()


def test_what_is_removed_comes_back_by_undo_and_embeds_nothing(library, home):
    before = library.corpus()
    gone = [revision for revision in before.revisions if revision.year == 2008]
    encoder = FakeEncoder()

    change = library.remove(gone, encoder)

    assert change.removed == (("wtsa-75@2008", "zh"),)
    assert ids(assert_whole(home)) == {"wtsa-75@2022"}
    library.undo()
    assert assert_whole(home) == before
    assert embedded_by(encoder) == []


def test_an_addition_embeds_what_is_new_and_nothing_else(library, tmp_path):
    encoder = FakeEncoder()

    library.add([write_resolution(tmp_path)], encoder, {})

    assert len(embedded_by(encoder)) == 2 * 5


def test_the_same_file_twice_changes_nothing(library, home, tmp_path):
    file = write_resolution(tmp_path)
    library.add([file], FakeEncoder(), {})
    before = files_of(home)
    encoder = FakeEncoder()

    change = library.add([file, file], encoder, {})

    assert (change.added, change.replaced, change.removed) == ((), (), ())
    assert files_of(home) == before
    assert encoder.queries == encoder.passages == []


def test_of_several_files_with_a_bad_one_none_is_added(library, home, tmp_path):
    bad = tmp_path / "bad.txt"
    bad.write_text("a shopping list: eggs, milk, bread, and something else to eat tonight")
    before = files_of(home)

    with pytest.raises(ExpectedError, match=r"bad\.txt"):
        library.add([write_resolution(tmp_path), bad], FakeEncoder(), {})

    assert files_of(home) == before


@pytest.mark.parametrize("stops", ["build_index", "save_index"])
def test_a_change_that_fails_before_its_index_is_there_is_none(
    library, home, tmp_path, monkeypatch, stops
):
    before = library.corpus()

    def fail(*_, **__):
        raise ExpectedError("the disk is full")

    monkeypatch.setattr(f"assistant.library.{stops}", fail)
    with pytest.raises(ExpectedError, match="the disk is full"):
        library.add([write_resolution(tmp_path)], FakeEncoder(), {})
    monkeypatch.undo()

    assert assert_whole(home) == before


def test_an_addition_again_after_undo_uses_the_index_that_is_there(library, tmp_path):
    file = write_resolution(tmp_path)
    library.add([file], FakeEncoder(), {})
    library.undo()
    encoder = FakeEncoder()

    library.add([file], encoder, {})

    assert embedded_by(encoder) == []


# A newer parser


@pytest.fixture
def newer_parser(monkeypatch) -> None:
    monkeypatch.setattr(build, "parser_fingerprint", lambda: "newer")


def test_a_corpus_that_another_parser_read_is_read_anew_with_a_notice(
    library, home, tmp_path, notices, monkeypatch
):
    library.add([write_resolution(tmp_path)], FakeEncoder(), {"year": 2017})
    old = library.corpus()
    monkeypatch.setattr(build, "parser_fingerprint", lambda: "newer")
    encoder = FakeEncoder()

    new = library.corpus()
    library.index(new, encoder)

    assert new.parser == "newer"
    assert new.clauses == old.clauses
    assert [notice.split(" were ")[0] for notice in notices] == [f"the texts in {home}"]
    assert embedded_by(encoder) == []
    notices.clear()
    assert library.corpus() == new
    assert notices == []


def test_taking_back_goes_past_what_was_only_read_anew(library, tmp_path, monkeypatch):
    before = library.corpus()
    library.add([write_resolution(tmp_path)], FakeEncoder(), {})
    monkeypatch.setattr(build, "parser_fingerprint", lambda: "newer")
    library.corpus()

    library.undo()

    assert library.corpus().clauses == before.clauses


def test_a_document_that_a_newer_parser_cannot_read_stops_nothing(
    library, home, tmp_path, notices, monkeypatch
):
    library.add([write_resolution(tmp_path)], FakeEncoder(), {})
    old = library.corpus()
    parse = build.parse_document

    def refuse(path: Path, **given):
        if path.name == "pp-301.txt":
            raise ExpectedError(f"{path.name}: its numbering is not understood")
        return parse(path, **given)

    monkeypatch.setattr(build, "parse_document", refuse)
    monkeypatch.setattr(build, "parser_fingerprint", lambda: "newer")

    new = library.corpus()

    assert new.clauses == old.clauses
    assert len(notices) == 2
    assert "pp-301.txt: pp-301@2018 could not be read anew and stays" in notices[1]
    assert_whole(home)
    library.remove([a_revision()], FakeEncoder())
    assert ids(library.corpus()) == FOUNDING


def test_a_home_that_cannot_be_written_is_read_as_it_is_with_a_notice(
    library, home, notices, monkeypatch, newer_parser
):
    before = files_of(home)
    old = store.load(home)

    def refuse(*_, **__):
        raise StoreError(f"{home} cannot be written (Read-only file system)")

    monkeypatch.setattr("assistant.library.store.locked", refuse)

    assert library.corpus() == old
    assert len(notices) == 1
    assert "cannot be read anew" in notices[0]
    assert files_of(home) == before


# Repairing


def damage_nothing(home: Path, corpus: Corpus) -> None:
    """Leaves all as it is."""


def damage_pointer(home: Path, corpus: Corpus) -> None:
    flip(home / "current", 3)


def lose_pointer(home: Path, corpus: Corpus) -> None:
    (home / "current").unlink()


def damage_clauses(home: Path, corpus: Corpus) -> None:
    flip(store.generation_folder(home, corpus.digest) / "clauses.jsonl")


def damage_manifest(home: Path, corpus: Corpus) -> None:
    flip(store.generation_folder(home, corpus.digest) / "manifest.json")


def damage_texts(home: Path, corpus: Corpus) -> None:
    for path in (store.generation_folder(home, corpus.digest) / "texts").iterdir():
        flip(path)


def damage_index(home: Path, corpus: Corpus) -> None:
    folder = index_folder(home, corpus_digest=corpus.digest, fingerprint="fake-1")
    for path in folder.rglob("*"):
        if path.is_file():
            flip(path)


def damage_all(home: Path, corpus: Corpus) -> None:
    for damage in (damage_clauses, damage_manifest, damage_texts, damage_index, lose_pointer):
        damage(home, corpus)


@pytest.mark.parametrize(
    "damage",
    [
        damage_nothing,
        damage_pointer,
        lose_pointer,
        damage_clauses,
        damage_manifest,
        damage_texts,
        damage_index,
        damage_all,
    ],
)
def test_a_forced_build_repairs_every_damage_and_loses_nothing(library, home, tmp_path, damage):
    library.add([write_resolution(tmp_path)], FakeEncoder(), {"year": 2017})
    before = library.corpus()
    damage(home, before)

    change = library.rebuild(FakeEncoder(), force=True)

    assert change.problems == ()
    assert change.corpus == before == assert_whole(home)
    library.undo()
    assert ids(assert_whole(home)) == FOUNDING


def test_a_forced_build_mends_earlier_states_with_what_was_read_anew(library, home, tmp_path):
    marked = tmp_path / "marked.txt"
    marked.write_bytes(b"\xef\xbb\xbf" + write_resolution(tmp_path).read_bytes())
    library.add([marked], FakeEncoder(), {})
    library.add([write_resolution(tmp_path, number="302")], FakeEncoder(), {})
    damage_texts(home, library.corpus())

    assert library.rebuild(FakeEncoder(), force=True).problems == ()

    assert_whole(home)
    library.undo()
    assert "pp-301@2018" in ids(assert_whole(home))


def test_a_forced_build_takes_a_document_from_a_state_that_has_it_whole(library, home, tmp_path):
    library.add([write_resolution(tmp_path)], FakeEncoder(), {})
    library.add([write_resolution(tmp_path, "b.txt", number="302")], FakeEncoder(), {})
    document = store.document_path(home, library.corpus(), "pp-301.txt")
    copy = document.read_bytes()
    document.unlink()
    document.write_bytes(copy.replace(b"turbines", b"turbanes"))  # linked no more: damaged alone

    assert library.rebuild(FakeEncoder(), force=True).problems == ()

    assert document.read_bytes() == copy


def test_a_forced_build_makes_what_is_missing_altogether(tmp_path):
    library = Library(tmp_path / "home", lambda title: None)

    change = library.rebuild(FakeEncoder(), force=True)

    assert ids(change.corpus) == FOUNDING
    assert_whole(tmp_path / "home")


def test_a_forced_build_sets_aside_what_it_cannot_tell(library, home, tmp_path, notices):
    library.add([write_resolution(tmp_path)], FakeEncoder(), {})
    corpus = library.corpus()
    for name in ("manifest.json", "manifest-copy.json"):
        flip(store.generation_folder(home, corpus.digest) / name)

    change = library.rebuild(FakeEncoder(), force=True)

    assert ids(change.corpus) == FOUNDING
    (kept,) = home.glob("damaged/*/documents/pp-301.txt")
    assert kept.read_bytes() == (tmp_path / "pp-301.txt").read_bytes()
    assert str(kept.parent) in notices[0]
    assert_whole(home)


def test_a_forced_build_leaves_no_damaged_state_to_go_back_to(library, home, tmp_path):
    first = library.corpus()
    library.add([write_resolution(tmp_path)], FakeEncoder(), {})
    damage_clauses(home, first)

    library.rebuild(FakeEncoder(), force=True)

    with pytest.raises(StoreError, match="no earlier state"):
        library.undo()


def test_a_forced_build_embeds_everything_anew(library):
    encoder = FakeEncoder()

    library.rebuild(encoder, force=True)

    assert len(embedded_by(encoder)) == 2 * 87


def test_a_plain_build_repairs_nothing_and_embeds_what_is_stale(library, home):
    encoder = FakeEncoder()
    library.rebuild(encoder, force=False)
    assert encoder.queries == encoder.passages == []

    damage_clauses(home, library.corpus())
    with pytest.raises(StoreError, match=r"clauses\.jsonl is damaged"):
        library.rebuild(encoder, force=False)


# Killed, and several at once

ADDS = """
import sys
from pathlib import Path
from assistant.library import Library
from tests.fakes import FakeEncoder

home, *files = map(Path, sys.argv[1:])
library, encoder = Library(home, lambda title: None), FakeEncoder()
print("ready", flush=True)
sys.stdin.readline()
library.index(library.corpus(), encoder)
if files:
    library.add(files, encoder, {})
print("done", flush=True)
"""


def adding(home: Path, *files: Path) -> subprocess.Popen:
    """A process that adds files when it is told to; it has said that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", ADDS, str(home), *map(str, files)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: subprocess.Popen) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.slow
def test_an_addition_that_is_killed_at_any_moment_is_done_or_was_never_begun(home, tmp_path):
    file = write_resolution(tmp_path)
    before = assert_whole(home)
    begun = time.perf_counter()
    whole = adding(Path(shutil.copytree(home, tmp_path / "other")), file)
    begun = time.perf_counter()
    begin(whole)
    assert whole.stdout.readline() == "done\n", whole.stderr.read()
    seconds = time.perf_counter() - begun
    whole.communicate()
    chance = random.Random(75)
    outcomes = []

    for at in range(18):
        process = adding(home, file)
        begin(process)
        time.sleep(seconds * (at + chance.random()) / 18)
        process.send_signal(signal.SIGKILL)
        process.communicate()

        corpus = assert_whole(home)

        done = corpus != before
        outcomes.append(done)
        assert ids(corpus) == (FOUNDING | {"pp-301@2018"} if done else FOUNDING)
        if done:
            Library(home, lambda title: None).undo()
            assert assert_whole(home) == before

    assert outcomes.count(False) >= 5  # the moments chosen do interrupt
    library = Library(home, lambda title: None)
    library.add([file], FakeEncoder(), {})
    assert ids(assert_whole(home)) == FOUNDING | {"pp-301@2018"}
    leftovers = [path for path in home.rglob(".*") if path.name.startswith(".")]
    assert leftovers == []
    assert len(list((home / "corpora").iterdir())) == 2


def test_two_additions_at_once_are_both_done(home, tmp_path):
    files = [write_resolution(tmp_path, name=f"{n}.txt", number=n) for n in ("301", "302")]
    processes = [adding(home, file) for file in files]

    for process in processes:
        begin(process)
    said = [process.communicate(timeout=120) for process in processes]

    assert [out for out, _ in said] == ["done\n", "done\n"], said
    assert ids(assert_whole(home)) == FOUNDING | {"pp-301@2018", "pp-302@2018"}


def test_two_first_uses_at_once_make_one_corpus(tmp_path):
    home = tmp_path / "new" / "home"
    processes = [adding(home), adding(home)]

    for process in processes:
        begin(process)
    said = [process.communicate(timeout=120) for process in processes]

    assert [out for out, _ in said] == ["done\n", "done\n"], said
    assert ids(assert_whole(home)) == FOUNDING
    assert len(list((home / "corpora").iterdir())) == 1
    assert len(list((home / "indexes").iterdir())) == 1


def test_who_waits_for_another_says_so(library, home, tmp_path, notices):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"

    def let_go(notice: str) -> None:
        notices.append(notice)
        process.stdin.close()

    waiting = Library(home, lambda title: None, let_go)
    waiting.add([write_resolution(tmp_path)], FakeEncoder(), {})

    process.wait(10)
    assert notices == [f"another command is at work in {home}; this one waits for it"]
    assert "pp-301@2018" in ids(assert_whole(home))


HOLDS = """
import sys
from pathlib import Path
from corpus import store

with store.locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
