"""What a reader does on the page: wait until it is there, ask, look."""

from playwright.sync_api import Locator, Page


def ready(page: Page) -> Page:
    """The page when it can be used."""
    page.wait_for_selector("[data-state=ready]", timeout=60_000)
    return page


def ask(page: Page, question: str) -> Locator:
    """Types a question and sends it; gives the reply when it stands."""
    turns = page.locator(".turn").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    turn = page.locator(".turn").nth(turns)
    return replied(turn)


def replied(turn: Locator) -> Locator:
    """The reply of a turn when it stands."""
    turn.locator(".place:not([aria-busy]) .reply").wait_for(timeout=60_000)
    return turn.locator(".reply")


def quotations(reply: Locator) -> dict[str, str]:
    """The words quoted in a reply, by clause id; what is folded away is left out."""
    found = {}
    for figure in reply.locator(".cited").all():
        if figure.locator("xpath=ancestor::details").count() == 0:
            words = figure.locator(".words").text_content() or ""
            found[figure.get_attribute("data-clause") or ""] = words
    return found


def settled(page: Page) -> Page:
    """The page when nothing moves any more."""
    page.wait_for_function(
        """() => new Promise((done) => {
            let last = "";
            const look = () => {
                const all = [...document.querySelectorAll(".log, .reader .scroll, .reader")];
                const now = all.map((n) => n.scrollTop + n.getBoundingClientRect().top).join();
                if (now === last && !document.querySelector("[aria-busy]")) done(true);
                else { last = now; setTimeout(look, 120); }
            };
            look();
        })"""
    )
    return page
