import json
from dataclasses import replace

import jsonschema
import pytest

from eval.report import (
    ReportError,
    grid,
    json_text,
    markdown,
    read_run,
    run_from_json,
    run_to_json,
    table,
)
from tests.eval.builders import SCHEMAS, a_case, a_run, an_unanswerable_case, answered, refused

RIGHT = "wtsa-75@2022/instructs/1"
CASES = [
    a_case("a"),
    a_case("b", language="fr", question="Qui | présente `le` rapport ?"),
    a_case("c", kind="section", match="all", relevant=("s/1", "s/2", "s/3")),
    an_unanswerable_case("d"),
]


def full_run(**more):
    return a_run(
        CASES,
        {"a": [RIGHT], "b": ["x", "y", RIGHT], "c": ["s/1"]},
        {
            "a": answered(RIGHT, probability=0.123456789),
            "c": answered("s/1", "s/2"),
            "d": refused(),
        },
        **more,
    )


def test_the_json_keeps_to_its_schema():
    schema = json.loads((SCHEMAS / "report.json").read_text(encoding="utf-8"))

    record = json.loads(json_text(run_to_json(full_run())))

    jsonschema.Draft202012Validator(schema).validate(record)
    assert record["groups"][0]["scores"]["R@1"] == {
        "value": 0.5,
        "count": 2,
        "low": 0.0,
        "high": 1.0,
    }
    assert record["cases"][0]["outcome"]["cited"] == [RIGHT]
    assert record["provenance"]["corpus"] == "cccccccc"


def test_every_schema_of_the_evaluation_is_itself_valid():
    files = sorted(SCHEMAS.glob("*.json"))

    for file in files:
        jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text(encoding="utf-8")))

    assert [file.stem for file in files] == ["baseline", "case", "comparison", "peers", "report"]


def test_writing_then_reading_gives_the_same_run(tmp_path):
    run = full_run()
    file = tmp_path / "r.json"
    file.write_text(json_text(run_to_json(run)), encoding="utf-8")

    again = read_run(file)

    assert again == run
    assert json_text(run_to_json(again)) == file.read_text(encoding="utf-8")


def test_two_runs_differ_in_nothing_but_their_date_and_timings():
    one = run_to_json(full_run(made="2026-01-01"))
    other = run_to_json(full_run(made="2026-02-02"))

    assert one.pop("run") != other.pop("run")
    assert json_text(one) == json_text(other)


def test_means_are_taken_from_the_cases_and_not_believed():
    record = run_to_json(full_run())
    record["groups"][0]["scores"]["R@1"]["value"] = 1.0

    assert run_from_json(record).groups[0].scores["R@1"].value == 0.5


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "cases": [1]}'])
def test_a_file_that_is_no_report_is_named(tmp_path, text):
    file = tmp_path / "r.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ReportError, match=r"r\.json is no report of a run"):
        read_run(file)


def test_a_report_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReportError, match="cannot be read: No such file"):
        read_run(tmp_path / "none.json")


def test_the_table_names_what_was_measured_and_holds_every_group():
    text = table(full_run(commit="abc123"))

    for named in (
        "model   m",
        "corpus  cccccccc",
        "commit  abc123",
        "split test",
        "code    dddddddd",
    ):
        assert named in text
    lines = {" ".join(line.split()) for line in text.splitlines()}
    assert "all 4 0.500 1.000 1.000 0.333 0.333 0.778 0.656" in lines
    assert "language=fr 1 0.000 1.000 1.000 – – 0.333 0.500" in lines
    assert "fact 0.000 (1) 1.000 (1)" in lines
    assert "wrong refusals: 0.333 of 3 answerable" in lines
    assert "right refusals: 1.000 of 1 unanswerable" in lines
    assert any(line.startswith("ask: p50 1.0 ms, p95 1.0 ms (not a score)") for line in lines)


def test_a_ranking_alone_has_no_table_of_answers():
    run = full_run()
    bare = replace(
        run,
        results=tuple(replace(r, outcome=None, scores={"RR": 0.5}) for r in run.results),
        groups=tuple(
            replace(g, scores={k: v for k, v in g.scores.items() if k == "RR"}) for g in run.groups
        ),
    )

    text = table(bare)

    assert "Answers and refusals" not in text
    assert "RR, by kind and language" in text


def test_the_summary_is_a_markdown_table_in_which_no_text_is_markup():
    text = markdown(full_run(model="<b>|e5|</b>"))

    assert text.startswith("### scripted: 4 cases\n\n|  | cases | right |")
    assert "| all | 4 | 0.500 |" in text
    assert "Not right: 2 of 4. b, c" in text
    assert "\\<b\\>\\|e5\\|\\</b\\>" in text
    for named in ("corpus cccccccc", "code dddddddd", "commit none"):
        assert named in text


def test_a_grid_aligns_names_left_and_figures_right():
    assert grid(["", "n"], [["ab", "1"], ["c", "10"]]) == "     n\nab   1\nc   10"
