"""Any sentence-transformers model as an Encoder: a folder, or a name on the Hugging Face hub.

The model's own prompts are put before questions and passages. Vectors and token vectors come from
one forward pass. Where the processor multiplies bfloat16 in hardware the weights are held in it: on
two cores of an AMD Zen 5 that is 2.5 times as fast as float32, at a cosine of at least 0.9999
(`python -m embeddings.benchmark`).
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.batches import batches_by_length, unit_rows
from embeddings.encoder import TOKEN_LAYERS, Encoding, Progress, Vectors
from embeddings.fingerprint import deciding_digests, model_fingerprint
from embeddings.named_models import (
    Kind,
    UnknownModelError,
    available_processors,
    hub_folder,
    load_named,
    local_folder,
    readable,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH_TOKENS = 2048  # padding included
_NO_LIMIT = 1 << 20  # tokens; for models that name none
_KIND = Kind(what="sentence-transformers model", owner="sentence-transformers")


class SentenceEncoder:
    """A sentence-transformers model; loaded when it is first needed.

    `dtype` ("float32", "bfloat16") is chosen by the processor unless given; `threads` is set for
    the whole process, since torch knows no other way, to the processors that it may use.
    """

    def __init__(self, model: str, *, dtype: str | None = None, threads: int | None = None) -> None:
        self._name = model
        self._asked_dtype = dtype
        self._threads = threads or available_processors()
        self._loading = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        folder = local_folder(self._name, _KIND)
        if folder is None:
            self._model()  # the files of a hub model are complete only when it has been loaded
            folder = hub_folder(self._name, _KIND)
        return model_fingerprint(deciding_digests(folder), dtype=self._dtype)

    @property
    def dimension(self) -> int:
        dimension = self._model().get_embedding_dimension()
        if dimension is None:
            raise UnknownModelError(f"{self._name} does not tell the dimension of its vectors")
        return int(dimension)

    @cached_property
    def window(self) -> int:
        model = self._model()
        limit = min(int(model.max_seq_length or _NO_LIMIT), _NO_LIMIT)
        prefixes = (self._prefix("query"), self._prefix("document", "passage", "corpus"))
        special = int(model.tokenizer.num_special_tokens_to_add(False))
        return limit - special - max(len(self._ids(prefix)) for prefix in prefixes)

    def count_tokens(self, text: str) -> int:
        return len(self._ids(readable(text)))

    def encode_queries(self, texts: Sequence[str]) -> Encoding:
        return self._encode(texts, self._model().encode_query, self._prefix("query"), None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Encoding:
        prefix = self._prefix("document", "passage", "corpus")
        return self._encode(texts, self._model().encode_document, prefix, progress)

    @cached_property
    def _dtype(self) -> str:
        return self._asked_dtype or ("bfloat16" if _multiplies_bfloat16() else "float32")

    def _model(self) -> "SentenceTransformer":
        with self._loading:
            if self._loaded is None:
                import torch  # noqa: PLC0415

                torch.set_num_threads(self._threads)
                self._loaded = _load(self._name, self._dtype)
            return self._loaded

    def _prefix(self, *names: str) -> str:
        """The prompt that sentence-transformers takes: the first of these names that there is."""
        prompts = self._model().prompts
        return next((prompts[name] or "" for name in names if name in prompts), "")

    def _ids(self, text: str) -> list[int]:
        tokenizer = self._model().tokenizer
        if callable(tokenizer):
            ids: list[int] = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
            return ids
        encoded: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return encoded

    def _encode(
        self, texts: Sequence[str], encode: Any, prefix: str, progress: Progress | None
    ) -> Encoding:
        texts = [readable(text) for text in texts]
        prefix_ids = self._ids(prefix) if prefix else []
        vectors = np.empty((len(texts), self.dimension), np.float32)
        tokens: list[Vectors] = [vectors] * len(texts)
        lengths = [len(self._ids(text)) + len(prefix_ids) + 2 for text in texts]
        done = 0
        for batch in batches_by_length(lengths, batch_tokens=_BATCH_TOKENS):
            outputs = encode(
                [texts[place] for place in batch],
                batch_size=len(batch),
                output_value=None,
                show_progress_bar=False,
            )
            for place, output in zip(batch, outputs, strict=True):
                vectors[place] = unit_rows(_numbers(output["sentence_embedding"]))
                tokens[place] = self._token_vectors(output, prefix_ids)
            done += len(batch)
            if progress:
                progress(done, len(texts))
        return Encoding(vectors, tuple(tokens))

    def _token_vectors(self, output: dict[str, Any], prefix_ids: Sequence[int]) -> Vectors:
        """The vectors of the text's own tokens; none from a model that has no such vectors."""
        if "token_embeddings" not in output or "input_ids" not in output:
            return np.empty((0, self.dimension), np.float32)
        states = output["token_embeddings"]
        ids = output["input_ids"].tolist()
        mask = output["attention_mask"].tolist()
        tokenizer = self._model().tokenizer
        # The unknown token is special by name only: it stands for characters of the text.
        framing = {
            getattr(tokenizer, f"{kind}_token_id", None)
            for kind in ("bos", "cls", "sep", "eos", "pad")
        }
        own = [
            place
            for place, (id_, seen) in enumerate(zip(ids, mask, strict=True))
            if seen and id_ not in framing
        ]
        # Some tokenizers join the end of the prompt to the text: such a token is the text's.
        shared = 0
        while shared < min(len(prefix_ids), len(own)) and ids[own[shared]] == prefix_ids[shared]:
            shared += 1
        return unit_rows(_numbers(states[own[shared:]]))


def _load(name: str, dtype: str) -> "SentenceTransformer":
    def make(found: str, *, local_files_only: bool) -> "SentenceTransformer":
        import torch  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        model = SentenceTransformer(
            found,
            local_files_only=local_files_only,
            model_kwargs={"dtype": getattr(torch, dtype)},
        )
        _keep_inner_layers(model)
        return model

    return load_named(name, _KIND, make)


def _keep_inner_layers(model: "SentenceTransformer") -> None:
    """Lets the token vectors be the mean over the last TOKEN_LAYERS layers, where there are any."""
    from torch import Tensor, nn, stack  # noqa: PLC0415

    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    if config is None or not hasattr(config, "output_hidden_states"):
        return
    config.output_hidden_states = True

    class InnerLayers(nn.Module):
        def forward(self, features: dict[str, Any]) -> dict[str, Any]:
            # The first state is that of the word embeddings, before any layer.
            layers: tuple[Tensor, ...] = features.pop("all_layer_embeddings", ())[1:]
            if layers and "token_embeddings" in features:
                last = stack([layer.float() for layer in layers[-TOKEN_LAYERS:]])
                features["token_embeddings"] = last.mean(dim=0)
            return features

    model.append(InnerLayers())


def _multiplies_bfloat16() -> bool:
    """Whether the processor has avx512_bf16 or AMX, and no graphics card does the work."""
    import torch  # noqa: PLC0415

    if torch.cuda.is_available() or torch.backends.mps.is_available():
        return False
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, bool)() for name in names)


def _numbers(tensor: Any) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = tensor.float().cpu().numpy()
    return numbers
