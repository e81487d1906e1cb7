import pytest

from eval.beir import BeirError, BeirSet, beir_of, measure_beir, read_beir, write_beir
from tests.eval.builders import (
    ScriptedSystem,
    a_case,
    a_clause,
    an_unanswerable_case,
    ticking,
    write_lines,
)

SET = BeirSet(
    texts={"d1": "ein\u2028Text", "d2": "another\ttext", "d3": ""},
    queries={"q1": 'what "is" it?', "q2": "谁？"},
    qrels={"q1": {"d1": 2, "d2": 0}, "q2": {"d2": 1}},
)


def test_writing_then_reading_gives_the_same_set(tmp_path):
    write_beir(tmp_path, SET)

    assert read_beir(tmp_path) == SET
    assert (tmp_path / "qrels" / "test.tsv").read_text(encoding="utf-8") == (
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n"
    )


def test_a_title_is_put_before_its_text_and_unjudged_queries_are_left_out(tmp_path):
    write_lines(tmp_path / "corpus.jsonl", {"_id": "d", "title": "Title", "text": "Text"})
    write_lines(
        tmp_path / "queries.jsonl",
        {"_id": "q", "text": "a?", "metadata": {}},
        {"_id": "unjudged", "text": "b?"},
    )
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("q\td\t1\n", encoding="utf-8")

    found = read_beir(tmp_path)

    assert found.texts == {"d": "Title\nText"}
    assert found.queries == {"q": "a?"}


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("corpus.jsonl", None, r"corpus\.jsonl: cannot be read"),
        ("corpus.jsonl", "{", r"corpus\.jsonl:1: no JSON"),
        ("corpus.jsonl", "[]", r"corpus\.jsonl:1: not a JSON object"),
        ("corpus.jsonl", '{"_id": 7, "text": "x"}', r"corpus\.jsonl:1: _id must be a text"),
        (
            "corpus.jsonl",
            '{"_id": "d", "text": "x"}\n' * 2,
            r"corpus\.jsonl:2: id d is given twice",
        ),
        ("queries.jsonl", '{"_id": "q1", "text": " "}', r"queries\.jsonl:1: text must be"),
        ("qrels/test.tsv", "q1\td9\t1\n", r"test\.tsv:1: text d9 is not in corpus"),
        ("qrels/test.tsv", "q9\td1\t1\n", r"test\.tsv:1: query q9 is not in queries"),
        ("qrels/test.tsv", "q1 d1 1\n", r"test\.tsv:1: needs query-id"),
        ("qrels/test.tsv", "q1\td1\tyes\n", r"test\.tsv:1: needs query-id"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "has no judgement"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path, file, content, message):
    write_beir(tmp_path, SET)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(content, encoding="utf-8")

    with pytest.raises(BeirError, match=message):
        read_beir(tmp_path)


def test_cases_become_queries_over_the_clauses():
    clauses = [
        a_clause("1", "主任报告"),
        a_clause("2", "理事会"),
        a_clause("2", "Council", language="en"),
    ]
    cases = [
        a_case("a", question="谁？", history=("先前？",), relevant=("wtsa-75@2022/instructs/1",)),
        a_case("b", relevant=("wtsa-75@2022/instructs/2",)),
        a_case("not held", relevant=("pp-1@2018/noting",)),
        an_unanswerable_case("c"),
    ]

    found = beir_of(cases, clauses)

    assert found.texts == {
        "wtsa-75@2022/instructs/1": "主任报告",
        "wtsa-75@2022/instructs/2#zh": "理事会",
        "wtsa-75@2022/instructs/2#en": "Council",
    }
    assert found.queries["a"] == "先前？\n谁？"
    assert found.qrels == {
        "a": {"wtsa-75@2022/instructs/1": 1},
        "b": {"wtsa-75@2022/instructs/2#en": 1, "wtsa-75@2022/instructs/2#zh": 1},
    }


def test_a_set_is_measured_with_its_grades():
    system = ScriptedSystem({'what "is" it?': ["d2", "d1"]})

    measurement = measure_beir(system, SET, clock=ticking())

    first, second = measurement.results
    assert (first.id, first.relevant, first.kind, first.language) == ("q1", ("d1",), "query", "und")
    assert first.scores["RR"] == 0.5
    assert first.scores["nDCG@10"] == pytest.approx(0.63093)
    assert second.scores == {"R@5": 0, "R@10": 0, "RR": 0, "nDCG@10": 0}
    assert measurement.timings["search"].count == 2


def test_digests_tell_sets_apart():
    other = BeirSet(SET.texts | {"d3": "x"}, SET.queries, {"q1": {"d1": 1}})

    assert SET.digest_of_texts() != other.digest_of_texts()
    assert SET.digest_of_queries() != other.digest_of_queries()
    turned = BeirSet(dict(reversed(SET.texts.items())), SET.queries, SET.qrels)
    assert turned.digest_of_texts() == SET.digest_of_texts()
