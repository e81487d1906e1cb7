"""The termbank: one concept, its names and acronyms in six languages, found in any text.

Names are data (`data/terms.toml`); the rules by which a name is recognised are here:

- A name written in capitals only ("PP", "WHO") is matched in capitals only, for in small letters
  it may be another word; a concept marked `anycase` has acronyms that no word looks like.
- Every other name is matched in any case, with or without Latin accents, in any inflection that
  leaves its meaning alone. Snowball stems bring the candidates; since its stems also join what is
  apart here (developing and developed countries, accessibility and access, Recommendation and
  recommended), English, French and Spanish words must then differ by an ending of number or
  gender only. Russian words are stripped of their endings of case and number.
- Arabic words are matched without vowel signs and tatweel, with one form of alef, ya and ta
  marbuta, with or without attached conjunctions and prepositions. The article may be absent or
  present, but a name of a single word with the article is a name only with it.
- Chinese needs no word boundaries; traditional characters of the names are read as simplified.
- Hyphens of all kinds, slashes, ampersands, apostrophes and quotation marks only separate words;
  other punctuation must stand as it does in the name. French and Spanish articles and
  prepositions (and English "the" and "of") inside a name may come, go or change.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import Stemmer

from corpus.clauses import LANGUAGES
from corpus.tables import read_table

KINDS = (
    "body",  # conferences, assemblies, councils, groups and secretariats of ITU and the UN
    "organization",  # other organizations, and the agencies as a whole
    "office",  # a post held by a person
    "sector",
    "membership",  # kinds of members and of other parties
    "process",  # summits, forums, programmes that go on
    "outcome",  # documents and agendas that came of them
    "instrument",  # treaties, kinds of documents, plans, money
    "concept",
    "technology",
    "countries",  # groups of countries
    "unit",  # metrology
    "peace",  # vocabulary of the Security Council
)

_DATA = Path(__file__).parent / "data" / "terms.toml"
_RECENT = 4  # texts: each step of answering looks the same question up again


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that has a name in several languages."""

    id: str
    kind: str  # one of KINDS
    names: Mapping[str, tuple[str, ...]] = field(hash=False)  # per language, official name first
    source: str = ""  # the document that it belongs to, where its name does not say so
    anycase: bool = False  # names in capitals are also met in small letters ("wsis")

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.id}: {self.kind!r} is no kind: {', '.join(KINDS)}")
        if unknown := set(self.names) - set(LANGUAGES):
            raise ValueError(f"{self.id}: names in unknown languages {sorted(unknown)}")


@dataclass(frozen=True, slots=True)
class TermMatch:
    """A name of a concept in a text: `text[start:end]`."""

    concept: Concept
    start: int
    end: int
    language: str  # of the matched name; "" if the same name serves in several languages


@lru_cache(maxsize=1)
def load_termbank() -> "Termbank":
    """The termbank that comes with the product, read once."""
    return termbank_from(read_table(_DATA)["concept"])


def termbank_from(records: Iterable[Mapping[str, object]]) -> "Termbank":
    """The termbank of records as they stand in `terms.toml`; raises ValueError for an odd one."""
    return Termbank(_concept(record) for record in records)


class Termbank:
    """Concepts, and a dictionary of all their names."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts: tuple[Concept, ...] = tuple(concepts)
        self._by_id = {concept.id: concept for concept in self.concepts}
        if len(self._by_id) < len(self.concepts):
            raise ValueError("two concepts of the termbank share an id")
        self._entries = _entries_by_opening(self.concepts)
        self._roots = {language: _Node() for language in LANGUAGES}
        self._growing = Lock()  # the web page asks from several threads
        self._recently_found = lru_cache(maxsize=_RECENT)(self._find)

    def names(self, concept_id: str, language: str) -> tuple[str, ...]:
        """The concept's names, the official one first; () if it has none in that language.

        Raises KeyError for an unknown concept.
        """
        return self._by_id[concept_id].names.get(language, ())

    def find(self, text: str) -> tuple[TermMatch, ...]:
        """The concepts named in `text`, in its order: the longest names first, none overlapping."""
        return self._recently_found(text)

    def _find(self, text: str) -> tuple[TermMatch, ...]:
        tokens = _tokens(text)
        found: dict[tuple[int, int], dict[int, _Reading]] = {}
        for first in range(len(tokens)):
            for language, position, last, as_listed in self._names_from(tokens, first):
                span = (tokens[first].start, tokens[last].end)
                reading = found.setdefault(span, {}).setdefault(position, _Reading())
                reading.languages.setdefault(language, False)
                reading.languages[language] |= as_listed
        taken: list[TermMatch] = []
        covered = bytearray(len(text))
        for start, end in sorted(found, key=lambda span: (span[0] - span[1], span[0])):
            if not any(covered[start:end]):
                rivals = found[start, end]
                position = min(rivals, key=lambda key: (rivals[key].rank, key))
                language = rivals[position].language
                taken.append(TermMatch(self.concepts[position], start, end, language))
                covered[start:end] = b"\x01" * (end - start)
        return tuple(sorted(taken, key=lambda match: match.start))

    def _names_from(
        self, tokens: Sequence["_Token"], first: int
    ) -> Iterator[tuple[str, int, int, bool]]:
        """Language, concept, last token of each name that opens at a token; is it as listed?"""
        for language in tokens[first].labels:
            root = self._root(language, tokens[first])
            for states, last in _walk(root, tokens, first, language):
                for state in states:
                    for position in state.node.concepts:
                        yield language, position, last, state.as_listed

    def _root(self, language: str, token: "_Token") -> "_Node":
        """The language's tree, with all the names that may open with this token grown into it.

        A name joins the tree when its first word is first met, which keeps start-up short.
        """
        root = self._roots[language]
        with self._growing:
            for label in token.labels[language]:
                for name in self._entries.pop((language, label), ()):
                    _grow(root, name)
        return root


# Names -> tree


@dataclass(slots=True)
class _Node:
    """A place in the tree of names: what may follow, and whose names end here."""

    following: dict[str, dict[str, "_Node"]] = field(default_factory=dict)  # label -> word -> node
    concepts: list[int] = field(default_factory=list)  # positions in the termbank


class _Name(NamedTuple):
    text: str
    language: str
    concept: int  # position in the termbank
    case: str  # "exact": only as written; "any": its letters in any case; "word": inflected


@dataclass(frozen=True, slots=True)
class _State:
    """A name being read: how far, and how."""

    node: _Node
    passed: int  # articles and prepositions passed over since the last word
    acronym: bool  # inside one in capitals nothing may be passed over
    as_listed: bool  # so far each word is the name's own, not an inflection of it


@dataclass(slots=True)
class _Reading:
    """The languages in which a stretch of text is a name of one concept."""

    languages: dict[str, bool] = field(default_factory=dict)  # -> is it a name just as listed?

    @property
    def rank(self) -> tuple[bool, int]:
        """Lower is better, among concepts that claim the same words: as listed, then by number."""
        return not any(self.languages.values()), -len(self.languages)

    @property
    def language(self) -> str:
        """The one language of the name; of several, the one that has it just so; else ""."""
        best = [language for language, as_listed in self.languages.items() if as_listed]
        candidates = best or list(self.languages)
        return candidates[0] if len(candidates) == 1 else ""


def _concept(record: Mapping[str, object]) -> Concept:
    names = record["names"]
    if not isinstance(names, Mapping) or not all(isinstance(names[key], list) for key in names):
        raise ValueError(f"{record['id']}: names must be a table of languages with a list each")
    return Concept(
        id=str(record["id"]),
        kind=str(record["kind"]),
        names={language: tuple(listed) for language, listed in names.items()},
        source=str(record.get("source", "")),
        anycase=bool(record.get("anycase", False)),
    )


def _entries_by_opening(concepts: Sequence[Concept]) -> dict[tuple[str, str], list[_Name]]:
    entries: dict[tuple[str, str], list[_Name]] = {}
    for position, concept in enumerate(concepts):
        for language, names in concept.names.items():
            for text in names:
                cases = ["word"]
                if text.isupper():
                    cases = ["exact", "any"] if concept.anycase else ["exact"]
                for case in cases:
                    name = _Name(text, language, position, case)
                    label, _ = next(_steps(name), ("", ""))
                    if not label:
                        raise ValueError(f"{concept.id}: no word in the name {text!r}")
                    entries.setdefault((language, label), []).append(name)
    return entries


def _grow(root: _Node, name: _Name) -> None:
    node = root
    for label, word in _steps(name):
        node = node.following.setdefault(label, {}).setdefault(word, _Node())
    if name.concept not in node.concepts:
        node.concepts.append(name.concept)


def _steps(name: _Name) -> Iterator[tuple[str, str]]:
    """The labels on the way to a name's node; with each the word it came from, "" if exact."""
    passed_over = _PASSED_OVER.get(name.language, frozenset()) if name.case == "word" else ()
    for match in _TOKEN.finditer(name.text):
        kind, word = match.lastgroup, _unmarked(match[0])
        folded = _folded(word)
        if kind is None or folded in passed_over:
            continue
        if kind == "arabic":
            yield _arabic_label(word, alone=match[0] == name.text), ""
        elif kind not in {"latin", "cyrillic"}:
            yield folded, ""
        elif name.case == "exact":
            yield f"={word}", ""
        elif name.case == "any" or _has_no_endings(word, kind, name.language):
            yield f"~{folded}", ""
        else:
            yield _stem(name.language, folded), folded


def _has_no_endings(word: str, kind: str, language: str) -> bool:
    """Whether a word of a name is an acronym, or stands in a name of another script."""
    acronym = len(word) > 1 and word.isupper()
    return acronym or (kind == "latin") != (language in _ENDINGS)


# Text -> tokens


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    folded: str
    labels: Mapping[str, tuple[str, ...]]  # per language, the edges of its tree that it may follow


# Signs that may stand inside a word and say nothing: soft hyphen, zero-width and direction marks,
# combining accents, Arabic vowel signs.
_UNSEEN = (
    r"\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    r"\u0300-\u036f\u064b-\u065f\u0670\u06d6-\u06ed"
)
_SOFT = (
    r"\s\-\u2010-\u2015\u2212\ufe63\uff0d\u30fb\u00b7_/\u2044\uff0f&\uff06+\uff0b"
    r"'’‘ʼ＇`´\"“”„‟«»‹›《》〈〉「」『』＂*"
)
_LATIN = (
    r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
    r"\uff21-\uff3a\uff41-\uff5a"
)
_CYRILLIC = r"\u0400-\u052f"
_ARABIC = (
    r"\u0620-\u064a\u066e-\u066f\u0671-\u06d3\u06d5\u06ee-\u06ef\u06fa-\u06ff"
    r"\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
)
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(
    rf"""
      (?P<latin>    \d* [{_LATIN}] (?: [{_UNSEEN}]* [{_LATIN}\d] )* [\u0300-\u036f]* )
    | (?P<cyrillic> [{_CYRILLIC}] (?: [{_UNSEEN}]* [{_CYRILLIC}\d] )* [\u0300-\u036f]* )
    | (?P<arabic>   [{_ARABIC}] (?: [{_UNSEEN}]* [{_ARABIC}] )* [\u064b-\u065f\u0670]* )
    | (?P<number>   \d+ )
    | (?P<han>      [{_HAN}] )
    | (?P<gap>      [ \t]* \r?\n [ \t]* \r?\n )          # an empty line ends what came before
    | [{_SOFT}{_UNSEEN}]+?                               # between words, no token
    | (?P<sign>     . )
    """,
    re.VERBOSE | re.DOTALL,
)


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(match.start(), match.end(), *_labels(match.lastgroup, match[0]))
        for match in _TOKEN.finditer(text)
        if match.lastgroup
    ]


@lru_cache(maxsize=20_000)
def _labels(kind: str, printed: str) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """The folded form of a token, and the labels it may stand for in each language."""
    word = _unmarked(printed)
    folded = _folded(word)
    if kind == "latin":
        acronyms = [f"={word}", f"~{folded}"]
        if re.fullmatch(r"[A-Z\d]{2,}s", word):  # "SDGs"
            acronyms += [f"={word[:-1]}", f"~{folded[:-1]}"]
        return folded, {
            language: (*acronyms, _stem(language, folded)) if language in _ENDINGS else (*acronyms,)
            for language in LANGUAGES
        }
    if kind == "cyrillic":
        return folded, {"ru": (f"={word}", f"~{folded}", _stem("ru", folded))}
    if kind == "arabic":
        return folded, {"ar": _arabic_forms(word)}
    if kind == "han":
        return folded, {"zh": (folded,)}
    return folded, dict.fromkeys(LANGUAGES, (folded,))


def _walk(
    root: _Node, tokens: Sequence[_Token], first: int, language: str
) -> Iterator[tuple[list[_State], int]]:
    """The states reached after each token from the first on, until no name goes on."""
    states = [_State(root, 0, acronym=False, as_listed=True)]
    passed_over = _PASSED_OVER.get(language, frozenset())
    for last in range(first, len(tokens)):
        token = tokens[last]
        reached = [
            _State(
                node,
                0,
                acronym=label.startswith("="),
                as_listed=state.as_listed and word in ("", token.folded),
            )
            for state in states
            for label in token.labels.get(language, ())
            for word, node in state.node.following.get(label, {}).items()
            if not word or _same_word(language, word, token.folded)
        ]
        if reached:
            yield reached, last
        if last > first and token.folded in passed_over:  # two at most: "de la"
            reached += [
                replace(state, passed=state.passed + 1)
                for state in states
                if state.passed < 2 and not state.acronym
            ]
        if not reached:
            return
        states = reached


# Words


def _unmarked(printed: str) -> str:
    """The token in common width, without signs that are not seen, and without Latin accents."""
    if printed.isascii():
        return printed
    plain = re.sub(rf"[{_UNSEEN}]", "", unicodedata.normalize("NFKC", printed))
    if not re.match(rf"\d*[{_LATIN}]", plain):  # й is no accented и, أ is folded elsewhere
        return plain
    return re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", plain))


def _folded(word: str) -> str:
    if word.isdigit():
        return "".join(str(unicodedata.digit(digit)) for digit in word)
    return word.casefold().replace("ё", "е").translate(_SIMPLIFIED)


# What may be passed over inside a name, without accents.
_PASSED_OVER = {
    "en": frozenset(("the", "of")),
    "fr": frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux")),
    "es": frozenset(("de", "del", "la", "las", "el", "los", "lo", "al", "a")),
}

# Endings of number and gender (accents taken off); two forms of one word differ by two of these
# after what they have in common.
_ENDINGS = {
    language: frozenset(("", *endings.split()))
    for language, endings in (
        ("en", "s es y ies"),
        ("fr", "s x e es l ux le les ne nes te tes f fs ve ves eur eurs rice rices euse euses"),
        ("es", "s es o os a as e"),
    )
}

# Endings in s that are no plural (país), or one that Snowball itself undoes (policies).
_NO_PLURAL = {"en": ("ss", "is", "us", "ies"), "fr": (), "es": ("is", "us")}

_STEMMERS = {
    "en": Stemmer.Stemmer("english"),
    "fr": Stemmer.Stemmer("french"),
    "es": Stemmer.Stemmer("spanish"),
}

# Endings of Russian nouns, adjectives and participles; two letters of the word must be left.
_REFLEXIVE = re.compile(r"(?<=\w{4})ся$")
_RUSSIAN_ENDING = re.compile(
    r"(?<=\w{2})(?:[ео]го|[ео]му|[иыьая]ми|[аяиы]х|[аеиоыя]м|[ео]в|[аеиоуыэюяйь])$"
)

_AMERICAN = {
    "programme": "program",
    "programmes": "programs",
    "centre": "center",
    "centres": "centers",
    "defence": "defense",
    "licence": "license",
    "licences": "licenses",
    "labour": "labor",
    "metre": "meter",
    "metres": "meters",
    "litre": "liter",
    "litres": "liters",
    "kilometre": "kilometer",
    "kilometres": "kilometers",
}
_ISE = re.compile(r"(?<=[a-z]{3})is(ation|ations|e|es|ed|ing|er|ers)$")


@lru_cache(maxsize=50_000)
def _stem(language: str, folded: str) -> str:
    """The Snowball stem; plurals are undone first, for it takes some of them for verbs.

    (French commissions becomes "comm", Spanish gobiernos "gobi", and without their accents
    contribución and contribuciones part; English leaves words without vowels, "sdgs", alone.)
    Russian words lose their endings of case and number only: Snowball takes устав and разрыв for
    verbs, but not уставом and разрывом.
    """
    if language == "ru":
        return _russian_stem(folded)
    if language == "en":
        folded = _american(folded)
    if len(folded) > 3 and not folded.endswith(_NO_PLURAL[language]):
        folded = folded.removesuffix("s")
        if language == "es":
            folded = folded.removesuffix("e")
    stem: str = _STEMMERS[language].stemWord(folded)
    return stem


def _russian_stem(folded: str) -> str:
    """The word without endings; taken off again and again, so that систем and система agree."""
    stem = _REFLEXIVE.sub("", folded)
    while (shorter := _RUSSIAN_ENDING.sub("", stem)) != stem:
        stem = shorter
    return stem


def _american(folded: str) -> str:
    """One spelling for words that ITU writes with z or s, -me or -m, -re or -er."""
    return _AMERICAN.get(folded) or _ISE.sub(r"iz\1", folded)


@lru_cache(maxsize=50_000)
def _same_word(language: str, one: str, other: str) -> bool:
    """Whether two words (folded, with the same stem) differ by number or gender at most."""
    if language == "ru":
        return True  # its stems lack nothing else
    if language == "en":
        one, other = _american(one), _american(other)
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    endings = _ENDINGS[language]
    return one[shared:] in endings and other[shared:] in endings


_ARABIC_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None}
)


def _arabic(word: str) -> str:
    plain = word.translate(_ARABIC_LETTERS)
    # Sound masculine plurals: المندوبون and المندوبين.
    return f"{plain[:-2]}ين" if len(plain) > 4 and plain.endswith("ون") else plain


def _arabic_label(word: str, *, alone: bool) -> str:
    plain = _arabic(word)
    if plain.startswith("ال") and len(plain) > 4 and not alone:
        return plain[2:]
    return plain


def _arabic_forms(word: str) -> tuple[str, ...]:
    """The word, and what it may be without و or ف, without ب, ل or ك, without the article."""
    plain = _arabic(word)
    forms = [plain]
    if len(plain) > 3 and plain[0] in "وف":
        forms.append(plain[1:])
    for form in tuple(forms):
        if len(form) > 3 and form[0] in "بلك":
            forms.append(form[1:])
        if len(form) > 3 and form.startswith("لل"):  # ل and ال run together
            forms += [f"ال{form[2:]}", f"ال{form[1:]}"]
    forms += [form[2:] for form in forms if len(form) > 4 and form.startswith("ال")]
    return tuple(dict.fromkeys(forms))


# Traditional characters that occur in names of the termbank, each before its simplified form.
_TRADITIONAL = (
    "與与專专業业兩两個个為为舉举義义習习書书爭争亞亚產产眾众會会傳传倫伦偽伪價价體体餘余償偿兒儿關关興兴冊册軍军農农決决況况凍冻準准減减擊击創创別别辦办務务動动勞劳"
    "勢势區区醫医協协單单衛卫參参雙双發发變变號号後后員员響响團团圍围國国場场塊块壇坛聲声處处備备復复複复頭头獎奖婦妇學学實实審审憲宪寬宽對对尋寻導导爾尔層层嶼屿島岛"
    "幣币師师帶带廣广庫库應应廢废開开棄弃彌弥彈弹強强當当錄录徑径徵征總总戰战戶户執执擴扩掃扫擾扰護护報报擔担擬拟揮挥損损換换據据攤摊敵敌數数時时無无術术機机權权來来"
    "構构標标樹树樣样檢检歐欧殘残毀毁氣气匯汇溝沟濟济測测溫温滾滚濫滥滅灭災灾點点熱热狀状獨独環环現现電电療疗監监盜盗確确礙碍離离種种稱称穩稳竊窃競竞筆笔籌筹類类"
    "係系繫系紅红纖纤約约級级綱纲納纳線线組组細细織织終终經经絡络絕绝統统續续維维纜缆編编縮缩網网羅罗罰罚聯联職职脅胁腦脑獲获營营範范薩萨補补裝装製制見见觀观規规視视"
    "計计認认讓让訓训議议訊讯講讲論论設设證证評评識识詞词譯译試试詢询諮咨語语請请諾诺課课調调諒谅譜谱貝贝負负財财責责賬账帳账貨货質质貧贫貼贴費费資资賑赈賠赔賴赖趨趋"
    "躍跃踐践蹤踪車车軌轨轉转軟软輕轻輯辑輸输達达遷迁過过運运進进遠远連连適适選选遺遗郵邮鐘钟鑰钥銫铯銀银鏈链長长門门問问閏闰間间聞闻隊队階阶際际陸陆險险隱隐難难靜静"
    "項项顧顾預预領领頻频題题額额風风駐驻驗验齡龄臺台萬万於于遊游註注佈布衝冲佔占迴回託托"
)
_SIMPLIFIED = str.maketrans(_TRADITIONAL[::2], _TRADITIONAL[1::2])
