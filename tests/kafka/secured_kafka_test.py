"""A Kafka that wants TLS and a password, with certificates made on the spot:
topics, a worker, a rush and its check, and what is told to whoever lacks them."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from tests.support.kafka_broker import KafkaBroker

SLOTLOG = os.path.abspath(sys.argv.pop(1))
BOOKINGS = 2000


def run(*arguments):
    done = subprocess.run(
        [SLOTLOG, *arguments], capture_output=True, text=True, check=False
    )
    print(f"$ slotlog {' '.join(arguments)}\n{done.stdout}{done.stderr}", flush=True)
    return done


class SecuredKafkaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = KafkaBroker(sasl=True).__enter__()
        cls.addClassCleanup(cls.broker.__exit__)

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def kafka(self, prefix):
        """The flags of whoever may come in."""
        config = ["--kafka-config", self.broker.client_properties]
        return ["--kafka", self.broker.address, *config, "--prefix", prefix]

    def changed(self, name, value):
        """The clients' file with another value."""
        with open(self.broker.client_properties, encoding="utf-8") as file:
            lines = file.read().splitlines()
        lines = [line for line in lines if not line.startswith(name + "=")]
        path = self.path("client.properties")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, f"{name}={value}", ""]))
        return path

    def test_all_that_a_rush_needs(self):
        kafka = self.kafka("all-")
        self.assertEqual(run("topics", "create", *kafka, "--shards", "2").returncode, 0)
        worker = [SLOTLOG, "worker", *kafka, "--data", self.path("worker")]
        with subprocess.Popen(worker) as decides:
            self.addCleanup(decides.kill)
            rush = ["rush", *kafka, "--data", self.path("rush"), "--workers-elsewhere"]
            self.assertEqual(run(*rush, "--bookings", str(BOOKINGS)).returncode, 0)
            shards = run("shards", *kafka)
            self.assertEqual(shards.returncode, 0)
            decides.send_signal(signal.SIGTERM)
            self.assertEqual(decides.wait(timeout=60), 0)
        verified = run("verify", *kafka)
        self.assertEqual(verified.returncode, 0)
        self.assertIn("all hold", verified.stdout)

    def test_a_wrong_password_is_told(self):
        config = self.changed("sasl.password", "wrong")
        told = run(
            "topics", "check", "--kafka", self.broker.address, "--kafka-config", config
        )
        self.assertEqual(told.returncode, 2)
        self.assertIn("Authentication failed", told.stderr)

    def test_a_broker_with_anothers_certificate_is_not_trusted(self):
        other, key = self.path("other.pem"), self.path("other.key")
        make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=other"
        subprocess.run([*make.split(), "-keyout", key, "-out", other], check=True)
        config = self.changed("ssl.ca.location", other)
        told = run(
            "topics", "check", "--kafka", self.broker.address, "--kafka-config", config
        )
        self.assertEqual(told.returncode, 2)
        self.assertIn("certificate verify failed", told.stderr)

    def test_without_tls_nobody_comes_in(self):
        told = run("topics", "check", "--kafka", self.broker.address)
        self.assertEqual(told.returncode, 2)
        self.assertIn("slotlog topics check: ", told.stderr)


if __name__ == "__main__":
    unittest.main()
