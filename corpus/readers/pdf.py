"""PDF files, read in a process of their own with a bound on time and memory.

A PDF is a program for a printer: a few kilobytes can ask for gigabytes or for hours, and its reader
is written in C++. In a process that may be ended, such a file costs a message and nothing else.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableDocumentError
from corpus.paragraphs import Extraction, Footnote, Paragraph
from corpus.readers.limits import read_bounded

if TYPE_CHECKING:
    from corpus.readers.pdf_glyphs import Page

MAX_PAGES = 500
MAX_CHARACTERS = 3_000_000
# One core reads about 100 full pages a second; the clock gives a busy machine more than its CPU.
CPU_SECONDS = 5
WALL_SECONDS = 20
MEMORY_BYTES = 500 * 1024 * 1024


def read_pdf(file: Path) -> Extraction:
    """The text and lines of a PDF file; `lines` is True.

    Raises UnreadableDocumentError if it is damaged, protected, too large, too slow to read, or has
    no text (a scan).
    """
    read_bounded(file)
    # -P: nothing is imported from the folder in which the user happens to stand.
    command = [sys.executable, "-P", "-m", "corpus.readers.pdf", str(file.resolve())]
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_slow(file.name) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise _ended(file.name, done.returncode) from None
    if "error" in answer:
        raise UnreadableDocumentError(f"{file.name} {answer['error']}")
    return _extraction(answer)


def _extraction(answer: dict[str, Any]) -> Extraction:
    return Extraction(
        file=answer["file"],
        text=answer["text"],
        paragraphs=tuple(Paragraph(*values) for values in answer["paragraphs"]),
        footnotes=tuple(
            Footnote(mark, text, tuple((a, b) for a, b in references), (body[0], body[1]))
            for mark, text, references, body in answer["footnotes"]
        ),
        proposal=answer["proposal"],
        lines=True,
    )


def _ended(name: str, code: int) -> UnreadableDocumentError:
    """What it means that the reading process gave no answer."""
    if code == -_SIGXCPU:
        return _too_slow(name)
    return UnreadableDocumentError(
        f"{name} is damaged, or asks for too much memory; print it to a new PDF and try that"
    )


def _too_slow(name: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{name} takes more than {CPU_SECONDS} s to read; split it, or print it to a new PDF"
    )


_SIGXCPU = 24  # not in the signal module of every system


class _UnreadableError(Exception):
    """In the reading process: what is wrong with the file and what to do, without its name."""


def _answer(file: Path) -> dict[str, Any]:
    """In the reading process: the extraction as plain data, or {"error": what and what to do}."""
    from corpus.readers.pdf_document import extraction_of  # noqa: PLC0415 - see _pages

    try:
        extraction = extraction_of(_pages(file), file=file.name)
    except _UnreadableError as error:
        return {"error": str(error)}
    if extraction is None:
        return {"error": "holds no text (a scan?); run text recognition on it first"}
    answer = asdict(extraction)
    answer["paragraphs"] = [
        (one.start, one.end, one.role, one.style, one.level) for one in extraction.paragraphs
    ]
    answer["footnotes"] = [
        (one.mark, one.text, one.references, one.body) for one in extraction.footnotes
    ]
    return answer


def _pages(file: Path) -> "list[Page]":
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the process that asks never loads it
    from pypdfium2 import PdfiumError  # noqa: PLC0415

    from corpus.readers.pdf_glyphs import open_pdf, read_page  # noqa: PLC0415

    try:
        document = open_pdf(file.read_bytes())
    except PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise _UnreadableError("is protected by a password; save it without one") from error
        raise _UnreadableError("is damaged; fetch it again, or print it to a new PDF") from error
    if len(document) > MAX_PAGES:
        raise _UnreadableError(
            f"has {len(document)} pages, more than {MAX_PAGES}, the limit; split it"
        )
    pages, characters, unmapped = [], 0, 0
    for index in range(len(document)):
        try:
            page = read_page(document, index)
        except PdfiumError as error:
            raise _UnreadableError(
                f"is damaged at page {index + 1}; print it to a new PDF"
            ) from error
        pages.append(page)
        characters += sum(len(atom.text) for atom in page.atoms)
        unmapped += page.unmapped
        if characters > MAX_CHARACTERS:
            raise _UnreadableError(
                f"holds more than {MAX_CHARACTERS} characters, the limit; split it"
            )
    if unmapped > characters // 3:
        raise _UnreadableError(
            "has fonts that do not tell its characters; save it as .docx from the source"
        )
    return pages


def _bound_this_process() -> None:
    try:
        import resource  # noqa: PLC0415 - POSIX only; elsewhere the clock alone is the bound
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bound_this_process()
    try:
        result = _answer(Path(sys.argv[1]))
    except (MemoryError, RecursionError):
        result = {"error": "asks for too much memory; split it, or print it to a new PDF"}
    sys.stdout.write(json.dumps(result))
