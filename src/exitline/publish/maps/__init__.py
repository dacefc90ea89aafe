"""Maps on the user's own boundaries: read, joined, projected, simplified, drawn.

May import `publish.content` and what is below it. Provides boundaries, how they match, and the
drawing.
"""
