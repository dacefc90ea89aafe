"""A guess at the encoding of text that is not UTF-8, good enough for a hint."""

from __future__ import annotations

import re

_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\xa8\xb8\xc0-\xff]{3,}")


def likely_encoding(sample: bytes) -> str:
    """Which of the usual encodings this text is probably in.

    Parameters
    ----------
    sample : bytes
        Bytes from the start of the file.

    Returns
    -------
    str
        "utf-16" ("utf-16-le" or "utf-16-be" without its mark), "gb18030" (Chinese), "cp1251"
        (Cyrillic), "cp1252" (Western European)
        or "latin-1", as Python names them.

    Notes
    -----
    Chinese characters come in pairs of high bytes, Cyrillic words are runs of three and
    more high bytes, and Western European text has single ones among ASCII letters.

    Examples
    --------
    >>> likely_encoding("région,dépense".encode("cp1252"))
    'cp1252'
    >>> likely_encoding("hhid,y".encode("utf-16-le"))
    'utf-16-le'
    >>> likely_encoding("регион,расходы".encode("cp1251"))
    'cp1251'
    >>> likely_encoding("省,户主,行唐县".encode("gb18030"))
    'gb18030'
    """
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if sample.count(0) > len(sample) // 4:
        return "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le"
    high = len(_HIGH.findall(sample))
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(sample))
    if _chinese_share(sample) > 0.9:
        return "gb18030"
    if high and in_runs / high > 0.5 and _decodes(sample, "cp1251"):
        return "cp1251"
    return "cp1252" if _decodes(sample, "cp1252") else "latin-1"


def is_utf8(sample: bytes) -> bool:
    """Whether the whole lines of a sample are text in UTF-8.

    Examples
    --------
    >>> is_utf8("région\\n".encode()), is_utf8("région\\n".encode("latin-1"))
    (True, False)
    """
    return b"\0" not in sample and _decodes(sample[: sample.rfind(b"\n") + 1 or None], "utf-8")


def _chinese_share(sample: bytes) -> float:
    """The share of two-byte pairs that are among the 6,763 characters of GB 2312."""
    pairs = _PAIRS.findall(sample)
    common = sum(0xB0 <= pair[0] <= 0xF7 and pair[1] >= 0xA1 for pair in pairs)
    try:
        sample[: sample.rfind(b"\n") + 1 or None].decode("gb18030")
    except UnicodeDecodeError:
        return 0.0
    cyrillic = sum(pair[0] >= 0xE0 and pair[1] >= 0xE0 for pair in pairs)
    return (common - cyrillic) / len(pairs) if pairs else 0.0


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
