"""A model that a user names: in a folder, among what was downloaded before, or on the hub.

Whatever goes wrong with it ends in one line. Nothing heavy is imported before a model is loaded.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from corpus.errors import ExpectedError

_HUB_SECONDS = 10

Model = TypeVar("Model")


class UnknownModelError(ExpectedError):
    """The named model cannot be found or loaded."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model that sentence-transformers knows."""

    what: str  # as it is called in a message: "sentence-transformers model"
    owner: str  # on the hub, of the names that have none


def load_named(name: str, kind: Kind, make: Callable[..., Model]) -> Model:
    """The model from its folder, from what was downloaded before, or from the hub.

    `make` is called with a folder or a name, and with `local_files_only`. Raises UnknownModelError,
    where there is no network at once and not after minutes of trying.
    """
    folder = local_folder(name, kind)
    _quieten()
    try:
        if folder is not None:
            return make(str(folder), local_files_only=True)
        try:
            return make(name, local_files_only=True)
        except (OSError, ValueError):
            # Not downloaded yet. Without a network the download itself would retry for minutes.
            _ask_hub(name, kind)
            return make(name, local_files_only=False)
    except UnknownModelError:
        raise
    # Loading runs code and files of others, which fail in every way there is.
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnknownModelError(
            f"the model {name!r} cannot be loaded ({type(error).__name__}: {reason}); name the "
            f"folder of a {kind.what}, or one on huggingface.co"
        ) from error


def local_folder(name: str, kind: Kind) -> Path | None:
    """The folder that the name means, None if it can only be a name on the hub."""
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if path.exists() or name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise UnknownModelError(
            f"{name} is no folder; name the folder of a {kind.what}, or one on huggingface.co"
        )
    return None


def hub_folder(name: str, kind: Kind) -> Path:
    """Where the hub's client keeps the files of a loaded model."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415

    home = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    for candidate in _hub_names(name, kind):
        for file in ("modules.json", "config.json"):
            found = try_to_load_from_cache(candidate, file, cache_dir=home)
            if isinstance(found, str):
                return Path(found).parent
    raise UnknownModelError(f"the files of the model {name!r} were not found after loading it")


def available_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def readable(text: str) -> str:
    """The text with half characters replaced: a lone surrogate, mistyped, has no UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _hub_names(name: str, kind: Kind) -> list[str]:
    """A name without an owner is one of sentence-transformers', or a very old one."""
    return [name] if "/" in name else [f"{kind.owner}/{name}", name]


def _ask_hub(name: str, kind: Kind) -> None:
    """UnknownModelError unless the hub can be reached and knows the model."""
    from huggingface_hub import HfApi  # noqa: PLC0415
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415

    for candidate in _hub_names(name, kind):
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
                f"{kind.what}, or connect to the network"
            ) from error
    raise UnknownModelError(
        f"there is no model {name!r}, neither a folder nor on huggingface.co; check the name"
    )


def _quieten() -> None:
    """Keep the progress bars and load reports of the libraries out of our standard error."""
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    settings: Any = transformers_logging
    settings.disable_progress_bar()
    settings.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
