"""The order of what is found: the second look, and the languages that a question is glossed in."""

import numpy as np
import pytest

from assistant.query import Before
from assistant.retriever import (
    CONTRAST,
    FEATURES,
    FIRST_LOOK,
    INTERACTION,
    LOOKED_AT_AGAIN,
    SECOND_FEATURES,
    SECOND_LOOK,
    Asked,
    Candidates,
    Retriever,
    gloss_languages,
    shipped_weights,
)
from embeddings.index import Hits

QUESTION = "Who is to report to the Council on WSIS every year?"


def order(assistant, top=20):
    hits = assistant.retriever.rank(assistant.understand(QUESTION), top=top).found
    return [hit.clause.id for hit in hits], [hit.score for hit in hits]


@pytest.fixture
def assistant(place):
    yield place.assistant
    place.assistant.retriever.reweigh(shipped_weights())


def retriever_with(interaction, assistant):
    """A retriever over the same clauses that has this interaction."""
    known = assistant.retriever
    made = Retriever(corpus=known.corpus, index=known._index, encoder=known.encoder)
    made._interaction = interaction
    return made


def asked(share, alignment):
    best = np.array(alignment, np.float32)
    own = best.shape[1]
    return Asked(share, Hits(np.arange(len(best)), {}, np.eye(own, dtype=np.float32), own, best))


def test_the_second_look_counts_what_tells_the_first_clauses_apart(assistant):
    candidates = Candidates(
        rows=np.arange(3),
        features=np.zeros((3, len(FEATURES)), np.float32),
        asked=(
            asked(0.5, [[0.9, 0.1], [0.9, 0.8], [0.1, 0.1]]),
            asked(0.5, [[0.2], [0.2], [0.2]]),
        ),
    )

    again = retriever_with(None, assistant).looked_at_again(candidates, np.array([1, 0]))
    contrast = again.features[:, SECOND_FEATURES.index(CONTRAST)]

    # Of the first two, only the second token differs; the other question tells nothing of them.
    assert contrast == pytest.approx([0.5 * 0.8 + 0.1, 0.5 * 0.1 + 0.1], abs=1e-4)


def test_the_interaction_of_a_follow_up_is_that_of_both_questions_by_their_shares(assistant):
    class Scores:
        def read(self, tokens):
            return len(tokens)

        def scores(self, question, own, best, clauses):
            assert len(question) == own == best.shape[1]
            return own * np.array([[length, -length] for length in clauses], np.float32)

    retriever = retriever_with(Scores(), assistant)
    candidates = Candidates(
        rows=np.arange(3),
        features=np.zeros((3, len(FEATURES)), np.float32),
        asked=(asked(0.75, np.zeros((3, 2))), asked(0.25, np.zeros((3, 1)))),
    )

    again = retriever.looked_at_again(candidates, np.array([2, 0]))

    lengths = np.array([len(retriever._index.tokens_of(row)) for row in (2, 0)])
    expected = (0.75 * 2 + 0.25 * 1) * lengths
    assert again.features[:, SECOND_FEATURES.index(INTERACTION)] == pytest.approx(expected)
    assert again.answering == pytest.approx(-expected.min())


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
    assert set(weights[SECOND_LOOK]) == set(SECOND_FEATURES)


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


def vicinity(assistant, question, *history):
    """Clause id -> the feature, where it is not 0."""
    understood = assistant.understand(question, history=history)
    found = assistant.retriever.candidates(understood)
    column = found.features[:, FEATURES.index("vicinity")]
    clauses = [assistant.corpus.clauses[int(row)] for row in found.rows]
    return {c.id: float(v) for c, v in zip(clauses, column, strict=True) if v > 1e-3}


def test_the_answer_to_a_follow_up_is_looked_for_beside_what_the_turn_before_named(assistant):
    near = vicinity(assistant, "And what about WSIS?", "Res. 75 (Rev. Geneva, 2022) resolves 1")

    assert near["wtsa-75@2022/resolves/1"] == 1  # the same section
    assert near["wtsa-75@2022/resolves/3"] == 2  # and near
    assert {value for key, value in near.items() if "/resolves/" not in key} == {1}
    assert {clause_id.partition("/")[0] for clause_id in near} == {"wtsa-75@2022"}


def test_what_the_turn_before_asked_for_in_words_is_near_by_its_likelihood(assistant):
    near = vicinity(assistant, "And who helps them?", "Who submits an annual report to Council?")

    assert 0 < max(near.values()) <= 2
    assert sum(near.values()) > 0.5


def test_without_a_turn_before_and_on_another_topic_nothing_is_near(assistant):
    before = "Res. 75 (Rev. Geneva, 2022) resolves 1"

    assert vicinity(assistant, "What about the digital divide?") == {}
    assert vicinity(assistant, "Another question: what about the digital divide?", before) == {}


def test_what_stands_beside_it_in_another_text_is_not_near(assistant):
    clauses = assistant.corpus.clauses
    last = next(
        row for row, clause in enumerate(clauses) if clauses[row + 1].revision != clause.revision
    )
    before = Before(assistant.understand("WSIS"), named=(clauses[last],))

    near = assistant.retriever._vicinity(before, np.arange(len(clauses)))

    assert near[last - 1] >= 1
    assert near[last + 1] == 0


def test_a_follow_up_embeds_no_question_that_was_asked_just_before(place):
    encoded = []

    class Counting:
        def __getattr__(self, name):
            return getattr(place.encoder, name)

        def encode_queries(self, texts):
            encoded.extend(texts)
            return place.encoder.encode_queries(texts)

    known = place.assistant.retriever
    retriever = Retriever(corpus=known.corpus, index=known._index, encoder=Counting())
    before = "Who submits an annual report to the Council?"
    retriever.rank(place.assistant.understand(before), top=1)
    follow_up = place.assistant.understand("And who helps the Director with it?", history=[before])
    retriever.rank(follow_up, top=1)

    assert follow_up.context == before
    assert len([text for text in encoded if text.startswith(before)]) == 1
