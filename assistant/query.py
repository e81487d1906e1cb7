"""A question understood: what it refers to, and what is left as its topic.

Understanding is rules over the corpus's own data (references, places, bodies, phrases, termbank),
so that every step can be shown to the user and switched off. The spans that were understood are
masked; what remains after the words that only ask is the topic. A question that names a section or
an addressee and has no topic of its own asks for the section as a whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from assistant.roles import Part, roles_in
from assistant.wording import aligned, alternation, folded, questions, unvowelled
from corpus import bodies, places
from corpus.clauses import LANGUAGES, Adoption, Clause, Revision
from corpus.holdings import Corpus, SectionSummary
from corpus.languages import detect_language
from corpus.phrases import phrasebook
from corpus.references import (
    InternalReference,
    Reference,
    alike,
    find_internal,
    find_references,
)
from corpus.terms import TermMatch, load_termbank
from embeddings.vocabulary import find_words

PARTS = ("references", "revision", "section", "addressee", "terms")  # what can be switched off
LONGEST_QUESTION = 4000  # characters
UNLISTED_WORDS = 2  # that a question for a whole section may have beside the words that ask

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
# "08年那版", "the '08 text"; only where a text was adopted in that year.
_SHORT_YEAR = re.compile(
    r"(?:(?<=['’])|(?<![\d/.,:-])(?=\d\d\s*(?:年|版|-?го\b|-?м\b)))(?P<year>\d\d)(?!\d)年?"
)
_NUMBERED_ITEM = re.compile(
    r"第\s*(?P<zh>\d{1,2}|[一二三四五六七八九十]{1,3})\s*(?:项|条|点|款|段|个)"
    r"|(?:item|point|paragraph|clause|no\.?|punto|apartado|párrafo|paragraphe|alinéa|пункт[аеу]?|п\."
    r"|البند|الفقرة|النقطة|بند|فقرة)\s*(?P<any>\d{1,2})(?!\d)",
    re.IGNORECASE,
)
# "item c", "пункт c)", "c)项"; a letter without its bracket only where nothing follows it, since
# "a", "e", "o", "y" are words.
_LETTERED_ITEM = re.compile(
    r"(?:item|point|paragraph|clause|letter|punto|apartado|párrafo|inciso|letra|paragraphe|alinéa"
    r"|lettre|пункт[аеу]?|подпункт[аеу]?|п\.|البند|الفقرة|النقطة|بند|فقرة|第)"
    r"(?:(?<=第)|\s+|\s*(?=\())\(?(?P<after>[a-z])"
    r"(?:\)|\s*[?？؟.]?\s*$)"
    r"|(?<!\w)\(?(?P<alone>[a-z])\)\s*(?:项|款|段|条)?\s*(?:呢)?[?？؟.]?\s*$",
    re.IGNORECASE,
)
_TEXT_ITSELF = re.compile(
    r"版|文本|那一?份|versi|edi[tc]i|\btext|\bwording|redacci|libellé|редакци|верси|текст"
    r"|نسخة|صيغة|النص\b|\bنص\b"
)
# A word for a text or its adoption, that tells the place of it from any other ("the Geneva text").
_TEXT = re.compile(
    rf"{_TEXT_ITSELF.pattern}|修订|通过的|revis|\brev\b|révis|adopt|redact|пересм|принят|مراجع|المعتمد"
)
_NEAR = 20  # characters: within which it stands beside the place
# Collective bodies own resolutions, groups and meetings; when they do, nothing is asked of them.
_BODIES = frozenset(
    {
        "Council",
        "PP",
        "WTSA",
        "WTDC",
        "WRC",
        "RA",
        "CPM",
        "TSAG",
        "RAG",
        "TDAG",
        "ITU",
        "United Nations",
        "General Assembly",
        "Security Council",
        "Economic and Social Council",
    }
)
_DECISIONS = ("resolves", "decides")
_BODY_NAMES: Mapping[str, str] = {
    "wtsa": "WTSA", "pp": "PP", "wtdc": "WTDC", "wrc": "WRC", "ra": "RA", "council": "Council",
    "unga": "General Assembly", "unsc": "Security Council", "ecosoc": "Economic and Social Council",
}  # fmt: skip
_NOTHING_HELD = SectionSummary(frozenset(), frozenset(), frozenset())
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
    named_by_verb: bool = False  # the sections: by what is done there, not by their heading
    comparison: bool = False  # asks how revisions differ
    text_wanted: bool = False  # asks for a text itself, or is a reference and nothing else
    topic: str = ""  # the words left when all that is masked
    context: str = ""  # of a follow-up: what it leans on; itself too where it has no topic
    carried: tuple[str, ...] = ()  # which of these were taken over from earlier turns
    ignored: frozenset[str] = field(default_factory=frozenset)
    topic_is_own: bool = True  # False where a follow-up took the topic over
    before: "Before | None" = None  # the turn before, unless this one says that it is another topic


@dataclass(frozen=True, slots=True)
class Before:
    """The turn before a question: answers lie near each other in a text."""

    understood: Understood  # without the turn before it
    named: tuple[Clause, ...] = ()  # what it named, if anything


@dataclass(frozen=True, slots=True)
class _Wording:
    """data/questions.toml of one language, compiled."""

    language: str
    asking: re.Pattern[str]
    whole: re.Pattern[str]
    comparison: re.Pattern[str]
    between: re.Pattern[str]
    latest: re.Pattern[str]
    earlier: re.Pattern[str]
    later: re.Pattern[str]
    sooner: re.Pattern[str]
    events: re.Pattern[str]
    both: re.Pattern[str]
    follow_up: re.Pattern[str]
    new_topic: re.Pattern[str]
    pronouns: re.Pattern[str]
    about: re.Pattern[str]
    sections: tuple[tuple[str, re.Pattern[str]], ...]  # action, and how questions speak of it
    offices: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]  # and the names they stand for
    text: re.Pattern[str]
    greeting: re.Pattern[str]
    ordinals: tuple[re.Pattern[str], ...]  # beside the noun for an item
    bare_ordinals: tuple[re.Pattern[str], ...]
    next_item: re.Pattern[str]
    last_item: re.Pattern[str]


def understand(
    asked: str,
    *,
    corpus: Corpus,
    lineage: str | None = None,
    ignored: Iterable[str] = (),
    fallback_language: str = "en",
    read_as: str | None = None,
) -> Understood:
    """What `asked` asks, of the texts that `corpus` holds; `ignored` names PARTS to leave alone.

    `lineage` is the resolution that the question is about, whatever it names itself: revisions,
    headings and addressees are then those of its texts alone. `read_as` is the question with its
    spelling mended, when it was.
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
    of_number: frozenset[str] = frozenset()
    if lineage is None:
        lineage, of_number = _lineage(references, corpus)
    namings: list[tuple[int, ...]] = []
    if "revision" not in ignored:
        namings, only = _years(
            question,
            mask,
            terms=terms,
            references=references,
            texts=[
                text
                for text in corpus.revisions
                if lineage in (None, text.lineage) and (not of_number or text.lineage in of_number)
            ],
            lineage=lineage,
            wording=wording,
        )
        lineage = lineage or only
    years = tuple(dict.fromkeys(year for fits in namings for year in fits))
    held = corpus.section_summaries.get(lineage or "", _NOTHING_HELD)
    sections: tuple[str, ...] = tuple(
        dict.fromkeys(reference.section for reference in references if reference.section)
    )
    named_by_verb = False
    if "section" not in ignored and not sections:
        sections = _headings(question, mask, held)
    addressees: tuple[str, ...] = tuple(
        dict.fromkeys(name for reference in references for name in reference.addressees)
    )
    lists = 1
    if "addressee" not in ignored and not addressees:
        addressees, lists = _addressees(question, mask, wording, held)
    label = "" if parts else _item(question, mask, wording)
    if "section" not in ignored and not sections:
        sections = _spoken_sections(question, mask, wording, held)
        named_by_verb = bool(sections)
    if not label and not parts:
        label = _bare_item(question, mask, wording)
    plain = folded(question)
    # "Between" stands in questions of any kind; it compares where two texts are named.
    named_texts = len(set(namings))
    compares = wording.comparison.search(plain) or (
        wording.between.search(plain) and (named_texts > 1 or wording.both.search(plain))
    )
    comparison = bool(compares) and (named_texts != 1 or bool(wording.earlier.search(plain)))
    topic = _topic(mask, wording)
    named = bool(sections or addressees)
    words = content_words(topic, language)
    wants_all = bool(wording.whole.search(unvowelled(question)))
    quoted = any(phrasebook().find_actions(match.group()) for match in _QUOTED.finditer(question))
    number = lineage.partition("-")[2] if lineage else ""
    of_others = any(reference.number != number for reference in references)
    # Words that nobody would look for are ways of asking that the lists do not have yet.
    vague = (
        len(words) <= UNLISTED_WORDS
        and (wants_all or quoted)
        and not wording.about.search(unvowelled(mask.rest()))
        and not any(mask.is_free(term.start, term.end) for term in terms)
        and not find_words(topic, language)
    )
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
        and not (label or parts or of_others)
        and lists == 1
        and (not (topic if language == "zh" else words) or vague),
        named_by_verb=named_by_verb,
        comparison=comparison,
        text_wanted=bare or bool(wording.text.search(folded(mask.rest()))),
        topic=topic,
        ignored=ignored,
    )


def question_words(language: str) -> tuple[str, ...]:
    """The words that questions are put in, of one language; beginnings of words are left out."""
    entry = questions()[language]
    lists = ("asking", "whole", "comparison", "between", "latest", "earlier", "director", "members")
    return tuple(
        word for name in (*lists, "items") for word in entry[name] if not word.endswith("*")
    )


def asks_for_the_latest(question: str, language: str) -> bool:
    """Whether a question names the revision that is in force ("the current text", "现行版")."""
    return bool(_wording(language).latest.search(folded(question)))


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
    opening = unvowelled(question).lstrip("¿¡ «“\"'")
    if _wording(language).follow_up.match(opening):
        return True
    # In Arabic "and" is a letter of the word that it stands before: "وأين", "وبموجب".
    first = re.match(r"و(\w+)", opening) if language == "ar" else None
    return bool(first and _wording(language).asking.fullmatch(first.group(1)))


_ARTICLES = re.compile(r"(?:(?:the|an?|le|la|les|une?|des|du|de|el|los|las|del)\s+|[ld]['’]\s*)+")


def speaks_about(question: str, language: str) -> bool:
    """Whether a word stands in a question that a topic follows, and one does: "and on domains?".

    "Who reports on it?" speaks of what was named before.
    """
    wording = _wording(language)
    plain = unvowelled(question)
    for about in wording.about.finditer(plain):
        rest = _ARTICLES.sub("", plain[about.end() :].lstrip())
        for empty in (wording.pronouns, wording.asking):
            match = empty.match(rest)
            if match and match.end():
                break
        else:
            if re.match(r"\w", rest):
                return True
    return False


def points_back(question: str, language: str) -> bool:
    """Whether a pronoun stands in a question ("its", "её", "那个"), whatever it stands for."""
    return bool(_wording(language).pronouns.search(unvowelled(question)))


def opens_a_topic(question: str, language: str) -> bool:
    """Whether a question says that it leaves the subject: "Another question: …", "换个话题"."""
    return bool(_wording(language).new_topic.match(unvowelled(question).lstrip("¿¡ «“\"'")))


def neighbouring_revision(
    question: str, language: str, *, corpus: Corpus, lineage: str | None, year: int | None
) -> int | None:
    """The year of the text that "later" or "before" means behind a turn about that of `year`.

    None where the question says anything else, where no such text is held, or where it is open of
    which resolution. `year` None is the latest.
    """
    wording = _wording(language)
    asked = unvowelled(question)
    steps = [
        step
        for pattern, step in ((wording.later, 1), (wording.sooner, -1))
        if pattern.search(asked)
        and not content_words(_words_left(pattern.sub(" ", asked), wording), language)
    ]
    if not steps:
        return None
    editions = _editions(corpus.revisions)
    revised = [lineage] if lineage else [name for name, of in editions.items() if len(of) > 1]
    years = editions.get(revised[0], []) if len(revised) == 1 else []
    here = years.index(year) if year in years else len(years) - 1
    return next((years[here + step] for step in steps if 0 <= here + step < len(years)), None)


def relative_item(question: str, language: str) -> int:
    """1 for "and the next one?", -1 for the last item of a list, 0 for none of them."""
    if _wording(language).last_item.search(unvowelled(question)):
        return -1
    return 1 if _wording(language).next_item.search(unvowelled(question)) else 0


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

    def copy(self) -> "_Mask":
        other = _Mask(self._text)
        other._covered = list(self._covered)
        return other

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


def _lineage(references: Sequence[Reference], corpus: Corpus) -> tuple[str | None, frozenset[str]]:
    """The held resolution that is referred to; None and all it may be if a number fits several."""
    held = {revision.lineage: revision for revision in corpus.revisions}
    possible: set[str] = set()
    for reference in references:
        fits = [
            lineage
            for lineage, revision in held.items()
            if revision.number == reference.number and reference.body in (None, revision.body)
        ]
        if len(fits) == 1:
            return fits[0], frozenset()
        possible.update(fits)
    return None, frozenset(possible)


def _years(
    question: str,
    mask: _Mask,
    *,
    terms: Sequence[TermMatch],
    references: Sequence[Reference],
    texts: Sequence[Revision],
    lineage: str | None,
    wording: _Wording,
) -> tuple[list[tuple[int, ...]], str | None]:
    """The years of the revisions that are asked for, held or not, masked; and their resolution.

    One entry for each revision named, with the years that fit: several where it may be that of
    several resolutions among `texts`, none where it is the latest of each. The resolution is told
    where the words fit but one, and None where they leave it open.
    """
    adoptions = _adoptions(texts)
    several = len(adoptions) > 1
    known = {adoption.year for of_one in adoptions.values() for adoption in of_one}
    held = {text.year for text in texts if text.status == "adopted"}
    # A meeting of the very body that adopted the text asked about names a revision, held or not.
    asked_about = {text.body for text in texts}
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
    # The histories of many resolutions have any year: there it is one of the texts held.
    bare = held if several else known
    for match in _BARE_YEAR.finditer(question):
        if (
            mask.is_free(*match.span())
            and int(match.group()) in bare
            and not _within(match.span(), terms)
        ):
            years.append(int(match.group()))
            mask.cover(*match.span())
    for match in _SHORT_YEAR.finditer(question):
        year = 2000 + int(match["year"])
        if mask.is_free(*match.span()) and year in bare:
            years.append(year)
            mask.cover(*match.span())
    namings: list[tuple[int, ...]] = [(year,) for year in years]
    namings += _years_of_places(
        question,
        mask,
        wording,
        terms=terms,
        adoptions=adoptions,
        held=texts,
        beside=years,
    )
    if not namings:
        return _years_by_age(question, mask, wording, _editions(texts))
    return namings, None


def _adoptions(texts: Iterable[Revision]) -> dict[str, tuple[Adoption, ...]]:
    """The adoptions known of each resolution, those of texts that are not held included."""
    known: dict[str, dict[Adoption, None]] = {}
    for text in texts:
        of_one = known.setdefault(text.lineage, {})
        of_one.update(dict.fromkeys((*text.history, Adoption(text.year, text.place))))
    return {lineage: tuple(of_one) for lineage, of_one in known.items()}


def _years_of_places(
    question: str,
    mask: _Mask,
    wording: _Wording,
    *,
    terms: Sequence[TermMatch],
    adoptions: Mapping[str, Sequence[Adoption]],
    held: Iterable[Revision],
    beside: Sequence[int],
) -> list[tuple[int, ...]]:
    """The years of the adoptions at the places named, masked; `beside` settles which of several.

    Several places name the resolutions that were adopted at all of them, if there are any. Of
    several resolutions the texts held count; and a place names a text of theirs only beside a word
    for it ("the Geneva text"), since much besides resolutions happened there, or where nothing else
    is asked ("And in Geneva?").
    """
    found = [(mention.start, mention.end, mention.place) for mention in places.find(question)]
    found += [
        (match.start(), match.end(), place)
        for place in dict.fromkeys(each.place for known in adoptions.values() for each in known)
        for match in _of_place(place).finditer(question)
    ]
    named = [
        (start, end, place)
        for start, end, place in found
        if mask.is_free(start, end)
        and not _within((start, end), terms)
        and (
            len(adoptions) == 1
            or _is_beside_a_text(question, start, end)
            or _is_all(mask, start, end, wording)
        )
    ]
    where = {place for _, _, place in named}
    at_all = {
        lineage: known
        for lineage, known in adoptions.items()
        if where <= {adoption.place for adoption in known}
    }
    texts = {(text.lineage, text.year) for text in held}
    years = list(beside)
    namings: list[tuple[int, ...]] = []
    for start, end, place in named:
        fits = [
            (lineage, adoption.year)
            for lineage, known in (at_all or adoptions).items()
            for adoption in known
            if adoption.place == place
        ]
        if not fits or not mask.is_free(start, end):
            continue
        mask.cover(start, end)
        # A place that met twice is settled by the year beside it, if there is one.
        if {year for _, year in fits} & set(years):
            continue
        if len({lineage for lineage, _ in fits}) > 1:
            fits = [fit for fit in fits if fit in texts] or fits
        last = tuple(dict.fromkeys(dict(fits).values()))
        namings.append(last)
        years += last
    return namings


def _is_of_an_event(plain: str, found: re.Match[str], wording: _Wording) -> bool:
    """Whether "originally" tells when something was adopted or founded, not which text is meant."""
    near = plain[max(0, found.start() - _NEAR) : found.end() + _NEAR]
    others = f"{plain[: found.start()]} {plain[found.end() :]}"
    return bool(wording.events.search(others)) and not _TEXT_ITSELF.search(near)


def _is_beside_a_text(question: str, start: int, end: int) -> bool:
    """Whether a word for a text stands within a few words of what is named there."""
    near = question[max(0, start - _NEAR) : start] + " " + question[end : end + _NEAR]
    return bool(_TEXT.search(folded(near)))


def _is_all(mask: _Mask, start: int, end: int, wording: _Wording) -> bool:
    """Whether nothing is asked but what is named there."""
    alone = mask.copy()
    alone.cover(start, end)
    return not content_words(_topic(alone, wording), wording.language)


def _years_by_age(
    question: str, mask: _Mask, wording: _Wording, editions: Mapping[str, Sequence[int]]
) -> tuple[list[tuple[int, ...]], str | None]:
    """The year of "the latest" or "the earlier version", the years of "both versions"; masked.

    Of several resolutions, "the latest" is that of each and limits nothing; "earlier" is a text of
    those held in several revisions, and tells the resolution where there is but one.
    """
    plain = aligned(question)
    held = sorted({year for years in editions.values() for year in years})
    if len(held) < 2:
        return [], None
    revised = {lineage: years for lineage, years in editions.items() if len(years) > 1}
    only = next(iter(revised)) if len(revised) == 1 else None
    latest = tuple(held[-1:]) if len(editions) == 1 else ()
    earlier = tuple(dict.fromkeys(years[-2] for years in revised.values()))
    together: list[tuple[int, ...]] = []
    if only and not wording.comparison.search(plain):
        together = [(year,) for year in revised[only]]
    for pattern, namings, told in (
        (wording.both, together, only),
        (wording.latest, [latest], None),
        (wording.earlier, [earlier] if earlier else [], only),
    ):
        found = pattern.search(plain)
        if found and pattern is wording.earlier and _is_of_an_event(plain, found, wording):
            continue
        if found and namings:
            mask.cover(*found.span())
            return namings, told if len(editions) > 1 else None
    return [], None


def _editions(texts: Iterable[Revision]) -> dict[str, list[int]]:
    """The years of the adopted texts of each resolution, ascending."""
    years: dict[str, set[int]] = {}
    for text in texts:
        if text.status == "adopted":
            years.setdefault(text.lineage, set()).add(text.year)
    return {lineage: sorted(of_one) for lineage, of_one in years.items()}


@cache
def _of_place(place: str) -> re.Pattern[str]:
    """The Russian adjective of a place: "йоханнесбургской", "дубайский"."""
    stem = re.sub(r"[аеёоыья]$", "", places.name(place, "ru"), flags=re.IGNORECASE)
    return re.compile(
        rf"(?<!\w){re.escape(stem)}ск(?:[оеи]й|ого|ому|и[мх]|ом|ая|ую|ое|ие)(?!\w)", re.I
    )


def _within(span: tuple[int, int], terms: Sequence[TermMatch]) -> bool:
    return any(term.start <= span[0] and span[1] <= term.end for term in terms)


def _headings(question: str, mask: _Mask, held: SectionSummary) -> tuple[str, ...]:
    """The actions named as headings, masked: those of `sections`, in whatever form."""
    found = []
    for mention in phrasebook().find_actions(question):
        if mask.is_free(mention.start, mention.end) and held.actions & {
            mention.action,
            *other_forms(mention.action),
        }:
            found.append(mention.action)
            mask.cover(mention.start, mention.end)
    return tuple(dict.fromkeys(found))


def _spoken_sections(
    question: str, mask: _Mask, wording: _Wording, held: SectionSummary
) -> tuple[str, ...]:
    """The actions that are spoken of in another form of their verb ("what did it decide?"), masked.

    Such verbs are common: all but those of a decision count where nothing else is asked.
    """
    plain = aligned(question)
    found = []
    for action, pattern in wording.sections:
        spoken = pattern.search(plain)
        if (
            not spoken
            or not mask.is_free(*spoken.span())
            or not held.actions & {action, *other_forms(action)}
        ):
            continue
        alone = mask.copy()
        alone.cover(*spoken.span())
        if action not in _DECISIONS and content_words(_topic(alone, wording), wording.language):
            continue
        found.append(action)
        mask.cover(*spoken.span())
    return tuple(dict.fromkeys(found))


def other_forms(action: str) -> tuple[str, ...]:
    """The actions that a question may mean by this one, nearest first.

    Those that a language prints with the same verb, and the participle of a preamble for the verb
    of a sentence ("recognizes" for "recognizing").
    """
    return (*sorted(alike(action)), *_participles(action))


@cache
def _participles(action: str) -> tuple[str, ...]:
    verb, dash, rest = action.partition("-")
    stems = [re.sub(ending, "", verb) for ending in ("s$", "es$")]
    participles = [f"{stem}ing{dash}{rest}" for stem in (*stems, stems[0].removesuffix("e"))]
    return tuple(name for name in dict.fromkeys(participles) if name in phrasebook().actions)


def _addressees(
    question: str, mask: _Mask, wording: _Wording, held: SectionSummary
) -> tuple[tuple[str, ...], int]:
    """The addressees named, masked, and in how many lists: whom, and of whom else it speaks.

    "The Director" or "members" are those that are held. A body is none where it owns what is
    asked about ("the Council's resolution"), is the one that acts ("what did the Assembly
    instruct …"), the one that is helped ("who assists the Director?"), gets or shares what others
    do ("who reports to the Council?", "who works with it?"), or is the topic: "about developing
    countries", of which no text asks anything, or "about the Director" where another is asked.
    """
    plain = aligned(question)
    roles = roles_in(wording.language)
    before = mask.copy()
    bodies_named = _bodies_named(question, plain, wording, held)
    parts = roles.parts(plain, [(body.start, body.end) for body in bodies_named])
    asked = [body for body, part in zip(bodies_named, parts, strict=True) if part is Part.ASKED]
    if not asked:
        asked = [
            body
            for body, part in zip(bodies_named, parts, strict=True)
            if part is Part.TOPIC and held.addressees.issuperset(body.addressees)
        ]
    for body in asked:
        mask.cover(body.start, body.end)  # the others stay a part of the topic
    asked = [
        body
        for body in asked
        if before.is_free(body.start, body.end)
        and not (
            _BODIES.issuperset(body.addressees) and roles.is_owner(plain, body.start, body.end)
        )
    ]
    # Of several bodies that adopted texts, none is known to be the one that acts.
    acting = held.bodies if len(held.bodies) == 1 else ()
    actors = {_BODY_NAMES.get(body, "") for body in acting}
    others = [body for body in asked if not actors.issuperset(body.addressees)]
    if others or not actors & held.addressees:
        asked = others
    apart = [
        not roles.are_of_one_list(question[first.end : second.start])
        for first, second in pairwise(asked)
    ]
    names = (name for body in asked for name in body.addressees)
    return tuple(dict.fromkeys(names)), 1 + sum(apart)


@dataclass(frozen=True, slots=True)
class _BodyNamed:
    """A body where a question names it, or an office, which may be that of several."""

    start: int
    end: int
    addressees: tuple[str, ...]  # canonical English names


def _bodies_named(
    question: str, plain: str, wording: _Wording, held: SectionSummary
) -> tuple[_BodyNamed, ...]:
    """The bodies that a question names, in order, without overlap; `plain` is it, `aligned`."""
    named = _Mask(question)
    found = []
    for mention in phrasebook().find_addressees(question):
        named.cover(mention.start, mention.end)
        found.append(_BodyNamed(mention.start, mention.end, (mention.addressee,)))
    for pattern, openings in wording.offices:
        meant = tuple(name for name in sorted(held.addressees) if name.startswith(openings))
        for office in pattern.finditer(plain):
            if meant and named.is_free(*office.span()):
                named.cover(*office.span())
                found.append(_BodyNamed(*office.span(), meant))
    return tuple(sorted(found, key=lambda body: body.start))


def _item(question: str, mask: _Mask, wording: _Wording) -> str:
    """The item that is asked for by number or letter: "第二项", "the second item", "пункт c)"."""
    match = _NUMBERED_ITEM.search(question)
    if match and mask.is_free(*match.span()):
        mask.cover(*match.span())
        if match["any"]:
            return match["any"].lstrip("0")
        return match["zh"] if match["zh"].isdigit() else str(_chinese_ordinal(match["zh"]))
    match = _LETTERED_ITEM.search(question)
    if match and mask.is_free(*match.span()):
        mask.cover(*match.span())
        return (match["after"] or match["alone"]).lower()
    return _ordinal(question, mask, wording.ordinals)


def _bare_item(question: str, mask: _Mask, wording: _Wording) -> str:
    """An item named by its ordinal alone ("and the second?"), where nothing else is asked.

    "When was it first adopted?" asks for no first item.
    """
    alone = mask.copy()
    label = _ordinal(question, alone, wording.bare_ordinals)
    if not label or _topic(alone, wording):
        return ""
    return _ordinal(question, mask, wording.bare_ordinals)


def _ordinal(question: str, mask: _Mask, patterns: Sequence[re.Pattern[str]]) -> str:
    plain = aligned(question)
    for number, pattern in enumerate(patterns, start=1):
        ordinal = pattern.search(plain)
        if ordinal and mask.is_free(*ordinal.span()):
            mask.cover(*ordinal.span())
            return str(number)
    return ""


def _topic(mask: _Mask, wording: _Wording) -> str:
    """The words that are left when those that were understood and those that only ask are out."""
    return _words_left(wording.comparison.sub(" ", unvowelled(mask.rest())), wording)


def _words_left(text: str, wording: _Wording) -> str:
    """The words of a text that do not only ask."""
    rest = _without_asking(text, wording)
    return " ".join(re.findall(r"[^\W_]+(?:[-/&.][^\W_]+)*", rest))


def _without_asking(text: str, wording: _Wording) -> str:
    """Without the words that ask; in Chinese those inside of a longer word of the field stay."""
    if wording.language != "zh":
        return wording.asking.sub(" ", text)
    known = [(term.start, term.end) for term in load_termbank().find(text)]
    known += [(word.start, word.end) for word in find_words(text, "zh")]
    longer = [span for span in known if not wording.asking.fullmatch(text[slice(*span)])]
    pieces = []
    at = 0
    while match := wording.asking.search(text, at):
        start, end = match.span()
        inside = [e for s, e in longer if s <= start and end <= e and e - s > end - start]
        stop = max(inside, default=end)
        pieces += [text[at:stop]] if inside else [text[at:start], " "]
        at = stop
    return "".join((*pieces, text[at:]))


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
    return [
        word
        for word in topic.split()
        if (len(word) >= shortest or word.isdigit()) and word != "ال"  # the article alone
    ]


@cache
def _wording(language: str) -> _Wording:
    entry = questions()[language]

    def pattern(words: Iterable[str]) -> re.Pattern[str]:
        if not words:
            return re.compile(r"(?!)")
        if language == "zh":
            return re.compile(f"(?:{alternation(words)})")
        prefix = "(?:و|ف|ب|ل|وال)?" if language == "ar" else ""
        return re.compile(rf"(?<!\w){prefix}(?:{alternation(words)})(?!\w)")

    items = alternation(entry["items"])

    def ordinal(words: Sequence[str]) -> re.Pattern[str]:
        if language == "zh":
            return re.compile(rf"(?:{alternation(words)})(?:{items})")
        gap = r"\s+(?:and\s+last\s+)?"
        return re.compile(
            rf"(?<!\w)(?:(?:{alternation(words)}){gap}(?:{items})|(?:{items}){gap}(?:{alternation(words)}))(?!\w)"
        )

    def bare(words: Sequence[str]) -> re.Pattern[str]:
        """ "The second", but not "the second time"."""
        return re.compile(
            rf"(?<!\w)(?:{alternation(words)})(?!\w)(?!\s+(?:{alternation(entry['occasions'])})(?!\w))"
        )

    return _Wording(
        language=language,
        asking=pattern(
            [
                word
                for name in ("asking", "whole", "between", "follow_up", "new_topic")
                for word in entry[name]
            ]
        ),
        whole=pattern(entry["whole"]),
        comparison=pattern(entry["comparison"]),
        between=pattern(entry["between"]),
        latest=pattern(entry["latest"]),
        earlier=pattern(entry["earlier"]),
        later=pattern(entry["later"]),
        sooner=pattern(entry["sooner"]),
        events=pattern(entry["events"]),
        both=pattern(entry["both"]),
        follow_up=pattern(entry["follow_up"]),
        new_topic=pattern(entry["new_topic"]),
        pronouns=pattern(entry["pronouns"]),
        about=pattern(entry["about"]),
        sections=tuple(
            (action, pattern(words)) for action, words in questions()["sections"][language].items()
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
        bare_ordinals=() if language == "zh" else tuple(bare(words) for words in entry["ordinals"]),
        next_item=pattern(entry["next_item"]),
        last_item=pattern(entry["last_item"]),
    )
