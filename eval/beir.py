"""Cases in the form of BEIR (corpus.jsonl, queries.jsonl, qrels/test.tsv), in both directions.

So other people's sets can be run through this system, and this set through other people's.
https://github.com/beir-cellar/beir, Thakur et al. 2021.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.clauses import Clause
from corpus.errors import ExpectedError
from eval.cases import Case
from eval.measure import (
    BOTH,
    DECIMALS,
    DEPTH,
    SHOWN,
    CaseResult,
    Clock,
    Measurement,
    Progress,
    Searcher,
    spread,
)
from eval.metrics import score_rankings

_HEADER = ("query-id", "corpus-id", "score")
_MEASURES = ("R@5", "R@10", *BOTH)


class BeirError(ExpectedError):
    """A folder that is no set in the form of BEIR."""


@dataclass(frozen=True, slots=True)
class BeirSet:
    """Texts, queries and which texts are relevant to each query."""

    texts: Mapping[str, str]  # id -> title and text
    queries: Mapping[str, str]  # id -> question; only those with judgements
    qrels: Mapping[str, Mapping[str, int]]  # query id -> text id -> grade, 0 for not relevant

    def digest_of_texts(self) -> str:
        """SHA-256 of ids and texts, whatever their order."""
        return _digest(sorted(self.texts.items()))

    def digest_of_queries(self) -> str:
        """SHA-256 of queries and judgements, whatever their order."""
        judged = {query: sorted(grades.items()) for query, grades in self.qrels.items()}
        return _digest([sorted(self.queries.items()), sorted(judged.items())])


def read_beir(folder: Path, *, split: str = "test") -> BeirSet:
    """The set in a folder; raises BeirError, which names the file, the line and what is wrong."""
    texts: dict[str, str] = {}
    for where, record in _records(folder / "corpus.jsonl"):
        title = _text(record, "title", where, needed=False)
        text = _text(record, "text", where, needed=False)
        _add(texts, _text(record, "_id", where), f"{title}\n{text}".strip(), where)
    queries: dict[str, str] = {}
    for where, record in _records(folder / "queries.jsonl"):
        _add(queries, _text(record, "_id", where), _text(record, "text", where), where)
    qrels: dict[str, dict[str, int]] = {}
    for where, query, text, grade in _judgements(folder / "qrels" / f"{split}.tsv"):
        if query not in queries:
            raise BeirError(f"{where}: query {query} is not in queries.jsonl")
        if text not in texts:
            raise BeirError(f"{where}: text {text} is not in corpus.jsonl")
        qrels.setdefault(query, {})[text] = grade
    if not qrels:
        raise BeirError(f"{folder} has no judgement in qrels/{split}.tsv")
    judged = {query: text for query, text in queries.items() if query in qrels}
    return BeirSet(texts=texts, queries=judged, qrels=qrels)


def write_beir(folder: Path, found: BeirSet, *, split: str = "test") -> None:
    """Writes the set in a form that `read_beir` reads back; raises BeirError if it cannot."""
    try:
        (folder / "qrels").mkdir(parents=True, exist_ok=True)
        with (folder / "corpus.jsonl").open("w", encoding="utf-8") as file:
            for id_, text in sorted(found.texts.items()):
                file.write(_line({"_id": id_, "title": "", "text": text}))
        with (folder / "queries.jsonl").open("w", encoding="utf-8") as file:
            for id_, text in sorted(found.queries.items()):
                file.write(_line({"_id": id_, "text": text}))
        with (folder / "qrels" / f"{split}.tsv").open("w", encoding="utf-8", newline="") as table:
            rows = csv.writer(table, delimiter="\t", lineterminator="\n")
            rows.writerow(_HEADER)
            for query, grades in sorted(found.qrels.items()):
                rows.writerows((query, id_, grade) for id_, grade in sorted(grades.items()))
    except OSError as error:
        raise BeirError(f"{folder}: cannot be written: {error.strerror}") from error


def beir_of(cases: Iterable[Case], clauses: Iterable[Clause]) -> BeirSet:
    """The answerable cases over these clauses.

    A text's id is its clause id; where a clause is held in several languages, "#" and the language
    follow, and all versions of a right clause are right. Earlier turns stand before a question, a
    line each. Cases without an answer have no place in BEIR and are left out.
    """
    by_id: dict[str, dict[str, str]] = {}
    for clause in clauses:
        by_id.setdefault(clause.id, {})[clause.revision.language] = clause.text
    names = {
        id_: {language: id_ if len(versions) == 1 else f"{id_}#{language}" for language in versions}
        for id_, versions in by_id.items()
    }
    chosen = [
        case for case in cases if case.answerable and all(id_ in by_id for id_ in case.relevant)
    ]
    return BeirSet(
        texts={
            names[id_][language]: text
            for id_, versions in by_id.items()
            for language, text in versions.items()
        },
        queries={case.id: "\n".join((*case.history, case.question)) for case in chosen},
        qrels={
            case.id: {name: 1 for id_ in case.relevant for name in names[id_].values()}
            for case in chosen
        },
    )


def measure_beir(
    searcher: Searcher, found: BeirSet, *, clock: Clock, progress: Progress | None = None
) -> Measurement:
    """How the searcher ranks the texts of the set: R@5, R@10, RR, nDCG@10 of every query.

    Grades count for nDCG@10; language and kind are "und" and "query".
    """
    rankings: dict[str, tuple[tuple[str, float], ...]] = {}
    took = []
    for done, (query, text) in enumerate(sorted(found.queries.items())):
        if progress:
            progress(done, len(found.queries))
        begun = clock()
        hits = searcher.search(text, history=(), top=DEPTH)
        took.append(1000 * (clock() - begun))
        rankings[query] = tuple((id_, round(float(score), DECIMALS)) for id_, score in hits[:DEPTH])
    if progress:
        progress(len(found.queries), len(found.queries))
    scores = score_rankings(
        {query: [id_ for id_, _ in hits] for query, hits in rankings.items()},
        {query: found.qrels[query] for query in rankings},
        _MEASURES,
    )
    results = tuple(
        CaseResult(
            id=query,
            kind="query",
            language="und",
            question=found.queries[query],
            history=(),
            relevant=tuple(sorted(i for i, grade in found.qrels[query].items() if grade > 0)),
            match="all",
            reason=None,
            ranking=rankings[query][:SHOWN],
            outcome=None,
            scores={name: round(value, DECIMALS) for name, value in scores[query].items()},
        )
        for query in sorted(rankings)
    )
    return Measurement(system=searcher.name, results=results, timings={"search": spread(took)})


def _records(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(_read(file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise BeirError(f"{file}:{number}: no JSON: {error}") from error
        if not isinstance(record, dict):
            raise BeirError(f"{file}:{number}: not a JSON object")
        yield f"{file}:{number}", record


def _judgements(file: Path) -> Iterator[tuple[str, str, str, int]]:
    rows = csv.reader(_read(file).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, start=1):
        if number == 1 and tuple(row) == _HEADER:
            continue
        if not row:
            continue
        try:
            query, text, grade = row
            yield f"{file}:{number}", query, text, int(grade)
        except ValueError as error:
            raise BeirError(
                f"{file}:{number}: needs query-id, corpus-id and a whole number, with tabs between"
            ) from error


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BeirError(f"{file}: cannot be read: {error}") from error


def _text(record: Mapping[str, Any], name: str, where: str, *, needed: bool = True) -> str:
    value = record.get(name, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        raise BeirError(f"{where}: {name} must be a text that is not blank")
    return value


def _add(known: dict[str, str], id_: str, text: str, where: str) -> None:
    if id_ in known:
        raise BeirError(f"{where}: id {id_} is given twice")
    known[id_] = text


def _line(record: Mapping[str, str]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
