import pytest

from corpus.languages import detect_language

QUESTIONS = {
    "en": (
        "What does Resolution 75 ask the Director to do?",
        "Who reports to the Secretary-General?",
        "How did the duties change between 2008 and 2022?",
        "Is there a clause on developing countries?",
        "Which resolutions are listed under considering e)?",
        "annual report to the Council",
        "show me resolves 2",
        "And in the earlier version?",
        "duties of the Director of TSB",
        "Member States' obligations",
        "Compare both revisions, please",
        "why was the group created",
        "What is a milestone under this Resolution?",
        "Who may attend WTSA?",
        "list all invitations",
        "Does it mention SDGs?",
    ),
    "fr": (
        "Que demande la résolution 75 au Directeur ?",
        "Qui fait rapport au Secrétaire général ?",
        "Comment les tâches ont-elles changé entre 2008 et 2022 ?",
        "Y a-t-il un point sur les pays en développement ?",
        "Quelles résolutions sont citées ?",
        "rapport annuel au Conseil",
        "montre-moi le décide 2",
        "Et dans la version antérieure ?",
        "tâches du Directeur du TSB",
        "obligations des États Membres",
        "Comparer les deux versions",
        "pourquoi ce groupe a-t-il été créé",
        "Que signifie SMSI ?",
        "Qui peut participer à l'AMNT ?",
        "Donne la liste des invitations",
        "L'UIT-T est-elle visée ?",
        "Quel est le rôle de l'UIT ?",
    ),
    "es": (
        "¿Qué pide la Resolución 75 al Director?",
        "¿Quién informa al Secretario General?",
        "¿Cómo cambiaron las funciones entre 2008 y 2022?",
        "¿Hay algún punto sobre los países en desarrollo?",
        "qué resoluciones se citan",
        "informe anual al Consejo",
        "muéstrame el resuelve 2",
        "¿Y en la versión anterior?",
        "funciones del Director de la TSB",
        "obligaciones de los Estados Miembros",
        "comparar las dos versiones",
        "por qué se creó el grupo",
        "¿Qué significa CMSI?",
        "¿Quién puede participar en la AMNT?",
        "Dame la lista de invitaciones",
        "¿Cuál es el papel de la UIT?",
    ),
    "ru": (
        "Что Резолюция 75 поручает Директору?",
        "Кто отчитывается перед Генеральным секретарём?",
        "Как изменились обязанности с 2008 по 2022 год?",
        "Есть ли пункт о развивающихся странах?",
        "Какие резолюции перечислены?",
        "ежегодный отчёт Совету",
        "покажи решает 2",
        "А в предыдущей версии?",
        "обязанности Директора БСЭ",
        "Сравните обе редакции",
        "зачем создана группа",
        "Что такое ВВУИО?",
        "Кто может участвовать в ВАСЭ?",
        "WTSA 第75号决议 говорит о чём?",
        "Рез. 75 (Женева, 2022), решает 3",
        "Упоминаются ли ЦУР?",
    ),
    "zh": (
        "第75号决议要求主任做什么？",
        "谁向秘书长报告？",
        "2008年和2022年之间职责有什么变化？",
        "有没有关于发展中国家的条款？",
        "考虑到e)列出了哪些决议？",
        "年度报告",
        "显示做出决议2",
        "那第二项呢？",
        "电信标准化局主任的职责",
        "比较两个版本",
        "为什么成立专门小组",
        "什么是WSIS？",
        "WTSA Resolution 75讲什么？",
        "理事会第1332号决议是什麼",
        "哪些国家",
    ),
    "ar": (
        "ماذا يطلب القرار 75 من المدير؟",
        "من يقدم تقريراً إلى الأمين العام؟",
        "كيف تغيرت المهام بين 2008 و2022؟",
        "هل هناك بند عن البلدان النامية؟",
        "ما القرارات المذكورة؟",
        "التقرير السنوي إلى المجلس",
        "اعرض تقرر 2",
        "وفي النسخة السابقة؟",
        "مهام مدير مكتب تقييس الاتصالات",
        "التزامات الدول الأعضاء",
        "قارن بين النصين",
        "لماذا أنشئ الفريق",
        "ما هي القمة العالمية WSIS؟",
        "من يشارك في الجمعية؟",
        "القرار ٧٥",
    ),
}
SINGLE_WORDS = {
    "en": ("resolves", "considering", "what", "countries", "hello"),
    "fr": ("décide", "considérant", "pourquoi", "télécommunications", "bonjour"),
    "es": ("resuelve", "considerando", "resolución", "países", "hola"),
    "ru": ("решает", "учитывая", "привет", "Резолюция"),
    "zh": ("决议", "考虑到", "你好"),
    "ar": ("تقرر", "القرار", "مرحبا"),
}
OTHERS = (
    "Was sagt die Resolution 75 über das Internet?",
    "Welche Aufgaben hat der Direktor?",
    "O que diz a resolução 75?",
    "Cosa dice la risoluzione 75?",
    "Wat zegt de resolutie over internet?",
    "Co mówi rezolucja 75?",
    "75 sayılı karar ne diyor?",
    "Nghị quyết 75 nói gì?",
    "Що каже резолюція 75?",
    "决議75は何を求めていますか",
    "결의 75는 무엇을 말합니까?",
    "Τι λέει το ψήφισμα 75;",
    "מה אומרת החלטה 75?",
    "มติที่ 75 กล่าวว่าอย่างไร",
    "संकल्प 75 क्या कहता है?",
    "قطعنامه ۷۵ چه می گوید؟",
    "قرارداد 75 کیا کہتی ہے؟",
)
UNDECIDABLE = ("", "   ", "75", "Res. 75", "WTSA-75", "ITU-T WTSA TSB", "???", "2022")


@pytest.mark.parametrize(
    ("language", "question"), [(lang, text) for lang, some in QUESTIONS.items() for text in some]
)
def test_a_short_question_has_its_language(language: str, question: str):
    assert detect_language(question) == language


@pytest.mark.parametrize(
    ("language", "word"), [(lang, word) for lang, some in SINGLE_WORDS.items() for word in some]
)
def test_a_single_word_has_its_language(language: str, word: str):
    assert detect_language(word) == language


@pytest.mark.parametrize("question", OTHERS)
def test_another_language_is_none_of_ours(question: str):
    assert detect_language(question) is None


@pytest.mark.parametrize("text", UNDECIDABLE)
def test_what_has_no_words_has_no_language(text: str):
    assert detect_language(text) is None


def test_a_quotation_does_not_change_the_language_of_the_question():
    question = "Where does it say “国际电联成员国应当提供有关新兴趋势的信息并提交年度报告” exactly?"

    assert detect_language(question) == "en"


def test_function_words_decide_in_a_mixed_question():
    assert detect_language("Резолюция 75 по WSIS: what does it say?") == "en"
    assert detect_language("Que dit 第75号决议（2022年，日内瓦，修订版） sur les pays ?") == "fr"
    assert detect_language("¿Qué dice el párrafo 责成电信标准化局主任 2?") == "es"
