"""The browser of this machine: Chrome, Chromium or one of that family; never a download."""

import os
import shutil
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
MAC_APPS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # root may not start it otherwise, and it opens only our own page
    "--disable-gpu",
    # It is to ask nothing of its maker's hosts, of its own accord, while a test counts requests.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_browser() -> str | None:
    """The path of the browser to drive, or None; CHROMIUM in the environment names another."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        for app in MAC_APPS:
            if (folder / app).is_file():
                return str(folder / app)
    return None


if __name__ == "__main__":
    found = find_browser()
    print(found or "no Chrome or Chromium was found", file=sys.stdout if found else sys.stderr)
    sys.exit(0 if found else 1)
