"""A log on Kafka with several workers, and people who book all the while.

Everything is a real process, ended by real signals. In the end the client has
counted one answer for every command that was acknowledged (`slotlog rush` fails
otherwise) and `slotlog verify` has checked every promise on Kafka itself.
"""

import datetime
import os
import re
import shutil
import signal
import subprocess
import time

PREFIX = "chaos."
TOPICS = "commands operations internal events confirmations dead-letters".split()
PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.01


class Workers:
    """The cluster of workers in `directory`, on the log of `broker`; each on one
    of the `machines`, if there are any."""

    def __init__(self, programs, broker, directory, shards, machines=None):
        """The programs: `slotlog`, and one that dies at a commit of its."""
        self.slotlog, self._dying_worker = programs
        self.directory = directory
        self.shards = shards
        self.machines = machines
        self.kafka = ["--kafka", broker.address, "--prefix", PREFIX]
        self.processes = {}
        self.killed = 0
        self.rush = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def topics(self):
        """Each with the number of its partitions."""
        return {PREFIX + topic: self.shards for topic in TOPICS}

    def begin(self, names, bookings, rate):
        """Makes the log, starts these workers, lets people book, and waits until
        the first of them are served."""
        subprocess.run(
            [self.slotlog, "topics", "create", *self.kafka]
            + ["--shards", str(self.shards)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for name in names:
            self.start(name)
        self.rush = self._spawn(
            "rush",
            [self.slotlog, "rush", *self.kafka, "--workers-elsewhere"]
            + ["--data", self.path("rush")]
            + ["--bookings", str(bookings), "--rate", str(rate)],
        )
        self._await_log("rush", r" done [1-9]\d\d")

    # --- A worker's life ---

    def start(self, name, *flags):
        self.processes[name] = self._spawn(name, self._worker(name, *flags))

    def start_dying(self, name, *how):
        """One that kills itself: what dying_worker.cc says of the flags."""
        command = self._worker(name, program=[self._dying_worker, *how])
        self.processes[name] = self._spawn(name, command)

    def start_second(self, name):
        """Another one in the same directory: how it ended."""
        return subprocess.run(
            self._worker(name),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )

    def signal(self, name, number):
        self.processes[name].send_signal(number)

    def await_end(self, name):
        """Its exit code; minus the number of the signal that ended it."""
        code = self.processes.pop(name).wait(timeout=PATIENCE_SECONDS)
        self.killed += code == -signal.SIGKILL
        return code

    def stop(self, name):
        """SIGTERM: it hands its shards on, and says so by its exit code."""
        self.signal(name, signal.SIGTERM)
        code = self.await_end(name)
        if code != 0:
            raise AssertionError(f"worker {name} ended with {code}: {self.log(name)}")

    def kill(self, name):
        self.signal(name, signal.SIGKILL)
        self.await_end(name)

    def forget_state(self, name):
        shutil.rmtree(self.path(name), ignore_errors=True)

    def damage_state(self, name):
        """Turns bytes over in the tables of each of its stores."""
        for folder, _, files in os.walk(self.path(name)):
            for file in files:
                if file.endswith(".sst"):
                    with open(os.path.join(folder, file), "r+b") as table:
                        block = table.read(4096)
                        table.seek(0)
                        table.write(bytes(byte ^ 0xFF for byte in block))

    # --- What it says ---

    def log(self, name, lines=15):
        with open(self.path(name + ".log"), encoding="utf-8") as log:
            return "".join(log.readlines()[-lines:])

    def log_size(self, name):
        return os.path.getsize(self.path(name + ".log"))

    def await_assignment(self, name, after):
        """Until it says so behind its log's first so many bytes."""
        self._await_log(name, "shards assigned", after)

    # --- The end ---

    def end(self):
        """Waits until everyone is answered; what rush says of it."""
        code = self.rush.wait(timeout=600)
        if code != 0:
            raise AssertionError(f"rush ended with {code}: {self.log('rush', 40)}")
        for name in list(self.processes):
            self.stop(name)
        return self.log("rush", 60)

    def verify(self):
        done = subprocess.run(
            [self.slotlog, "verify", *self.kafka, "--redecide"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"verify says no: {done.stdout}")
        return done.stdout

    def kill_everything(self):
        for name in list(self.processes):
            self.kill(name)
        if self.rush is not None and self.rush.poll() is None:
            self.rush.kill()
            self.rush.wait()

    def stamps(self):
        """When each shard confirmed something: a sorted list for each."""
        stamps = []
        for shard in range(self.shards):
            shown = subprocess.run(
                [self.slotlog, "log", "cat", *self.kafka, f"confirmations/{shard}"],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
            times = re.findall(r"^confirmations/\S+ \d+ (\S+)Z", shown, re.MULTILINE)
            stamps.append(
                sorted(
                    datetime.datetime.fromisoformat(each + "+00:00") for each in times
                )
            )
        return stamps

    def _await_log(self, name, pattern, after=0):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with open(self.path(name + ".log"), encoding="utf-8") as log:
                log.seek(after)
                if re.search(pattern, log.read()):
                    return
            time.sleep(LOOK_SECONDS)
        raise AssertionError(f"{name} never says {pattern!r}: {self.log(name)}")

    def _worker(self, name, *flags, program=None):
        machine = self.machines.command(name) if self.machines else []
        return [*machine, *(program or [self.slotlog]), "worker", *self.kafka] + [
            *("--data", self.path(name)),
            *flags,
        ]

    def _spawn(self, name, command):
        with open(self.path(name + ".log"), "a", encoding="utf-8") as log:
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
