"""What decides the vectors of a model, as one short digest."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

_DECIDING = {".safetensors", ".bin", ".json", ".txt", ".model", ".py"}
# Other engines' copies of the same weights, and the book-keeping of an unpacked model.
_OTHER_ENGINES = {"onnx", "openvino", ".git", ".cache"}
_BOOKKEEPING = {"manifest.json", "verified.json"}
_RECIPE = 2  # goes up when this project makes other vectors of the same model


def model_fingerprint(digests: Mapping[str, str], *, dtype: str) -> str:
    """16 hexadecimal digits that change whenever a model's vectors would.

    `digests` are the SHA-256 of the files of a sentence-transformers model by their path within its
    folder, with slashes. Two engines that compute the same from the same files agree on it.
    """
    lines = [f"recipe {_RECIPE}", f"dtype {dtype}"]
    lines += [f"{name} {digest}" for name, digest in sorted(digests.items()) if decides(name)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def decides(name: str) -> bool:
    """Whether a file of a model's folder has a say in its vectors."""
    path = PurePosixPath(name)
    return (
        path.suffix in _DECIDING
        and path.name not in _BOOKKEEPING
        and _OTHER_ENGINES.isdisjoint(path.parts)
    )


def deciding_digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file under `folder` that has a say in the vectors."""
    names = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return {name: file_digest(folder / name) for name in sorted(names) if decides(name)}


def file_digest(file: Path) -> str:
    """SHA-256 in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
