"""Answers as services/query/openapi.json says, with a rush that is made up.

For looking at the page without a build: `python3 tests/e2e/stand_in.py` prints
its address. What it serves moves with the time since it was started.
"""

import argparse
import datetime
import json
import math
import pathlib
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

PAGE = pathlib.Path(__file__).resolve().parents[2] / "services/query/page/page.html"
CAPACITY = 1_850_000
ARRIVED = 3_500_000
REGIONS = {
    "Seoul": 340_000,
    "Gyeonggi": 470_000,
    "Busan": 130_000,
    "Incheon": 110_000,
    "Daegu": 90_000,
    "Gwangju": 52_000,
    "Jeju": 24_000,
}


def text_of(moment):
    at = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Rush:
    """A rush that began at `start`: figures by the seconds since."""

    def __init__(self, start, ticket_seconds):
        self.start = start
        self.ticket_seconds = ticket_seconds

    def line(self):
        now = time.time()
        passed = now - self.start
        arrivals = 60_000 * math.exp(-passed / 40) + 900 + 300 * math.sin(passed)
        decisions = 21_000 + 1_500 * math.sin(passed / 3)
        confirmed = decisions * max(0.1, 0.9 - passed / 300)
        length = max(0, 1_200_000 * (1 - math.exp(-passed / 30)) - 9_000 * passed)
        shards = [
            {
                "shard": shard,
                "epoch": 1 + shard % 2,
                "sequence": int(6_000 * passed) + shard,
                "decided_offset": int(5_000 * passed),
                "high_watermark": int(5_000 * passed + length / 4),
                "undecided": int(length * share),
                "arrivals_per_second": arrivals / 4,
                "decisions_per_second": decisions / 4,
                "confirmed_per_second": confirmed / 4,
                "now": text_of(now),
                "decided_at": text_of(now),
                "reader_lag_ms": 4 + shard,
            }
            for shard, share in enumerate((0.31, 0.27, 0.23, 0.19))
        ]
        return {
            "at": text_of(now),
            "undecided": int(length),
            "arrivals_per_second": arrivals,
            "decisions_per_second": decisions,
            "confirmed_per_second": confirmed,
            "commands": int(decisions * passed),
            "confirmed": int(confirmed * passed),
            "refused": int((decisions - confirmed) * passed),
            "capacity": CAPACITY,
            "seats_left": max(0, int(CAPACITY - 17_000 * passed)),
            "shards": shards,
        }

    def availability(self):
        left = max(0.0, 1 - 17_000 * (time.time() - self.start) / CAPACITY)
        regions = [
            {
                "region": name,
                "capacity": seats,
                "seats_left": int(seats * left ** (1 + number / 3)),
                "sites": 10,
            }
            for number, (name, seats) in enumerate(REGIONS.items())
        ]
        return {
            "capacity": sum(region["capacity"] for region in regions),
            "seats_left": sum(region["seats_left"] for region in regions),
            "regions": regions,
        }

    def demand(self):
        passed = time.time() - self.start
        refusals = {
            "SLOT_FULL": int(2_400 * passed),
            "ALREADY_BOOKED": int(900 * passed),
            "WINDOW_NOT_OPEN": int(400 * passed),
            "NOT_ELIGIBLE": int(150 * passed),
        }
        refused = sum(refusals.values())
        return {
            "requests": refused + int(17_000 * passed),
            "confirmed": int(17_000 * passed),
            "refused": refused,
            "refusals": refusals,
            "minutes": [],
            "is_complete": True,
        }

    def ticket(self, ticket):
        now = time.time()
        left = self.start + self.ticket_seconds - now
        if left <= 0:
            return {
                "ticket": ticket,
                "state": "decided",
                "answer": {
                    "outcome": "BOOKED",
                    "status": "booked",
                    "site_id": "busan-03",
                    "slot_id": "2021-07-26T10:00",
                    "seat": 7,
                    "decided_at": text_of(now),
                },
            }
        ahead = int(left * 5_000)
        return {
            "ticket": ticket,
            "state": "waiting",
            "people_ahead": ahead,
            "estimate": {
                "seconds": left,
                "seconds_low": left * 0.8,
                "seconds_high": left * 1.4,
                "decided_at": text_of(now + left),
            },
            "stock": {
                "seats_left": 1_200_000,
                "people_ahead": 4 * ahead,
                "will_reach": "yes",
            },
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = urlparse(self.path).path
        rush = self.server.rush
        answers = {
            "/v1/line": rush.line,
            "/v1/availability": rush.availability,
            "/v1/demand": rush.demand,
        }
        if path == "/":
            self.reply(200, "text/html; charset=utf-8", PAGE.read_bytes())
        elif path in answers:
            body = json.dumps(answers[path]()).encode()
            self.reply(200, "application/json", body)
        elif path == "/v1/tickets/3-18211":
            self.stream(rush)
        else:
            problem = {
                "type": "urn:slotlog:problem:unknown-ticket",
                "title": "No such ticket",
                "status": 404,
                "detail": "no command has this ticket",
            }
            self.reply(404, "application/problem+json", json.dumps(problem).encode())

    def stream(self, rush):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(b"retry: 200\n\n")
        while True:
            view = rush.ticket("3-18211")
            kind = "decided" if view["state"] == "decided" else "waiting"
            event = f"id: {kind}\nevent: {kind}\ndata: {json.dumps(view)}\n\n"
            try:
                self.wfile.write(event.encode())
                self.wfile.flush()
            except OSError:
                return
            if kind == "decided":
                return
            time.sleep(2)


class StandIn:
    """Serves on `port` (0: any) until it is stopped."""

    def __init__(self, port=0, age_seconds=0, ticket_seconds=60):
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.rush = Rush(time.time() - age_seconds, age_seconds + ticket_seconds)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ticket-seconds", type=float, default=60)
    arguments = parser.parse_args()
    served = StandIn(arguments.port, 0, arguments.ticket_seconds)
    print(served.address, flush=True)
    served.server.serve_forever()


if __name__ == "__main__":
    main()
