"""Index folders on disk: written beside, swapped in, and checked on load against their manifest.

An index lies at `home/indexes/<corpus digest>-<encoder fingerprint>/`: its name says what it was
made from, so that the index of one corpus is never taken for that of another.
"""

import hashlib
import json
import shutil
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError
from embeddings.index import Background, ClauseIndex, Embedded
from embeddings.lexical import Lexical

FORMAT = 1
REBUILD = "rebuild it: resolutions build --force"
_MEANS = ("passages", "passage_tokens", "questions", "question_tokens")


class IndexMismatchError(ExpectedError):
    """An index that was made from something else than is wanted, or is damaged."""


def index_folder(home: Path, *, corpus_digest: str, fingerprint: str) -> Path:
    """Where the index of that corpus and encoder lies, whether it exists or not."""
    model = hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
    return home / "indexes" / f"{corpus_digest}-{model}"


def save_index(
    index: ClauseIndex, folder: Path, *, corpus_digest: str, model: str, fingerprint: str
) -> None:
    """Writes the index beside `folder` and renames it into place; raises ExpectedError."""
    beside = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    try:
        (beside / "lexical").mkdir(parents=True)
        (beside / "concepts").mkdir()
        _write_arrays(index, beside)
        files = sorted(path for path in beside.rglob("*") if path.is_file())
        manifest = {
            "format": FORMAT,
            "corpus": corpus_digest,
            "model": model,
            "fingerprint": fingerprint,
            "clauses": len(index),
            "files": {str(path.relative_to(beside)): _sha256(path) for path in files},
        }
        (beside / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        beside.replace(folder)
    except OSError as failure:
        shutil.rmtree(beside, ignore_errors=True)
        raise ExpectedError(
            f"the index cannot be written to {folder.parent} ({failure.strerror}); make room or "
            "choose another folder with RESOLUTIONS_HOME"
        ) from failure


def load_index(folder: Path, *, corpus_digest: str, fingerprint: str, clauses: int) -> ClauseIndex:
    """The index in `folder`, all its files held to their digests; nothing is unpickled.

    Raises FileNotFoundError when there is none, IndexMismatchError when it is damaged or was made
    from another corpus or model.
    """
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        wanted = (FORMAT, corpus_digest, fingerprint, clauses)
        found = tuple(manifest[name] for name in ("format", "corpus", "fingerprint", "clauses"))
        if found != wanted:
            raise IndexMismatchError(
                f"{folder} was built with {found}, settings ask for {wanted}; {REBUILD}"
            )
        for name, digest in manifest["files"].items():
            path = (folder / name).resolve()
            if not path.is_relative_to(folder.resolve()) or _sha256(path) != digest:
                raise IndexMismatchError(f"{folder / name} is damaged (checksum); {REBUILD}")
        return _read_arrays(folder)
    except OSError as failure:
        raise IndexMismatchError(
            f"{failure.filename or folder} cannot be read ({failure.strerror}); {REBUILD}"
        ) from failure
    except (KeyError, TypeError, ValueError) as failure:
        raise IndexMismatchError(f"{folder} is damaged ({failure}); {REBUILD}") from failure


def _write_arrays(index: ClauseIndex, folder: Path) -> None:
    embedded = index.embedded
    for name in ("path", "text", "tokens"):
        np.save(folder / f"{name}.npy", getattr(embedded, name), allow_pickle=False)
    small: dict[str, NDArray[Any]] = {
        "keys": np.array(embedded.keys),
        "owners": embedded.owners,
        "token_bounds": embedded.token_bounds,
        "languages": np.array(index.languages),
    }
    small.update({f"hubs.{name}": scores for name, scores in index.hubs.items()})
    for part in _MEANS:
        for language, mean in getattr(index.background, part).items():
            small[f"{part}.{language}"] = mean
    with (folder / "small.npz").open("wb") as file:
        np.savez(file, **small)  # type: ignore[arg-type]
    index.lexical.save(folder / "lexical")
    index.concepts.save(folder / "concepts")


def _read_arrays(folder: Path) -> ClauseIndex:
    with np.load(folder / "small.npz", allow_pickle=False) as archive:
        small = {name: archive[name] for name in archive.files}

    def part(prefix: str) -> dict[str, NDArray[np.float32]]:
        named = (name.partition(".") for name in small)
        return {
            rest: small[f"{start}.{rest}"] for start, dot, rest in named if start == prefix and dot
        }

    embedded = Embedded(
        keys=tuple(str(key) for key in small["keys"]),
        owners=small["owners"],
        path=np.load(folder / "path.npy", allow_pickle=False),
        text=np.load(folder / "text.npy", allow_pickle=False),
        tokens=np.load(folder / "tokens.npy", allow_pickle=False, mmap_mode="r"),
        token_bounds=small["token_bounds"],
    )
    languages = [str(language) for language in small["languages"]]
    return ClauseIndex(
        embedded=embedded,
        languages=languages,
        background=Background(*(part(name) for name in _MEANS)),
        hubs=part("hubs"),
        lexical=Lexical.load(folder / "lexical", len(languages)),
        concepts=Lexical.load(folder / "concepts", len(languages)),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
