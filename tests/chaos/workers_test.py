"""Workers on Kafka that are killed, stopped, frozen, robbed of their state, and
a broker that goes, while people book: nothing is lost, nothing decided twice.

Each fault stands between a steady phase and a recovery; in each phase at least a
hundred confirmations must come, a fault's own apart.
"""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from tests.chaos.workers import Workers, measure, now, pause, table
from tests.support.kafka_broker import KafkaBroker

SLOTLOG = os.path.abspath(sys.argv.pop(1))
BOOKINGS = 200_000
RATE = 1_000
CONFIRMED_MIN = 100
# The session timeout, after which the group gives a silent worker's shards to
# others, and a takeover on a machine that does other things as well.
TAKEOVER_MAX = 9.0
STEADY = 2.0


class WorkersTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.broker = KafkaBroker()
        self.broker.__enter__()
        self.workers = Workers(SLOTLOG, self.broker, self.temporary.name)
        self.phases = []

    def tearDown(self):
        self.workers.kill_everything()
        self.broker.__exit__(None, None, None)
        self.temporary.cleanup()

    def phase(self, name, seconds, act=lambda: None):
        began = now()
        act()
        pause(seconds)
        self.phases.append((name, began, now()))

    def fault(self, name, act, seconds, repair):
        """Steady, the fault, the recovery."""
        self.phase("steady", STEADY)
        self.phase(name, seconds, act)
        self.phase("recovery", STEADY, repair)

    def kill_and_restart(self, name):
        self.fault(
            "SIGKILL of a worker",
            lambda: self.workers.kill(name),
            10,
            lambda: self.workers.start(name, "--standby"),
        )

    def test_nothing_is_lost(self):
        workers = self.workers
        workers.begin(["a", "b"], BOOKINGS, RATE)
        self.phase("start", 8)
        self.fault(
            "SIGTERM of a worker",
            lambda: workers.stop("a"),
            2,
            lambda: workers.start("a", "--standby"),
        )
        for name in ("a", "b", "a"):
            self.kill_and_restart(name)
        self.fault(
            "SIGSTOP past the session timeout, SIGCONT",
            lambda: workers.signal("b", signal.SIGSTOP),
            9,
            lambda: workers.signal("b", signal.SIGCONT),
        )
        self.fault(
            "SIGKILL, state deleted",
            lambda: (workers.kill("a"), workers.forget_state("a")),
            8,
            lambda: workers.start("a"),
        )
        self.fault(
            "SIGKILL, state damaged",
            lambda: (workers.kill("b"), workers.damage_state("b")),
            8,
            lambda: workers.start("b"),
        )
        self.fault("a third worker joins", lambda: workers.start("c"), 3, lambda: None)
        self.fault("and leaves", lambda: workers.stop("c"), 2, lambda: None)
        self.fault(
            "two workers in one directory",
            self.expect_the_second_to_be_refused,
            1,
            lambda: None,
        )
        self.fault(
            "SIGKILL of the only broker",
            lambda: self.broker.kill(1),
            1,
            lambda: (self.broker.start(1), pause(15)),
        )
        self.kill_and_restart("a")
        print(workers.end(), flush=True)
        print(workers.verify(), flush=True)
        self.check_phases()

    def expect_the_second_to_be_refused(self):
        second = subprocess.run(
            [SLOTLOG, "worker", *self.workers.kafka]
            + ["--data", self.workers.path("a")],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.assertEqual(second.returncode, 2)
        self.assertIn("another worker's", second.stderr)

    def check_phases(self):
        stamps = self.workers.stamps()
        measured = [measure(*phase, stamps) for phase in self.phases]
        print(table(measured), flush=True)
        for fault in measured:
            with self.subTest(fault.name):
                if "broker" not in fault.name:
                    self.assertGreaterEqual(fault.confirmed, CONFIRMED_MIN, fault)
                if fault.name == "SIGKILL of a worker":
                    self.assertLess(fault.gap, TAKEOVER_MAX, fault)


if __name__ == "__main__":
    unittest.main()
