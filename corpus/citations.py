"""The official citation of a revision or a clause, in six languages (data/citations.toml).

Printing is strict where finding (`corpus.references`) is tolerant: what is printed here is found
there and leads back to the same clause. The phrase of a section is the printed one in the clause's
own language, the phrasebook's in another. Labels stay as printed in the text that is held, Latin
letters in Arabic too, so that a citation leads to the same place in every language.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from corpus import bodies, places
from corpus.clauses import Clause, Revision
from corpus.phrases import phrasebook

_UNITED_NATIONS = ("unga", "unsc")


def cite(
    clause: Clause, language: str, *, with_body: bool = False, among: Iterable[Clause] = ()
) -> str:
    """ "Resolution 75 (Rev. Geneva, 2022), instructs the Director of TSB 4" in `language`.

    `among` are the clauses of the same text, to see whether another section would be cited alike;
    then its place among these is printed: "instructs the Secretary-General [2] 1".
    """
    forms = _forms(language)
    resolution = cite_revision(clause.revision, language, with_body=with_body)
    part = cite_part(clause, language, among=among)
    if not part:
        return resolution
    joint = forms["joint"]
    if language == "zh" and clause.revision.body in ("unga", "unsc", "cgpm") and part[0] != "第":
        joint = "，"  # their verbs are no headings, which would part them from the number
    return f"{resolution}{joint}{part}"


def cite_part(clause: Clause, language: str, *, among: Iterable[Clause] = ()) -> str:
    """The section and label alone: "instructs the Director of TSB 4", 考虑到 e) iii)."""
    forms = _forms(language)
    numbered = clause.label[:1].isdigit()
    annex = _ANNEX.fullmatch(clause.section)
    if annex:
        return _cite_annex(clause, annex, language)
    if clause.revision.body in _UNITED_NATIONS and numbered:
        return str(forms["paragraph"].format(label=print_label(clause.label)))
    phrase = section_phrase(clause, language) + _which(clause, among, language)
    if not clause.label or not phrase:
        return phrase or (print_label(clause.label) if clause.label else "")
    own = re.fullmatch(r"p([0-9]+)((?:/.*)?)", clause.label)
    if own:  # one of several paragraphs without a label
        number = own.group(1) + own.group(2)
        label = forms["paragraph"].format(label=print_label(number))
        return f"{phrase}{label}" if language == "zh" else f"{phrase}{forms['joint']}{label}"
    label = print_label(clause.label)
    return f"{phrase}{label}" if language == "zh" and numbered else f"{phrase} {label}"


def cite_revision(revision: Revision, language: str, *, with_body: bool = False) -> str:
    """ "Resolution 75 (Rev. Geneva, 2022)" in `language`, with the body's name if asked for."""
    if revision.body == "cgpm":
        return _cite_metre(revision, language)
    forms = _forms(language)
    if revision.body in _UNITED_NATIONS:
        citation = _cite_united(revision, language)
    else:
        citation = _cite_adopted(revision, language)
    if not with_body or revision.body == bodies.OTHER:
        return citation
    of = bodies.possessive(revision.body, language)
    return str(forms["with_body"].format(citation=citation, of=of))


def section_phrase(clause: Clause, language: str) -> str:
    """The phrase of the clause's section: as printed in its own language, official in another."""
    printed = " ".join(clause.phrase.strip(" \t\n\u00a0\u3000,;:，；：،؛").split())
    if clause.revision.language == language:
        return _without_manner(printed, language)
    book, body = phrasebook(), clause.revision.body
    phrase = book.phrase(clause.action, clause.addressees, language, body=body)
    bare = book.phrase(clause.action, (), language, body=body)
    if clause.addressees and phrase == bare:  # a verb that takes none: the second verb does
        phrase += _second_verb(clause, printed, language)
    return phrase or printed


def _without_manner(printed: str, language: str) -> str:
    """A heading without what its verb and addressees go on with.

    "instructs the Secretary-General, with the assistance of …" is cited by its addressee alone.
    """
    heading = phrasebook().match_heading(printed, language)
    if heading is None or not heading.addressees:
        return printed
    tail = printed[heading.end :]
    return (
        printed[: heading.end]
        if re.match(r"\s?[,，،]|\s(?:to|in|with|within)\s", tail)
        else printed
    )


def _which(clause: Clause, among: Iterable[Clause], language: str) -> str:
    """ " [2]" for the second of several sections that `language` cites alike, else ""."""
    phrases = {
        other.section: section_phrase(other, language)
        for other in among
        if other.action == clause.action and other.revision.id == clause.revision.id
    }
    own = section_phrase(clause, language)
    alike = [section for section, phrase in phrases.items() if phrase == own]
    return f" [{alike.index(clause.section) + 1}]" if len(alike) > 1 else ""


_ANNEX = re.compile(r"(?P<kind>annex|appendix|attachment)(?:-(?P<id>[0-9a-z]+))?(?:\.[0-9]+)?")


def _cite_annex(clause: Clause, annex: re.Match[str], language: str) -> str:
    identifier = annex.group("id") or ""
    name = _forms(language)[annex.group("kind")]
    printed = f"{name} {identifier.upper()}".strip() if language != "zh" else name + identifier
    if not clause.label:
        return printed
    plain = re.fullmatch(r"[0-9a-zA-Z.]+(?:/[0-9a-zA-Z]+)*", clause.label)
    plain = plain if not re.match(r"p[0-9]", clause.label) else None
    return f"{printed}, {print_label(clause.label) if plain else clause.label}"


def print_label(label: str) -> str:
    """A label as it stands in a citation: "e) iii)" for "e/iii", "7a)" for "7a", "1bis"."""
    pieces = label.split("/")
    figure = re.fullmatch(
        r"[0-9]+(?:bis|ter|quater)?(?:\.[0-9]+(?:bis|ter|quater)?)*|[0-9]+[A-Z]", pieces[0]
    )
    printed = [pieces[0] if figure else f"{pieces[0]})"]
    printed += [f"{piece})" for piece in pieces[1:]]
    return " ".join(printed)


@cache
def _forms(language: str) -> Mapping[str, Any]:
    """The forms of a language; raises KeyError for another than the six."""
    text = files("corpus").joinpath("data/citations.toml").read_text(encoding="utf-8")
    forms: Mapping[str, Any] = tomllib.loads(text)[language]
    return forms


def _second_verb(clause: Clause, printed: str, language: str) -> str:
    """ " to invite the Council" of 做出决议，请理事会; "" when the printed phrase names no verb."""
    book = phrasebook()
    for at in range(1, len(printed)):
        second = book.match_heading(printed[at:], clause.revision.language)
        if second is None or second.start or not second.addressees:
            continue
        verb = _forms(language)["second"].get(second.action)
        if verb is None:
            return ""
        body = clause.revision.body
        full = book.phrase(second.action, clause.addressees, language, body=body)
        alone = book.phrase(second.action, (), language, body=body)
        objects = full.removeprefix(alone)
        if objects == full:
            return ""
        return f"{verb}{objects}" if language == "zh" else f" {verb}{objects}"
    return ""


def _cite_adopted(revision: Revision, language: str) -> str:
    forms = _forms(language)
    kind, number = _kind_and_number(revision.number)
    edition = _edition(revision, language, feminine=kind == "rec")
    if revision.body == "ra" and kind == "":
        if language == "zh":
            return str(forms["sector"].format(number=number, edition=edition))
        number = forms["sector"].format(number=number)
    return str(forms["kinds"][kind].format(number=number, edition=edition))


def _kind_and_number(number: str) -> tuple[str, str]:
    match = re.fullmatch(r"(dec|rec|op)(?=[0-9])(.+)", number)
    return (match.group(1), match.group(2)) if match else ("", number.upper())


def _edition(revision: Revision, language: str, *, feminine: bool) -> str:
    """What stands in the brackets: place and year, the code of a conference, or years."""
    forms = _forms(language)
    if revision.body == "council" and not revision.place:
        first = revision.history[0].year if revision.history else revision.year
        form = "amended" if first != revision.year else "year"
        return str(forms[form].format(first=first, year=revision.year))
    if revision.place:
        revised = "revised_feminine" if feminine else "revised"
        place = places.name(revision.place, language)
        form = revised if revision.revised else "adopted"
        return str(forms[form].format(place=place, year=revision.year))
    code = _code(revision, language)
    if code:
        return str(forms["coded_revised" if revision.revised else "coded"].format(code=code))
    return str(forms["year"].format(year=revision.year))


def _code(revision: Revision, language: str) -> str:
    """The code of the conference that adopted the text, as `language` writes it: "CMR-19"."""
    met = bodies.meeting_in(revision.body, revision.year)
    if met is None or not met.code:
        return ""
    short, _, figures = met.code.rpartition("-")
    if short != bodies.name(revision.body, "en", short=True):
        return met.code  # "Mob-87"
    return f"{bodies.name(revision.body, language, short=True)}-{figures}"


def _cite_united(revision: Revision, language: str) -> str:
    forms = _forms(language)
    number = revision.number
    if re.fullmatch(r"(?:es-)?[0-9]+-[0-9]+[a-z]?", number):
        session, _, rest = number.upper().rpartition("-")
        return str(forms["united_numbered"].format(number=f"{session}/{rest}"))
    return str(forms["united"].format(number=number.upper(), year=revision.year))


def _cite_metre(revision: Revision, language: str) -> str:
    meeting, _, number = revision.number.partition("-")
    return str(
        _forms(language)["metre"].format(
            number=number, ordinal=_ordinal(int(meeting), language), year=revision.year
        )
    )


def _ordinal(number: int, language: str) -> str:
    """26th, 26e, 26.ª, 26-й; the bare figures where a language sets words around them."""
    if language == "en":
        teen = 10 <= number % 100 <= 20
        return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
    return f"{number}{ {'fr': 'e', 'es': '.ª', 'ru': '-й'}.get(language, '') }"
