"""Numbers as resolutions print them: Chinese characters and Roman figures."""

import re

_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": 0, "○": 0, "两": 2, "兩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

CHINESE_NUMBER = "[〇零○一二两兩三四五六七八九十百千]+"  # a pattern; see chinese_number
_ROMAN = re.compile(r"(?=[ivxlcdm])m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def chinese_number(text: str) -> int | None:
    """75 for 七十五, 2159 for 二一五九, 1948 for 一九四八; None for anything else."""
    if not re.fullmatch(CHINESE_NUMBER, text):
        return None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, None
    for character in text:
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        else:
            total += (1 if digit is None else digit) * _UNITS[character]
            digit = None
    return total + (digit or 0)


def roman_number(text: str) -> int | None:
    """9 for "ix" or "IX"; None for anything that is no Roman number in its usual form."""
    lowered = text.lower()
    if not lowered or not _ROMAN.fullmatch(lowered):
        return None
    values = [_ROMAN_VALUES[letter] for letter in lowered]
    following = [*values[1:], 0]
    return sum(v if v >= after else -v for v, after in zip(values, following, strict=True))
