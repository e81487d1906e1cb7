import json

import jsonschema

from eval.compare import compare, compare_with_accepted, comparison_text, comparison_to_json
from eval.gate import accept
from tests.eval.builders import (
    SCHEMAS,
    a_case,
    a_run,
    an_unanswerable_case,
    answered,
    refused,
)

RIGHT = "wtsa-75@2022/instructs/1"
CASES = [a_case("a"), a_case("b"), an_unanswerable_case("c")]


def old_run():
    return a_run(CASES, {"a": [RIGHT], "b": ["x"]}, {"a": answered(RIGHT), "c": refused()})


def new_run(**provenance):
    outcomes = {"b": answered(RIGHT), "c": refused()}
    return a_run(CASES, {"a": ["x", RIGHT], "b": [RIGHT]}, outcomes, **provenance)


def test_cases_won_and_lost_are_named():
    comparison = compare(old_run(), new_run())

    right = next(d for d in comparison.differences if d.measure == "right")

    assert (right.won, right.lost) == (("b",), ("a",))
    assert right.cases == 3
    assert right.interval.mean == 0
    rank = next(d for d in comparison.differences if d.measure == "RR")
    assert (rank.old, rank.new) == (0.5, 0.75)


def test_what_else_differs_is_told():
    comparison = compare(old_run(), new_run(model="another", corpus="z" * 8))

    assert comparison.notes == (
        "corpora differ: cccccccc and zzzzzzzz",
        "models differ: m and another",
    )


def test_cases_that_only_one_run_has_are_counted():
    other = a_run(CASES[:2], {"a": [RIGHT]}, {})

    comparison = compare(old_run(), other)

    assert "1 cases are in one of the two only" in comparison.notes
    assert all("c" not in (*d.won, *d.lost) for d in comparison.differences)


def test_a_run_is_compared_with_the_last_accepted_one():
    accepted = accept(old_run(), None)

    comparison = compare_with_accepted(accepted, new_run())

    assert comparison.old == "accepted run, 2026-01-01T00:00:00+00:00"
    assert comparison.notes == ()
    right = next(d for d in comparison.differences if d.measure == "right")
    assert (right.won, right.lost) == (("b",), ("a",))


def test_the_text_names_the_cases_and_the_intervals():
    text = comparison_text(compare(old_run(), new_run()))

    assert "won by right: b\n" in text
    assert "lost by right: a\n" in text
    assert "beyond chance" in text


def test_runs_with_nothing_in_common_say_so():
    other = a_run([a_case("z")], {"z": [RIGHT]}, {})

    assert "no case and measure in common" in comparison_text(compare(old_run(), other))


def test_the_json_keeps_to_its_schema():
    schema = json.loads((SCHEMAS / "comparison.json").read_text(encoding="utf-8"))

    record = comparison_to_json(compare(old_run(), new_run()))

    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(record)))
    assert {entry["measure"] for entry in record["measures"]} >= {"R@1", "RR", "right"}
