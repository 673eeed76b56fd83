"""The page of what a principal may do: the roles on Azure that follow from its `role`, where, and why.

It is made from what the compiler derives of a platform with one principal of each role, so it can't say anything else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from mlinfra.azure.roles import role_name
from mlinfra.compile import compile_spec
from mlinfra.derive.grants import needs
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_table
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


def page() -> str:
    """The whole page, in Markdown."""
    header = ("Its role", "Role on Azure", "On", "Because")
    return f"{INTRODUCTION}{markdown_table(header, list(_rows()))}\n"


def _rows() -> Iterator[tuple[object, ...]]:
    roles = [role for role in get_args(PrincipalRole) if role != "approver"]
    principals = [
        f"  {role}: {{role: {role}, type: group, object_id: {_OBJECT}{number:02}}}\n"
        for number, role in enumerate(roles)
    ]
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "ml-platform.yaml"
        spec.write_text(_SPEC + "".join(principals), encoding="utf-8")
        (plan,) = compile_spec(spec, Path(folder), {}).plans
    found = dict.fromkeys(
        (need.principal.rpartition(".")[2], need.role, need.scope, need.because)
        for need in needs(plan.graph)
        if need.principal.startswith("principals.")
    )
    for role in roles:
        for principal, given, scope, because in found:
            if principal == role:
                yield code(role), role_name(given) or given, code(scope), because
    yield code("approver"), "none", "", "Azure DevOps asks it before a target is changed; it works nowhere"
