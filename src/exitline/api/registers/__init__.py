"""The register in a database, for commands and notebooks: make, check, move, serve."""
