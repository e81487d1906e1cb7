"""Small texts as parsed documents: what most tests of the parser begin with."""

from corpus.clauses import Revision
from corpus.readers.text import extract_text
from corpus.structure import ParsedDocument, structure


def a_revision(*, body: str = "wtsa", number: str = "9", language: str = "en") -> Revision:
    return Revision(body, number, 2022, "Geneva", language, "On trying things")


def parsed(
    text: str, *, body: str = "wtsa", number: str = "9", language: str = "en"
) -> ParsedDocument:
    """A body of a resolution, without a title block, read from plain text."""
    revision = a_revision(body=body, number=number, language=language)
    return structure(extract_text(text, file="resolution.txt"), revision)


def places(document: ParsedDocument) -> list[str]:
    """Section and label of every clause, in order: "considering/e/iii"."""
    return [clause.id.partition("/")[2] for clause in document.clauses]


def texts(document: ParsedDocument) -> dict[str, str]:
    """The text of every clause by its section and label."""
    return {clause.id.partition("/")[2]: clause.text for clause in document.clauses}


def kinds(document: ParsedDocument) -> list[str]:
    """The kinds of all problems, in order."""
    return [problem.kind for problem in document.problems]
