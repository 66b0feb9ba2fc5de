"""Serve the simulated shops: ``python -m testbed [--data FOLDER]``.

Prints one line of JSON for each shop (platform, url, credentials; or error), then
``{"ready": true}``, and serves until it is told to stop. Signal USR1 places an order in
every shop. Needs no Odoo.
"""

import argparse
import contextlib
import json
import signal
import sys
import traceback
from pathlib import Path

from . import DATA, codes, simulator_class
from .server import Simulator

FIRST_PORT = 18101


def main() -> int:
    options = _options()
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1}
    # Blocked in the servers' threads too: only sigwait below sees them.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with contextlib.ExitStack() as stack:
        shops = []
        for code in codes():
            if (options.data / code).is_dir():
                shop, told = _start(stack, code, options)
                shops += [shop] if shop else []
                _tell(told)
        _tell({"ready": True})
        while signal.sigwait(signals) == signal.SIGUSR1:
            for shop in shops:
                _tell({"platform": shop.code, "new": shop.grow(1)})
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m testbed", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--data", type=Path, default=DATA, help="recordings: one folder for each platform"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--name", help="how clients call this host, where it is not --host")
    parser.add_argument(
        "--port",
        action="append",
        default=[],
        metavar="PLATFORM=PORT",
        help=f"by default {FIRST_PORT} and following, in the order {', '.join(codes())}",
    )
    parser.add_argument(
        "--grown", type=int, default=0, help="orders that every shop places at the start"
    )
    options = parser.parse_args()
    options.ports = {code: FIRST_PORT + index for index, code in enumerate(codes())}
    for text in options.port:
        code, _, port = text.partition("=")
        if code not in options.ports or not port.isdigit():
            parser.error(f"--port {text}: expected PLATFORM=PORT, PLATFORM one of {codes()}")
        options.ports[code] = int(port)
    if not options.data.is_dir():
        parser.error(f"{options.data} is not a folder")
    return options


def _start(stack, code, options) -> tuple[Simulator | None, dict]:
    """A running simulator and what to tell about it. One that fails is told, not raised:
    the others are of use without it."""
    try:
        shop = simulator_class(code)(options.data / code)
        # One by one: numbers and dates then are the same in whatever steps it grew.
        for _ in range(options.grown):
            shop.grow(1)
        url = stack.enter_context(shop.running(options.ports[code], host=options.host))
    except Exception as error:  # noqa: BLE001  # unreadable recordings fail in many ways
        traceback.print_exc()
        return None, {"platform": code, "error": f"{type(error).__name__}: {error}"}
    if options.name:
        url = url.replace(f"//{options.host}:", f"//{options.name}:", 1)
    return shop, {
        "platform": code,
        "url": url,
        "credentials": shop.credentials,
        "orders": len(set(shop.order_ids())),
    }


def _tell(told: dict) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    sys.exit(main())
