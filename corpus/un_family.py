"""The United Nations family: no headings, every paragraph opens with its own verb.

"Recalling …," is a clause of the section `recalling`; "4. Requests …" the item 4 of `requests`.
Neighbouring paragraphs of one action form one section. What opens with no verb goes on with the
paragraph before it.
"""

import re
from dataclasses import replace

from corpus.annexes import read_annex_head
from corpus.clauses import Revision
from corpus.folding import folded
from corpus.labels import Label, Place, Sequence, read_label
from corpus.outline import Outline
from corpus.phrases import HeadingMatch, Phrasebook
from corpus.text import ends_clause
from corpus.units import Unit, Units

_QUOTES = ' \t\u00a0“”"«»‘’„'
_SUBJECT = re.compile(
    r"""
    (?:
        (?:the|la|le|el|l')\x20?
        (?:[^\W\d_][\w'’.-]*\x20){0,5}?
        (?:conference|assembly|council|committee|commission|board|conference\x20generale|assemblee
          |conseil|comite|conferencia|asamblea|consejo|junta)
      | (?:генеральная\x20)?(?:ассамблея|конференция)|совет|комитет
      | (?:第.{1,8}[届屆])?(?:联合国|聯合國)?
        (?:大会|大會|安全理事会|安全理事會|理事会|全会|全權代表大会|会议)
      | ان\x20(?:الجمعيه|مجلس|المجلس|الموتمر|موتمر|اللجنه)|(?:الجمعيه|مجلس|الموتمر)
    )
    (?P<tail>[^.;:\n]{0,120}?)
    """,
    re.VERBOSE,
)
_CLOSING = re.compile(
    r"""
    adopted\x20(?:unanimously|at|by|without|on)|adoptee?\x20(?:a|par|lors|sans)|aprobada\x20|adoptada\x20|принята?\x20
    |\[?adopted\x20|第.{1,8}次(?:会议|會議)|在第.{1,8}次.{0,8}(?:通过|通過)|اتخذ|اعتمد
    |[0-9]{1,3}(?:st|nd|rd|th|e|a|-е)?\x20(?:plenary|seance|sesion|пленарное)
    """,
    re.VERBOSE,
)
_DIVIDER = re.compile(r"[A-Z]|[IVX]{1,5}")
_LETTERED_TITLE = re.compile(r"(?:[A-Z]|[IVX]{1,4})\.\s+[A-Z]")
_CONNECTIVE = re.compile(r"(?:therefore|hence|en consequence|por (?:lo )?tanto|поэтому|因此)[,:]?")
_TRAILING = 40  # units below the last clause that may belong to a closing formula


class UnReader:
    """Reads the units of one document into its outline."""

    def __init__(
        self,
        units: Units,
        outline: Outline,
        book: Phrasebook,
        revision: Revision,
        *,
        opening: str = "",
    ) -> None:
        """`opening`: the words in which the body speaks, "The Security Council,"."""
        self._units = units.units
        self._view = units.view
        self._wrapped = units.wrapped
        self._outline = outline
        self._book = book
        self._language = revision.language
        self._body = revision.body
        self._speaker = folded(opening)
        self._sequence = Sequence()
        self._action = ""  # of the run of paragraphs that is open
        self._addressees: tuple[str, ...] = ()  # of the paragraph that is open
        self._annex = False
        self._spoke_at = -1  # index of the last unit that names the body alone
        self._small = self._opens_in_small_letters()

    def read(self) -> None:
        for index, unit in enumerate(self._units):
            if self._closes(index):
                self._outline.discard("closing-formula", unit.start, self._units[-1].end)
                return
            self._unit(index, unit)

    def _unit(self, index: int, unit: Unit) -> None:
        begins = self._begins_paragraph(index)
        if begins and self._is_annex(unit):
            return
        if self._annex:
            self._annex_text(index, unit)
            return
        if begins and self._is_divider(index, unit):
            self._outline.heading("division", (unit.start, unit.end))
            return
        start = unit.start + len(unit.text) - len(unit.text.lstrip(_QUOTES))
        label = read_label(self._view.text, start, end=unit.end)
        if label is not None and begins and self._item(index, unit, label):
            return
        if begins:
            text = self._view.text[start : unit.end]
            if self._is_subject(text):
                self._outline.discard("preamble-opening", unit.start, unit.end)
                self._action = ""
                self._spoke_at = index
                return
            opening = self._opening(text, start)
            if opening is not None and self._is_cased(unit, start):
                self._open_run(opening[0].united_nations, opening)
                self._sequence = Sequence()
                self._addressees = opening[0].addressees
                self._outline.open_item(None, label=None, addressees=self._addressees)
                self._outline.extend(unit.start, unit.end)
                return
        self._go_on(unit)

    # --- paragraphs

    def _begins_paragraph(self, index: int) -> bool:
        unit = self._units[index]
        if index == 0 or unit.new:
            return True
        before = self._units[index - 1]
        if before.ended or not self._wrapped or self._spoke_at == index - 1:
            return True
        return before.text.rstrip().endswith((" and", " et", " y", " и"))

    def _is_cased(self, unit: Unit, start: int) -> bool:
        """Whether a verb at a line's head opens a paragraph: not in small letters where the text
        sets its verbs in capitals, for there a sentence goes on."""
        return not self._view.text[start].islower() or self._small or unit.new

    def _opens_in_small_letters(self) -> bool:
        """Whether most lines that open with a verb open with a small letter."""
        small = large = 0
        for unit in self._units:
            text = unit.text.lstrip(_QUOTES)
            if self._book.may_open(text, self._language) and self._book.match_opening(
                text, self._language
            ):
                small += text[0].islower()
                large += text[0].isupper()
        return small > large

    def _opening(self, text: str, start: int) -> tuple[HeadingMatch, int, int] | None:
        """The verb with which a paragraph opens, its subject skipped, and where it stands."""
        skip = self._subject_before_verb(text)
        match = self._book.match_opening(text[skip:], self._language)
        if match is None:
            return None
        return match, start + skip + match.start, start + skip + match.verb_end

    def _subject_before_verb(self, text: str) -> int:
        """Length of "The Security Council " before its verb; 0 if the paragraph opens otherwise."""
        match = _SUBJECT.match(folded(text[:80]))
        if not match or len(folded(text[:80])) != len(text[:80]):
            return 0
        end = match.end()
        rest = text[end:].lstrip(" ,")
        if rest and self._book.match_opening(rest, self._language):
            return len(text) - len(rest)
        return 0

    def _is_subject(self, text: str) -> bool:
        """Whether the body alone is named: "The Security Council,"."""
        if len(text) > 200:
            return False
        bare = text.rstrip(' ,，،:：“”"')
        match = _SUBJECT.fullmatch(folded(bare))
        if match is None:
            return False
        if self._speaker.startswith(folded(bare)):
            return True
        return text.rstrip()[-1:] in ",，،:：" and not text.lstrip(_QUOTES)[0].islower()

    def _open_run(self, action: str, opening: tuple[HeadingMatch, int, int]) -> None:
        if action == self._action and self._outline.section is not None:
            return
        match, first, last = opening
        self._outline.open_section(
            action, heading=None, phrase=(first, last), addressees=match.addressees
        )
        self._action = action

    def _open_unknown(self, unit: Unit, why: str) -> None:
        self._outline.problem("unknown-opening", f"“{unit.text[:60]} …” {why}", unit.start)
        if self._action != "unknown":
            self._outline.open_section("unknown", heading=None)
            self._action = "unknown"

    # --- items

    def _item(self, index: int, unit: Unit, label: Label) -> bool:
        """Begin a numbered paragraph or a lettered item below one."""
        text = self._view.text
        begin = label.end
        while begin < unit.end and text[begin].isspace():
            begin += 1
        opening = self._opening(text[begin : unit.end], begin) if begin < unit.end else None
        label = self._disambiguated(index, label)
        top = self._sequence.top()
        numeric = any(r.alphabet == "number" for r in label.readings) and label.style != "()"
        place = self._sequence.continues(label)
        if place is None:
            place = self._started(label, opening, numeric=numeric)
        if place is None and not label.bare:
            place = self._sequence.drifts(label) or self._sequence.skips(label)
        if place is None and opening is not None and not self._sequence.levels:
            place = self._sequence.skips(label)
        if place is None:
            return False
        if place.skipped:
            self._outline.problem(
                "missing-label",
                f"“{text[label.start : label.end]}” follows an item that is not the one before it",
                label.start,
            )
        below = len(place.path) == 1 and (
            self._below_stem() if numeric else self._below_paragraph(opening, top is None)
        )
        if len(place.path) == 1 and not below:
            if opening is not None:
                self._open_run(self._numbered(opening[0]), opening)
                self._addressees = opening[0].addressees
            elif not self._verb_stands_alone():
                self._open_unknown(unit, "opens with no known verb")
        self._outline.open_item(
            place.path,
            label=(unit.start, label.end),
            below=below,
            addressees=self._addressees,
        )
        self._outline.extend(self._second_label(begin, unit), unit.end)
        return True

    def _second_label(self, begin: int, unit: Unit) -> int:
        """Open the sub-item whose label stands right behind its item's: "10. (a) …"."""
        text = self._view.text
        second = read_label(text, begin, end=unit.end)
        if second is None or second.style != "()":
            return begin
        place = self._sequence.starts(second)
        if place is None:
            return begin
        self._outline.open_item(
            place.path, label=(second.start, second.end), addressees=self._addressees
        )
        return second.end

    def _started(
        self,
        label: Label,
        opening: tuple[HeadingMatch, int, int] | None,
        *,
        numeric: bool,
    ) -> Place | None:
        if not self._sequence.levels and not numeric and self._outline.item is None:
            return self._sequence.starts(label) if opening else None
        if label.bare and self._sequence.levels:
            return None
        return self._sequence.starts(label)

    def _below_stem(self) -> bool:
        """Whether a number goes on with an unnumbered paragraph: "PRIE le Directeur :", 1), 2)."""
        section = self._outline.section
        if section is None or not section.items:
            return False
        stem = next((item for item in reversed(section.items) if item.path is None), None)
        if stem is None or not stem.segments or self._verb_stands_alone():
            return False
        start, end = stem.segments[-1]
        return self._view.text[start:end].endswith((":", "："))

    def _below_paragraph(self, opening: tuple[HeadingMatch, int, int] | None, fresh: bool) -> bool:
        """Whether a letter stands below an unnumbered paragraph rather than being operative."""
        item = self._outline.item
        if item is None:
            return False
        ends = self._outline.text_of_item().rstrip()
        if opening is not None and not ends.endswith((":", "：")) and fresh:
            return False
        section = self._outline.section
        return section is not None and any(one.path is None for one in section.items)

    def _verb_stands_alone(self) -> bool:
        """Whether numbered paragraphs share a verb that stands above them: "Decides:"."""
        section = self._outline.section
        if section is None or not section.items or not self._action:
            return False
        alone = next((item for item in reversed(section.items) if item.path is None), None)
        if alone is None or len(alone.segments) != 1:
            return False
        start, end = alone.segments[0]
        stated = self._view.text[start:end]
        match = self._book.match_opening(stated, self._language)
        return match is not None and not stated[match.end :].strip(" ,:，：،")

    def _numbered(self, match: HeadingMatch) -> str:
        """The action of a numbered paragraph; Chinese verbs are the same in both parts."""
        return match.numbered if self._language == "zh" else match.united_nations

    def _disambiguated(self, index: int, label: Label) -> Label:
        """ "(i)" is a letter after "(h)" unless "(ii)" follows; otherwise a Roman figure."""
        alphabets = {reading.alphabet for reading in label.readings}
        if not {"letter", "roman"} <= alphabets:
            return label
        letter = next(r for r in label.readings if r.alphabet == "letter")
        roman = next(r for r in label.readings if r.alphabet == "roman")
        after_letter = any(
            level.alphabet == "letter" and level.place[0] + 1 == letter.place[0]
            for level in self._sequence.levels
        )
        after_roman = any(
            level.alphabet == "roman" and level.place[0] + 1 == roman.place[0]
            for level in self._sequence.levels[-1:]
        )
        follows = self._next_label(index)
        next_roman = follows is not None and any(
            r.alphabet == "roman" and r.place[0] == roman.place[0] + 1 for r in follows.readings
        )
        keep = "letter" if after_letter and not after_roman and not next_roman else "roman"
        return replace(label, readings=tuple(r for r in label.readings if r.alphabet == keep))

    def _next_label(self, index: int) -> Label | None:
        for unit in self._units[index + 1 : index + 60]:
            label = read_label(unit.text.lstrip(_QUOTES))
            if label is not None and (unit.new or unit.text[:1] in "(（"):
                return label
        return None

    # --- what is no clause

    def _go_on(self, unit: Unit) -> None:
        """More of the open item, or the first words of all, which open with no verb."""
        if self._outline.section is None or (not self._action and self._outline.item is not None):
            if self._outline.section is None and _CONNECTIVE.fullmatch(folded(unit.text)):
                self._outline.discard("connective", unit.start, unit.end)
                return
            self._open_unknown(unit, "opens with no known verb")
            self._outline.open_item(None, label=None)
        elif _CONNECTIVE.fullmatch(folded(unit.text)):
            self._outline.discard("connective", unit.start, unit.end)
            return
        self._outline.extend(unit.start, unit.end)

    def _is_divider(self, index: int, unit: Unit) -> bool:
        """A capital or a figure alone on its line, or a short title between two paragraphs."""
        if _LETTERED_TITLE.match(unit.text) and self._is_title(index):
            return True
        if not (unit.new or index == 0):
            return False
        if _DIVIDER.fullmatch(unit.text):
            return True
        if index + 1 >= len(self._units) or len(unit.text) > 100 or unit.ended:
            return False
        following = self._units[index + 1]
        bare = following.text.lstrip(_QUOTES)
        label = read_label(bare)
        opens = self._book.match_opening(
            bare[label.end :].lstrip() if label else bare, self._language
        )
        return (
            following.new
            and opens is not None
            and unit.text[0].isupper()
            and read_label(unit.text) is None
            and not self._book.match_opening(unit.text, self._language)
            and not self._is_subject(unit.text)
        )

    def _is_title(self, index: int) -> bool:
        """Whether a short line without an end has a labelled paragraph below it."""
        unit = self._units[index]
        if len(unit.text) > 100 or unit.ended or index + 1 >= len(self._units):
            return False
        following = self._units[index + 1]
        return following.new and read_label(following.text.lstrip(_QUOTES)) is not None

    def _closes(self, index: int) -> bool:
        """Whether the closing formula begins here, with no clause behind it."""
        unit = self._units[index]
        if self._outline.item is None or len(self._units) - index > _TRAILING:
            return False
        if not (unit.new or self._units[index - 1].ended):
            return False
        if not _CLOSING.match(folded(unit.text[:80]).lstrip(_QUOTES)):
            return False
        for later in self._units[index + 1 :]:
            bare = later.text.lstrip(_QUOTES)
            label = read_label(bare)
            if (
                label is not None
                and not label.bare
                and self._book.match_opening(bare[label.end :].lstrip(), self._language)
            ):
                return False
            if read_annex_head(bare):
                return False
        return True

    def _is_annex(self, unit: Unit) -> bool:
        head = read_annex_head(unit.text, styled=unit.style == "annex", body=self._body)
        if head is None or self._outline.section is None:
            return False
        self._outline.open_section(
            head.name, heading=(unit.start, unit.start + head.end), annex=True
        )
        self._annex = True
        self._sequence = Sequence()
        if head.end < len(unit.text):
            self._outline.extend(unit.start + head.end, unit.end)
        return True

    def _annex_text(self, index: int, unit: Unit) -> None:
        """Text of an annex: labelled items, and paragraphs where one surely begins."""
        label = read_label(unit.text)
        if label is not None and self._begins_paragraph(index):
            here = read_label(self._view.text, unit.start, end=unit.end)
            place = self._sequence.continues(label) or self._sequence.starts(label)
            if place and here:
                self._outline.open_item(place.path, label=(here.start, here.end))
                self._outline.extend(here.end, unit.end)
                return
        item = self._outline.item
        plain = unit.text[:1].isupper() or not unit.text[:1].isalpha()
        bullet = unit.text[:1] in "*•–-+."
        if (
            item is not None
            and item.path is None
            and plain
            and not bullet
            and unit.new
            and ends_clause(self._outline.text_of_item())
            and not self._outline.text_of_item().endswith((":", "："))
        ):
            self._outline.open_item(None, label=None)
        self._outline.extend(unit.start, unit.end)
