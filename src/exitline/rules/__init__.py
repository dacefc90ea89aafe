"""What counts: the condition language, YAML that knows its lines, rule files and their cases."""
