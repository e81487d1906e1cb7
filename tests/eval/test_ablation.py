"""Tests of the ablation: what is left out is left out of every question."""

import subprocess
import sys
from types import SimpleNamespace

from eval.ablation import Without


class AskedAssistant:
    """Notes how it is asked, and finds one clause."""

    def __init__(self):
        self.understood = []

    def understand(self, question, *, history, ignored):
        self.understood.append((question, tuple(history), tuple(ignored)))
        return question

    def search(self, understood, *, top):
        return [SimpleNamespace(clause=SimpleNamespace(id="wtsa-75@2022/resolves/1"), score=0.5)][
            :top
        ]


def test_a_part_that_is_left_out_is_read_from_no_question():
    assistant = AskedAssistant()

    found = Without(assistant, ("revision",)).search("Who?", history=["Before?"], top=3)

    assert assistant.understood == [("Who?", ("Before?",), ("revision",))]
    assert found == [("wtsa-75@2022/resolves/1", 0.5)]


def test_the_command_tells_what_it_does():
    said = subprocess.run(
        [sys.executable, "-m", "eval", "ablate", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "left out" in said.stdout
