"""Forms that change a card: what each asks, how it is read, what it writes.

`asks` reads what was typed (by Django's form fields); `facts`, `people`, `help`, `lives` say what
each kind of change asks and writes; `kinds` lists them; `views` shows a form and records it.
"""
