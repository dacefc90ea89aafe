"""The API's description for people: Swagger UI, which django-ninja brings along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html

ASSETS = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui-init.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy of the page: its own scripts and style, and nothing else."""
_SETTINGS = {
    "url": "/openapi.json",
    "layout": "BaseLayout",
    "deepLinking": True,
    "tryItOutEnabled": True,
    "supportedSubmitMethods": ["get"],
    "validatorUrl": None,
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API: {title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/ninja/swagger-ui.css">
</head>
<body>
<noscript><p>Without scripts: <a href="/openapi.json">openapi.json</a> says the same.</p></noscript>
<script type="application/json" id="swagger-settings">{settings}</script>
<main id="swagger-ui"></main>
<script src="/static/ninja/swagger-ui-bundle.js"></script>
<script src="/static/ninja/swagger-ui-init.js"></script>
</body>
</html>
"""


def docs_page(described: Mapping[str, Any]) -> str:
    """The page that shows the description.

    Parameters
    ----------
    described : mapping
        The OpenAPI document.

    Returns
    -------
    str
        HTML.
    """
    from django.utils.safestring import mark_safe

    settings = mark_safe(json.dumps(_SETTINGS))
    return format_html(_PAGE, title=described["info"]["title"], settings=settings)
