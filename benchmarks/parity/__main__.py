"""``python -m benchmarks.parity --data DIR --reference DIR --write``.

Without folders, `--write` renews the part of docs/parity.md that rests on shipped data alone.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

from benchmarks.parity import page, references, table
from benchmarks.parity.compare import Found, compared


def main() -> None:
    """Compare, print the table, write it and every figure that differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the surveys")
    parser.add_argument("--reference", type=Path, help="folder of R's results")
    parser.add_argument("--write", action="store_true", help="write docs/parity.md")
    parser.add_argument("--only", default="", help="readers or data whose name holds this")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/work/parity"))
    parser.add_argument("--top", type=int, default=60, help="kinds of difference to print")
    given = parser.parse_args()
    found: list[Found] = []
    outside = given.data is not None and given.reference is not None
    for name, jobs in references.every(given.data, given.reference) if outside else ():
        for job in jobs():
            if given.only and given.only not in f"{name} {job.data}":
                continue
            start = time.perf_counter()
            mine = list(compared(job))
            found += mine
            seconds = time.perf_counter() - start
            print(f"{name}, {job.data}: {table.totals(mine)} ({seconds:.1f} s)", flush=True)
    if given.write:
        page.write(page.shipped_lines(), table.lines(found))
    rows = table.lines(found)
    print(table.markdown(rows), table.gaps(rows), table.worst(found, given.top), sep="\n\n")
    print("\n" + table.totals(found))
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "parity.md").write_text(table.markdown(rows) + "\n\n" + table.gaps(rows) + "\n")
    _write_figures(given.out / "figures.csv", found)


def _write_figures(path: Path, found: list[Found]) -> None:
    """Every figure beside the reference's, one line each."""
    heads = [
        "data",
        "peer",
        "measure",
        "line",
        "by",
        "domain",
        "what",
        "theirs",
        "ours",
        "difference",
        "status",
        "said",
    ]
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(heads)
        for f in found:
            w = f.wanted
            named = (f.job.data, f.job.peer, w.measure, w.line, w.by, w.domain, f.what)
            figures = (repr(f.theirs), repr(f.ours), f.difference)
            out.writerow([*named, *figures, f.status, f.said])


if __name__ == "__main__":
    main()
