"""Index folders on disk: written beside, swapped in, and checked on load against their manifest.

An index lies at `home/indexes/<corpus digest>-<model>-<recipe>/`: its name says what it was made
from, so that the index of one corpus is never taken for that of another, and one that was made by
other code or another termbank is not there at all.
"""

import hashlib
import json
import shutil
import uuid
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError
from corpus.fingerprint import own_fingerprint, source_fingerprint
from embeddings.index import LEXICAL, Background, ClauseIndex, Embedded
from embeddings.lexical import Lexical

FORMAT = 1
REBUILD = "repair it: resolutions build --force"
_MANIFEST = "manifest.json"
_Read = TypeVar("_Read")
_MEANS = ("passages", "passage_tokens", "questions", "question_tokens")


class IndexMismatchError(ExpectedError):
    """An index that was made from something else than is wanted, or is damaged."""


def index_folder(home: Path, *, corpus_digest: str, fingerprint: str) -> Path:
    """Where the index of that corpus and encoder lies, whether it exists or not."""
    return home / "indexes" / f"{corpus_digest}-{_short(fingerprint)}-{index_recipe()[:8]}"


def earlier_folders(home: Path, *, fingerprint: str, corpus_digest: str = "*") -> tuple[Path, ...]:
    """The indexes there are of that encoder, by whatever recipe; newest first.

    Of one corpus where its digest is given, else of all.
    """
    times: dict[Path, int] = {}
    for folder in (home / "indexes").glob(f"{corpus_digest}-{_short(fingerprint)}-*"):
        with suppress(OSError):
            times[folder] = folder.stat().st_mtime_ns
    whole = (folder for folder in times if not folder.name.startswith("."))
    return tuple(sorted(whole, key=lambda folder: times[folder], reverse=True))


def index_recipe() -> str:
    """Changes whenever the code or data that make an index of given clauses do."""
    return source_fingerprint("embeddings.build")


def save_index(
    index: ClauseIndex, folder: Path, *, corpus_digest: str, model: str, fingerprint: str
) -> None:
    """Writes the index beside `folder` and renames it into place; raises ExpectedError.

    Indexes of the same corpus and encoder by another recipe go. One writer at a time.
    """
    beside = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    aside = beside.with_name(f"{beside.name}-before")
    try:
        beside.mkdir(parents=True)
        _write_arrays(index, beside)
        files = sorted(path for path in beside.rglob("*") if path.is_file())
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "corpus": corpus_digest,
            "model": model,
            "fingerprint": fingerprint,
            "recipe": index_recipe(),
            "vectors": _vector_recipe(),
            "clauses": len(index),
            "files": {path.relative_to(beside).as_posix(): _sha256(path) for path in files},
        }
        manifest["sha256"] = _own_digest(manifest)
        (beside / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        if folder.exists():
            folder.rename(aside)
        beside.rename(folder)
    except OSError as failure:
        raise ExpectedError(
            f"the index cannot be written to {folder.parent} ({failure.strerror}); make room or "
            "choose another folder with RESOLUTIONS_HOME"
        ) from failure
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)
    home = folder.parent.parent
    for other in earlier_folders(home, corpus_digest=corpus_digest, fingerprint=fingerprint):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def load_index(folder: Path, *, corpus_digest: str, fingerprint: str, clauses: int) -> ClauseIndex:
    """The index in `folder`, all its files held to their digests; nothing is unpickled.

    Raises FileNotFoundError when there is none, IndexMismatchError when it is damaged or was made
    from another corpus or model.
    """
    manifest = _checked_manifest(folder)
    wanted = (FORMAT, corpus_digest, fingerprint, index_recipe(), clauses)
    names = ("format", "corpus", "fingerprint", "recipe", "clauses")
    found = tuple(manifest.get(name) for name in names)
    if found != wanted:
        raise IndexMismatchError(
            f"{folder} was built with {found}, settings ask for {wanted}; {REBUILD}"
        )
    return _read(folder, _read_index)


def load_embedded(folder: Path, *, fingerprint: str) -> Embedded:
    """The vectors in `folder` alone, for another index of the same encoder; raises as above.

    Each is keyed by what was embedded; how it was embedded has to be the same too.
    """
    manifest = _checked_manifest(folder)
    if (manifest.get("fingerprint"), manifest.get("vectors")) != (fingerprint, _vector_recipe()):
        raise IndexMismatchError(f"{folder} was built in another way; {REBUILD}")
    return _read(folder, lambda path: _read_embedded(path, _read_small(path)))


def _checked_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, when it and all the files it names are as they were written."""
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    path = folder / _MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest.pop("sha256") != _own_digest(manifest):
            raise IndexMismatchError(f"{path} is damaged (checksum); {REBUILD}")
        for name, digest in manifest["files"].items():
            if _sha256(folder / name) != digest:
                raise IndexMismatchError(f"{folder / name} is damaged (checksum); {REBUILD}")
    except OSError as failure:
        raise _unreadable(folder, failure) from failure
    except (AttributeError, KeyError, TypeError, ValueError) as failure:
        raise IndexMismatchError(f"{path} is damaged; {REBUILD}") from failure
    return manifest


def _read(folder: Path, read: Callable[[Path], _Read]) -> _Read:
    try:
        return read(folder)
    except OSError as failure:
        raise _unreadable(folder, failure) from failure
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as failure:
        raise IndexMismatchError(f"{folder} is damaged ({failure}); {REBUILD}") from failure


def _unreadable(folder: Path, failure: OSError) -> IndexMismatchError:
    return IndexMismatchError(
        f"{failure.filename or folder} cannot be read ({failure.strerror}); {REBUILD}"
    )


def _own_digest(manifest: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _write_arrays(index: ClauseIndex, folder: Path) -> None:
    embedded = index.embedded
    for name in ("path", "text", "tokens"):
        np.save(folder / f"{name}.npy", getattr(embedded, name), allow_pickle=False)
    small: dict[str, NDArray[Any]] = {
        "keys": np.array(embedded.keys),
        "owners": embedded.owners,
        "token_bounds": embedded.token_bounds,
        "languages": np.array(index.languages),
        "token_lengths": index.token_lengths,
    }
    small.update({f"hubs.{name}": scores for name, scores in index.hubs.items()})
    for part in _MEANS:
        for language, mean in getattr(index.background, part).items():
            small[f"{part}.{language}"] = mean
    with (folder / "small.npz").open("wb") as file:
        np.savez(file, **small)  # type: ignore[arg-type]
    for name, lexical in index.lexical.items():
        (folder / "lexical" / name).mkdir(parents=True)
        lexical.save(folder / "lexical" / name)


def _read_small(folder: Path) -> dict[str, NDArray[Any]]:
    with np.load(folder / "small.npz", allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _read_embedded(folder: Path, small: Mapping[str, NDArray[Any]]) -> Embedded:
    return Embedded(
        keys=tuple(str(key) for key in small["keys"]),
        owners=small["owners"],
        path=np.load(folder / "path.npy", allow_pickle=False),
        text=np.load(folder / "text.npy", allow_pickle=False),
        tokens=np.load(folder / "tokens.npy", allow_pickle=False, mmap_mode="r"),
        token_bounds=small["token_bounds"],
    )


def _read_index(folder: Path) -> ClauseIndex:
    small = _read_small(folder)

    def part(prefix: str) -> dict[str, NDArray[np.float32]]:
        named = (name.partition(".") for name in small)
        return {
            rest: small[f"{start}.{rest}"] for start, dot, rest in named if start == prefix and dot
        }

    languages = [str(language) for language in small["languages"]]
    return ClauseIndex(
        embedded=_read_embedded(folder, small),
        languages=languages,
        background=Background(*(part(name) for name in _MEANS)),
        hubs=part("hubs"),
        lexical={name: Lexical.load(folder / "lexical" / name, len(languages)) for name in LEXICAL},
        token_lengths=small["token_lengths"],
    )


def _vector_recipe() -> str:
    """Changes when given texts may be embedded in another way by a given encoder."""
    return own_fingerprint("embeddings.build")


def _short(fingerprint: str) -> str:
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:12]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
