"""One broker of a local cluster: a Java process and its directory."""

import os
import signal
import subprocess
import time

from tools.local_kafka import settings, wire

HERE = os.path.dirname(os.path.abspath(__file__))
JARS = os.path.join(HERE, "jars")

KILL_SECONDS_MAX = 10
# A broker that cannot hand its partitions over still ends by then.
STOP_SECONDS_MAX = 60
POLL_SECONDS = 0.1


class KafkaError(Exception):
    """What is wrong and what to do, in one line."""


def _started_at(pid):
    """When a process began, in the kernel's ticks; None: there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return None
    # The first thread may be gone before those that hold the port.
    return None if fields[0] == "Z" and len(threads) == 1 else fields[19]


def java(heap, main, *arguments):
    return [
        "java",
        f"-Xmx{heap}",
        # Brokers that live for minutes, up to three on a small machine: the
        # second compiler takes as much of it as they do, and gives nothing back
        # in that time; neither do a collector's own threads.
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        f"-Dlog4j2.configurationFile={HERE}/log4j2.properties",
        "-cp",
        f"{JARS}/*",
        main,
        *arguments,
    ]


class Node:
    def __init__(self, cluster, description, directory):
        self._cluster = cluster
        self._node = description
        self.id = description["id"]
        self.port = description["port"]
        self.directory = directory

    def _file(self, name):
        return os.path.join(self.directory, name)

    @property
    def log(self):
        return self._file("broker.log")

    def pid(self):
        """The process's id; None where it does not run.

        The file names its start time too: the id may be another's by now.
        """
        try:
            with open(self._file("pid"), encoding="utf-8") as file:
                pid, started_at = file.read().split()
        except (OSError, ValueError):
            return None
        return int(pid) if _started_at(pid) == started_at else None

    def brokers_known(self):
        sasl = self._cluster.get("sasl")
        return wire.brokers_known_at(
            settings.plain_port_of(self._node, sasl), settings.host_of(self._cluster)
        )

    def answers(self):
        return self.id in (self.brokers_known() or [])

    def start(self):
        """Starts the process, if it does not run, and does not wait for it."""
        if self.pid():
            return
        os.makedirs(self.directory, exist_ok=True)
        properties = self._file("server.properties")
        with open(properties, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(
                settings.server_properties(self._cluster, self._node, self.directory)
            )
        with open(self.log, "ab") as log:
            if not os.path.exists(self._file("data/meta.properties")):
                self._format(properties, log)
            process = subprocess.Popen(
                java(self._cluster["heap"], "kafka.Kafka", properties),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                # Ctrl-C at a terminal is not for the broker.
                start_new_session=True,
            )
        with open(self._file("pid.new"), "w", encoding="utf-8") as file:
            file.write(f"{process.pid} {_started_at(process.pid)}")
        os.replace(self._file("pid.new"), self._file("pid"))

    def _format(self, properties, log):
        done = subprocess.run(
            java("256m", "kafka.tools.StorageTool", "format")
            + ["-t", self._cluster["id"], "-c", properties],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.directory,
            check=False,
        )
        if done.returncode != 0:
            raise KafkaError(f"node {self.id} cannot be formatted: see {self.log}")

    def stop(self, kill=False):
        """Ends the process and waits until it is gone."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
        seconds_max = KILL_SECONDS_MAX if kill else STOP_SECONDS_MAX
        deadline = time.monotonic() + seconds_max
        while self.pid() is not None:
            if time.monotonic() > deadline:
                raise KafkaError(
                    f"node {self.id} (process {pid}) still runs after "
                    f"{seconds_max} s: see {self.log}, or use --kill"
                )
            time.sleep(POLL_SECONDS)
