"""Rules of secrets that Resource Manager takes from a vault: which to do without, and what stops a deployment."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.workspace import data_service
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.forms import SECRET
from mlinfra.languages.platform.access import is_closed
from mlinfra.languages.platform.security.key_vaults import KeyVault
from mlinfra.languages.vault_references import VaultReference, vault_references
from mlinfra.rules.rule import over_graph

KEEPS_A_KEY = Code(
    "MLI457",
    "warning",
    "Datastore that signs in with a key",
    "Whoever may use the datastore reads and writes all that the key opens, and Azure's logs name nobody",
    "Leave credentials out: whoever reads signs in with Entra, with the roles that are derived",
    "https://learn.microsoft.com/azure/machine-learning/how-to-datastore",
)
NOT_THERE_YET = Code(
    "MLI458",
    "info",
    "Secret in a vault that the same deployment creates",
    "The deployment that makes a vault also reads it, and stops there as the vault is empty",
    "Let the first deployment stop, put the secret into the vault, and deploy again",
    "https://learn.microsoft.com/azure/azure-resource-manager/bicep/key-vault-parameter",
)
LETS_NOBODY_READ = Code(
    "MLI459",
    "error",
    "Vault that Resource Manager may not read",
    "A deployment that takes a secret from a vault is refused where the vault is not enabled for template deployment, "
    "or is closed to the services of Azure",
    "Leave enabled_for_template_deployment and network_acls.bypass out",
    "https://learn.microsoft.com/azure/azure-resource-manager/bicep/key-vault-parameter",
)

_KEYS = ("account_key", "sas_token")


def _datastores_keep_no_key(graph: Graph) -> Iterator[Diagnostic]:
    for entry, reference, _ in _references(graph):
        if reference.path[-1] in _KEYS and data_service(entry) != "file":  # where nothing else lets anybody in
            message = f"{entry.address} signs in with {reference.path[-1]}, not as whoever reads"
            yield finding(KEEPS_A_KEY, message, at(entry, reference.path, on_key=True))


def _secrets_of_new_vaults(graph: Graph) -> Iterator[Diagnostic]:
    seen: set[tuple[str, str]] = set()
    for entry, reference, vault in _references(graph):
        if not vault.existing and (vault.address, reference.secret) not in seen:
            seen.add((vault.address, reference.secret))
            message = (
                f'the first deployment stops at {entry.address}, until someone has put the secret "{reference.secret}" '
                f"into {vault.address}"
            )
            help = f"az keyvault secret set --vault-name {vault.azure_name} --name {reference.secret} --file PATH"
            yield finding(NOT_THERE_YET, message, at(entry, (*reference.path, "secret")), help)


def _vaults_can_be_read(graph: Graph) -> Iterator[Diagnostic]:
    for vault in graph.section("key_vaults"):
        users = [edge.source for edge in graph.edges_to(vault.address) if edge.form == SECRET.name]
        if users and not vault.existing and isinstance(vault.model, KeyVault):
            for path, what in _obstacles(vault.model, graph):
                message = f"{what}, and {users[0]} takes a secret from {vault.address} when it is deployed"
                yield finding(LETS_NOBODY_READ, message, at(vault, path, on_key=True))


def _obstacles(vault: KeyVault, graph: Graph) -> Iterator[tuple[tuple[str, ...], str]]:
    field = "enabled_for_template_deployment"
    if field in vault.model_fields_set and not vault.enabled_for_template_deployment:
        yield (field,), f"{field} is off"
    closed = is_closed(vault.network_acls, graph.network, vault.public_network_access)
    if closed and vault.network_acls.bypass == "none":
        yield ("network_acls", "bypass"), "network_acls let no service of Azure in"


def _references(graph: Graph) -> Iterator[tuple[Entry, VaultReference, Entry]]:
    """Who takes which secret from which vault when it is deployed, of what this platform creates."""
    for entry in graph.entries.values():
        for reference in (
            () if entry.existing or ROWS[entry.section].compiled_to != "bicep" else vault_references(entry)
        ):
            vault = graph.bound(entry.address, *reference.path, "vault")
            if vault is not None:
                yield entry, reference, graph.entries[vault]


RULES = (
    over_graph(KEEPS_A_KEY, _datastores_keep_no_key),
    over_graph(NOT_THERE_YET, _secrets_of_new_vaults),
    over_graph(LETS_NOBODY_READ, _vaults_can_be_read),
)
