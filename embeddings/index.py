"""ClauseIndex over FAISS: what each clause scores for a question, by independent signals.

`path`   cosine of the question and the clause under its heading path (FAISS IndexFlatIP)
`text`   cosine of the question and the clause without it; both are glossed, see `clause_text`
`late`   late interaction (ColBERT, Khattab and Zaharia 2020): the mean over the question's own
         tokens, weighed as in `late_interaction`, of the best cosine with a token of the clause
         under its heading path and with its gloss, from the same pass
`even`   late interaction with all tokens alike: what the weights pass over tells something, too
`gloss`  `late` for the tokens of the question's gloss in English; 0 where there is none
`native`  the same for those of its gloss in the clause's language, or else in English
`terms`  BM25 of the question's own words, as a share of what they could score at most
`concepts`  the same for concepts of the termbank and acronyms, which have no language
`numbers`  the same for numbers
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
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoding, Vectors
from embeddings.lexical import TERMS_OF, Lexical

EVERY_ROW_UP_TO = 400  # clauses; beyond it late interaction is scored for candidates only
IN_MEMORY = 16_000_000  # numbers of token vectors (64 MB) that are unpacked once, not per question
_SLICE = 512  # tokens that are widened at a time: they stay in the processor's cache
CANDIDATES = 30  # per signal, of which late interaction is scored
LEXICAL = tuple(TERMS_OF)  # a BM25 index each
# Of "terms" the fit makes nothing beside the others: what it alone would find is not looked at.
CANDIDATES_BY = ("path", "text", "concepts", "numbers", "words")
SIGNALS = ("path", "text", "late", "even", "gloss", "native", *LEXICAL)

Vector = NDArray[np.float32]  # [dimension]
Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the index takes it."""

    encoding: Encoding  # of the question with its gloss: one text
    language: str  # ISO 639-1; chooses the background to be taken off
    own: int | None = None  # how many of its tokens, from the first, are no gloss; None: all
    natives: Mapping[str, Vectors] = field(default_factory=dict)  # language -> tokens of a gloss
    terms: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by names of LEXICAL


@dataclass(frozen=True, slots=True)
class Hits:
    """Scores of candidate clauses; `rows` ascend, every array of `signals` is parallel to it."""

    rows: Rows
    signals: Mapping[str, Scores]
    tokens: Vectors  # the question's, centred: first its own, then those of its gloss
    own: int  # how many of them are its own
    alignment: Scores  # [rows, tokens]: the best cosine of each with a token of the clause


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
        token_lengths: Scores | None = None,
    ) -> None:
        """`token_lengths` are those of a stored index; they are worked out where there are none."""
        import faiss  # noqa: PLC0415 (0.1 s, not needed for --help)

        owners = embedded.owners
        self.embedded = embedded
        self.languages = tuple(languages)  # per clause
        self.background = background
        self.hubs = hubs  # signal -> [clauses]: mean score over the background questions
        self.lexical = lexical  # by names of LEXICAL
        self._size = len(self.languages)
        self._languages = np.array(self.languages)
        self._first_piece = np.searchsorted(owners, np.arange(self._size + 1))
        piece_languages = [self.languages[owner] for owner in owners]
        means = _rows_of(background.passages, piece_languages)
        self._text = centred(embedded.text, means)
        self._dense: Any = faiss.IndexFlatIP(embedded.path.shape[1])
        self._dense.add(centred(embedded.path, means))
        self._pieces = np.arange(self._dense.ntotal, dtype=np.int64)
        self._halves = faiss.ScalarQuantizer(self._dense.d, faiss.ScalarQuantizer.QT_fp16)
        self._token_codes, self._token_means = _coded(background.passage_tokens, piece_languages)
        self._token_codes = np.repeat(self._token_codes, np.diff(embedded.token_bounds))
        # The length of every token vector less its mean, [tokens].
        self.token_lengths = (
            _centred_lengths(embedded.tokens, self._token_codes, self._token_means)
            if token_lengths is None
            else token_lengths
        )
        # Of a small corpus the tokens are centred once. Of a large one they stay on the disk; their
        # mean and length are taken off after the product, where there is less to take it off.
        self._centred_tokens: Vectors | None = None
        if embedded.tokens.size <= IN_MEMORY:
            self._centred_tokens = self._centre(slice(None))

    def __len__(self) -> int:
        return self._size

    def search(self, question: Question, *, allowed: Rows | None = None) -> Hits:
        """The scores of every clause, or of the candidates of a large index.

        `allowed` (ascending rows) limits the search to those clauses; None allows all.
        """
        rows = np.arange(self._size) if allowed is None else allowed
        if not len(rows):
            nothing = np.zeros((0, 0), np.float32)
            return Hits(rows, dict.fromkeys(SIGNALS, nothing.ravel()), nothing, 0, nothing)
        vector = centred(
            question.encoding.vectors, mean_of(self.background.questions, question.language)
        )
        dense = self.dense_scores(vector)
        signals = {name: scores - self.hubs[name] for name, scores in dense.items()}
        for name, lexical in self.lexical.items():
            signals[name] = lexical.shares(question.terms.get(name, ()))
        if len(rows) > EVERY_ROW_UP_TO:
            rows = np.unique(
                np.concatenate([_best(name, signals[name], rows) for name in CANDIDATES_BY])
            )
        tokens = centred(
            question.encoding.tokens[0], mean_of(self.background.question_tokens, question.language)
        )
        found = {name: scores[rows] for name, scores in signals.items()}
        own = len(tokens) if question.own is None else question.own
        late, alignment = self._token_signals(question, tokens, own, rows)
        return Hits(rows, found | late, tokens, own, alignment)

    def tokens_of(self, row: int) -> Vectors:
        """The token vectors of a clause, centred, [tokens, dimension]."""
        first, last = self.embedded.token_bounds[self._first_piece[row : row + 2]]
        if self._centred_tokens is not None:
            return self._centred_tokens[first:last]
        return self._centre(slice(first, last))

    def _centre(self, part: slice) -> Vectors:
        """These token vectors, centred, [tokens, dimension]."""
        moved = self.embedded.tokens[part] - self._token_means[self._token_codes[part]]
        return np.asarray(moved / self.token_lengths[part, None], np.float32)

    def _token_signals(
        self, question: Question, tokens: Vectors, own: int, rows: Rows
    ) -> tuple[dict[str, Scores], Scores]:
        """The signals "late", "even", "gloss" and "native" of these rows, and the alignment."""
        natives = [
            centred(of_language, mean_of(self.background.question_tokens, language))
            for language, of_language in question.natives.items()
        ]
        alignment, *of_natives = self.alignments([tokens, *natives], rows)
        own_part = alignment[:, :own]
        late, gloss, *native_glosses = (
            late_interaction(best) - (self.hubs["late"][rows] if best.shape[1] else 0)
            for best in (own_part, alignment[:, own:], *of_natives)
        )
        native = gloss.copy()
        for language, scores in zip(question.natives, native_glosses, strict=True):
            held = self._languages[rows] == language
            if len(question.natives[language]):
                native[held] = scores[held]
        even = own_part.mean(axis=1) if own else np.zeros_like(late)
        return {"late": late, "even": even, "gloss": gloss, "native": native}, alignment

    def dense_scores(self, vector: Vectors) -> dict[str, Scores]:
        """The signals "path" and "text" of every clause for a centred question [1, dimension]."""
        return {
            "path": self._best_pieces(self._scan(vector)),
            "text": self._best_pieces(self._text @ vector[0]),
        }

    def alignments(self, parts: Sequence[Vectors], rows: Rows) -> list[Scores]:
        """For each part of a question, centred tokens [t, dimension], its alignment [rows, t].

        That is the best cosine of each of its tokens with a token of each clause.
        """
        every = self.embedded.token_bounds[self._first_piece]
        starts, lengths = every[rows], every[rows + 1] - every[rows]
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        together = np.concatenate(parts)  # one product reads the tokens once
        if len(rows) == self._size and self._centred_tokens is not None:
            similar = self._centred_tokens @ together.T
        else:
            picked = np.repeat(starts - bounds[:-1], lengths) + np.arange(bounds[-1])
            similar = self._similar(picked, together)
        best = np.maximum.reduceat(similar, bounds[:-1], axis=0)
        return np.split(best, np.cumsum([len(part) for part in parts])[:-1], axis=1)

    def _similar(self, picked: Rows, together: Vectors) -> Scores:
        """The cosines of clause tokens, centred, with those of a question, [picked, t]."""
        if self._centred_tokens is not None:
            return self._centred_tokens[picked] @ together.T
        # As a plain array: one that is mapped checks every slice of it, which takes longer than it.
        tokens = np.asarray(self.embedded.tokens)[picked]
        similar = np.empty((len(picked), len(together)), np.float32)
        for start in range(0, len(picked), _SLICE):
            part = slice(start, start + _SLICE)
            np.matmul(self._widened(tokens[part]), together.T, out=similar[part])
        similar -= (self._token_means @ together.T)[self._token_codes[picked]]
        return np.asarray(similar / self.token_lengths[picked, None], np.float32)

    def _scan(self, vector: Vectors) -> Scores:
        """The cosine of every piece, in order: sorting them all would take four times as long."""
        import faiss  # noqa: PLC0415

        scores = np.empty((1, len(self._pieces)), np.float32)
        vector = np.ascontiguousarray(vector, np.float32)
        self._dense.compute_distance_subset(
            1,
            faiss.swig_ptr(vector),
            len(self._pieces),
            faiss.swig_ptr(scores),
            faiss.swig_ptr(self._pieces),
        )
        return np.asarray(scores[0])

    def _widened(self, half: NDArray[np.float16]) -> Vectors:
        """The same numbers in float32, by FAISS: it has the processor do it, NumPy does not."""
        codes = np.ascontiguousarray(half).view(np.uint8)
        return np.asarray(self._halves.decode(codes), np.float32)

    def _best_pieces(self, piece_scores: Scores) -> Scores:
        """The best piece of every clause, [clauses]."""
        return np.maximum.reduceat(piece_scores, self._first_piece[:-1])


def late_interaction(alignment: Scores) -> Scores:
    """The weighted mean over tokens of an alignment [clauses, t], [clauses]; 0 without tokens.

    A token weighs as it tells these clauses apart: as far as its best clause stands above its
    median clause; function words are near to all alike.
    """
    if not alignment.shape[1]:
        return np.zeros(len(alignment), np.float32)
    weights = alignment.max(axis=0) - np.median(alignment, axis=0) + 1e-6
    return np.asarray(alignment @ weights / weights.sum(), np.float32)


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
) -> Scores:
    """The length of every token vector less its mean, worked out in slices to bound memory."""
    lengths = np.empty(len(tokens), np.float32)
    for start in range(0, len(tokens), 8192):
        part = slice(start, start + 8192)
        lengths[part] = np.linalg.norm(tokens[part].astype(np.float32) - means[codes[part]], axis=1)
    return np.maximum(lengths, 1e-6)


def _best(name: str, scores: Scores, rows: Rows) -> Rows:
    """Those of `rows` with the highest scores by a signal, at most CANDIDATES.

    A clause that shares no term with the question is no candidate by that signal.
    """
    scored = rows[scores[rows] > 0] if name in LEXICAL else rows
    if len(scored) <= CANDIDATES:
        return scored
    return scored[np.argpartition(-scores[scored], CANDIDATES)[:CANDIDATES]]
