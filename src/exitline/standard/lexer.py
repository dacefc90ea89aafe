"""The first gate of the condition language: only known words and signs pass.

Every word that is not part of the language is a name, and is handed to the parser in
quotes: whatever a column is called, the parser can never take it for something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from exitline.errors import ConditionError, nearest

MAX_TEXT = 4000
MAX_NESTING = 20
KEYWORDS = frozenset(
    "AND OR NOT IN BETWEEN IS NULL TRUE FALSE CASE WHEN THEN ELSE END".split()  # noqa: SIM905
)
FUNCTIONS: dict[str, tuple[int, int]] = {
    # name: fewest and most arguments
    "abs": (1, 1),
    "ceil": (1, 1),
    "coalesce": (2, 50),
    "deprivations": (0, 0),
    "deprived": (1, 1),
    "exp": (1, 1),
    "floor": (1, 1),
    "greatest": (2, 50),
    "if": (3, 3),
    "least": (2, 50),
    "line": (1, 1),
    "ln": (1, 1),
    "nullif": (2, 2),
    "round": (1, 2),
    "score": (0, 0),
    "sqrt": (1, 1),
}
ALLOWED = (
    "numbers, 'text', TRUE, FALSE, NULL, column names; + - * /; = <> < <= > >=; AND, OR, NOT, "
    "IN (...), BETWEEN, IS NULL, CASE; the functions " + ", ".join(sorted(FUNCTIONS))
)
_NAME = r"[^\W\d]\w*"
_SIGNS = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<text>'(?:[^']|'')*')
      | (?P<comment>--|/\*|\#)
      | (?P<sign><=|>=|<>|!=|==|[-+*/=<>(),])""",
    re.VERBOSE,
)
_REMEDIES = {
    ";": "a condition is one expression: leave ';' out",
    "%": "write x - y * floor(x / y) for the remainder",
    ".": "name a column alone, without a table before it; a number needs a digit before the point",
    "'": "close the quotation mark; write '' for a quotation mark inside a text",
    '"': "close the quotation mark; names with spaces go in double quotes",
    "|": "use OR; texts cannot be joined",
    "&": "use AND",
    "!": "use NOT, or <> for 'is not equal'",
    "`": "put the name in double quotes",
    "^": "multiply, or use exp, ln and sqrt",
}


@dataclass(frozen=True)
class Token:
    """One word or sign, with its place in the text."""

    kind: Literal["number", "keyword", "function", "name", "text", "sign"]
    written: str
    at: int


def refuse(
    text: str,
    at: int,
    what: str,
    *,
    where: str,
    got: str = "",
    remedy: str = "",
    expected: str = ALLOWED,
) -> ConditionError:
    """The error for something that the language does not have, pointing at its place."""
    place = f'character {at + 1} of "{_around(text, at)}"'
    return ConditionError(
        what,
        where=f"{where}, {place}" if where else place,
        expected=expected,
        got=got or None,
        remedy=remedy or "see docs/condition-language.md for what can be written",
    )


def tokens(text: str, *, where: str = "") -> tuple[Token, ...]:
    """The words and signs of a condition.

    Parameters
    ----------
    text : str
        At most 4,000 characters.
    where : str
        File, line and key, for messages.

    Raises
    ------
    ConditionError
        For a sign or function that is not in the language, or too deep nesting.

    Examples
    --------
    >>> [t.written for t in tokens("welfare < line('food')")]
    ['welfare', '<', 'line', '(', "'food'", ')']
    """
    _check_length(text, where)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _SIGNS.match(text, at)
        if match is None or match.lastgroup == "comment":
            raise _unknown_sign(text, at, where)
        if match.lastgroup != "space":
            found.append(_token(text, match, where))
        at = match.end()
    if not found:
        raise refuse(text, 0, "the condition is empty", where=where)
    _check_neighbours(text, found, where)
    _check_nesting(text, found, where)
    return tuple(found)


def _check_length(text: str, where: str) -> None:
    """Refuse a text that is too long to be read by a person either."""
    if len(text) > MAX_TEXT:
        raise ConditionError(
            "the condition is too long",
            where=where or None,
            expected=f"at most {MAX_TEXT:,} characters",
            got=f"{len(text):,}",
            remedy="split it into indicators, or into computed columns of the study",
        )


def _token(text: str, match: re.Match[str], where: str) -> Token:
    """The token that was matched; a word is a keyword, a function or a name."""
    written, at = match[0], match.start()
    if match.lastgroup != "word":
        kind = "name" if match.lastgroup == "quoted" else match.lastgroup
        return Token(kind, written, at)  # type: ignore[arg-type]
    calls = text[match.end() :].lstrip().startswith("(")
    if written.upper() in KEYWORDS:
        return Token("keyword", written.upper(), at)
    if not calls:
        return Token("name", written, at)
    if written.lower() not in FUNCTIONS:
        raise refuse(
            text,
            at,
            f"the function '{written}' is not allowed in a condition",
            where=where,
            got=f"{written}(...)",
            remedy=_FUNCTION_REMEDIES.get(written.lower()) or nearest(written.lower(), FUNCTIONS),
        )
    return Token("function", written.lower(), at)


_FUNCTION_REMEDIES = {
    "log": "write ln(x) for the natural logarithm, ln(x) / ln(10) for the decimal one",
    "ifnull": "write coalesce(x, y)",
    "nvl": "write coalesce(x, y)",
    "isnull": "write x IS NULL",
    "min": "write least(x, y) for the smaller of two columns",
    "max": "write greatest(x, y) for the larger of two columns",
    "pow": "multiply, or write exp(y * ln(x))",
    "power": "multiply, or write exp(y * ln(x))",
    "cast": "columns keep their type; turn text into numbers when the data are read",
    "exists": "a condition speaks about one row; join tables in the study instead",
    "select": "a condition speaks about one row; join tables in the study instead",
}


def _unknown_sign(text: str, at: int, where: str) -> ConditionError:
    """The error for a character that starts nothing known."""
    sign = text[at]
    comment = _SIGNS.match(text, at) is not None
    return refuse(
        text,
        at,
        "a comment is not allowed in a condition" if comment else f"unexpected {sign!r}",
        where=where,
        got=_shorten(text[at : at + 20]),
        remedy="put it in the label or note" if comment else _REMEDIES.get(sign, ""),
    )


def _check_neighbours(text: str, found: list[Token], where: str) -> None:
    """Refuse a number that runs into a word (1_000, 3rooms), and "quoted"(...)."""
    for token, after in pairwise(found):
        if token.kind == "name" and after.written == "(":
            raise refuse(
                text,
                token.at,
                f"{token.written} stands before a bracket like a function",
                where=where,
                remedy="write functions without quotation marks; put an operator before '('",
            )
        touching = token.at + len(token.written) == after.at
        if token.kind == "number" and touching and after.kind not in ("sign",):
            raise refuse(
                text,
                token.at,
                "a number runs into what follows it",
                where=where,
                got=token.written + after.written,
                remedy="write numbers as 1000 or 0.5, names with a letter first",
            )


def _check_nesting(text: str, found: list[Token], where: str) -> None:
    """Refuse nesting that a parser, an engine or a person would lose track of."""
    depth = run = 0
    for token in found:
        depth += (token.written in ("(", "CASE")) - (token.written in (")", "END"))
        prefix = token.written in ("NOT", "-", "+")
        run = run + 1 if prefix else 0
        if depth > MAX_NESTING or run > MAX_NESTING:
            raise refuse(
                text,
                token.at,
                "the condition is nested too deeply",
                where=where,
                got=f"more than {MAX_NESTING} levels",
                remedy="split it into indicators, or into computed columns of the study",
            )


def _around(text: str, at: int, most: int = 70) -> str:
    """The text around a place, on one line."""
    start = 0 if len(text) <= most else max(0, min(at - 20, len(text) - most))
    cut = " ".join(text[start : start + most].split())
    return ("…" if start else "") + cut + ("…" if start + most < len(text) else "")


def _shorten(text: str, most: int = 60) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
