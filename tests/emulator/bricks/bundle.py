"""`databricks bundle`: validates, plans and deploys the bundle of the folder in which the program starts.

What it made is in resources.json of the bundle's state, as the direct engine keeps it, beside the lock of who deploys.
Source: docs, "bundle command group", "Declarative Automation Bundles deployment modes".
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from tests.emulator.bricks.session import Failed, Session

Json = dict[str, Any]
_UC, _REFERENCE = "/api/2.1/unity-catalog", re.compile(r"\$\{resources\.([a-z_]+)\.([\w-]+)\.([\w.]+)\}")
_APART = ("grants", "permissions", "lifecycle")
_FLAGS = {
    "validate": {"--strict": False, "--target": True, "--var": True},
    "plan": {"--target": True, "--output": True, "--var": True},
    "deploy": {"--target": True, "--auto-approve": False, "--plan": True, "--force-lock": False},
}


@dataclass(frozen=True)
class Kind:
    """The requests by which a resource is made, read, changed and deleted, as "METHOD path"; `id` is in the answer."""

    make: str
    read: str
    change: str
    drop: str
    id: str
    permissions: str = ""  # what the API of permissions calls it
    grants: str = ""  # and Unity Catalog


def _catalogued(path: str, word: str, id: str = "full_name") -> Kind:
    one = f"{_UC}/{path}/{{id}}"
    return Kind(f"POST {_UC}/{path}", f"GET {one}", f"PATCH {one}", f"DELETE {one}", id, grants=word)


def _called(path: str, id: str, change: str, permissions: str) -> Kind:
    read, drop = f"GET {path}/get?{id}={{id}}", f"POST {path}/delete"
    return Kind(f"POST {path}/create", read, f"POST {path}/{change}", drop, id, permissions)


KINDS = {
    "catalogs": _catalogued("catalogs", "catalog", "name"),
    "external_locations": _catalogued("external-locations", "external_location", "name"),
    "schemas": _catalogued("schemas", "schema"),
    "volumes": _catalogued("volumes", "volume"),
    "registered_models": _catalogued("models", "function"),
    "jobs": _called("/api/2.2/jobs", "job_id", "reset", "jobs"),
    "experiments": _called("/api/2.0/mlflow/experiments", "experiment_id", "update", "experiments"),
    "pipelines": Kind(
        "POST /api/2.0/pipelines",
        "GET /api/2.0/pipelines/{id}",
        "PUT /api/2.0/pipelines/{id}",
        "DELETE /api/2.0/pipelines/{id}",
        "pipeline_id",
        "pipelines",
    ),
    "secret_scopes": Kind(
        "POST /api/2.0/secrets/scopes/create",
        "GET /api/2.0/secrets/scopes/list",
        "",
        "POST /api/2.0/secrets/scopes/delete",
        "",
    ),
    "quality_monitors": Kind(
        f"POST {_UC}/tables/{{id}}/monitor",
        f"GET {_UC}/tables/{{id}}/monitor",
        f"PUT {_UC}/tables/{{id}}/monitor",
        "",
        "table_name",
    ),
}


def bundle(session: Session, verb: str, words: list[str]) -> str:
    """What the command prints."""
    flags = _parsed(verb, words)
    at = _Bundle(session, flags["--target"], flags.get("--var", {}))
    session.ask("GET", "/api/2.0/preview/scim/v2/Me")
    at.validate()
    if verb == "validate":
        if not flags.get("--strict"):
            raise Failed("validate without --strict only warns")
        return "Validation OK!\n"
    if verb == "plan":
        return json.dumps(at.plan(), indent=2) + "\n"
    return at.deploy(flags)


def _parsed(verb: str, words: list[str]) -> Json:
    flags: Json = {}
    rest = iter(words)
    for word in rest:
        if word not in _FLAGS.get(verb, {}):
            raise Failed(f"unknown flag: {word}")
        value = next(rest) if _FLAGS[verb][word] else True
        flags[word] = {**flags.get(word, {}), **dict([str(value).split("=", 1)])} if word == "--var" else value
    return flags


class _Bundle:
    def __init__(self, session: Session, target: str, given: Json) -> None:
        self._session = session
        read = yaml.safe_load(Path("databricks.yml").read_text(encoding="utf-8"))
        if target not in read["targets"]:
            raise Failed(f"{target}: no such target. Available targets: {', '.join(read['targets'])}")
        workspace = read["targets"][target]["workspace"]
        session.workspace = workspace["azure_workspace_resource_id"]
        self._root = workspace["root_path"]
        self._sync = read["sync"]["paths"]
        self._wanted: Json = {}
        self._files: dict[str, Path] = {}
        for path in sorted(Path("resources").glob("*/*.yml")):
            for section, entries in yaml.safe_load(path.read_text(encoding="utf-8"))["resources"].items():
                for key, body in entries.items():
                    self._wanted[f"{section}.{key}"] = body
                    self._files[f"{section}.{key}"] = path
        self._variables: Json = read.get("variables", {})
        if unknown := given.keys() - self._variables.keys():
            raise Failed(f"variable {min(unknown)} has not been defined")
        self._given = given

    def validate(self) -> None:
        """What the CLI refuses without asking: keys that stand twice, references and files to nothing."""
        keys = [name.partition(".")[2] for name in self._wanted]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise Failed(f"multiple resources have been defined with the same key: {', '.join(sorted(twice))}")
        for name, body in self._wanted.items():
            section = name.partition(".")[0]
            if section not in KINDS:  # of cluster policies 1.9.0 knows nothing
                raise Failed(f"unknown field: {section}")
            for found in _references(body):
                if found not in self._wanted:
                    raise Failed(f"reference does not exist: ${{resources.{found}}} in {name}")
            for local in _local_paths(body):
                if not (self._files[name].parent / local).exists():
                    raise Failed(f"file {local} of {name} not found")

        self._look_up()
        who = json.dumps(self._session.ask("GET", "/api/2.0/preview/scim/v2/Me")["userName"])[1:-1]
        self._wanted = json.loads(json.dumps(self._wanted).replace("${workspace.current_user.userName}", who))

    def _look_up(self) -> None:
        """The ids of what is named, in the place of the variables that stand for them."""
        for name, variable in self._variables.items():
            called = variable["lookup"]["cluster_policy"]
            everything = self._session.ask("GET", "/api/2.0/policies/clusters/list")["policies"]
            found = [each["policy_id"] for each in everything if each["name"] == called]
            if not found and name not in self._given:
                raise Failed(f"failed to resolve cluster-policy: {called}, err: Policy named '{called}' does not exist")
            value = json.dumps(self._given.get(name) or found[0])[1:-1]
            self._wanted = json.loads(json.dumps(self._wanted).replace(f"${{var.{name}}}", value))

    def plan(self) -> Json:
        made = self._made()
        entries = {}
        for name in sorted({*self._wanted, *made}):
            entries[f"resources.{name}"] = self._planned(name, made.get(name))
        return {"plan_version": 2, "cli_version": "1.9.0", "plan": entries}

    def _planned(self, name: str, made: Json | None) -> Json:
        if made is None:
            return {"action": "create"}
        remote = self._remote(name, made["id"])
        is_there = remote is not None
        if name not in self._wanted:
            return {"action": "delete", **({} if is_there else {"gone": True})}
        if not is_there:
            return {"action": "create"}
        before, now = made["config"], self._wanted[name]
        root = self._resolved(now.get("storage_root"), self._made()) if name.startswith("catalogs.") else None
        if root and root != remote["storage_root"]:  # as before https://github.com/databricks/cli/pull/6622
            return {"action": "recreate"}
        fields = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
        changes = {"changes": {key: {"action": "update"} for key in fields}}
        return {"action": "update", **changes} if fields else {"action": "skip"}

    def deploy(self, flags: Json) -> str:
        if not flags.get("--auto-approve"):
            raise Failed(
                "this bundle deployment requires approval, but the current console does not support prompting."
            )
        plan = self.plan()
        if "--plan" in flags and json.loads(Path(flags["--plan"]).read_text(encoding="utf-8")) != plan:
            raise Failed("the plan does not match the state any more")
        self._lock(force=bool(flags.get("--force-lock")))
        try:
            self._upload()
            self._apply(plan["plan"])
        finally:
            self._session.ask("POST", "/api/2.0/workspace/delete", {"path": self._lock_file})
        return "Deployment complete!\n"

    @property
    def _lock_file(self) -> str:
        return f"{self._root}/state/deploy.lock"

    def _lock(self, *, force: bool) -> None:
        overwrite = {"overwrite": "true" if force else "false"}
        self._session.ask("POST", "/api/2.0/workspace/mkdirs", {"path": f"{self._root}/state"})
        try:
            self._session.ask("POST", _import(self._lock_file), b"{}", overwrite)
        except Failed as failed:
            if "ALREADY_EXISTS" not in str(failed):
                raise
            said = "deploy lock acquired by somebody at 2026-11-27 18:00:00 +0000 UTC. Use --force-lock to override"
            raise Failed(f"Failed to acquire deployment lock: {said}\nError: {said}") from failed

    def _upload(self) -> None:
        for folder in self._sync:
            for path in sorted(Path(folder).rglob("*.py")):
                place = posixpath.normpath(f"{self._root}/files/{path.relative_to(folder).as_posix()}")
                self._session.ask("POST", _import(place), path.read_bytes(), {"overwrite": "true"})

    def _made(self) -> Json:
        """The resources of the state; nothing where it isn't there, or not for who asks."""
        path = f"/api/2.0/workspace-files{self._root}/state/resources.json"
        raw = self._session.ask("GET", path, missing=True)
        found: Json = json.loads(raw) if raw else {}
        return found

    def _keep(self, made: Json) -> None:
        path = _import(f"{self._root}/state/resources.json")
        self._session.ask("POST", path, json.dumps(made, sort_keys=True).encode(), {"overwrite": "true"})

    def _apply(self, entries: Json) -> None:
        made = self._made()
        needs = {name: set(_references(body)) - {name} for name, body in self._wanted.items()}
        for name in TopologicalSorter(needs).static_order():
            action = entries[f"resources.{name}"]["action"]
            if action != "skip":
                body = self._resolved(self._wanted[name], made)
                before = made[name]["id"] if action == "update" else ""
                # The id is kept before anything else is asked: what was made is found again, whatever stops that.
                identifier = self._put(name, body, before)
                made[name] = {"id": identifier, "config": {}}
                self._keep(made)
                self._let(name, body, identifier)
                made[name]["config"] = self._wanted[name]
                self._keep(made)
        for name in sorted(set(made) - set(self._wanted)):
            if not entries[f"resources.{name}"].get("gone"):
                self._drop(name, made[name]["id"])
            del made[name]
            self._keep(made)

    def _put(self, name: str, body: Json, before: str) -> str:
        """Makes or changes a resource: its id."""
        section = name.partition(".")[0]
        kind = KINDS[section]
        request = {key: value for key, value in body.items() if key not in _APART}
        if section == "secret_scopes":
            vault = request.get("keyvault_metadata")
            of_vault = {"scope_backend_type": "AZURE_KEYVAULT", "backend_azure_keyvault": vault} if vault else {}
            if not before:
                self._session.ask("POST", kind.make.split()[1], {"scope": request["name"], **of_vault})
            return str(request["name"])
        if section == "jobs":
            request = {**request, "job_clusters": request.get("job_clusters", [])}
        request.pop("owner", None)
        method, path = (kind.change if before else kind.make).split()
        if before and section == "jobs":
            request = {"job_id": int(before), "new_settings": request}
        elif before and section == "experiments":
            request = {**request, kind.id: before, "new_name": request["name"]}
        target = str(request.get("table_name", before))
        answered = self._session.ask(method, path.format(id=target), request)
        return before or str(answered[kind.id])

    def _let(self, name: str, body: Json, identifier: str) -> None:
        kind = KINDS[name.partition(".")[0]]
        if body.get("owner"):
            self._session.ask("PATCH", kind.read.split()[1].format(id=identifier), {"owner": body["owner"]})
        if kind.grants and body.get("grants"):
            changes = [{"principal": each["principal"], "add": each["privileges"]} for each in body["grants"]]
            self._session.ask("PATCH", f"{_UC}/permissions/{kind.grants}/{identifier}", {"changes": changes})
        if kind.permissions and body.get("permissions"):
            given = [
                {**{key: value for key, value in each.items() if key != "level"}, "permission_level": each["level"]}
                for each in body["permissions"]
            ]
            path = f"/api/2.0/permissions/{kind.permissions}/{identifier}"
            self._session.ask("PUT", path, {"access_control_list": given})

    def _remote(self, name: str, identifier: str) -> Any:
        section = name.partition(".")[0]
        method, _, path = KINDS[section].read.partition(" ")
        place, _, query = path.partition("?")
        asked = {query.partition("=")[0]: identifier} if query else {}
        found = self._session.ask(method, place.format(id=identifier), None, asked, missing=True)
        if section == "secret_scopes":
            return next((each for each in found["scopes"] if each["name"] == identifier), None)
        return found

    def _drop(self, name: str, identifier: str) -> None:
        kind = KINDS[name.partition(".")[0]]
        method, _, path = kind.drop.partition(" ")
        if method == "DELETE":
            self._session.ask(method, path.format(id=identifier))
        else:
            field = kind.id or "scope"
            self._session.ask(method, path, {field: int(identifier) if field == "job_id" else identifier})

    def _resolved(self, value: Any, made: Json) -> Any:
        if isinstance(value, dict):
            return {key: self._resolved(each, made) for key, each in value.items()}
        if isinstance(value, list):
            return [self._resolved(each, made) for each in value]
        if isinstance(value, str):
            return _REFERENCE.sub(lambda found: self._named(found, made), value)
        return value

    def _named(self, found: re.Match[str], made: Json) -> str:
        name, field = f"{found[1]}.{found[2]}", found[3]
        return str(made[name]["id"] if field == "id" else self._resolved(self._wanted[name][field], made))


def _import(path: str) -> str:
    return f"/api/2.0/workspace-files/import-file{path}"


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, str):
        for found in _REFERENCE.finditer(value):
            yield f"{found[1]}.{found[2]}"


def _local_paths(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("python_file", "path", "notebook_path") and isinstance(each, str) and each.startswith("."):
                yield each
            yield from _local_paths(each)
    elif isinstance(value, list):
        for each in value:
            yield from _local_paths(each)
