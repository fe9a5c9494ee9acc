#!/usr/bin/env python3
"""A minimal API layer over slotlog: Python's standard library, nothing else.

    book.py URL book CITIZEN CAMPAIGN SITE SLOT   books, and shows the place in line
    book.py URL cancel CITIZEN CAMPAIGN           gives the seat back

Whatever breaks on the way, the same Idempotency-Key is sent again: slotlog
answers with the first ticket, so nobody books twice or goes to the back of the
line. --key goes on with one of an earlier run, --token-file names the bearer
token, --region and --birth-date (YYYYMMDD) are what this layer attests.
"""

import argparse
import http.client
import json
import sys
import time
import urllib.error
import urllib.request
import uuid

TRIES_MAX = 10
PAUSE_SECONDS_MAX = 30
ANSWER_SECONDS_MAX = 40
# Busy, slow down, or something between here and there: worth another try.
PASSING = {429, 500, 502, 503, 504}


class Refused(Exception):
    """The server's problem document (RFC 9457) says why."""


class Slotlog:
    def __init__(self, url, token=None, pause=time.sleep):
        self.url = url.rstrip("/")
        self.token = token
        self.pause = pause

    def request(self, method, path, body=None, headers=None):
        """The answer's JSON and headers; tries again what may pass."""
        headers = dict(headers or {}, Accept="application/json")
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        for attempt in range(1, TRIES_MAX + 1):
            request = urllib.request.Request(self.url + path, data, headers)
            request.method = method
            try:
                with urllib.request.urlopen(request, None, ANSWER_SECONDS_MAX) as answer:
                    return json.load(answer), answer.headers
            except urllib.error.HTTPError as error:
                text = error.read().decode(errors="replace")
                if error.code not in PASSING or attempt == TRIES_MAX:
                    raise Refused(f"{error.code}: {text}") from error
                after = error.headers.get("Retry-After", "")
            except (OSError, http.client.HTTPException) as error:
                if attempt == TRIES_MAX:
                    raise Refused(f"no answer: {error}") from error
                after = ""
            seconds = int(after) if after.isdigit() else 0.2 * 2**attempt
            self.pause(min(seconds, PAUSE_SECONDS_MAX))

    def send(self, command, key):
        """Durable when this returns: a ticket, or the outcome already."""
        headers = {"Idempotency-Key": key, "Prefer": "wait=1"}
        return self.request("POST", "/v1/commands", command, headers)

    def outcome(self, command, key, show):
        """Sends it and follows the ticket until it is decided."""
        view, headers = self.send(command, key)
        while view["state"] != "decided":
            show(view)
            after = headers.get("Retry-After", "")
            self.pause(min(int(after) if after.isdigit() else 1, PAUSE_SECONDS_MAX))
            path = f"/v1/tickets/{view['ticket']}"
            view, headers = self.request("GET", path, headers={"Prefer": "wait=5"})
        return view


def show_place(view):
    words = [f"ticket {view['ticket']}"]
    if view["state"] == "being_decided":
        words.append("being decided")
    if "people_ahead" in view:
        words.append(f"{view['people_ahead']} people ahead")
    if "estimate" in view:
        low, high = (view["estimate"][f"seconds_{end}"] for end in ("low", "high"))
        words.append(f"{low:.0f} to {high:.0f} seconds")
    if view.get("stock", {}).get("will_reach") == "no":
        words.append("the line is longer than the stock")
    print(", ".join(words), flush=True)


def command_of(arguments):
    if arguments.action == "cancel":
        return {
            "citizen_id": arguments.citizen,
            "cancel": {"campaign_id": arguments.campaign},
        }
    profile = {"region": arguments.region, "birth_date_yyyymmdd": arguments.birth_date}
    return {
        "citizen_id": arguments.citizen,
        "profile": {name: value for name, value in profile.items() if value},
        "book": {
            "campaign_id": arguments.campaign,
            "site_id": arguments.site,
            "slot_id": arguments.slot,
        },
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    actions = parser.add_subparsers(dest="action", required=True)
    for name in ("book", "cancel"):
        action = actions.add_parser(name)
        action.add_argument("citizen")
        action.add_argument("campaign")
        if name == "book":
            action.add_argument("site")
            action.add_argument("slot")
            action.add_argument("--region", default="")
            action.add_argument("--birth-date", type=int, default=0)
        action.add_argument("--key", default="")
        action.add_argument("--token-file")
    arguments = parser.parse_args()
    token = None
    if arguments.token_file:
        with open(arguments.token_file, encoding="utf-8") as file:
            token = file.read().strip()
    key = arguments.key or str(uuid.uuid4())
    print(f"key {key}", flush=True)
    try:
        view = Slotlog(arguments.url, token).outcome(
            command_of(arguments), key, show_place
        )
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    answer = view["answer"]
    names = ("outcome", "refusal", "site_id", "slot_id", "seat", "deadline")
    print(*(f"{name} {answer[name]}" for name in names if name in answer), sep=", ")
    return 3 if answer["outcome"] == "REFUSED" else 0


if __name__ == "__main__":
    sys.exit(main())
