"""Effects of works and programmes: how data are read for them, and what is left out."""
