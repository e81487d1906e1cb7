"""Real documents of many bodies, as converters left them: nothing lost, nothing doubled.

They are not part of this project: they are looked for in `../shared/samples`, or where the
environment variable RESOLUTIONS_SAMPLES says.
"""

import os
import textwrap
from pathlib import Path

import pytest

from corpus.errors import NotAResolutionError
from corpus.parse import parse_document, parse_extraction
from corpus.readers.formats import read_document
from corpus.readers.text import extract_text
from corpus.structure import ParsedDocument

SAMPLES = Path(
    os.environ.get("RESOLUTIONS_SAMPLES")
    or Path(__file__).resolve().parents[2].parent / "shared" / "samples"
)
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(),
    reason=f"the sample documents are not in {SAMPLES}; set RESOLUTIONS_SAMPLES to their folder",
)

NEGATIVE = "negative-itut-e119-2017-en.txt"
FILES = sorted(path.name for path in SAMPLES.glob("*.*")) if SAMPLES.is_dir() else []
RESOLUTIONS = [name for name in FILES if name != NEGATIVE]
TOLD = {  # what the document does not print
    "unsc-1590-2005-en.txt": {"body": "unsc", "number": "1590", "year": 2005},
    "unsc-1706-2006-en.txt": {"body": "unsc", "number": "1706", "year": 2006},
}
# A converter glued some headings into the items before them, one opening has no verb, and one
# footnote no mark: each is told.
TOLERATED = {"inline-heading", "unknown-opening", "footnote-without-mark"}


def parse(name: str) -> ParsedDocument:
    (document,) = parse_document(SAMPLES / name, **TOLD.get(name, {}))
    return document


@pytest.mark.parametrize("name", RESOLUTIONS)
def test_every_character_is_in_one_clause_heading_or_named_discard(name: str):
    document = parse(name)

    assert document.covered.lost == ()
    assert document.covered.doubled == ()
    assert document.coverage == 1.0


@pytest.mark.parametrize("name", RESOLUTIONS)
def test_clauses_have_ids_of_their_own_and_their_words_where_they_say(name: str):
    document = parse(name)

    ids = [clause.id for clause in document.clauses]

    assert len(ids) == len(set(ids)) > 0
    assert [clause.source.reassemble(document.text) for clause in document.clauses] == [
        clause.text for clause in document.clauses
    ]


@pytest.mark.parametrize("name", RESOLUTIONS)
def test_nothing_but_what_converters_damaged_is_a_problem(name: str):
    document = parse(name)

    assert {problem.kind for problem in document.problems} <= TOLERATED


def test_wrapped_lines_are_read_as_whole_ones():
    """What is lost: heads and items that the converter had glued, now broken over two lines."""
    same = every = 0
    for name in RESOLUTIONS:
        if not name.startswith(("pp-", "wrc-")) or name == "pp-71-2018-en.txt":
            continue
        text = (SAMPLES / name).read_text(encoding="utf-8")
        wrapped = "\n".join(
            textwrap.fill(line, 85, break_on_hyphens=False, break_long_words=False)
            for line in text.split("\n")
        )
        (whole,) = parse_extraction(extract_text(text, file=name))
        lines, *_ = parse_extraction(extract_text(wrapped, file=name))
        read = {clause.id: "".join(clause.text.split()) for clause in lines.clauses}
        every += len(whole.clauses)
        same += sum(read.get(c.id) == "".join(c.text.split()) for c in whole.clauses)

    assert same / every >= 0.92


def test_a_recommendation_is_no_resolution_and_the_reason_is_given():
    with pytest.raises(NotAResolutionError, match="Recommendation"):
        parse_document(SAMPLES / NEGATIVE)


def test_two_languages_of_a_resolution_have_the_same_ids():
    shared = every = 0
    for number in ("21-2-1999", "22-7-2003", "24-1-2011", "26-1-2018"):
        english = {clause.id for clause in parse(f"cgpm-{number}-en.txt").clauses}
        french = {clause.id for clause in parse(f"cgpm-{number}-fr.txt").clauses}
        shared += len(english & french)
        every += max(len(english), len(french))

    assert shared / every >= 0.95


def test_annexes_have_numberings_of_their_own():
    ids = {clause.id.partition("/")[2] for clause in parse("pp-208-2018-en.txt").clauses}

    assert {"annex-1/1", "annex-1/1/a", "annex-1/1/e", "annex-2/2/e", "annex-3/5"} <= ids
    assert {"resolves/1", "resolves/6", "resolves-further/6"} <= ids


def test_a_word_file_keeps_inserted_items_and_long_bodies():
    ids = {clause.id.partition("/")[2] for clause in parse("wtsa-1-2016-en.docx").clauses}

    assert {"considering/bbis", "resolves/1bis.1.1.1", "resolves/4.3bis", "resolves/9.3.8.2"} <= ids
    assert {"appendix-ii", "resolves/7.1.0/c"} <= ids


def test_a_word_file_and_its_plain_text_have_the_same_clauses(samples, tmp_path):
    word = read_document(samples / "wtsa-1-2016-en.docx")
    lines = [word.text[p.start : p.end] for p in word.paragraphs if p.role in {"body", "table"}]
    plain = tmp_path / "wtsa-1-2016-en.txt"
    plain.write_text("\n".join(lines) + "\n", encoding="utf-8")

    of_plain = [clause.id for part in parse_document(plain) for clause in part.clauses]

    of_word = [clause.id for clause in parse("wtsa-1-2016-en.docx").clauses]
    assert of_plain == of_word


def test_footnotes_in_running_text_leave_it_and_become_notes():
    clauses = {
        clause.id.partition("/")[2]: clause for clause in parse("pp-212-2018-en.txt").clauses
    }

    clause = clauses["recalling/c/ii"]

    assert "advisory board of Member States to provide" in clause.text
    assert [note.mark for note in clause.notes] == ["1"]
    assert clause.text[: clause.notes[0].at].endswith("Member States")


def test_sections_that_a_converter_moved_are_still_sections_of_the_same_resolution():
    document = parse("wrc-349-2023-en.txt")

    discarded = [
        document.text[discard.start : discard.end].split()[:2]
        for discard in document.discards
        if discard.kind == "title"
    ]

    assert discarded.count(["RESOLUTION", "349"]) == 2
    assert "annex" in {clause.section for clause in document.clauses}
