"""Film speed: the same 20-second scene by exitline, MoviePy and Matplotlib's animation.

832 discs change colour one after the other while a counter counts, 1920x1080, 30 frames a
second; once for all 20 seconds (every frame differs from the one before), and once for the
first 5, after which the picture stands, as the scenes of a film do. All three encode with
the same x264 and the same settings (veryfast, CRF 19, one thread). Pillow, with which
MoviePy's pictures are drawn, does not smooth the edges of discs; the other two do.

Run from the root of the repository; the other two come in an environment of their own:

    python -m venv benchmarks/work/film
    benchmarks/work/film/bin/pip install moviepy==2.2.1 matplotlib==3.11.2
    python benchmarks/film.py --others benchmarks/work/film/bin/python

Each is started as a process of its own; wall and processor time are of the whole process
and its encoder, start-up included.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

WIDTH, HEIGHT, FPS, SECONDS, DISCS, COLUMNS = 1920, 1080, 30, 20, 832, 32
WORK = Path(__file__).parent / "work"
FONT = "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"
CODEC = ["-preset", "veryfast", "-crf", "19", "-threads", "1", "-pix_fmt", "yuv420p"]


def place(i: int) -> tuple[float, float]:
    """Middle of a disc, in pixels."""
    return 120 + i % COLUMNS * 36, 220 + i // COLUMNS * 30


def changed(frame: int, moving: int) -> int:
    """Discs that have changed by a frame, when all do within some seconds."""
    return min((frame + 1) * DISCS // (FPS * moving), DISCS)


def by_exitline(out: Path, moving: int) -> None:
    """Our own drawing and encoding."""
    from exitline.publish.film.canvas import Ink
    from exitline.publish.film.fonts import load_fonts
    from exitline.publish.film.frames import Canvas
    from exitline.publish.film.lettering import Style
    from exitline.publish.film.media.encode import Film, encoding
    from exitline.publish.film.theme import Size

    size = Size(WIDTH, HEIGHT)
    canvas = Canvas(size)
    fonts = load_fonts("en", ["Year by year the list emptied 0123456789"])
    ink = Ink(canvas.skia, size, "en", fonts)
    canvas.clear()
    ink.text("Year by year the list emptied", 120, 80, Style(60, bold=True))
    places = [place(i) for i in range(DISCS)]
    ink.discs(places, 11, "#BDBAB3")
    still = canvas.image()
    with encoding(Film(out, size, FPS * SECONDS)) as video:
        for frame in range(FPS * SECONDS):
            stands = frame and changed(frame, moving) == changed(frame - 1, moving)
            if stands and frame < FPS * SECONDS - 1:
                continue
            canvas.stamp(still)
            ink.discs(places[: changed(frame, moving)], 11, "#0072B2")
            ink.text(str(changed(frame, moving)), 1400, 420, Style(160, bold=True))
            video.picture(frame, canvas.pixels.data.cast("B"))


def by_moviepy(out: Path, moving: int) -> None:
    """MoviePy, its pictures drawn with Pillow (which comes with it)."""
    import numpy as np
    from moviepy import VideoClip
    from PIL import Image, ImageDraw, ImageFont

    title, number = ImageFont.truetype(FONT, 60), ImageFont.truetype(FONT, 160)
    still = Image.new("RGB", (WIDTH, HEIGHT), "#FBFAF7")
    pen = ImageDraw.Draw(still)
    pen.text((120, 80), "Year by year the list emptied", font=title, fill="#1A1A1A")
    for i in range(DISCS):
        x, y = place(i)
        pen.ellipse((x - 11, y - 11, x + 11, y + 11), fill="#BDBAB3")

    def picture(t: float) -> np.ndarray:
        image = still.copy()
        pen = ImageDraw.Draw(image)
        frame = round(t * FPS)
        for i in range(changed(frame, moving)):
            x, y = place(i)
            pen.ellipse((x - 11, y - 11, x + 11, y + 11), fill="#0072B2")
        pen.text((1400, 420), str(changed(frame, moving)), font=number, fill="#1A1A1A")
        return np.asarray(image)

    clip = VideoClip(picture, duration=SECONDS)
    clip.write_videofile(
        str(out), fps=FPS, codec="libx264", audio=False, preset="veryfast", threads=1,
        ffmpeg_params=["-crf", "19", "-pix_fmt", "yuv420p"], logger=None,
    )  # fmt: skip


def by_matplotlib(out: Path, moving: int) -> None:
    """Matplotlib's FuncAnimation with its own writer, only what moves redrawn in the figure."""
    import imageio_ffmpeg
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.animation import FFMpegWriter, FuncAnimation

    figure = plt.figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="#FBFAF7")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    axes.axis("off")
    axes.text(120, 120, "Year by year the list emptied", fontsize=43, weight="bold")
    grey, blue = np.array(mpl.colors.to_rgba("#BDBAB3")), np.array(mpl.colors.to_rgba("#0072B2"))
    places = np.array([place(i) for i in range(DISCS)])
    discs = axes.scatter(places[:, 0], places[:, 1], s=250, c=[grey] * DISCS, linewidths=0)
    number = axes.text(1400, 560, "0", fontsize=115, weight="bold")

    def step(frame: int) -> list[object]:
        colours = np.tile(grey, (DISCS, 1))
        colours[: changed(frame, moving)] = blue
        discs.set_facecolors(colours)
        number.set_text(str(changed(frame, moving)))
        return [discs, number]

    animation = FuncAnimation(figure, step, frames=FPS * SECONDS)
    writer = FFMpegWriter(fps=FPS, codec="libx264", extra_args=CODEC)
    animation.save(str(out), writer=writer, dpi=100)


MAKERS = {"exitline": by_exitline, "moviepy": by_moviepy, "matplotlib": by_matplotlib}


def _versions(python: str, name: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({name!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"


def _measure(python: str, name: str, moving: int) -> str:
    """Run one maker as a process; its wall and processor time as a row of a table."""
    out = WORK / f"film-{name}.mp4"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    asked = ["--only", name, "--out", str(out), "--moving", str(moving)]
    subprocess.run([python, __file__, *asked], check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = out.stat().st_size / 1e6
    return (
        f"{name:<11} {_versions(python, name):<9} {moving:3} s {wall:9.1f} s {used:9.1f} s "
        f"{SECONDS / wall:9.2f} x {size:8.2f} MB"
    )


def main() -> None:
    """Measure all three, or make one film."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--others", help="Python that has MoviePy and Matplotlib")
    parser.add_argument("--only", choices=MAKERS)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--moving", type=int, default=SECONDS)
    asked = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    if asked.only:
        MAKERS[asked.only](asked.out, asked.moving)
        return
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} before the start")
    print(f"{'':<11} {'version':<9} moving {'wall':>9} {'processor':>11} {'real time':>11}")
    for moving in (SECONDS, 5):
        print(_measure(sys.executable, "exitline", moving))
        for name in ("moviepy", "matplotlib") if asked.others else ():
            print(_measure(asked.others, name, moving))


if __name__ == "__main__":
    main()
