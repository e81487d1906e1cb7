"""The installed command, and all that can be wrong around it: one line, code 2, nothing lost."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.cli import main
from corpus import store
from embeddings.adapter import shipped_adapter
from embeddings.packaged_model import PIECES, model_folder
from tests.builders import write_resolution
from tests.corpus.test_store import files_of, flip

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = Path(sys.executable).parent / "resolutions"
COMMAND = [str(INSTALLED)] if INSTALLED.exists() else [sys.executable, "-m", "assistant"]


@pytest.fixture
def around(place, model_cache) -> dict[str, str]:
    """The environment of a command over the founding texts."""
    return {
        **os.environ,
        "RESOLUTIONS_HOME": str(place.settings.home),
        "RESOLUTIONS_CACHE": str(model_cache),
    }


def run(
    around: dict[str, str], *arguments: str | bytes, home: Path | None = None, **more
) -> subprocess.CompletedProcess[str]:
    environment = around | ({"RESOLUTIONS_HOME": str(home)} if home else {}) | more.pop("env", {})
    return subprocess.run(
        [*COMMAND, *arguments],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=180,
        **more,
    )


def assert_told(said: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line on standard error, nothing on standard output, exit code 2."""
    assert "Traceback" not in said.stderr
    assert (said.returncode, said.stdout) == (2, ""), said.stderr
    assert said.stderr.startswith("resolutions")
    assert said.stderr.count("\n") == 1, said.stderr
    assert len(said.stderr) < 600
    for word in words:
        assert word in said.stderr


# What is asked


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["ask", ""], "the question is empty"),
        (["ask", " \n\t "], "the question is empty"),
        (["ask", "😀🎉👍🏽"], "the question is empty"),
        (["ask", "x" * 100_000], "the question has 100,000 characters"),
        (["ask", b"caf\xe9 \xff"], "no valid text at character 4"),
        (["search", ""], "the question is empty"),
        (["search", "x" * 100_000], "the question has 100,000 characters"),
        (["cite", ""], "the passage is empty"),
        (["cite", "x" * 100_000], "more than 20,000 characters"),
        (["ask", "--batch", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["ask", "--batch", "."], ". cannot be read (Is a directory)"),
        (["cite", "--file", "nowhere.txt"], "nowhere.txt cannot be read"),
        (["show", ""], "no reference"),
        (["show", "x" * 100_000], "100,000 characters"),
        (["show", b"\xff"], "no valid text"),
        (["remove", "\n"], "no reference"),
        (["parse", "nowhere.docx"], "nowhere.docx does not exist"),
        (["parse", "."], "is a folder"),
        (["parse", "/dev/null"], "no ordinary file"),
        (["add", "pyproject.toml"], "pyproject.toml"),
        (["add", b"\xff\n.txt"], "does not exist"),
    ],
)
def test_what_cannot_be_asked_is_told(around, place, arguments, why):
    before = files_of(place.settings.home)

    said = run(around, *arguments)

    assert_told(said, why)
    assert files_of(place.settings.home) == before


def test_what_cannot_be_asked_is_told_before_anything_is_made(around, tmp_path):
    said = run(around, "ask", "", home=tmp_path / "new")

    assert_told(said, "the question is empty")
    assert not (tmp_path / "new").exists()


# Where it is asked


@pytest.mark.parametrize(
    "arguments", [["list"], ["ask", "互联网"], ["undo"], ["build", "--force"], ["export"]]
)
def test_a_home_that_cannot_be_is_told(around, tmp_path, arguments):
    (tmp_path / "file").write_text("kept")

    said = run(around, *arguments, home=tmp_path / "file" / "home")

    assert_told(said, str(tmp_path / "file" / "home"), "RESOLUTIONS_HOME")
    assert (tmp_path / "file").read_text() == "kept"


def test_a_home_of_a_user_that_is_not_known_is_told(around):
    said = run(around, "list", env={"RESOLUTIONS_HOME": "~nobody-of-that-name/x"})

    assert_told(said, "RESOLUTIONS_HOME=~nobody-of-that-name/x")


def test_a_cache_that_cannot_be_is_told(around, tmp_path):
    (tmp_path / "file").write_text("")

    said = run(around, "search", "互联网", env={"RESOLUTIONS_CACHE": str(tmp_path / "file" / "c")})

    assert_told(said, str(tmp_path / "file" / "c"))


@pytest.mark.slow
def test_a_model_that_is_not_known_is_told(around, place):
    before = files_of(place.settings.home)

    said = run(
        around, "search", "互联网", "--model", "nobody/no-such-model", env={"HF_HUB_OFFLINE": "1"}
    )

    assert_told(said, "nobody/no-such-model")
    assert files_of(place.settings.home) == before


def test_a_port_in_use_is_told(around):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        said = run(around, "chat", "--port", port)

    assert_told(said, port, "--port")


# Damage


@pytest.mark.parametrize(
    "name", ["current", "clauses.jsonl", "manifest.json", "tokens.npy", "small.npz"]
)
def test_a_damaged_file_is_told_and_nothing_is_lost(around, home, name):
    path = next(path for path in sorted(home.rglob(name)) if path.is_file())
    flip(path)
    damaged = files_of(home)

    said = run(around, "ask", "互联网", home=home)

    assert_told(said, name, "resolutions build --force")
    assert files_of(home) == damaged


def test_a_flipped_bit_in_any_file_of_the_index_is_told(home, model_cache, monkeypatch, capsys):
    monkeypatch.setenv("RESOLUTIONS_HOME", str(home))
    monkeypatch.setenv("RESOLUTIONS_CACHE", str(model_cache))
    files = [path for path in (home / "indexes").rglob("*") if path.is_file()]

    assert len(files) >= 12
    for path in files:
        flip(path)
        assert main(["search", "互联网"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert path.name in said.err
        flip(path)
    assert main(["search", "互联网"]) == 0


@pytest.mark.slow
def test_a_forced_build_repairs_everything_at_once(around, home):
    held = store.load(home)
    whole = run(around, "search", "互联网公共政策", "--json", home=home).stdout
    for path in [path for path in home.rglob("*") if path.is_file()]:
        if "copy" not in path.name and "documents" not in path.parts and path.name != "lock":
            flip(path)

    said = run(around, "build", "--force", home=home)

    assert said.returncode == 0, said.stderr
    assert "Traceback" not in said.stderr
    assert store.load(home) == held
    again = run(around, "search", "互联网公共政策", "--json", home=home)
    assert (again.returncode, again.stderr) == (0, "")
    ids = [
        [hit["clause"]["id"] for hit in json.loads(one)["hits"]] for one in (whole, again.stdout)
    ]
    assert ids[0] == ids[1]


@pytest.mark.slow
def test_damaged_weights_are_unpacked_anew_with_a_notice(around, model_cache, tmp_path):
    folder, copy = (
        model_folder(cache, shipped_adapter()) for cache in (model_cache, tmp_path / "cache")
    )
    if not folder.is_dir():
        pytest.skip("the model is not unpacked on this machine")
    shutil.copytree(folder, copy, copy_function=os.link)
    damaged = next(path for path in (copy / PIECES).iterdir() if path.is_file())
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.unlink()  # the original is linked, not copied
    damaged.write_bytes(data)

    said = run(around, "ask", "互联网", env={"RESOLUTIONS_CACHE": str(tmp_path / "cache")})

    assert said.returncode in (0, 3), said.stderr
    assert said.stdout
    assert "is damaged" in said.stderr
    assert "Traceback" not in said.stderr
    assert damaged.read_bytes() == (folder / PIECES / damaged.name).read_bytes()


@pytest.mark.slow
def test_two_first_questions_at_once_are_both_answered(around, tmp_path):
    environment = around | {"RESOLUTIONS_HOME": str(tmp_path / "new")}
    asked = [*COMMAND, "ask", "电信标准化局主任应提交什么报告？"]

    processes = [
        subprocess.Popen(
            asked, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert all("Traceback" not in err for _, err in said)
    assert len(list((tmp_path / "new" / "corpora").iterdir())) == 1


# Who reads along, and who interrupts


def shell(around: dict[str, str], line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line.replace("RESOLUTIONS", " ".join(COMMAND))],
        check=False,
        cwd=ROOT,
        env=around,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "line",
    [
        "RESOLUTIONS export | head -1",
        "RESOLUTIONS export | head -c 100000",
        "RESOLUTIONS list | true",
        "RESOLUTIONS --help | true",
        "RESOLUTIONS show wtsa-75 --json | head -c 1",
    ],
)
def test_a_reader_that_goes_away_is_no_failure(around, line):
    said = shell(around, line)

    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["export", "list", "list --json"])
def test_an_output_that_takes_nothing_more_is_told(around, command):
    said = shell(around, f"RESOLUTIONS {command} > /dev/full")

    assert_told(said, "standard output cannot be written (No space left on device)")


@pytest.mark.parametrize("line", ["RESOLUTIONS list >&-", "RESOLUTIONS ask --batch - <&-"])
def test_closed_streams_are_no_bugs(around, line):
    said = shell(around, line)

    assert said.returncode in (0, 2)
    assert "Traceback" not in said.stderr
    assert said.stderr.count("\n") <= 1


def test_an_output_in_another_encoding_takes_every_character(around):
    said = run(around, "list", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})

    assert said.returncode == 0
    assert "第75号决议" in said.stdout


def hear_interruptions():
    """In a process of its own: what a shell starts in the background is deaf to them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("arguments", [["search", "--batch", "-"], ["cite", "--file", "-"]])
def test_an_interruption_is_told_in_a_line(around, arguments):
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=around,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interruptions,  # noqa: PLW1509 (no thread holds a lock here)
    )
    if "--batch" in arguments:
        process.stdin.write('{"question": "互联网"}\n')
        process.stdin.flush()
        process.stdout.readline()
    else:
        time.sleep(1)  # until it waits for its input

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err == "resolutions: interrupted; nothing half done was kept\n"


@pytest.mark.slow
def test_an_interrupted_addition_leaves_what_was_held(around, home, tmp_path):
    sections = {"resolves": [f"to count the boats of harbour {at};" for at in range(60)]}
    file = write_resolution(tmp_path, sections=sections)
    before = store.load(home)
    process = subprocess.Popen(
        [*COMMAND, "add", str(file)],
        env=around | {"RESOLUTIONS_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interruptions,  # noqa: PLW1509 (no thread holds a lock here)
    )
    assert "embedding clauses" in process.stderr.readline()

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (130, "")
    assert err.endswith("resolutions: interrupted; nothing half done was kept\n")
    assert "Traceback" not in err
    assert store.load(home) == before
    said = run(around, "add", str(file), home=home)
    assert said.returncode == 0, said.stderr
    assert list(home.rglob(".*")) == []
