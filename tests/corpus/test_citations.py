from pathlib import Path

import pytest

from corpus.citations import cite, cite_part, cite_revision, print_label
from corpus.clauses import LANGUAGES, Adoption, Clause, Revision, Source
from corpus.parse import parse_document
from corpus.references import Held, find_references, resolve

FOUNDING = Path(__file__).resolve().parents[2] / "corpus" / "data" / "resolutions"


def founding_clauses() -> list[Clause]:
    return [
        clause
        for path in sorted(FOUNDING.glob("*.txt"))
        for document in parse_document(path)
        for clause in document.clauses
    ]


CLAUSES = founding_clauses()
HELD = Held(CLAUSES)
BY_ID = {clause.id: clause for clause in CLAUSES}


def a_revision(body: str, number: str, year: int, place: str = "", **known: object) -> Revision:
    return Revision(
        body=body,
        number=number,
        year=year,
        place=place,
        language=str(known.get("language", "en")),
        title="",
        revised=bool(known.get("revised", False)),
        history=known.get("history", ()),  # type: ignore[arg-type]
    )


def a_clause(
    revision: Revision, section: str, phrase: str, label: str = "", **known: object
) -> Clause:
    addressees = known.get("addressees", ())
    return Clause(revision, section, phrase, addressees, label, "x", Source("f", ((0, 1),)))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("with_body", [False, True])
def test_every_founding_citation_leads_back_to_its_clause(language: str, with_body: bool):
    lost = []
    for clause in CLAUSES:
        citation = cite(clause, language, with_body=with_body)
        references = find_references(f"… {citation}.")
        found = [c.id for r in references for c in resolve(r, HELD).clauses]
        if found != [clause.id]:
            lost.append((citation, found[:3]))

    assert len(CLAUSES) == 87
    assert lost == []


@pytest.mark.parametrize(
    ("identifier", "language", "expected"),
    [
        (
            "wtsa-75@2022/instructs/4",
            "en",
            "Resolution 75 (Rev. Geneva, 2022), instructs the Director of TSB 4",
        ),
        (
            "wtsa-75@2022/instructs/2",
            "fr",
            "Résolution 75 (Rév. Genève, 2022), charge le Directeur du TSB 2",
        ),
        (
            "wtsa-75@2022/resolves/3",
            "es",
            "Resolución 75 (Rev. Ginebra, 2022), resuelve 3",
        ),
        (
            "wtsa-75@2022/resolves/3",
            "ru",
            "Резолюция 75 (Пересм. Женева, 2022 г.), решает 3",
        ),
        (
            "wtsa-75@2022/considering/b",
            "zh",
            "第75号决议（2022年，日内瓦，修订版）考虑到 b)",
        ),
        ("wtsa-75@2022/resolves/2", "zh", "第75号决议（2022年，日内瓦，修订版）做出决议2"),
        ("wtsa-75@2008/resolves.2", "zh", "第75号决议（2008年，约翰内斯堡）做出决议，请理事会"),
        (
            "wtsa-75@2008/resolves.2",
            "en",
            "Resolution 75 (Johannesburg, 2008), resolves to invite the Council",
        ),
        ("wtsa-75@2022/resolves/1", "ar", "القرار 75 (المراجَع في جنيف، 2022)، تقرر 1"),
        (
            "wtsa-75@2022/considering/e/iii",
            "en",
            "Resolution 75 (Rev. Geneva, 2022), considering e) iii)",
        ),
        ("wtsa-75@2022/noting-further", "en", "Resolution 75 (Rev. Geneva, 2022), noting further"),
    ],
)
def test_a_clause_is_cited_in_the_form_of_each_language(
    identifier: str, language: str, expected: str
):
    assert cite(BY_ID[identifier], language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "Resolution 75 (Rev. Geneva, 2022) of the World Telecommunication Standardization "
            "Assembly",
        ),
        ("fr", "Résolution 75 (Rév. Genève, 2022) de l'AMNT"),
        ("es", "Resolución 75 (Rev. Ginebra, 2022) de la AMNT"),
        ("ru", "Резолюция 75 (Пересм. Женева, 2022 г.) ВАСЭ"),
        ("zh", "世界电信标准化全会第75号决议（2022年，日内瓦，修订版）"),
        ("ar", "القرار 75 (المراجَع في جنيف، 2022) للجمعية العالمية لتقييس الاتصالات"),
    ],
)
def test_the_body_is_named_on_request(language: str, expected: str):
    revision = BY_ID["wtsa-75@2022/resolves/1"].revision

    assert cite_revision(revision, language, with_body=True) == expected


COUNCIL = (Adoption(2011, ""), Adoption(2019, ""))


@pytest.mark.parametrize(
    ("revision", "language", "expected"),
    [
        (a_revision("wrc", "95", 2019, revised=True), "en", "Resolution 95 (Rev.WRC-19)"),
        (a_revision("wrc", "95", 2019, revised=True), "fr", "Résolution 95 (Rév.CMR-19)"),
        (a_revision("wrc", "95", 2019, revised=True), "ru", "Резолюция 95 (Пересм. ВКР-19)"),
        (a_revision("wrc", "8", 2023), "zh", "第8号决议（WRC-23）"),
        (
            a_revision("pp", "dec5", 2018, "Dubai", revised=True),
            "en",
            "Decision 5 (Rev. Dubai, 2018)",
        ),
        (
            a_revision("pp", "dec5", 2018, "Dubai", revised=True),
            "zh",
            "第5号决定（2018年，迪拜，修订版）",
        ),
        (a_revision("pp", "rec7", 2018, "Dubai"), "es", "Recomendación 7 (Dubái, 2018)"),
        (
            a_revision("ra", "61", 2019, "Sharm el-Sheikh", revised=True),
            "en",
            "Resolution ITU-R 61 (Rev. Sharm el-Sheikh, 2019)",
        ),
        (
            a_revision("ra", "61", 2019, "Sharm el-Sheikh", revised=True),
            "zh",
            "ITU-R第61号决议（2019年，沙姆沙伊赫，修订版）",
        ),
        (
            a_revision("council", "1332", 2019, revised=True, history=COUNCIL),
            "en",
            "Resolution 1332 (2011, last amended 2019)",
        ),
        (a_revision("council", "1305", 2009), "fr", "Résolution 1305 (2009)"),
        (a_revision("unsc", "242", 1967), "en", "resolution 242 (1967)"),
        (a_revision("unsc", "2387", 2017), "zh", "第2387（2017）号决议"),
        (a_revision("unga", "70-125", 2015), "en", "resolution 70/125"),
        (a_revision("cgpm", "26-1", 2018), "en", "Resolution 1 of the 26th CGPM (2018)"),
        (a_revision("cgpm", "21-2", 1999), "en", "Resolution 2 of the 21st CGPM (1999)"),
        (a_revision("cgpm", "21-2", 1999), "fr", "Résolution 2 de la 21e CGPM (1999)"),
        (a_revision("cgpm", "26-1", 2018), "ru", "Резолюция 1 26-й ГКМВ (2018 г.)"),
        (a_revision("doc", "wha31.26", 1978), "en", "Resolution WHA31.26 (1978)"),
    ],
)
def test_each_body_has_its_form_of_citation(revision: Revision, language: str, expected: str):
    assert cite_revision(revision, language) == expected


@pytest.mark.parametrize(
    "revision",
    [
        a_revision("wrc", "95", 2019, revised=True),
        a_revision("pp", "dec5", 2018, "Dubai", revised=True),
        a_revision("pp", "rec7", 2018, "Dubai"),
        a_revision("ra", "61", 2019, "Sharm el-Sheikh", revised=True),
        a_revision("council", "1332", 2019, revised=True, history=COUNCIL),
        a_revision("wtdc", "30", 2017, "Buenos Aires", revised=True),
        a_revision("unsc", "242", 1967),
        a_revision("unga", "70-125", 2015),
        a_revision("cgpm", "26-1", 2018),
    ],
    ids=lambda revision: revision.lineage,
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed_of_a_revision_is_read_again(revision: Revision, language: str):
    citation = cite_revision(revision, language, with_body=True)

    (reference,) = find_references(f"({citation})")

    assert (reference.body, reference.number) == (revision.body, revision.number)
    if revision.body != "unga":  # its year is no part of the number
        assert reference.year == revision.year
        assert reference.place == revision.place
        assert reference.revised == revision.revised


def test_a_numbered_paragraph_of_the_security_council_bears_no_phrase():
    clause = a_clause(a_revision("unsc", "242", 1967), "requests", "Requests", "3")

    assert cite(clause, "en") == "resolution 242 (1967), paragraph 3"
    assert cite(clause, "zh") == "第242（1967）号决议第3段"
    assert cite(clause, "ru") == "резолюция 242 (1967), пункт 3"


def test_one_of_several_unlabelled_paragraphs_is_counted():
    clause = a_clause(a_revision("cgpm", "26-1", 2018), "considering", "considering", "p2")

    assert cite_part(clause, "en") == "considering, paragraph 2"


def test_sections_that_would_be_cited_alike_are_counted():
    revision = a_revision("pp", "206", 2018, "Dubai")
    general = ("Secretary-General",)
    phrase = "instructs the Secretary-General"
    first = a_clause(revision, "instructs", phrase, "1", addressees=general)
    second = a_clause(revision, "instructs.2", phrase, "1", addressees=general)
    other = a_clause(revision, "instructs.3", "instructs the Council", "1", addressees=("Council",))
    clauses = [first, second, other]

    citations = [cite_part(clause, "en", among=clauses) for clause in clauses]

    assert citations == [
        "instructs the Secretary-General [1] 1",
        "instructs the Secretary-General [2] 1",
        "instructs the Council 1",
    ]
    for clause, citation in zip(clauses, citations, strict=True):
        (reference,) = find_references(f"Resolution 206 (Dubai, 2018), {citation}")
        assert resolve(reference, Held(clauses)).clauses == (clause,)


def test_the_printed_phrase_is_kept_in_its_own_language():
    revision = a_revision("wtsa", "75", 2022, "Geneva", language="fr")
    clause = a_clause(revision, "considering", "tenant compte,", "a")

    assert cite_part(clause, "fr") == "tenant compte a)"


def test_a_manner_clause_is_no_part_of_a_citation():
    revision = a_revision("pp", "dec5", 2018, "Dubai")
    phrase = "instructs the Secretary-General, with the assistance of the Coordination Committee"
    clause = a_clause(revision, "instructs", phrase, "1", addressees=("Secretary-General",))

    assert cite_part(clause, "en") == "instructs the Secretary-General 1"


def test_an_annex_is_cited_by_its_name():
    revision = a_revision("pp", "25", 2018, "Dubai", revised=True)
    clause = a_clause(revision, "annex-1", "ANNEX 1 TO RESOLUTION 25", "1.1/a")

    assert cite(clause, "en") == "Resolution 25 (Rev. Dubai, 2018), Annex 1, 1.1 a)"
    assert cite(clause, "zh") == "第25号决议（2018年，迪拜，修订版）附件1, 1.1 a)"
    (reference,) = find_references(cite(clause, "ru"))
    assert resolve(reference, Held([clause])).clauses == (clause,)


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("e", "e)"),
        ("e/iii", "e) iii)"),
        ("1", "1"),
        ("1bis", "1bis"),
        ("bbis", "bbis)"),
        ("1.1", "1.1"),
        ("1bis.2", "1bis.2"),
        ("7a", "7a)"),
        ("1/a/ii", "1 a) ii)"),
    ],
)
def test_a_label_is_printed_with_its_brackets(label: str, printed: str):
    assert print_label(label) == printed


def test_the_section_of_another_verb_is_named_in_full():
    with pytest.raises(KeyError):
        cite(CLAUSES[0], "de")
