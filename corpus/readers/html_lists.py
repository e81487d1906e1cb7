"""The markers that a browser sets before list items: "a.", "iv.", "•"."""

import re
from typing import TYPE_CHECKING

from corpus.readers.counting import count

if TYPE_CHECKING:
    from lxml import etree

_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.I)

# `type` of HTML and list-style-type of CSS -> number format (names of Word), and what follows it.
_LIST_FORMATS = {
    "1": ("decimal", "."),
    "a": ("lowerLetter", "."),
    "A": ("upperLetter", "."),
    "i": ("lowerRoman", "."),
    "I": ("upperRoman", "."),
    "decimal": ("decimal", "."),
    "decimal-leading-zero": ("decimalZero", "."),
    "lower-alpha": ("lowerLetter", "."),
    "lower-latin": ("lowerLetter", "."),
    "upper-alpha": ("upperLetter", "."),
    "upper-latin": ("upperLetter", "."),
    "lower-roman": ("lowerRoman", "."),
    "upper-roman": ("upperRoman", "."),
    "arabic-indic": ("arabicIndic", "."),
    "cjk-decimal": ("ideographDigital", "、"),
    "cjk-ideographic": ("chineseCounting", "、"),
    "simp-chinese-informal": ("chineseCounting", "、"),
    "trad-chinese-informal": ("chineseCounting", "、"),
    "simp-chinese-formal": ("chineseLegalSimplified", "、"),
    "cjk-heavenly-stem": ("ideographTraditional", "、"),
    "cjk-earthly-branch": ("ideographZodiac", "、"),
}
_BULLETS = frozenset(("disc", "circle", "square"))


class Lists:
    """Numbers the items of a page's lists (HTML Standard 4.4.8, "ordinal value")."""

    def __init__(self) -> None:
        self._values: dict[etree._Element, dict[etree._Element, int]] = {}  # by list, by item

    def label(self, item: "etree._Element") -> str:
        """The marker before a list item and a tab; "" where the page sets none."""
        parent = item.getparent()
        if parent is None:
            return ""
        kind = _kind(item) or _kind(parent)
        if kind == "none":
            return ""
        if kind.lower() in _BULLETS or (parent.tag != "ol" and kind not in _LIST_FORMATS):
            return "•\t"
        number_format, after = _LIST_FORMATS.get(kind, ("decimal", "."))
        if parent not in self._values:
            self._values[parent] = _ordinal_values(parent)
        return f"{count(self._values[parent].get(item, 1), number_format)}{after}\t"


def _kind(element: "etree._Element") -> str:
    styled = _LIST_STYLE.search(element.get("style", ""))
    return styled[1].lower() if styled else element.get("type", "")


def _ordinal_values(parent: "etree._Element") -> dict["etree._Element", int]:
    items = [child for child in parent if child.tag == "li"]
    step = -1 if parent.get("reversed") is not None else 1
    value = _integer(parent.get("start"), len(items) if step < 0 else 1)
    values = {}
    for item in items:
        value = _integer(item.get("value"), value)
        values[item] = value
        value += step
    return values


def _integer(text: str | None, default: int) -> int:
    if text is None or not re.fullmatch(r"\s*[+-]?[0-9]{1,6}\s*", text):
        return default
    return int(text)
