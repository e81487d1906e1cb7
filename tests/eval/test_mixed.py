"""Tests of what is lost with other texts beside: groups, bounds, what is left out."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from corpus.errors import ExpectedError
from corpus.holdings import Corpus
from eval.__main__ import main
from eval.mixed import (
    CHINESE,
    FILTERED,
    NAMED,
    OTHERS,
    Bounds,
    Check,
    Filtered,
    documents_in,
    measure_mixed,
    mixed_text,
    mixed_to_json,
)
from eval.systems import Held, Opened, Openers
from tests.eval.builders import (
    LetterEncoder,
    ScriptedSystem,
    a_case,
    a_clause,
    a_line,
    an_unanswerable_case,
    answered,
    refused,
    ticking,
    write_lines,
)

FOUNDING = a_clause("1", "责成主任每年提交报告")
RIGHT = FOUNDING.id
ADDED = replace(
    a_clause("1", "The Council shall report every year.", file="b.txt", language="en"),
    revision=replace(FOUNDING.revision, body="pp", number="2", language="en"),
)
BOUNDS = Bounds(lost_named=0.01, lost_chinese=0.05, added=0.85)
CASES = [
    a_case("zh", question="谁提交报告？"),
    a_case("zh-2", question="主任做什么？"),
    a_case("ru", question="Кто представляет доклад?", language="ru"),
    a_case("named", question="第75号决议说什么？"),
    a_case("named-ru", question="О чем Резолюция 75?", language="ru"),
]
NAMES = {"第75号决议说什么？": "wtsa-75", "О чем Резолюция 75?": "wtsa-75"}


class ScriptedAssistant:
    """Understands the resolutions it was told of, and finds what it was told to."""

    def __init__(self, named, rankings, filtered):
        self._named = named
        self._rankings = rankings
        self._filtered = filtered
        self.asked = []

    def understand(self, question, *, history=(), lineage=None):
        self.asked.append((question, tuple(history), lineage))
        return SimpleNamespace(
            question=question, filtered=lineage, lineage=lineage or self._named.get(question)
        )

    def search(self, understood, *, top):
        found = self._filtered if understood.filtered else self._rankings
        return [
            SimpleNamespace(clause=SimpleNamespace(id=id_), score=1.0)
            for id_ in found.get(understood.question, ())
        ][:top]


class AssistedSystem(ScriptedSystem):
    def __init__(self, rankings, outcomes, assistant):
        super().__init__(rankings, outcomes)
        self.assistant = assistant


def opened(clauses, *, found=(), named=None, outcomes=None, filtered=None, cases=CASES):
    """A system that finds the right clauses for the cases of these ids, and for no others."""
    rankings = {case.question: list(case.relevant) for case in cases if case.id in found}
    filtered = rankings if filtered is None else filtered
    assistant = ScriptedAssistant(NAMES if named is None else named, rankings, filtered)
    return Opened(
        system=AssistedSystem(rankings, outcomes, assistant),
        model="letters letters-1",
        held=Held(tuple(clauses), f"{len(clauses)} clauses"),
        documents={clause.source.file: clause.text for clause in clauses},
        encoder=LetterEncoder(),
    )


def alone(**options):
    return opened([FOUNDING], **options)


def mixed(**options):
    return opened([FOUNDING, ADDED], **options)


def measured(before, after, cases=CASES, **bounds):
    return measure_mixed(
        before,
        after,
        cases,
        split="test",
        bounds=replace(BOUNDS, **bounds),
        clock=ticking(),
        progress=lambda what: lambda done, total: None,
    )


def row(found, name):
    (wanted,) = (each for each in found.rows if each.name == name)
    return wanted


EVERY_ID = [case.id for case in CASES]


def test_each_question_is_counted_where_it_belongs_and_the_loss_is_alone_minus_mixed():
    found = measured(alone(found=EVERY_ID), mixed(found=["zh", "ru", "named", "named-ru"]))

    difference = row(found, CHINESE).differences["R@5"]
    assert (difference.cases, difference.old, difference.new) == (2, 1.0, 0.5)
    assert difference.lost == ("zh-2",)
    assert row(found, OTHERS).differences["R@5"].lost == ()
    assert (row(found, NAMED).cases, row(found, OTHERS).cases) == (2, 1)
    assert [check.verdict for check in found.checks] == [
        "holds",
        "does not hold",
        "does not hold",
        "not measured",
    ]
    assert not found.holds


def test_a_question_for_a_whole_section_or_without_an_answer_is_in_no_row():
    whole = a_case("whole", match="all", question="请列出全部。")
    cases = [*CASES, whole, an_unanswerable_case("far")]

    found = measured(alone(found=EVERY_ID), mixed(found=EVERY_ID), cases)

    assert row(found, FILTERED).cases == 5
    assert row(found, CHINESE).cases == 2
    assert (found.alone_decisions.answerable, found.alone_decisions.unanswerable) == (6, 1)


def test_who_names_the_resolution_is_settled_by_the_founding_texts_alone():
    after = mixed(found=["zh", "zh-2"], named={"谁提交报告？": "wtsa-75"})

    found = measured(alone(found=EVERY_ID), after)

    assert row(found, NAMED).differences["R@5"].lost == ("named", "named-ru")
    assert row(found, CHINESE).cases == 2


def test_the_filter_is_the_resolution_that_answers_and_the_history_goes_with_it():
    follow_up = a_case("f", kind="follow-up", question="还有呢？", history=("谁报告？",))
    before = alone(found=[], filtered={}, cases=[follow_up])
    after = mixed(filtered={"还有呢？": [RIGHT]}, cases=[follow_up])

    found = measured(before, after, [follow_up])

    assert ("还有呢？", ("谁报告？",), "wtsa-75") in after.system.assistant.asked
    difference = row(found, FILTERED).differences["R@5"]
    assert (difference.old, difference.new, difference.won) == (0.0, 1.0, ("f",))
    assert row(found, CHINESE).differences["R@5"].new == 0.0


def test_questions_about_added_texts_are_ranked_among_all_by_language():
    about = [
        a_case("a-zh", corpus="samples", kind="added", relevant=(ADDED.id,), question="理事会？"),
        a_case(
            "a-fr",
            corpus="samples",
            kind="added",
            language="fr",
            relevant=(ADDED.id,),
            question="Le Conseil ?",
        ),
    ]
    after = mixed(found=[*EVERY_ID, "a-zh"], cases=[*CASES, *about])

    found = measured(alone(found=EVERY_ID), after, [*CASES, *about], added=0.5)

    by_language = {group.language: group.scores["R@5"].value for group in found.added}
    assert by_language == {None: 0.5, "fr": 0.0, "zh": 1.0}
    assert found.added_check.verdict == "holds"
    assert found.holds
    assert found.notes == ()


def test_questions_about_texts_that_were_not_given_are_left_out_and_counted():
    missing = a_case("a", corpus="samples", kind="added", relevant=("pp-9@2018/noting",))

    found = measured(alone(found=EVERY_ID), mixed(found=EVERY_ID), [*CASES, missing])

    assert found.added == ()
    assert found.added_check.verdict == "not measured"
    assert found.holds
    assert "their clauses are not among the documents: 1 of 1\n" in mixed_text(found)


def test_a_resolution_that_the_documents_hold_is_no_longer_asked_for_in_vain():
    cases = [
        *CASES,
        an_unanswerable_case("n", kind="not-held", reason="not-held", question="第2号决议？"),
        an_unanswerable_case("far", question="天气？"),
        an_unanswerable_case("blank", reason="empty", question="?!"),
    ]
    after = mixed(found=EVERY_ID, named={**NAMES, "第2号决议？": "pp-2"})

    found = measured(alone(found=EVERY_ID), after, cases)

    assert found.alone_decisions.unanswerable == found.mixed_decisions.unanswerable == 2
    assert any(note.endswith("the resolution that they name: 1") for note in found.notes)
    assert "?!" not in [question for question, _, _ in after.system.assistant.asked]


def test_refusals_are_shares_of_the_answerable_and_of_the_unanswerable():
    cases = [*CASES, an_unanswerable_case("far", question="天气？")]
    sure = {case.question: answered(RIGHT, probability=0.9) for case in CASES}
    misled = {**sure, "谁提交报告？": refused(probability=0.2), "天气？": answered(RIGHT)}

    found = measured(alone(found=EVERY_ID, outcomes=sure), mixed(outcomes=misled), cases)

    before, after = found.alone_decisions, found.mixed_decisions
    assert (before.answerable_refused, before.unanswerable_refused, before.auroc) == (0, 1, 1)
    assert (after.answerable_refused, after.unanswerable_refused) == (0.2, 0)
    assert after.auroc == 0.4  # four ties and one below


@pytest.mark.parametrize(
    ("value", "limit", "at_most", "verdict"),
    [
        (1 - 0.95, 0.05, True, "holds"),
        (0.0501, 0.05, True, "does not hold"),
        (-0.1, 0.0, True, "holds"),
        (0.85, 0.85, False, "holds"),
        (0.8499, 0.85, False, "does not hold"),
        (None, 0.85, False, "not measured"),
    ],
)
def test_a_figure_at_its_bound_holds_and_one_beyond_it_does_not(value, limit, at_most, verdict):
    assert Check("row", "R@5", value, limit, at_most=at_most).verdict == verdict


def test_documents_that_add_nothing_or_replace_a_founding_text_are_refused():
    newer = opened([replace(ADDED, label="2")], found=EVERY_ID)

    with pytest.raises(ExpectedError, match="add no clause"):
        measured(alone(), alone())
    with pytest.raises(ExpectedError, match=f"place of founding clauses \\({RIGHT}\\)"):
        measured(alone(), newer)


def test_without_a_question_about_the_founding_texts_there_is_nothing_to_compare():
    about = a_case("a", corpus="samples", kind="added", relevant=(ADDED.id,))

    with pytest.raises(ExpectedError, match="none of the 1 cases is about the founding texts"):
        measured(alone(), mixed(), [about])


def test_a_filter_limits_the_search_of_the_real_assistant():
    from assistant.answering import Assistant
    from assistant.retriever import Retriever
    from embeddings.build import build_index

    question = "谁每年提交报告？"
    clauses = (replace(ADDED, text=question), FOUNDING)
    corpus = Corpus(clauses=clauses)
    encoder = LetterEncoder()
    retriever = Retriever(corpus=corpus, index=build_index(clauses, encoder), encoder=encoder)
    assistant = Assistant(corpus=corpus, retriever=retriever)

    hits = Filtered(assistant, "wtsa-75").search(question, history=(), top=5)

    assert [id_ for id_, _ in hits] == [RIGHT]
    everything = assistant.search(assistant.understand(question), top=5)
    assert {hit.clause.id for hit in everything} == {RIGHT, ADDED.id}


def test_documents_are_the_files_given_and_those_in_folders_each_once(tmp_path):
    deep = tmp_path / "folder" / "deep"
    deep.mkdir(parents=True)
    (tmp_path / "folder" / ".hidden").mkdir()
    files = [tmp_path / "folder" / "b.txt", deep / "a.docx"]
    for file in (*files, deep / ".lock", tmp_path / "folder" / ".hidden" / "c.txt"):
        file.write_text("x", encoding="utf-8")

    found = documents_in([files[1], tmp_path / "folder", deep / ".." / "b.txt"])

    assert found == (files[1], files[0])


def test_a_path_without_a_document_is_said(tmp_path):
    with pytest.raises(ExpectedError, match=r"none\.txt: no such file or folder"):
        documents_in([tmp_path / "none.txt"])
    with pytest.raises(ExpectedError, match="no document in the folders given"):
        documents_in([tmp_path])


def by_command(tmp_path, *more, found=EVERY_ID):
    document = tmp_path / "b.txt"
    document.write_text(ADDED.text, encoding="utf-8")
    lines = [
        a_line(
            id=case.id, question=case.question, language=case.language, relevant=[*case.relevant]
        )
        for case in CASES
    ]
    cases = write_lines(tmp_path / "cases.jsonl", *lines)
    systems = {(): alone(found=EVERY_ID), (document,): mixed(found=found)}
    openers = Openers(
        system=lambda documents, model: systems[tuple(documents)],
        clauses=lambda: Held((), ""),
        texts=lambda texts, model: (ScriptedSystem(), "letters"),
        encoder=lambda model: LetterEncoder(),
    )
    return main(["mixed", str(document), "--cases", str(cases), *more], openers=openers)


def test_the_command_prints_tables_and_writes_the_same_as_json(tmp_path, capsys):
    file = tmp_path / "m.json"

    code = by_command(tmp_path, "--json", str(file), found=["zh", "ru", "named", "named-ru"])

    printed = capsys.readouterr()
    assert code == 0
    assert "documents added: 1 (clauses 1, beside 1 founding ones; split test)" in printed.out
    (line, _) = (line for line in printed.out.split("\n") if line.startswith(CHINESE))
    assert line.split()[2:6] == ["2", "1.000", "0.500", "0.500"]
    assert line.endswith("at most 0.05  does not hold")
    assert "asked, mixed 5 of 5" in printed.err
    record = json.loads(file.read_text(encoding="utf-8"))
    chinese = next(each for each in record["rows"] if each["name"] == CHINESE)
    assert chinese["bound"] == {"of": "R@5 lost", "value": 0.5, "at_most": 0.05, "holds": False}
    assert record["added"]["bound"]["holds"] is None
    assert record["holds"] is False


def test_no_question_and_no_clause_is_printed_or_written(tmp_path, capsys):
    file = tmp_path / "m.json"

    by_command(tmp_path, "--json", str(file), found=["zh"])

    printed = capsys.readouterr()
    everything = printed.out + printed.err + file.read_text(encoding="utf-8")
    assert CHINESE in everything
    for text in (*(case.question for case in CASES), FOUNDING.text, ADDED.text):
        assert text not in everything


def test_only_the_gate_turns_a_broken_bound_into_exit_code_1(tmp_path, capsys):
    assert by_command(tmp_path, found=["zh"]) == 0
    assert by_command(tmp_path, "--gate", found=["zh"]) == 1
    assert by_command(tmp_path, "--gate") == 0

    loose = ["--lost-named", "1", "--lost-chinese", "1"]
    assert by_command(tmp_path, "--gate", *loose, found=["zh"]) == 0
    assert "bounds: 3 hold, 0 do not, 1 not measured" in capsys.readouterr().out


@pytest.mark.parametrize("share", ["1.5", "-0.1", "nan", "much"])
def test_a_bound_that_is_no_share_is_exit_code_2(share, capsys):
    with pytest.raises(SystemExit) as end:
        main(["mixed", "x.txt", "--lost-named", share])

    assert end.value.code == 2
    assert "--lost-named" in capsys.readouterr().err


def test_the_help_has_an_example(capsys):
    with pytest.raises(SystemExit) as end:
        main(["mixed", "--help"])

    assert end.value.code == 0
    assert "python -m eval mixed --split train --gate FOLDER" in capsys.readouterr().out


def test_every_figure_of_the_tables_stands_in_the_json():
    found = measured(alone(found=EVERY_ID), mixed(found=["zh", "ru", "named", "named-ru"]))

    record = mixed_to_json(found)

    assert [each["name"] for each in record["rows"]] == [NAMED, FILTERED, CHINESE, OTHERS]
    assert record["rows"][1]["measures"][0] == {
        "measure": "R@5",
        "cases": 5,
        "alone": 1.0,
        "mixed": 0.8,
        "lost": 0.2,
        "low": 0.0,
        "high": 0.6,
        "cases_lost": ["zh-2"],
        "cases_won": [],
    }
    assert record["rows"][3]["bound"] is None
    assert set(record["decisions"]["mixed"]) == {
        "answerable",
        "unanswerable",
        "answerable_refused",
        "unanswerable_refused",
        "AUROC",
    }
