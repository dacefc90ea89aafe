"""Movements between waves, and the events of a register."""
