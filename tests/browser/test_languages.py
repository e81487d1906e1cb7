"""The page in six languages, and mirrored in Arabic."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import ask, ready, settled


def left(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.bounding_box()["x"])


@pytest.mark.parametrize(
    ("locale", "language", "send"),
    [
        ("zh-CN", "zh", "提问"),
        ("fr-CH", "fr", "Demander"),
        ("es-MX", "es", "Preguntar"),
        ("ru-RU", "ru", "Спросить"),
        ("ar-EG", "ar", "اسأل"),
        ("de-DE", "en", "Ask"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(open_page, locale, language, send):
    page = ready(open_page(locale=locale))

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".send")).to_have_text(send)
    expect(page.locator(".example").first).to_have_attribute(
        "lang", language if language != "de" else "en"
    )


def test_the_arabic_page_is_mirrored(open_page):
    page = ready(open_page(locale="ar"))

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert left(page, ".talk") > left(page, ".reader")
    assert left(page, ".top h1") > left(page, ".tools")
    assert left(page, "#question") > left(page, ".send")


def test_the_english_page_is_not(page):
    ready(page)

    assert left(page, ".talk") < left(page, ".reader")
    assert left(page, ".top h1") < left(page, ".tools")


def test_a_chinese_quotation_on_the_arabic_page_runs_from_left_to_right(open_page):
    page = ready(open_page(locale="ar"))

    reply = ask(page, "ماذا يُطلب من جميع أصحاب المصلحة في نسخة 2022؟")

    quotation = reply.locator("blockquote").first
    assert reply.evaluate("(node) => getComputedStyle(node).direction") == "rtl"
    assert quotation.evaluate("(node) => getComputedStyle(node).direction") == "ltr"
    assert quotation.evaluate("(node) => getComputedStyle(node).fontStyle") == "normal"


def test_another_language_is_chosen_from_the_menu_and_kept(page, address):
    ready(page)
    ask(page, "What must the Director of TSB do?")
    settled(page)

    page.select_option("[data-language]", "fr")

    expect(page.locator(".send")).to_have_text("Demander")
    expect(page.locator(".reply .open").first).to_have_text("Voir dans le texte")
    expect(page.locator(".text h2")).to_have_text("Résolution 75 (Rév. Genève, 2022)")
    expect(page.locator(".turn")).to_have_count(1)  # the conversation stays

    page.goto(address)
    ready(page)

    expect(page.locator(".send")).to_have_text("Demander")
