"""The zip container of Word files: parts by name and relationship, bounded before they are read."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from corpus.errors import UnreadableDocumentError
from corpus.readers.limits import (
    MAX_PART_BYTES,
    MAX_PARTS_BYTES,
    MAX_RATIO,
    RATIO_APPLIES_FROM,
    parse_xml,
)

if TYPE_CHECKING:
    from lxml import etree

_MAX_PARTS = 4000
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# "Strict Open XML" differs from what Word saves by default in its namespaces only.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


@dataclass(frozen=True, slots=True)
class Relationship:
    kind: str  # last part of its type: "footnotes", "header", "officeDocument"
    target: str  # name of the part, without a leading slash


class OfficePackage:
    """The parts of an Office file. Every failure is an UnreadableDocumentError naming the file."""

    def __init__(self, content: bytes, *, name: str) -> None:
        self._name = name
        self._spent = 0
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
            entries = self._archive.infolist()
        except _ZIP_ERRORS as error:
            raise self._damaged(error) from error
        if len(entries) > _MAX_PARTS:
            raise UnreadableDocumentError(
                f"{name} holds {len(entries)} parts, more than {_MAX_PARTS}; save it anew in Word"
            )
        self._entries = {entry.filename.replace("\\", "/").lstrip("/"): entry for entry in entries}

    def __contains__(self, part: str) -> bool:
        return part in self._entries

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(self._entries)

    def read(self, part: str) -> bytes:
        """The bytes of a part, refused before reading when it declares to be a bomb."""
        entry = self._entries.get(part)
        if entry is None:
            raise UnreadableDocumentError(
                f"{self._name} is damaged: its part {part[:80]} is missing; save it anew in Word"
            )
        if entry.flag_bits & 0x1:
            raise UnreadableDocumentError(
                f"{self._name} is protected by a password; save it without one"
            )
        ratio = entry.file_size / max(entry.compress_size, 1)
        allowed = min(MAX_PART_BYTES, MAX_PARTS_BYTES - self._spent)
        if entry.file_size > allowed or (
            entry.file_size > RATIO_APPLIES_FROM and ratio > MAX_RATIO
        ):
            raise self._bomb(part)
        try:
            with self._archive.open(entry) as stream:
                content = stream.read()  # never more than the declared size
        except _ZIP_ERRORS as error:
            raise self._damaged(error) from error
        self._spent += len(content)
        return content

    def xml(self, part: str) -> "etree._Element":
        content = self.read(part)
        for strict, usual in _STRICT:
            content = content.replace(strict, usual)
        return parse_xml(content, name=self._name)

    def relationships(self, part: str) -> Mapping[str, Relationship]:
        """The relationships of a part ("" for the package) by id; external ones are left out."""
        folder, _, file = part.rpartition("/")
        listing = posixpath.join(folder, "_rels", f"{file}.rels")
        if listing not in self:
            return {}
        found = {}
        for element in self.xml(listing).iter(_RELATIONSHIP):
            target = element.get("Target", "")
            if element.get("TargetMode") == "External" or not target:
                continue
            absolute = target if target.startswith("/") else posixpath.join("/", folder, target)
            name = re.sub(r"^/+", "", posixpath.normpath(absolute))
            kind = element.get("Type", "").rpartition("/")[2]
            found[element.get("Id", "")] = Relationship(kind, name)
        return found

    def _bomb(self, part: str) -> UnreadableDocumentError:
        return UnreadableDocumentError(
            f"{self._name} unpacks to more than a document may hold (part {part[:80]}); "
            "split it, or do not trust it"
        )

    def _damaged(self, error: Exception) -> UnreadableDocumentError:
        return UnreadableDocumentError(
            f"{self._name} is damaged: {error or type(error).__name__}; fetch it again"
        )


# What zipfile raises for bytes it did not expect, NotImplementedError for unknown compressions.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    KeyError,
    IndexError,
    OverflowError,
    UnicodeDecodeError,
    MemoryError,
)
