import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus.terms
from corpus.clauses import LANGUAGES
from corpus.terms import KINDS, Concept, Termbank, TermMatch, load_termbank, termbank_from

DATA = Path(corpus.terms.__file__).parent / "data" / "terms.toml"

# Words around a name that are no names themselves.
NEUTRAL = {
    "ar": "قيل {} هنا.",
    "zh": "那么{}吗？",
    "en": "Please tell {} today.",
    "fr": "Alors {} aujourd'hui.",
    "es": "Entonces {} hoy.",
    "ru": "Тогда {} сегодня.",
}


def found(text: str) -> list[tuple[str, str]]:
    return [
        (text[match.start : match.end], match.concept.id) for match in load_termbank().find(text)
    ]


# The data


def test_the_termbank_is_broad() -> None:
    bank = load_termbank()

    kinds = Counter(concept.kind for concept in bank.concepts)

    assert len(bank.concepts) >= 330
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 4


def test_every_concept_has_names_in_all_six_languages() -> None:
    lacking = {
        (concept.id, language)
        for concept in load_termbank().concepts
        for language in LANGUAGES
        if not concept.names.get(language)
    }

    assert lacking == set()


def test_records_have_known_keys_only() -> None:
    records = tomllib.loads(DATA.read_text(encoding="utf-8"))["concept"]

    keys = {key for record in records for key in record}

    assert keys == {"id", "kind", "anycase", "source", "names"}


def test_no_name_stands_for_two_concepts_in_one_language() -> None:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for concept in load_termbank().concepts:
        for language, names in concept.names.items():
            for name in names:
                owners[language, name.casefold()].add(concept.id)

    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_finds_its_own_concept_within_a_sentence(language: str) -> None:
    before = NEUTRAL[language].index("{")
    expected, actual = [], []
    for concept in load_termbank().concepts:
        for name in concept.names[language]:
            matches = load_termbank().find(NEUTRAL[language].format(name))
            expected.append((name, [(concept.id, before, before + len(name))]))
            actual.append((name, [(match.concept.id, match.start, match.end) for match in matches]))

    assert actual == expected


def test_acronyms_marked_anycase_are_found_in_small_letters() -> None:
    expected, actual = [], []
    for concept in load_termbank().concepts:
        acronyms = {name for names in concept.names.values() for name in names if name.isupper()}
        for acronym in sorted(acronyms) if concept.anycase else ():
            expected.append((acronym, [concept.id]))
            matches = load_termbank().find(f"-- {acronym.lower()} --")
            actual.append((acronym, [match.concept.id for match in matches]))

    assert len(expected) > 200
    assert actual == expected


# Names as ITU and the UN use them


@pytest.mark.parametrize(
    ("concept", "language", "name"),
    [
        ("wsis", "fr", "SMSI"),
        ("wsis", "es", "CMSI"),
        ("wsis", "ru", "ВВУИО"),
        ("wsis", "zh", "信息社会世界高峰会议"),
        ("wsis", "zh", "信息社会世界峰会"),
        ("wsis", "ar", "القمة العالمية لمجتمع المعلومات"),
        ("itu", "fr", "UIT"),
        ("itu", "ru", "МСЭ"),
        ("itu", "zh", "国际电联"),
        ("wtsa", "fr", "AMNT"),
        ("wtsa", "ru", "ВАСЭ"),
        ("tsag", "fr", "GCNT"),
        ("tsag", "es", "GANT"),
        ("tsag", "ru", "КГСЭ"),
        ("tsag", "zh", "电信标准化顾问组"),
        ("tsb", "ru", "БСЭ"),
        ("cwg-internet", "es", "GTC-Internet"),
        ("sdgs", "fr", "ODD"),
        ("wtpf", "ru", "ВФПЭ"),
        ("cgpm", "ru", "ГКМВ"),
    ],
)
def test_known_names_are_held(concept: str, language: str, name: str) -> None:
    assert name in load_termbank().names(concept, language)


def test_the_official_name_comes_first() -> None:
    names = load_termbank().names("wtsa", "fr")

    assert names[0] == "Assemblée mondiale de normalisation des télécommunications"


def test_an_unknown_language_has_no_names_and_an_unknown_concept_is_an_error() -> None:
    bank = load_termbank()

    assert bank.names("wsis", "de") == ()
    with pytest.raises(KeyError):
        bank.names("no-such-concept", "en")


# Matching


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Russian cases
        (
            "поручить Директору БСЭ сообщить Государствам-Членам",
            [("Директору БСЭ", "director-tsb"), ("Государствам-Членам", "member-states")],
        ),
        (
            "в исследовательских комиссиях Сектора стандартизации электросвязи",
            [
                ("исследовательских комиссиях", "study-group"),
                ("Сектора стандартизации электросвязи", "itu-t"),
            ],
        ),
        ("о Тунисской программе", [("Тунисской программе", "tunis-agenda")]),
        ("Докладчиков 17-й Исследовательской комиссии", [("Докладчиков", "rapporteur"),
         ("17-й Исследовательской комиссии", "sg17")]),
        # Arabic prefixes, vowel signs, tatweel, forms of alef and ya
        ("وبالقمة العالمية لمجتمع المعلومات", [("وبالقمة العالمية لمجتمع المعلومات", "wsis")]),
        ("لِلدُّوَلِ الأعْضاءِ", [("لِلدُّوَلِ الأعْضاءِ", "member-states")]),
        ("إلى الاتحـــاد الدولي للاتصالات", [("الاتحـــاد الدولي للاتصالات", "itu")]),
        ("فالامين العام", [("فالامين العام", "secretary-general")]),
        ("دور للاتحاد", [("للاتحاد", "itu")]),
        ("مؤتمر المندوبون المفوضون", [("مؤتمر المندوبون المفوضون", "pp")]),
        ("بـWSIS", [("WSIS", "wsis")]),
        # French elisions, plurals, lost accents
        ("l'UIT et l’UIT-T", [("UIT", "itu"), ("UIT-T", "itu-t")]),
        ("la gouvernance d'Internet", [("gouvernance d'Internet", "internet-governance")]),
        ("les commissions d'etudes", [("commissions d'etudes", "study-group")]),
        ("des plans financiers", [("plans financiers", "financial-plan")]),
        # Spanish
        ("según la Cumbre Mundial sobre la Sociedad de la Informacion",
         [("Cumbre Mundial sobre la Sociedad de la Informacion", "wsis")]),
        ("la Directora de la TSB", [("Directora de la TSB", "director-tsb")]),
        ("el Secretario General y la Secretaría General",
         [("Secretario General", "secretary-general"), ("Secretaría General", "itu-secretariat")]),
        # English
        ("the ITU's study group", [("ITU", "itu"), ("study group", "study-group")]),
        ("what standardisation is", [("standardisation", "standardization")]),
        ("Director of the TSB", [("Director of the TSB", "director-tsb")]),
        ("two SDGs and an LDC", [("SDGs", "sdgs"), ("LDC", "ldcs")]),
        ("whose IPRs", [("IPRs", "intellectual-property")]),
        ("INTERNET GOVERNANCE", [("INTERNET GOVERNANCE", "internet-governance")]),
        # Chinese, with Latin acronyms, full width, traditional characters
        ("国际电联理事会WSIS论坛", [("国际电联理事会", "council"), ("WSIS论坛", "wsis-forum")]),
        ("落实ＷＳＩＳ成果", [("ＷＳＩＳ成果", "wsis-outcomes")]),
        ("《２０３０年可持续发展议程》", [("２０３０年可持续发展议程", "agenda-2030")]),
        ("聯合國教科文組織的無線電通信局主任",
         [("聯合國教科文組織", "unesco"), ("無線電通信局主任", "director-br")]),
        ("国际化(多语文)域名", [("国际化(多语文)域名", "idn")]),
    ],
)  # fmt: skip
def test_inflected_and_attached_forms_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("hyphen", list("-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d "))
@pytest.mark.parametrize("sign", ["&", "＆", "/", " & "])
def test_hyphens_and_ampersands_of_all_kinds_are_alike(hyphen: str, sign: str) -> None:
    name = f"CWG{hyphen}WSIS{sign}SDG"

    assert found(f"向{name}提供") == [(name, "cwg-wsis-sdg")]


@pytest.mark.parametrize(
    "text",
    [
        # capitals count for short acronyms
        "who are you and what is a pp of rag in las vegas, said the odd one",
        "le pp d'ar et le ce",
        "пк и ар",
        # no match inside of words
        "XITU ITUX WSISSES preWTSA",
        "国际电X联",
        "непрограммныйинтернетовский",
        # one stem, another meaning
        "It is recommended to access what was numbered and accessed by the associated ones",
        "councillors and constitutive warlike warm",
        # the article makes the name
        "مجلس إدارة",
        # ordinary talk
        "How do I bake bread at home?",
        "Comment faire du pain chez soi ?",
        "¿Cómo se hace el pan en casa?",
        "Как испечь хлеб дома?",
        "怎样在家做面包？",
        "كيف أخبز الخبز في البيت؟",
        "",
        " \n\n ",
    ],
)
def test_what_is_no_name_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_developing_and_developed_countries_stay_apart() -> None:
    text = "developed countries help developing countries"

    assert found(text) == [
        ("developed countries", "developed-countries"),
        ("developing countries", "developing-countries"),
    ]


def test_names_do_not_run_across_punctuation_or_an_empty_line() -> None:
    assert found("The Member. States") == []
    assert found("Internet\ngovernance") == [("Internet\ngovernance", "internet-governance")]
    assert found("Internet\n\ngovernance") == [("Internet", "internet")]


def test_the_longest_name_wins_and_nothing_overlaps() -> None:
    text = "理事会国际互联网相关公共政策问题工作组"

    assert found(text) == [(text, "cwg-internet")]


def test_a_longer_name_further_on_beats_a_shorter_one_that_starts_first() -> None:
    bank = Termbank(
        [
            Concept("first", "concept", {"zh": ("甲乙",)}),
            Concept("second", "concept", {"zh": ("乙丙丁",)}),
        ]
    )

    matches = bank.find("甲乙丙丁")

    assert matches == (TermMatch(bank.concepts[1], 1, 4, "zh"),)


def test_the_language_is_that_of_the_name_or_empty_when_several_share_it() -> None:
    text = "SMSI, ВВУИО, WSIS, TSAG, Sommet mondial sur la société de l'information"

    languages = [match.language for match in load_termbank().find(text)]

    assert languages == ["fr", "ru", "", "", "fr"]


def test_signs_that_are_not_seen_do_not_hide_a_name_and_offsets_stay_true() -> None:
    name = "conse\u0301quences: Te\u0301le\u0301com\u00admunica\u00adtions"

    assert found(name) == [("Te\u0301le\u0301com\u00admunica\u00adtions", "telecommunications")]
    assert found("\u200fالدول\u200f \u200eالأعضاء\u200f") == [
        ("الدول\u200f \u200eالأعضاء", "member-states")
    ]


def test_a_name_listed_just_so_is_preferred_to_an_inflection_of_another() -> None:
    bank = Termbank(
        [
            Concept("standards", "concept", {"es": ("norma nuevas",)}),
            Concept("standard", "concept", {"es": ("norma nueva",)}),
        ]
    )

    ids = [match.concept.id for match in bank.find("norma nueva; norma nuevas")]

    assert ids == ["standard", "standards"]


def test_concepts_and_matches_can_be_gathered_in_a_set() -> None:
    matches = load_termbank().find("ITU, МСЭ, ITU")

    assert len({match.concept for match in matches}) == 1
    assert len(set(matches)) == 3


def test_finding_again_gives_the_same() -> None:
    bank = termbank_from(tomllib.loads(DATA.read_text(encoding="utf-8"))["concept"])
    text = "The ITU Council and l'UIT, МСЭ, 国际电联, الاتحاد"

    assert bank.find(text) == bank.find(text)
    assert len(bank.find(text)) == 5


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(
                ["ITU-T ", "国际电联", "理事会", "الاتحاد", "Совета МСЭ", "de l'", " "]
            ),
        ),
        max_size=12,
    ).map("".join)
)
def test_matches_are_in_order_and_apart_in_any_text(text: str) -> None:
    edge = 0
    for match in load_termbank().find(text):
        assert edge <= match.start < match.end <= len(text)
        assert not text[match.start].isspace()
        assert not text[match.end - 1].isspace()
        edge = match.end


def test_a_text_of_two_hundred_characters_takes_little_time() -> None:
    text = (
        "国际电联电信标准化部门在WSIS成果落实中的贡献；les États Membres; Государства-Члены " * 4
    )[:200]
    load_termbank().find(text)

    start = process_time()
    for _ in range(50):
        load_termbank().find(text)

    assert (process_time() - start) / 50 < 0.01  # measured: under 0.002 s


# Records


def test_an_odd_record_is_refused() -> None:
    names = {"en": ["thing"]}

    with pytest.raises(ValueError, match="no kind"):
        termbank_from([{"id": "thing", "kind": "gadget", "names": names}])
    with pytest.raises(ValueError, match="unknown languages"):
        termbank_from([{"id": "thing", "kind": "concept", "names": {"de": ["Ding"]}}])
    with pytest.raises(ValueError, match="list each"):
        termbank_from([{"id": "thing", "kind": "concept", "names": {"en": "thing"}}])
    with pytest.raises(ValueError, match="no word"):
        termbank_from([{"id": "thing", "kind": "concept", "names": {"en": ["the"]}}])
    with pytest.raises(ValueError, match="share an id"):
        termbank_from([{"id": "thing", "kind": "concept", "names": names}] * 2)


def test_traditional_characters_are_listed_once_and_only_for_names_of_the_termbank() -> None:
    pairs = corpus.terms._TRADITIONAL
    traditional, simplified = pairs[::2], pairs[1::2]
    in_names = {
        sign
        for concept in load_termbank().concepts
        for name in concept.names["zh"]
        for sign in name
    }

    assert len(set(traditional)) == len(traditional)
    assert set(simplified) <= in_names
    assert not set(traditional) & in_names
