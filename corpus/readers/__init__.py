"""One module per source format: a file -> an `Extraction` (stored text and its paragraphs)."""
