"""Wording of answers and interfaces in six languages (data/messages.toml); never a quotation."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

FALLBACK = "en"


def message(name: str, language: str, **values: object) -> str:
    """The message of that dotted name in `language`, filled in; English where it is unknown.

    Raises KeyError for a name or a value that is missing: that is a bug.
    """
    entry = _messages()[name]
    return entry.get(language, entry[FALLBACK]).format(**values)


def examples() -> Mapping[str, tuple[str, ...]]:
    """Per language the example questions of data/examples.toml."""
    table = _table("examples.toml")
    return {language: tuple(questions) for language, questions in table.items()}


def names() -> tuple[str, ...]:
    """The names of all messages, sorted."""
    return tuple(sorted(_messages()))


@cache
def _table(name: str) -> Mapping[str, Any]:
    folder = resources.files("assistant") / "data"
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}

    def collect(prefix: str, table: Mapping[str, Any]) -> None:
        if FALLBACK in table and isinstance(table[FALLBACK], str):
            found[prefix] = table
            return
        for name, inner in table.items():
            collect(f"{prefix}.{name}" if prefix else name, inner)

    collect("", _table("messages.toml"))
    return found
