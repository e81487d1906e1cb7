"""Understand, retrieve, decide, ground: the core of the assistant.

The order is that of certainty: a reference or a section that is named is looked up; only a question
with a topic of its own is searched for, and answered when the evidence suffices.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.answers import Answer, Citation, Counterpart, Form, Pair, Reason, Refusal
from assistant.confidence import Calibration, evidence, shipped_calibration
from assistant.conversation import understand_in_context
from assistant.query import (
    LONGEST_QUESTION,
    Understood,
    has_content,
    is_greeting,
    is_uncovered_script,
)
from assistant.retriever import Hit, Ranking, Retriever, sections_asked_for
from corpus.citing import within
from corpus.clauses import Clause, Revision
from corpus.errors import ExpectedError
from corpus.holdings import Corpus
from corpus.lineage import align
from corpus.references import (
    Held,
    Outcome,
    Reference,
    Resolution,
    find_internal,
    find_references,
    resolve,
)
from corpus.terms import TermMatch, load_termbank

CLAUSES_IN_AN_ANSWER = 3
CLOSEST_IN_A_REFUSAL = 2
READINGS = 4  # of an ambiguous question, offered to choose from


class Assistant:
    """Answers questions over one corpus; every quote is cut from it."""

    def __init__(
        self, *, corpus: Corpus, retriever: Retriever, calibration: Calibration | None = None
    ) -> None:
        self.corpus = corpus
        self.retriever = retriever
        self.calibration = calibration or shipped_calibration(interaction=retriever.has_interaction)
        self._held = Held(corpus.clauses)

    def understand(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        ignored: Iterable[str] = (),
        lineage: str | None = None,
        year: int | None = None,
    ) -> Understood:
        """What is asked; `lineage` and `year` are filters that overrule the question.

        Raises ExpectedError for a question without a letter or digit, or one that is too long.
        """
        if not has_content(question):
            raise ExpectedError("the question is empty: write a few words or a reference")
        if len(question) > LONGEST_QUESTION:
            raise ExpectedError(
                f"the question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are "
                "read: shorten it, or look a passage up with: resolutions cite --file"
            )
        understood = understand_in_context(
            question.strip(), history, corpus=self.corpus, lineage=lineage, ignored=ignored
        )
        if year is not None:
            understood = replace(understood, years=(year,))
        if understood.before is not None:
            named = self.named(understood.before.understood)
            understood = replace(understood, before=replace(understood.before, named=named))
        return understood

    def terms_of(self, text: str) -> tuple[TermMatch, ...]:
        """The concepts that a text names."""
        return load_termbank().find(text)

    def search(self, understood: Understood, *, top: int = 10) -> tuple[Hit, ...]:
        """The clauses nearest to a question, best first; never refuses."""
        return self._rank(understood, top=top).hits[:top]

    def answer(self, understood: Understood) -> Answer | Refusal:
        """The grounded answer, or a refusal with its reason."""
        if is_greeting(understood.question):
            return self._refusal(understood, Reason.EMPTY)
        if is_uncovered_script(understood.question):
            return self._refusal(understood, Reason.UNSUPPORTED_LANGUAGE)
        refused = self._not_held(understood)
        if refused:
            return refused
        if understood.comparison and not self._is_worth_comparing(understood):
            understood = replace(understood, comparison=False)
        if understood.comparison:
            compared = self._comparison(understood)
            if compared:
                return compared
        readings = self._readings(understood)
        if len(readings) > 1 and not understood.whole:
            return self._refusal(
                understood,
                Reason.AMBIGUOUS,
                closest=tuple(Citation.whole(clause) for clause in readings[:READINGS]),
            )
        ranking = self._rank(understood, top=10)
        if ranking.named:
            return self._of_named(understood, ranking)
        probability = self.calibration.probability(evidence(understood, ranking))
        if probability < self.calibration.threshold:
            closest = tuple(
                Citation.whole(hit.clause, hit.score)
                for hit in ranking.found[:CLOSEST_IN_A_REFUSAL]
            )
            return self._refusal(
                understood, Reason.NO_EVIDENCE, probability=probability, closest=closest
            )
        hits = _near_the_best(ranking.found)
        citations = tuple(Citation.whole(hit.clause, hit.score) for hit in hits)
        return Answer(
            understood=understood,
            form=Form.CLAUSES,
            citations=citations,
            probability=probability,
            counterparts=self._counterparts(citations[0].clause),
        )

    def _rank(self, understood: Understood, *, top: int) -> Ranking:
        named = self.named(understood)
        if understood.comparison:
            compared = self._comparison(understood)
            named = tuple(citation.clause for citation in compared.citations) if compared else named
        return self.retriever.rank(understood, named=named, top=top)

    def named(self, understood: Understood) -> tuple[Clause, ...]:
        """The clauses that a question names by reference, item or section; () if it names none."""
        by_reference = [
            clause
            for reference in understood.references
            if reference.clause_part
            for clause in self._resolve(reference, understood).clauses
        ]
        by_reference += [
            clause
            for revision in self._revisions_meant(understood)
            for part in understood.parts
            for clause in resolve(
                within(part, revision), self._held, language=understood.language
            ).clauses
        ]
        if by_reference:
            return tuple(dict.fromkeys(self._with_lists(by_reference)))
        sections = sections_asked_for(understood, self.corpus)
        if not sections:
            return ()
        if understood.label:
            return tuple(
                clause for section in sections for clause in _items(section, understood.label)
            )
        if understood.whole:
            return tuple(clause for section in sections for clause in section)
        return ()

    def _with_lists(self, clauses: Iterable[Clause]) -> Iterator[Clause]:
        """The clauses, each that only opens a list followed by the list."""
        for clause in clauses:
            yield clause
            if clause.text.rstrip().endswith((":", "：")):
                yield from self.corpus.children(clause)

    def _readings(self, understood: Understood) -> tuple[Clause, ...]:
        """What a question may mean when it names clauses in more than one way; () when it does not.

        A number may stand under several headings ("invites 2"), a section in several resolutions.
        """
        resolutions = [
            self._resolve(reference, understood)
            for reference in understood.references
            if reference.clause_part
        ]
        resolutions += [
            resolve(within(part, revision), self._held, language=understood.language)
            for revision in self._revisions_meant(understood)
            for part in understood.parts
        ]
        ambiguous = [r for r in resolutions if r.outcome is Outcome.AMBIGUOUS]
        if ambiguous:
            return tuple(clause for resolution in ambiguous for clause in resolution.clauses)
        named = self.named(understood)
        firsts = {clause.revision.lineage: clause for clause in reversed(named)}
        if understood.lineage is None and len(firsts) > 1:
            return tuple(dict.fromkeys(firsts.values()))
        return ()

    def _revisions_meant(self, understood: Understood) -> tuple[Revision, ...]:
        """The revisions that a part named alone ("resolves 2") may belong to: newest of each."""
        lineages = dict.fromkeys(
            revision.lineage
            for revision in self.corpus.revisions
            if understood.lineage in (None, revision.lineage)
        )
        found: list[Revision | None] = []
        for lineage in lineages:
            years = [year for year in understood.years if year in self._held.years(lineage)]
            revisions = [self._held.revision(lineage, year, understood.language) for year in years]
            found += revisions or [self._held.latest(lineage, understood.language)]
        return tuple(revision for revision in found if revision is not None)

    def _resolve(self, reference: Reference, understood: Understood) -> Resolution:
        """What a reference names; the revision that the rest of the question asks for counts."""
        if reference.year is None and len(understood.years) == 1:
            reference = replace(reference, year=understood.years[0])
        return resolve(reference, self._held, language=understood.language)

    def _not_held(self, understood: Understood) -> Refusal | None:
        """A refusal when a resolution, revision or clause is asked for that is not held."""
        for reference in understood.references:
            outcome = self._resolve(reference, understood)
            if outcome.outcome in (Outcome.NOT_HELD, Outcome.REVISION_NOT_HELD):
                if outcome.outcome is Outcome.NOT_HELD and self._is_spoken_of(
                    reference, understood
                ):
                    continue
                looked_for = understood.read_as[reference.start : reference.end]
                if reference.year is None and understood.years:
                    looked_for = f"{looked_for} ({understood.years[0]})"
                return self._refusal(
                    understood, Reason.NOT_HELD, looked_for=looked_for, known=outcome.in_history
                )
            if outcome.outcome is Outcome.UNKNOWN_CLAUSE:
                return self._refusal(
                    understood,
                    Reason.NOT_HELD,
                    looked_for=understood.read_as[reference.start : reference.end],
                )
        held = {
            revision.year
            for revision in self.corpus.revisions
            if understood.lineage in (None, revision.lineage)
        }
        missing = [year for year in understood.years if year not in held]
        if missing:
            known = any(
                adoption.year == missing[0]
                for revision in self.corpus.revisions
                if understood.lineage in (None, revision.lineage)
                for adoption in revision.history
            )
            return self._refusal(
                understood, Reason.NOT_HELD, looked_for=str(missing[0]), known=known
            )
        return None

    def _is_spoken_of(self, reference: Reference, understood: Understood) -> bool:
        """Whether held clauses cite a resolution that is not held, and its text is not asked for.

        "What is Resolution 140 about?" is answered from what cites it, since titles are cited; a
        question for its text, or its name alone, is not.
        """
        if understood.text_wanted and not understood.comparison:
            return False
        number = reference.number.replace("-", "/")
        return any(
            cited.number == reference.number and reference.body in (None, cited.body)
            for clause in self.corpus.clauses
            if number in clause.text
            for cited in find_references(clause.text, body=clause.revision.body)
        )

    def _of_named(self, understood: Understood, ranking: Ranking) -> Answer:
        clauses = [hit.clause for hit in ranking.named]
        form = Form.SECTION if understood.whole and len(clauses) > 1 else Form.REFERENCE
        pointed_to = self._pointed_to(clauses[0]) if len(clauses) == 1 else ()
        return Answer(
            understood=understood,
            form=form,
            citations=tuple(Citation.whole(hit.clause, 1.0) for hit in ranking.named),
            probability=1.0,
            counterparts=self._counterparts(clauses[0]) if len(clauses) == 1 else (),
            pointed_to=pointed_to,
        )

    def _pointed_to(self, clause: Clause) -> tuple[Clause, ...]:
        """The clauses of the same text that a clause points to, in the order of its words."""
        found = (
            target
            for inner in find_internal(clause.text)
            for target in resolve(
                within(inner, clause.revision), self._held, language=clause.revision.language
            ).clauses
        )
        return tuple(target for target in dict.fromkeys(found) if target.key != clause.key)

    def _comparison(self, understood: Understood) -> Answer | None:
        """Two revisions side by side: the sections asked for, or the clause that is asked about."""
        pairs = self._compared(understood)
        cited = [clause for pair in pairs for clause in (pair.new, pair.old) if clause]
        if not cited:
            return None
        return Answer(
            understood=understood,
            form=Form.COMPARISON,
            citations=tuple(Citation.whole(clause, 1.0) for clause in dict.fromkeys(cited)),
            probability=1.0,
            pairs=pairs,
        )

    def _is_worth_comparing(self, understood: Understood) -> bool:
        """Whether revisions, sections or clauses are named, or the topic is one of the texts held.

        "Between" and "change" stand in questions of any kind.
        """
        if understood.years or understood.sections or understood.parts or understood.references:
            return True
        ranking = self.retriever.rank(understood, top=10)
        probability = self.calibration.probability(evidence(understood, ranking))
        return probability >= self.calibration.threshold

    def _compared(self, understood: Understood) -> tuple[Pair, ...]:
        revisions = self._compared_revisions(understood)
        if revisions is None:
            return ()
        old, new = revisions
        alignment = align(
            self.corpus.of_revision(old.id, old.language),
            self.corpus.of_revision(new.id, new.language),
        )
        pairs = tuple(Pair(pair.old, pair.new, pair.kind) for pair in alignment.pairs)
        wanted = self._compared_sections(understood, old, new)
        if wanted:
            return tuple(
                pair
                for pair in pairs
                if any(clause and clause.key in wanted for clause in (pair.old, pair.new))
            )
        return self._nearest_pair(understood, pairs)

    def _compared_revisions(self, understood: Understood) -> tuple[Revision, Revision] | None:
        held = [
            revision
            for revision in self.corpus.revisions
            if understood.lineage in (None, revision.lineage) and revision.status == "adopted"
        ]
        by_lineage: dict[str, list[Revision]] = {}
        for revision in held:
            by_lineage.setdefault(revision.lineage, []).append(revision)
        several = [
            sorted(revisions, key=lambda revision: revision.year)
            for revisions in by_lineage.values()
            if len({revision.year for revision in revisions}) > 1
        ]
        if len(several) != 1:
            return None
        revisions = several[0]
        if len(set(understood.years)) >= 2:
            years = sorted(set(understood.years))
            chosen = [r for r in revisions if r.year in (years[0], years[-1])]
            return (chosen[0], chosen[-1]) if len(chosen) >= 2 else None
        return revisions[-2], revisions[-1]

    def _compared_sections(
        self, understood: Understood, old: Revision, new: Revision
    ) -> frozenset[tuple[str, str]]:
        """The clauses of the sections, items or parts that are compared by name, if any are."""
        if understood.topic and not (understood.parts or understood.sections):
            return frozenset()
        wanted: set[tuple[str, str]] = set()
        for revision in (old, new):
            asked = replace(
                understood,
                lineage=revision.lineage,
                years=(revision.year,),
                comparison=False,
                whole=not understood.label,
            )
            wanted.update(clause.key for clause in self.named(asked))
        return frozenset(wanted)

    def _nearest_pair(self, understood: Understood, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        """The pair of clauses that a question is nearest to, by both of its sides."""
        asked = replace(understood, years=(), comparison=False)
        found = self.retriever.rank(asked, top=len(self.corpus)).found
        scores = {hit.clause.key: hit.score for hit in found}

        def score(pair: Pair) -> float:
            sides = [scores.get(side.key, 0.0) for side in (pair.old, pair.new) if side]
            return max(sides) if len(sides) == 1 else max(sides) + 0.25 * min(sides)

        return (max(pairs, key=score),) if pairs else ()

    def _counterparts(self, clause: Clause) -> tuple[Counterpart, ...]:
        """What became of a clause in the other held revisions of its resolution, newest first."""
        own = self.corpus.of_revision(clause.revision.id, clause.revision.language)
        found = []
        for other in self.corpus.revisions:
            if (
                other.lineage != clause.revision.lineage
                or other.id == clause.revision.id
                or other.language != clause.revision.language
            ):
                continue
            theirs = self.corpus.of_revision(other.id, other.language)
            if other.year < clause.revision.year:
                pairs = [(p.new, p.old) for p in align(theirs, own).pairs]
            else:
                pairs = [(p.old, p.new) for p in align(own, theirs).pairs]
            match = next((there for here, there in pairs if here and here.key == clause.key), None)
            found.append(Counterpart(clause, other, match))
        return tuple(sorted(found, key=lambda counterpart: -counterpart.revision.year))

    def _refusal(
        self,
        understood: Understood,
        reason: Reason,
        *,
        looked_for: str = "",
        known: bool = False,
        probability: float = 0.0,
        closest: tuple[Citation, ...] = (),
    ) -> Refusal:
        return Refusal(
            understood=understood,
            reason=reason,
            looked_for=looked_for,
            held=self.corpus.revisions,
            probability=probability,
            closest=closest,
            known_from_history=known,
        )


def _items(section: Sequence[Clause], label: str) -> tuple[Clause, ...]:
    """The item of that label with what stands under it; of lettered sections the n-th item."""
    exact = [c for c in section if c.label == label or c.label.startswith(f"{label}/")]
    if exact:
        return tuple(exact)
    top = [clause for clause in section if "/" not in clause.label]
    if label.isdigit() and 0 < int(label) <= len(top):
        chosen = top[int(label) - 1]
        return tuple(c for c in section if c is chosen or (c.label.startswith(f"{chosen.label}/")))
    return ()


def _near_the_best(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits that stand out with the best: those that share 85 % of its lead over the field."""
    best, field = hits[0].score, hits[min(9, len(hits) - 1)].score
    edge = best - 0.15 * (best - field)
    return tuple(hit for hit in hits[:CLAUSES_IN_AN_ANSWER] if hit.score >= edge)
