"""The shared words: what a revision, a source and a clause are, and how they go through JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clauses import (
    Adoption,
    Clause,
    Note,
    Revision,
    Source,
    clause_from_json,
    clause_to_json,
)
from tests.builders import a_clause, a_revision

FULL = Clause(
    revision=Revision(
        body="wtsa",
        number="75",
        year=2022,
        place="Geneva",
        language="fr",
        title="Contribution",
        revised=True,
        history=(Adoption(2008, "Johannesburg"), Adoption(2022, "Geneva")),
        status="proposal",
    ),
    section="invites.3",
    phrase="invite les États Membres",
    addressees=("Member States", "Sector Members"),
    label="1bis/a",
    text="à présenter des contributions",
    source=Source("c.docx", ((10, 20), (25, 44))),
    notes=(Note("1", "Y compris les associés.", 4),),
)


@pytest.mark.parametrize(
    ("section", "label", "wanted"),
    [
        ("considering", "e/iii", "pp-301@2018/considering/e/iii"),
        ("noting-further", "", "pp-301@2018/noting-further"),
        ("invites.3", "2", "pp-301@2018/invites.3/2"),
        ("resolves.2", "1bis", "pp-301@2018/resolves.2/1bis"),
    ],
)
def test_an_id_says_resolution_year_section_and_label(section, label, wanted):
    clause = a_clause(section=section, label=label)

    assert clause.id == wanted
    assert clause.section_id == f"pp-301@2018/{section}"
    assert clause.action == section.split(".")[0]


def test_an_id_is_the_same_in_every_language_and_a_key_is_not():
    english, chinese = a_clause(), a_clause("保留登记册；", language="zh")

    assert english.id == chinese.id
    assert english.key != chinese.key


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": "nato"},
        {"number": "../75"},
        {"number": "75\n"},
        {"number": "Ⅳ"},
        {"number": ""},
        {"year": 22},
        {"year": 20222},
    ],
)
def test_a_revision_that_cannot_be_is_not_built(wrong):
    with pytest.raises(ValueError, match=r"no (known body|number|year)"):
        a_revision(**wrong)


@pytest.mark.parametrize("section", ["", "Resolves", "resolves/1", "../up", "resolves.", "a b"])
def test_a_section_that_would_break_an_id_is_refused(section):
    with pytest.raises(ValueError, match="no section"):
        a_clause(section=section)


def test_a_clause_without_words_is_refused():
    with pytest.raises(ValueError, match="has no text"):
        a_clause(" \n")


@pytest.mark.parametrize("spans", [(), ((3, 3),), ((5, 4),), ((0, 4), (3, 6)), ((4, 6), (0, 2))])
def test_spans_that_overlap_or_run_backwards_are_refused(spans):
    with pytest.raises(ValueError, match=r"span"):
        Source("a.txt", spans)


def test_a_text_is_put_together_again_from_its_spans_and_line_breaks_read_as_spaces():
    stored = "1) to keep a\r\nregister [page 3] of\nturbines;"
    source = Source("a.txt", ((3, 23), (31, len(stored))))

    assert source.reassemble(stored) == "to keep a register  of turbines;"
    assert (source.start, source.end) == (3, len(stored))


def test_a_clause_goes_through_json_whole():
    written = json.loads(json.dumps(clause_to_json(FULL, parent=None, latest_held=True)))

    assert clause_from_json(written) == FULL
    assert written["id"] == "wtsa-75@2022/invites.3/1bis/a"
    assert written["addressee"] == "Member States, Sector Members"
    assert written["source"] == {
        "file": "c.docx",
        "start": 10,
        "end": 44,
        "spans": [[10, 20], [25, 44]],
    }


@pytest.mark.parametrize("lost", ["body", "text", "source", "section", "history", "notes"])
def test_json_that_lacks_a_part_is_no_clause(lost):
    written = clause_to_json(FULL, parent=None, latest_held=True)
    del written[lost]

    with pytest.raises(KeyError):
        clause_from_json(written)


@given(
    text=st.text(min_size=1).filter(str.strip),
    title=st.text(),
    label=st.sampled_from(["", "1", "e/iii", "p2"]),
    language=st.sampled_from(["ar", "zh", "en", "fr", "es", "ru"]),
)
def test_any_words_go_through_json(text, title, label, language):
    clause = a_clause(text, label=label, title=title, language=language)

    written = json.dumps(clause_to_json(clause, parent=None, latest_held=False))

    assert clause_from_json(json.loads(written)) == clause
