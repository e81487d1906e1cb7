"""Tests of the decision what to answer, over the founding texts with the real model."""

import pytest

from assistant.answers import Answer, Form, Reason, Refusal

FILTERS = {"resolution": None, "revision": None, "ignored": ()}


def reply(place, question):
    from assistant.operations import reply_to

    return reply_to(place, {"question": question}, filters=FILTERS)[0]


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between butter and margarine?",
        "Quelle est la différence entre un violon et un alto ?",
    ],
)
def test_between_in_a_question_about_something_else_is_no_comparison_of_revisions(place, question):
    said = reply(place, question)

    assert isinstance(said, Refusal)
    assert said.reason is Reason.NO_EVIDENCE


def test_revisions_that_are_named_are_compared(place):
    said = reply(place, "How did the duties of the Director of TSB change from 2008 to 2022?")

    assert isinstance(said, Answer)
    assert said.form is Form.COMPARISON
    assert sum(1 for pair in said.pairs if pair.old and pair.new) == 2
