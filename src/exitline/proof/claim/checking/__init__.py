"""A claim computed again: data bound, cells read, every part compared."""
