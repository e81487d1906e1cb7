"""The fit of refusals: groups, folds, threshold, and a logistic model whose signs are given."""

import numpy as np
import pytest

from eval.fit import MOST_AGAINST, fit_logistic, folds, groups_of, threshold_of
from tests.eval.builders import a_case, an_unanswerable_case

UNBOUNDED = (-np.inf, np.inf)


def test_cases_of_one_clause_are_one_group_even_through_a_third():
    cases = [
        a_case("a", relevant=("x",)),
        a_case("b", relevant=("y",)),
        a_case("c", relevant=("x", "y")),
        a_case("d", relevant=("z",)),
        an_unanswerable_case("e"),
        an_unanswerable_case("f"),
    ]

    groups = groups_of(cases)

    assert groups[0] == groups[1] == groups[2]
    assert len(set(groups)) == 4


def test_folds_keep_groups_whole_and_spread_every_stratum():
    groups = [number // 3 for number in range(60)] + list(range(100, 140))
    strata = ["answerable"] * 60 + ["far"] * 40

    fold = folds(groups, strata, count=5, seed=1)

    assert all(len({fold[r] for r in range(100) if groups[r] == g}) == 1 for g in set(groups))
    assert set(np.bincount(fold[60:])) == {8}
    assert set(np.bincount(fold[:60])) == {12}


def test_folds_are_the_same_for_a_seed_and_others_for_another():
    groups, strata = list(range(50)), ["far"] * 50

    once = folds(groups, strata, count=5, seed=3)

    assert (once == folds(groups, strata, count=5, seed=3)).all()
    assert (once != folds(groups, strata, count=5, seed=4)).any()


def test_the_threshold_refuses_no_more_than_the_share():
    probabilities = np.linspace(1.0, 0.01, 100)

    threshold = threshold_of(probabilities, share=0.04)

    assert np.mean(probabilities < threshold) == pytest.approx(0.04)
    assert np.mean(probabilities <= threshold) > 0.04


def test_the_logistic_model_finds_the_coefficients_of_its_data():
    random = np.random.default_rng(0)
    x = random.normal(size=(20_000, 2)) * [1.0, 5.0]
    chance = 1 / (1 + np.exp(-(0.5 + 2.0 * x[:, 0] - 0.3 * x[:, 1])))
    y = random.random(20_000) < chance

    bias, weights = fit_logistic(x, y, [UNBOUNDED, UNBOUNDED], penalty=0.0)

    assert bias == pytest.approx(0.5, abs=0.1)
    assert weights == pytest.approx([2.0, -0.3], abs=0.1)


def test_a_weight_stays_within_its_bounds():
    random = np.random.default_rng(0)
    x = random.normal(size=(500, 2))
    y = x[:, 1] < 0
    least = MOST_AGAINST["unmet"]

    _, weights = fit_logistic(x, y, [(0.0, 0.0), (least, 0.0)], penalty=0.0)

    assert weights == pytest.approx([0.0, least])


def test_the_penalty_shrinks_weights():
    random = np.random.default_rng(0)
    x = random.normal(size=(500, 1))
    y = x[:, 0] > 0

    _, loose = fit_logistic(x, y, [UNBOUNDED], penalty=0.001)
    _, tight = fit_logistic(x, y, [UNBOUNDED], penalty=0.1)

    assert 0 < tight[0] < loose[0]
