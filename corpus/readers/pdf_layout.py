"""Characters on a page -> lines in reading order. Pure: knows places, no PDF.

Columns are found by the white strip between them: on both sides of it stand at least three lines
that fill most of their side. A label before its text, or a table of short words, is no column.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.readers.pdf_glyphs import Atom, Page, is_right_to_left

_LABEL = re.compile(r"\(?[\w.]{1,8}[).]?(?:bis|ter)?|[–—•▪●·*-]")
_MARK = re.compile(r"(?:[0-9]{1,3}|[*†‡§]{1,3}|[a-z])(?:\s?(?:bis|ter))?[)]?")
_BRACKETS = frozenset('()[]{}«»“”"')
_CLOSING = {"(": ")", "[": "]", "{": "}", "«": "»"}
_OPENING = {
    **{right: left for left, right in _CLOSING.items()},
    **{left: left for left in _CLOSING},
}
_LABEL_BEFORE_BRACKET = re.compile(r"\s*\w{1,3}\s?")
_MIN_LINES = 3  # on each side of a gutter
_MIN_FILL = 0.5  # of the width of a column, on average


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, its text in logical order."""

    text: str
    x0: float
    x1: float
    y: float  # baseline; grows upwards
    size: float  # of most of its characters
    page: int
    column: int  # of its page, in reading order
    marks: tuple[tuple[int, int], ...] = ()  # ranges of small raised characters: marks of notes


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring atoms of one row."""

    atoms: tuple[Atom, ...]
    row: int
    x0: float
    x1: float
    y: float


def lines_of(page: Page, number: int) -> list[Line]:
    """The lines of a page in reading order, columns one after the other."""
    rows = _rows(page.atoms)
    letters = [letter for atom in page.atoms for letter in atom.text if letter.isalpha()]
    backwards = 2 * sum(map(is_right_to_left, letters)) > len(letters)
    runs = [run for index, row in enumerate(rows) for run in _runs(row, index)]
    lines: list[Line] = []
    for column, group in enumerate(_columns(runs, backwards=backwards)):
        lines += [
            line
            for row in _by_row(group)
            if (line := _line(row, page=number, column=column, backwards=backwards)).text
        ]
    return lines


def logical_order(atoms: Sequence[Atom]) -> str:
    """The text of a line that runs from right to left, given its characters with their places.

    Characters are read from the right; Latin words and numbers inside are turned back. This is
    the inverse of what a renderer does (Unicode annex 9), as far as it can be inverted.
    """
    ordered = _right_to_left(atoms)
    text, index = "", 0
    while index < len(ordered):
        end = _forward_run(ordered, index)
        if end > index:
            text += "".join(reversed(ordered[index:end]))
            index = end
        else:
            text += ordered[index]
            index += 1
    return _set_brackets(re.sub(r"[ \t]+", " ", unicodedata.normalize("NFC", text)).strip())


def _rows(atoms: Iterable[Atom]) -> list[list[Atom]]:
    """Atoms that share a baseline, highest row first; raised marks belong to their row."""
    rows: list[list[Atom]] = []
    bases: list[Atom] = []  # the largest atom of each row
    for atom in sorted(atoms, key=lambda one: (-one.y, one.x0)):
        for index in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            if _overlap(bases[index], atom) > 0.5:
                rows[index].append(atom)
                if atom.size > bases[index].size * 1.05:
                    bases[index] = atom
                break
        else:
            rows.append([atom])
            bases.append(atom)
    return rows


def _overlap(one: Atom, other: Atom) -> float:
    """How much of the lower of two atoms stands beside the other, by height."""
    bottom = max(one.y - 0.2 * one.size, other.y - 0.2 * other.size)
    top = min(one.y + 0.7 * one.size, other.y + 0.7 * other.size)
    return (top - bottom) / (0.9 * min(one.size, other.size))


def _runs(row: list[Atom], index: int) -> list[_Run]:
    """A row cut where the gap is wider than a space."""
    groups: list[list[Atom]] = []
    edge = 0.0
    for atom in sorted(row, key=lambda one: (one.x0, one.order)):
        if not groups or atom.x0 - edge > max(0.9 * atom.size, 7.0):
            groups.append([])
            edge = atom.x1
        groups[-1].append(atom)
        edge = max(edge, atom.x1)
    runs = []
    for group in groups:
        inked = [atom for atom in group if atom.text.strip()]
        if inked:
            right = max(atom.x1 for atom in inked)
            base = max(inked, key=lambda one: one.size)
            runs.append(_Run(tuple(group), index, inked[0].x0, right, base.y))
    return runs


def _columns(runs: list[_Run], *, backwards: bool, depth: int = 0) -> list[list[_Run]]:
    """The runs in groups that are read one after the other."""
    gutter = _gutter(runs) if depth < 4 else None
    if gutter is None:
        return [runs] if runs else []
    x, first, last = gutter
    ordered = sorted(runs, key=lambda run: (-run.y, run.x0))
    above, beside, below = ordered[:first], ordered[first:last], ordered[last:]
    sides = [
        [run for run in beside if run.x1 <= x],
        [run for run in beside if run.x1 > x],
    ]
    if backwards:
        sides.reverse()
    groups = []
    for part in (above, *sides, below):
        groups += _columns(part, backwards=backwards, depth=depth + 1)
    return groups


def _gutter(runs: list[_Run]) -> tuple[float, int, int] | None:
    """The best white strip: its x, and the range of runs (from the top) that it divides."""
    if len(runs) < 2 * _MIN_LINES:
        return None
    ordered = sorted(runs, key=lambda run: (-run.y, run.x0))
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    best: tuple[int, float, int, int] | None = None
    steps = 40
    for step in range(steps // 4, 3 * steps // 4 + 1):
        x = left + (right - left) * step / steps
        for first, last in _bands(ordered, x):
            score = _fit(ordered[first:last], x)
            if score and (best is None or score > best[0]):
                best = (score, x, first, last)
    return None if best is None else best[1:]


def _bands(ordered: list[_Run], x: float) -> Iterable[tuple[int, int]]:
    """The longest stretches of runs that a vertical line at x does not cross."""
    start = 0
    for index, run in enumerate(ordered):
        if run.x0 < x < run.x1:
            if index - start >= 2 * _MIN_LINES:
                yield start, index
            start = index + 1
    if len(ordered) - start >= 2 * _MIN_LINES:
        yield start, len(ordered)


def _fit(band: list[_Run], x: float) -> int:
    """How many lines two columns would have, 0 if this looks like no columns."""
    sides = ([run for run in band if run.x1 <= x], [run for run in band if run.x1 > x])
    for side in sides:
        if len(side) < _MIN_LINES:
            return 0
        width = max(run.x1 for run in side) - min(run.x0 for run in side)
        filled = sum(run.x1 - run.x0 for run in side) / len({run.row for run in side})
        if width <= 0 or filled / width < _MIN_FILL:
            return 0
    return len(band)


def _by_row(runs: list[_Run]) -> list[list[Atom]]:
    rows: dict[int, list[Atom]] = {}
    for run in sorted(runs, key=lambda one: one.row):
        rows.setdefault(run.row, []).extend(run.atoms)
    return list(rows.values())


def _line(atoms: list[Atom], *, page: int, column: int, backwards: bool) -> Line:
    sizes: Counter[float] = Counter()
    for atom in atoms:
        sizes[round(atom.size, 1)] += len(atom.text.strip())
    size = sizes.most_common(1)[0][0]
    inked = [atom for atom in atoms if atom.text.strip()] or atoms
    base = min((atom for atom in inked if abs(atom.size - size) < 0.1), key=lambda one: one.y).y
    letters = [letter for atom in atoms for letter in atom.text if letter.isalpha()]
    turned = sum(map(is_right_to_left, letters))
    marks: list[tuple[int, int]] = []
    if turned and (backwards or 2 * turned > len(letters)):
        text = _backward_text(atoms, size, base, marks)
    else:
        text = _forward_text(atoms, size, base, marks)
    x0, x1 = min(atom.x0 for atom in inked), max(atom.x1 for atom in inked)
    return Line(text, x0, x1, base, size, page, column, tuple(marks))


def _is_raised(atom: Atom, size: float, base: float) -> bool:
    return atom.size < 0.87 * size and atom.y > base + 0.12 * size


def _forward_text(atoms: list[Atom], size: float, base: float, marks: list[tuple[int, int]]) -> str:
    text, previous = "", None
    for atom in sorted(atoms, key=lambda one: (one.x0, one.order)):
        if not atom.text.strip():
            continue
        shown = _tidy(atom.text)
        if previous is not None:
            text += _between(text, previous, atom)
        if _is_raised(atom, size, base):
            if marks and marks[-1][1] == len(text) and shown in {"bis", "ter"}:
                marks[-1] = (marks[-1][0], len(text) + len(shown))
            elif _MARK.fullmatch(shown):
                marks.append((len(text), len(text) + len(shown)))
        text += shown
        previous = atom
    return text


def _between(text: str, previous: Atom, atom: Atom) -> str:
    """The white space between two neighbouring atoms of a line."""
    gap = atom.x0 - previous.x1
    em = max(previous.size, atom.size)
    if gap > 0.8 * em and len(text) <= 10 and _LABEL.fullmatch(text):
        return "\t"
    left, right = text[-1:], atom.text[0]
    wide = (_is_cjk(left) and (_is_cjk(right) or right.isalnum())) or (
        _is_cjk(right) and left.isalnum()
    )
    follows = atom.order > previous.order and atom.spaced
    if wide:  # Word sets a quarter of an em between Chinese and Latin; it is no space
        return " " if gap > 0.6 * em or (follows and atom.spaced == 2) else ""
    return " " if gap > 0.18 * em or (follows and gap > 0.05 * em) else ""


def _is_cjk(letter: str) -> bool:
    return (
        "\u2e80" <= letter <= "\u9fff"
        or "\uf900" <= letter <= "\ufaff"
        or "\uff00" <= letter <= "\uffef"
    )


def _backward_text(
    atoms: list[Atom], size: float, base: float, marks: list[tuple[int, int]]
) -> str:
    """As `logical_order`; raised marks go in at their places, marked by private characters."""
    tagged = []
    for atom in atoms:
        if _is_raised(atom, size, base) and atom.text.isdigit():
            # Private use, so that the digits of a mark do not run into those of a number.
            text = "".join(chr(0xE000 + int(digit)) for digit in atom.text)
            tagged.append(replace(atom, text=text))
        else:
            tagged.append(atom)
    text = _tidy(logical_order(tagged))
    for found in re.finditer("[\ue000-\ue009]+", text):
        marks.append(found.span())
    return re.sub("[\ue000-\ue009]", lambda found: str(ord(found[0]) - 0xE000), text)


def _tidy(text: str) -> str:
    """Ligatures and presentation forms as letters; a soft hyphen stays only at the end."""
    text = re.sub(
        "[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefc]",
        lambda found: unicodedata.normalize("NFKC", found[0]),
        text,
    )
    body, end = (text[:-1], text[-1:]) if text.endswith("\u00ad") else (text, "")
    return body.replace("\u00ad", "") + end


def _right_to_left(atoms: Sequence[Atom]) -> list[str]:
    """The characters from the right; combining marks after the letter under them."""
    letters = [atom for atom in atoms if not _is_combining(atom.text)]
    ordered = sorted(letters, key=lambda one: (-round(one.x0, 1), one.order))
    _turn_ligatures(ordered)
    for mark in sorted(
        (one for one in atoms if _is_combining(one.text)), key=lambda one: one.order
    ):
        middle = (mark.x0 + mark.x1) / 2
        under = [index for index, letter in enumerate(ordered) if letter.text.strip()]
        if not under:
            ordered.append(mark)
            continue
        place = min(
            under,
            key=lambda index: (
                max(ordered[index].x0 - middle, middle - ordered[index].x1, 0.0),
                abs(ordered[index].order - mark.order),
            ),
        )
        while place + 1 < len(ordered) and _is_combining(ordered[place + 1].text):
            place += 1
        ordered.insert(place + 1, mark)
    spread: list[str] = []
    for index, atom in enumerate(ordered):
        if atom.text.isspace():
            continue
        if spread and _is_apart(ordered, index):
            spread.append(" ")
        # A presentation form may stand for two letters, in logical order.
        form = unicodedata.normalize("NFKC", atom.text) if _is_form(atom.text) else atom.text
        spread += list(form) if any(is_right_to_left(one) for one in form) else form[::-1]
    return spread


def _is_apart(ordered: Sequence[Atom], index: int) -> bool:
    """Whether white space stands before this atom, as seen from the right.

    PDFium puts the space beside a bracket on either side of it; there the gap alone decides.
    """
    atom = ordered[index]
    before = index - 1
    while before > 0 and ordered[before].text.isspace():
        before -= 1
    previous = ordered[before]
    if _is_combining(atom.text) or previous.text.isspace():
        return False
    while before > 0 and _is_combining(ordered[before].text):
        before -= 1
        previous = ordered[before]
    gap = (previous.x0 - atom.x1) / max(previous.size, atom.size)
    if previous.text in _BRACKETS or atom.text in _BRACKETS:
        return gap > 0.15
    return gap > 0.22 or ordered[index - 1].text.isspace()


def _turn_ligatures(ordered: list[Atom]) -> None:
    """Letters of one ligature share a place; where the file runs backwards they are swapped.

    Lam before alef is the ligature of every Arabic font; alef before lam is none.
    """
    for index in range(len(ordered) - 1):
        one, other = ordered[index], ordered[index + 1]
        if abs(one.x0 - other.x0) < 0.05 and one.text in "اأإآ" and other.text == "ل":
            ordered[index], ordered[index + 1] = other, one


def _is_combining(text: str) -> bool:
    return bool(text) and unicodedata.category(text[0]) == "Mn"


def _is_form(text: str) -> bool:
    return any("\ufb50" <= letter <= "\ufefc" for letter in text)


def _forward_run(ordered: list[str], start: int) -> int:
    """The end of the Latin words or the number that begin (from the right) at `start`."""
    if not _is_forward(ordered[start]):
        return start
    end = last_letter = start
    index = start
    while index < len(ordered):
        kind = _kind(ordered[index])
        if kind == "R":
            break
        if kind == "L":
            last_letter = index + 1
        index += 1
    if last_letter > start:
        return last_letter
    end = start + 1
    while end < len(ordered):
        if _kind(ordered[end]) == "N" or (
            ordered[end] in ".,/:٫٬%" and end + 1 < len(ordered) and _kind(ordered[end + 1]) == "N"
        ):
            end += 1
        else:
            break
    return end


def _is_forward(letter: str) -> bool:
    return _kind(letter) in "LN"


def _kind(letter: str) -> str:
    """R for right to left, L for left to right, N for a digit, O for the rest."""
    direction = unicodedata.bidirectional(letter)
    return {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N"}.get(direction, "O")


def _set_brackets(text: str) -> str:
    """Brackets by their place: a file may hold what is drawn (mirrored) or what is meant."""
    shown = list(text)
    for index, letter in enumerate(shown):
        left = _OPENING.get(letter)
        if left is None:
            continue
        before, after = text[:index], text[index + 1 :]
        free_before = not before or before[-1].isspace() or before[-1] in _OPENING
        free_after = not after or not (after[0].isalnum() or after[0] in _OPENING)
        if _LABEL_BEFORE_BRACKET.fullmatch(before):
            opens = False
        elif free_before != free_after:
            opens = free_before
        else:
            done = "".join(shown[:index])
            opens = done.count(left) <= done.count(_CLOSING[left])
        shown[index] = left if opens else _CLOSING[left]
    return "".join(shown)
