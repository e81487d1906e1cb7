"""Slips that are mended, and words that only look like slips."""

import pytest

from assistant.spelling import mended


@pytest.mark.parametrize(
    ("question", "read_as"),
    [
        ("wich resoluton", "wich resolution"),
        ("la inovacion y el acseso", "la innovación y el acceso"),
        # One step from a Spanish word and from an English one: the question is Spanish.
        ("¿qué dice la resolusion del consejo?", "¿qué dice la resolución del consejo?"),
        ("открытые кансультации", "открытые консультации"),
        ("强化合做的进程", "强化合作的进程"),
        # Letters of an ending that changed their places are a slip.
        ("¿qué dice sobre la conectividda?", "¿qué dice sobre la conectividad?"),
    ],
)
def test_a_slip_becomes_the_word_of_the_field_that_is_nearest(question, read_as):
    assert mended(question) == read_as


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué se decidió en 2008?",
        "¿Quién presidía el grupo?",
        "Qui présidait le groupe ?",
        "Кто возглавлял группу и поручал отчёты?",
        # The right word is near in its ending alone; the next near one would be another word.
        "¿qué dice sobre la colectividdd?",
    ],
)
def test_a_form_of_a_verb_is_no_slip_of_another_form(question):
    assert mended(question) == question
