"""Each worker on a machine of its own, as far as its network and its disk go: a
link that can be cut, a disk that can be full. Both are the kernel's (a network
namespace, a tmpfs) and need no root, only a kernel that lets anybody make
namespaces.

    if enter_namespaces():
        machines = Machines(directory)  # from here on nobody else's network
"""

import os
import subprocess
import sys

UNSHARE = ["unshare", "--user", "--map-root-user", "--net", "--mount"]
# Set where the process stands in namespaces of its own.
ENTERED = "SLOTLOG_CHAOS_NAMESPACES"
# Where all machines reach the brokers.
BROKER_HOST = "10.77.0.1"
DISK = "1g"
# A full disk has less than what is written in a moment.
SPARE_KIB = 64
TRIES_MAX = 20


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def enter_namespaces():
    """Starts this program again in namespaces of its own; False: it cannot."""
    if os.environ.get(ENTERED):
        return True
    try:
        run(*UNSHARE, "ip", "link")
    except (OSError, RuntimeError) as error:
        print(f"left out: network cuts and full disks: they need {error}", flush=True)
        return False
    os.environ[ENTERED] = "1"
    os.execvp(UNSHARE[0], [*UNSHARE, sys.executable, *sys.argv])


class Machines:
    def __init__(self, directory):
        """Their disks are the folders there that have the machines' names."""
        self._directory = directory
        self._names = []
        # `ip netns` keeps its names there.
        run("mount", "-t", "tmpfs", "tmpfs", "/run")
        run("ip", "link", "set", "lo", "up")
        run("ip", "address", "add", f"{BROKER_HOST}/32", "dev", "lo")

    def command(self, name):
        """What a command begins with that runs on this machine."""
        if name not in self._names:
            self._make(name)
        return ["nsenter", f"--net=/run/netns/{name}"]

    def cut(self, name):
        run("ip", "link", "set", self._link(name), "down")

    def mend(self, name):
        run("ip", "link", "set", self._link(name), "up")

    def fill(self, name):
        """Makes its disk as small as what stands there."""
        for attempt in range(TRIES_MAX):
            used_kib = int(run("df", "--output=used", self._disk(name)).split()[1])
            try:
                self._resize(name, f"{used_kib + SPARE_KIB}k")
                return
            except RuntimeError:  # something was written meanwhile
                if attempt == TRIES_MAX - 1:
                    raise

    def make_room(self, name):
        self._resize(name, DISK)

    def close(self):
        for name in self._names:
            run("umount", "--lazy", self._disk(name))

    def _link(self, name):
        return f"to-{name}"

    def _disk(self, name):
        return os.path.join(self._directory, name)

    def _resize(self, name, size):
        run("mount", "-o", f"remount,size={size}", self._disk(name))

    def _make(self, name):
        self._names.append(name)
        network = f"10.77.{len(self._names)}"
        inside = ["ip", "-n", name]
        run("ip", "netns", "add", name)
        link = ["ip", "link", "add", self._link(name), "type", "veth"]
        run(*link, "peer", "name", "eth0", "netns", name)
        run("ip", "address", "add", f"{network}.1/24", "dev", self._link(name))
        run("ip", "link", "set", self._link(name), "up")
        run(*inside, "address", "add", f"{network}.2/24", "dev", "eth0")
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "link", "set", "eth0", "up")
        run(*inside, "route", "add", "default", "via", f"{network}.1")
        os.makedirs(self._disk(name), exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", self._disk(name))
