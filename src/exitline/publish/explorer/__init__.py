"""Read-only pages over a finished run: the explorer, and the small server of the same."""
