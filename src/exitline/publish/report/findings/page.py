"""From a finding to one HTML page: the look, the marks and the script are the report's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exitline.publish.report.page import digest, environment, page_asset, script_words, style
from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.publish.report.findings.sections import FoundPage


def render_found(page: FoundPage, t: Language = ENGLISH) -> str:
    """The page, in one file that loads nothing.

    Parameters
    ----------
    page : FoundPage
    t : Language
        Of the fixed words; the page's own texts are in it already.

    Examples
    --------
    >>> from exitline.publish.report.findings.sections import FoundPage
    >>> render_found(FoundPage("Plan", "Two villages")).startswith("<!doctype html>")
    True
    """
    from exitline.version import __version__

    css, script = style(t) + page_asset("found.css"), page_asset("script.js")
    return environment(page_asset).get_template("found.html.j2").render(
        page=page, t=t, plural=t.plural, style=css, script=script, words=script_words(t),
        style_digest=digest(css), script_digest=digest(script), version=__version__,
    )  # fmt: skip
