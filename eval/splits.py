"""Are the cases to learn from and the cases to measure on really apart, and do two readers agree?

Thresholds are fitted on "train" and told on "test". A question that stands in both, reworded or in
another language, would make the figures a memory test. Three things leak:

- a *clause* that a case of each half asks for alone (ids carry no language, so translations of a
  question are caught by it);
- a *set* of clauses that a case of each half asks for as a whole;
- a *question* that is nearly the same as one of the other half, judged by its character n-grams.
  Those that adapter and interaction were learnt from (`embeddings.pairs`) count as one half.

Questions by printed reference are not counted under clauses: what they try is whether "resolves 2"
is found at all, and to learn one tells nothing of another.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from embeddings.encoder import Vectors
from embeddings.pairs import AnsweredClause, clauses_of
from eval.cases import KINDS, SPLITS, Case, normalised
from eval.metrics import mean
from eval.report import MISSING, grid, shown

NEAR = 0.6  # Jaccard of n-grams from which two questions count as one
STRUCTURAL = ("section", "addressee", "reference", "comparison", "follow-up")

_HAN = re.compile(r"[\u3400-\u9fff]")
# "resolves 2" and "resolves 3", "(2008)" and "(2022)", "a)" and "b)" ask for different things.
_DISTINCTIVE = re.compile(r"\d+|\b[a-z](?=\))|[一二三四五六七八九十]+(?=[项条段])")


@dataclass(frozen=True, slots=True)
class Leak:
    """A pair of cases, one to learn from and one to measure on, that know of each other."""

    kind: Literal["clause", "set", "question"]
    train: str  # case id
    test: str
    shared: str  # the clause, the set, or how alike the questions are

    def __str__(self) -> str:
        return f"{self.kind}: {self.train} (train) and {self.test} (test) share {self.shared}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the second, blind readings of one language agree with the first."""

    language: str
    read: int  # cases read twice
    answerable: float | None  # share with the same view on whether there is an answer
    kappa: float | None  # the same, corrected for chance (Cohen); None when it is undefined
    clauses: float | None  # of those both hold answerable: share with a clause in common, or,
    # where a whole set is asked for, with the same set
    identical: float | None  # of the same: share with the same set, alternatives included


def leaks(cases: Iterable[Case]) -> tuple[Leak, ...]:
    """Every pair that leaks, once for each thing it shares, sorted."""
    by_split: dict[str, list[Case]] = {split: [] for split in SPLITS}
    for case in cases:
        by_split[case.split].append(case)
    found: list[Leak] = []
    grams = {
        case.id: _grams(" ".join((*case.history, case.question)))
        for case in (*by_split["train"], *by_split["test"])
    }
    for train, test in product(by_split["train"], by_split["test"]):
        if train.corpus == test.corpus:
            found += _shared_targets(train, test)
        found += _same_question(train, test, grams[train.id], grams[test.id])
    return tuple(sorted(found, key=lambda leak: (leak.kind, leak.train, leak.test)))


def learnt_leaks(
    cases: Iterable[Case], resolutions: Sequence[Sequence[AnsweredClause]]
) -> tuple[Leak, ...]:
    """The cases to measure on that are nearly a question of the training pairs; sorted.

    A follow-up is compared by itself, without its history.
    """
    measured = [case for case in cases if case.split == "test"]
    grams = {case.id: _grams(case.question) for case in measured}
    found = []
    for clause in clauses_of(resolutions):
        for language, question in clause.questions.items():
            own = _grams(question)
            for case in measured:
                if case.language != language:
                    continue
                alike = similarity(own, grams[case.id])
                if alike >= NEAR:
                    where = f"{clause.resolution}, {clause.place}"
                    found.append(Leak("question", where, case.id, f"{alike:.2f} of their n-grams"))
    return tuple(sorted(found, key=lambda leak: (leak.test, leak.train)))


def alike_across_languages(
    cases: Sequence[Case], vectors: Vectors, *, most: int
) -> tuple[Leak, ...]:
    """The pairs of the two halves and of two languages that an encoder finds most alike.

    For a person to judge, since no threshold tells: with the mean of each language taken off,
    translations of short questions have a cosine of .63 (median; one in twenty below .34), while
    among 10,000 other pairs none reaches .38, but questions that differ in one name are as close
    as translations. `vectors` [cases, dimension] are of the questions with their history.
    Questions by reference are left out.
    """
    rows = [row for row, case in enumerate(cases) if case.kind != "reference"]
    centred = np.array(vectors, np.float64)
    for language in {case.language for case in cases}:
        members = [row for row, case in enumerate(cases) if case.language == language]
        centred[members] -= centred[members].mean(axis=0)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    cosines = centred @ centred.T
    pairs = [
        Leak("question", cases[one].id, cases[other].id, f"{cosines[one, other]:.2f} (cosine)")
        for one, other in product(rows, rows)
        if (cases[one].split, cases[other].split) == ("train", "test")
        and cases[one].language != cases[other].language
    ]
    return tuple(sorted(pairs, key=lambda pair: (-_cosine(pair), pair.train, pair.test))[:most])


def agreement(cases: Iterable[Case]) -> tuple[Agreement, ...]:
    """One entry per language in which a case was read twice, sorted by language."""
    by_language: dict[str, list[Case]] = {}
    for case in cases:
        if case.second is not None:
            by_language.setdefault(case.language, []).append(case)
    return tuple(_agreement(language, by_language[language]) for language in sorted(by_language))


def cohen_kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Agreement of two readers beyond chance; None without pairs or where chance is certain."""
    if not pairs:
        return None
    observed = sum(one == other for one, other in pairs) / len(pairs)
    first = sum(one for one, _ in pairs) / len(pairs)
    second = sum(other for _, other in pairs) / len(pairs)
    expected = first * second + (1 - first) * (1 - second)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def counts_text(cases: Sequence[Case]) -> str:
    """How many cases of each kind and language, "to learn from + to measure on"."""
    languages = sorted({case.language for case in cases})
    counts = Counter((case.kind, case.language, case.split) for case in cases)
    rows = []
    for kind in [kind for kind in KINDS if any(case.kind == kind for case in cases)]:
        cells = [_pair(counts, [kind], [language]) for language in languages]
        rows.append([kind, *cells, _pair(counts, [kind], languages)])
    totals = [_pair(counts, KINDS, [language]) for language in languages]
    rows.append(["all", *totals, _pair(counts, KINDS, languages)])
    return grid(["train+test", *languages, "all"], rows)


def agreement_text(found: Sequence[Agreement]) -> str:
    """The agreement of the readers, one language a line."""
    if not found:
        return "no case was read by a second person"
    rows = [
        [
            entry.language,
            str(entry.read),
            *map(shown, (entry.answerable, entry.kappa, entry.clauses, entry.identical)),
        ]
        for entry in found
    ]
    return grid(
        ["read twice", "cases", "same answerability", "kappa", "same clause", "same set"], rows
    )


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard: shared n-grams over all; 0 when both are empty."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def _cosine(pair: Leak) -> float:
    return float(pair.shared.partition(" ")[0])


def _shared_targets(train: Case, test: Case) -> Iterator[Leak]:
    if "reference" in (train.kind, test.kind) or not (train.relevant and test.relevant):
        return
    if train.match == test.match == "any":
        shared = sorted(set(train.relevant) & set(test.relevant))
        if shared:
            yield Leak("clause", train.id, test.id, ", ".join(shared))
    elif train.match == test.match and set(train.relevant) == set(test.relevant):
        yield Leak("set", train.id, test.id, f"{len(train.relevant)} clauses")


def _same_question(
    train: Case, test: Case, train_grams: frozenset[str], test_grams: frozenset[str]
) -> Iterator[Leak]:
    asked = [tuple(map(normalised, (*case.history, case.question))) for case in (train, test)]
    if asked[0] == asked[1]:
        yield Leak("question", train.id, test.id, "the question")
        return
    # "What does resolves say?" and "What does noting say?" are one form with different contents.
    form = train.kind == test.kind and train.kind in STRUCTURAL
    if form and not set(train.relevant) & set(test.relevant):
        return
    alike = similarity(train_grams, test_grams)
    if alike >= NEAR and _distinctive(train) == _distinctive(test):
        yield Leak("question", train.id, test.id, f"{alike:.2f} of their n-grams")


def _grams(text: str) -> frozenset[str]:
    """Bigrams of Chinese text, trigrams of any other, of the normalised letters."""
    letters = normalised(text)
    size = 2 if _HAN.search(letters) else 3
    return frozenset(letters[at : at + size] for at in range(max(1, len(letters) - size + 1)))


def _distinctive(case: Case) -> frozenset[str]:
    text = unicodedata.normalize("NFKC", " ".join((*case.history, case.question))).casefold()
    return frozenset(_DISTINCTIVE.findall(text))


def _agreement(language: str, cases: Sequence[Case]) -> Agreement:
    views = [
        (case.answerable, case.second.reason is None) for case in cases if case.second is not None
    ]
    both = [
        (case, case.second.relevant)
        for case in cases
        if case.second is not None and case.answerable and case.second.relevant
    ]
    return Agreement(
        language=language,
        read=len(views),
        answerable=mean([float(one == other) for one, other in views]),
        kappa=cohen_kappa(views),
        clauses=mean([float(_same_clauses(case, second)) for case, second in both]),
        identical=mean([float(set(case.relevant) == set(second)) for case, second in both]),
    )


def _same_clauses(case: Case, second: Sequence[str]) -> bool:
    if case.match == "all":
        return set(case.relevant) == set(second)
    return bool(set(case.relevant) & set(second))


def _pair(
    counts: Counter[tuple[str, str, str]], kinds: Iterable[str], languages: Sequence[str]
) -> str:
    kinds = list(kinds)
    train, test = (
        sum(counts[kind, language, split] for kind in kinds for language in languages)
        for split in SPLITS
    )
    return f"{train}+{test}" if train or test else MISSING
