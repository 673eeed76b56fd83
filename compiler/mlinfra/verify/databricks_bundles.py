"""databricks bundles: the Databricks CLI validates every bundle strictly, before a host that knows who asks, no more.

The CLI asks its workspace who is signed in, and looks names up; the names are given here, as variables of its
environment. It sees the compiled files and those that bodies name, and nothing else of a branch; nothing of that runs.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from mlinfra.emit.databricks import Described, bundles
from mlinfra.repository.programs import run
from mlinfra.verify.case import Case, one_paragraph, sorted_findings
from mlinfra.verify.verdict import Finding, NotInstalled, Opinion

HOW_TO_GET = "install the Databricks CLI from its releases on GitHub, or name it in MLINFRA_DATABRICKS"
TIMEOUT_SECONDS = 120
WHO = "00000000-0000-0000-0000-000000000000"  # a service principal, as in pipelines
_RESOURCE_ID = re.compile(r"(?m)^( *)azure_workspace_resource_id: .*$")
_VARIABLE = re.compile(r"(?m)^  ([A-Za-z0-9_-]+):$")
_SAID = re.compile(r"(Warning|Error|Recommendation): (?P<words>.*?)(?=\n\n|\Z)", re.DOTALL)
_PLACE = re.compile(r"\n  in (?P<file>[^\n]+?):(?P<line>\d+):\d+")
_STRICT = re.compile(r"\d+ warnings? (?:was|were) found\. Warnings are not allowed in strict mode")


def databricks_bundles(case: Case) -> Opinion:
    """What `databricks bundle validate --strict` says of each bundle of each target."""
    all_bundles = [bundle for plan in case.compiled.plans for bundle in bundles(plan.graph)]
    if not all_bundles:
        return Opinion("none", (), ("the spec has no bundles",))
    program = case.tool("databricks", "MLINFRA_DATABRICKS")
    if program is None:
        raise NotInstalled(HOW_TO_GET)
    findings: list[Finding] = []
    with _laid_out(case, all_bundles) as folder, _host() as host:
        words = run(program, ("--version",), folder, case.seen(), TIMEOUT_SECONDS).stdout.split()
        for bundle in all_bundles:
            findings += _judged(case, program, folder, bundle, host)
    return Opinion(words[-1].lstrip("v") if words else "unknown", sorted_findings(findings))


@contextmanager
def _laid_out(case: Case, all_bundles: list[Described]) -> Iterator[Path]:
    """The output, and what bodies name beside it, in folders that lie to each other as those of the repository."""
    output = Path(os.path.relpath(case.place.outdir, case.place.root))
    if output.parts[:1] == ("..",):
        raise OSError("the output lies outside of the repository, and bundles name files of that")
    files = [file for bundle in all_bundles for file in case.files(".yml", below=f"{bundle.folder}/")]
    with case.laid_out(()) as folder:
        for file in files:
            _write(folder / output / file, case.texts[file])
        for bundle in all_bundles:
            _write_named(bundle, case.place.root, folder)
        yield folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _write_named(bundle: Described, root: Path, folder: Path) -> None:
    """The files that bodies name; of a folder that one names, that it is there."""
    files = bundle.graph.files
    for entry in bundle.entries:
        for local in bundle.graph.local_paths_of(entry.address):
            path = folder / local.target.relative_to(root)
            text = files.text_or_none(local.target)
            if text is None:
                _write(path / "stands-for-what-is-there.py", "")
            else:
                _write(path, text)


def _judged(case: Case, program: Path, folder: Path, bundle: Described, host: str) -> Iterator[Finding]:
    output = Path(os.path.relpath(case.place.outdir, case.place.root)).as_posix()
    at = folder / output / bundle.folder
    configuration = at / "databricks.yml"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(_RESOURCE_ID.sub(rf"\1host: {host}", text), encoding="utf-8")
    section = text.partition("\nvariables:\n")[2].partition("\nsync:")[0]
    given = {f"BUNDLE_VAR_{name}": "0" for name in _VARIABLE.findall(section)}
    profiles = folder / "databrickscfg"  # the user's own would be read, too
    profiles.touch()
    environ = case.seen(
        DATABRICKS_AUTH_TYPE="pat",
        DATABRICKS_TOKEN="none",
        DATABRICKS_CONFIG_FILE=str(profiles),
        DATABRICKS_CLI_DISABLE_UPDATE_CHECK="1",
        **given,
    )
    arguments = ("bundle", "validate", "--strict", "--target", bundle.graph.target.name)
    result = run(program, arguments, at, environ, TIMEOUT_SECONDS)
    found = list(_findings(case, result, f"{bundle.folder}/", folder))
    yield from found
    if result.returncode and not found:
        said = one_paragraph(result.stderr or result.stdout, folder)
        yield case.finding(f"{bundle.folder}/databricks.yml", None, said or f"exited with {result.returncode}")


def _findings(case: Case, result: subprocess.CompletedProcess[str], below: str, folder: Path) -> Iterator[Finding]:
    for said in _SAID.finditer(f"{result.stdout}\n\n{result.stderr}"):
        words = said["words"]
        if said[1] == "Recommendation" or _STRICT.search(words):
            continue
        place = _PLACE.search(words)
        message = one_paragraph(words[: place.start()] if place else words, folder)
        file = f"{below}{place['file']}" if place else f"{below}databricks.yml"
        yield case.finding(file, int(place["line"]) if place else None, message)


@contextmanager
def _host() -> Iterator[str]:
    """The address of a workspace, on this machine, in which there is nothing."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Workspace) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Workspace(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.partition("?")[0] == "/api/2.0/preview/scim/v2/Me":
            self._answer(200, {"id": "1", "userName": WHO, "displayName": "mlinfra verify", "active": True})
        else:
            self._answer(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "there is nothing"})

    def do_POST(self) -> None:
        """Nothing is made, and what the CLI tells of itself is not kept."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(403, {"error_code": "PERMISSION_DENIED", "message": "nothing is made here"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
