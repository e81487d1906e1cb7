"""Questions on the page, and the clauses that they find."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.driving import ask, quotations, ready, replied


def test_a_first_visit_says_what_this_is_and_what_is_held(page):
    ready(page)

    expect(page.locator(".welcome .about")).to_contain_text("quoted word for word")
    expect(page.locator(".welcome .held").first).to_have_text("Held: 2 texts, 87 clauses")
    expect(page.locator(".example")).to_have_count(6)
    expect(page.locator(".example").first).to_have_attribute("lang", "en")
    expect(page.locator(".text .clause")).to_have_count(58)  # of the latest text held


def test_a_question_in_chinese_finds_the_clause_that_it_asks_for(open_page):
    page = ready(open_page(locale="zh-CN"))

    reply = ask(page, "2022年版请所有利益攸关方做什么？")

    assert quotations(reply) == {
        "wtsa-75@2022/invites.3/1": "酌情积极参加国际电联（包括ITU-T）开展的、旨在支持实现"
        "《2030年可持续发展议程》的WSIS成果落实活动；",
        "wtsa-75@2022/invites.3/2": "积极参加网上和面对面进行的CWG-Internet公开磋商。",
    }
    expect(reply).to_have_attribute("lang", "zh")


def test_a_question_in_english_finds_the_same_clause_and_says_which_language_it_is_in(page):
    ready(page)

    reply = ask(page, "What does Resolution 75 (Rev. Geneva, 2022) invite all stakeholders to do?")

    assert list(quotations(reply)) == ["wtsa-75@2022/invites.3/1", "wtsa-75@2022/invites.3/2"]
    expect(reply).to_contain_text("Text held in Chinese; no English version held.")
    expect(reply.locator(".citation").first).to_contain_text("Resolution 75 (Rev. Geneva, 2022)")


def test_a_reference_is_answered_with_its_clause_and_what_it_points_to_folded(page):
    ready(page)

    reply = ask(page, "Рез. 75 (Женева, 2022), решает 3")

    assert list(quotations(reply)) == ["wtsa-75@2022/resolves/3"]
    folded = reply.locator("details.pointed-to")
    assert folded.get_attribute("open") is None
    assert [figure.get_attribute("data-clause") for figure in folded.locator(".cited").all()] == [
        "wtsa-75@2022/resolves/1",
        "wtsa-75@2022/resolves/2",
    ]


def test_an_example_is_asked_by_a_click(page):
    ready(page)
    example = page.locator(".example").first
    question = example.text_content()

    example.click()

    turn = page.locator(".turn").first
    replied(turn)
    expect(turn.locator(".you p")).to_have_text(question)
    expect(page.locator(".welcome")).to_be_hidden()


def test_a_resolution_that_is_not_held_is_refused_and_nothing_is_quoted(page):
    ready(page)

    reply = ask(page, "What does Resolution 20 say?")

    assert quotations(reply) == {}
    expect(reply.locator(".sentence")).to_contain_text("not held here. Held: Resolution 75")


def test_a_comparison_has_two_columns_with_counterparts_beside_each_other(page):
    ready(page)

    reply = ask(page, "How did the duties of the Director of TSB change between 2008 and 2022?")

    changed = reply.locator(".pair.changed").first
    # Both in one look: the conversation may still be scrolling to the answer.
    old, new = changed.evaluate(
        """pair => [".side.old", ".side.new"].map(side => {
             const box = pair.querySelector(side).getBoundingClientRect();
             return {top: box.top, left: box.left, right: box.right};
           })"""
    )
    assert old["top"] == new["top"]
    assert old["right"] <= new["left"]
    assert changed.locator("del").count() > 0
    assert changed.locator("ins").count() > 0
    assert re.search(r"\b3; .*\b6\.", reply.locator(".count").text_content())


def test_a_follow_up_shows_what_it_takes_over_and_asks_again_without_it(page):
    ready(page)
    ask(page, "2022年版请所有利益攸关方做什么？")
    reply = ask(page, "那第二项呢？")
    assert list(quotations(reply)) == ["wtsa-75@2022/invites.3/2"]
    carried = reply.locator(".chip:has(.carried)")
    assert carried.count() > 0

    carried.last.locator("[data-without]").click()

    again = replied(page.locator(".turn").nth(1))
    expect(again.locator(".chip.dropped")).to_have_count(1)
    expect(page.locator(".turn")).to_have_count(2)

    again.locator("[data-with]").click()

    restored = replied(page.locator(".turn").nth(1))
    expect(restored.locator(".chip.dropped")).to_have_count(0)
    assert list(quotations(restored)) == ["wtsa-75@2022/invites.3/2"]


def test_a_new_conversation_forgets_the_old_one(page):
    ready(page)
    ask(page, "2022年版请所有利益攸关方做什么？")

    page.click("[data-new]")

    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    reply = ask(page, "那第二项呢？")
    assert list(quotations(reply)) != ["wtsa-75@2022/invites.3/2"]


def test_a_skeleton_stands_in_for_an_answer_that_takes_its_time(page: Page):
    ready(page)
    held_back = []

    def hold_back(route: Route) -> None:
        held_back.append(route)

    page.route("**/component_server/", hold_back)

    page.fill("#question", "What must the Director of TSB do?")
    page.press("#question", "Enter")

    expect(page.locator(".skeleton")).to_be_visible()
    expect(page.locator(".step")).to_have_text("Searching and checking quotations …")
    for route in held_back:
        route.continue_()
    page.unroute("**/component_server/")
    replied(page.locator(".turn").first)
    expect(page.locator(".skeleton")).to_have_count(0)


def test_a_failure_is_told_in_place_and_the_question_is_not_lost(page: Page, seen):
    ready(page)
    page.route("**/component_server/", lambda route: route.abort())

    page.fill("#question", "What must the Director of TSB do?")
    page.press("#question", "Enter")

    expect(page.locator(".turn .error")).to_contain_text("did not answer")
    expect(page.locator("#question")).to_have_value("What must the Director of TSB do?")
    page.unroute("**/component_server/")
    page.click("[data-again]")
    replied(page.locator(".turn").first)
    expect(page.locator("#question")).to_have_value("")


def test_what_the_program_foresees_is_told_in_its_own_words(page: Page):
    ready(page)

    page.fill("#question", "?!")
    page.press("#question", "Enter")

    expect(page.locator(".turn .error p")).to_have_text(
        "the question is empty: write a few words or a reference"
    )
    expect(page.locator("#question")).to_have_value("?!")


def test_a_question_is_no_longer_than_what_is_read(page: Page):
    ready(page)

    expect(page.locator("#question")).to_have_attribute("maxlength", "4000")
