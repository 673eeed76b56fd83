"""The emulated Azure as a whole."""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import TracebackType

from tests.emulator.authority import Authority
from tests.emulator.faults import Fault
from tests.emulator.protocol import Host, Refusal, Request, Response
from tests.emulator.proxy import Proxy
from tests.emulator.state import State


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked and, unless the connection ended, with which status it was answered."""

    request: Request
    status: int | None

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.host}{self.request.path} {self.status}"


class Emulator:
    """A context: serves while it is open. `hosts` may be added to, `state` be put back, `faults` be ordered.

    `unknown` holds requests to hosts that nobody plays, `bugs` what went wrong in the emulator itself: a test that
    leaves either has not shown what it seems to show. `after` is called with each request once its work is done, before
    it is answered: the place to kill whoever asked.
    """

    def __init__(self, folder: Path, *hosts: Host) -> None:
        self.folder = folder
        self.hosts = list(hosts)
        self.state = State()
        self.faults: list[Fault] = []
        self.log: list[Exchange] = []
        self.unknown: list[Exchange] = []
        self.bugs: list[str] = []
        self.after: Callable[[Request], None] | None = None
        self._lock = threading.RLock()
        self._authority = Authority(folder)
        self._proxy = Proxy(self._authority, self._answer)
        self._thread = threading.Thread(target=self._proxy.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Emulator:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._proxy.shutdown()
        self._proxy.server_close()
        self._thread.join()

    def reset(self) -> None:
        """As it was at first, but for its hosts."""
        with self._lock:
            self.state = State()
            self.faults, self.log, self.unknown, self.bugs, self.after = [], [], [], [], None

    @property
    def environment(self) -> dict[str, str]:
        """What sends a program's requests here: to be added to an environment that holds no other proxy."""
        proxy = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        authority = os.fspath(self._authority.file)
        return {
            **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), proxy),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
            **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"), authority),
        }

    def _answer(self, request: Request) -> Response | None:
        with self._lock:
            fault = next((fault for fault in self.faults if fault.befalls(request)), None)
        if fault is not None:
            time.sleep(fault.delay)
        with self._lock:
            response = self._serve(request, fault)
            exchange = Exchange(request, response.status if response else None)
            self.log.append(exchange)
            if self._host(request.host) is None:
                self.unknown.append(exchange)
            if self.after is not None:
                self.after(request)
            return response

    def _serve(self, request: Request, fault: Fault | None) -> Response | None:
        if fault is not None and fault.drops != "after" and (fault.status or fault.drops):
            return fault.response
        host = self._host(request.host)
        if host is None:
            message = f"{request.host} is not played by the emulator"
            return Response(501, {"error": {"code": "UnknownHost", "message": message}})
        try:
            response = host.answer(request, self.state)
        except Refusal as refusal:
            response = refusal.response
        except Exception:  # noqa: BLE001 # a bug of the emulator must be seen, and not hang whoever asked
            self.bugs.append(f"{request.method} {request.host}{request.path}\n{traceback.format_exc()}")
            response = Response(500, {"error": {"code": "EmulatorBug", "message": traceback.format_exc()}})
        return None if fault is not None and fault.drops else response

    def _host(self, name: str) -> Host | None:
        return next((host for host in self.hosts if fnmatchcase(name, host.pattern)), None)
