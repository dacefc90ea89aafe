"""YAML that knows where each key stands, so that every error names file, line and key."""
