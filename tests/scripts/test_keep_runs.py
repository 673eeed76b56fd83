"""Runs whose models serve have leases: what Azure DevOps is asked, and what becomes of what it refuses."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from mlinfra.pipelines.endpoints import DeploymentContext, EndpointContext
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.traffic import Rollout
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import MODELS, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN
from tests.scripts.test_release import BLUE, GREEN, MAIN, TIDY

OWN = "mlinfra:churn:dev:"
KEEP = ("keep-runs.sh", "--target", "dev", "--definition", "3", *MODELS)
HOLD = ("keep-runs.sh", "--target", "dev", "--definition", "3", "--run", "8", "--build", "9")
OTHERS = [
    {"leaseId": 1, "ownerId": "mlinfra:churn:prod:blue-000000", "runId": 5},
    {"leaseId": 2, "ownerId": "User:x", "runId": 5},
    {"leaseId": 3, "ownerId": f"{OWN[:-1]}/waits:4", "runId": 5},
]


class Devops:
    """The leases of one project, as Azure DevOps keeps them."""

    def __init__(self) -> None:
        self.leases: list[dict[str, Any]] = [dict(each) for each in OTHERS]
        self.asked: list[str] = []
        self.refuses = 0
        handler = type("Handler", (_Handler,), {"devops": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, Any]:
        address = f"http://127.0.0.1:{self.server.server_port}/"
        return {"SYSTEM_COLLECTIONURI": address, "SYSTEM_TEAMPROJECTID": "p 1", "MLINFRA_TOKEN": "secret"}

    @property
    def kept(self) -> dict[str, tuple[int, int | None]]:
        """The run of each owner, and for how many days, but of those that were there before."""
        return {each["ownerId"]: (each["runId"], each.get("daysValid")) for each in self.leases if each not in OTHERS}


class _Handler(BaseHTTPRequestHandler):
    devops: Devops

    def _answer(self) -> None:
        devops, address = self.devops, urlsplit(self.path)
        query = parse_qs(address.query)
        devops.asked.append(self.command)
        assert (address.path, query.pop("api-version")) == ("/p%201/_apis/build/retention/leases", ["7.1"])
        assert self.headers["Authorization"] == "Bearer secret"
        code, answer = 200, cast("dict[str, Any]", {})
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
        if devops.refuses:
            code, answer = devops.refuses, {"message": "TF400813: no\r\n##vso[task.complete]"}
        elif self.command == "GET":
            assert query == {"definitionId": ["3"]}
            answer = {"count": len(devops.leases), "value": devops.leases}
        elif self.command == "POST":
            for each in body:
                assert each.pop("definitionId") == 3
                assert each.pop("protectPipeline") is False
                devops.leases.append(each | {"leaseId": 10 + len(devops.leases)})
        else:
            gone = query["ids"][0].split(",")
            devops.leases = [each for each in devops.leases if str(each["leaseId"]) not in gone]
        text = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 as http.server calls them

    def log_message(self, *arguments: object) -> None:
        """Nothing: what is asked is kept."""


@pytest.fixture
def devops() -> Iterator[Devops]:
    made = Devops()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def released(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    """Version 2, of run 8, serves, and version 1, of no run of a pipeline, stays beside it."""
    return azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))


def test_each_run_whose_model_serves_is_kept_as_long_as_its_deployment_is_there(
    released: Azure, devops: Devops
) -> None:
    assert released.run(*RELEASE_BATCH).code == 0
    result = released.run(*KEEP, **devops.environment)
    assert (result.code, released.changes) == (0, [])
    assert devops.kept == {f"{OWN}{name}": (8, 36501) for name in (BLUE["2"], MAIN["2"])}
    assert result.stderr == f"{OWN}{BLUE['2']} keeps run 8\n{OWN}{MAIN['2']} keeps run 8\n"
    before = list(devops.leases)
    again = released.run(*KEEP, **devops.environment)
    assert (again.code, again.stderr, devops.leases, devops.asked[-1]) == (0, "", before, "GET")


def test_a_lease_goes_with_its_deployment_and_no_other_does(released: Azure, devops: Devops) -> None:
    for name, run in ((BLUE["1"], 4), ("blue-000000", 3), (BLUE["2"], 7), (GREEN, 6)):
        devops.leases.append({"leaseId": len(devops.leases) + 50, "ownerId": f"{OWN}{name}", "runId": run})
    result = released.run(*KEEP, **devops.environment)
    assert result.code == 0
    assert devops.kept == {
        f"{OWN}{BLUE['1']}": (4, None),
        f"{OWN}{GREEN}": (6, None),
        f"{OWN}{BLUE['2']}": (8, 36501),
    }
    assert devops.leases[:3] == OTHERS
    assert result.stderr == (
        f"{OWN}{BLUE['2']} keeps run 8\n{OWN}blue-000000 keeps run 3 no more\n{OWN}{BLUE['2']} keeps run 7 no more\n"
    )
    assert released.run(*TIDY).code == 0
    assert released.run(*KEEP, **devops.environment).code == 0
    assert f"{OWN}{BLUE['1']}" in devops.kept  # it is the way back


def _in_place(entry: str, **changes: Any) -> EndpointContext:
    """An endpoint whose one deployment, `blue`, is updated where it stands."""
    churn = PLATFORM.targets[0].endpoints[0]
    blue: DeploymentContext = dataclasses.replace(churn.deployments[0], size="Standard_D4as_v4", **changes)
    rollout = Rollout("none", in_place=True)
    return dataclasses.replace(churn, entry=entry, name=f"{entry}-dev-x1y2", deployments=(blue,), rollout=rollout)


ALIKE = (_in_place("churn"), _in_place("stores"), _in_place("vendors", model="", model_name="", model_version="3"))


@pytest.fixture
def alike(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """Three endpoints whose deployment is called `blue`; the third has a model of no run."""
    dev = dataclasses.replace(PLATFORM.targets[0], endpoints=ALIKE)
    azure = new_azure_of(dataclasses.replace(PLATFORM, targets=(dev, *PLATFORM.targets[1:]))).with_infrastructure()
    azure.run(*REGISTER)
    (place,) = azure.state["workspaces"]
    slot = {"body": {"model": "azureml:vendor:3"}, "provisioning_state": "Succeeded"}
    azure.state["workspaces"][place]["online_endpoints"] = {
        each.name: {"name": each.name, "traffic": {"blue": 100}, "slots": {"blue": slot}} for each in ALIKE
    }
    return azure


@pytest.mark.parametrize(
    ("runs", "kept"),
    [
        ({"churn": "8", "stores": "5"}, {8, 5}),
        ({"churn": "8", "stores": "8"}, {8}),
        ({"churn": "8", "stores": None}, {8, 5, 4}),  # one of the two, and nobody says which
    ],
)
def test_deployments_that_are_called_alike_keep_a_run_each(
    alike: Azure, devops: Devops, runs: dict[str, str | None], kept: set[int]
) -> None:
    devops.leases += [{"leaseId": 50 + run, "ownerId": f"{OWN}blue", "runId": run} for run in (4, 5)]
    record = {"version": "1", "job": "j-1"}
    endpoints = {f"online endpoint {name}": {"churn": run and record | {"build": run}} for name, run in runs.items()}
    models = {"schema": "mlinfra/models/v1", "models": {"churn": record}, "endpoints": endpoints}
    (alike.folder / "out").mkdir()
    (alike.folder / "out" / "models.json").write_text(json.dumps(models))
    for _ in range(2):
        result = alike.run(*KEEP, **devops.environment)
        assert result.code == 0, result.stderr
        assert sorted(each["runId"] for each in devops.leases if each["ownerId"] == f"{OWN}blue") == sorted(kept)


def test_a_run_is_kept_while_a_release_waits(azure: Azure, devops: Devops) -> None:
    for _ in range(2):
        assert azure.run(*HOLD, **devops.environment).code == 0
    assert devops.kept == {f"{OWN[:-1]}/waits:9": (8, 32)}
    assert devops.asked == ["GET", "POST", "GET"]
    assert azure.log("calls.jsonl") == []


@pytest.mark.parametrize(
    ("refuses", "said"),
    [(403, "Azure DevOps answered 403 to GET: TF400813: no # # vso[task.complete]"), (0, "this is no step of Azure")],
)
def test_what_azure_devops_refuses_is_a_warning(azure: Azure, devops: Devops, refuses: int, said: str) -> None:
    devops.refuses = refuses
    result = azure.run(*HOLD, TF_BUILD="True", **(devops.environment if refuses else {}))
    assert result.code == 0
    assert result.stderr.startswith(f"warning: Azure Pipelines may delete runs whose models serve, or wait to: {said}")
    assert "##vso[task.logissue type=warning]" in result.stderr
    assert "##vso[task.complete]" not in result.stderr
    assert devops.kept == {}
