"""What tests say of an extraction, and what must hold for every one."""

from corpus.paragraphs import Extraction


def texts(extraction: Extraction, role: str = "body") -> list[str]:
    """The paragraphs of a role, in order."""
    return [
        extraction.text[one.start : one.end] for one in extraction.paragraphs if one.role == role
    ]


def assert_covers_its_text(extraction: Extraction) -> None:
    """Paragraphs in order, without overlap; nothing printed outside them."""
    text, edge = extraction.text, 0
    for one in extraction.paragraphs:
        assert edge <= one.start < one.end <= len(text)
        assert not text[edge : one.start].strip()
        assert text[one.start : one.end].strip()
        edge = one.end
    assert not text[edge:].strip()


def assert_is_trim(extraction: Extraction) -> None:
    """As above, and no white space around a paragraph; each reference is the mark of its note."""
    assert_covers_its_text(extraction)
    text = extraction.text
    for one in extraction.paragraphs:
        assert text[one.start : one.end] == text[one.start : one.end].strip()
    for note in extraction.footnotes:
        assert text[slice(*note.body)] == note.text
        for start, end in note.references:
            assert text[start:end].strip(" ,;[]()") == note.mark
