from dataclasses import dataclass, replace

import pytest

from corpus.clauses import Clause
from corpus.holdings import Corpus
from embeddings.reranker import CrossEncoderReranker
from eval.cases import case_from_json
from eval.measure import measure
from eval.systems import (
    AssistantSystem,
    is_proven,
    open_clauses,
    open_system,
    open_texts,
    system_from_corpus,
)
from tests.embeddings.tiny_models import write_tiny_cross_encoder
from tests.eval.builders import LetterEncoder, a_clause, a_line, ticking

STORED = "责成\n1 主任每年\n提交报告；"
TEXT = "主任每年 提交报告；"
CLAUSE = a_clause("1", TEXT, start=STORED.index("主任"))
CORPUS = Corpus(clauses=(CLAUSE,))
DOCUMENTS = {"a.txt": STORED}


@dataclass(frozen=True)
class Cited:
    clause: Clause
    start: int
    end: int
    quote: str


def test_a_quote_is_proven_down_to_the_stored_text():
    assert is_proven(Cited(CLAUSE, 0, 4, TEXT[:4]), CORPUS, DOCUMENTS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("citation", "corpus", "documents"),
    [
        (Cited(CLAUSE, 0, 4, "主任每月"), CORPUS, DOCUMENTS),
        (Cited(CLAUSE, 0, 0, ""), CORPUS, DOCUMENTS),
        (Cited(replace(CLAUSE, text="主任"), 0, 2, "主任"), CORPUS, DOCUMENTS),
        (Cited(CLAUSE, 0, 4, TEXT[:4]), Corpus((replace(CLAUSE, text=TEXT + "。"),)), DOCUMENTS),
        (Cited(CLAUSE, 0, 4, TEXT[:4]), Corpus(clauses=()), DOCUMENTS),
        (Cited(CLAUSE, 0, 4, TEXT[:4]), CORPUS, {}),
        (Cited(CLAUSE, 0, 4, TEXT[:4]), CORPUS, {"a.txt": STORED.replace("每年", "每月")}),
    ],
    ids=[
        "another quote",
        "nothing",
        "another text",
        "held with another text",
        "not held",
        "no document",
        "other document",
    ],
)
def test_whatever_breaks_the_chain_leaves_a_quote_unproven(citation, corpus, documents):
    assert not is_proven(citation, corpus, documents)


@dataclass(frozen=True)
class Found:
    clause: Clause
    score: float


class OneReply:
    """An assistant that always replies the same; the question is what it understands."""

    corpus = CORPUS

    def __init__(self, reply):
        self._reply = reply

    def understand(self, question, *, history=()):
        return (*history, question)

    def search(self, understood, *, top):
        return [Found(CLAUSE, float(len(understood)))][:top]

    def answer(self, understood):
        return self._reply


def an_understood_question():
    from assistant.query import Understood

    return Understood(question="谁？", read_as="谁？", interpreted="谁？", language="zh")


def test_an_answer_becomes_an_outcome_with_its_clauses_in_order():
    from assistant.answers import Answer, Citation, Form

    reply = Answer(
        understood=an_understood_question(),
        form=Form.CLAUSES,
        citations=(Citation(CLAUSE, 0, 4),),
        probability=0.75,
    )

    outcome = AssistantSystem(OneReply(reply), DOCUMENTS).ask("谁？", history=())

    assert (outcome.status, outcome.cited, outcome.probability) == ("answered", (CLAUSE.id,), 0.75)
    assert outcome.quotes_proven
    assert not AssistantSystem(OneReply(reply), {}).ask("谁？", history=()).quotes_proven


def test_a_refusal_becomes_an_outcome_with_its_reason():
    from assistant.answers import Reason, Refusal

    reply = Refusal(
        understood=an_understood_question(), reason=Reason.NOT_HELD, looked_for="", held=()
    )

    outcome = AssistantSystem(OneReply(reply), DOCUMENTS).ask("谁？", history=())

    assert (outcome.status, outcome.reason, outcome.cited) == ("refused", "not-held", ())


def test_an_empty_question_is_a_refusal_and_is_not_asked():
    outcome = AssistantSystem(OneReply(None), DOCUMENTS).ask(" ?! ", history=())

    assert (outcome.status, outcome.reason) == ("refused", "empty")


def test_a_search_gives_ids_and_hands_on_the_history():
    hits = AssistantSystem(OneReply(None), DOCUMENTS).search("谁？", history=("先前？",), top=3)

    assert hits == [(CLAUSE.id, 2.0)]


def test_texts_that_are_no_resolutions_can_be_searched():
    texts = {
        "d1": "The weather in the mountains changes quickly.",
        "blank": " ",
        "d2": "Recipes for bread need flour, water and salt.",
        "d3": "国际电联理事会每年开会一次。",
    }

    searcher = system_from_corpus(texts, LetterEncoder())

    assert searcher.search("bread flour recipes", history=(), top=2)[0][0] == "d2"
    assert {id_ for id_, _ in searcher.search("weather", history=(), top=9)} == {"d1", "d2", "d3"}


def test_texts_are_searched_in_the_order_of_the_reranker_that_is_named(tmp_path, monkeypatch):
    folder = write_tiny_cross_encoder(tmp_path)
    texts = {"d1": "the council shall report", "d2": "find a b c", "d3": "report to the council"}
    question = "the council shall report"
    monkeypatch.setattr("eval.systems.open_model", lambda model: LetterEncoder())

    plain, name = open_texts(texts)
    reranked, reranked_name = open_texts(texts, reranker=str(folder))

    fingerprint = CrossEncoderReranker(str(folder)).fingerprint
    assert reranked_name == f"{name}, reranked by {folder} {fingerprint}"
    found = [[id_ for id_, _ in s.search(question, history=(), top=3)] for s in (plain, reranked)]
    assert found[0] != found[1]
    assert sorted(found[0]) == sorted(found[1]) == ["d1", "d2", "d3"]


def test_the_clauses_of_the_founding_texts_are_opened_without_a_model():
    held = open_clauses()

    assert {"wtsa-75@2022/considering/e/iii", "wtsa-75@2008/instructs/3"} <= held.ids
    assert len(held.digest) >= 32


def test_the_assistant_is_measured_end_to_end(tmp_path, capsys):
    notes = tmp_path / "notes.txt"
    notes.write_text("Remember to buy flour, water and salt.", encoding="utf-8")
    question = "第75号决议（2022年，日内瓦，修订版）责成电信标准化局主任 6"
    case = case_from_json(
        a_line(kind="reference", question=question, relevant=["wtsa-75@2022/instructs/6"])
    )

    opened = open_system([notes])
    (result,) = measure(opened.system, [case], clock=ticking()).results

    assert "left out: " in capsys.readouterr().err
    assert result.outcome is not None
    assert result.outcome.cited == ("wtsa-75@2022/instructs/6",)
    assert result.scores["R@1"] == result.scores["right"] == result.scores["quotes-proven"] == 1
    assert opened.encoder.fingerprint in opened.model
