"""Where the embedded model is unpacked for the tests: once per machine, not once per run."""

import os
from pathlib import Path

import platformdirs
import pytest

os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def model_cache() -> Path:
    return Path(
        os.environ.get("RESOLUTIONS_CACHE") or platformdirs.user_cache_path("resolutions-assistant")
    )
