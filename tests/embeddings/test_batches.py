"""Batches of like length, and rows of length 1."""

import numpy as np
import pytest

from embeddings.batches import batches_by_length, unit_rows


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([5], [[0]]),
        ([3, 9, 3, 3], [[1], [0, 2, 3]]),
        ([2, 2, 2, 2, 2, 2], [[0, 1, 2, 3, 4], [5]]),
        ([40, 1, 40], [[0], [2], [1]]),
    ],
)
def test_texts_are_batched_longest_first_up_to_the_padded_size(lengths, expected):
    batches = list(batches_by_length(lengths, batch_tokens=10))

    assert batches == expected


def test_rows_get_length_one_and_zeros_stay_zeros():
    rows = np.array([[3, 4], [0, 0]], np.float32)

    unit = unit_rows(rows)

    assert np.allclose(unit, [[0.6, 0.8], [0, 0]])
    assert unit.dtype == np.float32
    assert rows[0, 0] == 3
