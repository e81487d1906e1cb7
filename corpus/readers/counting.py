"""Numbers as word processors and browsers print them in lists: "iv", "c", "十二", "ج".

The formats carry the names of Word (ECMA-376 part 1, 17.18.59 ST_NumberFormat).
"""

from collections.abc import Callable

_LATIN = "abcdefghijklmnopqrstuvwxyz"
# Word leaves out ё, й, ъ, ы, ь: they cannot be told from their neighbours or open no word.
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_ARABIC_ALPHA = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
_ARABIC_ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_HEAVENLY_STEMS = "甲乙丙丁戊己庚辛壬癸"
_EARTHLY_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def count(value: int, number_format: str) -> str:
    """The number in the given format; decimal where the format is unknown or ends before it."""
    decimal = str(value)
    written = _FORMATS.get(number_format, str)(value)
    return written or decimal


def _repeated(alphabet: str) -> Callable[[int], str]:
    """After the last letter the letters double: z, aa, bb (ST_NumberFormat, lowerLetter)."""

    def letters(value: int) -> str:
        if not 0 < value <= 30 * len(alphabet):  # beyond, the label would be longer than its item
            return ""
        rounds, index = divmod(value - 1, len(alphabet))
        return alphabet[index] * (rounds + 1)

    return letters


def _roman(value: int) -> str:
    if not 0 < value < 5000:
        return ""
    written = ""
    for worth, letters in _ROMAN:
        times, value = divmod(value, worth)
        written += letters * times
    return written


def _chinese(digits: str, units: tuple[str, str, str]) -> Callable[[int], str]:
    """Chinese numerals up to 9999; 十 stands alone in 10 to 19 but where `units` are financial."""
    ten, hundred, thousand = units

    def numeral(value: int) -> str:
        if value == 0:
            return digits[0]
        if not 0 < value < 10000:
            return ""
        written, pending_zero = "", False
        for worth, unit in ((1000, thousand), (100, hundred), (10, ten), (1, "")):
            digit, value = divmod(value, worth)
            if digit == 0:
                pending_zero = bool(written)
                continue
            written += (digits[0] if pending_zero else "") + digits[digit] + unit
            pending_zero = False
        financial = ten != "十"
        return written if financial or not written.startswith("一十") else written[1:]

    return numeral


def _positional(digits: str) -> Callable[[int], str]:
    table = str.maketrans("0123456789", digits)
    return lambda value: str(value).translate(table) if value >= 0 else ""


def _from_block(first: str, size: int) -> Callable[[int], str]:
    return lambda value: chr(ord(first) + value - 1) if 0 < value <= size else ""


def _ordinal(value: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(value % 10 if value // 10 % 10 != 1 else 0, "th")
    return f"{value}{suffix}"


def _chicago(value: int) -> str:
    rounds, index = divmod(value - 1, 4)
    return "*†‡§"[index] * (rounds + 1) if 0 < value < 40 else ""


_chinese_counting = _chinese("〇一二三四五六七八九", ("十", "百", "千"))
_chinese_financial = _chinese("零壹贰叁肆伍陆柒捌玖", ("拾", "佰", "仟"))
_russian = _repeated(_RUSSIAN)
_latin = _repeated(_LATIN)

_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02d}",
    "lowerLetter": _latin,
    "upperLetter": lambda value: _latin(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
    "ordinal": _ordinal,
    "russianLower": _russian,
    "russianUpper": lambda value: _russian(value).upper(),
    "arabicAlpha": _repeated(_ARABIC_ALPHA),
    "arabicAbjad": _repeated(_ARABIC_ABJAD),
    "chineseCounting": _chinese_counting,
    "chineseCountingThousand": _chinese_counting,
    "japaneseCounting": _chinese_counting,
    "taiwaneseCounting": _chinese_counting,
    "taiwaneseCountingThousand": _chinese_counting,
    "chineseLegalSimplified": _chinese_financial,
    "ideographDigital": _positional("〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": _positional("〇一二三四五六七八九"),
    "taiwaneseDigital": _positional("○一二三四五六七八九"),
    "ideographTraditional": _repeated(_HEAVENLY_STEMS),
    "ideographZodiac": _repeated(_EARTHLY_BRANCHES),
    "decimalFullWidth": _positional("０１２３４５６７８９"),
    "decimalFullWidth2": _positional("０１２３４５６７８９"),
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _from_block("①", 20),
    "decimalEnclosedCircleChinese": _from_block("①", 20),
    "decimalEnclosedParen": _from_block("⑴", 20),
    "decimalEnclosedFullstop": _from_block("⒈", 20),
    "ideographEnclosedCircle": _from_block("㊀", 10),
    "arabicIndic": _positional("٠١٢٣٤٥٦٧٨٩"),
    "hindiNumbers": _positional("०१२३४५६७८९"),
    "chicago": _chicago,
}
