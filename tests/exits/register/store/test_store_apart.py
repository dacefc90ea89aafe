"""Nobody decides on their own township; whoever stands in is bound as the one who is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exitline.exits.register import IndependenceError
from exitline.exits.register.store.errors import AuthorityError, StoreError
from exitline.exits.register.store.opening import Store

LONG_AGO, DAY = date(2016, 1, 1), date(2016, 5, 1)


def _step(store: Store, procedure: Any, draft: Any) -> None:
    from exitline.exits.register.store.write.record import record

    record(store, draft, None, draft.actor, procedure=procedure, area="c/t/v1/", recorded=draft.on)


def test_nobody_decides_on_their_own_township(store: Store, made: Any, china: Any) -> None:
    from exitline.exits.register.store.write.areas import assign

    steps = {**china.steps, "carry over": replace(china.steps["carry over"], outside="township")}
    strict = replace(china, steps=steps)
    assign(store, "xu", "county", "c/", since=LONG_AGO)
    own = assign(store, "xu", "work team", "c/t/v2/", since=LONG_AGO)
    with pytest.raises(IndependenceError, match="their own township"):
        _step(store, strict, made("carry over", "2016-05-01", actor="xu"))
    with store.transaction():
        own.until = DAY  # it ended; the other role may stay
        own.save(using=store.alias)
    _step(store, strict, made("carry over", "2016-05-01", actor="xu"))


def test_whoever_stands_in_is_bound_as_the_one_who_is_away(
    store: Store, made: Any, china: Any
) -> None:
    from exitline.exits.register.store.write.apart import delegate
    from exitline.exits.register.store.write.areas import assign

    village, far = "village committees", date(2999, 1, 1)
    for person, role, path in (
        ("xu", "county", "c/"), ("li", village, "c/t/v1/"), ("li", "work team", "c/t/"),
        ("wu", "work team", "c/t/"),
    ):  # fmt: skip
        assign(store, person, role, path, since=LONG_AGO)
    _step(store, china, made("carry over", "2016-05-01", actor="xu"))
    _step(store, china, made("propose exit", "2016-06-01", actor="li"))
    verify = china.steps["verify"]
    strict = replace(
        china, steps={**china.steps, "verify": replace(verify, independent_of=("propose exit",))}
    )
    delegate(store, "li", "work team", "c/t/", "sun", since=LONG_AGO, until=far)
    with pytest.raises(IndependenceError, match="stands in"):
        _step(store, strict, made("verify", "2016-06-10", actor="sun", role="work team"))
    delegate(store, "wu", "work team", "c/t/", "qian", since=LONG_AGO, until=far)
    _step(store, strict, made("verify", "2016-06-10", actor="qian", role="work team"))


def test_nobody_hands_on_what_they_do_not_hold(store: Store) -> None:
    from exitline.exits.register.store.write.apart import delegate
    from exitline.exits.register.store.write.areas import assign

    assign(store, "li", "work team", "c/t/", since=LONG_AGO, until=date(2016, 3, 1))
    given = {"since": date(2016, 2, 1), "until": date(2016, 2, 9)}
    delegate(store, "li", "work team", "c/t/", "sun", **given)
    for person, role, area in (("li", "county", "c/t/"), ("li", "work team", "c/"),
                               ("sun", "work team", "c/t/")):  # fmt: skip
        with pytest.raises(AuthorityError):
            delegate(store, person, role, area, "wu", **given)
    with pytest.raises(AuthorityError):
        delegate(store, "li", "work team", "c/t/", "wu", **{**given, "until": date(2016, 4, 1)})
    with pytest.raises(StoreError):
        delegate(store, "li", "work team", "c/t/", " LI ", **given)
    with pytest.raises(StoreError):
        delegate(store, "li", "work team", "c/t/", "wu", **{**given, "until": given["since"]})
