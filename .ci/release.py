#!/usr/bin/env python3
"""Cut a release: `python .ci/release.py 0.2.0`. The version stands in one place, version.py.

Writes the version into src/exitline/version.py and CITATION.cff, dates the changelog's section
(which must be there and say something), and, unless --only-write is given, runs lint and tests,
builds, commits and tags. Nothing is pushed.
"""

from __future__ import annotations

import argparse
import datetime
import re
import subprocess
import sys
from pathlib import Path

VERSION = re.compile(r"\d+\.\d+\.\d+")


def numbers(version: str) -> tuple[int, ...]:
    """A version in numbers, to compare."""
    return tuple(int(part) for part in version.split("."))


def current(root: Path) -> str:
    """The version that the source has."""
    text = (root / "src/exitline/version.py").read_text(encoding="utf-8")
    return re.findall(r'^__version__ = "(.+)"$', text, re.M)[0]


def write(root: Path, version: str, day: datetime.date) -> None:
    """Write the version where it is read, and date the changelog's section.

    Raises
    ------
    SystemExit
        Where the version is none, is not later, or its section is missing or empty.
    """
    if not VERSION.fullmatch(version):
        sys.exit(f"'{version}' is no version: write 0.2.0")
    if numbers(version) <= numbers(current(root)):
        sys.exit(f"{version} is not later than {current(root)}")
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = f"## {version} (not released)\n"
    _, found, rest = changes.partition(heading)
    if not found:
        sys.exit(f"CHANGELOG.md has no section '{heading.strip()}'")
    if not re.search(r"^- ", rest.partition("\n## ")[0], re.M):
        sys.exit(f"the section of {version} in CHANGELOG.md is empty")
    cited = (root / "CITATION.cff").read_text(encoding="utf-8")
    cited = re.sub(r"^date-released:.*\n", "", cited, flags=re.M)
    cited = re.sub(r"^version: .+$", f"version: {version}\ndate-released: {day}", cited, flags=re.M)
    (root / "CITATION.cff").write_text(cited, encoding="utf-8")
    source = f'"""The version of this program."""\n\n__version__ = "{version}"\n'
    (root / "src/exitline/version.py").write_text(source, encoding="utf-8")
    dated = changes.replace(heading, f"## {version} ({day})\n")
    (root / "CHANGELOG.md").write_text(dated, encoding="utf-8")


def main() -> None:
    """Check the tree, write, try, commit, tag."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--only-write", action="store_true", help="no tests, commit or tag")
    given = parser.parse_args()
    root = Path(__file__).resolve().parents[1]

    def call(*words: str) -> str:
        return subprocess.run(words, cwd=root, check=True, text=True, capture_output=True).stdout

    if not given.only_write and call("git", "status", "--porcelain"):
        sys.exit("commit or stash first")
    write(root, given.version, datetime.date.today())
    if given.only_write:
        return
    for words in (("make", "lint"), ("make", "test"), ("make", "dist")):
        subprocess.run(words, cwd=root, check=True)
    call("git", "commit", "-qam", f"exitline {given.version}")
    call("git", "tag", "-a", f"v{given.version}", "-m", f"exitline {given.version}")
    print(f"tagged v{given.version}; push it with: git push --follow-tags")


if __name__ == "__main__":
    main()
