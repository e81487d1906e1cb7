"""Revisions of one resolution: which belong together, which is the latest, how their clauses align.

Clauses are aligned by their words, not by their labels, which change whenever an item is inserted.
How: every clause of one revision is compared with every clause of the other (`similarity`), the
pair most alike is taken first, and what it joins is out of the game; ties go to the pair nearest in
document order. A pair within the same section (action and addressees) at the same depth needs
less likeness than one that would have moved elsewhere. An optimal assignment was tried and turned
down: to raise the sum it splits pairs that anybody would join first.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from corpus.clauses import Clause, Revision

Kind = Literal["same", "changed", "moved", "added", "removed"]
Op = Literal["insert", "delete", "replace"]

# Set on the two founding revisions of Resolution 75, whose alignment was judged by reading
# (tests/corpus/test_lineage.py): the least alike pair that corresponds has 0.22 within its section,
# the most alike that does not 0.12 within and 0.26 outside it. Between unrelated resolutions, of
# which fifteen pairs of 2018 were tried, chance rarely gives more than 0.2.
_WITHIN = 0.20
_ELSEWHERE = 0.40


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause of the old revision and its counterpart in the new one; one of them may be None."""

    old: Clause | None
    new: Clause | None
    kind: Kind
    similarity: float  # 0 to 1, higher is closer; 0 where one side is missing

    @property
    def moved(self) -> bool:
        """Whether the counterpart stands in another section or under another label."""
        if self.old is None or self.new is None:
            return False
        return (self.old.section, self.old.label) != (self.new.section, self.new.label)


@dataclass(frozen=True, slots=True)
class Alignment:
    """All clauses of two revisions: in the new order, removed ones behind their predecessor."""

    pairs: tuple[Pair, ...]

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many pairs there are of each kind, those without any left out."""
        return Counter(pair.kind for pair in self.pairs)

    def counterpart(self, clause: Clause) -> Clause | None:
        """The clause of the other revision that corresponds to `clause`, None if there is none."""
        for pair in self.pairs:
            if pair.old is not None and pair.old.key == clause.key:
                return pair.new
            if pair.new is not None and pair.new.key == clause.key:
                return pair.old
        return None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two texts; `was` and `should` are cut from them at the spans."""

    op: Op
    was: str
    should: str
    was_span: tuple[int, int]
    should_span: tuple[int, int]


def lineages(revisions: Iterable[Revision]) -> dict[str, tuple[Revision, ...]]:
    """Lineage ("wtsa-75") -> its revisions in all languages, oldest first."""
    found: dict[str, list[Revision]] = {}
    for revision in dict.fromkeys(revisions):
        found.setdefault(revision.lineage, []).append(revision)
    return {
        lineage: tuple(sorted(some, key=lambda revision: revision.year))
        for lineage, some in found.items()
    }


def latest_held(revisions: Iterable[Revision]) -> dict[str, int]:
    """Lineage -> year of the latest adopted revision among `revisions`; proposals do not count."""
    return {
        lineage: max(years)
        for lineage, some in lineages(revisions).items()
        if (years := [revision.year for revision in some if revision.status == "adopted"])
    }


def align(old: Sequence[Clause], new: Sequence[Clause]) -> Alignment:
    """The clauses of two revisions, each with its counterpart where it has one.

    Revisions in different languages share no words: there sections and labels alone decide.
    """
    return _aligned(tuple(old), tuple(new))


def similarity(one: str, other: str) -> float:
    """How much of two texts is the same, 0 to 1, for texts by themselves (see `align`)."""
    weights: Mapping[str, float] = {}
    return _alike(_weighed(_features(one), weights), _weighed(_features(other), weights))


def changes(was: str, should: str) -> tuple[Change, ...]:
    """What turns `was` into `should`, in order: words, in Chinese single characters, numbers whole.

    White space, width and the style of quotation marks make no difference; every letter, digit and
    other sign does.
    """
    left, right = _tokens(was), _tokens(should)
    matcher = SequenceMatcher(
        None, [token.form for token in left], [token.form for token in right], autojunk=False
    )
    edits: list[tuple[int, int, int, int]] = []
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        if op == "equal":
            continue
        if edits and _is_island(left[edits[-1][1] : i1]):
            first = edits.pop()
            edits.append((first[0], i2, first[2], j2))
        else:
            edits.append((i1, i2, j1, j2))
    return tuple(_change(was, should, left, right, edit) for edit in edits)


# --- aligning -------------------------------------------------------------------------------------


@lru_cache(maxsize=32)  # clauses never change, and every answer looks its counterparts up
def _aligned(old: tuple[Clause, ...], new: tuple[Clause, ...]) -> Alignment:
    languages = {clause.revision.language for clause in (*old, *new)}
    joined = _by_words(old, new) if len(languages) <= 1 else _by_place(old, new)
    return Alignment(_in_order(old, new, joined))


_Joined = dict[int, tuple[int, float]]  # index in old -> index in new and likeness


def _by_words(old: Sequence[Clause], new: Sequence[Clause]) -> _Joined:
    features_old = [_features(clause.text) for clause in old]
    features_new = [_features(clause.text) for clause in new]
    weights = _weights([*features_old, *features_new])
    weighed_old = [_weighed(features, weights) for features in features_old]
    weighed_new = [_weighed(features, weights) for features in features_new]
    ranked: list[tuple[float, float, float, int, int]] = []
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            alike = _alike(weighed_old[i], weighed_new[j])
            within = _is_within(one, other)
            if alike >= (_WITHIN if within else _ELSEWHERE):
                far = abs(i / max(len(old), 1) - j / max(len(new), 1))
                # what stays in its section goes first among pairs that are nearly as alike
                ranked.append((-(alike + (0.1 if within else 0.0)), far, alike, i, j))
    ranked.sort()
    joined: _Joined = {}
    taken: set[int] = set()
    for _, _, alike, i, j in ranked:
        if i not in joined and j not in taken:
            joined[i] = (j, alike)
            taken.add(j)
    return joined


def _by_place(old: Sequence[Clause], new: Sequence[Clause]) -> _Joined:
    places = {(clause.section, clause.label): j for j, clause in enumerate(new)}
    return {
        i: (places[clause.section, clause.label], 1.0)
        for i, clause in enumerate(old)
        if (clause.section, clause.label) in places
    }


def _is_within(one: Clause, other: Clause) -> bool:
    """Whether two clauses stand in sections of one kind, at the same depth."""
    same_action = _plain_action(one.action) == _plain_action(other.action)
    same_addressees = not one.addressees and not other.addressees
    shared = bool(set(one.addressees) & set(other.addressees))
    same_depth = one.label.count("/") == other.label.count("/")
    return same_action and same_depth and (same_addressees or shared)


def _plain_action(action: str) -> str:
    return action.removesuffix("-further")


def _in_order(old: Sequence[Clause], new: Sequence[Clause], joined: _Joined) -> tuple[Pair, ...]:
    backwards = {j: (i, alike) for i, (j, alike) in joined.items()}
    first_of = {clause.section: j for j, clause in reversed(list(enumerate(new)))}
    removed: dict[int, list[Pair]] = {}
    anchor, section = -1, ""
    for i, clause in enumerate(old):
        if i in joined:
            anchor = joined[i][0]
        else:
            if clause.section != section and clause.section in first_of:
                anchor = first_of[clause.section] - 1
            removed.setdefault(anchor, []).append(Pair(clause, None, "removed", 0.0))
        section = clause.section
    pairs = list(removed.get(-1, ()))
    for j, clause in enumerate(new):
        if j in backwards:
            i, alike = backwards[j]
            pairs.append(_pair(old[i], clause, alike))
        else:
            pairs.append(Pair(None, clause, "added", 0.0))
        pairs += removed.get(j, ())
    return tuple(pairs)


def _pair(old: Clause, new: Clause, alike: float) -> Pair:
    if old.revision.language != new.revision.language:
        return Pair(old, new, "same", alike)
    if changes(_core(old.text), _core(new.text)):
        return Pair(old, new, "changed", alike)
    in_place = (old.section, old.label) == (new.section, new.label)
    return Pair(old, new, "same" if in_place else "moved", alike)


def _core(text: str) -> str:
    """Without the comma, semicolon or stop at its end, which depends on what follows."""
    return text.strip().rstrip("，,；;。.、 ")


# --- likeness -------------------------------------------------------------------------------------


def _features(text: str) -> Counter[str]:
    """Tokens and pairs of neighbours: in Chinese characters and bigrams, elsewhere words."""
    words = [token.form.lower() for token in _tokens(text) if token.form[:1].isalnum()]
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    return Counter([*words, *pairs])


def _weights(documents: Sequence[Counter[str]]) -> Mapping[str, float]:
    """Squared inverse document frequency: what most clauses say tells nothing about a pair."""
    frequency = Counter(feature for document in documents for feature in document)
    total = len(documents) + 1
    return {feature: math.log(total / count) ** 2 for feature, count in frequency.items()}


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The features of a text, each with its weight, and the weight of all of them."""

    counts: Mapping[str, int]
    weights: Mapping[str, float]
    mass: float


def _weighed(features: Counter[str], weights: Mapping[str, float]) -> _Weighed:
    own = {feature: weights.get(feature, 1.0) for feature in features}
    mass = sum(count * own[feature] for feature, count in features.items())
    return _Weighed(features, own, mass)


def _alike(one: _Weighed, other: _Weighed) -> float:
    """Geometric mean of the shared weight in both texts and in the lighter of the two."""
    if len(other.counts) < len(one.counts):
        one, other = other, one
    common = one.counts.keys() & other.counts.keys()
    # Summed in the order of the text, so that the last digit does not hang on how strings hash.
    shared = (
        sum(
            min(count, other.counts[feature]) * one.weights[feature]
            for feature, count in one.counts.items()
            if feature in common
        )
        if common
        else 0.0
    )
    if shared <= 0.0:
        return 0.0
    dice = 2 * shared / (one.mass + other.mass)
    contained = shared / min(one.mass, other.mass)
    return min(1.0, math.sqrt(dice * contained))


# --- tokens ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    form: str  # as compared


_TOKEN = re.compile(
    r"[0-9０-９]+(?:[.,][0-9]+)*|[\u3400-\u9fff\uf900-\ufaff]|[^\W\d_\u3400-\u9fff\uf900-\ufaff]+(?:['’][^\W\d_]+)*|[^\s]"
)
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "「": '"', "」": '"', "『": '"', "』": '"',
     "’": "'", "‘": "'", "‑": "-", "‐": "-", "–": "-", "—": "-"}
)  # fmt: skip
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        form = unicodedata.normalize("NFKC", _UNSEEN.sub("", match.group())).translate(_QUOTES)
        if form:
            found.append(_Token(match.start(), match.end(), form))
    return found


def _is_island(between: Sequence[_Token]) -> bool:
    """One Chinese character or sign between two edits: part of the same rewriting."""
    if len(between) != 1:
        return False
    form = between[0].form
    return not form[0].isalnum() or "\u3400" <= form[0] <= "\u9fff"


def _change(
    was: str,
    should: str,
    left: Sequence[_Token],
    right: Sequence[_Token],
    edit: tuple[int, int, int, int],
) -> Change:
    i1, i2, j1, j2 = edit
    was_span = _span(left, i1, i2, len(was))
    should_span = _span(right, j1, j2, len(should))
    op: Op = "replace" if i1 < i2 and j1 < j2 else "delete" if i1 < i2 else "insert"
    return Change(op, was[slice(*was_span)], should[slice(*should_span)], was_span, should_span)


def _span(tokens: Sequence[_Token], first: int, last: int, length: int) -> tuple[int, int]:
    """The characters of `tokens[first:last]`; where these are none, the place between."""
    if first < last:
        return tokens[first].start, tokens[last - 1].end
    at = tokens[first - 1].end if first else 0
    return (at, at) if first <= len(tokens) else (length, length)
