"""slotlog campaign over a real log: checked, defined, defined again, changed."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

SLOTLOG = os.path.abspath(sys.argv.pop(1))
CAMPAIGN = {
    "campaign_id": "ages-18-49",
    "time_zone": "Asia/Seoul",
    "cohorts": [{"born_from": "1972-01-01", "born_to": "2003-12-31"}],
    "rotation": {"first_day": "2027-08-09", "opens": "20:00", "closes": "18:00"},
    "rounds": [{"opens": "2027-08-19T20:00", "closes": "2027-09-30T18:00"}],
    "hold_seconds": 600,
}


class CampaignTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.data = os.path.join(self.directory.name, "data")

    def tearDown(self):
        self.directory.cleanup()

    def run_on(self, campaign, verb, *arguments):
        path = os.path.join(self.directory.name, "campaign.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(campaign, file)
        return subprocess.run(
            [SLOTLOG, "campaign", verb, path, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def define(self, campaign):
        return self.run_on(
            campaign, "define", "--data", self.data, "--shards", "3"
        )

    def change(self, campaign, effective):
        return self.run_on(
            campaign, "change", "--data", self.data, "--effective", effective
        )

    def test_a_check_shows_the_rounds_and_writes_nothing(self):
        checked = self.run_on(CAMPAIGN, "check")
        self.assertEqual(checked.returncode, 0, checked.stderr)
        rows = checked.stdout.splitlines()[3:]
        self.assertEqual(len(rows), 11)
        self.assertEqual(
            rows[0].split(),
            ["0", "2027-08-09T20:00:00+09:00", "2027-08-10T18:00:00+09:00",
             "2027-08-09T11:00:00Z", "9", "all", "all"],
        )
        self.assertFalse(os.path.exists(self.data))

    def test_it_is_defined_once_and_changed(self):
        defined = self.define(CAMPAIGN)
        self.assertEqual(defined.returncode, 0, defined.stderr)
        self.assertEqual(defined.stdout, "ages-18-49: every shard knows it\n")
        again = self.define(CAMPAIGN)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(again.stdout, defined.stdout)

        other = {**CAMPAIGN, "chances": 3}
        refused = self.define(other)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("CAMPAIGN_EXISTS", refused.stderr)
        soon = self.change(other, "+10s")
        self.assertEqual(soon.returncode, 1)
        self.assertIn("EFFECTIVE_TOO_SOON", soon.stderr)
        changed = self.change(other, "+5m")
        self.assertEqual(changed.returncode, 0, changed.stderr)

        verified = subprocess.run(
            [SLOTLOG, "verify", "--data", self.data, "--redecide"],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def test_what_is_wrong_is_named_and_makes_no_log(self):
        wrong = self.define({**CAMPAIGN, "time_zone": "Asia/Soul"})
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("time_zone: \"Asia/Soul\" is no time zone", wrong.stderr)
        self.assertFalse(os.path.exists(self.data))
        unknown = self.run_on(CAMPAIGN, "define", "--data", self.data)
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("--shards P makes one", unknown.stderr)
        missing = subprocess.run(
            [SLOTLOG, "campaign", "check", "/no/such.json"],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(missing.returncode, 2)
        self.assertIn("cannot read /no/such.json", missing.stderr)

    def test_a_directory_is_no_campaign(self):
        for command in (["check"], ["define", "--data", self.data]):
            done = subprocess.run(
                [SLOTLOG, "campaign", *command, os.path.dirname(self.data)],
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(done.returncode, 2)
            self.assertIn("Is a directory", done.stderr)

    def test_a_directory_that_cannot_be_entered_is_2_and_says_why(self):
        # As one without permission, but for whoever runs this as root, too.
        os.symlink("data", self.data)
        for done in (self.define(CAMPAIGN), self.change(CAMPAIGN, "+5m")):
            self.assertEqual(done.returncode, 2)
            self.assertEqual(
                done.stderr,
                f"slotlog: cannot look for {self.data}/log/journal: "
                "Too many levels of symbolic links\n",
            )


if __name__ == "__main__":
    unittest.main()
