"""slotlog supply import over a real log: twice, killed, and with bad rows."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SLOTLOG = os.path.abspath(sys.argv.pop(1))
SITES = "site_id,name,region\ns1,Hall,north\ns2,\"Gym, old\",south\n"
SLOTS = (
    "slot_id,site_id,capacity,start,end,day\n"
    "am,s1,3,2027-01-04T09:00:00+09:00,2027-01-04T12:00:00+09:00,2027-01-04\n"
    "am,s2,0,2027-01-04T09:00:00+09:00,2027-01-04T12:00:00+09:00,2027-01-04\n"
)


class ImportTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.data = self.path("data")

    def tearDown(self):
        self.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def file(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def command(self, *arguments):
        return [SLOTLOG, "supply", "import", "--data", self.data, *arguments]

    def run_import(self, *arguments, text=None):
        return subprocess.run(
            self.command(*arguments),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    def counts(self, done):
        """Rows read, imported, already there, refused, bad."""
        found = re.findall(
            r"^(?:rows read|[=+] [a-z ]+?) +([\d,]+)", done.stdout, re.M
        )
        numbers = [int(number.replace(",", "")) for number in found]
        self.assertEqual(numbers[0], sum(numbers[1:]), done.stdout)
        return numbers

    def assert_log_holds(self):
        done = subprocess.run(
            [SLOTLOG, "verify", "--data", self.data, "--redecide"],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_second_import_finds_everything_there(self):
        files = (self.file("sites.csv", SITES), self.file("slots.csv", SLOTS))
        first = self.run_import("--shards", "2", *files)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(self.counts(first), [4, 4, 0, 0, 0])
        second = self.run_import(*files)
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertEqual(self.counts(second), [4, 0, 4, 0, 0])
        self.assert_log_holds()

    def test_another_capacity_is_told_and_changed_on_demand(self):
        sites = self.file("sites.csv", SITES)
        self.run_import("--shards", "2", sites, self.file("slots.csv", SLOTS))
        fuller = self.file("fuller.csv", SLOTS.replace("am,s1,3", "am,s1,5"))
        told = self.run_import(fuller)
        self.assertEqual(told.returncode, 3)
        self.assertEqual(self.counts(told), [2, 0, 1, 1, 0])
        self.assertIn("CAPACITY_DIFFERS", told.stdout)
        self.assertIn('fuller.csv:2 capacity: "5", expected 3', told.stdout)
        changed = self.run_import(fuller, "--update")
        self.assertEqual(changed.returncode, 0, changed.stderr)
        self.assertEqual(self.counts(changed), [2, 1, 1, 0, 0])
        self.assertEqual(self.counts(self.run_import(fuller)), [2, 0, 2, 0, 0])
        self.assert_log_holds()

    def test_bad_rows_are_told_one_by_one_and_the_rest_is_imported(self):
        bad = (
            SLOTS
            + 'pm,s1,"3,2027-01-04T13:00:00Z,2027-01-04T14:00:00Z,\n'
            + "pm,s1,many,tomorrow,2027-01-04T14:00:00Z,\n"
            + "pm,s1,3,2027-01-04T13:00:00Z,2027-01-04T14:00:00Z,\n"
        )
        arguments = (
            "--shards",
            "2",
            self.file("sites.csv", SITES),
            self.file("slots.csv", bad),
        )
        dry = self.run_import("--dry-run", *arguments)
        self.assertFalse(os.path.exists(self.data))
        for name in ("bad.ndjson", "bad.csv"):
            done = self.run_import("--report", self.path(name), *arguments)
            self.assertEqual(done.returncode, 3, done.stderr)
            if name == "bad.ndjson":
                self.assertEqual(self.counts(done), [7, 5, 0, 0, 2])
                self.assertEqual(self.counts(done), self.counts(dry))
                with open(self.path(name), encoding="utf-8") as file:
                    told = [json.loads(line) for line in file]
            else:
                self.assertEqual(self.counts(done), [7, 0, 5, 0, 2])
                with open(self.path(name), encoding="utf-8") as file:
                    told = list(csv.DictReader(file))
            self.assertEqual(
                [
                    (fault["verdict"], int(fault["line"]), fault["reason"])
                    for fault in told
                ],
                [
                    ("doubt", 3, "CAPACITY_ZERO"),
                    ("bad", 4, "QUOTE_NOT_CLOSED"),
                    ("bad", 5, "NOT_A_TIME"),
                    ("bad", 5, "NOT_A_NUMBER"),
                ],
            )
            self.assertEqual(told[2]["field"], "start")
            self.assertEqual(told[2]["found"], "tomorrow")
            self.assertIn("offset", told[2]["expected"])

    def test_the_defects_of_a_real_publication_are_told(self):
        def slot(start, capacity):
            return json.dumps(
                {
                    "resourceType": "Slot",
                    "id": "116",
                    "schedule": {"reference": "Schedule/116"},
                    "status": "free" if capacity else "busy",
                    "start": f"2023-03-{start}T09:00:00-05:00",
                    "end": f"2023-03-{start}T18:00:00-05:00",
                    "extension": [
                        {"url": "x/slot-capacity", "valueInteger": capacity}
                    ],
                }
            )

        published = "\n".join(
            [
                '{"resourceType":"Location","id":"116","name":"Aid",'
                '"address":{"state":"NJ","postalCode":"8332-3762"}}',
                '{"resourceType":"Schedule","id":"116","actor":'
                '[{"reference":"Location/116"}],"extension":'
                '[{"url":"x/vaccine-dose","valueInteger":9}]}',
                slot(24, 0),
                slot(25, 33),
                slot(26, 33),
            ]
        )
        arguments = ("--shards", "2", "-f", "ssl", "-")
        done = self.run_import(*arguments, text=published)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(self.counts(done), [4, 2, 0, 2, 0])
        for reason in (
            "ID_REPEATED",
            "CAPACITY_ZERO",
            "POSTAL_CODE_LOST_ZERO",
            "DOSE_NOT_PLAUSIBLE",
            "SLOT_BUSY",
        ):
            self.assertIn(reason, done.stdout)
        told_apart = self.run_import(
            *arguments, "--columns", "slot_id=slot_id+start", text=published
        )
        self.assertEqual(self.counts(told_apart), [4, 3, 1, 0, 0])

    def test_what_cannot_run_is_2_and_says_why(self):
        sites = self.file("sites.csv", SITES)
        for arguments, why in (
            ((sites,), "--shards"),
            (("--shards", "2", self.path("none.csv")), "none.csv"),
            (("--shards", "2", "-"), "--format"),
            (("--shards", "2", "--columns", "x=y", sites), '"x=y"'),
            (("--shards", "2", "--delimiter", ";;", sites), "one byte"),
            (
                ("--shards", "2", "--report", self.path("no/such"), sites),
                "no/such",
            ),
        ):
            with self.subTest(arguments):
                done = self.run_import(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(why, done.stderr)
                self.assertFalse(os.path.exists(self.data))

    def test_a_report_never_overwrites_what_is_imported(self):
        sites = self.file("sites.csv", SITES)
        os.symlink(sites, self.path("symbolic.csv"))
        os.link(sites, self.path("hard.csv"))
        for report in (
            sites,
            os.path.join(self.directory.name, ".", "sites.csv"),
            self.path("symbolic.csv"),
            self.path("hard.csv"),
        ):
            for arguments in (("--dry-run",), ("--shards", "2")):
                with self.subTest((report, arguments)):
                    done = self.run_import(
                        *arguments,
                        self.file("other.csv", "site_id\nt1\n"),
                        sites,
                        "--report",
                        report,
                    )
                    self.assertEqual(done.returncode, 2)
                    self.assertIn("would overwrite " + sites, done.stderr)
                    self.assertFalse(os.path.exists(self.data))
                    with open(sites, encoding="utf-8") as file:
                        self.assertEqual(file.read(), SITES)

    def test_a_report_never_overwrites_the_log(self):
        sites = self.file("sites.csv", SITES)
        self.assertEqual(self.run_import("--shards", "2", sites).returncode, 0)
        journal = os.path.join(self.data, "log", "journal")
        size = os.path.getsize(journal)
        for arguments in ((), ("--dry-run",)):
            done = self.run_import(*arguments, sites, "--report", journal)
            self.assertEqual(done.returncode, 2)
            self.assertIn("a file of the log", done.stderr)
            self.assertEqual(os.path.getsize(journal), size)

    def test_a_report_never_overwrites_its_standard_input(self):
        sites = self.file("sites.csv", SITES)
        with open(sites, encoding="utf-8") as file:
            done = subprocess.run(
                self.command("-f", "csv", "-", "--report", sites),
                stdin=file,
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertEqual(done.returncode, 2)
        self.assertIn("would overwrite standard input", done.stderr)
        with open(sites, encoding="utf-8") as file:
            self.assertEqual(file.read(), SITES)

    def test_a_report_on_a_full_disk_is_2_and_harms_no_import(self):
        bad = self.file("sites.csv", SITES + "s3\n" * 1000)
        os.symlink("/dev/full", self.path("full.csv"))
        for report in ("/dev/full", self.path("full.csv")):
            with self.subTest(report):
                arguments = ("--shards", "2", bad, "--report", report)
                dry = self.run_import("--dry-run", *arguments)
                done = self.run_import(*arguments)
                self.assertEqual((dry.returncode, done.returncode), (2, 2))
                self.assertEqual(
                    done.stderr,
                    f"slotlog supply import: cannot write {report}: "
                    "No space left on device\n",
                )
                self.assertEqual(dry.stderr, done.stderr)
                self.assertEqual(self.counts(done)[0], 1002)
        self.assertEqual(self.counts(done), [1002, 0, 2, 0, 1000])
        self.assert_log_holds()

    def test_a_directory_that_cannot_be_entered_is_2_and_says_why(self):
        # As one without permission, but for whoever runs this as root, too.
        os.symlink("data", self.data)
        sites = self.file("sites.csv", SITES)
        for arguments in (("--dry-run",), ("--shards", "2"), ()):
            with self.subTest(arguments):
                done = self.run_import(*arguments, sites)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(
                    done.stderr,
                    f"slotlog supply import: cannot look for {self.data}"
                    "/log/journal: Too many levels of symbolic links\n",
                )

    def many_slots(self):
        lines = [SLOTS.splitlines()[0]]
        for number in range(80_000):
            site, minute = number % 100, number // 100
            lines.append(
                f"{minute},t{site},1,2027-01-{minute // 600 + 1:02}"
                f"T{minute // 60 % 10 + 8:02}:{minute % 60:02}:00Z,"
                "2027-02-01T00:00:00Z,"
            )
        sites = ["site_id"] + [f"t{site}" for site in range(100)]
        return (
            self.file("sites.csv", "\n".join(sites)),
            self.file("slots.csv", "\n".join(lines)),
        )

    def test_killed_at_any_moment_the_same_command_completes_it(self):
        files = self.many_slots()
        kills = 0
        for attempt in range(5):
            process = subprocess.Popen(
                self.command("--shards", "2", *files),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(timeout=0.25 * (attempt + 1))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
            process.wait()
        self.assertGreater(kills, 0)
        done = self.run_import("--shards", "2", *files)
        self.assertEqual(done.returncode, 0, done.stderr)
        read, imported, there, _, _ = self.counts(done)
        self.assertEqual((read, imported + there), (80_100, 80_100))
        again = self.run_import(*files)
        self.assertEqual(self.counts(again), [80_100, 0, 80_100, 0, 0])
        self.assert_log_holds()

    def test_stopped_it_ends_what_it_sent_and_is_130(self):
        process = subprocess.Popen(
            self.command("--shards", "2", "-f", "csv", "-"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        process.stdin.write(SITES)
        process.stdin.flush()
        # By then it has asked to be told of signals.
        while not os.path.exists(os.path.join(self.data, "state")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, errors)
        self.assertIn("rows read", output)
        self.assertIn("The same command continues it.", errors)


if __name__ == "__main__":
    unittest.main()
