"""Can anyone check: claims that can be recomputed, and tables that give nobody away."""
