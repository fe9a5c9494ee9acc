#!/usr/bin/env python3
"""How long shards stand still when they change hands: behind docs/reliability.md.

Two workers that stand by for each other, on a broker of their own, while a
thousand people a second book on four shards. In turn each gets SIGTERM and
comes back; then each SIGKILL. Nothing is asserted but that nothing is lost.

    bazel build //tools:slotlog
    tests/bench/handover_bench.py [--times N]
"""

import argparse
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.chaos.faults import TAKEOVER, Faults, measure, table
from tests.chaos.workers import Workers
from tests.support.kafka_broker import KafkaBroker

SLOTLOG = ROOT / "bazel-bin" / "tools" / "slotlog"
SHARDS = 4
RATE = 1000
STANDBY = "--standby"
# A worker that comes back folds what it missed before the next fault.
CATCH_UP = 6.0
# Of one SIGTERM and one SIGKILL, with all that lies around them, at the most.
SECONDS_A_TIME = 36
UNDISTURBED = "undisturbed"


def disturb(workers, faults, times):
    acts = [("SIGTERM", CATCH_UP, workers.stop), ("SIGKILL", TAKEOVER, workers.kill)]
    for what, seconds, act in acts:
        for name in ("ab" * times)[:times]:
            faults.phase(UNDISTURBED, 2)
            faults.phase(what, seconds, lambda: act(name))
            back = f"back after {what}"
            faults.phase(back, CATCH_UP, lambda: workers.start(name, STANDBY))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=4, help="each fault")
    times = parser.parse_args().times
    if not SLOTLOG.exists():
        sys.exit("handover_bench: bazel build //tools:slotlog, first")
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as directory, KafkaBroker() as broker:
        workers = Workers([SLOTLOG, None], broker, directory, SHARDS)
        faults = Faults(workers, broker, RATE)
        try:
            workers.begin(["a", "b"], RATE * (SECONDS_A_TIME * times + 20), RATE)
            for name in "ab":
                workers.stop(name)
                workers.start(name, STANDBY)
                faults.phase("begun", CATCH_UP)
            disturb(workers, faults, times)
            workers.end()
            workers.verify()
        finally:
            workers.kill_everything()
        stamps = workers.stamps()
        print(table([measure(phase, stamps) for phase in faults.phases]))


if __name__ == "__main__":
    main()
