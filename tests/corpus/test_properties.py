"""What holds for any resolution, and for any text at all."""

import time
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.clauses import BODIES, LANGUAGES
from corpus.phrases import phrasebook
from corpus.structure import ParsedDocument
from tests.corpus.parsing import parsed, places, texts

BOOK = phrasebook()


def _words(line: str) -> list[str]:
    return line.split()


# Words that open no section, end no clause and join no addressees.
WORDS = {
    "en": _words("networks spectrum growth quality planning access delegates budget rural"),
    "fr": _words("réseaux spectre croissance qualité planification accès délégués budget ruraux"),
    "es": _words("redes espectro crecimiento calidad planificación acceso delegados presupuesto"),
    "ru": _words("сети спектр рост качество планирование доступ делегаты бюджет терминалы"),
    "zh": _words("网络 频谱 增长 质量 规划 接入 代表 预算 农村 终端"),
    "ar": _words("شبكات طيف نمو جودة تخطيط نفاذ مندوبون ميزانية"),
}
MARKS = {"zh": ("；", "，", "："), "ar": ("؛", "،", ":")}
RECITALS = ("considering", "recognizing", "noting", "recalling", "considering-further")
DECISIONS = ("resolves", "resolves-further")
ADDRESSED = ("instructs", "invites", "encourages")
ADDRESSEES = ("Director of TSB", "Secretary-General", "Member States", "Sector Members")
LETTERS = "abcdefgh"
ROMAN = ("i", "ii", "iii", "iv", "v")
LABELS = {
    "plain": ("{}) ", "{} ", "{}) "),
    "tabs": ("{})\t", "{}\t", "{})\t"),
    "brackets": ("({}) ", "{}. ", "({}) "),
    "lines": ("{})\n", "{}\n", "{})\n"),
    "glued": ("{})", "{}) ", "{})"),
}


@dataclass(frozen=True)
class Drawn:
    """A resolution as it is printed, and the clauses that it must be read as."""

    language: str
    text: str
    clauses: tuple[tuple[str, str], ...]  # section and label, and text


@st.composite
def resolutions(draw: st.DrawFn) -> Drawn:
    language = draw(st.sampled_from(LANGUAGES))
    letter, number, roman = LABELS[draw(st.sampled_from(sorted(LABELS)))]
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    gap = draw(st.sampled_from(["", "\n"]))
    semicolon, comma, colon = MARKS.get(language, (";", ",", ":"))

    def sentence(end: str) -> str:
        count = draw(st.integers(3, 7))
        words = [draw(st.sampled_from(WORDS[language])) for _ in range(count)]
        return ("" if language == "zh" else " ").join(words) + end

    lines: list[str] = []
    clauses: list[tuple[str, str]] = []
    seen: dict[str, int] = {}

    def section(action: str, addressees: tuple[str, ...], kind: str) -> None:
        seen[action] = seen.get(action, 0) + 1
        name = action if seen[action] == 1 else f"{action}.{seen[action]}"
        heading = BOOK.phrase(action, addressees, language)
        lines.append(gap + heading + ("," if language == "ru" else ""))
        if kind == "single":
            words = sentence(comma)
            lines.append(words)
            clauses.append((name, words))
            return
        pattern = letter if kind == "letters" else number
        count = draw(st.integers(2, 6))
        for index in range(count):
            label = LETTERS[index] if kind == "letters" else str(index + 1)
            below = draw(st.integers(0, 3)) if draw(st.booleans()) else 0
            below = 0 if below == 1 else below
            end = colon if below else comma if index == count - 1 else semicolon
            words = sentence(end)
            lines.append(pattern.format(label) + words)
            clauses.append((f"{name}/{label}", words))
            for at in range(below):
                words = sentence(comma if index == count - 1 and at == below - 1 else semicolon)
                lines.append(roman.format(ROMAN[at]) + words)
                clauses.append((f"{name}/{label}/{ROMAN[at]}", words))

    for _ in range(draw(st.integers(1, 4))):
        section(draw(st.sampled_from(RECITALS)), (), draw(st.sampled_from(["single", "letters"])))
    for _ in range(draw(st.integers(1, 2))):
        section(draw(st.sampled_from(DECISIONS)), (), draw(st.sampled_from(["single", "numbers"])))
    for _ in range(draw(st.integers(0, 3))):
        section(
            draw(st.sampled_from(ADDRESSED)),
            (draw(st.sampled_from(ADDRESSEES)),),
            draw(st.sampled_from(["single", "numbers"])),
        )
    return Drawn(language, newline.join("\n".join(lines).split("\n")), tuple(clauses))


def hold(document: ParsedDocument) -> None:
    """What every parse keeps to."""
    text = document.text
    assert document.coverage == 1.0 or any(
        problem.kind in ("not-covered", "covered-twice") for problem in document.problems
    )
    ids = [clause.id for clause in document.clauses]
    assert len(ids) == len(set(ids))
    for clause in document.clauses:
        assert 0 <= clause.source.start < clause.source.end <= len(text)
        assert clause.source.reassemble(text) == clause.text
        assert all(0 <= note.at <= len(clause.text) for note in clause.notes)
    for problem in document.problems:
        assert 0 <= problem.start <= len(text)
        assert "\n" not in problem.message
    starts = [clause.source.start for clause in document.clauses]
    assert starts == sorted(starts)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(resolutions())
def test_a_resolution_that_is_printed_is_read_as_it_was(drawn: Drawn):
    document = parsed(drawn.text, language=drawn.language)

    assert places(document) == [place for place, _ in drawn.clauses]
    assert texts(document) == dict(drawn.clauses)
    assert document.problems == ()
    assert document.coverage == 1.0


FRAGMENTS = (
    "considering", "resolves", "instructs the Director of TSB", "Recalling", "考虑到", "做出决议",
    "تقرر", "решает,", "a)", "b)", "i)", "ii)", "1", "2 ", "1.1", "(a)", "7a)", "b)bis", "；", ";",
    ",", ":", ".", "\n", "\n\n", "\r\n", "\t", " ", "– 5 –", "RES1-2", "[bookmark: x]",
    "[footnoteRef:1]1", "[1: 1\tnote]", "_____", "1 note.", "word1", "ANNEX 1 TO RESOLUTION 9",
    "SECTION 1", "Annex", "that it be so", "网络", "شبكات", "сети", "to report", "-", "\u00ad",
    "\u202b", "\ufeff", "–", "•", "Adopted at the 3rd meeting.", "The Security Council,", "Réf.: x",
    "A", "(", ")", "[", "]",
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.sampled_from(LANGUAGES),
    st.sampled_from(BODIES),
)
def test_any_heap_of_what_resolutions_are_made_of_is_read_within_bounds(
    text: str, language: str, body: str
):
    hold(parsed(text, language=language, body=body))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from(LANGUAGES), st.sampled_from(BODIES))
def test_any_text_at_all_is_read_within_bounds(text: str, language: str, body: str):
    hold(parsed(text, language=language, body=body))


NASTY = {
    "spaces": " ",
    "tabs and stars": "*\t \t",
    "letters": "a",
    "brackets": "(",
    "closing brackets": ")",
    "square brackets": "[1: ",
    "references": "[footnoteRef:1]1 ",
    "bookmarks": "[bookmark: ",
    "rules": "_",
    "ruled notes": "word1 _____ 1 note ",
    "dashes": "– ",
    "pages": "– 5 –\n",
    "figures": "1 ",
    "labels": "; 2 to ",
    "letters in brackets": "a) ",
    "headings": "considering ",
    "heading lines": "considering\n",
    "inline headings": ", instructs the Council to act",
    "annexes": " ANNEX 1 TO RESOLUTION 9 ",
    "decimals": "1.1.1.",
    "hyphens": "de-\n",
    "chinese": "考虑到，",
    "arabic": "وإذ ",
    "line breaks": "\n",
    "carriage returns": "\r",
    "adverbs": "further also strongly ",
    "addressees": "the Council, the Council and ",
}


@pytest.mark.parametrize("piece", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("body", ["wtsa", "unsc"])
def test_a_long_run_of_one_thing_takes_no_more_than_its_length(piece: str, body: str):
    def seconds(length: int) -> float:
        text = "resolves\n1 that " + piece * (length // len(piece)) + "\nend."
        begun = time.perf_counter()
        hold(parsed(text, body=body))
        return time.perf_counter() - begun

    seconds(1_000)  # compiles what is compiled once

    assert seconds(100_000) < 5.0  # quadratic time would take minutes
