"""Small things to test with: revisions, clauses, a corpus, and resolutions as plain text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.clauses import Clause, Revision, Source
from corpus.holdings import Corpus

SECTIONS: Mapping[str, Sequence[str]] = {
    "considering": ("that the harvest of tidal power is growing;", "that boats need quiet,"),
    "resolves": ("to keep a register of tidal turbines;", "to review it every second year,"),
    "instructs the Secretary-General": ("to report to the Council on the register.",),
}


def a_revision(**given: Any) -> Revision:
    """Resolution 301 of a Plenipotentiary Conference, Dubai 2018, in English; or as given."""
    usual: dict[str, Any] = {
        "body": "pp",
        "number": "301",
        "year": 2018,
        "place": "Dubai",
        "language": "en",
        "title": "Tidal turbines",
    }
    return Revision(**(usual | given))


def a_clause(
    text: str = "to keep a register of tidal turbines;",
    *,
    section: str = "resolves",
    label: str = "1",
    file: str = "pp-301.txt",
    start: int = 0,
    addressees: tuple[str, ...] = (),
    **revision: Any,
) -> Clause:
    """A clause of `a_revision(**revision)`, its words at `start` of the file."""
    return Clause(
        revision=a_revision(**revision),
        section=section,
        phrase=section.partition(".")[0],
        addressees=addressees,
        label=label,
        text=text,
        source=Source(file, ((start, start + len(text)),)),
    )


def a_corpus(*clauses: Clause) -> Corpus:
    """The clauses, or one if none are given, in memory alone."""
    return Corpus(clauses=clauses or (a_clause(),))


def resolution_text(
    *,
    number: str = "301",
    place: str = "Dubai",
    year: int = 2018,
    revised: bool = True,
    title: str = "Tidal turbines",
    sections: Mapping[str, Sequence[str]] = SECTIONS,
) -> str:
    """A resolution of a Plenipotentiary Conference as plain text, made up and easily read.

    Items of a preamble are lettered, others numbered; a single one has no label.
    """
    edition = f"{'Rev. ' if revised else ''}{place}, {year}"
    lines = [
        f"RESOLUTION {number} ({edition})",
        "",
        title,
        "",
        "The Plenipotentiary Conference of the International Telecommunication Union "
        f"({place}, {year}),",
        "",
    ]
    for heading, items in sections.items():
        lines += [heading, ""]
        for at, item in enumerate(items):
            label = f"{'abcdefgh'[at]})" if heading.split()[0].endswith("ing") else f"{at + 1}"
            lines += [f"{label} {item}" if len(items) > 1 else item, ""]
    return "\n".join(lines)


def write_resolution(folder: Path, name: str = "pp-301.txt", **given: Any) -> Path:
    """A file with `resolution_text(**given)`."""
    file = folder / name
    file.write_text(resolution_text(**given), encoding="utf-8")
    return file
