"""A run as one HTML file that asks nothing of the network: tables, figures and every case.

The tree is built by lxml, never by joining strings, so that no question, clause id or model name
can become markup. Figures are embedded as images; a Content-Security-Policy forbids all else.
"""

import base64
from collections.abc import Iterable, Sequence

from lxml import html
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from eval.junit import printable
from eval.measure import ANSWER, CONFIDENCE, DECISION, RANKING, CaseResult, Group
from eval.plots import bars, decision_curve, reliability_diagram
from eval.report import Run, headline, shown, wrong_cases

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem;
       color: #1a1a1a; background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0 }
th, td { padding: .2rem .5rem; border-bottom: 1px solid #ddd; text-align: right;
         font-variant-numeric: tabular-nums }
th:first-child, td.text { text-align: start } td.text { vertical-align: top; max-width: 26rem }
td.text, code { overflow-wrap: anywhere }
.wrong { background: #fdeeea } .scroll { overflow-x: auto }
figure { margin: 1rem 0 } figcaption { color: #555; font-size: .85rem } img { max-width: 100% }
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def html_report(run: Run) -> str:
    """The whole page."""
    main = [group for group in run.groups if group.language is None or group.kind is None]
    answers = (*ANSWER, *DECISION, *CONFIDENCE)
    answered = any(result.outcome for result in run.results)
    wrong = wrong_cases(run.results)
    body = [
        E.h1(_text(f"Evaluation of {run.system}")),
        _provenance(run),
        E.h2("Ranking"),
        _means(main, RANKING),
        *([E.h2("Answers and refusals"), _means(main, answers)] if answered else []),
        E.h2("Figures"),
        *_figures(run, answered=answered),
        E.h2("Timings"),
        _timings(run),
    ]
    if answered:
        body += [E.h2(f"Not right: {len(wrong)} of {len(run.results)}"), _cases(wrong)]
    body.append(
        E.details(E.summary(f"All {len(run.results)} cases"), _cases(run.results)),
    )
    page = E.html(
        E.head(
            E.meta(charset="utf-8"),
            _with(E.meta(content=_POLICY), "http-equiv", "Content-Security-Policy"),
            E.meta(name="viewport", content="width=device-width, initial-scale=1"),
            E.title(_text(f"Evaluation of {run.system}")),
            E.style(_STYLE),
        ),
        E.body(*body),
        lang="en",
    )
    written: str = html.tostring(
        page, doctype="<!DOCTYPE html>", encoding="unicode", pretty_print=True
    )
    return written


def _provenance(run: Run) -> HtmlElement:
    versions = ", ".join(f"{name} {version}" for name, version in run.provenance.versions.items())
    first, *others = headline(run)
    lines = [first, *others, f"made    {run.made}", f"with    {versions}"]
    return E.ul(*(E.li(_text(" ".join(line.split()))) for line in lines))


def _means(groups: Sequence[Group], names: Sequence[str]) -> HtmlElement:
    used = [name for name in names if any(name in group.scores for group in groups)]
    head = E.tr(*(E.th(_text(name), scope="col") for name in ("", "cases", *used)))
    rows = []
    for group in groups:
        cells = [E.th(_text(group.name), scope="row"), E.td(str(group.cases))]
        for name in used:
            score = group.scores.get(name)
            cell = E.td(shown(score.value if score else None))
            if score:
                cell.set("title", _interval(score.count, score.low, score.high))
            cells.append(cell)
        rows.append(E.tr(*cells))
    return E.div(E.table(E.thead(head), E.tbody(*rows)), CLASS("scroll"))


def _interval(count: int, low: float | None, high: float | None) -> str:
    bounds = (
        f", 95 % interval {low:.3f} to {high:.3f}" if low is not None and high is not None else ""
    )
    return f"{count} cases{bounds}"


def _figures(run: Run, *, answered: bool) -> Iterable[HtmlElement]:
    languages = [group for group in run.groups if group.language and group.kind is None]
    kinds = [group for group in run.groups if group.kind and group.language is None]
    names = ("R@1", "R@5", "right") if answered else ("R@1", "R@5", "RR")
    yield _figure(
        bars(languages, [group.language or "" for group in languages], names),
        f"{', '.join(names)} by language, with 95 % intervals",
    )
    name = "right" if answered else "RR"
    yield _figure(
        bars(kinds, [group.kind or "" for group in kinds], (name,)),
        f"{name} by kind of question, with 95 % intervals",
    )
    rated = [(r.outcome.probability, r.answerable) for r in run.results if r.outcome]
    positives = [probability for probability, answerable in rated if answerable]
    negatives = [probability for probability, answerable in rated if not answerable]
    if positives and negatives:
        yield _figure(
            reliability_diagram(run.reliability),
            "Calibration: confidence given against the share that could be answered; "
            "larger points hold more cases",
        )
        yield _figure(
            decision_curve(positives, negatives),
            "Refusal: every threshold on the confidence (ROC)",
        )


def _figure(svg: bytes, caption: str) -> HtmlElement:
    source = "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    return E.figure(E.img(src=source, alt=_text(caption)), E.figcaption(_text(caption)))


def _timings(run: Run) -> HtmlElement:
    rows = [
        E.tr(
            E.th(_text(what), scope="row"),
            E.td(str(spread.count)),
            E.td(f"{spread.p50:.1f}"),
            E.td(f"{spread.p95:.1f}"),
        )
        for what, spread in run.timings.items()
    ]
    head = E.tr(*(E.th(name, scope="col") for name in ("", "calls", "p50 ms", "p95 ms")))
    return E.table(E.thead(head), E.tbody(*rows))


def _cases(results: Iterable[CaseResult]) -> HtmlElement:
    names = ("case", "question", "wanted", "first hits", "reply", "scores")
    head = E.tr(*(E.th(name, scope="col") for name in names))
    return E.div(
        E.table(E.thead(head), E.tbody(*(_case(result) for result in results))),
        CLASS("scroll"),
    )


def _case(result: CaseResult) -> HtmlElement:
    question = E.td(CLASS("text"))
    for turn in (*result.history, result.question):
        line = E.div(_text(turn), dir="auto")
        if turn is not result.question:
            line.set("style", "color:#666")
        question.append(line)
    wanted = result.relevant if result.answerable else (f"refusal: {result.reason}",)
    outcome = result.outcome
    reply: Sequence[str] = ()
    if outcome is not None:
        reply = outcome.cited or (f"refused: {outcome.reason}",)
        reply = [*reply, f"confidence {outcome.probability:.3f}"]
    scores = [f"{name} {value:.3f}" for name, value in result.scores.items()]
    row = E.tr(
        E.td(_text(result.id), CLASS("text")),
        question,
        _lines(wanted),
        _lines([f"{id_} ({score:.3f})" for id_, score in result.ranking]),
        _lines(reply),
        _lines(scores),
    )
    if result.scores.get("right", 1.0) < 1:
        row.set("class", "wrong")
    return row


def _lines(texts: Iterable[str]) -> HtmlElement:
    return E.td(CLASS("text"), *(E.div(_text(text), dir="auto") for text in texts))


def _text(text: str) -> str:
    return printable(text)


def _with(element: HtmlElement, name: str, value: str) -> HtmlElement:
    element.set(name, value)
    return element
