import json

import jsonschema
import pytest

from eval.measure import measure_ranking
from eval.peers import (
    CHUNK_SIZES,
    Compared,
    QueryMemory,
    all_peers,
    chunk_peer,
    dense_peer,
    first_hit_characters,
    lexical_peer,
    measure_peer,
    peers_text,
    peers_to_json,
)
from tests.eval.builders import (
    SCHEMAS,
    LetterEncoder,
    ScriptedSystem,
    a_case,
    a_clause,
    an_unanswerable_case,
    ticking,
)

PARTS = ["责成主任每年提交报告；", "请理事会审议预算草案；", "敦促成员国参加研究组工作；"]
DOCUMENT = "\n\n".join(PARTS)
CLAUSES = [
    a_clause(str(number), part, start=DOCUMENT.index(part))
    for number, part in enumerate(PARTS, start=1)
]
CASES = [
    a_case("a", question="主任提交报告", relevant=("wtsa-75@2022/instructs/1",)),
    a_case("b", question="审议预算草案", relevant=("wtsa-75@2022/instructs/2",)),
    a_case("c", question="参加研究组", relevant=("wtsa-75@2022/instructs/3",)),
    an_unanswerable_case("d"),
]


def chunks_of(size, clauses=CLAUSES):
    return chunk_peer(clauses, {"a.txt": DOCUMENT}, QueryMemory(LetterEncoder()), size=size)


def test_a_chunk_is_right_when_the_start_of_the_clause_lies_in_it():
    peer = chunks_of(26)

    assert peer.lengths == {"a.txt#1": 24, "a.txt#2": 13}
    assert peer.targets == {
        "wtsa-75@2022/instructs/1": ("a.txt#1",),
        "wtsa-75@2022/instructs/2": ("a.txt#1",),
        "wtsa-75@2022/instructs/3": ("a.txt#2",),
    }


def test_a_clause_that_is_cut_is_found_where_it_begins():
    peer = chunks_of(6)

    assert peer.targets["wtsa-75@2022/instructs/1"] == ("a.txt#1",)
    assert peer.lengths["a.txt#1"] <= 6


def test_a_chunk_of_another_revision_is_not_right():
    old = a_clause("1", PARTS[0], year=2008, file="old.txt")
    documents = {"a.txt": DOCUMENT, "old.txt": PARTS[0]}
    peer = chunk_peer([*CLAUSES, old], documents, QueryMemory(LetterEncoder()), size=1000)

    assert peer.targets["wtsa-75@2008/instructs/1"] == ("old.txt#1",)
    assert peer.targets["wtsa-75@2022/instructs/1"] == ("a.txt#1",)


@pytest.mark.parametrize("make", [lambda: lexical_peer(CLAUSES), lambda: chunks_of(15)])
def test_a_peer_finds_what_shares_its_letters(make):
    compared = measure_peer(make(), CASES, clock=ticking())

    assert [result.id for result in compared.measurement.results] == ["a", "b", "c"]
    assert [result.scores["R@1"] for result in compared.measurement.results] == [1, 1, 1]


def test_dense_alone_ranks_by_the_encoder_as_it_is():
    peer = dense_peer(CLAUSES, QueryMemory(LetterEncoder()))

    hits = peer.searcher.search(PARTS[1], history=(), top=2)

    assert hits[0][0] == "wtsa-75@2022/instructs/2#zh"
    assert hits[0][1] == pytest.approx(1.0)
    assert len(hits) == 2


def test_every_language_version_of_a_right_clause_is_right():
    both = [a_clause("1", "主任报告"), a_clause("1", "Director reports", language="en")]
    case = a_case("a", question="Director", relevant=("wtsa-75@2022/instructs/1",))

    compared = measure_peer(lexical_peer(both), [case], clock=ticking())

    assert compared.measurement.results[0].relevant == (
        "wtsa-75@2022/instructs/1#zh",
        "wtsa-75@2022/instructs/1#en",
    )
    assert compared.measurement.results[0].scores["R@1"] == 1


def test_earlier_turns_are_put_before_the_question():
    peer = lexical_peer(CLAUSES)

    hits = peer.searcher.search("那么呢", history=["审议预算草案"], top=1)

    assert hits[0][0] == "wtsa-75@2022/instructs/2#zh"


def test_bm25_finds_nothing_without_a_shared_term():
    assert lexical_peer(CLAUSES).searcher.search("zzz", history=(), top=5) == []


def test_all_peers_ask_the_encoder_for_a_question_once():
    encoder = LetterEncoder()
    peers = all_peers(clauses=CLAUSES, documents={"a.txt": DOCUMENT}, encoder=encoder)

    names = [measure_peer(peer, CASES, clock=ticking()).name for peer in peers]

    assert names == [
        *(f"chunks of {size} characters, dense" for size in CHUNK_SIZES),
        "clauses, BM25 alone",
        "clauses, dense alone",
    ]
    assert sorted(encoder.asked) == sorted(case.question for case in CASES[:3])


def ours_and_theirs():
    answerable = CASES[:3]
    perfect = ScriptedSystem({case.question: case.relevant for case in answerable})
    lengths = {clause.id: len(clause.text) for clause in CLAUSES}
    measurement = measure_ranking(perfect, answerable, clock=ticking())
    ours = Compared("ours", measurement, 3, first_hit_characters(measurement, lengths))
    half = ScriptedSystem({CASES[0].question: CASES[0].relevant})
    theirs = Compared("theirs", measure_ranking(half, answerable, clock=ticking()), 1, None)
    nothing = Compared(
        "nothing", measure_ranking(ScriptedSystem(), answerable, clock=ticking()), 1, None
    )
    return ours, [theirs, nothing]


def test_the_table_tells_ratios_and_what_a_reader_has_to_read():
    ours, theirs = ours_and_theirs()

    text = peers_text(ours, theirs)

    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "ours 3 12 1.000 1.000 1.000 1.000 1.000" in lines
    assert "theirs 1 – 0.333 0.333 0.333 0.333 0.333" in lines
    assert "theirs 3.00 3.00 3.00 3.00 3.00" in lines
    assert "nothing – – – – –" in lines


def test_the_json_keeps_to_its_schema():
    schema = json.loads((SCHEMAS / "peers.json").read_text(encoding="utf-8"))

    record = json.loads(json.dumps(peers_to_json(*ours_and_theirs())))

    jsonschema.Draft202012Validator(schema).validate(record)
    assert record["systems"][0]["against"] is None
    against = record["systems"][1]["against"]["R@1"]
    assert (against["ratio"], against["won"], against["lost"]) == (3.0, 2, 0)
    assert record["systems"][2]["against"]["R@1"]["ratio"] is None
