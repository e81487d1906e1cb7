"""A home that is ready to be asked, with the real model: built once, copied to be changed."""

import os
import shutil
from pathlib import Path

import platformdirs
import pytest

from assistant.settings import Settings
from assistant.wiring import Workplace


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Where the packaged model is unpacked: once per machine, not once per run."""
    return Path(
        os.environ.get("RESOLUTIONS_CACHE") or platformdirs.user_cache_path("resolutions-assistant")
    )


@pytest.fixture(scope="session")
def place(tmp_path_factory, model_cache) -> Workplace:
    """The founding texts, their index and the real model; not to be changed."""
    home = tmp_path_factory.mktemp("ready") / "home"
    workplace = Workplace(Settings(home=home, cache=model_cache))
    _ = workplace.assistant
    return workplace


@pytest.fixture
def home(place, tmp_path) -> Path:
    """A copy of that home, to be changed or damaged."""
    return Path(shutil.copytree(place.settings.home, tmp_path / "home"))
