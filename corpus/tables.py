"""Tables of data: written in TOML for people, kept in JSON beside it for the next start.

The tables have 800 kB in all, and reading them as TOML would take a quarter of a second of every
command; as JSON it is a tenth of that. Python keeps compiled modules in `__pycache__` for the same
reason, so that is where the JSON lies too: named by the digest of its TOML, headed by its own, and
made anew whenever either does not fit. Where the folder cannot be written, TOML is read each time.
"""

import hashlib
import json
import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

KEPT = "__pycache__"
_DIGITS = 32  # of a digest


def read_table(path: Path) -> dict[str, Any]:
    """The table in a TOML file of this project; strings, numbers, truth values, lists and tables.

    Whoever reads it must not change it. Raises TOMLDecodeError for what is no TOML.
    """
    written = path.read_bytes()
    kept = path.parent / KEPT / f"{path.stem}.{_digest(written)}.table"
    table = _kept(kept)
    if table is None:
        table = tomllib.loads(written.decode("utf-8"))
        _keep(table, kept, stem=path.stem)
    return table


def _kept(file: Path) -> dict[str, Any] | None:
    """The table as it was kept; None when there is none, or it is damaged."""
    try:
        head, _, body = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    if head != _digest(body).encode():
        return None
    table: dict[str, Any] = json.loads(body)
    return table


def _keep(table: dict[str, Any], file: Path, *, stem: str) -> None:
    """Writes the table beside and renames it into place; older ones of that name go."""
    body = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    beside = file.with_name(f".{file.name}-{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        beside.write_bytes(_digest(body).encode() + b"\n" + body)
        beside.replace(file)
        for other in file.parent.glob(f"{stem}.*.table"):
            if other != file:
                other.unlink(missing_ok=True)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
