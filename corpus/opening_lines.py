"""Opening lines, in which a body begins to speak: 世界电信标准化全会（2022年，日内瓦），"""

import re
from dataclasses import dataclass

from corpus.editions import Edition
from corpus.search_text import SearchText


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """The words in which a body begins to speak; offsets in the text that they were read from."""

    start: int
    end: int  # after the comma
    body: str
    edition: Edition | None  # of the bracket with place and year
    meeting: int | None = None  # ordinal, where it is printed


def read_opening_line(text: str, start: int) -> OpeningLine | None:
    """The opening that begins at `start`, marks and quotation marks before it left out."""
    lead = _JUNK.match(text, start)
    begin = lead.end() if lead else start
    line = SearchText(text[begin : begin + 400])
    before = _BEFORE.match(line.plain)
    if before is None:
        return None
    at = before.end()
    mention = next((m for m in line.mentions if m.start <= at <= m.start + 3), None)
    if mention is None:
        return None
    after = _AFTER.match(line.plain, mention.end)
    if after is None or not line.plain[: after.end()].rstrip().endswith((",", ":", ")")):
        return None
    bracket = re.search(r"\(([^()]*[0-9]{4}[^()]*)\)", line.plain[mention.end : after.end()])
    edition = None
    if bracket:
        offset = mention.end
        edition = line.edition(offset + bracket.start(1), offset + bracket.end(1))
    ordinal = before.group("meeting") or after.group("meeting")
    _, end = line.span(0, len(line.plain[: after.end()].rstrip()))
    return OpeningLine(begin, begin + end, mention.body, edition, int(ordinal) if ordinal else None)


def read_opening_within(text: str, start: int, end: int) -> OpeningLine | None:
    """The opening inside a long line: the body, the bracket with place and year, and a comma."""
    for match in _WORD.finditer(text, start, end):
        opening = read_opening_line(text, match.start())
        if opening is not None and (opening.edition or opening.body in ("unsc", "unga")):
            return opening
    return None


_JUNK = re.compile(r"(?:\[bookmark:[^\]]*\]|[\s\ufeff\"“”«»*•])*")
_WORD = re.compile(r"(?<![^\W\d_])(?=[^\W\d_])|(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff])")
_BEFORE = re.compile(
    r"""
    (?P<article>(?:the|la|le|les|el|los|las|l'|ان)\s?)?
    (?:(?P<meeting>[0-9]{1,2})\s?(?:st|nd|rd|th|eme|e|a|o|-я)\s)?
    """,
    re.VERBOSE,
)
_AFTER = re.compile(
    r"""
    (?:\s(?:of\sthe|de\sl'|de\sla)\s?(?:international\stelecommunication\sunion
        |union\sinternationale\sdes\stelecommunications|union\sinternacional\sde\stelecomunicaciones
        |united\snations|organisation\sdes\snations\sunies))?
    (?:\s?\([^()]{1,60}\))*
    (?:,?\s(?:at\sits|a\ssa|en\ssu|на\sсвоей)\s(?P<meeting>[0-9]{1,2})[^,\n]{0,40})?
    \s?(?:[,:]|(?=\n)|$)
    """,
    re.VERBOSE,
)
