"""Text without its noise, with a way back: what extraction left in the text and no one wrote.

`cut` takes ranges out of a stored text and keeps an offset map, `noise` finds the ranges that
carry no words of the document: bookmarks, page marks with their running heads, rules of dashes.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]  # half-open range of characters


@dataclass(frozen=True, slots=True)
class Noise:
    """A range of the stored text that is no text of the document, and what it is."""

    kind: str  # "bookmark", "page-mark", "separator", "mark", "markup"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CutText:
    """A text without some of its ranges; `original` leads back into the whole."""

    text: str
    starts: tuple[int, ...]  # where each kept piece starts in `text`, ascending
    origins: tuple[int, ...]  # and where it started in the original

    def original(self, at: int) -> int:
        """The offset in the original of the character at `at`; of the end, the end."""
        index = max(bisect_right(self.starts, at) - 1, 0)
        return self.origins[index] + at - self.starts[index]

    def spans(self, start: int, end: int) -> tuple[Range, ...]:
        """The ranges of the original that `start:end` is made of, in order; () for an empty one."""
        found = []
        index = max(bisect_right(self.starts, start) - 1, 0)
        while start < end:
            stop = end
            if index + 1 < len(self.starts):
                stop = min(end, self.starts[index + 1])
            if stop > start:
                origin = self.origins[index] + start - self.starts[index]
                found.append((origin, origin + stop - start))
            start = stop
            index += 1
        return tuple(found)

    def position(self, at: int) -> int:
        """The offset in `text` of an offset of the original; of a cut one, where the cut is."""
        index = max(bisect_right(self.origins, at) - 1, 0)
        if at < self.origins[0]:
            return 0
        limit = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.text)
        return min(self.starts[index] + at - self.origins[index], limit)


def cut(text: str, ranges: Iterable[Range]) -> CutText:
    """`text` without `ranges`, which may come in any order and overlap."""
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    at = length = 0
    for start, end in [*sorted(ranges), (len(text), len(text))]:
        if start > at:
            pieces.append(text[at:start])
            starts.append(length)
            origins.append(at)
            length += start - at
        at = max(at, end)
    if not pieces:
        return CutText("", (0,), (0,))
    return CutText("".join(pieces), tuple(starts), tuple(origins))


_BOOKMARK = re.compile(r"\[bookmark:[^\]\n]{0,400}\]")
# "– 115 –" with the running head that follows it ("RES95-2"), or "- 143 - (6.1 – Title)".
_PAGE_MARK = re.compile(
    r"""
    (?<!\S)[-–—－]\x20?(?P<page>[0-9]{1,4}|[ivxlc]{1,7})\x20?[-–—－](?=[ \t]*(?:\r?\n|\Z|\())
    (?:[ \t]*\n?[ \t]*(?:
        (?:RES|REC|DEC|OP|ANX|APP|CV|CS)[A-Z0-9.]{0,12}-[0-9]{1,4}(?![\w-])
      | \([0-9A-Z][0-9A-Za-z.]{0,8}\x20[-–—]\x20[^()\n]{1,120}\)
    ))?
    """,
    re.VERBOSE,
)
_PAGE_LINE = re.compile(
    r"""
    ^[ \t]*(?:
        (?:page|página|стр\.?|p\.)\x20?[0-9]{1,4}(?:\x20?(?:/|of|de|sur|из)\x20?[0-9]{1,4})?
      | 第\x20?[0-9]{1,4}\x20?页(?:\x20?共\x20?[0-9]{1,4}\x20?页)?
      | [0-9]{1,4}\x20?/\x20?[0-9]{1,4}
      | (?:RES|REC|DEC)[A-Z0-9.]{1,12}-[0-9]{1,4}
      | [A-Z]{2,6}[0-9]{2}/[0-9A-Z().-]{1,16}-[EFSRCA]
      | CMR[0-9]{2}/-[EFSRCA]
    )[ \t]*$
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
# Lines that Markdown sets off as a whole: "*considering*", "**resolves**", "## Annex".
_EMPHASIS = re.compile(
    r"^[ \t]*(?P<open>(?P<sign>[*_]{1,3}))(?=[^\s*_])[^*_\n]{1,300}(?<=\S)(?P<close>(?P=sign))"
    r"[ \t]*$"
    r"|^(?P<hash>\#{1,6}[ \t]+)(?=\S)",
    re.MULTILINE,
)
# A bullet that a converter set before a printed label: "• a) that …".
_BULLET = re.compile(
    r"^[ \t]*[•●▪◦∙‣*-][ \t]+(?=\(?(?:[a-z]{1,2}|[ivx]{1,5}|[0-9]{1,2})\)|[0-9]{1,2}\.?[ \t])",
    re.MULTILINE,
)
_RULE = re.compile(r"^[ \t]*(?:[_=–—-]{3,}|\*(?:[ \t]*\*){2,}|\+)[ \t]*$", re.MULTILINE)
# Invisible signs: zero width anywhere, marks of direction where a line begins with them.
_MARKS = re.compile(
    r"[\ufeff\u200b\u2060\x0c]+|^[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+", re.MULTILINE
)


def noise(text: str, *, offset: int = 0) -> tuple[Noise, ...]:
    """The noise of a text, in order and without overlap; `offset` is added to its ranges."""
    found = [
        *_all("bookmark", _BOOKMARK, text, "[bookmark:"),
        *_all("page-mark", _PAGE_MARK, text, ""),
        *_all("page-mark", _PAGE_LINE, text, ""),
        *_all("separator", _RULE, text, ""),
        *_all("mark", _MARKS, text, ""),
        *_all("markup", _BULLET, text, ""),
        *_markup(text),
    ]
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Noise] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(Noise(one.kind, one.start + offset, one.end + offset) for one in kept)


def _markup(text: str) -> list[Noise]:
    return [
        Noise("markup", *match.span(part))
        for match in _EMPHASIS.finditer(text)
        for part in ("open", "close", "hash")
        if match[part]
    ]


def _all(kind: str, pattern: re.Pattern[str], text: str, needs: str) -> list[Noise]:
    if needs and needs not in text:
        return []
    return [Noise(kind, *match.span()) for match in pattern.finditer(text)]


_TERMINAL = ".,;:!?。，；：！？、،؛؟…"
_CLOSING = "\"'”’»)]）】》」 \t\u00a0"


# "in accordance with No.": the point belongs to the word, and the sentence goes on.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:nos?|res|rec|dec|art|paras?|pp?|vol|cf|núms?|nums?|n\.os|párrs?|apdo|al|п{1,2}|ст|рез|реш|им)\.$",
    re.IGNORECASE,
)


def ends_clause(line: str) -> bool:
    """Whether a line ends with a mark at which a clause can end."""
    bare = line.rstrip(_CLOSING)
    if not bare or bare[-1] not in _TERMINAL:
        return False
    return bare[-1] != "." or not _ABBREVIATED.search(bare[-12:])


def is_han(character: str) -> bool:
    """A Chinese character or a full-width sign: no space stands between two of them."""
    return (
        "\u3400" <= character <= "\u9fff"
        or "\u3000" <= character <= "\u303f"
        or "\uff00" <= character <= "\uff60"
        or character in "“”‘’—…"
    )
