"""Answers and refusals -> HTML. Pure.

Rendered from the types, never from Markdown: a quotation is shown as it stands. The reply speaks
the language of its question; `language` is the reader's, of buttons and labels.
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from assistant.answers import Answer, Citation, Counterpart, Form, Reason, Refusal
from assistant.messages import message
from assistant.rendering import held_list, part_of, printed_label
from assistant.web.chips import chips
from assistant.web.comparison import pairs_side_by_side
from assistant.web.overview import example_buttons
from assistant.web.quotations import (
    address,
    cited,
    direction,
    figure,
    foreign,
    held_in,
    label_of,
    marked,
    proposal,
    superseded,
)
from corpus.citations import cite, cite_part, cite_revision, section_phrase
from corpus.clauses import Clause
from corpus.holdings import Corpus
from corpus.phrases import phrasebook


def reply(
    said: Answer | Refusal,
    corpus: Corpus,
    examples: Mapping[str, Sequence[str]],
    *,
    language: str,
) -> Markup:
    """An answer or a refusal; its own language speaks, `language` labels the buttons."""
    own = said.understood.language
    if isinstance(said, Refusal):
        kind, inner = f"refused {said.reason.value}", _refusal(said, corpus, examples, language)
    elif said.form is Form.COMPARISON:
        kind, inner = "answered comparison", _comparison(said, corpus, language)
    else:
        kind, inner = "answered", _answer(said, corpus, language)
    return Markup('<article class="reply {}" lang="{}" dir="{}">{}{}</article>').format(
        kind, own, direction(own), chips(said.understood, language), inner
    )


def _answer(answer: Answer, corpus: Corpus, language: str) -> Markup:
    own = answer.understood.language
    blocks: list[Markup] = []
    shown: tuple[str, str] | None = None
    least = min(citation.clause.label.count("/") for citation in answer.citations)
    for citation in answer.citations:
        section = (citation.clause.section_id, citation.clause.revision.language)
        if section != shown:
            blocks.append(_lead(answer, citation.clause, corpus))
            shown = section
        depth = citation.clause.label.count("/") - least if _is_in_order(answer) else 0
        blocks.append(cited(citation, corpus, speak=own, language=language, depth=depth))
        blocks += [
            _counterpart(found, corpus, speak=own, language=language)
            for found in answer.counterparts
            if found.clause.key == citation.clause.key
        ]
    first = answer.citations[0].clause
    if first.revision.language != own:
        blocks.append(held_in(first, own))
    if answer.pointed_to:
        inner = Markup("").join(
            cited(Citation.whole(clause), corpus, speak=own, language=language)
            for clause in answer.pointed_to
        )
        targets = ", ".join(cite_part(clause, own) for clause in answer.pointed_to)
        blocks.append(_folded(f"{message('points_to', own)} {targets}", inner, "pointed-to"))
    if not answer.counterparts:
        blocks.append(superseded(first.revision, corpus, own))
    if len(answer.citations) > 1:
        blocks.append(
            Markup(
                '<p class="all"><button type="button" data-copy="all" data-say="page.copy_all">'
                "{}</button></p>"
            ).format(message("page.copy_all", language))
        )
    return Markup("").join(blocks)


def _comparison(answer: Answer, corpus: Corpus, language: str) -> Markup:
    own = answer.understood.language
    shown = pairs_side_by_side(answer.pairs, corpus, speak=own, language=language)
    first = answer.citations[0].clause
    return shown + held_in(first, own) if first.revision.language != own else shown


def _is_in_order(answer: Answer) -> bool:
    """Whether the citations are a section or an item with what stands under it."""
    return answer.form in (Form.SECTION, Form.REFERENCE)


def _lead(answer: Answer, clause: Clause, corpus: Corpus) -> Markup:
    own = answer.understood.language
    phrase = section_phrase(clause, own)
    printed = Markup("")
    if clause.revision.language != own and phrase != clause.phrase:
        printed = Markup(" ") + foreign(clause.phrase, clause.revision.language, "printed")
    part = phrasebook().part(clause.action) or "annex"
    where = Markup(
        '<strong class="section">{}</strong>{} <span class="tag {}">{}</span>{} · '
        '<span class="where">{}</span>'
    ).format(
        phrase,
        printed,
        part,
        part_of(clause, own),
        proposal(clause.revision, own),
        cite_revision(clause.revision, own),
    )
    name = "lead.section" if answer.form is Form.SECTION else "lead.clauses"
    count = len(corpus.section(clause))
    sentence = escape(message(name, own, where="\0", count=count))
    return Markup('<p class="lead">{}</p>').format(Markup(str(sentence).replace("\0", str(where))))


def _counterpart(found: Counterpart, corpus: Corpus, *, speak: str, language: str) -> Markup:
    revision = cite_revision(found.revision, speak)
    if found.counterpart is None:
        return Markup('<p class="note counterpart">{}</p>').format(
            message("counterpart.none", speak, revision=revision)
        )
    there = found.counterpart
    title = message("counterpart.one", speak, revision=revision, citation="\0")
    link = Markup('<a class="citation" href="{}" data-open dir="auto">{}</a>').format(
        address(there, corpus), cite_part(there, speak)
    )
    older, newer = found.clause, there
    if there.revision.year < found.clause.revision.year:
        older, newer = there, found.clause
    old_words, new_words = marked(older.text, newer.text)
    quoted = old_words if older is there else new_words
    inner = figure(
        there,
        corpus,
        label_of(printed_label(there)) + Markup('<span class="words">{}</span>').format(quoted),
        speak=speak,
        language=language,
        quotation=f"{printed_label(there)} {there.text}".strip(),
    )
    summary = Markup(str(escape(title)).replace("\0", str(link)))
    return Markup(
        '<details class="folded counterpart" data-clause="{}" data-text="{}" data-address="{}">'
        "<summary>{}</summary>{}</details>"
    ).format(there.id, there.revision.language, address(there, corpus), summary, inner)


def _folded(title: str, inner: Markup, kind: str) -> Markup:
    return Markup('<details class="folded {}"><summary>{}</summary>{}</details>').format(
        kind, title, inner
    )


def _refusal(
    refusal: Refusal,
    corpus: Corpus,
    examples: Mapping[str, Sequence[str]],
    language: str,
) -> Markup:
    own = refusal.understood.language
    held = held_list(refusal.held, own)
    if refusal.reason is Reason.NOT_HELD:
        name = "refusal.from_history" if refusal.known_from_history else "refusal.not_held"
        sentence = message(name, own, looked_for=refusal.looked_for, held=held)
    else:
        sentence = message(f"refusal.{refusal.reason.name.lower()}", own, held=held)
    blocks = [Markup('<p class="sentence">{}</p>').format(sentence)]
    if refusal.reason is Reason.AMBIGUOUS:
        blocks.append(
            Markup('<div class="readings">{}</div>').format(
                Markup("").join(_reading(citation, own) for citation in refusal.closest)
            )
        )
    elif refusal.reason is Reason.EMPTY:
        blocks.append(
            Markup('<div class="examples">{}</div>').format(
                example_buttons(examples, language=own, most=3)
            )
        )
    elif refusal.closest:
        inner = Markup("").join(
            cited(citation, corpus, speak=own, language=language) for citation in refusal.closest
        )
        blocks.append(_folded(message("refusal.closest", own), inner, "closest"))
    return Markup("").join(blocks)


def _reading(citation: Citation, own: str) -> Markup:
    """A way to read an ambiguous question, as a button that asks for that clause."""
    clause = citation.clause
    return Markup(
        '<button type="button" class="reading" data-ask="{citation}">'
        '<strong dir="auto">{citation}</strong>'
        '<span class="quote" lang="{code}" dir="{dir}">{label} {quote}</span></button>'
    ).format(
        citation=cite(clause, own),
        code=clause.revision.language,
        dir=direction(clause.revision.language),
        label=printed_label(clause),
        quote=citation.quote,
    )
