"""What a form asks, and what was typed: read by Django's form fields, said in our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from exitline.exits.register.steps.drafts import value_of
from exitline.words.said import say

NUMBER, TRUTH, WORDS = "number", "yes or no", "words"
YES_NO = (("", say("not known")), ("true", say("yes")), ("false", say("no")))


@dataclass(frozen=True)
class AskedField:
    """One field.

    Parameters
    ----------
    name : str
        In the form that is sent.
    label : str
        A message, or a name from somebody's file.
    kind : str
        text, long, day, amount, check, choice, choices, fact (with `of`), or seen: not typed.
    required : bool
    start : object
        What stands there when nobody has typed yet.
    options : sequence of (value, label)
    hint : str
    known : sequence of str
        Texts to choose from, others may be typed.
    of : str
        The kind of a fact: number, yes or no, words.
    most : int
        Letters.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    start: Any = ""
    options: Sequence[tuple[str, str]] = ()
    hint: str = ""
    known: Sequence[str] = ()
    of: str = WORDS
    most: int = 200

    def read(self, typed: Any) -> Any:
        """The value of what was typed.

        Raises
        ------
        django ValidationError
        """
        if self.kind == "fact":
            return _fact(str(typed).strip(), self.of)
        value = _field(self).clean(typed)
        return None if self.kind == "day" and not value else value


@dataclass(frozen=True)
class FormSection:
    """Fields that belong together; `pairs` of name and amount stand side by side."""

    legend: str
    asks: Sequence[AskedField]
    hint: str = ""
    pairs: bool = False


@dataclass
class SentForm:
    """A form with what was typed, or as nobody has typed in it yet.

    Parameters
    ----------
    sections : sequence of FormSection
    data : mapping, optional
        A QueryDict; None for a fresh form.
    """

    sections: Sequence[FormSection]
    data: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def shown(self, ask: AskedField) -> Any:
        """What stands in a field."""
        if self.data is None:
            return ask.start
        return self.data.getlist(ask.name) if ask.kind == "choices" else self.data.get(ask.name, "")

    def read(self) -> bool:
        """Read every field; whether all could be read."""
        for section in self.sections:
            for ask in section.asks:
                try:
                    self.values[ask.name] = ask.read(self.shown(ask))
                except ValidationError as reason:
                    self.errors[ask.name] = _words(reason.error_list[0].code or "", ask)
        return not self.errors


def _field(ask: AskedField) -> forms.Field:
    """Django's field."""
    needed = {"required": ask.required}
    if ask.kind == "day":
        return forms.DateField(**needed, input_formats=["%Y-%m-%d"])
    if ask.kind == "amount":
        return forms.DecimalField(**needed, max_digits=14, decimal_places=2)
    if ask.kind == "check":
        return forms.BooleanField(**needed)
    if ask.kind == "choice":
        return forms.ChoiceField(**needed, choices=ask.options)
    if ask.kind == "choices":
        return forms.MultipleChoiceField(**needed, choices=ask.options)
    return forms.CharField(**needed, max_length=5000 if ask.kind == "long" else ask.most)


def _fact(text: str, kind: str) -> Any:
    """A fact of a card: None where it was asked and is not known, "" where it is left out."""
    if not text or text == "NA":
        return None if text else ""
    value = value_of(text)
    if kind == NUMBER and (isinstance(value, bool) or not isinstance(value, float)):
        raise ValidationError("", code="no number")
    if kind == TRUTH and not isinstance(value, bool):
        raise ValidationError("", code="invalid_choice")
    return text[:200] if kind == WORDS else value


def _words(code: str, ask: AskedField) -> str:
    """Why a field cannot be read."""
    if code == "required":
        return say("This is needed.")
    if code == "invalid" and ask.kind == "day":
        return say("This is no day.")
    if code == "no number" or (code == "invalid" and ask.kind == "amount"):
        return say("This is no number.")
    if code.startswith("max"):
        return say("This is too long or too large.")
    return say("This cannot be chosen.")


def kind_of(value: Any) -> str:
    """The kind of a fact from a value of it.

    Examples
    --------
    >>> kind_of(True), kind_of(2.5), kind_of("well"), kind_of(None)
    ('yes or no', 'number', 'words', 'words')
    """
    if isinstance(value, bool):
        return TRUTH
    return NUMBER if isinstance(value, int | float) else WORDS


def day(name: str, label: str, *, start: Any = None, required: bool = True) -> AskedField:
    """A day, today where nothing was typed."""
    if start is None:
        start = date.today().isoformat()
    return AskedField(name, label, "day", required=required, start=start)


def truth(text: str) -> bool | None:
    """Yes, no, or not known.

    Examples
    --------
    >>> truth("true"), truth("false"), truth("")
    (True, False, None)
    """
    return {"true": True, "false": False}.get(text)


def lines_of(values: Mapping[str, Any], rows: int) -> dict[str, Decimal]:
    """Lines of income from rows of name and amount; rows without a name are left out."""
    found: dict[str, Decimal] = {}
    for i in range(rows):
        name, amount = values.get(f"line.{i}.name", ""), values.get(f"line.{i}.amount")
        if name and amount is not None:
            found[name] = found.get(name, Decimal(0)) + amount
    return found
