"""Clauses named in running text: "instructs the Director of TSB 3", 做出决议1和2.

A part is a section (by its phrase in any language), the addressees in that phrase, and labels; one
of section and labels may be missing. Whose clauses they are is for `corpus.references` to tell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.numerals import roman_number
from corpus.phrases import HeadingMatch, phrasebook
from corpus.search_text import SearchText


@dataclass(frozen=True, slots=True)
class Part:
    """Clauses that are named: a section, its addressees, labels; offsets in a view."""

    start: int
    end: int
    section: str | None
    addressees: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    above: bool = False
    ordinal: int | None = None  # "[2]": which of several sections that are cited alike


_ITEM_WORD = (
    r"(?:operative\s)?(?:paragraphs?|paras?\.?|items?|points?|clauses?|paragraphes?|alineas?|puntos?|parrafos?|incisos?"
    r"|пункт(?:е|а|ы|ов|ах|ам|у|ом)?|пп?\.|подпункт[а-я]{0,2}|[وفبلك]{0,2}(?:ال|لل)?فقر(?:ه|ات|تين|تان)|[وفبلك]{0,2}(?:ال)?بن(?:د|ود))"
)
_LETTER = r"\(?(?:[a-zа-я]\)\s?(?:bis|ter)|[a-z]{1,2}(?:bis|ter)?\)|[а-яі]\)|[\u0621-\u064a]\s?\))"
_FIGURE = (
    r"\(?[0-9]{1,3}(?:bis|ter)?(?:\.[0-9]{1,3}(?:bis|ter)?){0,4}(?:\s(?:bis|ter)(?!\w))?(?:\s?[a-z]\)|\))?"
    r"(?![0-9]|[.,][0-9]|\s?%|年|月|届|世)"
)
_ROMAN_LABEL = r"\(?[ivx]{1,5}\)"
_ONE = re.compile(
    rf"(?:{_ROMAN_LABEL}|{_LETTER}|{_FIGURE})(?:\s?(?:{_ROMAN_LABEL}|{_LETTER}|\(?[0-9]{{1,2}}\)))*"
)
_SLASHED = re.compile(
    r"(?:[a-z](?:bis|ter)?|[0-9]{1,3}(?:bis|ter)?)(?:/(?:[ivx]{1,5}|[a-z]|[0-9]{1,2}))+(?![\w/])"
)
_BARE_LETTER = re.compile(r"[a-z](?=\s?(?:$|\?|of\s|de\sla\s|项|款|段|的|中|讲|说|是))")
_AND = re.compile(
    r"[ ]{0,2}(?:(?:,[ ]{0,2})?"
    r"(?:(?:and|et|y|e|и|or|ou|o|или|و|او)(?=\s|[0-9])\s{0,2}|(?:和|及|与|或|以及)\s?)"
    r"|,[ ]{0,2}|/(?=[0-9a-z]{1,3}\)))(?:第\s?)?"
)
_TO = re.compile(
    r"(?:[ ]{1,2}(?:to|through|a|al|до|по|الي)\s{1,2}|[ ]{0,2}(?:至|到|-|–)[ ]{0,2})(?:第\s?)?"
    r"(?=[0-9]|\(?[a-zа-я]{1,5}\)|[ivx]+(?!\w))"
)
_ZH_PART = re.compile(r"\s?(?:的)?(?:执行部分|序言部分)?\s?第\s?")
_ZH_UNIT = re.compile(r"\s?(?:段|项|款|条|点|小节)")
_NOUN = re.compile(r"\s[a-zа-яà-ÿ]")
_AFTER_LABEL = re.compile(
    r"\s{0,2}(?:$|[^\w\s]|(?:and|or|of|above|below|in|is|are|to|shall|which|as|by|for|on|hereof|et|ou|du|de|des|ci-dessus"
    r"|sont|est|doit|ne|y|o|del|supra|anterior|и|или|выше|ниже|раздела|настоящ[а-я]+|не|و|او|اعلاه|من|has|have|with|when"
    r"|if|does|do|say|says|dit|dice|говорит|гласит|was|were)(?!\w)|[\u3400-\u9fff]|\n)"
)
_ABOVE_AFTER = re.compile(
    r"\s?[\"']?\s?(?:above|ci-dessus|supra|mas\sarriba|anterior|выше|اعلاه)(?!\w)"
)
_ABOVE_BEFORE = re.compile(r"(?:以上|上述|上文|前述)(?:的)?[\"'(]?$")


_CLOSING = re.compile(
    rf"[\"')]?[ ,]{{0,2}}(?:{_ITEM_WORD}\s)?"
)  # a heading has its items on lines of their own


def parts_in(view: SearchText) -> list[Part]:
    """Every section that is named in the text with labels, or with a word such as "above"."""
    found: list[Part] = []
    for mention in phrasebook().find_actions(view.clean):
        start = mention.start
        if re.match(r"see\salso\s", view.plain[max(0, start - 4) : start + 6]):
            start += 5
        part = _part_at(view, start) or _bare_section(view, start)
        if part is not None and (not found or part.start >= found[-1].end):
            found.append(part)
    return found


def _heading(view: SearchText, at: int) -> HeadingMatch | None:
    """The section phrase that starts at `at`; quotation marks around it do not matter."""
    if re.match(r"see\salso\s", view.plain[max(0, at - 4) : at + 6]):
        return None
    window = view.clean[at : at + 240]
    match = phrasebook().match_heading(window)
    if match is None or match.start:
        return None
    return _with_attached(window, match) if match.language == "ar" else match


def _with_attached(window: str, match: HeadingMatch) -> HeadingMatch:
    """An Arabic list of addressees to its end: its "and" is written as part of the next word."""
    apart = re.sub(r"(?<=\s)و(?=\w)", "و ", window)
    longer = phrasebook().match_heading(apart, "ar")
    if longer is None or len(longer.addressees) <= len(match.addressees):
        return match
    inserted = [found.start() + 1 for found in re.finditer(r"(?<=\s)و (?=\w)", apart)]
    added = sum(position < longer.end for position in inserted)
    return replace(longer, end=longer.end - added)


def _part_at(view: SearchText, at: int) -> Part | None:
    """A section phrase at `at` with the labels behind it, or before it ("point 2 du décide")."""
    heading = _heading(view, at)
    if heading is None:
        return None
    for end in dict.fromkeys((heading.end, heading.verb_end)):
        stop = at + end
        closing = _CLOSING.match(view.plain, stop)
        labels, last = _labels(view, closing.end() if closing else stop, strict=True)
        if labels:
            addressees = heading.addressees if end == heading.end else ()
            return Part(at, last, heading.action, addressees, labels)
    before = _labels_before(view, at)
    if before is not None:
        labels, start = before
        return Part(start, at + heading.end, heading.action, heading.addressees, labels)
    return None


def _bare_section(view: SearchText, at: int) -> Part | None:
    """A section without labels that is pointed at: "le point rappelant ci-dessus", 以上“回顾”."""
    heading = _heading(view, at)
    if heading is None:
        return None
    above = _ABOVE_AFTER.match(view.plain, at + heading.end)
    if above:
        return Part(at, above.end(), heading.action, heading.addressees, above=True)
    if _ABOVE_BEFORE.search(view.plain[max(0, at - 6) : at]):
        return Part(at, at + heading.end, heading.action, heading.addressees, above=True)
    return None


def _labels_before(view: SearchText, at: int) -> tuple[tuple[str, ...], int] | None:
    """The labels in "points 1 et 2 du décide" and where they start, for a phrase at `at`."""
    window = max(0, at - 70)
    for match in re.finditer(rf"(?<!\w){_ITEM_WORD}\s", view.plain[window:at]):
        labels, end = _labels(view, window + match.end(), strict=False)
        gap = view.plain[end:at]
        if labels and re.fullmatch(
            r"[\s,]{1,2}(?:(?:du|de\sla|de\sl'|de|del|of\sthe|of|under|раздела|части|постановляющей\sчасти|من)\s)?(?:the\s)?[\"']?",
            gap,
        ):
            return labels, window + match.start()
    return None


def _labels(view: SearchText, at: int, *, strict: bool) -> tuple[tuple[str, ...], int]:
    """The labels from `at` on, ranges spelled out, and where they end; () and `at` without any.

    `strict` asks that what follows shows them to be labels and not an amount or an article.
    """
    plain = view.plain
    begin = at
    unit = _ZH_PART.match(plain, at)
    if unit:
        at = unit.end()
    found: list[str] = []
    end = begin
    joined: str = ""
    while True:
        one, stop = _one_label(plain, at, after=found)
        if not one or (strict and not found and not _shows_label(plain, at, stop)):
            return tuple(found), end
        if joined == "to" and found:
            spelled = _range(found[-1], one[0])
            if spelled is None:
                return tuple(found), end
            found += [*spelled, *one[1:]]
        else:
            found += _under(found, one)
        end = stop
        chinese = _ZH_UNIT.match(plain, end)
        if chinese:
            end = chinese.end()
        to, and_ = _TO.match(plain, end), _AND.match(plain, end)
        if to:
            at, joined = to.end(), "to"
        elif and_:
            at, joined = and_.end(), "and"
        else:
            return tuple(dict.fromkeys(found)), end


def _one_label(plain: str, at: int, *, after: Sequence[str]) -> tuple[list[str], int]:
    """One label path at `at`, or nothing."""
    slashed = _SLASHED.match(plain, at)
    if slashed:
        return [slashed.group()], slashed.end()
    match = _ONE.match(plain, at)
    if match:
        pieces = re.findall(
            r"[0-9]+(?:bis|ter)?(?:\.[0-9]+(?:bis|ter)?)*(?:\s(?:bis|ter))?|[a-zа-яі\u0621-\u064a]+(?:\)\s?(?:bis|ter)(?!\w))?",
            match.group(),
        )
        path = [_label(piece) for piece in pieces]
        if after and not _same_kind(after[-1], path):
            return [], at
        return ["/".join(path)], match.end()
    if not after:
        bare = _BARE_LETTER.match(plain, at)
        if bare and (
            bare.group() != "a" or plain[bare.end() : bare.end() + 1] in ("", ".", ",", ";")
        ):
            return [bare.group()], bare.end()
    return [], at


def _same_kind(previous: str, path: Sequence[str]) -> bool:
    """Whether a further label goes on in the manner of the last: figures after figures."""
    last = previous.rpartition("/")[2]
    return last[0].isdigit() == path[0][0].isdigit() or "/" in previous or len(path) > 1


_LOOKALIKES = str.maketrans("асеорхуі", "aceopxyi")
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_ABJAD = "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


def _label(piece: str) -> str:
    """A label as ids write it: "bbis" for "b) bis"; letters of other scripts by their place.

    A Cyrillic letter that looks like a Latin one is taken for it.
    """
    bare = re.sub(r"[\s)(]", "", piece).translate(_LOOKALIKES)
    if len(bare) == 1:
        for alphabet in (_RUSSIAN, _ABJAD):
            place = alphabet.find(bare)
            if 0 <= place < len(_LATIN):
                return _LATIN[place]
    return bare


def _under(found: Sequence[str], one: Sequence[str]) -> list[str]:
    """ "e) i) and ii)" means e/i and e/ii: a Roman label takes the parent of the one before."""
    if not found or "/" not in found[-1] or "/" in one[0]:
        return list(one)
    parent, _, last = found[-1].rpartition("/")
    roman = roman_number(one[0]) is not None and roman_number(last) is not None
    return [f"{parent}/{one[0]}"] if roman else list(one)


def _range(first: str, last: str) -> list[str] | None:
    """The labels after `first` up to `last`; None if these are no range."""
    parent, slash, start = first.rpartition("/")
    other, _, end = last.rpartition("/")
    if other and other != parent:
        return None
    lead = parent + slash
    if start.isdigit() and end.isdigit() and int(start) < int(end) <= int(start) + 60:
        return [f"{lead}{value}" for value in range(int(start) + 1, int(end) + 1)]
    low, high = roman_number(start), roman_number(end)
    roman = slash or len(start) > 1 or len(end) > 1
    if roman and low is not None and high is not None and low < high <= low + 30:
        return [f"{lead}{_to_roman(value)}" for value in range(low + 1, high + 1)]
    if len(start) == len(end) == 1 and start.isalpha() and end.isalpha() and start < end:
        return [f"{lead}{chr(value)}" for value in range(ord(start) + 1, ord(end) + 1)]
    return None


def _to_roman(value: int) -> str:
    tens = ("", "x", "xx", "xxx", "xl", "l")[value // 10]
    return tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[value % 10]


def _shows_label(plain: str, at: int, end: int) -> bool:
    """Whether what follows a first label is what follows labels: no noun that it would count."""
    printed = plain[at:end]
    if ")" in printed or "/" in printed:
        return True
    return (
        _AFTER_LABEL.match(plain, end) is not None
        or _TO.match(plain, end) is not None
        or _AND.match(plain, end) is not None
    )


_LINK = re.compile(
    r"(?:'s)?(?: [-–] |[ \u00a0,:]{0,2})(?:的|中的?|之|里的?|第?(?=第))?[ ]?[\"'(]?|/[ ]?"
)
_LINK_ITEM = re.compile(
    rf"[ ,]{{1,3}}(?:(?:in|dans|en|в)\s)?{_ITEM_WORD}(?!\w)\s?|[ ,]{{0,2}}§{{1,2}}\s?"
)


def part_after(view: SearchText, at: int, limit: int) -> Part | None:
    """The clauses named behind a citation that ends at `at`, up to `limit`; None without any."""
    link = _LINK.match(view.plain, at)
    start = link.end() if link else at
    annex = _annex(view, start, limit)
    if annex is not None:
        return annex
    heading = _heading(view, start)
    if heading is not None:
        part = _part_at_end(view, start, heading, limit)
        if part is not None:
            return part
    item = _LINK_ITEM.match(view.plain, at)
    if item:
        labels, end = _labels(view, item.end(), strict=False)
        if labels and end <= limit:
            return _section_of_items(view, item.start(), labels, end)
    if _ZH_PART.match(view.plain, at):
        labels, end = _labels(view, at, strict=False)
        if labels and end <= limit and _ZH_UNIT.search(view.plain[end - 2 : end]):
            return Part(at, end, None, (), labels)
    return None


def _section_of_items(view: SearchText, start: int, labels: tuple[str, ...], end: int) -> Part:
    """ "…, point 2 du décide": the section behind the labels, if one is named."""
    gap = re.compile(r"\s(?:du|de\sla|de|del|of\sthe|of|раздела|من)?\s?[\"']?").match(
        view.plain, end
    )
    heading = _heading(view, gap.end()) if gap else None
    if gap and heading is not None:
        stop = gap.end() + heading.end
        if re.compile(r"\s{0,2}(?:$|[^\w\s])").match(view.plain, stop):
            return Part(start, stop, heading.action, heading.addressees, labels)
    return Part(start, end, None, (), labels)


def _part_at_end(view: SearchText, start: int, heading: HeadingMatch, limit: int) -> Part | None:
    """The section phrase behind a citation, with its labels or as the end of a statement."""
    apart = "," in view.plain[start - 2 : start]
    for end in dict.fromkeys((heading.end, heading.verb_end)):
        stop = start + end
        if stop > limit:
            continue
        addressees = heading.addressees if end == heading.end else ()
        which = _ORDINAL.match(view.plain, stop)
        ordinal = int(which.group(1)) if which else None
        stop = which.end() if which else stop
        closing = _CLOSING.match(view.plain, stop)
        labels, last = _labels(view, closing.end() if closing else stop, strict=True)
        if labels and last <= limit:
            return Part(start, last, heading.action, addressees, labels, ordinal=ordinal)
        if (heading.heads or apart or which) and _STATEMENT_END.match(view.plain, stop):
            return Part(start, stop, heading.action, addressees, ordinal=ordinal)
    return None


_ORDINAL = re.compile(r"\s?\[([0-9]{1,2})\]")
_ANNEX = re.compile(
    r"""
    (?P<kind>annexe?|anexo|приложени[еюия]|附件|(?:ال)?ملحق|(?:ال)?مرفق
        |appendi(?:x|ce)|apendice|дополнени[еюия]|附录|(?:ال)?تذييل|attachment|adjunto)
    (?:\s?(?P<id>[0-9]{1,3}(?:\s?(?:bis|ter))?|[a-z](?!\w)|[ivx]{1,5}(?!\w)))?
    """,
    re.VERBOSE,
)
_ANNEX_KINDS = (
    ("appendix", re.compile(r"app|ape|доп|附录|(?:ال)?تذ")),
    ("attachment", re.compile(r"att|adj")),
)
_RAW_LABEL = re.compile(
    r"[,\s]{1,2}(?P<label>[a-z0-9.]+(?:-[a-z0-9]+)?(?:/[a-z0-9.-]+)*)(?=$|[\s.,;)])"
)


def _annex(view: SearchText, at: int, limit: int) -> Part | None:
    """An annex named at `at`, with labels behind it: "Annex 1, 1.1 a)", 附件1."""
    match = _ANNEX.match(view.plain, at)
    if match is None:
        return None
    kind = match.group("kind")
    name = next((found for found, pattern in _ANNEX_KINDS if pattern.match(kind)), "annex")
    identifier = re.sub(r"\s", "", match.group("id") or "")
    section = f"{name}-{identifier}" if identifier else name
    closing = _CLOSING.match(view.plain, match.end())
    labels, end = _labels(view, closing.end() if closing else match.end(), strict=True)
    raw = _RAW_LABEL.match(view.plain, match.end())
    if raw and raw.end() > end and re.search(r"[a-z]-[0-9a-z]|/|^p[0-9]", raw.group("label")):
        labels, end = (raw.group("label").rstrip("."),), raw.end()
    if labels and end <= limit:
        return Part(at, end, section, (), labels)
    return Part(at, match.end(), section)


_STATEMENT_END = re.compile(r"[\"')]?\s{0,2}(?:$|[.;?!)\]\"]|\n|\s[-–])")
_CONNECTOR = re.compile(
    r",?\s{0,2}(?:\((?:[^()]{1,30})\)\s)?(?:(?:above\s)?(?:of|in|from|under|to|de\sla|de\sl'|du|de|dans\sla|del?|de\sla|en\sla|раздела|из|в|من|الوارده?\sفي|في)\s)?"
    r"(?:the\s|la\s|l'|its\s|сво[а-я]{1,3}\s)?(?:said\s|aforementioned\s)?"
)


def part_before(view: SearchText, start: int, floor: int) -> Part | None:
    """Clauses named before a citation: "considering e) iii) of Resolution 75"; None without any."""
    window = max(floor, start - 160)
    cut = re.compile(r"[;\n]|[.]\s").search
    while (stop := cut(view.plain, window, start)) is not None:
        window = stop.end()
    if window >= start:
        return None
    for mention in reversed(phrasebook().find_actions(view.clean[window:start])):
        part = _part_at(view, window + mention.start)
        if part is not None and part.start >= window and part.end <= start:
            gap = view.plain[part.end : start]
            named = gap.strip(" ,") or view.plain[start] >= "\u0400"  # Резолюции is a genitive
            if gap and re.fullmatch(_CONNECTOR, gap) and named:
                return part
    matches = re.finditer(rf"(?<!\w){_ITEM_WORD}\s", view.plain[window:start])
    for match in reversed(list(matches)):
        labels, end = _labels(view, window + match.end(), strict=False)
        gap = view.plain[end:start]
        if labels and end <= start and re.fullmatch(_CONNECTOR, gap) and gap.strip(" ,"):
            return Part(window + match.start(), end, None, (), labels)
    return None


def comparable_label(label: str) -> str:
    plain = "/".join(_label(piece.lower()) for piece in label.split("/"))
    return re.sub(r"(?<![\w.])([0-9]+)([a-z])(?!\w)", r"\1/\2", plain)  # "7a)" is 7, a)
