"""Is every character of a document in exactly one clause, heading or named discard?

The check knows nothing of how the ranges were found: it takes them as they are and counts.
White space is nobody's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]  # half-open range of characters

_INK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a division of a text leaves out and what it holds twice."""

    share: float  # of the characters that are not white space, those in exactly one range; 0 to 1
    lost: tuple[Range, ...]  # in no range
    doubled: tuple[Range, ...]  # in more than one

    @property
    def complete(self) -> bool:
        return not self.lost and not self.doubled


def cover(
    text: str, ranges: Iterable[Range], *, start: int = 0, end: int | None = None
) -> Coverage:
    """How `ranges` divide `text[start:end]`. A text of white space alone is covered: 1.0."""
    stop = len(text) if end is None else end
    steps: dict[int, int] = {}
    for first, last in ranges:
        low, high = max(first, start), min(last, stop)
        if low < high:
            steps[low] = steps.get(low, 0) + 1
            steps[high] = steps.get(high, 0) - 1
    lost: list[Range] = []
    doubled: list[Range] = []
    inked = once = 0
    depth, at = 0, start
    for edge in [*sorted(steps), stop]:
        runs = [match.span() for match in _INK.finditer(text, at, edge)]
        ink = sum(last - first for first, last in runs)
        inked += ink
        if depth == 1:
            once += ink
        elif runs:
            (lost if depth == 0 else doubled).append((runs[0][0], runs[-1][1]))
        depth += steps.get(edge, 0)
        at = edge
    share = once / inked if inked else 1.0
    return Coverage(share, tuple(lost), tuple(doubled))
