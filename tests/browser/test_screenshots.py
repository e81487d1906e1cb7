"""The pictures of the README, taken anew with KEEP_SCREENSHOTS=1 in the environment."""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.driving import ask, quotations, ready, settled

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


@pytest.mark.parametrize(
    ("name", "locale", "question"),
    [
        ("page-zh", "zh-CN", "2022年版请所有利益攸关方做什么？"),
        ("page-ar", "ar", "ماذا يُطلب من جميع أصحاب المصلحة في نسخة 2022؟"),
        ("page-phone", "en", "What does Resolution 75 invite all stakeholders to do?"),
    ],
)
def test_the_page_of_the_readme(open_page, tmp_path, name, locale, question):
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = ready(
        open_page(locale=locale, **(phone if name == "page-phone" else {"viewport": DESKTOP}))
    )
    folder = DOCS if os.environ.get("KEEP_SCREENSHOTS") else tmp_path
    folder.mkdir(exist_ok=True)

    reply = ask(page, question)
    settled(page)
    page.screenshot(path=folder / f"{name}.png")

    assert "wtsa-75@2022/invites.3/1" in quotations(reply)
    assert (folder / f"{name}.png").stat().st_size > 20_000
