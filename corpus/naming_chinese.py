"""Resolutions named in Chinese: 第75号决议（2022年，日内瓦，修订版）, 第71、101和102号决议."""

import re
from collections.abc import Iterator
from dataclasses import replace

from corpus import bodies
from corpus.editions import Edition, Entry, read_edition
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
from corpus.numerals import CHINESE_NUMBER, chinese_number
from corpus.search_text import SearchText

_ZH_NUMBER = rf"(?:[0-9]{{1,4}}(?:[/-][0-9]{{1,4}})?(?:\s?[a-z](?![a-z]))?|{CHINESE_NUMBER})"
_ZH_ITEM = rf"{_ZH_NUMBER}(?:\s?\((?:[0-9]{{4}}年?|[ivxlc]+|{CHINESE_NUMBER})\))?"
_ZH_JOIN = r"\s?(?:,|;|和|及|与|以及|或)\s?"
_ZH_KIND = r"(?:决议案?|決議案?|决定|決定|建议(?!书)|意见)"
_ZH_LIST = re.compile(
    rf"""
    第\s?(?P<items>{_ZH_ITEM}(?:\s?[号號])?(?:{_ZH_JOIN}(?:第\s?)?{_ZH_ITEM}(?:\s?[号號](?={_ZH_JOIN}))?)*)
    \s?[号號]\s?(?P<kind>{_ZH_KIND})
    """,
    re.VERBOSE,
)
_ZH_LOOSE = re.compile(
    rf"(?<![0-9第/.-])(?P<items>[0-9]{{1,4}}(?:/[0-9]{{1,4}})?(?:\s?\([0-9]{{4}}\))?)\s?[号號]\s?(?P<kind>{_ZH_KIND})"
)
_ZH_REVERSED = re.compile(
    rf"(?<![做作出该本项号號此])(?P<kind>决议案?|決議案?)\s?(?:第\s?)?"
    rf"(?P<items>[0-9]{{1,4}}(?:[/-][0-9]{{1,4}})?(?![0-9年月日%]|\.[0-9])(?:\s?\([0-9]{{4}}\))?|[〇零一二三四五六七八九]{{2,4}}(?:\({CHINESE_NUMBER}\))?(?![项个条]))"
    r"\s?[号號]?"
)
_ZH_SECTOR = re.compile(r"(?:itu|uit|国际电联)-(?P<sector>[rtd])\s?(?:的)?$")
_ZH_VERSION_AFTER = re.compile(
    r"\s?(?:的)?\s?\(?(?P<year>(?:19|20)[0-9]{2})\s?年?\s?(?:修订)?版\)?"
)
_ZH_VERSION_BEFORE = re.compile(r"(?P<year>(?:19|20)[0-9]{2})\s?年?(?:修订)?版?(?:的)?\s?$")
_ZH_ADOPTED = re.compile(
    r"在?其?\s?(?P<first>[0-9]{4})年(?:的)?会议上?(?:首次)?通过"
    r"(?:(?:,|并)?(?:后)?(?:又)?在?其?\s?(?P<last>[0-9]{4})年(?:的)?会议上?(?:最后|最近)?(?:一次)?(?:修[改订正]))?的$"
)


def find_chinese(view: SearchText, body: str | None) -> Iterator[list[Named]]:
    if not re.search(r"[决決建意号號]", view.plain):
        return
    for pattern in (_ZH_LIST, _ZH_LOOSE, _ZH_REVERSED):
        for match in pattern.finditer(view.plain):
            group = _chinese_group(view, match, body)
            if group:
                yield group


def _chinese_group(view: SearchText, match: re.Match[str], body: str | None) -> list[Named]:
    kind = match.group("kind")
    edition, end = edition_behind(view, match.end())
    if edition is None and (version := _ZH_VERSION_AFTER.match(view.plain, end)):
        edition, end = Edition((Entry(int(version.group("year")), ""),)), version.end()
    start = match.start()
    author, start, adopted = _chinese_author(view, start, body)
    if edition is None:
        edition = adopted
    items = list(re.finditer(_ZH_ITEM, match.group("items")))
    found = []
    for index, item in enumerate(items):
        number, own = _split_item(item.group())
        if number is None:
            return []
        first = start if index == 0 else match.start("items") + item.start()
        last = end if index == len(items) - 1 else match.start("items") + item.end()
        told = own or edition
        prefix = kind_prefix(kind)
        found.append(
            Named(
                first,
                last,
                prefix + number,
                author or told_body(told, number, prefix),
                told,
                kind="zh",
                head=first,
                tail=last,
            )
        )
    return found


def _split_item(printed: str) -> tuple[str | None, Edition | None]:
    """The number, and the year or session in the bracket behind it."""
    number, bracket, rest = printed.partition("(")
    own = read_edition(rest.rstrip(") ")) if bracket else None
    return _number(number), own


def _number(printed: str) -> str | None:
    plain = printed.strip()
    if not plain:
        return None
    if not plain[0].isascii():
        value = chinese_number(plain)
        return None if value is None else str(value)
    return re.sub(r"\s+", "", plain).replace("/", "-")


def _chinese_author(
    view: SearchText, start: int, body: str | None
) -> tuple[str | None, int, Edition | None]:
    """The body named before 第…号, the start with it, and the session at which it adopted."""
    before = view.plain[max(0, start - 70) : start]
    offset = start - len(before)
    adopted = None
    version = _ZH_VERSION_BEFORE.search(before)
    if version:
        adopted = Edition((Entry(int(version.group("year")), ""),))
        start = offset + version.start()
        before = before[: version.start()]
    sector = _ZH_SECTOR.search(before)
    if sector:
        start = offset + sector.start()
        before = before[: sector.start()]
    session = _ZH_ADOPTED.search(before)
    if session:
        years = [int(year) for year in session.groups() if year]
        adopted = Edition(tuple(Entry(year, "") for year in years), len(years) > 1)
        before = before[: session.start()]
    mention = last_mention(
        view, offset, offset + len(before), r"\s?(?:\([^()]{1,20}\))?\s?(?:的|在|通过的)?\s?"
    )
    if mention is None and not session:
        mention = last_mention(
            view, offset, offset + len(before), r"(?:有关|关于)[^,.;:()第]{1,40}的"
        )
    if mention is not None:
        return mention.body, mention.start, adopted
    this = re.search(r"(?:本届|本次|本)(?:全权代表)?(?:大会|全会|理事会)(?:的)?\s?$", before)
    if this:
        return body, offset + this.start(), adopted
    meeting = _last_meeting(view, offset, offset + len(before))
    if meeting is not None:
        if adopted is None:
            adopted = edition_of(meeting.meeting)
        return meeting.meeting.body, meeting.start, adopted
    if sector:
        return SECTOR_BODIES[sector.group("sector")], start, adopted
    return None, start, adopted


def _last_meeting(view: SearchText, start: int, end: int) -> bodies.MeetingMention | None:
    window = view.clean[start:end]
    for mention in reversed(bodies.find_meetings(window)):
        if re.fullmatch(r"\s?(?:的|在|通过的)?\s?", folded(window[mention.end :])):
            return replace(mention, start=start + mention.start, end=start + mention.end)
    return None
