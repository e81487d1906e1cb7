"""Encoder: the seam behind which a model turns texts into vectors. Imports no model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # [n, dimension], rows of length 1
Progress = Callable[[int, int], None]  # texts done, texts in all


@dataclass(frozen=True, slots=True)
class Encoding:
    """What one forward pass gives: a vector per text, and the vectors of its tokens."""

    vectors: Vectors  # [n, dimension], rows of length 1
    tokens: tuple[Vectors, ...]  # per text [tokens, dimension], rows of length 1; prefix and
    # special tokens left out


class Encoder(Protocol):
    """Any model that embeds questions and passages into one space; cosine, higher is closer."""

    @property
    def name(self) -> str: ...  # as the user gives it

    @property
    def fingerprint(self) -> str: ...  # changes whenever its vectors would

    @property
    def dimension(self) -> int: ...

    @property
    def window(self) -> int: ...  # tokens of a text that it sees, prefix and special ones left out

    def count_tokens(self, text: str) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> Encoding: ...

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> Encoding: ...
