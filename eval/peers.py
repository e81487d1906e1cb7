"""What a user would pick instead, on the same cases: a plain chunk pipeline, BM25, dense vectors.

The chunk pipeline is the one of every tutorial: a recursive character splitter, the same encoder,
a flat FAISS index of inner products. A chunk is right when the start of a right clause lies in it;
since every document is split for itself, the clause's revision is right too. That is generous: the
reader still has to find the clause in the chunk, which is why the characters to be read are told.
Earlier turns are put before a question, which helps the peers on follow-ups.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from corpus.clauses import Clause
from embeddings.encoder import Encoder, Vectors
from embeddings.lexical import Lexical, terms
from eval.cases import Case
from eval.measure import (
    BOTH,
    ONE,
    Clock,
    Measurement,
    Searcher,
    measure_ranking,
    summarise,
)
from eval.metrics import unique
from eval.report import MISSING, grid, shown
from eval.significance import paired_difference

FORMAT = 1
CHUNK_SIZES = (1000, 400, 200)  # characters
# Not R@10: with ten chunks in all, the first ten are everything.
_COMPARED = (*ONE, *BOTH)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to search, and which of its passages stand for which clause."""

    searcher: Searcher
    targets: Mapping[str, tuple[str, ...]]  # clause id -> passage ids
    lengths: Mapping[str, int]  # passage id -> characters that a reader is shown

    @property
    def name(self) -> str:
        return self.searcher.name


@dataclass(frozen=True, slots=True)
class Compared:
    """One peer beside the system that is measured."""

    name: str
    measurement: Measurement
    passages: int
    characters: float | None  # mean length of its first hit


class QueryMemory:
    """An encoder that keeps the vectors of questions: all peers are asked the same ones."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def query(self, text: str) -> Vectors:
        """The vector of a question, [1, dimension]."""
        if text not in self._known:
            self._known[text] = self._encoder.encode_queries([text]).vectors
        return self._known[text]

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, [n, dimension]."""
        return self._encoder.encode_passages(texts).vectors


class DenseSearcher:
    """The nearest passages by inner product of the encoder's vectors, as they are."""

    def __init__(self, name: str, passages: Mapping[str, str], memory: QueryMemory) -> None:
        import faiss  # noqa: PLC0415  # 0.1 s, not needed for --help

        self.name = name
        self._ids = tuple(passages)
        self._memory = memory
        vectors = np.ascontiguousarray(memory.passages(list(passages.values())), np.float32)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        vector = self._memory.query(" ".join((*history, question)))
        scores, rows = self._index.search(vector, min(top, len(self._ids)))
        return [
            (self._ids[row], float(score)) for row, score in zip(rows[0], scores[0], strict=True)
        ]


class LexicalSearcher:
    """BM25 with this project's own terms, one index per language of the texts."""

    def __init__(self, name: str, passages: Mapping[str, Mapping[str, str]]) -> None:
        """`passages`: language -> passage id -> text."""
        self.name = name
        self._indexes = {
            language: (
                tuple(texts),
                Lexical.build([terms(text, language) for text in texts.values()]),
            )
            for language, texts in passages.items()
        }

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        asked = " ".join((*history, question))
        hits: list[tuple[str, float]] = []
        for language, (ids, index) in self._indexes.items():
            scores = index.scores(terms(asked, language))
            hits += [(ids[row], float(scores[row])) for row in np.flatnonzero(scores > 0)]
        hits.sort(key=lambda hit: (-hit[1], hit[0]))
        return hits[:top]


def all_peers(
    *, clauses: Sequence[Clause], documents: Mapping[str, str], encoder: Encoder
) -> tuple[Peer, ...]:
    """Every peer over these clauses and the stored texts of the documents that they stand in."""
    memory = QueryMemory(encoder)
    return (
        *(chunk_peer(clauses, documents, memory, size=size) for size in CHUNK_SIZES),
        lexical_peer(clauses),
        dense_peer(clauses, memory),
    )


def chunk_peer(
    clauses: Sequence[Clause], documents: Mapping[str, str], memory: QueryMemory, *, size: int
) -> Peer:
    """Chunks of at most `size` characters of the stored texts (document name -> text)."""
    from langchain_text_splitters import (  # noqa: PLC0415  # 0.2 s
        RecursiveCharacterTextSplitter,
    )

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=0, add_start_index=True
    )
    chunks: dict[str, str] = {}
    spans: dict[str, list[tuple[int, int, str]]] = {}  # document -> start, end, chunk id
    for name, text in sorted(documents.items()):
        for number, chunk in enumerate(splitter.create_documents([text]), start=1):
            start = int(chunk.metadata["start_index"])
            id_ = f"{name}#{number}"
            chunks[id_] = chunk.page_content
            spans.setdefault(name, []).append((start, start + len(chunk.page_content), id_))
    targets: dict[str, tuple[str, ...]] = {}
    for clause in clauses:
        found = [
            id_
            for start, end, id_ in spans.get(clause.source.file, ())
            if start <= clause.source.start < end
        ]
        targets[clause.id] = unique((*targets.get(clause.id, ()), *found))
    return Peer(
        searcher=DenseSearcher(f"chunks of {size} characters, dense", chunks, memory),
        targets=targets,
        lengths={id_: len(text) for id_, text in chunks.items()},
    )


def lexical_peer(clauses: Sequence[Clause]) -> Peer:
    """BM25 alone over the text of the clauses."""
    passages: dict[str, dict[str, str]] = {}
    for clause in clauses:
        passages.setdefault(clause.revision.language, {})[_passage(clause)] = clause.text
    return _clause_peer(LexicalSearcher("clauses, BM25 alone", passages), clauses)


def dense_peer(clauses: Sequence[Clause], memory: QueryMemory) -> Peer:
    """The encoder's vectors alone over the text of the clauses, without headings or centring."""
    passages = {_passage(clause): clause.text for clause in clauses}
    return _clause_peer(DenseSearcher("clauses, dense alone", passages, memory), clauses)


def measure_peer(peer: Peer, cases: Iterable[Case], *, clock: Clock) -> Compared:
    """How the peer ranks its passages for the answerable ones among the cases."""
    asked = [
        replace(
            case, relevant=unique(p for id_ in case.relevant for p in peer.targets.get(id_, ()))
        )
        for case in cases
        if case.answerable
    ]
    measurement = measure_ranking(peer.searcher, asked, clock=clock)
    return Compared(
        name=peer.name,
        measurement=measurement,
        passages=len(peer.lengths),
        characters=first_hit_characters(measurement, peer.lengths),
    )


def first_hit_characters(measurement: Measurement, lengths: Mapping[str, int]) -> float | None:
    """Mean number of characters of the first hit; None when nothing was ever found."""
    firsts = [
        lengths[result.ranking[0][0]]
        for result in measurement.results
        if result.ranking and result.ranking[0][0] in lengths
    ]
    return sum(firsts) / len(firsts) if firsts else None


def peers_to_json(ours: Compared, peers: Sequence[Compared]) -> dict[str, Any]:
    """The JSON object of `compare --peers` (`schemas/peers.json`)."""
    return {
        "format": FORMAT,
        "systems": [
            {
                "name": entry.name,
                "passages": entry.passages,
                "characters": None if entry.characters is None else round(entry.characters, 1),
                "scores": {name: round(value, 6) for name, value in _means(entry).items()},
                "against": None if entry is ours else _against(ours, entry),
            }
            for entry in (ours, *peers)
        ],
    }


def peers_text(ours: Compared, peers: Sequence[Compared]) -> str:
    """The table: means of each system, and how many times better ours is."""
    rows, ratios = [], []
    for entry in (ours, *peers):
        means = _means(entry)
        characters = MISSING if entry.characters is None else f"{entry.characters:.0f}"
        rows.append(
            [entry.name, str(entry.passages), characters]
            + [shown(means.get(name)) for name in _COMPARED]
        )
        if entry is not ours:
            against = _against(ours, entry)
            ratios.append([entry.name, *(_ratio_text(against.get(name)) for name in _COMPARED)])
    return (
        grid(["", "passages", "characters", *_COMPARED], rows)
        + "\n\nours divided by theirs (* beyond chance, paired bootstrap)\n"
        + grid(["", *_COMPARED], ratios)
        + "\n\ncharacters: mean length of the first hit, which a reader has to read\n"
    )


def _clause_peer(searcher: Searcher, clauses: Sequence[Clause]) -> Peer:
    targets: dict[str, tuple[str, ...]] = {}
    for clause in clauses:
        targets[clause.id] = (*targets.get(clause.id, ()), _passage(clause))
    return Peer(searcher, targets, {_passage(clause): len(clause.text) for clause in clauses})


def _passage(clause: Clause) -> str:
    """The id of a clause in one language; ids of clauses alone are shared by all languages."""
    return f"{clause.id}#{clause.revision.language}"


def _means(entry: Compared) -> dict[str, float]:
    scores = summarise(entry.measurement.results)[0].scores
    return {name: scores[name].value for name in _COMPARED if name in scores}


def _against(ours: Compared, theirs: Compared) -> dict[str, dict[str, Any]]:
    """Per measure the ratio (None where theirs is 0) and the interval of the difference."""
    found: dict[str, dict[str, Any]] = {}
    for name in _COMPARED:
        difference = paired_difference(name, _scores(theirs, name), _scores(ours, name))
        if difference is not None:
            ratio = difference.new / difference.old if difference.old else None
            found[name] = {
                "ratio": None if ratio is None else round(ratio, 4),
                "difference": round(difference.interval.mean, 6),
                "low": round(difference.interval.low, 6),
                "high": round(difference.interval.high, 6),
                "won": len(difference.won),
                "lost": len(difference.lost),
            }
    return found


def _scores(entry: Compared, name: str) -> dict[str, float]:
    return {r.id: r.scores[name] for r in entry.measurement.results if name in r.scores}


def _ratio_text(against: Mapping[str, Any] | None) -> str:
    if against is None or against["ratio"] is None:
        return MISSING
    certain = against["low"] > 0 or against["high"] < 0
    return f"{against['ratio']:.2f}{'*' if certain else ' '}"
