"""The slotlog command as a user meets it: help, exit codes, pipes."""

import json
import os
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
        for word in ("rush", "verify", "log", "Exit codes"):
            self.assertIn(word, done.stdout)

    def test_version_is_told(self):
        done = run("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^slotlog \d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_2_and_says_why(self):
        for arguments in (
            [],
            ["nonsense"],
            ["verify"],
            ["verify", "--data", "x", "--nonsense"],
            ["log"],
            ["log", "cat", "--data", "x"],
            ["log", "cat", "--data", "x", "events", "--limit", "-1"],
        ):
            with self.subTest(arguments):
                done = run(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")

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
        self.assertEqual(done.stdout.count("  holds  "), 6)
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

    def test_an_unknown_topic_is_2_and_names_the_topics(self):
        done = run("log", "cat", "--data", self.data, "event")
        self.assertEqual(done.returncode, 2)
        self.assertIn("dead-letters", done.stderr)

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
