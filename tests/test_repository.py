"""The rules of the house that no linter knows."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from service.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("content", "subscribers", "service")
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-build.txt")
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".html",
    ".mjml",
    ".css",
    ".js",
    ".csv",
    ".cfg",
    ".po",
    "",
}
ELSEWHERE = re.compile(r"(?<![\w.~:/$-])/(home|root|work|Users|opt/pypi|opt/wheels)/")
VARIABLE = re.compile(rf"\b{PREFIX}[A-Z][A-Z_]*")


def tracked() -> list[Path]:
    """The files of the repository; in a copy without history, all that an ignored folder does not hold."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    hidden = {".venv", ".git", "data", "dist", "__pycache__"}
    return [
        path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts)
    ]


def texts() -> list[Path]:
    return [path for path in tracked() if path.suffix in TEXTS]


def code(*folders: str) -> list[Path]:
    return [path for folder in folders or PACKAGES for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in code(*PACKAGES, "tests")
        if "migrations" not in path.parts
    }
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_no_file_is_named_for_nothing() -> None:
    vague = {"utils", "helpers", "manager", "managers", "base", "common", "misc", "service", "services"}
    assert [str(path) for path in code() if path.stem in vague] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_with_hashes_and_hold_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-|file:|@ ", text.replace("    --hash", "    hash"), re.MULTILINE)
    pins = re.split(r"\n(?=\S)", text.strip())
    assert len(pins) > 3
    for pin in pins:
        assert re.match(r"[a-z0-9][a-z0-9.-]*==[0-9][\w.]*( ; [^\\]+)? \\\n", pin), pin
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", pin), pin


def normalised(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def test_requirements_hold_all_that_the_project_depends_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {
        name: set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / name).read_text(), re.MULTILINE))
        for name in REQUIREMENTS
    }
    assert {normalised(each) for each in project["dependencies"]} <= pinned["requirements.txt"]
    assert {normalised(each) for each in project["optional-dependencies"]["dev"]} <= pinned[
        "requirements-dev.txt"
    ]
    assert pinned["requirements.txt"] <= pinned["requirements-dev.txt"]


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in texts()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if ELSEWHERE.search(line) and path != Path(__file__)
    }
    assert found == set()


def test_every_variable_that_is_named_anywhere_is_a_setting() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for path in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "compose.yaml",
        ROOT / "Dockerfile",
    ]:
        named = {name for name in VARIABLE.findall(path.read_text(encoding="utf-8")) if "_TEST_" not in name}
        assert named <= known, path


def test_compose_gives_each_process_what_it_needs() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"database", "migrate", "serve", "work"}
    for name in ("migrate", "serve", "work"):
        assert services[name]["read_only"] is True
        assert services[name]["environment"]["KENNISPOST_ENVIRONMENT"] == "production"
    assert services["serve"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_links_between_our_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_pages_and_styles_fetch_nothing_from_elsewhere() -> None:
    for path in [
        *(ROOT / "templates" / "pages").rglob("*.html"),
        *(ROOT / "service" / "web" / "static").glob("*.*"),
    ]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=[\"']https?:", text), path
        assert not re.search(r"url\(\s*[\"']?https?:|@import", text), path
        assert not re.search(r"\son\w+=|<style|\sstyle=|<script(?![^>]*\ssrc=)", text), path
