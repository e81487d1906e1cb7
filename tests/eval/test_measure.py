import math

import pytest

from eval.measure import DEPTH, Outcome, measure, measure_ranking, reliability_of, summarise
from tests.eval.builders import (
    ScriptedSystem,
    a_case,
    an_unanswerable_case,
    answered,
    measured,
    refused,
    ticking,
)

RIGHT = "wtsa-75@2022/instructs/1"
SECTION = ("s/1", "s/2", "s/3", "s/4")


def scores_of(case, ranking=(), outcome=None):
    (result,) = measured([case], {case.id: ranking}, {case.id: outcome or refused()}).results
    return result.scores


def test_one_right_clause_suffices_where_any_is_asked_for():
    case = a_case(relevant=(RIGHT, "other"))

    scores = scores_of(case, ["x", RIGHT], answered(RIGHT, "x"))

    assert scores["R@1"] == 0
    assert scores["R@3"] == scores["R@5"] == 1
    assert scores["RR"] == 0.5
    assert scores["right"] == 1
    assert scores["citation-precision"] == 0.5
    assert scores["answered"] == 1
    assert "R@10" not in scores
    assert "section-recall" not in scores


def test_a_whole_section_is_measured_by_how_much_of_it_is_found():
    case = a_case(kind="section", match="all", relevant=SECTION)

    scores = scores_of(case, ["s/1", "x", "s/2", "y"], answered("s/1", "s/2", "s/3", "x"))

    assert scores["R@10"] == 0.5
    assert scores["Rprec"] == 0.5
    assert scores["section-recall"] == 0.75
    assert scores["section-precision"] == 0.75
    assert scores["right"] == 0
    assert "R@1" not in scores


def test_a_section_is_right_when_all_of_it_is_cited():
    case = a_case(kind="section", match="all", relevant=SECTION)

    scores = scores_of(case, SECTION, answered(*reversed(SECTION)))

    assert scores["section-recall"] == scores["section-precision"] == scores["right"] == 1


def test_a_reply_is_wrong_when_its_first_citation_is():
    assert scores_of(a_case(), [RIGHT], answered("x", RIGHT))["right"] == 0


def test_a_wrong_refusal_lowers_answered_and_has_no_precision():
    scores = scores_of(a_case(), [RIGHT], refused())

    assert scores["answered"] == scores["right"] == 0
    assert "citation-precision" not in scores
    assert "quotes-proven" not in scores


@pytest.mark.parametrize(
    ("outcome", "right", "right_reason"),
    [(refused("not-held"), 1, 1), (refused("no-evidence"), 1, 0), (answered("x"), 0, 0)],
)
def test_a_question_without_answer_asks_for_a_refusal_and_its_reason(outcome, right, right_reason):
    case = an_unanswerable_case(kind="not-held", reason="not-held")

    scores = scores_of(case, outcome=outcome)

    assert scores["refused"] == scores["right"] == right
    assert scores["right-reason"] == right_reason
    assert "RR" not in scores


def test_an_unproven_quote_is_seen():
    assert scores_of(a_case(), [RIGHT], answered(RIGHT, proven=False))["quotes-proven"] == 0


def test_history_is_handed_to_the_system():
    system = ScriptedSystem()

    measure(system, [a_case(kind="follow-up", history=("先前？",))], clock=ticking())

    assert system.histories == [("先前？",)]


def test_rankings_end_at_the_depth_that_is_measured():
    case = a_case()

    scores = scores_of(case, [*(f"x{i}" for i in range(DEPTH)), RIGHT])

    assert scores["RR"] == 0


def test_hits_beyond_those_asked_for_are_not_counted():
    class Talkative(ScriptedSystem):
        def search(self, question, *, history, top):
            assert top == DEPTH
            return super().search(question, history=history, top=10**6)

    case = a_case()
    system = Talkative({case.question: [*(f"x{i}" for i in range(DEPTH)), RIGHT]})

    found = measure_ranking(system, [case], clock=ticking())

    assert found.results[0].scores["RR"] == 0


def test_results_are_sorted_by_id_whatever_the_order_of_the_cases():
    cases = [a_case("b"), a_case("a"), a_case("c")]

    results = measured(cases, {}, {}).results

    assert [result.id for result in results] == ["a", "b", "c"]
    assert results == measured(cases[::-1], {}, {}).results


def test_timings_are_kept_apart_from_the_scores():
    cases = [a_case("a"), an_unanswerable_case("b")]

    slow = measure(ScriptedSystem(), cases, clock=ticking(0.5))
    fast = measure(ScriptedSystem(), cases, clock=ticking(0.001))

    assert slow.results == fast.results
    assert slow.timings["ask"].p50 == pytest.approx(500)
    assert (slow.timings["search"].count, slow.timings["ask"].count) == (1, 2)


def test_percentiles_of_timings_are_those_of_the_calls():
    ticks = iter([0, 0.010, 0, 0.020, 0, 0.030])
    cases = [a_case(id_) for id_ in "abc"]

    found = measure_ranking(ScriptedSystem(), cases, clock=lambda: next(ticks))

    assert found.timings["search"].p50 == pytest.approx(20)
    assert found.timings["search"].p95 == pytest.approx(29)


def test_a_bare_retriever_is_measured_by_its_ranking_alone():
    case = a_case()

    found = measure_ranking(ScriptedSystem({case.question: [RIGHT]}), [case], clock=ticking())

    assert found.results[0].outcome is None
    assert dict(found.results[0].scores) == {
        "R@1": 1,
        "R@3": 1,
        "R@5": 1,
        "RR": 1,
        "nDCG@10": 1,
    }
    assert reliability_of(found.results) == ()


def test_means_are_taken_over_the_cases_that_have_the_measure():
    cases = [
        a_case("a"),
        a_case("b", language="fr"),
        a_case("c", kind="section", match="all", relevant=SECTION),
        an_unanswerable_case("d"),
    ]
    found = measured(
        cases,
        {"a": [RIGHT], "b": ["x", RIGHT], "c": ["s/1"]},
        {"a": answered(RIGHT), "b": answered("x"), "c": answered(*SECTION), "d": answered("x")},
    )

    groups = {group.name: group for group in summarise(found.results)}

    assert list(groups) == [
        "all",
        "language=fr",
        "language=zh",
        "kind=fact",
        "kind=section",
        "kind=unanswerable-far",
        "language=fr kind=fact",
        "language=zh kind=fact",
        "language=zh kind=section",
        "language=zh kind=unanswerable-far",
    ]
    everything = groups["all"].scores
    assert (everything["R@1"].value, everything["R@1"].count) == (0.5, 2)
    assert (everything["R@10"].value, everything["R@10"].count) == (0.25, 1)
    assert everything["RR"].value == pytest.approx((1 + 0.5 + 1) / 3)
    assert everything["right"].value == 0.5
    assert everything["refused"].value == 0
    assert everything["answered"].value == 1
    assert groups["language=zh"].cases == 3
    assert groups["language=fr"].scores["R@1"].value == 0


def test_auroc_sets_a_kind_without_answer_against_all_that_have_one():
    cases = [
        a_case("a"),
        a_case("b", language="fr"),
        an_unanswerable_case("c"),
        an_unanswerable_case("d", kind="unanswerable-near"),
    ]
    probabilities = {"a": 0.9, "b": 0.4, "c": 0.1, "d": 0.6}
    found = measured(cases, {}, {id_: refused(probability=p) for id_, p in probabilities.items()})

    groups = {group.name: group.scores for group in summarise(found.results)}

    assert groups["all"]["AUROC"].value == 0.75
    assert groups["kind=unanswerable-far"]["AUROC"].value == 1
    assert groups["kind=unanswerable-near"]["AUROC"].value == 0.5
    assert groups["kind=unanswerable-near"]["AUROC"].count == 1
    assert groups["language=zh"]["AUROC"].value == 1
    assert "AUROC" not in groups["language=fr"]
    assert "AUROC" not in groups["kind=fact"]
    assert groups["all"]["ECE"].value == pytest.approx((0.1 + 0.6 + 0.1 + 0.6) / 4)


def test_intervals_hold_the_mean():
    cases = [a_case(f"c{i:02}") for i in range(20)]
    found = measured(cases, {f"c{i:02}": [RIGHT] for i in range(12)}, {})

    score = summarise(found.results)[0].scores["R@1"]

    assert score.value == 0.6
    assert score.low is not None
    assert score.high is not None
    assert 0.3 < score.low < 0.6 < score.high < 0.9


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Outcome("answered", None, (), quotes_proven=True, probability=0.5),
        lambda: Outcome("answered", "no-evidence", ("a",), quotes_proven=True, probability=0.5),
        lambda: Outcome("refused", "no-evidence", ("a",), quotes_proven=True, probability=0.5),
        lambda: Outcome("refused", None, (), quotes_proven=True, probability=0.5),
        lambda: answered("a", probability=1.5),
        lambda: answered("a", probability=math.nan),
    ],
)
def test_an_outcome_that_contradicts_itself_cannot_be_built(wrong):
    with pytest.raises(ValueError):
        wrong()
