"""Weights made and changed: calibration, adjustment, replicates."""
