"""Asks a server of slotlog over HTTP, as its tests do."""

import json
import time
import urllib.error
import urllib.request


class HttpCaller:
    def __init__(self, url, patience_seconds):
        self.url = url
        self._patience = patience_seconds

    def ask(self, path, body=None, **headers):
        """Status and body; a `_` in a header's name stands for `-`."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=self._patience) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as answer:
            return answer.code, json.load(answer)

    def until(self, path, holds):
        """What it says, once that holds."""
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            code, found = self.ask(path)
            if code == 200 and holds(found):
                return found
            time.sleep(0.05)
        raise AssertionError(f"{path} says {code}: {found}")
