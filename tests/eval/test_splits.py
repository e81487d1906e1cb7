from dataclasses import replace

import numpy as np
import pytest

from embeddings.pairs import LANGUAGES, AnsweredClause
from eval.cases import Reading
from eval.splits import (
    agreement,
    agreement_text,
    alike_across_languages,
    cohen_kappa,
    counts_text,
    leaks,
    learnt_leaks,
    similarity,
)
from tests.eval.builders import a_case, an_unanswerable_case


def train(id_="t", **changes):
    return a_case(id_, split="train", **({"relevant": ("c/1",)} | changes))


def test(id_="m", **changes):
    return a_case(id_, split="test", **({"relevant": ("c/2",)} | changes))


test.__test__ = False  # type: ignore[attr-defined]  # a builder, named for the split


def learnt_from(**questions):
    """A resolution of one clause that the adapter was learnt from."""
    clause = AnsweredClause(
        resolution="Resolution 5 (Oslo, 2019)",
        language="en",
        place="resolves 1",
        text="to publish the list;",
        questions={language: questions.get(language, "?!") for language in LANGUAGES},
    )
    return [[clause]]


def kinds(*cases):
    return [(leak.kind, leak.train, leak.test) for leak in leaks(cases)]


def test_halves_that_share_nothing_do_not_leak():
    assert kinds(train(question="谁提交报告？"), test(question="理事会何时开会？")) == []


def test_a_clause_asked_for_in_both_halves_leaks_in_whatever_language():
    one = train(question="Who submits the report?", language="en")
    other = test(question="谁提交？", relevant=("c/1", "c/9"))

    (leak,) = leaks([one, other])

    assert str(leak) == "clause: t (train) and m (test) share c/1"


def test_the_same_clause_within_one_half_is_no_leak():
    assert kinds(train("a", question="谁提交报告？"), train("b", question="何人呈报？")) == []


def test_a_question_by_reference_may_name_a_clause_of_the_other_half():
    one = train(kind="reference", question="resolves 2", language="en", relevant=("c/1",))

    assert kinds(one, test(question="谁提交？", relevant=("c/1",))) == []


def test_a_section_may_hold_a_clause_of_the_other_half_but_not_be_asked_for_in_both():
    section = ("c/1", "c/2")
    one = train(kind="section", match="all", relevant=section, question="责成部分全文？")
    clause = test("m1", question="谁提交报告？")
    part = test("m3", kind="section", match="all", relevant=("c/2", "c/3"), question="请部分？")
    again = test("m2", kind="addressee", match="all", relevant=section[::-1], question="Tout ?")

    assert kinds(one, clause, part, again) == [("set", "t", "m2")]


def test_ids_of_different_corpora_are_not_compared():
    assert (
        kinds(train(question="甲？"), test(question="乙？", relevant=("c/1",), corpus="samples"))
        == []
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Who has to report to the Council?", "Who has to report to the council"),
        ("谁应向理事会提交年度进展报告？", "谁应向理事会提交年度的进展报告？"),
        ("¿Quién informa al Consejo?", "Quien informa al Consejo"),
        ("من يقدم التقارير إلى المجلس؟", "مَن يُقدِّم التقارير إلى المجلس"),
    ],
)
def test_a_question_that_is_nearly_the_same_leaks(one, other):
    assert kinds(
        an_unanswerable_case("t", split="train", question=one),
        an_unanswerable_case("m", question=other, kind="unanswerable-near"),
    ) == [("question", "t", "m")]


def test_a_question_that_is_nearly_the_same_in_a_neighbouring_language_leaks():
    one = train(question="Documento C11/INF/12 del Consejo", language="es")
    other = test(question="Documento C11/INF/12 do Consejo", language="fr")

    assert kinds(one, other) == [("question", "t", "m")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is Resolution 101 about?", "What is Resolution 102 about?"),
        ("What does item a) of the preamble say?", "What does item b) of the preamble say?"),
        ("责成部分的第二项是什么内容？", "责成部分的第三项是什么内容？"),
    ],
)
def test_questions_that_differ_in_a_number_or_label_ask_for_different_things(one, other):
    assert kinds(train(question=one), test(question=other)) == []


def test_one_form_with_different_contents_is_no_leak_but_the_same_contents_are():
    one = train(
        kind="reference", question="第75号决议（2022年，日内瓦，修订版）注意到", language="zh"
    )
    other = test(
        kind="reference", question="第75号决议（2022年，日内瓦，修订版）铭记", language="zh"
    )

    assert kinds(one, other) == []
    assert kinds(one, replace(other, relevant=one.relevant)) == [("question", "t", "m")]


def test_the_history_belongs_to_the_question():
    one = train(question="那第二项呢？", history=("请所有利益攸关方做什么？",))
    other = test(question="那第二项呢？", history=("责成主任什么？",))

    assert kinds(one, other) == []
    assert kinds(one, replace(other, history=one.history)) == [("question", "t", "m")]


def test_similarity_is_the_share_of_n_grams():
    assert similarity(frozenset("abc"), frozenset("bcd")) == 0.5
    assert similarity(frozenset(), frozenset()) == 0


def test_pairs_that_an_encoder_finds_alike_are_listed_across_halves_and_languages():
    cases = [
        train("t1", language="fr"),
        train("t2", language="fr"),
        train("t3", kind="reference"),
        test("m1"),
        test("m2"),
        test("m3", language="fr"),
    ]
    vectors = np.array([[3, 1], [3, -1], [-7, 0], [-7, 2], [-7, -2], [3, 1]], np.float32)

    pairs = alike_across_languages(cases, vectors, most=2)

    assert [(pair.train, pair.test) for pair in pairs] == [("t1", "m1"), ("t2", "m2")]
    assert len(alike_across_languages(cases, vectors, most=99)) == 4


def test_two_readers_are_compared_language_by_language():
    cases = [
        a_case("a", second=Reading(("wtsa-75@2022/instructs/1", "x"), None)),
        a_case("b", second=Reading(("x",), None)),
        a_case("c", second=Reading((), "no-evidence")),
        an_unanswerable_case("d", second=Reading((), "not-held")),
        an_unanswerable_case("e", second=Reading(("x",), None)),
        a_case("f"),
        a_case(
            "g", language="fr", match="all", second=Reading(("wtsa-75@2022/instructs/1",), None)
        ),
        a_case("h", language="fr", match="all", second=Reading(("x",), None)),
    ]

    french, chinese = agreement(cases)

    assert (chinese.language, chinese.read, chinese.answerable) == ("zh", 5, 0.6)
    assert (chinese.clauses, chinese.identical) == (0.5, 0.0)
    assert chinese.kappa == pytest.approx((0.6 - (0.6 * 0.6 + 0.4 * 0.4)) / (1 - 0.52))
    assert (french.clauses, french.identical, french.kappa) == (0.5, 0.5, None)
    assert "zh" in agreement_text([french, chinese])


def test_kappa_is_one_for_full_agreement_and_zero_for_chance():
    assert cohen_kappa([(True, True), (False, False)]) == 1
    assert cohen_kappa([(True, True), (True, False), (False, True), (False, False)]) == 0
    assert cohen_kappa([]) is None


def test_without_second_readings_that_is_said():
    assert agreement_text(agreement([a_case()])) == "no case was read by a second person"


def test_counts_tell_both_halves_of_each_kind_and_language():
    cases = [train("a"), train("b"), test("c"), test("d", language="fr"), an_unanswerable_case("e")]

    lines = [line.split() for line in counts_text(cases).splitlines()]

    assert lines == [
        ["train+test", "fr", "zh", "all"],
        ["fact", "0+1", "2+1", "2+2"],
        ["unanswerable-far", "–", "0+1", "0+1"],
        ["all", "0+1", "2+2", "2+3"],
    ]


# Questions that the adapter was learnt from


def test_a_question_to_measure_on_that_the_adapter_was_learnt_from_leaks():
    measured = test(question="Who publishes the list of groups?", language="en")

    (leak,) = learnt_leaks([measured], learnt_from(en="who publishes the list of all groups"))

    assert (leak.kind, leak.train, leak.test) == (
        "question",
        "Resolution 5 (Oslo, 2019), resolves 1",
        "m",
    )


def test_only_cases_to_measure_on_and_questions_in_their_language_are_held_against_it():
    question = "Who publishes the list of groups?"
    learnt = learnt_from(en=question)

    assert learnt_leaks([train(question=question, language="en")], learnt) == ()
    assert learnt_leaks([test(question=question, language="fr")], learnt) == ()
    assert learnt_leaks([test(question="When does the Council meet?", language="en")], learnt) == ()
