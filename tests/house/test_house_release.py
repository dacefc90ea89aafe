"""The version stands in one place, and a release writes it there."""

from __future__ import annotations

import datetime
import importlib.util
import re
import shutil
import tomllib
from pathlib import Path

import pytest

import exitline as xl

ROOT = Path(__file__).parents[2]
DAY = datetime.date(2027, 1, 5)


@pytest.fixture(scope="module")
def release():
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci/release.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path):
    for name in ("CHANGELOG.md", "CITATION.cff", "src/exitline/version.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 9.0.0 (not released)\n\n- It is.\n")
    return tmp_path


def test_the_version_is_said_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/exitline/version.py"
    cited = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    assert cited == [xl.__version__]


def test_the_changelog_has_the_next_version():
    changes = (ROOT / "CHANGELOG.md").read_text()
    newest = re.findall(r"^## (\d+\.\d+\.\d+) \((.+)\)$", changes, re.M)[0]
    assert newest[1] == "not released" or newest[0] == xl.__version__


def test_a_release_is_written_everywhere(release, copy):
    release.write(copy, "9.0.0", DAY)
    assert release.current(copy) == "9.0.0"
    assert "version: 9.0.0\ndate-released: 2027-01-05\n" in (copy / "CITATION.cff").read_text()
    assert "## 9.0.0 (2027-01-05)" in (copy / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    ("version", "why"),
    [("9", "no version"), ("0.0.1", "not later"), ("9.0.1", "no section")],
)
def test_a_release_that_is_not_ready_is_refused(release, copy, version, why):
    before = {path: path.read_text() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit, match=why):
        release.write(copy, version, DAY)
    assert before == {path: path.read_text() for path in copy.rglob("*") if path.is_file()}


def test_an_empty_section_is_refused(release, copy):
    (copy / "CHANGELOG.md").write_text("## 9.0.0 (not released)\n\n## 0.1.0\n\n- Old.\n")
    with pytest.raises(SystemExit, match="is empty"):
        release.write(copy, "9.0.0", DAY)
