"""Counts what a `bazel test` did, by Bazel's own record of it.

Usage: count_results.py EVENTS STATUS

EVENTS is the file of --build_event_json_file (one JSON object a line), STATUS
is Bazel's exit status. Prints "N passed, N failed"; exits with 1 unless all is
well. A target that does not build has failed; and where Bazel failed but names
nothing, that counts as one failure: an error is never "0 failed".
"""

import json
import sys


def count_results(lines, status):
    """Returns (passed, failed), counted in targets."""
    passed = set()
    failed = set()
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            # Bazel was killed while it wrote: its status says that it failed.
            continue
        name = event["id"]
        if "testSummary" in event:
            label = name["testSummary"]["label"]
            good = event["testSummary"]["overallStatus"] == "PASSED"
            (passed if good else failed).add(label)
        elif "targetCompleted" in name:
            # With `aborted`, or without success: it did not build.
            if not event.get("completed", {}).get("success"):
                failed.add(name["targetCompleted"]["label"])
        elif "targetConfigured" in name and "aborted" in event:
            failed.add(name["targetConfigured"]["label"])
    passed -= failed
    if status != 0 and not failed:
        return len(passed), 1
    return len(passed), len(failed)


def main():
    with open(sys.argv[1], encoding="utf-8") as events:
        passed, failed = count_results(events, int(sys.argv[2]))
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
