"""The explorer over HTTP: the page, a JSON API and its description; read-only.

Modules, from the declarations outwards: `declare` (what an operation takes and gives),
`operations` with `about` and `records`, `answering` (bytes), `openapi` and `docs` (the
description), `guard` and `app` (ASGI), `running` (socket and process).

May import `publish.explorer`.
"""
