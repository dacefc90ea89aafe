"""What counts: the condition language, YAML that knows its lines, rule files.

May import errors, files and records alone; knows no data and no engine.
"""
