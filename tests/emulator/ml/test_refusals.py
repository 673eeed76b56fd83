"""What Azure Machine Learning says no to, by the requests that azure-ai-ml makes; and that addresses have no case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.emulator.client import ask
from tests.emulator.ml.hands import Hands
from tests.emulator.protocol import Json
from tests.emulator.resources import keep
from tests.emulator.tokens import Caller, issue

IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"
COMMAND: Json = {"jobType": "Command", "command": "a", "environmentId": "WS/environments/e/versions/1"}
ONLINE: Json = {"endpointComputeType": "Managed", "instanceType": "Standard_D4as_v4", "model": "WS/models/m/versions/1"}
SKU: Json = {"sku": {"capacity": 1}, "location": "westeurope"}
MODEL: Json = {"modelUri": "azureml://datastores/workspaceblobstore/paths/m/", "modelType": "mlflow_model"}
BATCH: Json = {"model": {"assetId": "WS/models/m/versions/1"}, "compute": "WS/computes/cpu"}
CRON: Json = {"triggerType": "Cron", "expression": "0 5 * * 1"}


class Case(NamedTuple):
    """A request about a part of the workspace and what is said to it; in a body, WS is the workspace's address."""

    path: str
    properties: Json
    status: int
    said: str
    more: Json = {}
    method: str = "PUT"


# What is there before: environment e:1, model m:1 (MLflow), custom model c:1, data d:1 (uri_file), job done, online
# endpoint on-a with blue (has all the traffic), green (has none) and red (failed), batch endpoint ba-a with main.
CASES = {
    "another image": Case("environments/e/versions/1", {"image": f"{IMAGE}x"}, 409, "An environment is immutable."),
    "an image that nobody made": Case(
        "environments/x/versions/1", {"image": "mcr.microsoft.com/azureml/a:1"}, 400, "was not found"
    ),
    "other data": Case(
        "data/d/versions/1", {"dataUri": "https://a/b", "dataType": "uri_file"}, 400, "Asset paths cannot be updated."
    ),
    "another type": Case(
        "data/d/versions/2", {"dataUri": "https://a/c/", "dataType": "uri_folder"}, 400, "has the dataType uri_file"
    ),
    "a datastore that is absent": Case(
        "data/x/versions/1",
        {"dataUri": "azureml://datastores/none/paths/a", "dataType": "uri_file"},
        400,
        "The datastore none",
    ),
    "a model of a job that is absent": Case(
        "models/x/versions/1",
        MODEL | {"modelUri": "azureml://jobs/none/outputs/m/paths/"},
        400,
        "The run none has no output m.",
    ),
    "a component with an environment that is absent": Case(
        "components/x/versions/1",
        {"componentSpec": {"environment": "azureml:WS/environments/e/versions/9"}},
        400,
        "environments/e/versions/9, which 1 names, was not found.",
    ),
    "a job without a compute": Case("jobs/j", COMMAND, 400, "has neither a compute nor an instance type."),
    "a job on a compute that is absent": Case(
        "jobs/j", COMMAND | {"computeId": "WS/computes/none"}, 400, "computes/none"
    ),
    "another job of the same name": Case(
        "jobs/done",
        COMMAND | {"computeId": "WS/computes/cpu", "command": "b"},
        400,
        "Only tags and properties can be updated.",
    ),
    "a job as somebody who is absent": Case(
        "jobs/j",
        COMMAND | {"computeId": "WS/computes/cpu"},
        400,
        "was not found",
        {"identity": {"userAssignedIdentities": {"/subscriptions/s/resourceGroups/g/providers/a/b/c": {}}}},
    ),
    "a name with a blank": Case("onlineEndpoints/on b", {"authMode": "Key"}, 400, "is not 3 to 32 letters"),
    "a name of the other kind": Case(
        "onlineEndpoints/BA-a", {"authMode": "Key"}, 409, "is already in use in this region."
    ),
    "another way to sign in": Case(
        "onlineEndpoints/on-a", {"authMode": "AADToken"}, 400, "The authMode of endpoint on-a can't change"
    ),
    "traffic to what is absent": Case(
        "onlineEndpoints/on-a", {"authMode": "Key", "traffic": {"grey": 100}}, 400, "grey is absent or not ready"
    ),
    "traffic to what failed": Case(
        "onlineEndpoints/on-a", {"authMode": "Key", "traffic": {"red": 100}}, 400, "red is absent or not ready"
    ),
    "half of the traffic": Case(
        "onlineEndpoints/on-a",
        {"authMode": "Key", "traffic": {"blue": 50}},
        400,
        "The sum of the traffic is 50, not 0 or 100.",
    ),
    "more than half mirrored": Case(
        "onlineEndpoints/on-a",
        {"authMode": "Key", "traffic": {"blue": 100}, "mirrorTraffic": {"green": 60}},
        400,
        "at most 50 %",
    ),
    "mirrored to what serves": Case(
        "onlineEndpoints/on-a",
        {"authMode": "Key", "traffic": {"blue": 100}, "mirrorTraffic": {"blue": 10}},
        400,
        "not both",
    ),
    "a deployment of an endpoint that is absent": Case(
        "onlineEndpoints/none/deployments/blue", ONLINE, 404, "Endpoint none", SKU
    ),
    "a deployment without an instance type": Case(
        "onlineEndpoints/on-a/deployments/grey", {"model": ONLINE["model"]}, 400, "has no instance type.", SKU
    ),
    "a deployment without instances": Case(
        "onlineEndpoints/on-a/deployments/grey", ONLINE, 400, "has no instance count."
    ),
    "a model that is absent": Case(
        "onlineEndpoints/on-a/deployments/grey",
        ONLINE | {"model": "WS/models/m/versions/9"},
        400,
        "models/m/versions/9",
        SKU,
    ),
    "a custom model without code": Case(
        "onlineEndpoints/on-a/deployments/grey",
        ONLINE | {"model": "WS/models/c/versions/1"},
        400,
        "has no environmentId",
        SKU,
    ),
    "what serves is not deleted": Case(
        "onlineEndpoints/on-a/deployments/blue", {}, 400, "while it has traffic.", method="DELETE"
    ),
    "a default that is absent": Case(
        "batchEndpoints/ba-a",
        {"authMode": "AADToken", "defaults": {"deploymentName": "none"}},
        400,
        "The deployment none does not exist",
    ),
    "a batch deployment without a compute": Case(
        "batchEndpoints/ba-a/deployments/other", {"model": BATCH["model"]}, 400, "has no compute."
    ),
    "a batch deployment without a model": Case(
        "batchEndpoints/ba-a/deployments/other", {"compute": BATCH["compute"]}, 400, "has no model."
    ),
    "a schedule without a trigger": Case(
        "schedules/s", {"action": {"actionType": "CreateJob"}}, 400, "has no triggerType."
    ),
    "a schedule of nothing": Case("schedules/s", {"trigger": CRON, "action": {}}, 400, "which is not one of CreateJob"),
    "an end before the start": Case(
        "schedules/s",
        {"trigger": CRON | {"startTime": "2027-01-01", "endTime": "2026-01-01"}, "action": {"actionType": "CreateJob"}},
        400,
        "ends at 2026-01-01, and starts at 2027-01-01.",
    ),
    "a job that is absent": Case("jobs/none", {}, 404, "Job none was not found.", method="GET"),
    "an asset that is absent": Case("data/d/versions/9", {}, 404, "data d:9 was not found.", method="GET"),
    "a name without versions": Case(
        "models/none/versions", {}, 404, "models container none was not found.", method="GET"
    ),
}


@pytest.fixture
def there(hands: Hands) -> Hands:
    """The workspace with all that the cases are about, each as the service itself makes it."""
    custom = MODEL | {"modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/c/"}
    for path, properties, more in (
        ("environments/e/versions/1", {"image": IMAGE}, {}),
        ("models/m/versions/1", MODEL, {}),
        ("models/c/versions/1", custom, {}),
        ("data/d/versions/1", {"dataUri": "https://a/a.csv", "dataType": "uri_file"}, {}),
        ("jobs/done", COMMAND | {"computeId": "WS/computes/cpu"}, {}),
        ("onlineEndpoints/on-a", {"authMode": "Key"}, {}),
        *((f"onlineEndpoints/on-a/deployments/{name}", ONLINE, SKU) for name in ("blue", "green", "red")),
        ("batchEndpoints/ba-a", {"authMode": "AADToken"}, {}),
        ("batchEndpoints/ba-a/deployments/main", BATCH, {}),
    ):
        assert _send(hands, "PUT", path, properties, more)[0] in (200, 201), path
        _send(hands, "GET", path)
    assert _send(hands, "PUT", "onlineEndpoints/on-a", {"authMode": "Key", "traffic": {"blue": 100}})[0] == 200
    _send(hands, "GET", "onlineEndpoints/on-a")
    keep(
        hands.emulator.state,
        f"{hands.workspace}/onlineEndpoints/on-a/deployments/red",
        {"properties": {"provisioningState": "Failed"}},
    )
    return hands


def test_each_is_refused_for_what_is_wrong_with_it(there: Hands) -> None:
    before = there.emulator.state.table("resources").copy()
    told = {name: _send(there, case.method, case.path, case.properties, case.more) for name, case in CASES.items()}
    assert {name: status for name, (status, _) in told.items()} == {name: case.status for name, case in CASES.items()}
    assert [name for name, case in CASES.items() if case.said not in told[name][1]["error"]["message"]] == []
    assert there.emulator.state.table("resources") == before


def test_the_same_is_found_in_whatever_case_it_is_asked_for(there: Hands) -> None:
    for path in (
        "environments/e/versions/1",
        "models/m",
        "batchEndpoints/ba-a",
        "onlineEndpoints/on-a/deployments/blue",
        "schedules",
    ):
        status, told = _send(there, "GET", path)
        assert _send(there, "GET", path, case=str.upper) == (status, told)
    upper = there.workspace.upper()
    assert _send(there, "PUT", "jobs/j", COMMAND | {"computeId": f"{upper}/COMPUTES/CPU"})[0] == 201
    assert _send(there, "PUT", "ENVIRONMENTS/E/VERSIONS/1", {"image": IMAGE})[1]["id"].endswith(
        "/environments/e/versions/1"
    )


def test_the_same_job_again_is_the_job_that_is_there(there: Hands) -> None:
    job = COMMAND | {"computeId": "WS/computes/cpu"}
    for tags in ({"a": "1"}, {"b": "2"}):
        assert _send(there, "PUT", "jobs/done", job | {"tags": tags})[0] == 200
    told = _send(there, "GET", "jobs/done")[1]["properties"]
    assert (told["tags"], told["status"]) == ({"a": "1", "b": "2"}, "Queued")


def test_what_is_worked_on_is_left_alone(there: Hands) -> None:
    path = "onlineEndpoints/on-a/deployments/grey"
    assert _send(there, "PUT", path, ONLINE, SKU)[1]["properties"]["provisioningState"] == "Creating"
    assert _send(there, "PUT", path, ONLINE, SKU)[0] == 409
    assert _send(there, "DELETE", path)[0] == 409
    assert _send(there, "GET", path)[1]["properties"]["provisioningState"] == "Succeeded"
    assert _send(there, "DELETE", path)[0] == 202
    assert _send(there, "GET", path)[0] == 404
    assert _send(there, "DELETE", path)[0] == 204


def test_who_may_only_read_changes_nothing(there: Hands, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("1\n")
    reader = Hands(there.emulator, Caller("reader", "0000", ""), there.workspace)
    for words in (("data", "show", "--name", "d", "--version", "1"), ("job", "cancel", "--name", "done")):
        done = reader.run("ml", *words)
        assert (done.code, done.stderr.startswith("ERROR: (AuthorizationFailed)")) == ("1", True)


def _send(
    hands: Hands, method: str, path: str, properties: Json | None = None, more: Json | None = None, case: Any = str
) -> Any:
    """A request about a part of the workspace, as azure-ai-ml sends it; `case` is laid over the address."""
    token = issue(
        hands.emulator.state, Caller(hands.caller.client_id, hands.caller.object_id, "https://management.azure.com")
    )
    body = json.dumps({"properties": properties, **(more or {})}).replace("WS/", f"{hands.workspace}/")
    url = f"https://management.azure.com{case(f'{hands.workspace}/{path}')}?api-version=2025-01-01-preview".replace(
        " ", "%20"
    )
    return ask(hands.emulator, url, method, body.encode() if method == "PUT" else None, token)
