"""The wheel holds all that Kennispost needs, and what is installed from it runs anywhere."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
INSIDE = (
    "content/vocabulary.yaml",
    "content/starter/interventions.yaml",
    "content/starter/sources.yaml",
    "subscribers/municipalities.csv",
    "subscribers/partners.yaml",
    "service/locales/en/LC_MESSAGES/kennispost.po",
    "service/locales/nl/LC_MESSAGES/kennispost.po",
    "service/migrations/env.py",
    "service/migrations/versions/0001_the_first_tables.py",
    "service/web/static/kennispost.css",
    "service/templates/pages/layout.html",
)
FOLDERS = (
    "templates",
    "content/starter/feeds",
    "content/starter/databases",
    "service/web/static",
    "service/locales",
    "service/migrations/versions",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel, which borrows our dependencies; gives its `bin`."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # Packages only: .pth files in there (our own editable install) are not read.
    (folder / "lib" / version / "site-packages" / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin"


def run(program: Path, *arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd), **settings}
    command = [str(program), *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=100, check=False)


def test_the_wheel_holds_all_data_files(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert set(INSIDE) <= names
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = str(path.relative_to(ROOT))
                assert (f"service/{name}" if folder == "templates" else name) in names
    assert not any(name.startswith(("tests/", "docs/", "data/")) for name in names)


def test_what_is_installed_is_what_runs(installed: Path, tmp_path: Path) -> None:
    shown = run(
        installed / "python",
        "-c",
        "import content, subscribers, service; from service.templating import templates_folder; "
        "print(content.__file__, subscribers.__file__, service.__file__, templates_folder(), sep='\\n')",
        cwd=tmp_path,
    )
    assert shown.returncode == 0, shown.stderr
    for line in shown.stdout.splitlines():
        assert Path(line).is_relative_to(installed.parent), line


def test_the_command_runs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "kennispost", "--help", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "migrate" in shown.stdout


def test_migrations_and_data_are_found_from_any_folder(installed: Path, tmp_path: Path) -> None:
    made = run(installed / "kennispost", "migrate", cwd=tmp_path, KENNISPOST_DATA_DIR=str(tmp_path / "here"))
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "here" / "kennispost.db").exists()


def test_the_demo_runs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "kennispost", "demo", "--once", "--json", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    told = json.loads(shown.stdout)
    assert told["sent"] == told["readers"] == 40
    assert told["welcomed"] > 40, "newcomers got mails of the welcome series"
