"""A person at a browser, who finds things by what is written on the screen."""

import re
import time
from pathlib import Path

from playwright.sync_api import TimeoutError as NotFound
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 60_000
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 740}
BUSY = ".o_blockUI, .o_loading_indicator"


class Person:
    """Clicks, types and takes pictures; every step that cannot be done raises."""

    def __init__(self, playwright, url, pictures):
        self.url = url
        self.pictures = Path(pictures)
        self.pictures.mkdir(parents=True, exist_ok=True)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        self.page = browser.new_page(
            viewport=DESK, accept_downloads=True, locale="en-US", timezone_id="Europe/Paris"
        )
        self.page.set_default_timeout(PATIENCE_MS)

    # -- where to look
    @property
    def scope(self):
        """The dialog in front, else the whole page."""
        dialog = self.page.locator(".modal:visible").last
        return dialog if dialog.count() else self.page.locator("body")

    def button(self, text, within=None):
        exactly = re.compile(rf"^\s*{re.escape(text)}\s*$")
        place = within or self.scope
        return place.locator("button:visible, a.btn:visible").filter(has_text=exactly).first

    def row(self, *texts):
        """The row or card that holds all of ``texts``."""
        rows = self.page.locator(".o_data_row:visible, .o_kanban_record:visible")
        for text in texts:
            rows = rows.filter(has_text=text)
        return rows.first

    # -- what to do
    def log_in(self, login, password):
        self.page.goto(f"{self.url}/web/login")
        self.page.get_by_label("Email").fill(login)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_selector(".o_main_navbar")

    def open_app(self, name):
        self.page.locator(".o_navbar_apps_menu button").click()
        self.page.get_by_role("menuitem", name=name).click()
        self.rest()

    def menu(self, name, entry=None):
        """Choose from the menu bar, the ``+`` included where it is too narrow."""
        bar = self.page.locator(".o_menu_sections")
        if not bar.count():  # the bar of a phone, which a wider window does not change
            self.page.reload()
            bar.wait_for()
        exactly = re.compile(rf"^\s*{re.escape(name)}\s*$")
        entry_of_bar = bar.locator("a, button").filter(has_text=exactly)
        if not entry_of_bar.first.is_visible():
            bar.locator(".o_menu_sections_more button").click()
        entry_of_bar.first.click()
        if entry:
            self.page.get_by_role("menuitem", name=entry, exact=True).click()
        self.rest()

    def press(self, text, within=None):
        self.button(text, within).click()
        self.rest()

    def fill(self, label, text):
        field = self.scope.get_by_label(label).first
        field.click()
        field = self.scope.locator("input:focus, textarea:focus").first
        field.fill(text)
        self.page.keyboard.press("Tab")
        self.rest()

    def fill_date(self, name, text):
        """Dates show as a button until they are clicked."""
        place = self.scope.locator(f"[name={name}]").first
        place.locator("button, input").first.click()
        place.locator("input").first.fill(text)
        self.page.keyboard.press("Enter")
        self.page.mouse.move(0, 0)  # away from the field: its tooltip hides the next one
        self.rest()

    def select(self, label, value):
        self.scope.get_by_label(re.compile(rf"^{re.escape(label)}")).first.click()
        self.page.locator(".o-dropdown--menu, .o_select_menu_menu").get_by_text(
            value, exact=True
        ).first.click()
        self.rest()

    def tick(self, label):
        self.scope.get_by_label(label).first.check()
        self.rest()

    def look_up(self, label, text):
        """Choose a record by typing."""
        self.scope.get_by_label(label).first.fill(text)
        self.page.locator(".o-autocomplete--dropdown-item").filter(has_text=text).first.click()
        self.rest()

    def download(self, text):
        """Press a button that gives a file; its path."""
        with self.page.expect_download() as given:
            self.button(text).click()
        return given.value.path()

    def reads(self, text, within=None):
        """Wait until ``text`` stands on the screen."""
        (within or self.page.locator("body")).get_by_text(text).first.wait_for()

    def wait(self, what, condition, seconds=180):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise NotFound(f"waited {seconds} s in vain until {what}")
            self.page.wait_for_timeout(500)

    def rest(self):
        """Until nothing is loading."""
        self.page.wait_for_timeout(400)
        self.wait("nothing loads", lambda: not self.page.locator(BUSY).first.is_visible(), 60)

    # -- pictures
    def picture(self, name, *, with_news=False):
        """Of the screen; messages in the corner are closed unless they are what it shows."""
        self.rest()
        if not with_news:
            # At once: they also go by themselves.
            self.page.evaluate(
                "document.querySelectorAll('.o_notification_close').forEach((x) => x.click())"
            )
        self.page.mouse.move(640, 799)
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.pictures / f"{name}.png", animations="disabled")

    def phone_picture(self, name, reload=True):
        """The same screen on a phone, loaded there unless it is a dialog."""
        self.page.set_viewport_size(PHONE)
        if reload:
            self.page.reload()
            self.page.wait_for_selector(".o_main_navbar")
        self.page.wait_for_timeout(2000)
        self.rest()
        wide = self.page.evaluate("document.scrollingElement.scrollWidth")
        self.page.screenshot(path=self.pictures / f"{name}.png", animations="disabled")
        self.page.set_viewport_size(DESK)
        if reload:
            self.page.reload()
            self.page.wait_for_selector(".o_main_navbar")
        self.page.wait_for_timeout(1500)
        if wide > PHONE["width"]:
            raise AssertionError(f"{name}: {wide} px wide on a phone of {PHONE['width']}")


def at_the_browser(url, pictures, walk):
    """Call ``walk`` with a Person; where it fails, a picture of the screen is kept."""
    with sync_playwright() as playwright:
        person = Person(playwright, url, pictures)
        try:
            walk(person)
        except Exception:
            person.page.screenshot(path=person.pictures / "failed.png")
            raise
