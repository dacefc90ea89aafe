"""What stands beside the films: captions, transcripts, posters, lists of figures, pages.

A page has players with captions, transcripts, figures and sources, and no script. It shows films
of earlier builds in the same folder too.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exitline.files import OutputError, whole_file
from exitline.publish.film import records
from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.errors import StoryError
from exitline.publish.film.frames import Canvas, compose
from exitline.publish.film.making.look import FilmLook
from exitline.publish.film.making.options import FilmOptions, read_size
from exitline.publish.film.making.prepare import ReadyEpisode, prepare
from exitline.publish.film.media.captions import subrip, webvtt
from exitline.publish.film.model import Episode, Story
from exitline.publish.film.paint.registry import painter
from exitline.publish.film.theme import Size
from exitline.words.catalogue import Language, closest
from exitline.words.said import collected


def film_path(folder: Path, episode: str, language: str, size: Size, look: FilmLook) -> Path:
    """Where a film is written.

    Examples
    --------
    >>> film_path(Path("out"), "the-line", "en", Size(1920, 1080), FilmLook()).name
    'the-line.en.1920x1080.mp4'
    """
    still = ".still" if look.reduced_motion else ""
    burned = ".captioned" if look.burn_captions else ""
    return folder / episode / f"{episode}.{language}.{size.name}{still}{burned}.mp4"


def write_beside(story: Story, ready: ReadyEpisode, folder: Path, options: FilmOptions) -> None:
    """Captions, transcript, descriptions, poster and list of figures."""
    name, code = ready.episode.name, ready.language
    home, stage = folder / name, ready.stage(options.sizes[0])
    shown = records.descriptions(ready.episode, stage)
    write(home / f"{name}.{code}.vtt", webvtt(ready.cues, code).encode())
    write(home / f"{name}.{code}.srt", subrip(ready.cues).encode())
    text = records.transcript(ready.episode, stage, ready.cues, shown)
    write(home / f"{name}.{code}.transcript.txt", text.encode())
    numbered = [f"{i}. {words}" for i, words in enumerate(shown, start=1)]
    write(home / f"{name}.{code}.alt.txt", ("\n".join(numbered) + "\n").encode())
    told = records.description(ready.episode, stage)
    write(home / f"{name}.{code}.description.txt", told.encode())
    canvas = Canvas(options.sizes[0])
    compose(painter(ready.episode.finding, stage), canvas, ready.fonts)
    write(home / f"{name}.{code}.poster.png", canvas.png())
    listed = records.figure_list(story, ready.episode, ready.bound)
    write(
        home / f"{name}.figures.json",
        (json.dumps(listed, indent=1, ensure_ascii=False) + "\n").encode(),
    )


def write_pages(
    story: Story,
    ready: Sequence[ReadyEpisode],
    folders: tuple[Path, Path],
    options: FilmOptions,
) -> tuple[Path, ...]:
    """The page of the series in each language; index.html in the story's first of them."""
    there = {one.language for one in ready}
    languages = [code for code in story.languages if code in there]
    names = {
        code: "index.html" if code == languages[0] else f"index.{code}.html" for code in languages
    }
    made = []
    for code in languages:
        entries = [_entry(one, folders, options) for one in ready if one.language == code]
        page = series_page(story, code, entries, names)
        write(folders[0] / names[code], page.encode())
        made.append(folders[0] / names[code])
    return tuple(made)


def _entry(ready: ReadyEpisode, folders: Sequence[Path], options: FilmOptions) -> Entry:
    """One episode on the page, with the films of this build and those that were there."""
    name, code = ready.episode.name, ready.language
    films: dict[str, str] = {}
    for size in (*options.sizes, *_sizes_there(name, code, folders)):
        for still in (False, True):
            look = FilmLook(still, options.look.burn_captions)
            path = film_path(Path(), name, code, size, look)
            if any((folder / path).is_file() for folder in folders):
                kind = "still" if still else "upright" if size.is_upright else "wide"
                films.setdefault(kind, path.as_posix())
    stage = ready.stage(options.sizes[0])
    shown = records.descriptions(ready.episode, stage)
    return Entry(
        episode=ready.episode, bound=ready.bound, films=films,
        poster=f"{name}/{name}.{code}.poster.png",
        captions=[(code, webvtt(ready.cues, code))],
        transcript=records.transcript(ready.episode, stage, ready.cues, shown),
        figures=f"{name}/{name}.figures.json",
    )  # fmt: skip


def _sizes_there(name: str, code: str, folders: Sequence[Path]) -> list[Size]:
    """Sizes of films that were built before, the largest first."""
    found = set()
    for folder in folders:
        for path in (folder / name).glob(f"{name}.{code}.*x*.mp4"):
            with suppress(StoryError):
                found.add(read_size(path.name.split(".")[2]))
    return sorted(found, key=lambda size: (-size.width * size.height, size.width))


def folder_for(path: Path) -> Path:
    """A folder for results, made where it is missing."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise OutputError(
            "the results cannot be written", where=str(path), expected="a folder",
            got=reason.strerror or type(reason).__name__, remedy="choose another one with --out",
        ) from reason  # fmt: skip
    return path


def write(path: Path, content: bytes) -> None:
    """Write one whole file."""
    folder_for(path.parent)
    with whole_file(path) as partial:
        partial.write_bytes(content)


_LANGUAGE, _SKIP = collected("Language"), collected("Skip to the films")
_NOTE = collected("Every figure was computed again from its data when this page was made.")
_STYLE = """
:root{color-scheme:light dark;--paper:#fbfaf7;--ink:#1a1a1a;--muted:#5a5a5a;--rule:#d9d6cf;
--accent:#005f96}
@media (prefers-color-scheme:dark){:root{--paper:#15181b;--ink:#f0efec;--muted:#b4b1ab;
--rule:#3a3d40;--accent:#7cc0ea}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;font:16px/1.5 system-ui,
"Noto Sans","Noto Sans CJK SC",sans-serif}
main,header,footer{max-width:60rem;margin:0 auto;padding:1rem 1.25rem}
header{padding-top:2.5rem}h1{font-size:2.2rem;line-height:1.15;margin:0 0 .5rem}
h2{font-size:1.5rem;margin:0 0 .25rem;line-height:1.2}p{max-width:42rem}
a{color:var(--accent)}article{border-top:1px solid var(--rule);padding:2rem 0}
video{width:100%;height:auto;display:block;background:#fbfaf7;margin:1rem 0}
.muted{color:var(--muted)}nav a,.links a{margin-right:1.25rem}
summary{cursor:pointer;padding:.4rem 0}pre{white-space:pre-wrap;font:inherit;max-width:46rem}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;vertical-align:top;
border-bottom:1px solid var(--rule)}td:first-child{font-variant-numeric:tabular-nums;
min-width:5rem}code{font-size:.85rem}td,pre,li{overflow-wrap:anywhere}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--paper)}
@media print{video{display:none}}
"""


@dataclass(frozen=True)
class Entry:
    """One episode on the page, in one language; paths from the page's folder.

    Parameters
    ----------
    episode : Episode
    bound : EpisodeFigures
    films : mapping of str to str
        "wide", "upright", "still", "still upright": what was built.
    poster : str
    captions : sequence of (str, str)
        Language and text of each WebVTT file: they stand in the page itself, since a browser
        does not read captions from beside a page that was opened from disk.
    transcript : str
        Its text.
    figures : str
        Path of the list of figures.
    """

    episode: Episode
    bound: EpisodeFigures
    films: Mapping[str, str]
    poster: str
    captions: Sequence[tuple[str, str]]
    transcript: str
    figures: str


def series_page(
    story: Story, language: str, entries: Sequence[Entry], pages: Mapping[str, str]
) -> str:
    """The page of a series in one language.

    Parameters
    ----------
    story : Story
    language : str
    entries : sequence of Entry
    pages : mapping of language to path
        The same page in every language built.

    Returns
    -------
    str
        HTML that needs nothing from elsewhere.
    """
    t = closest(language)
    title = _plain(story.title.say(language, {}))
    summary = _plain(story.summary.say(language, {}))
    links = "".join(
        f'<a href="{_plain(path)}" lang="{code}" hreflang="{code}"'
        f"{' aria-current=page' if code == language else ''}>{Language(code).name}</a>"
        for code, path in pages.items()
    )
    label, skip, note = (_plain(t(text)) for text in (_LANGUAGE, _SKIP, _NOTE))
    nav = f'<nav aria-label="{label}">{links}</nav>' if len(pages) > 1 else ""
    body = "\n".join(_article(entry, language, t) for entry in entries)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#films">{skip}</a>\n'
        f"<header><h1>{title}</h1><p>{summary}</p>{nav}</header>\n"
        f'<main id="films">\n{body}\n</main>\n'
        f'<footer class="muted"><p>{note}</p></footer>\n</body>\n</html>\n'
    )


def _article(entry: Entry, language: str, t: Language) -> str:
    """One episode: player, links, figures, transcript, sources."""
    figures = entry.bound.figures
    title = _plain(entry.episode.title.say(language, figures))
    summary = _plain(entry.episode.summary.say(language, figures))
    lasts = t.plural("{n} second", "{n} seconds", round(entry.episode.seconds))
    main = entry.films.get("wide") or next(iter(entry.films.values()), "")
    tracks = "".join(
        f'<track kind="captions" srclang="{code}" label="{code}" src="{_data(text)}"'
        f"{' default' if code == language else ''}>"
        for code, text in entry.captions
    )
    player = (
        f'<video controls preload="none" playsinline poster="{_plain(entry.poster)}" '
        f'aria-label="{title}"><source src="{_plain(main)}" type="video/mp4">{tracks}</video>'
        if main
        else f'<img src="{_plain(entry.poster)}" alt="{title}">'
    )
    others = {"upright": t("Upright version"), "still": t("Version without movement")}
    links = "".join(
        f'<a href="{_plain(entry.films[kind])}">{text}</a>'
        for kind, text in others.items()
        if kind in entry.films and entry.films[kind] != main
    )
    everything = t("All figures with their references (JSON)")
    details = "".join(
        f"<details><summary>{_plain(heading)}</summary>{inner}</details>"
        for heading, inner in (
            (t("Figures in this film"), _table(entry, language, t)),
            (t("Transcript"), f"<pre>{_plain(entry.transcript)}</pre>"),
            (t("Sources"), _sources(entry, language)),
        )
    )
    return (
        f'<article id="{entry.episode.name}" lang="{language}"><h2>{title}</h2>'
        f'<p>{summary} <span class="muted">{lasts}</span>'
        f'</p>{player}<p class="links">{links}'
        f'<a href="{_plain(entry.figures)}">{_plain(everything)}</a></p>{details}</article>'
    )


def _table(entry: Entry, language: str, t: Language) -> str:
    """The figures that are shown, each with its reference."""
    used = {name for scene in entry.episode.scenes for name in scene.used_figures}
    rows = []
    for figure in entry.bound.figures.values():
        written = figure.written(language)
        if figure.name in used:
            digests = " ".join(f"{name} {digest[:12]}" for name, digest in figure.files)
            rows.append(
                f"<tr><td>{_plain(written)}</td><td>{_plain(figure.how)}</td>"
                f"<td><code>{_plain(digests)}</code></td></tr>"
            )
    heads = (t("Figure"), t("Where it comes from"), t("SHA-256 of the data"))
    head = "".join(f'<th scope="col">{_plain(text)}</th>' for text in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _sources(entry: Entry, language: str) -> str:
    """The sources in full."""
    items = "".join(
        f"<li>{_plain(note.full.say(language, {}))} {_plain(note.url)}</li>"
        for note in entry.episode.sources.values()
    )
    return f"<ul>{items}</ul>"


def _data(captions: str) -> str:
    """WebVTT as an address that holds it."""
    return "data:text/vtt;base64," + base64.b64encode(captions.encode()).decode()


def _plain(text: str) -> str:
    """Text without markup."""
    return html.escape(text, quote=True)


Bind = Callable[[Sequence[Episode]], Mapping[str, EpisodeFigures]]


def beside_others(
    story: Story, ready: Sequence[ReadyEpisode], final: Path, bind: Bind
) -> list[ReadyEpisode]:
    """What a page shows: the episodes of this build, and those whose films lie there already.

    Parameters
    ----------
    story : Story
    ready : sequence of ReadyEpisode
        Of this build.
    final : Path
        The folder of the results.
    bind : callable
        Computes the figures of episodes.

    Returns
    -------
    list of ReadyEpisode
        In the order of the story. An earlier film whose figures are other ones now is left out.
    """
    here = {(one.episode.name, one.language): one for one in ready}
    missing = [pair for pair in _built(story, final) if pair not in here]
    bound = {one.episode.name: one.bound for one in ready}
    needed = {name for name, _ in missing} - bound.keys()
    bound |= bind([episode for episode in story.episodes if episode.name in needed])
    episodes = {episode.name: episode for episode in story.episodes}
    for name, code in missing:
        if name not in needed or _same(story, episodes[name], bound[name], final):
            here[name, code] = prepare(story, episodes[name], bound[name], code)
    return [here[pair] for pair in _pairs(story) if pair in here]


def _pairs(story: Story) -> Iterator[tuple[str, str]]:
    """Each episode in each language, in the order of the story."""
    for episode in story.episodes:
        for code in story.languages:
            yield episode.name, code


def _built(story: Story, final: Path) -> list[tuple[str, str]]:
    """Episodes and languages that have a film and all that stands beside it."""
    return [
        (name, code)
        for name, code in _pairs(story)
        if any((final / name).glob(f"{name}.{code}.*x*.mp4"))
        and (final / name / f"{name}.{code}.poster.png").is_file()
        and (final / name / f"{name}.figures.json").is_file()
    ]


def _same(story: Story, episode: Episode, bound: EpisodeFigures, final: Path) -> bool:
    """Whether an earlier film shows what the figures are now."""
    path = final / episode.name / f"{episode.name}.figures.json"
    try:
        then = json.loads(path.read_text(encoding="utf-8"))
        return bool(_values(then) == _values(records.figure_list(story, episode, bound)))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _values(listed: Mapping[str, Any]) -> Any:
    """What is shown when, as JSON has it."""
    return json.loads(json.dumps([listed["scenes"], listed["figures"], listed["rows"]]))
