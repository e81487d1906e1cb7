"""Learning an adapter: with a model of a few kilobytes, and against what the index compares."""

import numpy as np
import pytest

from embeddings.adapter import adapter_in
from embeddings.index import centred, late_interaction
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.packaged_model import packaged_model
from embeddings.pairs import LANGUAGES, AnsweredClause
from embeddings.training import Recipe, late_scores, learn, main
from tests.embeddings.tiny_models import tiny_weights

RECIPE = Recipe(epochs=12, resolutions=2, rate=4e-3, rank=2, dropout=0.0)
WORDS = (("the Council", "resolve"), ("决议", "责成"), ("Résolution", "the"), ("قرار", "council"))


def resolutions():
    """Two resolutions of two clauses; a clause's questions have no word of it."""
    return tuple(
        tuple(
            AnsweredClause(
                resolution=f"Resolution {number}",
                language="en",
                place=f"resolves {place}",
                text=words[0],
                questions=dict.fromkeys(LANGUAGES, words[1]),
            )
            for place, words in enumerate(WORDS[2 * number : 2 * number + 2], 1)
        )
        for number in range(2)
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return packaged_model(tmp_path_factory.mktemp("cache"), weights=tiny_weights)


@pytest.fixture(scope="module")
def learnt(model, tmp_path_factory):
    """The folder of an adapter learnt from `resolutions`, and what was told of each step."""
    told = []
    to = tmp_path_factory.mktemp("learnt") / "adapter"
    learn(resolutions(), model.folder, to, recipe=RECIPE, tell=lambda *step: told.append(step))
    return to, told


def test_every_step_is_told_and_the_loss_falls(learnt):
    _, told = learnt

    losses = [step[2] for step in told]
    assert [step[:2] for step in told] == [(done, 36) for done in range(1, 37)]
    assert np.mean(losses[-6:]) < 0.7 * np.mean(losses[:3])


def test_what_was_learnt_moves_questions_to_their_clauses_in_the_engine_of_the_product(
    model, learnt, tmp_path
):
    to, _ = learnt
    adapted = packaged_model(tmp_path, weights=tiny_weights, adapter=adapter_in(to))
    clauses = [clause for resolution in resolutions() for clause in resolution]

    def margin(packaged):
        encoder = OnnxEncoder(packaged)
        texts = encoder.encode_queries([c.heading_path + c.text for c in clauses]).vectors
        questions = encoder.encode_queries([c.questions["en"] for c in clauses]).vectors
        cosines = centred(questions, questions.mean(0)) @ centred(texts, texts.mean(0)).T
        return np.diag(cosines).mean() - cosines.mean()

    assert margin(adapted) > margin(model) + 0.2


def test_the_same_seed_gives_the_same_adapter(model, learnt, tmp_path):
    to, _ = learnt

    learn(resolutions(), model.folder, tmp_path / "again", recipe=RECIPE)

    assert adapter_in(tmp_path / "again").digest == adapter_in(to).digest


def test_late_interaction_is_learnt_as_the_index_scores_it():
    import torch

    chance = np.random.default_rng(75)
    questions, clauses = chance.standard_normal((2, 6, 8)), chance.standard_normal((5, 7, 8))
    asked = np.arange(6) < np.array([[4], [6]])
    held = np.arange(7) < np.array([[7], [3], [1], [5], [6]])

    scores = late_scores(*map(torch.from_numpy, (questions, asked, clauses, held))).numpy()

    for question, counted, found in zip(questions, asked, scores, strict=True):
        alignment = np.stack(
            [(question[counted] @ c[h].T).max(1) for c, h in zip(clauses, held, strict=True)]
        )
        assert np.allclose(found, late_interaction(alignment.astype(np.float32)), atol=1e-5)


def test_too_few_resolutions_are_told_in_one_line(tmp_path, capsys):
    code = main(["--pairs", str(tmp_path), "--to", str(tmp_path / "adapter")])

    said = capsys.readouterr().err.strip()
    assert code == 2
    assert "\n" not in said
    assert "holds 0 resolutions" in said
    assert not (tmp_path / "adapter").exists()
