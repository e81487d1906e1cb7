"""Every JSON that leaves the product holds to its schema, and quotations to the stored texts."""

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from assistant.cli import main
from assistant.library import Library
from assistant.wiring import Workplace
from tests.builders import write_resolution

QUESTIONS = {
    "clauses": "电信标准化局主任应提交什么报告？",
    "section": "请所有利益攸关方做什么？",
    "reference": "wtsa-75@2022/resolves/2",
    "comparison": "2008年版和2022年版的做出决议部分有什么不同？",
    "other language": "What is the Director of TSB asked to report?",
    "no evidence": "What does a kilo of bananas cost in Peru?",
    "not held": "What does Resolution 999 (Geneva, 2022) resolve?",
    "greeting": "hello",
    "other script": "Τι αναφέρει ο διευθυντής του γραφείου;",
}


@cache
def schema(name: str) -> jsonschema.Draft202012Validator:
    folder = resources.files("assistant") / "schemas"
    held = {path.name: json.loads(path.read_text("utf-8")) for path in folder.iterdir()}
    registry = Registry().with_resources(
        (name, Resource.from_contents(content)) for name, content in held.items()
    )
    return jsonschema.Draft202012Validator(held[f"{name}.json"], registry=registry)


def assert_holds(name: str, value: Any) -> None:
    faults = [f"{error.json_path}: {error.message}" for error in schema(name).iter_errors(value)]
    assert faults == []


def run(capsys, home: Path, cache: Path, monkeypatch, *arguments: str) -> list[Any]:
    """What a command prints, line by line; it must not fail."""
    monkeypatch.setenv("RESOLUTIONS_HOME", str(home))
    monkeypatch.setenv("RESOLUTIONS_CACHE", str(cache))
    code = main(arguments)
    said = capsys.readouterr()
    assert code in (0, 3), said.err
    return [json.loads(line) for line in said.out.splitlines()]


@pytest.fixture
def says(capsys, place, model_cache, monkeypatch):
    """What a command that changes nothing prints."""
    return lambda *arguments: run(capsys, place.settings.home, model_cache, monkeypatch, *arguments)


def assert_quotes(place: Workplace, citations: list[dict[str, Any]]) -> None:
    """Quotations are cut from their clauses, and these from the stored texts."""
    library = Library(place.settings.home, lambda title: None)
    for citation in citations:
        clause = citation["clause"]
        assert citation["quote"] == clause["text"][citation["start"] : citation["end"]]
        text = library.text(place.corpus, clause["source"]["file"])
        cut = "".join(text[start:end] for start, end in clause["source"]["spans"])
        assert " ".join(cut.splitlines()) == clause["text"]
        assert (clause["source"]["start"], clause["source"]["end"]) == (
            clause["source"]["spans"][0][0],
            clause["source"]["spans"][-1][1],
        )


@pytest.mark.parametrize("name", [path.stem for path in Path("assistant/schemas").glob("*.json")])
def test_a_schema_is_one(name):
    jsonschema.Draft202012Validator.check_schema(schema(name).schema)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_reply_holds_to_its_schema_and_its_quotes_to_the_texts(says, place, question):
    (reply,) = says("ask", question, "--json")

    assert_holds("ask", reply)
    assert_quotes(place, reply["citations"] + reply["closest"])
    assert reply["question"] == question
    assert (reply["status"] == "answered") == bool(reply["citations"])


def test_replies_of_every_form_and_reason_are_among_these(says, tmp_path):
    file = tmp_path / "questions.jsonl"
    lines = [json.dumps({"question": question}) for question in QUESTIONS.values()]
    file.write_text("\n".join(lines), encoding="utf-8")

    replies = says("ask", "--batch", str(file))

    forms = {reply["form"] for reply in replies}
    reasons = {reply["reason"] for reply in replies}
    assert forms == {None, "clauses", "section", "reference", "comparison"}
    assert reasons >= {None, "no-evidence", "not-held", "empty", "unsupported-language"}


def test_a_ranking_holds_to_its_schema(says):
    (found,) = says("search", "互联网公共政策", "--top", "5", "--json")

    assert_holds("search", found)
    assert len(found["hits"]) == 5
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_precedents_hold_to_their_schema(says):
    (found,) = says("cite", "the Director is to report every year", "--top", "3", "--json")

    assert_holds("cite", found)
    assert len(found["precedents"]) == 3


@pytest.mark.parametrize("refs", [[], ["--refs"]])
def test_what_is_shown_holds_to_its_schema(says, refs):
    (shown,) = says("show", "wtsa-75@2022", "--json", *refs)

    assert_holds("show", shown)
    assert ("cites" in shown) == bool(refs)
    assert len(shown["clauses"]) == 58


def test_holdings_hold_to_their_schema(says):
    (listed,) = says("list", "--json")

    assert_holds("list", listed)
    assert sum(entry["clauses"] for entry in listed["revisions"]) == listed["clauses"]


def test_exported_clauses_hold_to_their_schema(says, place):
    exported = says("export")

    for clause in exported:
        assert_holds("clause", clause)
    assert len(exported) == len(place.corpus)


def test_a_comparison_holds_to_its_schema(says):
    (compared,) = says("diff", "wtsa-75@2008", "wtsa-75@2022", "--json")

    assert_holds("diff", compared)
    assert len([row for row in compared["rows"] if row["new"]]) == 58


def test_what_was_parsed_holds_to_its_schema(says, tmp_path):
    files = [write_resolution(tmp_path), write_resolution(tmp_path, "b.txt", number="302")]

    (parsed,) = says("parse", *map(str, files), "--json")

    assert_holds("parse", parsed)
    assert [document["number"] for document in parsed["documents"]] == ["301", "302"]


@pytest.mark.slow
def test_changes_hold_to_their_schema(capsys, home, model_cache, monkeypatch, tmp_path):
    file = str(write_resolution(tmp_path))

    def changed(*arguments: str) -> dict[str, Any]:
        (change,) = run(capsys, home, model_cache, monkeypatch, *arguments, "--json")
        assert_holds("change", change)
        return {kind: [one["id"] for one in change[kind]] for kind in ("added", "removed")}

    assert changed("add", file) == {"added": ["pp-301@2018"], "removed": []}
    assert changed("add", file) == {"added": [], "removed": []}
    assert changed("remove", "pp-301") == {"added": [], "removed": ["pp-301@2018"]}
    assert changed("undo") == {"added": ["pp-301@2018"], "removed": []}
    assert changed("undo") == {"added": [], "removed": ["pp-301@2018"]}
    assert changed("build") == {"added": [], "removed": []}
