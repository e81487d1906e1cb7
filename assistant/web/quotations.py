"""A quotation on the page: its words, citation and address, and what can be done with it. Pure.

Whatever comes from a document, a question or a message is put in with `Markup.format` or `join`,
which escape it; so it is in every module that writes HTML here. Quotations keep the direction and
language of their text, everything around them has the reader's.
"""

from collections.abc import Iterable
from urllib.parse import quote as percent_encoded

from markupsafe import Markup, escape

from assistant.answers import Citation
from assistant.messages import message
from assistant.rendering import printed_label
from corpus import bodies
from corpus.citations import cite, cite_revision, print_label
from corpus.clauses import Clause, Revision
from corpus.holdings import Corpus
from corpus.lineage import Change, changes

# Where less than this share of the longer text stays, word marks are noise: all of it is marked.
LEAST_COMMON = 0.3

# A reader looks for his own language by its own name.
OWN_NAMES = {
    "ar": "العربية",
    "zh": "中文",
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ru": "Русский",
}


def direction(language: str) -> str:
    """ "rtl" or "ltr"."""
    return "rtl" if language == "ar" else "ltr"


def address(clause: Clause, corpus: Corpus) -> str:
    """The query of the page's address that shows a clause: "?clause=wtsa-75@2008/instructs/1"."""
    return _address(clause.id, clause.revision, corpus)


def address_of_text(revision: Revision, corpus: Corpus) -> str:
    """The query that shows a text from its beginning: "?clause=wtsa-75@2008"."""
    return _address(revision.id, revision, corpus)


def _address(identifier: str, revision: Revision, corpus: Corpus) -> str:
    several = len({r.language for r in corpus.revisions if r.id == revision.id}) > 1
    text = f"&text={revision.language}" if several else ""
    return f"?clause={percent_encoded(identifier, safe='/@.')}{text}"


def cited(
    citation: Citation, corpus: Corpus, *, speak: str, language: str, depth: int = 0
) -> Markup:
    """A quotation with its citation in `speak`, which opens it in the text; buttons in `language`.

    `depth` is how far it is set in: the items of a section under their stem.
    """
    clause = citation.clause
    whole = citation.quote == clause.text
    label = printed_label(clause) if citation.start == 0 else ""
    return figure(
        clause,
        corpus,
        Markup('{}<span class="words">{}</span>').format(label_of(label), citation.quote),
        speak=speak,
        language=language,
        quotation=f"{label} {citation.quote}".strip(),
        span="" if whole else f"{citation.start}-{citation.end}",
        depth=depth,
    )


def figure(
    clause: Clause,
    corpus: Corpus,
    quoted: Markup,
    *,
    speak: str,
    language: str,
    quotation: str,
    span: str = "",
    depth: int = 0,
) -> Markup:
    """`quoted` in the frame of a quotation of `clause`; `quotation` is what is copied of it."""
    return Markup(
        '<figure class="cited" data-clause="{id}" data-text="{code}" data-span="{span}" '
        'data-citation="{citation}" data-quotation="{quotation}" data-address="{address}" '
        'style="--depth:{depth}">'
        '<blockquote class="quote" lang="{code}" dir="{dir}">{quoted}</blockquote>'
        '<figcaption><a class="citation" href="{address}" data-open dir="auto">{printed}</a>'
        "{acts}</figcaption></figure>"
    ).format(
        id=clause.id,
        code=clause.revision.language,
        span=span,
        citation=cite(clause, speak),
        printed=citation_of(clause, speak),
        quotation=quotation,
        address=address(clause, corpus),
        depth=depth,
        dir=direction(clause.revision.language),
        quoted=quoted,
        acts=actions(language),
    )


def citation_of(clause: Clause, language: str) -> Markup:
    """The official citation; in Arabic its Latin label is kept from being turned around."""
    whole, label = cite(clause, language), print_label(clause.label)
    if direction(language) == "ltr" or not label or not whole.endswith(label):
        return escape(whole)
    return Markup('{}<bdi dir="ltr">{}</bdi>').format(whole[: -len(label)], label)


def actions(language: str) -> Markup:
    """Buttons at a quotation: open it in the text; copy citation, quotation or link."""
    copies = Markup("").join(
        Markup(
            '<button type="button" role="menuitem" data-copy="{0}" data-say="page.copy_{0}">'
            "{1}</button>"
        ).format(what, message(f"page.copy_{what}", language))
        for what in ("citation", "quote", "link")
    )
    return Markup(
        '<span class="acts" lang="{lang}" dir="{dir}" data-page-language>'
        '<button type="button" class="open" data-open data-say="page.open">{open}</button>'
        '<span class="menu"><button type="button" data-menu aria-haspopup="menu" '
        'aria-expanded="false" data-say="page.copy">{copy}</button>'
        '<span class="items" role="menu" hidden>{copies}</span></span></span>'
    ).format(
        lang=language,
        dir=direction(language),
        open=message("page.open", language),
        copy=message("page.copy", language),
        copies=copies,
    )


def marked(was: str, should: str) -> tuple[Markup, Markup]:
    """Both texts, what differs marked; all of both where next to nothing stays."""
    found = changes(was, should)
    if not found:
        return escape(was), escape(should)
    kept = len(was) - sum(change.was_span[1] - change.was_span[0] for change in found)
    if kept < LEAST_COMMON * max(len(was), len(should)):
        return Markup("<del>{}</del>").format(was), Markup("<ins>{}</ins>").format(should)
    return _cut(was, found, "del"), _cut(should, found, "ins")


def _cut(words: str, found: Iterable[Change], tag: str) -> Markup:
    pieces: list[Markup] = []
    at = 0
    for change in found:
        start, end = change.was_span if tag == "del" else change.should_span
        pieces.append(escape(words[at:start]))
        if start < end:
            pieces.append(Markup("<" + tag + ">{}</" + tag + ">").format(words[start:end]))
        at = max(at, end)
    pieces.append(escape(words[at:]))
    return Markup("").join(pieces)


def label_of(label: str) -> Markup:
    """A printed label before the words of its clause; nothing for a clause without one."""
    return Markup('<span class="label">{}</span> ').format(label) if label else Markup("")


def foreign(words: str, language: str, kind: str) -> Markup:
    """Words of a text amid those of the page; `kind` is their class."""
    return Markup('<span class="{}" lang="{}" dir="{}">{}</span>').format(
        kind, language, direction(language), words
    )


def proposal(revision: Revision, language: str) -> Markup:
    """The warning that a text was never adopted; nothing for one that was."""
    if revision.status != "proposal":
        return Markup("")
    return Markup(' <span class="tag proposal">{}</span>').format(message("proposal", language))


def superseded(revision: Revision, corpus: Corpus, language: str) -> Markup:
    """A line that names the latest revision held, when `revision` is an earlier one."""
    latest = next(
        (
            other
            for other in corpus.revisions
            if other.lineage == revision.lineage
            and other.year > revision.year
            and corpus.is_latest(other)
        ),
        None,
    )
    if latest is None:
        return Markup("")
    return Markup('<p class="note superseded">{}</p>').format(
        message("superseded", language, latest=cite_revision(latest, language))
    )


def held_in(clause: Clause, own: str) -> Markup:
    """The line that says which language the text is held in, and that `own` is not held."""
    return Markup('<p class="note">{}</p>').format(
        message(
            "held_in",
            own,
            held=message(f"language.{clause.revision.language}", own),
            wanted=message(f"language.{own}", own),
        )
    )


def body_name(revision: Revision, language: str) -> str:
    """The body that adopted a text; a dash for one of another organization."""
    return "–" if revision.body == bodies.OTHER else bodies.name(revision.body, language)


def revision_option(revision: Revision, *, chosen: bool, language: str) -> Markup:
    """A text held as an option of a menu."""
    own = OWN_NAMES.get(revision.language, revision.language)
    name = f"{cite_revision(revision, language)} · {own}"
    return Markup('<option value="{}" data-text="{}"{}>{}</option>').format(
        revision.id, revision.language, Markup(" selected") if chosen else "", name
    )
