"""What a panel, or two cross-sections, say under a model."""
