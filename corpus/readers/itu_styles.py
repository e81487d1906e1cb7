"""What the styles of ITU's Word templates (and of their HTML exports) say about a paragraph."""

import re

from corpus.paragraphs import Style

# Keys are names without case, spaces, underscores and hyphens: "Res_No", "ResNo" and "res no"
# are one style. The templates keep these English names in all six languages.
_STYLES: dict[str, Style] = {
    "call": "heading",
    "normalaftertitle": "continued",
    "listcontinue": "continued",
    "sectionno": "section",
    "sectiontitle": "section",
    "chapno": "section",
    "chaptitle": "section",
    "partno": "section",
    "parttitle": "section",
    "annexno": "annex",
    "annextitle": "annex",
    "annexnotitle": "annex",
    "annexref": "annex",
    "appendixno": "annex",
    "appendixtitle": "annex",
    "appendixnotitle": "annex",
    "appendixref": "annex",
    "appno": "annex",
    "apptitle": "annex",
    "attachno": "annex",
    "attachtitle": "annex",
}
for _kind in ("res", "resolution", "rec", "recommendation", "dec", "decision", "op", "opinion"):
    _STYLES[f"{_kind}no"] = "number"
    _STYLES[f"{_kind}title"] = "title"
    _STYLES[f"{_kind}notitle"] = "number"
    _STYLES[f"{_kind}ref"] = "history"
    _STYLES[f"{_kind}date"] = "history"
    _STYLES[f"{_kind}def"] = "history"

_SEPARATORS = re.compile(r"[\s_.\-]+")
# "Call Char" is the character half of a linked style, "Normal after title0" a renamed double.
_VARIANT = re.compile(r"(?:char|zchn|car|знак|字符|0|1)+$")
_ITEM = re.compile(r"enumlev(?P<level>[1-9])(?P<continued>cont(?:inued)?)?")


def style_of(name: str) -> tuple[Style, int]:
    """What a style of this name (or id) is, and an item's level; ("", 0) if it says nothing."""
    folded = _SEPARATORS.sub("", name).lower()
    for candidate in (folded, _VARIANT.sub("", folded)):
        if candidate in _STYLES:
            return _STYLES[candidate], 0
        item = _ITEM.fullmatch(candidate)
        if item:
            level = int(item["level"])
            return ("continued" if item["continued"] else "item"), level
    return "", 0


def is_proposal(name: str) -> bool:
    """Whether a style of this name marks a paragraph as the head of a proposal."""
    return _SEPARATORS.sub("", name).lower() == "proposal"
