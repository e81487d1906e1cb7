"""The two founding documents, clause by clause: nothing may be lost, added, renamed or changed."""

from importlib import resources
from pathlib import Path

import pytest

from corpus.clauses import Clause, Note
from corpus.parse import parse_document
from corpus.structure import ParsedDocument

FOLDER = Path(str(resources.files("corpus"))) / "data" / "resolutions"


def _lines(text: str) -> list[str]:
    return text.split()


PLACES_2022 = _lines("""
considering/a considering/b considering/c considering/d considering/e
considering/e/i considering/e/ii considering/e/iii considering/e/iv considering/e/v
considering/e/vi considering/e/vii considering/e/viii considering/e/ix considering/e/x
considering/f considering/g considering/h considering/i
considering-further/a considering-further/b considering-further/c considering-further/d
recognizing/a recognizing/b
recognizing-further/a recognizing-further/b recognizing-further/c recognizing-further/d
recognizing-further/e recognizing-further/f recognizing-further/g recognizing-further/h
taking-into-account/a taking-into-account/b taking-into-account/c taking-into-account/d
noting/a noting/b noting/c noting/d
noting-further
resolves/1 resolves/2 resolves/3 resolves/4
instructs/1 instructs/2 instructs/3 instructs/4 instructs/5 instructs/6
invites/1 invites/2 invites/3
invites.2
invites.3/1 invites.3/2
""")

PLACES_2008 = _lines("""
considering/a considering/b
considering/b/i considering/b/ii considering/b/iii considering/b/iv considering/b/v
considering/b/vi considering/b/vii
considering/c considering/d
considering-further/a considering-further/b
recognizing/a recognizing/b
recognizing-further/a recognizing-further/b
noting/a noting/b
resolves/1 resolves/2
resolves.2
invites
instructs/1 instructs/2 instructs/3
invites.2/1 invites.2/2
invites.3
""")

# The first clause, some from the middle with everything that can go wrong, and the last one.
WHOLE_2022 = {
    "considering/a": "信息社会世界高峰会议（WSIS）两个阶段会议的相关成果；",
    "considering/e": (
        "与落实WSIS两个阶段会议成果以及全权代表大会通过的有关国际互联网相关公共政策问题的决议和"
        "决定："
    ),
    "considering/e/v": (
        "全权代表大会第131号决议（2018年，迪拜，修订版）– 为建设综合型包容性信息社会进行信息通信"
        "技术的衡量；"
    ),
    "considering-further/d": (
        "我们认为有必要通过下列途径加强协调、传播和交流：(i) 对国际电联负责国际互联网公共政策问"
        "题和支持"
        "互联网的电信网络技术问题的相关研究组进行有重点的协调，以避免工作重复；(ii) 向国际电联成"
        "员、总秘书处"
        "和各局传播相关国际互联网公共政策信息；(iii)\xa0加强国际电联与其它相关国际组织和实体之间"
        "的合作和技术交流，"
    ),
    "recognizing-further/d": (
        "有必要促进发展中国家的政府、私营部门、民间团体、国际组织、科技和学术界以及所有其他相关"
        "利益攸关方"
        "更多地参与有关互联网管理的讨论并与它们进行更多接触；"
    ),
    "resolves/3": (
        "按照做出决议1和2，ITU-T应在其酌情与其它相关利益攸关方合作的情况下，开展这些活动；"
    ),
    "invites.2": "向CWG‑Internet提交文稿，",
    "invites.3/2": "积极参加网上和面对面进行的CWG-Internet公开磋商。",
}
WHOLE_2008 = {
    "considering/a": "信息社会世界高峰会议（WSIS）两个阶段会议的相关成果；",
    "considering/b/vii": (
        "全权代表大会第9号决定（2006年，安塔利亚）– 第四届世界电信政策论坛的举办；"
    ),
    "invites": (
        "在国际电联预算拨款范围内，向国际互联网公共政策问题专门小组提供所有行政和有效运行所需的"
        "其它必要支持，"
    ),
    "invites.3": "向国际互联网公共政策问题专门小组提交文稿。",
}


def read(year: int) -> ParsedDocument:
    (document,) = parse_document(FOLDER / f"wtsa-75-{year}-zh.txt")
    return document


def by_place(document: ParsedDocument) -> dict[str, Clause]:
    return {clause.id.partition("/")[2]: clause for clause in document.clauses}


@pytest.mark.parametrize(
    ("year", "places"), [(2022, PLACES_2022), (2008, PLACES_2008)], ids=["2022", "2008"]
)
def test_a_founding_text_has_exactly_its_clauses_under_their_ids(year: int, places: list[str]):
    document = read(year)

    assert [clause.id for clause in document.clauses] == [
        f"wtsa-75@{year}/{place}" for place in places
    ]


def test_the_founding_texts_have_87_clauses():
    assert (len(read(2022).clauses), len(read(2008).clauses)) == (58, 29)


@pytest.mark.parametrize(
    ("year", "whole"), [(2022, WHOLE_2022), (2008, WHOLE_2008)], ids=["2022", "2008"]
)
def test_clauses_of_a_founding_text_are_word_for_word_what_is_printed(
    year: int, whole: dict[str, str]
):
    clauses = by_place(read(year))

    assert {place: clauses[place].text for place in whole} == whole


@pytest.mark.parametrize("year", [2022, 2008])
def test_a_founding_text_is_covered_without_a_problem(year: int):
    document = read(year)

    assert document.problems == ()
    assert document.covered.complete
    assert document.coverage == 1.0


@pytest.mark.parametrize("year", [2022, 2008])
def test_offsets_lead_back_to_the_words_of_the_file(year: int):
    path = FOLDER / f"wtsa-75-{year}-zh.txt"
    stored = path.read_bytes().decode("utf-8")

    document = read(year)

    assert document.text == stored
    assert [clause.source.reassemble(stored) for clause in document.clauses] == [
        clause.text for clause in document.clauses
    ]


def test_the_footnote_is_a_note_of_its_clause_and_leaves_no_mark_in_the_text():
    clause = by_place(read(2022))["recognizing-further/d"]

    assert clause.notes == (
        Note(
            "1",
            "其中包括最不发达国家、小岛屿发展中国家、内陆发展中国家和经济转型国家。",
            at=len("有必要促进发展中国家"),
        ),
    )
    assert sum(bool(other.notes) for other in read(2022).clauses) == 1


def test_headings_are_kept_as_printed_with_those_they_address():
    sections = {
        heading.section: (heading.text, heading.addressees) for heading in read(2008).headings
    }

    assert sections["resolves.2"] == ("做出决议，请理事会", ("Council",))
    assert sections["instructs"] == ("责成电信标准化局主任", ("Director of TSB",))
    assert sections["invites.2"] == (
        "请成员国和部门成员",
        ("Member States", "Sector Members"),
    )


def test_what_is_no_clause_is_named():
    document = read(2022)

    named = {discard.kind for discard in document.discards}

    assert named == {
        "cover",
        "title",
        "adoption-history",
        "preamble-opening",
        "bookmark",
        "footnote",
        "footnote-mark",
    }
