"""Auxiliaries of a calibration, and new weights joined to the rows."""
