"""Pages of single findings: a county judged, movements, a watch, a plan, screens, works."""
