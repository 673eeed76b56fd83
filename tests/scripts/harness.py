"""Runs the generated scripts against the fake `az`."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.pipelines.scripts import ScriptsContext, scripts
from tests.scripts.example import SCHEDULED, VERSIONS
from tests.scripts.fake_az.__main__ import CLIENT, DATABRICKS
from tests.scripts.fake_az.control import TENANT
from tests.scripts.fake_az.world import RUNNER
from tests.scripts.infra_hash import infra_hash
from tests.tools import search_path

ROOT = Path(__file__).parents[2]
METRICS = {"auc": 0.9, "error": 0.1}  # that a job writes unless the test says otherwise
_DEADLINE_SECONDS = 60  # for one script; they take a second
_BASH = shutil.which("bash") or "bash"


class Result(NamedTuple):
    """How a script ended."""

    code: int
    stdout: str
    stderr: str


class Snapshot(NamedTuple):
    """The state of Azure, and the files in the folder `out`."""

    state: dict[str, Any]
    files: dict[str, str]


def write_output(folder: Path, context: ScriptsContext) -> Path:
    """An output folder with the scripts and every file that they name; returns it."""
    for name, text in scripts(context).items():
        _write(folder / "scripts" / name, text)
    for target in context.targets:
        for unit in target.units:
            _write(folder / target.name / "infra" / f"{unit}.bicep", f"// {unit} of {target.name}\n")
            _write(folder / target.name / "infra" / f"{unit}.bicepparam", f"using './{unit}.bicep'\r\n")
        files = [(asset.name, asset.file) for asset in target.assets]
        files += [(job.name, job.file) for job in target.jobs]
        files += [(job.name, job.file) for job in target.checked]
        files += [(compute.name, compute.file) for compute in target.computes]
        files += [(schedule.name, schedule.file) for schedule in target.schedules]
        for name, file in files:
            _write(folder / file, json.dumps({"name": name, "tags": {"team": "growth"}} | _kind_body(file)))
        for bundle in target.bundles:
            workspace = {"root_path": f"/Workspace/.bundle/{context.platform}/{target.name}/{bundle.bundle}"}
            _write(
                folder / bundle.folder / "databricks.yml",
                json.dumps({"targets": {target.name: {"workspace": workspace}}}),
            )
        for endpoint in target.endpoints:
            _write(folder / endpoint.file, json.dumps({"name": endpoint.name, "tags": {"team": "growth"}}))
            for slot in endpoint.deployments:
                model = {} if slot.model else {"model": f"azureml:vendor:{slot.model_version}"}
                _write(folder / slot.file, json.dumps({"name": slot.entry, "endpoint_name": endpoint.name} | model))
            if endpoint.invoke is not None and endpoint.invoke.check:
                _write(folder / endpoint.invoke.check, "7,1\n")
            for each in endpoint.smoke_requests:
                _write(folder / each.request, '{"data": [[1]]}')
    return folder


def _kind_body(file: str) -> dict[str, Any]:
    if "/monitors/" in file:
        monitor = {"monitoring_target": {"ml_task": "classification"}}
        return {"create_monitor": monitor, "trigger": {"type": "cron", "expression": "0 6 * * 1"}}
    if "/schedules/" in file:
        times = {"start_time": SCHEDULED[0], "end_time": SCHEDULED[1]}
        return {"trigger": {"type": "recurrence", "frequency": "week", "interval": 1} | times}
    if "/jobs/" in file:
        return {"type": "pipeline", "settings": {"default_compute": "cpu"}}
    return {"type": "custom_model", "content": "weights"} if "/models/" in file else {}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def orders(subscriptions: list[str], workspaces: list[str]) -> dict[str, Any]:
    """What a test wants to happen, before it says so: everything goes well. A workspace is named by its place."""
    return {
        "tenant": TENANT,
        "signed_in": {"type": "servicePrincipal", "name": RUNNER, "assignedIdentityInfo": None},
        "subscriptions": subscriptions,
        "workspaces": workspaces,
        "registries": [],
        "az": VERSIONS.az,
        "ml": VERSIONS.ml,
        "bicep": f"Bicep CLI version {VERSIONS.bicep} (1234567890)",
        "what_if": {"status": "Succeeded", "error": None, "changes": [], "diagnostics": []},
        "failing_units": [],
        "failing_computes": [],
        "failing_slots": [],
        "room": 20,
        "judged": {},
        "scores": {},
        "faults": [],
        "meanwhile": {},
        "measured": {},
        "good_looks": 0,
        "flaky_looks": 0,
        "job_outcomes": [],
        "results": [],
        "named": "",
        "steps": [],
        "registers": [],
        "writes_to": "azureml/{job}/{output}/",
        "refuses": [],
        "outputs": {"report": {"metrics.json": json.dumps(METRICS)}},
        "outputs_of": {},
        "download": "model.bin",
        "answer": 'it\'s "fine" $(now)',
        "answers": {},
        "chatter": "",
    }


class Azure:
    """One small Azure and one machine from which its scripts are run."""

    def __init__(self, folder: Path, port: int, output: Path, context: ScriptsContext) -> None:
        self.folder = folder
        self.port = port
        self.output = output
        self.context = context
        bin_folder = folder / "bin"
        bin_folder.mkdir(parents=True)
        for name, text in (("az", CLIENT), ("databricks", DATABRICKS)):
            (bin_folder / name).write_text(text)
            (bin_folder / name).chmod(0o755)
        self.path = search_path(bin_folder, forks=True)
        self.state: dict[str, Any] = {}
        self.script = orders(
            [target.subscription for target in context.targets],
            [
                f"{target.subscription}/{target.resource_group}/{job.workspace}"
                for target in context.targets
                for job in target.jobs
            ],
        )

    def with_infrastructure(self) -> Azure:
        """As after bootstrap.sh and deploy-infra.sh."""
        for target in self.context.targets:
            folder = self.output / target.name / "infra"
            digest = infra_hash({path.name: path.read_bytes() for path in folder.iterdir()})
            group = {"location": target.location, "tags": {f"mlinfra-{self.context.platform}": digest}}
            self.state.setdefault("groups", {})[target.scope] = group
        return self

    def run(self, script: str, *arguments: str, kill_after: int = 0, **environment: str) -> Result:
        """Runs a script; `kill_after=n` kills it at its n-th change. Fails on a call that no script may make.

        What `chatter` says comes on stderr of every call, and on stdout where nobody asked for a result.
        """
        for log in ("calls.jsonl", "changes.jsonl", "invoked.jsonl"):
            (self.folder / log).unlink(missing_ok=True)
        world = {"state": self.state, "script": self.script | {"kill_after": kill_after}}
        (self.folder / "world.json").write_text(json.dumps(world))
        process = subprocess.run(
            [_BASH, str(self.output / "scripts" / script), *arguments],
            cwd=self.folder,
            env={
                "PATH": self.path,
                "HOME": str(self.folder),
                "FAKE_AZ": str(self.folder),
                "FAKE_AZ_PORT": str(self.port),
                "MLINFRA_POLL_SECONDS": "0",
                "TMPDIR": str(self.folder),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_SECONDS,
            start_new_session=True,
            check=False,
        )
        refused = self.log("refused.jsonl")
        assert not refused, refused
        world = json.loads((self.folder / "world.json").read_text())
        self.state, self.script = world["state"], world["script"]
        return Result(process.returncode, process.stdout, process.stderr)

    def log(self, name: str) -> list[dict[str, Any]]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def snapshot(self) -> Snapshot:
        """What the scripts have left behind so far."""
        folder = self.folder / "out"
        files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
        return Snapshot(copy.deepcopy(self.state), files)

    def restore(self, snapshot: Snapshot) -> Azure:
        self.state = copy.deepcopy(snapshot.state)
        for name, text in snapshot.files.items():
            _write(self.folder / "out" / name, text)
        return self

    @property
    def changes(self) -> list[str]:
        """The names of the commands of the last run that changed something, in order."""
        return [entry["name"] for entry in self.log("changes.jsonl")]

    def workspace(self, target: int = 0) -> dict[str, Any]:
        """What the workspace of a target holds."""
        wanted = self.context.targets[target].subscription
        tables: dict[str, dict[str, Any]] = self.state.get("workspaces", {})
        return next((table for place, table in tables.items() if place.startswith(wanted)), {})
