"""The page without a mouse."""

from playwright.sync_api import expect

from tests.browser.driving import ask, ready, replied


def test_a_slash_goes_to_the_question(page):
    ready(page)
    page.click(".text h2")
    expect(page.locator("#question")).not_to_be_focused()

    page.keyboard.press("/")

    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#question")).to_have_value("")


def test_enter_sends_and_shift_enter_begins_a_line(page):
    ready(page)
    page.fill("#question", "What must")

    page.press("#question", "Shift+Enter")

    expect(page.locator("#question")).to_have_value("What must\n")
    expect(page.locator(".turn")).to_have_count(0)

    page.press("#question", "Enter")

    replied(page.locator(".turn").first)


def test_enter_that_chooses_a_character_does_not_send(page):
    """While Chinese is typed, Enter takes what the input method offers."""
    ready(page)
    page.fill("#question", "责成")

    page.locator("#question").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True}
    )

    expect(page.locator(".turn")).to_have_count(0)


def test_everything_is_reached_by_tab_with_a_focus_that_shows(page):
    ready(page)
    ask(page, "Res. 75 (Geneva, 2022), resolves 3")
    page.focus(".skip")
    seen = []

    for _ in range(60):
        page.keyboard.press("Tab")
        now = page.evaluate(
            """() => {
                const node = document.activeElement;
                const style = getComputedStyle(node);
                const field = getComputedStyle(node.closest(".field") || node);
                const shows = style.outlineStyle !== "none" || field.boxShadow !== "none";
                return [node.className || node.id || node.tagName, shows];
            }"""
        )
        seen.append(tuple(now))

    names = " ".join(name for name, _ in seen)
    assert [name for name, shows in seen if not shows and name != "BODY"] == []
    for wanted in ("citation", "open", "question", "send", "look"):
        assert wanted in names


def test_the_copy_menu_is_opened_walked_and_closed(page):
    ready(page)
    reply = ask(page, "Res. 75 (Geneva, 2022), resolves 3")
    menu = reply.locator("[data-menu]").first

    menu.focus()
    page.keyboard.press("Enter")

    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(reply.locator("[data-copy=citation]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(reply.locator("[data-copy=quote]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


def test_arrows_go_from_citation_to_citation(page):
    ready(page)
    reply = ask(page, "Res. 75 (Geneva, 2022), instructs the Director of TSB")
    citations = reply.locator("a.citation")
    citations.nth(0).focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")

    expect(citations.nth(1)).to_be_focused()


def test_the_tabs_are_walked_with_arrows(page):
    ready(page)
    page.focus("#tab-chat")

    page.keyboard.press("ArrowRight")

    expect(page.locator("#tab-compare")).to_be_focused()
    expect(page.locator("#tab-compare")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#view-compare")).to_be_visible()
    expect(page.locator("#view-chat")).to_be_hidden()
