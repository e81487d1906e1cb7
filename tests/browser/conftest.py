"""The real page, started as a user starts it, in the browser of this machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright", reason="playwright is not installed: pip install -e '.[dev]'")

from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_browser

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
START_SECONDS = 180  # the first start on a machine unpacks the weights and builds the index
NO_BROWSER = "no Chrome or Chromium was found (on PATH, as a Mac app, or named by CHROMIUM)"

_HERE = Path(__file__).parent
_left_out = 0


@dataclass(slots=True)
class Seen:
    """What a page did while a test drove it."""

    requests: list[str] = field(default_factory=list)  # addresses, in order
    errors: list[str] = field(default_factory=list)  # of scripts, and console errors

    @property
    def outside(self) -> list[str]:
        """The requests that left this machine."""
        local = ("127.0.0.1", "localhost", "::1", None, "")  # None: data: and blob: addresses
        return [address for address in self.requests if urlsplit(address).hostname not in local]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder `browser`; skip it where there is no browser."""
    global _left_out  # noqa: PLW0603 (the closing line below has no other way to know)
    found = find_browser()
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not found:
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
                _left_out += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        terminalreporter.write_line(
            f"THE PAGE WAS NOT TESTED: {NO_BROWSER}; {_left_out} tests were left out", red=True
        )


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, without a slash at its end; the server ends with the session."""
    log = tmp_path_factory.mktemp("page") / "server.log"
    port = _free_port()
    command = [sys.executable, "-m", "assistant", "chat", "--port", str(port)]
    with log.open("wb") as stream:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this machine, headless, with a profile of its own that is thrown away."""
    found = find_browser()
    if not found:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def seen() -> Seen:
    """What `page` and every page of `open_page` asked for and complained of in this test."""
    return Seen()


@pytest.fixture
def open_page(browser: Browser, address: str, seen: Seen) -> Iterator[Callable[..., Page]]:
    """open_page(path="/", viewport=DESKTOP, **context options): a page of a fresh visitor."""
    contexts = []

    def open_(path: str = "/", *, viewport: ViewportSize = DESKTOP, **options: object) -> Page:
        context = browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        contexts.append(context)
        # Pages and workers alike; a page of a link that opens a new tab too.
        context.on("request", lambda request: seen.requests.append(request.url))
        context.on("weberror", lambda error: seen.errors.append(str(error.error)))
        context.on("console", lambda message: _keep_errors(message, seen))
        page = context.new_page()
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The page on a desktop, 1280 by 800."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """The page on a phone, 390 by 844, with touch."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)


def _keep_errors(message: ConsoleMessage, seen: Seen) -> None:
    if message.type == "error":
        seen.errors.append(message.text)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(
        f"the page did not answer at {url}; the server said:\n"
        + log.read_text(encoding="utf-8", errors="replace")[-4000:]
    )
