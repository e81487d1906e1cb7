"""The heads of annexes, appendices and their divisions, in six languages.

A line that begins with "Annex 1 to this Resolution, no later than" is a sentence that was broken
there; "ANNEX 1 TO RESOLUTION 48 (REV. DUBAI, 2018)" in capitals is a head wherever it stands.
"""

import re
from dataclasses import dataclass

from corpus.folding import fold, folded
from corpus.numerals import chinese_number

_ID = r"(?:[0-9]{1,3}|[A-Z]|[IVX]{1,5})(?:\x20?(?:bis|ter))?"


@dataclass(frozen=True, slots=True)
class AnnexHead:
    """The head of an annex at the beginning of a line; `end` is where it ends in that line."""

    name: str  # of the section: "annex", "annex-1", "appendix-i"
    end: int


_KINDS = {
    "annex": "annex",
    "annexe": "annex",
    "anexo": "annex",
    "приложение": "annex",
    "附件": "annex",
    "ملحق": "annex",
    "مرفق": "annex",
    "appendix": "appendix",
    "appendice": "appendix",
    "apendice": "appendix",
    "дополнение": "appendix",
    "附录": "appendix",
    "تذييل": "appendix",
    "attachment": "attachment",
    "adjunto": "attachment",
}
_WORDS = "|".join(sorted((word for word in _KINDS if word.isalpha()), key=len, reverse=True))
_ACT = (
    "(?:resolution|decision|recommendation|opinion|annexe?|appendix|resolucion|acuerdo"
    "|recomendacion|anexo|apendice|avis|резолюции|решению|рекомендации|приложению"
    "|القرار|للقرار|بالقرار|المقرر)"
)
# Over folded text; the capitals that make a head certain are looked for in the text as printed.
_HEAD = re.compile(
    rf"""
    (?:ال)?(?P<kind>{_WORDS})
    (?:\x20?(?P<id>[0-9]{{1,3}}(?:\x20?(?:bis|ter))?|[a-z](?!\w)|[ivx]{{1,5}}(?!\w)))?
    (?P<to>\x20(?:to|a\x20la|au|al|a|к|de\x20la|to\x20the)\x20(?:the\x20)?{_ACT}(?:\x20(?:itu-r\x20)?[0-9a-z]{{1,6}}(?:-[0-9]{{1,3}})?)?
        (?:\x20?\([^()]{{2,80}}\))?
      |\x20?(?:ب|ل)?(?:القرار|المقرر)\x20[0-9]{{1,4}}(?:\x20?\([^()]{{2,80}}\))?)?
    """,
    re.VERBOSE,
)
_CHINESE = re.compile(
    r"""
    (?:\(?第\x20?[0-9〇一二三四五六七八九十百]{1,8}\x20?[号號](?:决议|决定|建议)(?:\([^()]{2,40}\))?\)?\x20?(?:的|之)?)?
    (?P<kind>附件|附录)
    \x20?(?P<id>[0-9]{1,3}|[a-z](?![a-z])|[ivx]{1,5}(?![a-z])|[一二三四五六七八九十]{1,3})?
    """,
    re.VERBOSE,
)
# In capitals, anywhere in a line: a converter glued the head to the text before it.
INLINE_ANNEX = re.compile(
    rf"""
    (?<=\s)(?P<head>
      (?:ANNEXE?|APPENDIX|APPENDICE|ATTACHMENT|ANEXO|APÉNDICE|ПРИЛОЖЕНИЕ|ДОПОЛНЕНИЕ)
      (?:\s{_ID})?\s
      (?:TO|À\sLA|AU|A\sLA|AL|К)\s
      (?:RESOLUTION|DECISION|RECOMMENDATION|OPINION|ANNEX|RÉSOLUTION|DÉCISION|RECOMMANDATION|ANNEXE
        |RESOLUCIÓN|ACUERDO|RECOMENDACIÓN|ANEXO|РЕЗОЛЮЦИИ|РЕШЕНИЮ|РЕКОМЕНДАЦИИ|ПРИЛОЖЕНИЮ)
      (?:\s(?:ITU-R\s|UIT-R\s)?[0-9]{{1,4}}(?:-[0-9]{{1,3}})?)?
      (?:\s\([^()\n]{{2,80}}\))?
    )(?=\s|$)
    """,
    re.VERBOSE,
)


_FIRST = 14  # characters within which the first word of a head is told
_BEGINNINGS = ("第", "(第", *_KINDS, *(f"ال{word}" for word in _KINDS))


# The same in a Chinese text without line breaks: "…内容。附件1编写术语的原则".
INLINE_CHINESE_ANNEX = re.compile(
    r"(?<=[。.；;])\s*(?P<head>附件\s?(?:[0-9]{1,2}|[A-Z]|[一二三四五六七八九十]{1,2})?)"
    r"(?=[^\s\d的中和所内第、，,。.)）])"
)


def read_annex_head(line: str, *, styled: bool = False, body: str = "") -> AnnexHead | None:
    """The head of an annex that the line begins with, or None.

    `styled`: the document's own style says that this is one. The General Conference on Weights and
    Measures (`body` "cgpm") has its English "appendices" from French "annexes", which is the
    authentic text: both are annexes here, so that ids agree.
    """
    if not folded(line[:_FIRST]).startswith(_BEGINNINGS):
        return None
    view = fold(line[:320])
    head = view.text
    match = _CHINESE.match(head) or _HEAD.match(head)
    if match is None:
        return None
    start, end = view.span(match.start(), match.end())
    printed = line[start:end].strip()
    word_end = view.span(*match.span("kind"))[1]
    if line[start].islower() and not styled:
        return None
    rest = line[end:].strip()
    linked = bool(match.groupdict().get("to"))
    capitals = (
        line[start:word_end].isupper() and line[start:word_end].lower() != line[start:word_end]
    )
    if not _is_head(line, rest, styled=styled, capitals=capitals, linked=linked, printed=printed):
        return None
    kind = _KINDS[match["kind"]]
    if body == "cgpm" and kind == "appendix":
        kind = "annex"
    number = (match["id"] or "").replace(" ", "")
    han = chinese_number(number) if number and not number.isascii() else None
    number = str(han) if han else number
    name = f"{kind}-{number}" if number else kind
    return AnnexHead(name, _head_end(line, end, rest, linked=linked or styled))


def _is_head(
    line: str, rest: str, *, styled: bool, capitals: bool, linked: bool, printed: str
) -> bool:
    if styled:
        return True
    if not rest:
        return True
    if linked:
        return capitals or (len(rest) < 160 and rest[0] not in ",;.:，；")
    if capitals:
        return len(line) < 200 and not rest.endswith((",", ";"))
    numbered = printed[-1:].isdigit() or printed[-1:].isupper()
    if numbered and rest[0] in ".:–—-：。" and len(line) < 240:
        title = rest[1:].strip()
        return bool(title) and not title[0].islower() and not rest.endswith((",", ";"))
    if "附" in printed:
        return len(line) < 60 and rest[-1] not in ",;.，；。:："
    return False


def _head_end(line: str, end: int, rest: str, *, linked: bool) -> int:
    """A short rest is the annex's title; after the act's name in one line with text, it is text."""
    if not rest or (len(line) < 240 and not rest.endswith((".", ";", ",", "。", "；"))):
        return len(line)
    return end if linked else len(line)


_DIVISION = re.compile(
    r"""
    (?P<kind>section|part|chapter|partie|chapitre|seccion|parte|capitulo|раздел|часть|глава|القسم|الجزء|الفصل)
    \x20(?P<id>[0-9]{1,3}(?:\x20?(?:bis|ter))?|[ivx]{1,5}|[a-h])(?!\w)
    | 第\x20?(?P<han>[0-9]{1,3}|[一二三四五六七八九十]{1,3})\x20?(?P<unit>节|部分|章)
    """,
    re.VERBOSE,
)
_DIVISIONS = {
    word: kind
    for kind, words in (
        ("section", ("section", "seccion", "раздел", "القسم", "节")),
        ("part", ("part", "partie", "parte", "часть", "الجزء", "部分")),
        ("chapter", ("chapter", "chapitre", "capitulo", "глава", "الفصل", "章")),
    )
    for word in words
}


_DIVIDING = (*_DIVISIONS, "第")


def read_division(line: str, *, styled: bool = False) -> str | None:
    """The name of the division that a line heads ("section-2"), or None.

    A head is alone on its line or followed by a title, and does not end like a sentence.
    """
    if len(line) > 160 or not folded(line[:_FIRST]).startswith(_DIVIDING):
        return None
    view = fold(line)
    match = _DIVISION.match(view.text)
    if match is None:
        return None
    end = view.span(*match.span())[1]
    rest = line[end:].strip()
    if line[0].islower() or line.endswith((".", ",", ";", "，", "；", "。")):
        return None
    if rest and not styled and rest[0] not in "–—-:：.（(" and not line[:end].isupper():
        return None
    if match["han"]:
        number = chinese_number(match["han"]) or match["han"]
        return f"{_DIVISIONS[match['unit']]}-{number}"
    return f"{_DIVISIONS[match['kind']]}-{match['id'].replace(' ', '')}"
