"""The parser held to an answer key that people made by reading the documents.

The key (`key/*.jsonl`, see its README) says which clauses a document has and how each begins. The
documents themselves are not part of this project: they are looked for in `../shared/samples`, or
where the environment variable RESOLUTIONS_SAMPLES says.

`python -m tests.corpus.test_key [FILE …]` prints the scores, and every miss of the files named.
"""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from corpus.clauses import Clause, Revision, Source
from corpus.errors import ExpectedError

KEYS = Path(__file__).with_name("key")
SAMPLES = Path(
    os.environ.get("RESOLUTIONS_SAMPLES")
    or Path(__file__).resolve().parents[2].parent / "shared" / "samples"
)
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(),
    reason=f"the sample documents are not in {SAMPLES}; set RESOLUTIONS_SAMPLES to their folder",
)

# A body's texts follow one scheme, so that no body hides behind another's larger number.
FLOORS = {"pp": 0.99, "wrc": 0.99, "wtsa": 0.99, "unsc": 0.97, "cgpm": 0.97}
GROUPS = {"ITU": ("pp", "wrc", "wtsa"), "UN and CGPM": ("unsc", "cgpm")}

_WORD = re.compile(r"[^\W_]+")
_PLACE_IN_RUN = re.compile(r"p[0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause, as a reader of the document sees it."""

    id: str
    first: str  # its first words; of a run-in heading's clause, those of the paragraph
    last: str = ""  # its last words, without the punctuation after them; "" when not recorded
    other_id: str = ""  # an id that is as right
    section_free: bool = False  # only the label after the section is held to be known
    ambiguous: str = ""  # why this is not scored, or ""


@dataclass(frozen=True, slots=True)
class Key:
    """The clauses of one document, in its order."""

    file: str
    entries: tuple[Entry, ...]
    until: str = ""  # words with which the unscored rest (an annex) begins, or ""
    told: dict[str, Any] = field(default_factory=dict)  # what the document does not print

    @property
    def body(self) -> str:
        return self.entries[0].id.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Score:
    """What a parse got right, as counts that can be added up."""

    expected: int = 0
    found: int = 0  # of the expected
    given: int = 0  # clauses that the parser gave, the unscored ones left out
    ends: int = 0  # of the found, those whose last words the key records
    ends_right: int = 0
    misses: tuple[str, ...] = ()  # for people: what is missing, too much, or ends elsewhere

    @property
    def recall(self) -> float:
        return self.found / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.found / self.given if self.given else 0.0

    @property
    def end_accuracy(self) -> float:
        return self.ends_right / self.ends if self.ends else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.expected + other.expected,
            self.found + other.found,
            self.given + other.given,
            self.ends + other.ends,
            self.ends_right + other.ends_right,
            self.misses + other.misses,
        )


def score(entries: Iterable[Entry], clauses: Iterable[Clause]) -> Score:
    """How far `clauses` agree with `entries`.

    A clause answers an entry when its id is the entry's and it begins with the entry's first words;
    every clause answers one entry at most. One that stands where the key calls the print ambiguous
    counts neither way.
    """
    scored = [entry for entry in entries if not entry.ambiguous]
    unclear = [entry for entry in entries if entry.ambiguous]
    left = list(clauses)
    found = ends = ends_right = 0
    misses: list[str] = []
    for entry in scored:
        answer = next((clause for clause in left if _answers(clause, entry)), None)
        if answer is None:
            misses.append(f"missing  {entry.id}: {entry.first} …")
            continue
        left.remove(answer)
        found += 1
        if entry.last:
            ends += 1
            if _ends(answer, entry.last):
                ends_right += 1
            else:
                misses.append(f"end      {answer.id}: … {answer.text[-40:]!r} ({entry.last})")
    extra = [clause for clause in left if not any(_excused(clause, entry) for entry in unclear)]
    misses += [f"too much {clause.id}: {clause.text[:40]} …" for clause in extra]
    return Score(len(scored), found, found + len(extra), ends, ends_right, tuple(misses))


def score_file(key: Key) -> Score:
    """The score of the document that `key` is about, parsed now."""
    from corpus.parse import parse_document

    path = SAMPLES / key.file
    try:
        documents = parse_document(path, **key.told)
    except ExpectedError as error:
        return score(key.entries, ()) + Score(misses=(f"not read {key.file}: {error}",))
    clauses = [clause for document in documents for clause in document.clauses]
    if key.until:
        from corpus.readers.formats import read_document

        stop = _find(key.until, read_document(path).text)
        clauses = [clause for clause in clauses if clause.source.start < stop]
    return score(key.entries, clauses)


def read_key(path: Path) -> Key:
    """The key in `path`: a line about the document, then one for every clause."""
    about, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    entries = tuple(
        Entry(
            id=line["id"],
            first=line["first"],
            last=line.get("last", ""),
            other_id=line.get("or", ""),
            section_free=line.get("section_free", False),
            ambiguous=line.get("ambiguous", ""),
        )
        for line in lines
    )
    return Key(about["file"], entries, about.get("until", ""), about.get("told", {}))


def read_keys() -> tuple[Key, ...]:
    """All keys, those of one body together, in the order of the file names."""
    return tuple(read_key(path) for path in sorted(KEYS.glob("*.jsonl")))


def table(scores: Sequence[tuple[Key, Score]]) -> str:
    """The scores of every file, body and group of bodies, as text in columns."""
    rows = [(key.file, one) for key, one in scores]
    bodies = {
        body: sum((one for key, one in scores if key.body == body), Score()) for body in FLOORS
    }
    rows += [(f"all {body}", one) for body, one in bodies.items()]
    rows += [
        (f"all {group}", sum((bodies[body] for body in members), Score()))
        for group, members in GROUPS.items()
    ]
    lines = [f"{'':28}{'clauses':>8}{'precision':>11}{'recall':>9}{'ends':>9}"]
    lines += [
        f"{name:28}{one.expected:8}{one.precision:11.4f}{one.recall:9.4f}{one.end_accuracy:9.4f}"
        for name, one in rows
        if one.expected
    ]
    return "\n".join(lines)


def _answers(clause: Clause, entry: Entry) -> bool:
    ids = [known for known in (entry.id, entry.other_id) if known]
    if entry.section_free:
        same = _label(clause.id) in [_label(known) for known in ids]
    else:
        same = clause.id in ids
    return same and _begins(clause, entry.first)


def _excused(clause: Clause, unclear: Entry) -> bool:
    return clause.id == unclear.id or _begins(clause, unclear.first)


def _begins(clause: Clause, first: str) -> bool:
    """Whether the clause begins so, by itself or together with its heading.

    Where heading and text stand in one paragraph, either may hold the words between them.
    """
    words = _words(first)
    return any(
        _words(text)[: len(words)] == words
        for text in (clause.text, f"{clause.phrase} {clause.text}")
    )


def _ends(clause: Clause, last: str) -> bool:
    words = _words(last)
    return _words(clause.text)[-len(words) :] == words


def _label(clause_id: str) -> str:
    """What follows the section in an id; "" for a place in a run, which hangs on the section."""
    label = "/".join(clause_id.split("/")[2:])
    return "" if _PLACE_IN_RUN.fullmatch(label) else label


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _find(words: str, text: str) -> int:
    """Where `words` stand in `text`, whatever the white space between them; its end if nowhere."""
    match = re.search(r"\s+".join(re.escape(word) for word in words.split()), text)
    return match.start() if match else len(text)


def a_clause(section: str, label: str, text: str, *, phrase: str = "") -> Clause:
    return Clause(
        revision=Revision("pp", "9", 2018, "Dubai", "en", "On trying things"),
        section=section,
        phrase=phrase or section,
        addressees=(),
        label=label,
        text=text,
        source=Source("pp-9.txt", ((0, len(text)),)),
    )


def test_a_clause_under_the_right_id_and_words_is_found():
    entries = [Entry("pp-9@2018/resolves/1", "to try every thing", last="at once")]

    result = score(entries, [a_clause("resolves", "1", "to try every thing twice, at once;")])

    assert (result.found, result.given, result.ends_right) == (1, 1, 1)
    assert result.misses == ()


@pytest.mark.parametrize(
    "clause",
    [
        a_clause("instructs", "1", "to try every thing twice"),
        a_clause("resolves", "2", "to try every thing twice"),
        a_clause("resolves", "1", "to leave every thing"),
    ],
    ids=["other section", "other label", "other words"],
)
def test_a_clause_that_differs_is_missing_and_too_much(clause: Clause):
    result = score([Entry("pp-9@2018/resolves/1", "to try every thing")], [clause])

    assert (result.recall, result.precision) == (0.0, 0.0)
    assert [miss.split()[0] for miss in result.misses] == ["missing", "too"]


def test_a_clause_given_twice_answers_once():
    clause = a_clause("resolves", "", "to try every thing twice")

    result = score([Entry("pp-9@2018/resolves", "to try every thing")], [clause, clause])

    assert (result.recall, result.precision) == (1.0, 0.5)


def test_a_clause_that_runs_on_keeps_its_place_but_not_its_end():
    entries = [Entry("pp-9@2018/resolves", "to try every thing", last="every thing twice")]

    result = score(entries, [a_clause("resolves", "", "to try every thing twice. – 15 –")])

    assert (result.recall, result.end_accuracy) == (1.0, 0.0)


def test_a_free_section_still_asks_for_the_label():
    entries = [
        Entry("pp-9@2018/directs/2", "to try every thing", section_free=True),
        Entry("pp-9@2018/welcomes/p1", "to keep every thing", section_free=True),
        Entry("pp-9@2018/notes/3", "to lose every thing", section_free=True),
    ]
    clauses = [
        a_clause("instructs.4", "2", "to try every thing"),
        a_clause("welcoming", "", "to keep every thing"),
        a_clause("noting", "4", "to lose every thing"),
    ]

    result = score(entries, clauses)

    assert result.found == 2
    assert result.misses[0].startswith("missing  pp-9@2018/notes/3")


def test_what_the_print_leaves_open_counts_neither_way():
    entries = [
        Entry("pp-9@2018/resolves", "to try every thing"),
        Entry("pp-9@2018/urges", "to keep every thing", ambiguous="no line of its own"),
    ]
    split = a_clause("urges", "", "to keep every thing")

    without = score(entries, [a_clause("resolves", "", "to try every thing")])
    with_it = score(entries, [a_clause("resolves", "", "to try every thing"), split])

    assert without == with_it
    assert (without.precision, without.recall) == (1.0, 1.0)


def test_a_heading_in_the_same_paragraph_may_hold_the_first_words():
    entries = [Entry("pp-9@2018/instructs", "instructs the Council to try every")]

    result = score(
        entries,
        [a_clause("instructs", "", "to try every thing", phrase="instructs the Council")],
    )

    assert result.found == 1


@pytest.mark.parametrize("path", sorted(KEYS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_key_is_well_formed_and_holds_a_few_words_only(path: Path):
    shape = re.compile(r"[a-z]+-[a-z0-9-]+@[0-9]{4}(/[a-z]+(-[a-z]+)*(\.[0-9]+)?)(/[a-z0-9.]+)*")

    key = read_key(path)

    ids = [entry.id for entry in key.entries]
    assert key.file.rpartition(".")[0] == path.stem
    assert len(set(ids)) == len(ids)
    assert [entry_id for entry_id in ids if not shape.fullmatch(entry_id)] == []
    assert key.body in FLOORS
    for entry in key.entries:
        assert 3 <= len(entry.first.split()) <= 7, entry
        assert len(entry.last.split()) <= 5, entry


@needs_samples
@pytest.mark.parametrize("key", read_keys(), ids=lambda key: key.file)
def test_the_words_of_a_key_stand_in_the_document_in_their_order(key: Key):
    path = SAMPLES / key.file
    if path.suffix == ".docx":
        import docx

        text = "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    else:
        text = path.read_text(encoding="utf-8")
    words = " " + " ".join(_words(text[: _find(key.until, text)] if key.until else text)) + " "

    at = 0
    for entry in key.entries:
        for part in (entry.first, entry.last):
            at = words.find(f" {' '.join(_words(part))} " if part else " ", at)
            assert at >= 0, f"{entry.id}: {part!r} does not follow what stands before it"

    assert not key.until or _find(key.until, text) < len(text)


@needs_samples
@pytest.mark.parametrize("body", FLOORS)
def test_the_parser_agrees_with_the_key(body: str):
    keys = [key for key in read_keys() if key.body == body]

    scores = [(key, score_file(key)) for key in keys]

    total = sum((one for _, one in scores), Score())
    report = "\n".join([table(scores), *total.misses])
    assert total.recall >= FLOORS[body], report
    assert total.precision >= FLOORS[body], report
    assert total.end_accuracy >= FLOORS[body], report


def main(names: Sequence[str]) -> int:
    """Prints the table, and the misses of the files in `names`; 2 where there is no document."""
    if not SAMPLES.is_dir():
        print(f"no documents in {SAMPLES}; set RESOLUTIONS_SAMPLES", file=sys.stderr)
        return 2
    scores = [(key, score_file(key)) for key in read_keys()]
    print(table(scores))
    for key, one in scores:
        if one.misses and any(name in key.file for name in names):
            print("", key.file, *one.misses, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
