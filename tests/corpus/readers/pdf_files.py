"""Small PDF files for tests: text set piece by piece at given places, fonts by name only."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Text:
    """A piece of text: its left end and baseline in points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 11.0
    turned: bool = False  # by a quarter counterclockwise, the places too

    @property
    def matrix(self) -> str:
        if self.turned:
            return f"0 1 -1 0 {595 - self.y} {self.x}"
        return f"1 0 0 1 {self.x} {self.y}"


def write_pdf(
    file: Path,
    pages: Sequence[Sequence[Text]],
    *,
    rotation: int = 0,
    width_of_letter: int = 500,
    content: bytes | None = None,
) -> Path:
    """Write pages of A4. Every character is `width_of_letter` thousandths of the size wide.

    `content`, zlib over zlib, takes the place of what the pages show.
    Characters stand from left to right in the order given, as a printer driver places glyphs:
    text that runs right to left must be given as it is seen.
    """
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "",  # the page tree, once its kids are known
        "<</Type/Font/Subtype/Type0/BaseFont/Test/Encoding/Identity-H/DescendantFonts[4 0 R]"
        "/ToUnicode 6 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/Test/CIDSystemInfo<</Registry(Adobe)"
        f"/Ordering(Identity)/Supplement 0>>/DW {width_of_letter}/FontDescriptor 5 0 R>>",
        "<</Type/FontDescriptor/FontName/Test/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0"
        "/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        _stream(_CHARACTER_MAP.encode()),
    ]
    kids = []
    for page in pages:
        shown = "\n".join(
            f"BT /F1 {one.size} Tf {one.matrix} Tm <{_hexadecimal(one.text)}> Tj ET" for one in page
        )
        objects.append(
            _stream(shown.encode()) if content is None else _stream(content, squeezed_twice=True)
        )
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
            f"/Rotate {rotation}/Resources<</Font<</F1 3 0 R>>>>/Contents {len(objects)} 0 R>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    file.write_bytes(_assembled(objects))
    return file


def lines_of_text(
    lines: Sequence[str], *, x: float = 70, top: float = 760, leading: float = 14, size: float = 11
) -> list[Text]:
    """Lines one below the other."""
    return [Text(x, top - index * leading, line, size) for index, line in enumerate(lines)]


def _hexadecimal(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _stream(content: bytes, *, squeezed_twice: bool = False) -> str:
    filters = "/Filter[/FlateDecode/FlateDecode]" if squeezed_twice else ""
    head = f"<</Length {len(content)}{filters}>>"
    return f"{head}\nstream\n{content.decode('latin-1')}\nendstream"


def _assembled(objects: Sequence[str]) -> bytes:
    written = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    written += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\n".encode()
    return written + f"startxref\n{table}\n%%EOF\n".encode()


_CHARACTER_MAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Identity def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end"""
