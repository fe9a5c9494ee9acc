#!/usr/bin/env python3
"""The benchmark behind docs/performance.md: whole rushes, durable, on this machine.

Runs the real program as a user would, one case after the other, several times
each, and prints a table: best and worst of the runs. Nothing is asserted.

    bazel build //tools:slotlog
    tests/bench/rush_bench.py [--runs N] [--national]
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

CASES = [
    ("uniform, 2 shards", ["--bookings", "500000"]),
    ("uniform, 2 shards, 1 M", ["--bookings", "1000000"]),
    ("uniform, 1 shard", ["--bookings", "500000", "--shards", "1"]),
    ("uniform, 4 shards", ["--bookings", "500000", "--shards", "4"]),
    ("at 5,000 commands/s", ["--bookings", "50000", "--rate", "5000"]),
]
NATIONAL = [("12 July 2021", ["korea-2021-07-12"]),
            ("19 July 2021", ["korea-2021-07-19"])]
COLUMNS = ("case", "bookings/s", "commands/s", "p50 ms", "p99 ms", "seconds",
           "peak MiB")


def rush(slotlog, arguments, folder):
    data = folder / "data"
    report = folder / "report.json"
    shutil.rmtree(data, ignore_errors=True)
    subprocess.run(
        [slotlog, "rush", *arguments, "--data", data, "--json", report],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads(report.read_text())


def span(values, digits=0):
    low, high = min(values), max(values)
    if f"{low:.{digits}f}" == f"{high:.{digits}f}":
        return f"{low:,.{digits}f}"
    return f"{low:,.{digits}f}-{high:,.{digits}f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="of each case")
    parser.add_argument("--national", action="store_true",
                        help="also the two Korean days, once each")
    parser.add_argument("--slotlog", default="bazel-bin/tools/slotlog")
    options = parser.parse_args()
    slotlog = pathlib.Path(options.slotlog).resolve()
    if not slotlog.exists():
        sys.exit(f"rush_bench: no {slotlog}: bazel build //tools:slotlog")

    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + " --- |" * len(COLUMNS), flush=True)
    plan = [(name, arguments, options.runs) for name, arguments in CASES]
    if options.national:
        plan += [(name, arguments, 1) for name, arguments in NATIONAL]
    with tempfile.TemporaryDirectory(prefix="slotlog-bench-") as folder:
        for name, arguments, runs in plan:
            all_runs = [rush(slotlog, arguments, pathlib.Path(folder))
                        for _ in range(runs)]

            def of(read, digits=0):
                return span([read(run) for run in all_runs], digits)

            print("| " + " | ".join([
                name,
                of(lambda run: run["bookings_per_second"]),
                of(lambda run: run["commands_per_second"]),
                of(lambda run: run["confirmation_ms"]["p50"], 1),
                of(lambda run: run["confirmation_ms"]["p99"], 1),
                of(lambda run: run["seconds"], 1),
                of(lambda run: run["peak_rss_bytes"] / 2**20),
            ]) + " |", flush=True)


if __name__ == "__main__":
    main()
