import pytest

from corpus.folding import fold, folded


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Dubaï", "dubai"),
        ("（２０２２年，日内瓦）", "(2022年,日内瓦)"),
        ("المراجَع", "المراجع"),
        ("قـــرار", "قرار"),
        ("٧٥", "75"),
        ("Ёлка", "елка"),
        ("ITU‑T", "itu-t"),
        ("a\u00a0b\u200bc", "a bc"),
        ("№ 5", "no 5"),
    ],
)
def test_text_is_folded_for_comparison(text: str, plain: str):
    assert folded(text) == plain


def test_a_range_leads_back_to_the_text_as_it_was():
    text = "x القـرار المراجَع в"

    view = fold(text)
    start = view.text.index("المراجع")
    first, last = view.span(start, start + len("المراجع"))

    assert text[first:last] == "المراجَع"


def test_a_text_of_plain_letters_keeps_its_offsets():
    view = fold("Resolution 75")

    assert view.starts is None
    assert view.span(3, 5) == (3, 5)
