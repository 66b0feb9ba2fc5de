"""``python -m testbed``: what it serves and tells."""

import json
import subprocess
import sys
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
ANY_PORT = [
    part
    for name in ("prestashop", "shopify", "woocommerce", "wix", "ciama", "vies")
    for part in ("--port", f"{name}=0")
]


def serve(*options):
    return subprocess.Popen(
        [sys.executable, "-m", "testbed", *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_shops_are_told_and_lack_the_rights_that_were_denied():
    with serve(*ANY_PORT, "--deny", "prestashop=groups", "--deny", "prestashop=shops") as process:
        try:
            told = {}
            for line in process.stdout:
                entry = json.loads(line)
                if entry.get("ready"):
                    break
                told[entry.get("platform")] = entry
            shop = told["prestashop"]
            statuses = {
                resource: requests.get(
                    f"{shop['url']}/api/{resource}",
                    auth=(shop["credentials"]["key"], ""),
                    timeout=10,
                ).status_code
                for resource in ("orders", "groups", "shops")
            }
            assert statuses == {"orders": 200, "groups": 401, "shops": 401}
        finally:
            process.terminate()
    assert process.returncode == 0


def test_a_right_of_no_platform_is_refused():
    for option in ("groups", "nonsense=groups"):
        with serve("--deny", option) as process:
            assert option in process.stderr.read()
        assert process.returncode == 2
