"""Tables are read as TOML once, and as JSON from then on, as long as that is true to the TOML."""

import tomllib
from pathlib import Path

import pytest

from corpus.tables import KEPT, read_table

ROOT = Path(__file__).parents[2]
TEXT = (
    'name = "Женева"\nyears = [2008, 2022]\nshare = 0.25\n[forms.zh]\nheads = true\ntext = "责成"\n'
)
TABLE = {
    "name": "Женева",
    "years": [2008, 2022],
    "share": 0.25,
    "forms": {"zh": {"heads": True, "text": "责成"}},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "places.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def kept(file: Path) -> list[Path]:
    return sorted((file.parent / KEPT).iterdir())


def refuse(_text: str) -> None:
    raise AssertionError("read as TOML")


def test_the_second_reading_is_the_same_and_parses_no_toml(file, monkeypatch):
    first = read_table(file)
    monkeypatch.setattr(tomllib, "loads", refuse)

    second = read_table(file)

    assert first == second == TABLE
    assert list(second) == list(TABLE)


def test_a_table_that_was_changed_is_read_anew_and_the_old_one_goes(file):
    read_table(file)
    file.write_text(TEXT.replace("2008", "2012"), encoding="utf-8")

    table = read_table(file)

    assert table["years"] == [2012, 2022]
    assert len(kept(file)) == 1


@pytest.mark.parametrize("damage", [b"", b"{}", b"0\n{}", None])
def test_what_was_kept_and_is_damaged_is_not_believed(file, damage):
    read_table(file)
    (one,) = kept(file)
    one.write_bytes(one.read_bytes().replace(b"2008", b"1908") if damage is None else damage)

    table = read_table(file)

    assert table == TABLE


def test_a_table_is_read_where_nothing_can_be_kept(file):
    (file.parent / KEPT).write_text("no folder")

    table = read_table(file)

    assert table == TABLE


def test_other_tables_whose_names_begin_alike_stay(file):
    other = file.with_name("places-more.toml")
    other.write_text("x = 1", encoding="utf-8")
    read_table(other)

    read_table(file)

    assert len(kept(file)) == 2


def test_the_tables_of_this_project_mean_the_same_either_way():
    files = [
        *(ROOT / "corpus" / "data").glob("*.toml"),
        *(ROOT / "embeddings" / "data").glob("*.toml"),
        *(ROOT / "assistant" / "data").glob("*.toml"),
    ]

    for file in files:
        read_table(file)
        assert read_table(file) == tomllib.loads(file.read_text(encoding="utf-8")), file
    assert len(files) > 8
