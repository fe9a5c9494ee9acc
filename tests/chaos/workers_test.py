"""Workers on Kafka that are killed, stopped, frozen, robbed of their state, and
a broker that goes, while people book: nothing is lost, nothing decided twice.
"""

import os
import sys
import tempfile
import unittest

from tests.chaos.faults import Faults
from tests.chaos.workers import Workers
from tests.support.kafka_broker import KafkaBroker

PROGRAMS = [os.path.abspath(sys.argv.pop(1)) for _ in range(2)]
SHARDS = 4
BOOKINGS = 210_000
RATE = 1_000
STANDBY = ["--standby"]


class WorkersTest(unittest.TestCase):
    def test_nothing_is_lost(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        broker = self.enterContext(KafkaBroker())
        workers = Workers(PROGRAMS, broker, directory, SHARDS)
        self.addCleanup(workers.kill_everything)
        faults = Faults(workers, broker, RATE)
        workers.begin(["a", "b"], BOOKINGS, RATE)
        faults.drain("a", STANDBY)
        for name in ("a", "b"):
            faults.kill(name, flags=STANDBY)
        faults.die_at_answer("b", commit=50)
        faults.die_before_answer("a", commit=50, after_ms=5)
        faults.freeze("b")
        faults.delete("a")
        faults.damage("b")
        faults.join("c")
        faults.leave("c")
        faults.share_directory("a")
        faults.kill_broker(1)
        faults.kill("a", flags=STANDBY)
        faults.end()


if __name__ == "__main__":
    unittest.main()
