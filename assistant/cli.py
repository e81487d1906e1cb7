"""The command line: parse, call one function, render. Results to stdout, everything else to stderr.

Nothing heavy is imported before a command needs it: `--help` answers at once.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from corpus.errors import ExpectedError

if TYPE_CHECKING:
    from assistant.wiring import Workplace

DONE, FAULT, REFUSED, INTERRUPTED = 0, 2, 3, 130
LONGEST_LINE = 1_000_000  # bytes of a line of a batch
LONGEST_FILE = 1_000_000  # bytes of a file with a passage
LANGUAGES = ("ar", "zh", "en", "fr", "es", "ru")

EXAMPLES = """\
examples:
  resolutions ask "What must the Director of TSB report, and to whom?"
  resolutions ask "那2008年版呢？" --history "请所有利益攸关方做什么？"
  resolutions search "fracture numérique" --top 5 --json
  resolutions show "第75号决议（2022年，日内瓦，修订版）考虑到 e) iii)"
  resolutions cite "the Bureau's Director is to keep members informed"
  resolutions add resolution-101.docx && resolutions list
  resolutions chat
"""


class OutputError(ExpectedError):
    """Standard output takes nothing more."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code: 0 done, 2 request or environment at fault, 3 refused.

    130 when it was interrupted from the keyboard.
    """
    # NumPy's OpenBLAS keeps its threads spinning after each product, and takes the processor from
    # the model: a question took 72 ms with them and 17 without, on two cores with others at work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = _run(arguments)
        _flush()
    except BrokenPipeError:
        _silence()  # the reader of our output has gone
        return DONE
    except ExpectedError as failure:
        if isinstance(failure, OutputError):
            _silence()
        print(f"resolutions: {failure}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("resolutions: interrupted; nothing half done was kept", file=sys.stderr)
        return INTERRUPTED
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as ended:  # --help, --version, or a mistake that has been told
        return ended.code if isinstance(ended.code, int) else FAULT
    code: int = options.run(options)
    return code


class _Parser(argparse.ArgumentParser):
    """Tells a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {' '.join(message.split())}; see: {self.prog} --help", file=sys.stderr)
        raise SystemExit(FAULT)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="resolutions",
        description="Ask international resolutions: clauses word for word, or an honest refusal.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(metavar="command", required=True)
    _add_asking(commands)
    _add_reading(commands)
    _add_changing(commands)
    return parser


def _add_asking(commands: Any) -> None:
    """The commands that need the model: ask, search, cite, chat."""
    ask = _command(
        commands,
        "ask",
        _ask,
        "the grounded answer to a question, or a refusal (exit 3)",
        """\
  resolutions ask "What must the Director of TSB report, and to whom?"
  resolutions ask "那2008年版呢？" --history "请所有利益攸关方做什么？"
  resolutions ask "Кому отчитывается Директор БСЭ?" --resolution wtsa-75 --json
  resolutions ask --batch questions.jsonl > answers.jsonl""",
    )
    ask.add_argument(
        "question", nargs="?", help="in Arabic, Chinese, English, French, Russian, Spanish"
    )
    _history(ask)
    _filters(ask)
    _batch(ask, '{"question": …, "history": […]}')
    _json(ask)

    search = _command(
        commands,
        "search",
        _search,
        "the ranking of clauses alone; never refuses",
        """\
  resolutions search "fracture numérique" --top 5
  echo '{"question": "Internet governance"}' | resolutions search --batch -""",
    )
    search.add_argument(
        "question", nargs="?", help="in Arabic, Chinese, English, French, Russian, Spanish"
    )
    _history(search)
    _top(search, 10)
    _filters(search)
    _batch(search, '{"question": …}')
    _json(search)

    cite = _command(
        commands,
        "cite",
        _cite,
        "the clauses that a passage restates, with citations",
        """\
  resolutions cite "the Bureau's Director is to keep members informed"
  resolutions cite --file paragraph.txt --language fr""",
    )
    cite.add_argument("passage", nargs="?", help="a sentence or a paragraph")
    cite.add_argument("--file", help="read the passage from a text file, - for standard input")
    cite.add_argument(
        "--language", choices=LANGUAGES, help="of the citations; default: the passage's"
    )
    _top(cite, 5)
    _filters(cite)
    _batch(cite, '{"passage": …}')
    _json(cite)

    chat = _command(
        commands,
        "chat",
        _chat,
        "the web page, on this machine only",
        """\
  resolutions chat
  resolutions chat --port 8080""",
    )
    chat.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    chat.add_argument(
        "--port", type=_number(0, 65535), default=7860, help="default: %(default)s; 0: any free one"
    )
    _model(chat)
    _reranker(chat)


def _add_reading(commands: Any) -> None:
    """The commands that look at what is held, or at documents: show, list, export, diff, parse."""
    show = _command(
        commands,
        "show",
        _show,
        "a clause, section or resolution by id or printed citation",
        """\
  resolutions show wtsa-75@2022/resolves/2
  resolutions show "第75号决议（2022年，日内瓦，修订版）考虑到 e) iii)"
  resolutions show "Рез. 75 (Женева, 2022)" --refs""",
    )
    show.add_argument(
        "reference", help='"wtsa-75@2022/resolves/2", "Рез. 75 (Женева, 2022), решает 2", …'
    )
    show.add_argument("--refs", action="store_true", help="also what it cites, and what cites it")
    show.add_argument(
        "--language",
        choices=LANGUAGES,
        help="of the text, where several are held, and of the citations",
    )
    _json(show)

    listing = _command(
        commands, "list", _list, "the resolutions and revisions held", "  resolutions list --json"
    )
    _json(listing)

    export = _command(
        commands,
        "export",
        _export,
        "every clause held, JSON Lines",
        "  resolutions export > clauses.jsonl",
    )
    export.add_argument("--json", action="store_true", help="(always so)")

    diff = _command(
        commands,
        "diff",
        _diff,
        "two revisions, clause by clause",
        "  resolutions diff wtsa-75@2008 wtsa-75@2022",
    )
    diff.add_argument("old", help='"wtsa-75@2008"')
    diff.add_argument("new", help='"wtsa-75@2022"')
    _json(diff)

    parse = _command(
        commands,
        "parse",
        _parse,
        "read documents without adding them: clauses, problems, coverage",
        """\
  resolutions parse resolution-101.docx
  resolutions parse draft.txt --body wtsa --number 110 --year 2024 --json""",
    )
    parse.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="Word, PDF, HTML or plain text"
    )
    _metadata(parse)
    _json(parse)


def _add_changing(commands: Any) -> None:
    """The commands that change what is held: add, remove, undo, build."""
    add = _command(
        commands,
        "add",
        _add,
        "add documents to the corpus and its index, all or none",
        """\
  resolutions add resolution-101.docx resolution-102.pdf
  resolutions add page.html --language fr --year 2018""",
    )
    add.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="Word, PDF, HTML or plain text"
    )
    _metadata(add)
    _model(add)
    _json(add)

    remove = _command(
        commands,
        "remove",
        _remove,
        "remove a resolution or revision (see undo)",
        """\
  resolutions remove wtsa-75@2008
  resolutions remove "Resolution 75 (Rev. Geneva, 2022)" """,
    )
    remove.add_argument("reference", help='"wtsa-75@2008", "wtsa-75", or a printed citation')
    remove.add_argument("--language", choices=LANGUAGES, help="only the text in that language")
    _model(remove)
    _json(remove)

    undo = _command(
        commands, "undo", _undo, "take the last change of the corpus back", "  resolutions undo"
    )
    _json(undo)

    build = _command(
        commands,
        "build",
        _build,
        "read all documents anew, and build the index of their clauses",
        """\
  resolutions build
  resolutions build --force""",
    )
    build.add_argument(
        "--force", action="store_true", help="embed everything anew, and repair what is damaged"
    )
    _model(build)
    _json(build)


def _command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    examples: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


class _Version(argparse.Action):
    """Looks the version up when it is asked for: that takes as long as everything else here."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            found = version("resolutions-assistant")
        except PackageNotFoundError:
            found = "0 (not installed)"
        print(f"resolutions {found}")
        parser.exit()


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def _history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="TURN",
        help="an earlier question of the conversation, oldest first; may be given often",
    )


def _top(parser: argparse.ArgumentParser, default: int) -> None:
    parser.add_argument(
        "--top",
        type=_number(1, 1000),
        default=default,
        metavar="N",
        help="how many; default: %(default)s",
    )


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        help="a sentence-transformers model (folder or hub name); default: the packaged one",
    )


def _reranker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reranker",
        metavar="NAME",
        help="a cross-encoder (folder or hub name) that orders the nearest clauses once more; "
        "default: none",
    )


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--resolution", metavar="REF", help='only this one: "wtsa-75", "Resolution 75"'
    )
    parser.add_argument(
        "--revision", type=int, metavar="YEAR", help="only the revision of that year"
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        choices=("references", "revision", "section", "addressee", "terms"),
        help="a part of the understanding to leave out; may be given often",
    )
    _model(parser)
    _reranker(parser)


def _batch(parser: argparse.ArgumentParser, shape: str) -> None:
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help=f"JSON Lines in ({shape}), one JSON line out for each; - for standard input",
    )


def _metadata(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--body",
        help="of the document, where it does not tell or tells wrong: wtsa, pp, wtdc, wrc, ra, "
        "council, unga, unsc, cgpm, doc",
    )
    parser.add_argument("--number", help='of the resolution: "75"')
    parser.add_argument("--year", type=int, help="of adoption")
    parser.add_argument("--language", choices=LANGUAGES, help="of the document")


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        wanted = argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        try:
            number = int(text)
        except ValueError:
            raise wanted from None
        if not least <= number <= most:
            raise wanted
        return number

    return read


def _workplace(options: argparse.Namespace) -> "Workplace":
    from assistant.settings import Settings  # noqa: PLC0415
    from assistant.wiring import Workplace  # noqa: PLC0415

    named = {name: getattr(options, name, None) for name in ("model", "reranker")}
    return Workplace(Settings.from_environment(**named))


def _ask(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    filters = _filter_values(options)
    if _is_batch(options, "question"):
        place = _workplace(options)
        return _run_batch(
            options.batch, place, lambda record: operations.ask(place, record, filters=filters)
        )
    reply = operations.ask(_workplace(options), _question(options), filters=filters)
    _print(reply if options.json else reply["text"])
    return DONE if reply["status"] == "answered" else REFUSED


def _search(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    filters = _filter_values(options)

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        return operations.search(place, record, top=options.top, filters=filters)

    if _is_batch(options, "question"):
        return _run_batch(options.batch, place, answer)
    found = answer(_question(options))
    if options.json:
        _print(found)
        return DONE
    for hit in found["hits"]:
        _print(f"{hit['score']:6.3f}  {hit['clause']['id']}\n        {hit['clause']['text']}")
    return DONE


def _cite(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    filters = _filter_values(options)

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        return operations.cite(
            place, record, top=options.top, language=options.language, filters=filters
        )

    if _is_batch(options, "passage"):
        return _run_batch(options.batch, place, answer)
    found = answer({"passage": _passage(options)})
    if options.json:
        _print(found)
        return DONE
    for number, precedent in enumerate(found["precedents"], start=1):
        _print(f"{number}. {precedent['citation']}  ({precedent['score']:.3f})")
        _print(f"   {precedent['clause']['text']}")
    return DONE


def _show(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    shown = operations.show(place, options.reference, language=options.language, refs=options.refs)
    _print(shown if options.json else operations.shown_as_text(shown))
    return DONE


def _list(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    listed = operations.holdings(_workplace(options).corpus)
    _print(listed if options.json else operations.holdings_as_text(listed))
    return DONE


def _export(options: argparse.Namespace) -> int:
    corpus = _workplace(options).corpus
    for clause in corpus.clauses:
        _print(corpus.to_json(clause))
    return DONE


def _parse(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    parsed = operations.parse(options.files, _given(options))
    _print(parsed if options.json else operations.parsed_as_text(parsed))
    return DONE


def _add(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    change = place.library.add(options.files, place.encoder, _given(options))
    return _tell_change(options, operations.change_to_json(change))


def _remove(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    gone = [
        revision
        for revision in operations.revisions_named(place.corpus, options.reference)
        if options.language in (None, revision.language)
    ]
    change = place.library.remove(gone, place.encoder)
    return _tell_change(options, operations.change_to_json(change))


def _undo(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    change = _workplace(options).library.undo()
    report = operations.change_to_json(change)
    if options.json:
        _print(report)
        return DONE
    _tell_rows(report)
    _print(f"gone back: {len(change.corpus)} clauses are held now")
    return DONE


def _build(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    change = place.library.rebuild(place.encoder, force=options.force)
    report = operations.change_to_json(change)
    if options.json:
        _print(report)
        return DONE
    _tell_problems(report)
    _tell_rows(report)
    corpus = change.corpus
    documents = len(corpus.documents)
    coverage = min(document.coverage for document in corpus.documents)
    _print(
        f"{len(corpus)} clauses of {documents} {'document' if documents == 1 else 'documents'}, "
        f"{len(change.problems)} problems, coverage {coverage:.4f}, corpus {corpus.digest[:12]}"
    )
    return DONE


def _tell_change(options: argparse.Namespace, report: dict[str, Any]) -> int:
    if options.json:
        _print(report)
        return DONE
    _tell_problems(report)
    _tell_rows(report)
    if not any(report[kind] for kind in ("added", "replaced", "removed")):
        _print("nothing has changed: all of that is held already")
    else:
        _print(f"{report['clauses']} clauses are held now; to take this back: resolutions undo")
    return DONE


def _tell_rows(report: dict[str, Any]) -> None:
    for kind in ("added", "replaced", "removed"):
        for entry in report[kind]:
            _print(f"{kind}: {entry['id']} ({entry['language']})")


def _tell_problems(report: dict[str, Any]) -> None:
    for problem in report["problems"]:
        where = f"{problem['file']}, character {problem['start']}"
        print(f"resolutions: {where}: {problem['message']}", file=sys.stderr)


def _diff(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    compared = operations.diff(_workplace(options).corpus, options.old, options.new)
    _print(compared if options.json else operations.compared_as_text(compared))
    return DONE


def _chat(options: argparse.Namespace) -> int:
    from assistant.web.page import serve  # noqa: PLC0415

    serve(_workplace(options), host=options.host, port=options.port)
    return DONE


def _filter_values(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "resolution": options.resolution,
        "revision": options.revision,
        "ignored": tuple(options.ignore),
    }


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {
        name: getattr(options, name)
        for name in ("body", "number", "year", "language")
        if getattr(options, name) is not None
    }


def _question(options: argparse.Namespace) -> dict[str, Any]:
    return {"question": options.question, "history": options.history}


def _is_batch(options: argparse.Namespace, name: str) -> bool:
    """Whether a batch is asked for; raises ExpectedError when what is asked is not clear."""
    given = [getattr(options, name), getattr(options, "file", None), options.batch]
    wanted = [value for value in given if value is not None]
    others = "--file or --batch" if hasattr(options, "file") else "--batch"
    if not wanted:
        raise ExpectedError(f"a {name} is wanted: write it behind the command, or give {others}")
    if len(wanted) > 1:
        raise ExpectedError(f"more than one {name} is given: write it once, or give {others}")
    return options.batch is not None


def _passage(options: argparse.Namespace) -> str:
    if options.file is None:
        return str(options.passage)
    with _opened(options.file) as stream:
        data = stream.read(LONGEST_FILE + 1)
    if len(data) > LONGEST_FILE:
        raise ExpectedError(f"{options.file} is larger than {LONGEST_FILE // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise ExpectedError(
            f"{options.file} is no text in UTF-8 (byte {failure.start + 1}); save it as such"
        ) from failure


def _run_batch(
    name: str, place: "Workplace", answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> int:
    """One JSON line for each line read, in order; a line that fails is told and the rest go on."""
    place.open()  # what is wrong with the corpus or a model is wrong with every line
    for number, line in _numbered_lines(name):
        try:
            result = answer(_record(line))
        except ExpectedError as failure:
            result = {"line": number, "error": str(failure)}
        _print(result)
        _flush()
    return DONE


def _record(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise ExpectedError(f"the line has more than {LONGEST_LINE:,} bytes")
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as failure:
        raise ExpectedError(f"the line is no text in UTF-8 (byte {failure.start + 1})") from failure
    except (ValueError, RecursionError) as failure:
        raise ExpectedError(f"the line is no JSON: {failure}") from failure
    if not isinstance(record, dict):
        raise ExpectedError("the line is no JSON object")
    return record


def _numbered_lines(name: str) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers; of one that is too long the beginning."""
    number = 0
    with _opened(name) as stream:
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = stream.readline(LONGEST_LINE)
            if line.strip():
                yield number, line


def _opened(name: str) -> BinaryIO:
    if name == "-":
        if sys.stdin is None:
            raise ExpectedError("standard input is closed; name a file")
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or failure
        raise ExpectedError(f"{name} cannot be read ({why})") from failure


def _print(value: object) -> None:
    line = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        print(line)
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise _no_output(failure) from failure


def _flush() -> None:
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise _no_output(failure) from failure


def _no_output(failure: OSError) -> OutputError:
    return OutputError(f"standard output cannot be written ({failure.strerror})")


def _silence() -> None:
    """Lets what is still to be written go nowhere, so that ending does not fail once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
