"""Resolutions named in the other five languages, by symbols, in short and by clause ids."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from corpus import bodies, places
from corpus.clause_parts import Part
from corpus.clauses import BODIES
from corpus.editions import Edition, Entry
from corpus.folding import folded
from corpus.naming import (
    SECTOR_BODIES,
    Named,
    edition_behind,
    edition_of,
    kind_prefix,
    last_mention,
    told_body,
)
from corpus.search_text import SearchText

_ID = re.compile(
    rf"""
    (?<![\w/-])(?P<body>{"|".join(BODIES)})-(?P<number>[a-z0-9]+(?:[-.][a-z0-9]+)*?)
    (?:@(?P<year>[0-9]{{4}}))?
    (?:/(?P<section>[a-z]+(?:-[a-z]+)*)(?:\.(?P<ordinal>[0-9]+))?(?P<labels>(?:/[a-z0-9.]+)*))?
    (?![\w@/-])
    """,
    re.VERBOSE,
)


def find_ids(view: SearchText) -> Iterator[list[Named]]:
    """Clause ids, which name their resolution: "wtsa-75@2022/resolves/2"."""
    for match in _ID.finditer(view.plain):
        if not match.group("year") and not match.group("section"):
            continue  # "wtsa-75" alone is read with the short forms
        year = match.group("year")
        section = match.group("section")
        part = None
        if section:
            label = match.group("labels").strip("/")
            part = Part(match.start(), match.end(), section, (), (label,) if label else ())
        ordinal = match.group("ordinal")
        yield [
            Named(
                match.start(),
                match.end(),
                match.group("number"),
                match.group("body"),
                Edition((Entry(int(year), ""),)) if year else None,
                part=part,
                part_ordinal=int(ordinal) if ordinal else None,
                kind="id",
                head=match.start(),
                tail=match.end("year") if year else match.end("number"),
            )
        ]


# --- other languages ------------------------------------------------------------------------------

_KIND = r"""
    (?P<kind>
      resolutions?|resoluciones|resolucion|res\.|res(?=\s[0-9a]|[0-9]{1,3}(?![0-9-]))|r(?=\s[0-9]{3,4}(?!\w))
     |decisions?|decisiones|dec\.|recomm?[ae]ndations?|recomendacion(?:es)?|rec\.
     |opinions?|opiniones|avis|мнени[а-я]{1,3}|[وفبلك]{0,2}(?:ال|لل?)?راي
     |резолюци[а-я]{1,3}|рез\.|рез(?=\s?[0-9])|решени[а-я]{1,3}|реш\.|рекомендаци[а-я]{1,3}
     |[وفبلك]{0,2}(?:ال|لل?)?قرار(?:ات|ين|ي|ان)?|[وفبلك]{0,2}(?:ال|لل?)?مقرر(?:ات)?|[وفبلك]{0,2}(?:ال|لل?)?توصي(?:ه|ات)
    )
"""
_NAMED = re.compile(
    rf"""
    (?<![\w-]){_KIND}(?:/[a-zа-я]{{2,4}}\.)?
    (?P<between>\s{{1,2}}(?:(?:of|de|du|del)\s)?(?:the\s|la\s|l')?[^\W\d_][^0-9()\n;:,.]{{1,60}}?)??
    \s{{0,2}}(?:(?:itu|uit|мсэ)-(?P<sector>[rtd])\s)?
    (?:nos?\.?\s?|n[°o]?s?\s|num\.?\s|n\.o\s?|№\s?|رقم\s|ذات\sالارقام\s|الارقام\s|a/res/|s/res/)?
    (?=(?:es-)?[0-9])
    """,
    re.VERBOSE,
)
_ITEM = re.compile(
    r"(?P<number>(?:es-)?[0-9]{1,4}(?:/[0-9]{1,4})?(?:-[0-9]{1,2}(?![0-9]))?(?:\s?(?:bis|ter)(?!\w))?)"
    r"(?P<letter>\s(?:[a-z]|سين|باء|الف|جيم)(?=[\s,;.)]|$))?(?![0-9]|[.,/][0-9]|\s?%|[a-z]\w|°)"
)
_JOIN = re.compile(
    r"\s{0,2}(?:[,;]\s{0,2})?"
    r"(?:(?:and|et|y|e|и|or|ou|o|или|as well as|ainsi que|а также|و|او)(?=[\s0-9])|&|,|;|/(?=\s))?"
    r"\s{0,2}"
    r"(?P<again>(?:itu|uit|мсэ)-[rtd]\s)?(?=(?:es-)?[0-9])"
)
_DATE = re.compile(
    r",?\s(?:of|du|de|del|от|المورخ|الصادر في)\s[0-9]{1,2}(?:er|st|nd|rd|th)?\s(?:de\s)?"
    r"[a-zа-я\u0621-\u064a]{3,12}(?:\s?/\s?[\u0621-\u064a]{3,10}|\s[\u0621-\u064a]{3,10}(?:\s?/\s?[\u0621-\u064a]{3,10})?)?"
    r"(?:\s(?:de\s|del\s)?(?P<year>(?:19|20)[0-9]{2})(?:\s?г(?:ода|\.)?)?)?"
)
_BARE_EDITION = re.compile(
    r"""
    \s?,?\s(?P<all>
      (?:rev(?:ised|ision|isee|isada|\.)?|пересм(?:отр[а-я]*|\.)?|المراجع[هي]?)\s?(?:in|of|en|a|в|de|في)?\s?
      (?:(?P<place>[^\W\d_][^\d(),;:.\n]{2,24}?),?\s)?(?P<year>(?:19|20)[0-9]{2})(?:\s?г\.?)?
     |(?P<city>[^\W\d_][^\d(),;:.\n]{2,24}?),?\s(?P<met>(?:19|20)[0-9]{2})(?:\s?г\.?)?
     |(?:of|from|in|de|en|del|du|от|в|لعام|لسنه)?\s?(?P<only>(?:19|20)[0-9]{2})(?:\s?г(?:ода|\.)?)?
    )(?![\w/-])
    """,
    re.VERBOSE,
)
_PLURAL = re.compile(
    r"resolutions|resoluciones|decisions|decisiones|recomm?[ae]ndations|recomendaciones"
    r"|(?:резолюци|решени|рекомендаци)(?:и|й|ях|ям|ями|я)$|.*(?:قرار|مقرر)(?:ات|ين|ان|ي)|.*توصيات|res\.?|рез\.?"
)
_POSSESSIVE = re.compile(
    r"(?:\bits|\bsa|\bses|\bsu|\bsus|сво[а-я]{1,3})\s(?:previous\s|earlier\s|relevant\s|anteriores\s|predecentes\s|предыдущ[а-я]{2,3}\s)*$"
)
_THIS = re.compile(
    r"(?:,?\s)(?:of|by|de|del|ل)?\s?(?:this|the\spresent|la\spresente|present[e]?|cette|esta|настоящ[а-я]{2,3}|данн[а-я]{2,3}|هذا|لهذا|هذه|لهذه)\s"
    r"(?:plenipotentiary\s|world\s)?(?:conference|assembly|conferencia|asamblea|assemblee|конференци[а-я]|ассамбле[а-я]|ال?موتمر|ال?جمعيه)"
)
_BEFORE_GAP = (
    r"(?:'s|')?\s{0,2}(?:\([^()]{1,24}\)\s)?"
    r"(?:(?:has\s|had\s)?(?:adopted|approved|revised)\s|(?:,\s)?in\s(?:its\s)?|,?\s?dans\ssa\s|,?\s?en\ssu\s|в\sсвоей\s)?(?:draft\s|revised\s)?"
)
_AFTER_GAP = re.compile(
    r"""
    ,?(?:[ ]|\n(?!\n))
    (?:(?:of|by|from|de|du|des|del|adopted\sby|approved\sby|adoptee\spar|aprobada\spor)\s?
        (?:(?:the|la|l'|le|el|los|las)\s?)?)?
    (?P<place>[^\W\d_][\w-]{2,15}\s)?
    """,
    re.VERBOSE,
)
_ADOPTED_AT = re.compile(
    r",?\s(?:(?:first\s)?adopted|approved)\s(?:by\sthe\s[a-z ]{3,20}\s)?"
    r"at\sits\s(?P<first>[0-9]{4})\ssession"
    r"(?:,?\sand\s(?:last\s)?(?:amended|modified|revised)\sat\sits\s(?P<last>[0-9]{4})\ssession)?"
)


def find_named(view: SearchText, body: str | None) -> Iterator[list[Named]]:
    at = 0
    while match := _NAMED.search(view.plain, at):
        at = match.start() + 1
        group = _named_group(view, match, body)
        if group:
            at = group[-1].tail
            yield group


def _named_group(view: SearchText, match: re.Match[str], body: str | None) -> list[Named]:
    kind = match.group("kind")
    between = _body_between(view, match)
    if match.group("between") and between is None:
        return []
    prefix = kind_prefix(kind.removeprefix("و").removeprefix("ب").removeprefix("ل"))
    plural = _PLURAL.fullmatch(kind) is not None
    items = _items(view, match.end(), plural=plural)
    if len(items) == 1 and items[0].edition is None:
        edition, end = _bare_edition(view, items[0].end)
        items = [replace(items[0], edition=edition, end=end)]
    if not items:
        return []
    if prefix and not _is_citation(view, match, items):
        return []
    start, author, meeting = _author_before(view, match.start(), body)
    sector = match.group("sector")
    author = between or author
    end = items[-1].end
    after, end, edition = _author_after(view, end, body)
    if body in ("unsc", "unga") and "council" in (author, after):
        author = after = "unsc"  # in a text of the United Nations
    author = author or after or (SECTOR_BODIES[sector] if sector else None)
    shared = edition or (edition_of(meeting) if meeting else None)
    elsewhere = author is None and _OF_OTHER.match(view.clean, end) is not None
    found = []
    for index, item in enumerate(items):
        own = item.edition or next(
            (later.edition for later in items[index:] if later.edition), None
        )
        told = own if own is not None and (own.entries or own.session) else (shared or own)
        number = item.number
        if sector == "r" or author == "ra":
            number = number.partition("-")[0]
        first = start if index == 0 else item.start
        last = end if index == len(items) - 1 else item.end
        found.append(
            Named(
                first,
                last,
                prefix + number,
                author
                or _un_body(told, number, body)
                or (None if elsewhere else told_body(told, number, prefix)),
                told,
                kind=kind,
                head=first,
                tail=last,
            )
        )
    return found


# "of the Xxx Conference", where Xxx is no body that we know: place and year tell nothing then
_OF_OTHER = re.compile(r",?\s(?:of|de|del|du|des)\s?(?:the\s|la\s|l['’])?[A-ZÀ-Þ]")


def _un_body(edition: Edition | None, number: str, body: str | None) -> str | None:
    """In a text of the Security Council "resolution 661 (1990)" is its own."""
    plain = edition is None or not (edition.place or edition.body or edition.session)
    return "unsc" if body == "unsc" and plain and number.isdigit() else None


@dataclass(frozen=True, slots=True)
class _Item:
    start: int
    end: int
    number: str
    edition: Edition | None


def _items(view: SearchText, at: int, *, plural: bool) -> list[_Item]:
    """The numbers of a list with the editions behind each."""
    items: list[_Item] = []
    while True:
        item = _item(view, at)
        if item is None or (items and not _continues(view, items, item, plural=plural)):
            return items
        items.append(item)
        join = _JOIN.match(view.plain, item.end)
        if not join or join.end() == item.end or not re.search(r"[,;&/]|\w", join.group()):
            return items
        at = join.end()


def _continues(view: SearchText, items: Sequence[_Item], item: _Item, *, plural: bool) -> bool:
    """Whether a further number belongs to the list and is not a year, an amount or a label."""
    if "-" in items[0].number and "-" not in item.number:
        return False
    if plural:
        return True
    marked = item.edition is not None and view.plain[item.end - 1] == ")"
    return marked or ("-" in item.number and "-" in items[0].number)


def _item(view: SearchText, at: int) -> _Item | None:
    match = _ITEM.match(view.plain, at)
    if not match:
        return None
    number, end = match.group("number"), match.end("number")
    slashed = re.fullmatch(r"([0-9]{1,3})/((?:19|20)[0-9]{2})", number)
    letter = match.group("letter")
    if letter and "/" in number and (view.clean[match.end() - 1].isupper() or letter[-1] > "z"):
        number, end = number + letter.strip(), match.end()
    edition, end = edition_behind(view, end)
    if edition is None and slashed:
        return _Item(at, end, slashed.group(1), Edition((Entry(int(slashed.group(2)), ""),)))
    if edition is None or not edition.entries:
        dated = _DATE.match(view.plain, end)
        if dated:
            end = dated.end()
            if dated.group("year") and "/" not in number:
                edition = Edition((Entry(int(dated.group("year")), ""),))
    else:
        dated = _DATE.match(view.plain, end)
        end = dated.end() if dated else end
    plain = re.sub(r"\s+", "", number).replace("/", "-")
    return _Item(at, end, plain, edition)


def _bare_edition(view: SearchText, at: int) -> tuple[Edition | None, int]:
    """ "Rev. Geneva 2022", "rev 2022", "Dubai, 2012", "of 2008" or "WTSA-20" unbracketed."""
    match = _BARE_EDITION.match(view.plain, at)
    if match:
        revised = re.match(r"rev|пересм|المراجع", match.group("all")) is not None
        printed = match.group("place") or match.group("city")
        place = places.canonical(printed) if printed else ""
        year = match.group("year") or match.group("met") or match.group("only")
        if place is not None:
            return Edition((Entry(int(year), place),), revised), match.end()
    window = view.clean[at : at + 40]
    meeting = next(iter(bodies.find_meetings(window)), None)
    if meeting is not None:
        gap = folded(window[: meeting.start])
        if re.fullmatch(r"\s?,?\s(?:\(?rev\.?\s?|of\s|de\s(?:la\s|l')?|du\s|from\s|at\s)?", gap):
            return edition_of(meeting.meeting), at + meeting.end
    return None, at


def _is_citation(view: SearchText, match: re.Match[str], items: Sequence[_Item]) -> bool:
    """A "decision 5" or "recommendation 3" that is cited, not counted: capital or bracket."""
    if any("-" in item.number or view.plain[item.start : item.end].find("/") > 0 for item in items):
        return False
    printed = view.clean[match.start() : match.end()]
    told = any(item.edition is not None for item in items)
    return told or printed[0].isupper() or printed[0] >= "\u0600"


def _body_between(view: SearchText, match: re.Match[str]) -> str | None:
    """The body between kind and number: قرار مجلس الأمن رقم 242, "резолюция ГА ООН 70/1"."""
    if not match.group("between"):
        return None
    start, end = match.span("between")
    for mention in view.mentions:
        if start <= mention.start and mention.end <= end + 1:
            gap = view.plain[start : mention.start]
            rest = view.plain[mention.end : end]
            if re.fullmatch(
                r"\s*(?:(?:of|de|du|del)\s)?(?:the\s|la\s|l')?(?:ال|لل|ل)?", gap
            ) and not rest.strip(" ()"):
                return mention.body
    return None


def _author_before(
    view: SearchText, start: int, body: str | None
) -> tuple[int, str | None, bodies.Meeting | None]:
    """Where the citation starts with the body named before it, and that body."""
    window = max(0, start - 80)
    mention = last_mention(view, window, start, _BEFORE_GAP)
    if mention is not None:
        return mention.start, mention.body, None
    possessive = _POSSESSIVE.search(view.plain, window, start)
    if possessive and body in ("unsc", "unga"):  # elsewhere "its" may be anybody's
        return start, body, None
    for met in reversed(bodies.find_meetings(view.clean[window:start])):
        gap = view.plain[window + met.end : start]
        if re.fullmatch(_BEFORE_GAP, gap):
            adopted = "adopted" in gap or "revised" in gap or not gap.strip()
            return window + met.start, met.meeting.body, met.meeting if adopted else None
    sector = re.search(r"(?:itu|uit|мсэ)-(?P<sector>[rtd])\s$", view.plain[window:start])
    if sector:
        return window + sector.start(), SECTOR_BODIES[sector.group("sector")], None
    return start, None, None


def _author_after(
    view: SearchText, end: int, body: str | None
) -> tuple[str | None, int, Edition | None]:
    """The body named behind the numbers, the end with it, and the edition that it brings along."""
    this = _THIS.match(view.plain, end)
    if this:
        return body, this.end(), None
    session = _ADOPTED_AT.match(view.plain, end)
    if session:
        years = [int(session.group(key)) for key in ("first", "last") if session.group(key)]
        by = [
            m.body for m in view.mentions if session.start() <= m.start and m.end <= session.end()
        ]
        return (
            by[0] if by else None,
            end,
            Edition(tuple(Entry(year, "") for year in years), len(years) > 1),
        )
    for mention in view.mentions:
        if mention.start < end:
            continue
        if mention.start > end + 40:
            break
        gap = view.plain[end : mention.start]
        if not re.fullmatch(_AFTER_GAP, gap) and gap not in (" ", " ل", " لل"):
            continue
        if gap.strip() in ("", ",") and ("\n" in gap or not _genitive(view, mention)):
            continue
        named = _AFTER_GAP.fullmatch(gap)
        printed = named.group("place") if named else None
        place = places.canonical(printed) if printed else None
        if printed and place is None:
            continue
        stop = mention.end
        trailing = re.match(
            r"\s(?:de|of|in|в)\s(?P<city>[^\W\d_][\w-]{2,15})(?=\s\()", view.plain[stop:]
        )
        city = places.canonical(trailing.group("city")) if trailing else None
        if trailing and city:
            stop += trailing.end()
        edition, stop = edition_behind(view, stop)
        if edition is not None and (city or place) and edition.entries:
            first = edition.entries[0]
            edition = replace(
                edition, entries=(replace(first, place=first.place or city or place or ""),)
            )
        return mention.body, stop, edition
    met = next(iter(bodies.find_meetings(view.clean[end : end + 30])), None)
    if met is not None and re.fullmatch(
        r",?\s(?:of|de|du|from)\s(?:the\s|la\s|l')?", view.plain[end : end + met.start]
    ):
        return met.meeting.body, end + met.end, edition_of(met.meeting)
    return None, end, None


def _genitive(view: SearchText, mention: bodies.Mention) -> bool:
    """Whether a body that follows without a preposition is meant as the author: Russian, Arabic."""
    return bool(re.match(r"[а-я\u0621-\u064a]", view.plain[mention.start : mention.end]))


# --- short forms ----------------------------------------------------------------------------------

_SYMBOL = re.compile(
    r"(?<![\w/])(?:(?P<organ>[as])/res/(?P<number>(?:es-)?[0-9]{1,4}(?:/[0-9]{1,4})?(?:\s[a-z](?=[\s,;.)]|$))?)"
    r"|(?P<health>wha[0-9]{1,2}\.[0-9]{1,3}))"
)


@cache
def _short_pattern() -> re.Pattern[str]:
    names = {
        folded(bodies.name(body, language, short=True)): body
        for body in ("wtsa", "pp", "wtdc", "wrc", "ra", "unga", "unsc")
        for language in ("en", "fr", "es", "ru")
    }
    listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(
        rf"(?<![\w/-])(?P<name>{listed})(?P<gap>[ -]{{1,2}})"
        r"(?P<number>[0-9]{1,4}(?:/[0-9]{1,3})?)(?![\w/-]|\.[0-9]|\s?%)"
    )


@cache
def _short_bodies() -> Mapping[str, str]:
    return {
        folded(bodies.name(body, language, short=True)): body
        for body in ("ra", "wrc", "wtdc", "pp", "wtsa", "unga", "unsc")
        for language in ("en", "fr", "es", "ru")
    }


def find_short(view: SearchText) -> Iterator[list[Named]]:
    """Document symbols and short forms: "A/RES/70/125", "WTSA-75", "UNSC 242"."""
    for match in _SYMBOL.finditer(view.plain):
        number = match.group("number")
        if number is None:
            number, author = match.group("health"), bodies.OTHER
        else:
            author = "unga" if match.group("organ") == "a" else "unsc"
        edition, end = edition_behind(view, match.end())
        plain = re.sub(r"\s+", "", number).replace("/", "-")
        yield [Named(match.start(), end, plain, author, edition, head=match.start(), tail=end)]
    for match in _short_pattern().finditer(view.plain):
        named = view.clean[match.start("name") : match.end("name")]
        figures = match.group("number")
        author = _short_bodies()[match.group("name")]
        if match.group("name") in ("pp", "ra", "ar", "ар", "пк") and not named.isupper():
            continue
        if "/" in figures and author != "unga":
            continue
        if len(figures) == 4 and re.match(r"19|20", figures):
            continue
        edition, end = edition_behind(view, match.end())
        if edition is None:
            edition, end = _bare_edition(view, end)
        if edition is None and _is_meeting(author, figures):
            continue
        number = figures.replace("/", "-")
        kind = "short" if match.group("gap").strip() == "" else ""
        yield [
            Named(match.start(), end, number, author, edition, kind, head=match.start(), tail=end)
        ]


def _is_meeting(body: str, figures: str) -> bool:
    short = bodies.name(body, "en", short=True)
    return len(figures) == 2 and bodies.meeting(f"{short}-{figures}") is not None
