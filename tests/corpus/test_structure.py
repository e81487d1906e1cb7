import pytest

from corpus.paragraphs import Extraction, Footnote, Paragraph
from corpus.parse import parse_extraction
from corpus.readers.text import extract_text
from corpus.structure import structure
from tests.corpus.parsing import a_revision, kinds, parsed, places, texts

# --- sections and headings


def test_items_stand_under_the_heading_above_them():
    document = parsed(
        "considering\na) that it is so;\nb) that it was so,\nresolves\n1 to go on;\n2 to report,\n"
        "instructs the Director of TSB\nto publish the results."
    )

    assert texts(document) == {
        "considering/a": "that it is so;",
        "considering/b": "that it was so,",
        "resolves/1": "to go on;",
        "resolves/2": "to report,",
        "instructs": "to publish the results.",
    }
    assert document.clauses[-1].addressees == ("Director of TSB",)
    assert kinds(document) == []
    assert document.coverage == 1.0


def test_numbering_begins_anew_under_each_heading_and_a_second_heading_takes_an_ordinal():
    document = parsed(
        "invites Member States\n1 to act;\n2 to report,\ninvites Sector Members\n1 to help,\n"
        "invites the Council\nto decide."
    )

    assert places(document) == ["invites/1", "invites/2", "invites.2/1", "invites.3"]


def test_a_heading_with_two_verbs_belongs_to_its_first_with_the_addressee():
    document = parsed("resolves to instruct the Secretary-General\n1 to act;\n2 to report.")

    assert places(document) == ["resolves/1", "resolves/2"]
    assert document.clauses[0].phrase == "resolves to instruct the Secretary-General"
    assert document.clauses[0].addressees == ("Secretary-General",)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "considering\nthat it is so,\nresolves to express its warmest thanks to the auditors,",
            "en",
            {
                "considering": "that it is so,",
                "resolves": "to express its warmest thanks to the auditors,",
            },
        ),
        (
            "considérant\nle rapport,\ncharge le Secrétaire général de donner suite à la présente"
            " Résolution.",
            "fr",
            {
                "considérant": "",
                "considering": "le rapport,",
                "instructs": "de donner suite à la présente Résolution.",
            },
        ),
        (
            "认识到\n情况如此，\n责成秘书长继续保持联系，\n请理事会\n做出决定。",
            "zh",
            {"recognizing": "情况如此，", "instructs": "继续保持联系，", "invites": "做出决定。"},
        ),
        (
            "noting\nthat it is so,\ninstructs the Member States Advisory Group to provide advice,",
            "en",
            {"noting": "that it is so,", "instructs": "to provide advice,"},
        ),
    ],
    ids=["en", "fr", "zh", "another addressee"],
)
def test_a_heading_glued_to_its_text_is_parted_from_it(
    text: str, language: str, expected: dict[str, str]
):
    document = parsed(text, language=language)

    assert texts(document) == {place: words for place, words in expected.items() if words}
    assert document.coverage == 1.0


def test_an_addressee_outside_the_closed_list_is_other():
    document = parsed("noting\na) x;\nb) y,\ninstructs the Group of Wise Men to give advice.")

    assert document.clauses[-1].addressees == ("other",)


def test_a_manner_clause_belongs_to_the_heading_and_names_no_addressee():
    document = parsed(
        "instructs the Secretary-General, in close cooperation with the Directors of the three"
        " Bureaux\n1 to act;\n2 to report."
    )

    assert places(document) == ["instructs/1", "instructs/2"]
    assert document.clauses[0].addressees == ("Secretary-General",)
    assert document.clauses[0].phrase.endswith("three Bureaux")


def test_a_heading_broken_over_two_lines_is_one():
    document = parsed(
        "noting\nthat it is so,\ninstructs the Director of the Telecommunication\n"
        "Development Bureau\n1 to act;\n2 to report."
    )

    assert places(document) == ["noting", "instructs/1", "instructs/2"]
    assert document.clauses[-1].addressees == ("Director of BDT",)
    assert document.headings[-1].text.endswith("Telecommunication Development Bureau")


def test_a_heading_with_a_manner_clause_may_be_broken_over_three_lines():
    document = parsed(
        "noting\nthat it is so,\nfurther instructs the Director of the Telecommunication"
        " Standardization Bureau and the\nDirector of the Telecommunication Development Bureau,"
        " each within the scope of their\nresponsibilities\n1 to act;\n2 to report."
    )

    assert places(document) == ["noting", "instructs-further/1", "instructs-further/2"]
    assert document.clauses[-1].addressees == ("Director of TSB", "Director of BDT")
    assert document.clauses[-1].phrase.endswith("responsibilities")


def test_a_broken_heading_may_have_its_first_item_in_its_second_line():
    document = parsed(
        "noting\nthat it is so,\nresolves to invite the ITU Radiocommunication Sector to"
        " complete in"
        " time for the\n2027 world radiocommunication conference 1 studies on antennas; 2"
        " studies on"
        " sharing,\ninvites administrations\nto take part."
    )

    assert texts(document) == {
        "noting": "that it is so,",
        "resolves/1": "studies on antennas;",
        "resolves/2": "studies on sharing,",
        "invites": "to take part.",
    }


def test_a_heading_and_its_first_item_may_share_a_wrapped_line():
    document = parsed(
        "noting a) that the growth of networks in all regions of the world is fast\n"
        "and that the demand for spectrum of every kind follows it without delay;\n"
        "b) that the planning of terminals in rural areas has not kept pace with\n"
        "what the delegates of those areas had asked for in earlier conferences,\n"
        "resolves 1 that the studies on these matters be completed before the end\n"
        "of the next period of study; 2 that the results of them be published."
    )

    assert places(document) == ["noting/a", "noting/b", "resolves/1", "resolves/2"]
    assert kinds(document) == []


@pytest.mark.parametrize(
    "wrapped",
    [
        "the information submitted in accordance with\nresolves 2, 3, 4 or 5 above shows a"
        " difference;",
        "the systems to which the decision applies under\nresolves 7a)/8a) or 7b)/8b), as"
        " appropriate;",
        "the methods that are referred to in\nconsidering a);",
        "the growth of networks, while\ntaking into account the impact of technologies;",
        "the sections concerned (see also\nresolves 4);",
    ],
)
def test_a_wrapped_line_that_begins_like_a_heading_stays_text(wrapped: str):
    document = parsed(f"considering\na) {wrapped}\nb) that it is so,\nresolves\nto go on.")

    assert places(document) == ["considering/a", "considering/b", "resolves"]
    assert texts(document)["considering/a"] == wrapped.replace("\n", " ")
    assert kinds(document) == []


def test_items_below_a_lost_heading_are_not_filed_under_the_one_before():
    document = parsed(
        "considering\na) one;\nb) two,\na) three;\nb) four,\nresolves\n1 five;\n2 six."
    )

    assert places(document) == [
        "considering/a", "considering/b", "unknown/a", "unknown/b", "resolves/1", "resolves/2",
    ]  # fmt: skip
    assert kinds(document) == ["lost-heading"]


def test_numbers_after_the_last_letter_of_a_preamble_have_lost_their_heading():
    document = parsed("considering\na) one;\nb) two,\n1 to act;\n2 to report.")

    assert places(document) == ["considering/a", "considering/b", "unknown/1", "unknown/2"]
    assert kinds(document) == ["lost-heading"]


def test_a_heading_by_no_known_phrase_is_reported_and_keeps_its_words():
    document = parsed("considering\na) one;\nb) two,\nmarvelling\na) three;\nb) four.")

    assert places(document)[2:] == ["unknown/a", "unknown/b"]
    assert document.clauses[2].phrase == "marvelling"
    assert kinds(document) == ["unknown-heading"]


def test_a_heading_at_the_end_of_the_item_before_is_a_heading():
    document = parsed(
        "bearing in mind\na) one;\nb) two, as remained relevant, noting with appreciation\n"
        "a)\tthree;\n"
        "b)\tfour."
    )

    assert places(document) == [
        "bearing-in-mind/a", "bearing-in-mind/b",
        "noting-with-appreciation/a", "noting-with-appreciation/b",
    ]  # fmt: skip
    assert texts(document)["bearing-in-mind/b"] == "two, as remained relevant,"
    assert kinds(document) == ["inline-heading"]


def test_an_instruction_in_running_text_is_a_section_of_its_own():
    document = parsed(
        "instructs the Secretary-General\n1 to report to the Council;\n2 to cooperate with others,"
        " requests the ITU Council to include the report,\ninvites Member States\nto act."
    )

    assert places(document) == ["instructs/1", "instructs/2", "requests", "invites"]
    assert texts(document)["instructs/2"] == "to cooperate with others,"
    assert kinds(document) == ["inline-heading"]


def test_a_document_in_one_line_is_taken_apart():
    document = parsed(
        "considering a) the relevant outcomes of both phases of the Summit, which all agree"
        " upon and"
        " which are of great weight; b) the resolutions of the Plenipotentiary Conference that were"
        " adopted since then and the decisions of the Council, considering further a) the need"
        " for a"
        " group; b) the need to improve coordination among all, resolves 1 to continue work on the"
        " outcomes; 2 to carry out those activities, instructs the Director of TSB 1 to provide the"
        " Council with a report; 2 to take appropriate action."
    )

    assert places(document) == [
        "considering/a", "considering/b", "considering-further/a", "considering-further/b",
        "resolves/1", "resolves/2", "instructs/1", "instructs/2",
    ]  # fmt: skip


def test_a_chinese_document_in_one_line_is_taken_apart():
    document = parsed(
        "考虑到 a) 信息社会世界高峰会议两个阶段会议的相关成果以及各方为落实这些成果所做的大量工作；"
        "b) 全权代表大会有关国际互联网公共政策问题的决议和决定以及理事会的决定，"
        "进一步考虑到 a) 有必要成立一个小组；b) 有必要加强协调，"
        "做出决议 1 继续开展有关工作；2 开展相关活动，"
        "责成电信标准化局主任 1 向理事会提交年度报告；2 采取适当行动。",
        language="zh",
    )

    assert places(document) == [
        "considering/a", "considering/b", "considering-further/a", "considering-further/b",
        "resolves/1", "resolves/2", "instructs/1", "instructs/2",
    ]  # fmt: skip


def test_a_chinese_line_with_labels_glued_to_its_headings_is_taken_apart():
    document = parsed(
        "认识到a)全权代表大会通过了题为在同等地位上使用六种正式语文的决议，就此向理事会做出指示;b)理事会将各语文"
        "的编辑工作集中于总秘书处,考虑到a)每个研究组有责任建议术语;b)实施有多种方法,做出决议1在建议术语时遵循"
        "附件1的原则。请1总秘书处审议这些原则。附件1编写术语的原则1引言以下原则适用。",
        language="zh",
        body="ra",
    )

    assert places(document)[:6] == [
        "recognizing/a", "recognizing/b", "considering/a", "considering/b", "resolves/1",
        "invites/1",
    ]  # fmt: skip
    assert document.clauses[6].section == "annex-1"


def test_text_above_every_heading_is_kept_and_reported():
    document = parsed("that this was said,\nconsidering\na) one;\nb) two.")

    assert places(document) == ["unknown", "considering/a", "considering/b"]
    assert kinds(document) == ["lost-heading"]


def test_an_addressee_that_opens_the_item_is_the_items():
    document = parsed(
        "instructs\na)\tthe TSAG in collaboration with others to act;\nb)\tthe Director of TSB to"
        " report;\nc)\tanyone who likes to."
    )

    assert [clause.addressees for clause in document.clauses] == [
        ("TSAG",),
        ("Director of TSB",),
        (),
    ]


# --- labels and text


def test_a_stem_is_a_clause_and_so_are_its_sub_items():
    document = parsed("considering\na) the decisions:\ni) one;\nii) two;\nb) more.")

    assert texts(document) == {
        "considering/a": "the decisions:",
        "considering/a/i": "one;",
        "considering/a/ii": "two;",
        "considering/b": "more.",
    }


def test_a_letter_i_after_h_is_a_letter_and_below_e_a_figure():
    letters = "".join(f"{letter}) x;\n" for letter in "abcdefgh")

    document = parsed(f"considering\n{letters}i) the ninth;\nj) the tenth:\ni) one;\nii) two.")

    assert places(document)[-5:] == [
        "considering/h", "considering/i", "considering/j", "considering/j/i", "considering/j/ii",
    ]  # fmt: skip


def test_a_letter_h_with_figures_below_it_is_told_from_the_letter_i():
    letters = "".join(f"{letter}) x;\n" for letter in "abcdefg")

    document = parsed(f"considering\n{letters}h) these:\ni) one;\nii) two;\niii) three;\ni) ninth.")

    assert places(document)[-5:] == [
        "considering/h", "considering/h/i", "considering/h/ii", "considering/h/iii",
        "considering/i",
    ]  # fmt: skip


def test_inline_figures_of_a_sentence_are_not_parted():
    document = parsed(
        "considering\na) the need to: (i) coordinate; (ii) inform; and (iii) cooperate;\nb) more."
    )

    assert places(document) == ["considering/a", "considering/b"]
    assert "(iii) cooperate;" in texts(document)["considering/a"]


def test_items_in_one_line_that_go_on_with_a_list_are_parted():
    document = parsed(
        "resolves\n1 that this be done; 2 that it be reported, – 115 –\nRES95-2\n"
        "invites administrations\n1 to act;\ni)\tone; and ii) two; 2 to help."
    )

    assert texts(document) == {
        "resolves/1": "that this be done;",
        "resolves/2": "that it be reported,",
        "invites/1": "to act;",
        "invites/1/i": "one; and",
        "invites/1/ii": "two;",
        "invites/2": "to help.",
    }
    assert [(d.kind, document.text[d.start : d.end]) for d in document.discards] == [
        ("page-mark", "– 115 –\nRES95-2")
    ]


def test_a_label_is_parted_wherever_its_line_is_broken():
    document = parsed(
        "resolves\n1 that these things be studied within the time that is left:\n"
        "i) the notification of all systems to the Bureau at once;\nand ii) the indication of"
        " all of them to every member; iii)\nthe publication of what was found in both; 2 that\n"
        "it be reported to the next conference at the latest."
    )

    assert texts(document) == {
        "resolves/1": "that these things be studied within the time that is left:",
        "resolves/1/i": "the notification of all systems to the Bureau at once; and",
        "resolves/1/ii": "the indication of all of them to every member;",
        "resolves/1/iii": "the publication of what was found in both;",
        "resolves/2": "that it be reported to the next conference at the latest.",
    }


def test_references_in_running_text_are_no_items():
    document = parsed(
        "resolves\n1 that the Bureau act under resolves 2, 3 and 4; 2 that resolves 1, 2 and 3"
        " apply;\n"
        "3 to see to it that Nos. 4 to 7 hold."
    )

    assert places(document) == ["resolves/1", "resolves/2", "resolves/3"]


def test_a_wrapped_reference_that_looks_like_the_next_item_is_text():
    document = parsed(
        "resolves\n1 that the Bureau act as is laid down in resolves 1,\n2 and 3 of that"
        " resolution;\n"
        "2 that it report."
    )

    assert texts(document) == {
        "resolves/1": "that the Bureau act as is laid down in resolves 1, 2 and 3 of that"
        " resolution;",
        "resolves/2": "that it report.",
    }


def test_labels_that_count_on_from_the_section_before_are_kept():
    document = parsed(
        "considering\n\n(a) one;\n\n(b) two;\n\nconsidering also\n\n(c) three;\n\n(d) four,\n\n"
        "resolves\n\nto act."
    )

    assert places(document) == [
        "considering/a", "considering/b", "considering-further/c", "considering-further/d",
        "resolves",
    ]  # fmt: skip
    assert kinds(document) == []


def test_a_sub_item_may_begin_right_behind_the_label_of_its_item():
    document = parsed("resolves\n1 that it be so;\n2 a) that this be done;\nb) that that be done.")

    assert places(document) == ["resolves/1", "resolves/2/a", "resolves/2/b"]
    assert kinds(document) == []
    assert document.coverage == 1.0


def test_bullets_before_headings_and_labels_are_markup():
    document = parsed(
        "  • considering\n    • a) that it is so;\n    • b) that it was so,\n  • resolves\n"
        "    • 1 to act;\n    • 2 to report."
    )

    assert texts(document) == {
        "considering/a": "that it is so;",
        "considering/b": "that it was so,",
        "resolves/1": "to act;",
        "resolves/2": "to report.",
    }
    assert {discard.kind for discard in document.discards} == {"markup"}


def test_markdown_around_headings_is_markup():
    document = parsed("*considering*\n\na) that it is so,\n\n**resolves**\n\n1 to act.")

    assert texts(document) == {"considering/a": "that it is so,", "resolves/1": "to act."}


def test_labels_alone_on_their_lines_belong_to_the_next_line():
    document = parsed("considering\na)\nthat it is so;\nb)\nthat it was so,\nresolves\n1\nto act.")

    assert texts(document) == {
        "considering/a": "that it is so;",
        "considering/b": "that it was so,",
        "resolves/1": "to act.",
    }


def test_decimals_and_inserted_items_keep_their_printed_labels():
    document = parsed(
        "decides\n1 that, on this basis: 1.1 that the unit stay; 1.2 that costs be cut;\n"
        "1bis that all agree;\n2 that it be so:\n2.1\tone;\n2.2\ttwo."
    )

    assert places(document) == [
        "decides/1", "decides/1.1", "decides/1.2", "decides/1bis",
        "decides/2", "decides/2.1", "decides/2.2",
    ]  # fmt: skip


def test_a_figure_that_does_not_go_on_with_the_list_is_text():
    document = parsed(
        "resolves\n1 that it apply as of 1 January\n2025 in all cases, as decided on or after\n"
        "1 March 2024;\n2 that it end."
    )

    assert texts(document) == {
        "resolves/1": "that it apply as of 1 January 2025 in all cases, as decided on or after"
        " 1 March 2024;",
        "resolves/2": "that it end.",
    }


def test_a_missing_label_is_reported_and_nothing_is_re_lettered():
    document = parsed("considering\na) one;\nb) two;\nd) four.")

    assert places(document) == ["considering/a", "considering/b", "considering/d"]
    assert kinds(document) == ["missing-label"]


def test_several_unlabelled_paragraphs_are_counted_and_a_single_one_is_not():
    document = parsed("noting\nthat it is so;\nthat it was so,\nresolves\nto act.")

    assert places(document) == ["noting/p1", "noting/p2", "resolves"]


def test_an_introduction_before_items_is_a_clause_without_a_label():
    document = parsed("instructs the Secretary-General\npursuant to this:\n1 to act;\n2 to report.")

    assert texts(document) == {
        "instructs": "pursuant to this:",
        "instructs/1": "to act;",
        "instructs/2": "to report.",
    }


def test_dashes_stay_in_the_text_of_their_item():
    document = parsed("resolves\n1 that these be studied:\n– one;\n– two;\n2 that it end.")

    assert texts(document)["resolves/1"] == "that these be studied: – one; – two;"


def test_dashes_without_an_item_are_paragraphs():
    document = parsed("considering\n– that it is so;\n– that it was so,\nresolves\nto act.")

    assert texts(document) == {
        "considering/p1": "that it is so;",
        "considering/p2": "that it was so,",
        "resolves": "to act.",
    }
    assert document.coverage == 1.0


def test_wrapped_lines_are_joined_by_one_space_and_chinese_ones_by_none():
    english = parsed("considering\na) that the growth\n  of networks is\nfast,\nresolves\nto act.")
    chinese = parsed("考虑到\na) 信息社会\n世界高峰会议，\n做出决议\n1 开展工作。", language="zh")

    assert texts(english)["considering/a"] == "that the growth of networks is fast,"
    assert texts(chinese)["considering/a"] == "信息社会世界高峰会议，"


def test_a_hyphen_at_a_line_end_goes_only_where_the_whole_word_stands_elsewhere():
    document = parsed(
        "considering\na) the develop-\nment of high-\nfrequency use and short-\nand long-term"
        " development,\n"
        "resolves\nto act."
    )

    assert texts(document)["considering/a"] == (
        "the development of high-frequency use and short- and long-term development,"
    )
    assert document.coverage == 1.0
    assert [clause.source.reassemble(document.text) for clause in document.clauses] == [
        clause.text for clause in document.clauses
    ]


def test_every_clause_can_be_cut_anew_from_the_stored_text():
    text = (
        "considering\r\na) that [bookmark: x]the growth\r\nof it,\r\n\r\nresolves\r\n1 to"
        " act – 5 –\r\nnow."
    )

    document = parsed(text)

    assert [clause.source.reassemble(text) for clause in document.clauses] == [
        "that the growth of it,",
        "to act now.",
    ]
    assert document.coverage == 1.0


def test_a_known_footnote_leaves_the_text_and_becomes_a_note():
    document = parsed(
        "considering\na) the needs of developing1 countries; ____________________ 1 These include"
        " islands.\nb) that WSIS+10 ended,\nresolves\nto act."
    )

    first = document.clauses[0]

    assert first.text == "the needs of developing countries;"
    assert [(note.mark, note.text, note.at) for note in first.notes] == [
        ("1", "These include islands.", len("the needs of developing"))
    ]
    assert texts(document)["considering/b"] == "that WSIS+10 ended,"


def test_a_source_line_at_the_end_is_no_clause():
    document = parsed(
        "责成秘书长\n1 采取行动；\n2 提交报告。\n参阅：C96/129和C96/137号文件。", language="zh"
    )

    assert [discard.kind for discard in document.discards] == ["source-line"]
    assert texts(document)["instructs/2"] == "提交报告。"


# --- six languages

SIX = {
    "en": "considering\na) one;\nb) two,\nresolves\n1 three;\n2 four,\ninstructs the Director"
    " of TSB\nfive,\n"
    "invites Member States and Sector Members\n1 six;\n2 seven.",
    "fr": "considérant\na) un;\nb) deux,\ndécide\n1 trois;\n2 quatre,\ncharge le Directeur du"
    " TSB\ncinq,\n"
    "invite les États Membres et les Membres de Secteur\n1 six;\n2 sept.",
    "es": "considerando\na) uno;\nb) dos,\nresuelve\n1 tres;\n2 cuatro,\nencarga al Director de"
    " la TSB\ncinco,\n"
    "invita a los Estados Miembros y a los Miembros de Sector\n1 seis;\n2 siete.",
    "ru": "учитывая,\nа) один;\nb) два,\nрешает,\n1 три;\n2 четыре,\nпоручает Директору БСЭ\n"
    "пять,\n"
    "предлагает Государствам-Членам и Членам Сектора\n1 шесть;\n2 семь.",
    "zh": "考虑到\na) 一件；\nb) 二件，\n做出决议\n1 三件；\n2 四件，\n责成电信标准化局主任\n五"
    "件，\n"
    "请成员国和部门成员\n1 六件；\n2 七件。",
    "ar": "إذ تضع في اعتبارها\nأ ) واحد؛\nب) اثنان،\nتقرر\n1 ثلاثة؛\n2 أربعة،\n"
    "تكلف مدير مكتب تقييس الاتصالات\nخمسة،\nتدعو الدول الأعضاء وأعضاء القطاع\n1 ستة؛\n2 سبعة.",
}


@pytest.mark.parametrize("language", SIX)
def test_the_same_resolution_has_the_same_ids_and_addressees_in_every_language(language: str):
    document = parsed(SIX[language], language=language)

    assert places(document) == [
        "considering/a", "considering/b", "resolves/1", "resolves/2",
        "instructs", "invites/1", "invites/2",
    ]  # fmt: skip
    assert [heading.addressees for heading in document.headings] == [
        (), (), ("Director of TSB",), ("Member States", "Sector Members"),
    ]  # fmt: skip
    assert kinds(document) == []
    assert document.coverage == 1.0


def test_chinese_numerals_and_stems_give_latin_labels():
    document = parsed(
        "考虑到\n（甲）第一点；\n（乙）第二点，\n做出决议1在建议书中采用新格式；\n2 继续研究，\n"
        "请1秘书处协助；\n2 各主管部门参加。",
        language="zh",
        body="ra",
    )

    assert places(document) == [
        "considering/a", "considering/b", "resolves/1", "resolves/2", "invites/1", "invites/2",
    ]  # fmt: skip


def test_a_decision_in_french_decides():
    resolution = parsed("considérant\nle rapport,\ndécide\nd'approuver.", language="fr")
    decision = parsed(
        "considérant\nle rapport,\ndécide\nd'approuver.",
        language="fr",
        body="council",
        number="dec5",
    )

    assert places(resolution)[-1] == "resolves"
    assert places(decision)[-1] == "decides"


# --- annexes


def test_an_annex_is_a_section_with_a_numbering_of_its_own():
    document = parsed(
        "resolves\n1 to act;\n2 to report.\nANNEX 1 TO RESOLUTION 9 (REV. GENEVA, 2022)\nRules"
        " of the game\n"
        "1\tGeneral\n1.1\tAll may play:\na)\tnow;\nb)\tlater.\n2\tEnd\nAPPENDIX 1 TO ANNEX 1\n"
        "The form is free."
    )

    assert places(document) == [
        "resolves/1", "resolves/2",
        "annex-1/1", "annex-1/1.1", "annex-1/1.1/a", "annex-1/1.1/b", "annex-1/2",
        "appendix-1",
    ]  # fmt: skip
    assert [heading.text for heading in document.headings[1:]] == [
        "ANNEX 1 TO RESOLUTION 9 (REV. GENEVA, 2022)",
        "Rules of the game",
        "APPENDIX 1 TO ANNEX 1",
    ]


def test_an_annex_glued_to_the_last_item_is_parted_from_it():
    document = parsed(
        "resolves\n1 to act;\n2 to report. ANNEX TO RESOLUTION 9 (REV. GENEVA, 2022) Elements"
        " of the"
        " review The review takes into account:\na)\tone;\nb)\ttwo."
    )

    assert places(document) == ["resolves/1", "resolves/2", "annex", "annex/a", "annex/b"]
    assert texts(document)["resolves/2"] == "to report."


def test_lists_that_begin_anew_in_an_annex_have_ids_of_their_own():
    document = parsed(
        "resolves\nto act.\nAnnex\nFirst, these hold:\na) one;\nb) two.\nSecond, these hold:\n"
        "a) three;\nb) four."
    )

    ids = [clause.id for clause in document.clauses]

    assert len(set(ids)) == len(ids) == 7
    assert places(document)[1:] == [
        "annex/p1", "annex/a", "annex/b", "annex/p2", "annex/p2/a", "annex/p2/b",
    ]  # fmt: skip


def test_divisions_of_an_annex_keep_equal_labels_apart():
    document = parsed(
        "resolves\nto act.\nANNEX 1\nSECTION 1\n1\tOne\n2\tTwo\nSECTION 2\n1\tThree\n2\tFour"
    )

    assert places(document)[1:] == [
        "annex-1/1", "annex-1/2", "annex-1/section-2/1", "annex-1/section-2/2",
    ]  # fmt: skip


def test_a_sentence_that_begins_with_the_word_annex_is_none():
    document = parsed(
        "resolves\n1 to communicate the information in accordance with\nAnnex 1 to this"
        " Resolution no"
        " later than 1 April;\n2 to report."
    )

    assert places(document) == ["resolves/1", "resolves/2"]


def test_the_word_annex_in_small_letters_heads_nothing():
    document = parsed("resolves\n1 to act as follows:\nannex 1\nand more;\n2 to report.")

    assert texts(document)["resolves/1"] == "to act as follows: annex 1 and more;"


@pytest.mark.parametrize(
    ("head", "language", "name"),
    [
        ("ANNEXE 1 À LA RÉSOLUTION 9", "fr", "annex-1"),
        ("ANEXO 2", "es", "annex-2"),
        ("ПРИЛОЖЕНИЕ 1 К РЕЗОЛЮЦИИ 9 (ПЕРЕСМ. ЖЕНЕВА, 2022 Г.)", "ru", "annex-1"),
        ("附件1", "zh", "annex-1"),
        ("第9号决议附件A", "zh", "annex-a"),
        ("附件二", "zh", "annex-2"),
        ("الملحق 1", "ar", "annex-1"),
        ("Appendix II", "en", "appendix-ii"),
    ],
)
def test_annexes_are_known_in_every_language(head: str, language: str, name: str):
    document = parsed(f"{SIX[language]}\n{head}\n1 x", language=language)

    assert places(document)[-1] == f"{name}/1"


# --- the United Nations family

UNITED_NATIONS = """Recalling its resolutions 1 and 2,

Recalling the statements of its President,

Recalling also its resolution 3,

Welcoming the report,

1. Decides that the mandate shall be:

(a) To support the agreement by:

(i) Monitoring it;

(ii) Reporting on it;

(b) To help;

2. Requests the Secretary-General to report;

3. Requests all parties to cooperate;

4. Calls upon all States to act;

5. Requests the Council to meet;

6. Decides to remain seized of the matter.

Adopted unanimously at the 1382nd meeting.
"""


def test_paragraphs_that_open_with_their_verb_are_grouped_by_it():
    document = parsed(UNITED_NATIONS, body="unsc")

    assert places(document) == [
        "recalling/p1", "recalling/p2", "recalling-further", "welcoming",
        "decides/1", "decides/1/a", "decides/1/a/i", "decides/1/a/ii", "decides/1/b",
        "requests/2", "requests/3", "calls-upon/4", "requests.2/5", "decides.2/6",
    ]  # fmt: skip
    assert kinds(document) == []
    assert document.coverage == 1.0


def test_the_verb_is_part_of_the_text_and_the_phrase():
    document = parsed(UNITED_NATIONS, body="unsc")

    assert texts(document)["requests/2"] == "Requests the Secretary-General to report;"
    assert document.clauses[9].phrase == "Requests"
    assert document.clauses[9].addressees == ("Secretary-General",)


def test_each_paragraph_of_the_family_has_the_addressees_that_it_names():
    document = parsed(UNITED_NATIONS, body="unsc")

    named = {
        place: clause.addressees
        for place, clause in zip(places(document), document.clauses, strict=True)
    }

    assert named["requests/2"] == ("Secretary-General",)
    assert named["requests/3"] == ("all parties",)
    assert named["calls-upon/4"] == ("all States",)


def test_numbered_paragraphs_below_a_verb_of_their_own_line_share_it():
    document = parsed(
        "Noting the report,\n\nDecides:\n\n1. To establish a commission;\n\n2. To fund it.\n",
        body="unsc",
    )

    assert places(document) == ["noting", "decides", "decides/1", "decides/2"]
    assert kinds(document) == []


def test_numbers_below_an_unnumbered_paragraph_are_its_children():
    document = parsed(
        "Vu le rapport ;\n\nPRIE le Directeur général :\n\n1) de poursuivre ;\n\n2) de faire"
        " rapport ;\n\nINVITE les États Membres à agir.\n",
        body="unga",
        language="fr",
    )

    assert places(document) == ["referring", "requests", "requests/1", "requests/2", "invites"]


def test_the_closing_formula_is_no_clause():
    document = parsed(UNITED_NATIONS, body="unsc")

    assert [discard.kind for discard in document.discards] == ["closing-formula"]


def test_wrapped_paragraphs_of_the_family_are_joined():
    document = parsed(
        "Affirming the commitment of all Member States to the\nsovereignty of others, and\n"
        "noting the intention expressed by them to bring their\npresence to an end,\n\n"
        "Taking note of the letters dated then and of those\nof the same date,\n"
        "Recalling also that it has signed the Convention on the\nmatter,\n\n1. Affirms it.\n",
        body="unsc",
    )

    assert places(document) == ["affirming", "taking-note", "recalling-further", "affirms/1"]


def test_a_subject_before_the_verb_is_skipped():
    document = parsed(
        "Therefore\n\n1. The Security Council requests the members to meet;\n\n"
        "2. The Security Council directs that they report.\n",
        body="unsc",
    )

    assert places(document) == ["requests/1", "instructs/2"]


def test_a_child_is_below_its_number_whatever_its_verb():
    document = parsed(
        "Noting the report,\n\n1. Acting under Chapter VII:\n\n(a) Decides that it may act;\n\n"
        "(b) Requests that all agree;\n\n2. Urges peace.\n",
        body="unsc",
    )

    assert places(document) == ["noting", "acting/1", "acting/1/a", "acting/1/b", "urges/2"]


def test_a_paragraph_by_no_known_verb_is_kept_and_reported():
    document = parsed(
        "By Article 47 it was agreed to meet;\n\nNoting the report,\n\n1. Decides to go on;\n\n"
        "2. Frobnicates the matter.\n",
        body="unsc",
    )

    assert places(document) == ["unknown", "noting", "decides/1", "unknown.2/2"]
    assert kinds(document) == ["unknown-opening", "unknown-opening"]


def test_a_blank_line_begins_a_paragraph_even_where_the_one_before_has_no_mark():
    document = parsed(
        "Recalling its earlier resolutions on the situation in that region and\nthe reports of"
        " it\n\n"
        "Noting that the parties to the agreement have not yet come to terms\nwith each other,\n\n"
        "1. Decides to go on with the work that was begun in the last year and\nto see it"
        " through.\n",
        body="unsc",
    )

    assert places(document) == ["recalling", "noting", "decides/1"]


def test_parts_with_titles_and_numbers_without_verbs_stand_below_their_stem():
    document = parsed(
        "Having heard both,\n\nRecommends to the Governments the following measures :\n\n"
        "A. Restoration of order\n\n1. The Government should undertake :\n\n(a) To withdraw ;\n\n"
        "(b) To inform.\n\n2. The Government should agree.\nB. Vote\n\n"
        "3. (a) The Government should vote.\n\n(b) It should count.\n",
        body="unsc",
    )

    assert places(document) == [
        "having-heard", "recommends", "recommends/1", "recommends/1/a", "recommends/1/b",
        "recommends/2", "recommends/3/a", "recommends/3/b",
    ]  # fmt: skip
    assert [heading.text for heading in document.headings] == ["A. Restoration of order", "B. Vote"]
    assert kinds(document) == []


def test_small_letters_open_paragraphs_where_the_text_sets_them_so():
    document = parsed(
        "considering the need,\nconsidering that it is great,\nnotes the report,\n"
        "The General Conference\nfurther notes that\n\n* one is so,\n* two is so,\n\ninvites"
        " all to act.",
        body="cgpm",
    )

    assert places(document) == [
        "considering/p1", "considering/p2", "notes", "notes-further", "invites",
    ]  # fmt: skip
    assert texts(document)["notes-further"] == "further notes that * one is so, * two is so,"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "回顾以往各项决议，\n\n又回顾主席声明，\n\n1. 决定延长任务期限；\n\n2. 强调必须合作"
            "。\n",
            "zh",
            ["recalling", "recalling-further", "decides/1", "emphasizes/2"],
        ),
        (
            "ссылаясь на свои резолюции,\n\nбудучи глубоко обеспокоен положением,\n\n"
            "1. постановляет продлить мандат;\n\n2. просит Генерального секретаря доложить.\n",
            "ru",
            ["recalling", "concerned", "decides/1", "requests/2"],
        ),
        (
            "Rappelant ses résolutions,\n\nSoulignant l'inadmissibilité de l'acquisition,\n\n"
            "1. Affirme que :\n\na) Retrait ;\n\nb) Cessation ;\n\n2. Décide de rester saisi.\n",
            "fr",
            ["recalling", "emphasizing", "affirms/1", "affirms/1/a", "affirms/1/b", "decides/2"],
        ),
        (
            "Recordando sus resoluciones,\n\nReafirmando su adhesión,\n\n1. Decide prorrogar el"
            " mandato;\n\n"
            "2. Pide al Secretario General que informe.\n",
            "es",
            ["recalling", "reaffirming", "decides/1", "requests/2"],
        ),
        (
            "إذ يشير إلى قراراته،\n\nوإذ يؤكد من جديد التزامه،\n\n1 - يقرر تمديد الولاية؛\n\n"
            "2 - يطلب إلى الأمين العام أن يقدم تقريرا.\n",
            "ar",
            ["recalling", "reaffirming", "decides/1", "requests/2"],
        ),
    ],
    ids=["zh", "ru", "fr", "es", "ar"],
)
def test_the_family_is_read_in_every_language(text: str, language: str, expected: list[str]):
    document = parsed(text, body="unsc", language=language)

    assert places(document) == expected
    assert document.coverage == 1.0


# --- formats with paragraphs and styles


def extraction(
    *paragraphs: tuple[str, str, str], footnotes: tuple[Footnote, ...] = ()
) -> Extraction:
    """A document of (text, role, style) paragraphs."""
    found = []
    text = ""
    for words, role, style in paragraphs:
        start = len(text)
        text += words + "\n"
        found.append(Paragraph(start, start + len(words), role, style))  # type: ignore[arg-type]
    return Extraction("resolution.docx", text, tuple(found), footnotes)


def test_headers_footers_and_deleted_text_are_named_and_no_clause():
    document = structure(
        extraction(
            ("considering", "body", "heading"),
            ("a)\tthat it is so,", "body", "item"),
            ("WTSA – Resolution 9", "header", ""),
            ("struck out", "deleted", ""),
            ("resolves", "body", "heading"),
            ("to act.", "body", ""),
        ),
        a_revision(),
    )

    assert places(document) == ["considering/a", "resolves"]
    assert [discard.kind for discard in document.discards] == ["header", "deleted"]
    assert document.coverage == 1.0


def test_a_style_makes_a_heading_of_words_in_no_table():
    document = structure(
        extraction(
            ("marvelling", "body", "heading"),
            ("that it is so,", "body", ""),
            ("resolves", "body", "heading"),
            ("to act.", "body", ""),
        ),
        a_revision(),
    )

    assert places(document) == ["unknown", "resolves"]
    assert kinds(document) == ["unknown-heading"]


def test_a_style_tells_a_long_heading_from_a_heading_with_its_text():
    manner = "instructs the Director of TSB, in collaboration with the Directors of the Bureaux"
    document = structure(
        extraction(
            (manner, "body", "heading"),
            ("to act,", "body", ""),
            ("resolves to thank the auditors for their work,", "body", "heading"),
            ("invites Member States from all regions", "body", "heading"),
            ("to act.", "body", ""),
        ),
        a_revision(),
    )

    assert texts(document) == {
        "instructs": "to act,",
        "resolves": "to thank the auditors for their work,",
        "invites": "to act.",
    }
    assert document.clauses[0].phrase == manner
    assert document.clauses[0].addressees == ("Director of TSB",)


def test_a_second_paragraph_of_an_item_is_more_of_its_text():
    document = structure(
        extraction(
            ("resolves", "body", "heading"),
            ("1\tthat it be so.", "body", "item"),
            ("This holds for all.", "body", "continued"),
            ("2\tthat it end.", "body", "item"),
        ),
        a_revision(),
    )

    assert texts(document)["resolves/1"] == "that it be so. This holds for all."


def test_words_that_a_reader_put_in_no_paragraph_are_reported():
    source = Extraction(
        "resolution.docx",
        "resolves\nlost words\nto act.",
        (Paragraph(0, 8, "body", "heading"), Paragraph(20, 27)),
    )

    document = structure(source, a_revision())

    assert document.coverage < 1.0
    assert [(problem.kind, problem.start) for problem in document.problems] == [("not-covered", 9)]


def test_a_footnote_of_the_format_is_a_note():
    text = "considering\nthe needs1 of all,\n1 A note.\n"
    mark = text.index("1 of")
    body = (text.index("1 A note."), text.index("1 A note.") + 9)
    source = Extraction(
        "resolution.docx",
        text,
        (Paragraph(0, 11, "body", "heading"), Paragraph(12, 30), Paragraph(*body, "footnote")),
        (Footnote("1", "A note.", ((mark, mark + 1),), body),),
    )

    document = structure(source, a_revision())

    assert texts(document) == {"considering": "the needs of all,"}
    assert document.clauses[0].notes[0].at == len("the needs")
    assert document.coverage == 1.0


# --- several documents in one file


def test_the_foreword_of_the_next_document_is_no_clause_of_this_one():
    document = parsed(
        "考虑到\n情况如此，\n做出决议\n开展工作。\n 前言\n国际电联是专门机构。", language="zh"
    )

    assert places(document) == ["considering", "resolves"]
    assert [discard.kind for discard in document.discards] == ["cover"]
    assert document.coverage == 1.0


def test_two_resolutions_of_one_file_are_two_documents():
    text = (
        "RESOLUTION 75 (Rev. Geneva, 2022)\nOn one thing\nThe World Telecommunication"
        " Standardization"
        " Assembly (Geneva, 2022),\nconsidering\nthat it is so,\nresolves\nto act.\n"
        "RESOLUTION 76 (Rev. Geneva, 2022)\nOn another\nThe World Telecommunication Standardization"
        " Assembly (Geneva, 2022),\nnoting\nthat it was so,\nresolves\nto wait.\n"
    )

    documents = parse_extraction(extract_text(text, file="proceedings.txt"))

    assert [document.revision.id for document in documents] == ["wtsa-75@2022", "wtsa-76@2022"]
    assert [places(document) for document in documents] == [
        ["considering", "resolves"],
        ["noting", "resolves"],
    ]
    assert [document.coverage for document in documents] == [1.0, 1.0]
    assert documents[0].range[1] == documents[1].range[0] == text.index("RESOLUTION 76")


def test_a_title_block_printed_again_within_the_body_is_no_clause():
    text = (
        "RESOLUTION 349 (REV.WRC-23)\nOperational procedures for cancelling alerts\nconsidering\n"
        "a) one;\nb) two. – 408 –\nRES349-1 RESOLUTION 349 (REV.WRC-23) Operational procedures for"
        " cancelling alerts The World Radiocommunication Conference (Dubai, 2023),\nresolves\n"
        "to act."
    )

    (document,) = parse_extraction(extract_text(text, file="resolution.txt"))

    assert texts(document) == {
        "considering/a": "one;",
        "considering/b": "two.",
        "resolves": "to act.",
    }
    assert document.coverage == 1.0
