"""A local Kafka cluster in a directory: made once, started and stopped often.

  DIR/cluster.json   its id, its address, its nodes and their ports, whether
                     clients need a password
  DIR/node-N/        a node's data, settings, process id and log
  DIR/client.properties   with --sasl: what clients need, for --kafka-config
"""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

from tools.local_kafka import settings
from tools.local_kafka.node import JARS, KafkaError, Node

POLL_SECONDS = 0.1
CERTIFICATE_DAYS = "3650"
STOP_TOGETHER_SECONDS_MAX = 20


def check_installed():
    # The last file that tools/install puts there.
    if not os.path.exists(os.path.join(JARS, "pom.xml")):
        raise KafkaError("Kafka's jars are missing: run tools/install kafka")
    if not shutil.which("java"):
        raise KafkaError("java is missing: run tools/install kafka")


def _free_ports(host, count):
    """So many ports that nobody listens at now."""
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            probe = stack.enter_context(socket.socket())
            probe.bind((host, 0))
            ports.append(probe.getsockname()[1])
        return ports


def _check_free(host, port, data):
    with socket.socket() as probe:
        # A port that a broker had a moment ago is free, as the broker sees it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise KafkaError(
                f"port {port} is in use by another process: end that one, or "
                f"delete {data} to begin anew with other ports"
            ) from error


class Cluster:
    def __init__(self, data):
        """The cluster in `data`, which must have been made."""
        self.data = os.path.abspath(data)
        try:
            with open(os.path.join(self.data, "cluster.json"), encoding="utf-8") as file:
                self._cluster = json.load(file)
        except FileNotFoundError as error:
            raise KafkaError(
                f"there is no cluster in {data}: run tools/kafka up --data {data}"
            ) from error
        except ValueError as error:
            raise KafkaError(
                f"{data}/cluster.json is damaged ({error}): delete {data}"
            ) from error
        self.nodes = [
            Node(self._cluster, node, os.path.join(self.data, f"node-{node['id']}"))
            for node in self._cluster["nodes"]
        ]

    @staticmethod
    def exists(data):
        return os.path.exists(os.path.join(data, "cluster.json"))

    @staticmethod
    def make(
        data, nodes, port=None, sasl=False, heap="512m", host=settings.LOOPBACK
    ):
        data = os.path.abspath(data)
        os.makedirs(data, exist_ok=True)
        ports = _free_ports(host, 3 * nodes)
        cluster = {
            "id": base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="),
            "heap": heap,
            "host": host,
            "nodes": [
                {
                    "id": n + 1,
                    "port": port + n if port else ports[3 * n],
                    "controller_port": ports[3 * n + 1],
                    "internal_port": ports[3 * n + 2],
                }
                for n in range(nodes)
            ],
        }
        # The storage tool takes a leading dash for an option.
        cluster["id"] = cluster["id"].replace("-", "A")
        if sasl:
            cluster["sasl"] = _make_sasl(data, host)
        path = os.path.join(data, "cluster.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            json.dump(cluster, file, indent=2)
        os.replace(path + ".new", path)

    @property
    def host(self):
        return settings.host_of(self._cluster)

    @property
    def sasl(self):
        return bool(self._cluster.get("sasl"))

    @property
    def client_properties(self):
        return os.path.join(self.data, "client.properties")

    def bootstrap(self):
        return ",".join(f"{self.host}:{node.port}" for node in self.nodes)

    @contextlib.contextmanager
    def locked(self):
        """One command at a time changes a cluster."""
        with open(os.path.join(self.data, "lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def node(self, number):
        for node in self.nodes:
            if node.id == number:
                return node
        raise KafkaError(
            f"there is no node {number}: the nodes are 1 to {len(self.nodes)}"
        )

    def start(self, nodes, timeout_seconds):
        """Starts these nodes; returns when they and the others know them."""
        for node in nodes:
            if not node.pid():
                _check_free(self.host, node.port, self.data)
                node.start()
        deadline = time.monotonic() + timeout_seconds
        wanted = {node.id for node in nodes}
        for node in nodes:
            while not wanted <= set(node.brokers_known() or []):
                if not node.pid():
                    raise KafkaError(f"node {node.id} ended: see {node.log}")
                if time.monotonic() > deadline:
                    raise KafkaError(
                        f"node {node.id} did not answer within "
                        f"{timeout_seconds} s: see {node.log}"
                    )
                time.sleep(POLL_SECONDS)

    def stop(self, nodes, kill=False):
        """Ends these nodes, the last one first."""
        if kill or len(nodes) < len(self.nodes):
            for node in reversed(nodes):
                node.stop(kill)
            return
        # A controller that lost its majority cannot let brokers leave: all are
        # told at once, and whoever still waits for the others is killed.
        _stop_all(nodes)

    def stop_with(self, pid):
        """Leaves a process behind that kills all nodes when `pid` is gone."""
        try:
            watched = os.pidfd_open(pid)
        except OSError as error:
            raise KafkaError(f"there is no process {pid} to end with") from error
        if os.fork() != 0:
            os.close(watched)
            return
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        select.select([watched], [], [])
        for node in self.nodes:
            with contextlib.suppress(KafkaError, OSError):
                node.stop(kill=True)
        sys.exit(0)


def _stop_all(nodes):
    """SIGTERM to all, and SIGKILL to those that are there when time is up."""
    for node in nodes:
        pid = node.pid()
        if pid:
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TOGETHER_SECONDS_MAX
    while any(node.pid() for node in nodes) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for node in nodes:
        node.stop(kill=True)


def _make_sasl(data, host):
    """A user, a password, and a certificate that signs itself."""
    if not shutil.which("openssl"):
        raise KafkaError("openssl is missing: run tools/install kafka")
    directory = os.path.join(data, "tls")
    os.makedirs(directory, mode=0o700, exist_ok=True)
    key = os.path.join(directory, "key.pem")
    certificate = os.path.join(directory, "ca.pem")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"]
        + ["-days", CERTIFICATE_DAYS, "-subj", "/CN=localhost"]
        + ["-addext", f"subjectAltName=DNS:localhost,IP:{host}"]
        + ["-keyout", key, "-out", certificate],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise KafkaError(f"openssl cannot make a certificate: {made.stderr.strip()}")
    server = os.path.join(directory, "server.pem")
    with open(server, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        for part in (key, certificate):
            with open(part, encoding="utf-8") as text:
                file.write(text.read())
    sasl = {
        "user": "slotlog",
        "password": secrets.token_urlsafe(18),
        "directory": directory,
    }
    path = os.path.join(data, "client.properties")
    with open(path, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(settings.client_properties(sasl))
    return sasl
