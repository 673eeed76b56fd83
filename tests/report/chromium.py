"""Chromium without a window, driven through a pipe: no port is opened, and no other program is needed.

Protocol: Chrome DevTools Protocol, messages of JSON that end in NUL, over file descriptors 3 and 4.
https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60  # of one answer, on a machine that is busy
KEYS = {  # name -> code, virtual key code
    "Enter": 13,
    "Escape": 27,
    "Tab": 9,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}


def program() -> str | None:
    """The path of a Chromium of this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Page:
    """One page that is open."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._read, self._number, self._session = b"", 0, ""
        self.said: list[str] = []  # errors, and what the console says
        self.requests: list[str] = []
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{domain}.enable")

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self._ask("Emulation.setDeviceMetricsOverride", metrics)

    def dark(self, dark: bool) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._ask("Emulation.setEmulatedMedia", {"features": features})

    def open(self, url: str) -> None:
        self._ask("Page.navigate", {"url": "about:blank"})
        self._ask("Page.navigate", {"url": url})
        until = time.monotonic() + SECONDS
        while self.value("document.readyState") != "complete" or self.value("location.href") == "about:blank":
            assert time.monotonic() < until, f"{url} does not load"

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript comes to, also where it comes later."""
        asked = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        found = self._ask("Runtime.evaluate", asked)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, *keys: str) -> None:
        for key in keys:
            named = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS.get(key, ord(key[0].upper()))}
            text = {} if key in KEYS and key != "Enter" else {"text": "\r" if key == "Enter" else key}
            self._ask("Input.dispatchKeyEvent", {"type": "keyDown", **named, **text})
            self._ask("Input.dispatchKeyEvent", {"type": "keyUp", **named})

    def mouse(self, kind: str, x: float, y: float) -> None:
        button = {"button": "left", "buttons": 1, "clickCount": 1}
        self._ask("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **button})

    def picture(self, file: Path, *, whole: bool = False) -> None:
        taken = self._ask("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        file.write_bytes(base64.b64decode(taken["data"]))

    def _ask(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters or {}}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            self._hear(answer)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            more = os.read(self._back, 1 << 20)
            assert more, "Chromium ended"
            self._read += more
        message, _, self._read = self._read.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _hear(self, answer: dict[str, Any]) -> None:
        match answer.get("method"):
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded":
                self.said.append(json.dumps(answer["params"]))
            case "Network.requestWillBeSent":
                self.requests.append(answer["params"]["request"]["url"])


@contextmanager
def chromium(folder: Path) -> Iterator[Page]:
    """A page in a Chromium of its own, whose profile lies in the folder."""
    found = program()
    assert found is not None
    (in_read, in_write), (out_read, out_write) = os.pipe(), os.pipe()

    def hand_over() -> None:  # in the child, whose 3 it reads and whose 4 it writes
        spare_in, spare_out = os.dup(in_read), os.dup(out_write)
        os.dup2(spare_in, 3)
        os.dup2(spare_out, 4)

    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
    process = subprocess.Popen(
        [found, *arguments, "--no-first-run", f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=hand_over,
        close_fds=False,
    )
    os.close(in_read)
    os.close(out_write)
    try:
        yield Page(in_write, out_read)
    finally:
        os.close(in_write)
        os.close(out_read)
        process.terminate()
        process.wait(timeout=SECONDS)
