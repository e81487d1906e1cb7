"""Slips of the keyboard in a question, mended for matching; the question is shown as it was asked.

Only a word that neither the lexicon of the field nor a general dictionary knows is mended, and only
to the one word of the field that is nearest to it: capitals ("smsi"), a letter or two, one Chinese
character. The lexicon is the termbank, the vocabulary, the addressees, and the words that questions
are put in, and in other languages the official names in English; the dictionaries are those of
pyspellchecker and, for all forms of Russian words, of pymorphy3. In Chinese there is none, words
run together, and ordinary ones are a character apart as often as they are misspelt: there only
official names are mended to, and only by a character that is typed alike (pinyin). What is mended
wrongly is read wrongly: of 5,820 correct questions in each language (`embeddings.pairs`) 77 in
Chinese and 89 in Russian were once changed, now 3 and 1.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from assistant.query import question_words
from corpus.languages import detect_language
from corpus.phrases import phrasebook
from corpus.terms import load_termbank
from embeddings.vocabulary import all_names, find_words, stem

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

SHORTEST = 5  # letters of a word that is mended by distance; shorter ones are near too much
LONG = 10  # letters of a word in which two slips are mended
ENDING = 2  # letters in which the forms of a word differ, where words have many
INFLECTED = ("es", "fr", "ru")
OTHER_SCRIPTS = ("ar", "ru")  # where a word in Latin letters is read as English
SHORTEST_HAN = 4  # characters of a Chinese name that one wrong character may stand in

_PARTICLES = "的了和与及在是对为把被就请"  # right where they stand, whatever name is near
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’]t(?!\w))?")  # "couldn't" is one word
_HAN = re.compile(rf"[\u3400-\u9fff]{{{SHORTEST_HAN},}}")


def mended(question: str, language: str | None = None) -> str:
    """The question with near known words for its unknown ones; itself if there are none."""
    language = language or detect_language(question) or "en"
    if language == "zh":
        question = _HAN.sub(lambda run: _mended_han(run.group()), question)
        language = "en"  # of the words that are left
    return _WORD.sub(lambda match: _mended_word(match.group(), language), question)


def _mended_word(word: str, language: str) -> str:
    if word.isupper():
        return word
    if word[0].isascii() and language in OTHER_SCRIPTS:
        language = "en"
    key = _folded(word)
    known = _lexicon(language).get(key)
    if known is not None:
        # Known: as it is, but for an acronym in small letters that is no other word.
        acronym = known.isupper() and len(known) >= 3 and word.islower()
        return known if acronym and key not in _dictionary(language) else word
    if len(key) < SHORTEST or word[0].isupper() or _is_word(word, language):
        return word
    return _nearest(key, language) or word


@cache
def _nearest(key: str, language: str) -> str | None:
    """The word of the field within one step (two in long words), None when none or several are.

    One of the language goes before an English one. Another ending is no slip: no dictionary has all
    forms of a verb, and "decidió" is not the infinitive.
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415
    from rapidfuzz.process import extract  # noqa: PLC0415

    steps = 2 if len(key) >= LONG else 1
    lexicon = _lexicon(language)
    candidates = [word for word in lexicon if word[0] == key[0]]
    found = extract(key, candidates, scorer=OSA.distance, score_cutoff=steps, limit=8)
    best = [word for word, distance, _ in found if distance == found[0][1]]
    best = [word for word in best if word in _words(language)] or best
    if language in INFLECTED and any(_is_another_form(key, word) for word in best):
        return None
    stems = {stem(word, language) for word in best}
    return lexicon[best[0]] if len(stems) == 1 else None


def _is_another_form(key: str, word: str) -> bool:
    """Whether words differ in their ending alone, and not by letters that changed their places."""
    stem_length = len(key) - ENDING
    ending = key[stem_length:]
    return word[:stem_length] == key[:stem_length] and sorted(word[stem_length:]) != sorted(ending)


@cache
def _is_word(word: str, language: str) -> bool:
    """Whether a word is one of the language, in any form of it that the dictionaries can tell."""
    if language == "ru" and _russian().word_is_known(word.casefold()):
        return True
    key = _folded(word)
    return key in _dictionary(language) or stem(key, language) in _stems(language)


@cache
def _russian() -> "MorphAnalyzer":
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 (0.1 s, for an unknown word only)

    return MorphAnalyzer(lang="ru")


@cache
def _dictionary(language: str) -> frozenset[str]:
    from spellchecker import SpellChecker  # noqa: PLC0415 (0.2 s, for an unknown word only)

    words = SpellChecker(language=language).word_frequency
    return frozenset(_folded(word) for word in words.words())


@cache
def _stems(language: str) -> frozenset[str]:
    words = (
        (*_dictionary(language), *_lexicon(language))
        if language in ("ar", "es")
        else _lexicon(language)
    )
    return frozenset(stem(word, language) for word in words)


def _mended_han(run: str) -> str:
    """A run of Chinese characters with the names in it mended, the longest first.

    What reaches into a known word is no name: the first of 可持续行动计划 are not 可持续性.
    """
    names, lengths = _han_names()
    at = 0
    pieces = []
    while at < len(run):
        mended_to = ""
        for length in lengths:
            window = run[at : at + length]
            if len(window) < length:
                continue
            if window in names:
                mended_to = window
                break
            near = _one_character_off(window)
            if near and not {at, at + length} & _inside_of_words(run):
                mended_to = near
                break
        pieces.append(mended_to or run[at])
        at += len(mended_to) or 1
    return "".join(pieces)


def _inside_of_words(run: str) -> frozenset[int]:
    """The places in a run of Chinese characters that lie inside of a known word."""
    spans = [(term.start, term.end) for term in load_termbank().find(run)]
    spans += [(word.start, word.end) for word in find_words(run, "zh")]
    return frozenset(at for start, end in spans for at in range(start + 1, end))


def _one_character_off(window: str) -> str:
    neighbours = _han_neighbours()
    found = set()
    for place in range(1, len(window)):
        name = neighbours.get(f"{window[:place]}_{window[place + 1 :]}", "")
        if name and window[place] not in _PARTICLES and _typed_alike(window[place], name[place]):
            found.add(name)
    return found.pop() if len(found) == 1 else ""


@cache
def _typed_alike(one: str, other: str) -> bool:
    """Whether two Chinese characters have a reading in common, without tones.

    Nor do zh and z, ch and c, sh and s count as different: many speakers hear none.
    """
    return not _readings(one).isdisjoint(_readings(other))


@cache
def _readings(character: str) -> frozenset[str]:
    from pypinyin import Style, pinyin  # noqa: PLC0415 (0.1 s, for a near name only)

    readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(re.sub(r"(?<=^[zcs])h", "", reading) for reading in readings)


@cache
def _han_names() -> tuple[frozenset[str], tuple[int, ...]]:
    names = frozenset(
        name for name in _official_names("zh") if len(name) >= SHORTEST_HAN and _HAN.fullmatch(name)
    )
    return names, tuple(sorted({len(name) for name in names}, reverse=True))


@cache
def _han_neighbours() -> Mapping[str, str]:
    """A name with one character left open -> the name; "" where that fits several."""
    neighbours: dict[str, str] = {}
    for name in _han_names()[0]:
        for place in range(len(name)):
            key = f"{name[:place]}_{name[place + 1 :]}"
            neighbours[key] = "" if key in neighbours else name
    return neighbours


@cache
def _lexicon(language: str) -> Mapping[str, str]:
    """Folded word -> the word as it is written: of one language, and of official English names."""
    return {**_words_of(_official_names("en")), **_words(language)}


@cache
def _words(language: str) -> Mapping[str, str]:
    """The same of that language alone."""
    return _words_of(_names(language))


def _words_of(names: Iterable[str]) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for name in names:
        for word in _WORD.findall(name):
            words.setdefault(_folded(word), word)
    return words


def _names(language: str) -> Iterable[str]:
    yield from _official_names(language)
    yield from all_names(language)
    yield from question_words(language)


def _official_names(language: str) -> Iterable[str]:
    for concept in load_termbank().concepts:
        yield from concept.names.get(language, ())
    book = phrasebook()
    for action in book.actions:
        yield book.phrase(action, (), language)
        yield book.phrase(f"{action}-further", (), language)
    for addressee in book.addressees:
        yield book.phrase("instructs", (addressee,), language)


@cache
def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ё", "е").replace("’", "'"))
    return "".join(character for character in plain if not unicodedata.combining(character))
