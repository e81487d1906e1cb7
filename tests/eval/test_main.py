import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from lxml import etree, html

from corpus.clauses import clause_to_json
from embeddings.pairs import clauses_of, read_pairs
from eval.__main__ import main
from eval.report import json_text, run_to_json
from eval.systems import Held, Opened, Openers
from tests.embeddings.tiny_models import write_tiny_cross_encoder
from tests.eval.builders import (
    SCHEMAS,
    LetterEncoder,
    ScriptedSystem,
    a_clause,
    a_line,
    a_run,
    answered,
    refused,
    write_lines,
)

ROOT = Path(__file__).resolve().parents[2]
TEXT = "责成主任每年提交报告"
CLAUSES = (a_clause("1", TEXT), a_clause("2", "请理事会审议预算草案", start=20))
IDS = tuple(clause.id for clause in CLAUSES)
QUESTIONS = ["主任提交什么？", "理事会审议什么？", "报告由谁提交？", "预算草案由谁审议？"]


def lines(split="test"):
    answerable = [
        a_line(id=f"{split}-{n}", split=split, question=question, relevant=[IDS[n % 2]])
        for n, question in enumerate(QUESTIONS)
    ]
    far = [
        a_line(
            id=f"{split}-far-{n}",
            split=split,
            question=question,
            relevant=[],
            kind="unanswerable-far",
            reason="no-evidence",
        )
        for n, question in enumerate(
            ["天气怎么样？", "如何做面包？", "球赛几点开始？", "电影好看吗？"]
        )
    ]
    return [*answerable, *far]


def openers(found=4, digest="corpus-1"):
    """A system that finds and answers the first `found` questions rightly."""
    right = {q: IDS[n % 2] for n, q in enumerate(QUESTIONS[:found])}
    system = ScriptedSystem(
        {question: [id_] for question, id_ in right.items()},
        {question: answered(id_) for question, id_ in right.items()},
    )
    held = Held(CLAUSES, digest)
    opened = Opened(
        system=system,
        model="letters letters-1",
        held=held,
        documents={"a.txt": f"{TEXT}\n\n".ljust(20) + "请理事会审议预算草案"},
        encoder=LetterEncoder(),
    )
    return Openers(
        system=lambda documents, model: opened,
        clauses=lambda: held,
        texts=lambda texts, model: (ScriptedSystem({"谁？": list(texts)}), "letters"),
        encoder=lambda model: LetterEncoder(),
    )


def cases_file(tmp_path, *records):
    return write_lines(tmp_path / "cases" / "all.jsonl", *(records or lines()))


def by_hand(*arguments, cwd=ROOT):
    """The command as a person runs it."""
    return subprocess.run(
        [sys.executable, "-m", "eval", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def report_file(tmp_path, name="r.json", found=4, **provenance):
    from eval.cases import case_from_json

    cases = [case_from_json(line) for line in lines()]
    right = {f"test-{n}": IDS[n % 2] for n in range(found)}
    run = a_run(
        cases,
        {id_: [clause] for id_, clause in right.items()},
        {id_: answered(clause) for id_, clause in right.items()}
        | {f"test-far-{n}": refused() for n in range(4)},
        **provenance,
    )
    file = tmp_path / name
    file.write_text(json_text(run_to_json(run)), encoding="utf-8")
    return file


def test_run_writes_every_form_and_prints_the_table(tmp_path, capsys):
    cases = cases_file(tmp_path, *lines(), *lines("train")[:1])
    files = {form: tmp_path / f"r.{form}" for form in ("json", "junit", "html", "markdown")}
    options = [part for form, file in files.items() for part in (f"--{form}", str(file))]

    code = main(["run", "--cases", str(cases), *options], openers=openers())

    # The same question in both halves: one line of the file is wrong, and that is said.
    assert code == 2
    assert "is asked already" in capsys.readouterr().err

    code = main(["run", "--cases", str(cases_file(tmp_path)), *options], openers=openers(3))

    assert code == 0
    out = capsys.readouterr()
    assert "scripted: 8 cases (split test, corpus founding)" in out.out
    assert "model   letters letters-1" in out.out
    assert "asked 8 of 8" in out.err
    record = json.loads(files["json"].read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / "report.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(record)
    assert record["provenance"]["corpus"] == "corpus-1"
    assert len(record["provenance"]["code"]) == 64
    assert etree.parse(files["junit"]).getroot().get("failures") == "1"
    assert html.parse(files["html"]).xpath("//h1/text()") == ["Evaluation of scripted"]
    assert files["markdown"].read_text(encoding="utf-8").startswith("### scripted: 8 cases")


def test_run_asks_the_split_that_was_chosen(tmp_path, capsys):
    train = [a_line(id="t", split="train", question="另一个？", relevant=[IDS[0]])]
    cases = cases_file(tmp_path, *lines(), *train)

    for split, count in (("test", 8), ("train", 1), ("all", 9)):
        assert main(["run", "--cases", str(cases), "--split", split], openers=openers()) == 0
        assert f"scripted: {count} cases" in capsys.readouterr().out


def test_run_can_print_its_json_and_nothing_else(tmp_path, capsys):
    main(["run", "--cases", str(cases_file(tmp_path)), "--json", "-"], openers=openers())

    assert json.loads(capsys.readouterr().out)["system"] == "scripted"


def test_the_reranker_of_a_run_stands_in_its_report(tmp_path, monkeypatch):
    folder = write_tiny_cross_encoder(tmp_path)
    write_lines(tmp_path / "corpus.jsonl", {"_id": "d1", "text": "the council"})
    write_lines(tmp_path / "queries.jsonl", {"_id": "q", "text": "council"})
    write_lines(tmp_path / "qrels" / "test.tsv", "q\td1\t1")
    monkeypatch.setattr("eval.systems.open_model", lambda model: LetterEncoder())
    file = tmp_path / "r.json"

    code = main(
        ["run", "--beir", str(tmp_path), "--reranker", str(folder), "--json", str(file)],
    )

    assert code == 0
    model = json.loads(file.read_text(encoding="utf-8"))["provenance"]["model"]
    assert f", reranked by {folder} " in model


def test_run_takes_a_set_in_the_form_of_beir(tmp_path, capsys):
    write_lines(tmp_path / "corpus.jsonl", {"_id": "d1", "text": "甲"}, {"_id": "d2", "text": "乙"})
    write_lines(tmp_path / "queries.jsonl", {"_id": "q", "text": "谁？"})
    write_lines(tmp_path / "qrels" / "test.tsv", "q\td2\t1")
    file = tmp_path / "r.json"

    code = main(["run", "--beir", str(tmp_path), "--json", str(file)], openers=openers())

    assert code == 0
    assert "1 cases (beir " in capsys.readouterr().out
    record = json.loads(file.read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / "report.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(record)
    assert record["cases"][0]["scores"]["RR"] == 0.5


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([a_line(relevant=["wtsa-1@1999/noting"])], "which is not held"),
        ([a_line(split="train", relevant=[IDS[0]])], "none of the 1 cases is of split test"),
        (["{"], "all.jsonl:1: no JSON"),
    ],
)
def test_cases_at_fault_are_one_line_and_exit_code_2(tmp_path, capsys, records, message):
    code = main(["run", "--cases", str(cases_file(tmp_path, *records))], openers=openers())

    assert code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_report_that_cannot_be_written_is_one_line_and_exit_code_2(tmp_path, capsys):
    options = ["--cases", str(cases_file(tmp_path)), "--html", str(tmp_path / "none" / "r.html")]

    assert main(["run", *options], openers=openers()) == 2
    assert "r.html: cannot be written: No such file" in capsys.readouterr().err


def gate(tmp_path, *more, found=4, digest="corpus-1"):
    options = ["--cases", str(cases_file(tmp_path)), "--baseline", str(tmp_path / "b.json")]
    return main(["gate", *options, *more], openers=openers(found, digest))


def test_the_gate_needs_a_baseline(tmp_path, capsys):
    assert gate(tmp_path) == 2
    assert "set one: python -m eval gate --accept" in capsys.readouterr().err


def test_the_gate_opens_for_the_accepted_run_and_shuts_below_its_floors(tmp_path, capsys):
    assert gate(tmp_path, "--accept") == 0
    assert gate(tmp_path) == 0
    assert gate(tmp_path, found=3) == 0  # one case of slack
    capsys.readouterr()

    assert gate(tmp_path, "--junit", str(tmp_path / "f.xml"), found=1) == 1

    assert "FAILED kind=fact R@1: kind=fact R@1 is 0.2500" in capsys.readouterr().out
    root = etree.parse(tmp_path / "f.xml").getroot()
    assert int(root.get("failures")) > 10
    assert root.find(".//testcase[@classname='kind=fact'][@name='R@1']/failure") is not None


def test_the_gate_shuts_when_the_corpus_has_changed_until_that_is_accepted(tmp_path, capsys):
    gate(tmp_path, "--accept")

    assert gate(tmp_path, digest="corpus-2") == 1
    assert "FAILED digest corpus: the floors hold for corpus corpus-1" in capsys.readouterr().out
    assert gate(tmp_path, "--accept", digest="corpus-2") == 0
    assert gate(tmp_path, digest="corpus-2") == 0


def test_no_floor_is_lowered_unless_that_is_said(tmp_path, capsys):
    gate(tmp_path, "--accept")
    before = (tmp_path / "b.json").read_text(encoding="utf-8")

    assert gate(tmp_path, "--accept", found=1) == 1
    assert "--accept --lower" in capsys.readouterr().err
    assert (tmp_path / "b.json").read_text(encoding="utf-8") == before

    assert gate(tmp_path, "--accept", "--lower", found=1) == 0
    assert gate(tmp_path, found=1) == 0


def test_a_stored_run_is_gated_from_the_command_line(tmp_path):
    baseline = tmp_path / "b.json"
    good, bad = report_file(tmp_path), report_file(tmp_path, "bad.json", found=1)

    accepted = by_hand("gate", "--report", good, "--baseline", baseline, "--accept")
    passed = by_hand("gate", "--report", good, "--baseline", baseline)
    failed = by_hand("gate", "--report", bad, "--baseline", baseline)

    assert (accepted.returncode, passed.returncode, failed.returncode) == (0, 0, 1)
    assert passed.stdout.endswith(" checks, 0 failed\n")
    assert "FAILED all R@1" in failed.stdout
    assert failed.stderr == ""


def test_two_stored_runs_are_compared_from_the_command_line(tmp_path):
    old, new = report_file(tmp_path, "old.json", found=2), report_file(tmp_path, "new.json")

    table = by_hand("compare", old, new)
    stored = by_hand("compare", old, new, "--json", "-")

    assert table.returncode == stored.returncode == 0
    assert "won by right: test-2, test-3\nlost by right: none\n" in table.stdout
    assert json.loads(stored.stdout)["old"].startswith("scripted")


def test_a_stored_run_is_compared_with_the_accepted_one(tmp_path):
    baseline = tmp_path / "b.json"
    by_hand("gate", "--report", report_file(tmp_path), "--baseline", baseline, "--accept")
    worse = report_file(tmp_path, "worse.json", found=3)

    found = by_hand("compare", worse, "--baseline", baseline)

    assert found.returncode == 0
    assert "lost by right: test-3\n" in found.stdout


def test_comparing_anew_asks_the_system(tmp_path, capsys):
    gate(tmp_path, "--accept")
    capsys.readouterr()

    code = main(
        ["compare", "--cases", str(cases_file(tmp_path)), "--baseline", str(tmp_path / "b.json")],
        openers=openers(3),
    )

    assert code == 0
    assert "lost by right: test-3\n" in capsys.readouterr().out


def test_peers_are_measured_on_the_same_cases(tmp_path, capsys):
    cases, file = cases_file(tmp_path), tmp_path / "p.json"

    code = main(
        ["compare", "--peers", "--cases", str(cases), "--json", str(file)], openers=openers()
    )

    assert code == 0
    out = capsys.readouterr()
    assert "clauses, BM25 alone" in out.out
    assert "measuring: chunks of 400 characters, dense" in out.err
    record = json.loads(file.read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / "peers.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(record)
    assert [system["scores"]["R@1"] for system in record["systems"][:1]] == [1.0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "none.json", "none.json"],
        ["gate", "--report", "none.json", "--baseline", "none.json", "--accept"],
        ["compare", "a", "b", "c"],
        ["compare", "--baseline", "none.json"],
        ["run", "--beir", "none"],
        ["check", "--clauses", "none.jsonl"],
    ],
)
def test_a_request_at_fault_is_one_line_and_exit_code_2(tmp_path, arguments):
    found = by_hand(*arguments, cwd=tmp_path)

    assert found.returncode == 2
    assert found.stdout == ""
    assert found.stderr.startswith("eval: ")
    assert found.stderr.count("\n") == 1


def clauses_file(tmp_path):
    return write_lines(
        tmp_path / "clauses.jsonl",
        *(clause_to_json(clause, parent=None, latest_held=True) for clause in CLAUSES),
    )


def test_check_counts_and_passes_proper_cases(tmp_path):
    train = a_line(id="t", split="train", question="成员国做什么？", relevant=[IDS[0]])
    cases = cases_file(tmp_path, *lines()[1:2], train)

    found = by_hand("check", "--cases", cases, "--clauses", clauses_file(tmp_path))

    assert (found.returncode, found.stderr) == (0, "")
    assert "fact        1+1  1+1" in found.stdout
    learnt = len(clauses_of(read_pairs()))
    assert f"for leaks: {learnt:,} clauses, {6 * learnt:,} questions\n" in found.stdout
    assert found.stdout.endswith("2 cases, 0 problems, 0 leaks\n")


def test_check_lists_what_is_alike_across_languages_without_failing(tmp_path, capsys):
    train = [
        a_line(id="t1", split="train", question="CWG-WSIS", language="fr", relevant=[IDS[0]]),
        a_line(id="t2", split="train", question="Quoi donc", language="fr", relevant=[IDS[0]]),
    ]
    test = a_line(id="m", question="CWG-WSIS是谁", relevant=[IDS[1]], kind="keyword")
    other = a_line(id="o", question="成员国做什么？", relevant=[IDS[1]])
    cases = cases_file(tmp_path, *train, test, other)

    code = main(["check", "--cases", str(cases), "--alike", "1"], openers=openers())

    assert code == 0
    assert "ALIKE question: t1 (train) and m (test) share " in capsys.readouterr().out


def test_check_fails_on_a_leak_and_on_an_unknown_clause(tmp_path):
    train = a_line(id="t", split="train", question="成员国做什么？", relevant=[IDS[1]])
    cases = cases_file(
        tmp_path, *lines()[1:2], train, a_line(id="u", question="？谁", relevant=["x"])
    )

    found = by_hand("check", "--cases", cases, "--clauses", clauses_file(tmp_path))

    assert found.returncode == 1
    assert f"LEAK clause: t (train) and test-1 (test) share {IDS[1]}\n" in found.stdout
    assert "all.jsonl:3: relevant of u names x, which is not held\n" in found.stdout


def test_a_damaged_file_of_clauses_is_named_with_its_line(tmp_path):
    file = write_lines(tmp_path / "clauses.jsonl", {"id": "x"})

    found = by_hand("check", "--cases", cases_file(tmp_path), "--clauses", file)

    assert found.returncode == 2
    assert (
        "clauses.jsonl:1: no clause (KeyError('source')); write it: resolutions export"
        in found.stderr
    )


def test_export_writes_a_set_that_can_be_run(tmp_path):
    folder = tmp_path / "beir"
    options = ["--cases", cases_file(tmp_path), "--clauses", clauses_file(tmp_path)]

    found = by_hand("export", folder, *options)

    assert (found.returncode, found.stdout) == (0, f"{folder}: 2 texts, 4 queries\n")
    from eval.beir import read_beir

    assert read_beir(folder).qrels["test-1"] == {IDS[1]: 1}


def test_help_shows_examples_and_imports_nothing_heavy():
    code = (
        "import sys; from eval.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'torch', 'faiss', 'numpy', 'matplotlib', 'gradio', 'onnxruntime'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "python -m eval compare --peers" in found.stdout
    assert found.stdout.endswith("[]\n")


def test_an_unknown_command_is_exit_code_2():
    found = by_hand("measure")

    assert found.returncode == 2
    assert "invalid choice: 'measure'" in found.stderr


def test_a_reader_that_has_read_enough_ends_it_quietly(tmp_path):
    file = report_file(tmp_path)
    command = [sys.executable, "-m", "eval", "compare", str(file), str(file), "--json", "-"]

    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        complaints = running.stderr.read()

    assert (running.returncode, complaints) == (0, b"")
