"""What decides what a module makes, as one short digest: its source, all it imports, their data.

What was made by other code or data is made anew on sight, so the digest has to follow what a module
really depends on: too little, and an old result is taken for a new one; too much, and every edit
anywhere makes everybody wait. The imports are read from the source, not from a list that ages.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_OURS = ("corpus", "embeddings")
_IMPORT = re.compile(
    r"""
    ^[ \t]*(?:
        from[ \t]+(?P<module>[\w.]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n]*)
      | import[ \t]+(?P<modules>[^\n]*)
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
_DATA = re.compile(r"[\w-]+\.toml")


@cache
def source_fingerprint(module: str) -> str:
    """16 hexadecimal digits that change whenever source or data that `module` stands on do.

    Modules are those of this project; a data file belongs to a module that names it.
    """
    digest = hashlib.sha256()
    for path in sources_of(module):
        digest.update(str(path.relative_to(_ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def own_fingerprint(module: str) -> str:
    """The same of the source of `module` alone, whatever it stands on."""
    path = _file_of(module)
    if path is None:
        raise ValueError(f"{module} is no module of this project")
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def sources_of(module: str) -> tuple[Path, ...]:
    """The files that `module` ("corpus.parse") stands on, its own among them, sorted."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        path = _file_of(waiting.pop())
        if path is None or path in found:
            continue
        found.add(path)
        text = path.read_text(encoding="utf-8")
        data = path.relative_to(_ROOT).parts[0]
        named = (_ROOT / data / "data" / name for name in set(_DATA.findall(text)))
        found.update(file for file in named if file.is_file())
        waiting += _imported(text)
    return tuple(sorted(found))


def _imported(text: str) -> list[str]:
    """The names of everything imported that may be a module of ours."""
    names: list[str] = []
    for match in _IMPORT.finditer(text):
        if match["modules"]:
            names += [part.split()[0] for part in match["modules"].split(",") if part.strip()]
        else:
            names.append(match["module"])
            parts = re.findall(r"\w+", re.sub(r"#[^\n]*", "", match["names"]))
            names += [f"{match['module']}.{part}" for part in parts]
    return [name for name in names if name.split(".")[0] in _OURS]


def _file_of(module: str) -> Path | None:
    """The file of a module; None for a package, whose `__init__` holds a docstring alone."""
    file = _ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return file if file.is_file() else None
