"""Whom a programme or a transfer reaches."""
