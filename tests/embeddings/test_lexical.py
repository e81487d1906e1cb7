"""Terms that fit the script, and BM25 over them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.lexical import Lexical, concept_terms, number_terms, terms

DOCUMENTS = [["tide", "boat"], ["tide", "tide", "tide", "turbine"], [], ["quiet"]]


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("做出决议", "zh", ["做出", "出决", "决议"]),
        ("潮", "zh", ["潮"]),
        ("resolves that studies", "en", ["resolv", "that", "studi"]),
        ("décide d'étudier", "fr", ["décid", "d", "étudi"]),
        ("решает изучить", "ru", ["реша", "изуч"]),
        ("ITU-T", "en", ["itu-t", "itu", "t"]),
        ("70/125", "zh", ["70/125", "70", "125"]),
        ("ＩＴＵ－Ｔ", "en", ["itu-t", "itu", "t"]),
        ("", "en", []),
        ("😀 … —", "en", []),
    ],
)
def test_a_text_is_cut_into_terms_of_its_script(text, language, wanted):
    assert terms(text, language) == wanted


def test_a_word_in_capitals_is_the_same_word():
    assert terms("STUDIES", "en") == terms("studies", "en")


def test_arabic_letters_are_folded_and_the_article_is_left_out():
    assert terms("المؤتمر", "ar") == terms("مُؤتمَر", "ar")
    assert terms("والمؤتمر", "ar") == terms("مؤتمر", "ar")


def test_latin_words_in_a_chinese_text_are_english():
    assert terms("研究studies", "zh") == ["研究", "studi"]


def test_numbers_and_acronyms_have_no_language():
    chinese, english = "WSIS 2030年第70/125号", "the WSIS, in 2030, 70/125"

    assert "wsis" in set(concept_terms(chinese)) & set(concept_terms(english))
    assert number_terms(chinese) == number_terms(english) == ["2030", "70/125"]
    assert not {"2030", "70/125"} & set(concept_terms(chinese))


def test_a_place_is_the_same_in_every_language_and_form():
    questions = ["adopted in Guadalajara", "принятая в Гвадалахаре", "（2010年，瓜达拉哈拉）"]

    assert all("place:Guadalajara" in concept_terms(question) for question in questions)
    assert not [term for term in concept_terms("a nice text") if term.startswith("place:")]


@given(st.text(max_size=60), st.sampled_from(["ar", "zh", "en", "fr", "es", "ru"]))
def test_any_text_has_terms_or_none(text, language):
    assert all(terms(text, language))
    assert all(concept_terms(text))
    assert all(number_terms(text))


def test_scores_are_those_of_bm25():
    lexical = Lexical.build(DOCUMENTS)
    # Lucene's BM25 with k1 = 1.2, b = .75, worked out by hand. An empty text counts one empty term.
    lengths = [2, 4, 1, 1]
    mean = sum(lengths) / 4
    idf = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))

    scores = lexical.scores(["tide"])

    wanted = [
        idf * count / (count + 1.2 * (1 - 0.75 + 0.75 * length / mean))
        for count, length in zip([1, 3, 0, 0], lengths, strict=True)
    ]
    assert scores == pytest.approx(wanted, rel=1e-5)
    assert lexical.idf("tide") == pytest.approx(idf)
    assert scores[1] > scores[0] > scores[2] == 0


def test_a_term_that_no_clause_has_scores_nothing_and_tells_most():
    lexical = Lexical.build(DOCUMENTS)

    assert lexical.scores(["harbour"]).tolist() == [0, 0, 0, 0]
    assert lexical.scores([]).tolist() == [0, 0, 0, 0]
    assert lexical.idf("harbour") > lexical.idf("quiet") > lexical.idf("tide")


def test_shares_lie_between_none_and_all():
    lexical = Lexical.build(DOCUMENTS)

    shares = lexical.shares(["tide", "tide", "turbine", "harbour"])

    assert np.all((shares >= 0) & (shares <= 1))
    assert shares.argmax() == 1
    assert lexical.shares([]).tolist() == [0, 0, 0, 0]
    assert lexical.shares(["tide", "tide"]).tolist() == lexical.shares(["tide"]).tolist()


@pytest.mark.parametrize("documents", [DOCUMENTS, [[]], [["一"]], [["a"], ["a"]]])
def test_storing_then_loading_gives_the_same_scores(tmp_path, documents):
    lexical = Lexical.build(documents)
    lexical.save(tmp_path)

    loaded = Lexical.load(tmp_path, len(documents))

    for query in (["tide"], ["a"], ["一"], ["tide", "quiet", "harbour"], []):
        assert loaded.scores(query).tolist() == lexical.scores(query).tolist()
        assert loaded.shares(query).tolist() == lexical.shares(query).tolist()
    assert loaded.idf("tide") == lexical.idf("tide")
