"""SearchText: a text as references are searched in it, without marks that nobody sees."""

from corpus import bodies
from corpus.editions import Edition, read_edition
from corpus.folding import folded


class SearchText:
    """A text without invisible marks (`clean`), beside its folded form (`plain`).

    Both have the same offsets; `span` leads them back to the text as it was given.
    """

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        starts: list[int] = []
        for at, character in enumerate(text):
            plain = folded(character)
            if len(plain) == 1:
                pieces.append(character)
                starts.append(at)
            else:
                pieces.append(plain)
                starts += [at] * len(plain)
        self.clean = "".join(pieces)
        self.plain = folded(self.clean)
        self._starts = starts
        self._length = len(text)
        self._mentions: tuple[bodies.Mention, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        if start >= len(self._starts):
            return self._length, self._length
        return self._starts[start], self._starts[max(start, end - 1)] + 1

    @property
    def mentions(self) -> tuple[bodies.Mention, ...]:
        """The bodies that are named, found once."""
        if self._mentions is None:
            self._mentions = bodies.find(self.clean)
        return self._mentions

    def edition(self, start: int, end: int) -> Edition | None:
        return read_edition(self.clean[start:end])
