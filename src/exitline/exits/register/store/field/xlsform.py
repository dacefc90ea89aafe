"""A step of a procedure as an XLSForm, and a worker's own list of households for it.

The form asks for the household (out of the list that goes along), the day, the evidence that the
step's rule asks for, papers and reasons. It carries the version of the household that the phone
knew: what has changed since is told by that (`submissions`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from exitline.exits.register.procedures.decision import columns_of
from exitline.exits.register.procedures.procedure import Procedure, Step
from exitline.exits.register.store.models import CardRow, HelperRow, HouseholdRow
from exitline.exits.register.store.opening import Store

LIST = "households"
"""Name of the list of households: of the file, and of the dataset in ODK Central."""
EVIDENCE = "evidence_"
MOST = 50_000
_KINDS = {bool: "select_one truth", float: "decimal", int: "decimal", str: "text"}


def xlsform(procedure: Procedure, step: Step, facts: Mapping[str, Any]) -> bytes:
    """The workbook of a step's form.

    Parameters
    ----------
    procedure : Procedure
    step : Step
    facts : mapping
        Of some card: they tell numbers from words.

    Returns
    -------
    bytes
        With the sheets survey, choices, settings.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheets = {"survey": _survey(procedure, step, facts), "choices": _choices(step, procedure),
              "settings": _settings(procedure, step)}  # fmt: skip
    for place, (name, rows) in enumerate(sheets.items()):
        sheet: Any = book.active if place == 0 else book.create_sheet()
        sheet.title = name
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def field_of(column: str) -> str:
    """The name that a column of evidence has in a form.

    Examples
    --------
    >>> field_of("improved_water"), field_of("income 2024")
    ('evidence_improved_water', 'evidence_income_2024')
    """
    return EVIDENCE + re.sub(r"\W", "_", column)


def entities(store: Store, *, helper: str = "", day: date | None = None) -> str:
    """The list of households as CSV, as external choices want it.

    Parameters
    ----------
    helper : str
        Only the households that this person helps; all of the scope by default.
    day : date, optional
        Today when not given.

    Returns
    -------
    str
        name (the id), label, version, state, and the facts of the latest card.
    """
    columns, rows = listed_households(store, helper=helper, day=day)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    own = columns[1:]
    writer.writerow(["name", "label", *own])
    for row in rows:
        said = [row[name] for name in own]
        writer.writerow([_safe(row["household"]), _safe(row["label"]), *said])
    return out.getvalue()


def listed_households(
    store: Store, *, helper: str = "", day: date | None = None
) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """The list of households: names of columns, and rows of texts.

    Parameters
    ----------
    helper, day
        As in `entities`.

    Returns
    -------
    tuple of (columns, rows)
        household, version, state and the facts; rows have county and label besides.
    """
    today = day or date.today()
    with store.transaction():
        rows = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
        if helper:
            mine = HelperRow.objects.using(store.alias).filter(person=helper, until=None)
            rows = rows.filter(pk__in=mine.values("household"))
        found = list(rows.select_related("area", "county").order_by("path", "key")[:MOST])
        cards = _facts(store, [row.pk for row in found], today)
    facts = sorted({name for one in cards.values() for name in one})
    columns = ("household", "version", "state", *(field_of(name) for name in facts))
    listed = []
    for row in found:
        own = cards.get(row.pk, {})
        said = [str(_said(own.get(name))) for name in facts]
        values = (row.key, str(row.version), row.state, *said)
        label = f"{row.key} {row.name}, {row.area.name}"
        listed.append({**dict(zip(columns, values, strict=True)), "label": label,
                       "county": row.county.path})  # fmt: skip
    return columns, listed


def _survey(procedure: Procedure, step: Step, facts: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """What is asked."""
    item = f"instance('{LIST}')/root/item[name=${{household}}]"
    yield ("type", "name", "label", "required", "calculation", "constraint", "default", "hint")
    yield ("start", "start", "", "", "", "", "", "")
    yield ("username", "username", "", "", "", "", "", "")
    yield (f"select_one_from_file {LIST}.csv", "household", "Household", "yes", "", "", "", "")
    yield ("calculate", "saw", "", "", f"{item}/version", "", "", "")
    yield ("note", "stands", "It stood: ${state}", "", "", "", "", "")
    yield ("calculate", "state", "", "", f"{item}/state", "", "", "")
    yield ("date", "on", "Day on which it was done", "yes", "", ". <= today()", "today()", "")
    if step.assesses is not None:
        for column in sorted(columns_of(procedure.rule(step.assesses))):
            kind = _KINDS.get(type(facts.get(column)), "text")
            hint = "NA: asked, not known" if kind == "text" else ""
            yield (kind, field_of(column), column, "", "", "", "", hint)
    for place, kind in enumerate(step.documents, start=1):
        label = procedure.documents[kind].label
        yield ("text", f"paper_{place}", f"Reference of the paper: {label}", "", "", "", "", "")
    state = procedure.states.get(step.to or "")
    if state is not None and state.categories:
        yield ("select_one category", "category", "Kind", "yes", "", "", "", "")
    yield ("text", "reason", "Reasons", "yes" if step.reason else "", "", "", "", "")


def _choices(step: Step, procedure: Procedure) -> Iterator[Sequence[str]]:
    """What is chosen from."""
    yield ("list_name", "name", "label")
    yield from (("truth", "true", "yes"), ("truth", "false", "no"),
                ("truth", "NA", "asked, not known"))  # fmt: skip
    state = procedure.states.get(step.to or "")
    for one in state.categories if state else ():
        yield ("category", one, one)


def _settings(procedure: Procedure, step: Step) -> Iterator[Sequence[str]]:
    """Title, id and version of the form: the id names the step, the version the procedure."""
    yield ("form_title", "form_id", "version")
    yield (step.label, form_id(step), procedure.digest[:16])


def form_id(step: Step) -> str:
    """The id of a step's form."""
    return "step_" + re.sub(r"\W", "_", step.name)


def _facts(store: Store, ids: Sequence[int], day: date) -> dict[int, Mapping[str, Any]]:
    """The latest facts of households."""
    found: dict[int, Mapping[str, Any]] = {}
    for start in range(0, len(ids), 500):
        rows = CardRow.objects.using(store.alias).filter(
            household__in=ids[start : start + 500], as_of__lte=day
        )
        found |= dict(rows.order_by("as_of", "id").values_list("household", "facts"))
    return found


def _said(value: Any) -> str:
    """A fact in the list."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else _safe(str(value))


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t", "\r") else text
