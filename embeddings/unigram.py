"""SentencePiece's unigram tokenizer over pieces that lie ready in files, so that it starts at once.

Hugging Face `tokenizers` reads the 250,002 pieces of XLM-RoBERTa from JSON in 0.5 to 1.2 s, which
is more than everything else that a first question needs. Here the pieces are a trie in two arrays
which are mapped into memory, not read. Ids are those of `tokenizers` for the same pieces (tests
hold both to it), but for the spelling of a special token inside a text, such as `<mask>`: here it
stays plain text.

Normalisation is `tokenizers`' own: SentencePiece's nmt_nfkc, with which XLM-RoBERTa was trained.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.packaged_weights import Pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer

EDGES_FILE = "edges.npy"  # int64, sorted: parent node << 21 | code point; place + 1 is the child
PIECES_FILE = "pieces.npy"  # int32: id of the piece that ends at a node, -1 if none does
SCORES_FILE = "scores.npy"  # float64, by id; the last one is that of an unknown character

_MARK = "▁"  # SentencePiece's sign for the start of a word
_CODE_POINT_BITS = 21
_UNKNOWN_PENALTY = 10.0  # SentencePiece: an unknown character scores this below the rarest piece
_REMEMBERED_WORDS = 1 << 16
_REMEMBERED_LENGTH = 32  # characters; longer words hardly come twice


class UnigramTokenizer:
    """Texts -> ids, from the files that `write_unigram` made."""

    def __init__(self, folder: Path, *, unknown: int) -> None:
        self._edges: NDArray[np.int64] = _mapped(folder / EDGES_FILE)
        self._pieces: NDArray[np.int32] = _mapped(folder / PIECES_FILE)
        self._scores: NDArray[np.float64] = _mapped(folder / SCORES_FILE)
        self._unknown = unknown
        self._unknown_score = float(self._scores[-1])
        self._normaliser = normaliser()
        self._remembered: dict[str, list[int]] = {}

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens."""
        words = [self._words(text) for text in texts]
        known = self._remembered
        if len(known) > _REMEMBERED_WORDS:
            known = self._remembered = {}
        new = list({word for line in words for word in line if word not in known})
        ids = dict(zip(new, self._encode_words(new), strict=True))
        result = [
            [id_ for word in line for id_ in (known.get(word) or ids[word])] for line in words
        ]
        known.update(
            (word, pieces) for word, pieces in ids.items() if len(word) <= _REMEMBERED_LENGTH
        )
        return result

    def _words(self, text: str) -> list[str]:
        """The normalised words, each with the mark that opens it."""
        # A lone surrogate, as a mistyped argument brings it, has no UTF-8.
        readable = text.encode("utf-8", "replace").decode()
        marked = self._normaliser.normalize_str(readable).replace(" ", _MARK)
        if not marked:
            return []
        before, *rest = marked.split(_MARK)
        return [_MARK + word for word in ([before] if before else []) + rest]

    def _encode_words(self, words: Sequence[str]) -> list[list[int]]:
        text = "\n".join(words)  # no piece holds a line break, so none reaches over two words
        if not text:
            return []
        lattice = self._lattice(text)
        result = []
        begin = 0
        for word in words:
            result.append(self._best_path(lattice, begin, begin + len(word)))
            begin += len(word) + 1
        return result

    def _lattice(self, text: str) -> "_Lattice":
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.int64)
        start = np.arange(len(codes))
        node = np.zeros(len(codes), np.int64)
        found = []
        depth = 0
        while len(start):
            keys = (node << _CODE_POINT_BITS) | codes[start + depth]
            place = np.searchsorted(self._edges, keys)
            place[place == len(self._edges)] = 0
            hit = self._edges[place] == keys
            start, place = start[hit], place[hit]
            depth += 1
            pieces = self._pieces[place]
            whole = pieces >= 0
            found.append((start[whole], start[whole] + depth, pieces[whole]))
            inside = start + depth < len(codes)
            start, node = start[inside], place[inside] + 1
        starts, ends, ids = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.argsort(starts, kind="stable")
        ids = ids[order]
        return _Lattice(
            first=np.searchsorted(starts[order], np.arange(len(codes) + 1)).tolist(),
            ends=ends[order].tolist(),
            ids=ids.tolist(),
            scores=self._scores[ids].tolist(),
        )

    def _best_path(self, lattice: "_Lattice", begin: int, end: int) -> list[int]:
        """The ids of the likeliest pieces that spell the text between two places (Viterbi)."""
        best: list[tuple[float, int, int]] = [(-math.inf, -1, -1)] * (end - begin + 1)
        best[0] = (0.0, -1, -1)  # score, place before, id
        for place in range(begin, end):
            here = best[place - begin][0]
            single = False
            for match in range(lattice.first[place], lattice.first[place + 1]):
                stop = lattice.ends[match]
                score = here + lattice.scores[match]
                if score > best[stop - begin][0]:
                    best[stop - begin] = (score, place, lattice.ids[match])
                single = single or stop == place + 1
            score = here + self._unknown_score
            if not single and score > best[place + 1 - begin][0]:
                best[place + 1 - begin] = (score, place, self._unknown)
        path: list[int] = []
        place = end
        while place > begin:
            _, place, id_ = best[place - begin]
            # SentencePiece makes one unknown token of a run of unknown characters.
            if not (id_ == self._unknown and path and path[-1] == self._unknown):
                path.append(id_)
        path.reverse()
        return path


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Every piece in a text, by start; those at place i are `first[i]` to `first[i + 1]`."""

    first: list[int]
    ends: list[int]
    ids: list[int]
    scores: list[float]


def _mapped(file: Path) -> NDArray[Any]:
    """The array in a file, mapped into memory; as a plain array, which is quicker to index."""
    return np.asarray(np.load(file, mmap_mode="r"))


def write_unigram(folder: Path, pieces: Pieces, *, special: Sequence[int]) -> None:
    """Write the files of `UnigramTokenizer`; pieces with a `special` id are not found in texts."""
    edges, ends = _trie(pieces.spelling, special=special)
    unknown_score = float(pieces.scores.min()) - _UNKNOWN_PENALTY
    np.save(folder / EDGES_FILE, edges)
    np.save(folder / PIECES_FILE, ends)
    np.save(folder / SCORES_FILE, np.append(pieces.scores.astype(np.float64), unknown_score))


def hugging_face_tokenizer(pieces: Pieces, *, special: Sequence[int]) -> "Tokenizer":
    """The same tokenizer as Hugging Face builds it, for `tokenizer.json`."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors  # noqa: PLC0415

    vocabulary = list(zip(pieces.spelling, pieces.scores.tolist(), strict=True))
    begin, end = pieces.spelling[pieces.begin], pieces.spelling[pieces.end]
    tokenizer = Tokenizer(models.Unigram(vocabulary, pieces.unknown, False))
    tokenizer.normalizer = normaliser()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_MARK, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(_MARK, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, pieces.begin), (end, pieces.end)],
    )
    names = [pieces.spelling[id_] for id_ in special]
    tokenizer.add_special_tokens([AddedToken(name, normalized=False) for name in names])
    return tokenizer


def normaliser() -> "Normalizer":
    """SentencePiece's nmt_nfkc, with white space run together and none left at the end."""
    from tokenizers import Regex, normalizers  # noqa: PLC0415

    steps: list[Any] = [
        normalizers.Nmt(),
        normalizers.NFKC(),
        normalizers.Strip(left=False, right=True),
        normalizers.Replace(Regex(" {2,}"), " "),
    ]
    return normalizers.Sequence(steps)


def _trie(
    spelling: Sequence[str], *, special: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Edges and ends of the trie, level by level, so that a child's number is its edge's place."""
    lengths = np.array([len(piece) for piece in spelling])
    lengths[list(special)] = 0
    codes = np.zeros((len(spelling), int(lengths.max())), np.int64)
    for row, piece in enumerate(spelling):
        if lengths[row]:
            codes[row, : lengths[row]] = [ord(character) for character in piece]
    node = np.zeros(len(spelling), np.int64)
    edges: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int32]] = []
    nodes = 0
    for depth in range(codes.shape[1]):
        reaching = np.flatnonzero(lengths > depth)
        keys = (node[reaching] << _CODE_POINT_BITS) | codes[reaching, depth]
        level, place = np.unique(keys, return_inverse=True)
        node[reaching] = nodes + place + 1
        end = np.full(len(level), -1, np.int32)
        complete = lengths[reaching] == depth + 1
        end[place[complete]] = reaching[complete]
        edges.append(level)
        ends.append(end)
        nodes += len(level)
    return np.concatenate(edges), np.concatenate(ends)
