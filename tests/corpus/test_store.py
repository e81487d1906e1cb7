"""The store on disk: whole or unchanged, whatever happens to it."""

import json
import multiprocessing
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import store
from corpus.errors import StoreError
from corpus.holdings import Corpus, Document, DocumentProblem
from tests.builders import a_clause

TEXT = "RESOLUTION 301\n1 to keep a register of tidal turbines;\n"
DATA = TEXT.encode() + b"\r\n"


def a_document(name: str = "pp-301.txt", data: bytes = DATA, text: str = TEXT, **given) -> Document:
    import hashlib

    usual = {
        "name": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "kept": (("pp-301@2018", "en"),),
    }
    return Document(**(usual | given))


def staged(home: Path, *words: str, parser: str = "p1", earlier: str = "", **given) -> Corpus:
    """A generation with one document, and a clause for each of the words."""
    clauses = [a_clause(text, label=str(at)) for at, text in enumerate(words or ("one",), start=1)]
    document = a_document(**given)
    files = {} if earlier else {document.name: store.StoredFile(DATA, TEXT)}
    return store.stage(
        home, clauses=clauses, documents=[document], files=files, parser=parser, earlier=earlier
    )


def in_use(home: Path, *words: str, **given) -> Corpus:
    corpus = staged(home, *words, **given)
    store.activate(home, corpus.digest)
    return corpus


def flip(path: Path, at: int | None = None) -> None:
    """Changes one bit of one byte."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    path.write_bytes(data)


def files_of(home: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


# Storing and loading


def test_what_is_stored_is_loaded_the_same(tmp_path):
    document = a_document(
        origin="added",
        rights="©",
        dropped=(("pp-302@2018", "en"),),
        given=(("body", "pp"), ("year", 2018)),
        problems=(DocumentProblem("odd", "a label is missing", 7),),
        coverage=0.98,
    )
    clauses = [a_clause("first"), a_clause("第二", label="2", language="zh")]

    corpus = store.stage(
        tmp_path,
        clauses=clauses,
        documents=[document],
        files={document.name: store.StoredFile(DATA, TEXT)},
        parser="p1",
    )
    store.activate(tmp_path, corpus.digest)

    assert store.load(tmp_path) == corpus
    assert corpus.clauses == tuple(clauses)
    assert (corpus.documents, corpus.parser) == ((document,), "p1")
    assert store.read_text(tmp_path, corpus, document.name) == TEXT
    assert store.read_document(tmp_path, corpus, document.name) == DATA


def test_nothing_is_held_where_nothing_was_stored(tmp_path):
    assert store.load(tmp_path) is None
    assert store.load(tmp_path / "not-there") is None
    assert store.history(tmp_path) == ()


def test_what_is_only_staged_is_not_in_use(tmp_path):
    first = in_use(tmp_path, "one")

    second = staged(tmp_path, "one", "two")

    assert store.load(tmp_path) == first
    assert second.digest != first.digest


@pytest.mark.parametrize(
    "other",
    [
        {"words": ("another",)},
        {"words": ("one", "two")},
        {"parser": "p2"},
        {"given": (("year", 2018),)},
        {"coverage": 0.5},
    ],
)
def test_a_digest_changes_with_everything_that_is_stored(tmp_path, other):
    first = staged(tmp_path, "one")
    words = other.pop("words", ("one",))

    assert staged(tmp_path, *words, **other).digest != first.digest


def test_storing_the_same_twice_leaves_one_generation(tmp_path):
    first = in_use(tmp_path, "one")
    before = files_of(tmp_path)

    again = staged(tmp_path, "one")

    assert again == first
    assert files_of(tmp_path) == before


def test_two_clauses_of_one_id_and_language_are_refused_and_nothing_is_written(tmp_path):
    clauses = [a_clause("one"), a_clause("two")]

    with pytest.raises(ValueError, match="two clauses are"):
        store.stage(tmp_path, clauses=clauses, documents=[], files={}, parser="p1")

    assert files_of(tmp_path) == {}


def test_a_document_that_stays_is_taken_over_and_not_copied(tmp_path):
    first = in_use(tmp_path, "one")

    second = in_use(tmp_path, "one", "two", earlier=first.digest)

    paths = [store.document_path(tmp_path, corpus, "pp-301.txt") for corpus in (first, second)]
    assert paths[0] != paths[1]
    assert paths[0].samefile(paths[1])
    assert store.read_text(tmp_path, second, "pp-301.txt") == TEXT


def test_a_document_that_stays_is_copied_where_there_are_no_links(tmp_path, monkeypatch):
    first = in_use(tmp_path, "one")

    def no_links(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(store.os, "link", no_links)
    second = in_use(tmp_path, "one", "two", earlier=first.digest)

    assert store.read_document(tmp_path, second, "pp-301.txt") == DATA


# Damage


def test_a_flipped_bit_in_any_file_is_noticed(tmp_path):
    corpus = in_use(tmp_path, "one")
    home_files = [path for path in tmp_path.rglob("*") if path.is_file()]
    silent = []

    for path in home_files:
        whole = path.read_bytes()
        for at in range(len(whole)):
            flip(path, at)
            try:
                loaded = store.load(tmp_path)
                store.read_text(tmp_path, loaded, "pp-301.txt")
                store.read_document(tmp_path, loaded, "pp-301.txt")
            except StoreError as failure:
                assert "resolutions build --force" in str(failure)
                assert "\n" not in str(failure)
            else:
                silent.append((path.name, at))
            path.write_bytes(whole)

    repairs = {"manifest-copy.json", "current-copy"}  # looked at in a repair alone
    assert {name for name, _ in silent} <= repairs
    assert store.load(tmp_path) == corpus


@pytest.mark.parametrize("name", ["clauses.jsonl", "manifest.json"])
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "a folder"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, name, damage):
    corpus = in_use(tmp_path, "one")
    path = store.generation_folder(tmp_path, corpus.digest) / name
    data = path.read_bytes()
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage != "gone":
        path.write_bytes(b"" if damage == "empty" else data[:-20])

    with pytest.raises(StoreError, match=rf"{name}.*resolutions build --force"):
        store.load(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", "[1]", '["../../etc"]', '[""]', '["abc"', "\x00", '["/etc/passwd"]'],
)
def test_a_damaged_pointer_leads_nowhere_else(tmp_path, content):
    in_use(tmp_path, "one")
    (tmp_path / "current").write_text(content)

    with pytest.raises(StoreError, match=r"current is damaged; repair it"):
        store.load(tmp_path)


def test_a_pointer_that_is_not_utf_8_is_damaged(tmp_path):
    in_use(tmp_path, "one")
    (tmp_path / "current").write_bytes(b'["\xff"]')

    with pytest.raises(StoreError, match="current is damaged"):
        store.load(tmp_path)


def test_a_damaged_pointer_is_told_by_its_copy(tmp_path):
    in_use(tmp_path, "one")
    corpus = in_use(tmp_path, "one", "two")
    staged(tmp_path, "never in use")
    flip(tmp_path / "current", 20)

    assert store.remains(tmp_path) == corpus


def test_a_lost_pointer_is_no_empty_store(tmp_path):
    in_use(tmp_path, "one", origin="added")
    (tmp_path / "current").unlink()

    with pytest.raises(StoreError, match=r"current is missing; repair it"):
        store.load(tmp_path)


def test_a_first_command_that_was_ended_before_its_pointer_is_begun_again(tmp_path):
    staged(tmp_path, "one", founding=True)

    assert store.load(tmp_path) is None


def test_what_remains_is_the_state_in_use_when_only_its_clauses_are_damaged(tmp_path):
    in_use(tmp_path, "one")
    corpus = in_use(tmp_path, "one", "two")
    flip(store.generation_folder(tmp_path, corpus.digest) / "clauses.jsonl")

    assert store.remains(tmp_path) == replace(corpus, clauses=())


def test_what_remains_is_told_by_the_copy_of_a_damaged_manifest(tmp_path):
    corpus = in_use(tmp_path, "one")
    flip(store.generation_folder(tmp_path, corpus.digest) / "manifest.json")

    assert store.remains(tmp_path) == corpus


def test_what_remains_without_any_manifest_is_the_state_before(tmp_path):
    first = in_use(tmp_path, "one")
    second = in_use(tmp_path, "one", "two")
    for name in ("manifest.json", "manifest-copy.json"):
        flip(store.generation_folder(tmp_path, second.digest) / name)

    assert store.remains(tmp_path) == first
    (aside,) = store.set_aside_unreadable(tmp_path)
    assert (aside / "documents" / "pp-301.txt").read_bytes() == DATA
    assert not store.generation_folder(tmp_path, second.digest).exists()


def test_what_remains_without_a_pointer_is_what_was_in_use_last(tmp_path):
    first = in_use(tmp_path, "one")
    time.sleep(0.01)
    in_use(tmp_path, "one", "two")
    time.sleep(0.01)
    store.go_back(tmp_path)
    for name in ("current", "current-copy"):
        (tmp_path / name).write_text("damaged")

    assert store.remains(tmp_path) == first


def test_storing_again_repairs_what_is_damaged_in_its_place(tmp_path):
    corpus = in_use(tmp_path, "one")
    folder = store.generation_folder(tmp_path, corpus.digest)
    whole = files_of(tmp_path)
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        flip(path)
    (folder / "texts" / "pp-301.txt.txt").unlink()

    staged(tmp_path, "one")

    assert files_of(tmp_path) == whole


def test_a_damaged_document_is_mended_where_another_generation_has_it_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(store.os, "link", lambda *_: (_ for _ in ()).throw(OSError(95, "no")))
    first = in_use(tmp_path, "one")
    second = in_use(tmp_path, "one", "two", earlier=first.digest)
    flip(store.document_path(tmp_path, second, "pp-301.txt"))
    flip(store.generation_folder(tmp_path, first.digest) / "texts" / "pp-301.txt.txt")

    store.mend_documents(tmp_path)

    for corpus in (first, second):
        assert store.read_document(tmp_path, corpus, "pp-301.txt") == DATA
        assert store.read_text(tmp_path, corpus, "pp-301.txt") == TEXT


# Going back


def test_going_back_gives_the_state_before(tmp_path):
    first, second = in_use(tmp_path, "one"), in_use(tmp_path, "one", "two")

    assert store.load(tmp_path) == second
    assert store.go_back(tmp_path) == first
    assert store.load(tmp_path) == first
    with pytest.raises(StoreError, match="no earlier state"):
        store.go_back(tmp_path)


def test_a_state_that_comes_again_is_one_to_go_back_to(tmp_path):
    first, second = in_use(tmp_path, "one"), in_use(tmp_path, "two")
    assert in_use(tmp_path, "one") == first
    assert in_use(tmp_path, "one") == first

    went_back = [store.go_back(tmp_path), store.go_back(tmp_path)]

    assert went_back == [second, first]


def test_going_back_to_a_damaged_state_changes_nothing(tmp_path):
    first, second = in_use(tmp_path, "one"), in_use(tmp_path, "one", "two")
    flip(store.generation_folder(tmp_path, first.digest) / "clauses.jsonl")

    with pytest.raises(StoreError, match="damaged"):
        store.go_back(tmp_path)

    assert store.load(tmp_path) == second
    store.forget_damaged(tmp_path)
    assert store.history(tmp_path) == (second.digest,)


def test_what_takes_the_place_of_another_is_not_gone_back_to(tmp_path):
    first, second = in_use(tmp_path, "one"), in_use(tmp_path, "two")
    third = staged(tmp_path, "two", parser="p2")

    store.activate(tmp_path, third.digest, instead_of=second.digest)

    assert store.history(tmp_path) == (third.digest, first.digest)


def test_only_the_last_states_are_kept_and_leftovers_are_swept(tmp_path):
    corpora = [in_use(tmp_path, *"abcdefgh"[: at + 1]) for at in range(7)]
    orphan = staged(tmp_path, "never in use")
    gone = "0a" * 16
    for name in (f"corpora/.{gone}-1", f"indexes/.{corpora[-1].digest}-m-2", f"indexes/{gone}-m-r"):
        (tmp_path / name).mkdir(parents=True)
    for corpus in corpora[-3:]:
        (tmp_path / "indexes" / f"{corpus.digest}-m-r").mkdir()
    (tmp_path / ".current-1").write_text("half")

    store.sweep(tmp_path)

    kept = [corpus.digest for corpus in reversed(corpora)][: store.KEPT_GENERATIONS]
    assert store.history(tmp_path) == tuple(kept)
    assert {path.name for path in (tmp_path / "corpora").iterdir()} == set(kept)
    assert orphan.digest not in kept
    assert {path.name for path in (tmp_path / "indexes").iterdir()} == {
        f"{digest}-m-r" for digest in kept[:2]
    }
    assert not (tmp_path / ".current-1").exists()
    assert store.load(tmp_path) == corpora[-1]


def test_what_others_keep_in_the_same_folder_stays(tmp_path):
    in_use(tmp_path, "one")
    theirs = ["corpora/my-texts/a.txt", "indexes/0a1b/b.txt", "corpora/.hidden/c.txt", ".current"]
    for name in theirs:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("theirs")

    store.sweep(tmp_path)

    assert all((tmp_path / name).exists() for name in theirs)
    assert store.set_aside_unreadable(tmp_path) == ()


# Where it cannot be written, and who writes


def test_a_home_that_cannot_be_is_told_in_a_line(tmp_path):
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"

    for attempt in (lambda: staged(home), lambda: store.load(home), lambda: enter(home)):
        with pytest.raises(StoreError, match="RESOLUTIONS_HOME") as told:
            attempt()
        assert str(home) in str(told.value)
        assert "\n" not in str(told.value)


def enter(home: Path) -> None:
    with store.locked(home):
        pass


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    first = in_use(tmp_path, "one")
    before = files_of(tmp_path)
    written = []

    def full(handle):
        written.append(handle)
        if len(written) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        staged(tmp_path, "one", "two")

    monkeypatch.undo()
    assert files_of(tmp_path) == before
    assert store.load(tmp_path) == first


def test_a_pointer_that_cannot_be_swapped_stays(tmp_path, monkeypatch):
    first = in_use(tmp_path, "one")
    second = staged(tmp_path, "two")

    def refuse(self, target):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="Read-only file system"):
        store.activate(tmp_path, second.digest)

    monkeypatch.undo()
    assert store.load(tmp_path) == first
    assert not list(tmp_path.glob(".current*"))


def test_a_second_writer_is_told_and_waits(tmp_path):
    order, told = [], []
    entered = threading.Event()
    leave = threading.Event()

    def first() -> None:
        with store.locked(tmp_path):
            entered.set()
            leave.wait(10)
            order.append("first")

    def second() -> None:
        def busy() -> None:
            told.append("busy")
            leave.set()

        with store.locked(tmp_path, busy=busy):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    for thread in threads:
        thread.join(10)

    assert order == ["first", "second"]
    assert told == ["busy"]


def test_a_lock_goes_with_the_process_that_held_it(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=hold, args=(tmp_path, ready))
    holder.start()
    assert ready.wait(30)

    holder.kill()
    holder.join(10)

    told = []
    with store.locked(tmp_path, busy=lambda: told.append("busy")):
        pass
    assert told == []


def hold(home: Path, ready) -> None:
    with store.locked(home):
        ready.set()
        time.sleep(60)


def test_a_document_that_is_not_held_has_no_path(tmp_path):
    corpus = in_use(tmp_path, "one")

    for name in ("other.txt", "../manifest.json", "/etc/passwd", ""):
        for read in (store.read_text, store.read_document, store.document_path):
            with pytest.raises(StoreError, match="no document"):
                read(tmp_path, corpus, name)


def test_the_clauses_on_disk_are_json_lines_of_the_contract(tmp_path):
    corpus = in_use(tmp_path, "one\u2028two")
    lines = (
        (store.generation_folder(tmp_path, corpus.digest) / "clauses.jsonl")
        .read_text("utf-8")
        .split("\n")
    )

    assert [json.loads(line) for line in lines if line] == [
        corpus.to_json(clause) for clause in corpus.clauses
    ]
