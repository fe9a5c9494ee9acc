"""What may happen to workers and brokers, each as one function, and what must be
true of it: for the chaos test, and for tools/chaos.

A fault stands between a steady phase and a recovery. In each phase at least a
hundred confirmations must come, in those two of the thousand people who do. How
long each shard stood still is read from the stamps of its confirmations.
"""

import collections
import datetime
import signal
import time

CONFIRMED_MIN = 100
# A steady phase and a recovery last until so many people have come, and so long.
PEOPLE_MIN = 1000
STEADY_MIN = 2.0
HAND_OVER = 2.0
# The session timeout of six seconds, after which the group gives a silent
# worker's shards to others, and the takeover: below a second where the machine
# does nothing else, and here it may do anything. How long it took is in the
# table; this bound tells a takeover that waited for something it should not.
TAKEOVER_MAX = 12.0
TAKEOVER = 10.0
# What comes after a broker that is back: it is found.
BROKER_RETURNS = 15.0
# And after one of three that stays away: it is missed after six seconds. By
# then workers have lost their session and join under new names, and the group
# waits as long again for the old ones. Then two brokers serve.
BROKER_REPLACED = 30.0
# Its threads end, and with them its ports, a little after it counts as dead.
BROKER_AWAY = 1.0
FULL_DISK_EXIT_CODE = 2

KILL = "SIGKILL of a worker"
KILL_TWO = "SIGKILL of two workers at once"

Phase = collections.namedtuple("Phase", "name began ended")
Measured = collections.namedtuple("Measured", "phase gap confirmed")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Faults:
    def __init__(self, workers, broker, rate):
        """The rate: of the people who book meanwhile, a second."""
        self.workers = workers
        self.broker = broker
        self._steady = max(STEADY_MIN, PEOPLE_MIN / rate)
        self.phases = []

    def phase(self, name, seconds, act=None):
        began = now()
        if act is not None:
            act()
        time.sleep(seconds)
        self.phases.append(Phase(name, began, now()))

    def fault(self, name, seconds, act, repair=None):
        """Steady, the fault, the recovery."""
        print(f"{now():%H:%M:%S}  {name}", flush=True)
        self.phase("steady", self._steady)
        self.phase(name, seconds, act)
        self.phase("recovery", self._steady, repair)

    # --- Workers ---

    def kill(self, *names, flags=()):
        """One or several at the same moment."""

        def kill():
            for name in names:
                self.workers.signal(name, signal.SIGKILL)
            for name in names:
                self.workers.await_end(name)

        def restart():
            for name in names:
                self.workers.start(name, *flags)

        self.fault(KILL if len(names) == 1 else KILL_TWO, TAKEOVER, kill, restart)

    def drain(self, name, flags=()):
        self.fault(
            "SIGTERM of a worker",
            HAND_OVER,
            lambda: self.workers.stop(name),
            lambda: self.workers.start(name, *flags),
        )

    def freeze(self, name):
        said = self.workers.log_size(name)
        self.fault(
            "SIGSTOP past the session timeout",
            TAKEOVER,
            lambda: self.workers.signal(name, signal.SIGSTOP),
            lambda: self._comes_back(
                name, said, lambda: self.workers.signal(name, signal.SIGCONT)
            ),
        )

    def delete(self, name):
        self.fault(
            "SIGKILL, state deleted",
            TAKEOVER,
            lambda: (self.workers.kill(name), self.workers.forget_state(name)),
            lambda: self.workers.start(name),
        )

    def damage(self, name):
        self.fault(
            "SIGKILL, state damaged",
            TAKEOVER,
            lambda: (self.workers.kill(name), self.workers.damage_state(name)),
            lambda: self.workers.start(name),
        )

    def die_at_answer(self, name, commit):
        """The log says that it has the batch, and nobody is there to fold it."""
        self._die("SIGKILL between commit and fold", name, "--commit", str(commit))

    def die_before_answer(self, name, commit, after_ms):
        """The batch is on its way, and nobody is there to hear of it."""
        how = ["--commit", str(commit), "--after-ms", str(after_ms)]
        self._die("SIGKILL inside a commit", name, *how)

    def join(self, name, flags=()):
        self.fault(
            "a worker joins", HAND_OVER, lambda: self.workers.start(name, *flags)
        )

    def leave(self, name):
        self.fault("a worker leaves", HAND_OVER, lambda: self.workers.stop(name))

    def share_directory(self, name):
        self.fault("two workers in one directory", 1, lambda: self._refused(name))

    def cut(self, name):
        said = self.workers.log_size(name)
        self.fault(
            "network cut past the session timeout",
            TAKEOVER,
            lambda: self.workers.machines.cut(name),
            lambda: self._comes_back(
                name, said, lambda: self.workers.machines.mend(name)
            ),
        )

    def fill_disk(self, name):
        self.fault(
            "disk full under a worker",
            0,
            lambda: self._ends_of_full_disk(name),
            lambda: (
                self.workers.machines.make_room(name),
                self.workers.start(name),
            ),
        )

    # --- Brokers ---

    def kill_broker(self, node):
        if self.broker.nodes > 1:
            self.fault(
                "SIGKILL of one broker of three",
                BROKER_REPLACED,
                lambda: self.broker.kill(node),
                lambda: self.broker.start(node),
            )
            return
        self.fault(
            "SIGKILL of the only broker, and back",
            BROKER_RETURNS,
            lambda: (
                self.broker.kill(node),
                time.sleep(BROKER_AWAY),
                self.broker.start(node),
            ),
        )

    def move_leaders(self, by):
        self.fault(
            "all leaders moved",
            HAND_OVER,
            lambda: self.broker.move_leaders(self.workers.topics(), by),
        )

    # --- What must be true ---

    def end(self):
        """Waits until everyone is answered, checks, and prints what was found;
        an AssertionError names all that is not as it must be."""
        print(f"{now():%H:%M:%S}  until everyone is answered", flush=True)
        print(self.workers.end(), flush=True)
        print(self.workers.verify(), flush=True)
        stamps = self.workers.stamps()
        measured = [measure(phase, stamps) for phase in self.phases]
        print(table(measured), flush=True)
        kills = self.workers.killed + self.broker.killed
        print(f"{kills} processes killed by SIGKILL", flush=True)
        wrong = [each for each in measured if each.confirmed < CONFIRMED_MIN]
        wrong += [
            each
            for each in measured
            if each.phase.name in (KILL, KILL_TWO) and each.gap >= TAKEOVER_MAX
        ]
        if wrong:
            raise AssertionError("not as it must be:\n" + "\n".join(map(str, wrong)))

    def _die(self, what, name, *how):
        print(f"{now():%H:%M:%S}  {what} ({' '.join(how)})", flush=True)
        self.workers.stop(name)
        self.phase("steady", self._steady, lambda: self.workers.start_dying(name, *how))
        code = self.workers.await_end(name)
        if code != -signal.SIGKILL:
            raise AssertionError(f"{name} ended with {code}: {self.workers.log(name)}")
        self.phase(what, TAKEOVER)
        self.phase("recovery", self._steady, lambda: self.workers.start(name))

    def _refused(self, name):
        second = self.workers.start_second(name)
        if second.returncode != 2 or "another worker's" not in second.stderr:
            raise AssertionError(f"a second worker was not refused: {second}")

    def _comes_back(self, name, said, repair):
        """It hears that it lost its shards, and is given some again."""
        repair()
        self.workers.await_assignment(name, after=said)

    def _ends_of_full_disk(self, name):
        self.workers.machines.fill(name)
        code = self.workers.await_end(name)
        if code != FULL_DISK_EXIT_CODE:
            raise AssertionError(f"{name} ended with {code}: {self.workers.log(name)}")


def measure(phase, stamps):
    """How long the shard that stood still longest did, and what was confirmed."""
    longest = 0.0
    confirmed = 0
    for times in stamps:
        within = [each for each in times if phase.began <= each <= phase.ended]
        confirmed += len(within)
        for before, after in zip([phase.began, *within], [*within, phase.ended]):
            longest = max(longest, (after - before).total_seconds())
    return Measured(phase, longest, confirmed)


def table(measured):
    text = f"{'fault':<38} {'times':>5} {'longest gap':>12} {'confirmed, least':>17}\n"
    for name in dict.fromkeys(each.phase.name for each in measured):
        same = [each for each in measured if each.phase.name == name]
        gap = max(each.gap for each in same)
        least = min(each.confirmed for each in same)
        text += f"{name:<38} {len(same):>5} {gap:>10.2f} s {least:>17}\n"
    return text
