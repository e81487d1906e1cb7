"""The command line in this process: options, batches, what is printed where, exit codes."""

import io
import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from assistant import cli
from assistant.cli import LONGEST_LINE, main
from tests.builders import write_resolution

COMMANDS = [
    *("ask", "search", "cite", "show", "list", "export", "parse", "add", "remove", "undo"),
    *("build", "diff", "chat"),
]


@pytest.fixture
def run(capsys, place, model_cache, monkeypatch):
    """Runs a command over the founding texts: its exit code, output and messages."""

    def run(*arguments: str, home: Path | None = None, stdin: bytes | None = None):
        monkeypatch.setenv("RESOLUTIONS_HOME", str(home or place.settings.home))
        monkeypatch.setenv("RESOLUTIONS_CACHE", str(model_cache))
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


# Help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_with_an_example(run, command):
    code, out, err = run(command, "--help")

    assert (code, err) == (0, "")
    usage, description = out.split("\n\n")[:2]
    assert usage.startswith(f"usage: resolutions {command}")
    assert len(description) > 20
    assert re.search(rf"examples:\n(?:.*\n)*?.*resolutions {command}\b", out)


def test_the_help_names_every_command(run):
    code, out, _ = run("--help")

    assert code == 0
    assert set(re.findall(r"^    ([a-z]+) ", out, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(run, command):
    _, out, _ = run(command, "--help")

    options = re.split(r"\n(?=  \S)", out.split("\noptions:")[1].split("\nexamples:")[0])
    for option in options[1:]:
        assert len(re.split(r"\s{2,}", option.strip(), maxsplit=1)) == 2, option


def test_the_examples_in_the_help_are_commands_that_parse(run):
    for command in ["", *COMMANDS]:
        _, out, _ = run(*([command] if command else []), "--help")
        for line in out.split("examples:\n")[1].splitlines():
            for part in re.split(r" && | \| | > \S+", line):
                if part.strip().startswith("resolutions"):
                    cli._parser().parse_args(shlex.split(part)[1:])


def test_the_version_is_told(run):
    code, out, _ = run("--version")

    assert code == 0
    assert re.fullmatch(r"resolutions [0-9]+\.[0-9]+\.[0-9]+\S*\n", out)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sing"],
        ["ask", "a", "b"],
        ["ask", "a", "--ranking"],
        ["search", "a", "--top", "0"],
        ["search", "a", "--top", "1001"],
        ["search", "a", "--top", "many"],
        ["cite", "a", "--language", "de"],
        ["ask", "a", "--ignore", "everything"],
        ["ask", "a", "--revision", "last\nyear"],
        ["chat", "--port", "65536"],
        ["chat", "--port", "-1"],
        ["show"],
        ["add"],
        ["add", "a.txt", "--year", "1" * 5000],
        ["diff", "wtsa-75"],
        ["ask", "a", "--js"],
    ],
)
def test_a_mistake_is_told_in_one_line(run, arguments):
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith("resolutions")
    assert err.count("\n") == 1
    assert "--help" in err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["ask"], "a question is wanted"),
        (["cite"], "a passage is wanted: write it behind the command, or give --file or --batch"),
        (["ask", "a", "--batch", "-"], "more than one question"),
        (["cite", "a", "--file", "b"], "more than one passage"),
    ],
)
def test_what_is_asked_has_to_be_said_once(run, arguments, why):
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert why in err


# Answers


def test_an_answer_goes_to_standard_output(run):
    code, out, err = run("ask", "电信标准化局主任应提交什么报告？")

    assert (code, err) == (0, "")
    assert "> 6 向国际电联秘书长提交" in out


def test_a_refusal_ends_with_3(run):
    code, out, err = run("ask", "What does a kilo of bananas cost in Peru?")

    assert (code, err) == (3, "")
    assert out.strip()


def test_a_follow_up_is_understood_in_its_history(run):
    _, alone, _ = run("ask", "那2008年版呢？", "--json")
    _, after, _ = run("ask", "那2008年版呢？", "--history", "请所有利益攸关方做什么？", "--json")

    assert json.loads(after)["understood"]["revision"] == 2008
    assert json.loads(after)["understood"]["carried"]
    assert json.loads(after)["interpreted"] != json.loads(alone)["interpreted"]


def test_a_ranking_is_printed_best_first(run):
    code, out, _ = run("search", "互联网公共政策", "--top", "3")

    scores = [float(line.split()[0]) for line in out.splitlines()[::2]]
    assert code == 0
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_precedents_are_cited_in_the_language_asked_for(run):
    code, out, _ = run("cite", "提交年度报告", "--language", "fr", "--top", "1")

    assert code == 0
    assert out.startswith("1. Résolution 75 (Rév. Genève, 2022)")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_passage_is_read_from_a_file_or_standard_input(run, tmp_path, mark):
    file = tmp_path / "passage.txt"
    file.write_bytes(mark + "提交年度报告".encode())

    direct = run("cite", "提交年度报告", "--json")

    assert run("cite", "--file", str(file), "--json") == direct
    assert run("cite", "--file", "-", "--json", stdin=file.read_bytes()) == direct


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the passage is empty"),
        (b"\xff\xfea", "no text in UTF-8 (byte 1)"),
        (b"a" * 1_000_001, "larger than 1 MB"),
        (b"a" * 30_000, "more than 20,000 characters"),
    ],
)
def test_a_file_that_is_no_passage_is_told(run, tmp_path, content, why):
    file = tmp_path / "passage.txt"
    file.write_bytes(content)

    code, out, err = run("cite", "--file", str(file))

    assert (code, out) == (2, "")
    assert why in err


def test_a_comparison_and_holdings_are_printed_to_be_read(run):
    _, compared, _ = run("diff", "wtsa-75@2008", "wtsa-75@2022")
    _, listed, _ = run("list")
    _, shown, _ = run("show", "wtsa-75@2022/resolves/3", "--refs")

    assert compared.startswith("wtsa-75@2008 -> wtsa-75@2022: ")
    assert "87 clauses of 2 texts" in listed
    assert "cites:\n  wtsa-75@2022/resolves/3" in shown


# Batches


def batch(run, command: str, lines: list[bytes], *more: str) -> list[dict]:
    code, out, err = run(command, "--batch", "-", *more, stdin=b"\n".join(lines))
    assert (code, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


BAD = {
    b"{": "no JSON",
    b"[]": "no JSON object",
    b'"question"': "no JSON object",
    b"null": "no JSON object",
    b"{}": "missing",
    b'{"question": 3}': "missing or no text",
    b'{"question": ""}': "empty",
    b'{"question": "\xff"}': "no text in UTF-8 (byte 15)",
    b'{"question": "\\ud800"}': "no valid text",
    b'{"question": "a", "history": "b"}': "history",
    b'{"n": ' + b"1" * 5000 + b"}": "no JSON",
    b"[" * 100_000: "no JSON",
    b'{"question": "' + b"a" * LONGEST_LINE + b'"}': "1,000,000 bytes",
    b'{"question": "' + b"a" * 4001 + b'"}': "4,001 characters",
}


def test_bad_lines_are_told_by_number_and_the_rest_go_on_in_order(run):
    good = [json.dumps({"question": question}).encode() for question in ("互联网", "报告")]
    lines = [b"\xef\xbb\xbf" + good[0], b"", *BAD, b"  \t ", good[1]]

    replies = batch(run, "search", lines, "--top", "1")

    assert [reply.get("question") for reply in (replies[0], replies[-1])] == ["互联网", "报告"]
    told = replies[1:-1]
    assert [reply["line"] for reply in told] == list(range(3, 3 + len(BAD)))
    for reply, (line, why) in zip(told, BAD.items(), strict=True):
        assert set(reply) == {"line", "error"}
        assert why in reply["error"], line[:40]
        assert "\n" not in reply["error"]
        assert len(reply["error"]) < 300


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_last_line_needs_no_end(run, end):
    line = json.dumps({"passage": "互联网"}).encode()

    replies = batch(run, "cite", [line + b"\r", line + end], "--top", "1")

    assert [reply["passage"] for reply in replies] == ["互联网", "互联网"]


def test_a_batch_of_questions_has_a_history_each_and_refuses_with_0(run):
    lines = [
        {"question": "那2008年版呢？", "history": ["请所有利益攸关方做什么？"]},
        {"question": "那2008年版呢？"},
        {"question": "What does a kilo of bananas cost in Peru?", "history": None},
    ]

    replies = batch(run, "ask", [json.dumps(line).encode() for line in lines])

    assert [bool(reply["understood"]["carried"]) for reply in replies] == [True, False, False]
    assert replies[2]["status"] == "refused"


def test_an_empty_batch_gives_nothing(run):
    assert batch(run, "ask", []) == []


def test_a_batch_file_gives_what_single_questions_give(run, tmp_path):
    file = tmp_path / "batch.jsonl"
    file.write_text('{"question": "互联网公共政策"}\n', encoding="utf-8")

    _, one, _ = run("search", "互联网公共政策", "--json", "--top", "4")
    code, many, _ = run("search", "--batch", str(file), "--top", "4")

    assert code == 0
    assert json.loads(many) == json.loads(one)


def test_a_batch_where_nothing_can_be_asked_ends_at_once(run, tmp_path):
    (tmp_path / "file").write_text("")

    code, out, err = run("ask", "--batch", "-", home=tmp_path / "file" / "x", stdin=b"{}\n{}\n")

    assert (code, out) == (2, "")
    assert err.count("\n") == 1


# Changes


@pytest.mark.slow
def test_a_text_is_added_looked_up_removed_and_brought_back(run, home, tmp_path):
    file = str(write_resolution(tmp_path))

    code, out, _ = run("add", file, home=home)
    assert (code, out.splitlines()[0]) == (0, "added: pp-301@2018 (en)")
    _, out, err = run("add", file, home=home)
    assert (out, err) == ("nothing has changed: all of that is held already\n", "")
    _, out, _ = run("search", "a register of tidal turbines", "--top", "1", home=home)
    assert "pp-301@2018/resolves/1" in out
    _, out, _ = run("remove", "Resolution 301 (Rev. Dubai, 2018)", home=home)
    assert out.splitlines()[0] == "removed: pp-301@2018 (en)"
    _, out, _ = run("undo", home=home)
    assert out == "added: pp-301@2018 (en)\ngone back: 92 clauses are held now\n"
    code, out, err = run("build", home=home)
    assert (code, err) == (0, "")
    assert out.startswith("92 clauses of 3 documents, 0 problems, coverage 1.0000, corpus ")


def test_everything_cannot_be_removed(run, home):
    code, out, err = run("remove", "wtsa-75", home=home)

    assert (code, out) == (2, "")
    assert err == (
        "resolutions: a corpus cannot be empty: add another document before this one goes\n"
    )


def test_a_language_that_is_not_held_cannot_be_removed(run, home):
    code, _, err = run("remove", "wtsa-75@2008", "--language", "fr", home=home)

    assert code == 2
    assert "nothing of that is held" in err


@pytest.mark.parametrize("command", ["parse", "add"])
@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--number", "../../x"], "--number"),
        (["--number", ""], "--number"),
        (["--year", "0"], "--year 0 is no year"),
        (["--year", "-5"], "--year -5 is no year"),
        (["--body", "nato"], "--body nato is none of"),
    ],
)
def test_metadata_that_cannot_be_is_told(run, tmp_path, command, more, why):
    code, out, err = run(command, str(write_resolution(tmp_path)), *more)

    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert why in err
