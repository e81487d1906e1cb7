"""Stand-ins for what is slow: an encoder that hashes words, and remembers what it was asked."""

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from embeddings.encoder import Encoding, Progress, Vectors

DIMENSION = 32


class FakeEncoder:
    """Vectors of the words of a text: texts that share words are close. Never changes its mind."""

    name = "fake"
    dimension = DIMENSION
    window = 400

    def __init__(self, fingerprint: str = "fake-1") -> None:
        self.fingerprint = fingerprint
        self.passages: list[str] = []  # all that was embedded, in order
        self.queries: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(_words(text))

    def encode_queries(self, texts: Sequence[str]) -> Encoding:
        self.queries += texts
        return _encoded(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encoding:
        self.passages += texts
        if progress:
            progress(len(texts), len(texts))
        return _encoded(texts)


def _encoded(texts: Sequence[str]) -> Encoding:
    tokens = tuple(
        np.stack([_vector(word) for word in _words(text) or ["∅"]]).astype(np.float32)
        for text in texts
    )
    vectors = np.empty((len(texts), DIMENSION), np.float32)
    for row, of_text in enumerate(tokens):
        vectors[row] = _unit(of_text.sum(0))
    return Encoding(vectors, tokens)


def _words(text: str) -> list[str]:
    return re.findall(r"[\u3400-\u9fff]|\w+", text.casefold())


@lru_cache(maxsize=10_000)
def _vector(word: str) -> Vectors:
    random = np.random.default_rng(zlib.crc32(word.encode()))
    return _unit(random.standard_normal(DIMENSION))


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
