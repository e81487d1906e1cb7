"""What surrounds the conversation -> HTML: frame, welcome, library, wording. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

from markupsafe import Markup, escape

from assistant.messages import message, names
from assistant.web.quotations import (
    OWN_NAMES,
    address_of_text,
    body_name,
    direction,
    foreign,
    proposal,
)
from corpus.citations import cite_revision
from corpus.clauses import LANGUAGES, Clause, Revision
from corpus.holdings import Corpus, Document

MOST_TEXTS = 3  # listed in the welcome; the library has all
_SLOTS = ("part", "texts", "clauses", "count", "digest", "version")  # of wording that is filled in


def strings(language: str) -> dict[str, str]:
    """The page's own wording in a language, by name; patterns are left unfilled."""
    return {
        name: message(name, language, **{slot: "{" + slot + "}" for slot in _SLOTS})
        for name in names()
        if name.startswith("page.")
    }


def frame(language: str = "en") -> Markup:
    """The page before anything was asked; wording is put in by name (`data-say`) when it opens."""
    options = Markup("").join(
        Markup('<option value="{}">{}</option>').format(code, OWN_NAMES[code]) for code in OWN_NAMES
    )
    tabs = Markup("").join(
        Markup(
            '<button type="button" role="tab" id="tab-{0}" aria-controls="view-{0}" '
            'data-tab="{0}" data-say="page.{0}">{1}</button>'
        ).format(tab, message(f"page.{tab}", language))
        for tab in ("chat", "compare", "library")
    )
    template = (resources.files("assistant.web") / "frame.html").read_text(encoding="utf-8")
    return Markup(template).format(options=options, tabs=tabs)


def welcome(corpus: Corpus, examples: Mapping[str, Sequence[str]], *, language: str) -> Markup:
    """What this is, what is held, and six questions to begin with, the reader's language first."""
    texts = {(revision.id, revision.language) for revision in corpus.revisions}
    newest = _newest(corpus, language)
    more = Markup("")
    if len(newest) > MOST_TEXTS:
        more = Markup('<li><button type="button" data-tab="library">{} …</button></li>').format(
            message("page.library", language)
        )
    return Markup(
        '<div class="welcome"><p class="about">{about}</p><p class="held">{held}</p>'
        '<ul class="held-texts">{list}{more}</ul>'
        '<h2>{title}</h2><div class="examples">{examples}</div></div>'
    ).format(
        about=message("page.about", language),
        held=message("page.held", language, texts=len(texts), clauses=len(corpus)),
        list=Markup("").join(
            Markup('<li><a href="{}" data-read="{}" data-text="{}">{}</a> {}</li>').format(
                address_of_text(revision, corpus),
                revision.id,
                revision.language,
                cite_revision(revision, language),
                foreign(revision.title, revision.language, "title"),
            )
            for revision in newest[:MOST_TEXTS]
        ),
        more=more,
        title=message("page.examples", language),
        examples=example_buttons(examples, language=language, most=6),
    )


def _newest(corpus: Corpus, language: str) -> list[Revision]:
    """A text of each revision, the newest first, in the reader's language where it is held."""
    found: dict[str, Revision] = {}
    for revision in corpus.revisions:
        if revision.id not in found or revision.language == language:
            found[revision.id] = revision
    return sorted(found.values(), key=lambda revision: -revision.year)


def example_buttons(examples: Mapping[str, Sequence[str]], *, language: str, most: int) -> Markup:
    """Questions as buttons: the reader's own language first, then one of each other."""
    own = [(language, question) for question in examples.get(language, ())]
    others = [
        (code, questions[0])
        for code, questions in examples.items()
        if code != language and questions
    ]
    return Markup("").join(
        Markup(
            '<button type="button" class="example" data-ask="{1}" lang="{0}" dir="{2}">{1}</button>'
        ).format(code, question, direction(code))
        for code, question in [*own[:3], *others][:most]
    )


def library(corpus: Corpus, *, language: str) -> Markup:
    """What is held, a row for each text: body, resolution, language, clauses, latest, problems."""
    documents = {document.name: document for document in corpus.documents}
    held: dict[tuple[str, str], list[Clause]] = {}
    for clause in corpus.clauses:
        held.setdefault((clause.revision.id, clause.revision.language), []).append(clause)
    columns = ("resolution", "of_body", "text_language", "clauses", "latest", "problems", "source")
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(message(f"page.column.{name}", language))
        for name in columns
    )
    rows = Markup("").join(
        _library_row(clauses, corpus, documents, columns, language) for clauses in held.values()
    )
    return Markup(
        '<h2>{title}</h2><p class="held">{held}</p>'
        '<div class="table"><table><thead><tr>{head}</tr></thead>'
        "<tbody>{rows}</tbody></table></div>"
        '<p class="note">{note} <code dir="ltr">resolutions add FILE</code></p>'
    ).format(
        title=message("page.library", language),
        held=message("page.held", language, texts=len(held), clauses=len(corpus)),
        head=head,
        rows=rows,
        note=message("page.how_to_add", language),
    )


def footer(corpus: Corpus, version: str, *, language: str) -> Markup:
    """The guarantee, the version and the digest of the corpus."""
    return Markup(
        '<span class="guarantee">{}</span> <span class="version" dir="ltr">{}</span> '
        '<span class="digest" dir="ltr" title="{}">{}</span>'
    ).format(
        message("page.footer", language), version, corpus.digest, f"corpus {corpus.digest[:12]}"
    )


def preferred_language(wanted: Iterable[object]) -> str:
    """The first of a browser's languages ("fr-CH") that the page speaks, else English."""
    for tag in wanted:
        code = re.split(r"[-_]", str(tag))[0].lower()
        if is_language(code):
            return code
    return "en"


def is_language(code: object) -> bool:
    """Whether the page speaks that language."""
    return isinstance(code, str) and code in LANGUAGES


def _library_row(
    clauses: Sequence[Clause],
    corpus: Corpus,
    documents: Mapping[str, Document],
    columns: Sequence[str],
    language: str,
) -> Markup:
    revision = clauses[0].revision
    document = documents.get(clauses[0].source.file)
    problems = document.problems if document else ()
    told = Markup("").join(Markup("<li>{}</li>").format(problem.message) for problem in problems)
    cells: dict[str, Markup] = {
        "resolution": Markup('<a href="{}" data-read="{}" data-text="{}">{}</a>{}').format(
            address_of_text(revision, corpus),
            revision.id,
            revision.language,
            cite_revision(revision, language),
            foreign(revision.title, revision.language, "title"),
        ),
        "of_body": escape(body_name(revision, language)),
        "text_language": escape(message(f"language.{revision.language}", language)),
        "clauses": escape(len(clauses)),
        "latest": Markup('<span class="yes">✓ <span class="unseen">{}</span></span>').format(
            message("page.column.latest", language)
        )
        if corpus.is_latest(revision)
        else proposal(revision, language) or Markup("–"),
        "problems": Markup("<details><summary>{}</summary><ul>{}</ul></details>").format(
            len(problems), told
        )
        if problems
        else Markup("0"),
        "source": Markup('<span dir="ltr" class="file">{}</span>').format(
            document.name if document else "–"
        ),
    }
    return Markup("<tr>{}</tr>").format(
        Markup("").join(
            Markup('<td data-name="{}" data-column="{}">{}</td>').format(
                name, message(f"page.column.{name}", language), cells[name]
            )
            for name in columns
        )
    )
