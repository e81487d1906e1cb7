import tomllib
from importlib import resources

import pytest

from corpus.clauses import LANGUAGES
from corpus.phrases import examples, phrasebook

TABLE = tomllib.loads(
    resources.files("corpus").joinpath("data/phrases.toml").read_text(encoding="utf-8")
)
BOOK = phrasebook()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_is_matched_in_its_example_line(language: str):
    wrong = []
    for action, spoken, line in examples(TABLE):
        if spoken == language:
            match = BOOK.match_heading(line, language)
            if match is None or match.action != action:
                wrong.append((action, line, match and match.action))

    assert wrong == []


def test_every_addressee_is_found_in_its_examples_and_in_what_it_is_printed_as():
    wrong = []
    for name, entry in TABLE["addressees"].items():
        for line in (*entry["examples"], *entry["after"].values()):
            found = [mention.addressee for mention in BOOK.find_addressees(line)]
            if found != [name]:
                wrong.append((name, line, found))

    assert wrong == []


def test_no_form_of_a_language_belongs_to_two_actions():
    for language in LANGUAGES:
        forms = [
            form["form"]
            for action in TABLE["actions"].values()
            for form in action.get(language, ())
        ]

        assert len(forms) == len(set(forms)), language


@pytest.mark.parametrize(
    ("line", "action", "addressees"),
    [
        ("instructs the Director of TSB", "instructs", ("Director of TSB",)),
        ("further instructs the ITU Council", "instructs-further", ("Council",)),
        ("resolves further", "resolves-further", ()),
        ("further resolves", "resolves-further", ()),
        ("considering further", "considering-further", ()),
        ("taking into account also", "taking-into-account-further", ()),
        ("noting with concern", "noting-with-concern", ()),
        ("Recalling also its resolution 1325 (2000),", "recalling-further", ()),
        ("Strongly condemning all violations,", "condemning", ()),
        ("Expressing its grave concern at the reports,", "expressing-concern", ()),
        ("Expressing also its appreciation to the Panel,", "expressing-appreciation-further", ()),
        (
            "invites Member States, Sector Members, Associates and Academia",
            "invites",
            ("Member States", "Sector Members", "Associates", "Academia"),
        ),
        (
            "instructs the Directors of the Telecommunication Development Bureau and the"
            " Telecommunication Standardization Bureau",
            "instructs",
            ("Director of BDT", "Director of TSB"),
        ),
        (
            "instructs the Secretary-General, in consultation with the Directors of the Bureaux",
            "instructs",
            ("Secretary-General",),
        ),
        (
            "resolves to instruct the Director of the Radiocommunication Bureau",
            "resolves",
            ("Director of BR",),
        ),
        ("décide de charger le Directeur du TSB", "resolves", ("Director of TSB",)),
        ("considérant de plus", "considering-further", ()),
        ("ayant pris note avec satisfaction", "noting-with-satisfaction", ()),
        ("resuelve instar a los Estados Miembros", "resolves", ("Member States",)),
        ("encarga al Secretario General", "instructs", ("Secretary-General",)),
        ("reconociendo además", "recognizing-further", ()),
        ("señalando además", "noting-further", ()),
        ("решает,", "resolves", ()),
        ("напоминая также,", "recalling-further", ()),
        ("отмечая вместе с тем,", "noting-further", ()),
        (
            "поручает Директорам Бюро развития электросвязи и Бюро стандартизации электросвязи",
            "instructs",
            ("Director of BDT", "Director of TSB"),
        ),
        ("做出决议，请理事会", "resolves", ("Council",)),
        ("进一步注意到关于经费的报告", "noting-further", ()),
        ("满意地注意到", "noting-with-satisfaction", ()),
        ("责成电信发展局和电信标准化局主任", "instructs", ("Director of BDT", "Director of TSB")),
        ("请所有利益攸关方", "invites", ("all stakeholders",)),
        ("وإذ تلاحظ", "noting", ()),
        ("يقـــرر", "resolves", ()),
        ("تكلف مدير مكتب تقييس الاتصالات", "instructs", ("Director of TSB",)),
        ("تدعو الدول الأعضاء وأعضاء القطاع", "invites", ("Member States", "Sector Members")),
    ],
)
def test_a_heading_gives_its_action_and_those_it_addresses(
    line: str, action: str, addressees: tuple[str, ...]
):
    match = BOOK.match_heading(line)

    assert match is not None
    assert (match.action, match.addressees) == (action, addressees)


@pytest.mark.parametrize(
    "line",
    [
        "considerable progress",
        "notebook",
        "the Council resolves",
        "resolution 75",
        "1 to resolve",
        "",
    ],
)
def test_words_that_only_look_like_a_phrase_are_none(line: str):
    assert BOOK.match_heading(line, "en") is None


def test_offsets_of_a_match_lead_into_the_line_as_it_is():
    line = "  Rappelant également sa résolution 3 (2001),"

    match = BOOK.match_heading(line, "fr")

    assert match is not None
    assert line[match.start : match.verb_end] == "Rappelant également"


def test_a_word_without_its_accents_is_the_same_word():
    match = BOOK.match_heading("considerant", "fr")

    assert match is not None
    assert match.action == "considering"


def test_chinese_verbs_are_operative_in_numbered_paragraphs():
    match = BOOK.match_heading("强调必须采取措施", "zh")

    assert match is not None
    assert (match.action, match.numbered) == ("emphasizing", "emphasizes")


def test_the_same_french_verb_resolves_at_itu_and_decides_at_the_united_nations():
    match = BOOK.match_heading("Décide de rester saisi de la question", "fr")

    assert match is not None
    assert (match.action, match.united_nations) == ("resolves", "decides")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "instructs the Director of TSB"),
        ("fr", "charge le Directeur du TSB"),
        ("es", "encarga al Director de la TSB"),
        ("ru", "поручает Директору БСЭ"),
        ("zh", "责成电信标准化局主任"),
        ("ar", "تكلّف مدير مكتب تقييس الاتصالات"),
    ],
)
def test_a_heading_is_printed_in_the_words_of_each_language(language: str, expected: str):
    assert BOOK.phrase("instructs", ("Director of TSB",), language) == expected


def test_several_addressees_are_listed_as_the_language_lists():
    names = ("Member States", "Sector Members", "Academia")

    assert (
        BOOK.phrase("invites", names, "en") == "invites Member States, Sector Members and Academia"
    )
    assert BOOK.phrase("invites", names, "zh") == "请成员国、部门成员和学术成员"
    assert BOOK.phrase("invites", names[:2], "ar") == "تدعو الدول الأعضاء وأعضاء القطاع"


def test_russian_verbs_govern_their_case():
    assert BOOK.phrase("instructs", ("Council",), "ru") == "поручает Совету"
    assert BOOK.phrase("requests", ("Council",), "ru") == "просит Совет"


def test_arabic_verbs_agree_with_the_body():
    assert BOOK.phrase("resolves", (), "ar", body="wtsa") == "تقرر"
    assert BOOK.phrase("resolves", (), "ar", body="pp") == "يقرر"


def test_a_second_section_of_a_kind_is_printed_as_one():
    printed = [BOOK.phrase("considering-further", (), language) for language in ("en", "zh", "fr")]

    assert printed == ["considering further", "进一步考虑到", "considérant en outre"]


def test_an_action_outside_the_table_has_no_wording():
    assert BOOK.phrase("unknown", (), "en") == ""
    assert BOOK.part("unknown") is None


@pytest.mark.parametrize(
    ("action", "part"),
    [("considering", "preamble"), ("noting-further", "preamble"), ("resolves", "operative")],
)
def test_an_action_belongs_to_the_preamble_or_the_operative_part(action: str, part: str):
    assert BOOK.part(action) == part


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does considering further say?", ["considering-further"]),
        ("Show resolves 2 and instructs 3.", ["resolves", "instructs"]),
        ("第75号决议做出决议2是什么？", ["resolves"]),
        ("Que dit le considérant e)?", ["considering"]),
        ("Что решает Ассамблея?", ["resolves"]),
        ("ماذا تقرر الجمعية؟", ["resolves"]),
        ("noting-further of Resolution 75", ["noting-further"]),
        ("请问第75号决议的内容是什么？", []),
        ("请成员国做什么？", ["invites"]),
    ],
)
def test_sections_are_found_by_name_in_questions(question: str, expected: list[str]):
    assert [mention.action for mention in BOOK.find_actions(question)] == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What must the Director of TSB and TSAG do?", ["Director of TSB", "TSAG"]),
        ("the Directors of BR and BDT", ["Director of BR", "Director of BDT"]),
        ("Что должен сделать Директор БСЭ?", ["Director of TSB"]),
        ("какие задачи у Генерального секретаря", ["Secretary-General"]),
        ("电信标准化局主任和部门成员要做什么？", ["Director of TSB", "Sector Members"]),
        ("ما هو المطلوب من الأمين العام؟", ["Secretary-General"]),
        ("¿Qué se pide a los Estados Miembros?", ["Member States"]),
        ("que doivent faire les commissions d'études ?", ["study groups"]),
        ("what is the weather", []),
    ],
)
def test_addressees_are_found_in_questions(question: str, expected: list[str]):
    assert [mention.addressee for mention in BOOK.find_addressees(question)] == expected


def test_mentions_carry_where_they_stand():
    question = "Что должен Директор Бюро стандартизации электросвязи?"

    (mention,) = BOOK.find_addressees(question)

    assert question[mention.start : mention.end] == "Директор Бюро стандартизации электросвязи"
