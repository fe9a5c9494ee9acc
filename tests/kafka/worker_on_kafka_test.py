"""slotlog worker as an operator runs it: what Prometheus reads of it, and a
state that is lost and brought back from a snapshot."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from tests.support.kafka_broker import KafkaBroker

SLOTLOG = os.path.abspath(sys.argv.pop(1))
SHARDS = 2
BOOKINGS = 3000
PATIENCE = 30.0


def run(*arguments):
    done = subprocess.run(
        [SLOTLOG, *arguments], capture_output=True, text=True, check=False
    )
    print(f"$ slotlog {' '.join(arguments)}\n{done.stdout}{done.stderr}", flush=True)
    return done


def free_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def figures(address):
    """What /metrics says: each figure by its name and labels; nothing yet."""
    try:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as page:
            text = page.read().decode()
    except OSError:
        return {}
    lines = re.findall(r"^(slotlog_\S+) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in lines}


class WorkerOnKafkaTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = temporary.name
        broker = KafkaBroker().__enter__()
        self.addCleanup(broker.__exit__)
        self.kafka = ["--kafka", broker.address]
        create = ["topics", "create", *self.kafka, "--shards", str(SHARDS)]
        self.assertEqual(run(*create).returncode, 0)

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self, name, *flags):
        with open(self.path(name + ".log"), "a", encoding="utf-8") as log:
            # pylint: disable=consider-using-with
            worker = subprocess.Popen(
                [SLOTLOG, "worker", *self.kafka, "--data", self.path(name), *flags],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.addCleanup(worker.wait)
        self.addCleanup(worker.kill)
        return worker

    def stop(self, worker):
        worker.send_signal(signal.SIGTERM)
        self.assertEqual(worker.wait(timeout=60), 0)

    def log(self, name):
        with open(self.path(name + ".log"), encoding="utf-8") as log:
            return log.read()

    def book(self, bookings):
        rush = ["rush", *self.kafka, "--workers-elsewhere"]
        rush += ["--data", self.path("rush"), "--bookings", str(bookings)]
        self.assertEqual(run(*rush).returncode, 0)

    def await_figures(self, address, is_so):
        """Until they are so; fails with the last figures otherwise."""
        end = time.monotonic() + PATIENCE
        while True:
            found = figures(address)
            if is_so(found):
                return found
            self.assertLess(time.monotonic(), end, found)
            time.sleep(0.2)

    def test_prometheus_reads_owners_and_standbys(self):
        owner, standby = free_address(), free_address()
        self.start("a", "--metrics", owner)
        self.book(BOOKINGS)
        undecided = 'slotlog_shard_undecided_records{{shard="{}",topic="commands"}}'
        found = self.await_figures(
            owner,
            lambda found: all(
                found.get(undecided.format(shard)) == 0 for shard in range(SHARDS)
            ),
        )
        decided = 'slotlog_shard_next_offset{{shard="{}",topic="commands"}}'
        self.assertGreaterEqual(
            sum(found[decided.format(shard)] for shard in range(SHARDS)), BOOKINGS
        )

        # The second one gets a shard, and stands by for the other.
        self.start("b", "--standby", "--metrics", standby)
        role = 'slotlog_shard_role{{shard="{}",role="{}"}}'
        lag = 'slotlog_shard_lag_records{{shard="{}"}}'
        self.await_figures(
            standby,
            lambda found: any(
                found.get(role.format(mine, "owner")) == 1
                and found.get(lag.format(1 - mine)) == 0
                for mine in range(SHARDS)
            ),
        )

    def test_a_lost_state_is_brought_from_the_newest_snapshot(self):
        snapshots = ["--snapshots", self.path("snapshots"), "--snapshot-every", "1s"]
        worker = self.start("a", *snapshots)
        self.book(BOOKINGS)
        self.stop(worker)
        taken = [
            name
            for folder, names, _ in os.walk(self.path("snapshots"))
            for name in names
            if os.path.basename(folder).startswith("shard-")
        ]
        self.assertGreaterEqual(len(taken), SHARDS)
        self.assertNotIn("is brought from the snapshot", self.log("a"))

        shutil.rmtree(self.path("a"))
        address = free_address()
        worker = self.start("a", *snapshots, "--metrics", address)
        owned = 'slotlog_shard_role{{shard="{}",role="owner"}}'
        self.await_figures(
            address,
            lambda found: all(
                found.get(owned.format(shard)) == 1 for shard in range(SHARDS)
            ),
        )
        self.stop(worker)
        for shard in range(SHARDS):
            self.assertIn(
                f"shard {shard}: its state is brought from the snapshot", self.log("a")
            )
        state = os.path.join(self.path("a"), "state")
        verified = run("verify", *self.kafka, "--redecide", "--state", state)
        self.assertEqual(verified.returncode, 0)

    def test_an_address_that_is_taken_is_told(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = run(
                "worker", *self.kafka, "--data", self.path("a"), "--metrics", address
            )
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"cannot serve metrics at {address}", done.stderr)


if __name__ == "__main__":
    unittest.main()
