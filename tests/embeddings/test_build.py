"""Clauses -> index: what is embedded, what is known already, and that both come to the same."""

import numpy as np
import pytest

from embeddings.build import background_questions, build_index
from embeddings.index import Question
from embeddings.lexical import concept_terms, terms
from embeddings.models import open_encoder
from tests.builders import a_clause
from tests.fakes import FakeEncoder

OLD = [
    a_clause("to keep a register of tidal turbines;"),
    a_clause("to close harbours at night;", label="2"),
    a_clause("夜间关闭港口；", label="2", language="zh"),
]
NEW = [a_clause("to report on tides every year,", section="instructs", label="", number="302")]


def embedded_by(encoder: FakeEncoder) -> list[str]:
    """The texts of clauses among what was embedded."""
    background = {text for texts in background_questions().values() for text in texts}
    return [text for text in [*encoder.passages, *encoder.queries] if text not in background]


def test_every_clause_is_embedded_under_its_path_and_without():
    encoder = FakeEncoder()

    index = build_index(OLD, encoder)

    given = embedded_by(encoder)
    assert len(index) == 3
    assert index.languages == ("en", "en", "zh")
    assert any(
        text.startswith("Resolution 301 (Dubai, 2018), resolves 1: to keep") for text in given
    )
    assert "to keep a register of tidal turbines;" in given
    assert len(given) == 6


def test_what_is_known_is_not_embedded_again():
    known = build_index(OLD, FakeEncoder()).embedded
    encoder = FakeEncoder()

    build_index([*OLD, *NEW], encoder, known=known)

    given = embedded_by(encoder)
    assert len(given) == 2
    assert all("to report on tides" in text for text in given)


def test_what_is_known_and_gone_is_left_out():
    known = build_index([*OLD, *NEW], FakeEncoder()).embedded
    encoder = FakeEncoder()

    index = build_index(OLD[1:], encoder, known=known)

    assert embedded_by(encoder) == []
    assert len(index) == len(index.embedded.keys) == 2


def test_an_index_with_what_was_known_is_that_of_a_fresh_build():
    known = build_index(OLD, FakeEncoder()).embedded

    grown = build_index([NEW[0], *OLD], FakeEncoder(), known=known)
    fresh = build_index([NEW[0], *OLD], FakeEncoder())

    assert grown.embedded.keys == fresh.embedded.keys
    for name in ("owners", "path", "text", "tokens", "token_bounds"):
        assert np.array_equal(getattr(grown.embedded, name), getattr(fresh.embedded, name)), name
    for name, hubs in fresh.hubs.items():
        assert grown.hubs[name] == pytest.approx(hubs)


def test_a_clause_longer_than_the_window_is_embedded_in_pieces_and_scored_as_one():
    long = a_clause("The tide rises and the tide falls again. " * 120, label="3")
    encoder = FakeEncoder()

    index = build_index([*OLD, long], encoder)

    assert len(index) == 4
    assert index.embedded.owners.tolist() == [0, 1, 2] + [3] * (len(index.embedded.keys) - 3)
    assert len(index.embedded.keys) > 4
    assert max(encoder.count_tokens(text) for text in embedded_by(encoder)) <= encoder.window


def test_progress_counts_to_the_end():
    told: list[tuple[int, int]] = []

    build_index(OLD, FakeEncoder(), progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (6, 6)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_an_index_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one clause"):
        build_index([], FakeEncoder())


def test_there_are_background_questions_in_all_six_languages():
    questions = background_questions()

    assert set(questions) == {"ar", "zh", "en", "fr", "es", "ru"}
    for language, texts in questions.items():
        assert len(texts) == len(set(texts)) >= 10, language


@pytest.mark.slow
def test_with_the_real_model_an_addition_ranks_as_a_fresh_build_does(model_cache):
    encoder = open_encoder(cache=model_cache)
    questions = ["When are harbours closed?", "谁登记涡轮机？", "Qui rend compte des marées ?"]
    known = build_index(OLD, encoder).embedded

    grown = build_index([*OLD, *NEW], encoder, known=known)
    fresh = build_index([*OLD, *NEW], encoder)

    for text in questions:
        question = Question(
            encoding=encoder.encode_queries([text]),
            language="en",
            terms={"terms": terms(text, "en"), "concepts": concept_terms(text)},
        )
        one, other = grown.search(question), fresh.search(question)
        for name, scores in other.signals.items():
            # Batches of other lengths round otherwise, below what a score is printed with.
            assert one.signals[name] == pytest.approx(scores, abs=2e-3), (text, name)
            assert one.signals[name].argsort().tolist() == scores.argsort().tolist(), (text, name)
