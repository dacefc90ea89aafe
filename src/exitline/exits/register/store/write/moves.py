"""A household moves to another village of its county: every row about it moves with it."""

from __future__ import annotations

from django.apps import apps

from exitline.exits.register.store.errors import LifeChangeError
from exitline.exits.register.store.models.base import Placed
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.write.cards import changing
from exitline.exits.register.store.write.hand import area_of
from exitline.words.said import say


def move(
    store: Store, key: str, expected_version: int | None, by: str, to: str, *, county: str = "",
    token: str | None = None,
) -> None:  # fmt: skip
    """Move a household to another area of its county.

    Its history stays as it is; whoever sees the new village sees it from now on, and nobody else
    of the old one. The scope must hold both.

    Parameters
    ----------
    key : str
    expected_version : int or None
        That was looked at.
    by : str
        The person who is signed in.
    to : str
        The path of the new area.
    county : str
        Path, where two counties use one id.

    Raises
    ------
    StaleVersionError, UnknownHouseholdError
    LifeChangeError
        For an area of another county, or the one it lives in.
    """
    with store.transaction():
        area = area_of(store, to)
        with changing(
            store,
            key,
            expected_version,
            by,
            say("move to {path}", path=to),
            county=county,
            token=token,
        ) as row:
            if area.county_id != row.county_id or area.path == row.path:
                raise LifeChangeError(
                    say("the household cannot move there"), where="move",
                    expected=say("another area of the same county"), got=to,
                    remedy=say("a move to another county is sent (`transfers`), and taken there"),
                )  # fmt: skip
            for model in apps.get_app_config("register").get_models():
                if issubclass(model, Placed):
                    rows = model._default_manager.using(store.alias).filter(household=row)
                    rows.update(path=area.path)
            row.area, row.path = area, area.path
