"""The model that comes with the product: unpacked once into the cache, checked at every start.

Its weights are those of the package, with the changes of an adapter (`embeddings.adapter`) added.
What is unpacked is a plain sentence-transformers folder that any tool can load, and beside its
files a graph for ONNX Runtime and the pieces of the tokenizer, for an engine that starts at once.

The folder is written beside its place and renamed into it under a lock, so it is there whole or not
at all, however many processes start together. `manifest.json` holds the SHA-256 of every file.
Hashing 470 MB costs 0.3 s, too much for every start, so `verified.json` keeps what the file system
says of each file that was hashed (size, times of change, inode); only when that differs are they
hashed again. The time of the last status change is among it because no ordinary program can set it
back: a damaged file does not pass for having an old date. A damaged folder is unpacked anew, and a
warning is logged that says so.
"""

import json
import logging
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExpectedError
from embeddings.adapter import Adapter, AdapterError
from embeddings.bert_graph import StoredTensor, bert_graph
from embeddings.encoder import Progress
from embeddings.fingerprint import file_digest
from embeddings.packaged_weights import (
    PACKAGE,
    PACKAGE_VERSION,
    WEIGHTS_SHA256,
    Architecture,
    PackagedWeights,
    read_packaged_weights,
)
from embeddings.unigram import (
    hugging_face_tokenizer,
    write_unigram,
)

MODEL_NAME = "multilingual-e5-small"
QUERY_PREFIX = "query: "  # from the model's card; without them retrieval is worse
PASSAGE_PREFIX = "passage: "
WEIGHTS = "model.safetensors"
GRAPH = "model.onnx"
PIECES = "unigram"  # folder

_LAYOUT = 2  # goes up when other files are written
_MANIFEST = "manifest.json"
_VERIFIED = "verified.json"
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_LOCK_SECONDS = 600  # unpacking takes 5 s; whoever holds the lock this long is stuck
_ROOM_BYTES = 520 << 20

_log = logging.getLogger(__name__)


class ModelCacheError(ExpectedError):
    """The embedded model cannot be unpacked into the cache folder."""


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """The unpacked model: its folder, and the SHA-256 of its files by their path in it."""

    folder: Path
    digests: Mapping[str, str]
    architecture: Architecture
    begin: int  # ids of the special tokens
    end: int
    padding: int
    unknown: int


def packaged_model(
    cache: Path,
    *,
    progress: Progress | None = None,
    weights: Callable[[], PackagedWeights] = read_packaged_weights,
    adapter: Adapter | None = None,
) -> PackagedModel:
    """The checked model in `cache`, unpacked there first if it is missing or damaged.

    `progress` is told the bytes written and the bytes in all, only while unpacking; `weights` is
    called only then, too. Without an `adapter` the weights stay those of the package. Raises
    `ModelCacheError` when the cache cannot be written, `PackagedWeightsError` when the package does
    not have the weights.
    """
    folder = model_folder(cache, adapter)
    model, _ = _checked(folder)
    if model:
        return model
    try:
        with _lock(folder):
            # Another process may have unpacked it meanwhile.
            model, damage = _checked(folder)
            if model:
                return model
            if damage:
                _log.warning("%s is damaged (%s) and is unpacked anew", folder, damage)
            _unpack_into_place(folder, weights, adapter, progress or _unheard)
            model, damage = _checked(folder)
    except OSError as error:
        raise ModelCacheError(
            f"the embedded model cannot be unpacked into {folder}: {error.strerror or error}; make "
            f"that folder writable with {_ROOM_BYTES >> 20} MB free, or name another cache folder"
        ) from error
    if not model:
        raise ModelCacheError(
            f"{folder} is damaged as soon as it is written ({damage}): check that disk, or name "
            f"another cache folder"
        )
    return model


def model_folder(cache: Path, adapter: Adapter | None = None) -> Path:
    """Where the model lies in a cache: another folder for other weights or another layout."""
    digests = [WEIGHTS_SHA256, *([adapter.digest] if adapter else [])]
    made_from = "-".join(digest[:12] for digest in digests)
    return cache / "models" / f"{MODEL_NAME}-{made_from}-{_LAYOUT}"


def _unheard(_done: int, _total: int) -> None:
    """The progress that nobody asked for."""


# Checking


def _checked(folder: Path) -> tuple[PackagedModel | None, str]:
    """The model if every file is what the manifest says; else None and what is wrong.

    Nothing is wrong ("") when there is no folder at all.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, dict[str, Any]] = manifest["files"]
        model = PackagedModel(
            folder=folder,
            digests={name: entry["sha256"] for name, entry in files.items()},
            architecture=Architecture(**manifest["architecture"]),
            **manifest["special"],
        )
        stamps = {name: _stamp(folder / name) for name in [*files, _MANIFEST]}
        if stamps == _verified_stamps(folder):
            return model, ""
        for name, entry in files.items():
            if stamps[name][0] != entry["size"]:
                return None, f"{name} has {stamps[name][0]} bytes, not {entry['size']}"
            if file_digest(folder / name) != entry["sha256"]:
                return None, f"{name} has another checksum"
    except FileNotFoundError as error:
        return None, f"{Path(error.filename).name} is missing" if folder.exists() else ""
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return None, f"{type(error).__name__}: {error}"
    _remember_verified(folder, stamps)
    return model, ""


def _stamp(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _verified_stamps(folder: Path) -> object:
    try:
        return json.loads((folder / _VERIFIED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _remember_verified(folder: Path, stamps: Mapping[str, list[int]]) -> None:
    """Spare the next start the hashing; where the folder cannot be written it is hashed again."""
    try:
        handle, beside = tempfile.mkstemp(dir=folder, prefix=_VERIFIED)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(stamps, stream)
        Path(beside).chmod(0o644)
        Path(beside).replace(folder / _VERIFIED)
    except OSError:
        return


# Unpacking


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=_LOCK_SECONDS)
    try:
        with lock:
            yield
    except Timeout as error:
        raise ModelCacheError(
            f"another process has been unpacking the model for {_LOCK_SECONDS // 60} minutes; end "
            f"it, or delete {lock.lock_file}"
        ) from error


def _unpack_into_place(
    folder: Path,
    weights: Callable[[], PackagedWeights],
    adapter: Adapter | None,
    progress: Progress,
) -> None:
    """Write the folder beside its place, then swap it in; the lock is held."""
    # Left by processes that were killed: the holder of the lock is the only one that writes.
    for left in folder.parent.glob(f"{folder.name}.tmp-*"):
        shutil.rmtree(left, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}.tmp-"))
    try:
        written = beside / "new"
        written.mkdir()
        write_model(weights(), written, adapter=adapter, progress=progress)
        if folder.exists():
            folder.replace(beside / "old")
        written.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_model(
    weights: PackagedWeights, folder: Path, *, adapter: Adapter | None, progress: Progress
) -> None:
    """Write the whole model into an empty folder, manifest and marks of verification included."""
    architecture, pieces = weights.architecture, weights.pieces
    names = dict(_tensor_names(architecture.layers))
    total = 4 * sum(weights.places[stored].numbers for stored in names.values())
    with (folder / WEIGHTS).open("wb") as stream:
        hashed = _HashedStream(stream, lambda done: progress(min(done, total), total))
        tensors = _write_safetensors(weights, names, adapter, hashed)
    (folder / GRAPH).write_bytes(bert_graph(architecture, tensors, file=WEIGHTS))
    special = [pieces.spelling.index(name) for name in _SPECIAL]
    hugging_face_tokenizer(pieces, special=special).save(
        str(folder / "tokenizer.json"), pretty=False
    )
    (folder / PIECES).mkdir()
    write_unigram(folder / PIECES, pieces, special=special)
    for name, content in _configuration(architecture, padding=pieces.padding).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(_json(content), encoding="utf-8")

    manifest = {
        "made_from": {
            "package": f"{PACKAGE} {PACKAGE_VERSION}",
            "sha256": WEIGHTS_SHA256,
            "adapter": adapter.digest if adapter else None,
        },
        "architecture": {name: getattr(architecture, name) for name in Architecture.__slots__},
        "special": {
            "begin": pieces.begin,
            "end": pieces.end,
            "padding": pieces.padding,
            "unknown": pieces.unknown,
        },
        "files": {
            file.relative_to(folder).as_posix(): {
                "size": file.stat().st_size,
                "sha256": hashed.hexdigest() if file.name == WEIGHTS else file_digest(file),
            }
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        },
    }
    (folder / _MANIFEST).write_text(_json(manifest), encoding="utf-8")
    _sync(folder)
    _remember_verified(
        folder, {name: _stamp(folder / name) for name in [*manifest["files"], _MANIFEST]}
    )


class _HashedStream:
    """A binary stream that hashes what is written, and tells how many bytes there are."""

    def __init__(self, stream: Any, told: Callable[[int], None]) -> None:
        self._stream = stream
        self._told = told
        self._hash = sha256()
        self._done = 0

    def write(self, part: Any) -> None:
        self._stream.write(part)
        self._hash.update(part)
        self._done += memoryview(part).nbytes
        self._told(self._done)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _write_safetensors(
    weights: PackagedWeights,
    names: Mapping[str, str],
    adapter: Adapter | None,
    stream: _HashedStream,
) -> dict[str, StoredTensor]:
    """Write the tensors tensor after tensor; the library would want all 470 MB in memory first."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    shapes = _shapes(weights.architecture)
    offset = 0
    places = {}
    for name, stored in names.items():
        size = 4 * weights.places[stored].numbers
        shape = shapes[name.removeprefix(_layer_prefix(name))]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        places[name] = (tuple(shape), offset, size)
        offset += size
    text = _json(header).encode()
    text += b" " * (-(8 + len(text)) % 4096)  # whole pages, for mapping into memory
    stream.write(struct.pack("<Q", len(text)) + text)
    changes = _fitting_changes(adapter, header) if adapter else {}
    for name, stored in names.items():
        if name in changes:
            up, down = changes[name]
            stream.write((np.concatenate(list(weights.numbers(stored))) + (up @ down).ravel()).data)
            continue
        for numbers in weights.numbers(stored):
            stream.write(numbers.data)
    start = 8 + len(text)
    return {
        name: StoredTensor(shape, start + offset, size)
        for name, (shape, offset, size) in places.items()
    }


def _fitting_changes(
    adapter: Adapter, header: Mapping[str, Any]
) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """The changes of an adapter; `AdapterError` when it is one for another model."""
    changes = adapter.changes()
    for name, (up, down) in changes.items():
        wanted = header.get(name, {}).get("shape")
        if wanted != [up.shape[0], down.shape[1]]:
            raise AdapterError(
                f"the adapter in {adapter.folder} is made for another model: it changes {name} of "
                f"{up.shape[0]} x {down.shape[1]}, {wanted or 'which is not there'}"
            )
    return changes


def _tensor_names(layers: int) -> Iterator[tuple[str, str]]:
    """transformers' name of each tensor of BertModel, and that in the package."""
    yield "embeddings.word_embeddings.weight", "emb.word"
    yield "embeddings.position_embeddings.weight", "emb.pos"
    yield "embeddings.token_type_embeddings.weight", "emb.type"
    yield "embeddings.LayerNorm.weight", "emb.ln.w"
    yield "embeddings.LayerNorm.bias", "emb.ln.b"
    for layer in range(layers):
        for name, stored in (
            ("attention.self.query", "q"),
            ("attention.self.key", "k"),
            ("attention.self.value", "v"),
            ("attention.output.dense", "ao"),
            ("attention.output.LayerNorm", "aln"),
            ("intermediate.dense", "fi"),
            ("output.dense", "fo"),
            ("output.LayerNorm", "oln"),
        ):
            yield f"encoder.layer.{layer}.{name}.weight", f"l{layer}.{stored}.w"
            yield f"encoder.layer.{layer}.{name}.bias", f"l{layer}.{stored}.b"


def _layer_prefix(name: str) -> str:
    """ "encoder.layer.3." of "encoder.layer.3.output.dense.bias", "" outside the layers."""
    return ".".join(name.split(".")[:3]) + "." if name.startswith("encoder.") else ""


def _shapes(architecture: Architecture) -> dict[str, list[int]]:
    hidden, inner = architecture.hidden, architecture.inner
    shapes = {
        "embeddings.word_embeddings.weight": [architecture.vocabulary, hidden],
        "embeddings.position_embeddings.weight": [architecture.positions, hidden],
        "embeddings.token_type_embeddings.weight": [architecture.token_types, hidden],
        "intermediate.dense.weight": [inner, hidden],
        "intermediate.dense.bias": [inner],
        "output.dense.weight": [hidden, inner],
        "output.dense.bias": [hidden],
    }
    for part in ("self.query", "self.key", "self.value", "output.dense"):
        shapes[f"attention.{part}.weight"] = [hidden, hidden]
        shapes[f"attention.{part}.bias"] = [hidden]
    for norm in ("embeddings.LayerNorm", "attention.output.LayerNorm", "output.LayerNorm"):
        shapes[f"{norm}.weight"] = shapes[f"{norm}.bias"] = [hidden]
    return shapes


def _configuration(architecture: Architecture, *, padding: int) -> dict[str, object]:
    """The JSON files of a sentence-transformers folder."""
    modules = ("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")
    return {
        "modules.json": [
            {
                "idx": place,
                "name": str(place),
                "path": path,
                "type": f"sentence_transformers.models.{kind}",
            }
            for place, (path, kind) in enumerate(modules)
        ],
        "config_sentence_transformers.json": {
            "prompts": {
                "query": QUERY_PREFIX,
                "document": PASSAGE_PREFIX,
                "passage": PASSAGE_PREFIX,
            },
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "sentence_bert_config.json": {
            "max_seq_length": architecture.positions,
            "do_lower_case": False,
            # The package holds no weights for BERT's pooler, and mean pooling needs none.
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": architecture.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": architecture.hidden,
            "num_hidden_layers": architecture.layers,
            "num_attention_heads": architecture.heads,
            "intermediate_size": architecture.inner,
            "vocab_size": architecture.vocabulary,
            "max_position_embeddings": architecture.positions,
            "type_vocab_size": architecture.token_types,
            "layer_norm_eps": architecture.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": padding,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            # The generic class takes tokenizer.json as it stands.
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": architecture.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
    }


def _sync(folder: Path) -> None:
    """Have everything on the disk before the folder takes its name."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=None, separators=(",", ":"))
