"""Works on a map of points, and as a page: what is served, what is broken, what to do next.

May import `exits.works` and `publish.maps`. Provides the map and the page.
"""
