"""The page of what principals and a workspace's own identity may do: the roles on Azure that are derived, and why.

It is made from what the compiler derives of a platform with one principal of each role, and of one whose workspace
needs all that one can, so it can't say anything else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from mlinfra.azure.roles import role_name
from mlinfra.compile import compile_spec
from mlinfra.derive.grants import needs
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_table
from mlinfra.graph import Graph
from mlinfra.languages.platform.identity.principals import PrincipalRole

_SPEC = """\
apiVersion: mlinfra/v1
platform: roles
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
workspaces: {main: {}}
storage_accounts: {lake: {containers: {curated: {}}, file_shares: {labels: {}}}}
datastores:
  curated: {type: azure_blob, account_name: lake, container_name: curated}
  labels: {type: azure_file, account_name: lake, file_share_name: labels}
principals:
"""
_OBJECT = "22222222-2222-2222-2222-2222222222"
INTRODUCTION = """# What a principal may do

`role` of a principal says what it does on the platform, and the roles on Azure follow, each where it is needed: in
every workspace, or in those that `workspaces` names, and in the targets that `targets` names. The example has one
workspace, with datastores on a container and a share of an account. What else somebody needs is written:
`role_assignments`, and `consumers` of an endpoint. `derived` changes any of these.
Generated from what is derived by `pytest tests/test_docs.py --update`.

"""


_CLOSED = """\
network: {inbound: private, outbound: approved, virtual_network: spoke, endpoints_subnet: a, dns: policy}
security: {customer_managed_key: {key_vault: keys, key: platform}}
virtual_networks:
  spoke: {address_space: [10.60.0.0/18], subnets: {a: {address_prefix: 10.60.0.0/24}}}
key_vaults: {keys: {keys: {platform: {}}}}
workspaces: {main: {}}
"""
IDENTITY = """
## What a workspace's primary identity may do

The service acts as it. The example is closed, has a managed network, and is encrypted with a key of its own: where one
of these is not there, neither are the roles for it. The documentation names no smaller set, and each row has its page.

"""
_LEARN = "https://learn.microsoft.com/azure/machine-learning"
_SIGNS_IN, _MANAGED = f"{_LEARN}/how-to-identity-based-service-authentication", f"{_LEARN}/how-to-managed-network"
PAGES = {
    "Contributor": _SIGNS_IN,
    "Key Vault Administrator": _SIGNS_IN,
    "Storage Blob Data Contributor": _SIGNS_IN,
    "Azure AI Enterprise Network Connection Approver": _MANAGED,
    "Key Vault Crypto Service Encryption User": f"{_LEARN}/how-to-setup-customer-managed-keys",
}
_READS = {  # Reader, by what it is on
    "key_vaults": f"{_LEARN}/how-to-setup-customer-managed-keys",
    "storage_accounts": f"{_LEARN}/how-to-enable-studio-virtual-network",
}


def page() -> str:
    """The whole page, in Markdown."""
    header = ("Its role", "Role on Azure", "On", "Because")
    of_principals = markdown_table(header, list(_rows()))
    of_identity = markdown_table(("Role on Azure", "On", "Because", "Page"), list(_rows_of_identity()))
    return f"{INTRODUCTION}{of_principals}\n{IDENTITY}{of_identity}\n"


def _rows_of_identity() -> Iterator[tuple[object, ...]]:
    header = _SPEC.partition("workspaces:")[0]
    for need in dict.fromkeys(needs(_graph(header + _CLOSED))):
        if need.principal == "identities.main":
            name = role_name(need.role) or need.role
            where = _READS[need.scope.partition(".")[0]] if name == "Reader" else PAGES[name]
            yield (
                name,
                code(need.scope),
                need.because,
                Fragment(f"[{urlsplit(where).path.rpartition('/')[2]}]({where})"),
            )


def _graph(text: str) -> Graph:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "ml-platform.yaml"
        spec.write_text(text, encoding="utf-8")
        return compile_spec(spec, Path(folder), {}).plans[0].graph


def _rows() -> Iterator[tuple[object, ...]]:
    roles = [role for role in get_args(PrincipalRole) if role != "approver"]
    principals = [
        f"  {role}: {{role: {role}, type: group, object_id: {_OBJECT}{number:02}}}\n"
        for number, role in enumerate(roles)
    ]
    graph = _graph(_SPEC + "".join(principals))
    found = dict.fromkeys(
        (need.principal.rpartition(".")[2], need.role, need.scope, need.because)
        for need in needs(graph)
        if need.principal.startswith("principals.")
    )
    for role in roles:
        for principal, given, scope, because in found:
            if principal == role:
                yield code(role), role_name(given) or given, code(scope), because
    yield code("approver"), "none", "", "Azure DevOps asks it before a target is changed; it works nowhere"
