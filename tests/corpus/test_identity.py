from pathlib import Path

import pytest

from corpus.clauses import Adoption
from corpus.errors import NotAResolutionError, UnknownMetadataError
from corpus.identity import LocatedTitle, identify
from corpus.paragraphs import Extraction, Footnote, Paragraph
from corpus.readers.formats import read_document

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
FOUNDING = Path(__file__).resolve().parents[2] / "corpus" / "data" / "resolutions"
# Two samples print no number anywhere, one of them no year: those must be given.
UNPRINTED = {
    "unsc-1590-2005-en": {"number": "1590"},
    "unsc-1706-2006-en": {"number": "1706", "year": 2006},
}


def extraction(text: str, **known: object) -> Extraction:
    return Extraction("document.txt", text, (), lines=True, **known)  # type: ignore[arg-type]


def located(text: str, **options: object) -> LocatedTitle:
    (title,) = identify(extraction(text), **options)  # type: ignore[arg-type]
    return title


def parts(text: str, title: LocatedTitle) -> dict[str, object]:
    def cut(span: tuple[int, int] | None) -> str | None:
        return text[slice(*span)] if span else None

    return {
        "cover": [cut(span) for span in title.cover],
        "number": cut(title.number),
        "title": [cut(span) for span in title.title],
        "history": [cut(span) for span in title.history],
        "opening": cut(title.opening),
        "body": (cut(title.body) or "").strip()[:12],
    }


def sample_files() -> list[Path]:
    return sorted(path for path in SAMPLES.glob("*") if not path.name.startswith("negative"))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample resolutions are not on this machine")
@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.stem)
def test_a_sample_is_identified_from_its_text_alone(path: Path):
    read = read_document(path)
    body, *number, year, language = path.stem.split("-")

    titles = identify(
        Extraction("x", read.text, read.paragraphs, read.footnotes, read.proposal, read.lines),
        **UNPRINTED.get(path.stem, {}),  # type: ignore[arg-type]
    )

    assert [
        (t.revision.body, t.revision.number, t.revision.year, t.revision.language) for t in titles
    ] == [(body, "-".join(number), int(year), language)]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample resolutions are not on this machine")
@pytest.mark.parametrize(
    ("name", "option"), [("unsc-1590-2005-en", "--number"), ("unsc-1706-2006-en", "--year")]
)
def test_what_a_sample_does_not_print_is_asked_for(name: str, option: str):
    read = read_document(SAMPLES / f"{name}.txt")

    with pytest.raises(UnknownMetadataError, match=option):
        identify(read)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample resolutions are not on this machine")
def test_a_recommendation_of_itu_t_is_no_resolution():
    read = read_document(SAMPLES / "negative-itut-e119-2017-en.txt")

    with pytest.raises(NotAResolutionError) as failure:
        identify(read)

    assert str(failure.value).startswith(
        "negative-itut-e119-2017-en.txt: an ITU-T Recommendation (E.119), not a resolution;"
    )


def test_the_founding_text_of_2022_is_read_to_the_letter():
    read = read_document(FOUNDING / "wtsa-75-2022-zh.txt")

    (title,) = identify(read)

    revision = title.revision
    assert revision.id == "wtsa-75@2022"
    assert (revision.place, revision.revised, revision.status) == ("Geneva", True, "adopted")
    assert revision.title == (
        "国际电联电信标准化部门在信息社会世界高峰会议成果落实中的贡献，顾及《2030年可持续发展议程》"
    )
    assert revision.history == (
        Adoption(2008, "Johannesburg"),
        Adoption(2012, "Dubai"),
        Adoption(2016, "Hammamet"),
        Adoption(2022, "Geneva"),
    )
    found = parts(read.text, title)
    assert found["number"] == "第75号决议（2022年，日内瓦，修订版）"
    assert found["opening"] == "世界电信标准化全会（2022年，日内瓦），"
    assert read.text[slice(*title.cover[0])].strip().startswith("前言")
    assert str(found["body"]).startswith("考虑到")


def test_the_founding_text_of_2008_has_its_year_under_the_title():
    read = read_document(FOUNDING / "wtsa-75-2008-zh.txt")

    (title,) = identify(read)

    revision = title.revision
    assert (revision.id, revision.place, revision.revised) == (
        "wtsa-75@2008",
        "Johannesburg",
        False,
    )
    assert len(title.title) == 4
    assert parts(read.text, title)["history"] == ["（2008年，约翰内斯堡）"]


TITLE_BLOCKS = {
    "ru": (
        "РЕЗОЛЮЦИЯ 75 (Пересм. Женева, 2022 г.)\nВклад Сектора стандартизации электросвязи\n"
        "(Йоханнесбург, 2008 г.; Дубай, 2012 г.; Женева, 2022 г.)\n"
        "Всемирная ассамблея по стандартизации электросвязи (Женева, 2022 г.),\n"
        "учитывая\na) соответствующие решения",
        "wtsa-75@2022 Geneva R",
    ),
    "ar": (
        "القرار 75 (المراجَع في جنيف، 2022)\nمساهمة قطاع تقييس الاتصالات\n"
        "(جوهانسبرغ، 2008؛ دبي، 2012؛ جنيف، 2022)\n"
        "إن الجمعية العالمية لتقييس الاتصالات (جنيف، 2022)،\nإذ تضع في اعتبارها\nأ ) نتائج القمة",
        "wtsa-75@2022 Geneva R",
    ),
    "fr": (
        "RÉSOLUTION 62 (Rév. Dubaï, 2012)\nRèglement des différends\n"
        "(Johannesburg, 2008; Dubaï, 2012)\n"
        "L'Assemblée mondiale de normalisation des télécommunications (Dubaï, 2012),\n"
        "considérant\na) que le point a été traité;",
        "wtsa-62@2012 Dubai R",
    ),
    "es": (
        "RESOLUCIÓN 1 (Rev. Hammamet, 2016)\nReglamento interno del Sector\n(Hammamet, 2016)\n"
        "La Asamblea Mundial de Normalización de las Telecomunicaciones (Hammamet, 2016),\n"
        "considerando\na) que las funciones del Sector están en el Convenio;",
        "wtsa-1@2016 Hammamet R",
    ),
    "zh": (
        "第5号决定（2018年，迪拜，修订版）\n国际电联的收入和支出\n"
        "国际电信联盟全权代表大会（2018年，迪拜），\n考虑到\na) 战略规划；",
        "pp-dec5@2018 Dubai R",
    ),
    "en": (
        "RESOLUTION 75\n(Johannesburg, 2008)\nITU-T's contribution to the Summit\n"
        "The World Telecommunication Standardization Assembly (Johannesburg, 2008),\n"
        "considering\na) the outcomes of both phases of the Summit;",
        "wtsa-75@2008 Johannesburg",
    ),
}


@pytest.mark.parametrize("language", TITLE_BLOCKS)
def test_a_title_block_is_read_in_each_language(language: str):
    text, expected = TITLE_BLOCKS[language]

    revision = located(text).revision

    printed = f"{revision.id} {revision.place}{' R' if revision.revised else ''}"
    assert (printed, revision.language) == (expected, language)


OTHER_FORMS = {
    "fr wrc": (
        "RÉSOLUTION 95 (RÉV.CMR-19)\nExamen général des Résolutions\n"
        "La Conférence mondiale des radiocommunications (Charm el-Cheikh, 2019),\nconsidérant\n"
        "a) qu'il est important de les maintenir à jour;",
        "wrc-95@2019",
    ),
    "council, amended": (
        "RESOLUTION 1332 (C-2011, last amended C-2019)\nITU's role\nThe ITU Council,\nconsidering\n"
        "a) the relevant outcomes of the Summit;",
        "council-1332@2019",
    ),
    "council, page": (
        "R 1141 (C-1999) Interim arrangements for the work\nThe Council,\nconsidering\n"
        "that the work must go on in all of the Sectors,",
        "council-1141@1999",
    ),
    "ra": (
        "ITU-R 第34-2号决议\n课题和建议书的准则\n（1986-1990-2007年）\n"
        "国际电联无线电通信全会，\n考虑到\n"
        "a) 国际电联《公约》的规定；",
        "ra-34@2007",
    ),
    "ra, en": (
        "RESOLUTION ITU-R 61-2\nContribution of ITU-R\n(2012-2015-2019)\n"
        "The ITU Radiocommunication Assembly,\nconsidering\na) the relevant outcomes;",
        "ra-61@2019",
    ),
    "general assembly": (
        "A/RES/70/125\nResolution adopted by the General Assembly on 16 December 2015\n"
        "70/125. Outcome document of the high-level meeting\nThe General Assembly,\n"
        "Reaffirming its resolutions,\n1. Decides to remain seized of the matter",
        "unga-70-125@2015",
    ),
    "security council, zh": (
        "第2387（2017）号决议\n2017年11月15日安全理事会第8102次会议通过\n安全理事会，\n回顾其以往各项决议，\n"
        "1. 决定延长任务期限；",
        "unsc-2387@2017",
    ),
    "security council, 1948": (
        "四十四（一九四八）。一九四八年四月一日决议\n安全理事会，\n業於一九四七年收到大會決議案，\n爰請秘書長召集大會。",
        "unsc-44@1948",
    ),
    "security council, ru": (
        "Резолюция 1861 (2009),\nпринятая Советом Безопасности на его 6064-м заседании\n"
        "Совет Безопасности,\nссылаясь на свои резолюции,\n1. постановляет уполномочить;",
        "unsc-1861@2009",
    ),
    "one line": (
        "RESOLUTION 75 (Johannesburg, 2008) ITU-T's contribution to the Summit The World "
        "Telecommunication Standardization Assembly (Johannesburg, 2008), considering a) the "
        "outcomes of both phases; b) the decisions taken, resolves 1 to go on with the work",
        "wtsa-75@2008",
    ),
    "cgpm": (
        "Résolution 2 de la 21e CGPM (1999)\nReconnaissance mutuelle des étalons\n"
        "La 21e Conférence générale des poids et mesures,\nconsidérant que le besoin croît,",
        "cgpm-21-2@1999",
    ),
}


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_each_body_has_its_form_of_number_line(form: str):
    text, expected = OTHER_FORMS[form]

    assert located(text).revision.id == expected


def test_the_parts_of_a_title_block_are_told_apart():
    text = TITLE_BLOCKS["ru"][0]

    found = parts(text, located(text))

    assert found == {
        "cover": [],
        "number": "РЕЗОЛЮЦИЯ 75 (Пересм. Женева, 2022 г.)",
        "title": ["Вклад Сектора стандартизации электросвязи"],
        "history": ["(Йоханнесбург, 2008 г.; Дубай, 2012 г.; Женева, 2022 г.)"],
        "opening": "Всемирная ассамблея по стандартизации электросвязи (Женева, 2022 г.),",
        "body": "учитывая\na) ",
    }


def test_a_cover_and_a_foreword_that_cite_are_no_title_block():
    cover = (
        "Resolution 75 – ITU-T's contribution\nFOREWORD\nThe approval of ITU-T Recommendations is "
        "covered by the procedure laid down in\nWTSA Resolution 1.\n"
    )
    text = cover + TITLE_BLOCKS["en"][0]

    title = located(text)

    assert title.cover == ((0, len(cover)),)
    assert title.revision.id == "wtsa-75@2008"


def test_several_resolutions_in_one_file_are_all_found():
    text = f"{TITLE_BLOCKS['fr'][0]}\n{TITLE_BLOCKS['es'][0]}"

    titles = identify(extraction(text))

    assert [(t.revision.id, t.revision.language) for t in titles] == [
        ("wtsa-62@2012", "fr"),
        ("wtsa-1@2016", "es"),
    ]
    assert titles[0].body[1] == titles[1].number[0]  # type: ignore[index]
    assert titles[1].body[1] == len(text)


def test_a_line_that_wraps_at_a_citation_begins_no_resolution():
    text = (
        f"{TITLE_BLOCKS['en'][0]}\nb) that, as was decided in\nResolution 678 (1990)\nnothing else "
        "holds,\nresolves\n1 that it holds,"
    )

    titles = identify(extraction(text))

    assert [title.revision.id for title in titles] == ["wtsa-75@2008"]


def test_a_title_that_names_a_body_is_no_opening():
    text = (
        "RESOLUTION 7 (REV. DUBAI, 2018)\nThe Council\nconsidering\na) that it meets once a year;"
    )

    title = located(text)

    assert (title.revision.id, title.revision.title) == ("pp-7@2018", "The Council")
    assert title.opening is None


def test_an_opening_below_clauses_belongs_to_another_text():
    text = (
        "RESOLUTION 7 (REV. DUBAI, 2018)\n1. General provisions that are listed here\n"
        "The Plenipotentiary Conference (Bucharest, 2022),\nrecalling and considering all,\n"
        "resolves that it is so"
    )

    with pytest.raises(UnknownMetadataError, match="--number"):
        located(text)


def test_marks_of_notes_are_no_part_of_title_or_history():
    text = (
        "RESOLUTION 1 (Rev. Hammamet, 2016)\nRules of procedure1 of developing2 things\n"
        "(Hammamet, 2016)1, bis\n"
        "The World Telecommunication Standardization Assembly (Hammamet, 2016),\nconsidering\n"
        "a) that the functions are stated in the Constitution;"
    )
    at = text.index("1 of")
    note = Footnote("1", "A note.", ((at, at + 1),), (0, 0))

    (title,) = identify(extraction(text, footnotes=(note,)))

    assert title.revision.title == "Rules of procedure of developing things"
    assert [text[slice(*span)] for span in title.history] == ["(Hammamet, 2016)1, bis"]


def test_page_marks_and_text_boxes_do_not_interrupt_a_title_block():
    lines = [
        "RESOLUTION 5 (WRC-23)",
        "– 79 –",
        "Number of things",
        "Resolution 5 (box)",
        "considering",
    ]
    lines += ["a) that there are many things to be counted by administrations;"]
    text = "\n".join(lines)
    starts = [sum(len(line) + 1 for line in lines[:index]) for index in range(len(lines))]
    roles = ["body", "page-mark", "body", "text-box", "body", "body"]
    paragraphs = tuple(
        Paragraph(start, start + len(line), role)  # type: ignore[arg-type]
        for start, line, role in zip(starts, lines, roles, strict=True)
    )

    (title,) = identify(Extraction("x.pdf", text, paragraphs, lines=True))

    assert title.revision.id == "wrc-5@2023"
    assert title.revision.title == "Number of things"


def test_a_mark_of_a_proposal_makes_a_proposal():
    text = "MOD\tRCC/62A1/1\n" + TITLE_BLOCKS["ru"][0]

    assert located(text).revision.status == "proposal"
    assert located(TITLE_BLOCKS["ru"][0]).revision.status == "adopted"


def test_a_draft_is_a_proposal():
    text = (
        "DRAFT NEW RESOLUTION [SEN-1] (BUCHAREST, 2022)\nOn things to be done\n"
        "The Plenipotentiary Conference (Bucharest, 2022),\nconsidering\na) that they be done;"
    )

    revision = located(text).revision

    assert (revision.id, revision.status) == ("pp-sen-1@2022", "proposal")


def test_years_that_disagree_are_not_guessed():
    text = TITLE_BLOCKS["en"][0].replace("Assembly (Johannesburg, 2008)", "Assembly (Dubai, 2012)")

    with pytest.raises(UnknownMetadataError, match=r"2008 and 2012.*--year"):
        located(text)


def test_a_body_that_nothing_tells_is_asked_for():
    text = "RESOLUTION 7 (GENEVA, 2003)\nOn something\nconsidering\na) that it is something;"

    with pytest.raises(UnknownMetadataError, match="--body"):
        located(text)


def test_place_and_year_tell_the_body_where_one_alone_met():
    text = "RESOLUTION 7 (REV. DUBAI, 2018)\nOn something\nconsidering\na) that it is something;"

    assert located(text).revision.id == "pp-7@2018"


def test_a_language_that_is_none_of_ours_is_asked_for():
    text = (
        "RESOLUTION 242 (1967)\nThe Security Council,\nmit dem Ausdruck seiner Besorgnis über die "
        "ernste Lage und in Betonung der Notwendigkeit, für einen gerechten Frieden zu arbeiten, "
        "in dem jeder Staat der Region in Sicherheit leben kann"
    )

    with pytest.raises(UnknownMetadataError, match="--language"):
        located(text)


def test_options_overrule_what_is_printed():
    revision = located(
        TITLE_BLOCKS["en"][0], body="doc", number="A/70/1", year=2010, language="fr"
    ).revision

    assert (revision.id, revision.language) == ("doc-a-70-1@2010", "fr")


@pytest.mark.parametrize(
    "options",
    [{"body": "unesco"}, {"language": "de"}, {"year": 75}, {"number": "§"}],
    ids=lambda options: next(iter(options)),
)
def test_an_option_that_cannot_be_is_refused(options: dict[str, object]):
    with pytest.raises(UnknownMetadataError, match=f"--{next(iter(options))}"):
        located(TITLE_BLOCKS["en"][0], **options)


def test_one_number_cannot_name_two_resolutions():
    text = f"{TITLE_BLOCKS['fr'][0]}\n{TITLE_BLOCKS['es'][0]}"

    with pytest.raises(UnknownMetadataError, match="2 resolutions"):
        identify(extraction(text), number="5")


def test_with_everything_given_a_text_without_a_title_block_is_taken():
    text = "considering\na) that nothing names this text;\nresolves\n1 that it be named."

    title = located(text, body="doc", number="7", year=2020, language="en")

    assert (title.revision.id, title.number, title.body) == ("doc-7@2020", None, (0, len(text)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" \n ", "no text in it"),
        ("Resolution (law)\nA resolution is a motion. Resolution 75 is one.", "no title line"),
        ("S/PRST/2002/37\nStatement by the President of the Security Council", "S/PRST/2002/37"),
        (
            "COUNCIL REGULATION\nHaving regard to the Treaty,\nWhereas:\n(1) things are so,\n"
            "HAS ADOPTED THIS REGULATION:\nArticle 1\nThings are so.",
            "a legal act",
        ),
        ("TUNIS AGENDA\n1. We recognize that it is time, considering the work.", "no title line"),
    ],
)
def test_other_documents_are_refused_with_the_reason(text: str, reason: str):
    with pytest.raises(NotAResolutionError, match=reason) as failure:
        located(text)

    assert str(failure.value).startswith("document.txt: ")
