"""Which scripts a text has letters of, so that names in others need not be looked for."""

import pytest

from corpus import bodies, places
from corpus.scripts import script_of, scripts_of


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("责成电信标准化局主任", {"han"}),
        ("решает", {"cyrillic"}),
        ("يقرر", {"arabic"}),
        ("resolves 2", {"latin"}),
        ("2022", {"latin"}),
        ("第75号决议 wtsa", {"han", "latin"}),
        ("…, –", set()),
        ("", set()),
    ],
)
def test_the_scripts_of_a_text_are_told(text, scripts):
    found = scripts_of(text)

    assert found == scripts


def test_a_chinese_name_with_an_acronym_is_chinese():
    script = script_of("联合国大会(unga)")

    assert script == "han"


@pytest.mark.parametrize(
    "text", ["（2022年，日内瓦）", "(Женева, 2022)", "(جنيف، 2022)", "(Geneva, 2022)"]
)
def test_a_place_is_found_in_a_text_of_its_script_alone(text):
    found = places.find(text)

    assert [mention.place for mention in found] == ["Geneva"]


def test_names_of_several_scripts_are_found_in_one_text():
    text = "日内瓦, Женева, جنيف, Geneva: 理事会, Совет, Council"

    found = [mention.place for mention in places.find(text)]
    named = [mention.body for mention in bodies.find(text)]

    assert found == ["Geneva"] * 4
    assert named == ["council"] * 3


def test_a_text_without_letters_names_nothing():
    found = (*places.find("§ …"), *bodies.find("§ …"))

    assert found == ()
