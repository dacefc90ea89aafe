"""Captions: what is said, cut into pieces that can be read in their time."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.errors import StoryError
from exitline.publish.film.model import FPS, Episode, Scene


@dataclass(frozen=True)
class Pace:
    """How much can be read.

    Parameters
    ----------
    line : float
        Characters a line, at most; at most two lines.
    speed : float
        Characters a second, at most.
    narrow : float
        What a narrow character counts.
    pause : float
        How much more uneven two lines may be to break at a comma: much, where a break
        elsewhere may cut a word.

    Examples
    --------
    >>> CHINESE.count("2019年")
    3.0
    """

    line: float
    speed: float
    narrow: float = 1.0
    pause: float = 6.0

    def count(self, text: str) -> float:
        """Characters of a text, wide ones in full."""
        return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else self.narrow for c in text)


LATIN = Pace(line=37, speed=17)
CHINESE = Pace(line=16, speed=9, narrow=0.5, pause=11.0)
SHORTEST, LONGEST = 1.0, 7.0
"""Seconds that a caption stands."""

_WIDE = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’—…]+|\S")
_CLOSING = "，。、；：？！）」』》”’…—%"
_OPENING = "（「『《“‘"
_END = re.compile(r"[.!?。！？;；][”\"'’)）]?$")
_PAUSE = re.compile(r"[,:，、：—–][”\"'’)）]?$")


@dataclass(frozen=True)
class Cue:
    """One caption.

    Parameters
    ----------
    start, end : int
        Frames; the end is not included.
    lines : tuple of str
        One or two.
    scene : int
        Number of the scene it belongs to.

    Examples
    --------
    >>> Cue(0, 60, ("One household", "in seven"), 1).text
    'One household in seven'
    """

    start: int
    end: int
    lines: tuple[str, ...]
    scene: int

    @property
    def text(self) -> str:
        """The lines as one."""
        wide = all(unicodedata.east_asian_width(line[-1]) in "WF" for line in self.lines[:-1])
        return ("" if wide else " ").join(self.lines)


def pace_of(language: str) -> Pace:
    """The pace at which a language is read.

    Examples
    --------
    >>> pace_of("en").line, pace_of("zh").line
    (37, 16)
    """
    return CHINESE if language.partition("-")[0] in ("zh", "ja", "ko") else LATIN


def cues_of(episode: Episode, language: str, bound: EpisodeFigures) -> tuple[Cue, ...]:
    """Captions of a whole episode.

    Parameters
    ----------
    episode : Episode
    language : str
    bound : EpisodeFigures
        Its figures.

    Returns
    -------
    tuple of Cue
        In order; none overlaps another, none reaches beyond its scene.

    Raises
    ------
    StoryError
        When a scene's words cannot be read while it stands.
    """
    made: list[Cue] = []
    start = 0
    for scene in episode.scenes:
        if scene.say is not None:
            made += scene_cues(scene, scene.say.say(language, bound.figures), language, start)
        start += scene.frames
    return tuple(made)


def scene_cues(scene: Scene, text: str, language: str, start: int = 0) -> list[Cue]:
    """Captions of one scene, its time shared out by length.

    Parameters
    ----------
    scene : Scene
    text : str
        What is said.
    language : str
    start : int
        Frame at which the scene begins.

    Examples
    --------
    >>> cues = scene_cues(Scene(number=1, seconds=5.0), "A line is a number.", "en")
    >>> [(cue.start, cue.end, cue.lines) for cue in cues]
    [(0, 150, ('A line is a number.',))]
    """
    pace = pace_of(language)
    parts = cut(text, pace, language)
    needed = [max(SHORTEST, pace.count(part) / pace.speed) for part in parts]
    if sum(needed) > scene.seconds + 1e-9:
        raise StoryError(
            "a caption is too long for its time",
            where=f"{scene.where}, {scene.name}, {language}",
            expected=f"at most {scene.seconds * pace.speed:.0f} characters in "
            f"{scene.seconds:g} seconds ({pace.speed:g} a second)",
            got=f"{pace.count(text):.0f} characters, which need {sum(needed):.1f} seconds",
            remedy="shorten what is said, or give the scene more seconds",
        )
    slack = scene.seconds - sum(needed)
    whole = sum(needed)
    made, at = [], 0.0
    for part, least in zip(parts, needed, strict=True):
        end = at + min(least + slack * least / whole, LONGEST)
        frames = (start + round(at * FPS), start + round(end * FPS))
        made.append(Cue(*frames, wrap(part, pace, language), scene.number))
        at = end
    return made


def cut(text: str, pace: Pace, language: str) -> list[str]:
    """A text in pieces of at most two lines, broken where a reader pauses.

    Examples
    --------
    >>> for part in cut("A line is a number. Whoever has less to live on is counted as poor, "
    ...                 "and that is all it says.", LATIN, "en"):
    ...     print(part)
    A line is a number. Whoever has less to live on is counted as poor,
    and that is all it says.
    """
    words = words_of(text, language)
    glue = glue_of(language)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * len(words)
    for end in range(1, len(words) + 1):
        for begin in range(end - 1, -1, -1):
            piece = glue.join(words[begin:end])
            if pace.count(piece) > 2 * pace.line:
                break
            if not wrap(piece, pace, language):
                continue
            cost = best[begin][0] + _cost(piece, pace, last=end == len(words))
            if cost < best[end][0]:
                best[end] = (cost, begin)
    if best[-1][0] == float("inf"):
        raise StoryError(
            "a word is too long for a line of captions",
            expected=f"at most {pace.line:g} characters",
            got=max(words, key=pace.count),
            remedy="shorten it",
        )
    pieces, end = [], len(words)
    while end:
        begin = best[end][1]
        pieces.append(glue.join(words[begin:end]))
        end = begin
    return pieces[::-1]


def wrap(text: str, pace: Pace, language: str) -> tuple[str, ...]:
    """One or two lines of like length; () when they do not suffice.

    Examples
    --------
    >>> wrap("Whoever has less to live on is counted as poor", LATIN, "en")
    ('Whoever has less to live', 'on is counted as poor')
    """
    if pace.count(text) <= pace.line:
        return (text,)
    words, glue = words_of(text, language), glue_of(language)
    options = []
    for i in range(1, len(words)):
        lines = (glue.join(words[:i]), glue.join(words[i:]))
        sizes = [pace.count(line) for line in lines]
        if max(sizes) <= pace.line:
            pause = bool(_PAUSE.search(lines[0]) or _END.search(lines[0]))
            options.append((abs(sizes[0] - sizes[1]) - pause * pace.pause, lines))
    return min(options)[1] if options else ()


def webvtt(cues: Sequence[Cue], language: str) -> str:
    """Captions as WebVTT.

    Examples
    --------
    >>> print(webvtt([Cue(0, 45, ("One in seven",), 1)], "en"))
    WEBVTT
    Language: en
    <BLANKLINE>
    1
    00:00:00.000 --> 00:00:01.500
    One in seven
    <BLANKLINE>
    """
    blocks = [
        f"{i}\n{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n"
        + "\n".join(html.escape(line, quote=False) for line in cue.lines)
        for i, cue in enumerate(cues, start=1)
    ]
    return "\n\n".join([f"WEBVTT\nLanguage: {language}", *blocks]) + "\n"


def subrip(cues: Sequence[Cue]) -> str:
    """Captions as SubRip.

    Examples
    --------
    >>> print(subrip([Cue(0, 45, ("One in seven",), 1)]))
    1
    00:00:00,000 --> 00:00:01,500
    One in seven
    <BLANKLINE>
    """
    return "\n\n".join(
        f"{i}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n" + "\n".join(cue.lines)
        for i, cue in enumerate(cues, start=1)
    ) + ("\n" if cues else "")


def _clock(frame: int, point: str) -> str:
    """A time as hours, minutes, seconds and thousandths."""
    thousandths = round(frame * 1000 / FPS)
    seconds, thousandths = divmod(thousandths, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"


def words_of(text: str, language: str) -> list[str]:
    """Pieces between which a line may break."""
    if pace_of(language) is LATIN:
        return [word for word in re.split(r"[ \n]+", text) if word]
    made: list[str] = []
    for piece in _WIDE.findall(text):
        if made and (piece[0] in _CLOSING or made[-1][-1] in _OPENING):
            made[-1] += piece
        else:
            made.append(piece)
    return made


def glue_of(language: str) -> str:
    """What stands between two pieces."""
    return " " if pace_of(language) is LATIN else ""


def _cost(piece: str, pace: Pace, *, last: bool) -> float:
    """How ill it is to end a caption here."""
    short = max(0.0, 1.0 - pace.count(piece) / pace.line)
    if last or _END.search(piece):
        return 1.0 + short
    return (1.6 if _PAUSE.search(piece) else 3.0) + short
