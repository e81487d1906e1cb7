"""Changes of the corpus: what is added, replaced, removed and read anew, and what stays."""

import dataclasses
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from corpus import build, store
from corpus.errors import ExpectedError, ReferenceNotFoundError, StoreError
from corpus.holdings import Corpus
from tests.builders import SECTIONS, a_revision, resolution_text, write_resolution

FOUNDING = {("wtsa-75@2008", "zh"), ("wtsa-75@2022", "zh")}


@pytest.fixture(scope="module")
def founded(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("founded") / "home"
    store.activate(home, build.founding(home).corpus.digest)
    return home


@pytest.fixture
def home(founded, tmp_path) -> Path:
    """A store with the founding texts in use."""
    return Path(shutil.copytree(founded, tmp_path / "home"))


def held(home: Path) -> Corpus:
    corpus = store.load(home)
    assert corpus is not None
    return corpus


def added(home: Path, *files: Path, **given) -> build.Change:
    change = build.with_added(home, held(home), files, given=given)
    store.activate(home, change.corpus.digest)
    return change


def texts(corpus: Corpus) -> set[tuple[str, str]]:
    return {(revision.id, revision.language) for revision in corpus.revisions}


def words(corpus: Corpus, revision: str) -> list[str]:
    return [clause.text for clause in corpus.of_revision(revision)]


# The founding texts


def test_the_founding_texts_are_held_as_published(tmp_path):
    change = build.founding(tmp_path)

    assert set(change.added) == FOUNDING == texts(change.corpus)
    assert change.problems == ()
    assert all(document.founding for document in change.corpus.documents)
    assert {document.rights for document in change.corpus.documents} == {"© ITU"}
    assert change.corpus.parser == build.parser_fingerprint()


def test_every_clause_is_cut_from_the_stored_text(home, tmp_path):
    added(home, write_resolution(tmp_path))
    corpus = held(home)
    stored = {doc.name: store.read_text(home, corpus, doc.name) for doc in corpus.documents}

    for clause in corpus.clauses:
        assert clause.source.reassemble(stored[clause.source.file]) == clause.text


# Adding


def test_a_document_is_added_beside_what_is_held(home, tmp_path):
    before = held(home)

    change = added(home, write_resolution(tmp_path))

    assert change.added == (("pp-301@2018", "en"),)
    assert (change.replaced, change.removed, change.problems) == ((), (), ())
    assert texts(held(home)) == {*FOUNDING, ("pp-301@2018", "en")}
    assert held(home).clauses[: len(before)] == before.clauses
    assert held(home).documents[-1].origin == "added"


def test_the_same_file_again_changes_nothing(home, tmp_path):
    file = write_resolution(tmp_path)
    added(home, file)
    copy = tmp_path / "copy.txt"
    copy.write_bytes(file.read_bytes())
    before = held(home)

    for again in (file, copy):
        change = added(home, again)
        assert (change.added, change.replaced, change.removed) == ((), (), ())
        assert change.corpus.digest == before.digest


def test_a_founding_text_added_again_changes_nothing(home):
    before = held(home)
    (document, *_) = before.documents

    change = added(home, store.document_path(home, before, document.name))

    assert change.corpus.digest == before.digest


def test_another_text_of_a_revision_takes_the_place_of_the_first(home, tmp_path):
    added(home, write_resolution(tmp_path))
    other = {**SECTIONS, "resolves": ("to close the register.",)}

    change = added(home, write_resolution(tmp_path, sections=other))

    assert (change.added, change.replaced) == ((), (("pp-301@2018", "en"),))
    assert "to close the register." in words(held(home), "pp-301@2018")
    assert [doc.name for doc in held(home).documents][2:] == ["pp-301.txt"]


def test_a_file_that_cannot_be_read_keeps_the_others_out(home, tmp_path):
    good = write_resolution(tmp_path)
    bad = tmp_path / "bad.txt"
    bad.write_text("a shopping list: eggs, milk, bread, and something else to eat tonight")
    before = held(home)

    with pytest.raises(ExpectedError, match=r"bad\.txt"):
        added(home, good, bad)

    assert held(home) == before


@pytest.mark.parametrize("name", ["wtsa-75-2008-zh.txt", "other.txt"])
def test_a_file_that_is_not_there_is_told_even_when_its_name_is_held(home, tmp_path, name):
    with pytest.raises(ExpectedError, match=f"{name} does not exist"):
        added(home, tmp_path / name)


def test_metadata_given_overrules_what_is_printed_and_is_kept(home, tmp_path):
    file = write_resolution(tmp_path)

    change = added(home, file, body="wtsa", number="110", year=2024, language="fr")

    assert change.added == (("wtsa-110@2024", "fr"),)
    assert dict(held(home).documents[-1].given) == {
        "body": "wtsa",
        "number": "110",
        "year": 2024,
        "language": "fr",
    }


def test_the_same_file_with_other_metadata_corrects_the_first_reading(home, tmp_path):
    file = write_resolution(tmp_path)
    added(home, file, year=2012)

    change = added(home, file, year=2010)

    assert change.added == (("pp-301@2010", "en"),)
    assert change.removed == (("pp-301@2012", "en"),)
    assert len(held(home).documents) == 3


def test_two_documents_of_one_name_are_both_kept(home, tmp_path):
    (tmp_path / "other").mkdir()
    added(home, write_resolution(tmp_path, name="Same.txt"))

    added(home, write_resolution(tmp_path / "other", name="same.TXT", number="302"))

    corpus = held(home)
    names = [document.name for document in corpus.documents][2:]
    assert names[0] == "Same.txt"
    assert len({name.casefold() for name in names}) == 2
    assert "RESOLUTION 302" in store.read_text(home, corpus, names[1])
    assert "RESOLUTION 301" in store.read_text(home, corpus, names[0])


def test_a_document_that_is_called_like_the_text_of_another_does_not_replace_it(home, tmp_path):
    added(home, write_resolution(tmp_path, name="one"))
    added(home, write_resolution(tmp_path, name="one.txt", number="302"))

    corpus = held(home)

    assert "RESOLUTION 301" in store.read_text(home, corpus, "one")
    assert "RESOLUTION 302" in store.read_text(home, corpus, "one.txt")


@pytest.mark.parametrize(
    "name",
    [
        "..\\..\\up.txt",
        "line\nbreak.txt",
        "\x07bell\x1b[31m.txt",
        "...txt",
        "-rf",
        "~root.txt",
        "CON .txt",
        "res 75 (Rev. Geneva, 2022).txt",
        "决议" * 60 + ".txt",
        "x" * 240 + ".txt",
        "ملف.txt",
        "e\u0301te\u0301.txt",
    ],
)
def test_a_hostile_name_stays_inside_the_store(home, tmp_path, name):
    if len(name.encode()) > 255:
        name = name.encode()[:240].decode(errors="ignore") + ".txt"
    outside = sorted(path for path in tmp_path.rglob("*") if home not in path.parents)
    folder = tmp_path / "given"
    folder.mkdir()
    file = write_resolution(folder, name=name)

    added(home, file)

    corpus = held(home)
    stored = corpus.documents[-1].name
    path = store.document_path(home, corpus, stored)
    assert path.resolve().parent == store.generation_folder(home, corpus.digest) / "documents"
    assert path.read_bytes() == file.read_bytes()
    assert stored.isprintable()
    assert not set(stored) & set('/\\:*?"<>|~ ')
    assert len(stored.encode()) <= build.LONGEST_NAME
    assert not stored.startswith((".", "-"))
    file.unlink()
    folder.rmdir()
    assert sorted(path for path in tmp_path.rglob("*") if home not in path.parents) == outside
    assert set(texts(build.rebuilt(home, corpus).corpus)) == texts(corpus)


def test_a_name_that_is_no_unicode_is_taken_too(home, tmp_path):
    file = write_resolution(tmp_path)
    strange = os.fsencode(tmp_path) + b"/\xff\xfe.txt"
    file.rename(os.fsdecode(strange))

    added(home, Path(os.fsdecode(strange)))

    held(home).documents[-1].name.encode()


def test_a_text_that_prints_one_resolution_twice_is_refused(home, tmp_path):
    file = tmp_path / "twice.txt"
    file.write_text(resolution_text() + "\n\n" + resolution_text())
    before = held(home)

    with pytest.raises(ExpectedError, match="pp-301@2018 is printed twice"):
        added(home, file)

    assert held(home) == before


def test_a_file_that_changes_while_it_is_read_is_refused(home, tmp_path, monkeypatch):
    file = write_resolution(tmp_path)
    parse = build.parse_document

    def and_change(path: Path, **given):
        parsed = parse(path, **given)
        path.write_text("something else")
        return parsed

    monkeypatch.setattr(build, "parse_document", and_change)

    with pytest.raises(ExpectedError, match="changed while it was read"):
        added(home, file)


def test_a_proposal_does_not_take_the_place_of_the_adopted_text(home, tmp_path, monkeypatch):
    added(home, write_resolution(tmp_path))
    parse = build.parse_document

    def as_proposal(path: Path, **given):
        return tuple(
            dataclasses.replace(
                document,
                clauses=tuple(
                    dataclasses.replace(
                        clause, revision=dataclasses.replace(clause.revision, status="proposal")
                    )
                    for clause in document.clauses
                ),
            )
            for document in parse(path, **given)
        )

    monkeypatch.setattr(build, "parse_document", as_proposal)
    draft = write_resolution(tmp_path, name="draft.txt", title="Tidal turbines and boats")

    with pytest.raises(ExpectedError, match=r"is a proposal.*--year"):
        added(home, draft)
    assert added(home, draft, year=2022).added == (("pp-301@2022", "en"),)


# Several resolutions in a document


def two_in_one(folder: Path) -> Path:
    file = folder / "both.txt"
    file.write_text(resolution_text() + "\n\n" + resolution_text(number="302", title="Quiet boats"))
    return file


def test_of_a_document_with_two_resolutions_one_can_go(home, tmp_path):
    added(home, two_in_one(tmp_path))

    change = build.without(home, held(home), [a_revision()])
    store.activate(home, change.corpus.digest)

    assert change.removed == (("pp-301@2018", "en"),)
    assert texts(held(home)) == {*FOUNDING, ("pp-302@2018", "en")}
    assert held(home).documents[-1].dropped == (("pp-301@2018", "en"),)


def test_what_was_removed_stays_removed_when_all_is_read_anew(home, tmp_path):
    added(home, two_in_one(tmp_path))
    for revision in (a_revision(), a_revision(body="wtsa", number="75", year=2008, language="zh")):
        change = build.without(home, held(home), [revision])
        store.activate(home, change.corpus.digest)

    change = build.rebuilt(home, held(home))

    assert texts(change.corpus) == {("wtsa-75@2022", "zh"), ("pp-302@2018", "en")}
    assert (change.added, change.removed, change.problems) == ((), (), ())


def test_a_part_that_was_replaced_stays_replaced_when_all_is_read_anew(home, tmp_path):
    added(home, two_in_one(tmp_path))
    other = {"resolves": ("to close the register.",)}
    added(home, write_resolution(tmp_path, name="new.txt", sections=other))

    change = build.rebuilt(home, held(home))

    assert words(change.corpus, "pp-301@2018") == ["to close the register."]
    assert len(words(change.corpus, "pp-302@2018")) == 5


# Removing


def test_everything_cannot_be_removed(home):
    with pytest.raises(ExpectedError, match="a corpus cannot be empty"):
        build.without(home, held(home), held(home).revisions)


def test_what_is_not_held_cannot_be_removed(home):
    with pytest.raises(ReferenceNotFoundError, match="nothing of that is held"):
        build.without(home, held(home), [a_revision()])


# Reading anew


def test_reading_anew_gives_the_same(home, tmp_path):
    added(home, write_resolution(tmp_path), year=2017)

    change = build.rebuilt(home, held(home))

    assert change.corpus == held(home)


def test_what_a_newer_parser_finds_in_a_document_is_taken(home, tmp_path, monkeypatch):
    file = two_in_one(tmp_path)
    parse = build.parse_document
    monkeypatch.setattr(build, "parse_document", lambda path, **given: parse(path, **given)[:1])
    monkeypatch.setattr(build, "_founding_holdings", list)
    added(home, file)
    monkeypatch.setattr(build, "parse_document", parse)

    change = build.rebuilt(home, held(home))

    assert change.added == (("pp-302@2018", "en"),)


def refuse(path: Path, **given):
    raise ExpectedError(f"{path.name}: its numbering is not understood")


def test_a_document_that_a_newer_parser_cannot_read_stays_as_it_was_read(
    home, tmp_path, monkeypatch
):
    added(home, write_resolution(tmp_path))
    before = held(home)
    fresh = build._founding_holdings()
    monkeypatch.setattr(build, "_founding_holdings", lambda: fresh)
    monkeypatch.setattr(build, "parse_document", refuse)
    monkeypatch.setattr(build, "parser_fingerprint", lambda: "newer")

    change = build.rebuilt(home, before)

    assert change.corpus.clauses == before.clauses
    assert change.corpus.parser == "newer"
    ((name, problem),) = change.problems
    assert (name, problem.kind) == ("pp-301.txt", "not-read-anew")
    assert "numbering is not understood" in problem.message
    store.activate(home, change.corpus.digest)
    assert store.read_text(home, held(home), "pp-301.txt") == resolution_text()


def test_it_can_be_added_again_when_it_can_be_read(home, tmp_path, monkeypatch):
    file = write_resolution(tmp_path)
    added(home, file)
    with monkeypatch.context() as patch:
        fresh = build._founding_holdings()
        patch.setattr(build, "_founding_holdings", lambda: fresh)
        patch.setattr(build, "parse_document", refuse)
        store.activate(home, build.rebuilt(home, held(home)).corpus.digest)

    added(home, file)

    assert held(home).documents[-1].problems == ()


@pytest.mark.parametrize("folder", ["documents", "texts"])
def test_a_damaged_document_is_mended_from_what_is_whole(home, tmp_path, folder):
    added(home, write_resolution(tmp_path))
    corpus = held(home)
    damage(home, corpus, folder)

    change = build.rebuilt(home, store.remains(home))

    assert words(change.corpus, "pp-301@2018") == words(corpus, "pp-301@2018")
    kinds = [problem.kind for _, problem in change.problems]
    assert kinds == (["not-read-anew"] if folder == "documents" else [])
    assert store.read_text(home, change.corpus, "pp-301.txt") == resolution_text()


def test_a_document_damaged_through_and_through_is_left_out_by_name(home, tmp_path):
    added(home, write_resolution(tmp_path))
    corpus = held(home)
    for folder in ("documents", "texts"):
        damage(home, corpus, folder)

    change = build.rebuilt(home, store.remains(home))

    assert change.removed == (("pp-301@2018", "en"),)
    ((name, problem),) = change.problems
    assert (name, problem.kind) == ("pp-301.txt", "lost")
    assert "pp-301@2018 could not be read again and is left out" in problem.message


def test_a_damaged_document_is_mended_by_adding_it_again(home, tmp_path):
    file = write_resolution(tmp_path)
    added(home, file)
    damage(home, held(home), "documents")

    added(home, file)

    assert store.read_document(home, held(home), "pp-301.txt") == file.read_bytes()


def damage(home: Path, corpus: Corpus, folder: str) -> None:
    name = "pp-301.txt" if folder == "documents" else "pp-301.txt.txt"
    path = store.generation_folder(home, corpus.digest) / folder / name
    path.write_bytes(path.read_bytes().replace(b"turbines", b"turbanes"))


def test_a_corpus_of_which_nothing_can_be_read_is_told(home, tmp_path):
    added(home, write_resolution(tmp_path))
    for revision in held(home).revisions[:2]:
        change = build.without(home, held(home), [revision])
        store.activate(home, change.corpus.digest)
    for folder in ("documents", "texts"):
        damage(home, held(home), folder)

    with pytest.raises(StoreError, match="none of the documents"):
        build.rebuilt(home, store.remains(home))


def test_a_founding_text_that_was_changed_in_the_package_is_not_used(tmp_path, monkeypatch):
    sha256 = hashlib.sha256
    monkeypatch.setattr(build.hashlib, "sha256", lambda data=b"": sha256(bytes(data) + b"changed"))

    with pytest.raises(StoreError, match=r"not the text as published.*reinstall"):
        build.founding(tmp_path)
