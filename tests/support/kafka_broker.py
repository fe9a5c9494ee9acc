"""A real Kafka for a test in Python: what kafka_broker.h is for those in C++.

It is started by tools/kafka (which the test names among its data), stands under
a directory of its own, and goes with the test's process, however that ends.

    with KafkaBroker() as broker:
        subprocess.run([SLOTLOG, "verify", "--kafka", broker.address])
"""

import json
import os
import shutil
import subprocess
import tempfile

KAFKA = os.path.abspath("tools/kafka")
# Of each of Kafka's own topics (tools/local_kafka/settings.py).
OWN_TOPICS = {"__consumer_offsets": 4, "__transaction_state": 4}


class KafkaBroker:
    def __init__(self, nodes=1, host="127.0.0.1", sasl=False):
        """The host: an address of this machine, where clients find it. With
        sasl, clients need TLS and a password: `client_properties`, a file."""
        self.nodes = nodes
        self.killed = 0
        self._host = host
        self._sasl = sasl

    def __enter__(self):
        self._data = tempfile.mkdtemp(prefix="kafka-")
        up = ["up", "--nodes", str(self.nodes), "--host", self._host]
        up += ["--until-exit-of", str(os.getpid())]
        if self._sasl:
            up.append("--sasl")
            self.client_properties = os.path.join(self._data, "client.properties")
        self.address = self._run(*up).splitlines()[0]
        return self

    def __exit__(self, *_):
        self._run("down", "--kill")
        shutil.rmtree(self._data, ignore_errors=True)

    def kill(self, node):
        """Ends one node by SIGKILL."""
        self._run("stop", str(node), "--kill")
        self.killed += 1

    def start(self, node):
        """Starts it again and waits until it answers."""
        self._run("start", str(node))

    def move_leaders(self, topics, by):
        """Partition n of each of {topic: partitions} is led by node n + by, and
        so are those of Kafka's own topics."""
        nodes = range(self.nodes)
        moves = [
            {
                "topic": topic,
                "partition": partition,
                "replicas": [(partition + by + node) % self.nodes + 1 for node in nodes],
            }
            for topic, partitions in {**topics, **OWN_TOPICS}.items()
            for partition in range(partitions)
        ]
        path = os.path.join(self._data, "moves.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"version": 1, "partitions": moves}, file)
        reassign = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"
        self._run("tool", reassign, "--execute", "--reassignment-json-file", path)
        elect = "org.apache.kafka.tools.LeaderElectionCommand"
        every = ["--election-type", "preferred", "--all-topic-partitions"]
        self._run("tool", elect, *every)

    def _run(self, command, *arguments):
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        done = subprocess.run(
            [KAFKA, command, "--data", self._data, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=environment,
        )
        if done.returncode != 0:
            raise RuntimeError(f"tools/kafka {command}: {done.stdout}")
        return done.stdout
