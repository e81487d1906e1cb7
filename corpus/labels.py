"""Labels of items, "a)", "(iii)", "1.1", "b)bis", "（一）", "أ )": what they may be, what they are.

A label alone does not say whether "i)" is a letter or a Roman figure, or whether "2 " opens an item
or goes on with a sentence. `read_label` gives every reading, `Sequence` takes the one that goes on
where the list stood, and refuses what fits nowhere. Labels are never re-lettered; those of other
scripts get the Latin letter of the same place, so that an id is the same in every language.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from corpus.numerals import chinese_number, roman_number

Alphabet = Literal["letter", "roman", "number", "decimal", "mixed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a label may be."""

    alphabet: Alphabet
    place: tuple[int, ...]  # (3,) for c, iii or 3; (4, 1) for 4.1; 1000 more for every "bis"
    name: str  # for the id: as printed without brackets, in Latin letters and ASCII digits


@dataclass(frozen=True, slots=True)
class Label:
    """A label as it stands in a text."""

    start: int
    end: int  # after its brackets, before the white space that follows
    readings: tuple[Reading, ...]  # the likeliest first
    bis: str  # "bis", "ter", … or ""
    style: str  # "()", ")", ".", "-", "、" or "" for a bare number
    tabbed: bool  # a tab or nothing but the line's end follows
    glued: bool  # the text follows without a space
    upper: bool

    @property
    def bare(self) -> bool:
        """Without brackets or point: easily a figure of the sentence."""
        return self.style == ""


_BIS_ORDER = ("", "bis", "ter", "quater", "quinquies", "sexies", "septies")
_BIS = r"bis|ter|quater|quinquies|sexies|septies"
_FIGURES = r"[0-9０-９٠-٩]{1,3}"
_ROMAN = r"[ivxl]{2,6}|[IVXL]{2,6}"
_ABJAD = "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_ARABIC_LETTER = r"[\u0627\u0623\u0625\u0628-\u063a\u0641-\u064a]"
_LABEL = re.compile(
    rf"""
    (?P<open>[(（﴾]\x20?)?
    (?:
        (?P<decimal>{_FIGURES}(?:{_BIS})?(?:\.{_FIGURES}(?:(?:{_BIS})(?=\.))?){{1,4}})
        (?P<decimal_bis>\x20?(?:{_BIS}))?
      | (?P<number>{_FIGURES})
        (?:
            (?P<mixed>[a-z])(?=[)）]|\x20?(?:{_BIS})[)）])
          | (?P<number_bis>\x20?(?:{_BIS})(?!\w))
        )?
      | (?P<roman>{_ROMAN})(?P<roman_bis>\x20?(?:{_BIS}))?
      | (?P<letters>(?P<twin>[a-z])(?P=twin)(?=[)）.]|\x20?(?:{_BIS}))|[A-Za-z])
        (?P<letter_bis>\x20?(?:{_BIS}))?
      | (?P<cyrillic>[\u0410-\u044f])(?P<cyrillic_bis>\x20?(?:{_BIS}|бис))?
      | (?P<arabic>{_ARABIC_LETTER}\u0640?)
      | (?P<stem>[甲乙丙丁戊己庚辛壬癸])
      | (?P<han>[一二三四五六七八九十]{{1,3}})(?P<han_bis>之[一二三])?
      | (?P<enclosed>[①-⑳⑴-⒇⒈-⒛㈠-㈩㊀-㊉])
    )
    (?P<close>\x20?[)）﴿]|\.(?![0-9])|．|、|\x20?[-–](?=[\s\u0640])|(?<=[\u0621-\u064a\u0640])\x20?-|°|º|)
    (?P<bis>\x20?(?:{_BIS})(?![\w]))?
    """,
    re.VERBOSE,
)
_LOOKALIKE = dict(zip("асеорхуіАВСЕНКМОРТХ", "aceopxyiABCEHKMOPTX", strict=True))
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


def read_label(text: str, at: int = 0, *, end: int | None = None) -> Label | None:
    """The label that stands at `at` of `text`, or None.

    A bare number is one only when white space or a Chinese character follows it; a letter needs
    a bracket, a point or a dash.
    """
    match = _LABEL.match(text, at, len(text) if end is None else end)
    if match is None or match.end() == at:
        return None
    close = match["close"].strip()
    opened = bool(match["open"])
    if opened and close not in (")", "）", "﴿"):
        return None
    readings = _readings(match)
    if not readings:
        return None
    style = _style(opened, close)
    after = text[match.end() : match.end() + 2] if end is None else text[match.end() : end][:2]
    enclosed = match["enclosed"] is not None
    if style == "" and not enclosed and not _may_stand_bare(match, after):
        return None
    if style in (".", "-") and after and not (after[0].isspace() or _is_unspaced(after[0])):
        return None
    found_bis = next((match[group] for group in _BIS_GROUPS if match[group]), "")
    return Label(
        start=at,
        end=match.end(),
        readings=readings,
        bis=_plain_bis(found_bis),
        style="()" if enclosed else style,
        tabbed=not after.strip() or after[0] == "\t",
        glued=bool(after) and not after[0].isspace(),
        upper=bool(match["letters"] or match["roman"]) and match.group().strip("(（")[:1].isupper(),
    )


_BIS_GROUPS = (
    "bis", "decimal_bis", "number_bis", "roman_bis", "letter_bis", "cyrillic_bis", "han_bis",
)  # fmt: skip


def _plain_bis(printed: str) -> str:
    plain = printed.strip().replace("бис", "bis")
    return {"之一": "bis", "之二": "ter", "之三": "quater"}.get(plain, plain)


def _style(opened: bool, close: str) -> str:
    if opened:
        return "()"
    return {"）": ")", "﴿": ")", "．": ".", "–": "-", "º": "°"}.get(close, close)


def _may_stand_bare(match: re.Match[str], after: str) -> bool:
    """Whether a label without bracket or point can be one at all."""
    if match["number"] or match["decimal"]:
        return not after or after[0].isspace() or _is_han(after[0])
    return False


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _is_unspaced(character: str) -> bool:
    """Of a script that may follow a label without a space: Chinese, Arabic."""
    return _is_han(character) or "\u0620" <= character <= "\u06ff"


def _readings(match: re.Match[str]) -> tuple[Reading, ...]:
    if match["decimal"]:
        parts = [_decimal_part(part) for part in match["decimal"].split(".")]
        places = tuple(number + 1000 * _BIS_ORDER.index(bis) for number, bis in parts)
        name = ".".join(f"{number}{bis}" for number, bis in parts)
        return (Reading("decimal", places, name),)
    if match["number"]:
        number = int(match["number"])
        if match["mixed"]:
            letter = match["mixed"]
            return (Reading("mixed", (number, _LATIN.index(letter) + 1), f"{number}{letter}"),)
        return (Reading("number", (number,), str(number)),)
    if match["roman"]:
        value = roman_number(match["roman"])
        found = [Reading("roman", (value,), match["roman"])] if value else []
        if len(set(match["roman"])) == 1 and len(match["roman"]) == 2:
            found.append(Reading("letter", _doubled(match["roman"]), match["roman"]))
        return tuple(found)
    if match["letters"]:
        return _latin(match["letters"])
    if match["cyrillic"]:
        return _cyrillic(match["cyrillic"])
    if match["arabic"]:
        return _arabic(match["arabic"].rstrip("\u0640"))
    if match["stem"]:
        return (_lettered(_STEMS.index(match["stem"])),)
    if match["han"]:
        number = chinese_number(match["han"]) or 0
        return (Reading("number", (number,), str(number)),) if number else ()
    return (_enclosed(match["enclosed"]),)


def _decimal_part(printed: str) -> tuple[int, str]:
    """(1, "bis") for "1bis", (4, "") for "4"."""
    figures = printed.rstrip("abceinqrstuxp")
    return int(figures), printed[len(figures) :]


def _lettered(index: int) -> Reading:
    """The letter of the Latin alphabet that has the place `index`, counted from 0."""
    name = _LATIN[index] if index < 26 else _LATIN[index - 26] * 2
    return Reading("letter", (index + 1,), name)


def _doubled(letters: str) -> tuple[int, ...]:
    return (26 + _LATIN.index(letters[0].lower()) + 1,)


def _latin(letters: str) -> tuple[Reading, ...]:
    if len(letters) == 2:
        return (Reading("letter", _doubled(letters), letters),)
    found = [Reading("letter", (_LATIN.index(letters.lower()) + 1,), letters)]
    value = roman_number(letters) if letters.lower() in "ivx" else None
    if value:
        found.append(Reading("roman", (value,), letters))
    return tuple(found)


def _cyrillic(letter: str) -> tuple[Reading, ...]:
    """A Latin letter set in Cyrillic type, or a letter of the Russian alphabet."""
    found = []
    latin = _LOOKALIKE.get(letter)
    if latin:
        found.append(_latin(latin)[0])
    lowered = letter.lower()
    if lowered in _RUSSIAN:
        found.append(_lettered(_RUSSIAN.index(lowered)))
    return tuple(dict.fromkeys(found))


def _arabic(letter: str) -> tuple[Reading, ...]:
    plain = letter.replace("أ", "ا").replace("إ", "ا")
    if plain not in _ABJAD:
        return ()
    return (_lettered(_ABJAD.index(plain)),)


def _enclosed(sign: str) -> Reading:
    code = ord(sign)
    for first, last in ((0x2460, 0x2473), (0x2474, 0x2487), (0x2488, 0x249B), (0x3220, 0x3229)):
        if first <= code <= last:
            number = code - first + 1
            return Reading("number", (number,), str(number))
    number = code - 0x3280 + 1
    return Reading("number", (number,), str(number))


@dataclass(slots=True)
class _Level:
    """One list that is open: what its labels are and where it stands."""

    alphabet: Alphabet
    style: str
    place: tuple[int, ...]
    name: str
    bis: str = ""
    upper: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label belongs: the path of names down to it ("e", "iii")."""

    path: tuple[str, ...]
    skipped: bool = False  # labels before it are missing
    started: bool = False  # it is the first of its list


@dataclass(slots=True)
class Sequence:
    """The lists that are open below a heading; labels are placed one after the other."""

    levels: list[_Level] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        return _path(self.levels)

    @property
    def depth(self) -> int:
        return len(self.levels)

    def top(self) -> _Level | None:
        return self.levels[0] if self.levels else None

    def continues(self, label: Label) -> Place | None:
        """Place a label that goes on with an open list; None when it does not."""
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            for reading in label.readings:
                if _follows(level, reading, label):
                    return self._settle(depth, reading, label)
        return None

    def starts(self, label: Label, *, below: bool = True) -> Place | None:
        """Place a label that begins a list, below the open item; None when it cannot.

        Two lists of one kind are never nested: "a)" below "a)" is no list of its own.
        """
        for reading in label.readings:
            if not is_first_reading(reading) or label.bis:
                continue
            if reading.alphabet == "decimal" and not self._is_parent(reading):
                continue
            if any(_same_kind(level, reading, label) for level in self.levels):
                continue
            if self.levels and not below:
                continue
            depth = len(self.levels)
            if reading.alphabet == "decimal":
                depth = self._depth_below(reading)
            place = self._settle(depth, reading, label)
            return Place(place.path, started=True)
        return None

    def begins(self, label: Label) -> Place | None:
        """Place the first label of a section whatever it is: some count on from the one before."""
        if self.levels or not label.readings:
            return None
        return self._settle(0, label.readings[0], label)

    def skips(self, label: Label, *, most: int = 3) -> Place | None:
        """Place a label that goes on with an open list after some that are missing."""
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            for reading in label.readings:
                if not _same_kind(level, reading, label) or reading.place[:-1] != level.place[:-1]:
                    continue
                ahead = reading.place[-1] - level.place[-1]
                if 1 < ahead <= most + 1 and not label.bis:
                    place = self._settle(depth, reading, label)
                    return Place(place.path, skipped=True)
        return None

    def drifts(self, label: Label) -> Place | None:
        """Place a label of another alphabet that has the next place: "(ii)" after "(1)"."""
        if not self.levels:
            return None
        level = self.levels[-1]
        for reading in label.readings:
            next_place = len(reading.place) == 1 and reading.place[-1] == level.place[-1] + 1
            if next_place and level.style == label.style and level.alphabet != reading.alphabet:
                return self._settle(len(self.levels) - 1, reading, label)
        return None

    def restarts(self, label: Label) -> bool:
        """Whether a label is the first of a list of a kind that is open already."""
        return any(
            is_first_reading(reading) and _same_kind(level, reading, label)
            for level in self.levels
            for reading in label.readings
        )

    def _is_parent(self, reading: Reading) -> bool:
        """Whether "4.1" can stand below the open item, which then is 4; or begin everything."""
        if not self.levels:
            return True
        return any(
            level.alphabet in ("number", "decimal") and level.place == reading.place[:-1]
            for level in self.levels
        )

    def _depth_below(self, reading: Reading) -> int:
        for depth, level in enumerate(self.levels):
            if level.alphabet in ("number", "decimal") and level.place == reading.place[:-1]:
                return depth + 1
        return len(self.levels)

    def _settle(self, depth: int, reading: Reading, label: Label) -> Place:
        del self.levels[depth:]
        name = reading.name + label.bis
        self.levels.append(
            _Level(reading.alphabet, label.style, reading.place, name, label.bis, label.upper)
        )
        return Place(self.path)


def _path(levels: list[_Level]) -> tuple[str, ...]:
    """Names from the outermost on; "4.1" says by itself that it stands below "4"."""
    names: list[str] = []
    for level in levels:
        if level.alphabet == "decimal":
            while names and _is_above(names[-1], level.name):
                names.pop()
        names.append(level.name)
    return tuple(names)


def _is_above(name: str, decimal: str) -> bool:
    return decimal.startswith(f"{name}.")


def parent_label(label: str) -> str:
    """The label of the clause that one with this label stands under; "" for none.

    "e" for "e/iii", "4" for "4.1", "4.1" for "4.1/a".
    """
    head, _, last = label.rpartition("/")
    above, dot, _ = last.rpartition(".")
    if dot and above[:1].isdigit():
        return f"{head}/{above}" if head else above
    return head


def _same_kind(level: _Level, reading: Reading, label: Label) -> bool:
    return (
        level.alphabet == reading.alphabet
        and _same_style(level.style, label.style)
        and level.upper == label.upper
        and len(level.place) == len(reading.place)
    )


def _same_style(one: str, other: str) -> bool:
    """Printers mix "1." and "1", "a)" and "a."; brackets on both sides are another list."""
    return (one == "()") == (other == "()") and (one == ")") == (other == ")")


def _follows(level: _Level, reading: Reading, label: Label) -> bool:
    if not _same_kind(level, reading, label):
        return False
    if label.bis:
        behind = _BIS_ORDER.index(label.bis) if label.bis in _BIS_ORDER else 1
        return reading.place == level.place and level.bis == _BIS_ORDER[behind - 1]
    if reading.alphabet == "mixed":
        number, letter = level.place
        return reading.place in ((number, letter + 1), (number + 1, 1), (number + 1, letter))
    return reading.place[:-1] == level.place[:-1] and reading.place[-1] == level.place[-1] + 1


def is_first_reading(reading: Reading) -> bool:
    """Whether a reading is the first of a list."""
    if reading.alphabet == "decimal":
        return reading.place[-1] in (0, 1)  # some documents count from 7.1.0
    return reading.place[-1] == 1
