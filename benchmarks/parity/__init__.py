"""Exitline's figures beside those of R's packages, figure by figure.

``python -m benchmarks.parity --data DIR --reference DIR`` runs exitline on surveys that are kept
outside the project and compares with reference files in the form of R's results.
"""
