"""What tools/kafka does without a broker: settings, messages, whose process."""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

from tools.local_kafka import cluster, node, settings, wire

KAFKA = os.path.abspath(sys.argv.pop(1))


def run(*arguments):
    return subprocess.run(
        [KAFKA, *arguments], capture_output=True, text=True, check=False
    )


def properties_of(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


class LocalKafkaTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.data = os.path.join(directory.name, "cluster")

    def made(self, nodes, **more):
        cluster.Cluster.make(self.data, nodes, **more)
        return cluster.Cluster(self.data)

    def properties(self, made, number):
        description = made._cluster["nodes"][number - 1]
        return properties_of(
            settings.server_properties(made._cluster, description, "/d")
        )

    def test_help_and_wrong_usage(self):
        self.assertEqual(run("--help").returncode, 0)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("up", "--nodes", "2").returncode, 2)

    def test_where_there_is_no_cluster_it_says_what_makes_one(self):
        for command in (["status"], ["down"], ["stop", "1"]):
            with self.subTest(command):
                done = run(*command, "--data", self.data)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"tools/kafka up --data {self.data}", done.stderr)

    def test_nodes_that_are_stopped_are_shown_so(self):
        made = self.made(3)
        done = run("status", "--data", self.data)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.count("stopped  does not answer"), 3)
        self.assertEqual(len(made.bootstrap().split(",")), 3)
        done = run("stop", "4", "--data", self.data)
        self.assertIn("the nodes are 1 to 3", done.stderr)

    def test_what_is_acknowledged_by_three_is_on_two(self):
        three = self.properties(self.made(3), 2)
        self.assertEqual(three["min.insync.replicas"], "2")
        self.assertEqual(three["transaction.state.log.replication.factor"], "3")
        self.assertEqual(three["transaction.state.log.min.isr"], "2")
        self.assertEqual(three["node.id"], "2")
        self.assertEqual(three["auto.create.topics.enable"], "false")

    def test_a_given_port_is_the_first_of_the_nodes(self):
        made = self.made(3, port=19092)
        self.assertEqual([each.port for each in made.nodes], [19092, 19093, 19094])

    def test_all_nodes_listen_where_they_are_told_to(self):
        made = self.made(3, host="127.0.0.2")
        self.assertTrue(made.bootstrap().startswith("127.0.0.2:"))
        told = self.properties(made, 2)
        for name in ("listeners", "advertised.listeners", "controller.quorum.voters"):
            self.assertIn("127.0.0.2:", told[name])
            self.assertNotIn("127.0.0.1:", told[name])

    def test_with_sasl_clients_need_tls_and_the_password(self):
        made = self.made(1, sasl=True)
        server = self.properties(made, 1)
        self.assertIn("CLIENT:SASL_SSL", server["listener.security.protocol.map"])
        with open(made.client_properties, encoding="utf-8") as file:
            client = properties_of(file.read())
        self.assertEqual(client["security.protocol"], "SASL_SSL")
        self.assertTrue(os.path.exists(client["ssl.ca.location"]))
        for secret in (made.client_properties, os.path.join(self.data, "cluster.json")):
            self.assertEqual(os.stat(secret).st_mode & 0o077, 0)

    def test_another_process_with_the_same_id_is_not_the_broker(self):
        one = self.made(1).nodes[0]
        os.makedirs(one.directory)
        path = os.path.join(one.directory, "pid")
        started_at = node._started_at(os.getpid())
        for text, pid in (
            (f"{os.getpid()} {started_at}", os.getpid()),
            (f"{os.getpid()} 1", None),
            ("", None),
        ):
            with self.subTest(text):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                self.assertEqual(one.pid(), pid)

    def test_who_answers_names_the_brokers_and_who_does_not_names_none(self):
        def broker(node_id):
            host = b"127.0.0.1"
            return (
                struct.pack(">ih", node_id, len(host)) + host + struct.pack(">ih", 9, -1)
            )

        answer = struct.pack(">ii", 1, 2) + broker(3) + broker(1)
        for sent, brokers in (
            (struct.pack(">i", len(answer)) + answer, [1, 3]),
            (struct.pack(">i", len(answer)) + answer[:20], None),
            (b"HTTP/1.1 400 Bad Request\r\n", None),
        ):
            with self.subTest(sent), socket.create_server(("127.0.0.1", 0)) as server:

                def serve(server=server, sent=sent):
                    link, _ = server.accept()
                    with link:
                        link.recv(1024)
                        link.sendall(sent)

                thread = threading.Thread(target=serve)
                thread.start()
                port = server.getsockname()[1]
                self.assertEqual(wire.brokers_known_at(port), brokers)
                thread.join()
        self.assertIsNone(wire.brokers_known_at(1))


if __name__ == "__main__":
    unittest.main()
