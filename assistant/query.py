"""A question understood: what it refers to, and what is left as its topic.

Understanding is rules over the corpus's own data (references, places, bodies, phrases, termbank),
so that every step can be shown to the user and switched off. The spans that were understood are
masked; what remains after the words that only ask is the topic. A question that names a section or
an
addressee and has no topic of its own asks for the section as a whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from corpus import bodies, places
from corpus.clauses import LANGUAGES, Adoption
from corpus.holdings import Corpus
from corpus.languages import detect_language
from corpus.phrases import phrasebook
from corpus.references import InternalReference, Reference, find_internal, find_references
from corpus.tables import read_table
from corpus.terms import TermMatch, load_termbank

PARTS = ("references", "revision", "section", "addressee", "terms")  # what can be switched off
LONGEST_QUESTION = 4000  # characters

_DATA = Path(__file__).parent / "data" / "questions.toml"

_MARKED_YEAR = re.compile(
    r"""
    (?P<placed>(?:19|20)\d\d)\s*年\s*[\u4e00-\u9fff]{1,8}?(?:修订)?版
    | (?:rev\.?|rév\.?|пересм\.?|المراجَ?ع\w*(?:\s*في)?)
      \s+[^\d,，،()]{2,30}[,，،]\s*(?P<revised>(?:19|20)\d\d)
    | (?P<after>(?:19|20)\d\d)\s*年?的?[旧新原老]?(?:版|修订|通过|文本|那[一版]|决议|的决议)
    | (?:version|revision|edition|text|rev\.?|texte|révision|rév\.?|versión|revisión|texto|edición
        |верси\w+|редакци\w+|текст\w*|пересм\.?|نسخة|النسخة|صيغة|نص|المراجَ?ع(?:ة)?|مراجعة)
      \s*(?:of|in|de|del|d[’']|от|за|عام|سنة|لعام|في|на)?\s*\(?(?P<before>(?:19|20)\d\d)
    | (?P<rear>(?:19|20)\d\d)\s*(?:г(?:\.|ода?|оду)?\s*)?
      (?:version|revision|edition|text|resolution|верси\w+|редакци\w+|текст\w*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_QUOTED = re.compile(r"[«“„「『\"‘'](?P<words>[^«»“”„「」『』\"‘’]{1,80})[»”“」』\"’']")
_BARE_YEAR = re.compile(r"(?<![\d/-])(?:19|20)\d\d(?![\d/]|-\d)")
_NUMBERED_ITEM = re.compile(
    r"第\s*(?P<zh>\d{1,2}|[一二三四五六七八九十]{1,3})\s*(?:项|条|点|款|段|个)"
    r"|(?:item|point|paragraph|clause|no\.?|punto|apartado|párrafo|paragraphe|alinéa|пункт[аеу]?|п\."
    r"|البند|الفقرة|النقطة|بند|فقرة)\s*(?P<any>\d{1,2})(?!\d)",
    re.IGNORECASE,
)
_CHINESE_DIGITS = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question says of itself; everything may be empty but the question and the language."""

    question: str  # as asked
    read_as: str  # with slips of the keyboard mended; offsets lead into it
    interpreted: str  # as it stands on its own
    language: str  # ISO 639-1: of the answer
    references: tuple[Reference, ...] = ()  # to resolutions and their clauses
    parts: tuple[InternalReference, ...] = ()  # clauses named without their resolution
    lineage: str | None = None  # "wtsa-75": the held resolution asked about
    years: tuple[int, ...] = ()  # of the revisions asked for, held or not; empty: any, latest first
    sections: tuple[str, ...] = ()  # canonical actions: "instructs"
    addressees: tuple[str, ...] = ()  # canonical English names
    label: str = ""  # an item asked for by number: "2"
    terms: tuple[TermMatch, ...] = ()
    whole: bool = False  # asks for a section in full
    comparison: bool = False  # asks how revisions differ
    text_wanted: bool = False  # asks for a text itself, or is a reference and nothing else
    topic: str = ""  # the words left when all that is masked
    context: str = ""  # of a follow-up: the question that it leans on
    carried: tuple[str, ...] = ()  # which of these were taken over from earlier turns
    ignored: frozenset[str] = field(default_factory=frozenset)
    topic_is_own: bool = True  # False where a follow-up took the topic over


@dataclass(frozen=True, slots=True)
class _Wording:
    """data/questions.toml of one language, compiled."""

    asking: re.Pattern[str]
    whole: re.Pattern[str]
    comparison: re.Pattern[str]
    latest: re.Pattern[str]
    earlier: re.Pattern[str]
    follow_up: re.Pattern[str]
    sections: tuple[tuple[str, re.Pattern[str]], ...]  # action, and how questions speak of it
    offices: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]  # and the names they stand for
    text: re.Pattern[str]
    greeting: re.Pattern[str]
    ordinals: tuple[re.Pattern[str], ...]


def understand(
    asked: str,
    *,
    corpus: Corpus,
    ignored: Iterable[str] = (),
    fallback_language: str = "en",
    read_as: str | None = None,
) -> Understood:
    """What `asked` asks, of the texts that `corpus` holds; `ignored` names PARTS to leave alone.

    `read_as` is the question with its spelling mended, when it was.
    """
    question = asked if read_as is None else read_as
    ignored = frozenset(ignored)
    language = detect_language(question) or fallback_language
    wording = _wording(language)
    mask = _Mask(question)
    terms = load_termbank().find(question)
    references: tuple[Reference, ...] = ()
    parts: tuple[InternalReference, ...] = ()
    if "references" not in ignored:
        references = _references(question, terms)
        parts = tuple(part for part in find_internal(question) if part.labels)
    spans = [(r.start, r.end) for r in references] + [(p.start, p.end) for p in parts]
    for start, end in spans:
        mask.cover(start, end)
    bare = not re.search(r"\w", mask.rest())
    lineage, adoptions = _lineage(references, corpus)
    years: tuple[int, ...] = ()
    if "revision" not in ignored:
        years = _years(
            question,
            mask,
            terms=terms,
            references=references,
            adoptions=adoptions,
            corpus=corpus,
            lineage=lineage,
            wording=wording,
        )
    sections: tuple[str, ...] = tuple(
        dict.fromkeys(reference.section for reference in references if reference.section)
    )
    if "section" not in ignored and not sections:
        sections = _sections(question, mask, wording)
    addressees: tuple[str, ...] = tuple(
        dict.fromkeys(name for reference in references for name in reference.addressees)
    )
    if "addressee" not in ignored and not addressees:
        addressees = _addressees(question, mask, wording, corpus)
    label = "" if parts else _item(question, mask, wording)
    comparison = bool(wording.comparison.search(folded(question))) and (
        len(years) != 1 or bool(wording.earlier.search(folded(question)))
    )
    topic = wording.asking.sub(" ", folded(wording.comparison.sub(" ", mask.rest())))
    topic = " ".join(re.findall(r"[^\W_]+(?:[-/&.][^\W_]+)*", topic))
    named = bool(sections or addressees)
    words = content_words(topic, language)
    wants_all = bool(wording.whole.search(folded(question)))
    quoted = any(phrasebook().find_actions(match.group()) for match in _QUOTED.finditer(question))
    return Understood(
        question=asked,
        read_as=question,
        interpreted=question,
        language=language,
        references=references,
        parts=parts,
        lineage=lineage,
        years=years,
        sections=sections,
        addressees=addressees,
        label=label,
        terms=terms if "terms" not in ignored else (),
        whole=named
        and not label
        and not parts
        and len(words) <= (2 if sections and not terms and (wants_all or quoted) else 0),
        comparison=comparison,
        text_wanted=bare or bool(wording.text.search(folded(mask.rest()))),
        topic=topic,
        ignored=ignored,
    )


def question_words(language: str) -> tuple[str, ...]:
    """The words that questions are put in, of one language."""
    entry = _questions()[language]
    lists = ("asking", "whole", "comparison", "latest", "earlier", "director", "members", "items")
    return tuple(word for name in lists for word in entry[name])


def has_content(question: str) -> bool:
    """Whether there is a letter or a digit of any script in it: emoji and marks ask nothing."""
    return any(unicodedata.category(character)[0] in "LN" for character in question)


def is_greeting(question: str) -> bool:
    """Whether a question is a greeting or thanks and nothing else."""
    plain = " ".join(re.findall(r"\w+(?:[’']\w+)?", folded(question)))
    return bool(plain) and any(
        not _wording(language).greeting.sub("", plain).strip() for language in LANGUAGES
    )


def is_uncovered_script(question: str) -> bool:
    """Whether most letters of a question are of no script that the six languages are written in."""
    letters = [character for character in question if character.isalpha()]
    covered = sum(bool(_COVERED.match(character)) for character in letters)
    return bool(letters) and covered * 2 < len(letters)


def leans_on_earlier(question: str, language: str) -> bool:
    """Whether a question opens as one that continues the conversation ("And …?", "那……呢？")."""
    return bool(_wording(language).follow_up.match(folded(question).lstrip("¿¡ «“\"'")))


def folded(text: str) -> str:
    """For matching only: compatibility forms and case folded; offsets are not kept."""
    return unicodedata.normalize("NFKC", text).casefold()


_COVERED = re.compile(
    r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u052f\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
    r"\u3400-\u9fff\uf900-\ufaff\uff21-\uff5a]"
)


class _Mask:
    """A question whose understood spans are blanked, character by character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._covered = [False] * len(text)

    def cover(self, start: int, end: int) -> None:
        for at in range(start, end):
            self._covered[at] = True

    def is_free(self, start: int, end: int) -> bool:
        return not any(self._covered[start:end])

    def rest(self) -> str:
        return "".join(
            " " if covered else character
            for character, covered in zip(self._text, self._covered, strict=True)
        )


def _references(question: str, terms: Sequence[TermMatch]) -> tuple[Reference, ...]:
    """References to resolutions and clauses; "2030" in the name of an agenda is none."""
    return tuple(
        reference
        for reference in find_references(question)
        if not any(term.start <= reference.start and reference.end <= term.end for term in terms)
    )


def _lineage(
    references: Sequence[Reference], corpus: Corpus
) -> tuple[str | None, tuple[Adoption, ...]]:
    """The held resolution that is referred to, and the adoptions known of it (or of all held)."""
    held = {revision.lineage: revision for revision in corpus.revisions}
    named = None
    for reference in references:
        fits = [
            lineage
            for lineage, revision in held.items()
            if revision.number == reference.number and reference.body in (None, revision.body)
        ]
        if len(fits) == 1:
            named = fits[0]
            break
    known: dict[tuple[int, str], Adoption] = {}
    for revision in corpus.revisions:
        if named in (None, revision.lineage):
            for adoption in (*revision.history, Adoption(revision.year, revision.place)):
                known.setdefault((adoption.year, adoption.place), adoption)
    return named, tuple(known.values())


def _years(
    question: str,
    mask: _Mask,
    *,
    terms: Sequence[TermMatch],
    references: Sequence[Reference],
    adoptions: Sequence[Adoption],
    corpus: Corpus,
    lineage: str | None,
    wording: _Wording,
) -> tuple[int, ...]:
    """The years of the revisions that are asked for, held or not; masked."""
    held = sorted(
        {r.year for r in corpus.revisions if lineage in (None, r.lineage) and r.status == "adopted"}
    )
    known = {adoption.year for adoption in adoptions}
    # A meeting of the very body that adopted the text asked about names a revision, held or not.
    asked_about = {r.body for r in corpus.revisions if lineage in (None, r.lineage)}
    met = {
        meeting.year
        for body in (asked_about if len(asked_about) == 1 else ())
        for meeting in bodies.meetings(body)
    }
    years = [
        reference.year
        for reference in references
        if reference.year and (lineage is None or reference.number == lineage.partition("-")[2])
    ]
    for meeting in bodies.find_meetings(question):
        named = meeting.meeting
        free = mask.is_free(meeting.start, meeting.end)
        if free and named.body in asked_about and named.year in known | met:
            years.append(named.year)
            mask.cover(meeting.start, meeting.end)
    for match in _MARKED_YEAR.finditer(question):
        year = int(next(year for year in match.groups() if year))
        if mask.is_free(*match.span()) and not _within(match.span(), terms):
            years.append(year)
            mask.cover(*match.span())
    for match in _BARE_YEAR.finditer(question):
        if (
            mask.is_free(*match.span())
            and int(match.group()) in known
            and not _within(match.span(), terms)
        ):
            years.append(int(match.group()))
            mask.cover(*match.span())
    for mention in places.find(question):
        span = (mention.start, mention.end)
        fits = [adoption.year for adoption in adoptions if adoption.place == mention.place]
        if mask.is_free(*span) and fits and not _within(span, terms):
            # A place that met twice is settled by the year beside it, if there is one.
            years.extend(year for year in fits[-1:] if not set(fits) & set(years))
            mask.cover(*span)
    if not years and len(held) > 1:
        plain = folded(question)
        if wording.latest.search(plain):
            years.append(held[-1])
        elif wording.earlier.search(plain):
            years.append(held[-2] if len(held) > 1 else held[0])
    return tuple(dict.fromkeys(years))


def _within(span: tuple[int, int], terms: Sequence[TermMatch]) -> bool:
    return any(term.start <= span[0] and span[1] <= term.end for term in terms)


def _sections(question: str, mask: _Mask, wording: _Wording) -> tuple[str, ...]:
    """The actions named as headings, or spoken of in another form of their verb, masked."""
    found = []
    for mention in phrasebook().find_actions(question):
        if mask.is_free(mention.start, mention.end):
            found.append(mention.action)
            mask.cover(mention.start, mention.end)
    plain = folded(question)
    for action, pattern in wording.sections if not found and len(plain) == len(question) else ():
        spoken = pattern.search(plain)
        if spoken and mask.is_free(*spoken.span()):
            found.append(action)
            mask.cover(*spoken.span())
    return tuple(dict.fromkeys(found))


def _addressees(question: str, mask: _Mask, wording: _Wording, corpus: Corpus) -> tuple[str, ...]:
    """The addressees named, masked; "the Director" or "members" are those held."""
    found = []
    for mention in phrasebook().find_addressees(question):
        if mask.is_free(mention.start, mention.end):
            found.append(mention.addressee)
    for mention in phrasebook().find_addressees(question):
        mask.cover(mention.start, mention.end)
    plain = folded(question)
    for pattern, openings in wording.offices if len(plain) == len(question) else ():
        office = pattern.search(plain)
        if office and mask.is_free(*office.span()):
            mask.cover(*office.span())
            found.extend(name for name in corpus.addressees if name.startswith(openings))
    return tuple(dict.fromkeys(found))


def _item(question: str, mask: _Mask, wording: _Wording) -> str:
    """The number of an item that is asked for: "第二项", "the second item", "пункт 2"."""
    match = _NUMBERED_ITEM.search(question)
    if match and mask.is_free(*match.span()):
        mask.cover(*match.span())
        if match["any"]:
            return match["any"].lstrip("0")
        return match["zh"] if match["zh"].isdigit() else str(_chinese_ordinal(match["zh"]))
    plain = folded(question)
    if len(plain) == len(question):
        for number, pattern in enumerate(wording.ordinals, start=1):
            ordinal = pattern.search(plain)
            if ordinal and mask.is_free(*ordinal.span()):
                mask.cover(*ordinal.span())
                return str(number)
    return ""


def _chinese_ordinal(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if not ten:
        return _CHINESE_DIGITS.index(text[-1])
    return (_CHINESE_DIGITS.index(tens) if tens else 1) * 10 + (
        _CHINESE_DIGITS.index(ones) if ones else 0
    )


def content_words(topic: str, language: str) -> list[str]:
    """What is left to search for; a stray character is nothing."""
    shortest = 2 if language in ("zh", "ar") else 3
    return [word for word in topic.split() if len(word) >= shortest or word.isdigit()]


@cache
def _questions() -> Mapping[str, Any]:
    return read_table(_DATA)


@cache
def _wording(language: str) -> _Wording:
    entry = _questions()[language]

    def pattern(words: Sequence[str]) -> re.Pattern[str]:
        longest_first = sorted({folded(word) for word in words}, key=lambda word: -len(word))
        joined = "|".join(re.escape(word) for word in longest_first)
        if language == "zh":
            return re.compile(f"(?:{joined})")
        prefix = "(?:و|ف|ب|ل|وال)?" if language == "ar" else ""
        return re.compile(rf"(?<!\w){prefix}(?:{joined})(?!\w)")

    items = "|".join(sorted(map(re.escape, entry["items"]), key=len, reverse=True))

    def ordinal(words: Sequence[str]) -> re.Pattern[str]:
        joined = "|".join(re.escape(folded(word)) for word in words)
        if language == "zh":
            return re.compile(rf"(?:{joined})(?:{items})")
        gap = r"\s+(?:and\s+last\s+)?"
        return re.compile(
            rf"(?<!\w)(?:(?:{joined})(?:{gap}(?:{items}))?|(?:{items}){gap}(?:{joined}))(?!\w)"
        )

    return _Wording(
        asking=pattern([*entry["asking"], *entry["whole"], *entry["follow_up"]]),
        whole=pattern(entry["whole"]),
        comparison=pattern(entry["comparison"]),
        latest=pattern(entry["latest"]),
        earlier=pattern(entry["earlier"]),
        follow_up=pattern(entry["follow_up"]),
        sections=tuple(
            (action, pattern(words)) for action, words in _questions()["sections"][language].items()
        ),
        offices=(
            (pattern(entry["director"]), ("Director of ",)),
            (
                pattern(entry["members"]),
                ("Member States", "Sector Members", "Associates", "Academia"),
            ),
        ),
        text=pattern(entry["text"]),
        greeting=pattern(entry["greeting"]),
        ordinals=tuple(ordinal(words) for words in entry["ordinals"]),
    )
