"""The learned interaction: what it reads, and that it learns which clause answers."""

from random import Random

import numpy as np
import pytest

from embeddings.adapter import shipped_adapter
from embeddings.interaction import (
    ANSWER,
    FILE,
    ORDER,
    InteractionError,
    interaction_in,
    shipped_interaction,
)
from embeddings.interaction_training import (
    COMPARED,
    Asked,
    Material,
    Recipe,
    _compared_with,
    learn,
    main,
    material_of,
)
from embeddings.models import DEFAULT_MODEL, interaction_for
from embeddings.pairs import LANGUAGES, AnsweredClause
from tests.fakes import FakeEncoder

DIMENSION = 12
RECIPE = Recipe(epochs=60, questions=8, width=8, rate=1e-2, dropout=0.0)


def tokens(random, count):
    drawn = random.normal(size=(count, DIMENSION))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float16)


def a_material(size=16):
    """A clause is right where it has the mark: late interaction sees nothing of it."""
    random = np.random.default_rng(5)
    mark = np.eye(DIMENSION, dtype=np.float16)[:1]
    marked = [tokens(random, 5) for _ in range(size)]
    clauses = [np.concatenate([part[:4], mark]) for part in marked] + marked
    family = range(size, 2 * size)
    questions = [
        Asked(tokens(random, 3), 2, right, tuple(random.permutation(family).tolist()))
        for right in range(size)
        for _ in range(4)
    ]
    return Material(tuple(clauses), tuple(questions))


def scores(interaction, question, clauses):
    """As a retriever asks for them, of float32 vectors."""
    asked = question.tokens.astype(np.float32)
    held = [clause.astype(np.float32) for clause in clauses]
    best = np.stack([(asked @ clause.T).max(axis=1) for clause in held])
    return interaction.scores(asked, question.own, best, [interaction.read(one) for one in held])


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    told = []
    to = tmp_path_factory.mktemp("learnt") / "some.safetensors"
    learn(a_material(), to, recipe=RECIPE, learnt_for="abc", tell=lambda *step: told.append(step))
    return to, told


def test_every_step_is_told_and_the_loss_falls(learnt):
    _, told = learnt

    assert [step[:2] for step in told] == [(done, 480) for done in range(1, 481)]
    assert np.mean([step[2] for step in told[-24:]]) < 0.5 * np.mean([s[2] for s in told[:8]])


def test_what_was_learnt_tells_right_clauses_in_the_engine_of_the_product(learnt):
    interaction = interaction_in(learnt[0])
    material = a_material()

    told = np.stack(
        [
            scores(interaction, question, [material.clauses[at] for at in places])
            for question in material.questions
            for places in [(question.right, *question.others[: COMPARED - 1])]
        ]
    )

    assert interaction.learnt_for == "abc"
    assert np.mean(told[..., ORDER].argmax(axis=1) == 0) > 0.9
    assert np.mean(told[:, 0, ANSWER] > 0) > 0.9
    assert np.mean(told[:, 1:, ANSWER] < 0) > 0.9


def test_the_engine_of_the_product_computes_what_was_learnt(learnt):
    import torch
    from safetensors.torch import load_file

    from embeddings import interaction_training as training

    material = a_material()
    question = material.questions[0]
    places = (question.right, *question.others[: COMPARED - 1])
    network = training._network(DIMENSION, RECIPE)
    network.load_state_dict(load_file(learnt[0]))
    compared = training._Compared.of(material, [training._Comparison(question, places, True)])

    with torch.no_grad():
        theirs = network.eval()(compared)[0].numpy()

    ours = scores(interaction_in(learnt[0]), question, [material.clauses[at] for at in places])
    assert (np.ptp(theirs, axis=0) > 0.1).all()
    assert ours == pytest.approx(theirs, abs=2e-3)


def test_a_question_is_compared_with_its_clause_first_or_without_it():
    random = np.random.default_rng(1)
    clauses = tuple(tokens(random, 2) for _ in range(12))
    questions = tuple(
        Asked(tokens(random, 2), 2, right, tuple(at for at in range(12) if at != right))
        for right in range(12)
    )
    material = Material(clauses, questions)
    chance = Random(3)

    compared = [_compared_with(question, material, chance) for question in questions * 20]

    assert 0.2 < np.mean([not comparison.answered for comparison in compared]) < 0.5
    for comparison in compared:
        right = comparison.question.right
        assert len(comparison.clauses) == COMPARED
        assert comparison.clauses.count(right) == int(comparison.answered)
        assert (comparison.clauses[0] == right) is comparison.answered


def test_without_a_token_or_a_clause_nothing_is_told(learnt):
    interaction = interaction_in(learnt[0])
    clause = interaction.read(np.eye(DIMENSION, dtype=np.float32)[:3])

    nothing = np.zeros((0, DIMENSION), np.float32)

    assert interaction.scores(nothing, 0, np.zeros((1, 0), np.float32), [clause]).tolist() == [
        [0, 0]
    ]
    assert len(interaction.scores(nothing, 0, np.zeros((0, 0), np.float32), [])) == 0


def test_pairs_become_centred_vectors_and_questions_know_the_others_of_their_resolution():
    clauses = [
        AnsweredClause(
            resolution="Resolution 5 (Oslo, 2019)",
            language="en",
            place=f"resolves {place}",
            text=text,
            questions=dict.fromkeys(LANGUAGES, f"{text} {place}?"),
        )
        for place, text in enumerate(("to publish the list;", "to close the fund;"))
    ]

    material = material_of([clauses, clauses[:1]], FakeEncoder())

    assert len(material.clauses) == 3
    assert [question.right for question in material.questions] == [0] * 6 + [1] * 6 + [2] * 6
    assert [question.others for question in material.questions[::6]] == [(1,), (0,), ()]
    for question in material.questions:
        assert 0 < question.own <= len(question.tokens)
    together = np.concatenate(material.clauses).astype(np.float32)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-2)


def test_nothing_is_written_from_too_few_questions(tmp_path):
    few = Material(a_material().clauses, a_material().questions[:7])

    with pytest.raises(ValueError, match="7 questions are too few: a step takes 8"):
        learn(few, tmp_path / "some.safetensors", recipe=RECIPE)

    assert list(tmp_path.iterdir()) == []


def test_no_pairs_are_told(tmp_path, capsys):
    assert main(["--pairs", str(tmp_path), "--to", str(tmp_path / "x")]) == 2
    assert "no pairs to learn from" in capsys.readouterr().err


def test_the_shipped_one_was_learnt_for_the_shipped_adapter():
    interaction = shipped_interaction()

    assert interaction.learnt_for == shipped_adapter().digest
    assert interaction.matrices["key.weight"].shape[1] == 384


def test_it_is_for_the_packaged_model_and_no_other():
    class Packaged(FakeEncoder):
        name = DEFAULT_MODEL

    assert interaction_for(Packaged()) is shipped_interaction()
    assert interaction_for(FakeEncoder()) is None


@pytest.mark.parametrize("damage", ["cut", "gone", "no tensors"])
def test_a_damaged_file_is_told_in_a_line(damage, tmp_path):
    file = tmp_path / "interaction.safetensors"
    if damage != "gone":
        content = FILE.read_bytes()
        file.write_bytes(content[: len(content) // 2] if damage == "cut" else b"no tensors")

    with pytest.raises(InteractionError, match=r"interaction\.safetensors cannot be read .*again"):
        interaction_in(file)
