"""Cases and floors as JUnit XML, the form in which every continuous integration shows tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from eval.measure import CaseResult

Written = str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a check failed: in a word, and in full."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """One test case of a suite."""

    group: str  # "zh.fact"
    name: str
    failure: Failure | None = None


def junit(suites: Iterable[tuple[str, Sequence[Check]]]) -> Written:
    """The XML document of these named suites. Characters that XML cannot hold are left out."""
    root = etree.Element("testsuites")
    total = failed = 0
    for name, checks in suites:
        failures = sum(check.failure is not None for check in checks)
        total, failed = total + len(checks), failed + failures
        suite = etree.SubElement(
            root,
            "testsuite",
            name=printable(name),
            tests=str(len(checks)),
            failures=str(failures),
            errors="0",
            skipped="0",
        )
        for check in checks:
            case = etree.SubElement(
                suite, "testcase", classname=printable(check.group), name=printable(check.name)
            )
            if check.failure:
                found = etree.SubElement(
                    case,
                    "failure",
                    type=check.failure.kind,
                    message=printable(check.failure.message),
                )
                found.text = printable(check.failure.message)
    root.set("tests", str(total))
    root.set("failures", str(failed))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True).decode()


def checks_of_cases(results: Iterable[CaseResult]) -> list[Check]:
    """One check a case; it fails when the reply was not right, or its first hits where none was
    asked for.
    """
    return [
        Check(f"{result.language}.{result.kind}", result.id, _failure(result)) for result in results
    ]


def printable(text: str) -> str:
    """The text without the control characters and lone surrogates that XML 1.0 forbids."""
    return "".join(
        character
        for character in text
        if character in "\t\n\r"
        or "\x20" <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character > "\uffff"
    )


def _failure(result: CaseResult) -> Failure | None:
    outcome = result.outcome
    asked = f"{result.question!r}: "
    if outcome is None:
        found = result.scores.get("R@5", result.scores.get("R@10", 0.0))
        if found >= 1:
            return None
        hits = ", ".join(id_ for id_, _ in result.ranking) or "nothing"
        return Failure(
            "not-found", f"{asked}wanted {', '.join(result.relevant)}; first hits: {hits}"
        )
    if result.scores["right"] >= 1:
        return None
    if not result.answerable:
        cited = ", ".join(outcome.cited)
        return Failure("wrong-answer", f"{asked}has no answer, but was given {cited}")
    wanted = ", ".join(result.relevant)
    if outcome.status == "refused":
        return Failure("wrong-refusal", f"{asked}wanted {wanted}; refused: {outcome.reason}")
    return Failure("wrong-clause", f"{asked}wanted {wanted}; cited {', '.join(outcome.cited)}")
