"""A file -> its resolutions: read, identify, structure. The only module that knows all steps.

Reading a document never needs a store or a model; `resolutions parse` is this module and a
renderer. The steps are imported by the first document, since most commands read none: 60 ms.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from corpus.paragraphs import Extraction

if TYPE_CHECKING:
    from corpus.structure import ParsedDocument


def parse_document(
    file: Path,
    *,
    body: str | None = None,
    number: str | None = None,
    year: int | None = None,
    language: str | None = None,
) -> "tuple[ParsedDocument, ...]":
    """The resolutions in `file`, in document order, at least one.

    `body`, `number`, `year` and `language` answer what the document does not tell or tells twice;
    they overrule it. Raises UnreadableDocumentError, NotAResolutionError or UnknownMetadataError.
    """
    from corpus.readers.formats import read_document  # noqa: PLC0415

    return parse_extraction(
        read_document(file), body=body, number=number, year=year, language=language
    )


def parse_extraction(
    extraction: Extraction,
    *,
    body: str | None = None,
    number: str | None = None,
    year: int | None = None,
    language: str | None = None,
) -> "tuple[ParsedDocument, ...]":
    """The same for a document that has been read already."""
    from corpus.identity import identify  # noqa: PLC0415
    from corpus.structure import structure_document  # noqa: PLC0415

    titles = identify(extraction, body=body, number=number, year=year, language=language)
    return structure_document(extraction, titles)
