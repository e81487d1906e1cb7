"""ClauseIndex over FAISS: what each clause scores for a question, by independent signals.

`path`   cosine of the question and the clause under its heading path (FAISS IndexFlatIP)
`text`   cosine of the question and the clause without it; both are glossed, see `clause_text`
`late`   late interaction (ColBERT, Khattab and Zaharia 2020): the mean over the question's tokens
         of the best cosine with a token of the clause under its heading path, from the same pass
`terms`  BM25 of the question's own words, as a share of what they could score at most
`concepts`  the same for concepts of the termbank, numbers and acronyms, which have no language
`words`  the same for the general vocabulary (`embeddings.vocabulary`), which has none either

All vectors are centred before they are compared: the mean of the passages of the clause's language
is taken from the clause, the mean of the background questions of the question's language from the
question. Raw cosines of this model lie between .77 and .92 whatever is asked, and in a pooled index
put a question's own language first in 99.9 % of cases; centring undoes both. From every dense score
the clause's mean score over the background questions is then taken, so that clauses that come up
for anything (hubs) do not. All scores: higher is closer.

Vectors are kept as the model gave them and centred on loading: the means change with every document
that is added, the vectors do not, so that an addition embeds what is new and nothing else.

A flat index is exact and takes 1 ms for 20,000 vectors; approximate ones were turned down, since
late interaction costs more than the search itself at any size this product is for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoding, Vectors
from embeddings.lexical import Lexical

EVERY_ROW_UP_TO = 400  # clauses; beyond it late interaction is scored for candidates only
IN_MEMORY = 16_000_000  # numbers of token vectors (64 MB) that are unpacked once, not per question
CANDIDATES = 60  # per signal, of which late interaction is scored
LEXICAL = ("terms", "concepts", "words")  # a BM25 index each
SIGNALS = ("path", "text", "late", *LEXICAL)

Vector = NDArray[np.float32]  # [dimension]
Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the index takes it."""

    encoding: Encoding  # of the question, and of rewordings that count as much: their mean is taken
    language: str  # ISO 639-1; chooses the background to be taken off
    terms: Sequence[str] = ()  # see embeddings.lexical.terms
    concepts: Sequence[str] = ()  # see embeddings.lexical.concept_terms
    words: Sequence[str] = ()  # see embeddings.lexical.word_terms


@dataclass(frozen=True, slots=True)
class Hits:
    """Scores of candidate clauses; `rows` ascend, every array of `signals` is parallel to it."""

    rows: Rows
    signals: Mapping[str, Scores]


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of clauses as the model gave them; a clause has one or more pieces, in order."""

    keys: tuple[str, ...]  # per piece: a digest of what was embedded
    owners: NDArray[np.int64]  # [pieces], ascending: the row of the clause
    path: Vectors  # [pieces, dimension], of path, text and gloss
    text: Vectors  # [pieces, dimension], of text and gloss
    tokens: NDArray[np.float16]  # [tokens, dimension], of path, text and gloss
    token_bounds: NDArray[np.int64]  # [pieces + 1]

    def piece_tokens(self, piece: int) -> NDArray[np.float16]:
        """The token vectors of one piece, [tokens, dimension]."""
        return self.tokens[self.token_bounds[piece] : self.token_bounds[piece + 1]]


@dataclass(frozen=True, slots=True)
class Background:
    """The mean vectors that centring takes off, by language; "" holds the mean over all."""

    passages: Mapping[str, Vector]  # language -> [dimension]
    passage_tokens: Mapping[str, Vector]
    questions: Mapping[str, Vector]
    question_tokens: Mapping[str, Vector]


class ClauseIndex:
    """Scores of clauses for a question. Row numbers are those of the clauses it was built from."""

    def __init__(
        self,
        *,
        embedded: Embedded,
        languages: Sequence[str],
        background: Background,
        hubs: Mapping[str, Scores],
        lexical: Mapping[str, Lexical],
    ) -> None:
        import faiss  # noqa: PLC0415 (0.1 s, not needed for --help)

        owners = embedded.owners
        self.embedded = embedded
        self.languages = tuple(languages)  # per clause
        self.background = background
        self.hubs = hubs  # signal -> [clauses]: mean score over the background questions
        self.lexical = lexical  # by names of LEXICAL
        self._size = len(self.languages)
        self._first_piece = np.searchsorted(owners, np.arange(self._size + 1))
        piece_languages = [self.languages[owner] for owner in owners]
        means = _rows_of(background.passages, piece_languages)
        self._text = centred(embedded.text, means)
        self._dense = faiss.IndexFlatIP(embedded.path.shape[1])
        self._dense.add(centred(embedded.path, means))
        # A token's mean and length are taken off after the product: the vectors stay on the disk.
        self._codes, self._token_means = _coded(background.passage_tokens, piece_languages)
        tokens = embedded.tokens
        # As plain arrays: one that is mapped checks every slice of it, which takes longer than it.
        self._tokens = np.asarray(
            tokens, dtype=np.float32 if tokens.size <= IN_MEMORY else np.float16
        )
        self._codes = np.repeat(self._codes, np.diff(embedded.token_bounds))
        self._token_lengths = _centred_lengths(embedded.tokens, self._codes, self._token_means)

    def __len__(self) -> int:
        return self._size

    def search(self, question: Question, *, allowed: Rows | None = None) -> Hits:
        """The scores of every clause, or of the candidates of a large index.

        `allowed` (ascending rows) limits the search to those clauses; None allows all.
        """
        rows = np.arange(self._size) if allowed is None else allowed
        if not len(rows):
            return Hits(rows, {name: np.zeros(0, np.float32) for name in SIGNALS})
        vectors = centred(
            question.encoding.vectors, mean_of(self.background.questions, question.language)
        )
        dense = [self.dense_scores(vectors[row : row + 1]) for row in range(len(vectors))]
        signals = {
            name: np.mean([scores[name] for scores in dense], axis=0) - self.hubs[name]
            for name in ("path", "text")
        }
        signals["terms"] = self.lexical["terms"].shares(question.terms)
        signals["concepts"] = self.lexical["concepts"].shares(question.concepts)
        signals["words"] = self.lexical["words"].shares(question.words)
        if len(rows) > EVERY_ROW_UP_TO:
            best = [rows[_highest(scores[rows], CANDIDATES)] for scores in signals.values()]
            rows = np.unique(np.concatenate(best))
        mean = mean_of(self.background.question_tokens, question.language)
        late = self.late_interaction(
            [centred(tokens, mean) for tokens in question.encoding.tokens], rows
        )
        found = {name: scores[rows] for name, scores in signals.items()}
        return Hits(rows, {**found, "late": late - self.hubs["late"][rows]})

    def dense_scores(self, vector: Vectors) -> dict[str, Scores]:
        """The signals "path" and "text" of every clause for a centred question [1, dimension]."""
        return {
            "path": self._best_pieces(self._scan(vector)),
            "text": self._best_pieces(self._text @ vector[0]),
        }

    def late_interaction(self, questions: Sequence[Vectors], rows: Rows) -> Scores:
        """The weighted mean over question tokens of their best cosine with a clause's, [rows].

        Each of `questions` is the centred tokens [t, dimension] of one wording; the mean over the
        wordings comes back. A token weighs as it tells clauses apart: the square of how far its
        best clause stands above its median clause; function words are near to all alike.
        """
        starts = self.embedded.token_bounds[self._first_piece[rows]]
        lengths = self.embedded.token_bounds[self._first_piece[rows + 1]] - starts
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        picked = np.repeat(starts - bounds[:-1], lengths) + np.arange(bounds[-1])
        tokens = self._tokens[picked].astype(np.float32, copy=False)
        codes, token_lengths = self._codes[picked], self._token_lengths[picked]
        wordings = [question for question in questions if len(question)]
        if not wordings:
            return np.zeros(len(rows), np.float32)
        together = np.concatenate(wordings)  # one product reads the tokens once
        similar = tokens @ together.T  # [tokens, t]
        similar -= (self._token_means @ together.T)[codes]
        similar /= token_lengths[:, None]
        best_of_all = np.maximum.reduceat(similar, bounds[:-1], axis=0)  # [rows, t]
        total = np.zeros(len(rows), np.float32)
        for best in np.split(best_of_all, np.cumsum([len(one) for one in wordings[:-1]]), axis=1):
            weights = (best.max(axis=0) - np.median(best, axis=0)) ** 2 + 1e-6
            total += best @ weights / weights.sum()
        return np.asarray(total / max(len(questions), 1), np.float32)

    def _scan(self, vector: Vectors) -> Scores:
        scores, found = self._dense.search(vector, self._dense.ntotal)
        ordered = np.empty(self._dense.ntotal, np.float32)
        ordered[found[0]] = scores[0]
        return ordered

    def _best_pieces(self, piece_scores: Scores) -> Scores:
        """The best piece of every clause, [clauses]."""
        return np.maximum.reduceat(piece_scores, self._first_piece[:-1])


def centred(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> Vectors:
    """The vectors less the mean (one, or one a row), each of length 1 again."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-9), np.float32)


def mean_of(means: Mapping[str, Vector], language: str) -> Vector:
    """The mean of that language, or of all where there is none of its own."""
    return means.get(language, means[""])


def _rows_of(means: Mapping[str, Vector], languages: Sequence[str]) -> NDArray[np.float32]:
    codes, table = _coded(means, languages)
    return table[codes]


def _coded(
    means: Mapping[str, Vector], languages: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Per language name the row of its mean, and the table of means."""
    names = sorted(means)
    codes = {name: row for row, name in enumerate(names)}
    table = np.stack([means[name] for name in names])
    return np.array([codes.get(name, codes[""]) for name in languages], np.int64), table


def _centred_lengths(
    tokens: NDArray[np.float16], codes: NDArray[np.int64], means: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The length of every token vector less its mean, computed in slices to bound memory."""
    lengths = np.empty(len(tokens), np.float32)
    for start in range(0, len(tokens), 8192):
        part = slice(start, start + 8192)
        lengths[part] = np.linalg.norm(tokens[part].astype(np.float32) - means[codes[part]], axis=1)
    return np.maximum(lengths, 1e-6)


def _highest(scores: Scores, count: int) -> Rows:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count)[:count]
