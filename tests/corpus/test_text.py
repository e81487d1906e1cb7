from itertools import pairwise

import pytest

from corpus.text import Noise, cut, ends_clause, is_han, noise


def test_cut_text_leads_back_to_where_its_words_stood():
    whole = "one [x]two[y] three"

    view = cut(whole, [(10, 13), (4, 7)])

    assert view.text == "one two three"
    assert [whole[start:end] for start, end in view.spans(0, 13)] == ["one ", "two", " three"]
    assert view.original(4) == whole.index("two")
    assert view.original(len(view.text)) == len(whole)


def test_an_offset_of_the_whole_leads_into_the_cut_text():
    view = cut("one [x]two", [(4, 7)])

    assert view.position(0) == 0
    assert view.position(7) == 4
    assert view.position(5) == 4  # within the cut


def test_overlapping_cuts_are_cut_once():
    view = cut("abcdef", [(1, 4), (2, 5)])

    assert view.text == "af"
    assert view.spans(0, 2) == ((0, 1), (5, 6))


def test_a_text_cut_away_whole_is_empty():
    view = cut("abc", [(0, 3)])

    assert view.text == ""
    assert view.spans(0, 0) == ()


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("[bookmark: _Toc1][bookmark: _Hlk2]v) words", "bookmark", "[bookmark: _Toc1]"),
        ("words, – 115 –\nRES95-2\nmore", "page-mark", "– 115 –\nRES95-2"),
        ("words - 143 - (6.1 – Rules) more", "page-mark", "- 143 - (6.1 – Rules)"),
        ("words\n– 79 –\nmore", "page-mark", "– 79 –"),
        ("words\nPage 3 of 7\nmore", "page-mark", "Page 3 of 7"),
        ("字\n第3页\n字", "page-mark", "第3页"),
        ("words\n_______________\nmore", "separator", "_______________"),
        ("words\n* * *\nmore", "separator", "* * *"),
        ("\ufeffwords", "mark", "\ufeff"),
        ("\u202bنص", "mark", "\u202b"),
    ],
)
def test_noise_is_found_and_named(text: str, kind: str, piece: str):
    found = noise(text)

    assert Noise(kind, text.index(piece), text.index(piece) + len(piece)) in found


@pytest.mark.parametrize(
    "text",
    [
        "from 2 – 4 percent",
        "in 2008 – 2011 – and later",
        "the range 13.75-14 GHz",
        "a dash – and 7 more",
        "[1] as cited",
        "Resolution 95-2 of 2019",
    ],
)
def test_figures_and_dashes_of_a_sentence_are_no_noise(text: str):
    assert noise(text) == ()


def test_noise_runs_in_order_without_overlap():
    found = noise("[bookmark: a]\n_____\n– 5 –\n[bookmark: b]x")

    assert [one.kind for one in found] == ["bookmark", "separator", "page-mark", "bookmark"]
    assert all(one.end <= after.start for one, after in pairwise(found))


@pytest.mark.parametrize(
    ("line", "ended"),
    [
        ("that it be so;", True),
        ("that it be so,", True),
        ("以便落实；", True),
        ("“as said.”", True),
        ("(see Annex 1).", True),
        ("in accordance with No.", False),
        ("see Nos.", False),
        ("в соответствии с п.", False),
        ("submitted in accordance with", False),
        ("", False),
    ],
)
def test_a_line_ends_a_clause_at_its_marks_and_not_at_an_abbreviation(line: str, ended: bool):
    assert ends_clause(line) is ended


def test_full_width_signs_stand_without_spaces():
    assert [is_han(sign) for sign in "决，（a 1"] == [True, True, True, False, False, False]
