"""Two revisions side by side -> HTML: in an answer, and on a page of its own. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

from assistant.answers import Pair
from assistant.messages import message
from assistant.rendering import counted, printed_label
from assistant.web.quotations import figure, foreign, label_of, marked, revision_option
from corpus.citations import section_phrase
from corpus.clauses import Clause, Revision
from corpus.holdings import Corpus
from corpus.lineage import align


def comparison_page(corpus: Corpus, *, language: str) -> Markup:
    """The choice of two revisions of one resolution; the newest two are chosen."""
    several = _with_several_revisions(corpus)
    if not several:
        return Markup('<p class="note">{}</p>').format(message("page.nothing_to_compare", language))
    latest = several[0]
    return Markup(
        '<form class="choice"><label><span data-say="page.older">{older}</span>{old}</label>'
        '<label><span data-say="page.newer">{newer}</span>{new}</label>'
        '<label class="switch"><input type="checkbox" data-only-changes>'
        '<span data-say="page.only_changes">{only}</span></label></form>'
        '<div class="compared"></div>'
    ).format(
        older=message("page.older", language),
        newer=message("page.newer", language),
        only=message("page.only_changes", language),
        old=_revision_menu(several, latest[-2], "old", language),
        new=_revision_menu(several, latest[-1], "new", language),
    )


def compared(
    old: Sequence[Clause], new: Sequence[Clause], corpus: Corpus, *, language: str
) -> Markup:
    """Two revisions, clause by clause, in the order of the newer."""
    pairs = [Pair(pair.old, pair.new, pair.kind) for pair in align(old, new).pairs]
    return pairs_side_by_side(pairs, corpus, speak=language, language=language)


def pairs_side_by_side(
    pairs: Sequence[Pair], corpus: Corpus, *, speak: str, language: str
) -> Markup:
    titles, sentence = counted(pairs, speak)
    rows: list[Markup] = []
    section = ""
    for pair in pairs:
        clause = pair.new or pair.old
        if clause is not None and clause.section_id != section:
            section = clause.section_id
            rows.append(_pair_heading(clause, speak))
        rows.append(_pair(pair, corpus, speak=speak, language=language))
    return Markup(
        '<p class="lead count">{}</p><div class="pairs"><div class="sides" aria-hidden="true">'
        '<span dir="auto">{}</span><span dir="auto">{}</span></div>{}</div>'
    ).format(sentence, titles[0], titles[1], Markup("").join(rows))


def _pair_heading(clause: Clause, speak: str) -> Markup:
    phrase = section_phrase(clause, speak)
    printed = Markup("")
    if clause.revision.language != speak and phrase != clause.phrase:
        printed = Markup(" ") + foreign(clause.phrase, clause.revision.language, "printed")
    return Markup('<h3 class="pair-heading">{}{}</h3>').format(phrase, printed)


def _pair(pair: Pair, corpus: Corpus, *, speak: str, language: str) -> Markup:
    words: tuple[Markup | None, Markup | None] = (None, None)
    if pair.old and pair.new:
        words = marked(pair.old.text, pair.new.text)
    return Markup(
        '<section class="pair {kind}"><span class="kind">{name}</span>{sides}</section>'
    ).format(
        kind=pair.kind,
        name=message(f"change.{pair.kind}", speak),
        sides=Markup("").join(
            Markup('<div class="side {}{}">{}</div>').format(
                side,
                "" if clause else " none",
                _one_side(clause, shown, corpus, speak=speak, language=language),
            )
            for side, clause, shown in zip(("old", "new"), (pair.old, pair.new), words, strict=True)
        ),
    )


def _one_side(
    clause: Clause | None, words: Markup | None, corpus: Corpus, *, speak: str, language: str
) -> Markup:
    if clause is None:
        return Markup('<span aria-hidden="true">—</span>')
    label = printed_label(clause)
    quoted = Markup('{}<span class="words">{}</span>').format(
        label_of(label), clause.text if words is None else words
    )
    quotation = f"{label} {clause.text}".strip()
    return figure(clause, corpus, quoted, speak=speak, language=language, quotation=quotation)


def _revision_menu(
    several: Sequence[Sequence[Revision]], chosen: Revision, side: str, language: str
) -> Markup:
    return Markup('<select data-side="{}">{}</select>').format(
        side,
        Markup("").join(
            revision_option(revision, chosen=revision is chosen, language=language)
            for family in several
            for revision in family
        ),
    )


def _with_several_revisions(corpus: Corpus) -> list[list[Revision]]:
    """The texts that can be compared: by resolution and language, oldest first."""
    families: dict[tuple[str, str], list[Revision]] = {}
    for revision in corpus.revisions:
        families.setdefault((revision.lineage, revision.language), []).append(revision)
    return [
        sorted(family, key=lambda revision: revision.year)
        for family in families.values()
        if len(family) > 1
    ]
