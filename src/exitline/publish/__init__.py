"""Saying results so that people understand and can check: tables, pages, short films."""
