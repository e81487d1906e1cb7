"""Footnotes that an extraction wrote into the running text: "[1: 1 …]", or below a rule "____".

Word's own notes come from its reader; this is for formats that know only lines. A mark that is
glued to a word ("developing1 countries") is taken for one when the note's body with that mark
stands further down, and never otherwise: "WSIS+10" and "H2O" keep their figures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.paragraphs import Footnote

Range = tuple[int, int]

_LONGEST = 4000  # characters of one note; a mark without an end must not swallow a document
_PLAUSIBLE = 600  # characters of a note that ends with its line; the longest real one seen has 420


@dataclass(frozen=True, slots=True)
class _Body:
    """The body of a note: its mark, the range of its words and of everything that is no text."""

    mark: str
    text: Range
    whole: Range


# "WSIS+10" and "H2O" hold no mark, "17.8.1" and "5/2018" neither, "2010年" is a year.
_FIGURE = re.compile(r"(?:[0-9]{1,3}|\*{1,4})(?![\w*]|[.,:/][0-9]|[年月日号號条段款项届次个])")
_GLUED = tuple(
    re.compile(kind)  # what stands before a mark, the surest kind first
    for kind in (
        r"[^\W\d_A-Z]{3}\Z",
        r"[A-Z]{3}\Z",
        r"[^\W\d_][)\]”’»\"]\Z",
        r"[0-9A-Za-z][)\]”’»\"]\Z",
    )
)


class _GluedMarks:
    """Where figures and asterisks are glued to words, by mark; read once for a whole text."""

    def __init__(self, text: str) -> None:
        self._found: dict[str, list[tuple[int, int]]] = {}  # mark -> (offset, kind), kind 0 surest
        for match in _FIGURE.finditer(text):
            at = match.start()
            if at == 0 or text[at - 1].isspace():
                continue
            before = text[max(0, at - 3) : at]
            kind = next((kind for kind, sign in enumerate(_GLUED) if sign.search(before)), None)
            if kind is not None:
                self._found.setdefault(match.group(), []).append((at, kind))

    def between(self, mark: str, since: int, until: int) -> tuple[Range, ...]:
        """Where the mark stands between two offsets; only those of the surest kind."""
        here = [(at, kind) for at, kind in self._found.get(mark, ()) if since <= at < until]
        if not here:
            return ()
        surest = min(kind for _, kind in here)
        return tuple((at, at + len(mark)) for at, kind in here if kind == surest)


def find_footnotes(text: str) -> tuple[Footnote, ...]:
    """The footnotes of a text of lines, ordered by their bodies.

    A note without `references` is one whose mark was not found in the text.
    """
    notes = [*_bracketed(text), *_ruled(text)]
    return tuple(sorted(notes, key=lambda note: note.body))


_REFERENCE = re.compile(r"\[footnoteRef:(?P<id>[0-9]{1,4})\](?P<mark>[0-9]{1,3}|\*{1,4}|bis)?")

_BODY = re.compile(r"\[(?P<id>[0-9]{1,4}):")


def _bracketed(text: str) -> Iterator[Footnote]:
    """Notes of pandoc-like extractions: a reference "[footnoteRef:1]1", a body "[1: 1\\t…]"."""
    if "[footnoteRef:" not in text:
        return
    references: dict[str, list[re.Match[str]]] = {}
    for match in _REFERENCE.finditer(text):
        references.setdefault(match["id"], []).append(match)
    bodies: dict[str, int] = {}
    for match in _BODY.finditer(text):
        if match["id"] in references and match.start() > references[match["id"]][0].start():
            bodies.setdefault(match["id"], match.start())
    for note, marks in references.items():
        opened = bodies.get(note)
        if opened is None:
            yield Footnote(note, "", tuple(mark.span() for mark in marks), (0, 0))
            continue
        closed = _matching_bracket(text, opened)
        inner = text[opened + len(note) + 2 : closed].strip()
        printed = marks[0]["mark"] or note
        for candidate in (printed, note):
            bare = inner.removeprefix(candidate)
            if bare != inner and (not bare or not bare[0].isdigit()):
                inner = bare
                break
        yield Footnote(
            printed,
            " ".join(inner.split()),
            tuple(mark.span() for mark in marks),
            (opened, closed + 1),
        )


def _matching_bracket(text: str, opened: int) -> int:
    depth = 0
    limit = min(len(text), opened + _LONGEST)
    for at in range(opened, limit):
        if text[at] == "[":
            depth += 1
        elif text[at] == "]":
            depth -= 1
            if depth == 0:
                return at
    end = text.find("]", opened)
    return end if 0 <= end < limit else opened


_RULE = re.compile(r"_{5,}")
_OPENED = re.compile(
    r"[ \t]*(?:\n[ \t]*)?(?P<mark>[0-9]{1,3}|\*{1,4})\)?(?P<gap>\s+|(?=[^\W\d_]))(?=\S)"
)
_PAGE = re.compile(r"(?<!\S)[-–—] ?[0-9]{1,4} ?[-–—](?=\s|$)")
_ITEM = re.compile(
    r"[ \t]*(?:\(?(?:[a-z]{1,2}|[ivx]{1,5}|[0-9]{1,2})[).][ \t]*\S"
    r"|[0-9]{1,3}(?:\.[0-9]{1,2})*\t)"
)


def _ruled(text: str) -> Iterator[Footnote]:
    """Notes below a rule of underscores, in the same line or the next ones."""
    taken = 0
    used: dict[str, int] = {}
    marks: _GluedMarks | None = None
    for rule in _RULE.finditer(text):
        if rule.start() < taken:
            continue
        opened = _OPENED.match(text, rule.end())
        if not opened:
            continue
        marks = marks or _GluedMarks(text)
        end = _end_of_body(text, rule.start(), opened)
        for body in _split(text, rule, opened, end, marks):
            references = marks.between(body.mark, used.get(body.mark, 0), rule.start())
            used[body.mark] = body.whole[1]
            taken = max(taken, body.whole[1])
            words = " ".join(text[slice(*body.text)].split())
            yield Footnote(body.mark, words, references, body.whole)


def _end_of_body(text: str, rule: int, opened: re.Match[str]) -> int:
    """Where the words below a rule end: a page mark, a new item, or the end of a finished line."""
    limit = min(len(text), opened.end() + _LONGEST)
    end = opened.end()
    while True:
        line_end = text.find("\n", end, limit)
        line_end = limit if line_end < 0 else line_end
        page = _PAGE.search(text, end, line_end)
        if page:
            return _before_next_item(text, rule, opened.end(), page.start())
        finished = text[end:line_end].rstrip().endswith((".", "!", "?", "。", "؟"))
        end = line_end
        rest = text[end + 1 : end + 200]
        over = not rest.strip() or rest.startswith(("\n", "_____")) or _ITEM.match(rest)
        if end >= limit or finished or over or _opens_section(rest):
            end = _before_next_item(text, rule, opened.end(), end)
            return _first_sentence(text, opened.end(), end)
        end += 1


_SENTENCE = re.compile(r"(?<=[^\W\d_A-Z][.!?])[ \t]+(?=[A-Z])|(?<=[0-9)]\.)[ \t]+(?=[A-Z])")


def _first_sentence(text: str, start: int, end: int) -> int:
    """`end`, or the end of the first sentence of what is far too long for a note.

    Where a whole annex stands in one line nothing else tells where the note ends.
    """
    if end - start <= _PLAUSIBLE:
        return end
    sentence = _SENTENCE.search(text, start, start + _PLAUSIBLE)
    if sentence:
        return sentence.start()
    gap = text.rfind(" ", start + 1, start + _PLAUSIBLE)
    return gap if gap > 0 else start + _PLAUSIBLE


def _opens_section(rest: str) -> bool:
    """A line of one to four plain words: a heading stands there rather than a note's next line."""
    line = rest.partition("\n")[0].strip()
    return bool(line) and len(line) < 40 and line.replace(" ", "").isalpha() and line.islower()


_LAST_NUMBER = re.compile(r"(?:^|\n|[;.,:] )(?P<number>[0-9]{1,2})[.)]?[ \t]")
_LAST_LETTER = re.compile(r"(?:^|\n|[;.,:] )\(?(?P<letter>[a-z]|[ivx]{2,5})\)[ \t]?")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv")


def _before_next_item(text: str, rule: int, start: int, end: int) -> int:
    """`end`, or where the next item of the list above begins in the same line as the note."""
    above = text[max(0, rule - 6000) : rule]
    numbers = [int(match["number"]) for match in _LAST_NUMBER.finditer(above)]
    letters = [match["letter"] for match in _LAST_LETTER.finditer(above)]
    following: list[str] = []
    if numbers:
        following.append(rf"{numbers[-1] + 1}[ \t](?=[a-z])")
    if letters:
        last = letters[-1]
        if last in _ROMAN[:-1]:
            following.append(rf"{_ROMAN[_ROMAN.index(last) + 1]}\)")
        if len(last) == 1 and last != "z":
            following.append(rf"{chr(ord(last) + 1)}\)")
    for label in following:
        found = re.compile(rf"(?<=[.;:,)])[ \t]+(?={label})").search(text, start, end)
        if found:
            return found.start()
    return end


def _split(
    text: str, rule: re.Match[str], opened: re.Match[str], end: int, marks: _GluedMarks
) -> Iterator[_Body]:
    """The notes one below the other under one rule: "3 See … 4 This …"."""
    mark, at, whole = opened["mark"], opened.end(), rule.start()
    while mark.isdigit():
        following = str(int(mark) + 1)
        found = re.compile(rf"(?<=[.;)\]!?])\s+{following}[ \t]+(?=\S)").search(text, at, end)
        if not found or not marks.between(following, 0, rule.start()):
            break
        yield _Body(mark, (at, found.start()), (whole, found.start()))
        mark, at, whole = following, found.end(), found.start()
    yield _Body(mark, (at, end), (whole, end))
