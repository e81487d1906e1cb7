"""Small Word files for tests, one feature each, written as the XML that Word writes."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{_W}" xmlns:r="{_R}"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_KINDS = {
    "styles": ("styles", "styles"),
    "numbering": ("numbering", "numbering"),
    "footnotes": ("footnotes", "footnotes"),
    "endnotes": ("endnotes", "endnotes"),
    "settings": ("settings", "settings"),
}
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def run(text: str, properties: str = "") -> str:
    """One run; a tab and a line break in `text` become w:tab and w:br."""
    shown = (
        escape(text)
        .replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
        .replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    )
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{shown}</w:t></w:r>'


def paragraph(
    content: str = "", *, style: str = "", numbered: tuple[int, int] | None = None
) -> str:
    """One paragraph of runs (or of plain text, when there is no markup in it)."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered is not None:
        list_id, level = numbered
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    inside = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def level(index: int, number_format: str, text: str, *, start: int = 1, more: str = "") -> str:
    """One level of an abstract list."""
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>'
        f'{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(abstracts: dict[int, str], lists: dict[int, str]) -> str:
    """A numbering part: levels by abstract list; what stands inside each w:num by its id."""
    return "".join(
        f'<w:abstractNum w:abstractNumId="{index}">{levels}</w:abstractNum>'
        for index, levels in abstracts.items()
    ) + "".join(f'<w:num w:numId="{list_id}">{inside}</w:num>' for list_id, inside in lists.items())


def uses(abstract: int, overrides: str = "") -> str:
    return f'<w:abstractNumId w:val="{abstract}"/>{overrides}'


def named_style(identifier: str, name: str, inside: str = "", *, kind: str = "paragraph") -> str:
    head = f'<w:style w:type="{kind}" w:styleId="{identifier}"><w:name w:val="{name}"/>'
    return f"{head}{inside}</w:style>"


def note(kind: str, identifier: int, *paragraphs: str) -> str:
    return f'<w:{kind} w:id="{identifier}">{"".join(paragraphs)}</w:{kind}>'


def write_word(
    file: Path,
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    footnotes: str = "",
    endnotes: str = "",
    settings: str = "",
    margins: dict[str, str] | None = None,
    declaration: str = "",
) -> Path:
    """Write a Word file of these parts; `margins`: "header1" or "footer1" -> its paragraphs."""
    parts = {
        "styles": styles,
        "numbering": numbering,
        "footnotes": footnotes,
        "endnotes": endnotes,
        "settings": settings,
    }
    present = {name: content for name, content in parts.items() if content}
    relations = [
        f'<Relationship Id="rId{name}" Type="{_R}/{_KINDS[name][1]}" Target="{name}.xml"/>'
        for name in present
    ]
    references = ""
    for name in margins or {}:
        kind = name.rstrip("0123456789")
        relations.append(f'<Relationship Id="rId{name}" Type="{_R}/{kind}" Target="{name}.xml"/>')
        references += f'<w:{kind}Reference w:type="default" r:id="rId{name}"/>'
    section = f"<w:sectPr>{references}</w:sectPr>"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml"'
            f' ContentType="{_MAIN_TYPE}.document.main+xml"/>'
            "</Types>",
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1"'
            f' Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{"".join(relations)}</Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f"<?xml version='1.0' encoding='UTF-8'?>{declaration}"
            f"<w:document {_NAMESPACES}><w:body>{body}{section}</w:body></w:document>",
        )
        for name, content in present.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {_NAMESPACES}>{content}</w:{name}>")
        for name, content in (margins or {}).items():
            tag = "hdr" if name.startswith("header") else "ftr"
            archive.writestr(f"word/{name}.xml", f"<w:{tag} {_NAMESPACES}>{content}</w:{tag}>")
    return file
