"""Which lines head a section: a phrase alone, glued to its text, broken over lines, in prose.

The words of headings stand in prose too ("… in accordance with / resolves 2 or 3 above"). A line is
a heading only where a clause can have ended before it, and what follows the phrase must look like
nothing, an addressee, a first label, or the text of a section.
"""

import re
from dataclasses import dataclass

from corpus.folding import folded
from corpus.labels import Label, is_first_reading, read_label
from corpus.phrases import HeadingMatch, Phrasebook
from corpus.text import ends_clause
from corpus.units import Units

_FLATTENED = 400  # characters of a line in which headings are looked for although it holds prose
_FLATTENED_CHINESE = 120
_LONGEST = 300  # characters of a heading with its addressees and manner clause; 190 were seen


@dataclass(frozen=True, slots=True)
class HeadingHere:
    """A heading at the beginning of a unit (or of a part of it)."""

    action: str
    addressees: tuple[str, ...]
    end: int  # offset in the unit's text where the heading ends and its section's text begins
    over: int = 0  # how many of the following units belong to the heading
    over_end: int = 0  # offset in the last of those where the heading ends


# A line that ends so goes on in the next one: what follows is no heading.
_GOING_ON = frozenset(
    """
    in to of under by with and or the per see from for on via that which this a an its their as at
    à a de du des d' en au aux sous par et voir le la les l' que qui dans pour sur
    del al y e según por con el los las para
    в на по с из к от и о для при пункт пункте пункта раздел разделе согласно
    في من إلى على عن و أن
    """.split()  # noqa: SIM905 - a list of words reads better as words
)


class Headings:
    """The heading decisions of one document."""

    def __init__(
        self, book: Phrasebook, language: str, units: Units, *, decision: bool = False
    ) -> None:
        """`decision`: the text is a Decision, in which a verb of both kinds decides."""
        self._book = book
        self._language = language
        self._units = units.units
        self._lines = units.lines
        self._wrapped = units.wrapped
        self._decision = decision
        self._inline = _inline_pattern(language)

    def at(self, index: int) -> HeadingHere | None:
        """The heading that the unit begins with, or None."""
        unit = self._units[index]
        styled = unit.style == "heading"
        if not styled and not self._book.may_open(unit.text, self._language):
            return None
        match = self._book.match_heading(unit.text, self._language)
        if match is None or unit.table:
            return None
        if not styled and self._goes_on(index):
            return None
        return (
            self._alone(index, match)
            or self._before_label(index, match)
            or self._with_manner(index, match, styled=styled)
            or self._over_lines(index, match)
            or self._glued(index, match, styled=styled)
        )

    def unknown_at(self, index: int, *, closed: bool) -> bool:
        """Whether the unit looks like a heading whose words are in no table.

        `closed`: the section before it can have ended.
        """
        unit = self._units[index]
        text = unit.text
        if unit.style == "heading":
            return True
        following = self._units[index + 1] if index + 1 < len(self._units) else None
        if not closed or following is None or len(text) > 120 or self._goes_on(index):
            return False
        if ends_clause(text.rstrip(",，")) or text[0].isdigit() or unit.table:
            return False
        if text[0].isupper() or read_label(text) is not None or not text[0].isalpha():
            return False
        label = read_label(following.text)
        return label is not None and is_first(label) and not is_prose(following.text, label)

    def at_end(self, index: int) -> tuple[int, HeadingHere] | None:
        """A heading that ends the unit, its items in the next ones: where it starts, what it is.

        A converter put it behind the last item of the section before ("…, noting with
        appreciation"); that the labels begin anew below it shows what it is.
        """
        if index + 1 >= len(self._units):
            return None
        following = self._units[index + 1].text
        label = read_label(following)
        if label is None or not is_first(label):
            return None
        text = self._units[index].text
        if ends_clause(text):
            return None
        for cut in _last_stops(text):
            tail = text[cut:]
            lead = len(tail) - len(tail.lstrip())
            match = self._book.match_heading(tail.lstrip(), self._language)
            if match is None or match.start or not match.heads or tail.lstrip()[0].isupper():
                continue
            rest = tail.lstrip()[match.end :].strip()
            if rest and not (match.addressed and len(tail) < _LONGEST and _is_manner(rest)):
                continue
            names = match.addressees or (("other",) if rest and match.addressed else ())
            return cut + lead, HeadingHere(self._action(match), names, len(text) - cut - lead)
        return None

    def inside(self, index: int) -> tuple[tuple[int, HeadingHere], ...]:
        """Headings in the running text of the unit: ", instructs the Council to …".

        In a text whose lines were lost, a heading with the first label of its list behind it, too.
        """
        text = self._units[index].text
        found: dict[int, HeadingHere] = {}
        if self._inline is not None:
            for match in self._inline.finditer(text):
                heading = self._addressed_inside(text, match.end())
                if heading:
                    found[match.end()] = heading
        if len(text) > (_FLATTENED_CHINESE if self._language == "zh" else _FLATTENED):
            for match in _STOP.finditer(text):
                heading = self._listed_inside(text, match.end())
                if heading:
                    found[match.end()] = heading
        return tuple(sorted(found.items(), key=lambda entry: entry[0]))

    def _addressed_inside(self, text: str, at: int) -> HeadingHere | None:
        """An instruction to someone of the closed list, in the third person."""
        tail = text[at : at + _LONGEST]
        head = self._book.match_heading(tail, self._language)
        if head is None or head.start or not (head.addressed and head.addressees):
            return None
        if not _opens_instruction(tail[head.end :], self._language):
            return None
        return HeadingHere(self._action(head), head.addressees, head.end)

    def _listed_inside(self, text: str, at: int) -> HeadingHere | None:
        """A phrase, its addressees, and a list of at least two that begins right behind it."""
        if not self._book.may_open(text[at : at + 48], self._language):
            return None
        tail = text[at : at + _LONGEST]
        head = self._book.match_heading(tail, self._language)
        if head is None or head.start or not head.heads or tail[0].isupper():
            return None
        begin = head.end
        while begin < len(tail) and tail[begin] in " ,:，：":
            begin += 1
        label = read_label(tail, begin)
        if label is None or not is_first(label) or is_prose(tail, label):
            return None
        if not (self._language == "zh" and label.glued):  # nothing else is glued to a phrase
            second = _second_of(label)
            if not second or not re.search(second, text[at + label.end :]):
                return None
        return HeadingHere(self._action(head), head.addressees, begin)

    def _action(self, match: HeadingMatch) -> str:
        return match.united_nations if self._decision else match.action

    def _goes_on(self, index: int) -> bool:
        """Whether the line before ends in the middle of a sentence."""
        unit = self._units[index]
        if index == 0 or unit.new:
            return False
        before = self._units[index - 1].text
        if ends_clause(before):
            return False
        words = before.split()
        last = folded(words[-1]) if words else ""
        return last in _GOING_ON or before.endswith("-") or not self._is_pure(index)

    def _is_pure(self, index: int) -> bool:
        """Whether the line holds a heading and nothing else, so that it can be no wrapped line."""
        text = self._units[index].text
        match = self._book.match_heading(text, self._language)
        if match is None:
            return True
        rest = text[match.end :].strip(" ,:*，：،")
        if not rest:
            return True
        following = self._units[index + 1].text if index + 1 < len(self._units) else ""
        label = read_label(following)
        return (
            not ends_clause(text)
            and match.addressed
            and bool(match.addressees)
            and label is not None
            and is_first(label)
        )

    def _alone(self, index: int, match: HeadingMatch) -> HeadingHere | None:
        text = self._units[index].text
        rest = text[match.end :].strip(" \t\u00a0,:*，：،")
        if rest and not self._book.is_trailing(rest, self._language):
            return None
        return HeadingHere(self._action(match), match.addressees, len(text))

    def _before_label(self, index: int, match: HeadingMatch) -> HeadingHere | None:
        """A heading and its first item in one line: "resolves 1 that …", "做出决议1在建议…"."""
        text = self._units[index].text
        at = match.end
        while at < len(text) and text[at] in " \t\u00a0,:，：":
            at += 1
        label = read_label(text, at)
        if label is None or not is_first(label) or not match.heads:
            return None
        if is_prose(text, label) or self._upper_in_prose(index, match):
            return None
        return HeadingHere(self._action(match), match.addressees, at)

    def _with_manner(self, index: int, match: HeadingMatch, *, styled: bool) -> HeadingHere | None:
        """A heading with more than the table knows: another addressee, a manner clause."""
        text = self._units[index].text
        if len(text) > _LONGEST or not match.heads:
            return None
        rest = text[match.end :].strip()
        names = match.addressees or (("other",) if match.addressed else ())
        if styled:
            split = self._glued(index, match, styled=True) if ends_clause(text) else None
            return split or HeadingHere(self._action(match), names, len(text))
        if ends_clause(text) or not names:
            return None
        if index + 1 >= len(self._units) or self._upper_in_prose(index, match):
            return None
        following = self._units[index + 1].text
        label = read_label(following)
        begins = (label is not None and is_first(label)) or _begins_instruction(
            following, self._language
        )
        if not begins or (_begins_instruction(rest, self._language) and match.addressees):
            return None
        return HeadingHere(self._action(match), names, len(text))

    def _over_lines(self, index: int, match: HeadingMatch) -> HeadingHere | None:
        """A heading broken over up to four lines, with its first item below it or in its last."""
        if not (self._lines and match.heads and (match.addressed or match.addressees)):
            return None
        joined = self._units[index].text
        for over in range(1, 4):
            if index + over >= len(self._units) or not _may_go_on(joined):
                return None
            unit = self._units[index + over]
            if unit.blank or is_first_label(unit.text):
                return None
            if self._book.match_heading(unit.text, self._language):
                return None  # a heading of its own
            inside = self._item_in(unit.text)
            whole = inside or len(unit.text)
            joined = f"{joined} {unit.text[:whole].strip()}"
            if len(joined) > _LONGEST + 100:
                return None
            below = index + over + 1 < len(self._units) and is_first_label(
                self._units[index + over + 1].text
            )
            if inside or (below and not ends_clause(unit.text.rstrip(",:，："))):
                again = self._book.match_heading(joined, self._language)
                names = (again.addressees if again else ()) or match.addressees or ("other",)
                return HeadingHere(self._action(match), names, len(joined), over, whole)
        return None

    def _item_in(self, text: str) -> int:
        """Where the first label stands in the second line of a heading, 0 if it does not."""
        found = re.search(r"(?<=[^\W_])\s+(?=1\s[^\W\d_])", text[:160])
        if not found or ends_clause(text[: found.start()]):
            return 0
        if any(sign in text[: found.start()] for sign in ";:"):
            return 0
        return found.end()

    def _glued(self, index: int, match: HeadingMatch, *, styled: bool) -> HeadingHere | None:
        """A heading and its text in one paragraph: "resolves to express its warmest thanks …,"."""
        unit = self._units[index]
        text = unit.text
        if not match.heads or self._upper_in_prose(index, match):
            return None
        if not (styled or self._may_be_glued(index, match)):
            return None
        rest = text[match.end :]
        bare = rest.lstrip(" \t\u00a0,:，：")
        if not bare:
            return None
        begin = match.end + len(rest) - len(bare)
        if self._language == "zh":
            return HeadingHere(self._action(match), match.addressees, begin)
        if match.addressed and not match.addressees:
            opened = _instruction_in(rest, self._language)
            if opened is None:
                return None
            stated = rest[:opened].strip(" ,")
            names = ("other",) if stated else ()
            shift = len(rest[opened:]) - len(rest[opened:].lstrip())
            return HeadingHere(self._action(match), names, match.end + opened + shift)
        return HeadingHere(self._action(match), match.addressees, begin)

    def _may_be_glued(self, index: int, match: HeadingMatch) -> bool:
        """Whether prose that begins with the phrase can be the whole of a section here.

        Participles begin wrapped lines and second paragraphs, too ("taking into account …"): in
        lines they are believed only where a paragraph surely begins and ends.
        """
        unit = self._units[index]
        if not self._lines:
            return True
        if index and not self._units[index - 1].ended and not unit.blank:
            return False
        if self._book.part(match.action) == "operative":
            return not self._wrapped or unit.blank or self._language != "zh"
        if self._wrapped and not unit.blank and index:
            return False
        return unit.ended or self._language == "zh"

    def _upper_in_prose(self, index: int, match: HeadingMatch) -> bool:
        """A capital in a language that sets headings in small letters: a sentence begins."""
        text = self._units[index].text
        initial = text[match.start]
        if not initial.isupper():
            return False
        word = text[match.start :].split(maxsplit=1)[0]
        return not (len(word) > 2 and word.isupper())


def _may_go_on(heading: str) -> bool:
    """Whether the lines of a heading so far can be followed by another of its lines."""
    return not ends_clause(heading) or heading.endswith((",", "，"))


def is_first(label: Label) -> bool:
    """Whether the label can be the first of its list: a, 1, i, 1.1."""
    return not label.bis and any(map(is_first_reading, label.readings))


def is_first_label(text: str) -> bool:
    label = read_label(text)
    return label is not None and is_first(label)


_PROSE_AFTER_LABEL = re.compile(
    r"\s*(?:above|below|and|or|to|or|et|ou|ci-|y|o|supra|выше|и|или|[,;.)，；。）]|以上|和|至|、|及|中|所)(?!\w{4,}|\w*\s+the\s+\w+\s+(?:of|to))"
)


def is_prose(text: str, label: Label) -> bool:
    """Whether a label is a reference of a sentence: "considering a) above", "resolves 1 and 2".

    "1 to continue" is none: an infinitive follows the label of most instructions.
    """
    after = text[label.end : label.end + 40]
    if re.match(r"\s*to\s+[a-z]", after):
        return bool(re.match(r"\s*to\s+[0-9a-z]\b", after))
    return bool(_PROSE_AFTER_LABEL.match(after)) and not re.match(r"\s*(?:y|o|и)\w", after)


_STOP = re.compile(r"[,;.]\s+(?=[^\W\d_])|[，；。,;.]\s*(?=[\u3400-\u9fff])")


def _second_of(label: Label) -> str:
    """A pattern for the label that follows the first one of a list."""
    reading = next(filter(is_first_reading, label.readings))
    if reading.alphabet == "number":
        return r"[;,.；，。]\s*[(（]?2(?![0-9.,])" if label.bare else r"[(（]?2[)）.、]"
    if reading.alphabet == "letter":
        return r"[;,.:；，。：]\s*(?:(?:and|et|y|и)\s)?[(（]?[bBбв乙ب]\s?[)）.、-]"
    return r"[;,.:]\s*(?:(?:and|et|y|и)\s)?[(（]?ii[)）]" if reading.alphabet == "roman" else ""


def _last_stops(text: str) -> list[int]:
    """Offsets behind the last commas, semicolons and points of a text, the last one first."""
    found = [match.end() for match in re.finditer(r"[,;.，；。](?=\s|$)", text[-_LONGEST:])]
    offset = max(0, len(text) - _LONGEST)
    return [offset + at for at in reversed(found)][:6]


def _is_manner(rest: str) -> bool:
    return rest.startswith((",", "within", "each", "and", "in "))


_INSTRUCTION = {
    "en": re.compile(
        r"(?:^|(?<=[\s,]))(?=to\s+(?!the\b|a\b|an\b|its\b|this\b)[a-z])|(?<=\s)(?=that\s)"
    ),
    "fr": re.compile(
        r"(?:^|(?<=[\s,]))(?=(?:de|d'|d’|à)\s?[a-zéèê]+(?:er|ir|re|oir)\b)|(?<=\s)(?=que\s|qu['’])"
    ),
    "es": re.compile(
        r"(?:^|(?<=[\s,]))(?=(?:a\s+)?(?:que\s|[a-záéíóú]+(?:ar|er|ir)(?:se|lo|la|los|las)?\b))"
    ),
    "ru": re.compile(r"(?:^|(?<=[\s,]))(?=[а-яё]+(?:ть|ться|ти|чь)(?!\w))"),
    "ar": re.compile(r"(?:^|(?<=[\s,،]))(?=(?:أن|إلى|ب)\s?\w)"),
    "zh": re.compile(r"^"),
}


def _instruction_in(rest: str, language: str) -> int | None:
    """Where the instruction begins in what follows a verb and an addressee of another name."""
    match = _INSTRUCTION[language].search(rest[:_LONGEST])
    return match.start() if match else None


def _begins_instruction(text: str, language: str) -> bool:
    if language == "zh":
        return False
    match = _INSTRUCTION[language].match(text.lstrip(" ,"))
    return match is not None


def _opens_instruction(rest: str, language: str) -> bool:
    """Whether an instruction or a first label follows an addressee in running text."""
    bare = rest.lstrip(" ,")
    label = read_label(bare)
    if label is not None and is_first(label) and not is_prose(bare, label):
        return True
    return language != "zh" and _begins_instruction(bare, language)


_INLINE_VERBS = {
    "en": "instructs|invites|requests|encourages|urges|authorizes|calls upon",
    "fr": "charge|invite|prie|encourage|exhorte|autorise|demande",
    "es": "encarga|invita|pide|solicita|insta|alienta|autoriza|ruega",
    "ru": "поручает|предлагает|просит|призывает|настоятельно призывает|уполномочивает",
}


def _inline_pattern(language: str) -> re.Pattern[str] | None:
    verbs = _INLINE_VERBS.get(language)
    if verbs is None:
        return None
    return re.compile(rf"[,;.]\s+(?=(?:(?:further|also|далее|также)\s+)?(?:{verbs})(?!\w))")
