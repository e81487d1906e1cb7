"""The marks by which a proposal is told from an adopted text.

A contribution to a conference sets ADD, MOD, SUP or NOC and its own number before each text it
touches ("MOD\\tARB/43A16/1"), in every language alike. What stands below is not in force.
"""

import re
from collections.abc import Iterable

_NUMBERED = re.compile(
    r"""
    (?P<mark>ADD|MOD|SUP|NOC)
    [ \t\u00a0]+
    [A-Z][A-Z0-9-]*          # who proposes: ARB, RCC, EUR, AFCP, USA
    (?:/[A-Z0-9()+-]+){1,4}  # document, addendum, number: /43A16/1
    (?:\#[0-9]+)?            # ADD RCC/62A1/1#51234, the number in the conference's database
    """,
    re.VERBOSE,
)
_ALONE = re.compile(r"(?P<mark>ADD|MOD|SUP|NOC)")
_HEAD = 25  # paragraphs among which a bare mark is believed; deeper it may be a word of a table


def proposal_mark(paragraphs: Iterable[str]) -> str:
    """The first proposal mark ("MOD", "ADD", "SUP" or "NOC"), "" if there is none."""
    for index, paragraph in enumerate(paragraphs):
        text = paragraph.strip()
        if len(text) > 60:
            continue
        found = _NUMBERED.fullmatch(text) or (_ALONE.fullmatch(text) if index < _HEAD else None)
        if found:
            return found["mark"]
    return ""
