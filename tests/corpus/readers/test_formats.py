"""What is read as what, and that every other file costs one line and no more."""

import io
import random
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableDocumentError
from corpus.readers.formats import read_document
from corpus.readers.limits import MAX_FILE_BYTES
from tests.corpus.readers.pdf_files import lines_of_text, write_pdf
from tests.corpus.readers.shown import assert_covers_its_text, texts
from tests.corpus.readers.word_files import (
    level,
    note,
    numbering,
    paragraph,
    run,
    uses,
    write_word,
)

_SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _file(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    return file


def _zip(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def _refusal(file):
    with pytest.raises(UnreadableDocumentError) as caught:
        read_document(file)
    message = str(caught.value)
    assert message.startswith(file.name)
    assert "\n" not in message
    return message


def test_each_format_is_known_by_its_content(tmp_path):
    word = write_word(tmp_path / "a.docx", paragraph("resolves"))
    print_ = write_pdf(tmp_path / "a.pdf", [lines_of_text(["resolves"])])
    page = _file(tmp_path, "a.html", b"<!DOCTYPE html><p>resolves")
    plain = _file(tmp_path, "a.txt", b"resolves")

    assert {read_document(file).text for file in (word, print_, page, plain)} == {"resolves"}


def test_a_file_without_an_ending_is_read_by_its_content(tmp_path):
    word = write_word(tmp_path / "Resolution 99.75", paragraph("resolves"))
    plain = _file(tmp_path, "A-RES-70-1", "考虑到".encode())

    assert read_document(word).text == "resolves"
    assert read_document(plain).text == "考虑到"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docx", b"%PDF-1.4\n", "is a PDF file by its content"),
        ("a.pdf", b"plain words", "rename it to end in .txt"),
        ("a.txt", b"<!doctype html><p>x", "rename it to end in .html"),
        ("a.csv", b"a;b;c", "ends in .csv, which is not read here"),
        ("a.docx", b"{\\rtf1 x}", "is an RTF file; save it as .docx"),
        ("a.doc", _OLE + "WordDocument".encode("utf-16-le"), "old format (.doc)"),
        ("a.docx", _OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.docx", _OLE, "old Office file"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
        ("a.txt", bytes(range(256)) * 20, "no document of a known format"),
        ("a.docx", b"PK\x03\x04 and then nothing", "is damaged"),
        ("a.docx", _zip(readme="x"), "is an archive, no Word file"),
        ("a.odt", _zip(mimetype="x", content_dot_xml="<x/>"), "is an OpenDocument file"),
        ("a.docx", _zip(**{"[Content_Types]_dot_xml": "x", "xl__a": "x"}), "is a spreadsheet"),
        ("a.docx", _zip(**{"[Content_Types]_dot_xml": "x", "ppt__a": "x"}), "is a presentation"),
        (
            "a.docx",
            _zip(**{"[Content_Types]_dot_xml": "x", "word__a": "x"}),
            "main part is missing",
        ),
        ("a.html", b"MIME-Version: 1.0\nContent-Type: multipart/related", "is a web archive"),
        ("a.gz", b"\x1f\x8b\x08" + bytes(20), "is a compressed archive"),
        ("a.txt", b"", "is empty"),
    ],
)
def test_whatever_is_not_read_is_named_in_one_line(tmp_path, name, content, said):
    assert said in _refusal(_file(tmp_path, name, content))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert "does not exist" in _refusal(tmp_path / "absent.txt")
    assert "is a folder" in _refusal(tmp_path)


def test_an_oversized_file_is_refused_at_once(tmp_path):
    file = tmp_path / "large.docx"
    with file.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(4 * MAX_FILE_BYTES)
    begun = time.perf_counter()

    message = _refusal(file)

    assert "is larger than 50 MB" in message
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize("size", [2_000_000, 30_000_000])  # by its ratio, by its size
def test_a_part_that_unpacks_to_more_than_it_may_is_refused_unread(tmp_path, monkeypatch, size):
    file = write_word(tmp_path / "bomb.docx", paragraph("x" * size))
    unpacked = []
    usual = zipfile.ZipFile.open

    def watched(archive, entry, *rest):
        unpacked.append(entry.filename)
        return usual(archive, entry, *rest)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)

    assert "unpacks to more than a document may hold" in _refusal(file)
    assert "word/document.xml" not in unpacked


def test_a_part_that_lies_about_its_size_is_refused(tmp_path):
    file = write_word(tmp_path / "liar.docx", paragraph("x" * 26_000_000))
    content = bytearray(file.read_bytes())
    place = content.rindex(b"word/document.xml") - 46 + 24  # size in the central directory
    content[place : place + 4] = (1000).to_bytes(4, "little")
    file.write_bytes(content)

    message = _refusal(file)

    assert "damaged" in message or "unpacks" in message


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/w.dtd">',
    ],
)
def test_entities_are_never_resolved(tmp_path, declaration):
    file = write_word(tmp_path / "entity.docx", paragraph("x"), declaration=declaration)

    assert "declares a document type" in _refusal(file)


def test_a_part_of_a_million_elements_is_refused_before_it_is_a_tree(tmp_path):
    file = write_word(tmp_path / "many.docx", "<w:p/>" * 1_300_000)

    message = _refusal(file)

    assert "pieces of markup" in message or "unpacks to more" in message


def test_a_part_nested_beyond_reason_is_refused(tmp_path):
    deep = "<w:tbl><w:tr><w:tc>" * 400 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 400

    assert _refusal(write_word(tmp_path / "deep.docx", deep))


def test_the_largest_text_that_is_read_stays_in_its_time(tmp_path):
    body = paragraph(run("that the item is considered;")) * 60_000
    file = write_word(tmp_path / "long.docx", body)
    begun = time.process_time()

    try:
        read_document(file)
    except UnreadableDocumentError as error:
        assert "limit" in str(error) or "unpacks" in str(error)

    assert time.process_time() - begun < 5


def _valid_files(folder):
    lists = numbering({0: level(0, "lowerLetter", "%1)")}, {1: uses(0)})
    body = (
        paragraph("RESOLUTION 99")
        + paragraph("that x", numbered=(1, 0))
        + paragraph(run("noted") + '<w:r><w:footnoteReference w:id="1"/></w:r>')
        + f"<w:tbl><w:tr><w:tc>{paragraph('cell')}</w:tc></w:tr></w:tbl>"
    )
    notes = note("footnote", 1, paragraph("<w:r><w:footnoteRef/></w:r>" + run(" note")))
    page = (
        "<!doctype html><meta charset=utf-8><ol type=a start=2><li>x<li>y</ol>"
        '<p>z<sup><a href="#f">1</a></sup></p><p id=f>1 note</p>'
    )
    (folder / "page.html").write_text(page)
    return [
        write_word(folder / "word.docx", body, numbering=lists, footnotes=notes),
        folder / "page.html",
    ]


@pytest.fixture(scope="module")
def valid_contents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("valid")
    return [file.read_bytes() for file in _valid_files(folder)]


@given(
    content=st.binary(max_size=400),
    head=st.sampled_from(
        [b"", b"PK\x03\x04", b"<!doctype html>", b"\xff\xfe", b"{\\rtf", b"<?xml version='1.0'?>"]
    ),
    ending=st.sampled_from(["", ".docx", ".html", ".txt", ".md", ".xyz"]),
)
@example(content=b"<html", head=b"", ending=".html")
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_give_a_text_or_one_line(tmp_path, content, head, ending):
    file = _file(tmp_path, f"any{ending}", head + content)

    try:
        extraction = read_document(file)
    except UnreadableDocumentError as error:
        assert str(error).startswith("any")
    else:
        assert_covers_its_text(extraction)


@given(which=st.integers(0, 1), seed=st.integers(0, 2**32), number=st.integers(1, 12))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_valid_file_with_some_bytes_changed_gives_a_text_or_one_line(
    tmp_path, valid_contents, which, seed, number
):
    content = _changed(valid_contents[which], seed, number)
    file = _file(tmp_path, "changed", content)

    try:
        extraction = read_document(file)
    except UnreadableDocumentError as error:
        assert str(error).startswith("changed")
    else:
        assert_covers_its_text(extraction)


@given(seed=st.integers(0, 2**32), number=st.integers(1, 8))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_word_file_with_markup_changed_inside_gives_a_text_or_one_line(
    tmp_path, valid_contents, seed, number
):
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(valid_contents[0])) as old,
        zipfile.ZipFile(buffer, "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name, _shuffled_values(content, seed, number) if "word/" in name else content
            )
    file = _file(tmp_path, "inside.docx", buffer.getvalue())

    try:
        extraction = read_document(file)
    except UnreadableDocumentError as error:
        assert str(error).startswith("inside.docx")
    else:
        assert_covers_its_text(extraction)


@pytest.mark.parametrize("seed", range(12))
def test_a_pdf_with_some_bytes_changed_gives_a_text_or_one_line(tmp_path, seed):
    file = write_pdf(tmp_path / "print.pdf", [lines_of_text(["considering", "a) that x;"])] * 2)
    file.write_bytes(_changed(file.read_bytes(), seed, 30))

    try:
        extraction = read_document(file)
    except UnreadableDocumentError as error:
        assert str(error).startswith("print.pdf")
    else:
        assert_covers_its_text(extraction)


def _changed(content, seed, number):
    """The bytes with some replaced, cut out or doubled."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _ in range(number):
        place = chance.randrange(max(1, len(changed)))
        kind = chance.randrange(3)
        if kind == 0 and changed:
            changed[place % len(changed)] = chance.randrange(256)
        elif kind == 1:
            del changed[place : place + chance.randrange(20)]
        else:
            changed[place:place] = changed[place : place + chance.randrange(40)]
    return bytes(changed) or b" "


def _shuffled_values(content, seed, number):
    """Well-formed XML stays well-formed: the values of attributes change places."""
    chance = random.Random(seed)
    text = content.decode("utf-8")
    values = [*re.findall(r'w:\w+="([^"]*)"', text), "", "-1", "999999999999", "x", "0", "none"]
    for _ in range(number):
        found = list(re.finditer(r'(w:\w+=)"([^"]*)"', text))
        if not found:
            break
        one = chance.choice(found)
        text = text[: one.start()] + f'{one[1]}"{chance.choice(values)}"' + text[one.end() :]
    return text.encode("utf-8")


def test_the_parsers_of_a_format_are_loaded_only_for_it(tmp_path):
    plain = _file(tmp_path, "a.txt", b"resolves")
    script = (
        "import sys, pathlib\n"
        "from corpus.readers.formats import read_document\n"
        "read_document(pathlib.Path(sys.argv[1]))\n"
        "print(*sorted({'lxml', 'docx', 'pypdfium2', 'pdfplumber', 'pypdf'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(plain)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )

    assert done.stdout.strip() == ""


def test_a_plain_text_of_every_language_is_read_unchanged(tmp_path):
    words = "considering\n考虑到\nучитывая,\nإذ تضع في اعتبارها\nconsidérant\nteniendo en cuenta\n"

    extraction = read_document(_file(tmp_path, "all.txt", words.encode()))

    assert extraction.text == words
    assert texts(extraction) == words.split("\n")[:-1]


@pytest.mark.skipif(not _SAMPLES.exists(), reason="../shared/samples is not beside the project")
def test_every_sample_is_read_and_covered():
    files = sorted(_SAMPLES.iterdir())

    for file in files:
        assert_covers_its_text(read_document(file))
