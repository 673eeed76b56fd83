"""A platform with Databricks as after deploy-infra.sh: what is on Azure, in the account, and who may do what."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.emulator.bricks.hosts import WORKSPACES
from tests.emulator.groups import add_subscription
from tests.emulator.machine import Machine, Result
from tests.emulator.making import settle_databricks
from tests.emulator.people import SECRET, Somebody, add_somebody, give_role
from tests.emulator.platforms import Target, targets
from tests.emulator.protocol import Json
from tests.emulator.providers import register
from tests.emulator.resources import find, keep
from tests.emulator.state import State
from tests.scripts.infra_hash import infra_hash

METASTORE = {"metastore_id": "m-weu", "name": "weu", "region": "westeurope"}


def open_account(state: State, account_id: str, *admins: Somebody) -> Json:
    """An account with a metastore in the region, that the service made: it has no storage of its own."""
    account = state.table("databricks", "account")
    account |= {"id": account_id, "admins": [each.client_id for each in admins], "metastores": [METASTORE]}
    return account


@dataclass(frozen=True)
class Lakehouse:
    """Its development target, whose resources are there; `admin` owns them and administers the account."""

    machine: Machine
    target: Target
    admin: Somebody
    deploys: Somebody
    plans: Somebody

    @property
    def state(self) -> State:
        return self.machine.emulator.state

    @property
    def workspace(self) -> Json:
        """What the service keeps of the workspace."""
        due = self.due("account")["workspaces"][0]
        found = find(self.state, due["id"])
        assert found is not None
        return self.state.table("databricks", "workspaces", str(found["properties"]["workspaceId"]))

    @property
    def metastore(self) -> Json:
        return self.state.table("databricks", "metastores", METASTORE["metastore_id"])

    def due(self, name: str) -> Json:
        folder = self.target.output / self.target.name / "databricks"
        found: Json = json.loads((folder / f"{name}.json").read_text())
        return found

    def run(self, who: Somebody, script: str, *arguments: str, kill_at: int = 0) -> Result:
        """A script of the output, by somebody who signs in for it."""
        self.machine.sign_in_by_secret(who.client_id, SECRET)
        path = str(self.target.output / "scripts" / script)
        given = ("--target", self.target.name, *arguments)
        return self.machine.run("bash", path, *given, kill_at=kill_at, MLINFRA_POLL_SECONDS="0")

    def see_to_account(self, *arguments: str) -> Result:
        applications = [f"deploy={self.deploys.client_id}", f"plan={self.plans.client_id}"]
        named = (word for each in applications for word in ("--application-id", each))
        return self.run(self.admin, "databricks-account.sh", *named, *arguments)


def lakehouse(machine: Machine) -> Lakehouse:
    target = next(each for each in targets("lakehouse") if each.mode == "development")
    state = machine.emulator.state
    scope = add_subscription(state, target.subscription, target.name)
    admin, deploys, plans = (add_somebody(state, name) for name in ("admin", "deploys", "plans"))
    group = f"{scope}/resourceGroups/{target.group}"
    for who, role, at in ((admin, "Owner", scope), (deploys, "Contributor", group), (plans, "Reader", group)):
        give_role(state, who.object_id, role, at)
    files = {path.name: path.read_bytes() for path in (target.output / target.name / "infra").iterdir()}
    keep(state, group, {"location": "westeurope", "tags": {"mlinfra-lakehouse": infra_hash(files)}, "properties": {}})
    manifest = json.loads((target.output / "manifest.json").read_text())
    for each in manifest["resources"]:
        is_own = each["target"] == target.name and each["id"].startswith(group)
        if is_own and "/Microsoft.Authorization/" not in each["id"] and each["id"].count("/providers/") == 1:
            made: Json = {"location": "westeurope", "properties": {"provisioningState": "Succeeded"}}
            if each["type"] == WORKSPACES:
                settle_databricks(state, each["id"], made)
            keep(state, each["id"], made)
    register(state, target.subscription, "Microsoft.Storage", "Microsoft.Databricks")
    found = Lakehouse(machine, target, admin, deploys, plans)
    open_account(state, found.due("account")["account_id"], admin)
    return found
