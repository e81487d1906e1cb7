"""What the page's script can call, and how the server starts and fails."""

import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from assistant.answers import Answer, Citation, Form, Reason, Refusal
from assistant.query import LONGEST_QUESTION, Understood
from assistant.web.page import MOST_WAITING, bound, functions_of
from corpus.clauses import Clause, Revision, Source
from corpus.errors import ExpectedError
from corpus.holdings import Corpus, Document


def a_clause(text: str, label: str, year: int = 2022) -> Clause:
    return Clause(
        revision=Revision(
            body="wtsa", number="75", year=year, place="Geneva", language="zh", title="题目"
        ),
        section="resolves",
        phrase="做出决议",
        addressees=(),
        label=label,
        text=text,
        source=Source("file.txt", ((0, 1),)),
    )


CORPUS = Corpus(
    clauses=(a_clause("旧", "1", 2008), a_clause("甲", "1"), a_clause("乙", "2")),
    documents=(Document(name="file.txt", sha256="0", text_sha256="0"),),
    digest="0" * 64,
)


class Scripted:
    """An assistant that notes what it is asked, and answers with the clause of that label."""

    def __init__(self, label="2", before=lambda: None):
        self.corpus = CORPUS
        self.asked = []
        self._label = label
        self._before = before

    def understand(self, question, **more):
        self.asked.append({"question": question, **more})
        return Understood(question=question, read_as=question, interpreted=question, language="en")

    def answer(self, understood):
        self._before()
        if self._label is None:
            return Refusal(understood=understood, reason=Reason.NO_EVIDENCE, looked_for="", held=())
        clause = CORPUS.get(f"wtsa-75@2022/resolves/{self._label}")
        return Answer(
            understood=understood,
            form=Form.CLAUSES,
            citations=(Citation.whole(clause),),
            probability=0.9,
        )


def calls(assistant=None):
    """The functions of the page by name, over a scripted assistant."""
    place = SimpleNamespace(corpus=CORPUS, assistant=assistant or Scripted())
    return {function.__name__: function for function in functions_of(place)}


def test_an_answer_comes_with_the_clause_to_be_shown_beside_it():
    reply = calls()["asked"]({"question": "What?", "language": "en"})

    assert "乙" in reply["html"]
    assert reply["clause"] == "wtsa-75@2022/resolves/2"
    assert reply["address"] == "?clause=wtsa-75@2022/resolves/2"


def test_a_refusal_opens_nothing():
    reply = calls(Scripted(label=None))["asked"]({"question": "What?", "language": "en"})

    assert reply["clause"] is None


def test_earlier_questions_and_what_was_taken_away_reach_the_assistant():
    assistant = Scripted()

    calls(assistant)["asked"](
        {"question": "And 2008?", "history": ["What?"], "ignored": ["section", "no such part"]}
    )

    [asked] = assistant.asked
    assert asked["history"] == ["What?"]
    assert asked["ignored"] == ("section",)


@pytest.mark.parametrize(
    "given",
    [
        {"question": "x" * (LONGEST_QUESTION + 2)},
        {"question": 7},
        {"question": ["What?"]},
        {"question": "What?", "history": [{"a": 1}]},
        {"question": ""},
        {},
        None,
        "What?",
    ],
)
def test_a_malformed_question_is_told_in_one_line(given):
    reply = calls()["asked"](given)

    assert reply.keys() == {"error"}
    assert "\n" not in reply["error"]


def test_a_text_is_read_at_a_clause_named_by_id_or_by_citation():
    read = calls()["read_text"]

    by_id = read({"clause": "wtsa-75@2008/resolves/1", "language": "en"})
    by_citation = read({"clause": "第75号决议（2022年）做出决议2", "language": "en"})

    assert by_id["clause"] == "wtsa-75@2008/resolves/1"
    assert "旧" in by_id["html"]
    assert by_citation["clause"] == "wtsa-75@2022/resolves/2"


def test_a_text_named_as_a_whole_is_read_from_its_beginning():
    reply = calls()["read_text"]({"clause": "wtsa-75@2022", "language": "en"})

    assert reply["clause"] == ""
    assert reply["address"] == "?clause=wtsa-75@2022"


def test_the_latest_text_held_is_read_when_none_is_named():
    reply = calls()["read_text"]({"language": "en"})

    assert 'data-revision="wtsa-75@2022"' in reply["html"]


def test_a_clause_that_is_not_held_is_told_and_so_is_what_is_held():
    reply = calls()["read_text"]({"clause": "wtsa-75@2022/resolves/9", "language": "en"})

    assert "wtsa-75@2022" in reply["error"]


def test_a_comparison_puts_the_older_text_first_whatever_was_chosen():
    reply = calls()["compared"](
        {"old": "wtsa-75@2022", "new": "wtsa-75@2008", "text": "zh", "language": "en"}
    )

    assert reply["html"].index("旧") < reply["html"].index("甲")


def test_a_comparison_with_a_text_that_is_not_held_is_told():
    reply = calls()["compared"]({"old": "wtsa-75@2022", "new": "wtsa-20@2008", "text": "zh"})

    assert "wtsa-20@2008" in reply["error"]


def test_the_page_opens_in_the_first_language_that_it_speaks():
    reply = calls()["opened"]({"wanted": ["de", "ar-EG", "en"]})

    assert (reply["language"], reply["direction"]) == ("ar", "rtl")


def test_questions_are_answered_one_at_a_time():
    at_once = []
    running = threading.Semaphore(1)

    def before():
        at_once.append(running.acquire(blocking=False))
        time.sleep(0.02)
        running.release()

    ask = calls(Scripted(before=before))["asked"]
    threads = [threading.Thread(target=ask, args=({"question": "What?"},)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert at_once == [True] * 4


def test_a_question_too_many_is_told_to_come_back():
    begun, go_on = threading.Semaphore(0), threading.Event()

    def before():
        begun.release()
        go_on.wait(10)

    assistant = Scripted(before=before)
    ask = calls(assistant)["asked"]
    threads = [
        threading.Thread(target=ask, args=({"question": "What?"},)) for _ in range(MOST_WAITING)
    ]
    for thread in threads:
        thread.start()
    begun.acquire()
    give_up = time.monotonic() + 10
    reply = ask({"question": "One more?"}) if _all_wait(threads, give_up) else {}
    go_on.set()
    for thread in threads:
        thread.join()

    assert "ask again" in reply["error"]
    assert "error" not in ask({"question": "And now?"})


def _all_wait(threads, give_up):
    """Whether every thread has started; each has entered its call by then or is about to."""
    while not all(thread.is_alive() for thread in threads):
        if time.monotonic() > give_up:
            return False
    time.sleep(0.05)
    return True


def test_a_port_in_use_is_told_before_anything_is_loaded():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(ExpectedError, match=rf"port {port} .*choose another"):
            bound("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("no.such.host.invalid", 0)])
def test_an_address_that_cannot_be_had_is_told(host, port, monkeypatch):
    def unknown(*_):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    if host.endswith("invalid"):  # no test may look a name up
        monkeypatch.setattr(socket.socket, "bind", unknown, raising=False)

    with pytest.raises(ExpectedError, match=f"{host}, port {port}"):
        bound(host, port)


def test_the_command_ends_with_one_line_when_its_port_is_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-X",
            "importtime",
            "-m",
            "assistant",
            "chat",
            "--port",
            str(port),
        ]

        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    lines = [line for line in said.stderr.splitlines() if not line.startswith("import time:")]
    imported = {line.rsplit("|", 1)[-1].strip() for line in said.stderr.splitlines()}
    assert said.returncode == 2
    assert len(lines) == 1
    assert f"port {port}" in lines[0]
    assert "gradio" not in imported
    assert "onnxruntime" not in imported
