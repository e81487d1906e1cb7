"""The characters of a PDF with their places, as PDFium finds them. Runs in a process of its own.

PDFium (pypdfium2) was taken instead of pypdf and pdfplumber: it reads a page in about 10 ms where
pdfminer takes 50 to 250, and gives the origin and size of every character, which pypdf does not.
Its own order of characters is not used: it turns round some Arabic words and leaves others.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

# U+0002 is what PDFium makes of a hyphen before a line break, and of the break itself.
_PIECE = re.compile(r"[^\s\x02]*\x02|[^\s\x02]+|[^\S\r\n]|[\r\n]+")
_NO_BREAK = str.maketrans({"\u00a0": "\ue0a0", "\u202f": "\ue0af"})  # white, but inside words
_UNIT_FONT = 2.0  # fonts set in size 1 and scaled by a matrix tell their size only there
_MARK = re.compile(r"[0-9*†‡§]")  # what the mark of a note begins with
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")
_SHOWN = {
    **dict.fromkeys((*range(0x20), 0x7F, 0xFFFD, 0xFFFE, 0xFFFF)),
    0x02: "\u00ad",
    0xE0A0: "\u00a0",
    0xE0AF: "\u202f",
}
_UNMAPPED = re.compile("[\x00\ufffd\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text that is never split: a word, or one character where text runs right to left.

    Lengths are in points; y grows upwards.
    """

    text: str
    x0: float  # origin of the first character
    x1: float  # right edge of the last
    y: float  # baseline
    size: float
    order: int  # place in the file's own order
    spaced: int = (
        0  # white space before it in that order: 0 none, 1 found by its gap, 2 a character
    )


@dataclass(frozen=True, slots=True)
class Page:
    width: float
    height: float
    atoms: tuple[Atom, ...]
    rotated: tuple[str, ...] = ()  # text that stands at an angle
    unmapped: int = 0  # characters whose font does not tell what they are


def open_pdf(content: bytes) -> pypdfium2.PdfDocument:
    """The document; raises pypdfium2.PdfiumError, its `err_code` one of FPDF_ERR_*."""
    return pypdfium2.PdfDocument(content)


def read_page(document: pypdfium2.PdfDocument, index: int) -> Page:
    """One page, counted from 0; raises pypdfium2.PdfiumError if it is damaged."""
    page = document[index]
    try:
        text_page = page.get_textpage()
        try:
            return _read(page, text_page.raw)
        finally:
            text_page.close()
    finally:
        page.close()


def is_right_to_left(letter: str) -> bool:
    """Whether a character is a letter of Arabic or Hebrew."""
    return _RIGHT_TO_LEFT.match(letter) is not None


def _read(page: pypdfium2.PdfPage, raw: "ctypes._Pointer[ctypes.Structure]") -> Page:
    text = _text(raw)
    pieces: list[tuple[int, int, int, str, float, int | None]] = []
    size, quarter = 1.0, None
    for start, end, spaced in _pieces(raw, text):
        shown = text[start:end].translate(_SHOWN)
        if not shown:
            continue
        if not shown.isspace():  # PDFium gives white space no size of its own
            size, quarter = _size(raw, start)
        pieces.append((start, end, spaced, shown, size, quarter))
    # Most of the text is taken to stand upright: a page may be turned by its own rotation, by its
    # content, or by both, one undoing the other.
    quarters = Counter(quarter for *_, quarter in pieces if quarter is not None)
    turn = _Turn(page, quarters.most_common(1)[0][0] if quarters else 0)
    atoms, rotated = [], []
    for start, end, spaced, shown, size, quarter in pieces:
        if quarter != turn.quarter:
            rotated.append((" " if spaced else "") + shown)
            continue
        x, y = _origin(raw, start, turn)
        right = _right_edge(raw, end - 1, turn)
        atoms.append(Atom(shown, x, max(right, x), y, size, start, spaced))
    unmapped = len(_UNMAPPED.findall(text))
    whole = "".join(rotated).strip()
    return Page(turn.width, turn.height, tuple(atoms), (whole,) if whole else (), unmapped)


def _text(raw: "ctypes._Pointer[ctypes.Structure]") -> str:
    """The characters of the page by their index, with the white space that PDFium added."""
    number = pdfium.FPDFText_CountChars(raw)
    if number <= 0:
        return ""
    buffer = (ctypes.c_ushort * (number + 1))()
    if pdfium.FPDFText_GetText(raw, 0, number, buffer) == number + 1:
        text = bytes(buffer)[: 2 * number].decode("utf-16-le", errors="replace")
        if len(text) == number:
            text = re.sub(
                "\ufffe",  # what this call gives for U+0002, and for what has no character
                lambda found: chr(pdfium.FPDFText_GetUnicode(raw, found.start()) & 0xFFFF),
                text,
            )
            return text.translate(_NO_BREAK)
    codes = (pdfium.FPDFText_GetUnicode(raw, index) for index in range(number))
    valid = (code if code < 0xD800 or 0xE000 <= code < 0x110000 else 0xFFFD for code in codes)
    return "".join(map(chr, valid)).translate(_NO_BREAK)


def _pieces(raw: "ctypes._Pointer[ctypes.Structure]", text: str) -> Iterator[tuple[int, int, int]]:
    """Ranges of characters that stay together, with the white space before each."""
    by_character = _RIGHT_TO_LEFT.search(text) is not None
    spaced = 0
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        if text[start].isspace():
            line_break = text[start] in "\r\n"
            if by_character and not line_break:
                yield start, end, 0
            else:
                by_gap = line_break or pdfium.FPDFText_IsGenerated(raw, start) == 1
                spaced = max(spaced, 1 if by_gap else 2)
        elif by_character:
            for index in range(start, end):
                yield index, index + 1, spaced
                spaced = 0
        else:
            for first, last in _sizes(raw, piece):
                yield first, last, spaced
                spaced = 0


def _sizes(
    raw: "ctypes._Pointer[ctypes.Structure]", word: re.Match[str]
) -> Iterator[tuple[int, int]]:
    """A word cut where the size of its font changes, as before the mark of a note."""
    start, end = word.span()
    if end - start > 1 and _MARK.search(word[0]):
        previous = _font_size(raw, start)
        for index in range(start + 1, end):
            size = _font_size(raw, index)
            if abs(size - previous) > 0.01:
                yield start, index
                start, previous = index, size
    yield start, end


def _font_size(raw: "ctypes._Pointer[ctypes.Structure]", index: int) -> float:
    size: float = pdfium.FPDFText_GetFontSize(raw, index)
    if size < _UNIT_FONT:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(raw, index, matrix)
        size *= math.hypot(matrix.c, matrix.d)
    return size


class _Turn:
    """Turns coordinates of the file into those of a page whose text stands upright."""

    def __init__(self, page: pypdfium2.PdfPage, quarter: int) -> None:
        self.quarter = quarter  # quarter turns, counterclockwise, of the text in the file
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        sides = (self._right - self._left, self._top - self._bottom)
        self.width, self.height = sides if quarter % 2 == 0 else sides[::-1]

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.quarter == 1:
            return y - self._bottom, self._right - x
        if self.quarter == 2:
            return self._right - x, self._top - y
        if self.quarter == 3:
            return self._top - y, x - self._left
        return x - self._left, y - self._bottom


def _origin(
    raw: "ctypes._Pointer[ctypes.Structure]", index: int, turn: _Turn
) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
    return turn.point(x.value, y.value)


def _right_edge(raw: "ctypes._Pointer[ctypes.Structure]", index: int, turn: _Turn) -> float:
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(raw, index, box)
    corners = (turn.point(box.left, box.bottom)[0], turn.point(box.right, box.top)[0])
    return max(corners)


def _size(raw: "ctypes._Pointer[ctypes.Structure]", index: int) -> tuple[float, int | None]:
    """The height of the font as shown, and the quarter turns of the text; None at an angle."""
    matrix = pdfium.FS_MATRIX()
    size: float = pdfium.FPDFText_GetFontSize(raw, index)
    if not pdfium.FPDFText_GetMatrix(raw, index, matrix):
        return size, 0
    shown = size * math.hypot(matrix.c, matrix.d)
    turned = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    quarter = round(turned)
    upright = abs(turned - quarter) < 0.12  # about 11 degrees: more is no line of text
    return (shown if shown > 0 else 1.0), quarter % 4 if upright else None
