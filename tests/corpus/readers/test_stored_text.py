import re

import pytest

from corpus.readers.stored_text import StoredText, plain_characters


def test_positions_in_a_paragraph_are_moved_by_what_add_returns():
    stored = StoredText()
    stored.add("first")

    origin = stored.add("  second mark1 ")

    assert origin is not None
    assert stored.text[origin + 13] == "1"
    assert stored.text == "first\nsecond mark1"


def test_blank_text_is_no_paragraph():
    stored = StoredText()

    assert stored.add(" \u00a0\n") is None
    assert stored.paragraphs == ()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("RESOLUTION 75\n(Rev. Geneva, 2022)", 1),
        ("(Florence, 2004;\nGeneva, 2022)", 1),
        ("Title of a text,\ntaking the Agenda into account", 1),
        ("considering\na) that x;\nb) that y", 3),
        ("учитывая,\nа) что x;\nб) что y", 3),
        ("考虑到\n(1) 某某；\n(2) 某某", 3),
        ("تقرر\n1 أن تواصل؛\n2 أن تعمل", 3),
        ("resolves:\nto act", 2),
        ("one\n\ntwo", 2),
        ("– dash\n– dash", 2),
    ],
)
def test_a_line_break_ends_a_paragraph_only_where_something_new_begins(text, pieces):
    stored = StoredText()

    stored.add(text)

    assert len(stored.paragraphs) == pieces
    assert stored.text == text


def test_a_paragraph_with_a_style_of_its_own_is_never_divided():
    stored = StoredText()

    stored.add("Title:\n1 of it", style="title")

    assert len(stored.paragraphs) == 1


def test_a_footnote_is_cut_from_the_stored_text():
    stored = StoredText()
    stored.add("word1")
    before = stored.length
    stored.add("1 The note.", role="footnote")
    written = stored.range_since(before)
    assert written is not None

    stored.add_footnote(
        "1", start=written[0], end=written[1], references=[(4, 5)], opening=re.compile(r"1\s*")
    )

    (note,) = stored.extraction(file="x").footnotes
    assert (note.text, note.body) == ("The note.", (8, 17))


def test_a_note_of_which_only_the_mark_is_left_is_none():
    stored = StoredText()
    stored.add("1", role="footnote")

    stored.add_footnote("1", start=0, end=1, references=[], opening=re.compile("1"))

    assert stored.extraction(file="x").footnotes == ()


def test_characters_of_symbol_fonts_are_shown_as_unicode_has_them():
    assert plain_characters("\uf02d co\u00adop \uf0b7 \uf061 \u2011") == "– coop • α \u2011"
