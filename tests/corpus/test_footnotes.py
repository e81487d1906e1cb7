import pytest

from corpus.footnotes import find_footnotes


def marks(text: str) -> list[tuple[str, str, list[str]]]:
    """Mark, text and what stands around each reference, of every note."""
    return [
        (note.mark, note.text, [text[start - 3 : end + 1] for start, end in note.references])
        for note in find_footnotes(text)
    ]


def test_a_bracketed_note_is_found_with_its_reference():
    text = "发展中国家[footnoteRef:1]1的政府； [1: 1\t其中包括岛国。] \ne)\t有必要"

    (note,) = find_footnotes(text)

    assert (note.mark, note.text) == ("1", "其中包括岛国。")
    assert [text[slice(*reference)] for reference in note.references] == ["[footnoteRef:1]1"]
    assert text[slice(*note.body)] == "[1: 1\t其中包括岛国。]"


def test_a_bracketed_note_with_brackets_in_it_ends_at_its_own():
    text = "ID[footnoteRef:1]* [1: *\tSee [2] and [3].] rest"

    (note,) = find_footnotes(text)

    assert (note.mark, note.text) == ("*", "See [2] and [3].")


def test_a_note_below_a_rule_in_the_same_line_is_found():
    text = (
        "g)\tthe needs of developing1 countries; ____________________ 1 These include"
        " islands.\nh)\tmore"
    )

    assert marks(text) == [("1", "These include islands.", ["ing1 "])]


def test_a_note_below_a_rule_on_lines_of_their_own_is_found():
    text = (
        "the eccentricity2 of an orbit\n_______________\n2 The eccentricity is\nthe ratio.\n3 that"
    )

    assert marks(text) == [("2", "The eccentricity is the ratio.", ["ity2 "])]


def test_the_next_item_of_the_list_is_no_part_of_a_note():
    text = (
        "9\tthat the Sectors1 act; ____________________ 1 See below. 10 that the Bureau report;\n"
        "a)\tone; ii) not; ____ "
    )

    assert marks(text) == [("1", "See below.", ["ors1 "])]


def test_two_notes_below_one_rule_are_two():
    text = (
        "the first1 and the second2 word\n_____\n1 A note on the first. 2 A note on the second."
        " – 7 –\n"
        "b) more"
    )

    assert marks(text) == [
        ("1", "A note on the first.", ["rst1 "]),
        ("2", "A note on the second.", ["ond2 "]),
    ]


def test_a_note_ends_at_a_page_mark():
    text = "the drag1 of air\n______\n1 Drag is a force\nacting opposite – 15 –\ne) that"

    assert marks(text) == [("1", "Drag is a force acting opposite", ["rag1 "])]


@pytest.mark.parametrize(
    "text",
    [
        "WSIS+10 and C5 and H2O and IPv6\n______\n",
        "Resolution 1 of 2018; 17.8.1 and 5/2018",
        "the developing1 countries, with no note below",
    ],
)
def test_figures_without_a_body_are_no_marks(text: str):
    assert find_footnotes(text) == ()


def test_figures_of_names_are_no_marks_even_when_a_note_has_their_number():
    text = (
        "Action Line C5 and IPv6 and 2018-5 and countries5; ____________________ 5 These are"
        " islands."
    )

    assert marks(text) == [("5", "These are islands.", ["ies5;"])]


def test_a_mark_glued_to_a_chinese_word_is_found_and_a_year_is_none():
    text = "2010年5月出版5。\n______\n5 见附件。"

    (note,) = find_footnotes(text)

    assert note.references == ((text.index("版5") + 1, text.index("版5") + 2),)


def test_a_note_without_a_mark_keeps_its_body_and_has_no_reference():
    (note,) = find_footnotes("words of a text\n_______\n7 A note that nothing leads to.\n")

    assert note.references == ()
    assert note.text == "A note that nothing leads to."


def test_a_note_does_not_swallow_the_rest_of_an_endless_line():
    text = "a word1 here; ____________________ 1 A short note. " + "Then the annex goes on. " * 200

    (note,) = find_footnotes(text)

    assert note.text == "A short note."
