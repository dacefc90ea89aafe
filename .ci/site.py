"""The documentation site also holds the examples that its pages link to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

LINK = re.compile(r"\]\((?:\.\./)+(examples/[^)#\s]+)")
BESIDE = re.compile(r"\]\((?!https?:|\.\./|#)([^)#\s]+)")
ROOT = Path(__file__).parents[1]


def on_files(files: Any, config: Any) -> Any:
    """Add every linked file below examples/ to the site."""
    from mkdocs.structure.files import File

    linked = set()
    for page in Path(config["docs_dir"]).rglob("*.md"):
        linked.update(LINK.findall(page.read_text(encoding="utf-8")))
    for path in [one for one in linked if one.endswith(".md")]:
        folder = (ROOT / path).parent
        beside = BESIDE.findall((ROOT / path).read_text(encoding="utf-8"))
        linked.update((folder / one).relative_to(ROOT).as_posix() for one in beside)
    for path in sorted(linked):
        if (ROOT / path).is_file():
            directory = bool(config["use_directory_urls"])
            files.append(File(path, str(ROOT), config["site_dir"], directory))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links out of docs/ lead to the files beside the pages; the first page has the whole width."""
    if page.file.src_uri == "index.md":
        page.meta["hide"] = ["navigation", "toc"]
    up = "../" * page.file.src_uri.count("/")
    return LINK.sub(lambda found: f"]({up}{found[1]}", markdown)
