"""Writes the table of built-in roles anew.

    python -m tools.built_in_roles NAMES DEFINITIONS

NAMES: `role_definitions.tf.json` of https://github.com/Azure/terraform-azure-avm-utl-roledefinitions, which holds what
Resource Manager lists. DEFINITIONS: what `az role definition list` prints, for the operations of each role.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from mlinfra.azure.built_in_roles import NOTHING, UNKNOWN
from mlinfra.azure.data_roles import covers, powers
from mlinfra.azure.roles import RULES_OVER_RIGHTS

Operations: TypeAlias = Mapping[str, list[str]]
TABLE = Path(__file__).parents[1] / "compiler" / "mlinfra" / "azure" / "built_in_roles.txt"
PREVIEW = " (preview)"
# What some roles are called now, by what the list still calls them; their GUIDs stayed. Source: docs, "Role-based
# access control for Microsoft Foundry".
RENAMED = {
    "Azure AI User": "Foundry User",
    "Azure AI Owner": "Foundry Owner",
    "Azure AI Account Owner": "Foundry Account Owner",
    "Azure AI Project Manager": "Foundry Project Manager",
}
# Roles of any service have operations of these.
_BESIDE = ("authorization", "features", "insights", "management", "resourcehealth", "resources", "support")
# These have types that lie on resources of any other (BT, the flags of scopes).
_ANYWHERE = """
advisor automanage awsconnector azureresiliencemanagement blueprint chaos dataprotection edge eventgrid
guestconfiguration hybridcompute hybridconnectivity kubernetesconfiguration kubernetesruntime loadtestservice
maintenance managedservices mission policyinsights quota recoveryservices relationships security servicelinker
"""


def main(names: Path, definitions: Path) -> None:
    listed = json.loads(names.read_bytes())["locals"]["role_definitions_cached"]["value"]
    defined = {
        each["id"].rpartition("/")[2].lower(): list(_parts(each)) for each in json.loads(definitions.read_bytes())
    }
    lines = {
        name: "\t".join((role["name"], name, *_said_of(defined.get(role["name"]))))
        for role in listed
        for name in _named(role)
    }
    TABLE.write_text("".join(f"{lines[name]}\n" for name in sorted(lines, key=str.casefold)), encoding="utf-8")


def _named(role: Mapping[str, str]) -> Iterator[str]:
    """All names of a role, without what says that it is new: that goes away one day."""
    name = role["roleName"].strip()
    name = name[: -len(PREVIEW)] if name.lower().endswith(PREVIEW) else name
    yield name
    if name in RENAMED:
        yield RENAMED[name]


def _parts(definition: Mapping[str, Any]) -> Iterator[Operations]:
    """The permissions of a role, whose keys are written in two ways."""
    for part in definition["permissions"]:
        yield {key.lower(): value for key, value in part.items()}


def _said_of(parts: list[Operations] | None) -> tuple[str, str]:
    if parts is None:
        return NOTHING, UNKNOWN
    opened = {each for part in parts for each in _opened(part)}
    return _provider(parts), ",".join(sorted(opened)) or NOTHING


def _opened(part: Operations) -> Iterator[str]:
    lists = [part.get(key, []) for key in ("actions", "notactions", "dataactions", "notdataactions")]
    found = powers(*lists)
    yield from (f"{holding}:{deed}" for holding, deeds in found.data.items() for deed in deeds)
    yield from found.ways
    for operation, does in RULES_OVER_RIGHTS.items():
        if covers(lists[0], operation) and not covers(lists[1], operation):
            yield does.replace(" ", "-")


def _provider(parts: list[Operations]) -> str:
    """The only provider that has the operations of a role, beside those that any role has."""
    operations = (each.lower() for part in parts for key in ("actions", "dataactions") for each in part.get(key, ()))
    providers = {each.partition("/")[0] for each in operations} - {f"microsoft.{name}" for name in _BESIDE}
    only = providers.pop() if len(providers) == 1 else "*"
    return NOTHING if "*" in only or only.removeprefix("microsoft.") in _ANYWHERE.split() else f"{only}/"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
