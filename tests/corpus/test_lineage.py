from pathlib import Path

import pytest

from corpus.clauses import Clause, Revision, Source
from corpus.lineage import align, changes, latest_held, lineages, similarity
from corpus.parse import parse_document

FOUNDING = Path(__file__).resolve().parents[2] / "corpus" / "data" / "resolutions"
OLD = parse_document(FOUNDING / "wtsa-75-2008-zh.txt")[0].clauses
NEW = parse_document(FOUNDING / "wtsa-75-2022-zh.txt")[0].clauses

# Judged by reading both texts.
CORRESPOND = {
    "considering/a": "considering/a",
    "considering/b": "considering/e",
    "considering/b/i": "considering/e/i",
    "considering/b/ii": "considering/e/ii",
    "considering/b/iii": "considering/e/iii",
    "considering/b/iv": "considering/e/iv",
    "considering/b/v": "considering/e/vi",
    "considering/b/vi": "considering/e/viii",
    "considering/c": "considering/g",
    "considering/d": "considering/i",
    "considering-further/b": "considering-further/d",
    "recognizing/a": "recognizing-further/a",
    "recognizing/b": "recognizing-further/e",
    "recognizing-further/a": "recognizing-further/f",
    "recognizing-further/b": "recognizing-further/g",
    "noting/b": "noting-further",
    "resolves/1": "resolves/1",
    "resolves/2": "resolves/3",
    "instructs/1": "instructs/6",
    "instructs/3": "instructs/5",
    "invites.2/1": "invites/1",
    "invites.2/2": "invites/2",
    "invites.3": "invites.2",
}
WITHOUT = ("considering/b/vii", "resolves.2", "invites", "instructs/2")
NEW_ONLY = ("instructs/1", "instructs/2", "instructs/3", "instructs/4", "taking-into-account/a")


def a_clause(
    section: str, label: str, text: str, *, year: int = 2022, language: str = "en"
) -> Clause:
    revision = Revision("wtsa", "75", year, "Geneva", language, "")
    return Clause(revision, section, section, (), label, text, Source("f", ((0, 1),)))


def tail(clause: Clause | None) -> str | None:
    return clause.id.partition("/")[2] if clause else None


@pytest.fixture(scope="module")
def counterparts() -> dict[str | None, str | None]:
    alignment = align(OLD, NEW)
    return {tail(pair.old): tail(pair.new) for pair in alignment.pairs if pair.old}


@pytest.mark.parametrize(("old", "new"), CORRESPOND.items())
def test_clauses_that_correspond_are_joined(
    counterparts: dict[str | None, str | None], old: str, new: str
):
    assert counterparts[old] == new


@pytest.mark.parametrize("old", WITHOUT)
def test_clauses_without_a_counterpart_are_removed(
    counterparts: dict[str | None, str | None], old: str
):
    assert counterparts[old] is None


@pytest.mark.parametrize("new", NEW_ONLY)
def test_clauses_that_came_later_are_added(counterparts: dict[str | None, str | None], new: str):
    assert new not in counterparts.values()


def test_an_alignment_holds_every_clause_once():
    alignment = align(OLD, NEW)

    assert [pair.new for pair in alignment.pairs if pair.new] == list(NEW)
    assert {pair.old for pair in alignment.pairs if pair.old} == set(OLD)
    assert len([pair for pair in alignment.pairs if pair.old]) == len(OLD)
    assert sum(alignment.counts.values()) == len(alignment.pairs)


def test_an_alignment_of_a_text_with_itself_is_all_the_same():
    alignment = align(NEW, NEW)

    assert alignment.counts == {"same": len(NEW)}
    assert all(not pair.moved and pair.similarity == pytest.approx(1.0) for pair in alignment.pairs)


def test_kinds_are_told_apart():
    old = [
        a_clause(
            "considering", "a", "that the annual report is submitted to the Council,", year=2008
        ),
        a_clause(
            "considering", "b", "that study groups need contributions from members;", year=2008
        ),
        a_clause("resolves", "1", "to establish a correspondence group on numbering;", year=2008),
    ]
    new = [
        a_clause("considering", "a", "that study groups need contributions from members,"),
        a_clause(
            "considering", "b", "that the annual report is submitted to the Secretary-General;"
        ),
        a_clause("resolves", "1", "to adopt the budget as amended by Committee 5,"),
    ]

    alignment = align(old, new)

    told = [(pair.kind, tail(pair.old), tail(pair.new)) for pair in alignment.pairs]
    assert told == [
        ("moved", "considering/b", "considering/a"),
        ("changed", "considering/a", "considering/b"),
        ("removed", "resolves/1", None),
        ("added", None, "resolves/1"),
    ]
    assert alignment.counterpart(old[0]) is new[1]
    assert alignment.counterpart(new[2]) is None


def test_revisions_in_two_languages_are_aligned_by_place():
    english = [a_clause("resolves", "1", "to go on"), a_clause("resolves", "2", "to stop")]
    french = [a_clause("resolves", "2", "de cesser", language="fr")]

    pairs = align(english, french).pairs

    assert [(tail(pair.old), tail(pair.new)) for pair in pairs] == [
        ("resolves/1", None),
        ("resolves/2", "resolves/2"),
    ]


def test_similarity_is_higher_for_the_closer_text():
    told = "to report to the Council on the results"

    assert similarity(told, told) == pytest.approx(1.0)
    assert similarity(told, "to report to the Council") > similarity(told, "to elect a chairman")
    assert similarity(told, "选举主席") == 0.0


@pytest.mark.parametrize(
    ("was", "should", "expected"),
    [
        ("《2035年议程》", "《2030年议程》", [("replace", "2035", "2030")]),
        ("不应提交报告", "应提交报告", [("delete", "不", "")]),
        ("应提交报告", "不应提交报告", [("insert", "", "不")]),
        ("it shall not report", "it shall report", [("delete", "not", "")]),
        ("rises by 5%", "rises by 6%", [("replace", "5", "6")]),
        ("向理事会提交", "向秘书长提交", [("replace", "理事会", "秘书长")]),
        ("甲乙丙丁", "戊乙己丁", [("replace", "甲乙丙", "戊乙己")]),
        ("“ICT”，（2022）", '"ICT",(2022)', []),
        ("two\nlines  here", "two lines here", []),
        ("the Council", "The Council", [("replace", "the", "The")]),
        ("", "all new", [("insert", "", "all new")]),
        ("", "", []),
    ],
)
def test_changes_are_told_word_by_word(was: str, should: str, expected: list[tuple[str, str, str]]):
    assert [(change.op, change.was, change.should) for change in changes(was, should)] == expected


def test_changes_are_cut_from_the_texts():
    was, should = "在2008年向理事会提交年度报告", "在2022年向秘书长提交相关年度报告"

    for change in changes(was, should):
        assert change.was == was[slice(*change.was_span)]
        assert change.should == should[slice(*change.should_span)]


def test_revisions_are_grouped_oldest_first_and_proposals_are_not_the_latest():
    first = Revision("wtsa", "75", 2008, "Johannesburg", "zh", "")
    second = Revision("wtsa", "75", 2022, "Geneva", "zh", "")
    draft = Revision("wtsa", "75", 2024, "New Delhi", "zh", "", status="proposal")
    other = Revision("pp", "75", 1998, "Minneapolis", "en", "")

    grouped = lineages([second, other, first, draft, second])

    assert grouped == {"wtsa-75": (first, second, draft), "pp-75": (other,)}
    assert latest_held([second, other, first, draft]) == {"wtsa-75": 2022, "pp-75": 1998}
