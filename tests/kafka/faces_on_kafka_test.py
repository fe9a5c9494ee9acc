"""`slotlog gateway` and `slotlog query` as processes of their own, beside who
decides: what is booked at one is read at the other, and a gateway that is killed
gives nobody another place.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from tests.support.http_caller import HttpCaller
from tests.support.kafka_broker import KafkaBroker

SLOTLOG = os.path.abspath(sys.argv.pop(1))
PATIENCE_SECONDS = 60
SLOT = time.strftime("%Y-%m-%dT09", time.gmtime(time.time() + 24 * 3600))
WISH = {"campaign_id": "sample", "site_id": "mapo-1", "slot_id": SLOT}
BOOK = {"profile": {"birth_date_yyyymmdd": 19620712}, "book": WISH}


class Face(HttpCaller):
    """One of the commands that speak HTTP, on this Kafka."""

    def __init__(self, command, kafka, data, *flags):
        self.process = subprocess.Popen(
            [SLOTLOG, command, *kafka, "--data", data, "--port", "0"]
            + ["--metrics", "127.0.0.1:0", *flags],
            stdout=subprocess.PIPE,
            text=True,
        )
        said = ""
        while "metrics" not in said:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"{command} ended: {said}")
            said += line
        url = re.search(r"(http://\S+)/v1/openapi.json", said)[1]
        super().__init__(url, PATIENCE_SECONDS)
        self.metrics = re.search(r"http://\S+/metrics", said)[0]
        self.until("/readyz", lambda found: found["status"] == "ok")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        self.process.stdout.close()
        return code


class FacesOnKafkaTest(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        broker = self.enterContext(KafkaBroker())
        self.kafka = ["--kafka", broker.address]
        self.faces = []
        self.addCleanup(lambda: [face.process.kill() for face in self.faces])

    def begin(self, command, name, *flags):
        data = os.path.join(self.directory, name)
        self.faces.append(Face(command, self.kafka, data, *flags))
        return self.faces[-1]

    def test_what_the_gateway_takes_the_query_service_tells(self):
        decides = self.begin("serve", "serve", "--sample", "--shards", "2")
        decides.until("/v1/sites", lambda found: len(found["sites"]) == 3)
        gateway = self.begin("gateway", "gateway")
        query = self.begin("query", "query")

        command = {"citizen_id": "c1", **BOOK}
        key = {"Idempotency_Key": "1"}
        code, taken = gateway.ask("/v1/commands", command, Prefer="wait=20", **key)
        self.assertEqual((code, taken["answer"]["outcome"]), (200, "BOOKED"), taken)
        had = query.until(
            "/v1/citizens/c1/appointments", lambda found: found["appointments"]
        )
        self.assertEqual(had["appointments"][0]["status"], "booked")
        told = query.until(
            f"/v1/tickets/{taken['ticket']}", lambda found: found["state"] == "decided"
        )
        self.assertEqual(told["answer"]["outcome"], "BOOKED")

        # Each has its own paths only.
        self.assertEqual(gateway.ask("/v1/sites")[0], 404)
        self.assertEqual(query.ask("/v1/commands", command, **key)[0], 404)

        # Another gateway, with nothing of the first one's, gives the same place.
        gateway.kill()
        again = self.begin("gateway", "another")
        code, same = again.ask("/v1/commands", command, **key)
        self.assertEqual((code, same["ticket"]), (200, taken["ticket"]), same)

        with urllib.request.urlopen(query.metrics) as page:
            figures = page.read().decode()
        self.assertIn('slotlog_http_requests_total{face="query",route="/v1/', figures)
        self.assertIn('slotlog_projection_delay_seconds{shard="1"}', figures)
        for face in (query, again, decides):
            self.assertEqual(face.stop(), 0)


if __name__ == "__main__":
    unittest.main()
