"""Texts of like length together, so that little is computed on padding; and rows of length 1."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors


def batches_by_length(lengths: Sequence[int], *, batch_tokens: int) -> Iterator[list[int]]:
    """Places of the texts, longest first, in batches of at most `batch_tokens` with padding.

    A text longer than that is a batch of its own.
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > batch_tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def unit_rows(rows: NDArray[np.float32]) -> Vectors:
    """A copy with rows of length 1; a row of zeros stays one."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Vectors = (rows / np.maximum(length, 1e-12)).astype(np.float32, copy=False)
    return unit
