"""Question understood -> ranked clauses: what is named first, then what is near.

The score of a clause is a weighted sum of the index's signals and of what understanding tells
(section, addressee, revision, and where the turn before was answered). The first of them get a
second look: their late interaction is weighed anew by the tokens that tell *them* apart, since what
all of them share decides nothing any more, and a small network reads them beside each other
(`embeddings.interaction`). On unseen training questions that lifts R@1 from .844 to .864 and R@5
from .972 to .981; without the network R@1 stays. The weights of both looks (data/ranking.toml) are
fitted on the training cases by `python -m eval fit`, which maximises the softmax likelihood of the
right clauses.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from assistant.mentions import mentions, names_a_revision
from assistant.query import Before, Understood, content_words, other_forms
from corpus.clauses import Clause
from corpus.holdings import Corpus
from corpus.phrases import phrasebook
from embeddings.clause_text import PIVOT, gloss, gloss_words, heading_path, question_with_gloss
from embeddings.encoder import Encoder, Encoding, Vectors
from embeddings.index import SIGNALS, ClauseIndex, Hits, Question, Rows, Scores, late_interaction
from embeddings.interaction import ANSWER, ORDER, ReadClause
from embeddings.lexical import TERMS_OF, concept_terms
from embeddings.models import interaction_for
from embeddings.reranker import Reranker

# What a clause in the question's own language is ahead by, where several languages are held. When
# it was chosen, with 1,700 English clauses beside the founding ones, it lifted R@5 of Chinese
# training questions from .78 to .85 and cost questions about the texts in another language nothing;
# from 0.15 on it did. `python -m eval mixed` prints what is lost today.
OWN_LANGUAGE = 0.1
STRUCTURE = ("section", "addressee", "latest", "vicinity")
FEATURES = (*SIGNALS, *STRUCTURE)
CONTRAST = "contrast"  # late interaction among the clauses of the second look
INTERACTION = "interaction"  # see `embeddings.interaction`; 0 where the encoder has none
SECOND_FEATURES = (*FEATURES, CONTRAST, INTERACTION)
VICINITY = 3  # clauses before and behind one; 2 and 5 are no better
SHARPNESS = 3.0  # of the likelihood of what answered the turn before; from 3 to 8 all is one
FIRST_LOOK, SECOND_LOOK = "first_look", "second_look"
LOOKED_AT_AGAIN = 12  # as many as the interaction was learnt to compare; see there
MOST_READ = 500  # clauses that are kept as the interaction has read them, of some 50 KB each
MOST_ENCODED = 4  # questions: a follow-up asks the ones before it, too, which were asked just now
MOST_TOLD = 4.0  # mentions that no other clause has
MOST_FOREIGN = 2
RERANKED = 20  # of the nearest clauses are read by a reranker, which takes its time for each
NOWHERE = "\u0001"  # a term that no clause has


Weights = Mapping[str, Mapping[str, float]]  # of FIRST_LOOK and SECOND_LOOK, by feature


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause and how near it is to a question."""

    clause: Clause
    score: float  # higher is closer; see `Retriever.rank`
    features: tuple[float, ...] = ()  # parallel to FEATURES; empty for what structure named


@dataclass(frozen=True, slots=True)
class Ranking:
    """Clauses, best first: `named` by reference or structure (in order), then those `found`."""

    named: tuple[Hit, ...]
    found: tuple[Hit, ...]
    # Of what the weights put first, whatever a reranker puts there, since what is made of it was
    # fitted without one: the weighted sum of its features in the first look,
    nearness: float = 0.0
    # and the highest ANSWER of the second look (`embeddings.interaction`); None without one.
    answering: float | None = None
    coverage: Mapping[str, float] = field(default_factory=dict)  # see `Retriever.coverage`

    @property
    def hits(self) -> tuple[Hit, ...]:
        """All of them, each once."""
        ahead = {hit.clause.key for hit in self.named}
        return (*self.named, *(hit for hit in self.found if hit.clause.key not in ahead))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the second look takes it; a follow-up asks the one before it, too."""

    share: float  # of the whole
    hits: Hits


@dataclass(frozen=True, slots=True)
class Candidates:
    """The clauses that a question may mean, and what speaks for each."""

    rows: Rows  # ascending
    features: NDArray[np.float32]  # [rows, len(FEATURES)]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What speaks for a few candidates when they are compared with each other."""

    features: NDArray[np.float32]  # [candidates, len(SECOND_FEATURES)]
    answering: float | None  # the highest ANSWER; None without an interaction


class Retriever:
    """Ranks the clauses of one corpus. Cheap to make; keeps the vectors of the last questions."""

    def __init__(
        self,
        *,
        corpus: Corpus,
        index: ClauseIndex,
        encoder: Encoder,
        weights: Weights | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.corpus = corpus
        self.encoder = encoder
        self._index = index
        self._interaction = interaction_for(encoder)
        self._read = lru_cache(MOST_READ)(self._read_anew)
        self._encoded = lru_cache(MOST_ENCODED)(self._encoded_anew)
        self._reranker = reranker
        self._languages = np.array([clause.revision.language for clause in corpus.clauses])
        self._lineages = np.array([clause.revision.lineage for clause in corpus.clauses])
        self._years = np.array([clause.revision.year for clause in corpus.clauses])
        self._gloss_into = gloss_languages(self._languages.tolist())
        self._name_tokens: dict[str, Vectors] = {}
        self.reweigh(weights if weights is not None else shipped_weights())

    def reweigh(self, weights: Weights) -> None:
        """Ranks by other weights from now on; a feature that is not named weighs 0.

        Without weights for the second look there is none.
        """
        first, second = (weights.get(look, {}) for look in (FIRST_LOOK, SECOND_LOOK))
        self._first = np.array([first.get(name, 0.0) for name in FEATURES], np.float32)
        self._second = np.array([second.get(name, 0.0) for name in SECOND_FEATURES], np.float32)

    def rank(self, understood: Understood, *, named: Sequence[Clause] = (), top: int) -> Ranking:
        """The `top` nearest clauses for a question; `named` go before all others.

        The first LOOKED_AT_AGAIN of them stand in the order of the second look, then, where there
        is a reranker, the first RERANKED in its order. The scores stay those of the places, so that
        they mean the same in every order: the clause that is put first has the score of the
        nearest. The features of a hit are always its clause's own.
        """
        candidates = self.candidates(understood)
        rows, features = candidates.rows, candidates.features
        own_scores = features @ self._first
        in_language = np.zeros(len(rows), np.float32)
        if len(self.corpus.languages) > 1:
            in_language = OWN_LANGUAGE * (self._languages[rows] == understood.language)
        scores = own_scores + in_language
        nearest = np.argsort(-scores, kind="stable")
        order = nearest
        answering = None
        if self._second.any() and len(order):
            head = order[:LOOKED_AT_AGAIN]
            second = self.looked_at_again(candidates, head)
            order = reordered(order, second.features @ self._second + in_language[head])
            answering = second.answering
        nearness = float(own_scores[order[0]]) if len(order) else 0.0
        if self._reranker is not None:
            order = self._reranked(understood, rows, order)
        order = order[:top]
        found = tuple(
            Hit(
                self.corpus.clauses[int(rows[at])],
                float(score),
                tuple(float(value) for value in features[at]),
            )
            for at, score in zip(order, scores[nearest[:top]], strict=True)
        )
        best = found[0].score if found else 0.0
        ahead = tuple(
            Hit(clause, max(best, 1.0) + 1.0 - place * 1e-4) for place, clause in enumerate(named)
        )
        return Ranking(ahead, found, nearness, answering, self.coverage(understood))

    def _reranked(self, understood: Understood, rows: Rows, nearest: Rows) -> Rows:
        """`nearest`, places in `rows`, with its first RERANKED in the order of the reranker."""
        assert self._reranker is not None
        head = nearest[:RERANKED]
        clauses = [self.corpus.clauses[int(rows[at])] for at in head]
        scores = self._reranker.scores(
            understood.interpreted, [heading_path(clause) + clause.text for clause in clauses]
        )
        return reordered(nearest, scores)

    def coverage(self, understood: Understood) -> dict[str, float]:
        """What of a question the clauses hold, each 0..1.

        `held`     what the mentions that some clause has tell, of MOST_TOLD at most
        `foreign`  how many names of the field no clause and no heading has, and how many numbers no
                   clause, of MOST_FOREIGN at most

        A mention tells as much as its idf, as a share of the idf of what no clause has: that does
        not grow with the corpus.
        """
        lexical = self._index.lexical
        mentioned = mentions(understood)
        held = [m for m in mentioned if lexical[m.index].holds(m.term)]
        told = sum(lexical[m.index].idf(m.term) / lexical[m.index].idf(NOWHERE) for m in held)
        foreign = sum(
            m.index != "words" and m not in held and m.term not in self._named_in_headings
            for m in mentioned
        )
        return {
            "held": min(told, MOST_TOLD) / MOST_TOLD,
            "foreign": min(foreign, MOST_FOREIGN) / MOST_FOREIGN,
        }

    @cached_property
    def _named_in_headings(self) -> frozenset[str]:
        """The names in headings, such as those of addressees, as terms of the index of concepts."""
        return frozenset(
            term
            for section in self.corpus.sections
            for term in concept_terms(heading_path(section[0]))
        )

    def candidates(self, understood: Understood) -> Candidates:
        """The clauses that come into question, by the index and by structure."""
        allowed = self._allowed(understood)
        own = 1.0 if understood.topic_is_own else 0.0
        hits = self._index.search(
            self._question(understood.read_as if own else understood.context, understood),
            allowed=allowed,
        )
        columns = [hits.signals[name] for name in SIGNALS]
        asked: tuple[Asked, ...] = (Asked(1.0, hits),)
        if understood.context and own:
            # A follow-up is near what both questions are near; the less it says itself, the more
            # the earlier one counts.
            earlier = self._index.search(
                self._question(understood.context, understood), allowed=hits.rows
            )
            share = 1 / (2 + len(content_words(understood.topic, understood.language)))
            columns = [
                (1 - share) * mine + share * earlier.signals[name]
                for name, mine in zip(SIGNALS, columns, strict=True)
            ]
            asked = (Asked(1 - share, hits), Asked(share, earlier))
        clauses = [self.corpus.clauses[int(row)] for row in hits.rows]
        meant = _meant(understood.sections, {clause.action for clause in clauses})
        columns.extend(
            (
                _flags(clause.action in meant for clause in clauses),
                _flags(_share(clause.addressees, understood.addressees) for clause in clauses),
                _flags(self.corpus.is_latest(clause.revision) for clause in clauses),
                self._vicinity(understood.before, hits.rows),
            )
        )
        features = np.stack(columns, axis=1).astype(np.float32)
        return Candidates(hits.rows, features, asked)

    def _vicinity(self, before: Before | None, rows: Rows) -> Scores:
        """How near in the text these rows are to what answers the turn before, [rows], 0..2.

        Who goes on asking, goes on reading: the answer is often in the same section, or a few
        clauses away. It is the likelihood that the earlier answer stands in the section of a
        clause, and that it is at most VICINITY away. On unseen training follow-ups this lifts R@1
        of the first look from .80 to .86, R@5 from .95 to .98.
        """
        if before is None:
            return np.zeros(len(rows), np.float32)
        if before.named:
            named = {clause.key for clause in before.named}
            answers = np.flatnonzero([clause.key in named for clause in self.corpus.clauses])
            likely = np.full(len(answers), 1 / max(len(answers), 1))
        else:
            candidates = self.candidates(before.understood)
            answers = candidates.rows
            # Summed as they are: the weights are fitted on what comes out of this.
            scores = SHARPNESS * candidates.features.sum(axis=1)
            likely = np.exp(scores - scores.max(initial=0.0))
            likely /= likely.sum()
        distance = np.abs(rows[:, None] - answers)
        near = (distance <= VICINITY) & (distance > 0)
        texts, sections = self._texts_and_sections
        near &= texts[rows][:, None] == texts[answers]
        same_section = sections[rows][:, None] == sections[answers]
        return np.asarray((near.astype(np.float64) + same_section) @ likely, np.float32)

    @cached_property
    def _texts_and_sections(self) -> tuple[Rows, Rows]:
        """Per clause the number of the text that it is of, and of its section, [clauses] each."""
        revisions = [clause.revision for clause in self.corpus.clauses]
        texts = [(revision.id, revision.language) for revision in revisions]
        sections = [(clause.section_id, clause.revision.language) for clause in self.corpus.clauses]
        return _numbered(texts), _numbered(sections)

    @property
    def has_interaction(self) -> bool:
        """Whether question and clauses are read together; see `embeddings.interaction`."""
        return self._interaction is not None

    def looked_at_again(self, candidates: Candidates, places: Rows) -> SecondLook:
        """What speaks for these places in the candidates, compared with each other."""
        contrast = np.zeros(len(places), np.float32)
        told = np.zeros((len(places), 2), np.float32)
        read = (
            [self._read(int(row)) for row in candidates.rows[places]] if self._interaction else []
        )
        for asked in candidates.asked:
            hits, best = asked.hits, asked.hits.alignment[places]
            contrast += asked.share * late_interaction(best[:, : hits.own])
            if self._interaction is not None:
                told += asked.share * self._interaction.scores(hits.tokens, hits.own, best, read)
        return SecondLook(
            np.column_stack([candidates.features[places], contrast, told[:, ORDER]]),
            float(told[:, ANSWER].max()) if self.has_interaction else None,
        )

    def _read_anew(self, row: int) -> ReadClause:
        """A clause as the interaction looks at it."""
        assert self._interaction is not None
        return self._interaction.read(self._index.tokens_of(row))

    def _question(self, text: str, understood: Understood) -> Question:
        language = understood.language
        words = gloss(text, language)
        return Question(
            encoding=self._encoded(question_with_gloss(text, words)),
            language=language,
            own=self.encoder.count_tokens(text) if words else None,
            natives={
                into: self._tokens_of(gloss_words(text, language, into=into))
                for into in self._gloss_into
            },
            terms={
                name: [
                    term for term in of(text, language) if not names_a_revision(term, understood)
                ]
                for name, of in TERMS_OF.items()
                if name != "concepts" or "terms" not in understood.ignored
            },
        )

    def _encoded_anew(self, text: str) -> Encoding:
        return self.encoder.encode_queries([text])

    def _tokens_of(self, names: Sequence[str]) -> Vectors:
        """The tokens of these names, one after the other, [tokens, dimension].

        Each is encoded alone and kept: the names of the termbank and the vocabulary are so many
        and no more, and after a few questions there is little left to encode.
        """
        new = [name for name in names if name not in self._name_tokens]
        if new:
            encoded = self.encoder.encode_queries(new).tokens
            self._name_tokens.update(zip(new, encoded, strict=True))
        known = [self._name_tokens[name] for name in names]
        return np.concatenate([np.zeros((0, self.encoder.dimension), np.float32), *known])

    def _allowed(self, understood: Understood) -> Rows | None:
        """The rows of the resolution and revisions asked for; None for all.

        A revision that is not held limits nothing: a search never refuses.
        """
        years = [] if understood.comparison else list(understood.years)
        of_lineage = (
            self._lineages == understood.lineage
            if understood.lineage is not None
            else np.ones(len(self._years), np.bool_)
        )
        of_years = of_lineage & np.isin(self._years, years)
        if of_years.any():
            return np.flatnonzero(of_years)
        return None if understood.lineage is None else np.flatnonzero(of_lineage)


def _meant(actions: Iterable[str], held: Set[str]) -> Set[str]:
    """Those of the actions that are held; where none is, the held ones that are forms of them.

    Who asks what was decided asks for what "resolves": which verb an assembly takes is its custom.
    """
    actions = set(actions)
    return held & actions or held & {other for action in actions for other in other_forms(action)}


def _numbered(names: Sequence[tuple[str, str]]) -> Rows:
    """For each name the place of its first in the order in which the different ones come."""
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([places[name] for name in names], np.int64)


def reordered(order: Rows, scores: NDArray[np.floating]) -> Rows:
    """`order` with as many of its first as there are `scores` sorted by these, the highest first.

    Of equal ones the earlier stays ahead; the rest follows as it was.
    """
    again = np.argsort(-scores, kind="stable")
    return np.concatenate([order[: len(scores)][again], order[len(scores) :]])


def sections_asked_for(understood: Understood, corpus: Corpus) -> tuple[tuple[Clause, ...], ...]:
    """The sections that a question names by heading or addressee, each in order, newest text only.

    Where no revision is asked for, the latest held that has such a section is taken. A section
    whose addressees are exactly those asked for goes before one that has others too.
    """
    if not (understood.sections or understood.addressees):
        return ()
    groups = [
        section
        for section in corpus.sections
        if (not understood.years or section[0].revision.year in understood.years)
        and (understood.lineage is None or understood.lineage == section[0].revision.lineage)
    ]
    fitting = _fitting(groups, understood)
    if not understood.years:
        newest: dict[str, int] = {}
        for group in fitting:
            revision = group[0].revision
            newest[revision.lineage] = max(newest.get(revision.lineage, 0), revision.year)
        fitting = [g for g in fitting if g[0].revision.year == newest[g[0].revision.lineage]]
    in_language = [g for g in fitting if g[0].revision.language == understood.language]
    if in_language:
        return tuple(in_language)
    seen: dict[str, tuple[Clause, ...]] = {}
    for group in fitting:
        seen.setdefault(group[0].section_id, group)
    return tuple(seen.values())


def _fitting(
    groups: Sequence[tuple[Clause, ...]], understood: Understood
) -> list[tuple[Clause, ...]]:
    """The sections of the actions and addressees asked for, those that fit best.

    The verb of a question need not be that of the text (a body may be "asked" by 责成 or by 请), so
    that an addressee found under no section of that verb is looked for in the whole operative part.
    """
    by_action = _of_actions(groups, understood.sections)
    asked = set(understood.addressees)
    if not asked:
        # "resolves" is the heading of that name, not the one of "resolves to invite the Council".
        bare = [g for g in by_action if not g[0].addressees]
        return bare if bare and not understood.named_by_verb else by_action
    operative = [g for g in groups if phrasebook().part(g[0].action) == "operative"]
    for candidates in (by_action if understood.sections else operative, operative):
        exact = [g for g in candidates if set(g[0].addressees) == asked]
        if exact:
            return exact
        including = [g for g in candidates if asked <= set(g[0].addressees)]
        if including:
            return including
    mostly = [g for g in operative if len(asked & set(g[0].addressees)) * 2 > len(asked)]
    return mostly or _naming(by_action if understood.sections else operative, asked)


def _of_actions(
    groups: Sequence[tuple[Clause, ...]], actions: Sequence[str]
) -> list[tuple[Clause, ...]]:
    """The sections of these actions; of another form of them where none has the action itself."""
    if not actions:
        return list(groups)
    meant = _meant(actions, {group[0].action for group in groups})
    return [group for group in groups if group[0].action in meant]


def _naming(groups: Sequence[tuple[Clause, ...]], names: Set[str]) -> list[tuple[Clause, ...]]:
    """Of sections addressed to nobody, the clauses that name one of these: "ITU-T should …".

    A section that names one in most of its clauses is about it as a whole.
    """
    found = []
    for group in groups:
        if group[0].addressees:
            continue
        naming = tuple(clause for clause in group if names & _bodies_named(clause.text))
        if naming:
            found.append(group if len(naming) * 2 > len(group) else naming)
    return found


@lru_cache(maxsize=20_000)  # clauses: to look for names in all of a large corpus takes a second
def _bodies_named(text: str) -> frozenset[str]:
    return frozenset(mention.addressee for mention in phrasebook().find_addressees(text))


def _share(addressees: Sequence[str], asked: Sequence[str]) -> float:
    """The share of the addressees asked for that a clause has, 0..1."""
    return len(set(addressees) & set(asked)) / len(asked) if asked else 0.0


def gloss_languages(held: Sequence[str]) -> tuple[str, ...]:
    """The languages beside the pivot that a question is glossed in: the one most clauses are in.

    Clauses are glossed in the pivot (`embeddings.clause_text`): question and clause meet there. A
    gloss in the clause's own language is a translation word by word. Its words are encoded each
    alone: behind the question they would blur it. On the training questions they lift R@1 by a
    point.
    """
    others = Counter(language for language in held if language != PIVOT)
    return tuple(language for language, _ in others.most_common(1))


@cache
def shipped_weights() -> Weights:
    """The fitted weights of data/ranking.toml."""
    text = (resources.files("assistant") / "data" / "ranking.toml").read_text(encoding="utf-8")
    return {
        look: {name: float(value) for name, value in weights.items()}
        for look, weights in tomllib.loads(text).items()
    }


def _flags(values: "object") -> NDArray[np.float32]:
    return np.fromiter(values, np.float32)  # type: ignore[call-overload, no-any-return]
