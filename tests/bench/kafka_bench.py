#!/usr/bin/env python3
"""The benchmark on Kafka behind docs/performance.md: a broker of its own, rushes
on it, and beside them the yardsticks, all in one run on this machine.

A rush of people who all want another seat, with a line that is long enough for
large batches; the bare consume-produce-commit loop with the records and the
batches that the rush left; the rush at a rate that is no load; and all shards
folded again from the first event. Nothing is asserted.

    bazel build //tools:slotlog //tests/bench:all
    tests/bench/kafka_bench.py [--bookings N] [--runs N]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARIES = ROOT / "bazel-bin"
SLOTLOG = BINARIES / "tools" / "slotlog"
BENCHES = BINARIES / "tests" / "bench"
# In line at a time: with fewer, people wait for answers more than shards decide.
WAITING = 100_000
RATE = 5000
RATE_SECONDS = 20


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def rush(broker, folder, prefix, *flags):
    report = folder / (prefix + "json")
    subprocess.run(
        [SLOTLOG, "rush", "--kafka", broker, "--prefix", prefix, *flags]
        + ["--data", folder / prefix, "--json", report],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return json.loads(report.read_text())


def tell_rush(name, figures):
    latency = figures["confirmation_ms"]
    print(
        f"{name:<28} {figures['bookings_per_second']:>9,.0f} bookings/s"
        f"   p50 {latency['p50']:,.0f} ms   p99 {latency['p99']:,.0f} ms",
        flush=True,
    )


def tell_ratio(rushes, loops):
    """Of inputs/s; the machine is noisy, so that medians tell more."""
    rush_median, loop_median = statistics.median(rushes), statistics.median(loops)
    print(
        f"the rush: {rush_median:,.0f} inputs/s, {rush_median / loop_median:.2f} of"
        f" the bare loop's {loop_median:,.0f} (medians; the rush"
        f" {min(rushes):,.0f}-{max(rushes):,.0f}, the loop"
        f" {min(loops):,.0f}-{max(loops):,.0f})",
        flush=True,
    )


def measure(broker, folder, options):
    rushes, loops = [], []
    for number in range(options.runs):
        prefix = f"uniform-{number}."
        flags = ["--shards", "4", "--waiting", str(WAITING)]
        flags += ["--bookings", str(options.bookings)]
        figures = rush(broker, folder, prefix, *flags)
        tell_rush("4 shards", figures)
        bench = run(BENCHES / "kafka_log_bench", broker, prefix)
        print(bench, end="", flush=True)
        shape = bench.splitlines()[0].split()
        rushes.append(int(shape[3]) / figures["seconds"])
        loops += [
            float(line.split()[-2]) for line in bench.splitlines() if "bare" in line
        ]
    tell_ratio(rushes, loops)
    print("\nFolded again, from the first event:")
    print(run(BENCHES / "replay_bench", "--kafka", broker, "--prefix", "uniform-0."))
    for shards in ("4", "1"):
        for number in range(options.runs):
            prefix = f"rate-{shards}-{number}."
            flags = ["--shards", shards, "--rate", str(RATE)]
            flags += ["--bookings", str(RATE * RATE_SECONDS)]
            figures = rush(broker, folder, prefix, *flags)
            tell_rush(f"{RATE:,} commands/s, {shards} shards", figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bookings", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=3, help="of each case")
    options = parser.parse_args()
    if not SLOTLOG.exists() or not (BENCHES / "replay_bench").exists():
        sys.exit("kafka_bench: bazel build //tools:slotlog //tests/bench:all, first")
    with tempfile.TemporaryDirectory(prefix="slotlog-bench-") as folder:
        kafka = [ROOT / "tools" / "kafka"]
        data = ["--data", str(pathlib.Path(folder) / "kafka")]
        broker = run(*kafka, "up", *data).splitlines()[0]
        try:
            measure(broker, pathlib.Path(folder), options)
        finally:
            run(*kafka, "down", *data)


if __name__ == "__main__":
    main()
