"""The served application with people before it: each at a desk of their own, in a browser context of their own."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Download,
    Locator,
    Page,
    Response,
    ViewportSize,
    expect,
)

from tests.serving import Server

OFFICE = ViewportSize(width=1440, height=900)
TABLET = ViewportSize(width=820, height=1180)
PATIENCE_MS = 20_000
# A form that is refused is answered with these, and Chromium notes each in the console.
_REFUSALS = ("status of 409", "status of 422", "status of 423")

expect.set_options(timeout=PATIENCE_MS)


class Desk:
    """One person at a screen. What must never happen there is gathered in `faults`."""

    def __init__(self, context: BrowserContext, who: str, url: str, shots: Path | None) -> None:
        self.context = context
        self.who = who
        self.url = url
        self.shots = shots
        self.faults: list[str] = []
        self.permitted: list[str] = list(_REFUSALS)
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._heard)
        context.on("response", self._answered)
        context.on("weberror", lambda error: self.faults.append(f"{who}: script: {error.error}"))
        self.page: Page = context.new_page()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in self.permitted):
            self.faults.append(f"{self.who}: console: {message.text} ({message.page.url if message.page else ''})")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{self.who}: {response.status} {response.request.method} {response.url}")

    @contextlib.contextmanager
    def permitting(self, text: str) -> Iterator[None]:
        """While inside, a console error with this text is what is being looked for."""
        self.permitted.append(text)
        yield
        self.permitted.remove(text)

    # Going somewhere

    def open(self, address: str) -> None:
        self.page.goto(address if address.startswith("http") else self.url + address)

    def follow(self, link: str, within: Locator | None = None) -> None:
        """Click the link of this name in the page's own content and arrive."""
        before = self.page.url
        (within or self.page.get_by_role("main")).get_by_role("link", name=link, exact=True).first.click()
        self.page.wait_for_url(lambda url: url != before)

    def sign_in(self, username: str, password: str) -> None:
        self.open("/sign-in")
        self.fill("登录名", username)
        self.fill("密码", password)
        self.press("登录")
        self.page.wait_for_url(re.compile("/desk|/judge"))

    # Filling in

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """The control with exactly this label, the mark of a required one aside."""
        pattern = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*(（必填）)?\s*$")
        return (within or self.page).get_by_label(pattern)

    def fill(self, label: str, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def fill_in(self, texts: dict[str, str], within: Locator | None = None) -> None:
        for label, text in texts.items():
            self.fill(label, text, within)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        self.field(label, within).select_option(label=option)

    def tick(self, label: str, within: Locator | None = None) -> None:
        self.field(label, within).check()

    def upload(self, label: str, path: Path) -> None:
        self.field(label).set_input_files(path)

    # Doing

    def button(self, name: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name, exact=True)

    def press(self, name: str, within: Locator | None = None) -> None:
        self.button(name, within).click()

    def confirm(self, name: str, within: Locator | None = None) -> None:
        """Press a button that asks first, and say yes to its question."""
        self.press(name, within)
        self.press(name, self.dialog())

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def download(self, name: str, within: Locator | None = None, role: str = "link") -> Path:
        with self.page.expect_download() as caught:
            (within or self.page).get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]  # a role
        return saved(caught.value)

    # Seeing

    def see(self, text: str, within: Locator | None = None) -> None:
        expect((within or self.page).get_by_text(text).filter(visible=True).first).to_be_visible()

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(text)))

    def told(self, text: str) -> None:
        """The page says so in a notice."""
        expect(self.page.locator(".notice, .toast").filter(has_text=text).first).to_be_visible()

    def error_at(self, label: str, within: Locator | None = None) -> str:
        """What the form says at this field."""
        field = self.field(label, within)
        expect(field).to_have_attribute("aria-invalid", "true")
        described = (field.get_attribute("aria-describedby") or "").split()[0]
        return self.page.locator(f"[id='{described}']").inner_text().strip()

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text)

    def shot(self, name: str) -> None:
        if self.shots is not None:
            self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)


def saved(download: Download) -> Path:
    """The downloaded file under the name the server gave it."""
    path = Path(download.path()).parent / download.suggested_filename
    download.save_as(path)
    return path


class House:
    """The running server, and the desks of everybody who takes part."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server = server
        self.browser = browser
        self.desks: list[Desk] = []
        folder = os.environ.get("COMPETITION_E2E_SHOTS", "")
        self.shots = Path(folder) if folder else None
        if self.shots is not None:
            self.shots.mkdir(parents=True, exist_ok=True)

    def desk(self, who: str, size: ViewportSize = OFFICE) -> Desk:
        touch = size == TABLET
        context = self.browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True, has_touch=touch
        )
        desk = Desk(context, who, self.server.url, self.shots)
        self.desks.append(desk)
        return desk

    def create_user(self, username: str, name: str, role: str, password: str) -> None:
        """`competition create-user`, the password typed on its standard input."""
        command = [sys.executable, "-m", "competition.cli", "create-user", "--data", str(self.server.data)]
        subprocess.run(
            [*command, "--username", username, "--name", name, "--role", role],
            input=f"{password}\n{password}\n", text=True, check=True, capture_output=True,
            env={**os.environ, "COMPETITION_DATABASE": self.server.database},
        )  # fmt: skip

    @property
    def faults(self) -> list[str]:
        return [fault for desk in self.desks for fault in desk.faults]

    def close(self) -> None:
        for desk in self.desks:
            desk.shot(f"last-{desk.who}")
            desk.context.close()
