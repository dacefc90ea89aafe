"""Every figure of a story bound to where it comes from."""
