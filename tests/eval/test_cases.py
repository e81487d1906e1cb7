import json

import jsonschema
import pytest

from eval.cases import (
    CasesError,
    case_from_json,
    case_to_json,
    digest_of_cases,
    load_cases,
    normalised,
    read_cases,
)
from tests.eval.builders import SCHEMAS, a_case, a_line, an_unanswerable_case, write_lines

HELD = {"founding": frozenset({"wtsa-75@2022/instructs/1", "wtsa-75@2022/instructs/2"})}

WRONG = {
    "unknown kind": (a_line(kind="riddle"), "kind must be one of fact, revision"),
    "unknown language": (a_line(language="de"), "language must be one of ar, zh"),
    "unknown split": (a_line(split="dev"), "split must be one of train, test"),
    "unknown match": (a_line(match="some"), "match must be one of any, all"),
    "unknown corpus": (a_line(corpus="mine"), "corpus must be one of founding, samples"),
    "unknown reason": (
        a_line(kind="unanswerable-far", relevant=[], reason="tired"),
        "reason must be one of no-evidence",
    ),
    "unknown field": (a_line(answer="yes"), "unknown field: answer"),
    "missing field": ({"id": "x"}, "field missing: split, kind, language, question"),
    "answerable without a clause": (a_line(relevant=[]), "relevant must name a clause"),
    "answerable with a reason": (a_line(reason="no-evidence"), "reason must be null"),
    "unanswerable with a clause": (
        a_line(kind="unanswerable-near", reason="no-evidence"),
        "relevant must be empty",
    ),
    "unanswerable without a reason": (
        a_line(kind="unanswerable-near", relevant=[]),
        "needs a reason",
    ),
    "not held for want of evidence": (
        a_line(kind="not-held", relevant=[], reason="no-evidence"),
        "contradicts the reason",
    ),
    "follow-up without a history": (a_line(kind="follow-up"), "needs a history"),
    "blank question": (a_line(question="  "), "question must be a text that is not blank"),
    "question that is a number": (a_line(question=75), "question must be a text"),
    "history that is a text": (a_line(history="before"), "history must be a list of texts"),
    "clause named twice": (a_line(relevant=["a", "a"]), "names a clause twice"),
    "id with a space": (a_line(id="a b"), "may have only letters"),
    "second with both": (
        a_line(second={"relevant": ["a"], "reason": "no-evidence"}),
        "either relevant clauses or a reason",
    ),
    "second with neither": (a_line(second={}), "either relevant clauses or a reason"),
    "second that is a text": (a_line(second="yes"), "second must be null or an object"),
    "no JSON": ("{", "no JSON"),
    "no object": ("[1]", "not a JSON object"),
    "field twice": ('{"id": "a", "id": "b"}', "field given twice: id"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_line_is_named_with_its_file_and_line(tmp_path, name):
    line, message = WRONG[name]
    file = write_lines(tmp_path / "cases.jsonl", a_line(), "", line)

    cases, problems = read_cases([file])

    assert [case.id for case in cases] == ["fact-zh-001"]
    assert len(problems) == 1
    assert (problems[0].file, problems[0].line) == (file, 3)
    assert message in problems[0].message


def test_a_proper_case_is_read_whole(tmp_path):
    second = {"relevant": ["wtsa-75@2022/instructs/2"]}
    record = a_line(kind="follow-up", history=["先前"], match="all", second=second, note="看似")
    file = write_lines(tmp_path / "a.jsonl", record)

    (case,) = load_cases([file], held=HELD)

    assert case.history == ("先前",)
    assert case.match == "all"
    assert case.second is not None
    assert case.second.relevant == ("wtsa-75@2022/instructs/2",)
    assert case.answerable
    assert case.corpus == "founding"


def test_an_id_that_stands_in_two_files_is_rejected_where_it_stands_again(tmp_path):
    first = write_lines(tmp_path / "a.jsonl", a_line())
    again = write_lines(tmp_path / "b.jsonl", a_line(question="另一个问题？"))

    _, problems = read_cases([tmp_path])

    assert [str(p) for p in problems] == [f"{again}:1: id fact-zh-001 stands already at {first}:1"]


def test_a_question_asked_twice_is_rejected_whatever_its_width_and_marks(tmp_path):
    file = write_lines(
        tmp_path / "a.jsonl",
        a_line(question="What is WTSA?", language="en"),
        a_line(id="b", question="what is ＷＴＳＡ"),
    )

    _, problems = read_cases([file])

    assert [p.message for p in problems] == [
        f"the question of b is asked already (fact-zh-001, {file}:1)"
    ]


def test_the_same_words_after_another_history_are_another_question(tmp_path):
    file = write_lines(
        tmp_path / "a.jsonl",
        a_line(kind="follow-up", question="那第二项呢？", history=["责成什么？"]),
        a_line(id="b", kind="follow-up", question="那第二项呢？", history=["请什么？"]),
    )

    assert read_cases([file])[1] == ()


def test_clauses_that_are_not_held_are_rejected_in_both_readings(tmp_path):
    file = write_lines(
        tmp_path / "a.jsonl",
        a_line(relevant=["wtsa-75@2022/resolves/9"]),
        a_line(id="b", question="另一个？", second={"relevant": ["wtsa-75@1999/noting"]}),
    )

    _, problems = read_cases([file], held=HELD)

    assert [p.message for p in problems] == [
        "relevant of fact-zh-001 names wtsa-75@2022/resolves/9, which is not held",
        "second of b names wtsa-75@1999/noting, which is not held",
    ]


def test_clauses_of_a_corpus_that_is_not_open_are_not_checked(tmp_path):
    file = write_lines(
        tmp_path / "a.jsonl", a_line(corpus="samples", relevant=["pp-2@2018/noting"])
    )

    assert len(load_cases([file], held=HELD)) == 1


def test_a_case_in_a_folder_of_the_other_split_is_rejected(tmp_path):
    write_lines(tmp_path / "train" / "a.jsonl", a_line())

    _, problems = read_cases([tmp_path])

    assert [p.message for p in problems] == ["fact-zh-001 says split test in the folder train"]


def test_loading_tells_the_first_problem_and_counts_the_others(tmp_path):
    file = write_lines(tmp_path / "a.jsonl", a_line(kind="riddle"), "{", "{")

    with pytest.raises(CasesError, match=r"a\.jsonl:1: kind must be .* \(and 2 more; "):
        load_cases([file])


def test_a_path_that_is_not_there_and_an_empty_folder_are_told_apart(tmp_path):
    with pytest.raises(CasesError, match="no such file or folder"):
        load_cases([tmp_path / "none"])
    with pytest.raises(CasesError, match="no case found"):
        load_cases([tmp_path])


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(CasesError, match=r"a\.jsonl: not UTF-8"):
        load_cases([tmp_path])


def test_a_line_separator_inside_a_question_does_not_end_the_line(tmp_path):
    file = write_lines(tmp_path / "a.jsonl", a_line(question="谁\u2028提交？"))

    (case,) = load_cases([file])

    assert case.question == "谁\u2028提交？"


def test_a_blank_question_is_allowed_where_its_refusal_is_expected():
    record = a_line(kind="unanswerable-far", question=" ", relevant=[], reason="empty")

    assert case_from_json(record).reason == "empty"


@pytest.mark.parametrize(
    "case",
    [
        a_case(),
        an_unanswerable_case(),
        case_from_json(a_line(second={"reason": "not-held"}, match="all", corpus="samples")),
    ],
)
def test_writing_then_reading_gives_the_same_case(case):
    assert case_from_json(json.loads(json.dumps(case_to_json(case)))) == case


def test_every_case_that_is_read_fits_the_schema_and_wrong_ones_do_not():
    schema = json.loads((SCHEMAS / "case.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    told_by_schema = [
        line
        for name, (line, _) in WRONG.items()
        if isinstance(line, dict)
        and name not in ("blank question", "follow-up without a history")
        and name != "not held for want of evidence"
    ]

    assert validator.is_valid(case_to_json(a_case()))
    assert validator.is_valid(case_to_json(an_unanswerable_case()))
    assert validator.is_valid(a_line(second={"relevant": ["a"]}, note="n"))
    assert [line for line in told_by_schema if validator.is_valid(line)] == []


def test_the_digest_is_of_what_is_measured_and_not_of_its_order_or_second_readings():
    one, other = a_case("a"), a_case("b")
    read_twice = case_from_json(case_to_json(one) | {"second": {"reason": "no-evidence"}})

    assert digest_of_cases([one, other]) == digest_of_cases([other, one])
    assert digest_of_cases([one]) == digest_of_cases([read_twice])
    assert digest_of_cases([one]) != digest_of_cases([a_case("a", relevant=("x",))])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＷＴＳＡ-20？", "wtsa 20"),
        ("Résolution", "RESOLUTION!"),
        ("قَرَار", "قرار"),
        ("报告？", "报告"),
    ],
)
def test_normalising_drops_width_case_accents_and_marks(one, other):
    assert normalised(one) == normalised(other)
