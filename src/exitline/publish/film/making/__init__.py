"""From a story to its files: prepared, checked, made, looked into."""
