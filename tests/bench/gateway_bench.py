#!/usr/bin/env python3
"""How many commands a second the gateway takes, durable when answered.

Sends bookings with wrk over kept connections, each of another citizen, to a
gateway on an embedded log on this disk; first with nobody to decide them, then
with a worker beside it that does. Prints a table. Nothing is asserted, but for
what was answered with 202 having to stand on the log.

    apt-get install wrk
    bazel build //tests/bench:gateway_server
    tests/bench/gateway_bench.py [--seconds N] [--directory DIR]
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SCRIPT = """
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end
local sent = 0
local headers = {["Content-Type"] = "application/json"}
function request()
  sent = sent + 1
  local id = number .. "-" .. sent
  return wrk.format("POST", "/v1/commands", headers,
    '{"citizen_id":"c' .. id .. '","command_id":"b' .. id ..
    '","profile":{"birth_date_yyyymmdd":19620712,"region":"Seoul"},' ..
    '"book":{"campaign_id":"2021-07-12","site_id":"site-1","slot_id":"am"}}')
end
"""


def run(options, connections, mode, folder):
    script = folder / "book.lua"
    script.write_text(SCRIPT)
    with tempfile.TemporaryDirectory(dir=options.directory) as data:
        server = subprocess.Popen(
            [options.server, data, str(options.threads), *mode],
            stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline())
            said = subprocess.run(
                ["wrk", "-t1", f"-c{connections}", f"-d{options.seconds}s",
                 "--latency", "-s", script, f"http://127.0.0.1:{port}"],
                check=True, capture_output=True, text=True).stdout
        finally:
            server.terminate()
            rest = server.stdout.read()
            server.wait()
    if "Non-2xx" in said or "Socket errors" in said:
        print(said)
    answered = int(re.search(r"(\d+) requests in", said)[1])
    appended, appends = map(
        int, re.search(r"(\d+) records in (\d+) appends", rest).groups())
    if appended < answered:
        sys.exit(f"gateway_bench: {answered} were answered, {appended} are"
                 " on the log")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    p99 = re.search(r"99%\s+(\S+)", said)[1]
    print(f"| {'yes' if mode else 'no'} | {connections} | {rate:,.0f} | {p99}"
          f" | {appended / max(appends, 1):.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5, help="of each run")
    parser.add_argument("--threads", type=int, default=1, help="of the server")
    parser.add_argument("--directory", default="/var/tmp",
                        help="where the log is: on the disk to be measured")
    parser.add_argument("--server",
                        default="bazel-bin/tests/bench/gateway_server")
    options = parser.parse_args()
    if not pathlib.Path(options.server).exists():
        sys.exit(f"gateway_bench: no {options.server}: "
                 "bazel build //tests/bench:gateway_server")
    if not shutil.which("wrk"):
        sys.exit("gateway_bench: no wrk: apt-get install wrk")
    print("| decided beside | connections | commands/s | p99 | an append |\n"
          "| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        for mode in ([], ["decide"]):
            for connections in (64, 512):
                run(options, connections, mode, pathlib.Path(name))


if __name__ == "__main__":
    main()
