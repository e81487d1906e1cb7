"""What held clauses cite: found once, kept, and never stale."""

from pathlib import Path

import pytest

from corpus import citing, store
from corpus.citing import FILE, references_held, references_of
from corpus.holdings import Corpus, Document
from tests.builders import a_clause
from tests.corpus.test_store import flip

CITES = a_clause(
    "recalling Resolution 71 (Rev. Dubai, 2018) and Resolution 101 (Rev. Busan, 2014);"
)
POINTS = a_clause("to act on resolves 1 above,", section="resolves", label="2")
SILENT = a_clause("to keep a register,", section="resolves", label="3")


def stored(home: Path, *clauses) -> Corpus:
    document = Document(name="pp-301.txt", sha256="", text_sha256="")
    corpus = store.stage(
        home,
        clauses=clauses,
        documents=[document],
        files={document.name: store.StoredFile(b"", "")},
        parser="p1",
    )
    store.activate(home, corpus.digest)
    return corpus


@pytest.fixture
def counted(monkeypatch) -> list[str]:
    """The texts that references are looked for in."""
    seen: list[str] = []
    find = citing.find_references

    def and_count(text: str, *, body: str | None = None):
        seen.append(text)
        return find(text, body=body)

    monkeypatch.setattr(citing, "find_references", and_count)
    return seen


def test_a_clause_cites_resolutions_and_clauses_of_its_own_text():
    cited = references_of(CITES)
    (inside,) = references_of(POINTS)

    assert [(one.number, one.year) for one in cited] == [("71", 2018), ("101", 2014)]
    assert CITES.text[cited[0].start : cited[0].end] == "Resolution 71 (Rev. Dubai, 2018)"
    assert (inside.lineage, inside.year, inside.section) == ("pp-301", 2018, "resolves")
    assert inside.labels == ("1",)
    assert references_of(SILENT) == ()


def test_what_is_cited_is_found_once_and_then_kept(tmp_path, counted):
    corpus = stored(tmp_path, CITES, POINTS, SILENT)

    first = references_held(tmp_path, corpus)
    found = len(counted)
    again = references_held(tmp_path, corpus)

    assert first == again == tuple(references_of(one) for one in corpus.clauses)
    assert found == 3
    assert counted[found : found + 0] == []
    assert len(counted) == found + 3  # by this test itself


def test_only_new_clauses_are_looked_at_after_a_change(tmp_path, counted):
    before = stored(tmp_path, CITES, SILENT)
    references_held(tmp_path, before)
    counted.clear()

    after = stored(tmp_path, CITES, POINTS, SILENT)
    references_held(tmp_path, after, earlier=before)

    assert counted == [POINTS.text]


@pytest.mark.parametrize("damage", ["flip", "cut", "other code", "empty"])
def test_what_is_damaged_or_made_by_other_code_is_found_anew(
    tmp_path, counted, damage, monkeypatch
):
    corpus = stored(tmp_path, CITES, POINTS)
    whole = references_held(tmp_path, corpus)
    path = store.generation_folder(tmp_path, corpus.digest) / FILE
    if damage == "flip":
        flip(path)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        monkeypatch.setattr(citing, "_made_by", lambda: "other")
    counted.clear()

    assert references_held(tmp_path, corpus) == whole
    assert len(counted) == 2
    counted.clear()
    assert references_held(tmp_path, corpus) == whole
    assert counted == []


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(tmp_path, monkeypatch):
    corpus = stored(tmp_path, CITES)

    def refuse(self, data):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refuse)

    assert len(references_held(tmp_path, corpus)[0]) == 2


def test_the_same_words_in_another_resolution_cite_its_own_clauses(tmp_path):
    other = a_clause(POINTS.text, section="resolves", label="2", number="302")
    corpus = stored(tmp_path, POINTS, other)

    lineages = [cited[0].lineage for cited in references_held(tmp_path, corpus)]

    assert lineages == ["pp-301", "pp-302"]
