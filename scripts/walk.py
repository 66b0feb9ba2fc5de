"""Walk through the addon as a newcomer does, in a browser, and take the guide's pictures.

Called by ``make walk``: starts the demonstration with no shop connected (on a database of its
own, made anew), connects WooCommerce and PrestaShop with what it prints, mends all cards and
closes a month. Fails where a step cannot be done. PICTURES= is another folder for the pictures.
"""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import demo
from walking import at_the_browser

import cluster
import db
from project import LOCAL, LOGS, PYTHON, ROOT, fail, say

PICTURES = Path(os.environ.get("PICTURES") or ROOT / "docs" / "screenshots" / "guide")
RECORDINGS = LOCAL / "walk"  # a copy: other recordings get another database
PORT = 8298
START_SECONDS = 900
FIRST_DAY = "01/01/2026 00:00:00"  # of the recorded orders
CLOSED = ("10/01/2026", "10/31/2026")  # the month in which most of them were placed


def main():
    with contextlib.ExitStack() as stack:
        url, told = start_demo(stack)
        at_the_browser(url, PICTURES, lambda person: walk(person, told))
    say(f"Done: the pictures are in {PICTURES}")


def start_demo(stack):
    """(address of Odoo, {platform: {label: value}}) of a demonstration without shops."""
    shutil.rmtree(RECORDINGS, ignore_errors=True)
    shutil.copytree(demo.testbed.DATA, RECORDINGS)
    name = f"ciama_demo_empty_{demo.database_suffix(RECORDINGS)}"
    if not cluster.is_running():
        stack.callback(cluster.stop)
        cluster.start()
    db.drop(name)
    environment = {**os.environ, "EMPTY": "1", "DATA": str(RECORDINGS), "PORT": str(PORT)}
    process = subprocess.Popen(
        [PYTHON, "-u", ROOT / "scripts" / "demo.py"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    stack.callback(db.drop, name)
    stack.callback(stop, process)
    return read_told(process)


def stop(process):
    process.send_signal(signal.SIGINT)
    process.wait()


def read_told(process):
    lines = queue.Queue()
    threading.Thread(
        target=lambda: [lines.put(line) for line in process.stdout], daemon=True
    ).start()
    told, platform = {}, None
    with (LOGS / "walk-demo.log").open("w") as log:
        while True:
            try:
                line = lines.get(timeout=START_SECONDS)
            except queue.Empty:
                fail(f"the demonstration does not start, see {log.name}")
            log.write(line)
            key, _colon, value = line.strip().partition(": ")
            if line.startswith("Connect them"):
                return f"http://localhost:{PORT}", told
            if line.startswith("  ") and platform:
                told[platform][key] = value
            elif key and not value:
                platform = key
                told[platform] = {}


def walk(me, told):
    me.log_in("admin", "admin")
    me.open_app("Ciama Connector")
    me.reads("Connect your first shop")
    me.picture("01-no-shop")
    connect_woocommerce(me, told["WooCommerce"])
    connect_prestashop(me, told["PrestaShop"])
    look_at_the_board(me)
    mend_products(me)
    decide_about_vat(me)
    mend_orders(me)
    look_at_an_order(me)
    look_around(me)
    close_the_month(me)
    end_at_the_overview(me)


# -- connecting
def connect_woocommerce(me, told):
    me.press("Connect a Shop", me.page.locator(".o_view_nocontent"))
    choose(me, "WooCommerce", told, picture="02-platform")
    me.picture("03-connection")
    me.fill("Consumer key", told["Consumer key"])
    me.fill("Consumer secret", told["Consumer secret"])
    me.press("Connect")
    me.reads("What the key may do")
    me.picture("04-rights")
    me.press("Next")
    me.reads("What do the shop's words mean in Odoo?")
    me.picture("05-mappings")
    me.phone_picture("27-phone-wizard")
    me.press("Next")
    me.reads("What would become of the latest orders?")
    me.picture("06-preview")
    me.press("Next")
    begin(me, picture="07-start")


def connect_prestashop(me, told):
    me.press("Connect a Shop")
    choose(me, "PrestaShop", told)
    me.fill("Webservice key", "A" * 32)
    me.press("Connect")
    me.reads("The shop does not know this key")
    me.picture("09-refused")
    me.fill("Webservice key", told["Webservice key"])
    me.press("Connect")
    for heading in ("What the key may do", "What do the shop's words", "What would become"):
        me.reads(heading)
        me.press("Next")
    begin(me)
    me.picture("10-overview")


def choose(me, platform, told, picture=None):
    me.page.locator(".o_ciama_tile").filter(has_text=platform).click()
    me.fill("Address", told["Address"])
    if picture:
        me.picture(picture)
    me.press("Next")


def begin(me, picture=None):
    """Orders from the beginning of the year, invoiced with their own dates."""
    me.reads("How shall it begin?")
    me.fill_date("import_from", FIRST_DAY)
    me.press("How many are there?")
    me.select("Invoice Date", "Date of the order")
    if picture:
        me.picture(picture, with_news=True)
    me.press("Go Live")
    me.reads("Pull Now")
    if picture:
        me.picture("08-first-orders")
    imported(me)


def imported(me):
    """Until no order waits for its import; the screen follows by itself."""
    waiting = me.page.locator(".o_kanban_record").filter(has_text="Waiting")
    me.page.wait_for_timeout(4000)
    me.wait("all orders are imported", lambda: not waiting.count(), 300)
    me.reads("Needs Attention")


# -- mending
def look_at_the_board(me):
    me.menu("Board")
    me.reads("Mend the Amounts")
    me.picture("11-board")
    me.phone_picture("28-phone-board")
    me.press("What to Mend First")
    me.reads("The shop's amounts do not add up")
    me.picture("12-mend-first")


def mend(me, *texts):
    """Open the dialog of a row of what to mend first."""
    me.press("Mend", me.row(*texts))
    me.page.locator(".modal:visible").wait_for()
    me.rest()


def gone(me, *texts):
    rows = me.page.locator(".o_data_row:visible")
    for text in texts:
        rows = rows.filter(has_text=text)
    me.wait(f"{texts} are mended", lambda: not rows.count())


def mend_products(me):
    rows = me.page.locator(".o_data_row:visible").filter(has_text="Unknown product")
    while left := rows.count():
        mend(me, "Unknown product")
        me.tick("Create it")
        if left == 1:
            me.picture("13-product")
        me.press("Save and Import")
        me.wait("the product is there", lambda left=left: rows.count() < left)


def decide_about_vat(me):
    me.reads("Sold without VAT, but why?")
    me.reads("causes hold")  # the title counts anew
    for number, value in enumerate(("BE 21", "CA 5", "US 1.5", "ES 0")):
        mend(me, value)
        me.tick("Follow Odoo")
        if not number:
            me.picture("14-vat")
            me.phone_picture("29-phone-vat", reload=False)
        me.press("Book It This Way")
        gone(me, value)


def mend_orders(me):
    mend(me, "do not add up")
    me.tick("All Such Orders of the Shop")
    me.picture("15-amounts")
    me.phone_picture("32-phone-amounts", reload=False)
    me.press("Share Out the VAT")
    gone(me, "do not add up")
    mend(me, "No customer")
    me.picture("16-customer")
    me.look_up("Customer", "Chloé Moreau")
    me.press("Import for This Customer")
    gone(me, "No customer")
    finish(me)


def finish(me):
    """What came up while the others were mended, until nothing is left."""

    def nothing_left():
        if me.page.locator(".o_view_nocontent:visible").count():
            return True
        if me.page.locator(".o_data_row:visible").filter(has_text="VAT").count():
            mend(me, "VAT")
            me.tick("Follow Odoo")
            me.press("Book It This Way")
        return False

    me.wait("nothing is left to mend", nothing_left, 240)
    me.menu("Board")
    me.reads("Nothing to do")
    me.picture("17-board-done")


# -- looking
def look_at_an_order(me):
    me.menu("Shop Orders")
    me.picture("18-orders")
    me.row("91").locator("td[name=number]").click()
    me.reads("What Happened")
    me.picture("19-order")
    me.press("Sale Order")
    me.rest()
    me.picture("20-sale-order")


def look_around(me):
    me.menu("Mappings", "Payment Methods")
    me.picture("21-mapping")
    me.menu("Figures")
    me.picture("22-figures")
    me.menu("Configuration", "Backfills")
    me.picture("23-backfill")


# -- the month
def close_the_month(me):
    choose_month(me)
    me.picture("24-close")
    for name in ("Download Workbook", "Intra-EU Sales as CSV"):
        if not me.download(name).stat().st_size:
            raise AssertionError(f"{name} gives an empty file")
    me.press("VAT Report")
    me.reads("Domestic")
    me.picture("25-vat-report")
    choose_month(me)
    me.press("Close the Period")
    me.press("Ok")
    me.reads("Closed: nothing with VAT")
    choose_month(me)
    me.reads("This period is closed.")
    me.picture("26-closed")
    me.phone_picture("33-phone-closed", reload=False)
    me.press("Leave")


def choose_month(me):
    me.menu("Accounting", "Close a Month")
    me.tick("Other")
    me.fill_date("date_from", CLOSED[0])
    me.fill_date("date_to", CLOSED[1])


def end_at_the_overview(me):
    me.menu("Overview")
    me.reads("Live and Fine")
    me.picture("30-overview-fine")
    me.phone_picture("31-phone-overview")


if __name__ == "__main__":
    main()
