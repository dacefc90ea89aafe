"""Targeting and transfers: fitted, evaluated, simulated."""
