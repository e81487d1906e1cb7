"""Wording of answers and interfaces in six languages, from data/messages.toml; never a quotation."""

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


def names() -> tuple[str, ...]:
    """The names of all messages, sorted."""
    return tuple(sorted(_messages()))


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    text = (resources.files("assistant") / "data" / "messages.toml").read_text(encoding="utf-8")
    found: dict[str, Mapping[str, str]] = {}

    def collect(prefix: str, table: Mapping[str, Any]) -> None:
        if FALLBACK in table and isinstance(table[FALLBACK], str):
            found[prefix] = table
            return
        for name, inner in table.items():
            collect(f"{prefix}.{name}" if prefix else name, inner)

    collect("", tomllib.loads(text))
    return found
