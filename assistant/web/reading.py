"""A text to be read -> HTML: its parts, headings and clauses, each with its own address. Pure."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from assistant.messages import message
from assistant.rendering import part_of, printed_label
from assistant.web.quotations import (
    OWN_NAMES,
    actions,
    address,
    body_name,
    citation_of,
    direction,
    proposal,
    revision_option,
    superseded,
)
from corpus import places
from corpus.citations import cite, cite_revision
from corpus.clauses import Clause, Revision
from corpus.holdings import Corpus


def text(corpus: Corpus, revision: Revision, *, language: str) -> Markup:
    """A revision to be read: its parts, headings and clauses, each with its own address."""
    clauses = corpus.of_revision(revision.id, revision.language)
    blocks: list[Markup] = []
    part = section = ""
    for clause in clauses:
        if part_of(clause, language) != part:
            part = part_of(clause, language)
            blocks.append(Markup('<h3 class="part">{}</h3>').format(part))
        if clause.section_id != section:
            section = clause.section_id
            blocks.append(
                Markup('<h4 class="heading" lang="{}" dir="{}">{}</h4>').format(
                    revision.language, direction(revision.language), clause.phrase
                )
            )
        blocks.append(_clause_in_text(clause, corpus, language))
    return Markup(
        '<div class="text" data-revision="{id}" data-text="{code}">'
        '<header><p class="of">{body}</p><h2 tabindex="-1">{name}</h2>{status}'
        '<nav class="revisions" aria-label="{revisions}">{others}</nav></header>'
        '<p class="title" lang="{code}" dir="{dir}">{title}</p>{blocks}</div>'
    ).format(
        id=revision.id,
        code=revision.language,
        dir=direction(revision.language),
        body=body_name(revision, language),
        name=cite_revision(revision, language),
        status=_status(revision, corpus, language),
        revisions=message("page.revision", language),
        others=_other_revisions(revision, corpus, language),
        title=revision.title,
        blocks=Markup("").join(blocks),
    )


def _clause_in_text(clause: Clause, corpus: Corpus, language: str) -> Markup:
    code = clause.revision.language
    label = printed_label(clause)
    pieces: list[Markup] = []
    at = 0
    for note in sorted(clause.notes, key=lambda note: note.at):
        pieces.append(escape(clause.text[at : note.at]))
        pieces.append(Markup('<sup class="mark" aria-hidden="true">{}</sup>').format(note.mark))
        at = note.at
    pieces.append(escape(clause.text[at:]))
    notes = Markup("").join(
        Markup('<p class="footnote"><sup>{}</sup> {}</p>').format(note.mark, note.text)
        for note in clause.notes
    )
    return Markup(
        '<div class="clause" data-clause="{id}" data-text="{code}" lang="{code}" dir="{dir}" '
        'tabindex="-1" style="--depth:{depth}" data-citation="{citation}" '
        'data-quotation="{quotation}" data-address="{address}">'
        '<a class="label" href="{address}" data-open aria-label="{citation}">{label}</a>'
        '<div class="body"><p class="words">{words}</p>{notes}'
        '<div class="about-clause" data-page-language hidden>'
        '<span class="citation" dir="auto">{printed}</span>{acts}</div></div></div>'
    ).format(
        id=clause.id,
        code=code,
        dir=direction(code),
        depth=clause.label.count("/"),
        citation=cite(clause, language),
        printed=citation_of(clause, language),
        quotation=f"{label} {clause.text}".strip(),
        address=address(clause, corpus),
        label=label or "¶",
        words=Markup("").join(pieces),
        notes=notes,
        acts=actions(language),
    )


def _other_revisions(revision: Revision, corpus: Corpus, language: str) -> Markup:
    """A button for each text held of the same resolution, this one pressed; and a comparison."""
    family = [other for other in corpus.revisions if other.lineage == revision.lineage]
    several_languages = len({other.language for other in family}) > 1
    buttons = Markup("").join(
        Markup(
            '<button type="button" data-read="{}" data-text="{}" aria-pressed="{}">{}</button>'
        ).format(
            other.id,
            other.language,
            "true" if other == revision else "false",
            " ".join(
                filter(
                    None,
                    (
                        str(other.year),
                        places.name(other.place, language) if other.place else "",
                        OWN_NAMES.get(other.language, other.language) if several_languages else "",
                    ),
                )
            ),
        )
        for other in sorted(family, key=lambda other: -other.year)
    )
    others = [r for r in corpus.revisions if r.lineage != revision.lineage]
    menu = Markup("")
    if others:
        menu = Markup('<select data-read-menu aria-label="{}">{}</select>').format(
            message("page.library", language),
            Markup("").join(
                revision_option(r, chosen=r == revision, language=language)
                for r in corpus.revisions
            ),
        )
    return buttons + _compare_button(revision, family, language) + menu


def _compare_button(revision: Revision, family: Sequence[Revision], language: str) -> Markup:
    """A way to the comparison with the revision before, of the first one with that behind it."""
    same = sorted(
        (other for other in family if other.language == revision.language),
        key=lambda other: other.year,
    )
    if len(same) < 2:
        return Markup("")
    newer = max(same.index(revision), 1)
    return Markup(
        '<button type="button" data-to-compare data-old="{}" data-newer="{}" data-text="{}">'
        "⇄ {}</button>"
    ).format(
        same[newer - 1].id, same[newer].id, revision.language, message("page.compare", language)
    )


def _status(revision: Revision, corpus: Corpus, language: str) -> Markup:
    return proposal(revision, language) + superseded(revision, corpus, language)
