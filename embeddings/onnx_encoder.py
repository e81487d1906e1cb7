"""The packaged model on ONNX Runtime: ready in a fraction of a second, for questions and bulk.

sentence-transformers and this engine compute from the same float32 numbers and agree to a cosine
above 0.9999, so an index is the same whichever made it. On two cores ONNX Runtime is 2.4 times as
fast as torch in float32, level with it in bfloat16 (`python -m embeddings.benchmark`), and starts
in a fifth of a second, since it needs neither torch nor transformers. So the packaged model runs
here alone, and a one-off command ranks as a server does.

Turned down: 8-bit matrices, which are quicker still and lose first hits, since the cosines of this
model lie so close together.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.batches import batches_by_length, unit_rows
from embeddings.bert_graph import IDS, LAST, MASK, TOKENS
from embeddings.encoder import Encoding, Progress, Vectors
from embeddings.fingerprint import model_fingerprint
from embeddings.packaged_model import (
    GRAPH,
    MODEL_NAME,
    PASSAGE_PREFIX,
    PIECES,
    QUERY_PREFIX,
    PackagedModel,
)
from embeddings.unigram import UnigramTokenizer

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_BATCH_TOKENS = 512  # padding included; from 2,048 on batches leave the cache: 185 -> 149 texts/s
_THREADS = 2


class OnnxEncoder:
    """The packaged model as an `Encoder`; loads its engine with the first text."""

    def __init__(
        self, model: PackagedModel, *, name: str = MODEL_NAME, threads: int = _THREADS
    ) -> None:
        self._model = model
        self._name = name
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded_session: InferenceSession | None = None

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        return model_fingerprint(self._model.digests, dtype="float32")

    @property
    def dimension(self) -> int:
        return self._model.architecture.hidden

    @cached_property
    def window(self) -> int:
        prefixes = self._tokenizer.encode([QUERY_PREFIX, PASSAGE_PREFIX])
        return self._model.architecture.positions - 2 - max(map(len, prefixes))

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode([text])[0])

    def encode_queries(self, texts: Sequence[str]) -> Encoding:
        return self._encode(texts, QUERY_PREFIX, None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encoding:
        return self._encode(texts, PASSAGE_PREFIX, progress)

    @cached_property
    def _tokenizer(self) -> UnigramTokenizer:
        return UnigramTokenizer(self._model.folder / PIECES, unknown=self._model.unknown)

    def _session(self) -> "InferenceSession":
        with self._loading:
            if self._loaded_session is None:
                self._loaded_session = _open_session(
                    str(self._model.folder / GRAPH), threads=self._threads
                )
            return self._loaded_session

    def _encode(self, texts: Sequence[str], prefix: str, progress: Progress | None) -> Encoding:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        tokens: list[Vectors] = [vectors] * len(texts)
        prefix_ids, *rows = self._tokenizer.encode([prefix, *texts])
        room = self._model.architecture.positions - 2 - len(prefix_ids)
        ids = [[self._model.begin, *prefix_ids, *row[:room], self._model.end] for row in rows]
        done = 0
        for batch in batches_by_length([len(row) for row in ids], batch_tokens=_BATCH_TOKENS):
            outputs = self._run([ids[place] for place in batch])
            for place, last, states in zip(batch, *outputs, strict=True):
                vectors[place] = unit_rows(last[: len(ids[place])].mean(axis=0))
                tokens[place] = unit_rows(states[1 + len(prefix_ids) : len(ids[place]) - 1])
            done += len(batch)
            if progress:
                progress(done, len(texts))
        return Encoding(vectors, tuple(tokens))

    def _run(self, rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.float32], ...]:
        """Per row the last layer and the token states, [rows, longest row, dimension] each."""
        width = max(map(len, rows))
        ids = np.full((len(rows), width), self._model.padding, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        for line, row in enumerate(rows):
            ids[line, : len(row)] = row
            mask[line, : len(row)] = 1
        return tuple(self._session().run([LAST, TOKENS], {IDS: ids, MASK: mask}))


def _open_session(graph: str, *, threads: int) -> "InferenceSession":
    import onnxruntime  # noqa: PLC0415

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the processor from everyone else on the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    # The level above rearranges weights for other processors' convolutions: nothing is gained here,
    # and a session opens in 135 ms instead of 56.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
