"""Text as it is compared: case, accents, width and invisible marks folded, with a way back.

Names of places and bodies, words of a citation and labels of clauses are recognised in folded text;
what is found is given back as a range of the text as it was.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SPACES = {0xA0, 0x2002, 0x2003, 0x2007, 0x2009, 0x200A, 0x202F, 0x3000, 0x09}
_HYPHENS = {0x2010, 0x2011, 0x2012, 0x2212, 0xFE63, 0xFF0D}
_DASHES = {0x2013, 0x2014, 0x2015}
_DROPPED = {
    0x00AD,  # soft hyphen
    0x0640,  # tatweel
    *range(0x200B, 0x2010),  # zero width and direction marks
    *range(0x202A, 0x202F),  # embeddings
    *range(0x2060, 0x2070),  # word joiner, isolates
    0xFEFF,
}
_SINGLE = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "،": ",",
        "؛": ";",
        "、": ",",
        "。": ".",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ё": "е",
        "ß": "s",
        "œ": "oe",
        "æ": "ae",
        "ı": "i",
    }
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `span` leads a range of it back to the text that was folded."""

    text: str
    starts: tuple[int, ...] | None  # offset in the original of every folded character; None: same
    length: int  # of the original

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original that `start:end` of the folded text stands for."""
        if self.starts is None:
            return start, end
        first = self.starts[start] if start < len(self.starts) else self.length
        if end <= start:
            return first, first
        return first, self.starts[end - 1] + 1


def fold(text: str) -> Folded:
    """`text` in lower case without accents, vowel marks, invisible marks and width differences.

    Digits of every script become ASCII digits, hyphens "-", en and em dashes "–", all spaces but
    line breaks " ". Letters of Arabic that writers exchange (alef, ya, ta marbuta) become one.
    """
    pieces = [_fold_character(character) for character in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and all(len(piece) == 1 for piece in pieces):
        return Folded(folded, None, len(text))
    starts = tuple(at for at, piece in enumerate(pieces) for _ in piece)
    return Folded(folded, starts, len(text))


def folded(text: str) -> str:
    """The folded text alone, for comparing names."""
    return "".join(map(_fold_character, text))


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    code = ord(character)
    if code < 0x80:
        return " " if character == "\t" else character.lower()
    if code in _DROPPED:
        return ""
    if code in _SPACES:
        return " "
    if code in _HYPHENS:
        return "-"
    if code in _DASHES:
        return "–"
    exchanged = character.translate(_SINGLE)
    if exchanged != character:
        return exchanged
    digit = unicodedata.digit(character, None)
    if digit is not None and unicodedata.category(character) == "Nd":
        return str(digit)
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(part for part in plain if not unicodedata.combining(part))
    return kept.lower().translate(_SINGLE)
