"""Procedures and their rules, as declared and as evaluated."""
