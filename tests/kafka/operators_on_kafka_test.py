"""What operators do where the log is on Kafka and others decide: bring in sites
and slots, and say who may book what."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from tests.support.kafka_broker import KafkaBroker

SLOTLOG = os.path.abspath(sys.argv.pop(1))

SITES = "site_id,name,region\n" + "".join(f"s{i},Site {i},11\n" for i in range(50))
SLOTS = "site_id,slot_id,start,end,capacity\n" + "".join(
    f"s{i},am,2099-07-26T09:00:00+09:00,2099-07-26T12:00:00+09:00,10\n"
    for i in range(50)
)
CAMPAIGN = {
    "campaign_id": "all",
    "time_zone": "Asia/Seoul",
    "cohorts": [{"born_from": "1900-01-01", "born_to": "2010-12-31"}],
    "rounds": [{"opens": "2021-08-19T20:00", "closes": "2099-07-26T18:00"}],
}


def run(*arguments):
    done = subprocess.run(
        [SLOTLOG, *arguments], capture_output=True, text=True, check=False
    )
    print(f"$ slotlog {' '.join(arguments)}\n{done.stdout}{done.stderr}", flush=True)
    return done


class OperatorsOnKafkaTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_supply_and_a_campaign_are_decided_elsewhere(self):
        files = [self.write("sites.csv", SITES), self.write("slots.csv", SLOTS)]
        campaign = self.write("all.json", json.dumps(CAMPAIGN))
        with KafkaBroker() as broker:
            kafka = ["--kafka", broker.address]
            imports = ["supply", "import", *kafka, *files]
            missing = run(*imports)
            self.assertEqual(missing.returncode, 2)
            self.assertIn("slotlog topics create", missing.stderr)
            self.assertEqual(
                run("topics", "create", *kafka, "--shards", "2").returncode, 0
            )
            decides = [SLOTLOG, "worker", *kafka, "--data", self.directory]
            with subprocess.Popen(decides) as worker:
                try:
                    first = run(*imports)
                    again = run(*imports)
                    dry = run(*imports, "--dry-run")
                    define = ["campaign", "define", campaign, *kafka]
                    defined = [run(*define), run(*define)]
                finally:
                    worker.terminate()
            for done in (first, again, dry, *defined):
                self.assertEqual(done.returncode, 0)
            self.assertRegex(first.stdout, r"imported +100\b")
            self.assertRegex(again.stdout, r"already there +100\b")
            self.assertRegex(dry.stdout, r"already there +100\b")
            self.assertEqual(run("verify", *kafka).returncode, 0)


if __name__ == "__main__":
    unittest.main()
