"""`make bench`: every benchmark, one after the other, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "main_job",
    "core_peers",
    "distribution",
    "csv_file",
    "false_met",
    "assessment",
    "ledger",
    "lifecycle",
    "mpi",
    "dynamics",
    "film",
    "tables",
    "explorer",
    "serve",
    "small_area",
    "targeting",
)


def main() -> None:
    """Run those named on the command line, or all."""
    failed = []
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
