import pytest

from corpus.readers.counting import count


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (7, "decimal", "7"),
        (7, "decimalZero", "07"),
        (3, "lowerLetter", "c"),
        (28, "lowerLetter", "bb"),
        (2, "upperLetter", "B"),
        (4, "lowerRoman", "iv"),
        (49, "lowerRoman", "xlix"),
        (1994, "upperRoman", "MCMXCIV"),
        (10, "russianLower", "к"),
        (1, "russianUpper", "А"),
        (5, "arabicAlpha", "ج"),
        (3, "arabicAbjad", "ج"),
        (10, "chineseCounting", "十"),
        (12, "chineseCounting", "十二"),
        (20, "chineseCounting", "二十"),
        (105, "chineseCountingThousand", "一百〇五"),
        (110, "chineseCountingThousand", "一百一十"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (21, "ideographDigital", "二一"),
        (3, "ideographTraditional", "丙"),
        (3, "decimalEnclosedCircle", "③"),
        (12, "decimalFullWidth", "１２"),
        (12, "arabicIndic", "١٢"),
        (11, "ordinal", "11th"),
        (22, "ordinal", "22nd"),
        (5, "chicago", "**"),
    ],
)
def test_a_number_is_written_as_word_shows_it(value, number_format, shown):
    assert count(value, number_format) == shown


@pytest.mark.parametrize(
    ("value", "number_format"),
    [(0, "lowerRoman"), (-1, "lowerLetter"), (99999, "upperRoman"), (8, "someNewFormat")],
)
def test_a_number_that_its_format_cannot_write_is_decimal(value, number_format):
    assert count(value, number_format) == str(value)


def test_no_counter_however_large_makes_a_long_label():
    longest = max(len(count(999_999, name)) for name in ("lowerLetter", "arabicAlpha", "chicago"))

    assert longest == 6
