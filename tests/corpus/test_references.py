from pathlib import Path

import pytest

from corpus.clauses import Adoption, Clause, Revision, Source
from corpus.references import (
    Held,
    Outcome,
    Reference,
    find_internal,
    find_references,
    resolve,
)

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def short(reference: Reference) -> str:
    """body-number@year (place) R section addressees labels: what a reference says, in one line."""
    words = [f"{reference.body or '?'}-{reference.number}"]
    words[0] += f"@{reference.year}" if reference.year else ""
    words += [f"({reference.place})"] if reference.place else []
    words += ["R"] if reference.revised else []
    if reference.section:
        words.append(reference.section + (f".{reference.ordinal}" if reference.ordinal else ""))
    words += [f"[{', '.join(reference.addressees)}]"] if reference.addressees else []
    words += [" ".join(reference.labels)] if reference.labels else []
    return " ".join(words)


def found(text: str, body: str | None = None) -> list[str]:
    return [short(reference) for reference in find_references(text, body=body)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # English
        (
            "Resolution 71 (Rev. Dubai, 2018) of the Plenipotentiary Conference",
            "pp-71@2018 (Dubai) R",
        ),
        ("Resolution 174 (Guadalajara, 2010)", "pp-174@2010 (Guadalajara)"),
        ("Resolution 34 (Rev. Buenos Aires, 2017 ) of WTDC", "wtdc-34@2017 (Buenos Aires) R"),
        ("Resolution ITU-R 7-3 (Rev. Geneva, 2015) of the RA", "ra-7@2015 (Geneva) R"),
        ("Resolution 95 (Rev.WRC-07)", "wrc-95@2007 R"),
        ("Council Resolution 1380 (2016, last amended 2017)", "council-1380@2017 R"),
        ("Resolution 1332 (C-2011, last amended C19)", "council-1332@2019 R"),
        ("Council Resolution 1336, adopted at its 2011 session", "council-1336@2011"),
        ("Council Decision 588 (2016)", "council-dec588@2016"),
        ("Decision 5 (Rev. Dubai, 2018) of this conference", "pp-dec5@2018 (Dubai) R"),
        ("Recommendation 7 (Dubai, 2018)", "pp-rec7@2018 (Dubai)"),
        ("UNGA Resolution 71/199", "unga-71-199"),
        ("General Assembly resolution 181 (II)", "unga-181"),
        ("A/RES/70/125", "unga-70-125"),
        ("Security Council resolution 1483 (2003)", "unsc-1483@2003"),
        ("Resolution 1 of the 26th CGPM (2018)", "cgpm-26-1@2018"),
        ("Resolution 12 adopted by the General Conference at its 23rd meeting", "cgpm-23-12@2007"),
        ("WHA31.26", "doc-wha31.26"),
        ("Human Rights Council resolution 20/8", "doc-20-8"),
        # what people type
        ("Res. 75", "?-75"),
        ("res75", "?-75"),
        ("Res 75 2022", "?-75@2022"),
        ("Res. 75/2022", "?-75@2022"),
        ("resolution 75 of 2008", "?-75@2008"),
        ("res 75 in 2008", "?-75@2008"),
        ("Resolution No. 75 (Geneva 2022)", "wtsa-75@2022 (Geneva)"),
        ("Resolución núm. 75", "?-75"),
        ("WTSA-75", "wtsa-75"),
        ("WTSA Res 75 rev 2022", "wtsa-75@2022 R"),
        ("WTSA-16 Resolution 75", "wtsa-75@2016"),
        ("UNSC 242", "unsc-242"),
        ("wtsa-75@2022", "wtsa-75@2022"),
        # French
        ("Résolution 62 (Rév. Dubaï, 2012) de l'AMNT", "wtsa-62@2012 (Dubai) R"),
        ("la Résolution 104 (Minneapolis, 1998)", "pp-104@1998 (Minneapolis)"),
        (
            "Résolution 4 de la Conférence de plénipotentiaires de Nairobi (1982)",
            "pp-4@1982 (Nairobi)",
        ),
        ("la résolution nº 75 de l'AMNT-20", "wtsa-75@2022"),
        ("Résolution 2 de la 21e CGPM (1999)", "cgpm-21-2@1999"),
        # Spanish
        ("Resolución 122 (Rev. Guadalajara, 2010)", "pp-122@2010 (Guadalajara) R"),
        (
            "Recomendación 1 de la Conferencia de Plenipotenciarios (Kyoto, 1994)",
            "pp-rec1@1994 (Kyoto)",
        ),
        ("resolución 77/247, de 30 de diciembre de 2022", "unga-77-247"),
        # Russian
        ("Резолюция 21 (Пересм. Пусан, 2014 г.)", "pp-21@2014 (Busan) R"),
        ("Решение 12 (Гвадалахара, 2010 г.)", "pp-dec12@2010 (Guadalajara)"),
        ("Рез. 75 (Женева, 2022)", "wtsa-75@2022 (Geneva)"),
        ("резолюция 70/1 Генеральной Ассамблеи", "unga-70-1"),
        ("резолюцией Совета Безопасности 1861 (2009)", "unsc-1861@2009"),
        # Chinese
        ("第75号决议（2022年，日内瓦，修订版）", "wtsa-75@2022 (Geneva) R"),
        ("第123号决议(2018年,修订版,迪拜)", "pp-123@2018 (Dubai) R"),
        ("第140号决议（2018，迪拜，修订版）", "pp-140@2018 (Dubai) R"),
        ("第75号决议（WTSA-08）", "wtsa-75@2008"),
        ("全权代表大会第9号决定（2006年，安塔利亚）", "pp-dec9@2006 (Antalya)"),
        ("无线电通信全会ITU-R第61号决议", "ra-61"),
        ("联合国大会（UNGA）第70/1号决议", "unga-70-1"),
        (
            "理事会在其2011年会议上首次通过并在其2019年会议上最后修改的第1332号决议",
            "council-1332@2019 R",
        ),
        ("理事会第1282号决议", "council-1282"),
        ("第1483(2003)号决议", "?-1483@2003"),
        ("第七十五号决议", "?-75"),
        ("75号决议", "?-75"),
        ("决议75", "?-75"),
        ("2008年版第75号决议", "?-75@2008"),
        ("决议案三九六（五）", "unga-396"),
        ("第26届国际计量大会第1号决议（2018年）", "cgpm-26-1@2018"),
        # Arabic
        ("القرار 5 (المراجَع في بوينس آيرس، 2017)", "wtdc-5@2017 (Buenos Aires) R"),
        ("القرار 163 (غوادالاخارا، 2010)", "pp-163@2010 (Guadalajara)"),
        ("قرار مجلس الأمن رقم 242 (1967)", "unsc-242@1967"),
        ("قرار الجمعية العامة للأمم المتحدة 70/1", "unga-70-1"),
        ("القرار ٧٥", "?-75"),
    ],
)
def test_a_citation_is_found_in_each_form(text: str, expected: str):
    assert found(f"… {text}.", body="pp") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Resolution 75 (Rev. Geneva, 2022), instructs the Director of TSB 4",
            "wtsa-75@2022 (Geneva) R instructs [Director of TSB] 4",
        ),
        ("Res. 75 resolves 2", "?-75 resolves 2"),
        ("RESOLUTION 75 - RESOLVES 2", "?-75 resolves 2"),
        ("Resolution 75's resolves 2", "?-75 resolves 2"),
        ("considering e) iii) of Resolution 75", "?-75 considering e/iii"),
        ("resolves 7 to 10 of Resolution 35 (Rev.WRC-23)", "wrc-35@2023 R resolves 7 8 9 10"),
        ("noting a) and b) of Resolution 101", "?-101 noting a b"),
        (
            "Resolution 75 (Rev. Geneva, 2022), noting further",
            "wtsa-75@2022 (Geneva) R noting-further",
        ),
        ("paragraph 3 of resolution 242 (1967)", "?-242@1967 3"),
        ("resolution 242 (1967), paragraph 1 (ii)", "?-242@1967 1/ii"),
        ("paragraphs 7 and 8 of resolution 1556", "?-1556 7 8"),
        ("第75号决议做出决议2", "?-75 resolves 2"),
        ("第75号决议（2022年，日内瓦）考虑到 e) iii)", "wtsa-75@2022 (Geneva) considering e/iii"),
        ("第1483(2003)号决议第10段", "?-1483@2003 10"),
        ("Рез. 75 (Женева, 2022), решает 3", "wtsa-75@2022 (Geneva) resolves 3"),
        ("пункт 3 раздела решает Резолюции 75", "?-75 resolves 3"),
        (
            "Résolution 75 (Rév. Genève, 2022), charge le Directeur du TSB 2",
            "wtsa-75@2022 (Geneva) R instructs [Director of TSB] 2",
        ),
        (
            "Resolución 75 (Rev. Ginebra, 2022), encarga al Director de la TSB 3",
            "wtsa-75@2022 (Geneva) R instructs [Director of TSB] 3",
        ),
        ("القرار 75، تقرر 2", "?-75 resolves 2"),
        ("الفقرة 2 من القرار 242 (1967)", "?-242@1967 2"),
        ("wtsa-75@2022/considering/e/iii", "wtsa-75@2022 considering e/iii"),
        ("wtsa-75@2022/invites.3/2", "wtsa-75@2022 invites.3 2"),
        ("Resolution 25 (Rev. Dubai, 2018), Annex 1", "pp-25@2018 (Dubai) R annex-1"),
    ],
)
def test_a_clause_is_found_beside_its_resolution(text: str, expected: str):
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Resolutions 32, 44 and 54 (Rev. Hammamet, 2016) of WTSA",
            ["wtsa-32@2016 (Hammamet) R", "wtsa-44@2016 (Hammamet) R", "wtsa-54@2016 (Hammamet) R"],
        ),
        (
            "Resolutions 45 (Rev. Dubai, 2014) and 69 (Rev. Buenos Aires, 2017)",
            ["wtdc-45@2014 (Dubai) R", "wtdc-69@2017 (Buenos Aires) R"],
        ),
        (
            "resolutions 338 (1973) of 22 October 1973, 1585 of 10 March 2005 and 340 (1973)",
            ["?-338@1973", "?-1585@2005", "?-340@1973"],
        ),
        ("UNGA Resolutions 71/243 and 72/279, 5 of them", ["unga-71-243", "unga-72-279"]),
        (
            "第71、101和102号决议（2018年，迪拜，修订版）",
            ["pp-71@2018 (Dubai) R", "pp-101@2018 (Dubai) R", "pp-102@2018 (Dubai) R"],
        ),
        (
            "第71号和第101号决议（2018年，迪拜，修订版）",
            ["pp-71@2018 (Dubai) R", "pp-101@2018 (Dubai) R"],
        ),
        ("第2121(2013)、2127(2014)号决议", ["?-2121@2013", "?-2127@2014"]),
        (
            "Резолюциях 71 и 101 (Пересм. Дубай, 2018 г.)",
            ["pp-71@2018 (Dubai) R", "pp-101@2018 (Dubai) R"],
        ),
        (
            "القراران 71 و101 (المراجَعان في دبي، 2018)",
            ["pp-71@2018 (Dubai) R", "pp-101@2018 (Dubai) R"],
        ),
    ],
)
def test_a_list_shares_what_stands_at_its_end(text: str, expected: list[str]):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "WTSA-20 decided, and PP-18 too",
        "Recommendation ITU-T E.119 and Recommendation ITU-R M.585",
        "decision 5 of them, recommendations 2 people made",
        "a resolution of 1080 lines",
        "该决议1和2",
        "按照做出决议1和2",
        "the 75th anniversary",
        "RES129-2",
        "pp. 71",
        "resolves 2 and 3",
    ],
)
def test_what_cites_nothing_is_no_reference(text: str):
    assert found(text) == []


def test_this_conference_is_the_body_whose_text_it_is():
    text = "Resolution 70 (2018) of this conference"

    assert found(text, body="pp") == ["pp-70@2018"]
    assert found(text) == ["?-70@2018"]


def test_a_body_that_is_not_known_is_not_taken_for_the_one_that_met_there():
    assert found("Resolution 1 (Dubai, 2012) of the Xyz Conference") == ["?-1@2012 (Dubai)"]
    assert found("Resolution 1 (Dubai, 2012)") == ["wtsa-1@2012 (Dubai)"]


def test_a_reference_knows_where_it_stands():
    text = "见 considering e) of Resolution 75 (Rev. Geneva, 2022), 和القرار المراجَع 5"

    (reference,) = find_references(text)

    assert text[reference.start : reference.end] == (
        "considering e) of Resolution 75 (Rev. Geneva, 2022)"
    )
    assert text[slice(*reference.named)] == "Resolution 75 (Rev. Geneva, 2022)"


def test_a_heading_on_the_next_line_is_no_part_of_a_citation():
    text = "Resolution 157 (Rev. Dubai, 2018) of this conference,\nconvinced\na) that it works"

    assert found(text, body="pp") == ["pp-157@2018 (Dubai) R"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample resolutions are not on this machine")
@pytest.mark.parametrize(
    ("name", "count", "first", "last"),
    [
        ("pp-101-2018-en", 24, "pp-101@2018 (Dubai) R", "wtdc-23@2017 (Buenos Aires) R"),
        ("pp-123-2018-en", 24, "pp-123@2018 (Dubai) R", "wtsa-44@2016 (Hammamet) R"),
        ("unsc-1590-2005-en", 16, "unsc-1547@2004", "unga-58-82"),
        ("wrc-35-2023-en", 2, "wrc-35@2023 R", "wrc-86@2007 R"),
    ],
)
def test_all_citations_of_a_sample_are_found(name: str, count: int, first: str, last: str):
    text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8-sig")

    references = found(text, body=name.partition("-")[0])

    assert (len(references), references[0], references[-1]) == (count, first, last)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("按照做出决议1和2，ITU-T应开展这些活动", [("resolves", (), ("1", "2"))]),
        ("as in considering e), f), g) and h) above", [("considering", (), ("e", "f", "g", "h"))]),
        ("referred to in resolves 5 and 6;", [("resolves", (), ("5", "6"))]),
        ("under resolves 7a)/8a) or 7b)", [("resolves", (), ("7/a", "8/a", "7/b"))]),
        (
            "see instructs the Director of the Radiocommunication Bureau 4",
            [("instructs", ("Director of BR",), ("4",))],
        ),
        ("conformément aux points a) et b) du notant ci-dessus", [("noting", (), ("a", "b"))]),
        ("según el punto 2 del resuelve", [("resolves", (), ("2",))]),
        ("пункты 1 и 2 раздела решает, выше", [("resolves", (), ("1", "2"))]),
        ("resolves 7 to 9 of this Resolution", [("resolves", (), ("7", "8", "9"))]),
        ("mentioned under bearing in mind above", [("bearing-in-mind", (), ())]),
        ("see also resolves 9", [("resolves", (), ("9",))]),
        ("recognizing further d), consistent with", [("recognizing-further", (), ("d",))]),
        ("以上“回顾”所涉及的事项", [("recalling", (), ())]),
    ],
)
def test_clauses_of_the_same_text_are_found(text: str, expected: list[tuple[str, ...]]):
    named = [(one.section, one.addressees, one.labels) for one in find_internal(text)]

    assert named == expected


@pytest.mark.parametrize(
    "text",
    [
        "resolves 7 to 9 of Resolution 35 (Rev.WRC-23)",
        "resolves 2 disputes",
        "considering a proposal",
        "elementary charge e, considering",
        "instructs the Secretary-General\n1 to report",
        "resolves to incorporate the gender perspective",
    ],
)
def test_what_names_no_clause_of_the_same_text_is_none(text: str):
    assert find_internal(text) == ()


# --- resolving ------------------------------------------------------------------------------------


def a_clause(
    section: str, label: str = "", *, year: int = 2022, body: str = "wtsa", **known: object
) -> Clause:
    place = {2008: "Johannesburg", 2022: "Geneva", 1998: "Minneapolis"}[year]
    history = (Adoption(2008, "Johannesburg"), Adoption(2012, "Dubai"), Adoption(year, place))
    revision = Revision(
        body=body,
        number=str(known.get("number", "75")),
        year=year,
        place=place,
        language=str(known.get("language", "en")),
        title="",
        revised=year != 2008,
        history=history if body == "wtsa" and year == 2022 else (Adoption(year, place),),
    )
    addressees = known.get("addressees", ())
    text = f"{section} {label}"
    return Clause(revision, section, section, addressees, label, text, Source("f", ((0, 1),)))  # type: ignore[arg-type]


TSB = ("Director of TSB",)
WTSA_75 = [
    a_clause("considering", "e"),
    a_clause("considering", "e/i"),
    a_clause("considering", "e/ii"),
    a_clause("noting-further"),
    a_clause("resolves", "1"),
    a_clause("resolves", "2"),
    a_clause("instructs", "1", addressees=TSB),
    a_clause("instructs.2", "1", addressees=("Secretary-General",)),
    a_clause("invites", "1", addressees=("Member States", "Sector Members")),
    a_clause("invites.2", "", addressees=("Member States",)),
    a_clause("resolves", "1", year=2008),
    a_clause("resolves", "2", year=2008),
]


def outcome(text: str, clauses: list[Clause] = WTSA_75) -> tuple[Outcome, list[str]]:
    (reference,) = find_references(text)

    resolution = resolve(reference, Held(clauses))

    return resolution.outcome, [clause.id for clause in resolution.clauses]


@pytest.mark.parametrize(
    ("text", "expected", "ids"),
    [
        ("Res. 75 resolves 2", Outcome.OK, ["wtsa-75@2022/resolves/2"]),
        ("Res. 75 (Geneva, 2022), resolves 2", Outcome.OK, ["wtsa-75@2022/resolves/2"]),
        ("Res. 75 (2008) resolves 2", Outcome.SUPERSEDED, ["wtsa-75@2008/resolves/2"]),
        ("Res. 75 (Johannesburg) resolves 2", Outcome.SUPERSEDED, ["wtsa-75@2008/resolves/2"]),
        ("Res. 75 noting further.", Outcome.OK, ["wtsa-75@2022/noting-further"]),
        ("Res. 75 considering e)", Outcome.OK, ["wtsa-75@2022/considering/e"]),
        (
            "Res. 75 considering e) i) and ii)",
            Outcome.OK,
            ["wtsa-75@2022/considering/e/i", "wtsa-75@2022/considering/e/ii"],
        ),
        (
            "Res. 75 instructs the Director of TSB 1",
            Outcome.OK,
            ["wtsa-75@2022/instructs/1"],
        ),
        (
            "Res. 75 instructs the Secretary-General 1",
            Outcome.OK,
            ["wtsa-75@2022/instructs.2/1"],
        ),
        ("Res. 75 invites Member States", Outcome.OK, ["wtsa-75@2022/invites.2"]),
        ("Res. 75 decides 2", Outcome.OK, ["wtsa-75@2022/resolves/2"]),
        ("wtsa-75@2022/instructs.2/1", Outcome.OK, ["wtsa-75@2022/instructs.2/1"]),
        ("Res. 75 resolves 9", Outcome.UNKNOWN_CLAUSE, []),
        ("Res. 75 urges 1", Outcome.UNKNOWN_CLAUSE, []),
        ("Res. 75 (2012) resolves 2", Outcome.REVISION_NOT_HELD, []),
        ("Res. 20 resolves 2", Outcome.NOT_HELD, []),
        ("Resolution 75 of the Plenipotentiary Conference", Outcome.NOT_HELD, []),
        ("القرار 75، تقرر 2", Outcome.OK, ["wtsa-75@2022/resolves/2"]),
    ],
)
def test_a_reference_is_resolved_to_what_is_held(text: str, expected: Outcome, ids: list[str]):
    assert outcome(text) == (expected, ids)


def test_a_label_in_two_sections_is_ambiguous():
    assert outcome("Res. 75 instructs 1") == (
        Outcome.AMBIGUOUS,
        ["wtsa-75@2022/instructs/1", "wtsa-75@2022/instructs.2/1"],
    )


def test_a_number_that_two_bodies_use_is_ambiguous_until_the_body_is_told():
    held = [*WTSA_75, a_clause("resolves", "2", body="pp", year=1998)]

    assert outcome("Res. 75 resolves 2", held)[0] is Outcome.AMBIGUOUS
    assert outcome("PP Resolution 75 resolves 2", held) == (
        Outcome.OK,
        ["pp-75@1998/resolves/2"],
    )
    assert outcome("Res. 75 (Minneapolis, 1998) resolves 2", held)[0] is Outcome.OK


def test_a_year_tells_apart_what_two_bodies_hold():
    held = [*WTSA_75, a_clause("resolves", "2", body="pp", year=1998)]

    assert outcome("Res. 75 (1998) resolves 2", held) == (Outcome.OK, ["pp-75@1998/resolves/2"])


def test_a_section_without_addressees_is_meant_where_none_is_named():
    clauses = [
        a_clause("urges", "1", number="41"),
        a_clause("urges.2", "1", number="41", addressees=("Member States",)),
    ]

    assert outcome("Res. 41 urges 1", clauses) == (Outcome.OK, ["wtsa-41@2022/urges/1"])


def test_a_whole_resolution_is_all_its_clauses():
    result, ids = outcome("Resolution 75")

    assert result is Outcome.OK
    assert len(ids) == 10


def test_an_adoption_history_knows_a_revision_that_is_not_held():
    (known,) = find_references("Resolution 75 (Rev. Dubai, 2012)")
    (unknown,) = find_references("Resolution 75 (2013)")
    held = Held(WTSA_75)

    assert resolve(known, held).in_history
    assert not resolve(unknown, held).in_history
    assert [revision.year for revision in resolve(known, held).candidates] == [2008, 2022]


def test_a_place_and_a_year_that_do_not_belong_together_are_told():
    held = Held(WTSA_75)

    (wrong,) = find_references("WTSA Resolution 75 (Rev. Dubai, 2022)")
    (right,) = find_references("WTSA Resolution 75 (Rev. Geneva, 2022)")

    assert resolve(wrong, held).disagreement == "place"
    assert resolve(right, held).disagreement == ""


def test_a_clause_is_given_in_the_language_asked_for_where_it_is_held():
    held = Held([*WTSA_75, a_clause("resolves", "2", language="fr")])
    (reference,) = find_references("Res. 75 resolves 2")

    assert resolve(reference, held, language="fr").clauses[0].revision.language == "fr"
    assert resolve(reference, held, language="ru").clauses[0].revision.language == "en"


def test_a_proposal_is_not_the_latest_text():
    proposal = Revision("wtsa", "75", 2024, "New Delhi", "en", "", status="proposal")
    clause = Clause(proposal, "resolves", "resolves", (), "2", "x", Source("f", ((0, 1),)))
    (reference,) = find_references("Res. 75 resolves 2")

    resolution = resolve(reference, Held([*WTSA_75, clause]))

    assert resolution.revision is not None
    assert resolution.revision.year == 2022


def test_a_paragraph_is_looked_for_in_the_operative_part():
    clauses = [
        a_clause("considering", "2", number="242", body="unsc", year=2008),
        a_clause("affirms", "1", number="242", body="unsc", year=2008),
        a_clause("requests", "2", number="242", body="unsc", year=2008),
    ]

    assert outcome("paragraph 2 of resolution 242", clauses) == (
        Outcome.OK,
        ["unsc-242@2008/requests/2"],
    )
