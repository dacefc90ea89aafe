"""Notices of works as sheets to be posted in villages: before entry, and after completion."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from exitline.foreign import visible
from exitline.publish.notices.page import STYLE
from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.exits.works.due import WorkNotice


def heads_of(t: Language) -> dict[str, str]:
    """What the rows of a sheet are called, by column."""
    return {
        "title": t("Work"), "kind": t("Kind"), "criterion": t("What it is for"),
        "villages": t("Villages"), "cost": t("Cost"), "funds": t("Funds by source"),
        "by": t("Built by"), "began": t("Begins"), "planned_end": t("Is to end"),
        "beneficiaries": t("People it serves"), "paid": t("Paid"), "ended": t("Ended"),
    }  # fmt: skip


def lines_of(notice: WorkNotice, t: Language = ENGLISH) -> list[tuple[str, str]]:
    """The rows of a sheet.

    Parameters
    ----------
    notice : WorkNotice
    t : Language
    """
    heads = heads_of(t)
    shown = notice.shown
    return [(heads[name], _written(shown[name], t)) for name in heads if name in shown]


def _written(value: Any, t: Language) -> str:
    """A number with its groups of digits; text as it is."""
    return t.number(value) if isinstance(value, int | float) else str(value)


def render_notices(notices: Sequence[WorkNotice], office: str, t: Language = ENGLISH) -> str:
    """All notices as one page; each village of each work begins a new sheet.

    Parameters
    ----------
    notices : sequence of WorkNotice
    office : str
        Where objections go; it stands at the foot.
    t : Language
        Of the fixed words.
    """
    sheets = "\n".join(_sheet(one, village, office, t) for one in notices
                       for village in one.villages or ("",))  # fmt: skip
    return (
        f'<!DOCTYPE html>\n<html lang="{t.code}">\n<head>\n<meta charset="utf-8">\n'
        "<title>" + t("Notice of works") + "</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{STYLE}th:first-child{{text-align:left;width:12rem}}</style>\n</head>\n<body>\n"
        f"{sheets}\n</body>\n</html>\n"
    )


def _sheet(notice: WorkNotice, village: str, office: str, t: Language) -> str:
    """A sheet for a village."""
    rows = "".join(f'<tr><th scope="row">{_safe(name)}</th><td>{_safe(value)}</td></tr>'
                   for name, value in lines_of(notice, t))  # fmt: skip
    foot = []
    if notice.posted is not None:
        foot.append(t("Posted on {day}.", day=str(notice.posted)))
    if notice.until is not None:
        foot.append(t("Objections up to the day before {day}.", day=str(notice.until)))
    if office:
        foot.append(t("Objections and questions: {office}", office=office))
    said = "".join(f"<p>{_safe(one)}</p>" for one in foot)
    return (
        f"<section><h1>{_safe(t.of(notice.document))}</h1><h2>{_safe(notice.work)}"
        f"{', ' + _safe(village) if village else ''}</h2><table><tbody>{rows}</tbody></table>"
        f"{said}</section>"
    )


def _safe(text: str) -> str:
    return escape(visible(text))
