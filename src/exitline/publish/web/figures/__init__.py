"""The explorer over HTTP: the page, a JSON API and its description; read-only.

Modules, from the declarations outwards: `records` (what is given), `queries` (what is
asked), `api` (operations), `answering` (bytes), `handler` (the application).

May import `publish.explorer`.
"""

from exitline.publish.web.project import set_up

set_up()  # django-ninja reads settings when it is imported
