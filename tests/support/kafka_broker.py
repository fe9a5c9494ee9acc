"""A real Kafka for a test in Python: what kafka_broker.h is for those in C++.

It is started by tools/kafka (which the test names among its data), stands under
a directory of its own, and goes with the test's process, however that ends.

    with KafkaBroker() as broker:
        subprocess.run([SLOTLOG, "verify", "--kafka", broker.address])
"""

import os
import shutil
import subprocess
import tempfile

KAFKA = os.path.abspath("tools/kafka")


class KafkaBroker:
    def __init__(self, nodes=1):
        self._nodes = nodes

    def __enter__(self):
        self._data = tempfile.mkdtemp(prefix="kafka-")
        up = ["up", "--nodes", str(self._nodes), "--until-exit-of", str(os.getpid())]
        self.address = self._run(*up).splitlines()[0]
        return self

    def __exit__(self, *_):
        self._run("down", "--kill")
        shutil.rmtree(self._data, ignore_errors=True)

    def kill(self, node):
        """Ends one node by SIGKILL."""
        self._run("stop", str(node), "--kill")

    def start(self, node):
        """Starts it again and waits until it answers."""
        self._run("start", str(node))

    def _run(self, *arguments):
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        done = subprocess.run(
            [KAFKA, *arguments, "--data", self._data],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=environment,
        )
        if done.returncode != 0:
            raise RuntimeError(f"tools/kafka {' '.join(arguments)}: {done.stdout}")
        return done.stdout
