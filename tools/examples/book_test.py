"""What the example does when answers are late, missing or unwelcome.

The answers are scripted here, in the shapes of services/query/openapi.json.
"""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tools.examples import book

WAITING = {"ticket": "3-7", "state": "waiting", "people_ahead": 12}
BOOKED = {
    "ticket": "3-7",
    "state": "decided",
    "answer": {"outcome": "BOOKED", "seat": 1, "decided_at": "2021-07-12T00:00:00.000Z"},
}
COMMAND = {"citizen_id": "c1", "cancel": {"campaign_id": "k"}}
LOST = None  # the connection closes without an answer


class Script(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        step = self.server.script.pop(0)
        if step is LOST:
            return
        status, headers, view = step
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(view).encode())

    do_GET = do_POST = answer


class BookTest(unittest.TestCase):
    def serve(self, *script):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Script)
        server.script, server.seen = list(script), []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.server, self.pauses, self.shown = server, [], []
        url = f"http://127.0.0.1:{server.server_port}"
        return book.Slotlog(url, "secret", self.pauses.append)

    def test_the_ticket_is_followed_as_often_as_the_server_says(self):
        slotlog = self.serve(
            (202, {"Retry-After": "7"}, WAITING),
            (200, {"Retry-After": "2"}, WAITING),
            (200, {}, BOOKED),
        )
        view = slotlog.outcome(COMMAND, "key-1", self.shown.append)
        self.assertEqual(view, BOOKED)
        self.assertEqual(self.shown, [WAITING, WAITING])
        self.assertEqual(self.pauses, [7, 2])
        self.assertEqual(
            [path for _, path, _, _ in self.server.seen],
            ["/v1/commands", "/v1/tickets/3-7", "/v1/tickets/3-7"],
        )

    def test_what_is_lost_or_refused_for_now_is_sent_again_under_the_same_key(self):
        slotlog = self.serve(
            LOST, (503, {"Retry-After": "4"}, {}), (429, {}, {}), (200, {}, BOOKED)
        )
        slotlog.outcome(COMMAND, "key-1", self.shown.append)
        self.assertEqual(
            {
                (headers["Idempotency-Key"], headers["Authorization"], body)
                for _, _, headers, body in self.server.seen
            },
            {("key-1", "Bearer secret", json.dumps(COMMAND).encode())},
        )
        self.assertEqual(len(self.server.seen), 4)
        self.assertEqual(self.pauses[1], 4)

    def test_what_cannot_pass_is_not_sent_again(self):
        slotlog = self.serve((422, {}, {"title": "The key was used before"}))
        with self.assertRaisesRegex(book.Refused, "422.*used before"):
            slotlog.outcome(COMMAND, "key-1", self.shown.append)
        self.assertEqual(len(self.server.seen), 1)

    def test_it_gives_up_at_last(self):
        slotlog = self.serve(*[(503, {}, {})] * book.TRIES_MAX)
        with self.assertRaisesRegex(book.Refused, "503"):
            slotlog.outcome(COMMAND, "key-1", self.shown.append)
        self.assertTrue(all(pause <= book.PAUSE_SECONDS_MAX for pause in self.pauses))


if __name__ == "__main__":
    unittest.main()
