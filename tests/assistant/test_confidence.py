"""Refusals: the model, the evidence, the particulars asked for, what a question mentions."""

import math
import tomllib
from importlib import resources

import pytest

from assistant.answering import Assistant
from assistant.confidence import (
    AGAINST,
    EVIDENCE,
    FOR,
    WITH_INTERACTION,
    WITHOUT_INTERACTION,
    Calibration,
    evidence,
    shipped_calibration,
)
from assistant.mentions import Mention, mentions
from assistant.particulars import asked_for, told_by
from assistant.retriever import Ranking, Retriever
from tests.fakes import FakeEncoder


def test_probability_is_the_logistic_of_bias_and_weighted_evidence():
    model = Calibration(bias=-1.0, weights={"nearness": 2.0, "unmet": -3.0}, threshold=0.5)

    probability = model.probability({"nearness": 0.9, "unmet": 0.1, "unknown": 7.0})

    assert probability == pytest.approx(1 / (1 + math.exp(-(-1.0 + 1.8 - 0.3))))


@pytest.mark.parametrize("value", [1e6, -1e6])
def test_probability_of_absurd_evidence_stays_between_0_and_1(value):
    model = Calibration(bias=0.0, weights={"nearness": 1.0}, threshold=0.5)

    probability = model.probability({"nearness": value})

    assert 0 < probability < 1


@pytest.mark.parametrize(
    ("interaction", "names"), [(True, WITH_INTERACTION), (False, WITHOUT_INTERACTION)]
)
def test_what_is_shipped_names_its_evidence_and_gives_it_the_sign_of_its_meaning(
    interaction, names
):
    shipped = shipped_calibration(interaction=interaction)

    assert set(shipped.weights) == set(names) <= set(EVIDENCE)
    assert all(shipped.weights[name] >= 0 for name in FOR if name in names)
    assert all(shipped.weights[name] <= 0 for name in AGAINST)
    assert 0 < shipped.threshold < 1


@pytest.mark.parametrize("interaction", [True, False])
def test_where_nothing_is_found_nothing_is_answered(interaction, place):
    shipped = shipped_calibration(interaction=interaction)

    found = evidence(place.assistant.understand("TSB"), Ranking((), ()))

    assert shipped.probability(found) < shipped.threshold


def test_the_packaged_model_is_calibrated_with_its_interaction_and_others_without(place):
    retriever = place.assistant.retriever
    corpus = place.assistant.corpus
    others = Retriever(corpus=corpus, index=retriever._index, encoder=FakeEncoder())

    assert place.assistant.calibration == shipped_calibration(interaction=True)
    assert Assistant(corpus=corpus, retriever=others).calibration == shipped_calibration(
        interaction=False
    )


def test_nothing_found_is_no_evidence(place):
    understood = place.assistant.understand("TSB")

    found = evidence(understood, Ranking((), ()))

    assert found == dict.fromkeys(EVIDENCE, 0.0)


def test_the_interaction_tells_what_is_answered_from_what_is_not(place):
    assistant = place.assistant

    answering = []
    for question in ("Which group is open to Member States only?", "How do I bake bread?"):
        understood = assistant.understand(question)
        ranking = assistant.retriever.rank(understood, top=10)
        answering.append(evidence(understood, ranking)["answering"])

    assert answering[0] > 0 > answering[1]


def test_evidence_is_stronger_for_what_a_clause_says_than_for_another_subject(place):
    assistant = place.assistant
    answered = assistant.understand("¿Qué dice sobre la alfabetización digital?")
    foreign = assistant.understand("¿Cómo se afina un violín?")

    near = evidence(answered, assistant.retriever.rank(answered, top=10))
    far = evidence(foreign, assistant.retriever.rank(foreign, top=10))

    assert near["nearness"] > far["nearness"]
    assert near["held"] > far["held"]
    shipped = shipped_calibration(interaction=True)
    assert shipped.probability(near) >= shipped.threshold > shipped.probability(far)


def test_a_number_that_the_clause_does_not_state_is_unmet_and_lowers_the_probability(place):
    assistant = place.assistant
    plain = assistant.understand("Who is CWG-Internet open to?")
    counting = assistant.understand("How many members does CWG-Internet have?")

    without = evidence(plain, assistant.retriever.rank(plain, top=10))
    found = evidence(counting, assistant.retriever.rank(counting, top=10))

    assert (without["unmet"], found["unmet"]) == (0.0, 1.0)
    shipped = shipped_calibration(interaction=True)
    assert shipped.probability(found) < shipped.probability(found | {"unmet": 0.0})


def test_names_of_the_field_that_no_clause_has_are_foreign(place):
    assistant = place.assistant
    held = assistant.understand("What is said of the digital divide in hotels and companies?")
    foreign = assistant.understand("What is said of DNSSEC and IMT-2030?")

    assert evidence(held, assistant.retriever.rank(held, top=10))["foreign"] == 0
    assert evidence(foreign, assistant.retriever.rank(foreign, top=10))["foreign"] == 1


def test_bodies_that_only_headings_name_are_not_foreign(place):
    assistant = place.assistant
    addressed = assistant.understand("Does Academia contribute to the digital divide?")

    found = evidence(addressed, assistant.retriever.rank(addressed, top=10))

    assert not any("学术成员" in clause.text for clause in assistant.corpus.clauses)
    assert found["foreign"] == 0


def test_shares_of_what_is_held_lie_between_0_and_1(place):
    assistant = place.assistant
    questions = ["", "WSIS", "互联网 公共政策 成员国 理事会 研究组 数字鸿沟 域名 2030", "?!a"]

    for question in filter(str.strip, questions):
        understood = assistant.understand(question)
        coverage = assistant.retriever.rank(understood, top=3).coverage
        assert all(0 <= share <= 1 for share in coverage.values()), question


@pytest.mark.parametrize(
    ("language", "question", "kinds"),
    [
        ("en", "How many delegates took part?", {"quantity"}),
        ("en", "How do we submit a contribution?", set()),
        ("en", "Who is the current Director?", {"person"}),
        ("en", "Who is invited to submit contributions?", set()),
        ("en", "What is the e-mail address of the secretariat?", {"contact"}),
        ("en", "When will the next session be held?", {"date"}),
        ("en", "When was the resolution first adopted?", set()),
        ("en", "Which countries voted against it?", {"votes"}),
        ("en", "Which countries need special attention?", set()),
        ("zh", "一共有多少人参加？", {"quantity"}),
        ("zh", "列出哪几项？", set()),
        ("zh", "现任主席是谁？", {"person"}),
        ("zh", "谁应提交报告？", set()),
        ("zh", "下一次会议是几月几号？", {"date"}),
        ("fr", "Combien d'États ont participé ?", {"quantity"}),
        ("fr", "À combien s’élève le budget ?", {"money"}),
        ("fr", "Qui préside le groupe de travail ?", {"person"}),
        ("fr", "Qui doit présenter des contributions ?", set()),
        ("fr", "Quelle entreprise gère les noms ?", {"party"}),
        ("es", "¿Cuántos países participaron?", {"quantity"}),
        ("es", "En cuanto a las consultas, ¿qué se pide?", set()),
        ("es", "¿Quién fue el director de la Oficina?", {"person"}),
        ("ru", "Сколько стран участвовало?", {"quantity"}),
        ("ru", "Кто возглавляет группу?", {"person"}),
        ("ru", "Кто должен представлять вклады?", set()),
        ("ru", "Какой адрес электронной почты у секретариата?", {"contact"}),
        ("ar", "كم عدد الدول المشاركة؟", {"quantity"}),
        ("ar", "ما دور الدول الأعضاء؟", set()),
        ("ar", "متى يُعقد الاجتماع المقبل؟", {"date"}),
    ],
)
def test_the_kind_of_particular_is_read_from_the_question(language, question, kinds):
    assert asked_for(question, language) == kinds


@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (
            "money",
            {
                "en": "How much does registration cost?",
                "fr": "Quel est le salaire du Secrétaire général ?",
                "es": "¿Cuánto cobra un relator?",
                "ru": "Сколько это стоит?",
                "zh": "参会要交多少钱？",
                "ar": "ما ميزانية المكتب؟",
            },
        ),
        (
            "votes",
            {
                "en": "Why did the delegation vote against it?",
                "fr": "Quels pays se sont abstenus ?",
                "es": "¿Cuál fue el resultado de la votación? ¿Quién votó?",
                "ru": "Кто воздержался?",
                "zh": "投票结果如何？",
                "ar": "ما نتيجة التصويت؟",
            },
        ),
        (
            "penalty",
            {
                "en": "What happens if a country does not comply?",
                "fr": "Y a-t-il des sanctions contre les États ?",
                "es": "¿Qué multas se imponen?",
                "ru": "Какие санкции предусмотрены?",
                "zh": "违反规定会受到什么处罚？",
                "ar": "ما هي العقوبات على المخالفين؟",
            },
        ),
        (
            "measure",
            {
                "en": "Which frequency bands are allocated?",
                "fr": "Quelle est la puissance maximale ?",
                "es": "¿Qué ancho de banda se exige?",
                "ru": "Какая минимальная скорость требуется?",
                "zh": "最低网速是多少？",
                "ar": "ما سرعة الإنترنت المطلوبة؟",
            },
        ),
        (
            "technique",
            {
                "en": "Which encryption algorithm must be used?",
                "fr": "Quel est le numéro de port ?",
                "es": "¿Qué formato de archivo se usa?",
                "ru": "Какой алгоритм применяется?",
                "zh": "采用哪种加密算法？",
                "ar": "ما خوارزمية التشفير؟",
            },
        ),
        (
            "locator",
            {
                "en": "On which page is it printed?",
                "fr": "À quelle page est-ce imprimé ?",
                "es": "¿En qué página está?",
                "ru": "На какой странице это напечатано?",
                "zh": "印在第几页？",
                "ar": "في أي صفحة ورد ذلك؟",
            },
        ),
        (
            "picture",
            {
                "en": "Is there a video of the session?",
                "fr": "À quoi ressemble l’emblème ?",
                "es": "¿Hay una foto de los delegados?",
                "ru": "Как выглядит эмблема?",
                "zh": "哪里有会议的照片？",
                "ar": "هل توجد صور للجلسة؟",
            },
        ),
        (
            "travel",
            {
                "en": "Do delegates need a visa?",
                "fr": "Où se garer près du centre ?",
                "es": "¿Dónde alojarse durante la asamblea?",
                "ru": "Нужна ли виза? Как добраться?",
                "zh": "参会需要办签证吗？",
                "ar": "هل أحتاج إلى تأشيرة؟",
            },
        ),
        (
            "court",
            {
                "en": "Which court ruled on it?",
                "fr": "Quel tribunal est compétent ?",
                "es": "¿Ante qué tribunal se presenta?",
                "ru": "Как обжаловать это?",
                "zh": "可以向哪个法院申诉？",
                "ar": "أي محكمة تنظر في ذلك؟",
            },
        ),
        (
            "opinion",
            {
                "en": "What do you think of this text?",
                "fr": "Que pensez-vous de ce texte ?",
                "es": "¿Qué opinas de ella?",
                "ru": "Каково ваше мнение?",
                "zh": "你怎么看这份决议？",
                "ar": "ما رأيك في هذا القرار؟",
            },
        ),
        (
            "comparison",
            {
                "en": "How does it differ from the GDPR?",
                "fr": "Comparez-la avec la convention de Budapest",
                "es": "¿En qué se diferencia de las normas de la OCDE? Compárala con la UE",
                "ru": "Чем она отличается от правил Евросоюза?",
                "zh": "它与欧盟的规定有什么区别？",
                "ar": "ما الفرق بينه وبين قواعد الاتحاد الأوروبي؟",
            },
        ),
    ],
)
def test_a_kind_is_asked_for_in_each_language(kind, questions):
    for language, question in questions.items():
        assert asked_for(question, language) == {kind}, question


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What is the link between accessibility and development?"),
        ("en", "How do the two versions differ?"),
        ("en", "Which version is in force?"),
        ("en", "How far has it been implemented?"),
        ("en", "What does it say about the cost of access?"),
        ("en", "What do you think it says on spam?"),
        ("fr", "Quel est le lien entre l’accessibilité et le développement ?"),
        ("fr", "Que dit-on des frais d’itinérance ?"),
        ("es", "¿Cuándo se aprobó la resolución?"),
        ("es", "¿Por qué empresas y gobiernos deben colaborar?"),
        ("ru", "Что будет, если не преодолеть цифровой разрыв?"),
        ("ru", "Какие меры снижают стоимость доступа?"),
        ("zh", "网址可以用汉字吗？"),
        ("zh", "关于访问成本说了什么？"),
        ("ar", "هل توافق الدول الأعضاء على ذلك؟"),
        ("ar", "متى اعتمد القرار؟"),
    ],
)
def test_what_resolutions_do_state_is_no_particular(language, question):
    assert asked_for(question, language) == set()


@pytest.mark.parametrize(
    ("kind", "telling", "silent"),
    [
        ("money", "不超过500万瑞郎", "to share the experience gained"),
        ("money", "a voluntary contribution of 12 000 dollars", "en un plazo de 30 días"),
        ("votes", "принята 120 голосами", "to invite Member States"),
        ("votes", "adopted without a vote", "责成主任提交报告"),
        ("penalty", "يعلق حق التصويت للدولة المتأخرة", "to promote confidence"),
        ("measure", "la banda de 24,25 a 27,5 GHz", "within 90 days"),
        ("measure", "длина пути, проходимого светом за 1/299 792 458 секунды", "в 2022 году"),
        ("technique", "采用公开的加密算法", "鼓励成员国"),
        ("locator", "see page 12 of the Final Acts", "see resolves 2"),
        ("picture", "l’emblème de l’Union", "les États Membres"),
        ("travel", "delegates shall receive entry visas", "delegates shall take part"),
        ("court", "المحكمة الدولية", "الدول الأعضاء"),
        ("opinion", None, "in the opinion of the Assembly it is good"),
        ("comparison", "las directrices de la OCDE", "las comisiones de estudio"),
        ("date", "to report by 2028", "Resolution 140 (Rev. Dubai, 2018)"),
    ],
)
def test_a_kind_is_told_by_a_clause_in_which_it_occurs(kind, telling, silent):
    assert telling is None or kind in told_by(telling)
    assert kind not in told_by(silent)


@pytest.mark.parametrize(
    "text",
    [
        "within 90 days of the adoption of this resolution",
        "at least 5 members shall be present",
        "to hold twelve meetings",
        "在30天内提交报告",
        "不少于五名成员",
        "en un plazo de 30 días",
        "в течение 60 дней",
        "خلال 30 يوما",
        "a budget of 12 000 Swiss francs",
        "90 % of the population",
    ],
)
def test_a_clause_that_counts_something_tells_a_quantity(text):
    assert "quantity" in told_by(text)


@pytest.mark.parametrize(
    "text",
    [
        "Resolution 140 (Rev. Dubai, 2018) of the Plenipotentiary Conference",
        "全权代表大会第101号决议（2018年，迪拜，修订版）",
        "the results of WSIS+10 held in 2014",
        "Action Lines C2, C5 and C6",
        "at its seventy-fifth session",
        "Recommendation ITU-T E.164",
        "in accordance with resolves 2 above",
    ],
)
def test_numbers_of_references_and_years_tell_no_quantity(text):
    assert "quantity" not in told_by(text)


def test_a_clause_that_says_who_holds_an_office_tells_a_person():
    assert "person" in told_by("该任务组的主席由副秘书长担任")
    assert "person" not in told_by("责成电信标准化局主任提交报告")


def test_every_particular_is_asked_for_in_all_six_languages():
    text = (resources.files("assistant") / "data" / "particulars.toml").read_text(encoding="utf-8")

    table = tomllib.loads(text)

    assert table
    for entry in table.values():
        assert set(entry["asked"]) == {"zh", "en", "fr", "es", "ru", "ar"}


def test_a_name_counts_once_and_its_words_are_not_counted_beside_it(place):
    understood = place.assistant.understand("digital divide, the digital divide and gender")

    found = mentions(understood)

    assert found.count(Mention("concepts", "concept:digital-divide")) == 1
    assert Mention("words", "digital") not in found


def test_the_resolution_asked_about_is_no_mention_but_another_one_is(place):
    understood = place.assistant.understand(
        "What does Resolution 75 (Geneva, 2022) say of Resolution 178?"
    )

    terms = {mention.term for mention in mentions(understood)}

    assert "178" in terms
    assert not {"75", "2022"} & terms


def test_without_the_termbank_only_words_are_mentioned(place):
    understood = place.assistant.understand("What is said of WSIS outcomes?", ignored=["terms"])

    assert {mention.index for mention in mentions(understood)} == {"words"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("08年那版讲数字鸿沟了吗？", "2008年那版讲数字鸿沟了吗？"),
        ("责成主任第12项", "责成主任第2项"),
    ],
)
def test_short_years_and_item_numbers_are_no_mentions(place, one, other):
    assistant = place.assistant

    found = [
        assistant.retriever.coverage(assistant.understand(question)) for question in (one, other)
    ]

    assert found[0] == found[1]
