"""The language of a question or a document: one of six, or None when that cannot be told.

Script first, then function words and words of official names (data/languages.toml), so that a
question keeps its language whatever names, acronyms and citations stand in it: "WTSA 第75号决议
говорит о чём?" is Russian.
Words of neighbouring languages are counted too, so that German or Portuguese is not taken for one
of ours.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from corpus.clauses import LANGUAGES
from corpus.folding import folded
from corpus.tables import read_table

_DATA = Path(__file__).parent / "data" / "languages.toml"
_FAR = 4000  # characters that are looked at; more would not change the answer
_QUOTED = re.compile(r"[“«「『《\"][^”»」』》\"\n]{1,400}[”»」』》\"]")
_CITED = re.compile(
    r"""
    (?:itu-[rt])?第\s*[0-9〇零一二三四五六七八九十百()（）-]+\s*[号號](?:决议|決議|决定|決定|建议书?)?(?:[（(][^）)]{0,60}[）)])?
    | https?://\S+ | [\w-]+@[0-9]{4}(?:/[\w.-]+)*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]+")
_ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u0750-\u077f]+")
_ELSE = re.compile(
    r"[\u0370-\u03ff\u0530-\u05ff\u0900-\u109f\u10a0-\u11ff\u1200-\u139f\u1780-\u17ff\u3040-\u30ff"
    r"\u3130-\u318f\ua000-\ua4cf\uac00-\ud7af]"
)
_GREEK_SIGN = re.compile(r"(?<![\u0370-\u03ff])[\u0370-\u03ff](?![\u0370-\u03ff])")


@dataclass(frozen=True, slots=True)
class _Scripts:
    """The letters of a text by script, outside quotations and citations."""

    han: str
    cyrillic: tuple[str, ...]
    arabic: tuple[str, ...]
    latin: tuple[str, ...]
    other: int


def detect_language(text: str) -> str | None:
    """The language that `text` is written in, as ISO 639-1, or None.

    None for an empty text, for one without words (numbers, acronyms, names), for another language
    or script, and where two languages have as much to say.
    """
    sample = text[:_FAR]
    bare = _CITED.sub(" ", _QUOTED.sub(" ", sample))
    found = _language_of(_scripts(bare))
    return found if found is not _UNTOLD else _told(_language_of(_scripts(sample)))


_UNTOLD = "?"


def _told(language: str | None) -> str | None:
    return None if language == _UNTOLD else language


def _scripts(text: str) -> _Scripts:
    plain = _GREEK_SIGN.sub(" ", text)
    latin = []
    for word in _LATIN_WORD.findall(plain):
        if word[0] < "\u0250" or "\u1e00" <= word[0] < "\u1f00":
            latin.append(word.replace("’", "'"))
    return _Scripts(
        han="".join(_HAN.findall(plain)),
        cyrillic=tuple(_CYRILLIC.findall(plain)),
        arabic=tuple(_ARABIC.findall(plain)),
        latin=tuple(latin),
        other=len(_ELSE.findall(plain)),
    )


def _language_of(scripts: _Scripts) -> str | None:
    """One of six, None for another language, `_UNTOLD` when there is too little to say."""
    cyrillic = sum(map(len, scripts.cyrillic))
    arabic = sum(map(len, scripts.arabic))
    words = [word for word in scripts.latin if not _is_name(word)]
    latin = sum(map(len, words))
    ours = 2 * len(scripts.han) + cyrillic + arabic + latin
    if scripts.other and 3 * scripts.other >= ours - 2 * len(scripts.han):
        return None  # kana and Hangul stand between Han characters
    candidates: dict[str, float] = {}
    if scripts.han:
        candidates["zh"] = len(scripts.han) / 2 + 3 * _chinese_function(scripts.han)
    if cyrillic:
        candidates["cyrillic"] = cyrillic / 4 + 3 * _hits("ru", scripts.cyrillic)
    if arabic:
        candidates["arabic"] = arabic / 4 + 3 * _hits("ar", scripts.arabic)
    if words:
        candidates["latin"] = latin / 6 + 3 * _latin_function(words)
    if not candidates:
        return _UNTOLD
    best = max(candidates, key=lambda script: candidates[script])
    if best == "zh":
        return "zh"
    if best == "cyrillic":
        return "ru" if not _foreign_cyrillic(scripts.cyrillic) else None
    if best == "arabic":
        return "ar" if not _foreign_arabic(scripts.arabic) else None
    return _latin_language(words)


def _is_name(word: str) -> bool:
    """An acronym or a label: no word of a language ("WTSA", "ITU", "b")."""
    return (word.isupper() and 2 <= len(word) <= 7) or (len(word) == 1 and word not in "aàyeóoAYÀ")


@cache
def _words() -> Mapping[str, Mapping[str, float]]:
    """Folded word -> weight per language; a word that several languages share weighs less."""
    data = read_table(_DATA)
    weights: dict[str, dict[str, float]] = {}
    for language, lists in data["words"].items():
        for kind, factor in (("function", 1.0), ("other", 0.6), ("terms", 0.5)):
            for word in lists.get(kind, "").split():
                weights.setdefault(word, {}).setdefault(language, factor)
    for shares in weights.values():
        if len(shares) > 1:
            for language in shares:
                shares[language] *= 1.2 / len(shares)
    return weights


@cache
def _endings() -> tuple[tuple[str, str, float], ...]:
    data = read_table(_DATA)
    return tuple(
        (ending, language, 0.4)
        for language, endings in data["endings"].items()
        for ending in endings.split()
    )


def _hits(language: str, words: tuple[str, ...]) -> int:
    known = _words()
    return sum(language in known.get(word.lower(), ()) for word in words)


def _latin_function(words: list[str]) -> int:
    known = _words()
    return sum(bool(known.get(part)) for word in words for part in _parts(word))


def _parts(word: str) -> list[str]:
    """A word and what an apostrophe parts: "l'amnt" -> ["l'", "amnt"]."""
    lowered = word.lower()
    pieces = re.split(r"(?<=')", lowered)
    return [lowered] if len(pieces) == 1 else [lowered, *[piece for piece in pieces if piece]]


def _chinese_function(han: str) -> int:
    data = _words()
    singles = sum(character in data for character in han)
    pairs = sum(han[at : at + 2] in data for at in range(len(han) - 1))
    return min(singles + pairs, 12)


def _foreign_cyrillic(words: tuple[str, ...]) -> bool:
    """Letters or words of Ukrainian, Bulgarian, Serbian, Kazakh and others."""
    text = " ".join(words).lower()
    if re.search(r"[іїєґўјљњћђџѓќѕәғқңөұүһӣӯҳҷ]", text):
        return True
    known = _words()
    foreign = sum("bg" in known.get(word.lower(), ()) for word in words)
    return foreign > _hits("ru", words)


def _foreign_arabic(words: tuple[str, ...]) -> bool:
    """Letters or words of Persian, Urdu and others."""
    text = "".join(words)
    letters = len(re.findall(r"[پچژگکیےٹڈڑںہھۆێەڕڵ]", text))
    if letters > 0.02 * len(text):
        return True
    known = _words()
    foreign = sum("fa" in known.get(word, ()) for word in words)
    return foreign > _hits("ar", words)


def _latin_language(words: list[str]) -> str | None:
    scores: dict[str, float] = {}
    for word, times in Counter(words).items():
        for language, weight in _latin_weights(word):
            scores[language] = scores.get(language, 0.0) + times * weight
    if not scores:
        return _UNTOLD
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < 1e-9:
        return _UNTOLD
    best, score = ranked[0]
    if score < 0.39:
        return _UNTOLD
    return best if best in LANGUAGES else None


@lru_cache(maxsize=20_000)
def _latin_weights(word: str) -> tuple[tuple[str, float], ...]:
    """What one word says for each language: by being known, by its ending, by its letters."""
    known = _words()
    found: list[tuple[str, float]] = []
    for part in _parts(word):
        found.extend((known.get(part) or known.get(folded(part)) or {}).items())
    lowered = word.lower()
    found.extend(
        (language, weight)
        for ending, language, weight in _endings()
        if lowered.endswith(ending) and len(lowered) > len(ending) + 1
    )
    for letters, shown in _LETTERS:
        if any(letter in letters for letter in lowered):
            found.extend((language, 0.9 / len(shown)) for language in shown)
    return tuple(found)


_LETTERS = (
    ("ñ", ("es", "es2")),
    ("èêùûîœë", ("fr",)),
    ("ô", ("fr", "pt")),
    ("ç", ("fr", "pt", "tr")),
    ("à", ("fr", "it", "pt", "ca")),
    ("é", ("fr", "es", "pt")),
    ("áíú", ("es", "pt")),
    ("ó", ("es", "pt", "pl")),
    ("ãõ", ("pt",)),
    ("ìò", ("it",)),
    ("ß", ("de",)),
    ("äü", ("de", "tr", "sv")),
    ("ö", ("de", "tr", "sv")),
    ("åøæ", ("sv",)),
    ("łżźśćńęą", ("pl",)),
    ("ğşı", ("tr",)),
    ("řščžěů", ("cs",)),
    ("ășțâ", ("ro",)),
    ("őű", ("hu",)),
    ("đơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", ("vi",)),
)
