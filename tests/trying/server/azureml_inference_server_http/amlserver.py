"""One script behind `/score`, started by its init and asked by its run."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import sys
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType
from typing import ClassVar

DEFAULT_HOST = vars(importlib.import_module("azureml_inference_server_http.constants"))["DEFAULT_HOST"]


class _Handler(BaseHTTPRequestHandler):
    script: ClassVar[ModuleType]

    def do_GET(self) -> None:
        self._answer(200, "Healthy")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            answer = self.script.run(body)
        except ValueError as error:
            self._answer(400, {"message": str(error)})
        except Exception:  # noqa: BLE001  # whatever a script raises
            traceback.print_exc()
            self._answer(500, {"message": "the script failed"})
        else:
            self._answer(200, answer)

    def _answer(self, status: int, value: object) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def run() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--entry_script", "--port", "--worker_count"):
        parser.add_argument(option, required=True)
    given = parser.parse_args()
    sys.path.append(os.environ["AML_APP_ROOT"])
    spec = importlib.util.spec_from_file_location("entry_module", os.path.realpath(given.entry_script))
    assert spec is not None
    assert spec.loader is not None
    _Handler.script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(_Handler.script)
    _Handler.script.init()
    HTTPServer((DEFAULT_HOST, int(given.port)), _Handler).serve_forever()
