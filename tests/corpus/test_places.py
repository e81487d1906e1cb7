import pytest

from corpus import places
from corpus.clauses import LANGUAGES


def test_more_than_sixty_places_are_named_in_six_languages():
    named = {english: [places.name(english, lang) for lang in LANGUAGES] for english in KNOWN}

    assert len(places.all_places()) >= 60
    assert all(all(names) for names in named.values())


KNOWN = ("Geneva", "New Delhi", "Hammamet", "Johannesburg", "Dubai", "Bucharest", "Kigali", "Baku")


@pytest.mark.parametrize("english", sorted(places.all_places()))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printed_name_leads_back_to_its_place(english: str, language: str):
    printed = places.name(english, language)

    assert places.canonical(printed) == english
    assert english in [mention.place for mention in places.find(f"({printed}, 2018)")]


@pytest.mark.parametrize(
    ("printed", "english"),
    [
        ("DUBAI", "Dubai"),
        ("Geneve", "Geneva"),
        ("в Женеве", None),
        ("Женеве", "Geneva"),
        ("Шарм-эль-Шейхе", "Sharm el-Sheikh"),
        ("Charm el-Cheikh", "Sharm el-Sheikh"),
        ("哈玛马特", "Hammamet"),
        ("Нью Дели", "New Delhi"),
        ("Sharm El\nSheikh", "Sharm el-Sheikh"),
        ("أنطاليا", "Antalya"),
        ("Pusan", "Busan"),
        ("Genoa", None),
        ("", None),
    ],
)
def test_spellings_and_cases_are_recognised(printed: str, english: str | None):
    assert places.canonical(printed) == english


def test_places_are_found_where_they_stand():
    text = "（2008年，约翰内斯堡；2012年，迪拜；2016年，哈马马特；2022年，日内瓦）"

    found = places.find(text)

    assert [mention.place for mention in found] == ["Johannesburg", "Dubai", "Hammamet", "Geneva"]
    assert [text[m.start : m.end] for m in found] == ["约翰内斯堡", "迪拜", "哈马马特", "日内瓦"]


def test_offsets_count_the_marks_that_recognition_ignores():
    text = "المراجَع في بوينس آيرس، 2017"

    (mention,) = places.find(text)

    assert text[mention.start : mention.end] == "بوينس آيرس"


def test_an_attached_preposition_is_no_part_of_the_name():
    text = "الاجتماع بجنيف"

    (mention,) = places.find(text)

    assert (mention.place, text[mention.start : mention.end]) == ("Geneva", "جنيف")


def test_the_longest_name_wins():
    assert [m.place for m in places.find("Malaga-Torremolinos, 1984")] == ["Malaga-Torremolinos"]


@pytest.mark.parametrize("text", ["a nice text", "der Berner", "dubaian", "в вене пациента"])
def test_a_word_that_only_looks_like_a_place_is_none(text: str):
    assert places.find(text) == ()


def test_a_small_letter_is_believed_beside_a_year():
    assert [mention.place for mention in places.find("nice, 1989 and rome")] == ["Nice"]


def test_an_unknown_place_keeps_its_name():
    assert places.name("Atlantis", "zh") == "Atlantis"
