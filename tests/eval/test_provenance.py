import subprocess
from pathlib import Path

from eval.provenance import commit_of, digest_of_code, installed_versions

ROOT = Path(__file__).resolve().parents[2]


def a_project(folder, **files):
    for name, content in files.items():
        path = folder / "eval" / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_the_digest_of_code_changes_with_any_source_and_with_nothing_else(tmp_path):
    one = digest_of_code(a_project(tmp_path / "1", a__py=b"x = 1\n", t__toml=b"a = 1\n"))
    windows = digest_of_code(a_project(tmp_path / "2", a__py=b"x = 1\r\n", t__toml=b"a = 1\n"))
    data = digest_of_code(
        a_project(tmp_path / "3", a__py=b"x = 1\n", t__toml=b"a = 1\n", c__jsonl=b"{}")
    )
    changed = digest_of_code(a_project(tmp_path / "4", a__py=b"x = 2\n", t__toml=b"a = 1\n"))
    renamed = digest_of_code(a_project(tmp_path / "5", b__py=b"x = 1\n", t__toml=b"a = 1\n"))

    assert one == windows == data
    assert len({one, changed, renamed}) == 3


def test_the_commit_is_that_of_the_project_itself_and_of_no_folder_above(tmp_path):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "one"], check=True)
    inside = tmp_path / "inside"
    inside.mkdir()

    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)

    assert commit_of(tmp_path.resolve()) == head.stdout.strip()
    assert commit_of(inside.resolve()) is None


def test_a_repository_without_a_commit_has_none(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    assert commit_of(tmp_path.resolve()) is None


def test_versions_are_those_installed():
    import numpy

    versions = installed_versions()

    assert versions["numpy"] == numpy.__version__
    assert "python" in versions
    assert "no-such-package" not in versions
