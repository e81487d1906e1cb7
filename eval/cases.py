"""The questions with known answers: read from JSON Lines, with every wrong entry named by line.

One object a line (`schemas/case.json`), in any `*.jsonl` below a folder. The field `split` says
whether a case may be learned from ("train": thresholds are fitted on these) or only be measured
on ("test"); a field rather than a folder, so that one file holds the whole of a kind.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from corpus.clauses import LANGUAGES
from corpus.errors import ExpectedError

Split = Literal["train", "test"]
Match = Literal["any", "all"]
Corpus = Literal["founding", "samples"]
AnswerableKind = Literal[
    "fact",
    "revision",
    "addressee",
    "section",
    "reference",
    "comparison",
    "follow-up",
    "paraphrase",
    "keyword",
    "misspelt",
    "code-switched",
    "added",  # of a text that a user has added; the other kinds are of the founding ones
]
UnanswerableKind = Literal["unanswerable-far", "unanswerable-near", "not-held"]
Reason = Literal["no-evidence", "not-held", "ambiguous", "empty", "unsupported-language"]

SPLITS: tuple[Split, ...] = get_args(Split)
CORPORA: tuple[Corpus, ...] = get_args(Corpus)
ANSWERABLE: tuple[AnswerableKind, ...] = get_args(AnswerableKind)
UNANSWERABLE: tuple[UnanswerableKind, ...] = get_args(UnanswerableKind)
KINDS: tuple[str, ...] = ANSWERABLE + UNANSWERABLE
REASONS: tuple[Reason, ...] = get_args(Reason)
MATCHES: tuple[Match, ...] = get_args(Match)

_REQUIRED = ("id", "split", "kind", "language", "question")
_OPTIONAL = ("history", "relevant", "match", "reason", "second", "corpus", "note")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class CasesError(ExpectedError):
    """Cases that cannot be measured with: unreadable, doubled, or about clauses not held."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a second person, who did not see the first answer, found: clauses or a reason."""

    relevant: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """One question, and the clauses that answer it or the reason why none does."""

    id: str
    split: str  # one of SPLITS
    kind: str  # one of KINDS
    language: str  # of the question; the main one if code-switched
    question: str
    history: tuple[str, ...] = ()  # earlier questions of the conversation, oldest first
    relevant: tuple[str, ...] = ()  # clause ids; none if unanswerable
    match: str = "any"  # "any": one right clause suffices; "all": the whole set is asked for
    reason: str | None = None  # one of REASONS; None if answerable
    second: Reading | None = None
    corpus: str = "founding"  # the texts that it is about, one of CORPORA

    @property
    def answerable(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that is no proper case."""

    file: Path
    line: int  # from 1
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class _Placed:
    case: Case
    file: Path
    line: int


def load_cases(
    paths: Iterable[Path], *, held: Mapping[str, Set[str]] | None = None
) -> tuple[Case, ...]:
    """All cases of these files and folders, sorted by id.

    `held` has, for each corpus, the clause ids that it holds; ids of a corpus that it does not
    name are not checked. Raises CasesError, which names the first problem and counts the others.
    """
    cases, problems = read_cases(paths, held=held)
    if problems:
        more = f" (and {len(problems) - 1} more; see: python -m eval check)" * (len(problems) > 1)
        raise CasesError(f"{problems[0]}{more}")
    if not cases:
        raise CasesError("no case found; give a .jsonl file or a folder of them with --cases")
    return cases


def read_cases(
    paths: Iterable[Path], *, held: Mapping[str, Set[str]] | None = None
) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """The proper cases, sorted by id, and the problems, in the order of files and lines."""
    placed: list[_Placed] = []
    problems: list[Problem] = []
    for file in _case_files(paths):
        for line, text in enumerate(_lines(file), start=1):
            if not text.strip():
                continue
            try:
                case = case_from_json(_parsed(text))
            except ValueError as error:
                problems.append(Problem(file, line, str(error)))
            else:
                placed.append(_Placed(case, file, line))
    problems += _doubled(placed)
    problems += _misplaced(placed)
    if held is not None:
        problems += _unknown_ids(placed, held)
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.message))
    return tuple(sorted((entry.case for entry in placed), key=lambda case: case.id)), tuple(
        problems
    )


def case_from_json(record: Mapping[str, Any]) -> Case:
    """The case of one JSON object; ValueError says which field is wrong and what it may be."""
    _check_names(record)
    case = Case(
        id=_string(record, "id"),
        split=_one_of(record, "split", SPLITS),
        kind=_one_of(record, "kind", KINDS),
        language=_one_of(record, "language", LANGUAGES),
        question=_string(record, "question", may_be_blank=record.get("reason") == "empty"),
        history=_strings(record, "history"),
        relevant=_strings(record, "relevant"),
        match=_one_of({"match": "any", **record}, "match", MATCHES),
        reason=None if record.get("reason") is None else _one_of(record, "reason", REASONS),
        second=_reading(record.get("second")),
        corpus=_one_of({"corpus": "founding", **record}, "corpus", CORPORA),
    )
    _check_sense(case)
    return case


def case_to_json(case: Case) -> dict[str, Any]:
    """The JSON object that `case_from_json` reads back (`schemas/case.json`)."""
    second: dict[str, Any] | None = None
    if case.second is not None:
        second = (
            {"reason": case.second.reason}
            if case.second.reason
            else {"relevant": list(case.second.relevant)}
        )
    return {
        "id": case.id,
        "split": case.split,
        "kind": case.kind,
        "language": case.language,
        "question": case.question,
        "history": list(case.history),
        "relevant": list(case.relevant),
        "match": case.match,
        "reason": case.reason,
        "second": second,
        "corpus": case.corpus,
    }


def digest_of_cases(cases: Iterable[Case]) -> str:
    """SHA-256 of what is measured, whatever the files are called; second readings do not count."""
    digest = hashlib.sha256()
    for case in sorted(cases, key=lambda case: case.id):
        record = case_to_json(case)
        del record["second"]
        digest.update(json.dumps(record, sort_keys=True, ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def normalised(question: str) -> str:
    """Letters and digits alone, without width, case, accents or Arabic vowel signs."""
    decomposed = unicodedata.normalize("NFKD", question).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def _case_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.jsonl"))
        elif path.is_file():
            yield path
        else:
            raise CasesError(f"{path}: no such file or folder of cases")


def _lines(file: Path) -> Sequence[str]:
    try:
        # Only \n ends a line of JSON Lines: splitlines() would cut at U+2028 inside a question.
        return file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise CasesError(f"{file}: not UTF-8 ({error}); save it as UTF-8") from error
    except OSError as error:
        raise CasesError(f"{file}: cannot be read: {error.strerror}") from error


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        record = json.loads(text, object_pairs_hook=_no_doubled_name)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    return record


def _no_doubled_name(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"field given twice: {', '.join(doubled)}")
    return dict(pairs)


def _check_names(record: Mapping[str, Any]) -> None:
    missing = [name for name in _REQUIRED if name not in record]
    if missing:
        raise ValueError(f"field missing: {', '.join(missing)}")
    unknown = sorted(set(record) - set(_REQUIRED) - set(_OPTIONAL))
    if unknown:
        known = ", ".join(_REQUIRED + _OPTIONAL)
        raise ValueError(f"unknown field: {', '.join(unknown)}; known are {known}")


def _check_sense(case: Case) -> None:
    """Raises ValueError where the fields, each right by itself, contradict each other."""
    if not _ID.fullmatch(case.id):
        raise ValueError(f"id {case.id!r} may have only letters, digits, '.', '_' and '-'")
    if len(set(case.relevant)) < len(case.relevant):
        raise ValueError("relevant names a clause twice")
    if case.kind in ANSWERABLE:
        if case.reason is not None:
            raise ValueError(f"kind {case.kind} is answerable, so reason must be null")
        if not case.relevant:
            raise ValueError(f"kind {case.kind} is answerable, so relevant must name a clause")
    else:
        if case.relevant:
            raise ValueError(f"kind {case.kind} has no answer, so relevant must be empty")
        if case.reason is None:
            raise ValueError(f"kind {case.kind} needs a reason: {', '.join(REASONS)}")
        if (case.kind == "not-held") != (case.reason == "not-held"):
            raise ValueError(f"kind {case.kind} contradicts the reason {case.reason}")
    if case.kind == "follow-up" and not case.history:
        raise ValueError("kind follow-up needs a history")


def _string(record: Mapping[str, Any], name: str, *, may_be_blank: bool = False) -> str:
    value = record[name]
    if not isinstance(value, str) or not (value.strip() or may_be_blank):
        raise ValueError(f"{name} must be a text that is not blank, not {value!r}")
    return value


def _strings(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = record.get(name) or []
    if not isinstance(value, list) or not all(
        isinstance(part, str) and part.strip() for part in value
    ):
        raise ValueError(f"{name} must be a list of texts, not {value!r}")
    return tuple(value)


def _one_of(record: Mapping[str, Any], name: str, allowed: Sequence[str]) -> str:
    value = record[name]
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return str(value)


def _reading(record: Any) -> Reading | None:
    if record is None:
        return None
    if not isinstance(record, dict) or not set(record) <= {"relevant", "reason"}:
        raise ValueError("second must be null or an object with relevant or reason")
    relevant = _strings(record, "relevant")
    reason = None if record.get("reason") is None else _one_of(record, "reason", REASONS)
    if bool(relevant) == bool(reason):
        raise ValueError("second must have either relevant clauses or a reason")
    return Reading(relevant, reason)


def _doubled(placed: Sequence[_Placed]) -> Iterator[Problem]:
    by_id: dict[str, _Placed] = {}
    by_question: dict[tuple[object, ...], _Placed] = {}
    for entry in placed:
        case = entry.case
        first = by_id.setdefault(case.id, entry)
        if first is not entry:
            where = f"{first.file}:{first.line}"
            yield Problem(entry.file, entry.line, f"id {case.id} stands already at {where}")
        # "And the second one?" is another question after another history.
        asked = (
            normalised(case.question) or case.question.strip(),
            tuple(normalised(turn) for turn in case.history),
            case.corpus,
        )
        first = by_question.setdefault(asked, entry)
        if first is not entry and first.case.id != case.id:
            where = f"{first.case.id}, {first.file}:{first.line}"
            yield Problem(
                entry.file, entry.line, f"the question of {case.id} is asked already ({where})"
            )


def _misplaced(placed: Sequence[_Placed]) -> Iterator[Problem]:
    for entry in placed:
        folder = entry.file.parent.name
        if folder in SPLITS and folder != entry.case.split:
            yield Problem(
                entry.file,
                entry.line,
                f"{entry.case.id} says split {entry.case.split} in the folder {folder}",
            )


def _unknown_ids(placed: Sequence[_Placed], held: Mapping[str, Set[str]]) -> Iterator[Problem]:
    for entry in placed:
        ids = held.get(entry.case.corpus)
        if ids is None:
            continue
        second = entry.case.second.relevant if entry.case.second else ()
        for field, named in (("relevant", entry.case.relevant), ("second", second)):
            for clause in named:
                if clause not in ids:
                    yield Problem(
                        entry.file,
                        entry.line,
                        f"{field} of {entry.case.id} names {clause}, which is not held",
                    )
