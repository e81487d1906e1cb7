"""`python -m eval`: the evaluation's command line. It parses, calls one function, and writes.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 something to
mend (a floor, a leak), 2 the request or the environment is at fault.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ExpectedError

if TYPE_CHECKING:
    from eval.cases import Case
    from eval.measure import Measurement, Progress
    from eval.report import Run
    from eval.systems import Held, Openers

CASES = Path(__file__).parent / "data" / "cases"
BASELINE = Path(__file__).parent / "data" / "baseline.json"

DONE, TO_MEND, AT_FAULT = 0, 1, 2

_EXAMPLES = """\
examples:
  python -m eval run                                     the cases to measure on, as a table
  python -m eval run --json r.json --html r.html         and stored, with every case
  python -m eval run --beir FOLDER                       somebody else's set, in the form of BEIR
  python -m eval gate --junit floors.xml                 fails when a score is below its floor
  python -m eval gate --accept                           raises the floors to this run
  python -m eval compare old.json new.json               what was won and lost, beyond chance or not
  python -m eval compare new.json                        the same against the last accepted run
  python -m eval compare --peers                         beside what a user would pick instead
  python -m eval mixed FOLDER                            what is lost with other texts beside
  python -m eval check                                   counts, leaks between the halves, readers
  python -m eval fit                                     thresholds, from the cases to learn from
  python -m eval ablate                                  what each step of the ranking is worth
  python -m eval export FOLDER                           the cases in the form of BEIR

Add --help to a command for its options. Exit codes: 0 done, 1 something to mend, 2 the request or
the environment is at fault.
"""


def main(arguments: Sequence[str] | None = None, *, openers: "Openers | None" = None) -> int:
    """Runs one command and gives its exit code; `openers` replace what is measured."""
    # Threads of OpenBLAS that wait spin, and starve the model; read when NumPy is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["fit"]:
        from eval.fit import main as fit  # noqa: PLC0415

        return _guarded(lambda: int(fit(given[1:]) or 0))
    if given[:1] == ["ablate"]:
        from eval.ablation import main as ablate  # noqa: PLC0415

        return _guarded(lambda: ablate(given[1:]))
    options = _parser().parse_args(given)
    return _guarded(lambda: int(options.command(options, openers or _default_openers(options))))


def _guarded(command: Any) -> int:
    """The command's exit code; a foreseen failure is one line on standard error."""
    try:
        code: int = command()
        sys.stdout.flush()
    except ExpectedError as error:
        print(f"eval: {error}", file=sys.stderr)
        return AT_FAULT
    except BrokenPipeError:
        # Whoever reads has read enough ("| head"); nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("eval: interrupted; nothing was accepted", file=sys.stderr)
        return AT_FAULT
    return code


def _run(options: argparse.Namespace, openers: "Openers") -> int:
    run = _measured_beir(options, openers) if options.beir else _measured(options, openers)
    _write_reports(run, options)
    return DONE


def _gate(options: argparse.Namespace, openers: "Openers") -> int:
    from eval.gate import (  # noqa: PLC0415
        LoweringError,
        accept,
        baseline_to_json,
        judge,
        read_baseline,
        verdict_text,
    )
    from eval.junit import junit  # noqa: PLC0415
    from eval.report import json_text, read_run, run_to_json  # noqa: PLC0415

    before = read_baseline(options.baseline)
    if before is None and not options.accept:
        raise ExpectedError(
            f"{options.baseline}: no baseline to hold this to; set one: "
            "python -m eval gate --accept"
        )
    run = read_run(options.report) if options.report else _measured(options, openers)
    if options.json:
        _write(options.json, json_text(run_to_json(run)))
    if options.accept:
        try:
            after = accept(run, before, lower=options.lower, slack=options.slack)
        except LoweringError as error:
            print(f"eval: {error}", file=sys.stderr)
            return TO_MEND
        _write(options.baseline, json_text(baseline_to_json(after)))
        print(f"{options.baseline}: {len(after.floors)} floors, {len(after.outcomes)} cases")
        before = after
    assert before is not None
    verdict = judge(run, before)
    sys.stdout.write(verdict_text(verdict))
    if options.junit:
        _write(options.junit, junit([("floors", verdict.checks)]))
    return DONE if verdict.passed else TO_MEND


def _compare(options: argparse.Namespace, openers: "Openers") -> int:
    from eval.compare import (  # noqa: PLC0415
        compare,
        compare_with_accepted,
        comparison_text,
        comparison_to_json,
    )
    from eval.gate import read_baseline  # noqa: PLC0415
    from eval.report import read_run  # noqa: PLC0415

    if options.peers:
        return _compare_peers(options, openers)
    if len(options.reports) > 2:
        raise ExpectedError("compare takes two reports at most, an old one and a new one")
    if len(options.reports) == 2:
        comparison = compare(read_run(options.reports[0]), read_run(options.reports[1]))
    else:
        accepted = read_baseline(options.baseline)
        if accepted is None:
            raise ExpectedError(
                f"{options.baseline}: no accepted run to compare with; give two reports, or set "
                "one: python -m eval gate --accept"
            )
        new = read_run(options.reports[0]) if options.reports else _measured(options, openers)
        comparison = compare_with_accepted(accepted, new)
    _write_result(options.json, comparison_to_json(comparison), comparison_text(comparison))
    return DONE


def _compare_peers(options: argparse.Namespace, openers: "Openers") -> int:
    from eval.measure import measure_ranking  # noqa: PLC0415
    from eval.peers import (  # noqa: PLC0415
        Compared,
        all_peers,
        first_hit_characters,
        measure_peer,
        peers_text,
        peers_to_json,
    )

    if options.reports:
        raise ExpectedError("compare --peers measures anew; give it no report")
    opened = openers.system(options.documents, options.model)
    held = opened.held
    cases = [case for case in _cases(options, held) if case.answerable]
    lengths = {clause.id: len(clause.text) for clause in held.clauses}
    measurement = measure_ranking(
        opened.system, cases, clock=time.perf_counter, progress=_progress("searched")
    )
    ours = Compared(
        name=measurement.system,
        measurement=measurement,
        passages=len(held.clauses),
        characters=first_hit_characters(measurement, lengths),
    )
    found = []
    peers = all_peers(clauses=held.clauses, documents=opened.documents, encoder=opened.encoder)
    for peer in peers:
        print(f"measuring: {peer.name}", file=sys.stderr)
        found.append(measure_peer(peer, cases, clock=time.perf_counter))
    _write_result(options.json, peers_to_json(ours, found), peers_text(ours, found))
    return DONE


def _mixed(options: argparse.Namespace, openers: "Openers") -> int:
    from eval.cases import load_cases  # noqa: PLC0415
    from eval.mixed import (  # noqa: PLC0415
        Bounds,
        documents_in,
        measure_mixed,
        mixed_text,
        mixed_to_json,
    )

    documents = documents_in(options.documents)
    alone = openers.system((), options.model)
    cases = load_cases(options.cases, held={"founding": alone.held.ids})
    mixed = openers.system(documents, options.model)
    found = measure_mixed(
        alone,
        mixed,
        [case for case in cases if options.split in (case.split, "all")],
        split=options.split,
        bounds=Bounds(
            lost_named=options.lost_named,
            lost_chinese=options.lost_chinese,
            added=options.added,
        ),
        clock=time.perf_counter,
        progress=_progress,
    )
    _write_result(options.json, mixed_to_json(found), mixed_text(found))
    return TO_MEND if options.gate and not found.holds else DONE


def _check(options: argparse.Namespace, openers: "Openers") -> int:
    from embeddings.pairs import clauses_of, read_pairs  # noqa: PLC0415
    from eval.cases import read_cases  # noqa: PLC0415
    from eval.splits import (  # noqa: PLC0415
        agreement,
        agreement_text,
        alike_across_languages,
        counts_text,
        leaks,
        learnt_leaks,
    )

    held = _held(options, openers)
    cases, problems = read_cases(options.cases, held={"founding": held.ids})
    if not cases and not problems:
        raise ExpectedError("no case found; give a .jsonl file or a folder of them with --cases")
    pairs = read_pairs()
    found = (*leaks(cases), *learnt_leaks(cases, pairs))
    learnt = clauses_of(pairs)
    asked = sum(len(clause.questions) for clause in learnt)
    print(counts_text(cases))
    print()
    print(f"training pairs, looked through for leaks: {len(learnt):,} clauses, {asked:,} questions")
    print()
    print(agreement_text(agreement(cases)))
    print()
    for problem in problems:
        print(f"PROBLEM {problem}")
    for leak in found:
        print(f"LEAK {leak}")
    if options.alike:
        encoder = openers.encoder(options.model)
        questions = [" ".join((*case.history, case.question)) for case in cases]
        vectors = encoder.encode_queries(questions).vectors
        for pair in alike_across_languages(cases, vectors, most=options.alike):
            print(f"ALIKE {pair}")
    print(f"{len(cases)} cases, {len(problems)} problems, {len(found)} leaks")
    return TO_MEND if problems or found else DONE


def _export(options: argparse.Namespace, openers: "Openers") -> int:
    from eval.beir import beir_of, write_beir  # noqa: PLC0415

    held = _held(options, openers)
    found = beir_of(_cases(options, held), held.clauses)
    write_beir(options.folder, found)
    print(f"{options.folder}: {len(found.texts)} texts, {len(found.queries)} queries")
    return DONE


def _measured(options: argparse.Namespace, openers: "Openers") -> "Run":
    from eval.cases import digest_of_cases  # noqa: PLC0415
    from eval.measure import measure  # noqa: PLC0415

    opened = openers.system(options.documents, options.model)
    cases = _cases(options, opened.held)
    measurement = measure(
        opened.system, cases, clock=time.perf_counter, progress=_progress("asked")
    )
    return _as_run(
        measurement,
        selection={"split": options.split, "corpus": options.corpus},
        model=opened.model,
        corpus=opened.held.digest,
        cases=digest_of_cases(cases),
    )


def _measured_beir(options: argparse.Namespace, openers: "Openers") -> "Run":
    from eval.beir import measure_beir, read_beir  # noqa: PLC0415

    found = read_beir(options.beir)
    print(f"indexing {len(found.texts)} texts", file=sys.stderr)
    searcher, model = openers.texts(found.texts, options.model)
    measurement = measure_beir(
        searcher, found, clock=time.perf_counter, progress=_progress("searched")
    )
    return _as_run(
        measurement,
        selection={"beir": options.beir.name},
        model=model,
        corpus=found.digest_of_texts(),
        cases=found.digest_of_queries(),
    )


def _as_run(
    measurement: "Measurement", *, selection: Mapping[str, str], model: str, corpus: str, cases: str
) -> "Run":
    from eval.provenance import provenance_of  # noqa: PLC0415
    from eval.report import run_of  # noqa: PLC0415

    return run_of(
        measurement,
        selection=selection,
        provenance=provenance_of(model=model, corpus=corpus, cases=cases),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _cases(options: argparse.Namespace, held: "Held") -> "tuple[Case, ...]":
    """The cases that were asked for, checked against the clauses held."""
    from eval.cases import load_cases  # noqa: PLC0415

    cases = load_cases(options.cases, held={options.corpus: held.ids})
    chosen = tuple(
        case
        for case in cases
        if case.corpus == options.corpus and options.split in (case.split, "all")
    )
    if not chosen:
        raise ExpectedError(
            f"none of the {len(cases)} cases is of split {options.split} and corpus "
            f"{options.corpus}; choose with --split and --corpus"
        )
    return chosen


def _held(options: argparse.Namespace, openers: "Openers") -> "Held":
    from eval.systems import read_clauses  # noqa: PLC0415

    return read_clauses(options.clauses) if options.clauses else openers.clauses()


def _default_openers(options: argparse.Namespace) -> "Openers":
    from eval.systems import (  # noqa: PLC0415
        Openers,
        open_clauses,
        open_model,
        open_system,
        open_texts,
    )

    reranker = getattr(options, "reranker", None)
    return Openers(
        system=partial(open_system, reranker=reranker),
        clauses=open_clauses,
        texts=partial(open_texts, reranker=reranker),
        encoder=open_model,
    )


def _write_reports(run: "Run", options: argparse.Namespace) -> None:
    from eval.report import json_text, markdown, run_to_json, table  # noqa: PLC0415

    if options.junit:
        from eval.junit import checks_of_cases, junit  # noqa: PLC0415

        _write(options.junit, junit([("cases", checks_of_cases(run.results))]))
    if options.html:
        from eval.html_report import html_report  # noqa: PLC0415

        _write(options.html, html_report(run))
    if options.markdown:
        _write(options.markdown, markdown(run))
    record = run_to_json(run)
    if options.json == Path("-"):
        sys.stdout.write(json_text(record))
        return
    if options.json:
        _write(options.json, json_text(record))
    sys.stdout.write(table(run))


def _write_result(file: Path | None, record: Mapping[str, Any], text: str) -> None:
    from eval.report import json_text  # noqa: PLC0415

    if file == Path("-"):
        sys.stdout.write(json_text(record))
        return
    if file:
        _write(file, json_text(record))
    sys.stdout.write(text)


def _write(file: Path, text: str) -> None:
    """Writes beside and renames, so that a report is whole or not there."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ExpectedError(
            f"{file}: cannot be written: {error.strerror}; give a path in a folder that exists"
        ) from error


def _progress(what: str) -> "Progress":
    """Tells how far it is on standard error: a running count for a person, quarters for a log."""
    running = sys.stderr.isatty()

    def tell(done: int, total: int) -> None:
        last = done == total
        if running:
            print(f"\r{what} {done} of {total}", end="\n" * last, file=sys.stderr, flush=True)
        elif last or (done and done % max(1, total // 4) == 0):
            print(f"{what} {done} of {total}", file=sys.stderr, flush=True)

    return tell


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval",
        description="Measures the assistant from outside.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="ask every case and write the scores")
    _selection(run)
    run.add_argument("--beir", type=Path, metavar="FOLDER", help="a set in the form of BEIR")
    run.add_argument("--json", type=Path, metavar="F", help="the whole report ('-': print it)")
    run.add_argument("--junit", type=Path, metavar="F", help="one test case per case, as XML")
    run.add_argument("--html", type=Path, metavar="F", help="tables, figures and cases, one file")
    run.add_argument("--markdown", type=Path, metavar="F", help="a short summary")
    run.set_defaults(command=_run)

    gate = commands.add_parser("gate", help="fail when a score is below its floor")
    _selection(gate)
    gate.add_argument("--report", type=Path, metavar="F", help="a stored run, not a new one")
    gate.add_argument("--baseline", type=Path, metavar="F", default=BASELINE)
    gate.add_argument("--accept", action="store_true", help="raise the floors to this run")
    gate.add_argument("--lower", action="store_true", help="with --accept: lower them too")
    gate.add_argument(
        "--slack",
        type=_count,
        default=1,
        metavar="N",
        help="with --accept: cases by which a new floor stands below the run (default 1)",
    )
    gate.add_argument("--json", type=Path, metavar="F", help="the report of the run")
    gate.add_argument("--junit", type=Path, metavar="F", help="one test case per floor, as XML")
    gate.set_defaults(command=_gate)

    compare = commands.add_parser("compare", help="what was won and lost between two runs")
    compare.add_argument("reports", nargs="*", type=Path, metavar="REPORT", help="old, new")
    _selection(compare)
    compare.add_argument("--baseline", type=Path, metavar="F", default=BASELINE)
    compare.add_argument("--peers", action="store_true", help="beside plain pipelines")
    compare.add_argument("--json", type=Path, metavar="F", help="the comparison ('-': print it)")
    compare.set_defaults(command=_compare)

    _mixed_command(commands)

    check = commands.add_parser("check", help="counts, problems and leaks of the cases")
    _cases_option(check)
    check.add_argument("--clauses", type=Path, metavar="F", help="from: resolutions export --json")
    check.add_argument(
        "--alike",
        type=_count,
        default=0,
        metavar="N",
        help="list the N pairs of two languages that the encoder finds most alike, to be judged",
    )
    check.add_argument("--model", metavar="NAME", help="another encoder")
    check.set_defaults(command=_check)

    commands.add_parser("fit", help="fit thresholds to the cases to learn from", add_help=False)
    commands.add_parser("ablate", help="what each step of the ranking is worth", add_help=False)

    export = commands.add_parser("export", help="write the cases in the form of BEIR")
    export.add_argument("folder", type=Path, metavar="FOLDER")
    _cases_option(export)
    _choice(export)
    export.add_argument("--clauses", type=Path, metavar="F", help="from: resolutions export --json")
    export.set_defaults(command=_export)
    return parser


def _mixed_command(commands: Any) -> None:
    mixed = commands.add_parser(
        "mixed",
        help="what is lost when other texts are held beside the founding ones",
        description="Asks the questions about the founding texts without and with these documents "
        "beside them, and those about the added texts, and prints what was lost. Progress goes to "
        "standard error.",
        epilog="example:\n  python -m eval mixed --split train --gate FOLDER more.docx\n\n"
        "Without --gate a bound that does not hold is said and nothing else; with it the exit code "
        "is 1.\nA bound that could not be measured (no question about these texts) is said, too.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mixed.add_argument(
        "documents",
        nargs="+",
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="documents to be held beside the founding ones; what is no resolution is left out",
    )
    _cases_option(mixed)
    _split(mixed)
    mixed.add_argument("--model", metavar="NAME", help="another encoder")
    mixed.add_argument(
        "--lost-named",
        type=_share,
        default=0.01,
        metavar="X",
        help="R@5 lost at most where the resolution is named or filtered by (default %(default)s)",
    )
    mixed.add_argument(
        "--lost-chinese",
        type=_share,
        default=0.05,
        metavar="X",
        help="R@5 lost at most by Chinese questions that do neither (default %(default)s)",
    )
    mixed.add_argument(
        "--added",
        type=_share,
        default=0.85,
        metavar="X",
        help="R@5 at least of questions about the added texts (default %(default)s)",
    )
    mixed.add_argument("--gate", action="store_true", help="exit code 1 if a bound does not hold")
    mixed.add_argument("--json", type=Path, metavar="F", help="the figures ('-': print them)")
    mixed.set_defaults(command=_mixed)


def _selection(parser: argparse.ArgumentParser) -> None:
    _cases_option(parser)
    _choice(parser)
    parser.add_argument(
        "--documents",
        type=Path,
        nargs="+",
        default=(),
        metavar="F",
        help="documents held beside the founding ones, for --corpus samples",
    )
    parser.add_argument("--model", metavar="NAME", help="another encoder")
    parser.add_argument("--reranker", metavar="NAME", help="a cross-encoder behind the search")


def _cases_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cases",
        type=Path,
        nargs="+",
        default=(CASES,),
        metavar="F",
        help="files or folders of cases, JSON Lines (default: those of this project)",
    )


def _choice(parser: argparse.ArgumentParser) -> None:
    _split(parser)
    parser.add_argument("--corpus", choices=("founding", "samples"), default="founding")


def _split(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", choices=("test", "train", "all"), default="test")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return share


if __name__ == "__main__":
    sys.exit(main())
