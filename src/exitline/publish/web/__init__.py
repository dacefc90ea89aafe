"""One Django project: the figures of a run, read-only; the register's pages.

`project` sets Django up, `serving` is socket and process, `figures/` shows one explorer
over HTTP.

May import `publish.explorer`, `exits`. Provides the
applications that `api.serving` and `api.registers.serving` run.
"""
