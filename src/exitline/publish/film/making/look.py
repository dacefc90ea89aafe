"""How a film moves and whether its captions are part of the picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FilmLook:
    """How a film moves and whether its captions are part of the picture.

    Parameters
    ----------
    reduced_motion : bool
        Nothing moves: each scene stands as it ends, and cuts to the next one.
    burn_captions : bool
        Captions are drawn into the picture.

    Examples
    --------
    >>> FilmLook().reduced_motion
    False
    """

    reduced_motion: bool = False
    burn_captions: bool = False
