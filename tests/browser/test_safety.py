"""What is typed stays text, and nothing leaves this machine."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import ask, ready

HOSTILE = [
    "<script>window.harmed = 1</script> resolves 3?",
    "<img src=x onerror='window.harmed = 1'> Resolution 75",
    "${window.harmed = 1} {{value}} {{#each value}}x{{/each}} Resolution 75",
    "**bold** [link](javascript:window.harmed=1) <b>Director of TSB</b>",
    "</p></section><iframe srcdoc='<script>parent.harmed = 1</script>'> Res. <b>99</b>",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_what_is_typed_is_shown_as_text_and_never_run(page, seen, question):
    ready(page)

    page.fill("#question", question)
    page.press("#question", "Enter")

    turn = page.locator(".turn").first
    turn.locator(".place:not([aria-busy]) > *").first.wait_for()
    expect(turn.locator(".you p")).to_have_text(question)
    assert page.evaluate("window.harmed") is None
    assert turn.locator("script, img, iframe, b, em").count() == 0
    assert seen.errors == []


def test_an_address_is_never_run_either(open_page, seen):
    page = ready(open_page("/?clause=<img src=x onerror='window.harmed=1'>&lang=<b>&text=<i>"))

    expect(page.locator(".reader .error")).to_contain_text("<img src=x")
    assert page.evaluate("window.harmed") is None
    assert page.locator(".reader img").count() == 0


def test_no_request_of_the_page_leaves_this_machine(page, seen):
    ready(page)
    reply = ask(page, "What must the Director of TSB do under the 2022 revision?")
    reply.locator("a.citation").first.click()
    page.click("#tab-compare")
    page.wait_for_selector(".pair")
    page.click("#tab-library")
    page.select_option("[data-language]", "ar")
    page.wait_for_selector("html[lang=ar]")

    assert len(seen.requests) > 10
    assert seen.outside == []
    assert seen.errors == []


def test_the_browser_itself_would_not_let_one_leave(page):
    ready(page)

    failed = page.evaluate(
        "fetch('http://127.0.0.2:9/').then(() => 'sent', (error) => String(error))"
    )

    assert "Failed to fetch" in failed
    said = page.evaluate(
        """() => new Promise((told) => {
            document.addEventListener(
                "securitypolicyviolation", (event) => told(event.effectiveDirective));
            fetch("http://127.0.0.2:9/").catch(() => null);
        })"""
    )
    assert said == "connect-src"


@pytest.mark.slow
def test_the_server_itself_asks_nothing_of_any_other_host(tmp_path: Path):
    """An audit hook notes every name looked up and every connection, from the first import on."""
    note = tmp_path / "asked"
    program = f"""
import sys
PLACE = {{
    "socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0
}}
def note(event, arguments):
    if event in PLACE:
        with open({str(note)!r}, "a") as file:
            file.write(f"{{event}} {{arguments[PLACE[event]]}}\\n")
sys.addaudithook(note)
from assistant.cli import main
sys.exit(main(["chat", "--port", sys.argv[1]]))
"""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GRADIO_ANALYTICS_ENABLED", "HF_HUB_OFFLINE")  # it sees to that itself
    }
    server = subprocess.Popen(
        [sys.executable, "-c", program, str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert any(f":{port}" in line for line in server.stdout)  # told when all is loaded
        _get(f"http://127.0.0.1:{port}/")
        replied_to = _call(
            port, "asked", {"question": "Resolution 75, resolves 2", "language": "en"}
        )
        assert "blockquote" in replied_to["html"]
        time.sleep(1)  # for what would be sent behind our back
    finally:
        server.terminate()
        server.wait(timeout=30)

    asked = note.read_text().splitlines() if note.exists() else []
    assert [line for line in asked if "127.0.0.1" not in line and "localhost" not in line] == []


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as reply:
        return str(reply.read().decode())


def _call(port: int, name: str, given: dict[str, str]) -> dict[str, str]:
    """What the page's script would get from that function."""
    config = json.loads(_get(f"http://127.0.0.1:{port}/config"))
    [component] = [part["id"] for part in config["components"] if part["type"] == "html"]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/gradio_api/component_server/",
        data=json.dumps(
            {"data": given, "component_id": component, "fn_name": name, "session_hash": "test"}
        ).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        return dict(json.loads(reply.read()))


@pytest.mark.parametrize(
    "path", ["/gradio_api/info", "/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/docs"]
)
def test_nothing_but_the_page_is_served(address, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        _get(address + path)

    assert refused.value.code == 404
