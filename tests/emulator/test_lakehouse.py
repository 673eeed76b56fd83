"""The scripts of Databricks under the real az, against its account and a workspace that say no where they would.

What takes longer is tried by `make hunt`: a walk from an empty Azure on, and an end at each change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlinfra.azure.clouds import DATABRICKS_APPLICATION
from tests.emulator.bricks.hosts import WORKSPACES
from tests.emulator.chances import KILLS, of_part
from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension
from tests.emulator.faults import Fault
from tests.emulator.graph import object_id_of
from tests.emulator.lakehouse import Lakehouse, lakehouse, open_account
from tests.emulator.machine import Machine
from tests.emulator.outcome import differences, outcome
from tests.emulator.platforms import targets
from tests.emulator.resources import of_type
from tests.emulator.walk import Walk, reach
from tests.tools import azure_cli, bicep

PLATFORM = ("deploy-bundles.sh", "--bundle", "platform")
HUNTED = pytest.mark.skipif(KILLS != "all", reason="make hunt")


@pytest.fixture
def house(emulator: Emulator, tmp_path: Path) -> Iterator[Lakehouse]:
    az = azure_cli()
    with Extension(emulator, tmp_path / "ml") as extension:
        yield lakehouse(Machine(tmp_path / "machine", emulator, az, extension))


@pytest.mark.azure
@pytest.mark.slow
@pytest.mark.xdist_group("lakehouse")
def test_account_and_bundles_are_seen_to_one_after_the_other(house: Lakehouse) -> None:
    early = house.run(house.deploys, *PLATFORM)
    assert early.code == 1
    assert "No metastore assigned for the current workspace" in early.stderr
    assert not any(house.workspace.get("things", {}).values())

    made = house.see_to_account("--apply")
    assert (made.code, made.stderr) == (1, "")
    assert made.stdout.count("left: the endpoint to ") == 2
    approved = house.see_to_account("--apply")
    assert approved.stdout.count("done: approve the endpoint of serverless compute to ") == 2
    again = house.see_to_account()
    assert (again.code, again.stderr) == (0, "nothing is left to do\n")
    assert {line.partition(":")[0] for line in again.stdout.splitlines()} == {"ok"}

    house.machine.emulator.faults.append(Fault("azuredatabricks.*/catalogs$", "POST", 429, times=2))
    deployed = house.run(house.deploys, *PLATFORM)
    assert deployed.code == 0, deployed.stderr
    catalog = house.metastore["catalogs"]["lakehouse_dev"]
    assert catalog["isolation_mode"] == "ISOLATED"
    assert sorted(catalog["grants"]) == [
        "77777777-7777-7777-7777-777777777777",
        "lakehouse-engineers",
        "lakehouse-scientists",
    ]
    assert len(house.workspace["things"]["jobs"]) == 3
    before = outcome(house.state)
    second = house.run(house.deploys, *PLATFORM)
    assert "Nothing changes." in second.stderr
    assert differences(before, outcome(house.state)) == []

    planned = house.run(house.plans, "plan-bundles.sh", "--bundle", "platform")
    assert planned.code == 0, planned.stderr
    assert "whoever may not view the folder of the bundle is not told what is there" in planned.stdout
    for folder in house.due("main/catalog")["folders"]:
        house.workspace["objects"][folder["path"]]["readers"][house.plans.client_id] = "CAN_READ"
    refused = house.run(house.plans, "plan-bundles.sh", "--bundle", "platform")
    assert "the workspace refuses to answer whoever asks here" in refused.stdout


@HUNTED
@pytest.mark.azure
@pytest.mark.slow
@pytest.mark.xdist_group("lakehouse")
def test_a_deployment_that_fails_is_made_again(house: Lakehouse) -> None:
    for _ in range(2):
        house.see_to_account("--apply")
    before, log = house.state.dump(), house.machine.emulator.log
    log.clear()
    assert house.run(house.deploys, *PLATFORM).code == 0
    asked = [exchange.request for exchange in log if exchange.request.host.startswith("adb-")]
    made = outcome(house.state)
    # What was made and could not be noted in the state, no deployment finds again: that is left out.
    noted = "/state/resources.json"
    changing = [n for n, request in enumerate(asked) if request.method != "GET" and not request.path.endswith(noted)]
    for number in of_part(changing):  # before the work: what is made and not answered for, no state of a bundle knows
        house.state.load(before)
        request = asked[number]
        skip = sum((each.method, each.path) == (request.method, request.path) for each in asked[:number])
        fault = Fault(f"{re.escape(request.path)}$", request.method, drops="before", skip=skip)
        house.machine.emulator.faults[:] = [fault]
        stopped = house.run(house.deploys, *PLATFORM)
        house.machine.emulator.faults.clear()
        assert stopped.code in (0, 1), stopped.stderr
        again = house.run(house.deploys, *PLATFORM, "--force-lock")
        assert again.code == 0, f"{request.method} {request.path}\n{stopped.stderr}\nagain:\n{again.stderr}"
        assert differences(made, outcome(house.state)) == [], f"{request.method} {request.path}"


@HUNTED
@pytest.mark.azure
@pytest.mark.slow
@pytest.mark.xdist_group("lakehouse from the beginning")
def test_a_lakehouse_is_made_from_nothing_and_each_step_runs_again(emulator: Emulator, tmp_path: Path) -> None:
    bicep()
    az = azure_cli()
    with Extension(emulator, tmp_path / "ml") as extension:
        machine = Machine(tmp_path / "machine", emulator, az, extension)
        target = next(each for each in targets("lakehouse") if each.mode == "development")
        walk = Walk(machine, target)
        due = json.loads((target.output / target.name / "databricks" / "account.json").read_text())
        open_account(walk.state, due["account_id"], walk.owner)
        for step in walk.steps():
            if step.script == "deploy-bundles.sh":
                account = walk.script(walk.OWNER, "databricks-account.sh", "--apply")
                walk.sign_in(account)
                assert [walk.run(account).code for _ in range(2)] == [1, 0]  # the second one approves
            reach(walk, step)
        assert "lakehouse_dev" in walk.state.table("databricks", "metastores", "m-weu", "catalogs")


@HUNTED
@pytest.mark.azure
@pytest.mark.slow
@pytest.mark.xdist_group("keyed")
def test_a_workspace_with_keys_of_ones_own_takes_the_last_of_them_at_the_second_time(
    emulator: Emulator, tmp_path: Path
) -> None:
    bicep()
    az = azure_cli()
    with Extension(emulator, tmp_path / "ml") as extension:
        walk = Walk(Machine(tmp_path / "machine", emulator, az, extension), targets("keyed")[0])
        for step in walk.steps():
            reach(walk, step)
        (workspace,) = of_type(walk.state, WORKSPACES)
        assert workspace["properties"]["parameters"]["encryption"]["value"]["KeyName"] == "platform"

        bootstrap, _, deploy = walk.steps()
        assert _where_it_reads_keys(walk) == [_GROUP]
        reach(walk, bootstrap)
        (key,) = of_type(walk.state, "Microsoft.KeyVault/vaults/keys")
        assert _where_it_reads_keys(walk) == [key["id"]]
        reach(walk, deploy)


_GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-keyed-dev"


def _where_it_reads_keys(walk: Walk) -> list[str]:
    """On what the application of Databricks has a role."""
    assignments = (each["properties"] for each in of_type(walk.state, "Microsoft.Authorization/roleAssignments"))
    databricks = object_id_of(DATABRICKS_APPLICATION)
    return [each["scope"] for each in assignments if each["principalId"] == databricks]
