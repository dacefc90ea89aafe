"""Painters: how each kind of scene is drawn, moves, and is told in words."""
