"""BM25 over terms that fit the script: Han bigrams, stemmed words, Arabic 4-grams.

Tokens decide the lexical side: with plain word patterns BM25 finds nothing in Chinese (nDCG@10 .128
on XQuAD against .963 with Han bigrams), and Arabic gains from folded letters and character 4-grams
(.890 to .950). Identifiers ("CWG-WSIS&SDG", "70/125", "ITU-T") are kept whole beside their parts.
"""

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import places
from corpus.terms import load_termbank
from embeddings.vocabulary import find_words, without_article

PLACE = "place:"

_STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian"}
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_ARABIC_FOLDS = str.maketrans("أإآٱىةؤئ", "اااايهوي")
_RUN = re.compile(
    r"(?P<han>[\u3400-\u9fff\uf900-\ufaff]+)"
    r"|(?P<arabic>[\u0620-\u064a\u066e-\u06d3]+)"
    r"|(?P<identifier>[a-z0-9]+(?:[-/&.+][a-z0-9]+)+)"
    r"|(?P<word>[^\W_]+)"
)
# Numbers of two digits and more ("2030", "70/1"), and words with two capitals or more ("WSIS").
_LANGUAGE_FREE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{2,}(?:/[0-9]+)?|[A-Z]+[0-9]+|[A-Z][A-Za-z]*[A-Z][A-Za-z]*)(?![0-9A-Za-z])"
)
_WEIGHTS, _ROWS, _BOUNDS = "weights.npy", "rows.npy", "bounds.npy"
_VOCABULARY = "vocabulary.json"
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")


def terms(text: str, language: str) -> list[str]:
    """The index terms of a text in `language` (ISO 639-1), in order, repeated as they repeat.

    Latin and Cyrillic words are stemmed as words of `language`; words of a Chinese or Arabic text
    that are written in Latin letters are taken as English.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_HYPHENS).casefold()
    folded = _ARABIC_MARKS.sub("", folded).translate(_ARABIC_FOLDS)
    found: list[str] = []
    for match in _RUN.finditer(folded):
        run = match.group()
        if match.lastgroup == "han":
            found.extend(run[at : at + 2] for at in range(max(1, len(run) - 1)))
        elif match.lastgroup == "arabic":
            word = without_article(run)
            found.extend(word[at : at + 4] for at in range(max(1, len(word) - 3)))
        elif match.lastgroup == "identifier":
            found.append(run)
            found.extend(_stem(part, language) for part in re.split(r"[-/&.+]", run))
        else:
            found.append(_stem(run, language))
    return found


def word_terms(text: str, language: str) -> list[str]:
    """The words of a text that the general vocabulary knows, as concepts without language."""
    return [word.concept for word in find_words(text, language)]


def concept_terms(text: str, language: str = "") -> list[str]:  # noqa: ARG001 (one shape for all)
    """The names of a text that have no language: concepts of the termbank, places, acronyms."""
    found = [f"concept:{match.concept.id}" for match in load_termbank().find(text)]
    found += [f"{PLACE}{mention.place}" for mention in places.find(text)]
    return found + [term for term in _language_free(text) if not term[0].isdigit()]


def number_terms(text: str, language: str = "") -> list[str]:  # noqa: ARG001 (one shape for all)
    """The numbers of a text, from two digits on: "101", "70/125", "2030"."""
    return [term for term in _language_free(text) if term[0].isdigit()]


def _language_free(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    return (match.group().casefold() for match in _LANGUAGE_FREE.finditer(folded))


# What a text is indexed under, and a question asked by: a BM25 index each. Numbers stand apart from
# names, since a question that gives one ("Resolution 101") means that and no other: fitted apart,
# they weigh about as much as all names together.
TERMS_OF: Mapping[str, Callable[[str, str], list[str]]] = {
    "terms": terms,
    "concepts": concept_terms,
    "numbers": number_terms,
    "words": word_terms,
}


class Lexical:
    """A BM25 index over clauses; row numbers are those of the texts it was built from.

    bm25s weighs the terms when the index is built; what it made is sums of arrays from then on.
    Asking needs NumPy alone, since bm25s brings SciPy along: 0.1 s of every start.
    """

    def __init__(
        self,
        *,
        vocabulary: Mapping[str, int],
        weights: NDArray[np.float32],
        rows: NDArray[np.integer[Any]],
        bounds: NDArray[np.integer[Any]],
        size: int,
    ) -> None:
        self._vocabulary = vocabulary  # term -> number
        self._weights = weights  # BM25 of a term in a clause, term after term
        self._rows = rows  # the clause of each weight
        self._bounds = bounds  # [terms + 1]: where the weights of a term begin
        self._size = size

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> "Lexical":
        """An index over lists of terms (see `terms`), one per clause."""
        import bm25s  # noqa: PLC0415 (0.1 s, needed for building alone)

        model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        # bm25s cannot index an empty vocabulary; a term that no question has changes no score.
        padded = [list(document) or ["\u0000"] for document in documents]
        model.index(padded, show_progress=False)
        return cls(
            vocabulary=model.vocab_dict,
            weights=model.scores["data"],
            rows=model.scores["indices"],
            bounds=model.scores["indptr"],
            size=len(documents),
        )

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """BM25 per clause, [clauses], 0 where no term is shared; higher is closer."""
        scores = np.zeros(self._size, np.float32)
        for term in query:
            number = self._vocabulary.get(term)
            if number is not None:
                of_term = slice(self._bounds[number], self._bounds[number + 1])
                scores[self._rows[of_term]] += self._weights[of_term]  # a clause stands there once
        return scores

    def shares(self, query: Sequence[str]) -> NDArray[np.float32]:
        """BM25 as a share of the most that distinct terms of the query could score, 0..1."""
        distinct = sorted(set(query))
        most = sum(self.idf(term) for term in distinct)
        if not most:
            return np.zeros(self._size, np.float32)
        return np.asarray(self.scores(distinct) / most, np.float32)

    def holds(self, term: str) -> bool:
        """Whether any clause has that term."""
        return term in self._vocabulary

    def idf(self, term: str) -> float:
        """How much a term tells, in nats: ln(1 + (N - n + .5) / (n + .5)); highest when unseen."""
        number = self._vocabulary.get(term)
        seen = 0 if number is None else int(self._bounds[number + 1] - self._bounds[number])
        return math.log1p((self._size - seen + 0.5) / (seen + 0.5))

    def save(self, folder: Path) -> None:
        """Writes the index into an existing folder."""
        for name, array in (
            (_WEIGHTS, self._weights),
            (_ROWS, self._rows),
            (_BOUNDS, self._bounds),
        ):
            np.save(folder / name, array, allow_pickle=False)
        vocabulary = json.dumps(dict(self._vocabulary), ensure_ascii=False)
        (folder / _VOCABULARY).write_text(vocabulary, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, size: int) -> "Lexical":
        """The index of `size` clauses that `save` wrote; nothing is unpickled."""
        return cls(
            vocabulary=json.loads((folder / _VOCABULARY).read_text(encoding="utf-8")),
            weights=np.load(folder / _WEIGHTS, allow_pickle=False),
            rows=np.load(folder / _ROWS, allow_pickle=False),
            bounds=np.load(folder / _BOUNDS, allow_pickle=False),
            size=size,
        )


@cache
def _stemmer(language: str) -> Any:
    import Stemmer  # noqa: PLC0415

    return Stemmer.Stemmer(_STEMMERS[language])


@cache
def _stem(word: str, language: str) -> str:
    if any(character.isdigit() for character in word):
        return word
    if "\u0400" <= word[0] <= "\u04ff":
        return str(_stemmer("ru").stemWord(word))
    return str(_stemmer(language if language in ("en", "fr", "es") else "en").stemWord(word))
