"""The pages beside the conversation: two revisions compared, and what is held."""

from playwright.sync_api import expect

from tests.browser.driving import ready


def test_two_revisions_are_compared_clause_by_clause(page):
    ready(page)

    page.click("#tab-compare")

    page.wait_for_selector(".pair")
    assert page.locator(".pair .side.old:not(.none)").count() == 29
    assert page.locator(".pair .side.new:not(.none)").count() == 58
    expect(page.locator(".compared .count")).to_contain_text(
        "Resolution 75 (Johannesburg, 2008): 29"
    )


def test_only_changes_are_shown_on_demand(page):
    ready(page)
    page.click("#tab-compare")
    page.wait_for_selector(".pair")
    same = page.locator(".pair.same")
    assert same.count() > 0

    page.check("[data-only-changes]")

    expect(same.first).to_be_hidden()
    expect(page.locator(".pair.changed").first).to_be_visible()


def test_a_citation_in_the_comparison_opens_its_clause_in_the_text(page):
    ready(page)
    page.click("#tab-compare")
    citation = page.locator(".pair .side.old a.citation").first
    citation.wait_for()

    citation.click()

    expect(page.locator("#view-chat")).to_be_visible()
    expect(page.locator(".clause.on")).to_be_in_viewport()
    expect(page.locator(".text h2")).to_have_text("Resolution 75 (Johannesburg, 2008)")


def test_the_text_leads_to_the_comparison_with_the_revision_before_it(page):
    ready(page)

    page.click("[data-to-compare]")

    page.wait_for_selector(".pair")
    assert page.locator("[data-side=old]").input_value() == "wtsa-75@2008"
    assert page.locator("[data-side=new]").input_value() == "wtsa-75@2022"


def test_the_library_lists_what_is_held_and_opens_it(page):
    ready(page)
    page.click("#tab-library")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("58")

    rows.nth(0).locator("a").click()

    expect(page.locator("#view-chat")).to_be_visible()
    expect(page.locator(".text h2")).to_have_text("Resolution 75 (Johannesburg, 2008)")
