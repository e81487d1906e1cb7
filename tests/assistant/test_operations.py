"""What a user can ask for: references shown and followed, holdings, comparisons, texts of them."""

from pathlib import Path

import pytest

from assistant import operations
from assistant.library import Library
from assistant.settings import Settings
from assistant.wiring import Workplace
from corpus import store
from corpus.citations import cite
from corpus.clauses import Clause
from corpus.errors import ExpectedError, ReferenceNotFoundError
from corpus.holdings import Document
from tests.builders import a_clause, a_corpus, write_resolution

NO_FILTERS = {"resolution": None, "revision": None, "ignored": ()}
LANGUAGES = ["ar", "zh", "en", "fr", "es", "ru"]

OLD = a_clause("to count boats;", year=2014, place="Busan")
ONE = a_clause("to count boats and turbines;")
TWO = a_clause("to act on resolves 1 above;", label="2")
UNDER = a_clause("at night;", label="2/a")
FRENCH = a_clause("de compter les bateaux;", language="fr")
OTHER = [
    a_clause(text, section="recalling", label=label, number="302", file="pp-302.txt")
    for label, text in {
        "a": "Resolution 301 (Rev. Dubai, 2018) of this conference;",
        "b": "Resolution 301 (Busan, 2014);",
        "c": "resolves 2 of Resolution 301 (Rev. Dubai, 2018);",
        "d": "resolves 9 of Resolution 301 (Rev. Dubai, 2018);",
        "e": "Resolution 301 (Rev. Antalya, 2006);",
        "f": "Resolution 140 (Rev. Dubai, 2018),",
    }.items()
]


def a_place(home: Path, *clauses: Clause) -> Workplace:
    """A store with those clauses, and no model."""
    names = dict.fromkeys(clause.source.file for clause in clauses)
    corpus = store.stage(
        home,
        clauses=clauses,
        documents=[Document(name=name, sha256="", text_sha256="") for name in names],
        files={name: store.StoredFile(b"", "") for name in names},
        parser="p1",
    )
    store.activate(home, corpus.digest)
    workplace = Workplace(Settings(home=home, cache=home))
    workplace.__dict__["corpus"] = corpus
    workplace.__dict__["library"] = Library(home, lambda title: None)
    return workplace


@pytest.fixture
def texts(tmp_path) -> Workplace:
    return a_place(tmp_path, OLD, ONE, TWO, UNDER, FRENCH, *OTHER)


# References to what is held


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        ("pp-301@2018/resolves/1", [ONE]),
        ("pp-301@2018/resolves/2", [TWO, UNDER]),
        ("pp-301@2018/resolves", [ONE, TWO, UNDER]),
        ("pp-301@2018", [ONE, TWO, UNDER]),
        ("pp-301@2014", [OLD]),
        ("pp-301", [ONE, TWO, UNDER]),
        ("  pp-301@2014  ", [OLD]),
        ("Resolution 301 (Rev. Dubai, 2018), resolves 1", [ONE]),
        ("Resolution 301 (Rev. Dubai, 2018), resolves 2", [TWO, UNDER]),
        ("Resolution 301", [ONE, TWO, UNDER]),
        ("Résolution 301 (Rév. Dubaï, 2018), décide 1", [FRENCH]),
    ],
)
def test_an_id_or_a_citation_names_its_clauses(texts, reference, wanted):
    assert list(operations.clauses_named(texts.corpus, reference)) == wanted


def test_a_reference_is_answered_in_the_language_asked_for(texts):
    for reference in ("pp-301@2018/resolves/1", "pp-301@2018", "Resolution 301, resolves 1"):
        named = operations.clauses_named(texts.corpus, reference, language="fr")
        assert list(named) == [FRENCH], reference


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_clause_is_found_by_its_citation_in_every_language(place, language):
    lost = []

    for clause in place.corpus.clauses:
        named = operations.clauses_named(place.corpus, cite(clause, language, with_body=True))
        if named[0] != clause:
            lost.append((clause.id, cite(clause, language, with_body=True)))

    assert lost == []


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("pp-301@2018/resolves/9", "it has no such clause"),
        ("pp-301@2010", "that revision is not held"),
        ("pp-999", "it is not held"),
        ("Resolution 301 (Rev. Dubai, 2018), resolves 9", "it has no such clause"),
        ("hello", "is read as no reference"),
        ("", "is read as no reference"),
        ("../../etc/passwd", "is read as no reference"),
        ("x" * 2000, "2,000 characters"),
    ],
)
def test_a_reference_to_nothing_held_says_why(texts, reference, why):
    with pytest.raises(ReferenceNotFoundError, match=why) as told:
        operations.clauses_named(texts.corpus, reference)

    assert len(str(told.value)) < 500


def test_a_number_that_two_bodies_have_is_ambiguous(tmp_path):
    texts = a_place(tmp_path, ONE, a_clause(body="wtsa", place="Geneva", year=2022))

    with pytest.raises(ReferenceNotFoundError, match="name the body"):
        operations.clauses_named(texts.corpus, "Resolution 301")


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        ("pp-301@2014", {"pp-301@2014"}),
        ("pp-301", {"pp-301@2014", "pp-301@2018"}),
        ("Resolution 301", {"pp-301@2014", "pp-301@2018"}),
        ("Resolution 301 (Rev. Dubai, 2018)", {"pp-301@2018"}),
    ],
)
def test_a_resolution_or_revision_is_named_as_a_whole(texts, reference, wanted):
    assert {one.id for one in operations.revisions_named(texts.corpus, reference)} == wanted


@pytest.mark.parametrize(
    "reference", ["pp-301@2018/resolves", "pp-301@2018/resolves/1", "Resolution 301, resolves 1"]
)
def test_single_clauses_are_no_revision(texts, reference):
    with pytest.raises(ReferenceNotFoundError, match="names clauses"):
        operations.revisions_named(texts.corpus, reference)


# What cites what


def shown(texts: Workplace, reference: str) -> dict:
    return operations.show(texts, reference, language=None, refs=True)


def test_a_clause_says_what_it_cites_and_what_that_came_to(texts):
    cites = {}
    for clause in OTHER:
        (entry,) = shown(texts, clause.id)["cites"]
        assert clause.text[entry["start"] : entry["end"]] == entry["text"]
        cites[clause.label] = (entry["status"], entry["revision"], entry["targets"])

    assert cites == {
        "a": ("ok", "pp-301@2018", ["pp-301@2018"]),
        "b": ("superseded", "pp-301@2014", ["pp-301@2014"]),
        "c": ("ok", "pp-301@2018", [TWO.id]),
        "d": ("unknown-clause", "pp-301@2018", []),
        "e": ("revision-not-held", None, []),
        "f": ("not-held", None, []),
    }


def test_a_resolution_says_where_it_is_cited(texts):
    cited_by = shown(texts, "pp-301@2018")["cited_by"]

    assert [entry["clause"].rpartition("/")[2] for entry in cited_by] == ["a", "b", "c", "d", "e"]
    assert {entry["clause"].partition("/")[0] for entry in cited_by} == {"pp-302@2018"}


def test_a_clause_says_where_it_is_cited_and_not_where_its_resolution_is(texts):
    of_two = [entry["clause"] for entry in shown(texts, TWO.id)["cited_by"]]
    of_one = [entry["clause"] for entry in shown(texts, ONE.id)["cited_by"]]

    assert of_two == ["pp-302@2018/recalling/c"]
    assert of_one == [TWO.id]  # in the same text


def test_what_is_cited_nowhere_says_so(texts):
    found = shown(texts, "pp-302")

    assert found["cited_by"] == []
    assert operations.shown_as_text(found).endswith("cited by:\n  nothing")


def test_what_cites_what_reads_well(texts):
    text = operations.shown_as_text(shown(texts, TWO.id))

    assert "pp-301@2018  resolves" in text
    assert "  2  to act on resolves 1 above;" in text
    assert f"\ncites:\n  {TWO.id}  resolves 1  ->  ok {ONE.id}\n" in text
    assert "  pp-302@2018/recalling/c  resolves 2 of Resolution 301" in text


# Holdings and comparisons


def test_holdings_stand_in_columns_whatever_their_language(tmp_path):
    long = a_clause(number="2345-12", body="unga", file="u.txt")
    proposal = a_clause("不保留；", year=2022, status="proposal", language="zh", title="潮汐")
    listed = operations.holdings(a_place(tmp_path, OLD, ONE, long, proposal).corpus)

    lines = operations.holdings_as_text(listed).splitlines()

    rows = [line for line in lines if "@" in line]
    assert len(rows) == 4
    assert {line.index("@") for line in rows if line.startswith("pp")} == {6}
    starts = [
        line.index(entry["citation"]) for line, entry in zip(rows, listed["revisions"], strict=True)
    ]
    assert len(set(starts)) == 1
    assert [("latest held" in line, "PROPOSAL" in line) for line in rows] == [
        (False, False),
        (True, False),
        (True, False),
        (False, True),
    ]
    assert lines[-1] == "4 clauses of 4 texts"


def test_a_comparison_marks_what_went_and_what_came(texts):
    compared = operations.diff(texts.corpus, "pp-301@2014", "pp-301@2018")

    text = operations.compared_as_text(compared)

    assert compared["old"] == "pp-301@2014"
    assert text.splitlines()[0] == "pp-301@2014 -> pp-301@2018: 1 changed, 2 added"
    assert "  to count boats {+and turbines+};" in text


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("pp-301", "pp-301@2018", "names not one revision"),
        ("pp-301@2014", "pp-999", "not held"),
    ],
)
def test_only_two_revisions_are_compared(texts, old, new, why):
    with pytest.raises(ReferenceNotFoundError, match=why):
        operations.diff(texts.corpus, old, new)


def test_texts_that_share_no_language_are_not_compared():
    english, french = a_clause(year=2014, place="Busan"), a_clause("texte;", language="fr")

    with pytest.raises(ReferenceNotFoundError, match="not held in one language"):
        operations.diff(a_corpus(english, french), "pp-301@2014", "pp-301@2018")


def test_what_was_parsed_reads_well(tmp_path):
    parsed = operations.parse([write_resolution(tmp_path)], {})

    lines = operations.parsed_as_text(parsed).splitlines()

    assert lines[0] == "pp-301.txt: pp-301@2018 (en) Tidal turbines"
    assert lines[1] == "  5 clauses, 0 problems, coverage 1.0000"
    assert lines[2] == "  considering/a  that the harvest of tidal power is growing;"
    assert lines[6] == "  instructs      to report to the Council on the register."


# What cannot be asked is told before anything is opened


class Closed:
    """A workplace that must not be opened."""

    def __getattr__(self, name: str):
        raise AssertionError(f"{name} was opened")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({}, '"question" is missing'),
        ({"question": None}, '"question" is missing'),
        ({"question": ["a"]}, '"question" is missing'),
        ({"question": ""}, "empty"),
        ({"question": " \n\t "}, "empty"),
        ({"question": "😀🎉 …"}, "empty"),
        ({"question": "x" * 100_000}, "100,000 characters"),
        ({"question": "a \ud800 b"}, "no valid text at character 3"),
        ({"question": "a", "history": "b"}, '"history" has to be a list'),
        ({"question": "a", "history": [1]}, '"history" has to be a list'),
        ({"question": "a", "history": ["b"] * 51}, '"history" has at most'),
        ({"question": "a", "history": ["b" * 20_001]}, '"history" has at most'),
        ({"question": "a", "history": ["\udfff"]}, "history is no valid text"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_at_once(record, why):
    with pytest.raises(ExpectedError, match=why):
        operations.ask(Closed(), record, filters=NO_FILTERS)
    with pytest.raises(ExpectedError, match=why):
        operations.search(Closed(), record, top=3, filters=NO_FILTERS)


@pytest.mark.parametrize(
    ("passage", "why"),
    [
        (None, "missing"),
        ("", "empty"),
        ("—", "no words"),
        ("x" * 20_001, "20,000 characters"),
        ("\ud800", "no valid text"),
    ],
)
def test_a_passage_that_cannot_be_looked_up_is_told_at_once(passage, why):
    with pytest.raises(ExpectedError, match=why):
        operations.cite(Closed(), {"passage": passage}, top=3, language=None, filters=NO_FILTERS)


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        ({"resolution": "wtsa-999"}, "not held"),
        ({"resolution": "nonsense"}, "no reference"),
        ({"resolution": "wtsa-75@2022/resolves"}, "names clauses"),
        ({"revision": 1999}, "no revision of 1999 is held; held: 2008, 2022"),
        ({"resolution": "wtsa-75", "revision": 2012}, "no revision of 2012"),
    ],
)
def test_a_filter_to_nothing_held_says_what_is(place, filters, why):
    for ask in (operations.ask, lambda *a, **k: operations.search(*a, top=3, **k)):
        with pytest.raises(ReferenceNotFoundError, match=why):
            ask(place, {"question": "the Director"}, filters=NO_FILTERS | filters)


def test_a_filter_limits_what_is_found(place):
    for filters, years in (
        ({"revision": 2008}, {2008}),
        ({"resolution": "wtsa-75@2008"}, {2008}),
        ({"resolution": "Resolution 75", "revision": 2022}, {2022}),
    ):
        found = operations.search(
            place, {"question": "互联网"}, top=50, filters=NO_FILTERS | filters
        )
        assert {hit["clause"]["year"] for hit in found["hits"]} == years
