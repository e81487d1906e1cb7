"""What all tests stand on: nothing of the user's is touched, nothing leaves the machine."""

import ipaddress
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"

# A busy machine makes a correct example slow; and what fails once in CI has to fail again there.
settings.register_profile("here", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("here")

_home = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before any module of ours, torch or Gradio is imported."""
    home = tempfile.mkdtemp(prefix="resolutions-tests-")
    config.stash[_home] = home
    for name in list(os.environ):
        # A model or a corpus that the user has chosen must not decide what a test sees. The cache
        # stays: it holds the unpacked weights alone, which are checked whenever they are opened.
        if name.startswith("RESOLUTIONS_") and name != "RESOLUTIONS_CACHE":
            del os.environ[name]
    os.environ["RESOLUTIONS_HOME"] = str(Path(home) / "home")
    os.environ["GRADIO_TEMP_DIR"] = str(Path(home) / "gradio")
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    # A page, its browser and the tests share the cores; more threads than that only wait for each
    # other. torch, NumPy and faiss all follow it.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    sys.addaudithook(_refuse_connections_outside)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_home], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what reads the sample texts where they are not: they are not ours to hand on."""
    if SAMPLES.is_dir():
        return
    for item in items:
        if item.get_closest_marker("samples"):
            item.add_marker(pytest.mark.skip(reason=f"the sample texts are not at {SAMPLES}"))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample texts; skips where it is absent."""
    if not SAMPLES.is_dir():
        pytest.skip(f"the sample texts are not at {SAMPLES}")
    return SAMPLES


def _refuse_connections_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Raise when a test connects to, or looks up, a host that is not this machine."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path: a local socket
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is not None and not _is_this_machine(host):
        raise RuntimeError(f"a test asks for {host!r}: no test may need the network")


def _is_this_machine(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in ("", "localhost", "testserver"):
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
