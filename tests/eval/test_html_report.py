import base64
import re

import pytest
from lxml import html

from eval.html_report import html_report
from tests.eval.builders import a_case, a_run, an_unanswerable_case, answered, refused

RIGHT = "wtsa-75@2022/instructs/1"
HOSTILE = "<script>alert(1)</script>\"'&\x00<img src=x onerror=alert(1)>"


def a_page(question="谁提交报告？", **more):
    cases = [
        a_case("a", question=question, history=(question + "先前",)),
        a_case("b", language="ar", question="من يقدم التقرير؟"),
        an_unanswerable_case("c"),
    ]
    outcomes = {"a": answered(RIGHT), "b": answered("x", probability=0.7), "c": refused()}
    return html_report(a_run(cases, {"a": [RIGHT], "b": ["x", HOSTILE]}, outcomes, **more))


def test_no_text_becomes_markup():
    page = html.fromstring(a_page(HOSTILE, model=HOSTILE, commit=HOSTILE))

    assert page.xpath("//script") == []
    assert page.xpath("//img[not(starts-with(@src, 'data:image/svg+xml;base64,'))]") == []
    assert page.xpath("//*[@onerror]") == []
    shown = [cell.text_content() for cell in page.xpath("//td//div")]
    assert HOSTILE.replace("\x00", "") in shown


def test_the_page_asks_nothing_of_the_network():
    text = a_page()
    page = html.fromstring(text)

    assert page.xpath("//link | //iframe | //object | //a") == []
    assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    ]
    assert not re.search(r"url\(|https?:", text)
    for source in page.xpath("//img/@src"):
        picture = base64.b64decode(source.partition(",")[2])
        assert picture.startswith(b"<?xml")
        assert not re.search(rb'href="(?!#)', picture)


def test_questions_take_their_own_direction():
    page = html.fromstring(a_page())

    (question,) = set(page.xpath("//div[text()='من يقدم التقرير؟']/@dir"))

    assert question == "auto"
    assert len(page.xpath("//td[@class='text']/div")) > 20
    assert page.xpath("//td[@class='text']/div[not(@dir='auto')]") == []


def test_figures_are_labelled_and_the_run_is_named():
    page = html.fromstring(a_page(commit="abc123"))

    captions = page.xpath("//figcaption/text()")

    assert page.xpath("//img/@alt") == captions
    assert len(captions) == 4
    listed = page.xpath("//ul/li/text()")
    for named in ("model m", "corpus cccccccc", "code dddddddd", "commit abc123"):
        assert named in listed


def test_wrong_cases_are_shown_first_and_marked():
    page = html.fromstring(a_page())

    first_table_of_cases = page.xpath("//h2[starts-with(text(), 'Not right')]/following::table[1]")[
        0
    ]

    assert page.xpath("//h2/text()")[-1] == "Not right: 1 of 3"
    assert first_table_of_cases.xpath(".//tr[@class='wrong']/td[1]/text()") == ["b"]
    assert len(first_table_of_cases.xpath(".//tbody/tr")) == 1
    assert len(page.xpath("//details//tbody/tr")) == 3


def test_the_same_run_gives_the_same_page():
    assert a_page() == a_page()


@pytest.mark.parametrize("answerable", [True, False])
def test_a_run_with_cases_of_one_side_only_has_no_curve_of_refusals(answerable):
    case = a_case("a") if answerable else an_unanswerable_case("a")

    page = html.fromstring(html_report(a_run([case], {"a": [RIGHT]}, {"a": refused()})))

    assert len(page.xpath("//figure")) == 2
