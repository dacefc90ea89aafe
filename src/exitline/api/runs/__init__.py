"""A study run: made ready, examined, computed, written as a folder."""
