import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measure import RANKING
from eval.metrics import (
    auroc,
    calibration_error,
    parse_measure,
    precision,
    recall,
    refusal_recall,
    reliability,
    score_rankings,
    wrong_refusal_rate,
)


@pytest.mark.parametrize("name", [*RANKING, "Success@1", "Success@5", "nDCG@10"])
def test_names_of_measures_print_and_parse_back(name):
    assert str(parse_measure(name)) == name


@pytest.mark.parametrize("name", ["r@5", "Hits@3", "", "nDCG @10"])
def test_a_name_that_is_no_measure_is_refused(name):
    with pytest.raises(ValueError):
        parse_measure(name)


def test_rankings_score_what_is_worked_out_by_hand():
    rankings = {"q": ["x", "a", "y", "b", "z"]}
    relevance = {"q": {"a": 1, "b": 1, "c": 1}}
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    best = 1 + 1 / math.log2(3) + 1 / math.log2(4)

    scores = score_rankings(
        rankings, relevance, ["Success@1", "Success@3", "R@3", "R@5", "Rprec", "RR", "nDCG@10"]
    )["q"]

    assert scores["Success@1"] == 0
    assert scores["Success@3"] == 1
    assert scores["R@3"] == pytest.approx(1 / 3)
    assert scores["R@5"] == pytest.approx(2 / 3)
    assert scores["Rprec"] == pytest.approx(1 / 3)
    assert scores["RR"] == 0.5
    assert scores["nDCG@10"] == pytest.approx(gain / best)


def test_grades_count_for_ndcg():
    scores = score_rankings({"q": ["b", "a"]}, {"q": {"a": 2, "b": 1}}, ["nDCG@10"])["q"]

    assert scores["nDCG@10"] == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_ties_are_not_broken_anew_by_id():
    # trec_eval would put the higher id first if both scored alike.
    for order in (["a", "b"], ["b", "a"]):
        scores = score_rankings({"q": order}, {"q": {"a": 1}}, ["RR"])

        assert scores["q"]["RR"] == (1.0 if order[0] == "a" else 0.5)


def test_a_query_that_found_nothing_scores_zero():
    scores = score_rankings({"e": []}, {"e": {"a": 1}, "m": {"a": 1}, "n": {}}, ["RR", "R@5"])

    assert scores == {q: {"RR": 0.0, "R@5": 0.0} for q in ("e", "m", "n")}


def test_a_clause_found_twice_counts_once_at_its_first_place():
    scores = score_rankings({"q": ["x", "a", "y", "a"]}, {"q": {"a": 1}}, ["RR"])

    assert scores["q"]["RR"] == 0.5


@pytest.mark.parametrize(
    ("cited", "expected"),
    [(["a"], 1.0), (["a", "x"], 0.5), (["a", "a", "x"], 0.5), (["x"], 0.0), ([], None)],
)
def test_citation_precision_is_the_share_of_right_citations(cited, expected):
    assert precision(cited, {"a", "b"}) == expected


def test_section_recall_is_the_share_of_its_clauses_that_are_cited():
    assert recall(["a", "x"], {"a", "b", "c"}) == pytest.approx(1 / 3)
    assert recall([], {"a"}) == 0
    with pytest.raises(ValueError):
        recall(["a"], set())


def test_refusals_are_counted_on_each_side():
    assert wrong_refusal_rate([True, False, False, False]) == 0.25
    assert refusal_recall([True, True, False]) == pytest.approx(2 / 3)
    assert wrong_refusal_rate([]) is None
    assert refusal_recall([]) is None


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.5], [0.5, 0.1], 0.875),  # of four pairs three are won and one is a tie
        ([], [0.5], None),
        ([0.5], [], None),
    ],
)
def test_auroc_counts_pairs_and_halves_of_ties(positives, negatives, expected):
    assert auroc(positives, negatives) == expected


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=20),
    st.lists(st.integers(0, 5), min_size=1, max_size=20),
)
def test_auroc_is_the_share_of_pairs_won(positives, negatives):
    won = sum((p > n) + 0.5 * (p == n) for p, n in product(positives, negatives))

    assert auroc(positives, negatives) == pytest.approx(won / (len(positives) * len(negatives)))


def test_calibration_is_the_weighted_gap_of_the_bins():
    probabilities = [0.15, 0.15, 0.95, 0.95, 1.0]
    truths = [False, True, True, True, False]

    bins = reliability(probabilities, truths)

    assert [column.count for column in bins] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 3]
    assert bins[1].accuracy == 0.5
    assert bins[1].confidence == pytest.approx(0.15)
    assert bins[0].accuracy is None
    gap = 2 * abs(0.15 - 0.5) + 3 * abs(2.9 / 3 - 2 / 3)
    assert calibration_error(bins) == pytest.approx(gap / 5)


def test_without_events_there_is_no_calibration_error():
    assert calibration_error(reliability([], [])) is None


def test_probabilities_outside_0_to_1_and_uneven_lists_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability([1.1], [True])
    with pytest.raises(ValueError, match="2 probabilities for 1 events"):
        reliability([0.1, 0.2], [True])
