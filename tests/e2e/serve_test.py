"""`slotlog serve` as its README tells it: a real process, asked over HTTP, looked
at with a browser, killed and started again."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, "/usr/lib/python3/dist-packages")  # Debian's selenium

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.http_caller import HttpCaller

SLOTLOG, BOOK, DASHBOARD, ALERTS, README = [
    os.path.abspath(sys.argv.pop(1)) for _ in range(5)
]
WAIT_SECONDS = 30
PROFILE = {"birth_date_yyyymmdd": 19620712}
SLOT = time.strftime("%Y-%m-%dT09", time.gmtime(time.time() + 24 * 3600))


def book(citizen):
    wish = {"campaign_id": "sample", "site_id": "mapo-1", "slot_id": SLOT}
    return {"citizen_id": citizen, "profile": PROFILE, "book": wish}


class Served(HttpCaller):
    def __init__(self, data, *flags, port="0"):
        self.log = data + ".log"
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [SLOTLOG, "serve", "--data", data, "--sample", "--port", port]
                + ["--metrics", "127.0.0.1:0", *flags],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.said = [self.process.stdout.readline() for _ in range(5)]
        super().__init__(re.search(r"https?://[0-9.:]+", self.said[2])[0], WAIT_SECONDS)
        if self.url.startswith("http:"):
            self.until("/v1/sites", lambda found: len(found.get("sites", [])) >= 3)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=WAIT_SECONDS)


class ServeTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.data = os.path.join(directory.name, "data")

    def serve(self, *flags, port="0"):
        served = Served(self.data, *flags, port=port)
        self.addCleanup(served.process.stdout.close)
        self.addCleanup(served.process.wait)
        self.addCleanup(served.process.kill)
        return served

    def test_five_lines_say_where_everything_is(self):
        served = self.serve()
        first_words = [line.split()[0] for line in served.said]
        self.assertEqual(
            first_words, ["slotlog", "data", "page", "API", "metrics"]
        )
        self.assertEqual(served.stop(), 0)

    def test_book_look_up_and_cancel(self):
        served = self.serve()
        code, answer = served.ask(
            "/v1/commands", book("c1"), Idempotency_Key="1", Prefer="wait=10"
        )
        self.assertEqual((code, answer["answer"]["outcome"]), (200, "BOOKED"))
        _, had = served.ask("/v1/citizens/c1/appointments")
        self.assertEqual(had["appointments"][0]["status"], "booked")
        again, same = served.ask("/v1/commands", book("c1"), Idempotency_Key="1")
        self.assertEqual((again, same["ticket"]), (200, answer["ticket"]))
        other, problem = served.ask("/v1/commands", book("c2"), Idempotency_Key="1")
        self.assertIn(other, (200, 202), problem)  # another citizen's own id
        cancel = {"citizen_id": "c1", "cancel": {"campaign_id": "sample"}}
        code, answer = served.ask(
            "/v1/commands", cancel, Idempotency_Key="2", Prefer="wait=10"
        )
        self.assertEqual((code, answer["answer"]["outcome"]), (200, "CANCELLED"))
        reused, problem = served.ask(
            "/v1/commands", book("c1"), Idempotency_Key="2", Prefer="wait=10"
        )
        self.assertEqual(reused, 422, problem)

    def test_readme_books_looks_up_and_waits(self):
        with open(README, encoding="utf-8") as file:
            lines = re.search(r"## Over HTTP\n```sh\n(.*?)```", file.read(), re.DOTALL)[1]
        served = self.serve()
        begin = "curl() { command curl --silent --show-error --fail-with-body \"$@\"; }\n"
        script = begin + "".join(
            line.replace("localhost:8080", served.url.removeprefix("http://"))
            for line in lines.splitlines(keepends=True)
            if not line.startswith("slotlog ")
        )
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(script.count("curl "), 6)  # its own definition among them
        for said in ('"outcome":"BOOKED"', '"status":"booked"', '"CANCELLED"'):
            self.assertIn(said, done.stdout)

    def test_place_and_answer_outlive_kill_9(self):
        served = self.serve()
        _, first = served.ask("/v1/commands", book("c1"), Idempotency_Key="1")
        served.process.kill()
        served.process.wait()
        served = self.serve()
        path = f"/v1/tickets/{first['ticket']}"
        view = served.until(path, lambda found: found["state"] == "decided")
        self.assertEqual(view["answer"]["outcome"], "BOOKED")
        _, again = served.ask(
            "/v1/commands", book("c1"), Idempotency_Key="1", Prefer="wait=10"
        )
        self.assertEqual(again["ticket"], first["ticket"])
        self.assertEqual(served.stop(), 0)
        verified = subprocess.run(
            [SLOTLOG, "verify", "--data", self.data],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        self.assertEqual(verified.returncode, 0, verified.stdout)

    def test_example_layer_books_and_cancels(self):
        served = self.serve()
        for action in (
            ["book", "c1", "sample", "mapo-1", SLOT, "--birth-date", "19620712"],
            ["cancel", "c1", "sample"],
        ):
            done = subprocess.run(
                ["/usr/bin/python3", BOOK, served.url, *action],
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_callers_are_asked_for_their_token(self):
        callers = self.data + ".callers"
        # The SHA-256 of "secret".
        token = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
        with open(callers, "w", encoding="utf-8") as file:
            file.write(f"portal citizen_portal token-sha256:{token}\n")
        served = self.serve("--callers", callers)
        code, _ = served.ask("/v1/commands", book("c1"), Idempotency_Key="1")
        self.assertEqual(code, 401)
        code, _ = served.ask(
            "/v1/commands",
            book("c1"),
            Idempotency_Key="1",
            Authorization="Bearer secret",
        )
        self.assertEqual(code, 202)

    def test_callers_come_and_go_without_a_restart(self):
        callers = self.data + ".callers"

        def write(text):
            with open(callers + ".new", "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(callers + ".new", callers)

        def asked():
            return served.ask("/v1/tickets/0-0", Authorization="Bearer secret")[0]

        # The SHA-256 of "other", and of "secret".
        other = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
        secret = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
        write(f"portal citizen_portal token-sha256:{other}\n")
        served = self.serve("--callers", callers)
        self.assertEqual(asked(), 401)
        write(f"portal citizen_portal token-sha256:{secret}\n")
        deadline = time.monotonic() + WAIT_SECONDS
        while asked() == 401:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        # What cannot be read changes nothing.
        write("portal nobody\n")
        time.sleep(2.5)
        self.assertNotEqual(asked(), 401)

    def test_prometheus_reads_every_figure_of_the_dashboard(self):
        served = self.serve()
        served.ask("/v1/commands", book("c1"), Idempotency_Key="1", Prefer="wait=10")
        served.ask("/v1/commands", book("c1"), Idempotency_Key="2", Prefer="wait=10")
        metrics = re.search(r"http://\S+", served.said[4])[0]
        with urllib.request.urlopen(metrics) as page:
            figures = page.read().decode()
        names = set(re.findall(r"^# TYPE (\S+)", figures, re.MULTILINE))
        for file in (DASHBOARD, ALERTS):
            with open(file, encoding="utf-8") as text:
                wanted = set(re.findall(r"\bslotlog_[a-z_]+", text.read()))
            wanted = {name.removesuffix("_bucket") for name in wanted}
            self.assertEqual(wanted - names, set(), file)

        def value(figure):
            found = re.search(rf"^{re.escape(figure)} (\S+)$", figures, re.MULTILINE)
            return float(found[1]) if found else None

        self.assertEqual(value('slotlog_confirmations_total{outcome="BOOKED"}'), 1)
        self.assertEqual(value('slotlog_refusals_total{reason="ALREADY_BOOKED"}'), 1)
        self.assertEqual(value("slotlog_seats_left"), 3359)
        self.assertEqual(value("slotlog_seats_capacity"), 3360)
        latency = 'slotlog_confirmation_latency_seconds_bucket{le="+Inf"}'
        self.assertGreaterEqual(value(latency), 2)
        posted = '{face="gateway",route="/v1/commands",method="POST",code="200"}'
        self.assertEqual(value("slotlog_http_requests_total" + posted), 2)

    def test_with_tls_whoever_trusts_the_authority_is_served(self):
        folder = os.path.dirname(self.data)
        key, certificate = (os.path.join(folder, name) for name in ("key", "pem"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"]
            + ["-keyout", key, "-out", certificate, "-days", "2"]
            + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
            check=True,
            capture_output=True,
        )
        served = self.serve("--tls-certificate", certificate, "--tls-key", key)
        self.assertTrue(served.url.startswith("https://"))
        trusting = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(served.url + "/livez", context=trusting) as live:
            self.assertEqual(live.status, 200)
        with self.assertRaises(urllib.error.URLError):
            urllib.request.urlopen(served.url + "/livez")

    def test_a_trace_is_found_in_the_log_from_the_request_to_the_answer(self):
        served = self.serve("--log-format", "json", "--log-level", "debug")
        trace = "0af7651916cd43dd8448eb211c80319c"
        served.ask(
            "/v1/commands",
            book("c1"),
            Idempotency_Key="1",
            Prefer="wait=10",
            traceparent=f"00-{trace}-b7ad6b7169203331-01",
        )
        self.assertEqual(served.stop(), 0)
        with open(served.log, encoding="utf-8") as log:
            lines = [json.loads(line) for line in log]
        traced = [line for line in lines if line.get("trace_id") == trace]
        said = {line["message"]: line for line in traced}
        self.assertEqual(set(said), {"request", "decided"})
        self.assertEqual(said["request"]["route"], "/v1/commands")
        self.assertEqual(said["request"]["status"], 200)
        self.assertEqual(said["decided"]["topic"], "confirmations")
        for topic in ("commands", "confirmations"):
            records = subprocess.run(
                [SLOTLOG, "log", "cat", "--data", self.data, topic],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
            self.assertEqual(records.count(f"traceparent: 00-{trace}"), 1, records)

    def browser(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.chrome.service.Service("/usr/bin/chromedriver")
        browser = webdriver.Chrome(options=options, service=service)
        self.addCleanup(browser.quit)
        return browser

    def test_page_is_live_through_a_rush_and_a_kill_9_in_it(self):
        served = self.serve()
        port = served.url.rsplit(":", 1)[1]
        browser = self.browser()
        browser.get(served.url + "/")
        rush = subprocess.Popen(
            [SLOTLOG, "rush", "--http", served.url, "--bookings", "600"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(rush.stdout.close)
        self.addCleanup(rush.wait)
        self.addCleanup(rush.kill)
        wait = WebDriverWait(browser, WAIT_SECONDS, 0.1)

        def state():
            return browser.find_element(By.ID, "state").text

        def figures():
            return [
                browser.find_element(By.ID, plot).get_attribute("aria-label")
                for plot in ("rates", "stock")
            ]

        def await_change():
            wait.until(lambda _: state() == "live")
            before = figures()
            wait.until(lambda _: all(a != b for a, b in zip(before, figures())))

        await_change()
        served.process.kill()
        served.process.wait()
        wait.until(lambda _: "trying again" in state())
        self.assertIsNone(rush.poll(), "the rush is over too early to see anything")
        self.serve(port=port)
        await_change()
        said, _ = rush.communicate(timeout=4 * WAIT_SECONDS)
        self.assertEqual(rush.returncode, 0, said)
        # A browser reports each request that nobody answered; nothing else.
        for entry in browser.get_log("browser"):
            self.assertRegex(
                entry["message"], "ERR_CONNECTION_|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE"
            )

    def test_page_shows_what_is_booked(self):
        served = self.serve()
        browser = self.browser()
        browser.get(served.url + "/")

        def text():
            return browser.find_element(By.TAG_NAME, "body").text

        wait = WebDriverWait(browser, WAIT_SECONDS)
        wait.until(lambda _: "3,360 seats" in text())
        served.ask("/v1/commands", book("c1"), Idempotency_Key="1", Prefer="wait=10")
        wait.until(lambda _: "3,359 seats" in text())
        self.assertEqual(browser.get_log("browser"), [])


if __name__ == "__main__":
    unittest.main()
