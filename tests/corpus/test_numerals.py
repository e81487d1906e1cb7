import pytest

from corpus.numerals import chinese_number, roman_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("七十五", 75),
        ("十", 10),
        ("一百零一", 101),
        ("二一五九", 2159),
        ("一九四八", 1948),
        ("二〇二二", 2022),
        ("四十四", 44),
        ("七十五号", None),
        ("七五十", None),
        ("75", None),
        ("", None),
    ],
)
def test_chinese_numbers(text: str, value: int | None):
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("i", 1),
        ("iv", 4),
        ("IX", 9),
        ("xviii", 18),
        ("XL", 40),
        ("iiii", None),
        ("vx", None),
        ("", None),
    ],
)
def test_roman_numbers(text: str, value: int | None):
    assert roman_number(text) == value
