"""Characters of symbol fonts (Symbol, Wingdings, Webdings) as Unicode has them."""

# Adobe's Symbol encoding, 0x20 to 0x7e and 0xa0 to 0xfe. 0x2d, the minus, is the dash of lists.
_SYMBOL_LOW = (
    " !∀#∃%&∋()∗+,–./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"  # to 0x5f
    "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
)
_SYMBOL_HIGH = (
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪"
    "\uf8ff〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
)
_SYMBOL = {
    **{0x20 + index: character for index, character in enumerate(_SYMBOL_LOW)},
    **{0xA0 + index: character for index, character in enumerate(_SYMBOL_HIGH)},
}
# What lists are made of in Wingdings; the rest of that font are pictures.
_WINGDINGS = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0x9F: "•",
    0xA7: "▪", 0xA8: "◻", 0xD8: "➢", 0xE0: "→", 0xF0: "⇨", 0xFC: "✓", 0xFE: "☑",
}  # fmt: skip
_PRIVATE_FONTS = range(0xF020, 0xF100)


def symbol(code: int, font: str) -> str:
    """The character that `code` (with or without the private-use 0xF000) shows in this font.

    A code that the font's table does not hold is given back as the character of its own number.
    """
    name = font.lower()
    low = code & 0xFF if code in _PRIVATE_FONTS or code < 0x100 else None
    table = _SYMBOL if "symbol" in name else _WINGDINGS if "dings" in name else None
    if table is not None and low is not None and low in table:
        return table[low]
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else ""


def bullet(text: str, font: str) -> str:
    """The label that a list's bullet stands for: a dash stays a dash, every picture is "•"."""
    shown = "".join(
        symbol(ord(character), font or "Symbol")
        if ord(character) in _PRIVATE_FONTS or "symbol" in font.lower() or "dings" in font.lower()
        else character
        for character in text
    ).strip()
    if not shown:
        return ""
    if shown in {"-", "‐", "‑", "‒", "–", "—", "―", "−"}:
        return "–" if shown == "−" else shown
    return shown if shown in {"•", "·", "*", "§"} and "dings" not in font.lower() else "•"
