"""Any sentence-transformers model as an Encoder: a folder, or a name on the Hugging Face hub.

The model's own prompts are put before questions and passages. Vectors and token vectors come from
one forward pass. Where the processor multiplies bfloat16 in hardware the weights are held in it: on
two cores of an AMD Zen 5 that is 2.5 times as fast as float32, at a cosine of at least 0.9999
(`python -m embeddings.benchmark`).
"""

import logging
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError
from embeddings.batches import batches_by_length, unit_rows
from embeddings.encoder import Encoding, Progress, Vectors
from embeddings.fingerprint import deciding_digests, model_fingerprint

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH_TOKENS = 2048  # padding included
_HUB_SECONDS = 10
_NO_LIMIT = 1 << 20  # tokens; for models that name none


class UnknownModelError(ExpectedError):
    """The named model cannot be found or loaded."""


class SentenceEncoder:
    """A sentence-transformers model; loaded when it is first needed.

    `dtype` ("float32", "bfloat16") is chosen by the processor unless given; `threads` is set for
    the whole process, since torch knows no other way, to the processors that it may use.
    """

    def __init__(self, model: str, *, dtype: str | None = None, threads: int | None = None) -> None:
        self._name = model
        self._asked_dtype = dtype
        self._threads = threads or _available_processors()
        self._loading = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        folder = _local_folder(self._name)
        if folder is None:
            self._model()  # the files of a hub model are complete only when it has been loaded
            folder = _hub_folder(self._name)
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
        return len(self._ids(_readable(text)))

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
        readable = [_readable(text) for text in texts]
        prefix_ids = self._ids(prefix) if prefix else []
        vectors = np.empty((len(texts), self.dimension), np.float32)
        tokens: list[Vectors] = [vectors] * len(texts)
        lengths = [len(self._ids(text)) + len(prefix_ids) + 2 for text in readable]
        done = 0
        for batch in batches_by_length(lengths, batch_tokens=_BATCH_TOKENS):
            outputs = encode(
                [readable[place] for place in batch],
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
    """The model from its folder, from what was downloaded before, or from the hub."""
    folder = _local_folder(name)
    _quieten()
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    kwargs: dict[str, Any] = {"model_kwargs": {"dtype": getattr(torch, dtype)}}
    try:
        if folder is not None:
            return SentenceTransformer(str(folder), local_files_only=True, **kwargs)
        try:
            return SentenceTransformer(name, local_files_only=True, **kwargs)
        except (OSError, ValueError):
            # Not downloaded yet. Without a network the download itself would retry for minutes.
            _ask_hub(name)
            return SentenceTransformer(name, **kwargs)
    except UnknownModelError:
        raise
    # Loading runs code and files of others, which fail in every way there is.
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnknownModelError(
            f"the model {name!r} cannot be loaded ({type(error).__name__}: {reason}); name the "
            f"folder of a sentence-transformers model, or one on huggingface.co"
        ) from error


def _local_folder(name: str) -> Path | None:
    """The folder that the name means, None if it can only be a name on the hub."""
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if path.exists() or name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise UnknownModelError(
            f"{name} is no folder; name the folder of a sentence-transformers model, or one on "
            f"huggingface.co"
        )
    return None


def _hub_names(name: str) -> list[str]:
    """A name without an owner is one of sentence-transformers', or a very old one."""
    return [name] if "/" in name else [f"sentence-transformers/{name}", name]


def _ask_hub(name: str) -> None:
    """UnknownModelError unless the hub can be reached and knows the model."""
    from huggingface_hub import HfApi  # noqa: PLC0415
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415

    for candidate in _hub_names(name):
        try:
            HfApi().model_info(candidate, timeout=_HUB_SECONDS)
            return
        except RepositoryNotFoundError:
            continue
        # httpx, requests, OSError, ValueError: whatever this release of the client throws.
        except Exception as error:
            raise UnknownModelError(
                f"the model {name!r} is not on this machine and huggingface.co was not asked "
                f"successfully ({type(error).__name__}); name the folder of a "
                f"sentence-transformers model, or connect to the network"
            ) from error
    raise UnknownModelError(
        f"there is no model {name!r}, neither a folder nor on huggingface.co; check the name"
    )


def _hub_folder(name: str) -> Path:
    """Where the hub's client keeps the files of a loaded model."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415

    home = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    for candidate in _hub_names(name):
        for file in ("modules.json", "config.json"):
            found = try_to_load_from_cache(candidate, file, cache_dir=home)
            if isinstance(found, str):
                return Path(found).parent
    raise UnknownModelError(f"the files of the model {name!r} were not found after loading it")


def _multiplies_bfloat16() -> bool:
    """Whether the processor has avx512_bf16 or AMX, and no graphics card does the work."""
    import torch  # noqa: PLC0415

    if torch.cuda.is_available() or torch.backends.mps.is_available():
        return False
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, bool)() for name in names)


def _quieten() -> None:
    """Keep the progress bars and load reports of the libraries out of our standard error."""
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    settings: Any = transformers_logging
    settings.disable_progress_bar()
    settings.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)


def _available_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _readable(text: str) -> str:
    # A lone surrogate, as a mistyped argument brings it, has no UTF-8.
    return text.encode("utf-8", "replace").decode()


def _numbers(tensor: Any) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = tensor.float().cpu().numpy()
    return numbers
