"""What of a clause is embedded, and that what is quoted never changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.terms import load_termbank
from embeddings.clause_text import SMALLEST_PIECE, gloss, gloss_words, heading_path, pieces
from tests.builders import a_clause


def words(text: str) -> int:
    return len(text.split())


def test_the_heading_path_says_which_resolution_and_section():
    english = heading_path(a_clause(revised=True))
    chinese = heading_path(a_clause("保留登记册；", language="zh", revised=True))

    assert english == "Resolution 301 (Rev. Dubai, 2018), resolves 1: "
    assert chinese.endswith("：")
    assert "301" in chinese


def test_a_text_that_fits_is_one_piece():
    assert pieces("one two three", room=3, count_tokens=words) == ("one two three",)


def test_a_long_text_is_cut_at_its_sentences():
    first = "The first sentence is about tides" + " and tides" * 20 + ". "
    second = "The second is about boats" + " and boats" * 20 + "."

    cut = pieces(first + second, room=60, count_tokens=words)

    assert cut == (first, second)


@given(
    text=st.text(alphabet="ab ,.;。，、：\n潮汐ةم", min_size=1, max_size=400),
    room=st.integers(1, 40),
)
def test_the_pieces_put_together_are_the_text(text, room):
    cut = pieces(text, room=room, count_tokens=len)

    assert "".join(cut) == text
    assert all(len(piece) <= max(room, SMALLEST_PIECE) for piece in cut)


def test_a_text_is_glossed_in_its_own_language_by_words_that_it_lacks():
    official, spoken = gloss("to cooperate", "en"), gloss("to team up", "en")

    assert "cooperate" not in official
    assert "cooperate" in spoken


def test_a_gloss_is_in_the_language_asked_for():
    assert gloss_words("le Conseil", "fr", into="zh") == ["国际电联理事会"]
    assert gloss("le Conseil", "fr") == "ITU Council"


@pytest.mark.parametrize("language", ["ar", "zh", "fr", "es", "ru"])
def test_a_gloss_names_concepts_in_english(language):
    concept = next(
        concept
        for concept in load_termbank().concepts
        if concept.names.get(language) and len(concept.names["en"][0].split()) > 2
    )

    assert concept.names["en"][0] in gloss(concept.names[language][0], language)


def test_a_gloss_says_each_thing_once():
    once, twice = gloss("理事会", "zh"), gloss("理事会和理事会", "zh")

    assert once
    assert once == twice.split(", ")[0]
    assert twice.count(once) == 1
