"""What the API says about everything that it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exitline.publish.explorer.texts import in_language
from exitline.publish.server.asked import ReadRequest
from exitline.publish.server.catalogue import Catalogue, or_none
from exitline.publish.server.declare import MAYBE_TEXT, TEXT, WHOLE, AnswerRecord, Field, Schema


def _object(properties: Mapping[str, Schema], *, or_null: bool = False) -> dict[str, Any]:
    """An object with these properties, all of them there."""
    return {
        "type": ["object", "null"] if or_null else "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": items}


ABOUT = AnswerRecord("About", "What is shown, and how it came about.", (
    Field("kind", {"type": "string", "enum": ["run", "record"]},
          "A run of a study, or a record of decisions that others took."),
    Field("title", TEXT, "What it is called."),
    Field("summary", TEXT, "What it is, in a sentence."),
    Field("notice", MAYBE_TEXT, "What must be said wherever a figure is shown."),
    Field("languages", _list(TEXT), "Languages of the answers, the usual one first."),
    Field("years", _list(TEXT), "Years, in order."),
    Field("standard", _object({"title": TEXT, "text": _list(TEXT)}, or_null=True),
          "The rule in words."),
    Field("sources", _list(_object({"title": TEXT, "url": MAYBE_TEXT})), "Where it comes from."),
    Field("method", _list(_object({"term": TEXT, "text": TEXT})), "How the figures came about."),
    Field("disclosure", _object({"words": TEXT, "suppressed": WHOLE}),
          "How small counts are protected, and how many figures are suppressed."),
    Field("verify", _object({"words": TEXT, "commands": _list(TEXT),
                             "digests": _list(_object({"name": TEXT, "sha256": TEXT}))}),
          "How a stranger recomputes the figures."),
    Field("software", TEXT, "What made it."),
))  # fmt: skip
INDEX = AnswerRecord("Index", "Where everything is.", (
    Field("title", TEXT, "What is shown."),
    Field("notice", MAYBE_TEXT, "What must be said wherever a figure is shown."),
    Field("read_at", TEXT, "When the figures were read; later changes of the files are not seen."),
    Field("page", TEXT, "Address of the page."),
    Field("docs", TEXT, "Address of the description of the API for people."),
    Field("openapi", TEXT, "Address of the same for programs."),
    Field("operations", _list(_object({"name": TEXT, "href": TEXT, "summary": TEXT})),
          "What can be asked."),
))  # fmt: skip


def index(
    found: Catalogue, asked: ReadRequest, there: Sequence[tuple[str, str, str]]
) -> dict[str, Any]:
    """Where everything is.

    Parameters
    ----------
    found : Catalogue
    asked : ReadRequest
    there : sequence of (name, address, summary)

    Returns
    -------
    dict
        The fields of `INDEX`.
    """
    return {
        "title": in_language(found.shown.title, asked.language),
        "notice": or_none(found.shown.notice or "", asked.language),
        "read_at": found.read_at,
        "page": "/",
        "docs": "/docs",
        "openapi": "/openapi.json",
        "operations": [{"name": n, "href": href, "summary": s} for n, href, s in there],
    }


def about(found: Catalogue, asked: ReadRequest) -> dict[str, Any]:
    """Everything about the explorer but its figures.

    Parameters
    ----------
    found : Catalogue
    asked : ReadRequest

    Returns
    -------
    dict
        The fields of `ABOUT`.
    """
    from exitline.version import __version__

    shown = found.shown

    def said(text: Any) -> str:
        return in_language(text, asked.language)

    standard = shown.standard
    return {
        "kind": shown.kind,
        "title": said(shown.title),
        "summary": said(shown.summary),
        "notice": or_none(shown.notice or "", asked.language),
        "languages": list(shown.languages),
        "years": list(shown.years),
        "standard": standard
        and {"title": said(standard[0]), "text": [said(part) for part in standard[1]]},
        "sources": [{"title": said(title), "url": url or None} for title, url in shown.sources],
        "method": [{"term": said(term), "text": said(text)} for term, text in shown.method],
        "disclosure": {"words": said(shown.disclosure), "suppressed": shown.suppressed},
        "verify": {
            "words": said(shown.verify.words),
            "commands": list(shown.verify.commands),
            "digests": [{"name": n, "sha256": d} for n, d in shown.verify.digests],
        },
        "software": f"exitline {__version__}",
    }  # fmt: skip
