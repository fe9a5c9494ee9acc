"""slotlog rush on a real Kafka, as a user meets it: made topics, a kill, Ctrl-C,
workers in another process, and the audit afterwards."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from tests.support.kafka_broker import KafkaBroker

SLOTLOG = os.path.abspath(sys.argv.pop(1))


def run(*arguments):
    done = subprocess.run(
        [SLOTLOG, *arguments], capture_output=True, text=True, check=False
    )
    print(f"$ slotlog {' '.join(arguments)}\n{done.stdout}{done.stderr}", flush=True)
    return done


class OnKafka(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = KafkaBroker().__enter__()
        cls.addClassCleanup(cls.broker.__exit__)

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.data = os.path.join(directory.name, "rush")
        # Each test has its own log.
        self.kafka = ["--kafka", self.broker.address, "--prefix", f"{self.id()}."]
        self.rush = ["rush", "--data", self.data, *self.kafka]

    def assert_holds(self, *more):
        done = run("verify", *self.kafka, *more)
        self.assertEqual(done.returncode, 0)
        return done.stdout

    def interrupted(self, command, number, after_seconds):
        """The exit code of a rehearsal that gets a signal on its way."""
        with subprocess.Popen([SLOTLOG, *command], stdout=subprocess.DEVNULL) as rush:
            time.sleep(after_seconds)
            rush.send_signal(number)
            return rush.wait()


class RushOnKafkaTest(OnKafka):
    def test_workers_decide_elsewhere_while_it_is_audited(self):
        create = ["topics", "create", *self.kafka, "--shards", "4"]
        self.assertEqual(run(*create).returncode, 0)
        decides = [SLOTLOG, "worker", *self.kafka, "--data", self.data + "-worker"]
        rush = [*self.rush, "--workers-elsewhere", "--bookings", "20000"]
        with subprocess.Popen(decides) as worker:
            try:
                killed = self.interrupted(
                    [*rush, "--rate", "5000"], signal.SIGKILL, 2.0
                )
                self.assertEqual(killed, -signal.SIGKILL)
                with subprocess.Popen(
                    [SLOTLOG, *rush, "--json", "-"], stdout=subprocess.PIPE
                ) as live:
                    self.assert_holds()
                    figures = json.loads(live.stdout.read())
                self.assertEqual(live.returncode, 0)
            finally:
                worker.terminate()
        self.assertEqual(figures["bookings"], 20000)
        self.assertEqual(figures["shards"], 4)
        self.assert_holds("--redecide")

    def test_a_directory_belongs_to_one_log(self):
        rush = [*self.rush, "--bookings", "100"]
        self.assertEqual(run(*rush).returncode, 0)
        for other in (
            ["--data", self.data, "--kafka", self.broker.address],
            ["--data", self.data],
            [*self.rush[1:], "--shards", "3"],
        ):
            with self.subTest(other):
                done = run("rush", *other, "--bookings", "100")
                self.assertEqual(done.returncode, 2)
                self.assertNotIn("Made the topics", done.stderr)

    def test_a_log_of_something_else_is_not_rehearsed_on(self):
        self.assertEqual(run(*self.rush, "--bookings", "100").returncode, 0)
        other = os.path.join(self.data + "-other")
        done = run(
            "rush", "korea-2021-07-12", "--data", other, *self.kafka, "--bookings", "99"
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("somebody else wrote to its log", done.stderr)
        self.assertEqual(os.listdir(other), [])


class RushKilledOnKafkaTest(OnKafka):
    def test_goes_on_after_a_kill_and_a_stop_and_is_audited(self):
        rush = [*self.rush, "--bookings", "30000", "--rate", "8000"]
        self.assertEqual(
            self.interrupted(rush, signal.SIGKILL, 2.5), -signal.SIGKILL
        )
        # Waits for what the killed one left open.
        self.assert_holds()
        self.assertEqual(self.interrupted(rush, signal.SIGINT, 2.5), 130)
        self.assert_holds()

        figures = json.loads(run(*rush[:-2], "--json", "-").stdout)
        self.assertTrue(figures["finished"])
        self.assertEqual(figures["bookings"], 30000)
        self.assertEqual(figures["confirmations"], figures["commands"])
        self.assertEqual(figures["log"], "kafka")
        self.assertFalse(figures["durable"])  # one broker
        again = run(*rush[:-2])
        self.assertEqual(again.returncode, 0)
        self.assertIn("Finished already", again.stdout)
        state = os.path.join(self.data, "state")
        text = self.assert_holds("--redecide", "--state", state)
        self.assertIn("decided again", text)
        self.assertNotIn(" 0 rows", text)


if __name__ == "__main__":
    unittest.main()
