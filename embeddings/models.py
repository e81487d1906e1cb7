"""The models that a user names -> an Encoder, and a Reranker where one is wanted."""

from pathlib import Path

from embeddings.adapter import shipped_adapter
from embeddings.encoder import Encoder, Progress
from embeddings.interaction import Interaction, shipped_interaction
from embeddings.packaged_model import MODEL_NAME, packaged_model
from embeddings.reranker import CrossEncoderReranker, Reranker

DEFAULT_MODEL = MODEL_NAME


def open_encoder(
    model: str | None = None, *, cache: Path, progress: Progress | None = None
) -> Encoder:
    """The encoder of a model: the packaged one unless another is named.

    Any other name is a sentence-transformers model: a folder, or a name on the Hugging Face hub.
    The packaged model is unpacked into `cache` when it is not there yet; `progress` is told the
    bytes written and the bytes in all. Raises ExpectedError when that fails; an unknown name
    raises it with the first text, since opening loads no model yet.
    """
    if not model or model == DEFAULT_MODEL:
        from embeddings.onnx_encoder import OnnxEncoder  # noqa: PLC0415

        return OnnxEncoder(packaged_model(cache, progress=progress, adapter=shipped_adapter()))
    from embeddings.sentence_encoder import SentenceEncoder  # noqa: PLC0415

    return SentenceEncoder(model)


def interaction_for(encoder: Encoder) -> Interaction | None:
    """The learned interaction of the packaged model's token vectors; None for any other encoder."""
    return shipped_interaction() if encoder.name == DEFAULT_MODEL else None


def open_reranker(model: str | None) -> Reranker | None:
    """The cross-encoder of that name, a folder or a name on the Hugging Face hub; None without one.

    Opening loads no model yet: an unknown name raises ExpectedError with the first question.
    """
    return CrossEncoderReranker(model) if model else None
