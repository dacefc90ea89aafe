"""The register in a database: cards, steps, duties and notices of many hands, in SQL.

One Django application (`register`) with its models and one set of migrations; the same on SQLite
and on PostgreSQL. May import the other rooms of `exits.register`, Django, and psycopg through it;
it is the only room of the register that knows a database. A store is opened by its address
(`opening.open_store`) and handed as the first argument to the functions of `write`, `read` and
`audit`. Whoever imports models without a Django project gets one made of the register alone.
"""
