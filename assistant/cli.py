"""The command line: parse, call one function, render. Results to stdout, everything else to stderr.

Nothing heavy is imported before a command needs it: `--help` answers at once.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from corpus.errors import ExpectedError

if TYPE_CHECKING:
    from assistant.wiring import Workplace

DONE, FAULT, REFUSED = 0, 2, 3
LONGEST_LINE = 200_000  # characters of a line of a batch
LONGEST_PASSAGE = 20_000  # characters

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code: 0 done, 2 fault of request or environment, 3 refused."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except ExpectedError as failure:
        print(f"resolutions: {failure}", file=sys.stderr)
        return FAULT
    except BrokenPipeError:
        # The reader of our output has gone; what is left to flush goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("resolutions: interrupted; nothing half done was kept", file=sys.stderr)
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="resolutions",
        description="Ask international resolutions: clauses word for word, or an honest refusal.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(metavar="command", required=True)

    ask = _command(
        commands, "ask", _ask, "the grounded answer to a question, or a refusal (exit 3)"
    )
    ask.add_argument(
        "question", nargs="?", help="in Arabic, Chinese, English, French, Russian, Spanish"
    )
    ask.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="TURN",
        help="an earlier question of the conversation, oldest first; may be given often",
    )
    _filters(ask)
    _batch(ask, '{"question": …, "history": […]}')
    _json(ask)

    search = _command(commands, "search", _search, "the ranking of clauses alone; never refuses")
    search.add_argument("question", nargs="?")
    search.add_argument("--history", action="append", default=[], metavar="TURN")
    _top(search, 10)
    _filters(search)
    _batch(search, '{"question": …}')
    _json(search)

    cite = _command(commands, "cite", _cite, "the clauses that a passage restates, with citations")
    cite.add_argument("passage", nargs="?")
    cite.add_argument(
        "--file", type=Path, help="read the passage from a text file, - for standard input"
    )
    cite.add_argument(
        "--language",
        choices=("ar", "zh", "en", "fr", "es", "ru"),
        help="of the citations; default: the passage's",
    )
    _top(cite, 5)
    _filters(cite)
    _batch(cite, '{"passage": …}')
    _json(cite)

    show = _command(
        commands, "show", _show, "a clause, section or resolution by id or printed citation"
    )
    show.add_argument(
        "reference", help='"wtsa-75@2022/resolves/2", "Рез. 75 (Женева, 2022), решает 2", …'
    )
    show.add_argument("--refs", action="store_true", help="also what it cites, and what cites it")
    show.add_argument(
        "--language",
        choices=("ar", "zh", "en", "fr", "es", "ru"),
        help="of the text, where several are held, and of the citations",
    )
    _json(show)

    listing = _command(commands, "list", _list, "the resolutions and revisions held")
    _json(listing)

    export = _command(commands, "export", _export, "every clause held, JSON Lines")
    export.add_argument("--json", action="store_true", help="(always so)")

    parse = _command(commands, "parse", _parse, "read documents without adding them")
    parse.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _metadata(parse)
    _json(parse)

    add = _command(commands, "add", _add, "add documents to the corpus and its index, all or none")
    add.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="Word, PDF, HTML or plain text"
    )
    _metadata(add)
    _model(add)
    _json(add)

    remove = _command(commands, "remove", _remove, "remove a resolution or revision (see undo)")
    remove.add_argument("reference", help='"wtsa-75@2008", "wtsa-75", or a printed citation')
    _model(remove)
    _json(remove)

    undo = _command(commands, "undo", _undo, "take the last change of the corpus back")
    _json(undo)

    build = _command(commands, "build", _build, "build the index, if it is missing or stale")
    build.add_argument("--force", action="store_true", help="read all documents and embed all anew")
    _model(build)

    diff = _command(commands, "diff", _diff, "two revisions, clause by clause")
    diff.add_argument("old", help='"wtsa-75@2008"')
    diff.add_argument("new", help='"wtsa-75@2022"')
    _json(diff)

    chat = _command(commands, "chat", _chat, "the web page, on this machine only")
    chat.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    chat.add_argument("--port", type=int, default=7860, help="default: %(default)s")
    _model(chat)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def _top(parser: argparse.ArgumentParser, default: int) -> None:
    parser.add_argument(
        "--top", type=_count, default=default, metavar="N", help="default: %(default)s"
    )


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        help="a sentence-transformers model (folder or hub name); default: the packaged one",
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


def _batch(parser: argparse.ArgumentParser, shape: str) -> None:
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help=f"JSON Lines in ({shape}), one JSON line out for each; - for standard input",
    )


def _metadata(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--body",
        help="of the document, where it does not tell: wtsa, pp, wtdc, wrc, ra, council, unga, unsc, cgpm, doc",
    )
    parser.add_argument("--number")
    parser.add_argument("--year", type=int, help="of adoption")
    parser.add_argument("--language", choices=("ar", "zh", "en", "fr", "es", "ru"))


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("a number from 1 to 1000 is wanted")
    return number


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("resolutions-assistant")
    except PackageNotFoundError:
        return "0 (not installed)"


def _workplace(options: argparse.Namespace) -> "Workplace":
    from assistant.settings import Settings  # noqa: PLC0415
    from assistant.wiring import Workplace  # noqa: PLC0415

    return Workplace(Settings.from_environment(model=getattr(options, "model", None)))


def _ask(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    if options.batch:
        return _run_batch(
            options, lambda record: operations.ask(place, record, filters=_filter_values(options))
        )
    record = {"question": _required(options.question, "question"), "history": options.history}
    reply = operations.ask(place, record, filters=_filter_values(options))
    _print(reply if options.json else reply["text"])
    return DONE if reply["status"] == "answered" else REFUSED


def _search(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)

    def answer(record: Any) -> dict[str, Any]:
        return operations.search(place, record, top=options.top, filters=_filter_values(options))

    if options.batch:
        return _run_batch(options, answer)
    found = answer(
        {"question": _required(options.question, "question"), "history": options.history}
    )
    if options.json:
        _print(found)
    else:
        for hit in found["hits"]:
            _print(f"{hit['score']:.3f}  {hit['clause']['id']}\n       {hit['clause']['text']}")
    return DONE


def _cite(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)

    def answer(record: Any) -> dict[str, Any]:
        return operations.cite(
            place,
            record,
            top=options.top,
            language=options.language,
            filters=_filter_values(options),
        )

    if options.batch:
        return _run_batch(options, answer)
    passage = _passage(options)
    found = answer({"passage": passage})
    if options.json:
        _print(found)
    else:
        for place_, precedent in enumerate(found["precedents"], start=1):
            _print(f"{place_}. {precedent['citation']}  ({precedent['score']:.3f})")
            _print(f"   {precedent['clause']['text']}")
    return DONE


def _passage(options: argparse.Namespace) -> str:
    if options.file is None:
        return str(_required(options.passage, "passage"))
    if str(options.file) == "-":
        return sys.stdin.read(LONGEST_PASSAGE + 1)
    with _opened(str(options.file)) as file:
        return file.read(LONGEST_PASSAGE + 1)


def _show(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    shown = operations.show(place, options.reference, language=options.language, refs=options.refs)
    if options.json:
        _print(shown)
    else:
        _print(operations.shown_as_text(shown))
    return DONE


def _list(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    listed = operations.holdings(_workplace(options).corpus)
    if options.json:
        _print(listed)
        return DONE
    for entry in listed["revisions"]:
        latest = "  latest held" if entry["latest_held"] else ""
        status = "  PROPOSAL" if entry["status"] == "proposal" else ""
        _print(
            f"{entry['id']:<20} {entry['language']}  {entry['clauses']:>4} clauses  {entry['citation']}{latest}{status}"
        )
        _print(f"{'':<20} {entry['title']}")
    return DONE


def _export(options: argparse.Namespace) -> int:
    corpus = _workplace(options).corpus
    for clause in corpus.clauses:
        _print(corpus.to_json(clause))
    return DONE


def _parse(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    parsed = operations.parse(options.files, _given(options))
    if options.json:
        _print(parsed)
    else:
        _print(operations.parsed_as_text(parsed))
    return DONE


def _add(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    change = place.library.add(options.files, place.encoder, _given(options))
    return _told(options, operations.change_to_json(change))


def _remove(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    place = _workplace(options)
    gone = operations.revisions_named(place.corpus, options.reference)
    return _told(options, operations.change_to_json(place.library.remove(gone, place.encoder)))


def _undo(options: argparse.Namespace) -> int:
    corpus = _workplace(options).library.undo()
    report = {"clauses": len(corpus), "revisions": [r.id for r in corpus.revisions]}
    _print(report if options.json else f"gone back: {len(corpus)} clauses are held now")
    return DONE


def _told(options: argparse.Namespace, report: dict[str, Any]) -> int:
    if options.json:
        _print(report)
        return DONE
    for kind in ("added", "replaced", "removed"):
        for entry in report[kind]:
            _print(f"{kind}: {entry['id']} ({entry['language']})")
    for problem in report["problems"]:
        print(
            f"{problem['file']}, character {problem['start']}: {problem['message']}",
            file=sys.stderr,
        )
    if not any(report[kind] for kind in ("added", "replaced", "removed")):
        _print("nothing has changed: all of that is held already")
    elif report["removed"] or report["replaced"]:
        _print("to take this back: resolutions undo")
    return DONE


def _build(options: argparse.Namespace) -> int:
    place = _workplace(options)
    if options.force:
        from embeddings.models import discard_damaged  # noqa: PLC0415

        discard_damaged(place.settings.model, cache=place.settings.cache)
    change = place.library.rebuild(place.encoder, force=options.force)
    corpus = change.corpus
    for name, problem in change.problems:
        print(f"{name}, character {problem.start}: {problem.message}", file=sys.stderr)
    documents = len(corpus.documents)
    _print(
        f"{len(corpus)} clauses of {documents} documents, {len(change.problems)} problems, "
        f"coverage {min(document.coverage for document in corpus.documents):.4f}, corpus {corpus.digest[:12]}"
    )
    return DONE


def _diff(options: argparse.Namespace) -> int:
    from assistant import operations  # noqa: PLC0415

    compared = operations.diff(_workplace(options).corpus, options.old, options.new)
    if options.json:
        _print(compared)
    else:
        for row in compared["rows"]:
            sides = [row[side]["id"] if row[side] else "–" for side in ("old", "new")]
            _print(f"{row['kind']:<8} {sides[0]}  |  {sides[1]}")
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


def _required(value: str | None, name: str) -> str:
    if value is None:
        raise ExpectedError(
            f"a {name} is wanted; write it behind the command, or give --batch FILE"
        )
    return value


def _run_batch(options: argparse.Namespace, answer: Callable[[Any], dict[str, Any]]) -> int:
    """One JSON line for each line read, in order; a line that fails is told and the rest go on."""
    for number, line in _numbered_lines(options.batch):
        try:
            if len(line) > LONGEST_LINE:
                raise ExpectedError(f"the line has more than {LONGEST_LINE:,} characters")
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ExpectedError("the line is no JSON object")
            result = answer(record)
        except (ExpectedError, json.JSONDecodeError, RecursionError) as failure:
            result = {"line": number, "error": str(failure)}
        _print(result)
        sys.stdout.flush()
    return DONE


def _numbered_lines(name: str) -> Iterator[tuple[int, str]]:
    stream: TextIO = sys.stdin if name == "-" else _opened(name)
    with stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield number, line


def _opened(name: str) -> TextIO:
    try:
        return Path(name).open(encoding="utf-8", errors="replace")
    except OSError as failure:
        raise ExpectedError(f"{name} cannot be read ({failure.strerror})") from failure


def _print(value: object) -> None:
    print(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
