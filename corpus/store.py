"""The store on disk: generations of the corpus, addressed by their content, and a pointer.

    home/current                  JSON: digest of the generation in use, and of those before it
    home/corpora/<digest>/        manifest.json, clauses.jsonl, documents/<name>, documents/<name>.txt
    home/indexes/<corpus>-<model>/  written by `embeddings.store`, addressed by corpus and model

A generation is written beside and renamed into place; it changes nothing until `activate` swaps
the pointer with one `os.replace`. So a change of the corpus is all or nothing whenever it is
interrupted, the index of the new generation can be built before anybody sees it, and undo is a
swap back. A journal or a database was turned down: the corpus is small, files can be inspected,
and a rename is the only transaction needed.
"""

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.clauses import Clause, clause_from_json
from corpus.errors import StoreError
from corpus.holdings import Corpus, Document, DocumentProblem, unique_clauses

FORMAT = 1
KEPT_GENERATIONS = 5  # the one in use and four to go back to
REBUILD = "rebuild it: resolutions build --force"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The bytes of a document as received, and the text that was read in it."""

    data: bytes
    text: str


def load(home: Path) -> Corpus | None:
    """The corpus in use, or None when there is none yet; raises StoreError when it is damaged."""
    pointer = _read_pointer(home)
    return load_generation(home, pointer[0]) if pointer else None


def load_generation(home: Path, digest: str) -> Corpus:
    """The corpus of that digest; every file that is read is held to the digest in its manifest."""
    folder = _generation(home, digest)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        data = (folder / "clauses.jsonl").read_bytes()
        if manifest["format"] != FORMAT:
            raise StoreError(f"{folder} has format {manifest['format']}, not {FORMAT}; {REBUILD}")
        if hashlib.sha256(data).hexdigest() != manifest["clauses_sha256"]:
            raise StoreError(f"{folder / 'clauses.jsonl'} is damaged (checksum); {REBUILD}")
        clauses = tuple(clause_from_json(json.loads(line)) for line in data.splitlines() if line)
        documents = tuple(_document_from_json(entry) for entry in manifest["documents"])
    except FileNotFoundError as missing:
        raise StoreError(f"{missing.filename} is missing; {REBUILD}") from missing
    except OSError as failure:
        raise StoreError(f"{folder} cannot be read ({failure.strerror}); {REBUILD}") from failure
    except (KeyError, TypeError, ValueError) as failure:
        raise StoreError(f"{folder} is damaged ({failure}); {REBUILD}") from failure
    return Corpus(clauses=clauses, documents=documents, digest=digest)


def stored_parser(home: Path, digest: str) -> str:
    """The fingerprint of the parser that made a generation; "" when it cannot be told."""
    try:
        manifest = json.loads((_generation(home, digest) / "manifest.json").read_text("utf-8"))
        return str(manifest["parser"])
    except (OSError, ValueError, KeyError):
        return ""


def read_text(home: Path, corpus: Corpus, name: str) -> str:
    """The stored text of a document, held to its digest; raises StoreError."""
    document = next((doc for doc in corpus.documents if doc.name == name), None)
    if document is None:
        raise StoreError(f"no document {name} is held")
    path = _generation(home, corpus.digest) / "documents" / f"{name}.txt"
    try:
        data = path.read_bytes()
    except OSError as failure:
        raise StoreError(f"{path} cannot be read ({failure.strerror}); {REBUILD}") from failure
    if hashlib.sha256(data).hexdigest() != document.text_sha256:
        raise StoreError(f"{path} is damaged (checksum); {REBUILD}")
    return data.decode("utf-8")


def document_path(home: Path, corpus: Corpus, name: str) -> Path:
    """The document as received; only for names that the corpus holds."""
    if all(document.name != name for document in corpus.documents):
        raise StoreError(f"no document {name} is held")
    return _generation(home, corpus.digest) / "documents" / name


def stage(
    home: Path,
    *,
    clauses: Sequence[Clause],
    documents: Sequence[Document],
    files: Mapping[str, StoredFile],
    parser: str,
) -> Corpus:
    """Writes a generation beside the one in use and gives it back; nothing else changes.

    `files` holds every document by name. Raises ValueError when two clauses share id and language,
    StoreError when the home folder cannot be written.
    """
    bare = Corpus(clauses=unique_clauses(clauses), documents=tuple(documents))
    lines = "".join(
        json.dumps(bare.to_json(clause), ensure_ascii=False) + "\n" for clause in bare.clauses
    ).encode()
    entries = [_document_to_json(document) for document in documents]
    clauses_sha256 = hashlib.sha256(lines).hexdigest()
    digest = hashlib.sha256(
        json.dumps([FORMAT, clauses_sha256, parser, entries], sort_keys=True).encode()
    ).hexdigest()[:32]
    manifest = {
        "format": FORMAT,
        "parser": parser,
        "clauses": len(clauses),
        "clauses_sha256": clauses_sha256,
        "documents": entries,
    }
    folder = _generation(home, digest)
    beside = folder.with_name(f".{digest}-{uuid.uuid4().hex}")
    try:
        (beside / "documents").mkdir(parents=True)
        for document in documents:
            stored = files[document.name]
            _write(beside / "documents" / document.name, stored.data)
            _write(beside / "documents" / f"{document.name}.txt", stored.text.encode())
        _write(beside / "clauses.jsonl", lines)
        _write(
            beside / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        )
        _swap_folder(beside, folder)
    except OSError as failure:
        shutil.rmtree(beside, ignore_errors=True)
        raise StoreError(
            f"{home} cannot be written ({failure.strerror}); make room or choose another folder "
            "with RESOLUTIONS_HOME"
        ) from failure
    return Corpus(clauses=bare.clauses, documents=bare.documents, digest=digest)


def activate(home: Path, digest: str) -> None:
    """Puts a generation in use, atomically; those before it can be gone back to."""
    before = [other for other in _read_pointer(home) if other != digest]
    _write_pointer(home, [digest, *before][:KEPT_GENERATIONS])


def go_back(home: Path) -> str:
    """Puts the generation before this one in use again and gives its digest; StoreError if none."""
    pointer = _read_pointer(home)
    if len(pointer) < 2:
        raise StoreError("there is no earlier state of the corpus to go back to")
    load_generation(home, pointer[1])
    _write_pointer(home, pointer[1:])
    return pointer[1]


def newest_readable(home: Path) -> Corpus | None:
    """The newest generation that can be read when the pointer or its generation cannot be."""
    folders = [path for path in (home / "corpora").glob("*") if not path.name.startswith(".")]
    for folder in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            return load_generation(home, folder.name)
        except StoreError:
            continue
    return None


def sweep(home: Path) -> None:
    """Removes what no pointer names: old generations, leftovers of interrupted changes.

    Call it under `locked` only. Failures to remove are left for the next time.
    """
    kept = set(_read_pointer(home))
    for folder in ("corpora", "indexes"):
        for entry in (home / folder).glob("*"):
            if entry.name.startswith(".") or entry.name.partition("-")[0] not in kept:
                shutil.rmtree(entry, ignore_errors=True)


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Holds the home folder against other writers; raises StoreError when one is at work."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = (home / "lock").open("w")
    except OSError as failure:
        raise StoreError(
            f"{home} cannot be written ({failure.strerror}); choose another folder with "
            "RESOLUTIONS_HOME"
        ) from failure
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            raise StoreError(
                f"another command is changing {home} at this moment; try again when it is done"
            ) from busy
        yield


def _generation(home: Path, digest: str) -> Path:
    if not digest or not all(character in "0123456789abcdef" for character in digest):
        raise StoreError(f"{home / 'current'} is damaged; {REBUILD}")
    return home / "corpora" / digest


def _read_pointer(home: Path) -> list[str]:
    path = home / "current"
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except OSError as failure:
        raise StoreError(f"{path} cannot be read ({failure.strerror})") from failure
    except ValueError as failure:
        raise StoreError(f"{path} is damaged; {REBUILD}") from failure
    if not isinstance(pointer, list) or not all(isinstance(entry, str) for entry in pointer):
        raise StoreError(f"{path} is damaged; {REBUILD}")
    return pointer


def _write_pointer(home: Path, pointer: Sequence[str]) -> None:
    beside = home / f".current-{uuid.uuid4().hex}"
    try:
        _write(beside, json.dumps(list(pointer)).encode())
        beside.replace(home / "current")
    except OSError as failure:
        beside.unlink(missing_ok=True)
        raise StoreError(f"{home} cannot be written ({failure.strerror})") from failure


def _write(path: Path, data: bytes) -> None:
    """Writes and flushes to the disk, so that a rename never outruns its content."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _swap_folder(beside: Path, folder: Path) -> None:
    """Renames into place; a folder of the same content-addressed name is set aside first."""
    if folder.exists():
        aside = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
        folder.replace(aside)
        beside.replace(folder)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        beside.replace(folder)


def _document_to_json(document: Document) -> dict[str, Any]:
    return {
        "name": document.name,
        "sha256": document.sha256,
        "text_sha256": document.text_sha256,
        "origin": document.origin,
        "rights": document.rights,
        "founding": document.founding,
        "kept": [list(pair) for pair in document.kept],
        "given": [list(pair) for pair in document.given],
        "problems": [[p.kind, p.message, p.start] for p in document.problems],
        "coverage": document.coverage,
    }


def _document_from_json(entry: Mapping[str, Any]) -> Document:
    return Document(
        name=str(entry["name"]),
        sha256=entry["sha256"],
        text_sha256=entry["text_sha256"],
        origin=entry["origin"],
        rights=entry["rights"],
        founding=entry["founding"],
        kept=tuple((revision, language) for revision, language in entry["kept"]),
        given=tuple((option, value) for option, value in entry["given"]),
        problems=tuple(DocumentProblem(*problem) for problem in entry["problems"]),
        coverage=entry["coverage"],
    )
