"""Turns of a chat: a follow-up becomes a question that stands on its own, and shows what it carried.

A question leans on the one before when it opens as a continuation, or names no topic of its own.
Then what it does not say itself (resolution, revision, section, addressee, topic) is taken over from
the turn before, and `interpreted` says so in words. On doubt nothing is carried: an "ibid." that
resolves wrongly is worse than a question back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.query import Understood, leans_on_earlier, understand
from corpus.holdings import Corpus

LONGEST_MEMORY = 6  # turns that are looked back on


def understand_in_context(
    question: str,
    history: Sequence[str],
    *,
    corpus: Corpus,
    ignored: Iterable[str] = (),
) -> Understood:
    """The question understood in the light of the user's earlier questions, oldest first."""
    ignored = frozenset(ignored)
    previous: Understood | None = None
    for earlier in history[-LONGEST_MEMORY:]:
        previous = _continued(
            understand(earlier, corpus=corpus, fallback_language=_language_of(previous)), previous
        )
    current = understand(
        question, corpus=corpus, ignored=ignored, fallback_language=_language_of(previous)
    )
    return _continued(current, previous, ignored)


def _language_of(previous: Understood | None) -> str:
    return previous.language if previous else "en"


def _continued(
    current: Understood, previous: Understood | None, ignored: frozenset[str] = frozenset()
) -> Understood:
    if previous is None or not _leans(current):
        return current
    carried: dict[str, object] = {}
    new_subject = bool(current.references)
    if not current.lineage and not new_subject and previous.lineage and "references" not in ignored:
        carried["lineage"] = previous.lineage
    if (
        not current.years
        and previous.years
        and "revision" not in ignored
        and not current.comparison
    ):
        carried["years"] = previous.years
    named = bool(current.sections or current.addressees)
    if not named and previous.sections and "section" not in ignored:
        carried["sections"] = previous.sections
    if not named and previous.addressees and "addressee" not in ignored:
        carried["addressees"] = previous.addressees
    if not current.topic and not current.label:
        carried["label"] = previous.label
    topic = current.topic
    if not topic and previous.topic and not current.label:
        topic = previous.topic
    words = _standing_alone(current, previous)
    terms = current.terms
    if current.interpreted != words and "terms" not in ignored:
        known = {match.concept.id for match in terms}
        terms = (*terms, *(m for m in previous.terms if m.concept.id not in known))
    merged = replace(
        current, **carried, topic=topic, interpreted=words, terms=terms, carried=tuple(carried)
    )  # type: ignore[arg-type]
    whole = bool(merged.sections or merged.addressees) and not merged.label and not merged.topic
    return replace(merged, whole=whole)


def _leans(current: Understood) -> bool:
    if leans_on_earlier(current.question, current.language):
        return True
    return not current.topic


def _standing_alone(current: Understood, previous: Understood) -> str:
    """The words to search for: the question, and the one before it where it has no topic alone."""
    if current.label and not current.topic:
        return current.question
    return f"{previous.interpreted} {current.question}"
