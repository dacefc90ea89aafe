"""Whether a step may be taken now: what is handed in, by whom, in which order."""
