"""Registers in databases: what their administrator does."""
