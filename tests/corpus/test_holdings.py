"""The corpus in memory: what is looked up in it."""

import pytest

from corpus.holdings import Corpus, unique_clauses
from tests.builders import a_clause, a_corpus

OLD = a_clause("to count boats;", year=2014, place="Busan")
E = a_clause("that there are tides:", section="considering", label="e")
E_I = a_clause("spring tides;", section="considering", label="e/i")
E_II = a_clause("neap tides,", section="considering", label="e/ii")
NEW = a_clause("to count boats and turbines;")
FRENCH = a_clause("de compter les bateaux;", language="fr")
PROPOSED = a_clause("to count nothing;", year=2022, status="proposal")
HELD = a_corpus(OLD, E, E_I, E_II, NEW, FRENCH, PROPOSED)


def test_a_clause_is_found_in_the_language_asked_for_or_in_the_first_held():
    assert HELD.get(NEW.id, "fr") is FRENCH
    assert HELD.get(NEW.id, "ar") is NEW
    assert HELD.get(NEW.id) is NEW
    assert HELD.get("pp-301@2018/resolves/9") is None


def test_the_latest_held_is_the_latest_that_was_adopted():
    latest = [clause.revision.year for clause in HELD.clauses if HELD.is_latest(clause.revision)]

    assert set(latest) == {2018}
    assert not HELD.is_latest(PROPOSED.revision)


def test_revisions_are_told_once_for_each_language_in_order():
    told = [(revision.id, revision.language) for revision in HELD.revisions]

    assert told == [
        ("pp-301@2014", "en"),
        ("pp-301@2018", "en"),
        ("pp-301@2018", "fr"),
        ("pp-301@2022", "en"),
    ]
    assert HELD.languages == ("en", "fr")


def test_the_clauses_of_a_revision_come_in_order_and_in_one_language():
    assert HELD.of_revision("pp-301@2018") == (E, E_I, E_II, NEW)
    assert HELD.of_revision("pp-301@2018", "fr") == (FRENCH,)
    assert HELD.of_revision("pp-301@2018", "ru") == ()
    assert HELD.of_revision("pp-302@2018") == ()


def test_what_stands_under_a_clause_and_above_it_is_told():
    assert HELD.parent(E_II) is E
    assert HELD.parent(E) is None
    assert HELD.children(E) == (E_I, E_II)
    assert HELD.children(E_I) == ()
    assert HELD.section(E_I) == (E, E_I, E_II)
    assert HELD.to_json(E_I)["parent"] == E.id
    assert HELD.to_json(OLD)["latest_held"] is False


def test_a_clause_under_one_that_has_no_text_of_its_own_stands_under_the_next_above():
    deep = a_clause("deep;", section="considering", label="e/i/a")
    corpus = a_corpus(E, deep)

    assert corpus.parent(deep) is E


def test_a_row_is_the_place_of_a_clause():
    assert [HELD.row(clause) for clause in HELD.clauses] == list(range(len(HELD)))
    with pytest.raises(KeyError):
        HELD.row(a_clause(label="7"))


def test_two_clauses_of_one_id_and_language_are_refused():
    assert unique_clauses([NEW, FRENCH]) == (NEW, FRENCH)
    with pytest.raises(ValueError, match="two clauses are pp-301@2018/resolves/1 in en"):
        unique_clauses([NEW, a_clause("other words;")])


def test_an_empty_corpus_answers_every_question():
    empty = Corpus(clauses=())

    assert (len(empty), empty.revisions, empty.languages) == (0, (), ())
    assert empty.get("pp-301@2018/resolves/1") is None
    assert empty.of_revision("pp-301@2018") == ()
