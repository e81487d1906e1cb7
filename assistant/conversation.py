"""Turns of a chat: a follow-up becomes a question that stands on its own.

A question leans on the one before when it opens as a continuation, points back with a pronoun, or
names no topic of its own. Then what it does not say itself (resolution, revision, section,
addressee, topic) is taken over from the turn before: `interpreted` says so in words, `carried`
names the parts. On doubt nothing is carried: an "ibid." that resolves wrongly is worse than a
question back. One that says "another question" leans on nothing.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from assistant.query import (
    Before,
    Understood,
    asks_for_the_latest,
    content_words,
    leans_on_earlier,
    neighbouring_revision,
    opens_a_topic,
    points_back,
    relative_item,
    speaks_about,
    understand,
)
from assistant.retriever import sections_asked_for
from assistant.spelling import mended
from corpus.holdings import Corpus

FEW_WORDS = 2  # of content: a question with no more says too little to stand alone
SOME_WORDS = 4  # with a pronoun among them
LONGEST_MEMORY = 6  # turns that are looked back on

_NUMBER = re.compile(r"(?<![0-9A-Za-z/.+-])[0-9]{2,}(?:/[0-9]+)?(?![0-9A-Za-z/-])")
_YEAR = re.compile(r"(?:18|19|20)[0-9]{2}")


def understand_in_context(
    question: str,
    history: Sequence[str],
    *,
    corpus: Corpus,
    lineage: str | None = None,
    ignored: Iterable[str] = (),
) -> Understood:
    """The question understood in the light of the user's earlier questions, oldest first.

    `lineage` is the resolution that all of them are about, whatever they name.
    """
    previous: Understood | None = None
    for earlier in history[-LONGEST_MEMORY:]:
        previous = _turn(earlier, previous, corpus=corpus, lineage=lineage)
    return _turn(question, previous, corpus=corpus, lineage=lineage, ignored=frozenset(ignored))


def _turn(
    question: str,
    previous: Understood | None,
    *,
    corpus: Corpus,
    lineage: str | None,
    ignored: frozenset[str] = frozenset(),
) -> Understood:
    """One question understood after another, with what it takes over from that."""
    read = partial(
        understand,
        question,
        corpus=corpus,
        ignored=ignored,
        fallback_language=previous.language if previous else "en",
        read_as=mended(question),
    )
    current = read(lineage=lineage)
    if previous is None or opens_a_topic(current.read_as, current.language):
        return current
    if _leans(current):
        if lineage is None and previous.lineage and _takes_lineage(current, ignored):
            # "The earlier version" is that of the resolution spoken of, as are its headings.
            current = replace(read(lineage=previous.lineage), lineage=None)
        current = _continued(current, previous, corpus=corpus, ignored=ignored)
    return replace(current, before=Before(replace(previous, before=None)))


def _takes_lineage(current: Understood, ignored: frozenset[str]) -> bool:
    """Whether a question that leans on another is about the resolution of that one."""
    return not current.references and "references" not in ignored


def _continued(
    current: Understood,
    previous: Understood,
    *,
    corpus: Corpus,
    ignored: frozenset[str],
) -> Understood:
    """A question that leans on the one before, with what it does not say itself."""
    if not _content(current):
        current = replace(current, topic="")  # a stray character is none
    if "revision" not in ignored:
        current = _of_neighbouring_revision(current, previous, corpus)
    carried: dict[str, Any] = {}
    own_part = bool(current.sections or current.addressees or current.parts)
    # What has a topic of its own may stand in any section.
    own_topic = _content(current) > FEW_WORDS or bool(current.references)
    if not current.lineage and _takes_lineage(current, ignored):
        carried["lineage"] = previous.lineage
    latest = asks_for_the_latest(current.read_as, current.language)
    if not (current.years or latest or current.comparison) and "revision" not in ignored:
        carried["years"] = previous.years
    if not own_part and not own_topic and "section" not in ignored:
        carried["sections"] = _sections_of(previous)
        carried["named_by_verb"] = previous.named_by_verb
    # An addressee inside a longer question was no more than a part of its topic.
    asked_of = previous.whole or bool(current.label) or _content(previous) <= FEW_WORDS
    if not own_part and not own_topic and asked_of and "addressee" not in ignored:
        carried["addressees"] = _addressees_of(previous)
    if not current.topic and not current.label and not own_part:
        carried["label"] = previous.label
        carried["parts"] = previous.parts
    carried = {name: value for name, value in carried.items() if value}
    topic = current.topic if current.topic or current.label else previous.topic
    named = bool(own_part or carried.get("sections") or carried.get("addressees"))
    restated = _with_other_number(previous, current)
    named_topic = speaks_about(current.read_as, current.language) and current.topic
    own = not restated and bool(
        _content(current) > 1 or current.terms or current.references or named_topic
    )
    interpreted = restated or f"{previous.interpreted} {current.read_as}"
    # "And in 2008?" asks the same of another text, in words that are nowhere in it.
    repeated = own or (current.years and not current.topic and not restated)
    continued = replace(
        current,
        **carried,
        topic=topic,
        topic_is_own=own,
        context=previous.interpreted if repeated else interpreted,
        interpreted=interpreted,
        whole=named and not topic and not current.label and not carried.get("label"),
        carried=tuple(name for name in carried if name != "named_by_verb"),
    )
    return _with_relative_item(continued, previous, corpus) if not current.topic else continued


def _of_neighbouring_revision(
    current: Understood, previous: Understood, corpus: Corpus
) -> Understood:
    """With the revision that "and later?" or "and before?" means, if that is what is asked."""
    if current.years or current.references or current.parts or len(previous.years) > 1:
        return current
    year = neighbouring_revision(
        current.read_as,
        current.language,
        corpus=corpus,
        lineage=current.lineage or previous.lineage,
        year=previous.years[0] if previous.years else None,
    )
    return current if year is None else replace(current, years=(year,), topic="")


def _with_other_number(previous: Understood, current: Understood) -> str:
    """The question before with the one number that this one gives: "and 133?"; "" if it says more.

    Replaced is the last number that names a resolution, or, where this one names none, the last
    that has as many digits and is no year.
    """
    given = _numbers(current.read_as)
    replaced = _numbers(previous.interpreted)
    if current.label or current.parts or current.sections or len(given) != 1:
        return ""
    number = given[0].group()
    if current.references:
        named = {reference.number for reference in previous.references}
        replaced = [found for found in replaced if found.group().replace("/", "-") in named]
    else:
        replaced = [found for found in replaced if len(found.group()) == len(number)]
    said = content_words(current.topic.replace(number, " "), current.language)
    if not replaced or said or any(reference.clause_part for reference in current.references):
        return ""
    start, end = replaced[-1].span()
    return f"{previous.interpreted[:start]}{number}{previous.interpreted[end:]}"


def _numbers(text: str) -> list[re.Match[str]]:
    return [match for match in _NUMBER.finditer(text) if not _YEAR.fullmatch(match.group())]


def _with_relative_item(continued: Understood, previous: Understood, corpus: Corpus) -> Understood:
    """With the item asked for where it is named by its place: "and the next one?", "the last?"."""
    step = relative_item(continued.read_as, continued.language)
    sections = sections_asked_for(continued, corpus) if step else ()
    if len(sections) != 1:
        return continued
    labels = [clause.label for clause in sections[0] if "/" not in clause.label]
    named = [label for part in previous.parts for label in part.labels[-1:]]
    before = _place(previous.label or "".join(named[-1:]), labels)
    place = len(labels) - 1 if step < 0 else before + 1
    if (step > 0 and before < 0) or not 0 <= place < len(labels):
        return continued
    return replace(continued, label=labels[place], parts=(), whole=False)


def _place(label: str, labels: Sequence[str]) -> int:
    """Where an item stands among the labels of its section, from 0; -1 where it does not."""
    if label in labels:
        return labels.index(label)
    return int(label) - 1 if label.isdigit() else -1


def _sections_of(previous: Understood) -> tuple[str, ...]:
    """The sections that the turn before was about, those of its references included."""
    named = (*previous.sections, *(part.section for part in previous.parts))
    return tuple(dict.fromkeys(named))


def _addressees_of(previous: Understood) -> tuple[str, ...]:
    """The addressees that the turn before was about, those of its references included."""
    named = (*previous.addressees, *(name for part in previous.parts for name in part.addressees))
    return tuple(dict.fromkeys(named))


def _leans(current: Understood) -> bool:
    """Whether a question continues the one before: by its opening, or since it says too little."""
    if leans_on_earlier(current.read_as, current.language) or not current.topic:
        return True
    content = _content(current)
    if content <= SOME_WORDS and points_back(current.read_as, current.language):
        return not current.references and not current.parts
    own = current.references or current.parts or current.years
    return not own and content <= FEW_WORDS


def _content(current: Understood) -> int:
    return len(content_words(current.topic, current.language))
