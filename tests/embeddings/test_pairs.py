"""The training pairs: whole, in six languages, and none of them a question of the evaluation."""

import json
import unicodedata
from collections import Counter

import pytest

from embeddings.pairs import LANGUAGES, AnsweredClause, clauses_of, read_pairs

SCRIPTS = {"ar": "ARABIC", "ru": "CYRILLIC", "zh": "CJK"}


@pytest.fixture(scope="module")
def resolutions():
    return read_pairs()


def a_clause(**changes):
    whole = {
        "resolution": "Resolution 5 (Oslo, 2019)",
        "language": "en",
        "place": "resolves 1",
        "text": "to publish the list;",
        "questions": dict.fromkeys(LANGUAGES, "?!"),
    }
    return whole | changes


def share_in_script(text, script):
    letters = [character for character in text if character.isalpha()]
    return sum(script in unicodedata.name(letter, "") for letter in letters) / len(letters)


def test_there_are_thousands_and_every_language_has_clauses(resolutions):
    clauses = clauses_of(resolutions)

    counts = Counter(clause.language for clause in clauses)

    assert len(clauses) >= 9600
    assert min(counts[language] for language in LANGUAGES) >= 100
    assert counts["zh"] == max(counts.values())


def test_the_clauses_of_a_resolution_are_in_one_language_and_each_has_a_place_of_its_own(
    resolutions,
):
    for resolution in resolutions:
        assert len({clause.language for clause in resolution}) == 1, resolution[0].resolution
        places = [clause.place for clause in resolution]
        assert len(resolution) >= 8, resolution[0].resolution
        assert len(set(places)) >= len(places) - 1, resolution[0].resolution


def test_texts_and_questions_are_in_the_script_of_their_language(resolutions):
    for clause in clauses_of(resolutions):
        for language, script in SCRIPTS.items():
            # Names and acronyms of other languages are in it, as people write them.
            assert share_in_script(clause.questions[language], script) > 0.2, clause
        if clause.language in SCRIPTS:
            assert share_in_script(clause.text, SCRIPTS[clause.language]) > 0.4, clause


def test_no_question_is_asked_of_two_clauses_of_a_resolution(resolutions):
    for resolution in resolutions:
        asked = Counter(
            (language, question.casefold())
            for clause in resolution
            for language, question in clause.questions.items()
        )
        assert [question for question, count in asked.items() if count > 1] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"language": "de"}, "language must be one of"),
        ({"text": " "}, "must not be empty"),
        ({"questions": {"en": "who?"}}, "one question in each of"),
        ({"questions": dict.fromkeys(LANGUAGES, " ")}, "one question in each of"),
    ],
)
def test_a_clause_that_is_not_whole_is_turned_down_with_file_and_line(changes, said, tmp_path):
    good, bad = a_clause(), a_clause(**changes)
    (tmp_path / "some.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n")

    with pytest.raises(ValueError, match=f"some.jsonl:2: .*{said}"):
        read_pairs(tmp_path)


def test_resolutions_of_one_name_in_two_files_are_two(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(a_clause()) + "\n")

    assert len(read_pairs(tmp_path)) == 2


def test_the_path_of_a_chinese_clause_is_closed_by_a_full_width_colon():
    chinese = AnsweredClause(**a_clause(language="zh", resolution="第5号决议", place="做出决议 1"))
    english = AnsweredClause(**a_clause())

    assert chinese.heading_path == "第5号决议做出决议 1："
    assert english.heading_path == "Resolution 5 (Oslo, 2019), resolves 1: "
