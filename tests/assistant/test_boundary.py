"""What the page's server lets through, and what it tells the browser."""

import contextlib

import pytest

from assistant.web.boundary import LARGEST_REQUEST, Boundary


async def says_hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def asked(path="/", *, method="GET", host="127.0.0.1:7860", local=True, **headers):
    """Status and headers of the reply to a request."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "headers": [
            (b"host", host.encode()),
            *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
        ],
    }
    with contextlib.suppress(StopIteration):  # nothing in it waits, so it needs no event loop
        Boundary(says_hello, local=local)(scope, None, send).send(None)
    return sent[0]["status"], dict(sent[0]["headers"])


CALL = "/gradio_api/component_server/"


@pytest.mark.parametrize(
    "path", ["/", "/config", "/theme.css", "/assets/index.js", "/static/js/x.js", "/manifest.json"]
)
def test_the_page_and_its_files_are_let_through(path):
    assert asked(path)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://example.org",
        "/gradio_api/info",
        "/gradio_api/queue/join",
        "/gradio_api/run/predict",
        "/monitoring/summary",
        "/login",
        "/docs",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_whatever_else_gradio_offers_is_not(path, method):
    status, _ = asked(path, method=method, content_type="application/json", content_length="2")

    assert status == 404


def test_a_call_of_the_page_is_let_through():
    status, _ = asked(CALL, method="POST", content_type="application/json", content_length="200")

    assert status == 200


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", ""])
def test_what_another_site_could_send_unasked_is_not(kind):
    status, _ = asked(CALL, method="POST", content_type=kind, content_length="200")

    assert status == 415


@pytest.mark.parametrize("length", [str(LARGEST_REQUEST + 1), "", "-1", "many"])
def test_a_call_without_a_fitting_length_is_refused(length):
    status, _ = asked(CALL, method="POST", content_type="application/json", content_length=length)

    assert status == 413


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860"])
def test_this_machine_is_known_by_each_of_its_names(host):
    assert asked(host=host)[0] == 200


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "", "[", "localhost@a.b"])
def test_a_foreign_name_that_leads_here_is_refused(host):
    assert asked(host=host)[0] == 421


def test_another_name_is_let_through_where_the_page_is_served_to_others():
    assert asked(host="resolutions.example.org", local=False)[0] == 200


def test_the_browser_is_told_to_ask_nothing_of_any_other_host():
    _, headers = asked()

    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "*" not in policy
