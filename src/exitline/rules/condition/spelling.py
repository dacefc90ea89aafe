"""The first gate of the condition language: only known words and signs pass.

What a word or a sign is, the grammar says (`condition.lark`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from exitline.errors import ConditionError, nearest

if TYPE_CHECKING:
    from lark import Lark, Token

MAX_TEXT = 4000
MAX_NESTING = 20
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


class Senseless(Exception):  # noqa: N818 - it is caught where the place is known
    """Raised while the grammar reads what makes no sense whatever follows.

    Parameters
    ----------
    back : int
        How many words before the next one the sense ends.
    """

    def __init__(self, back: int = 0) -> None:
        super().__init__(back)
        self.back = back


class _Meaning:
    """What the grammar does while it reads: leaves a plus sign out, stops at what has no sense."""

    def positive(self, pieces: list[Any]) -> Any:
        return pieces[-1]

    def no_left(self, _: list[Any]) -> Any:
        raise Senseless

    no_left_or = no_left_and = no_left_equal = no_left_ordered = no_left_over = no_left
    no_branch = no_left

    def no_right(self, _: list[Any]) -> Any:
        raise Senseless(1)

    def no_right_of_not(self, _: list[Any]) -> Any:
        raise Senseless(2)


@lru_cache(maxsize=1)
def _rules() -> str:
    """The text of the grammar."""
    return files("exitline.rules.condition").joinpath("condition.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def grammar() -> Lark:
    """The grammar, ready to read."""
    from lark import Lark

    return Lark(
        _rules(), parser="lalr", lexer="basic", maybe_placeholders=False, transformer=_Meaning()
    )


@lru_cache(maxsize=1)
def _keywords() -> frozenset[str]:
    """The words that the grammar has for itself."""
    return frozenset(re.findall(r"^[A-Z]+\.\d: /([A-Z]+)\(", _rules(), re.MULTILINE))


def is_name(text: str) -> bool:
    """Whether a condition is the name of a column and nothing else: most of a study's are.

    The grammar, which takes longer to make ready than many a study to read, is not asked.

    Examples
    --------
    >>> is_name("welfare"), is_name("y / 12"), is_name("end"), is_name('"end"')
    (True, False, False, False)
    """
    plain = len(text) <= MAX_TEXT and re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", text) is not None
    return plain and text.upper() not in _keywords()


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


def words_of(text: str, *, where: str = "") -> tuple[Token, ...]:
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
    >>> [str(word) for word in words_of("welfare < line('food')")]
    ['welfare', '<', 'line', '(', "'food'", ')']
    """
    from lark.exceptions import UnexpectedCharacters

    _check_length(text, where)
    found: list[Token] = []
    try:
        for word in grammar().lex(text):
            if word.type == "COMMENT":
                raise _unknown_sign(text, word.start_pos or 0, where, comment=True)
            found.append(_known(text, word, where))
    except UnexpectedCharacters as reason:
        raise _unknown_sign(text, reason.pos_in_stream or 0, where) from None
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


def _known(text: str, word: Token, where: str) -> Token:
    """The word as the language writes it: keywords in capitals, functions in small letters."""
    if word.type == "CALLED":
        if word.lower() not in FUNCTIONS:
            raise refuse(
                text,
                word.start_pos or 0,
                f"the function '{word}' is not allowed in a condition",
                where=where,
                got=f"{word}(...)",
                remedy=_FUNCTION_REMEDIES.get(word.lower()) or nearest(word.lower(), FUNCTIONS),
            )
        return word.update(value=word.lower())
    return word.update(value=word.upper()) if word.type not in _AS_WRITTEN else word


_AS_WRITTEN = {"NAME", "QUOTED", "TEXT", "NUMBER", "POINTED", "SYMMETRIC"}
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


def _unknown_sign(text: str, at: int, where: str, *, comment: bool = False) -> ConditionError:
    """The error for a character that starts nothing known."""
    sign = text[at]
    return refuse(
        text,
        at,
        "a comment is not allowed in a condition" if comment else f"unexpected {sign!r}",
        where=where,
        got=_shorten(text[at : at + 20]),
        remedy="put it in the label or note" if comment else _REMEDIES.get(sign, ""),
    )


_SIGNS = {
    "UP_TO", "FROM", "UNEQUAL", "EQUAL", "BELOW", "ABOVE", "PLUS", "MINUS", "TIMES", "OVER",
    "COMMA", "LPAR", "RPAR",
}  # fmt: skip


def _check_neighbours(text: str, found: list[Token], where: str) -> None:
    """Refuse a number that runs into a word (1_000, 3rooms), and "quoted"(...)."""
    for word, after in pairwise(found):
        if word.type in ("NAME", "QUOTED") and after == "(":
            raise refuse(
                text,
                word.start_pos or 0,
                f"{word} stands before a bracket like a function",
                where=where,
                remedy="write functions without quotation marks; put an operator before '('",
            )
        touching = word.end_pos == after.start_pos
        if word.type in ("NUMBER", "POINTED") and touching and after.type not in _SIGNS:
            raise refuse(
                text,
                word.start_pos or 0,
                "a number runs into what follows it",
                where=where,
                got=word + after,
                remedy="write numbers as 1000 or 0.5, names with a letter first",
            )


def _check_nesting(text: str, found: list[Token], where: str) -> None:
    """Refuse nesting that a parser, an engine or a person would lose track of."""
    depth = run = 0
    for word in found:
        depth += (word in ("(", "CASE")) - (word in (")", "END"))
        prefix = word in ("NOT", "-", "+")
        run = run + 1 if prefix else 0
        if depth > MAX_NESTING or run > MAX_NESTING:
            raise refuse(
                text,
                word.start_pos or 0,
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
