"""YAML that knows where each key stands, so that every error names file, line and key.

May import `inputs` and errors. Provides `tree.Node`s; `plain` refuses what a
person would not write.
"""
