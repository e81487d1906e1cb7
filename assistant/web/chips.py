"""What a question was taken to ask -> removable chips. Pure."""

from markupsafe import Markup

from assistant.messages import message
from assistant.query import PARTS, Understood
from assistant.web.quotations import direction
from corpus import bodies
from corpus.citations import print_label
from corpus.phrases import phrasebook
from corpus.references import InternalReference
from corpus.terms import load_termbank

MOST_TERMS = 3  # named in a chip


def chips(understood: Understood, language: str) -> Markup:
    """What the question was taken to ask, part by part; each can be taken away or put back."""
    chips = []
    if understood.read_as != understood.question:
        chips.append(
            Markup('<span class="chip mended"><bdi>{}</bdi></span>').format(understood.read_as)
        )
    for part in PARTS:
        shown = _understood_part(understood, part)
        if part in understood.ignored:
            chips.append(_dropped(part, language))
        elif shown:
            chips.append(_chip(part, shown, _is_carried(understood, part), language))
    if not chips:
        return Markup("")
    return Markup(
        '<div class="chips" lang="{}" dir="{}" data-page-language>'
        '<span class="as" data-say="page.understood">{}</span>{}</div>'
    ).format(
        language,
        direction(language),
        message("page.understood", language),
        Markup("").join(chips),
    )


def _chip(part: str, shown: str, carried: bool, language: str) -> Markup:
    without = message("page.without", language, part=shown)
    mark = Markup("")
    if carried:
        mark = Markup(
            '<span class="carried" title="{0}"><span aria-hidden="true">↩</span>'
            '<span class="unseen">{0}</span></span>'
        ).format(message("page.carried", language))
    return Markup(
        '<span class="chip" data-part="{part}">{mark}<bdi>{shown}</bdi>'
        '<button type="button" data-without="{part}" aria-label="{without}" title="{without}">'
        '<span aria-hidden="true">×</span></button></span>'
    ).format(part=part, mark=mark, shown=shown, without=without)


def _dropped(part: str, language: str) -> Markup:
    name = message(f"page.part.{part}", language)
    again = message("page.with", language, part=name)
    return Markup(
        '<span class="chip dropped" data-part="{part}"><s>{name}</s>'
        '<button type="button" data-with="{part}" aria-label="{again}" title="{again}">'
        '<span aria-hidden="true">+</span></button></span>'
    ).format(part=part, name=name, again=again)


def _understood_part(understood: Understood, part: str) -> str:
    """A part in words, in the language of the question; "" where nothing was understood.

    What a reference says itself stands in its chip alone.
    """
    own, references = understood.language, understood.references
    if part == "references":
        return _references(understood)
    if part == "revision":
        known = {reference.year for reference in references}
        return ", ".join(str(year) for year in understood.years if year not in known)
    if part == "section":
        known_sections = {reference.section for reference in references}
        return ", ".join(
            phrasebook().phrase(section, (), own) or section
            for section in understood.sections
            if section not in known_sections
        )
    if part == "addressee":
        known_names = {name for reference in references for name in reference.addressees}
        names = (_addressee(n, own) for n in understood.addressees if n not in known_names)
        return ", ".join(filter(None, names))
    return _terms(understood)


def _references(understood: Understood) -> str:
    printed = [understood.read_as[r.start : r.end] for r in understood.references]
    if not printed and understood.lineage:
        body, _, number = understood.lineage.partition("-")
        name = body if body == bodies.OTHER else bodies.name(body, understood.language, short=True)
        printed = [message("resolution_of", understood.language, number=number.upper(), body=name)]
    printed += [_part(part, understood) for part in understood.parts]
    return ", ".join(dict.fromkeys(printed))


def _part(part: InternalReference, understood: Understood) -> str:
    """Clauses named without their resolution: as written, those of an earlier question anew."""
    if "parts" not in understood.carried:
        return understood.read_as[part.start : part.end]
    phrase = phrasebook().phrase(part.section, part.addressees, understood.language)
    return f"{phrase} {', '.join(map(print_label, part.labels))}"


def _addressee(name: str, language: str) -> str:
    """The addressee as it stands after a verb of command, without the verb."""
    verb = phrasebook().phrase("instructs", (), language)
    return phrasebook().phrase("instructs", (name,), language).removeprefix(verb).strip()


def _terms(understood: Understood) -> str:
    """The concepts named, but for addressees, which have a chip of their own."""
    addressed = [(m.start, m.end) for m in phrasebook().find_addressees(understood.read_as)]
    found = []
    for match in understood.terms:
        if any(start < match.end and match.start < end for start, end in addressed):
            continue
        official = load_termbank().names(match.concept.id, understood.language)
        found.append(official[0] if official else understood.read_as[match.start : match.end])
    found = list(dict.fromkeys(found))
    more = f" +{len(found) - MOST_TERMS}" if len(found) > MOST_TERMS else ""
    return ", ".join(found[:MOST_TERMS]) + more


def _is_carried(understood: Understood, part: str) -> bool:
    fields = {
        "references": ("lineage", "parts"),
        "revision": ("years",),
        "section": ("sections",),
        "addressee": ("addressees",),
    }
    return any(name in understood.carried for name in fields.get(part, ()))
