"""A study: its file, the records it is made of, and what it uses each column for."""
