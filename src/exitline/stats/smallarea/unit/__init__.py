"""Unit level: nested-error models of households and what they predict over a census."""
