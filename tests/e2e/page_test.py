"""What a browser makes of the page, with a server that stands in for ours.

With SLOTLOG_SCREENSHOTS=DIR it leaves pictures of it there.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, "/usr/lib/python3/dist-packages")  # Debian's selenium

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

HERE = pathlib.Path(os.path.abspath(__file__)).parent
WAIT_SECONDS = 20


class Server:
    """The stand-in as a process, so that it can be killed."""

    def __init__(self, port=0, ticket_seconds=60):
        self.process = subprocess.Popen(
            ["/usr/bin/python3", HERE / "stand_in.py"]
            + ["--port", str(port), "--ticket-seconds", str(ticket_seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1200,1100",
        ):
            options.add_argument(argument)
        cls.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options.add_argument(f"--user-data-dir={cls.profile.name}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.chrome.service.Service("/usr/bin/chromedriver")
        cls.browser = webdriver.Chrome(service=service, options=options)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.profile.cleanup()

    def setUp(self):
        self.server = Server()
        self.look("light", 1200, 1100)
        self.errors()  # what an earlier test left

    def tearDown(self):
        self.browser.get("about:blank")
        self.server.kill()

    def look(self, colours, width, height):
        scheme = [{"name": "prefers-color-scheme", "value": colours}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": width,
                "height": height,
                "deviceScaleFactor": 1,
                "mobile": width < 600,
            },
        )

    def keep(self, name):
        if folder := os.environ.get("SLOTLOG_SCREENSHOTS"):
            self.browser.save_screenshot(f"{folder}/page-{name}.png")

    def errors(self):
        return [
            entry["message"]
            for entry in self.browser.get_log("browser")
            if entry["level"] == "SEVERE"
        ]

    def until(self, what):
        return WebDriverWait(self.browser, WAIT_SECONDS, 0.1).until(lambda _: what())

    def text(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector).text

    def label(self, plot):
        return self.browser.find_element(By.ID, plot).get_attribute("aria-label") or ""

    def points(self):
        return self.browser.execute_script("return history.length")

    def test_figures_change_and_the_console_has_no_error(self):
        self.browser.get(self.server.address)
        self.until(lambda: self.text("#state") == "live")
        for plot in ("rates", "length", "stock"):
            first = self.until(lambda: self.label(plot))
            self.until(lambda: self.label(plot) != first)
        self.until(lambda: "slot full" in self.text("#refusals"))
        self.until(lambda: "Busan" in self.text("#regions"))
        self.assertIn("Shard 3, epoch 2", self.text("#shards"))
        self.until(lambda: self.points() >= 8)
        self.keep("light")
        self.look("dark", 1200, 1100)
        before = self.label("rates")
        self.until(lambda: self.label("rates") != before)
        self.keep("dark")
        self.assertEqual(self.errors(), [])

    def test_a_phone_shows_it_without_scrolling_sideways(self):
        self.look("light", 360, 780)
        self.browser.get(f"{self.server.address}/?ticket=3-18211")
        self.until(lambda: re.fullmatch(r"[\d,]+", self.text("#place")))
        self.until(lambda: "Busan" in self.text("#regions"))
        wide = self.browser.execute_script("return document.body.scrollWidth")
        self.assertLessEqual(wide, 360)
        self.keep("phone")

    def test_a_restart_of_the_server_is_survived(self):
        self.browser.get(self.server.address)
        self.until(lambda: self.text("#state") == "live")
        self.server.kill()
        self.until(lambda: "trying again" in self.text("#state"))
        before = self.points()
        self.server = Server(self.server.port)
        self.until(lambda: self.text("#state") == "live")
        self.until(lambda: self.points() > before)
        # A browser reports each request that nobody answered; nothing else.
        for error in self.errors():
            self.assertRegex(error, "ERR_CONNECTION_|ERR_EMPTY_RESPONSE")

    def test_a_ticket_counts_down_by_itself_until_it_is_decided(self):
        self.server.kill()
        self.server = Server(ticket_seconds=6)
        self.browser.get(f"{self.server.address}/?ticket=3-18211")
        ahead = lambda: int(self.text("#place").replace(",", ""))
        self.until(lambda: self.text("#place")[:1].isdigit())
        first = ahead()
        self.until(lambda: "seat" in self.text("#place") or ahead() < first)
        self.until(lambda: self.text("#place") == "You have a seat")
        self.assertIn("busan-03", self.text("#place-words"))
        self.assertEqual(self.errors(), [])

    def test_a_ticket_survives_a_restart_of_the_server(self):
        self.browser.get(f"{self.server.address}/?ticket=3-18211")
        self.until(lambda: self.text("#place")[:1].isdigit())
        self.server.kill()
        self.until(lambda: "No answer" in self.text("#ticket-note"))
        self.server = Server(self.server.port, ticket_seconds=1)
        self.until(lambda: self.text("#place") == "You have a seat")

    def test_an_unknown_ticket_is_told_so(self):
        self.browser.get(f"{self.server.address}/?ticket=9-9")
        self.until(lambda: self.text("#place") == "No such ticket")

    def test_the_keyboard_asks_for_a_ticket_and_reads_a_plot(self):
        self.browser.get(self.server.address)
        self.until(lambda: self.points() >= 3)
        plot = self.browser.find_element(By.ID, "length")
        plot.send_keys(Keys.HOME)
        moment = self.label("length")
        points = self.points()
        self.until(lambda: self.points() > points)
        self.assertEqual(self.label("length"), moment)  # it stays where it is
        plot.send_keys(Keys.ESCAPE)
        self.assertNotEqual(self.label("length"), moment)
        number = self.browser.find_element(By.ID, "number")
        number.send_keys("3-18211", Keys.ENTER)
        self.until(lambda: self.text("#ticket-title") == "Ticket 3-18211")

    def test_everything_has_a_name_for_who_cannot_see_it(self):
        self.browser.get(self.server.address)
        self.until(lambda: self.label("rates"))
        nameless = self.browser.execute_script(
            "return [...document.querySelectorAll('section,svg.plot,input,button')]"
            ".filter(e => !e.getAttribute('aria-label') && !e.textContent.trim() &&"
            " !(e.labels && e.labels.length) && !e.getAttribute('aria-labelledby'))"
            ".map(e => e.outerHTML)"
        )
        self.assertEqual(nameless, [])
        self.until(lambda: "people in line" in self.said())

    def said(self):
        status = self.browser.find_element(By.ID, "said")
        return status.get_attribute("textContent")


if __name__ == "__main__":
    unittest.main()
