"""Panels: movements in and out of poverty, spells, chronic poverty, survival."""
