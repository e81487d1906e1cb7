"""Any document -> Extraction: the format is what the bytes say, never what the name says."""

import re
from pathlib import Path

from corpus.errors import UnreadableDocumentError
from corpus.paragraphs import Extraction
from corpus.readers.limits import MAX_FILE_BYTES, read_bounded

# Endings under which each format is read, the usual one first; a file without any may hold each.
ENDINGS = {
    "Word": (".docx", ".docm", ".dotx", ".dotm"),
    "PDF": (".pdf",),
    "HTML": (".html", ".htm", ".xhtml"),
    "plain text": (".txt", ".text", ".md", ".markdown"),
}
_READ = "read are .docx, .pdf, .html, .txt and .md"

_HEAD = 4096
_HTML_START = re.compile(
    r"""
    (?: \s | <\?xml[^>]*> | <!--.*?--> )*
    < (?: !doctype\s+html | html | head | body | meta | title | article | main )
    (?: \s | > )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_TAG_START = re.compile(r"\s*<[a-z][a-z0-9]*(?:\s[^<>]*)?>", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[a-z][a-z0-9]{0,7}", re.IGNORECASE)

_PICTURE = "a picture (a scan?); give the text itself"
_ARCHIVE = "a compressed archive; unpack it"
# First bytes of what is often given by mistake.
_OTHERS = (
    (b"{\\rtf", "an RTF file; save it as .docx"),
    (b"%!PS", "a PostScript file; save it as .pdf"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"SQLite format 3", "a database; give a document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def read_document(file: Path) -> Extraction:
    """The text and paragraphs of a Word, PDF, HTML or plain-text file.

    Raises UnreadableDocumentError, one line with what to do, for everything else: another format,
    an ending that contradicts the content, a damaged, protected, empty or oversized file.
    """
    content = read_bounded(file, limit=MAX_FILE_BYTES)
    found = _format_of(content, file)
    ending = _ending(file)
    if ending and not any(ending in endings for endings in ENDINGS.values()):
        raise UnreadableDocumentError(
            f"{file.name} ends in {ending}, which is not read here; {_READ}"
        )
    if ending and ending not in ENDINGS[found]:
        raise UnreadableDocumentError(
            f"{file.name} is a {found} file by its content, not what its ending says; "
            f"rename it to end in {ENDINGS[found][0]}"
        )
    return _READERS[found](file)


def _read_word(file: Path) -> Extraction:
    from corpus.readers.docx import read_docx  # noqa: PLC0415 - each format loads its own parser

    return read_docx(file)


def _read_pdf(file: Path) -> Extraction:
    from corpus.readers.pdf import read_pdf  # noqa: PLC0415

    return read_pdf(file)


def _read_html(file: Path) -> Extraction:
    from corpus.readers.html import read_html  # noqa: PLC0415

    return read_html(file)


def _read_text(file: Path) -> Extraction:
    from corpus.readers.text import read_text  # noqa: PLC0415

    return read_text(file)


_READERS = {
    "Word": _read_word,
    "PDF": _read_pdf,
    "HTML": _read_html,
    "plain text": _read_text,
}


def _ending(file: Path) -> str:
    """The ending in lower case, "" for none; ".75" of "Res.75" is none."""
    suffix = file.suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def _format_of(content: bytes, file: Path) -> str:
    """The format by content, or UnreadableDocumentError saying what it is instead."""
    if content.startswith(_ZIP):
        return _zip_format(content, file.name)
    if content.startswith(_OLE):
        raise UnreadableDocumentError(_ole_message(content, file.name))
    if b"%PDF-" in content[:1024]:
        return "PDF"
    for start, what in _OTHERS:
        if content.startswith(start):
            raise UnreadableDocumentError(f"{file.name} is {what}")
    head = _decoded_head(content)
    if head is None:
        raise UnreadableDocumentError(f"{file.name} is no document of a known format; {_READ}")
    if "mso-application" in head and "Word.Document" in head:
        raise UnreadableDocumentError(f"{file.name} is Word in one XML file; save it as .docx")
    if re.match(r"\s*(?:From:|MIME-Version:)", head) and "multipart/related" in head:
        raise UnreadableDocumentError(f"{file.name} is a web archive; save it as plain .html")
    if _HTML_START.match(head):
        return "HTML"
    if _ending(file) in ENDINGS["HTML"] and _TAG_START.match(head):
        return "HTML"
    return "plain text"


def _zip_format(content: bytes, name: str) -> str:
    from corpus.readers.office_package import OfficePackage  # noqa: PLC0415

    package = OfficePackage(content, name=name)
    if "mimetype" in package and "content.xml" in package:
        raise UnreadableDocumentError(f"{name} is an OpenDocument file; save it as .docx")
    if "[Content_Types].xml" not in package:
        raise UnreadableDocumentError(f"{name} is an archive, no Word file; unpack it")
    if not any(part.startswith("word/") for part in package.parts):
        for folder, what in (("xl/", "a spreadsheet"), ("ppt/", "a presentation")):
            if any(part.startswith(folder) for part in package.parts):
                raise UnreadableDocumentError(f"{name} is {what}; save its text as .docx")
    return "Word"


def _ole_message(content: bytes, name: str) -> str:
    """What is wrong with a file in Microsoft's older container; its directory is in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return f"{name} is protected by a password; save it without one"
    if "WordDocument".encode("utf-16-le") in content:
        return f"{name} is in Word's old format (.doc); open it in Word and save it as .docx"
    return f"{name} is an old Office file, no text document that is read here; save it as .docx"


def _decoded_head(content: bytes) -> str | None:
    """The beginning as text, roughly decoded; None for what holds binary bytes."""
    head = content[:_HEAD]
    for mark, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, errors="replace")
    if b"\x00" in head:
        return _without_mark(head)
    controls = sum(byte < 0x20 and byte not in b"\t\n\f\r\x1a\x1b" for byte in head)
    return None if controls > len(head) // 50 else head.decode("utf-8", errors="replace")


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of its ASCII characters is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 8 and even == 0:
        return head.decode("utf-16-le", errors="replace")
    if even > len(head) // 8 and odd == 0:
        return head.decode("utf-16-be", errors="replace")
    return None
