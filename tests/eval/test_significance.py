import numpy as np
import pytest

from eval.significance import bootstrap_mean, paired_difference


def test_the_interval_of_equal_values_is_a_point():
    found = bootstrap_mean([0.5] * 10)

    assert (found.mean, found.low, found.high) == (0.5, 0.5, 0.5)


def test_the_interval_of_a_share_is_about_that_of_the_normal_approximation():
    values = [1.0] * 60 + [0.0] * 40
    half = 1.96 * np.sqrt(0.6 * 0.4 / 100)

    found = bootstrap_mean(values)

    assert found.mean == pytest.approx(0.6)
    assert found.low == pytest.approx(0.6 - half, abs=0.011)
    assert found.high == pytest.approx(0.6 + half, abs=0.011)


def test_more_cases_give_a_narrower_interval():
    few = bootstrap_mean([1.0, 0.0] * 10)
    many = bootstrap_mean([1.0, 0.0] * 1000)

    assert many.high - many.low < (few.high - few.low) / 5


def test_the_same_scores_give_the_same_interval():
    values = [place**0.5 for place in range(50)]

    assert bootstrap_mean(values) == bootstrap_mean(values)
    assert bootstrap_mean(values) != bootstrap_mean(values, seed=1)


def test_resampling_in_pieces_gives_as_many_means(monkeypatch):
    monkeypatch.setattr("eval.significance._CHUNK", 7)

    found = bootstrap_mean([0.0, 1.0], resamples=1001)

    assert (found.low, found.mean, found.high) == (0, 0.5, 1)


def test_nothing_to_resample_is_refused():
    with pytest.raises(ValueError, match="no value"):
        bootstrap_mean([])


def test_pairs_are_compared_on_the_cases_that_both_have():
    old = {"a": 0.0, "b": 1.0, "c": 0.5, "only old": 1.0}
    new = {"a": 1.0, "b": 0.0, "c": 0.5, "d": 1.0}

    found = paired_difference("right", old, new)

    assert found is not None
    assert (found.cases, found.old, found.new) == (3, 0.5, 0.5)
    assert (found.won, found.lost) == (("a",), ("b",))
    assert found.interval.mean == 0
    assert not found.interval.excludes_zero


def test_a_clear_gain_is_beyond_chance_and_its_reverse_a_loss():
    old = {str(i): 0.0 for i in range(30)}
    new = {str(i): float(i % 3 > 0) for i in range(30)}

    gain = paired_difference("right", old, new)
    loss = paired_difference("right", new, old)

    assert gain is not None
    assert loss is not None
    assert gain.interval.low > 0.4
    assert gain.interval.excludes_zero
    assert loss.interval.high < -0.4
    assert len(gain.won) == len(loss.lost) == 20


def test_pairing_takes_out_how_hard_a_case_is():
    # Scores differ widely between cases, yet the new one is a little better on every one.
    old = {str(i): i / 100 for i in range(100)}
    new = {case: score + 0.005 for case, score in old.items()}

    found = paired_difference("RR", old, new)

    assert found is not None
    assert found.interval.excludes_zero
    assert found.interval.high - found.interval.low < 1e-9


def test_systems_without_a_case_in_common_are_not_compared():
    assert paired_difference("RR", {"a": 1.0}, {"b": 1.0}) is None
