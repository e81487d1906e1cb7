import pytest

from corpus import bodies
from corpus.clauses import BODIES, LANGUAGES

ADOPTING = tuple(body for body in BODIES if body != "doc")


@pytest.mark.parametrize("body", ADOPTING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printed_name_leads_back_to_its_body(body: str, language: str):
    name = bodies.name(body, language)

    assert [mention.body for mention in bodies.find(name)] == [body]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("全权代表大会第71号决议", "pp"),
        ("安全理事会", "unsc"),
        ("国际电联理事会", "council"),
        ("经济及社会理事会", "doc"),
        ("Human Rights Council", "doc"),
        ("Всемирной ассамблеи по стандартизации электросвязи", "wtsa"),
        ("Совета Безопасности", "unsc"),
        ("للمؤتمر العالمي لتنمية الاتصالات", "wtdc"),
        ("l'Assemblée des radiocommunications", "ra"),
        ("the Plenipotentiary\nConference", "pp"),
    ],
)
def test_a_body_is_recognised_in_running_text(text: str, body: str):
    assert [mention.body for mention in bodies.find(text)] == [body]


def test_short_names_that_are_words_are_read_in_capitals_only():
    assert bodies.find("see pp. 3, ar and ra") == ()
    assert [mention.body for mention in bodies.find("PP and RA")] == ["pp", "ra"]


@pytest.mark.parametrize(
    ("code", "body", "year", "place"),
    [
        ("WTSA-20", "wtsa", 2022, "Geneva"),
        ("WTSA-16", "wtsa", 2016, "Hammamet"),
        ("WTSA-24", "wtsa", 2024, "New Delhi"),
        ("AMNT-20", "wtsa", 2022, "Geneva"),
        ("ВАСЭ-16", "wtsa", 2016, "Hammamet"),
        ("PP-18", "pp", 2018, "Dubai"),
        ("ПК-22", "pp", 2022, "Bucharest"),
        ("WTDC-17", "wtdc", 2017, "Buenos Aires"),
        ("WTDC-22", "wtdc", 2022, "Kigali"),
        ("WTDC-21", "wtdc", 2022, "Kigali"),
        ("CMDT-14", "wtdc", 2014, "Dubai"),
        ("WRC-19", "wrc", 2019, "Sharm el-Sheikh"),
        ("WRC-2000", "wrc", 2000, "Istanbul"),
        ("Mob-87", "wrc", 1987, "Geneva"),
        ("RA-23", "ra", 2023, "Dubai"),
        ("C-2011", "council", 2011, ""),
        ("C19", "council", 2019, ""),
    ],
)
def test_a_code_names_the_meeting_and_not_its_figures(code: str, body: str, year: int, place: str):
    meeting = bodies.meeting(code)

    assert meeting is not None
    assert (meeting.body, meeting.year, meeting.place) == (body, year, place)


@pytest.mark.parametrize("code", ["WTSA-75", "PP-71", "ITU-20", "WRC", "C-2011-5", "20"])
def test_what_is_no_code_of_a_meeting_is_none(code: str):
    assert bodies.meeting(code) is None


def test_meetings_are_found_where_they_stand():
    text = "as WTSA-16 and WTDC‑17 decided"

    found = bodies.find_meetings(text)

    assert [text[m.start : m.end] for m in found] == ["WTSA-16", "WTDC‑17"]


def test_the_calendar_is_in_order_and_has_one_meeting_a_year():
    for body in ADOPTING:
        years = [meeting.year for meeting in bodies.meetings(body)]

        assert years == sorted(set(years))
