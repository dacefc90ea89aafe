"""The files of papers: what they may be, where they lie, to which step they belong."""
