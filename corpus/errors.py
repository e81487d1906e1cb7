"""The failures that are foreseen: each says what happened, where, and what to do."""


class ExpectedError(Exception):
    """A failure foreseen by the product; its message is one line, fit to be shown as it is.

    Interfaces show it in one place and end with exit code 2. Every other exception is a bug.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class UnreadableDocumentError(ExpectedError):
    """A file that cannot be read as a document: damaged, encrypted, too large, no text."""


class NotAResolutionError(ExpectedError):
    """A readable document in which no resolution was found."""


class UnknownMetadataError(ExpectedError):
    """Body, number, year or language are missing or ambiguous; the message names the option."""


class StoreError(ExpectedError):
    """The store of clauses is missing, damaged, locked or cannot be written."""


class ReferenceNotFoundError(ExpectedError):
    """A reference that names nothing held here; the message tells what is held."""
