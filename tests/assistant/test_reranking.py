"""A reranker that is named orders the nearest clauses once more; without one nothing is different.

Over the founding texts with the real encoder; the reranker is a stand-in, or a tiny real one.
"""

import json

import numpy as np
import pytest

from assistant.answering import Assistant
from assistant.cli import main
from assistant.confidence import evidence
from assistant.query import understand
from assistant.retriever import RERANKED, Retriever
from assistant.settings import Settings
from assistant.wiring import Workplace
from corpus.holdings import Corpus
from embeddings.build import build_index
from embeddings.clause_text import heading_path
from embeddings.reranker import CrossEncoderReranker
from tests.embeddings.tiny_models import write_tiny_cross_encoder
from tests.fakes import FakeEncoder

QUESTION = "Who reports to the Council on Internet-related public policy?"


class Stand:
    """A reranker that scores as it is told, and remembers what it was given."""

    name = "stand-in"
    fingerprint = "stand-in-1"

    def __init__(self, score):
        self._score = score
        self.asked = []

    def scores(self, question, texts):
        self.asked.append((question, list(texts)))
        return np.array([self._score(place, text) for place, text in enumerate(texts)], np.float32)


@pytest.fixture
def reranked(place):
    """The assistant of the founding texts with a reranker that scores like this."""

    def opened(score):
        reranker = Stand(score)
        retriever = Retriever(
            corpus=place.corpus,
            index=place.assistant.retriever._index,
            encoder=place.encoder,
            reranker=reranker,
        )
        return Assistant(corpus=place.corpus, retriever=retriever), reranker

    return opened


def backwards(place, text):
    return float(place)


def keys(hits):
    return [hit.clause.key for hit in hits]


# The order


def test_its_first_choice_is_first_and_what_it_has_not_read_follows_as_before(place, reranked):
    assistant, _ = reranked(backwards)
    understood = assistant.understand(QUESTION)
    plain = place.assistant.retriever.rank(understood, top=40)

    ranking = assistant.retriever.rank(understood, top=40)

    assert keys(ranking.found[:RERANKED]) == keys(plain.found[:RERANKED])[::-1]
    assert keys(ranking.found[RERANKED:]) == keys(plain.found[RERANKED:])
    assert len(ranking.found) == 40


@pytest.mark.parametrize("top", [1, 3, RERANKED, RERANKED + 1])
def test_as_many_are_read_however_few_are_wanted(place, reranked, top):
    assistant, reranker = reranked(backwards)
    understood = assistant.understand(QUESTION)
    plain = place.assistant.retriever.rank(understood, top=RERANKED)

    found = assistant.retriever.rank(understood, top=top).found

    assert len(found) == top
    assert keys(found[:1]) == keys(plain.found[-1:])
    assert [len(texts) for _, texts in reranker.asked] == [RERANKED]


def test_scores_belong_to_the_places_and_features_to_the_clauses(place, reranked):
    assistant, _ = reranked(backwards)
    understood = assistant.understand(QUESTION)
    plain = place.assistant.retriever.rank(understood, top=40).found

    found = assistant.retriever.rank(understood, top=40).found

    assert [hit.score for hit in found] == [hit.score for hit in plain]
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    of_clause = {hit.clause.key: hit.features for hit in plain}
    assert all(hit.features == of_clause[hit.clause.key] for hit in found)


def test_equal_scores_leave_everything_as_it_was(place, reranked):
    assistant, _ = reranked(lambda place, text: 0.5)
    understood = assistant.understand(QUESTION)

    ranking = assistant.retriever.rank(understood, top=30)

    assert ranking == place.assistant.retriever.rank(understood, top=30)


def test_fewer_clauses_than_it_would_read_are_all_ordered(place):
    corpus = Corpus(clauses=place.corpus.of_revision("wtsa-75@2022", "zh")[:3])
    index, encoder = build_index(corpus.clauses, FakeEncoder()), FakeEncoder()
    plain, reranked = (
        Retriever(corpus=corpus, index=index, encoder=encoder, reranker=reranker)
        for reranker in (None, Stand(backwards))
    )
    understood = understand(QUESTION, corpus=corpus)

    found = reranked.rank(understood, top=10).found

    assert len(found) == 3
    assert keys(found) == keys(plain.rank(understood, top=10).found)[::-1]


def test_the_texts_asked_for_stay_the_only_ones(place, reranked):
    assistant, _ = reranked(backwards)
    understood = assistant.understand("Who reports to the Council?", year=2008)

    found = assistant.retriever.rank(understood, top=100).found

    assert RERANKED < len(found) < 100
    assert {hit.clause.revision.year for hit in found} == {2008}


def test_a_clause_that_is_named_stays_ahead_of_its_choice(place, reranked):
    assistant, _ = reranked(backwards)
    understood = assistant.understand("第75号决议（2022年，日内瓦，修订版）责成电信标准化局主任 6")

    hits = assistant.search(understood, top=5)

    plain = place.assistant.search(understood, top=5)
    assert hits[0].clause.id == plain[0].clause.id == "wtsa-75@2022/instructs/6"
    assert keys(hits[1:]) != keys(plain[1:])
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_the_nearness_is_that_of_the_clause_nearest_without_it(place, reranked):
    assistant, _ = reranked(backwards)
    understood = assistant.understand(QUESTION)
    plain = place.assistant.retriever.rank(understood, top=10)
    ranking = assistant.retriever.rank(understood, top=10)

    found = evidence(understood, ranking)

    assert ranking.found[0].clause != plain.found[0].clause
    assert found["nearness"] == evidence(understood, plain)["nearness"] > 0


def test_the_answer_quotes_its_first_choice(place, reranked):
    wanted = place.assistant.search(place.assistant.understand(QUESTION), top=4)[3].clause
    assistant, _ = reranked(lambda place, text: float(wanted.text in text))

    reply = assistant.answer(assistant.understand(QUESTION))

    assert reply.citations[0].clause.key == wanted.key


# What it reads


def test_it_reads_a_clause_under_its_heading_path(place, reranked):
    assistant, reranker = reranked(backwards)
    understood = assistant.understand(QUESTION)
    nearest = place.assistant.retriever.rank(understood, top=RERANKED).found

    assistant.retriever.rank(understood, top=1)

    ((question, texts),) = reranker.asked
    assert question == QUESTION
    assert texts == [heading_path(hit.clause) + hit.clause.text for hit in nearest]


def test_it_reads_a_follow_up_as_it_stands_on_its_own(reranked):
    assistant, reranker = reranked(backwards)
    understood = assistant.understand("那2008年版呢？", history=["谁负责执行该决议？"])

    assistant.retriever.rank(understood, top=1)

    assert reranker.asked[0][0] == understood.interpreted == "谁负责执行该决议？ 那2008年版呢？"


# On the command line


@pytest.fixture(scope="module")
def tiny(place, tmp_path_factory):
    """A tiny cross-encoder that tells the characters of the founding texts apart."""
    characters = sorted({one for clause in place.corpus.clauses for one in clause.text})
    digits = [f"{sign}{digit}" for digit in range(10) for sign in ("", "##")]
    return write_tiny_cross_encoder(
        tmp_path_factory.mktemp("cross-encoder"),
        words=[*characters, *digits, "who", "reports", "to"],
        positions=512,
    )


@pytest.fixture
def run(capsys, place, model_cache, monkeypatch):
    def run(*arguments):
        monkeypatch.setenv("RESOLUTIONS_HOME", str(place.settings.home))
        monkeypatch.setenv("RESOLUTIONS_CACHE", str(model_cache))
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def found(output):
    return [
        (hit["clause"]["id"], hit["clause"]["language"], hit["score"])
        for hit in json.loads(output)["hits"]
    ]


@pytest.mark.parametrize("by", ["option", "environment"])
def test_search_shows_the_order_of_the_reranker_that_is_named(run, place, tiny, monkeypatch, by):
    named = ["--reranker", str(tiny)] if by == "option" else []
    plain = place.assistant.search(place.assistant.understand(QUESTION), top=RERANKED)
    scores = CrossEncoderReranker(str(tiny), threads=1).scores(
        QUESTION, [heading_path(hit.clause) + hit.clause.text for hit in plain]
    )
    if by == "environment":
        monkeypatch.setenv("RESOLUTIONS_RERANKER", str(tiny))

    code, out, err = run("search", QUESTION, "--top", "5", "--json", *named)

    assert (code, err) == (0, "")
    wanted = [plain[at].clause.id for at in np.argsort(-scores, kind="stable")[:5]]
    assert [id_ for id_, _, _ in found(out)] == wanted
    assert wanted != [hit.clause.id for hit in plain[:5]]
    assert len(set(scores.tolist())) == RERANKED


@pytest.mark.parametrize("command", ["ask", "search", "cite"])
def test_a_reranker_that_is_nowhere_ends_a_command_with_one_line(run, command):
    code, out, err = run(command, QUESTION, "--reranker", "./nowhere")

    assert (code, out) == (2, "")
    assert err == (
        "resolutions: ./nowhere is no folder; name the folder of a cross-encoder, or one on "
        "huggingface.co\n"
    )


def test_a_reranker_that_is_nowhere_ends_a_batch_before_its_first_line(run, tmp_path):
    batch = tmp_path / "questions.jsonl"
    batch.write_text(f'{{"question": "{QUESTION}"}}\n' * 3, encoding="utf-8")

    code, out, err = run("search", "--batch", str(batch), "--reranker", "./nowhere")

    assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("command", ["add", "remove", "build", "show", "list"])
def test_commands_that_rank_nothing_take_no_reranker(run, command):
    code, _, _ = run(command, "--reranker", "some/model")

    assert code == 2


# Off unless it is named


def test_there_is_none_unless_it_is_named(place, tmp_path):
    named = Workplace(Settings(home=tmp_path, cache=tmp_path, reranker="./nowhere"))

    assert place.reranker is None
    assert named.reranker is not None
    assert named.reranker.name == "./nowhere"


def test_it_is_taken_from_the_environment_unless_another_is_named():
    environment = {"RESOLUTIONS_RERANKER": "some/reranker"}

    assert Settings.from_environment({}).reranker is None
    assert Settings.from_environment({"RESOLUTIONS_RERANKER": ""}).reranker is None
    assert Settings.from_environment(environment).reranker == "some/reranker"
    assert Settings.from_environment(environment, reranker="another").reranker == "another"
    assert Settings.from_environment(environment).model is None
