"""Resolutions of the General Conference on Weights and Measures: "Resolution 1 of the 26th CGPM".

They bear the number of the meeting and their own: 26-1.
"""

import re
from collections.abc import Iterator

from corpus import bodies
from corpus.editions import Edition, Entry
from corpus.naming import Named
from corpus.numerals import CHINESE_NUMBER, chinese_number
from corpus.search_text import SearchText

_TH = r"(?:\s?(?:st|nd|rd|th|eme|e|a|o|\.a|-я|-и|-го|-ой|-ои|ª|º))?"
_METRE_NAME = (
    r"(?:cgpm|гкмв|国际计量大会|国际度量衡大会"
    r"|conference\sgenerale(?:\sdes\spoids\set\smesures)?(?:\s\(cgpm\))?"
    r"|general\sconference(?:\son\sweights\sand\smeasures)?(?:\s\(cgpm\))?"
    r"|conferencia\sgeneral(?:\sde\spesas\sy\smedidas)?"
    r"|генеральн[а-я]+\sконференци[а-я]+(?:\sпо\sмерам\sи\sвесам)?)"
)
_METRE_AFTER = re.compile(
    rf"""
    (?<![\w-])(?P<kind>resolution|resolucion|res\.|резолюци[а-я]{{1,3}})\s(?:no?\.?\s?)?(?P<number>[0-9]{{1,2}})\s?
    (?:,\s?)?(?:(?:adopted|adoptee|adoptada|принят[а-я]+)[^.;:\n]{{0,30}}?\s)?
    (?:(?:of|by|de|par|por)\s(?:the|la|su)?\s?)?
    (?:(?P<before>[0-9]{{1,2}}){_TH}\s(?:(?:meeting|session|reunion)\s(?:of\sthe|de\sla)\s)?)?
    {_METRE_NAME}
    (?:,?\s?(?:at\sits|a\ssa|en\ssu|на\sее)\s(?P<after>[0-9]{{1,2}}){_TH}\s(?:meeting|session|reunion|сессии|совещании))?
    (?:\s(?:(?:in|en|в)\s(?P<in>(?:18|19|20)[0-9]{{2}})(?!\s?[0-9])|\((?P<year>(?:18|19|20)[0-9]{{2}})(?:/[0-9]{{2}})?(?:\s?г\.?)?\)))?
    """,
    re.VERBOSE,
)
_METRE_BEFORE = re.compile(
    rf"""
    (?P<ordinal>[0-9]{{1,2}}){_TH}\s(?:(?:meeting|session|reunion)\s(?:of\sthe|de\sla)\s)?{_METRE_NAME}
    ,?\s?\(?(?P<year>(?:18|19|20)[0-9]{{2}})?(?:/[0-9]{{2}})?\)?,?\s?(?:resolution|resolucion|резолюция)\s(?P<number>[0-9]{{1,2}})\)?
    """,
    re.VERBOSE,
)
_METRE_CHINESE = re.compile(
    rf"第?\s?(?P<ordinal>[0-9]{{1,2}}|{CHINESE_NUMBER})\s?届(?:国际计量大会|国际度量衡大会|cgpm)(?:大会)?"
    rf"(?:\(?(?P<first>[0-9]{{4}})年?\)?)?的?(?:第\s?(?P<number>[0-9]{{1,2}}|{CHINESE_NUMBER})\s?号\s?决议"
    rf"|决议\s?(?P<other>[0-9]{{1,2}}))(?:\s?\((?P<year>[0-9]{{4}})年?\))?"
)
_METRE_ARABIC = re.compile(
    r"(?:ال)?قرار\s(?P<number>[0-9]{1,2})\s(?:(?:لل|من\sال)?(?:دوره|اجتماع)\s)(?P<ordinal>[0-9]{1,2})\s"
    r"(?:لل|ل|من\sال)موتمر\sالعام\sللاوزان\sوالمقاييس(?:\s\((?P<year>[0-9]{4})\))?"
)


def find_metre(view: SearchText) -> Iterator[list[Named]]:
    """Every resolution of the General Conference that is named with its meeting or its year."""
    for pattern in (_METRE_AFTER, _METRE_BEFORE, _METRE_CHINESE, _METRE_ARABIC):
        for match in pattern.finditer(view.plain):
            groups = match.groupdict()
            ordinal = groups.get("ordinal") or groups.get("before") or groups.get("after")
            number = _any_number(groups.get("number") or groups.get("other") or "")
            year = next((groups[key] for key in ("year", "in", "first") if groups.get(key)), None)
            meeting = _any_number(ordinal) if ordinal else _metre_meeting(year)
            if number is None or meeting is None:
                continue
            met = next((m for m in bodies.meetings("cgpm") if m.code == str(meeting)), None)
            told = int(year) if year else (met.year if met else None)
            end = match.end()
            if view.plain[end - 1] == ")" and view.plain.count("(", match.start(), end) < 1:
                end -= 1
            edition = Edition((Entry(told, ""),)) if told else None
            start = match.start()
            yield [Named(start, end, f"{meeting}-{number}", "cgpm", edition, head=start, tail=end)]


def _metre_meeting(year: str | None) -> int | None:
    if year is None:
        return None
    met = bodies.meeting_in("cgpm", int(year))
    return int(met.code) if met else None


def _any_number(printed: str) -> int | None:
    return int(printed) if printed.isdigit() else chinese_number(printed)
