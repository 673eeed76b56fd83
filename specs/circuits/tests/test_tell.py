"""What the app hears after a release, by a server of this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import tell

MODELS = {
    "schema": "mlinfra/models/v1",
    "models": {"aachen": {"version": "7", "parameters": {"cutoff": "2026-10-01"}}, "evora": {"version": "2"}},
}
HEARD: list[object] = []


class App(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        HEARD.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(500 if self.path == "/broken" else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    HEARD.clear()
    (tmp_path / "models.json").write_text(json.dumps(MODELS))
    monkeypatch.setenv("MLINFRA_MODELS", str(tmp_path))
    server = HTTPServer(("127.0.0.1", 0), App)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_app_hears_of_what_was_released_and_of_nothing_else(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLINFRA_ACCEPTED", "aachen:7")
    tell.main([app])
    assert HEARD == [{"aachen": {"version": "7", "cutoff": "2026-10-01"}}]


def test_nothing_released_is_nothing_to_tell(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLINFRA_ACCEPTED", "")
    tell.main([app])
    assert HEARD == []


def test_an_app_that_does_not_take_it_fails_the_step(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLINFRA_ACCEPTED", "aachen:7")
    with pytest.raises(SystemExit, match="did not take it: HTTP Error 500"):
        tell.main([f"{app}/broken"])
