"""Answers, rankings and clauses -> Markdown and JSON, the same for every interface. Pure.

Quotations stand in block quotes, everything else is template in the question's language. Characters
that Markdown would read as marks are escaped, so that a quotation is shown as it stands.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.answers import Answer, Citation, Form, Pair, Reason, Refusal
from assistant.messages import examples, message
from assistant.query import Understood
from assistant.retriever import Hit
from corpus.citations import cite, cite_revision
from corpus.clauses import Clause, Revision
from corpus.holdings import Corpus
from corpus.phrases import phrasebook

_MARKS = re.compile(r"([\\`*_<>\[\]#|~])")


def to_markdown(reply: Answer | Refusal, corpus: Corpus) -> str:
    """The reply as Markdown, in the question's language; quotations in the clause's."""
    return _refusal(reply) if isinstance(reply, Refusal) else _answer(reply, corpus)


def to_json(
    reply: Answer | Refusal, corpus: Corpus, *, milliseconds: Mapping[str, float]
) -> dict[str, Any]:
    """The reply as the object of `schemas/ask.json`."""
    understood = reply.understood
    answered = isinstance(reply, Answer)
    return {
        "question": understood.question,
        "language": understood.language,
        "interpreted": understood.interpreted,
        "understood": understood_to_json(understood),
        "status": "answered" if answered else "refused",
        "reason": None if isinstance(reply, Answer) else reply.reason.value,
        "text": to_markdown(reply, corpus),
        "citations": [citation_to_json(c, corpus, understood.language) for c in reply.citations]
        if isinstance(reply, Answer)
        else [],
        "ms": {name: round(value, 2) for name, value in milliseconds.items()},
        "probability": round(reply.probability, 4),
        "form": reply.form.value if isinstance(reply, Answer) else None,
        "closest": []
        if isinstance(reply, Answer)
        else [citation_to_json(c, corpus, understood.language) for c in reply.closest],
        "pairs": [
            {
                "old": pair.old.id if pair.old else None,
                "new": pair.new.id if pair.new else None,
                "kind": pair.kind,
            }
            for pair in (reply.pairs if isinstance(reply, Answer) else ())
        ],
    }


def understood_to_json(understood: Understood) -> dict[str, Any]:
    """What was understood, part by part; null or empty for what the question does not say."""
    return {
        "references": [
            {
                "text": understood.read_as[reference.start : reference.end],
                "start": reference.start,
                "end": reference.end,
                "body": reference.body,
                "number": reference.number,
                "year": reference.year,
                "section": reference.section,
                "labels": list(reference.labels),
            }
            for reference in understood.references
        ],
        "resolution": understood.lineage,
        "revision": understood.years[0] if len(understood.years) == 1 else None,
        "revisions": list(understood.years),
        "section": understood.sections[0] if understood.sections else None,
        "addressee": ", ".join(understood.addressees) or None,
        "label": understood.label or None,
        "terms": [
            {"concept": match.concept.id, "start": match.start, "end": match.end}
            for match in understood.terms
        ],
        "whole_section": understood.whole,
        "comparison": understood.comparison,
        "carried": list(understood.carried),
        "ignored": sorted(understood.ignored),
    }


def citation_to_json(citation: Citation, corpus: Corpus, language: str) -> dict[str, Any]:
    """One citation of a reply; `quote` is always `clause.text[start:end]`."""
    return {
        "clause": corpus.to_json(citation.clause),
        "citation": cite(citation.clause, language),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "score": round(citation.score, 6),
    }


def search_to_json(question: str, hits: Iterable[Hit], corpus: Corpus) -> dict[str, Any]:
    """A ranking as the object of `schemas/search.json`."""
    return {
        "question": question,
        "hits": [
            {"clause": corpus.to_json(hit.clause), "score": round(hit.score, 6)} for hit in hits
        ],
    }


def precedents_to_json(
    passage: str, hits: Iterable[Hit], corpus: Corpus, language: str
) -> dict[str, Any]:
    """The clauses near a passage as the object of `schemas/cite.json`."""
    return {
        "passage": passage,
        "precedents": [
            {
                "clause": corpus.to_json(hit.clause),
                "citation": cite(hit.clause, language),
                "score": round(hit.score, 6),
            }
            for hit in hits
        ],
    }


def clause_to_markdown(clause: Clause) -> str:
    """A clause as a block quote, its label before its text."""
    shown = printed_label(clause)
    lines = _escaped(clause.text).splitlines() or [""]
    first = f"> {shown} {lines[0]}" if shown else f"> {lines[0]}"
    return "\n".join([first, *(f"> {line}" for line in lines[1:])])


def printed_label(clause: Clause) -> str:
    """The last label of a clause as it is printed: "e)", "iii)", "2"; "" for an unlabelled one."""
    last = clause.label.rpartition("/")[2]
    if not last or re.fullmatch(r"p\d+", last):
        return ""
    return last if last[0].isdigit() else f"{last})"


def part_of(clause: Clause, language: str) -> str:
    """What kind of text a clause is: "preamble (reasons, not decisions)", "operative part"."""
    return message(f"part.{phrasebook().part(clause.action) or 'annex'}", language)


def held_list(revisions: Sequence[Revision], language: str, *, most: int = 6) -> str:
    """The texts held, in the question's language, shortened after `most`."""
    names = list(dict.fromkeys(cite_revision(revision, language) for revision in revisions))
    more = f" … (+{len(names) - most})" if len(names) > most else ""
    return ("、" if language == "zh" else "; ").join(names[:most]) + more


def _answer(answer: Answer, corpus: Corpus) -> str:
    language = answer.understood.language
    if answer.form is Form.COMPARISON:
        return _comparison(answer, language)
    blocks: list[str] = []
    shown: tuple[str, str] | None = None
    for citation in answer.citations:
        clause = citation.clause
        section = (clause.section_id, clause.revision.language)
        if section != shown:
            blocks.append(_lead(answer, clause, language, corpus))
            shown = section
        blocks.append(clause_to_markdown(clause))
        blocks.append(message("citation", language, citation=cite(clause, language)))
    blocks.extend(_after(answer, language))
    return "\n\n".join(blocks)


def _lead(answer: Answer, clause: Clause, language: str, corpus: Corpus) -> str:
    where = f"{_section_name(clause, language)} · {cite_revision(clause.revision, language)}"
    if answer.form is Form.SECTION:
        count = len(corpus.section(clause))
        lead = message("lead.section", language, where=where, count=count)
    else:
        lead = message("lead.clauses", language, where=where)
    tags = [part_of(clause, language)]
    if clause.revision.status == "proposal":
        tags.insert(0, f"**{message('proposal', language)}**")
    return f"{lead} _{' · '.join(tags)}_"


def _section_name(clause: Clause, language: str) -> str:
    """The heading in the question's language, and as printed where that is another."""
    printed = _escaped(clause.phrase)
    named = phrasebook().phrase(clause.action, clause.addressees, language)
    if clause.revision.language == language or not named:
        return f"**{printed or clause.section}**"
    return f"**{named}** ({printed})" if printed else f"**{named}**"


def _after(answer: Answer, language: str) -> list[str]:
    first = answer.citations[0].clause
    lines: list[str] = []
    if first.revision.language != language:
        lines.append(
            message(
                "held_in",
                language,
                held=message(f"language.{first.revision.language}", language),
                wanted=message(f"language.{language}", language),
            )
        )
    for pointed in answer.pointed_to:
        if not lines or lines[-1] != message("points_to", language):
            lines.append(message("points_to", language))
        lines.append(f"{clause_to_markdown(pointed)}\n>\n> {cite(pointed, language)}")
    for counterpart in answer.counterparts:
        revision = cite_revision(counterpart.revision, language)
        if counterpart.counterpart is None:
            lines.append(message("counterpart.none", language, revision=revision))
        else:
            citation = cite(counterpart.counterpart, language)
            lines.append(message("counterpart.one", language, revision=revision, citation=citation))
    return lines


def counted(pairs: Sequence[Pair], language: str) -> tuple[tuple[str, str], str]:
    """The names of the two revisions compared, and the sentence that counts what corresponds."""
    old = [pair.old for pair in pairs if pair.old]
    new = [pair.new for pair in pairs if pair.new]
    names = tuple(cite_revision(side[0].revision, language) if side else "–" for side in (old, new))
    sentence = message(
        "lead.comparison",
        language,
        old=names[0],
        new=names[1],
        old_count=len(old),
        new_count=len(new),
        matched=sum(1 for pair in pairs if pair.old and pair.new),
        removed=sum(1 for pair in pairs if not pair.new),
        added=sum(1 for pair in pairs if not pair.old),
    )
    return (names[0], names[1]), sentence


def _comparison(answer: Answer, language: str) -> str:
    pairs = answer.pairs
    _, lead = counted(pairs, language)
    blocks = [lead]
    for pair in pairs:
        blocks.append(f"**{message(f'change.{pair.kind}', language)}**")
        for clause in (pair.old, pair.new):
            if clause:
                blocks.append(f"{clause_to_markdown(clause)}\n>\n> {cite(clause, language)}")
    return "\n\n".join(blocks)


def _refusal(refusal: Refusal) -> str:
    language = refusal.understood.language
    held = held_list(refusal.held, language)
    looked_for = _escaped(refusal.looked_for)
    if refusal.reason is Reason.NOT_HELD:
        name = "refusal.from_history" if refusal.known_from_history else "refusal.not_held"
        text = message(name, language, looked_for=looked_for, held=held)
    else:
        name = f"refusal.{refusal.reason.name.lower()}"
        text = message(name, language, held=held)
    blocks = [text]
    if refusal.reason is Reason.EMPTY:
        blocks.append("\n".join(f"- {_escaped(question)}" for question in examples()[language]))
    if refusal.closest and refusal.reason is Reason.NO_EVIDENCE:
        blocks.append(message("refusal.closest", language))
    for citation in refusal.closest:
        blocks.append(
            f"{clause_to_markdown(citation.clause)}\n>\n> {cite(citation.clause, language)}"
        )
    return "\n\n".join(blocks)


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
