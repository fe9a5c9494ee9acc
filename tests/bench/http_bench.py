#!/usr/bin/env python3
"""How many requests a second one thread of our HTTP server answers.

Asks with wrk over kept connections for a ready answer, from the other core, and
prints a table; nginx with a static file of the same size, one worker, is asked
the same way beside it where it is installed. Then opens streams of events and
looks at the server's memory. Nothing is asserted.

    apt-get install wrk nginx-light
    bazel build //tests/bench:http_server //tests/bench:query_server
    tests/bench/http_bench.py [--seconds N] [--bytes N] [--streams N]

The query service's answers (a day in memory behind it) are asked for in the same
way, where query_server is built.
"""

import argparse
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  open_file_cache max=10;
  sendfile on;
  tcp_nopush off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;
  scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}/root; }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port):
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.01)
    sys.exit(f"http_bench: nobody listens at {port}")


def ask(url, seconds, connections):
    """Requests a second, and the p99 of their latency."""
    said = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}",
         f"-d{seconds}s", "--latency", url],
        check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        print(said)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    return rate, re.search(r"99%\s+(\S+)", said)[1]


def pinned(command, **options):
    return subprocess.Popen(["taskset", "-c", "0", *map(str, command)],
                            **options)


def memory_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def open_streams(port, count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    streams = []
    for _ in range(count):
        stream = socket.create_connection(("127.0.0.1", port))
        stream.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n"
                       b"Accept: text/event-stream\r\n\r\n")
        streams.append(stream)
    for stream in streams:
        stream.recv(1024)
    return streams


def measure(server, url, options):
    for connections in (16, 256):
        rate, p99 = ask(url, options.seconds, connections)
        print(f"| {server} | {connections} | {rate:,.0f} | {p99} |", flush=True)


def measure_query(options):
    server = pathlib.Path(options.server).with_name("query_server")
    if not server.exists():
        return
    running = pinned([server], stdout=subprocess.PIPE, text=True)
    try:
        port, *paths = running.stdout.readline().split()
        for path in paths:
            measure(f"slotlog {path}", f"http://127.0.0.1:{port}{path}", options)
    finally:
        running.terminate()
        running.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5, help="of each run")
    parser.add_argument("--bytes", type=int, default=600, help="of the answer")
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--server", default="bazel-bin/tests/bench/http_server")
    options = parser.parse_args()
    if not pathlib.Path(options.server).exists():
        sys.exit(f"http_bench: no {options.server}: "
                 "bazel build //tests/bench:http_server")
    if not shutil.which("wrk"):
        sys.exit("http_bench: no wrk: apt-get install wrk")

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| server | connections | requests/s | p99 |\n| --- | --- | --- | --- |")
    port = free_port()
    server = pinned([options.server, port, options.bytes, 1],
                    stdout=subprocess.DEVNULL)
    try:
        await_port(port)
        measure("slotlog", f"http://127.0.0.1:{port}/ready", options)
    finally:
        server.terminate()
        server.wait()

    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            folder.chmod(0o755)
            (folder / "root").mkdir()
            (folder / "root" / "ready").write_text("x" * options.bytes)
            port = free_port()
            (folder / "nginx.conf").write_text(
                NGINX.format(folder=folder, port=port))
            beside = pinned([nginx, "-c", folder / "nginx.conf"],
                            stderr=subprocess.DEVNULL)
            try:
                await_port(port)
                measure("nginx", f"http://127.0.0.1:{port}/ready", options)
            finally:
                beside.terminate()
                beside.wait()

    measure_query(options)

    port = free_port()
    server = pinned([options.server, port, options.bytes, 1],
                    stdout=subprocess.DEVNULL)
    try:
        await_port(port)
        before = memory_mib(server)
        streams = open_streams(port, options.streams)
        print(f"\n{len(streams):,} streams: {memory_mib(server):.0f} MiB "
              f"({before:.0f} MiB without)")
        for stream in streams:
            stream.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
