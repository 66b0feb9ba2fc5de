"""Serve the simulated shops and VIES: ``python -m testbed [--data FOLDER]``.

Prints one line of JSON for each shop (platform, url, credentials; or error) and for each
other service (service, url; or error), then ``{"ready": true}``, and serves until it is told
to stop. Signal USR1 places an order in every shop. Needs no Odoo.
"""

import argparse
import contextlib
import json
import signal
import sys
import traceback
from pathlib import Path

from . import DATA, codes, services, simulator_class
from .server import Service, Simulator

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
        for code in services():
            _tell(_start_service(stack, code, options))
        _tell({"ready": True})
        while signal.sigwait(signals) == signal.SIGUSR1:
            for shop in shops:
                _tell({"platform": shop.code, "new": shop.grow(1)})
    return 0


def _options() -> argparse.Namespace:
    names = (*codes(), *services())
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
        metavar="NAME=PORT",
        help=f"by default {FIRST_PORT} and following, in the order {', '.join(names)}",
    )
    parser.add_argument(
        "--grown", type=int, default=0, help="orders that every shop places at the start"
    )
    parser.add_argument(
        "--deny",
        action="append",
        default=[],
        metavar="NAME=RIGHT",
        help="a right that the credentials of a shop lack, as in woocommerce=reports",
    )
    options = parser.parse_args()
    options.ports = {code: FIRST_PORT + index for index, code in enumerate(names)}
    for text in options.port:
        code, _, port = text.partition("=")
        if code not in options.ports or not port.isdigit():
            parser.error(f"--port {text}: expected NAME=PORT, NAME one of {names}")
        options.ports[code] = int(port)
    options.denied = [tuple(text.split("=", 1)) for text in options.deny]
    for denied in options.denied:
        if len(denied) != 2 or denied[0] not in codes():
            parser.error(f"--deny {'='.join(denied)}: expected NAME=RIGHT, NAME one of {codes()}")
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
        for name, right in options.denied:
            if name == code:
                shop.deny(right)
        url = _run(stack, shop, options)
    except Exception as error:  # noqa: BLE001  # unreadable recordings fail in many ways
        traceback.print_exc()
        return None, {"platform": code, "error": f"{type(error).__name__}: {error}"}
    return shop, {
        "platform": code,
        "url": url,
        "credentials": shop.credentials,
        "orders": len(set(shop.order_ids())),
    }


def _start_service(stack, code, options) -> dict:
    """What is told of a service; its data are the testbed's own where others have none."""
    own = options.data / code
    try:
        service = simulator_class(code)(own if own.is_dir() else DATA / code)
        return {"service": code, "url": _run(stack, service, options)}
    except Exception as error:  # noqa: BLE001  # unreadable data fail in many ways
        traceback.print_exc()
        return {"service": code, "error": f"{type(error).__name__}: {error}"}


def _run(stack, service: Service, options) -> str:
    """Its URL, as clients call this host."""
    port = options.ports[service.code]
    url = stack.enter_context(service.running(port, host=options.host))
    if options.name:
        return url.replace(f"//{options.host}:", f"//{options.name}:", 1)
    return url


def _tell(told: dict) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    sys.exit(main())
