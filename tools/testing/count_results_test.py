"""What tools/test counts, from records as Bazel 4.2 writes them."""

import json
import unittest

from tools.testing import count_results


def summary(label, status):
    return json.dumps(
        {
            "id": {"testSummary": {"label": label}},
            "testSummary": {"overallStatus": status},
        }
    )


def completed(label, **rest):
    return json.dumps({"id": {"targetCompleted": {"label": label}}, **rest})


BUILT = {"completed": {"success": True}}


class CountResults(unittest.TestCase):
    def expect(self, lines, status, counts):
        self.assertEqual(count_results.count_results(lines, status), counts)

    def test_passed_tests_are_counted(self):
        lines = [
            completed("//a:library", **BUILT),
            completed("//a:test", **BUILT),
            summary("//a:test", "PASSED"),
            summary("//b:test", "PASSED"),
        ]
        self.expect(lines, 0, (2, 0))

    def test_every_other_end_is_a_failure(self):
        for status in ["FAILED", "TIMEOUT", "FLAKY", "INCOMPLETE", "NO_STATUS"]:
            self.expect([summary("//a:test", status)], 3, (0, 1))

    def test_target_that_does_not_build_has_failed(self):
        lines = [
            summary("//a:test", "PASSED"),
            completed("//b:library", completed={}),
            completed("//b:test", aborted={"reason": "ANALYSIS_FAILURE"}),
        ]
        self.expect(lines, 1, (1, 2))

    def test_target_is_counted_once(self):
        lines = [completed("//a:test", completed={}), summary("//a:test", "FAILED")]
        self.expect(lines, 1, (0, 1))

    def test_error_without_a_name_is_never_zero_failures(self):
        self.expect([], 37, (0, 1))
        self.expect([summary("//a:test", "PASSED")], 1, (1, 1))

    def test_record_cut_short_is_left_out(self):
        self.expect([summary("//a:test", "PASSED"), '{"id":'], 37, (1, 1))


if __name__ == "__main__":
    unittest.main()
