"""Counties judged, planned, drawn, screened; panels watched."""
