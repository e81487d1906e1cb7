import json
from dataclasses import replace

import jsonschema
import pytest

from eval.gate import (
    BaselineError,
    LoweringError,
    accept,
    baseline_from_json,
    baseline_to_json,
    judge,
    read_baseline,
    verdict_text,
)
from tests.eval.builders import (
    SCHEMAS,
    a_case,
    a_run,
    an_unanswerable_case,
    answered,
    refused,
)

RIGHT = "wtsa-75@2022/instructs/1"
CASES = [*(a_case(f"c{i}") for i in range(8)), *(an_unanswerable_case(f"u{i}") for i in range(4))]


def a_run_with(found, *, cases=CASES, wrong_answers=0, proven=True, made="2026-01-01", **more):
    """The first `found` questions are found and answered rightly, the others refused."""
    rankings = {case.id: [RIGHT] for case in cases[:found] if case.answerable}
    outcomes = {id_: answered(RIGHT, proven=proven) for id_ in rankings}
    outcomes |= {f"u{i}": answered("x") for i in range(wrong_answers)}
    return a_run(cases, rankings, outcomes, made=made, **more)


def failures(verdict):
    return {(check.group, check.name) for check in verdict.failures}


def floor_of(baseline, group, measure):
    return next(floor for floor in baseline.floors if floor.key == (group, measure))


def test_the_run_that_set_the_floors_passes():
    run = a_run_with(6)

    verdict = judge(run, accept(run, None))

    assert verdict.passed
    assert len(verdict.checks) > 20


def test_floors_stand_the_slack_below_what_was_measured():
    baseline = accept(a_run_with(6), None, slack=2)

    floor = floor_of(baseline, "language=zh kind=fact", "R@1")

    assert (floor.measured, floor.floor, floor.cases) == (0.75, 0.5, 8)


def test_one_case_of_slack_is_forgiven_and_two_are_not():
    baseline = accept(a_run_with(6), None)

    assert judge(a_run_with(5), baseline).passed
    assert ("kind=fact", "R@1") in failures(judge(a_run_with(4), baseline))


def test_every_kind_of_floor_can_fail():
    baseline = accept(a_run_with(8), None)

    missed = failures(judge(a_run_with(4), baseline))
    let_through = failures(judge(a_run_with(8, wrong_answers=3), baseline))
    unproven = failures(judge(a_run_with(8, proven=False), baseline))

    for group in ("all", "language=zh", "kind=fact", "language=zh kind=fact"):
        assert {(group, m) for m in ("R@1", "R@5", "RR", "nDCG@10", "answered")} <= missed
    assert ("kind=unanswerable-far", "refused") in let_through
    assert ("all", "AUROC") in let_through
    assert ("all", "right") in let_through
    assert ("all", "quotes-proven") in unproven


def test_a_single_unproven_quote_fails_for_want_of_any_slack():
    run = a_run_with(8)
    baseline = accept(run, None)
    spoilt = a_run(
        CASES,
        {case.id: [RIGHT] for case in CASES[:8]},
        {case.id: answered(RIGHT, proven=case.id != "c0") for case in CASES[:8]},
    )

    assert failures(judge(spoilt, baseline)) == {
        (group, "quotes-proven")
        for group in ("all", "language=zh", "kind=fact", "language=zh kind=fact")
    }


@pytest.mark.parametrize("what", ["cases", "corpus"])
def test_a_changed_digest_fails_and_says_which_and_how_to_accept(what):
    run = a_run_with(6)
    changed = replace(run, provenance=replace(run.provenance, **{what: "changed"}))

    verdict = judge(changed, accept(run, None))

    assert failures(verdict) == {("digest", what)}
    text = verdict_text(verdict)
    assert f"the floors hold for {what} " in text
    assert "changed; look at the change, then accept it: python -m eval gate --accept" in text


def test_a_measure_that_no_case_has_any_more_fails():
    run = a_run_with(6)
    baseline = accept(run, None)
    without = a_run_with(6, cases=CASES[:8])

    failed = failures(judge(without, baseline))

    assert ("kind=unanswerable-far", "refused") in failed
    assert ("all", "AUROC") in failed


def test_a_failure_names_the_value_the_floor_and_the_run_that_set_it():
    baseline = accept(a_run_with(8, made="2026-02-02"), None)

    text = verdict_text(judge(a_run_with(4), baseline))

    assert (
        "FAILED all R@1: all R@1 is 0.5000, its floor 0.8750 (1.0000 in the run of 2026-02-02)"
        in text
    )
    assert "gate --accept --lower" in text


def test_accepting_a_better_run_raises_floors_and_names_the_new_run():
    before = accept(a_run_with(5, made="2026-01-01"), None)

    after = accept(a_run_with(8, made="2026-03-03"), before)

    floor = floor_of(after, "all", "R@1")
    assert (floor.floor, floor.run.made) == (0.875, "2026-03-03")
    assert floor_of(before, "all", "R@1").floor == 0.5


def test_accepting_a_run_within_the_slack_lowers_no_floor():
    before = accept(a_run_with(6, made="2026-01-01"), None)

    after = accept(a_run_with(5, made="2026-03-03"), before)

    floor = floor_of(after, "all", "R@1")
    assert (floor.floor, floor.run.made) == (0.625, "2026-01-01")
    assert after.run.made == "2026-03-03"
    assert sum(scores.get("R@1", 0) for scores in after.outcomes.values()) == 5


def test_no_floor_is_lowered_unasked():
    before = accept(a_run_with(8), None)

    with pytest.raises(LoweringError, match=r"other floors stand above this run; .*--lower"):
        accept(a_run_with(4), before)


def test_floors_are_lowered_when_asked_and_only_those_that_must():
    before = accept(a_run_with(8, made="2026-01-01"), None)

    after = accept(a_run_with(4, made="2026-03-03"), before, lower=True)

    assert floor_of(after, "all", "R@1").floor == 0.375
    kept = floor_of(after, "kind=unanswerable-far", "refused")
    assert (kept.floor, kept.run.made) == (0.75, "2026-01-01")
    assert judge(a_run_with(4), after).passed


def test_floors_without_cases_are_dropped_only_when_lowering():
    before = accept(a_run_with(8), None)
    without = a_run_with(8, cases=CASES[:8])

    with pytest.raises(LoweringError):
        accept(without, before)
    after = accept(without, before, lower=True)

    assert "kind=unanswerable-far" not in {floor.group for floor in after.floors}
    assert after.cases == without.provenance.cases


def test_a_group_of_very_few_cases_has_no_floor():
    run = a_run(CASES[:3], {"c0": [RIGHT]}, {})

    assert accept(run, None).floors == ()


def test_writing_then_reading_gives_the_same_baseline_and_keeps_its_schema(tmp_path):
    before = accept(a_run_with(5, made="2026-01-01"), None)
    baseline = accept(a_run_with(6, made="2026-03-03"), before)
    schema = json.loads((SCHEMAS / "baseline.json").read_text(encoding="utf-8"))

    record = json.loads(json.dumps(baseline_to_json(baseline)))

    assert baseline_from_json(record) == baseline
    jsonschema.Draft202012Validator(schema).validate(record)
    assert [run["made"] for run in record["runs"]] == ["2026-03-03", "2026-01-01"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 9}', '{"format": 1, "runs": []}'])
def test_a_damaged_baseline_is_named(tmp_path, text):
    file = tmp_path / "baseline.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BaselineError, match=r"baseline\.json is no baseline .* --accept"):
        read_baseline(file)


def test_a_floor_that_names_no_run_is_damage():
    record = baseline_to_json(accept(a_run_with(5), None))
    record["floors"][0]["run"] = 7

    with pytest.raises(ValueError, match="no run 7"):
        baseline_from_json(record)


def test_a_missing_baseline_is_none(tmp_path):
    assert read_baseline(tmp_path / "none.json") is None


def test_refused_questions_with_the_wrong_reason_are_below_a_floor():
    run = a_run_with(8)
    baseline = accept(run, None)
    other = a_run(
        CASES,
        {case.id: [RIGHT] for case in CASES[:8]},
        {case.id: answered(RIGHT) for case in CASES[:8]}
        | {f"u{i}": refused("ambiguous") for i in range(4)},
    )

    assert ("kind=unanswerable-far", "right-reason") in failures(judge(other, baseline))
