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

    def refused(self, *flags):
        """What a worker says that does not begin."""
        done = run("worker", *self.kafka, "--data", self.path("a"), *flags)
        self.assertEqual(done.returncode, 2)
        return done.stderr

    def test_an_address_that_cannot_be_served_is_told(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            told = self.refused("--metrics", address)
        self.assertIn(f"cannot serve metrics at {address}: its port is taken", told)
        self.assertIn("must be HOST:PORT", self.refused("--metrics", "9464"))

    def test_a_folder_that_cannot_hold_snapshots_is_told_before_it_begins(self):
        with open(self.path("file"), "w", encoding="utf-8"):
            folder = os.path.join(self.path("file"), "snapshots")
        told = self.refused("--snapshots", folder)
        self.assertIn(f"cannot take snapshots into {folder}: Not a directory", told)

    def test_serve_makes_the_topics_and_says_where_it_is(self):
        empty = ["--prefix", "served-", "--shards", "2"]
        address = free_address()
        with subprocess.Popen(
            [SLOTLOG, "serve", *self.kafka, *empty]
            + ["--data", self.path("a"), "--metrics", address, "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
        ) as served:
            self.addCleanup(served.kill)
            said = [served.stdout.readline() for _ in range(5)]
            self.assertRegex(said[0], r"^slotlog \d")
            self.assertRegex(said[1], rf"log \w+ at {self.kafka[1]}, 2 shards")
            self.assertIn(self.path("a"), said[1])
            self.assertIn(f"http://{address}/metrics", said[4])
            rush = ["rush", *self.kafka, "--prefix", "served-", "--workers-elsewhere"]
            rush += ["--data", self.path("rush"), "--bookings", str(BOOKINGS)]
            self.assertEqual(run(*rush).returncode, 0)
            self.assertTrue(figures(address))
            self.stop(served)
        other = ["serve", *self.kafka, "--prefix", "served-", "--shards", "3"]
        refused = run(*other, "--data", self.path("a"))
        self.assertEqual(refused.returncode, 1)
        self.assertIn("slotlog serve: ", refused.stderr)

    def test_connections_that_say_nothing_do_not_keep_prometheus_out(self):
        address = free_address()
        self.start("a", "--metrics", address)
        self.await_figures(address, lambda found: found)
        host, port = address.split(":")
        silent = [socket.create_connection((host, int(port))) for _ in range(8)]
        for connection in silent:
            self.addCleanup(connection.close)
        self.assertTrue(figures(address))


if __name__ == "__main__":
    unittest.main()
