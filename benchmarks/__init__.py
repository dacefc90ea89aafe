"""Speed and memory, measured in one run beside a bare scan and peers; see docs/benchmarks.md."""
