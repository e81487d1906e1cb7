"""Plain text and Markdown -> Extraction: every line a paragraph, no character changed.

UTF-8 and UTF-16/32 with a byte order mark are read as what they are; other bytes are decoded by
what the distribution of their letters says (charset-normalizer), so that old files in windows-1251,
GB 18030 or ISO 8859 are read too. Control characters stay where they are, lest offsets move.
"""

import codecs
import re
from pathlib import Path

from corpus.errors import UnreadableDocumentError
from corpus.footnotes import find_footnotes
from corpus.paragraphs import Extraction, Paragraph
from corpus.readers.limits import MAX_FILE_BYTES, read_bounded
from corpus.readers.proposals import proposal_mark

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED_FROM = 200_000  # bytes that are looked at when the encoding must be guessed
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")


def read_text(file: Path) -> Extraction:
    """The text of the file, decoded, its lines and its footnotes.

    Raises UnreadableDocumentError if the file is missing, empty, larger than 50 MB or no text.
    """
    content = read_bounded(file, limit=MAX_FILE_BYTES)
    text = decode(content, file=file.name)
    return extract_text(text, file=file.name)


def extract_text(text: str, *, file: str) -> Extraction:
    """The lines and footnotes of a text; lines of white space alone are none."""
    paragraphs = tuple(
        Paragraph(match.start(), match.end())
        for match in _LINE.finditer(text)
        if not match.group().isspace()
    )
    head = (text[paragraph.start : paragraph.end] for paragraph in paragraphs[:400])
    return Extraction(
        file=file,
        text=text,
        paragraphs=paragraphs,
        footnotes=find_footnotes(text),
        proposal=proposal_mark(head),
        lines=True,
    )


def decode(content: bytes, *, file: str) -> str:
    """`content` as text; raises UnreadableDocumentError (naming `file`) if it is none."""
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            try:
                return _checked(content.decode(encoding), file)
            except UnicodeDecodeError as error:
                raise UnreadableDocumentError(
                    f"{file} says that it is {encoding} and is not (byte {error.start}); "
                    "save it as UTF-8"
                ) from error
    try:
        return _checked(content.decode("utf-8"), file)
    except UnicodeDecodeError:
        return _checked(_guessed(content, file), file)


def _guessed(content: bytes, file: str) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only old encodings pay for it

    wide = _wide(content)
    if wide:
        return content.decode(wide, errors="replace")
    best = from_bytes(content[:_GUESSED_FROM]).best()
    if best is None:
        raise UnreadableDocumentError(f"{file} is text in no encoding known here; save it as UTF-8")
    return content.decode(best.encoding, errors="replace")


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    sample = content[:2000]
    if sample[1::2].count(0) > len(sample) // 3:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 3:
        return "utf-16-be"
    return ""


def _checked(text: str, file: str) -> str:
    sample = text[:100_000]
    if len(_UNPRINTABLE.findall(sample)) > max(8, len(sample) // 20):
        raise UnreadableDocumentError(
            f"{file} is no text: too many characters that cannot be printed; give .docx, .pdf, "
            ".html or .txt"
        )
    if not text.strip():
        raise UnreadableDocumentError(f"{file} holds no text; fetch it again")
    return text
