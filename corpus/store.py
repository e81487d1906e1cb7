"""The store on disk: generations of the corpus, addressed by their content, and a pointer.

    home/current                  JSON: digest of the generation in use, then of those before it;
                                  current-copy is looked at in a repair alone
    home/corpora/<digest>/        manifest.json and a copy of it, clauses.jsonl,
                                  documents/<name> as received, texts/<name>.txt as read
    home/indexes/<corpus>-<…>/    written by `embeddings.store`, addressed by corpus and model
    home/lock                     held by whoever writes

A generation is written beside and renamed into place; it changes nothing until `activate` swaps
the pointer with one `os.replace`. So a change of the corpus is all or nothing whenever it is
interrupted, the index of the new generation can be built before anybody sees it, and undo is a
swap back. A journal or a database was turned down: the corpus is small, files can be inspected,
and a rename is the only transaction needed.

A generation's digest is that of its manifest, which holds those of everything else: nothing that is
damaged is taken for whole. Documents that stay from one generation to the next are linked, not
copied, where the file system can.
"""

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.clauses import Clause, clause_from_json
from corpus.errors import StoreError
from corpus.holdings import Corpus, Document, DocumentProblem, unique_clauses

FORMAT = 1
KEPT_GENERATIONS = 5  # the one in use and four to go back to
KEPT_INDEXES = 2  # of the one in use and the one before; an older one is built again when needed
REBUILD = "repair it: resolutions build --force"
CHOOSE_ANOTHER = "choose another folder with RESOLUTIONS_HOME"
_OURS = re.compile(r"(?P<beside>\.?)(?P<digest>[0-9a-f]{32})(?:-[0-9a-z-]+)?")  # a folder's name
_POINTER = "current"
_POINTER_COPY = "current-copy"
_MANIFEST = "manifest.json"
_MANIFEST_COPY = "manifest-copy.json"  # what tells which resolutions of which document are held


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
    """The corpus of that digest; every file that is read is held to its checksum."""
    folder = generation_folder(home, digest)
    corpus = _read_manifest(folder, _MANIFEST)
    return replace(corpus, clauses=_read_clauses(folder))


def remains(home: Path) -> Corpus | None:
    """What can be read of a damaged store: the newest generation whose manifest is whole.

    Its clauses are left out when they are damaged; its documents may be, see `read_document`. None
    when nothing is left, or there never was anything.
    """
    for digest in _pointer_or_newest(home):
        folder = generation_folder(home, digest)
        for name in (_MANIFEST, _MANIFEST_COPY):
            try:
                corpus = _read_manifest(folder, name)
            except StoreError:
                continue
            try:
                return replace(corpus, clauses=_read_clauses(folder))
            except StoreError:
                return corpus
    return None


def history(home: Path) -> tuple[str, ...]:
    """Digests of the generation in use and of those before it, newest first."""
    return tuple(_read_pointer(home))


def read_text(home: Path, corpus: Corpus, name: str) -> str:
    """The stored text of a document, held to its digest; raises StoreError."""
    document = _document(corpus, name)
    path = generation_folder(home, corpus.digest) / "texts" / f"{name}.txt"
    return _read_checked(path, document.text_sha256).decode("utf-8")


def read_document(home: Path, corpus: Corpus, name: str) -> bytes:
    """A document as received, held to its digest; raises StoreError."""
    return _read_checked(document_path(home, corpus, name), _document(corpus, name).sha256)


def document_path(home: Path, corpus: Corpus, name: str) -> Path:
    """Where a document lies as received; only for names that the corpus holds."""
    return generation_folder(home, corpus.digest) / "documents" / _document(corpus, name).name


def stage(
    home: Path,
    *,
    clauses: Sequence[Clause],
    documents: Sequence[Document],
    files: Mapping[str, StoredFile],
    parser: str,
    earlier: str = "",
) -> Corpus:
    """Writes a generation beside the one in use and gives it back; nothing else changes.

    `files` holds documents by name; one that is not among them is taken over from the generation
    `earlier`, damaged or not. Raises ValueError when two clauses share id and language, StoreError
    when the home folder cannot be written.
    """
    bare = Corpus(clauses=unique_clauses(clauses), documents=tuple(documents), parser=parser)
    lines = "".join(
        json.dumps(bare.to_json(clause), ensure_ascii=False) + "\n" for clause in bare.clauses
    ).encode()
    manifest = _manifest(bare, lines)
    digest = hashlib.sha256(manifest).hexdigest()[:32]
    folder = generation_folder(home, digest)
    beside = folder.with_name(f".{digest}-{uuid.uuid4().hex}")
    try:
        for name in ("documents", "texts"):
            (beside / name).mkdir(parents=True)
        for document in documents:
            places = (f"documents/{document.name}", f"texts/{document.name}.txt")
            stored = files.get(document.name)
            if stored is None:
                for place in places:
                    _take_over(generation_folder(home, earlier) / place, beside / place)
            else:
                _write(beside / places[0], stored.data)
                _write(beside / places[1], stored.text.encode())
        _write(beside / "clauses.jsonl", lines)
        _write(beside / _MANIFEST_COPY, manifest)
        _write(beside / _MANIFEST, manifest)
        _put_in_place(beside, folder)
    except OSError as failure:
        raise _unwritable(home, failure) from failure
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return replace(bare, digest=digest)


def activate(home: Path, digest: str, *, instead_of: str = "") -> None:
    """Puts a generation in use, atomically; those before it can be gone back to.

    `instead_of` is one that it takes the place of, so that going back does not lead there. Where
    the pointer is damaged, the generations that lie there count as those before, newest first.
    """
    before = _pointer_or_newest(home)
    if instead_of in before:
        before = before[before.index(instead_of) + 1 :]
    if before[:1] != [digest]:
        before = [digest, *before]
    _write_pointer(home, before[:KEPT_GENERATIONS])


def forget_damaged(home: Path) -> None:
    """Takes generations that cannot be read off the pointer: going back would lead nowhere."""
    pointer = _read_pointer(home)
    whole = [digest for digest in pointer if _is_whole(home, digest)]
    if whole != pointer:
        _write_pointer(home, whole)


def mend_documents(home: Path) -> None:
    """Puts whole files in the place of damaged ones, from any generation that has them.

    Generations share the files of a document, so that one damage may be in several. What cannot be
    mended stays. Call it under `locked` only.
    """
    wanted: dict[Path, str] = {}
    for digest in _pointer_or_newest(home):
        folder = generation_folder(home, digest)
        with suppress(StoreError):
            for document in _read_manifest(folder, _MANIFEST).documents:
                wanted[folder / "documents" / document.name] = document.sha256
                wanted[folder / "texts" / f"{document.name}.txt"] = document.text_sha256
    whole: dict[str, Path] = {}
    damaged: list[Path] = []
    for path, sha256 in wanted.items():
        try:
            _read_checked(path, sha256)
        except StoreError:
            damaged.append(path)
        else:
            whole.setdefault(sha256, path)
    for path in damaged:
        source = whole.get(wanted[path])
        if source is not None:
            with suppress(OSError):
                _replace(path, source.read_bytes())


def set_aside_unreadable(home: Path) -> tuple[Path, ...]:
    """Moves generations whose manifest is lost out of the way; gives the folders they are in now.

    Their documents can still be added again by hand. Call it under `locked` only.
    """
    moved = []
    for digest in _lying_there(home):
        folder = generation_folder(home, digest)
        if any(_whole(folder / name, digest) for name in (_MANIFEST, _MANIFEST_COPY)):
            continue
        aside = home / "damaged" / f"{digest}-{uuid.uuid4().hex[:8]}"
        try:
            aside.parent.mkdir(exist_ok=True)
            folder.rename(aside)
        except OSError as failure:
            raise _unwritable(home, failure) from failure
        moved.append(aside)
    return tuple(moved)


def go_back(home: Path) -> Corpus:
    """Puts the generation before this one in use again and gives it; raises StoreError if none."""
    pointer = _read_pointer(home)
    if len(pointer) < 2:
        raise StoreError("there is no earlier state of the corpus to go back to")
    corpus = load_generation(home, pointer[1])
    _write_pointer(home, pointer[1:])
    return corpus


def sweep(home: Path) -> None:
    """Removes what no pointer names: old generations, leftovers of interrupted changes.

    Whatever else lies in these folders is not ours and stays. Call it under `locked` only. Failures
    to remove are left for the next time.
    """
    pointer = _read_pointer(home)
    for folder, kept in (("corpora", pointer), ("indexes", pointer[:KEPT_INDEXES])):
        for entry in (home / folder).glob("*"):
            ours = _OURS.fullmatch(entry.name)
            if ours and (ours["beside"] or ours["digest"] not in kept):
                shutil.rmtree(entry, ignore_errors=True)
    for leftover in [*home.glob(".current-*"), *home.glob("corpora/*/.references*")]:
        with suppress(OSError):
            leftover.unlink()


@contextmanager
def locked(home: Path, *, busy: Callable[[], object] | None = None) -> Iterator[None]:
    """Holds the home folder against other writers, and waits for the one at work.

    `busy` is called once when there is one. The lock goes with the process that holds it, however
    that ends. Raises StoreError when the folder cannot be written. Not to be nested.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 (not needed to read)

    lock = FileLock(home / "lock", thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if busy:
                busy()
            lock.acquire()
    except (OSError, NotImplementedError) as failure:
        raise _unwritable(home, failure) from failure
    try:
        yield
    finally:
        lock.release()


def generation_folder(home: Path, digest: str) -> Path:
    """Where a generation lies; raises StoreError for what is no digest."""
    if not digest or not all(character in "0123456789abcdef" for character in digest):
        raise StoreError(f"{home / 'current'} is damaged; {REBUILD}")
    return home / "corpora" / digest


# --- reading --------------------------------------------------------------------------------------


def _read_manifest(folder: Path, name: str) -> Corpus:
    """The corpus that a manifest tells of, its clauses left out."""
    data = _read_bytes(folder / name)
    if hashlib.sha256(data).hexdigest()[:32] != folder.name:
        raise StoreError(f"{folder / name} is damaged (checksum); {REBUILD}")
    manifest = json.loads(data)
    if manifest["format"] != FORMAT:
        raise StoreError(
            f"{folder} was written by another version of this program (format "
            f"{manifest['format']}, not {FORMAT}); use that version, or {CHOOSE_ANOTHER}"
        )
    return Corpus(
        clauses=(),
        documents=tuple(_document_from_json(entry) for entry in manifest["documents"]),
        digest=folder.name,
        parser=manifest["parser"],
    )


def _read_clauses(folder: Path) -> tuple[Clause, ...]:
    """The clauses of a generation whose manifest has been found whole in one of its copies."""
    wanted = next(
        json.loads(data)["clauses_sha256"]
        for name in (_MANIFEST, _MANIFEST_COPY)
        if (data := _whole(folder / name, folder.name)) is not None
    )
    data = _read_checked(folder / "clauses.jsonl", wanted)
    return tuple(clause_from_json(json.loads(line)) for line in data.splitlines() if line)


def _whole(path: Path, digest: str) -> bytes | None:
    with suppress(OSError):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest()[:32] == digest:
            return data
    return None


def _is_whole(home: Path, digest: str) -> bool:
    try:
        load_generation(home, digest)
    except StoreError:
        return False
    return True


def _read_checked(path: Path, sha256: str) -> bytes:
    data = _read_bytes(path)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(f"{path} is damaged (checksum); {REBUILD}")
    return data


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as missing:
        raise StoreError(f"{path} is missing; {REBUILD}") from missing
    except OSError as failure:
        raise StoreError(f"{path} cannot be read ({failure.strerror}); {REBUILD}") from failure


def _document(corpus: Corpus, name: str) -> Document:
    for document in corpus.documents:
        if document.name == name:
            return document
    raise StoreError(f"no document {name} is held")


def _read_pointer(home: Path) -> list[str]:
    path = home / _POINTER
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if _holds_added_documents(home):
            raise StoreError(f"{path} is missing; {REBUILD}") from None
        return []
    except OSError as failure:
        raise StoreError(
            f"{path} cannot be read ({failure.strerror}); {CHOOSE_ANOTHER}"
        ) from failure
    pointer = _pointer_in(data)
    if pointer is None:
        raise StoreError(f"{path} is damaged; {REBUILD}")
    return pointer


def _pointer_in(data: bytes) -> list[str] | None:
    """The digests that a pointer tells, None when it is not as it was written."""
    with suppress(ValueError, TypeError, KeyError):
        told = json.loads(data)
        digests: list[str] = told["generations"]
        if data == _pointer_of(digests):
            return digests
    return None


def _pointer_of(digests: Sequence[str]) -> bytes:
    told = list(digests)
    check = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    return json.dumps({"generations": told, "sha256": check}).encode()


def _pointer_or_newest(home: Path) -> list[str]:
    """The pointer; where it is damaged, its copy, or what lies there, newest first."""
    try:
        return _read_pointer(home)
    except StoreError:
        with suppress(OSError):
            copy = _pointer_in((home / _POINTER_COPY).read_bytes())
            if copy is not None:
                return copy
        return _lying_there(home)


def _lying_there(home: Path) -> list[str]:
    """The digests of all generations on disk, the one activated last first."""
    times: dict[str, int] = {}
    for folder in (home / "corpora").glob("*"):
        if re.fullmatch("[0-9a-f]{32}", folder.name):
            with suppress(OSError):
                times[folder.name] = folder.stat().st_mtime_ns
    return sorted(times, key=lambda digest: times[digest], reverse=True)


def _holds_added_documents(home: Path) -> bool:
    """Whether more lies there than the founding texts, staged by a first command that was ended."""
    digests = _lying_there(home)
    if len(digests) != 1:
        return bool(digests)
    try:
        corpus = _read_manifest(generation_folder(home, digests[0]), _MANIFEST)
    except StoreError:
        return True
    return not all(document.founding for document in corpus.documents)


# --- writing --------------------------------------------------------------------------------------


def _write_pointer(home: Path, pointer: Sequence[str]) -> None:
    try:
        for name in (_POINTER, _POINTER_COPY):
            _replace(home / name, _pointer_of(pointer))
        _flush_folder(home)
        os.utime(generation_folder(home, pointer[0]))  # tells the order if both are lost
    except OSError as failure:
        raise _unwritable(home, failure) from failure


def _replace(path: Path, data: bytes) -> None:
    """Writes a file beside and swaps it in."""
    beside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        _write(beside, data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _unwritable(home: Path, failure: Exception) -> StoreError:
    why = getattr(failure, "strerror", None) or failure
    return StoreError(f"{home} cannot be written ({why}); make room or {CHOOSE_ANOTHER}")


def _write(path: Path, data: bytes) -> None:
    """Writes and flushes to the disk, so that a rename never outruns its content."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _take_over(held: Path, path: Path) -> None:
    if not held.is_file():
        raise StoreError(f"{held} is missing; {REBUILD}")
    try:
        os.link(held, path)
    except OSError:  # no links here, or none between these folders
        shutil.copyfile(held, path)


def _put_in_place(beside: Path, folder: Path) -> None:
    """Renames a folder into its place.

    Where one of that name lies already it has the same content, unless it is damaged: then its
    files are replaced one by one, so that at no moment any of them is missing.
    """
    try:
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        for file in sorted(beside.rglob("*")):
            if file.is_file():
                place = folder / file.relative_to(beside)
                place.parent.mkdir(exist_ok=True)
                file.replace(place)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    """Has a rename on the disk; where folders cannot be flushed the system does it in its time."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _manifest(corpus: Corpus, clauses: bytes) -> bytes:
    manifest = {
        "format": FORMAT,
        "parser": corpus.parser,
        "clauses": len(corpus),
        "clauses_sha256": hashlib.sha256(clauses).hexdigest(),
        "documents": [_document_to_json(document) for document in corpus.documents],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode()


def _document_to_json(document: Document) -> dict[str, Any]:
    return {
        "name": document.name,
        "sha256": document.sha256,
        "text_sha256": document.text_sha256,
        "origin": document.origin,
        "rights": document.rights,
        "founding": document.founding,
        "kept": [list(pair) for pair in document.kept],
        "dropped": [list(pair) for pair in document.dropped],
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
        dropped=tuple((revision, language) for revision, language in entry["dropped"]),
        given=tuple((option, value) for option, value in entry["given"]),
        problems=tuple(DocumentProblem(*problem) for problem in entry["problems"]),
        coverage=entry["coverage"],
    )
