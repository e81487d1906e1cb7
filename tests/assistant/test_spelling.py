"""Slips that are mended, and words that only look like slips."""

import pytest

from assistant.spelling import mended


@pytest.mark.parametrize(
    ("question", "read_as"),
    [
        ("wich resoluton", "wich resolution"),
        ("la inovacion y el acseso", "la innovación y el acceso"),
        # One step from a Spanish word and from an English one: the question is Spanish.
        ("¿qué dice la resolusion del consejo?", "¿qué dice la resolución del consejo?"),
        ("открытые кансультации", "открытые консультации"),
        ("强化合做的进程", "强化合作的进程"),
        # Letters of an ending that changed their places are a slip.
        ("¿qué dice sobre la conectividda?", "¿qué dice sobre la conectividad?"),
    ],
)
def test_a_slip_becomes_the_word_of_the_field_that_is_nearest(question, read_as):
    assert mended(question) == read_as


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué se decidió en 2008?",
        "¿Quién presidía el grupo?",
        "Qui présidait le groupe ?",
        "Кто возглавлял группу и поручал отчёты?",
        # The right word is near in its ending alone; the next near one would be another word.
        "¿qué dice sobre la colectividdd?",
    ],
)
def test_a_form_of_a_verb_is_no_slip_of_another_form(question):
    assert mended(question) == question


@pytest.mark.parametrize(
    "question",
    [
        # 责向理事会 is near 责成理事会, 国际互联 near 国际电联.
        "谁负责向理事会提交文稿？",
        "谁负责给理事会写报告？",
        "国际互联网公共政策工作组",
        # 部门成员, 研究组, 专门机构
        "对部分成员造成何种影响？",
        "各研究班子各干各的",
        "专家机构的意见",
        "进一步情况",  # 进一步请
        "可持续行动计划",  # 可持续性
        "可获取信息",  # 可获取性
    ],
)
def test_ordinary_chinese_words_are_no_slips_of_official_names(question):
    assert mended(question) == question


@pytest.mark.parametrize(
    ("question", "read_as"),
    [
        ("公共正策", "公共政策"),  # zheng, both
        ("信息射会世界高峰会议", "信息社会世界高峰会议"),
        ("电信标准化局组任", "电信标准化局主任"),  # zu for zhu
        ("电信标准话局主任", "电信标准化局主任"),
    ],
)
def test_a_chinese_character_is_mended_by_one_that_is_typed_alike(question, read_as):
    assert mended(question, "zh") == read_as


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("¿De qué sirve el grupo?", "es"),  # near "serve", which is no Spanish word
        ("Why couldn't members attend?", "en"),
        ("من يقدم مساهمات للجان الدراسات؟", "ar"),
        ("services方面", "zh"),
        ("关于интернет和 états 的规定是什么？", "zh"),
        ("Why doesn’t it apply?", "en"),
        ("какие соображения и усмотрение развивающейся страны?", "ru"),
        ("что такое «data collection»?", "ru"),
    ],
)
def test_words_of_the_language_are_left_as_they_are(question, language):
    assert mended(question, language) == question
