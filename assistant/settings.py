"""Settings, frozen; the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ExpectedError


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things lie and which models are used.

    Environment: RESOLUTIONS_HOME (corpus and indexes), RESOLUTIONS_CACHE (unpacked weights),
    RESOLUTIONS_MODEL (a sentence-transformers model; default: the packaged one),
    RESOLUTIONS_RERANKER (a cross-encoder that orders the nearest clauses once more; default: none).
    """

    home: Path
    cache: Path
    model: str | None = None
    reranker: str | None = None

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        model: str | None = None,
        reranker: str | None = None,
    ) -> "Settings":
        """The settings of this user; the models named here overrule the environment.

        Raises ExpectedError.
        """
        import platformdirs  # noqa: PLC0415 (--help does without it)

        given = os.environ if environment is None else environment
        name = "resolutions-assistant"
        home = given.get("RESOLUTIONS_HOME") or platformdirs.user_data_dir(name, appauthor=False)
        cache = given.get("RESOLUTIONS_CACHE") or platformdirs.user_cache_dir(name, appauthor=False)
        return cls(
            home=_folder("RESOLUTIONS_HOME", home),
            cache=_folder("RESOLUTIONS_CACHE", cache),
            model=model or given.get("RESOLUTIONS_MODEL") or None,
            reranker=reranker or given.get("RESOLUTIONS_RERANKER") or None,
        )


def _folder(variable: str, path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as failure:
        raise ExpectedError(
            f"{variable}={path} names the home folder of a user that is not known here; "
            "write the path in full"
        ) from failure
