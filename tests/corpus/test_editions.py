import pytest

from corpus.editions import Edition, Entry, read_edition

GENEVA = Edition((Entry(2022, "Geneva"),), revised=True)


@pytest.mark.parametrize(
    "content",
    [
        "Rev. Geneva, 2022",
        "REV. GENEVA, 2022",
        "Rév. Genève, 2022",
        "Rev. Ginebra, 2022",
        "Пересм. Женева, 2022 г.",
        "2022年，日内瓦，修订版",
        "2022,日内瓦,修订版",
        "2022年，修订版，日内瓦",
        "المراجَع في جنيف، 2022",
        " Rev. Geneva, 2022 ",
    ],
)
def test_one_edition_is_read_in_all_its_forms(content: str):
    assert read_edition(content) == GENEVA


def test_a_history_is_read_oldest_first():
    edition = read_edition("2008年，约翰内斯堡；2012年，迪拜；2022年，日内瓦")

    assert edition is not None
    assert [(entry.year, entry.place) for entry in edition.entries] == [
        (2008, "Johannesburg"),
        (2012, "Dubai"),
        (2022, "Geneva"),
    ]


@pytest.mark.parametrize(
    ("content", "body", "year", "revised"),
    [
        ("WRC-23", "wrc", 2023, False),
        ("Rev.WRC-19", "wrc", 2019, True),
        ("RÉV.CMR-19", "wrc", 2019, True),
        ("Пересм. ВКР-19", "wrc", 2019, True),
        ("WTSA-20", "wtsa", 2022, False),
        ("C-1996", "council", 1996, False),
        ("C-2011, last amended C-2019", "council", 2019, True),
    ],
)
def test_the_code_of_a_meeting_tells_body_and_year(
    content: str, body: str, year: int, revised: bool
):
    edition = read_edition(content)

    assert edition is not None
    assert (edition.body, edition.year, edition.revised) == (body, year, revised)


def test_years_of_the_council_are_first_and_last():
    edition = read_edition("1996, last modified 2001")

    assert edition is not None
    assert [entry.year for entry in edition.entries] == [1996, 2001]
    assert edition.revised


def test_a_session_of_the_general_assembly_is_no_year():
    edition = read_edition("XV")

    assert edition is not None
    assert (edition.session, edition.year) == (15, None)


def test_an_unknown_place_is_kept_as_printed():
    assert read_edition("Rev. Atlantis, 2018") == Edition((Entry(2018, "Atlantis"),), revised=True)


@pytest.mark.parametrize(
    "content",
    [
        "WSIS",
        "Vienna, 12 May",
        "figures for 2018",
        "Geneva, 2003 and 2005",
        "Geneva meeting, 2022",
        "WTSA-20 outcome",
        "e",
        "iii) above",
        "",
    ],
)
def test_other_brackets_are_no_editions(content: str):
    assert read_edition(content) is None
