"""Turns of a chat: a follow-up becomes a question that stands on its own.

A question leans on the one before when it opens as a continuation, or names no topic of its own.
Then what it does not say itself (resolution, revision, section, addressee, topic) is taken over
from the turn before: `interpreted` says so in words, `carried` names the parts. On doubt nothing is
carried: an "ibid." that resolves wrongly is worse than a question back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from assistant.query import Understood, content_words, leans_on_earlier, understand
from assistant.spelling import mended
from corpus.holdings import Corpus

FEW_WORDS = 2  # of content: a question with no more says too little to stand alone
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
            understand(
                earlier,
                corpus=corpus,
                fallback_language=_language_of(previous),
                read_as=mended(earlier),
            ),
            previous,
        )
    current = understand(
        question,
        corpus=corpus,
        ignored=ignored,
        fallback_language=_language_of(previous),
        read_as=mended(question),
    )
    return _continued(current, previous, ignored)


def _language_of(previous: Understood | None) -> str:
    return previous.language if previous else "en"


def _continued(
    current: Understood, previous: Understood | None, ignored: frozenset[str] = frozenset()
) -> Understood:
    if previous is None or not _leans(current):
        return current
    carried: dict[str, Any] = {}
    own_part = bool(current.sections or current.addressees or current.parts)
    if not current.lineage and not current.references and "references" not in ignored:
        carried["lineage"] = previous.lineage
    if not current.years and not current.comparison and "revision" not in ignored:
        carried["years"] = previous.years
    if not own_part and "section" not in ignored:
        carried["sections"] = _sections_of(previous)
    if not own_part and "addressee" not in ignored:
        carried["addressees"] = previous.addressees
    if not current.topic and not current.label and not own_part:
        carried["label"] = previous.label
        carried["parts"] = previous.parts
    carried = {name: value for name, value in carried.items() if value}
    topic = current.topic if current.topic or current.label else previous.topic
    named = bool(own_part or carried.get("sections") or carried.get("addressees"))
    return replace(
        current,
        **carried,
        topic=topic,
        topic_is_own=bool(current.topic),
        context=previous.interpreted,
        interpreted=f"{previous.interpreted} {current.read_as}",
        whole=named and not topic and not current.label and not carried.get("label"),
        carried=tuple(carried),
    )


def _sections_of(previous: Understood) -> tuple[str, ...]:
    """The sections that the turn before was about, those of its references included."""
    named = (*previous.sections, *(part.section for part in previous.parts))
    return tuple(dict.fromkeys(named))


def _leans(current: Understood) -> bool:
    """Whether a question continues the one before: by its opening, or since it says too little."""
    if leans_on_earlier(current.read_as, current.language) or not current.topic:
        return True
    own = current.references or current.parts or current.years
    return not own and len(content_words(current.topic, current.language)) <= FEW_WORDS
