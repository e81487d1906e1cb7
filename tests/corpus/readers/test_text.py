from pathlib import Path

import pytest

from corpus.errors import UnreadableDocumentError
from corpus.readers.text import decode, extract_text, read_text

CHINESE = (
    "第75号决议（2022年，日内瓦，修订版）\n考虑到\na)\t信息社会世界高峰会议两个阶段会议的"
    "相关成果；\n"
)
RUSSIAN = (
    "РЕЗОЛЮЦИЯ 101 (Пересм. Пусан, 2014 г.)\nПолномочная конференция Международного союза"
    " электросвязи,\nнапоминая\nо том, что сети на базе протокола Интернет развиваются,\n"
)
FRENCH = (
    "RÉSOLUTION 62 (Rév. Dubaï, 2012)\nL'Assemblée mondiale de normalisation des"
    " télécommunications,"
    "\nconsidérant\nque le règlement des différends est utile à l'élaboration des systèmes,\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (CHINESE, "utf-32"),
        (CHINESE * 5, "gb18030"),
        (RUSSIAN * 5, "windows-1251"),
        (RUSSIAN * 5, "koi8-r"),
        (FRENCH * 5, "windows-1252"),
        (FRENCH, "utf-16-le"),
    ],
)
def test_a_text_is_read_in_the_encoding_it_was_written_in(tmp_path: Path, text: str, encoding: str):
    path = tmp_path / "resolution.txt"
    path.write_bytes(text.encode(encoding))

    extraction = read_text(path)

    assert extraction.text == text
    assert extraction.file == "resolution.txt"


def test_every_line_with_words_is_a_paragraph_and_no_character_is_changed():
    text = "one\r\n\r\n  two \n \t\nthree\x0cfour"

    extraction = extract_text(text, file="x.txt")

    assert extraction.text == text
    assert extraction.lines
    assert [text[p.start : p.end] for p in extraction.paragraphs] == [
        "one", "  two ", "three", "four",
    ]  # fmt: skip


def test_control_characters_stay_where_they_are():
    text = "a) that\x01 it be\x02 so"

    assert extract_text(text, file="x.txt").text == text


def test_footnotes_of_the_text_come_with_it():
    extraction = extract_text("国家[footnoteRef:1]1的 [1: 1\t岛国。]\n", file="x.txt")

    assert [note.text for note in extraction.footnotes] == ["岛国。"]


def test_a_mark_of_a_proposal_makes_a_proposal():
    extraction = extract_text("MOD\tARB/43A16/1\nRESOLUTION 75\n", file="x.txt")

    assert extraction.proposal == "MOD"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t ", "holds no text"),
        (bytes(range(32)) * 40, "is no text"),
        (b"\xef\xbb\xbf\xff\xfe\xff", "says that it is utf-8"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "resolution.txt"
    path.write_bytes(content)

    with pytest.raises(UnreadableDocumentError, match=said) as caught:
        read_text(path)

    assert "\n" not in str(caught.value)
    assert "resolution.txt" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(UnreadableDocumentError, match=r"gone\.txt does not exist"):
        read_text(tmp_path / "gone.txt")


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "large.txt"
    path.write_text("considering\n" * 100)
    monkeypatch.setattr("corpus.readers.text.MAX_FILE_BYTES", 100)

    with pytest.raises(UnreadableDocumentError, match="larger than"):
        read_text(path)


def test_bytes_that_are_utf_8_are_never_guessed_at():
    assert decode("naïve 决议".encode(), file="x") == "naïve 决议"
