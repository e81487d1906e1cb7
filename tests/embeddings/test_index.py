"""Scores of clauses for a question: their direction, their size, and what they are limited to."""

import numpy as np
import pytest

from embeddings.build import build_index
from embeddings.encoder import Encoding
from embeddings.index import (
    EVERY_ROW_UP_TO,
    LEXICAL,
    SIGNALS,
    Background,
    ClauseIndex,
    Embedded,
    Question,
    centred,
    late_interaction,
    mean_of,
)
from embeddings.lexical import Lexical, terms
from tests.builders import a_clause
from tests.fakes import FakeEncoder

TEXTS = [
    "to keep a register of tidal turbines;",
    "to close harbours at night;",
    "to report to the Council every year;",
    "保留潮汐涡轮机登记册；",
]
LANGUAGES = ["en", "en", "en", "zh"]


def clauses(texts=TEXTS, languages=LANGUAGES):
    return [
        a_clause(text, label=str(at), language=language)
        for at, (text, language) in enumerate(zip(texts, languages, strict=True), start=1)
    ]


def a_question(text: str, language: str = "en") -> Question:
    return Question(
        encoding=FakeEncoder().encode_queries([text]),
        language=language,
        terms={"terms": terms(text, language)},
    )


@pytest.fixture(scope="module")
def index() -> ClauseIndex:
    return build_index(clauses(), FakeEncoder())


@pytest.mark.parametrize(("text", "row"), [(TEXTS[0], 0), (TEXTS[1], 1), (TEXTS[2], 2)])
def test_what_shares_words_with_a_question_is_closer_by_every_signal(index, text, row):
    hits = index.search(a_question(text))

    for name in ("path", "text", "late", "terms"):
        assert hits.signals[name].argmax() == row, name


def test_every_signal_is_told_for_every_clause(index):
    hits = index.search(a_question("tidal turbines"))

    assert hits.rows.tolist() == [0, 1, 2, 3]
    assert set(hits.signals) == set(SIGNALS)
    for name, scores in hits.signals.items():
        assert scores.shape == (4,), name
        assert np.all(np.isfinite(scores)), name
        assert np.all(np.abs(scores) <= 2), name  # a cosine less a mean of cosines


def test_a_search_keeps_to_the_clauses_allowed(index):
    everything = index.search(a_question("tidal turbines"))

    some = index.search(a_question("tidal turbines"), allowed=np.array([1, 3]))

    assert some.rows.tolist() == [1, 3]
    for name in ("path", "text", "terms"):
        assert some.signals[name].tolist() == everything.signals[name][[1, 3]].tolist()


def test_a_search_among_no_clauses_finds_none(index):
    hits = index.search(a_question("tidal turbines"), allowed=np.zeros(0, np.int64))

    assert len(hits.rows) == 0
    assert {len(scores) for scores in hits.signals.values()} == {0}


@pytest.mark.parametrize("language", ["en", "zh", "ar", "xx"])
def test_a_question_in_any_language_is_scored(index, language):
    hits = index.search(a_question("turbines", language))

    assert len(hits.rows) == 4


def test_a_question_without_tokens_is_scored(index):
    encoded = FakeEncoder().encode_queries(["x"])
    nothing = Encoding(encoded.vectors, (np.zeros((0, encoded.vectors.shape[1]), np.float32),))

    hits = index.search(Question(encoding=nothing, language="en"))

    assert np.all(np.isfinite(hits.signals["late"]))
    assert not hits.signals["terms"].any()


def test_of_a_large_corpus_only_candidates_are_given_and_the_best_is_among_them():
    many = [f"to count the boats of harbour {at} at night;" for at in range(EVERY_ROW_UP_TO + 50)]
    many[417] = TEXTS[0]
    large = build_index(clauses(many, ["en"] * len(many)), FakeEncoder())

    hits = large.search(a_question(TEXTS[0]))

    assert 0 < len(hits.rows) < len(many)
    assert np.all(np.diff(hits.rows) > 0)
    assert hits.rows[hits.signals["path"].argmax()] == 417
    assert hits.rows[hits.signals["late"].argmax()] == 417


# Scores worked out by hand


def by_hand(
    *, passages=(0.0, 0.0), questions=(0.0, 0.0), hubs=(0.0, 0.0), languages=("en", "en")
) -> ClauseIndex:
    """Two clauses of two and one piece, vectors along the axes, the given means and hub scores."""
    axes = np.eye(2, dtype=np.float32)
    mean, asked = np.array(passages, np.float32), np.array(questions, np.float32)
    return ClauseIndex(
        embedded=Embedded(
            keys=("a", "b", "c"),
            owners=np.array([0, 0, 1]),
            path=np.stack([axes[0], -axes[0], axes[1]]),
            text=np.stack([-axes[1], axes[1], axes[0]]),
            tokens=np.stack([axes[0], -axes[0], axes[1]]).astype(np.float16),
            token_bounds=np.array([0, 1, 2, 3]),
        ),
        languages=languages,
        background=Background({"": mean}, {"": mean}, {"": asked}, {"": asked}),
        hubs={name: np.array(hubs, np.float32) for name in ("path", "text", "late")},
        lexical={name: Lexical.build([["one"], ["two"]]) for name in LEXICAL},
    )


def asked(x: float, y: float) -> Question:
    vector = np.array([[x, y]], np.float32)
    return Question(encoding=Encoding(vector, (vector,)), language="en")


def test_a_clause_scores_by_its_best_piece():
    hits = by_hand().search(asked(1, 0))

    assert hits.signals["path"].tolist() == pytest.approx([1, 0])
    assert hits.signals["text"].tolist() == pytest.approx([0, 1])
    assert hits.signals["late"].tolist() == pytest.approx([1, 0])


def test_tokens_count_alike_or_as_they_tell_clauses_apart():
    telling, common = [1.0, 0.0], [0.6, 0.8]  # the second is near both clauses
    tokens = np.array([telling, common], np.float32)

    hits = by_hand().search(Question(Encoding(tokens[:1], (tokens,)), "en"))

    assert hits.signals["even"].tolist() == pytest.approx([0.8, 0.4])
    weights = np.array([0.5, 0.1])  # best less median of the clauses: 1 and 0, 0.6 and 0.8
    assert hits.signals["late"].tolist() == pytest.approx(
        [(weights @ [1.0, 0.6]) / 0.6, (weights @ [0.0, 0.8]) / 0.6], abs=1e-4
    )


def test_without_tokens_of_its_own_a_question_has_no_late_interaction():
    tokens = np.array([[1.0, 0.0]], np.float32)

    hits = by_hand().search(Question(Encoding(tokens, (tokens,)), "en", own=0))

    assert hits.signals["even"].tolist() == hits.signals["late"].tolist() == [0, 0]
    assert hits.signals["gloss"].tolist() == pytest.approx([1, 0])


def test_what_a_clause_scores_for_anything_is_taken_off():
    hits = by_hand(hubs=(0.25, -0.5)).search(asked(1, 0))

    assert hits.signals["path"].tolist() == pytest.approx([0.75, 0.5])
    assert hits.signals["late"].tolist() == pytest.approx([0.75, 0.5])


def test_means_are_taken_off_both_sides():
    moved = by_hand(passages=(0.5, 0.5), questions=(0.0, 1.0))

    hits = moved.search(asked(1, 1))  # centred: (1, 0); the pieces: (1, -1), (-3, -1), (-1, 1)

    assert hits.signals["path"].tolist() == pytest.approx([1 / np.sqrt(2), -1 / np.sqrt(2)])


def test_centred_vectors_have_length_one_and_none_has_no_length():
    vectors = np.array([[3, 4], [1, 1]], np.float32)

    assert np.linalg.norm(centred(vectors, np.zeros(2, np.float32)), axis=1) == pytest.approx(1)
    assert not centred(vectors, np.array([1, 1], np.float32))[1].any()


def test_the_mean_of_all_stands_in_for_a_language_without_its_own():
    means = {"": np.zeros(2, np.float32), "fr": np.ones(2, np.float32)}

    assert mean_of(means, "fr") is means["fr"]
    assert mean_of(means, "ru") is means[""]


def test_a_gloss_is_scored_apart_from_the_question():
    vectors = np.array([[1, 0], [0, 1]], np.float32)
    question = Question(encoding=Encoding(vectors[:1], (vectors,)), language="en", own=1)

    hits = by_hand().search(question)

    assert hits.signals["late"].tolist() == pytest.approx([1, 0])
    assert hits.signals["gloss"].tolist() == pytest.approx([0, 1])
    assert hits.signals["native"].tolist() == hits.signals["gloss"].tolist()


def test_a_clause_is_compared_with_the_gloss_in_its_own_language():
    vectors = np.array([[1, 0], [0, 1]], np.float32)
    question = Question(
        encoding=Encoding(vectors[:1], (vectors,)),
        language="en",
        own=1,
        natives={"zh": vectors[:1], "ru": np.zeros((0, 2), np.float32)},
    )

    for language, expected in (("zh", [1, 1]), ("ru", [0, 1]), ("fr", [0, 1])):
        hits = by_hand(languages=(language, "en")).search(question)
        assert hits.signals["native"].tolist() == pytest.approx(expected), language


def test_a_token_that_all_clauses_share_counts_for_nothing():
    shared_and_not = np.array([[0.9, 0.1], [0.9, 0.8], [0.9, 0.1]], np.float32)

    scores = late_interaction(shared_and_not)

    assert scores == pytest.approx(shared_and_not[:, 1], abs=1e-4)
    assert late_interaction(shared_and_not[:, :0]).tolist() == [0, 0, 0]


def test_a_large_index_on_the_disk_scores_as_one_in_memory(monkeypatch):
    question = a_question("tidal turbines")
    in_memory = build_index(clauses(), FakeEncoder()).search(question)
    monkeypatch.setattr("embeddings.index.IN_MEMORY", 0)
    monkeypatch.setattr("embeddings.index._SLICE", 3)

    on_disk = build_index(clauses(), FakeEncoder()).search(question)

    for name, scores in in_memory.signals.items():
        assert on_disk.signals[name] == pytest.approx(scores, abs=1e-4), name


def test_a_clause_that_shares_no_number_is_no_candidate_by_numbers(monkeypatch):
    monkeypatch.setattr("embeddings.index.EVERY_ROW_UP_TO", 0)
    monkeypatch.setattr("embeddings.index.CANDIDATES_BY", ("numbers",))
    texts = ["Resolution 101 on turbines;", "Resolution 102 on turbines;", "harbours;", "boats;"]
    index = build_index(clauses(texts, ["en"] * 4), FakeEncoder())
    encoded = FakeEncoder().encode_queries(["Resolution 102"])

    hits = index.search(Question(encoding=encoded, language="en", terms={"numbers": ["102"]}))

    assert hits.rows.tolist() == [1]


def test_an_empty_gloss_in_the_language_of_a_clause_leaves_it_the_english_one():
    vectors = np.array([[0, 1], [1, 0]], np.float32)
    question = Question(
        encoding=Encoding(vectors[:1], (vectors,)),
        language="en",
        own=1,
        natives={"ru": np.zeros((0, 2), np.float32)},
    )

    hits = by_hand(languages=("ru", "en")).search(question)

    assert hits.signals["native"].tolist() == pytest.approx([1, 0])
