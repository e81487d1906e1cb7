"""One feature of a Word file in each test; the files are made here, in the test's own words."""

import time
from pathlib import Path

import pytest

from corpus.errors import UnreadableDocumentError
from corpus.readers.docx import read_docx
from tests.corpus.readers.shown import assert_is_trim, texts
from tests.corpus.readers.word_files import (
    level,
    named_style,
    note,
    numbering,
    paragraph,
    run,
    uses,
    write_word,
)

_SAMPLE = Path(__file__).parents[4] / "shared" / "samples" / "wtsa-1-2016-en.docx"


def _read(tmp_path, body, **parts):
    extraction = read_docx(write_word(tmp_path / "draft.docx", body, **parts))
    assert_is_trim(extraction)
    return extraction


def test_paragraphs_are_stored_in_order_with_exact_offsets(tmp_path):
    extraction = _read(
        tmp_path, paragraph("considering") + paragraph("  ") + paragraph("a)\tthat x;")
    )

    assert extraction.text == "considering\na)\tthat x;"
    assert texts(extraction) == ["considering", "a)\tthat x;"]
    assert not extraction.lines


@pytest.mark.parametrize(
    ("identifier", "name", "style", "level_of_item"),
    [
        ("ResNo", "Res_No", "number", 0),
        ("Restitle", "Res_title", "title", 0),
        ("Resref", "Res_ref", "history", 0),
        ("Resdate", "Res_date", "history", 0),
        ("Call", "Call", "heading", 0),
        ("CALL", "call", "heading", 0),
        ("enumlev1", "enumlev1", "item", 1),
        ("enumlev3", "enumlev3", "item", 3),
        ("AnnexNo", "Annex_No", "annex", 0),
        ("Annextitle", "Annex_title", "annex", 0),
        ("AppendixNo", "Appendix_No", "annex", 0),
        ("SectionNo", "Section_No", "section", 0),
        ("Normalaftertitle0", "Normal after title", "continued", 0),
        ("a7", "Res_No", "number", 0),
        ("Restitle", "Título de resolución", "title", 0),
        ("Normal", "Normal", "", 0),
        ("Heading2", "heading 2", "", 0),
    ],
)
def test_the_styles_of_itu_templates_say_what_a_paragraph_is(
    tmp_path, identifier, name, style, level_of_item
):
    extraction = _read(
        tmp_path, paragraph("words", style=identifier), styles=named_style(identifier, name)
    )

    found = extraction.paragraphs[0]
    assert (found.style, found.level) == (style, level_of_item)


def test_a_style_based_on_an_itu_style_means_the_same(tmp_path):
    styles = named_style("Call", "Call") + named_style(
        "Mine", "My heading", '<w:basedOn w:val="Call"/>'
    )

    extraction = _read(tmp_path, paragraph("resolves", style="Mine"), styles=styles)

    assert extraction.paragraphs[0].style == "heading"


@pytest.mark.parametrize(
    ("number_format", "text", "labels"),
    [
        ("decimal", "%1", ["1", "2", "3"]),
        ("lowerLetter", "%1)", ["a)", "b)", "c)"]),
        ("upperLetter", "%1.", ["A.", "B.", "C."]),
        ("lowerRoman", "%1)", ["i)", "ii)", "iii)"]),
        ("upperRoman", "%1.", ["I.", "II.", "III."]),
        ("chineseCounting", "%1、", ["一、", "二、", "三、"]),
        ("arabicAlpha", "%1)", ["أ)", "ب)", "ت)"]),
        ("arabicAbjad", "%1)", ["أ)", "ب)", "ج)"]),
        ("russianLower", "%1)", ["а)", "б)", "в)"]),
        ("bullet", "\uf0b7", ["•", "•", "•"]),
        ("bullet", "–", ["–", "–", "–"]),
        ("bullet", "o", ["•", "•", "•"]),
    ],
)
def test_automatic_labels_are_written_out(tmp_path, number_format, text, labels):
    body = "".join(paragraph("words", numbered=(1, 0)) for _ in range(3))
    lists = numbering({0: level(0, number_format, text)}, {1: uses(0)})

    extraction = _read(tmp_path, body, numbering=lists)

    assert texts(extraction) == [f"{label}\twords" for label in labels]
    assert {one.style for one in extraction.paragraphs} == {"item"}


@pytest.mark.parametrize(
    ("words", "number_format", "label"),
    [
        ("that the Forum met;", "lowerLetter", "a)"),
        ("que le Forum s'est réuni;", "lowerLetter", "a)"),
        ("que se reunió el Foro;", "lowerLetter", "a)"),
        ("что Форум состоялся;", "russianLower", "а)"),
        ("论坛已举行；", "chineseCounting", "一)"),
        ("أن المنتدى انعقد؛", "arabicAlpha", "أ)"),
    ],
)
def test_items_in_every_language_get_the_label_of_their_list(tmp_path, words, number_format, label):
    lists = numbering({0: level(0, number_format, "%1)")}, {1: uses(0)})

    extraction = _read(tmp_path, paragraph(words, numbered=(1, 0)), numbering=lists)

    assert extraction.text == f"{label}\t{words}"


def test_lower_levels_begin_anew_under_each_item_and_show_the_numbers_above(tmp_path):
    levels = (
        level(0, "decimal", "%1") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "%3)")
    )
    order = [0, 1, 1, 2, 0, 1, 2, 2]
    body = "".join(paragraph("x", numbered=(1, depth)) for depth in order)

    extraction = _read(tmp_path, body, numbering=numbering({0: levels}, {1: uses(0)}))

    labels = [text.split("\t")[0] for text in texts(extraction)]
    assert labels == ["1", "1.1", "1.2", "a)", "2", "2.1", "a)", "b)"]


def test_a_level_that_never_restarts_counts_on(tmp_path):
    levels = level(0, "decimal", "%1") + level(
        1, "lowerLetter", "%2)", more='<w:lvlRestart w:val="0"/>'
    )
    body = "".join(paragraph("x", numbered=(1, depth)) for depth in [0, 1, 1, 0, 1])

    extraction = _read(tmp_path, body, numbering=numbering({0: levels}, {1: uses(0)}))

    assert [text[:2].strip() for text in texts(extraction)] == ["1", "a)", "b)", "2", "c)"]


def test_a_level_restarts_only_after_the_level_it_names(tmp_path):
    levels = (
        level(0, "decimal", "%1")
        + level(1, "lowerLetter", "%2)")
        + level(2, "lowerRoman", "%3)", more='<w:lvlRestart w:val="1"/>')
    )
    body = "".join(paragraph("x", numbered=(1, depth)) for depth in [0, 1, 2, 1, 2, 0, 1, 2])

    extraction = _read(tmp_path, body, numbering=numbering({0: levels}, {1: uses(0)}))

    labels = [text.split("\t")[0] for text in texts(extraction)]
    assert labels == ["1", "a)", "i)", "b)", "ii)", "2", "a)", "i)"]


def test_legal_numbering_shows_all_its_numbers_in_decimal(tmp_path):
    levels = level(0, "upperRoman", "%1") + level(1, "decimal", "%1.%2", more="<w:isLgl/>")
    body = paragraph("x", numbered=(1, 0)) + paragraph("y", numbered=(1, 1))

    extraction = _read(tmp_path, body, numbering=numbering({0: levels}, {1: uses(0)}))

    assert texts(extraction) == ["I\tx", "1.1\ty"]


def test_a_label_shows_nothing_for_levels_below_its_own(tmp_path):
    levels = level(0, "decimal", "%1%2.") + level(1, "lowerLetter", "%2)")
    body = "".join(paragraph("x", numbered=(1, depth)) for depth in [0, 1, 0])

    extraction = _read(tmp_path, body, numbering=numbering({0: levels}, {1: uses(0)}))

    assert [text.split("\t")[0] for text in texts(extraction)] == ["1.", "a)", "2."]


def test_lists_that_share_an_abstract_list_count_on_unless_they_override_the_start(tmp_path):
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = numbering({0: level(0, "decimal", "%1")}, {1: uses(0), 2: uses(0), 3: uses(0, restart)})
    body = "".join(paragraph("x", numbered=(list_id, 0)) for list_id in [1, 1, 2, 3, 3, 1])

    extraction = _read(tmp_path, body, numbering=lists)

    assert [text[0] for text in texts(extraction)] == ["1", "2", "3", "1", "2", "3"]


def test_an_overriding_level_replaces_the_format(tmp_path):
    override = (
        f'<w:lvlOverride w:ilvl="0">{level(0, "lowerLetter", "%1)", start=4)}</w:lvlOverride>'
    )
    lists = numbering({0: level(0, "decimal", "%1")}, {1: uses(0, override)})

    extraction = _read(tmp_path, paragraph("x", numbered=(1, 0)), numbering=lists)

    assert extraction.text == "d)\tx"


def test_the_numbering_of_a_style_counts_and_zero_switches_it_off(tmp_path):
    styles = named_style(
        "Item", "Item of mine", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    )
    body = (
        paragraph("one", style="Item")
        + '<w:p><w:pPr><w:pStyle w:val="Item"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>'
        + run("apart")
        + "</w:p>"
        + paragraph("two", style="Item")
    )

    extraction = _read(
        tmp_path,
        body,
        styles=styles,
        numbering=numbering({0: level(0, "decimal", "%1.")}, {1: uses(0)}),
    )

    assert texts(extraction) == ["1.\tone", "apart", "2.\ttwo"]


def test_a_level_tied_to_a_style_numbers_its_paragraphs(tmp_path):
    levels = level(0, "decimal", "%1", more='<w:pStyle w:val="First"/>') + level(
        1, "decimal", "%1.%2", more='<w:pStyle w:val="Second"/>'
    )
    inside = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = named_style("First", "Level one", inside) + named_style("Second", "Level two", inside)
    body = "".join(paragraph("x", style=name) for name in ["First", "Second", "Second", "First"])

    extraction = _read(
        tmp_path, body, styles=styles, numbering=numbering({0: levels}, {1: uses(0)})
    )

    assert [text.split("\t")[0] for text in texts(extraction)] == ["1", "1.1", "1.2", "2"]


def test_the_lists_of_python_docx_itself_are_numbered(tmp_path):
    import docx

    document = docx.Document()
    for words in ("first", "second"):
        document.add_paragraph(words, style="List Number")
    document.add_paragraph("third", style="List Bullet")
    document.save(str(tmp_path / "made.docx"))

    extraction = read_docx(tmp_path / "made.docx")

    assert texts(extraction) == ["1.\tfirst", "2.\tsecond", "•\tthird"]


def test_typed_labels_stay_as_typed(tmp_path):
    extraction = _read(
        tmp_path, paragraph("a)\tthat x;", style="enumlev1") + paragraph("b)bis\tthat y;")
    )

    assert texts(extraction) == ["a)\tthat x;", "b)bis\tthat y;"]


def test_special_characters_are_what_a_reader_sees(tmp_path):
    body = paragraph(
        "<w:r><w:t>ITU</w:t><w:noBreakHyphen/><w:t>T, Recom</w:t><w:softHyphen/>"
        "<w:t>mendation\u00a01</w:t><w:tab/><w:t>x</w:t><w:br/><w:t>y</w:t>"
        '<w:sym w:font="Symbol" w:char="F02D"/><w:sym w:font="Symbol" w:char="F0E3"/></w:r>'
    )

    extraction = _read(tmp_path, body)

    assert extraction.text == "ITU-T, Recommendation\u00a01\tx\ny–©"


def test_tables_are_read_cell_by_cell(tmp_path):
    def row(*cells):
        return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"

    body = (
        paragraph("before")
        + f"<w:tbl>{row('A1', 'B1')}{row('A2', 'B2')}</w:tbl>"
        + paragraph("after")
    )

    extraction = _read(tmp_path, body)

    assert extraction.text == "before\nA1\nB1\nA2\nB2\nafter"
    assert texts(extraction, "table") == ["A1", "B1", "A2", "B2"]


def test_a_table_of_one_cell_is_a_frame_and_its_text_is_body(tmp_path):
    body = f"<w:tbl><w:tr><w:tc>{paragraph('resolves')}</w:tc></w:tr></w:tbl>"

    extraction = _read(tmp_path, body)

    assert texts(extraction) == ["resolves"]


def test_a_footnote_has_its_mark_its_text_and_its_place(tmp_path):
    body = paragraph(run("countries") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + run(";"))
    notes = note("footnote", 0, paragraph("___")) + note(
        "footnote", 2, paragraph("<w:r><w:footnoteRef/></w:r>" + run(" These include islands."))
    )

    extraction = _read(tmp_path, body, footnotes=notes)

    assert texts(extraction) == ["countries1;"]
    assert texts(extraction, "footnote") == ["1 These include islands."]
    (found,) = extraction.footnotes
    assert (found.mark, found.text) == ("1", "These include islands.")
    assert found.references == ((9, 10),)


def test_custom_and_compound_marks_are_read_as_displayed(tmp_path):
    raised = '<w:vertAlign w:val="superscript"/>'
    body = paragraph(
        run("year")
        + '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="1"/><w:t>*</w:t></w:r>'
        + run(", ", raised)
        + f'<w:r><w:rPr>{raised}</w:rPr><w:footnoteReference w:id="2"/></w:r>'
        + run("bis", raised)
        + run(" ends")
    )
    notes = note("footnote", 1, paragraph("*\tStarred.")) + note(
        "footnote",
        2,
        paragraph("<w:r><w:footnoteRef/></w:r>" + run("bis", raised) + run(" Second.")),
    )

    extraction = _read(tmp_path, body, footnotes=notes)

    assert texts(extraction) == ["year*, 1bis ends"]
    assert [(one.mark, one.text) for one in extraction.footnotes] == [
        ("*", "Starred."),
        ("1bis", "Second."),
    ]
    cut = extraction.text
    for one in reversed(extraction.footnotes):
        for start, end in reversed(one.references):
            cut = cut[:start] + cut[end:]
    assert cut.startswith("year ends")


def test_footnote_numbers_begin_anew_in_a_section_that_says_so(tmp_path):
    def marked(words, identifier):
        return run(words) + f'<w:r><w:footnoteReference w:id="{identifier}"/></w:r>'

    restart = '<w:sectPr><w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr></w:sectPr>'
    body = (
        paragraph(marked("one", 1))
        + f"<w:p><w:pPr>{restart}</w:pPr>{marked('two', 2)}</w:p>"
        + f"<w:p><w:pPr>{restart}</w:pPr>{marked('three', 3)}</w:p>"
    )
    notes = "".join(
        note("footnote", number, paragraph("<w:r><w:footnoteRef/></w:r>" + run(f" n{number}")))
        for number in (1, 2, 3)
    )

    extraction = _read(tmp_path, body, footnotes=notes)

    assert texts(extraction) == ["one1", "two2", "three1"]
    assert [(one.mark, one.text) for one in extraction.footnotes] == [
        ("1", "n1"),
        ("2", "n2"),
        ("1", "n3"),
    ]


def test_endnotes_are_numbered_in_roman_letters(tmp_path):
    body = paragraph(run("word") + '<w:r><w:endnoteReference w:id="1"/></w:r>')
    notes = note("endnote", 1, paragraph("<w:r><w:endnoteRef/></w:r>" + run(" At the end.")))

    extraction = _read(tmp_path, body, endnotes=notes)

    assert texts(extraction) == ["wordi"]
    assert extraction.footnotes[0].text == "At the end."


def test_of_the_branches_of_a_text_box_the_one_that_word_shows_is_read(tmp_path):
    box = f"<w:txbxContent>{paragraph('in the box')}</w:txbxContent>"
    older = box.replace("in the box", "in the older box")
    drawing = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp>'
        f"<wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:textbox>{older}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )

    extraction = _read(tmp_path, paragraph(run("around") + drawing) + paragraph("next"))

    assert extraction.text == "around\nin the box\nnext"
    assert texts(extraction, "text-box") == ["in the box"]


def test_headers_and_footers_come_once_after_the_body(tmp_path):
    margins = {
        "header1": paragraph("Document 7"),
        "header2": paragraph("Document 7"),
        "footer1": paragraph("Page foot"),
    }

    extraction = _read(tmp_path, paragraph("body text"), margins=margins)

    assert extraction.text == "body text\nDocument 7\nPage foot"
    assert texts(extraction, "header") == ["Document 7"]
    assert texts(extraction, "footer") == ["Page foot"]


def test_field_codes_are_no_text_and_their_results_are(tmp_path):
    body = paragraph(
        run("page ")
        + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText>'
        '<w:t>never shown</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("18")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        + '<w:fldSimple w:instr="REF x">'
        + run(" and more")
        + "</w:fldSimple>"
    )

    extraction = _read(tmp_path, body)

    assert extraction.text == "page 18 and more"


def test_hidden_text_is_skipped_whether_by_run_or_by_style(tmp_path):
    styles = named_style("Ghost", "Ghost", "<w:rPr><w:vanish/></w:rPr>", kind="character")
    body = paragraph(
        run("seen")
        + run(" unseen", "<w:vanish/>")
        + run(" ghost", '<w:rStyle w:val="Ghost"/>')
        + run(" shown", '<w:rStyle w:val="Ghost"/><w:vanish w:val="0"/>')
    )

    extraction = _read(tmp_path, body, styles=styles)

    assert extraction.text == "seen shown"


def test_text_inside_links_controls_and_tags_is_read_and_comments_are_not(tmp_path):
    body = (
        paragraph(
            f"<w:hyperlink>{run('link ')}</w:hyperlink><w:smartTag>{run('tag ')}</w:smartTag>"
            f"<w:sdt><w:sdtContent>{run('control')}</w:sdtContent></w:sdt>"
            '<w:r><w:commentReference w:id="1"/></w:r>'
        )
        + f"<w:sdt><w:sdtContent>{paragraph('whole block')}</w:sdtContent></w:sdt>"
        + "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        + paragraph("Click to enter")
        + "</w:sdtContent></w:sdt>"
    )

    extraction = _read(tmp_path, body)

    assert texts(extraction) == ["link tag control", "whole block"]


def test_tracked_changes_never_glue_old_and_new_and_make_a_proposal(tmp_path):
    body = paragraph(
        run("Rev. ")
        + '<w:del w:id="1"><w:r><w:delText>Harbour City, 2012</w:delText></w:r></w:del>'
        + f'<w:ins w:id="2">{run("Hill Town, 2016")}</w:ins>'
    )

    extraction = _read(tmp_path, body)

    assert texts(extraction) == ["Rev. Hill Town, 2016"]
    assert texts(extraction, "deleted") == ["Harbour City, 2012"]
    assert extraction.proposal == "tracked changes"


def test_moved_text_is_read_where_it_went(tmp_path):
    body = paragraph(f"<w:moveFrom>{run('moved')}</w:moveFrom>{run('first ')}") + paragraph(
        f"<w:moveTo>{run('moved')}</w:moveTo>"
    )

    extraction = _read(tmp_path, body)

    assert texts(extraction) == ["first", "moved"]
    assert extraction.proposal == "tracked changes"


def test_a_paragraph_whose_end_was_deleted_joins_the_next_and_takes_its_place_in_the_list(tmp_path):
    deleted_end = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + run("that the ") + "</w:p>"
    body = deleted_end + paragraph("Forum met;", numbered=(1, 0))

    extraction = _read(
        tmp_path, body, numbering=numbering({0: level(0, "lowerLetter", "%1)")}, {1: uses(0)})
    )

    assert texts(extraction) == ["a)\tthat the Forum met;"]


def test_a_deleted_row_of_a_table_is_no_text_of_it(tmp_path):
    body = (
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>"
        + paragraph("old row")
        + f"</w:tc></w:tr><w:tr><w:tc>{paragraph('kept')}</w:tc></w:tr></w:tbl>"
    )

    extraction = _read(tmp_path, body)

    assert texts(extraction, "table") == ["kept"]
    assert texts(extraction, "deleted") == ["old row"]


def test_struck_through_text_is_kept_apart_and_makes_a_proposal(tmp_path):
    extraction = _read(
        tmp_path, paragraph(run("2012", "<w:strike/>") + run("2016", '<w:u w:val="single"/>'))
    )

    assert texts(extraction) == ["2016"]
    assert texts(extraction, "deleted") == ["2012"]
    assert extraction.proposal == "struck-through text"


@pytest.mark.parametrize("mark", ["ADD", "MOD", "SUP", "NOC"])
def test_the_mark_of_a_proposal_before_a_text_is_told(tmp_path, mark):
    extraction = _read(tmp_path, paragraph(f"{mark}\tXYZ/43A16/1") + paragraph("RESOLUTION 99"))

    assert extraction.proposal == mark


def test_the_style_of_a_proposal_is_told(tmp_path):
    extraction = _read(
        tmp_path, paragraph("X/1", style="Proposal"), styles=named_style("Proposal", "Proposal")
    )

    assert extraction.proposal == "proposal"


def test_a_file_of_an_adopted_text_is_no_proposal(tmp_path):
    changed_format = run("words", "<w:rPrChange><w:rPr><w:b/></w:rPr></w:rPrChange>")

    extraction = _read(tmp_path, paragraph(changed_format) + paragraph("MODERN TIMES"))

    assert extraction.proposal == ""


def test_strict_open_xml_is_read_as_well(tmp_path):
    import zipfile

    usual = write_word(tmp_path / "usual.docx", paragraph("strict words"))
    with zipfile.ZipFile(usual) as old, zipfile.ZipFile(tmp_path / "s.docx", "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(name, content)

    extraction = read_docx(tmp_path / "s.docx")

    assert texts(extraction) == ["strict words"]


def test_a_file_that_takes_in_another_document_is_refused(tmp_path):
    file = write_word(tmp_path / "outer.docx", paragraph("x") + '<w:altChunk r:id="rId9"/>')

    with pytest.raises(UnreadableDocumentError, match="takes in another document"):
        read_docx(file)


def test_a_file_without_text_says_so(tmp_path):
    with pytest.raises(UnreadableDocumentError, match="holds no text"):
        read_docx(write_word(tmp_path / "blank.docx", paragraph(" ")))


@pytest.mark.skipif(not _SAMPLE.exists(), reason="../shared/samples is not beside the project")
class TestTheResolutionOfTheAssemblyOf2016:
    def test_its_head_its_items_and_its_notes_are_read(self):
        extraction = read_docx(_SAMPLE)

        assert_is_trim(extraction)
        by_style = {
            style: [
                extraction.text[one.start : one.end]
                for one in extraction.paragraphs
                if one.style == style
            ]
            for style in ("number", "history", "heading", "section")
        }
        assert by_style["number"] == ["RESOLUTION 1 (Rev.\u00a0Hammamet, 2016)"]
        assert by_style["history"] == ["(Hammamet, 2016)1, 1bis"]
        assert by_style["heading"] == ["considering", "resolves"]
        assert len(by_style["section"]) == 20
        assert [note.mark for note in extraction.footnotes] == ["1", "1bis", "2", "3", "4", "5"]
        assert extraction.proposal == ""

    def test_its_hyphens_are_hyphens_and_its_dashes_dashes(self):
        extraction = read_docx(_SAMPLE)

        assert extraction.text.count("ITU-T") == 108
        assert "Recommendations for which" in extraction.text
        assert "–\tto entrust the study to a single study group; or" in texts(extraction)
        assert "\u00ad" not in extraction.text

    def test_it_is_read_in_less_than_two_seconds(self):
        begun = time.process_time()

        read_docx(_SAMPLE)

        assert time.process_time() - begun < 2
