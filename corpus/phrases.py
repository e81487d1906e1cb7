"""The words by which sections open: phrase -> canonical action and addressees, and back.

The table is data (`data/phrases.toml`), six languages side by side, each form beside an example.
A phrase in print leads to one action in each language, an action to several phrases; where another
language chose another verb the printed one decides, so that clauses are aligned by position.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from corpus.clauses import LANGUAGES
from corpus.folding import Folded, fold, folded
from corpus.tables import read_table

Part = Literal["preamble", "operative"]

_DATA = Path(__file__).parent / "data" / "phrases.toml"

# Bodies whose name is masculine in Arabic: conference (مؤتمر), council (مجلس).
_MASCULINE_BODIES = frozenset({"pp", "wtdc", "wrc", "council", "unsc", "cgpm"})
_FAR = 320  # characters of a line within which a heading ends; the longest seen has 190
_FURTHER = "-further"


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """A section phrase at the head of a line; offsets lead into that line."""

    action: str  # canonical: "instructs", "considering-further"
    addressees: tuple[
        str, ...
    ]  # canonical names, in order; () when none of the closed list follows
    language: str
    start: int  # of the phrase
    verb_end: int  # end of the verb, a second verb ("resolves to instruct") included
    end: int  # end of the addressees; the same as verb_end without them
    numbered: str  # the action when the same words open a numbered paragraph
    united_nations: str  # the action of the same words in texts of that family
    heads: bool  # whether this verb is known to stand as a heading of its own in ITU texts
    addressed: bool  # whether this verb takes an addressee


@dataclass(frozen=True, slots=True)
class ActionMention:
    """The name of a section in running text."""

    action: str
    language: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AddresseeMention:
    """An addressee in running text; a list of bureaux under one "Directors of" is several."""

    addressee: str
    language: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Form:
    """One phrase in print."""

    action: str
    text: str
    masculine: str
    governs: str
    united_nations: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class _Action:
    name: str
    part: Part
    heads: bool
    addressed: bool
    numbered: str
    forms: Mapping[str, tuple[_Form, ...]]


@dataclass(frozen=True, slots=True)
class _Tongue:
    """What one language needs to be matched: compiled once."""

    language: str
    starters: frozenset[str]  # first words (Chinese: first characters) that can open a phrase
    opening: re.Pattern[str]
    mention: re.Pattern[str]
    further_words: frozenset[str]
    actions: Mapping[str, str]  # folded form -> action
    united_nations: Mapping[str, str]  # folded form -> action there, where it is another
    expressed: tuple[tuple[str, re.Pattern[str]], ...]  # what follows "expressing"
    determiners: re.Pattern[str]
    joiners: re.Pattern[str]
    trailing: frozenset[str]
    addressees: tuple[tuple[str, re.Pattern[str]], ...]
    anyone: re.Pattern[str]
    directors: re.Pattern[str]
    bureaux: tuple[tuple[str, str, re.Pattern[str]], ...]  # name, its director, pattern


class Phrasebook:
    """All phrases of all languages; build one with `phrasebook()`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._grammar: Mapping[str, Any] = table["grammar"]
        self._actions = {name: _action(name, entry) for name, entry in table["actions"].items()}
        self._addressees: Mapping[str, Any] = table["addressees"]
        self._table = table
        self._compiled: dict[str, _Tongue] = {}

    @property
    def actions(self) -> tuple[str, ...]:
        """The canonical actions, without their "-further" variants."""
        return tuple(self._actions)

    @property
    def addressees(self) -> tuple[str, ...]:
        """The closed list of canonical English names, "other" at its end."""
        return (*self._addressees, "other")

    def addressees_at(self, text: str, language: str) -> tuple[str, ...]:
        """Those whom a text names at its beginning: "the TSAG in collaboration with …"."""
        names, _ = _addressee_chain(self._tongue(language), fold(text[:_FAR]).text, 0)
        return names

    def is_addressed(self, action: str) -> bool:
        """Whether the verb of an action takes an addressee."""
        entry = self._actions.get(_base(action))
        return entry is not None and entry.addressed

    def is_trailing(self, words: str, language: str) -> bool:
        """Whether words may end a heading that stands alone: "that" of "considering that"."""
        return folded(words).strip() in self._tongue(language).trailing

    def part(self, action: str) -> Part | None:
        """Preamble or operative part; None for an action that is not in the table ("unknown")."""
        entry = self._actions.get(_base(action))
        return entry.part if entry else None

    def match_heading(self, line: str, language: str | None = None) -> HeadingMatch | None:
        """The phrase at the head of `line`, the longest that fits; None if there is none.

        Without `language` all languages of the line's script are tried. What follows the phrase is
        the caller's to judge: a heading with nothing behind it, a run-on text, or mere prose.
        """
        best: HeadingMatch | None = None
        for tongue in self._candidates(line, language):
            found = self._match(tongue, line)
            if found and (best is None or found.end > best.end):
                best = found
        return best

    def match_opening(self, paragraph: str, language: str | None = None) -> HeadingMatch | None:
        """The same for a paragraph that opens with its own verb ("Recalling its resolution …")."""
        return self.match_heading(paragraph, language)

    def may_open(self, line: str, language: str) -> bool:
        """Whether a phrase of the language can open the line: cheap, not certain."""
        return _first_word(line, language) in self._tongue(language).starters

    def phrase(
        self, action: str, addressees: Iterable[str], language: str, *, body: str = "wtsa"
    ) -> str:
        """The official wording of a heading: "charge le Directeur du TSB", "责成电信标准化局主任".

        Arabic verbs agree with the gender of `body`. Addressees outside the closed list are left
        out, and so are those of verbs that take none. An action without a form in the language is
        given in English; one outside the table ("unknown") as "".
        """
        entry = self._actions.get(_base(action))
        if entry is None:
            return ""
        if not entry.forms.get(language):
            if language == "en":
                return ""
            return self.phrase(action, addressees, "en")
        form = entry.forms[language][0]
        verb = form.masculine if form.masculine and body in _MASCULINE_BODIES else form.text
        if action.endswith(_FURTHER):
            verb = self._grammar[language]["further"].format(verb)
        if not entry.addressed:
            return verb
        names = [
            self._addressee_after_verb(name, language, form.governs)
            for name in addressees
            if name in self._addressees
        ]
        return _joined(verb, names, language)

    def find_actions(self, text: str) -> tuple[ActionMention, ...]:
        """Mentions of sections by name in running text, in order, without overlap."""
        found = []
        for language in _languages_of_script(text):
            tongue = self._tongue(language)
            view = fold(text)
            for match in tongue.mention.finditer(view.text):
                action = self._mentioned(tongue, match, view)
                if action:
                    start, end = view.span(*match.span("phrase"))
                    found.append(ActionMention(action, language, start, end))
        return _longest_first(found)

    def find_addressees(self, text: str) -> tuple[AddresseeMention, ...]:
        """Mentions of addressees in running text, in order, without overlap."""
        found: list[AddresseeMention] = []
        view = fold(text)
        for language in _languages_of_script(text):
            tongue = self._tongue(language)
            at = 0
            while match := tongue.anyone.search(view.text, at):
                names, end = _addressees_at(tongue, view.text, match.start())
                if not names:
                    at = match.start() + 1
                    continue
                start, stop = view.span(match.start(), end)
                found += [AddresseeMention(name, language, start, stop) for name in names]
                at = end
        return _longest_first(found)

    def _tongue(self, language: str) -> _Tongue:
        """The patterns of one language, compiled when they are first asked for."""
        if language not in self._compiled:
            self._compiled[language] = _tongue(language, self._table, self._actions)
        return self._compiled[language]

    def _candidates(self, line: str, language: str | None) -> Iterable[_Tongue]:
        for code in (language,) if language else _languages_of_script(line[:80]):
            if self.may_open(line, code):
                yield self._tongue(code)

    def _match(self, tongue: _Tongue, line: str) -> HeadingMatch | None:
        view = fold(line[:_FAR])
        match = tongue.opening.match(view.text)
        if match is None:
            return None
        action = self._actions[tongue.actions[match["form"]]]
        around = f"{match['before']} {match['after']}"
        further = any(word in around for word in tongue.further_words)
        verb_end = match.end()
        names, end = _addressee_chain(tongue, view.text, verb_end)
        suffix = _expressed(tongue, action.name, view.text, match.end())
        suffix += _FURTHER if further else ""
        elsewhere = tongue.united_nations.get(match["form"], action.name)
        return HeadingMatch(
            action=action.name + suffix,
            addressees=names,
            language=tongue.language,
            start=view.span(match.start("phrase"), match.end())[0],
            verb_end=view.span(match.start(), verb_end)[1],
            end=view.span(match.start(), end)[1],
            numbered=(action.numbered or action.name) + suffix,
            united_nations=elsewhere + suffix,
            heads=action.heads,
            addressed=action.addressed,
        )

    def _mentioned(self, tongue: _Tongue, match: re.Match[str], view: Folded) -> str:
        """The action that is mentioned; "" where the words are too common to mean a section."""
        form = match["form"]
        if form not in tongue.actions:
            form = form.replace("-", " ")
        action = self._actions[tongue.actions[form]]
        if not (action.heads or action.name == "decides"):
            return ""
        if tongue.language == "zh" and len(form) == 1:
            names, _ = _addressee_chain(tongue, view.text, match.end())
            if not names:
                return ""
        around = f"{match['before']} {match['after']}"
        further = any(word in around for word in tongue.further_words)
        return action.name + (_FURTHER if further else "")

    def _addressee_after_verb(self, name: str, language: str, governs: str) -> str:
        entry = self._addressees[name]
        if language == "ru" and governs == "accusative" and "accusative" in entry:
            return str(entry["accusative"])
        return str(entry["after"][language])


@cache
def phrasebook() -> Phrasebook:
    """The phrasebook of this package; read once."""
    return Phrasebook(read_table(_DATA))


def examples(table: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Every (action, language, example line) of a table, for the test that holds it to them."""
    for name, entry in table["actions"].items():
        for language in LANGUAGES:
            for form in entry.get(language, ()):
                yield name, language, form["example"]


@cache
def _base(action: str) -> str:
    """The action of the table that this is a variant of."""
    plain = action.removesuffix(_FURTHER)
    for verb in _EXPRESSING:
        if plain.startswith(f"{verb}-"):
            return verb
    return plain


_EXPRESSING = ("expressing", "expresses")
_NEAR = 70  # characters behind "expressing" within which its object stands


def _mentioning(words: Iterable[str], language: str) -> re.Pattern[str]:
    edge = "" if language == "zh" else r"\b"
    return re.compile(rf"{edge}(?:{_alternatives(words)}){edge}")


def _expressed(tongue: "_Tongue", action: str, text: str, at: int) -> str:
    """ "-concern" behind "expressing its grave concern"; "" for other verbs and other objects."""
    if action not in _EXPRESSING:
        return ""
    found = []
    for name, pattern in tongue.expressed:
        match = pattern.search(text, at, at + _NEAR)
        if match:
            found.append((match.start(), name))
    return f"-{min(found)[1]}" if found else ""


def _action(name: str, entry: Mapping[str, Any]) -> _Action:
    forms = {
        language: tuple(
            _Form(
                action=name,
                text=form["form"],
                masculine=form.get("masculine", ""),
                governs=form.get("governs", "dative"),
                united_nations=form.get("united_nations", ""),
                confirmed=form.get("confirmed", True),
            )
            for form in entry.get(language, ())
        )
        for language in LANGUAGES
    }
    return _Action(
        name=name,
        part=entry["part"],
        heads=entry.get("heading", False),
        addressed=entry.get("addressed", False),
        numbered=entry.get("numbered", ""),
        forms=forms,
    )


def _tongue(language: str, table: Mapping[str, Any], actions: Mapping[str, _Action]) -> _Tongue:
    grammar = table["grammar"][language]
    known: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for action in actions.values():
        for form in action.forms[language]:
            for written in filter(None, (form.text, form.masculine)):
                known.setdefault(folded(written), action.name)
                if form.united_nations:
                    elsewhere[folded(written)] = form.united_nations
    before = [*grammar["further_before"], *grammar["manner_before"]]
    after = [*grammar["further_after"], *grammar["manner_after"]]
    opening, mention = _phrase_patterns(
        language,
        forms=known,
        before=before,
        after=after,
        second=grammar["second"],
        conjunctions=grammar["conjunctions"],
    )
    first = [*known, *before, *grammar["conjunctions"]]
    if language == "ar":
        first += [f"و{folded(form)}" for form in known]
    bureaux = tuple(
        (name, entry["director"], _compiled(entry[language], language))
        for name, entry in table["bureaux"].items()
    )
    directors = _directors(language, table)
    addressees = [
        (name, _compiled(pattern, language))
        for name, entry in table["addressees"].items()
        for pattern in entry[language]
    ]
    anyone = [pattern.pattern for _, pattern in addressees]
    anyone += [directors.pattern, *(pattern.pattern for _, _, pattern in bureaux)]
    further = [*grammar["further_before"], *grammar["further_after"]]
    return _Tongue(
        language=language,
        starters=frozenset(_first_word(word, language) for word in first),
        opening=opening,
        mention=mention,
        further_words=frozenset(
            folded(word) for word in further if word not in _NO_FURTHER.get(language, ())
        ),
        actions=known,
        united_nations=elsewhere,
        expressed=tuple(
            (name, _mentioning(words, language))
            for name, words in table["expressed"][language].items()
        ),
        determiners=_words(grammar["determiners"], language),
        joiners=_words(grammar["joiners"], language),
        trailing=frozenset(map(folded, grammar["trailing"])),
        addressees=tuple(addressees),
        anyone=re.compile("|".join(anyone)),
        directors=directors,
        bureaux=bureaux,
    )


# Words that may stand before a verb and mean no second section of the same action.
_NO_FURTHER: Mapping[str, tuple[str, ...]] = {"zh": ("并", "再")}


def _phrase_patterns(
    language: str,
    *,
    forms: Iterable[str],
    before: Iterable[str],
    after: Iterable[str],
    second: Iterable[str],
    conjunctions: Iterable[str],
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The phrase at the head of a line, and anywhere."""
    gap = "" if language == "zh" else r"\s+"
    edge = "" if language == "zh" else r"(?!\w)"
    lead = "و?" if language == "ar" else ""
    named = _alternatives(forms)
    first = rf"(?:(?:{_alternatives(conjunctions)}){gap})?" if list(conjunctions) else ""
    prefix = (
        rf"(?P<before>(?:(?:{_alternatives(before)}){gap})*?)" if list(before) else "(?P<before>)"
    )
    suffix = (
        rf"(?P<after>(?:{gap}(?:{_alternatives(after)}){edge})*)" if list(after) else "(?P<after>)"
    )
    then = rf"(?:\s*,?\s*(?:{_alternatives(second)}){edge})?"
    phrase = rf"(?P<phrase>{lead}{prefix}(?P<form>{named}){edge}{suffix}{then})"
    anywhere = rf"(?P<phrase>{lead}{prefix}(?P<form>{named}){edge}{suffix})"
    boundary = "" if language == "zh" else r"(?<!\w)"
    return (
        re.compile(rf"[\s\"'(«]*{first}{phrase}"),
        re.compile(boundary + anywhere.replace(" ", "[ -]").replace(r"\s+", r"[\s-]+")),
    )


def _alternatives(words: Iterable[str]) -> str:
    """Longest first; one space stands for any."""
    unique = sorted({folded(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in unique)


def _words(words: Iterable[str], language: str) -> re.Pattern[str]:
    """One of the words with the white space around it."""
    pieces = []
    for word in sorted({folded(word) for word in words}, key=lambda word: (-len(word), word)):
        lettered = word[-1].isalpha() and language != "zh" and word != "و"
        pieces.append(re.escape(word) + (r"(?!\w)" if lettered else ""))
    return re.compile(rf"\s*(?:{'|'.join(pieces)})\s*")


def _compiled(pattern: str, language: str) -> re.Pattern[str]:
    """A pattern of the table; outside Chinese it stands between the edges of words."""
    plain = pattern.replace("’", "'")
    plain = folded_pattern(plain)
    if language == "zh":
        return re.compile(rf"(?:{plain})")
    return re.compile(rf"(?<!\w)(?:{plain})(?!\w)")


def folded_pattern(pattern: str) -> str:
    """A regular expression whose letters are folded like the text that it is held against.

    Its own signs are ASCII and keep their meaning; only other characters are folded.
    """
    return "".join(folded(sign) if ord(sign) > 0x7F else sign for sign in pattern)


_OF = {
    "en": (
        r"\s+(?:of|for)\s+(?:the\s+)?",
        r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:of\s+)?(?:the\s+)?",
    ),
    "fr": (
        r"\s+(?:du|de la|de l'|des)\s*",
        r"(?:\s*,\s*(?:et\s+)?|\s+et\s+)(?:du\s+|de la\s+|le\s+|la\s+|de l')?",
    ),
    "es": (
        r"\s+(?:de la|del|de las)\s+",
        r"(?:\s*,\s*(?:y\s+)?|\s+y\s+)(?:de la\s+|del\s+|la\s+|a la\s+)?",
    ),
    "ru": (r"\s+", r"(?:\s*,\s*(?:и\s+)?|\s+и\s+)"),
    "ar": (r"\s+", r"(?:\s*,\s*|\s+)و?"),
    "zh": ("", r"\s*(?:,|和|及|以及|与|并)\s*"),
}


def _directors(language: str, table: Mapping[str, Any]) -> re.Pattern[str]:
    """The director or directors of one or more bureaux, with their names."""
    director = folded_pattern(table["directors"][language].replace("’", "'"))
    bureau = "|".join(
        folded_pattern(entry[language].replace("’", "'")) for entry in table["bureaux"].values()
    )
    of, and_ = _OF[language]
    if language == "zh":
        return re.compile(rf"(?:{bureau})(?:{and_}(?:{bureau}))*(?:的)?(?:{director})")
    return re.compile(rf"(?<!\w)(?:{director}){of}(?:{bureau})(?!\w)(?:{and_}(?:{bureau})(?!\w))*")


def _addressee_chain(tongue: _Tongue, text: str, at: int) -> tuple[tuple[str, ...], int]:
    """The addressees that follow `at` one after the other, and where the last one ends."""
    names: list[str] = []
    end = at
    while True:
        found, stop = _addressees_behind(tongue, text, end)
        if not found:
            return tuple(dict.fromkeys(names)), end if names else at
        names += found
        end = stop
        after = _behind_joiner(tongue, text, end)
        if after is None:
            return tuple(dict.fromkeys(names)), end
        end = after


def _behind_joiner(tongue: _Tongue, text: str, at: int) -> int | None:
    """Where the next addressee of a list can be looked for; None at the end of the list."""
    if tongue.language == "ar":  # the word "and" is the first letter of the name
        bare = at + len(text[at:]) - len(text[at:].lstrip())
        if bare > at and _addressees_at(tongue, text, bare)[0]:
            return bare
    joined = tongue.joiners.match(text, at)
    if not joined:
        return None
    return joined.end() if _addressees_behind(tongue, text, joined.end())[0] else None


def _addressees_behind(tongue: _Tongue, text: str, at: int) -> tuple[list[str], int]:
    """The next addressee, articles before it skipped: "the", "all the", "tous les"."""
    while at < len(text) and text[at].isspace():
        at += 1
    for _ in range(4):
        found, stop = _addressees_at(tongue, text, at)
        if found:
            return found, stop
        article = tongue.determiners.match(text, at)
        if not article or article.end() == at:
            break
        at = article.end()
    return [], at


def _addressees_at(tongue: _Tongue, text: str, at: int) -> tuple[list[str], int]:
    """The addressee whose name starts at `at`, the longest that fits; several for directors."""
    if not tongue.anyone.match(text, at):
        return [], at
    best: list[str] = []
    end = at
    match = tongue.directors.match(text, at)
    if match:
        listed = [
            (found.start(), director)
            for _, director, pattern in tongue.bureaux
            for found in pattern.finditer(text, at, match.end())
        ]
        best, end = [director for _, director in sorted(listed)], match.end()
    for name, pattern in tongue.addressees:
        match = pattern.match(text, at)
        if match and match.end() > end:
            best, end = [name], match.end()
    for name, _, pattern in tongue.bureaux:
        match = pattern.match(text, at)
        if match and match.end() > end:
            best, end = [name], match.end()
    return best, end


def _joined(verb: str, names: list[str], language: str) -> str:
    """Verb and addressees as one heading of the language."""
    if not names:
        return verb
    if language == "zh":
        listed = names[0] if len(names) == 1 else "、".join(names[:-1]) + "和" + names[-1]
        return verb + listed
    comma, last = _LISTING[language]
    listed = names[0] if len(names) == 1 else comma.join(names[:-1]) + last + names[-1]
    if language == "es" and verb.endswith(" a"):
        verb = verb.removesuffix(" a")
    if language == "fr" and verb.endswith(" à"):
        verb = verb.removesuffix(" à")
        listed = _with_preposition(listed)
    return f"{verb} {listed}"


_LISTING = {
    "en": (", ", " and "),
    "fr": (", ", " et "),
    "es": (", ", " y "),
    "ru": (", ", " и "),
    "ar": ("، ", " و"),
}


def _with_preposition(listed: str) -> str:
    for article, joined in (("les ", "aux "), ("le ", "au ")):
        if listed.startswith(article):
            return joined + listed.removeprefix(article)
    return f"à {listed}"


_WORD = re.compile(r"\w+(?:'(?=\w))?")


def _first_word(line: str, language: str) -> str:
    """The first word of a line, folded; in Chinese its first character."""
    head = line[:48].lstrip(" \t\n\r\"'«“(（\u00a0\u3000\u200e\u200f\u202b\ufeff")
    if not head:
        return ""
    if language == "zh":
        return folded(head[0])
    match = _WORD.match(folded(head[:24]))
    return match.group() if match else ""


_SCRIPTS = (
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0620-\u06ff]")),
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def _languages_of_script(text: str) -> list[str]:
    found = [language for language, script in _SCRIPTS if script.search(text)]
    return [*found, *(("en", "fr", "es") if _LATIN.search(text) else ())]


_Mention = TypeVar("_Mention", ActionMention, AddresseeMention)


def _longest_first(mentions: list[_Mention]) -> tuple[_Mention, ...]:
    """Without overlaps: the longer one stays; of one span in several languages the first."""
    kept: list[_Mention] = []
    ranked = sorted(mentions, key=lambda m: (m.start - m.end, m.start))
    for mention in ranked:
        clash = [m for m in kept if m.start < mention.end and mention.start < m.end]
        same = [m for m in clash if (m.start, m.end) == (mention.start, mention.end)]
        if not clash or (len(clash) == len(same) and same[0].language == mention.language):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda m: (m.start, m.end)))
