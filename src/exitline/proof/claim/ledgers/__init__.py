"""Append-only ledgers of claims, their heads and their receipts."""
