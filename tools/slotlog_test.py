"""The slotlog command as a user meets it: help, exit codes, pipes."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

SLOTLOG = os.path.abspath(sys.argv.pop(1))


def run(*arguments):
    return subprocess.run(
        [SLOTLOG, *arguments], capture_output=True, text=True, check=False
    )


class UsageTest(unittest.TestCase):
    def test_help_names_the_commands_and_the_exit_codes(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        for word in ("rush", "verify", "log", "supply", "Exit codes"):
            self.assertIn(word, done.stdout)

    def test_version_is_told(self):
        done = run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^slotlog \d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_2_and_says_why(self):
        for arguments in (
            ["log"],
            ["log", "cat", "--data", "x"],
            ["verify", "--data"],
            ["rush", "--data", "x", "--bookings", "many"],
            ["log", "cat", "--data", "x", "events", "--limit", "-1"],
        ):
            with self.subTest(arguments):
                done = run(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")

    def test_wrong_usage_is_told_in_a_line_with_what_there_is(self):
        cat = ["log", "cat", "--data", "x", "events"]
        rush = ["rush", "--data", "x"]
        commands = "the commands are rush, verify, log, campaign, supply, topics, serve, worker, gateway, query, shards"
        for arguments, line in (
            ([], f"slotlog: a command is missing; {commands}"),
            (["foo"], f'slotlog: unknown command "foo"; {commands}'),
            (["foo", "verify"], f'slotlog: unknown command "foo"; {commands}'),
            (
                ["--foo"],
                f"slotlog: unknown option --foo; {commands}",
            ),
            (
                ["log", "tail"],
                'slotlog log: unknown command "tail"; the commands are cat',
            ),
            (
                ["verify"],
                "slotlog verify: which log? --data names a directory, "
                "--kafka a cluster",
            ),
            (
                ["verify", "--data", "x", "stray"],
                'slotlog verify: unexpected argument "stray"; '
                "slotlog verify --help says more",
            ),
            (
                ["verify", "--fast", "--data", "x"],
                "slotlog verify: unknown option --fast; "
                "slotlog verify --help says more",
            ),
            (
                [*rush, "--seed", str(2**64)],
                "slotlog rush: --seed: must be a whole number from 0 to "
                f'{2**64 - 1}, not "{2**64}"; slotlog rush --help says more',
            ),
            (
                [*rush, "--shards", "0"],
                "slotlog rush: --shards: must be a whole number from 1 to 256, "
                'not "0"; slotlog rush --help says more',
            ),
            (
                [*cat, "--from", "-1"],
                "slotlog log cat: --from: must be a whole number from 0 to "
                f'{2**63 - 1}, not "-1"; slotlog log cat --help says more',
            ),
        ):
            with self.subTest(arguments):
                done = run(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, "")
                self.assertEqual(done.stderr, line + "\n")

    def test_no_log_is_2_and_names_the_directory(self):
        with tempfile.TemporaryDirectory() as data:
            for arguments in (["verify"], ["log", "cat", "events"]):
                with self.subTest(arguments):
                    done = run(*arguments, "--data", data)
                    self.assertEqual(done.returncode, 2)
                    self.assertIn(data, done.stderr)


class SmallRushTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.data = os.path.join(cls.directory.name, "rush")
        done = run("rush", "--data", cls.data, "--bookings", "1000")
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def test_its_log_holds(self):
        done = run("verify", "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(re.findall(r"\S +holds  ", done.stdout)), 6)
        self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_its_log_holds_in_json(self):
        done = run("verify", "--data", self.data, "--json", "-")
        report = json.loads(done.stdout)
        self.assertTrue(report["holds"])
        self.assertEqual(report["totals"]["bookings_standing"], 1000)

    def test_records_are_lines_of_json(self):
        done = run(
            "log", "cat", "--data", self.data, "commands", "--json",
            "--limit", "10",
        )
        self.assertEqual(done.returncode, 0)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(records), 10)
        self.assertIn("book", records[0]["message"])

    def test_an_unknown_topic_or_partition_is_2_and_names_those_there_are(self):
        for name, line in (
            ("event", 'slotlog log cat: unknown topic "event"; the topics are '),
            (
                "events/2",
                'slotlog log cat: unknown partition "events/2"; this log has '
                "events/0 to events/1\n",
            ),
        ):
            with self.subTest(name):
                done = run("log", "cat", "--data", self.data, name)
                self.assertEqual(done.returncode, 2)
                self.assertTrue(done.stderr.startswith(line), done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)

    def test_leading_zeros_change_nothing(self):
        done = run(
            "log", "cat", "--data", self.data, "commands", "--limit", "010"
        )
        self.assertEqual(len(done.stdout.splitlines()), 10)

    def test_json_that_cannot_be_written_is_2_before_anything_is_done(self):
        data = os.path.join(self.directory.name, "never")
        nowhere = os.path.join(self.directory.name, "nowhere", "x.json")
        for arguments in (["rush", "--bookings", "10"], ["verify"]):
            with self.subTest(arguments):
                done = run(*arguments, "--data", data, "--json", nowhere)
                self.assertEqual(done.returncode, 2)
                self.assertIn(f"cannot write {nowhere}", done.stderr)
                self.assertFalse(os.path.exists(os.path.join(data, "rush.json")))

    def test_output_that_cannot_be_written_in_the_end_is_2(self):
        for arguments in (
            ["rush", "--bookings", "1000", "--json", "/dev/full"],
            ["rush", "--bookings", "1000", "--json", "-"],
            ["rush", "--bookings", "1000"],
            ["verify", "--json", "/dev/full"],
            ["verify", "--json", "-"],
            ["verify"],
            ["log", "cat", "events"],
        ):
            with self.subTest(arguments), open("/dev/full", "w") as full:
                done = subprocess.run(
                    [SLOTLOG, *arguments, "--data", self.data],
                    stdout=full,
                    stderr=subprocess.PIPE,
                    text=True,
                    check=False,
                )
                self.assertEqual(done.returncode, 2)
                self.assertIn("cannot write", done.stderr)

    def test_json_of_what_could_not_run_is_left_as_it_was(self):
        report = os.path.join(self.directory.name, "report.json")
        done = run("verify", "--data", "nowhere", "--json", report)
        self.assertEqual(done.returncode, 2)
        self.assertFalse(os.path.exists(report))
        with open(report, "w") as file:
            file.write("of yesterday, and longer than the new one" * 1000)
        run("verify", "--data", "nowhere", "--json", report)
        with open(report) as file:
            self.assertTrue(file.read().startswith("of yesterday"))
        run("verify", "--data", self.data, "--json", report)
        with open(report) as file:
            self.assertTrue(json.load(file)["holds"])

    def test_json_may_lie_in_the_data_directory(self):
        data = os.path.join(self.directory.name, "with-json")
        report = os.path.join(data, "report.json")
        for start in ("first", "finished"):
            with self.subTest(start):
                done = run(
                    "rush", "--data", data, "--bookings", "10", "--json", report
                )
                self.assertEqual(done.returncode, 0, done.stderr)
                with open(report) as file:
                    self.assertEqual(json.load(file)["bookings"], 10)

    def test_a_finished_rush_shows_no_memory_of_the_reading(self):
        done = run(
            "rush", "--data", self.data, "--bookings", "1000", "--json", "-"
        )
        self.assertIn("Finished already", done.stderr)
        self.assertNotIn("peak memory", done.stderr)
        self.assertIsNone(json.loads(done.stdout)["peak_rss_bytes"])

    def test_a_log_that_is_gone_is_2_and_is_not_made_anew(self):
        data = os.path.join(self.directory.name, "without-log")
        subprocess.run(["cp", "-r", self.data, data], check=True)
        journal = os.path.join(data, "log", "journal")
        os.remove(journal)
        for arguments in (
            ["rush", "--bookings", "1000"],
            ["verify"],
            ["log", "cat", "events"],
        ):
            with self.subTest(arguments):
                done = run(*arguments, "--data", data)
                self.assertEqual(done.returncode, 2)
                self.assertIn(f"{journal} is missing", done.stderr)
                self.assertIn(f"delete {data} to begin anew", done.stderr)
                self.assertFalse(os.path.exists(journal))

    def test_a_reader_that_has_enough_ends_it_quietly(self):
        with subprocess.Popen(
            [SLOTLOG, "log", "cat", "--data", self.data, "commands"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as cat:
            cat.stdout.readline()
            cat.stdout.close()
            self.assertEqual(cat.stderr.read(), b"")

    def test_a_damaged_log_is_2_and_nothing_is_printed(self):
        damaged = os.path.join(self.directory.name, "damaged")
        subprocess.run(["cp", "-r", self.data, damaged], check=True)
        journal = max(
            (
                os.path.join(folder, name)
                for folder, _, names in os.walk(os.path.join(damaged, "log"))
                for name in names
            ),
            key=os.path.getsize,
        )
        with open(journal, "r+b") as file:
            file.seek(os.path.getsize(journal) // 2)
            file.write(b"\0" * 64)
        done = run("verify", "--data", damaged)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertEqual(done.stdout, "")
        self.assertIn("slotlog verify:", done.stderr)


if __name__ == "__main__":
    unittest.main()
