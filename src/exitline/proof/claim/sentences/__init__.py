"""Whether the figures of a published sentence fit together."""
