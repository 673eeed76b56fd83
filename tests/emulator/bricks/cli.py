"""`databricks` on a machine: it signs in as az is signed in, and asks the emulated services as the CLI does.

python cli.py FOLDER ARGUMENT…

The CLI is on no package index. Which request a command is, its reference says; what it prints is what was answered.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":  # started with -I, which looks nowhere
    sys.path[:0] = [os.fspath(ROOT), os.fspath(ROOT / "compiler")]

from tests.emulator.bricks.bundle import bundle  # noqa: E402 # after the path is set
from tests.emulator.bricks.session import Failed, Session, quoted  # noqa: E402 # so does this
from tests.scripts.fake_databricks import CHECKS  # noqa: E402 # so does this

VERSION = "Databricks CLI v1.9.0"
_UC = "/api/2.1/unity-catalog"
_NCC = "/api/2.0/accounts/{account}/network-connectivity-configs"
# A command with its names: the request, and what of the answer is printed. `{json}` is a flag that is the body.
_COMMANDS: Mapping[str, tuple[str, str]] = {
    "storage-credentials list --include-unbound": (
        f"GET {_UC}/storage-credentials?include_unbound=true",
        "storage_credentials",
    ),
    "storage-credentials create --json J": (f"POST {_UC}/storage-credentials", ""),
    "storage-credentials update 0 --json J": (f"PATCH {_UC}/storage-credentials/{{0}}", ""),
    **{
        f"{each} get 0": (f"GET {_UC}/{each}/{{0}}", "")
        for each in ("catalogs", "external-locations", "storage-credentials")
    },
    **{
        f"{each} update 0 --isolation-mode M": (f"PATCH {_UC}/{each}/{{0}} isolation_mode", "")
        for each in ("catalogs", "external-locations", "storage-credentials")
    },
    "workspace-bindings get-bindings 0 1": (f"GET {_UC}/bindings/{{0}}/{{1}}", "bindings"),
    "workspace-bindings update-bindings 0 1 --json J": (f"PATCH {_UC}/bindings/{{0}}/{{1}}", ""),
    "current-user me": ("GET /api/2.0/preview/scim/v2/Me", ""),
    "grants get 0 1": (f"GET {_UC}/permissions/{{0}}/{{1}}", ""),
    "grants get-effective 0 1": (f"GET {_UC}/effective-permissions/{{0}}/{{1}}", ""),
    "grants update 0 1 --json J": (f"PATCH {_UC}/permissions/{{0}}/{{1}}", ""),
    "cluster-policies list": ("GET /api/2.0/policies/clusters/list", "policies"),
    "cluster-policies create --json J": ("POST /api/2.0/policies/clusters/create", ""),
    "cluster-policies edit --json J": ("POST /api/2.0/policies/clusters/edit", ""),
    "cluster-policies get-permissions 0": ("GET /api/2.0/permissions/cluster-policies/{0}", ""),
    "cluster-policies set-permissions 0 --json J": ("PUT /api/2.0/permissions/cluster-policies/{0}", ""),
    "workspace get-status 0": ("GET /api/2.0/workspace/get-status?path={0}", ""),
    "workspace mkdirs 0": ("POST /api/2.0/workspace/mkdirs path={0}", ""),
    "workspace get-permissions 0 1": ("GET /api/2.0/permissions/{0}/{1}", ""),
    "workspace update-permissions 0 1 --json J": ("PATCH /api/2.0/permissions/{0}/{1}", ""),
    "account groups-v2 list --filter F": ("GET /api/2.0/accounts/{account}/scim/v2/Groups?filter={F}", "Resources"),
    "account groups-v2 create --json J": ("POST /api/2.0/accounts/{account}/scim/v2/Groups", ""),
    "account service-principals-v2 list --filter F": (
        "GET /api/2.0/accounts/{account}/scim/v2/ServicePrincipals?filter={F}",
        "Resources",
    ),
    "account service-principals-v2 create --json J": ("POST /api/2.0/accounts/{account}/scim/v2/ServicePrincipals", ""),
    "account workspace-assignment list 0": (
        "GET /api/2.0/accounts/{account}/workspaces/{0}/permissionassignments",
        "permission_assignments",
    ),
    "account workspace-assignment update 0 1 --json J": (
        "PUT /api/2.0/accounts/{account}/workspaces/{0}/permissionassignments/principals/{1}",
        "",
    ),
    "account access-control get-rule-set 0 1": (
        "GET /api/2.0/preview/accounts/{account}/access-control/rule-sets?name={0}&etag={1}",
        "",
    ),
    "account access-control update-rule-set --json J": (
        "PUT /api/2.0/preview/accounts/{account}/access-control/rule-sets",
        "",
    ),
    "account metastores list": ("GET /api/2.0/accounts/{account}/metastores", "metastores"),
    "account metastore-assignments get 0": ("GET /api/2.0/accounts/{account}/workspaces/{0}/metastore", ""),
    "account metastore-assignments create 0 1": ("POST /api/2.0/accounts/{account}/workspaces/{0}/metastores/{1}", ""),
    "account workspaces get 0": ("GET /api/2.0/accounts/{account}/workspaces/{0}", ""),
    "account workspaces update 0 --network-connectivity-config-id C --update-mask M": (
        "PATCH /api/2.0/accounts/{account}/workspaces/{0}?update_mask={M} network_connectivity_config_id={C}",
        "",
    ),
    "account network-connectivity list-network-connectivity-configurations": (f"GET {_NCC}", "items"),
    "account network-connectivity create-network-connectivity-configuration 0 1": (
        f"POST {_NCC} name={{0}} region={{1}}",
        "",
    ),
    "account network-connectivity list-private-endpoint-rules 0": (f"GET {_NCC}/{{0}}/private-endpoint-rules", "items"),
    "account network-connectivity create-private-endpoint-rule 0 --resource-id R --group-id G": (
        f"POST {_NCC}/{{0}}/private-endpoint-rules resource_id={{R}} group_id={{G}}",
        "",
    ),
}


def install(bin_folder: Path, folder: Path) -> None:
    """Puts the program into a folder of the PATH."""
    folder.mkdir()
    call = shlex.join([sys.executable, "-I", os.fspath(Path(__file__).resolve()), os.fspath(folder)])
    program = bin_folder / "databricks"
    program.write_text(f'#!/usr/bin/env bash\n{CHECKS}shift\nexec {call} "$@"\n')
    program.chmod(0o755)


def main(folder: str, *arguments: str) -> int:
    session = Session(Path(folder))
    try:
        sys.stdout.write(_answer(session, list(arguments)))
    except Failed as failed:
        sys.stderr.write(f"Error: {failed}\n")
        return 1
    return 0


def _answer(session: Session, words: list[str]) -> str:
    if words == ["--version"]:
        return f"{VERSION}\n"
    if words[0] == "bundle":
        return bundle(session, words[1], words[2:])
    if words[-2:] != ["--output", "json"]:
        raise Failed(f"no script reads a table: {words}")
    for command, (request, key) in _COMMANDS.items():
        given = _given(command.split(), words[:-2])
        if given is not None:
            found = _asked(session, request, given)
            return json.dumps(found.get(key, []) if key else found)
    raise Failed(f"unknown command: databricks {shlex.join(words)}")


def _given(command: list[str], words: list[str]) -> dict[str, str] | None:
    """What stands at the names of a command, or None where it is another one."""
    if len(command) != len(words):
        return None
    given = {}
    for known, word in zip(command, words, strict=True):
        if len(known) == 1:
            given[known] = word
        elif known != word:
            return None
    return given


def _asked(session: Session, request: str, given: Mapping[str, str]) -> dict[str, Any]:
    method, path, *fields = request.split(" ")
    values = {**given, "account": os.environ.get("DATABRICKS_ACCOUNT_ID", "")}
    body: dict[str, Any] | None = json.loads(given["J"]) if "J" in given else None
    for field in fields:
        name, _, value = field.partition("=")
        body = {**(body or {}), name: _filled(value, values) if value else given["M"]}
    place, _, query = path.partition("?")
    place = _filled(place, {key: quoted(value) for key, value in values.items()})
    pairs = [pair.partition("=") for pair in query.split("&")] if query else []
    asked = {name: _filled(value, values) for name, _, value in pairs}
    found = session.ask(method, place, body, asked)
    return found if isinstance(found, dict) else {}


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
