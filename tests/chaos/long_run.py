"""What tools/chaos runs: faults by a seed, one after the other, for so long."""

import argparse
import os
import random
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.getcwd())

# pylint: disable=wrong-import-position
from tests.chaos.workers import Workers, measure, now, pause, table
from tests.support.kafka_broker import KafkaBroker

RATE = 1_000
STEADY = 2.0
# Longer than the session timeout.
TAKEOVER = 8.0
NAMES = ["a", "b", "c", "d", "e"]


class LongRun:
    def __init__(self, workers, broker, dice):
        self.workers = workers
        self.broker = broker
        self.dice = dice
        self.phases = []

    def any_worker(self):
        return self.dice.choice(sorted(self.workers.processes))

    def phase(self, name, seconds, act=lambda: None):
        began = now()
        act()
        pause(seconds)
        self.phases.append((name, began, now()))

    def fault(self, name, seconds, act, repair):
        print(f"{now():%H:%M:%S}  {name}", flush=True)
        self.phase("steady", STEADY)
        self.phase(name, seconds, act)
        self.phase("recovery", STEADY, repair)

    def again(self, name):
        flags = ["--standby"] if self.dice.random() < 0.5 else []
        self.workers.start(name, *flags)

    # --- The faults ---

    def kill(self):
        name = self.any_worker()
        self.fault(
            "SIGKILL of a worker",
            TAKEOVER,
            lambda: self.workers.kill(name),
            lambda: self.again(name),
        )

    def drain(self):
        name = self.any_worker()
        self.fault(
            "SIGTERM of a worker",
            STEADY,
            lambda: self.workers.stop(name),
            lambda: self.again(name),
        )

    def freeze(self):
        name = self.any_worker()
        self.fault(
            "SIGSTOP past the session timeout, SIGCONT",
            TAKEOVER,
            lambda: self.workers.signal(name, signal.SIGSTOP),
            lambda: self.workers.signal(name, signal.SIGCONT),
        )

    def delete(self):
        name = self.any_worker()
        self.fault(
            "SIGKILL, state deleted",
            TAKEOVER,
            lambda: (self.workers.kill(name), self.workers.forget_state(name)),
            lambda: self.again(name),
        )

    def damage(self):
        name = self.any_worker()
        self.fault(
            "SIGKILL, state damaged",
            TAKEOVER,
            lambda: (self.workers.kill(name), self.workers.damage_state(name)),
            lambda: self.again(name),
        )

    def join_or_leave(self):
        absent = [name for name in NAMES if name not in self.workers.processes]
        if absent and (len(absent) > 3 or self.dice.random() < 0.5):
            name = self.dice.choice(absent)
            self.fault("a worker joins", 3, lambda: self.again(name), lambda: None)
        elif len(self.workers.processes) > 2:
            name = self.any_worker()
            self.fault(
                "a worker leaves", STEADY, lambda: self.workers.stop(name), lambda: None
            )

    def kill_broker(self):
        self.fault(
            "SIGKILL of the only broker",
            1,
            lambda: self.broker.kill(1),
            lambda: (self.broker.start(1), pause(15)),
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("slotlog")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    flags = parser.parse_args()
    dice = random.Random(flags.seed)
    with tempfile.TemporaryDirectory() as directory, KafkaBroker() as broker:
        workers = Workers(os.path.abspath(flags.slotlog), broker, directory)
        run = LongRun(workers, broker, dice)
        try:
            # People go on to the end, and a little longer.
            bookings = int((flags.minutes + 1) * 60 * RATE)
            workers.begin(["a", "b"], bookings, RATE)
            run.phase("start", TAKEOVER)
            # SIGKILL of a worker is what happens most.
            faults = [run.kill] * 4 + [run.drain, run.freeze, run.delete]
            faults += [run.damage, run.join_or_leave, run.join_or_leave]
            faults += [run.kill_broker]
            end = time.monotonic() + flags.minutes * 60
            while time.monotonic() < end:
                dice.choice(faults)()
            print(workers.end(), flush=True)
            print(workers.verify(), flush=True)
            stamps = workers.stamps()
            print(table([measure(*phase, stamps) for phase in run.phases]))
        finally:
            workers.kill_everything()


if __name__ == "__main__":
    main()
