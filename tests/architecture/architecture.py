"""The rules that keep the parts apart and every file readable, as a check.

Arrows go left: events <- projections <- services <- tools, and tests may use
them all. One folder knows Kafka, one knows RocksDB; only tools read flags,
clocks and the environment; the core knows neither threads nor I/O. Run it from
anywhere, and it names each line that breaks a rule. What a rule must let pass
stands in ALLOWED, with the reason; an entry that lets nothing pass is a failure
too.
"""

import os
import re
import sys

LINES_MAX = 400

# (file, rule) -> why it may.
ALLOWED = {}

LAYERS = ["events", "projections", "services", "tools", "tests"]

INCLUDE = re.compile(r'#include ["<](?P<path>[^">]+)[">]')

# rule -> (lines it is about, folders where they may stand).
KEPT_IN_PLACE = {
    "kafka": (
        re.compile(r"#include [\"<](librdkafka/|rdkafka)"),
        ["events/log/kafka"],
    ),
    "rocksdb": (
        re.compile(r"#include [\"<]rocksdb/"),
        ["events/store/rocksdb", "tests"],
    ),
    "flags": (
        re.compile(r"#include [\"<](CLI/|absl/flags/|getopt\.h|boost/program_)"),
        ["tools", "tests"],
    ),
    "clock": (
        re.compile(
            r"absl::(Now|GetCurrentTimeNanos)\b|_clock::now\b|\bgettimeofday\b"
            r"|\bclock_gettime\b|\bstd::time\(|\btime\((nullptr|NULL|0|&\w+)\)"
        ),
        ["tools", "tests"],
    ),
    "environment": (
        re.compile(r"\b(secure_)?getenv\b|\benviron\b"),
        ["tools", "tests"],
    ),
    # A new event must break the build in every fold.
    "default": (re.compile(r"^\s*default:"), ["tools", "tests"]),
}

# What the pure core may not include.
CORE = "services/reservation/"
IMPURE = re.compile(
    r"^(atomic|chrono|condition_variable|cstdio|ctime|filesystem|fstream|future"
    r"|iostream|mutex|random|semaphore|shared_mutex|thread|time\.h|stdio\.h"
    r"|unistd\.h|fcntl\.h|pthread\.h|poll\.h|sys/.*|spdlog/.*"
    r"|absl/synchronization/.*|absl/time/clock\.h|absl/random/.*"
    r"|events/log/(?!log\.h$).*|events/store/.*)$"
)

# What a merge or a template left behind.
LEFT_BEHIND = re.compile(r"@@[A-Z]+@@|^(<{7}|>{7}|\|{7}) ")

UNFINISHED = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b")


def layer_of(path):
    """A test belongs to the tests, wherever it stands."""
    stem = os.path.splitext(path)[0]
    if stem.endswith("_test"):
        return "tests"
    first = path.split("/")[0]
    return first if first in LAYERS else None


def stands_in(path, folders):
    return layer_of(path) in folders or any(
        path.startswith((folder + "/", folder + ".", folder + "_"))
        for folder in folders
    )


def check_line(path, line):
    """Yields (rule, what is wrong and what to do) of a line of C++."""
    code = line.split("//")[0]
    include = INCLUDE.match(line)
    if include:
        included = include["path"]
        ours, theirs = layer_of(path), layer_of(included)
        if ours and theirs and LAYERS.index(theirs) > LAYERS.index(ours):
            yield "arrows", f"{ours} may not use {theirs}: arrows go left"
        if path.startswith(CORE) and layer_of(path) != "tests":
            if IMPURE.match(included):
                yield "pure", f"the core is pure: no <{included}> in it"
    for rule, (pattern, folders) in KEPT_IN_PLACE.items():
        if pattern.search(include[0] if include else code):
            if not stands_in(path, folders):
                places = " and ".join(folders)
                yield rule, f"{rule}: only in {places}; hand it in from there"


def check_file(path, text):
    """Yields (line number, rule, what is wrong) of a file."""
    lines = text.splitlines()
    is_cxx = path.endswith((".h", ".cc"))
    for number, line in enumerate(lines, start=1):
        if UNFINISHED.search(line):
            yield number, "unfinished", "finish it, or say it in an issue"
        if LEFT_BEHIND.search(line):
            yield number, "left behind", "a marker of a merge: resolve it"
        if is_cxx:
            for rule, wrong in check_line(path, line):
                yield number, rule, wrong
    if len(lines) > LINES_MAX and not path.endswith((".md", ".json")):
        yield LINES_MAX, "length", f"{len(lines)} lines: split it"
    if path.endswith(".h"):
        if not text.startswith("// "):
            yield 1, "opening", "open with a paragraph: what it is, how to use it"
        if "\n#pragma once\n" not in text:
            yield 1, "guard", "#pragma once is missing"


def check(files, allowed):
    """Checks {path: text}; returns the failures as lines of text."""
    failures = []
    used = set()
    for path, text in sorted(files.items()):
        for number, rule, wrong in check_file(path, text):
            if (path, rule) in allowed:
                used.add((path, rule))
            else:
                failures.append(f"{path}:{number}: {wrong}")
    for path, rule in sorted(set(allowed) - used):
        failures.append(f"{path}: needs no exception for '{rule}': delete it")
    return failures


def read_tree(root):
    """Every text file of ours, as {path: text}."""
    skipped = {".git", "node_modules", "__pycache__", "seeds", "data", "venv"}
    endings = (".h", ".cc", ".proto", ".py", ".bzl", ".sh", ".md", "BUILD")
    files = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in skipped]
        for name in names:
            path = os.path.join(folder, name)
            # Scripts have no ending.
            if name.endswith(endings) or "." not in name:
                with open(path, encoding="utf-8") as file:
                    files[os.path.relpath(path, root)] = file.read()
    return files


def main():
    root = os.path.dirname(os.path.realpath(__file__))
    files = read_tree(os.path.join(root, "..", ".."))
    failures = check(files, ALLOWED)
    print("\n".join(failures) or f"{len(files)} files keep the rules")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
