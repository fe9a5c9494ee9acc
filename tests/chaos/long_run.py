"""What tools/chaos runs: faults by a seed, one after the other, for so long."""

import argparse
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.getcwd())

# pylint: disable=wrong-import-position
from tests.chaos.faults import Faults
from tests.chaos.machines import BROKER_HOST, Machines, enter_namespaces
from tests.chaos.workers import Workers
from tests.support.kafka_broker import KafkaBroker

# One more than the workers, so that each has something to do.
SHARDS = 6
NAMES = ["a", "b", "c", "d", "e"]
# Of a worker that dies by its own hand, and of milliseconds until then.
COMMIT_MIN, COMMIT_MAX = 20, 100
AFTER_MS_MAX = 20


class Dice:
    """Which fault comes next, and whom it hits."""

    def __init__(self, faults, seed):
        self._faults = faults
        self._workers = faults.workers
        self._random = random.Random(seed)
        self._cards = []

    def next(self):
        """From a pack that is shuffled anew when it is empty, so that all come."""
        if not self._cards:
            self._cards = self._pack()
            self._random.shuffle(self._cards)
        self._cards.pop()()

    def _pack(self):
        """SIGKILL of a worker is what happens most."""
        faults = self._faults
        pack = [lambda: faults.kill(self._worker(), flags=self._flags())] * 8
        pack += [lambda: faults.die_at_answer(self._worker(), self._commit())] * 2
        pack += [self._die_before_answer] * 2
        pack += [self._join_or_leave] * 2
        pack += [
            self._kill_two,
            self._kill_two,
            lambda: faults.drain(self._worker(), self._flags()),
            lambda: faults.freeze(self._worker()),
            lambda: faults.delete(self._worker()),
            lambda: faults.damage(self._worker()),
            lambda: faults.share_directory(self._worker()),
            lambda: faults.kill_broker(self._node()),
        ]
        if faults.broker.nodes > 1:
            pack += [lambda: faults.kill_broker(self._node())] * 2
            pack += [lambda: faults.move_leaders(self._node())] * 3
        if self._workers.machines is not None:
            pack += [lambda: faults.cut(self._worker())]
            pack += [lambda: faults.fill_disk(self._worker())]
        return pack

    def _kill_two(self):
        """Of three or more: somebody is left."""
        names = sorted(self._workers.processes)
        self._faults.kill(*self._random.sample(names, 2 if len(names) > 2 else 1))

    def _die_before_answer(self):
        after_ms = self._random.randint(1, AFTER_MS_MAX)
        self._faults.die_before_answer(self._worker(), self._commit(), after_ms)

    def _join_or_leave(self):
        absent = [name for name in NAMES if name not in self._workers.processes]
        joins = len(absent) > 2 or (absent and self._random.random() < 0.5)
        if joins:
            self._faults.join(self._random.choice(absent), self._flags())
        else:
            self._faults.leave(self._worker())

    def _worker(self):
        return self._random.choice(sorted(self._workers.processes))

    def _node(self):
        return self._random.randint(1, self._faults.broker.nodes)

    def _commit(self):
        return self._random.randint(COMMIT_MIN, COMMIT_MAX)

    def _flags(self):
        return ["--standby"] if self._random.random() < 0.5 else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("slotlog")
    parser.add_argument("dying_worker")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1)
    parser.add_argument("--rate", type=int, required=True)
    flags = parser.parse_args()
    # Whoever ends the run ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    has_machines = enter_namespaces()
    directory = tempfile.mkdtemp(prefix="chaos-")
    print(f"seed {flags.seed}, nodes {flags.nodes}, rate {flags.rate}; logs in {directory}", flush=True)
    programs = [os.path.abspath(flags.slotlog), os.path.abspath(flags.dying_worker)]
    with contextlib.ExitStack() as stack:
        machines = None
        if has_machines:
            machines = Machines(directory)
            stack.callback(machines.close)
        host = BROKER_HOST if has_machines else "127.0.0.1"
        broker = stack.enter_context(KafkaBroker(flags.nodes, host))
        workers = Workers(programs, broker, directory, SHARDS, machines)
        stack.callback(workers.kill_everything)
        faults = Faults(workers, broker, flags.rate)
        # People go on to the end, and a little longer.
        bookings = int((flags.minutes + 1) * 60 * flags.rate)
        workers.begin(["a", "b", "c"], bookings, flags.rate)
        dice = Dice(faults, flags.seed)
        end = time.monotonic() + flags.minutes * 60
        while time.monotonic() < end:
            dice.next()
        faults.end()
    # Whoever looks for what went wrong still has it.
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
