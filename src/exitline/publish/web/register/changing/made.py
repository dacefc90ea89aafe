"""What a kind of change is given: to ask, and to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.cards import CardPage
from exitline.publish.web.register.changing.asks import FormSection


@dataclass(frozen=True)
class Asked:
    """What a form is made from.

    Parameters
    ----------
    store : Store
        As far as the person sees.
    card : CardPage
    given : mapping
        Of the address or of what was typed: what the form depends on.
    """

    store: Store
    card: CardPage
    given: Mapping[str, str]


@dataclass(frozen=True)
class SentChange:
    """What was read from a form.

    Parameters
    ----------
    store : Store
    key : str
    version : int or None
        That was looked at.
    by : str
        Who is signed in.
    token : str or None
    values : mapping
    """

    store: Store
    key: str
    version: int | None
    by: str
    token: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ChangeKind:
    """A kind of change.

    Parameters
    ----------
    name : str
        In its address.
    title : str
    asks : callable
        The sections of its form.
    write : callable
        Records it; gives the id of the household to show then.
    note : str
        What follows from it.
    """

    name: str
    title: str
    asks: Callable[[Asked], Sequence[FormSection]]
    write: Callable[[SentChange], str]
    note: str = ""
