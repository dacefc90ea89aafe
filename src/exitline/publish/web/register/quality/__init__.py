"""Pages on whether cards fit together: probable duplicates, findings of cross-checks."""
