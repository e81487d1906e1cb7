"""The page on a phone: one column, the text slides over the conversation and back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import ask, ready, settled

QUESTION = "2022年版请所有利益攸关方做什么？"


def overflows(page: Page) -> list[str]:
    """What reaches beyond the screen, but for what scrolls in a frame of its own."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(".page *")].filter((node) => {
                const box = node.getBoundingClientRect();
                const seen = box.width && box.height && node.checkVisibility();
                const framed = node.closest(".table, .unseen, .skip");
                return seen && !framed && (box.right > innerWidth + 1 || box.left < -1);
            }).map((node) => node.className || node.tagName)"""
        )
    )


@pytest.mark.parametrize("tab", ["chat", "compare", "library"])
def test_nothing_scrolls_sideways(phone, tab):
    ready(phone)
    if tab == "chat":
        ask(phone, "How did the duties of the Director of TSB change between 2008 and 2022?")
    else:
        phone.click(f"#tab-{tab}")
        phone.wait_for_selector(".pair" if tab == "compare" else "tbody tr")

    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert overflows(phone) == []


def test_version_and_digest_are_in_the_library_where_there_is_room(phone):
    ready(phone)
    expect(phone.locator(".foot .digest")).to_be_hidden()
    expect(phone.locator(".foot .guarantee")).to_be_visible()

    phone.click("#tab-library")

    expect(phone.locator(".foot .digest")).to_be_visible()
    expect(phone.locator(".foot .version")).to_be_visible()


def test_the_text_slides_over_the_conversation_and_back(phone):
    ready(phone)
    reply = ask(phone, QUESTION)
    expect(phone.locator(".reader")).to_be_hidden()

    reply.locator("a.citation").last.click()

    settled(phone)
    expect(phone.locator(".clause.on")).to_be_in_viewport()
    phone.click("[data-back]")
    expect(phone.locator(".reader")).to_be_hidden()
    expect(reply).to_be_visible()


@pytest.mark.parametrize("how", ["Escape", "the phone's own way back"])
def test_the_way_back_is_also_that_of_keyboard_and_phone(phone, how):
    ready(phone)
    reply = ask(phone, QUESTION)
    reply.locator("a.citation").last.click()
    expect(phone.locator(".reader")).to_be_visible()

    if how == "Escape":
        phone.keyboard.press("Escape")
    else:
        phone.go_back()

    expect(phone.locator(".reader")).to_be_hidden()
    expect(reply).to_be_visible()


def test_the_address_of_a_clause_opens_the_text(open_page):
    page = open_page(
        "/?clause=wtsa-75@2008/instructs/1",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    ready(page)

    settled(page)
    expect(page.locator(".clause.on")).to_be_in_viewport()
