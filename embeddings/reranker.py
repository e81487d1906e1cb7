"""A cross-encoder that reads a question and a text together, to order the few nearest once more.

It is better at the first places than what compares vectors, and far slower, since nothing of it can
be computed beforehand. None is shipped: the user names one, in a folder or on the Hugging Face hub.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError
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
    from sentence_transformers import CrossEncoder

LONGEST_PAIR = 512  # tokens of question and text; of what is longer, the longer one is cut
_BATCH = 4  # pairs: few are padded to the longest
_DTYPE = "float32"  # bfloat16 has 8 bits of a score: close texts would be ties
_KIND = Kind(what="cross-encoder", owner="cross-encoder")


class Reranker(Protocol):
    """Any model that tells how near a text is to a question, having read both."""

    @property
    def name(self) -> str: ...  # as the user gives it

    @property
    def fingerprint(self) -> str: ...  # changes whenever its scores would

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """A score for each text, in their order; higher is closer. Raises ExpectedError."""
        ...


class CrossEncoderReranker:
    """A cross-encoder of sentence-transformers on the processor; loaded with the first question.

    Weights come from safetensors files, and no code that comes with a model is run. `threads` is
    set for the whole process, since torch knows no other way, to the processors that it may use.
    """

    def __init__(self, model: str, *, threads: int | None = None) -> None:
        self._name = model
        self._threads = threads or available_processors()
        self._working = threading.Lock()
        self._loaded: CrossEncoder | None = None

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits. Raises UnknownModelError; reads all files of the model."""
        folder = local_folder(self._name, _KIND)
        if folder is None:
            with self._working:
                self._model()  # the files of a hub model are complete only when it has been loaded
            folder = hub_folder(self._name, _KIND)
        return model_fingerprint(deciding_digests(folder), dtype=_DTYPE)

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """A score for each text, in their order: the model's own number, of any size and sign.

        Raises UnknownModelError when the model cannot be loaded or is no reranker, and
        ExpectedError when what it gives is no number.
        """
        if not texts:
            return np.empty(0, np.float32)
        asked = readable(question)
        with self._working:  # its tokenizer is not to be used by two threads at once
            found = self._model().predict(
                [(asked, readable(text)) for text in texts],
                batch_size=_BATCH,
                show_progress_bar=False,
            )
        scores = np.asarray(found, np.float32)
        if not np.isfinite(scores).all():
            raise ExpectedError(
                f"the reranker {self._name!r} gives scores that are no numbers; its weights are "
                "damaged: fetch them anew, or leave --reranker away"
            )
        return scores

    def _model(self) -> "CrossEncoder":
        if self._loaded is None:
            import torch  # noqa: PLC0415

            torch.set_num_threads(self._threads)
            self._loaded = _load(self._name)
        return self._loaded


def _load(name: str) -> "CrossEncoder":
    model = load_named(name, _KIND, _made)
    flaw = _flaw(model)
    if flaw:
        raise UnknownModelError(
            f"the model {name!r} is no reranker: {flaw}; name the folder of a {_KIND.what}, or one "
            "on huggingface.co"
        )
    # More than LONGEST_PAIR would take minutes, or, where the tokenizer names no limit, run past
    # the positions that the model has.
    tokenizer = model.tokenizer
    tokenizer.model_max_length = min(int(tokenizer.model_max_length), LONGEST_PAIR)
    return model


def _flaw(model: "CrossEncoder") -> str:
    """Why a model that was loaded gives no scores to order by; "" if it does."""
    trained = getattr(model.config, "architectures", None) or []
    if len(list(model.children())) == 1 and not any(
        name.endswith("ForSequenceClassification") for name in trained
    ):
        # A model that only embeds is loaded too, and given a last layer of random numbers.
        return f"it was trained as {', '.join(trained) or 'something else'}, with no score"
    if model.num_labels != 1:
        return f"it tells {model.num_labels} labels and not one score"
    return ""


def _made(found: str, *, local_files_only: bool) -> "CrossEncoder":
    import torch  # noqa: PLC0415
    from sentence_transformers import CrossEncoder  # noqa: PLC0415

    model: CrossEncoder = CrossEncoder(
        found,
        device="cpu",
        trust_remote_code=False,
        local_files_only=local_files_only,
        # A sigmoid, the usual end, makes 1.0 of every score above 17: ties where there are none.
        activation_fn=torch.nn.Identity(),
        model_kwargs={"dtype": getattr(torch, _DTYPE), "use_safetensors": True},
    )
    return model
