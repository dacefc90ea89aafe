"""Rendering: Jinja templates, in the reader's language, with what every page needs."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from exitline.publish.web.register.procedures import criterion_label, fact_label
from exitline.words.catalogue import Language, language
from exitline.words.said import Said, Told
from exitline.words.texts import languages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

LANGUAGE = "language"
"""Name of the cookie."""


def spoken(request: HttpRequest) -> Language:
    """The language that was chosen, or the one that the reader prefers."""
    from django.utils.translation.trans_real import parse_accept_lang_header

    chosen = request.COOKIES.get(LANGUAGE, "")
    if chosen in languages():
        return language(chosen)
    for name, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if weight > 0 and (short := name.split("-")[0]) in languages():
            return language(short)
    return language("en")


def page(
    request: HttpRequest, name: str, *, status: int = 200, person: Any = None, **given: Any
) -> HttpResponse:
    """A page.

    Parameters
    ----------
    request : HttpRequest
    name : str
        Of the template, without its ending.
    status : int
    person : SignedIn, optional
        Who sees it.
    **given
        What it shows.

    Returns
    -------
    HttpResponse
    """
    t = spoken(request)

    text = _environment().get_template(f"{name}.html.j2").render(
        t=t, codes=languages(), person=person, csrf=get_token(request), today=date.today(),
        here=request.get_full_path(), tongue=language, note=request.GET.get("done", ""),
        **_names(t, person), **given,
    )  # fmt: skip
    return HttpResponse(text, status=status, headers={"Content-Language": t.code})


def _names(t: Language, person: Any) -> dict[str, Any]:
    """What is said with names of a procedure and its standard, in the reader's words."""

    def named(fact: str) -> str:
        """A fact of a card in the reader's words."""
        return t.of(fact_label(person.store, person.under, fact)) if person is not None else fact

    def titled(criterion: str) -> str:
        """A criterion by its title."""
        return (
            criterion_label(person.store, person.under, criterion)
            if person is not None
            else criterion
        )

    def each(names: Iterable[str]) -> str:
        """Names of a procedure in the reader's words, with commas between them."""
        return ", ".join(t.of(name) for name in names)

    def fact_names(names: Iterable[str]) -> str:
        """Facts of a card in the reader's words, with commas between them."""
        return ", ".join(named(name) for name in names)

    def refusal(text: str) -> str:
        """Part of a refusal, names of steps and cases in the reader's words, too."""
        if isinstance(text, Said) and text.parts:
            names = {k: Told(v) if type(v) is str else v for k, v in text.parts.items()}
            text = Said(str(text), text.message, names, text.many, text.n)
        return t.of(text)

    def because(decision: Any) -> str:
        """The reason of a decision, its criteria by their titles."""
        said, between, names = str(decision.reason).partition(": ")
        known, listed = {one.name for one in decision.criteria}, names.split(", ")
        if between and known.issuperset(listed):
            names = ", ".join(t.of(titled(name)) for name in listed)
        return t.of(said + between + names)

    given = (named, titled, each, fact_names, refusal, because)
    return {one.__name__: one for one in given}


def compile_all() -> None:
    """Compile every template, so that no reader waits for it."""
    folder = resources.files("exitline.publish.web.register") / "templates"
    for file in folder.iterdir():
        if file.name.endswith(".j2"):
            _environment().get_template(file.name)


@cache
def _environment() -> Environment:
    """Jinja with everything escaped and nothing undefined."""
    from exitline.publish.report.page import environment

    return environment(asset)


@cache
def asset(name: str) -> str:
    """A template's text."""
    folder = resources.files("exitline.publish.web.register") / "templates"
    return (folder / name).read_text(encoding="utf-8")


@cache
def static(name: str) -> bytes:
    """A file that pages bring along; the style is the report's, and what is added to it."""
    folder = resources.files("exitline.publish.web.register") / "static"
    if name == "register.css":
        from exitline.publish.report.page import style

        return (style() + (folder / name).read_text(encoding="utf-8")).encode()
    return (folder / name).read_bytes()
