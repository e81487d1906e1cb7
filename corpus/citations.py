"""The official citation of a revision or a clause, in six languages (data/citations.toml).

Printing is strict where finding (`corpus.references`) is tolerant: what is printed here is found
there and leads back to the same clause. The phrase of a section is the printed one in the clause's
own language, the phrasebook's in another. Labels stay as printed in the text that is held, Latin
letters in Arabic too, so that a citation leads to the same place in every language.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from corpus import bodies, places
from corpus.clauses import Clause, Revision
from corpus.phrases import phrasebook

_UNITED_NATIONS = ("unga", "unsc")


def cite(clause: Clause, language: str, *, with_body: bool = False) -> str:
    """ "Resolution 75 (Rev. Geneva, 2022), instructs the Director of TSB 4" in `language`."""
    forms = _forms(language)
    resolution = cite_revision(clause.revision, language, with_body=with_body)
    return resolution + forms["joint"] + cite_part(clause, language)


def cite_part(clause: Clause, language: str) -> str:
    """The section and label alone: "instructs the Director of TSB 4", 考虑到 e) iii)."""
    forms = _forms(language)
    numbered = clause.label[:1].isdigit()
    if clause.revision.body in _UNITED_NATIONS and numbered:
        return str(forms["paragraph"].format(label=print_label(clause.label)))
    phrase = section_phrase(clause, language)
    if not clause.label:
        return phrase
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
    printed = clause.phrase.strip(" \t\n\u00a0\u3000,;:，；：،؛")
    if clause.revision.language == language:
        return " ".join(printed.split())
    book, body = phrasebook(), clause.revision.body
    phrase = book.phrase(clause.action, clause.addressees, language, body=body)
    bare = book.phrase(clause.action, (), language, body=body)
    if clause.addressees and phrase == bare:  # a verb that takes none: the second verb does
        phrase += _second_verb(clause, printed, language)
    return phrase or " ".join(printed.split())


def print_label(label: str) -> str:
    """A label as it stands in a citation: "e) iii)" for "e/iii", "7a)" for "7a", "1bis"."""
    pieces = label.split("/")
    figure = re.fullmatch(r"[0-9.]+(?:bis|ter|quater)?|[0-9]+[A-Z]", pieces[0])
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
