"""What the packaged model has learnt about resolutions, kept as low-rank changes to its matrices.

multilingual-e5-small knows the languages, but not which clause a delegate means: two clauses of one
resolution lie closer together than a clause and its question in other words. The adapter (LoRA, Hu
et al. 2021) moves it there. It was learnt from clauses of invented resolutions and questions that
they answer (`embeddings.pairs`); neither a text that the product ships nor a question that it is
measured by is among them. `python -m embeddings.training` writes it again.

It is kept in the form of the PEFT library, so that other tools can load it too, and added to the
weights when these are unpacked: nothing is computed for it afterwards.
"""

import json
import math
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError

FOLDER = Path(__file__).parent / "data" / "adapter"
CONFIGURATION = "adapter_config.json"
MATRICES = "adapter_model.safetensors"

_PREFIX = "base_model.model."  # PEFT's name of the model that was adapted
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"

Matrix = NDArray[np.float32]


class AdapterError(ExpectedError):
    """The adapter is missing or damaged, or made for another model."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter on the disk; its matrices are read only where they are added to weights."""

    folder: Path
    digest: str  # SHA-256 of its files

    def changes(self) -> dict[str, tuple[Matrix, Matrix]]:
        """For each matrix that it changes, by transformers' name, two whose product is added to it.

        The first is [outputs, rank], the second [rank, inputs]. Raises `AdapterError`.
        """
        from safetensors import SafetensorError  # noqa: PLC0415
        from safetensors.numpy import load_file  # noqa: PLC0415

        try:
            settings = json.loads((self.folder / CONFIGURATION).read_text(encoding="utf-8"))
            rank = settings["r"]
            scale = np.float32(
                settings["lora_alpha"] / (math.sqrt(rank) if settings.get("use_rslora") else rank)
            )
            stored = load_file(self.folder / MATRICES)
            names = {name.removesuffix(_DOWN) for name in stored if name.endswith(_DOWN)}
            return {
                f"{name.removeprefix(_PREFIX)}.weight": (
                    scale * stored[name + _UP].astype(np.float32),
                    stored[name + _DOWN].astype(np.float32),
                )
                for name in sorted(names)
            }
        except (
            OSError,
            SafetensorError,
            ValueError,
            ArithmeticError,
            KeyError,
            TypeError,
        ) as error:
            raise _unreadable(self.folder, error) from error


def shipped_adapter() -> Adapter:
    """The adapter that comes with the product. Raises `AdapterError`."""
    return adapter_in(FOLDER)


def adapter_in(folder: Path) -> Adapter:
    """The adapter in a folder as PEFT writes it. Raises `AdapterError`."""
    try:
        parts = [(folder / name).read_bytes() for name in (CONFIGURATION, MATRICES)]
    except OSError as error:
        raise _unreadable(folder, error) from error
    return Adapter(folder, sha256(b"".join(parts)).hexdigest())


def _unreadable(folder: Path, error: Exception) -> AdapterError:
    return AdapterError(
        f"the adapter of the embedded model in {folder} cannot be read ({error}); install the "
        f"product again"
    )
