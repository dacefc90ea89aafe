"""Undercoverage: how many poor households does a registry not hold?"""
