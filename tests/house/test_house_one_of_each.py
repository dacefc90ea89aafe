"""What the whole house needs stands once."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from exitline import digest
from exitline.errors import DataError, Faults

SRC = Path(__file__).parents[2] / "src" / "exitline"


def _where(pattern: str) -> set[str]:
    """Modules in whose text a pattern stands."""
    return {
        str(path.relative_to(SRC))
        for path in SRC.rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize(
    ("pattern", "homes"),
    [
        # one way of sorting keys before hashing; a codebook is text in a file, hashed by nobody
        (r"sort_keys=", {"digest.py", "stats/data/codebook.py"}),
        (r"hashlib\.file_digest", {"digest.py"}),
        (r"\.others = ", {"errors.py"}),
        (r"def finite\(", {"stats/measure/portable.py"}),
    ],
)
def test_it_stands_once(pattern: str, homes: set[str]) -> None:
    assert _where(pattern) == homes


def test_canonical_json_and_its_digest(tmp_path: Path) -> None:
    value = {"b": [1, 2.5, None, True], "a": "饮水"}
    assert digest.written(value) == '{"a":"饮水","b":[1,2.5,null,true]}'.encode()
    assert digest.digest_of(value) == hashlib.sha256(digest.written(value)).hexdigest()
    with pytest.raises(ValueError, match="compliant"):
        digest.written(float("nan"))
    file = tmp_path / "f"
    file.write_bytes(b"abc")
    assert digest.file_digest(file) == digest.sha256(b"abc")
    with pytest.raises(DataError, match="cannot be read"):
        digest.file_digest(tmp_path / "none", DataError)


def test_faults_come_together() -> None:
    faults = Faults()
    for name in ("a", "b", "a"):
        faults.add(DataError(name))
    assert [faults.together().what, *(o.what for o in faults.together().others)] == ["a", "b"]
