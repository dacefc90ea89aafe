"""What the API says about everything that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from exitline.publish.explorer.texts import in_language
from exitline.publish.web.figures.catalogue import Catalogue, or_none
from exitline.publish.web.figures.records import AnswerRecord, says


class RuleAnswer(AnswerRecord):
    """The rule in words."""

    title: str
    text: list[str]


class SourceAnswer(AnswerRecord):
    """Where something comes from."""

    title: str
    url: str | None


class MethodAnswer(AnswerRecord):
    """How figures came about."""

    term: str
    text: str


class DisclosureAnswer(AnswerRecord):
    """How small counts are protected."""

    words: str
    suppressed: int


class DigestAnswer(AnswerRecord):
    """What a file's content is known by."""

    name: str
    sha256: str


class VerifyAnswer(AnswerRecord):
    """How a stranger recomputes the figures."""

    words: str
    commands: list[str]
    digests: list[DigestAnswer]


class AboutAnswer(AnswerRecord):
    """What is shown, and how it came about."""

    kind: Literal["run", "record"] = says(
        "A run of a study, or a record of decisions that others took."
    )
    title: str = says("What it is called.")
    summary: str = says("What it is, in a sentence.")
    notice: str | None = says("What must be said wherever a figure is shown.")
    languages: list[str] = says("Languages of the answers, the usual one first.")
    years: list[str] = says("Years, in order.")
    standard: RuleAnswer | None = says("The rule in words.")
    sources: list[SourceAnswer] = says("Where it comes from.")
    method: list[MethodAnswer] = says("How the figures came about.")
    disclosure: DisclosureAnswer = says("How small counts are protected, how many are suppressed.")
    verify: VerifyAnswer = says("How a stranger recomputes the figures.")
    software: str = says("What made it.")


class AddressAnswer(AnswerRecord):
    """One operation."""

    name: str
    href: str
    summary: str


class IndexAnswer(AnswerRecord):
    """Where everything is."""

    title: str = says("What is shown.")
    notice: str | None = says("What must be said wherever a figure is shown.")
    read_at: str = says("When the figures were read; later changes of the files are not seen.")
    page: str = says("Address of the page.")
    docs: str = says("Address of the description of the API for people.")
    openapi: str = says("Address of the same for programs.")
    operations: list[AddressAnswer] = says("What can be asked.")


def index(found: Catalogue, language: str, there: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Where everything is.

    Parameters
    ----------
    found : Catalogue
    language : str
    there : sequence of (name, address, summary)

    Returns
    -------
    dict
        The fields of `IndexAnswer`.
    """
    return {
        "title": in_language(found.shown.title, language),
        "notice": or_none(found.shown.notice or "", language),
        "read_at": found.read_at,
        "page": "/",
        "docs": "/docs",
        "openapi": "/openapi.json",
        "operations": [{"name": n, "href": href, "summary": s} for n, href, s in there],
    }


def about(found: Catalogue, language: str) -> dict[str, Any]:
    """Everything about the explorer but its figures.

    Parameters
    ----------
    found : Catalogue
    language : str

    Returns
    -------
    dict
        The fields of `AboutAnswer`.
    """
    from exitline.version import __version__

    shown = found.shown

    def said(text: Any) -> str:
        return in_language(text, language)

    standard = shown.standard
    return {
        "kind": shown.kind,
        "title": said(shown.title),
        "summary": said(shown.summary),
        "notice": or_none(shown.notice or "", language),
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
    }
