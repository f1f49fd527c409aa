"""What is written about the project is true of it: commands, settings, locks, licences."""

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

from graphnet.cli import COMMANDS
from graphnet.settings import PREFIX, Settings
from tests import licences, reference

ROOT = Path(__file__).parent.parent


def test_the_pages_made_from_the_program_are_as_it_is() -> None:
    assert not reference.stale(), "run `make reference`"


def test_the_readme_can_be_read_in_a_sitting() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    assert "make demo" in text
    assert "make test" in text


def test_every_link_of_the_papers_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page}: {target}"


def test_the_papers_build_without_a_warning(tmp_path: Path) -> None:
    words = ["-m", "sphinx", "--quiet", "--fail-on-warning", "-b", "html"]
    done = subprocess.run(
        [sys.executable, *words, str(ROOT / "docs"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").exists()


def test_every_command_loads_and_says_what_it_does() -> None:
    for name, (where, line) in COMMANDS.items():
        assert line.endswith("."), name
        assert ":" in where


def test_every_setting_has_its_help_and_no_other_is_named() -> None:
    names = {PREFIX + f.name.upper() for f in fields(Settings)}
    assert all(f.metadata["help"] for f in fields(Settings))
    # Named for the shell, not read as settings.
    own = {"GRAPHNET_TEST_NEO4J", "GRAPHNET_DATA"}
    for file in ("docker-compose.yml", "Dockerfile", "README.md", "Makefile", ".ci/run"):
        found = set(re.findall(r"\bGRAPHNET_[A-Z0-9_]+\b", (ROOT / file).read_text("utf-8")))
        assert found <= names | own, f"{file} names settings that do not exist: {found - names}"


def test_every_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if re.match(r'\s+"[a-z0-9-]+[><=]', line)]
    assert len(listed) > 30
    assert all("#" in line for line in listed), [line for line in listed if "#" not in line]


def test_the_lock_pins_hashes_and_names_no_index() -> None:
    for file in ("requirements.lock", "installer.lock"):
        text = (ROOT / file).read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][^\s=]*==", text, re.MULTILINE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)
        assert not re.search(r"https?://|--index|--find-links|--trusted", text), file


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = set(
        re.findall(r"^([a-z0-9][^\s=]*)==", (ROOT / "requirements.lock").read_text(), re.M)
    )
    for line in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"]):
        assert re.split(r"[<>=]", line)[0] in locked, line


def test_no_licence_inside_our_process_is_of_another_kind() -> None:
    assert licences.main() == 0


def test_no_file_names_this_machine_or_a_registry() -> None:
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    bad = re.compile(r"pypi\.org|registry\.npmjs|repo1\.maven|/work/main|/root/|crates\.io")
    for name in files:
        path = ROOT / name
        if path == Path(__file__) or "vendor" in path.parts or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        assert not bad.search(text), name
