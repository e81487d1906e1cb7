"""One feature of a web page in each test."""

import time

import pytest

from corpus.errors import UnreadableDocumentError
from corpus.readers.html import decode, read_html
from tests.corpus.readers.shown import assert_is_trim, texts


def _read(tmp_path, body, *, head=""):
    file = tmp_path / "page.html"
    page = f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    file.write_bytes(page.encode("utf-8"))
    extraction = read_html(file)
    assert_is_trim(extraction)
    return extraction


def test_blocks_are_paragraphs_and_white_space_is_collapsed(tmp_path):
    extraction = _read(
        tmp_path, "<h1>RESOLUTION 99</h1>\n<p>considering\n   <i>further</i></p>loose"
    )

    assert texts(extraction) == ["RESOLUTION 99", "considering further", "loose"]


def test_scripts_styles_navigation_and_hidden_parts_are_no_text(tmp_path):
    extraction = _read(
        tmp_path,
        "<nav>menu</nav><script>var x</script><style>p{}</style><noscript>no</noscript>"
        '<p hidden>a</p><p style="display: none">b</p><div role="navigation">c</div><p>text</p>',
        head="<title>Title of the window</title>",
    )

    assert extraction.text == "text"


@pytest.mark.parametrize(
    ("attributes", "labels"),
    [
        ("", ["1.", "2.", "3."]),
        ('type="a"', ["a.", "b.", "c."]),
        ('type="I" start="4"', ["IV.", "V.", "VI."]),
        ("reversed", ["3.", "2.", "1."]),
        ('style="list-style-type: lower-roman"', ["i.", "ii.", "iii."]),
        ('style="list-style: cjk-ideographic"', ["一、", "二、", "三、"]),
        ('style="list-style-type: arabic-indic"', ["١.", "٢.", "٣."]),
    ],
)
def test_numbers_of_lists_are_written_out(tmp_path, attributes, labels):
    extraction = _read(tmp_path, f"<ol {attributes}><li>x<li>x<li>x</ol>")

    assert texts(extraction) == [f"{label}\tx" for label in labels]


def test_a_value_renumbers_the_items_after_it(tmp_path):
    extraction = _read(tmp_path, "<ol><li>a<li value=7>b<li>c</ol>")

    assert texts(extraction) == ["1.\ta", "7.\tb", "8.\tc"]


def test_lists_in_lists_and_bullets_keep_their_labels(tmp_path):
    extraction = _read(
        tmp_path,
        '<ol><li>one<ol type="i"><li>inner</ol><li><p>two</p><p>more</p></ol>'
        '<ul><li>dot</ul><ul style="list-style-type:none"><li>– dash</ul>',
    )

    assert texts(extraction) == ["1.\tone", "i.\tinner", "2.\ttwo", "more", "•\tdot", "– dash"]


def test_entities_and_special_characters_are_what_is_seen(tmp_path):
    extraction = _read(
        tmp_path, "<p>No.&nbsp;7 &mdash; ITU&#8209;T, co&shy;operation &lt;x&gt;</p>"
    )

    assert extraction.text == "No.\u00a07 — ITU\u2011T, cooperation <x>"


def test_line_breaks_stay_and_end_a_paragraph_where_an_item_begins(tmp_path):
    extraction = _read(
        tmp_path, "<p>Title of<br>two lines</p><p>considering<br>a) that x;<br>b) that y</p>"
    )

    assert texts(extraction) == ["Title of\ntwo lines", "considering", "a) that x;", "b) that y"]


def test_cells_of_a_table_are_read_in_order(tmp_path):
    extraction = _read(tmp_path, "<table><tr><td>A<td>B<tr><td>C<td>D</table><p>x</p>")

    assert texts(extraction, "table") == ["A", "B", "C", "D"]
    assert texts(extraction) == ["x"]


def test_a_table_that_only_arranges_the_page_is_no_table(tmp_path):
    extraction = _read(tmp_path, "<table><tr><td>side<td><p>one</p><p>two</p><p>three</p></table>")

    assert texts(extraction) == ["side", "one", "two", "three"]


def test_a_linked_footnote_has_its_mark_text_and_place(tmp_path):
    extraction = _read(
        tmp_path,
        '<p>countries<sup><a href="#fn1" id="ref1">1</a></sup>;</p>'
        '<ol><li id="fn1">These include islands. <a href="#ref1">↩</a></li></ol><p>after</p>',
    )

    assert texts(extraction) == ["countries1;", "after"]
    (found,) = extraction.footnotes
    assert (found.mark, found.text) == ("1", "These include islands.")
    assert [extraction.text[a:b] for a, b in found.references] == ["1"]


def test_a_footnote_of_a_page_saved_by_word_is_found(tmp_path):
    extraction = _read(
        tmp_path,
        '<p>countries<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a>;</p>'
        '<div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> First.</p><p>Second.</p></div>',
    )

    (found,) = extraction.footnotes
    assert (found.mark, found.text) == ("1", "First.\nSecond.")
    assert texts(extraction, "footnote") == ["[1] First.", "Second."]


def test_a_raised_number_and_a_later_paragraph_that_opens_with_it_are_a_footnote(tmp_path):
    extraction = _read(
        tmp_path, "<p>area in m<sup>2</sup>, year<sup>1</sup></p><p><sup>1</sup> In full.</p>"
    )

    (found,) = extraction.footnotes
    assert (found.mark, found.text) == ("1", "In full.")
    assert texts(extraction) == ["area in m2, year1"]


def test_a_link_to_a_section_is_no_footnote(tmp_path):
    extraction = _read(
        tmp_path, '<p>see <a href="#part">2</a></p><div id="part"><p>Part two</p></div>'
    )

    assert extraction.footnotes == ()
    assert texts(extraction) == ["see 2", "Part two"]


def test_header_and_footer_of_the_page_are_told_from_those_of_an_article(tmp_path):
    extraction = _read(
        tmp_path,
        "<header>Site</header><article><header><p>Head of text</p></header></article>"
        "<footer>Imprint</footer>",
    )

    assert texts(extraction) == ["Head of text"]
    assert texts(extraction, "header") == ["Site"]
    assert texts(extraction, "footer") == ["Imprint"]


def test_the_classes_of_itu_styles_say_what_a_paragraph_is(tmp_path):
    extraction = _read(
        tmp_path, "<p class=ResNo>RESOLUTION 99</p><p class=Call>noting</p><p class=enumlev2>i)</p>"
    )

    assert [(one.style, one.level) for one in extraction.paragraphs] == [
        ("number", 0),
        ("heading", 0),
        ("item", 2),
    ]


def test_deleted_text_is_kept_apart_and_makes_a_proposal(tmp_path):
    extraction = _read(tmp_path, "<p>Rev. <del>2012</del><ins>2016</ins></p>")

    assert texts(extraction) == ["Rev. 2016"]
    assert texts(extraction, "deleted") == ["2012"]
    assert extraction.proposal == "tracked changes"


def test_preformatted_text_is_read_by_its_lines(tmp_path):
    extraction = _read(tmp_path, "<pre>considering\n\na)  that the long\n    line wraps;</pre>")

    assert texts(extraction) == ["considering", "a)  that the long", "line wraps;"]
    assert extraction.lines


@pytest.mark.parametrize(
    ("words", "encoding", "charset"),
    [
        ("décide", "iso-8859-1", "iso-8859-1"),
        ("señalando “x”", "cp1252", "ISO-8859-1"),
        ("решает", "windows-1251", "windows-1251"),
        ("решает", "koi8-r", "koi8-r"),
        ("考虑到〇", "gb18030", "gb2312"),
        ("決定", "big5", "big5"),
        ("تقرر", "windows-1256", "windows-1256"),
        ("resolves", "utf-8", "no-such-charset"),
    ],
)
def test_the_charset_that_a_page_declares_is_believed(words, encoding, charset):
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">'

    assert decode(page.encode("ascii") + words.encode(encoding)).endswith(words)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_unicode_is_told_by_its_mark_or_by_its_zeros(encoding):
    page = "<html><body><p>considering 考虑到</p></body></html>" + " " * 80

    assert decode(page.encode(encoding)) == page


def test_a_page_without_charset_is_utf_8_or_what_its_bytes_resemble():
    russian = "Всемирная ассамблея, признавая важность работы, решает продолжить её. " * 6

    assert decode("<p>décide</p>".encode()) == "<p>décide</p>"
    assert "ассамблея" in decode(russian.encode("windows-1251"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", "إذ تضع في اعتبارها القرار 70/1"),
        ("zh", "考虑到第99号决议（2022年，日内瓦，修订版）"),
        ("ru", "учитывая,"),
        ("fr", "considérant «les rapports»"),
        ("es", "teniendo en cuenta"),
        ("en", "bearing in mind"),
    ],
)
def test_text_of_every_language_and_direction_is_stored_as_written(tmp_path, language, words):
    direction = "rtl" if language == "ar" else "ltr"

    extraction = _read(tmp_path, f'<p dir="{direction}" lang="{language}">{words}</p>')

    assert extraction.text == words


def test_a_page_nested_beyond_reason_is_refused(tmp_path):
    file = tmp_path / "deep.html"
    file.write_text("<html><body>" + "<div>" * 5000 + "x")

    with pytest.raises(UnreadableDocumentError, match="nests its elements too deeply"):
        read_html(file)


def test_a_page_without_text_says_so(tmp_path):
    with pytest.raises(UnreadableDocumentError, match="holds no text"):
        _read(tmp_path, "<img src=x>")


def test_a_soft_hyphen_alone_in_preformatted_text_is_nothing(tmp_path):
    extraction = _read(tmp_path, "<pre>\u00ad<q>said</q></pre>")

    assert extraction.text == "“said”"


def test_many_notes_are_read_in_a_time_that_grows_with_them_and_no_faster(tmp_path):
    marks = "".join(f'<p>x<sup><a href="#n{one}">{one % 99}</a></sup>' for one in range(8000))
    notes = "".join(f"<p id=n{one}>{one % 99} y" for one in range(8000))
    begun = time.process_time()

    extraction = _read(tmp_path, marks + notes)

    assert len(extraction.footnotes) == 8000
    assert time.process_time() - begun < 3
