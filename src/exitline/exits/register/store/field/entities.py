"""The list of households kept as Entities of ODK Central: created, brought up to date, deleted.

Every household has one Entity whose id follows from its own (UUID 5), so that pushing twice is the
same as pushing once, and a submission that names the Entity names the household. Endpoints as the
API of Central has documented them since 2024.1: datasets, their properties, `entities.csv`,
creation in bulk, update with `baseVersion`, deletion.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from exitline.exits.register.store.errors import StoreError
from exitline.exits.register.store.field.servers import FieldServer, asking, bearer
from exitline.exits.register.store.field.xlsform import MOST, listed_households
from exitline.exits.register.store.opening import Store
from exitline.words.said import say

NAMESPACE = UUID("6f1d2a52-6c0e-5f6b-9d5a-6d0b9f1b7a11")
"""Under which ids of Entities are made."""
AT_ONCE = 1000
_OWN = {"label", "name"}


@dataclass(frozen=True)
class Pushed:
    """What was changed on the server.

    Parameters
    ----------
    created, updated, deleted, same : int
        Entities.
    """

    created: int
    updated: int
    deleted: int
    same: int


def entity_id(county: str, key: str) -> str:
    """The id of a household's Entity.

    Examples
    --------
    >>> entity_id("c/", "h-1") == entity_id("c/", "h-1") != entity_id("d/", "h-1")
    True
    """
    return str(uuid5(NAMESPACE, f"{county}\n{key}"))


def push(store: Store, server: FieldServer, dataset: str, *, helper: str = "") -> Pushed:
    """Bring the Entities of ODK Central to what the register has, as far as the scope.

    Parameters
    ----------
    server : FieldServer
        Of kind "odk".
    dataset : str
        The Entity List; made where it is not there. It should hold nothing else: Entities of
        households that are not in the list any more are deleted.
    helper : str
        Only the households that this person helps.

    Returns
    -------
    Pushed

    Raises
    ------
    StoreError
        When the server cannot be reached, refuses, or an Entity was changed there meanwhile.
    """
    if server.kind != "odk":
        raise StoreError(
            "only ODK Central has Entities", expected="odk", got=server.kind,
            remedy="upload households.csv as a media file of the form",
        )  # fmt: skip
    columns, rows = listed_households(store, helper=helper)
    refuse_names(columns)
    if len(rows) == MOST:
        raise StoreError(
            "the list is longer than phones can hold", where=dataset,
            expected=f"fewer than {MOST:,} households", got="more",
            remedy="push an area at a time, each to a list of its own",
        )  # fmt: skip
    wanted = {
        entity_id(row["county"], row["household"]): (
            row["label"], {name: row[name] for name in columns},
        )
        for row in rows
    }  # fmt: skip
    with asking(server) as client:
        headers = bearer(client, server)
        base = f"/v1/projects/{server.project}/datasets"
        _ensure(client, headers, base, dataset, columns)
        there = dict(_entities(client, headers, f"{base}/{dataset}"))
        at = f"{base}/{dataset}/entities"
        new = [key for key in wanted if key not in there]
        _create(client, headers, at, new, wanted)
        updated = 0
        for key in wanted.keys() & there.keys():
            label, data = wanted[key]
            changed = {k: v for k, v in data.items() if there[key].get(k, "") != v}
            if not changed and there[key].get("label") == label:
                continue
            updated += 1
            base_version = {"baseVersion": there[key].get("__version", "1")}
            client.patch(f"{at}/{key}", params=base_version, headers=headers,
                         json={"label": label, "data": changed}).raise_for_status()  # fmt: skip
        gone = there.keys() - wanted.keys()
        for key in sorted(gone):
            client.delete(f"{at}/{key}", headers=headers).raise_for_status()
    same = len(wanted) - len(new) - updated
    return Pushed(len(new), updated, len(gone), same)


def _ensure(
    client: Any, headers: Mapping[str, str], base: str, dataset: str, columns: Sequence[str]
) -> None:
    """The Entity List and its properties."""
    found = client.get(f"{base}/{dataset}", headers=headers)
    if found.status_code == 404:
        client.post(base, headers=headers, json={"name": dataset}).raise_for_status()
        known: set[str] = set()
    else:
        known = {one["name"] for one in found.raise_for_status().json()["properties"]}
    for name in columns:
        if name not in known:
            client.post(f"{base}/{dataset}/properties", headers=headers,
                        json={"name": name}).raise_for_status()  # fmt: skip


def _entities(
    client: Any, headers: Mapping[str, str], at: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """What is there, by id."""
    text = client.get(f"{at}/entities.csv", headers=headers).raise_for_status().text
    for row in csv.DictReader(io.StringIO(text)):
        yield row["__id"], row


def _create(
    client: Any, headers: Mapping[str, str], at: str, new: Sequence[str],
    wanted: Mapping[str, tuple[str, dict[str, str]]],
) -> None:  # fmt: skip
    """Create Entities, many in each request."""
    for start in range(0, len(new), AT_ONCE):
        some = new[start : start + AT_ONCE]
        sent = {
            "entities": [
                {"uuid": key, "label": wanted[key][0], "data": wanted[key][1]} for key in some
            ],
            "source": {"name": "exitline register", "size": len(some)},
        }
        client.post(at, headers=headers, json=sent).raise_for_status()


def refuse_names(columns: Sequence[str]) -> None:
    """Refuse facts whose names an Entity keeps for itself.

    Raises
    ------
    StoreError
    """
    for name in columns:
        if name in _OWN or name.startswith("__"):
            raise StoreError(
                say("a fact has a name that Entities keep for themselves"), where=name,
                expected=say("another name than name, label, or one that begins with __"),
                remedy=say("rename the fact"),
            )  # fmt: skip
