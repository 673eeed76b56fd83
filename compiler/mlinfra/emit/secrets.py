"""The secrets that a person has to put into vaults before a deployment reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.graph import Entry
from mlinfra.languages.forms import SECRET
from mlinfra.languages.vault_references import vault_references
from mlinfra.plan import Plan
from mlinfra.resolve.naming import is_in_own_group

# Source: docs, "Use Azure Key Vault to pass a secure parameter value during deployment".
ENABLED = "enabled_for_template_deployment"
ACTION = "Microsoft.KeyVault/vaults/deploy/action"  # whoever deploys needs it; Contributor of a group has it there


class Secret(NamedTuple):
    vault: str  # its name on Azure
    name: str
    users: tuple[str, ...]  # addresses of the fields that hold it
    needs: str  # what a vault of someone else's has to grant


def secrets(plan: Plan) -> Iterator[Secret]:
    """Each secret once, in the order of the spec."""
    users: dict[tuple[str, str], list[str]] = {}
    for entry in plan.graph.entries.values():
        for path, _, secret in vault_references(entry):
            vault = plan.graph.bound(entry.address, *path, "vault")
            if vault and not entry.existing:
                users.setdefault((vault, secret), []).append(f"{entry.address}.{'.'.join(path)}")
    for (vault, secret), places in users.items():
        entry = plan.graph.entries[vault]
        yield Secret(entry.azure_name, secret, tuple(places), ENABLED if entry.existing else "nothing")


def vaults_elsewhere(plan: Plan) -> list[Entry]:
    """The vaults in other groups that secrets are taken from: those groups have given the deployer nothing yet."""
    target = plan.graph.target
    return [
        vault
        for vault in plan.graph.section("key_vaults")
        if vault.existing
        and not is_in_own_group(vault, target)
        and any(edge.form == SECRET.name for edge in plan.graph.edges_to(vault.address))
    ]
