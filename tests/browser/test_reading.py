"""The text beside the conversation: opened at a clause, by a click or by its address."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import ask, ready, settled

QUESTION = "2022年版请所有利益攸关方做什么？"
SECOND = "wtsa-75@2022/invites.3/2"


def highlighted(page: Page) -> list[str]:
    return [
        clause.get_attribute("data-clause") or ""
        for clause in page.locator(".text .clause.on").all()
    ]


def is_in_sight(page: Page, selector: str) -> bool:
    """Whether all of an element can be seen in the reader, below its head."""
    return bool(
        page.evaluate(
            """(selector) => {
                const box = document.querySelector(selector).getBoundingClientRect();
                const frame = document.querySelector(".reader .scroll").getBoundingClientRect();
                const head = document.querySelector(".text header").getBoundingClientRect();
                const top = Math.max(frame.top, head.bottom);
                return box.top >= top - 1 && box.bottom <= frame.bottom + 1;
            }""",
            selector,
        )
    )


def test_an_answer_opens_the_text_at_the_first_clause_that_it_quotes(page):
    ready(page)

    ask(page, QUESTION)

    settled(page)
    assert highlighted(page) == ["wtsa-75@2022/invites.3/1"]
    assert is_in_sight(page, ".clause.on")
    also = page.locator(".clause.also").all()  # a mark at the side of all that is quoted
    assert [clause.get_attribute("data-clause") for clause in also] == [
        "wtsa-75@2022/invites.3/1",
        SECOND,
    ]


def test_a_citation_opens_its_clause_in_the_text_and_in_the_address(page):
    ready(page)
    reply = ask(page, QUESTION)

    reply.locator(f'[data-clause="{SECOND}"] a.citation').click()

    settled(page)
    assert highlighted(page) == [SECOND]
    assert is_in_sight(page, ".clause.on")
    assert page.url.endswith(f"/?clause={SECOND}")


@pytest.mark.parametrize("clause", ["wtsa-75@2008/instructs/1", "wtsa-75@2022/considering/e/iii"])
def test_the_address_of_a_clause_opens_the_page_at_it(open_page, clause):
    page = ready(open_page(f"/?clause={clause}"))

    settled(page)
    assert highlighted(page) == [clause]
    assert is_in_sight(page, ".clause.on")


def test_an_address_can_be_a_printed_citation(open_page):
    page = ready(open_page("/?clause=Resolution 75 (Rev. Geneva, 2022), resolves 2"))

    assert highlighted(page) == ["wtsa-75@2022/resolves/2"]
    assert page.url.endswith("/?clause=wtsa-75@2022/resolves/2")


def test_the_address_of_a_clause_that_is_not_held_says_so(open_page):
    page = ready(open_page("/?clause=wtsa-75@1999/resolves/2"))

    expect(page.locator(".reader .error")).to_contain_text("wtsa-75@2008; wtsa-75@2022")


def test_the_counterpart_in_another_revision_is_opened_by_a_click(page):
    ready(page)
    reply = ask(page, "Res. 75 (Geneva, 2022), resolves 3")

    reply.locator("details.counterpart summary a.citation").click()

    settled(page)
    assert highlighted(page) == [reply.locator("details.counterpart").get_attribute("data-clause")]
    expect(page.locator(".text h2")).to_have_text("Resolution 75 (Johannesburg, 2008)")


def test_another_revision_is_a_click_away(page):
    ready(page)

    page.locator(".revisions button", has_text="2008").click()

    expect(page.locator(".text h2")).to_have_text("Resolution 75 (Johannesburg, 2008)")
    expect(page.locator(".text .clause")).to_have_count(29)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("citation", "第75号决议（2022年，日内瓦，修订版）请所有利益攸关方2"),
        (
            "quote",
            "2 积极参加网上和面对面进行的CWG-Internet公开磋商。\n"
            "— 第75号决议（2022年，日内瓦，修订版）请所有利益攸关方2",
        ),
        ("link", "/?clause=wtsa-75@2022/invites.3/2"),
    ],
)
def test_citation_quotation_and_link_are_copied_and_it_is_announced(open_page, address, what, text):
    page = ready(open_page(permissions=["clipboard-read", "clipboard-write"]))
    reply = ask(page, QUESTION)
    figure = reply.locator(f'[data-clause="{SECOND}"]')

    figure.locator("[data-menu]").click()
    figure.locator(f"[data-copy={what}]").click()

    expect(page.locator("[data-announce]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (address + text if what == "link" else text)


def test_all_quotations_of_a_section_are_copied_at_once(open_page):
    page = ready(open_page(permissions=["clipboard-read", "clipboard-write"]))
    reply = ask(page, QUESTION)

    reply.locator("[data-copy=all]").click()

    expect(page.locator("[data-announce]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.count("— 第75号决议（2022年，日内瓦，修订版）请所有利益攸关方") == 2


def test_part_of_a_clause_is_marked_by_its_characters(page):
    """No answer quotes a part yet, so the script is handed one."""
    ready(page)
    reply = ask(page, QUESTION)
    words = reply.locator(f'[data-clause="{SECOND}"] .words').text_content()
    reply.locator(f'[data-clause="{SECOND}"]').evaluate(
        "(figure) => { figure.dataset.span = '2-8'; }"
    )

    reply.locator(f'[data-clause="{SECOND}"] a.citation').click()

    expect(page.locator(".clause.on mark")).to_have_text(words[2:8])
