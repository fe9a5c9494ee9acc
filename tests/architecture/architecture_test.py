"""Every rule of architecture.py catches what it is for, and lets the rest be."""

import unittest

from tests.architecture import architecture

HEADER = "// What it is.\n\n#pragma once\n\n"

# file, its text, the rule it breaks or None.
CASES = [
    ("events/a.h", '#include "projections/b.h"', "arrows"),
    ("events/a.h", '#include "services/b.h"', "arrows"),
    ("services/a.h", '#include "tools/b.h"', "arrows"),
    ("tools/a.cc", '#include "tests/support/b.h"', "arrows"),
    ("services/a.h", '#include "projections/b.h"', None),
    ("services/a_test.cc", '#include "tests/support/b.h"', None),
    ("events/log/log.h", "#include <librdkafka/rdkafkacpp.h>", "kafka"),
    ("events/log/kafka/log.cc", "#include <librdkafka/rdkafkacpp.h>", None),
    ("services/a.cc", "#include <rocksdb/db.h>", "rocksdb"),
    ("events/store/store.h", "#include <rocksdb/db.h>", "rocksdb"),
    ("events/store/rocksdb_store.cc", "#include <rocksdb/db.h>", None),
    ("events/store/rocksdb/store.cc", "#include <rocksdb/db.h>", None),
    ("services/a.cc", "#include <CLI/CLI.hpp>", "flags"),
    ("tools/a.cc", "#include <CLI/CLI.hpp>", None),
    ("services/a.cc", "auto now = absl::Now();", "clock"),
    ("services/a.cc", "auto t = std::chrono::steady_clock::now();", "clock"),
    ("services/a.cc", "// Never absl::Now().", None),
    ("services/a_test.cc", "auto now = absl::Now();", None),
    ("tools/a.cc", "auto now = absl::Now();", None),
    ("events/a.cc", 'std::getenv("HOME");', "environment"),
    ("services/a.cc", "    default:", "default"),
    ("services/a.h", "  A() = default;", None),
    ("services/reservation/a.cc", "#include <mutex>", "pure"),
    ("services/reservation/a.cc", "#include <absl/time/clock.h>", "pure"),
    ("services/reservation/a.cc", "#include <absl/time/time.h>", None),
    ("services/reservation/a_test.cc", "#include <iostream>", None),
    ("services/a.cc", "// T" + "ODO: later", "unfinished"),
    ("README.md", "T" + "ODO", "unfinished"),
    ("README.md", "@@" + "COUNT@@ tests", "left behind"),
    ("services/a.cc", "<" * 7 + " HEAD", "left behind"),
    ("services/a.cc", ">" * 7 + " branch", "left behind"),
    ("README.md", "@@ -1,2 +1,2 @@", None),
    ("docs/a.md", "=" * 7, None),
    ("services/a.cc", "\n" * 401, "length"),
    ("services/a.cc", "\n" * 400, None),
]


class Architecture(unittest.TestCase):
    def test_each_rule_catches_its_case_and_no_other(self):
        for path, text, expected in CASES:
            with self.subTest(path=path, text=text):
                whole = HEADER + text if path.endswith(".h") else text
                broken = [rule for _, rule, _ in architecture.check_file(path, whole)]
                self.assertEqual(broken, [expected] if expected else [])

    def test_header_without_opening_or_guard_is_named(self):
        self.assertEqual(
            architecture.check({"events/a.h": "int a;\n"}, {}),
            [
                "events/a.h:1: open with a paragraph: what it is, how to use it",
                "events/a.h:1: #pragma once is missing",
            ],
        )

    def test_exception_lets_its_rule_pass_only(self):
        files = {"events/a.cc": '#include "tools/b.h"\nstd::getenv("A");\n'}
        failures = architecture.check(files, {("events/a.cc", "arrows"): "why"})
        self.assertEqual(len(failures), 1)
        self.assertIn("environment", failures[0])

    def test_exception_that_is_not_needed_is_named(self):
        failures = architecture.check({}, {("events/a.cc", "clock"): "why"})
        self.assertEqual(len(failures), 1)
        self.assertIn("delete it", failures[0])


if __name__ == "__main__":
    unittest.main()
