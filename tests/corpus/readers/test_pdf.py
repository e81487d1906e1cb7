"""One feature of a PDF in each test; the files are set here, piece by piece."""

import zlib
from dataclasses import replace

import pytest

from corpus.errors import UnreadableDocumentError
from corpus.readers import pdf
from corpus.readers.pdf import read_pdf
from tests.corpus.readers.pdf_files import Text, lines_of_text, write_pdf
from tests.corpus.readers.shown import assert_is_trim, texts


def _read(tmp_path, *pages, **options):
    extraction = read_pdf(write_pdf(tmp_path / "text.pdf", pages, **options))
    assert_is_trim(extraction)
    assert extraction.lines
    return extraction


def test_lines_are_paragraphs_from_the_top_down_whatever_the_order_in_the_file(tmp_path):
    lines = lines_of_text(["RESOLUTION 99", "considering", "a) that x;"])

    extraction = _read(tmp_path, lines[::-1])

    assert extraction.text == "RESOLUTION 99\nconsidering\na) that x;"
    assert texts(extraction) == ["RESOLUTION 99", "considering", "a) that x;"]


def test_words_placed_apart_are_joined_by_one_space_and_labels_by_a_tab(tmp_path):
    page = [Text(70, 700, "a)"), Text(110, 700, "that"), Text(140, 700, "the"), Text(162, 700, "x")]

    extraction = _read(tmp_path, page)

    assert extraction.text == "a)\tthat the x"


def test_two_columns_are_read_one_after_the_other(tmp_path):
    left = lines_of_text([f"left line {n} of the first column" for n in range(6)], x=60)
    right = lines_of_text([f"right line {n} of the second column" for n in range(6)], x=320)
    title = Text(60, 800, "a title that runs over both of the columns of this page, left to right")
    woven = [piece for pair in zip(left, right, strict=True) for piece in pair]

    extraction = _read(tmp_path, [title, *woven])

    assert texts(extraction) == [title.text, *(one.text for one in left + right)]


def test_columns_of_an_arabic_page_begin_at_the_right(tmp_path):
    words = "ةماع ةملك رطس اذه"
    left = lines_of_text([f"{words} ب" for _ in range(4)], x=60)
    right = lines_of_text([f"{words} أ" for _ in range(4)], x=320)

    extraction = _read(tmp_path, left + right)

    assert [text[0] for text in texts(extraction)] == ["أ"] * 4 + ["ب"] * 4


def test_labels_beside_their_text_are_no_column(tmp_path):
    labels = lines_of_text(["a)", "b)", "c)", "d)"], x=60)
    items = lines_of_text([f"that item {n} goes on for a while;" for n in range(4)], x=100)

    extraction = _read(tmp_path, labels + items)

    assert texts(extraction)[0] == "a)\tthat item 0 goes on for a while;"
    assert len(texts(extraction)) == 4


def test_headers_footers_and_page_numbers_are_told_by_repetition(tmp_path):
    pages = [
        [
            Text(70, 810, f"WXYZ-99/Doc. {40 + page}-E"),
            Text(70, 800, "Assembly of the Union", 9),
            *lines_of_text([f"words {word} of the page" for word in words], top=740),
            Text(290, 30, f"- {page + 11} -"),
        ]
        for page, words in enumerate([("one", "two"), ("three", "four"), ("five", "six")])
    ]

    extraction = _read(tmp_path, *pages)

    assert texts(extraction) == [
        f"words {word} of the page" for word in ("one", "two", "three", "four", "five", "six")
    ]
    assert texts(extraction, "header") == [
        "WXYZ-99/Doc. 40-E",
        "Assembly of the Union",
        "WXYZ-99/Doc. 41-E",
        "WXYZ-99/Doc. 42-E",
    ]
    assert texts(extraction, "page-mark") == ["- 11 -", "- 12 -", "- 13 -"]


def test_items_that_stand_at_the_same_height_on_many_pages_are_no_headers(tmp_path):
    numbered = [
        lines_of_text([f"{3 * page + n}) that the same words come again;" for n in range(3)])
        for page in range(4)
    ]
    unnumbered = [
        lines_of_text(["that the same words", "come on every page", *"abcdef"[page:]])
        for page in range(4)
    ]

    assert len(texts(_read(tmp_path, *numbered))) == 12
    assert len(texts(_read(tmp_path, *unnumbered))) == 8 + 6 + 5 + 4 + 3


def test_the_number_of_a_single_page_is_no_text(tmp_path):
    extraction = _read(tmp_path, [*lines_of_text(["resolves", "1 to act"]), Text(290, 40, "79")])

    assert texts(extraction) == ["resolves", "1 to act"]
    assert texts(extraction, "page-mark") == ["79"]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["inter-", "national work"], ["international", "work"]),
        (["the ITU-", "T work"], ["the ITU-T", "work"]),
        (["WTSA-", "20 met"], ["WTSA-20", "met"]),
        (["the vice-", "chairman, who"], ["the vice-chairman,", "who"]),
        (["a stand-by plan, stand-", "by work"], ["a stand-by plan, stand-by", "work"]),
        (["no cooperation, co-", "operation"], ["no cooperation, cooperation"]),
        (["la télécommuni-", "cation;"], ["la télécommunication;"]),
        (["стандарти-", "зация электросвязи"], ["стандартизация", "электросвязи"]),
        (["items –", "more"], ["items –", "more"]),
    ],
)
def test_words_cut_at_the_end_of_a_line_are_put_together(tmp_path, lines, joined):
    extraction = _read(tmp_path, lines_of_text(lines))

    assert texts(extraction) == joined


def test_a_word_cut_at_the_end_of_a_page_is_put_together(tmp_path):
    extraction = _read(
        tmp_path,
        [*lines_of_text(["the tele-"]), Text(290, 30, "1")],
        [*lines_of_text(["communication sector"]), Text(290, 30, "2")],
    )

    assert texts(extraction) == ["the telecommunication", "sector"]


def test_a_footnote_is_told_by_its_small_print_and_its_mark(tmp_path):
    page = [
        *lines_of_text(["considering", "that developing countries"]),
        Text(70 + 25 * 5.5, 750, "1", 7),
        *lines_of_text(["need more support than others;"], top=732),
        *lines_of_text(["1 These include the", "smallest islands."], top=100, size=8, leading=10),
    ]

    extraction = _read(tmp_path, page)

    assert texts(extraction)[1] == "that developing countries1"
    assert texts(extraction, "footnote") == ["1 These include the", "smallest islands."]
    (found,) = extraction.footnotes
    assert found.mark == "1"
    assert found.text == "These include the\nsmallest islands."
    assert [extraction.text[a:b] for a, b in found.references] == ["1"]


def test_paragraphs_that_stand_apart_are_parted_by_a_blank_line(tmp_path):
    page = lines_of_text(["one", "two", "three"]) + lines_of_text(["four", "five"], top=690)

    extraction = _read(tmp_path, page)

    assert extraction.text == "one\ntwo\nthree\n\nfour\nfive"


@pytest.mark.parametrize(
    "words",
    [
        "考虑到第99号决议（2022年，日内瓦，修订版）",
        "учитывая, что Форум состоялся,",
        "décide de charger le Secrétaire général",
        "resuelve encargar al Secretario General",
        "resolves to instruct the Secretary-General",
    ],
)
def test_text_that_runs_left_to_right_is_stored_as_written(tmp_path, words):
    extraction = _read(tmp_path, [Text(40, 700, words, 10)])

    assert extraction.text == words


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("اهرابتعا يف عضت ذإ", "إذ تضع في اعتبارها"),
        ("70/1 رارقلا", "القرار 70/1"),
        ("2030-2024 ةرتفلا", "الفترة 2024-2030"),
        ("(ITU-T) عاطق نأ (ب", "ب) أن قطاع (ITU-T)"),
        ("X.509 نأشب SG17", "SG17 بشأن X.509"),
        ("(2022 ،فينج) 75 رارقلا", "القرار 75 (جنيف، 2022)"),
    ],
)
def test_arabic_is_stored_in_logical_order(tmp_path, seen, meant):
    mirrored = seen.translate(str.maketrans("()", ")("))

    for drawn in (seen, mirrored):  # a file may hold the bracket that is meant or the one drawn
        assert _read(tmp_path, [Text(100, 700, drawn)]).text == meant


def test_arabic_letters_in_their_shapes_are_stored_as_letters(tmp_path):
    extraction = _read(tmp_path, [Text(100, 700, "ﺭﺮﻘﺗ ﺔﻴﻌﻤﺠﻟﺍ ﻥﻷﺍ")])

    assert extraction.text == "الأن الجمعية تقرر"


def test_ligatures_are_stored_as_letters(tmp_path):
    extraction = _read(tmp_path, [Text(70, 700, "the ﬁrst oﬀice")])

    assert extraction.text == "the first office"


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_is_read_like_any_other(tmp_path, rotation):
    extraction = _read(tmp_path, lines_of_text(["first line", "second line"]), rotation=rotation)

    assert texts(extraction) == ["first line", "second line"]


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_page_whose_text_is_turned_is_read_upright(tmp_path, rotation):
    page = [
        replace(one, turned=True) for one in lines_of_text(["first line", "second line"], top=500)
    ]

    extraction = _read(tmp_path, page, rotation=rotation)

    assert texts(extraction) == ["first line", "second line"]


def test_text_at_an_angle_to_its_page_is_kept_apart(tmp_path):
    page = [*lines_of_text(["first line", "second line"]), Text(9, 9, "DRAFT 7", turned=True)]

    extraction = _read(tmp_path, page)

    assert texts(extraction) == ["first line", "second line"]
    assert texts(extraction, "text-box") == ["DRAFT 7"]


def test_the_mark_of_a_proposal_is_told(tmp_path):
    extraction = _read(tmp_path, lines_of_text(["MOD XYZ/43A16/1", "RESOLUTION 99"]))

    assert extraction.proposal == "MOD"


def test_a_scan_says_that_it_holds_no_text(tmp_path):
    file = write_pdf(tmp_path / "scan.pdf", [[]])

    with pytest.raises(UnreadableDocumentError, match=r"scan\.pdf holds no text .* recognition"):
        read_pdf(file)


def test_a_file_with_a_password_says_so(tmp_path):
    import pypdf

    writer = pypdf.PdfWriter(clone_from=write_pdf(tmp_path / "open.pdf", [[Text(9, 9, "x")]]))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "shut.pdf")

    with pytest.raises(UnreadableDocumentError, match="protected by a password"):
        read_pdf(tmp_path / "shut.pdf")


def test_a_damaged_file_says_so(tmp_path):
    file = tmp_path / "half.pdf"
    file.write_bytes(b"%PDF-1.4\n1 0 obj\n<</Type/Catalog")

    with pytest.raises(UnreadableDocumentError, match=r"half\.pdf is damaged"):
        read_pdf(file)


def test_more_pages_than_the_limit_are_refused(tmp_path):
    file = write_pdf(tmp_path / "thick.pdf", [[Text(70, 700, "x")]] * (pdf.MAX_PAGES + 1))

    with pytest.raises(UnreadableDocumentError, match=r"has 501 pages, more than 500"):
        read_pdf(file)


def test_a_page_that_unpacks_without_end_is_refused(tmp_path):
    squeezed = zlib.compress(zlib.compress(bytes(400 * 1024 * 1024), 1), 9)
    file = write_pdf(tmp_path / "bomb.pdf", [[Text(70, 700, "x")]], content=squeezed)

    with pytest.raises(UnreadableDocumentError, match=r"bomb\.pdf"):
        read_pdf(file)

    assert file.stat().st_size < 20_000
