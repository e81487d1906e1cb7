"""Light and dark: every text has the contrast that WCAG calls AA."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import ask, ready, settled

# Text and the nearest ground behind it, in 8-bit RGB. Large text counts as small: that is stricter.
CONTRASTS = """() => {
  const parse = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length && (color.length < 4 || color[3] > 0.99)) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const node of document.querySelectorAll(".page *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest(".unseen, .toast")) continue;
    const ink = parse(getComputedStyle(node).color).slice(0, 3);
    const [a, b] = [light(ink), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`${node.className || node.tagName}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_text_can_be_told_from_its_ground(open_page, look):
    page = ready(open_page(color_scheme=look))
    expect(page.locator("html")).to_have_attribute("data-look", look)

    assert page.evaluate(CONTRASTS) == []

    ask(page, "How did the duties of the Director of TSB change between 2008 and 2022?")
    ask(page, "What does Resolution 20 say?")
    reply = ask(page, "Res. 75 (Geneva, 2022), resolves 3")
    reply.locator("summary").first.click()
    settled(page)

    assert page.evaluate(CONTRASTS) == []

    for tab, wanted in (("compare", "#view-compare .pair.changed"), ("library", "tbody tr")):
        page.click(f"#tab-{tab}")
        page.wait_for_selector(wanted)

        assert page.evaluate(CONTRASTS) == []


def test_the_other_look_is_a_click_away_and_kept(page, address):
    ready(page)
    expect(page.locator("html")).to_have_attribute("data-look", "light")

    page.click("[data-look]:not(html)")

    expect(page.locator("html")).to_have_attribute("data-look", "dark")
    page.goto(address)
    ready(page)
    expect(page.locator("html")).to_have_attribute("data-look", "dark")
