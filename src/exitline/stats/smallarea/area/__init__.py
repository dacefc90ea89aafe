"""Area-level models: direct estimates of areas, and what is known of every area."""
