"""What an administrator of the account does by hand, where the spec has no account for which there is a script."""

from __future__ import annotations

from collections.abc import Collection

from tests.emulator.bricks.hosts import WORKSPACES
from tests.emulator.bricks.things import RUN_AS
from tests.emulator.resources import of_type
from tests.emulator.state import State


def let_in(state: State, user: str, principals: Collection[str]) -> None:
    """Service principals, by the ids of their applications, are in all workspaces; somebody may run jobs as them."""
    account = state.table("databricks", "account")
    account["service_principals"] = [
        {"id": number, "applicationId": who} for number, who in enumerate(sorted(principals))
    ]
    rule = {"role": RUN_AS, "principals": [f"servicePrincipals/{user}"]}
    account["rules"] = {
        f"accounts/{account.get('id')}/servicePrincipals/{who}/ruleSets/default": {"grant_rules": [rule]}
        for who in principals
    }
    levels = {str(number): ["USER"] for number, _ in enumerate(principals)}
    account["assigned"] = {str(one["properties"]["workspaceId"]): levels for one in of_type(state, WORKSPACES)}
