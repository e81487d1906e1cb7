"""Corpus -> ClauseIndex: embed what is new, take the rest from an earlier index.

The background questions (data/background.toml) give the means that centring takes off questions and
the hub scores of clauses; see `embeddings.index`.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from corpus.clauses import Clause
from embeddings.clause_text import SMALLEST_PIECE, heading_path, pieces, with_gloss
from embeddings.encoder import Encoder, Encoding, Progress
from embeddings.index import (
    Background,
    ClauseIndex,
    Embedded,
    Vector,
    centred,
    late_interaction,
    mean_of,
)
from embeddings.lexical import TERMS_OF, Lexical

GLOSS_ROOM = 96  # tokens kept free behind a clause; what a gloss has more is cut by the model
SLICE = 128  # texts encoded at a time
FEWEST_FOR_A_MEAN = 20  # pieces of a language; below, the mean over all stands in for it


def build_index(
    clauses: Sequence[Clause],
    encoder: Encoder,
    *,
    known: Embedded | None = None,
    progress: Progress | None = None,
) -> ClauseIndex:
    """The index of the clauses, in their order; raises ValueError when there are none.

    `known` holds vectors of the same encoder; pieces found in it are not embedded again. `progress`
    is told pieces done and pieces in all.
    """
    if not clauses:
        raise ValueError("an index needs at least one clause")
    embedded = _embed(clauses, encoder, known=known, progress=progress)
    languages = [clause.revision.language for clause in clauses]
    questions = {
        language: encoder.encode_queries(texts)
        for language, texts in background_questions().items()
    }
    background = _background(embedded, languages, questions)
    lexical = {
        name: Lexical.build([of(clause.text, clause.revision.language) for clause in clauses])
        for name, of in TERMS_OF.items()
    }
    plain = ClauseIndex(
        embedded=embedded,
        languages=languages,
        background=background,
        hubs={name: np.zeros(len(clauses), np.float32) for name in ("path", "text", "late")},
        lexical=lexical,
    )
    return ClauseIndex(
        embedded=embedded,
        languages=languages,
        background=background,
        hubs=_hubs(plain, questions),
        lexical=lexical,
        token_lengths=plain.token_lengths,
    )


@cache
def background_questions() -> Mapping[str, tuple[str, ...]]:
    """Per language the background questions, as shipped."""
    text = (resources.files("embeddings") / "data" / "background.toml").read_text(encoding="utf-8")
    return {language: tuple(questions) for language, questions in tomllib.loads(text).items()}


def _embed(
    clauses: Sequence[Clause],
    encoder: Encoder,
    *,
    known: Embedded | None,
    progress: Progress | None,
) -> Embedded:
    owners: list[int] = []
    with_path: list[str] = []
    texts: list[str] = []
    for row, clause in enumerate(clauses):
        path = heading_path(clause)
        room = max(encoder.window - encoder.count_tokens(path) - GLOSS_ROOM, SMALLEST_PIECE)
        for piece in pieces(clause.text, room=room, count_tokens=encoder.count_tokens):
            glossed = with_gloss(piece, clause.revision.language)
            owners.append(row)
            with_path.append(path + glossed)
            texts.append(glossed)
    keys = [_key(path, text) for path, text in zip(with_path, texts, strict=True)]
    have = {key: piece for piece, key in enumerate(known.keys)} if known else {}
    new = [piece for piece, key in enumerate(keys) if key not in have]
    under_path = _encoded([with_path[piece] for piece in new], encoder, progress, 0, 2 * len(new))
    alone = _encoded([texts[piece] for piece in new], encoder, progress, len(new), 2 * len(new))
    fresh = {keys[piece]: at for at, piece in enumerate(new)}
    path_rows, text_rows, token_parts = [], [], []
    for key in keys:
        if key in have and known is not None:
            path_rows.append(known.path[have[key]])
            text_rows.append(known.text[have[key]])
            token_parts.append(known.piece_tokens(have[key]))
        else:
            path_rows.append(under_path[fresh[key]][0])
            text_rows.append(alone[fresh[key]][0])
            token_parts.append(under_path[fresh[key]][1])
    bounds = np.cumsum([0, *(len(part) for part in token_parts)])
    return Embedded(
        keys=tuple(keys),
        owners=np.array(owners, np.int64),
        path=np.stack(path_rows).astype(np.float32),
        text=np.stack(text_rows).astype(np.float32),
        tokens=np.concatenate(token_parts).astype(np.float16),
        token_bounds=bounds.astype(np.int64),
    )


def _encoded(
    texts: Sequence[str], encoder: Encoder, progress: Progress | None, done: int, total: int
) -> list[tuple[Vector, NDArray[np.float16]]]:
    """Per text its vector and token vectors; in slices, so that memory stays bounded.

    Clauses are encoded as questions are. The E5 authors advise one prefix for both sides where the
    task is symmetric (Wang et al. 2024), and across languages it is: on the training questions the
    loss of the ranking falls from 0.96 to 0.89, R@1 rises from .79 to .81.
    """
    encoded: list[tuple[Vector, NDArray[np.float16]]] = []
    for start in range(0, len(texts), SLICE):
        part = encoder.encode_queries(texts[start : start + SLICE])
        encoded += [
            (vector, _at_least_one(tokens))
            for vector, tokens in zip(part.vectors, part.tokens, strict=True)
        ]
        if progress:
            progress(done + len(encoded), total)
    return encoded


def _key(path: str, text: str) -> str:
    return hashlib.sha256(f"{path}\0{text}".encode()).hexdigest()[:24]


def _at_least_one(tokens: NDArray[np.float32]) -> NDArray[np.float16]:
    """A text that the tokenizer finds nothing in gets one zero vector: it resembles no question."""
    if len(tokens):
        return tokens.astype(np.float16)
    return np.zeros((1, tokens.shape[1]), np.float16)


def _background(
    embedded: Embedded, languages: Sequence[str], questions: Mapping[str, Encoding]
) -> Background:
    piece_languages = np.array([languages[owner] for owner in embedded.owners])
    token_languages = np.repeat(piece_languages, np.diff(embedded.token_bounds))
    both = (embedded.path + embedded.text) / 2
    question_tokens = {
        language: np.concatenate(encoding.tokens) for language, encoding in questions.items()
    }
    return Background(
        passages=_means(both, piece_languages),
        passage_tokens=_means(embedded.tokens, token_languages),
        questions=_with_all(
            {language: encoding.vectors.mean(0) for language, encoding in questions.items()}
        ),
        question_tokens=_with_all(
            {language: tokens.mean(0) for language, tokens in question_tokens.items()}
        ),
    )


def _means(vectors: NDArray[np.floating], languages: NDArray[np.str_]) -> dict[str, Vector]:
    means = {"": _mean(vectors)}
    for language in np.unique(languages):
        of_language = vectors[languages == language]
        if len(of_language) >= FEWEST_FOR_A_MEAN:
            means[str(language)] = _mean(of_language)
    return means


def _mean(vectors: NDArray[np.floating]) -> Vector:
    return np.asarray(vectors.mean(0, dtype=np.float64), np.float32)


def _with_all(means: dict[str, Vector]) -> dict[str, Vector]:
    return {"": np.mean(list(means.values()), axis=0), **means}


def _hubs(index: ClauseIndex, questions: Mapping[str, Encoding]) -> dict[str, Vector]:
    """Per signal the mean score of every clause over all background questions."""
    slices = np.array_split(np.arange(len(index)), len(index) // 1000 + 1)
    totals = {name: np.zeros(len(index), np.float64) for name in ("path", "text", "late")}
    count = 0
    for language, encoding in questions.items():
        vectors = centred(encoding.vectors, mean_of(index.background.questions, language))
        for row in range(len(vectors)):
            dense = index.dense_scores(vectors[row : row + 1])
            for name in ("path", "text"):
                totals[name] += dense[name]
            tokens = centred(
                encoding.tokens[row], mean_of(index.background.question_tokens, language)
            )
            # In slices, since the tokens of a large corpus do not fit into memory.
            aligned = [index.alignments([tokens], part)[0] for part in slices]
            totals["late"] += late_interaction(np.concatenate(aligned))
            count += 1
    return {name: (total / count).astype(np.float32) for name, total in totals.items()}
