"""How fast documents are read and parsed: `python -m corpus.benchmark [FOLDER]`.

FOLDER holds documents of any format that is read here; without it the founding texts are taken.
Plain text is measured in megabytes of the file per second, through reading and structure; every
other format in seconds per file, reading alone and reading with structure. CPU time of this
process and of those that it starts, the best of several rounds, after one that loads the modules.
"""

import os
import sys
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from corpus.errors import ExpectedError
from corpus.readers.formats import ENDINGS, read_document

_PLAIN = frozenset(ENDINGS["plain text"])
_ROUNDS = 3
_ROUND_SECONDS = 0.2


def main(arguments: list[str]) -> int:
    """Print the figures; the exit code is 0, or 2 if there is nothing to measure."""
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print("usage: python -m corpus.benchmark [FOLDER]", file=sys.stderr)
        return 2
    folder = Path(arguments[0]) if arguments else _founding_texts()
    endings = {ending for group in ENDINGS.values() for ending in group}
    files = sorted(file for file in folder.glob("*") if file.suffix.lower() in endings)
    if not files:
        print(f"{folder} holds no documents; give a folder that does", file=sys.stderr)
        return 2
    plain = [file for file in files if file.suffix.lower() in _PLAIN]
    if plain:
        print(_plain_line(plain))
    for file in files:
        if file not in plain:
            print(_other_line(file))
    return 0


def _founding_texts() -> Path:
    return Path(str(resources.files("corpus"))) / "data" / "resolutions"


def _plain_line(files: list[Path]) -> str:
    """Megabytes per second over all plain texts that hold a resolution."""
    read = [file for file in files if _tried(_read, file) is None]
    parsed = [file for file in read if _tried(_parse, file) is None]
    speed_read = _speed(read, _read)
    speed_parsed = _speed(parsed, _parse)
    return (
        f"plain text: {len(read)} files read at {speed_read:.2f} MB/s, "
        f"{len(parsed)} parsed at {speed_parsed:.2f} MB/s"
    )


def _other_line(file: Path) -> str:
    trouble = _tried(_read, file)
    if trouble is not None:
        return trouble
    seconds = _seconds(lambda: _read(file))
    line = f"{file.name}: {file.stat().st_size / 1000:.0f} kB read in {seconds:.3f} s"
    trouble = _tried(_parse, file)
    if trouble is not None:
        return f"{line}; not parsed: {trouble}"
    return f"{line}, parsed in {_seconds(lambda: _parse(file)):.3f} s"


def _speed(files: list[Path], action: Callable[[Path], object]) -> float:
    megabytes = sum(file.stat().st_size for file in files) / 1_000_000
    seconds = _seconds(lambda: [action(file) for file in files])
    return megabytes / seconds if seconds > 0 else 0.0


def _read(file: Path) -> object:
    return read_document(file)


def _parse(file: Path) -> object:
    from corpus.parse import parse_document  # noqa: PLC0415 - reading is measured without it

    return parse_document(file)


def _tried(action: Callable[[Path], object], file: Path) -> str | None:
    """What hinders the action, None if nothing does."""
    try:
        action(file)
    except ExpectedError as error:
        return str(error)
    return None


def _seconds(action: Callable[[], object]) -> float:
    """Seconds of CPU that the action takes, the best of several rounds of a fifth of a second."""
    best = float("inf")
    for _ in range(_ROUNDS):
        begun, times = _spent(), 0
        while times == 0 or _spent() - begun < _ROUND_SECONDS:
            action()
            times += 1
        best = min(best, (_spent() - begun) / times)
    return best


def _spent() -> float:
    """Seconds of CPU, those of processes that have ended included."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
