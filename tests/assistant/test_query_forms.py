"""Forms in which sections, addressees, items and revisions are asked for, in six languages."""

import pytest

from assistant.conversation import understand_in_context
from assistant.query import understand
from assistant.retriever import sections_asked_for
from corpus.clauses import Adoption, Clause
from corpus.holdings import Corpus
from tests.builders import a_clause, a_corpus

TSB, COUNCIL, STAKEHOLDERS = "Director of TSB", "Council", "all stakeholders"
MEMBERS = ("Member States", "Sector Members", "Academia")
REPORTS = "to report on the register every year;"


def clauses_of(year: int, place: str) -> tuple[Clause, ...]:
    """A resolution of a Plenipotentiary Conference with the sections that questions ask for."""
    sections: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
        ("considering", (), ("a", "b")),
        ("considering-further", (), ("a", "b")),
        ("recognizing", (), ("a", "b")),
        ("recognizing-further", (), ("a", "b", "c")),
        ("taking-into-account", (), ("a", "b")),
        ("noting", (), ("a", "b", "c")),
        ("resolves", (), ("1", "2")),
        ("resolves.2", (COUNCIL,), ("",)),
        ("instructs", (TSB,), ("1", "2", "3")),
        ("instructs.2", ("Secretary-General",), ("1", "2")),
        ("invites", MEMBERS, ("1", "2")),
        ("invites.2", (STAKEHOLDERS,), ("1", "2")),
    )
    return tuple(
        a_clause(
            REPORTS,
            section=section,
            label=label,
            addressees=addressees,
            start=1000 * at + 100 * item,
            file=f"pp-301-{year}.txt",
            year=year,
            place=place,
        )
        for at, (section, addressees, labels) in enumerate(sections)
        for item, label in enumerate(labels)
    )


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return a_corpus(*clauses_of(2010, "Guadalajara"), *clauses_of(2018, "Dubai"))


def asked_in_full(question: str, corpus: Corpus, *history: str) -> list[str]:
    """ "2018/resolves" for each section that is asked for as a whole; with "#2" for an item."""
    understood = understand_in_context(question, history, corpus=corpus)
    if not (understood.whole or understood.label):
        return []
    label = f"#{understood.label}" if understood.label else ""
    return [
        f"{section[0].revision.year}/{section[0].section}{label}"
        for section in sections_asked_for(understood, corpus)
    ]


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("full text of the considering further", "considering-further"),
        ("Could you quote 'recognizing further' word for word?", "recognizing-further"),
        ("everything that falls under taking into account", "taking-into-account"),
        ("What did the Conference resolve? Every point.", "resolves"),
        ("noting, from top to bottom, all of it", "noting"),
        ("the whole of resolves, prithee", "resolves"),  # a word that no list has
        ("把“进一步认识到”那一节原样抄给我", "recognizing-further"),
        ("做出决议那几条，一字不落贴出来", "resolves"),
        ("注意到都有哪几条？", "noting"),
        ("Reproduis in extenso « considérant en outre »", "considering-further"),
        ("recopie-moi tout ce qui figure sous « tenant compte »", "taking-into-account"),
        ("Tu peux me sortir le « notant » en entier ?", "noting"),
        ("Dame tal cual todo el «resuelve»", "resolves"),
        ("teniendo en cuenta: lista completa", "taking-into-account"),
        ("¿Me pasas el «reconociendo además»?", "recognizing-further"),
        ("Скинь весь «решает», оба пункта", "resolves"),
        ("учитывая далее: все подпункты", "considering-further"),
        ("Можно весь раздел «признавая»?", "recognizing"),
        ("هات نص «وإذ تأخذ في الحسبان» بأكمله", "taking-into-account"),
        ("ما هي جميع النقاط الواردة تحت «وإذ تضع في اعتبارها كذلك»؟", "considering-further"),
        ("أريد قراءة قسم «إذ تلاحظ» كله", "noting"),
    ],
)
def test_a_section_is_asked_for_in_many_words(corpus, question, section):
    found = asked_in_full(question, corpus)

    assert found == [f"2018/{section}"]


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("What is the Director of TSB told to do?", "instructs"),
        ("Which tasks fall to the Director of TSB?", "instructs"),
        ("What is expected of stakeholders of every kind?", "invites.2"),
        ("What must the Secretary-General do?", "instructs.2"),
        ("主任要做些什么？", "instructs"),
        ("利益攸关方该干些什么", "invites.2"),
        ("Quelles sont toutes les instructions données au Directeur du TSB ?", "instructs"),
        ("Énumérez toutes les invitations faites à l'ensemble des parties prenantes", "invites.2"),
        ("¿Qué se espera de todas las partes interesadas?", "invites.2"),
        ("todo lo encargado al Director de la TSB", "instructs"),
        ("О чём просят Членов Сектора и Академические организации?", "invites"),
        ("Какие задачи возложены на Директора БСЭ?", "instructs"),
        ("ما التعليمات الصادرة إلى مدير مكتب تقييس الاتصالات؟", "instructs"),
        ("ما المطلوب من أعضاء القطاع والهيئات الأكاديمية؟", "invites"),
    ],
)
def test_an_addressee_asks_for_its_section(corpus, question, section):
    found = asked_in_full(question, corpus)

    assert found == [f"2018/{section}"]


@pytest.mark.parametrize(
    "question",
    [
        "List all decisions on cybersecurity",
        "Which clauses invite comments from stakeholders about bandwidth?",
        "what does considering say about gender",
        "Which reports must the Director submit?",
        "Do all governments have an equal role?",
        "full text of Resolution 1332",
        "What is noted about Resolution 1332?",
        "What must Member States do with Sector Members?",
        "列出理事会的所有决议",
        "电信标准化局主任的年薪是多少？",
        "全部行动方面有哪些",
        "toutes les résolutions du Conseil",
        "Quel rapport annuel le Directeur doit-il présenter ?",
        "¿qué dice el reconociendo sobre la innovación?",
        "todo sobre la brecha digital",
        "Какой ежегодный отчёт представляет Директор?",
        "что в «признавая» сказано о Повестке дня?",
        "ماذا يقول قسم «إذ تدرك» عن أهداف التنمية؟",
        "كل ما يتعلق بالفجوة الرقمية",
    ],
)
def test_a_question_with_a_topic_of_its_own_asks_for_no_whole_section(corpus, question):
    found = asked_in_full(question, corpus)

    assert found == []


def test_a_heading_is_not_that_of_a_section_with_an_addressee(corpus):
    by_heading = asked_in_full("resolves: both points verbatim", corpus)
    by_verb = asked_in_full("What was decided?", corpus)

    assert by_heading == ["2018/resolves"]
    assert by_verb == ["2018/resolves", "2018/resolves.2"]


def test_the_body_that_acts_is_no_addressee(corpus):
    found = asked_in_full(
        "What did the Plenipotentiary Conference instruct the Director of TSB to do?", corpus
    )

    assert found == ["2018/instructs"]


def test_a_body_that_owns_what_is_asked_about_is_no_addressee(corpus):
    owned = [
        understand(question, corpus=corpus).addressees
        for question in (
            "Which Council resolution set it up?",
            "la résolution 1334 du Conseil",
            "la Resolución 1334 del Consejo",
            "резолюция 1334 Совета",
            "ما قرار المجلس المذكور؟",
            "理事会第1334号决议",
        )
    ]
    addressed = understand("What is the Council invited to do?", corpus=corpus).addressees

    assert owned == [()] * 6
    assert addressed == (COUNCIL,)


def test_clauses_that_name_an_actor_are_found_in_a_section_addressed_to_nobody():
    corpus = a_corpus(
        a_clause("that ITU-T should keep a register;", label="1", start=0),
        a_clause("that ITU-T should review it;", label="2", start=100),
        a_clause("that turbines be painted;", label="3", start=200),
    )
    understood = understand("What is ITU-T to do under resolves?", corpus=corpus)

    sections = sections_asked_for(understood, corpus)

    assert [[clause.label for clause in section] for section in sections] == [["1", "2", "3"]]


@pytest.mark.parametrize(
    "question",
    [
        "resolves in both versions",
        "两个版本的做出决议全文",
        "«решает» в обеих редакциях",
        "« décide » dans les deux versions",
        "«resuelve», ambas versiones",
        "«تقرر» في النسختين",
    ],
)
def test_both_versions_are_the_held_revisions(corpus, question):
    found = asked_in_full(question, corpus)

    assert found == ["2010/resolves", "2018/resolves"]


@pytest.mark.parametrize(
    "question",
    [
        "resolves, the first text",
        "«решает» гвадалахарской редакции",
        "«решает» в прежней редакции",
        "以前那版的做出决议",
        "10年那版的做出决议",
        "« décide », texte d'origine",
        "«تقرر» في الصيغة القديمة",
    ],
)
def test_an_earlier_revision_is_named_by_age_place_or_short_year(corpus, question):
    found = asked_in_full(question, corpus)

    assert found == ["2010/resolves"]


@pytest.mark.parametrize(
    ("first", "then", "section"),
    [
        ("What must the Director of TSB do?", "and in the older text?", "2010/instructs"),
        ("What must the Director of TSB do?", "And all stakeholders?", "2018/invites.2"),
        ("What must the Director of TSB do?", "explain the second one", "2018/instructs#2"),
        ("What must the Director of TSB do?", "and the last?", "2018/instructs#3"),
        ("instructs the Director of TSB 1", "and the next one?", "2018/instructs#2"),
        ("What's in noting?", "then item c)", "2018/noting#c"),
        ("责成电信标准化局主任做什么", "旧版呢？", "2010/instructs"),
        ("责成电信标准化局主任做什么", "最后一项呢", "2018/instructs#3"),
        ("Que doit faire le Directeur du TSB ?", "et l'ancien texte ?", "2010/instructs"),
        ("Que doit faire le Directeur du TSB ?", "et le dernier point ?", "2018/instructs#3"),
        ("¿Qué debe hacer el Director de la TSB?", "¿y lo tercero?", "2018/instructs#3"),
        ("Что поручено Директору БСЭ?", "а в прежней редакции?", "2010/instructs"),
        ("Что поручено Директору БСЭ?", "пункт 2?", "2018/instructs#2"),
        ("ما مهام مدير مكتب تقييس الاتصالات؟", "وفي النسخة السابقة؟", "2010/instructs"),
        ("ما الذي تقرره الجمعية؟", "وماذا عن النقطة الأولى؟", "2018/resolves#1"),
    ],
)
def test_a_follow_up_moves_within_what_was_asked_for(corpus, first, then, section):
    found = asked_in_full(then, corpus, first)

    assert section in found
    assert {entry.partition("/")[0] for entry in found} == {section.partition("/")[0]}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("What was resolved in 2010?", "Another question: who keeps the register?"),
        ("2010年版做出决议", "换个话题，登记册由谁保管？"),
        ("« décide » en 2010", "Autre chose : qui tient le registre des turbines ?"),
        ("«resuelve» de 2010", "Cambiando de tema: ¿quién lleva el registro de turbinas?"),
        ("«решает» 2010 года", "Ладно, другой вопрос: кто ведёт реестр турбин?"),
        ("«تقرر» عام 2010", "موضوع آخر: من يمسك سجل التوربينات؟"),
    ],
)
def test_another_question_takes_nothing_over(corpus, first, then):
    understood = understand_in_context(then, [first], corpus=corpus)

    assert (understood.carried, understood.context, understood.years) == ((), "", ())


@pytest.mark.parametrize(
    "then",
    [
        "Since when?",
        "Under which resolution is that?",
        "Which harbours does its noise reach?",
        "它最后一次是哪年改的？",
        "Depuis quand ?",
        "¿desde cuándo?",
        "Каким документом установлен её круг ведения?",
        "وبموجب أي قرار؟",
        "ومنذ متى؟",
    ],
)
def test_a_question_that_points_back_leans_on_the_one_before(corpus, then):
    understood = understand_in_context(then, ["Which group keeps the register?"], corpus=corpus)

    assert "Which group keeps the register?" in understood.context


def test_a_follow_up_with_a_topic_of_its_own_leaves_the_section(corpus):
    understood = understand_in_context(
        "And which text speaks of harbour turbines and their noise?",
        ["instructs the Director of TSB, in full"],
        corpus=corpus,
    )

    assert (understood.sections, understood.addressees) == ((), ())
    assert understood.context == "instructs the Director of TSB, in full"


@pytest.mark.parametrize(
    "question",
    [
        "When was it first adopted?",
        "¿Cuándo se adoptó por primera vez?",
        "Quand a-t-elle été adoptée pour la première fois ?",
        "Когда её приняли в первый раз?",
    ],
)
def test_the_first_time_is_no_first_item(corpus, question):
    assert understand(question, corpus=corpus).label == ""


@pytest.mark.parametrize(
    ("question", "compares"),
    [
        ("the gap between boats and harbours", False),
        ("la brecha entre hombres y mujeres", False),
        ("what changed between the two versions?", True),
        ("« décide » entre 2010 et 2018", True),
        ("разрыв между странами", False),
    ],
)
def test_between_compares_where_two_texts_are_named(corpus, question, compares):
    assert understand(question, corpus=corpus).comparison is compares


def test_signs_for_vowels_do_not_hide_words_that_ask(corpus):
    plain = asked_in_full("بماذا كلف مدير مكتب تقييس الاتصالات؟", corpus)
    signed = asked_in_full("بِمَاذَا كُلِّفَ مديرُ مكتبِ تقييسِ الاتصالاتِ؟", corpus)

    assert plain == signed == ["2018/instructs"]


def resolution(
    number: str,
    *adoptions: tuple[int, str],
    held: tuple[int, ...],
    body: str = "pp",
    addressee: str = TSB,
    action: str = "instructs",
) -> tuple[Clause, ...]:
    """The texts of these years that are held of a resolution, with its history in each."""
    return tuple(
        a_clause(
            REPORTS,
            section=action,
            label="",
            addressees=(addressee,),
            file=f"{body}-{number}-{year}.txt",
            body=body,
            number=number,
            year=year,
            place=place,
            history=tuple(Adoption(*each) for each in adoptions if each[0] <= year),
        )
        for year, place in adoptions
        if year in held
    )


OF_301 = ((2006, "Antalya"), (2010, "Guadalajara"), (2014, "Busan"), (2018, "Dubai"))
OF_302 = ((2012, "Guadalajara"), (2014, "Busan"), (2022, "Bucharest"))
OF_303 = ((1998, "Minneapolis"), (2018, "Dubai"))
OF_7 = ((2015, "Geneva"), (2023, "Dubai"))


@pytest.fixture(scope="module")
def several() -> Corpus:
    """Three resolutions of which one is held in several revisions."""
    return a_corpus(
        *resolution("301", *OF_301, held=(2010, 2018)),
        *resolution("302", *OF_302, held=(2022,), addressee="Secretary-General"),
        *resolution("7", *OF_7, held=(2023,), body="wrc", addressee="Director of BR"),
    )


@pytest.mark.parametrize(
    "question",
    [
        "What does the latest version say about turbines?",
        "最新修订版里谁保管涡轮机登记册？",
        "Que dit le texte en vigueur sur les turbines ?",
        "¿Qué dice el texto más reciente sobre las turbinas?",
        "Что в последней редакции сказано о турбинах?",
        "ماذا تقول النسخة الحالية عن التوربينات؟",
    ],
)
def test_the_latest_of_several_resolutions_limits_nothing(several, question):
    understood = understand(question, corpus=several)
    of_one = understand(question, corpus=several, lineage="pp-301")

    assert (understood.lineage, understood.years) == (None, ())
    assert (of_one.lineage, of_one.years) == ("pp-301", (2018,))
    assert understood.topic == of_one.topic


@pytest.mark.parametrize(
    "question",
    [
        "Who kept the turbine register in the earlier version?",
        "旧版里谁保管涡轮机登记册？",
        "Dans la version précédente, qui tient le registre des turbines ?",
        "En la versión anterior, ¿quién lleva el registro de turbinas?",
        "Кто в прежней редакции ведёт реестр турбин?",
        "من يمسك سجل التوربينات في النسخة السابقة؟",
    ],
)
def test_the_earlier_version_is_of_the_only_resolution_held_in_several(several, question):
    understood = understand(question, corpus=several)

    assert (understood.lineage, understood.years) == ("pp-301", (2010,))


def test_both_versions_are_of_the_only_resolution_held_in_several(several):
    understood = understand("turbine registers in both versions", corpus=several)

    assert (understood.lineage, understood.years) == ("pp-301", (2010, 2018))


def test_the_earlier_version_is_the_last_but_one_of_each_resolution_held_in_several():
    corpus = a_corpus(
        *resolution("301", *OF_301, held=(2006, 2010, 2018)),
        *resolution("302", *OF_302, held=(2014, 2022)),
        *resolution("303", *OF_303, held=(2018,)),
    )

    understood = understand("the gap between boats in the earlier version", corpus=corpus)

    assert (understood.lineage, understood.years) == (None, (2010, 2014))
    assert not understood.comparison


def test_the_earlier_version_limits_nothing_where_no_resolution_is_held_in_two():
    corpus = a_corpus(
        *resolution("301", *OF_301, held=(2018,)), *resolution("302", *OF_302, held=(2022,))
    )

    understood = understand("turbine registers in the earlier version", corpus=corpus)

    assert (understood.lineage, understood.years) == (None, ())


@pytest.mark.parametrize(
    "asked", ["and the earlier version?", "那旧版呢？", "а в прежней редакции?"]
)
def test_the_earlier_version_in_a_follow_up_is_of_the_resolution_spoken_of(asked):
    corpus = a_corpus(
        *resolution("301", *OF_301, held=(2010, 2018)),
        *resolution("302", *OF_302, held=(2014, 2022)),
    )

    of_301 = understand_in_context(asked, ["Resolution 301 on turbines"], corpus=corpus)
    of_302 = understand_in_context(asked, ["Resolution 302 on turbines"], corpus=corpus)

    assert (of_301.lineage, of_301.years) == ("pp-301", (2010,))
    assert (of_302.lineage, of_302.years) == ("pp-302", (2014,))
    assert "lineage" in of_301.carried


def test_the_resolution_spoken_of_has_no_earlier_version_of_another(several):
    understood = understand_in_context(
        "and the earlier version?", ["Resolution 302 on turbines"], corpus=several
    )

    assert (understood.lineage, understood.years) == ("pp-302", ())


def test_the_latest_in_a_follow_up_takes_no_year_over():
    corpus = a_corpus(
        *resolution("301", *OF_301, held=(2010, 2018)),
        *resolution("302", *OF_302, held=(2014, 2022)),
    )

    understood = understand_in_context(
        "and the current one?", ["turbine registers, 2014 version"], corpus=corpus
    )

    assert understood.years == ()


def test_a_resolution_given_beside_the_question_is_the_one_that_it_is_read_for(several):
    question = "What must the Director do in the earlier version?"

    read = understand_in_context(question, (), corpus=several, lineage="pp-301")
    other = understand_in_context(question, (), corpus=several, lineage="wrc-7")
    named = understand_in_context(
        "Resolution 302, latest version", (), corpus=several, lineage="pp-301"
    )

    assert (read.lineage, read.years, read.addressees) == ("pp-301", (2010,), (TSB,))
    assert (other.lineage, other.years, other.addressees) == ("wrc-7", (), ("Director of BR",))
    assert (named.lineage, named.years) == ("pp-301", (2018,))


def test_a_resolution_given_beside_the_question_is_that_of_its_history_too(several):
    understood = understand_in_context(
        "And what else?",
        ["Resolution 302: who keeps turbine registers in the earlier version?"],
        corpus=several,
        lineage="pp-301",
    )

    assert (understood.lineage, understood.years) == ("pp-301", (2010,))


def test_headings_are_those_of_the_resolution_asked_about():
    corpus = a_corpus(
        *resolution("301", *OF_301, held=(2018,)),
        *resolution("302", *OF_302, held=(2022,), action="noting"),
    )
    question = "what does 'noting' say of turbines?"

    sections = [
        understand(question, corpus=corpus, lineage=lineage).sections
        for lineage in ("pp-301", "pp-302", None)
    ]

    assert sections == [(), ("noting",), ("noting",)]


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("turbine registers in the Guadalajara text", (2010,)),  # held of 301 alone
        ("迪拜版里谁保管涡轮机登记册？", (2018, 2023)),  # of 301 and of the radio conference
        ("реестр турбин в дубайской редакции", (2018, 2023)),
        ("turbine registers, Dubai version of 2018", (2018,)),
        ("turbine registers in the Antalya text", (2006,)),  # known from a history
        ("turbine registers in the Guadalajara and the Dubai text", (2010, 2018)),  # 301 alone
        ("And what of Guadalajara?", (2010,)),  # nothing else is asked
        ("turbines that were shown in Dubai", ()),  # something else that happened there
        ("turbine registers, 2018", (2018,)),
        ("turbine registers since 2014", ()),  # in histories alone
    ],
)
def test_a_place_or_year_of_several_resolutions_is_that_of_the_texts_held(several, question, years):
    assert understand(question, corpus=several).years == years


def test_one_place_of_several_resolutions_names_one_text(several):
    understood = understand("the gap between boats in the Dubai text", corpus=several)

    assert (understood.years, understood.comparison) == ((2018, 2023), False)


def test_an_addressee_is_none_the_less_asked_for_when_another_body_is_held():
    question = "What is asked of the Council and the Secretary-General?"
    council = tuple(a_clause(REPORTS, body="council", number="1332", label=n) for n in ("1", "2"))
    alone = Corpus(clauses=clauses_of(2018, "Dubai"))

    mixed = Corpus(clauses=(*alone.clauses, *council))

    expected = understand(question, corpus=alone).addressees
    assert expected == ("Council", "Secretary-General")
    assert understand(question, corpus=mixed).addressees == expected


# Bodies that are named and asked nothing


@pytest.mark.parametrize(
    "question",
    [
        "Who must assist the Director of TSB?",
        "What help should be given to the Director?",
        "Qui doit prêter assistance au Directeur du TSB ?",
        "Qui aide le Directeur ?",
        "¿Quién debe prestar asistencia al Director?",
        "Кто помогает Директору БСЭ?",
        "谁应当协助电信标准化局主任？",
        "من يساعد مدير مكتب تقييس الاتصالات؟",
        "Who reports to the Director?",
        "Who submits contributions to TSAG and the study groups?",
        "Who works with the Director of TSB?",
        "Qui présente des contributions aux commissions d'études ?",
        "Qui collabore avec le Directeur ?",
        "¿Quién presenta informes al Director?",
        "¿Quién trabaja con el Director?",
        "Кто докладывает Директору БСЭ?",
        "Кто сотрудничает с Директором БСЭ?",
        "Кто вносит вклад в работу исследовательских комиссий?",
        "谁负责向电信标准化局主任报告？",
        "谁把报告提交给主任？",
        "谁与主任密切合作？",
        "من يقدم المساهمات إلى مدير مكتب تقييس الاتصالات؟",
        "من يتعاون مع المدير؟",
        "Who informs the Director, and who advises him?",
        "Qui informe le Directeur ?",
        "Кто информирует Директора БСЭ?",
        "Кто отчитывается перед Директором БСЭ?",
        "По Резолюции № 75… кто докладывает Директору БСЭ?",
        "من يقدم تقريراً إلى المدير؟",
        "谁通知主任？",
    ],
)
def test_a_body_that_is_helped_or_gets_or_shares_something_is_a_part_of_the_topic(question, corpus):
    understood = understand(question, corpus=corpus)

    assert understood.addressees == ()
    assert not understood.whole
    assert understood.topic


@pytest.mark.parametrize(
    "question",
    [
        "What support must the Director of TSB give?",
        "Quel appui le Directeur doit-il fournir ?",
        "¿Qué apoyo debe dar el Director de la TSB?",
        "Какую поддержку должен оказать Директор БСЭ?",
        "主任应提供什么支持？",
        "What must the Director of TSB report to the Council?",
        "What is to be presented to the study groups by the Director?",
        "Which tasks are given to the Director?",
        "What instructions were given to the Director?",
        "What contributions are assigned to the Director?",
        "Que doit présenter le Directeur au Conseil ?",
        "Quelles tâches sont confiées au Directeur ?",
        "¿Qué debe presentar el Director al Consejo?",
        "¿Qué tareas se encomiendan al Director?",
        "Что Директор БСЭ должен представить Совету?",
        "Что должен представить Директор БСЭ?",
        "Какие поручения переданы Директору БСЭ?",
        "主任应向理事会报告什么？",
        "主任每年给理事会交什么？",
        "ماذا يقدم المدير إلى المجلس؟",
        "ما المهام الموكلة إلى المدير؟",
        "What does the present resolution say to the Director?",
        "What reporting obligations apply to the Director of TSB?",
        "Who reports to the Director, and what must the Director do with the reports?",
        "What does it call on the Director to do?",
        "Que demande la présente résolution au Directeur du TSB ?",
        "Quels rapports sont demandés au Directeur ?",
        "¿Qué encarga la presente Resolución al Director de la TSB?",
        "¿Qué informes se piden al Director?",
        "Какой отчёт предписано составить Директору БСЭ?",
        "تعليمات تقديم التقارير الصادرة إلى المدير",
        "对主任有哪些报告要求？",
        "为主任规定了什么报告义务？",
        "主任应当做什么……？",
    ],
)
def test_a_body_that_helps_or_gives_or_is_charged_is_an_addressee(question, corpus):
    assert understand(question, corpus=corpus).addressees == (TSB,)


def test_arabic_names_that_begin_with_the_letter_for_to_are_no_recipients(corpus):
    assert understand("ماذا تقدم لجان الدراسات؟", corpus=corpus).addressees == ("study groups",)


@pytest.mark.parametrize(
    ("question", "addressees"),
    [
        ("请成员国和部门成员协调开展哪些工作？", ("Member States", "Sector Members")),
        ("秘书长和主任合作做什么？", ("Secretary-General", TSB)),
        ("成员国应与主任合作做什么？", ("Member States",)),
        ("提供资金的成员国应当做什么？", ("Member States",)),
        (
            "Does the Secretary-General call on Sector Members?",
            ("Secretary-General", "Sector Members"),
        ),
        ("Who reports to TSAG, the study groups and the Council?", ()),
    ],
)
def test_bodies_that_are_joined_have_the_same_part(question, addressees, corpus):
    assert set(understand(question, corpus=corpus).addressees) == set(addressees)


@pytest.mark.parametrize("director", ["the Director", "the Director of TSB"])
def test_of_two_bodies_the_one_behind_about_is_the_topic(director, corpus):
    understood = understand(f"What are Member States asked about {director}?", corpus=corpus)

    assert understood.addressees == ("Member States",)
    assert "director" in understood.topic


def test_whom_no_text_addresses_is_a_topic_behind_about_and_an_addressee_elsewhere(corpus):
    about = understand("What is recognized about developing countries?", corpus=corpus)
    asked = understand("What must developing countries do?", corpus=corpus)
    held = understand("What is said about the Council?", corpus=corpus)

    assert about.addressees == ()
    assert "developing countries" in about.topic
    assert asked.addressees == ("developing countries",)
    assert held.addressees == (COUNCIL,)


# Follow-ups that put one thing in the place of another


@pytest.mark.parametrize(
    ("before", "question", "interpreted"),
    [
        ("全权代表大会第101号决议讲什么？", "那第133号呢？", "全权代表大会第133号决议讲什么？"),
        ("What does Resolution 101 deal with?", "and 178?", "What does Resolution 178 deal with?"),
        (
            "Quel est le sujet de la Résolution 102 de la PP ?",
            "et la Résolution 130 ?",
            "Quel est le sujet de la Résolution 130 de la PP ?",
        ),
        ("О чём Резолюция 101 (2018)?", "А 131?", "О чём Резолюция 131 (2018)?"),
        ("ما موضوع القرار 101؟", "والقرار 133؟", "ما موضوع القرار 133؟"),
    ],
)
def test_another_number_stands_for_the_one_before(before, question, interpreted, corpus):
    understood = understand_in_context(question, [before], corpus=corpus)

    assert understood.interpreted == interpreted
    assert understood.context == interpreted
    assert not understood.topic_is_own


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("What does Resolution 101 deal with?", "and who reports to the Council under 1332?"),
        ("What does Resolution 101 deal with?", "and in 2010?"),
        ("Who reports on the register?", "and 178?"),
        ("What does Resolution 101 deal with?", "178 and 179?"),
    ],
)
def test_a_number_beside_a_topic_a_year_or_several_numbers_replace_nothing(
    before, question, corpus
):
    understood = understand_in_context(question, [before], corpus=corpus)

    assert understood.interpreted == f"{before} {question}"


def test_a_follow_up_about_something_has_a_topic_of_its_own(corpus):
    before = "Which resolutions are cited on security?"

    about = understand_in_context("and on domains?", [before], corpus=corpus)
    bare = understand_in_context("and since when?", [before], corpus=corpus)

    assert (about.topic_is_own, about.context) == (True, before)
    assert not bare.topic_is_own


def test_the_same_question_of_another_revision_is_looked_for_in_its_own_words(corpus):
    before = "Who reports on the register?"

    understood = understand_in_context("And in 2010?", [before], corpus=corpus)

    assert understood.years == (2010,)
    assert understood.context == before
    assert understood.interpreted == f"{before} And in 2010?"


@pytest.mark.parametrize(
    "question",
    [
        "Какую поддержку Директор БСЭ должен оказать?",
        "Кого поддерживает Директор БСЭ?",
        "كيف يساعد مدير مكتب تقييس الاتصالات البلدان؟",
        "What is the support the Director of TSB is invited to provide?",
    ],
)
def test_a_body_that_acts_behind_a_word_for_help_is_an_addressee(question, corpus):
    assert TSB in understand(question, corpus=corpus).addressees


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("Where is the WSIS+10 outcome mentioned?", "And Resolution 133?"),
        ("What is said about paragraphs 35 and 55?", "And Resolution 102?"),
        ("Where is Resolution 102 recalled?", "and resolves 12?"),
        ("Where is Resolution 102 recalled?", "And in point 10?"),
        ("Where is Resolution 102 recalled?", "and the 10 others?"),
    ],
)
def test_a_number_of_one_kind_never_stands_for_one_of_another(before, question, corpus):
    understood = understand_in_context(question, [before], corpus=corpus)

    assert understood.interpreted == f"{before} {question}"


def test_another_number_of_another_revision_is_looked_for(corpus):
    before = "Where is Resolution 102 recalled?"

    understood = understand_in_context("and Resolution 133 in 2010?", [before], corpus=corpus)

    assert understood.context == understood.interpreted == "Where is Resolution 133 recalled?"


@pytest.mark.parametrize(
    "question", ["Who reports on it?", "А кто об этом отчитывается?", "谁就此提交报告？"]
)
def test_about_what_was_named_before_is_no_topic_of_its_own(question, corpus):
    before = "What is said of internationalized domain names?"

    understood = understand_in_context(question, [before], corpus=corpus)

    assert not understood.topic_is_own


# Time: of the text, and of what it tells


@pytest.mark.parametrize(
    ("before", "question", "year"),
    [
        ("What did the Johannesburg text say about focal points?", "And later?", 2022),
        ("What did the Johannesburg text say about focal points?", "And in the new one?", 2022),
        ("What does the 2022 version say about annual reports?", "And before that?", 2008),
        ("Que disait le texte de Johannesburg ?", "Et après la révision ?", 2022),
        ("¿Qué dice la versión de 2022 sobre los informes?", "¿Y antes?", 2008),
        ("Что говорил йоханнесбургский текст о координаторах?", "А потом?", 2022),
        ("ماذا تقول نسخة 2022 عن التقارير السنوية؟", "وقبل ذلك؟", 2008),
        ("约翰内斯堡版怎么说牵头人？", "那后来怎么改的？", 2022),
        ("2022年版怎么说年度报告？", "起初呢？", 2008),
        ("2022年版怎么说年度报告？", "修订前呢？", 2008),
        ("年度报告怎么说？", "以前呢？", 2008),  # nothing named is the latest
    ],
)
def test_later_and_before_are_the_texts_beside_the_one_spoken_of(before, question, year, place):
    understood = understand_in_context(question, [before], corpus=place.corpus)

    assert understood.years == (year,)
    assert understood.topic == understand(before, corpus=place.corpus).topic


@pytest.mark.parametrize(
    ("before", "question", "years"),
    [
        ("What did the Johannesburg text say about reports?", "And before?", (2008,)),
        (
            "What does the 2022 version say about reports?",
            "And the groups that met before?",
            (2022,),
        ),
    ],
)
def test_before_the_first_text_there_is_none_and_a_topic_of_its_own_has_its_own_time(
    before, question, years, place
):
    understood = understand_in_context(question, [before], corpus=place.corpus)

    assert understood.years == years


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("When was Council Resolution 1332 originally adopted?", ()),
        ("该工作组最初由哪项决议成立？", ()),
        ("Когда Резолюция 1332 была первоначально принята?", ()),
        ("What did the originally adopted text say about reports?", (2008,)),
        ("年度报告最初交给谁？", (2008,)),
    ],
)
def test_when_something_was_first_adopted_is_no_question_about_the_earlier_text(
    question, years, place
):
    assert understand(question, corpus=place.corpus).years == years
