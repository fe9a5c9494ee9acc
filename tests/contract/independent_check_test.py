"""The contract is open: a caller in Java, which has the .proto files and Kafka's
own client and nothing of ours, is served as it says.

tools/install test brings what this needs: a JDK, protobuf for Java, Kafka's
jars.
"""

import glob
import os
import subprocess
import sys
import tempfile
import unittest

from tests.support.kafka_broker import KafkaBroker

SLOTLOG = os.path.abspath(sys.argv.pop(1))
JARS = "tools/local_kafka/jars"
PROTOBUF = "/usr/share/java/protobuf.jar"
CONTRACT = "events/contract"
CHECK = "tests/contract/IndependentCheck.java"
LOG = ["--prefix", "open."]


def run(*command):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(done.stdout, flush=True)
    return done


def compile_check(into):
    """Compiles the check, with code made from the .proto files; a class path."""
    for needed in (JARS, PROTOBUF):
        if not os.path.exists(needed):
            raise FileNotFoundError(f"{needed} is missing: run tools/install test")
    protos = glob.glob("slotlog/v1/*.proto", root_dir=CONTRACT)
    run("protoc", "-I", CONTRACT, f"--java_out={into}", *protos).check_returncode()
    path = ":".join([f"{os.path.abspath(JARS)}/*", PROTOBUF, into])
    sources = [CHECK, *glob.glob(f"{into}/slotlog/v1/*.java")]
    run("javac", "-proc:none", "-cp", path, "-d", into, *sources).check_returncode()
    return path


class IndependentCheckTest(unittest.TestCase):
    def test_a_caller_with_only_the_protos_is_served(self):
        with tempfile.TemporaryDirectory() as directory, KafkaBroker() as broker:
            classes = os.path.join(directory, "classes")
            os.mkdir(classes)
            path = compile_check(classes)
            kafka = ["--kafka", broker.address, *LOG]
            run(
                SLOTLOG, "topics", "create", *kafka, "--shards", "3"
            ).check_returncode()
            decides = [SLOTLOG, "worker", *kafka, "--data", directory]
            with subprocess.Popen(decides) as worker:
                try:
                    checked = run(
                        "java",
                        # Kafka's client says little else.
                        "-Dlog4j2.level=WARN",
                        "-cp",
                        path,
                        "IndependentCheck",
                        broker.address,
                        LOG[1],
                    )
                finally:
                    worker.terminate()
            self.assertEqual(checked.returncode, 0)
            self.assertEqual(worker.returncode, 0)
            self.assertEqual(run(SLOTLOG, "verify", *kafka).returncode, 0)


if __name__ == "__main__":
    unittest.main()
