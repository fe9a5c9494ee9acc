"""A log on Kafka with several workers, people who book all the while, and what
may happen to it: for the chaos test, and for tools/chaos.

Everything is a real process, ended by real signals. In the end the client has
counted one answer for every command that was acknowledged (`slotlog rush` fails
otherwise) and `slotlog verify` has checked every promise on Kafka itself. How
long each shard stood still at each fault is read from the stamps of its
confirmations.
"""

import collections
import datetime
import os
import re
import shutil
import signal
import subprocess
import time

Fault = collections.namedtuple("Fault", "name began ended gap confirmed")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Workers:
    """The cluster of workers in `directory`, on the log of `broker`."""

    def __init__(self, slotlog, broker, directory, shards=4):
        self.slotlog = slotlog
        self.broker = broker
        self.directory = directory
        self.shards = shards
        self.kafka = ["--kafka", broker.address, "--prefix", "chaos."]
        self.processes = {}
        self.rush = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def begin(self, names, bookings, rate):
        """Makes the log, starts these workers, and lets people book."""
        subprocess.run(
            [self.slotlog, "topics", "create", *self.kafka]
            + ["--shards", str(self.shards)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for name in names:
            self.start(name)
        with open(self.path("rush.log"), "w", encoding="utf-8") as log:
            # pylint: disable=consider-using-with
            self.rush = subprocess.Popen(
                [self.slotlog, "rush", *self.kafka, "--workers-elsewhere"]
                + ["--data", self.path("rush")]
                + ["--bookings", str(bookings), "--rate", str(rate)],
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def start(self, name, *flags):
        with open(self.path(name + ".log"), "a", encoding="utf-8") as log:
            # pylint: disable=consider-using-with
            self.processes[name] = subprocess.Popen(
                [self.slotlog, "worker", *self.kafka]
                + ["--data", self.path(name), *flags],
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def signal(self, name, number):
        self.processes[name].send_signal(number)

    def stop(self, name):
        """SIGTERM: it hands its shards on, and says so by its exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
        if code != 0:
            raise AssertionError(f"worker {name} ended with {code}: {self.log(name)}")

    def kill(self, name):
        process = self.processes.pop(name)
        process.kill()
        process.wait()

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

    def log(self, name, lines=15):
        with open(self.path(name + ".log"), encoding="utf-8") as log:
            return "".join(log.readlines()[-lines:])

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
            times = re.findall(r"^confirmations/\S+ \d+ (\S+)", shown, re.MULTILINE)
            stamps.append(
                sorted(datetime.datetime.fromisoformat(each[:-1] + "+00:00") for each in times)
            )
        return stamps


def measure(name, began, ended, stamps):
    """How long the shard that stood still longest did, and what was confirmed."""
    longest = 0.0
    confirmed = 0
    for times in stamps:
        within = [each for each in times if began <= each <= ended]
        confirmed += len(within)
        for before, after in zip([began, *within], [*within, ended]):
            longest = max(longest, (after - before).total_seconds())
    return Fault(name, began, ended, longest, confirmed)


def table(faults):
    text = f"{'fault':<44} {'times':>5} {'longest gap':>12} {'confirmed, least':>17}\n"
    names = list(dict.fromkeys(fault.name for fault in faults))
    for name in names:
        same = [fault for fault in faults if fault.name == name]
        gap = max(fault.gap for fault in same)
        least = min(fault.confirmed for fault in same)
        text += f"{name:<44} {len(same):>5} {gap:>10.2f} s {least:>17}\n"
    return text


def pause(seconds):
    time.sleep(seconds)
