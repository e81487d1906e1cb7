"""The scripts that the six languages are written in: which of them a text has letters of.

A pattern of names in all six languages takes long to compile and to run; a text without Cyrillic
letters needs none of the Russian names.
"""

import re

_LETTERS = {
    "han": re.compile(r"[\u3400-\u9fff]"),
    "cyrillic": re.compile(r"[а-я]"),
    "arabic": re.compile(r"[\u0621-\u064a]"),
    "latin": re.compile(r"[a-z0-9]"),
}


def scripts_of(folded: str) -> frozenset[str]:
    """The scripts of folded text: "han", "cyrillic", "arabic", "latin" (digits too)."""
    return frozenset(script for script, letters in _LETTERS.items() if letters.search(folded))


def script_of(folded: str) -> str:
    """The script that a folded name cannot do without, "" for a name of signs alone.

    Of several the first in the order above: an acronym in a Chinese name is no Latin name.
    """
    return next((script for script, letters in _LETTERS.items() if letters.search(folded)), "")
