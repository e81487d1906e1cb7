"""What a document may cost: bytes, nodes and seconds, checked before anything is spent.

A file comes from anywhere. Every reader takes its bytes from `read_bounded` and its XML from
`parse_xml`, so that a bomb is refused by its size and not by the machine's memory.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UnreadableDocumentError

if TYPE_CHECKING:
    from lxml import etree

MAX_FILE_BYTES = 50 * 1024 * 1024
# A part of 285 kB holds 40 pages of WTSA Resolution 1; 24 MB are more than 3000 pages.
MAX_PART_BYTES = 24 * 1024 * 1024
MAX_PARTS_BYTES = 32 * 1024 * 1024
# Real parts shrink 10 to 40 times; a run of equal bytes shrinks 1000 times.
MAX_RATIO = 200
RATIO_APPLIES_FROM = 1024 * 1024
# libxml2 takes about 200 bytes a node; this keeps a tree under 300 MB.
MAX_NODES = 1_200_000


def read_bounded(file: Path, *, limit: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of the file; UnreadableDocumentError if there are none, or too many."""
    try:
        size = file.stat().st_size
        if file.is_dir():
            raise UnreadableDocumentError(f"{file.name} is a folder; give the files in it")
        if not file.is_file():
            raise UnreadableDocumentError(f"{file.name} is no ordinary file; give a document")
        if size > limit:
            raise too_large(file.name, limit)
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except FileNotFoundError:
        raise UnreadableDocumentError(
            f"{file.name} does not exist in {file.parent}; check the path"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableDocumentError(
            f"{file.name} cannot be opened: {reason}; check the path and the rights"
        ) from error
    if len(content) > limit:
        raise too_large(file.name, limit)
    if not content:
        raise UnreadableDocumentError(f"{file.name} is empty; fetch it again")
    return content


def too_large(name: str, limit: int) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{name} is larger than {limit // 1024 // 1024} MB, the limit of a document; split it"
    )


def check_nodes(content: bytes, name: str, *, limit: int = MAX_NODES) -> None:
    """Raise UnreadableDocumentError if the markup would build a tree too large for memory.

    An attribute costs two nodes, its own and that of its value.
    """
    if content.count(b"<") + 2 * content.count(b'="') > limit:
        raise UnreadableDocumentError(
            f"{name} holds more than {limit} pieces of markup, the limit; split it"
        )


def parse_xml(content: bytes, *, name: str) -> "etree._Element":
    """The root of an XML part; entities are not resolved, nothing is fetched.

    Raises UnreadableDocumentError (naming `name`, the file) if the part is no well-formed XML,
    declares a document type (no Office file has one: it is where entity bombs live) or is too big.
    """
    from lxml import etree  # noqa: PLC0415 - only documents in XML pay for it

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _doctype(name)
    check_nodes(content, name)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableDocumentError(
            f"{name} is damaged: {_first_line(error)}; fetch it again or save it anew"
        ) from error
    if getattr(
        root.getroottree().docinfo, "doctype", ""
    ):  # in another encoding than the bytes looked for above
        raise _doctype(name)
    return root


def _doctype(name: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{name} declares a document type inside, which no Office file does; save it anew"
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
