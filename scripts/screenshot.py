"""Photograph a page of a running Odoo: ``screenshot.py URL OUTPUT.png [WIDTH [HEIGHT]]``.

Logs in as admin/admin (LOGIN=, PASSWORD= change that), opens URL in a headless Chromium,
waits until the page is quiet. Height 0, the default, takes the whole page.
"""

import base64
import contextlib
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests
import websocket

from project import fail, say

CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--remote-debugging-port=0", "--remote-allow-origins=*", "--lang=en",
)  # fmt: skip
SECONDS = 90
SCREEN_HEIGHT = 900
# Odoo's client is up, and nothing is being loaded any more.
READY = (
    "document.readyState === 'complete' && !document.querySelector('.o_blockUI, .o_loading')"
    " && (!!document.querySelector('.o_action_manager > *') || !window.odoo)"
)


def main():
    if not 3 <= len(sys.argv) <= 5:
        fail("usage: screenshot.py URL OUTPUT.png [WIDTH [HEIGHT]]")
    url, output, *size = sys.argv[1:]
    width, height = (*map(int, size), 1400, 0)[:2] if len(size) != 1 else (int(size[0]), 0)
    session = log_in(url)
    with browser() as page:
        page("Network.setCookie", name="session_id", value=session, url=url)
        set_size(page, width, height or SCREEN_HEIGHT)
        page("Page.navigate", url=url)
        wait_until_quiet(page)
        if not height:
            content = page("Page.getLayoutMetrics")["cssContentSize"]
            set_size(page, width, max(int(content["height"]), SCREEN_HEIGHT))
            time.sleep(1)
        image = page("Page.captureScreenshot", format="png")["data"]
    Path(output).write_bytes(base64.b64decode(image))
    say(f"{output}: {width} px wide")


def log_in(url):
    """The session id of a fresh login."""
    base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    session = requests.Session()
    form = session.get(f"{base}/web/login", timeout=SECONDS).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    if not token:
        fail(f"{base} shows no login form")
    values = {
        "csrf_token": token[1],
        "login": os.environ.get("LOGIN", "admin"),
        "password": os.environ.get("PASSWORD", "admin"),
    }
    reply = session.post(f"{base}/web/login", data=values, timeout=SECONDS, allow_redirects=False)
    if reply.status_code != 303:
        fail(f"{base} refuses the login {values['login']}")
    return session.cookies["session_id"]


@contextlib.contextmanager
def browser():
    """A Chromium with one page; yields ``page(method, **parameters)``, the call of a
    DevTools method."""
    # Chromium's children may still write to the profile when it has ended.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [*CHROMIUM, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield connect(process, Path(profile) / "DevToolsActivePort")
        finally:
            process.terminate()
            process.wait()


def connect(process, port_file):
    deadline = time.monotonic() + SECONDS
    while not (port_file.exists() and port_file.read_text().count("\n")):
        if process.poll() is not None or time.monotonic() > deadline:
            fail("Chromium does not start")
        time.sleep(0.1)
    port = port_file.read_text().split("\n")[0]
    pages = requests.get(f"http://127.0.0.1:{port}/json/list", timeout=SECONDS).json()
    address = next(page for page in pages if page["type"] == "page")["webSocketDebuggerUrl"]
    line = websocket.create_connection(address, timeout=SECONDS)
    numbers = itertools.count(1)

    def call(method, **parameters):
        number = next(numbers)
        line.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (reply := json.loads(line.recv())).get("id") != number:
            continue
        if "error" in reply:
            fail(f"Chromium refuses {method}: {reply['error']['message']}")
        return reply["result"]

    return call


def set_size(page, width, height):
    page(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=1,
        mobile=width < 700,
    )


def wait_until_quiet(page):
    deadline = time.monotonic() + SECONDS
    quiet = 0
    while quiet < 4:
        time.sleep(0.5)
        found = page("Runtime.evaluate", expression=READY)["result"].get("value")
        quiet = quiet + 1 if found else 0
        if time.monotonic() > deadline:
            fail(f"the page is still loading after {SECONDS} s")


if __name__ == "__main__":
    main()
