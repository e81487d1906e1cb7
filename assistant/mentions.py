"""What a question names, each thing once: concepts, numbers, acronyms, and ordinary words."""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.query import Understood
from assistant.wording import folded
from corpus.terms import load_termbank
from embeddings.lexical import PLACE, concept_terms, number_terms
from embeddings.vocabulary import find_words


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that a question names, as the lexical index `index` has it."""

    index: str  # of embeddings.index.LEXICAL
    term: str


def mentions(understood: Understood) -> tuple[Mention, ...]:
    """Names of the field, then words outside of them; of a follow-up's context too.

    The resolution and the revision that are asked about are no topic, and so not mentioned.
    """
    return tuple(dict.fromkeys(_all_mentions(understood)))


def names_a_revision(term: str, understood: Understood) -> bool:
    """Whether a term is a place by which a revision is asked for: that is no topic."""
    return bool(term.startswith(PLACE) and understood.years)


def _all_mentions(understood: Understood) -> Iterator[Mention]:
    text = understood.interpreted
    names = load_termbank().find(text) if "terms" not in understood.ignored else ()
    for name in names:
        yield Mention("concepts", f"concept:{name.concept.id}")
    masked = text
    for name in names:
        masked = masked[: name.start] + " " * (name.end - name.start) + masked[name.end :]
    asked_about = _asked_about(understood)
    for term in concept_terms(masked) if "terms" not in understood.ignored else ():
        if not names_a_revision(term, understood):
            yield Mention("concepts", term)
    for term in number_terms(masked):
        if term not in asked_about:
            yield Mention("numbers", term)
    for word in find_words(masked, understood.language):
        # Words that only ask ("say", "resolution") were taken out of the topic.
        if understood.context or folded(text[word.start : word.end]) in understood.topic:
            yield Mention("words", word.concept)


def _asked_about(understood: Understood) -> frozenset[str]:
    """The numbers by which the resolution, the revision and the item asked about are named."""
    numbers = {form for year in understood.years for form in (str(year), f"{year % 100:02d}")}
    numbers.add(understood.label)
    if understood.lineage:
        numbers.add(understood.lineage.partition("-")[2])
    return frozenset(numbers)
