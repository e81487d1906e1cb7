"""The web page: Gradio's server around one component, and the functions that its script calls.

The page is one `gr.HTML`: the frame (`frame.html`), its style and its script are files beside this
module; everything that changes is rendered by the modules beside it and fetched through the
component's server functions. Gradio's own chat and widgets were turned down: they show Markdown,
which a quotation must not be read as, and cannot show a text beside the talk.
"""

import importlib.metadata
import logging
import os
import socket
import threading
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from importlib import resources
from typing import TYPE_CHECKING, Any

from assistant import operations
from assistant.answers import Answer, Form
from assistant.query import LONGEST_QUESTION, PARTS
from assistant.web import comparison, overview, reading, view
from assistant.web.boundary import Boundary
from assistant.web.quotations import address, address_of_text, direction
from corpus.clauses import Clause
from corpus.errors import ExpectedError, ReferenceNotFoundError

if TYPE_CHECKING:
    from assistant.wiring import Workplace

MOST_WAITING = 16  # questions; one more is told to come back
LONGEST_REFERENCE = 500  # characters

Function = Callable[[Any], dict[str, Any]]


def serve(place: "Workplace", *, host: str, port: int) -> None:
    """Serves the page until it is interrupted; the address is printed when all is loaded.

    Raises ExpectedError at once, before anything is loaded, when the address cannot be had.
    """
    listener = bound(host, port)
    with listener:
        functions = functions_of(place)
        _warm(place)
        _run(application(functions, local=_is_loopback(host)), listener, host)


def bound(host: str, port: int) -> socket.socket:
    """A socket that holds the address, not yet listening; raises ExpectedError if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would share a port that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as failure:
        listener.close()
        why = getattr(failure, "strerror", None) or str(failure)
        raise ExpectedError(
            f"the page cannot be served at {host}, port {port} ({why}): end the program that uses "
            "the port, or choose another: resolutions chat --port 8080"
        ) from failure
    return listener


def functions_of(place: "Workplace") -> tuple[Function, ...]:
    """What the page's script can call; each takes and gives an object of JSON.

    A foreseen failure comes back as {"error": its one line}. Questions are answered one at a time;
    those that come meanwhile wait, at most MOST_WAITING of them.
    """
    turn = threading.Lock()
    waiting = threading.BoundedSemaphore(MOST_WAITING)
    corpus = place.corpus

    @_telling
    def opened(given: Mapping[str, Any]) -> dict[str, Any]:
        """All wording of the page in the first language wanted that it speaks."""
        return wording(overview.preferred_language(_list(given.get("wanted"), 20)))

    @cache
    def wording(language: str) -> dict[str, Any]:
        return {
            "language": language,
            "direction": direction(language),
            "strings": overview.strings(language),
            "welcome": overview.welcome(corpus, examples(), language=language),
            "compare": comparison.comparison_page(corpus, language=language),
            "library": overview.library(corpus, language=language),
            "footer": overview.footer(corpus, _version(), language=language),
        }

    @_telling
    def asked(given: Mapping[str, Any]) -> dict[str, Any]:
        """The reply to a question after earlier ones, and the clause to be shown beside it."""
        question = _text(given.get("question"), LONGEST_QUESTION + 1)
        history = [_text(turn, LONGEST_QUESTION + 1) for turn in _list(given.get("history"), 50)]
        ignored = tuple(part for part in _list(given.get("ignored"), 20) if part in PARTS)
        if not waiting.acquire(blocking=False):
            raise ExpectedError("too many questions are waiting: ask again in a moment")
        try:
            with turn:
                said, _ = operations.reply_to(
                    place, {"question": question, "history": history}, filters={"ignored": ignored}
                )
        finally:
            waiting.release()
        html = view.reply(said, corpus, examples(), language=_language(given))
        return {"html": html, **_shown_beside(said, corpus)}

    @_telling
    def read_text(given: Mapping[str, Any]) -> dict[str, Any]:
        """The text that a clause or revision stands in; the latest text held if none is named.

        In the language of text asked for, else in the reader's, else in the first that is held.
        """
        reference = _text(given.get("clause"), LONGEST_REFERENCE)
        wanted = _text(given.get("text"), 10) or None
        language = _language(given)
        if not reference:
            latest = next((r for r in corpus.revisions if corpus.is_latest(r)), corpus.revisions[0])
            return {"html": reading.text(corpus, latest, language=language), "address": ""}
        named = operations.clauses_named(corpus, reference, language=wanted or language)
        revision = named[0].revision
        every = corpus.of_revision(revision.id, revision.language)
        whole = len(named) == len(every) > 1
        return {
            "html": reading.text(corpus, revision, language=language),
            "clause": "" if whole else named[0].id,
            "address": address_of_text(revision, corpus) if whole else address(named[0], corpus),
        }

    @_telling
    def compared(given: Mapping[str, Any]) -> dict[str, Any]:
        """Two revisions of one resolution side by side, in the language of text asked for."""
        sides = [_side(given.get(name), given) for name in ("old", "new")]
        older, newer = sorted(sides, key=lambda clauses: clauses[0].revision.year)
        return {"html": comparison.compared(older, newer, corpus, language=_language(given))}

    def _side(name: Any, given: Mapping[str, Any]) -> Sequence[Clause]:
        identifier = _text(name, LONGEST_REFERENCE)
        clauses = corpus.of_revision(identifier, _text(given.get("text"), 10))
        if not clauses:
            raise ReferenceNotFoundError(f"{identifier} is not held in that language")
        return clauses

    return opened, asked, read_text, compared


def application(functions: Sequence[Function], *, local: bool) -> Any:
    """The ASGI application of the page."""
    # Before Gradio is imported: it reads them then, and asks the network otherwise.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import fastapi  # noqa: PLC0415 (heavy, and the port is tried first)
    import gradio as gr  # noqa: PLC0415

    with gr.Blocks(analytics_enabled=False, title="Resolutions", fill_width=True) as blocks:
        gr.HTML(
            overview.frame(),
            html_template="${value}",
            js_on_load=_file("page.js"),
            apply_default_css=False,
            elem_id="resolutions",
            server_functions=list(functions),
        )
    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"])
    app = gr.mount_gradio_app(
        fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None),
        blocks,
        path="/",
        theme=theme,
        favicon_path=str(resources.files("assistant.web") / "icon.svg"),
        head=f"<style>{_file('page.css')}</style>",  # as `css` Gradio would rewrite its selectors
        footer_links=[],
        ssr_mode=False,
        run_history=False,
        pwa=False,
        enable_monitoring=False,
        mcp_server=False,
        show_error=False,
        max_file_size=1,
    )
    return Boundary(app, local=local)


@cache
def examples() -> Mapping[str, Sequence[str]]:
    """Questions to begin with, by language (data/examples.toml)."""
    data = (resources.files("assistant") / "data" / "examples.toml").read_text(encoding="utf-8")
    return tomllib.loads(data)


def _telling(function: Function) -> Function:
    @wraps(function)
    def told(given: Any) -> dict[str, Any]:
        try:
            return function(given if isinstance(given, dict) else {})
        except ExpectedError as failure:
            return {"error": str(failure)}

    return told


def _shown_beside(said: Any, corpus: Any) -> dict[str, Any]:
    """The clause that the reader is opened at: the first cited, of a comparison the newer."""
    if not isinstance(said, Answer):
        return {"clause": None}
    citation = said.citations[0]
    if said.form is Form.COMPARISON:
        newest = max(said.citations, key=lambda c: c.clause.revision.year).clause.revision
        citation = next(c for c in said.citations if c.clause.revision == newest)
    clause = citation.clause
    whole = citation.quote == clause.text
    return {
        "clause": clause.id,
        "text": clause.revision.language,
        "address": address(clause, corpus),
        "span": "" if whole else f"{citation.start}-{citation.end}",
    }


def _text(value: Any, longest: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise ExpectedError(f"a text of at most {longest:,} characters is wanted")
    return value


def _list(value: Any, longest: int) -> Sequence[Any]:
    return value[:longest] if isinstance(value, list) else ()


def _language(given: Mapping[str, Any]) -> str:
    return overview.preferred_language([given.get("language")])


def _file(name: str) -> str:
    return (resources.files("assistant.web") / name).read_text(encoding="utf-8")


@cache
def _version() -> str:
    return importlib.metadata.version("resolutions-assistant")


def _warm(place: "Workplace") -> None:
    """Loads what a first question would wait for: the model, the index, the tables."""
    for questions in examples().values():
        operations.reply_to(place, {"question": questions[0]}, filters={"ignored": ()})


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _run(app: Any, listener: socket.socket, host: str) -> None:
    import uvicorn  # noqa: PLC0415

    port = listener.getsockname()[1]
    name = f"[{host}]" if ":" in host else host

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"Resolutions is at http://{name}:{port} (Ctrl+C ends it)", flush=True)

    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, ws="none"
    )
    try:
        Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return
