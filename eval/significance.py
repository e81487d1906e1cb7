"""How sure a mean, or a difference of two systems on the same cases, is: the bootstrap. Pure.

Percentile intervals over resampled cases (Efron), seeded, so that the same scores always give the
same interval. Pairs are resampled together: what makes a case hard for both systems cancels out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SEED = 75
RESAMPLES = 10_000
CONFIDENCE = 0.95
_CHUNK = 2_000_000  # drawn cases held in memory at once: 16 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds between which it lies with CONFIDENCE."""

    mean: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of two systems on the cases that both were measured on: new minus old."""

    measure: str
    cases: int
    old: float
    new: float
    interval: Interval  # of the mean difference
    won: tuple[str, ...]  # ids of the cases on which the new one scores higher, sorted
    lost: tuple[str, ...]


def bootstrap_mean(
    values: Sequence[float], *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """The mean of the values and its percentile interval; ValueError when there is no value."""
    if not len(values):
        raise ValueError("no value to resample")
    sample = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    rows = max(1, _CHUNK // len(sample))
    means = np.concatenate(
        [
            sample[
                generator.integers(0, len(sample), (min(rows, resamples - done), len(sample)))
            ].mean(axis=1)
            for done in range(0, resamples, rows)
        ]
    )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return Interval(float(sample.mean()), float(low), float(high))


def paired_difference(
    measure: str,
    old: Mapping[str, float],
    new: Mapping[str, float],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Difference | None:
    """What changed from `old` to `new`, each case id -> score; None when they share no case."""
    shared = sorted(old.keys() & new.keys())
    if not shared:
        return None
    gains = [new[case] - old[case] for case in shared]
    return Difference(
        measure=measure,
        cases=len(shared),
        old=sum(old[case] for case in shared) / len(shared),
        new=sum(new[case] for case in shared) / len(shared),
        interval=bootstrap_mean(gains, resamples=resamples, seed=seed),
        won=tuple(case for case, gain in zip(shared, gains, strict=True) if gain > 0),
        lost=tuple(case for case, gain in zip(shared, gains, strict=True) if gain < 0),
    )
