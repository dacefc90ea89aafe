"""Text that came from elsewhere, shown and never obeyed."""

from __future__ import annotations

import json
import re

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and line end
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of direction
    "\u2028\u2029\ufeff\ufff9-\ufffb"  # line and paragraph ends, marks of order and annotation
    "\ud800-\udfff\U000e0000-\U000e007f]"  # halves of pairs, tags
)
_LINES = re.compile("[\t\n]")
_ISOLATED = re.compile("(\u2068[^\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\n]*\u2069)")


def visible(text: str, *, lines: bool = False) -> str:
    r"""A text with what a terminal or page would obey written out instead.

    Control characters can clear a screen or write another answer on it; marks of direction
    turn round the words and figures that follow them. They are shown by their numbers.
    Letters of any script are left as they are, joiners between them, too.

    Parameters
    ----------
    text : str
        Text of a stranger's file: a name, a label, a sentence.
    lines : bool
        Whether tabs and line ends are kept.

    References
    ----------
    Unicode Standard Annex 9, section 2; Unicode Technical Report 36, section 2.5.

    Examples
    --------
    >>> print(visible("\x1b[2Jmatch"), visible("\u202e3.41 %"), visible("a\nb"))
    \x1b[2Jmatch \u202e3.41 % a\nb
    >>> visible("Kukës 临夏 تيرانا")
    'Kukës 临夏 تيرانا'
    """
    shown = _OBEYED.sub(_written, text)
    return shown if lines else _LINES.sub(_written, shown)


def visible_sentence(text: str) -> str:
    r"""A sentence of ours in which names that are written from the right are set apart.

    A whole pair of marks that sets a name apart turns nothing round outside it: it stays, so that
    the sentence is read in its order. All else is as in `visible`, with lines kept.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> visible_sentence("\u2068אזור 3\u2069 \u202e3") == "\u2068אזור 3\u2069 \\u202e3"
    True
    """
    parts = _ISOLATED.split(text)
    inside = (f"{part[0]}{visible(part[1:-1])}{part[-1]}" for part in parts[1::2])
    outside = (visible(part, lines=True) for part in parts[::2])
    return "".join(one for pair in zip(outside, [*inside, ""], strict=True) for one in pair)


def _written(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def visible_json(text: str) -> str:
    r"""JSON text with the same characters as its own escapes: the value stays the same.

    Examples
    --------
    >>> print(visible_json('"\u202e\x9b"'))
    "\u202e\u009b"
    """
    return _OBEYED.sub(lambda match: json.dumps(match[0])[1:-1].replace("\x7f", "\\u007f"), text)
