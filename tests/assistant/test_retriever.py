"""The order of what is found: the second look, and the languages that a question is glossed in."""

import numpy as np
import pytest

from assistant.retriever import (
    CONTRAST,
    FEATURES,
    FIRST_LOOK,
    LOOKED_AT_AGAIN,
    SECOND_LOOK,
    Candidates,
    gloss_languages,
    shipped_weights,
)

QUESTION = "Who is to report to the Council on WSIS every year?"


def order(assistant, top=20):
    hits = assistant.retriever.rank(assistant.understand(QUESTION), top=top).found
    return [hit.clause.id for hit in hits], [hit.score for hit in hits]


@pytest.fixture
def assistant(place):
    yield place.assistant
    place.assistant.retriever.reweigh(shipped_weights())


def test_the_second_look_counts_what_tells_the_first_clauses_apart():
    candidates = Candidates(
        rows=np.arange(3),
        features=np.zeros((3, len(FEATURES)), np.float32),
        alignments=(
            (0.5, np.array([[0.9, 0.1], [0.9, 0.8], [0.1, 0.1]], np.float32)),
            (0.5, np.array([[0.2], [0.2], [0.2]], np.float32)),
        ),
    )

    contrast = candidates.looked_at_again(np.array([1, 0]))[:, -1]

    # Of the first two, only the second token differs; the other question tells nothing of them.
    assert contrast == pytest.approx([0.5 * 0.8 + 0.1, 0.5 * 0.1 + 0.1], abs=1e-4)


def test_the_second_look_reorders_the_first_clauses_and_no_others(assistant):
    first = shipped_weights()[FIRST_LOOK]
    assistant.retriever.reweigh({FIRST_LOOK: first})
    plain, scores = order(assistant)

    assistant.retriever.reweigh({FIRST_LOOK: first, SECOND_LOOK: {CONTRAST: 1.0}})
    again, scores_again = order(assistant)

    assert again != plain
    assert sorted(again[:LOOKED_AT_AGAIN]) == sorted(plain[:LOOKED_AT_AGAIN])
    assert again[LOOKED_AT_AGAIN:] == plain[LOOKED_AT_AGAIN:]
    assert scores_again == scores == sorted(scores, reverse=True)


def test_the_shipped_weights_know_every_feature_and_no_other():
    weights = shipped_weights()

    assert set(weights[FIRST_LOOK]) == set(FEATURES)
    assert set(weights[SECOND_LOOK]) == {*FEATURES, CONTRAST}


def test_a_question_is_glossed_in_the_language_of_most_clauses_beside_english():
    assert gloss_languages(["zh", "fr", "zh", "en", "en", "en"]) == ("zh",)
    assert gloss_languages(["en", "en"]) == ()


def feature(assistant, question, name):
    """A feature of all clauses, by id."""
    candidates = assistant.retriever.candidates(assistant.understand(question))
    column = candidates.features[:, FEATURES.index(name)].tolist()
    ids = [assistant.corpus.clauses[int(row)].id for row in candidates.rows]
    return dict(zip(ids, column, strict=True))


def test_what_was_decided_is_looked_for_under_the_verb_that_the_texts_take(place):
    decided = feature(place.assistant, "What was decided about the WSIS outcomes?", "section")
    recognized = feature(place.assistant, "What is recognized in full?", "section")

    assert decided["wtsa-75@2022/resolves/1"] == 1
    assert decided["wtsa-75@2022/instructs/1"] == 0
    assert recognized["wtsa-75@2022/resolves/1"] == 0


def test_the_place_of_a_revision_is_no_name_that_a_clause_is_found_by(place):
    named = feature(place.assistant, "2022 (Geneva): the WSIS+10 vision", "concepts")
    unnamed = feature(place.assistant, "2022: the WSIS+10 vision", "concepts")
    spoken_of = feature(place.assistant, "the WSIS+10 vision of Busan", "concepts")

    clause = "wtsa-75@2022/considering/d"  # names Geneva and Busan
    assert named == unnamed
    assert 0 < unnamed[clause] != spoken_of[clause]
