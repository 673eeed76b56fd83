"""The fake az of the fast tests answers as the real one: each command of the core that a script calls, side by side."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.emulator.machine import Machine
from tests.emulator.people import NOBODY, SOMEBODY, SUBSCRIPTION
from tests.scripts.example import PLATFORM
from tests.scripts.fake_az.__main__ import answer
from tests.scripts.fake_az.commands import COMMANDS
from tests.scripts.fake_az.world import World
from tests.scripts.harness import Azure

SCOPE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-x"
ROLE = "00000000-0000-0000-0000-00000000000b"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
AUTHORIZATION = f"{SCOPE}/providers/Microsoft.Authorization"
_LISTS = ("actions", "notActions", "dataActions", "notDataActions")
_WORDS = ", ".join(f"join(' ', sort(permissions[].{each}[] || `[]`))" for each in _LISTS)
ROLES_QUERY = f"[].join('|', [name, {_WORDS}, to_string(length(permissions || `[]`))])"
ROLE_BODY = {
    "roleName": "mlinfra reads",
    "type": "CustomRole",
    "description": "reads",
    "assignableScopes": [SCOPE],
    "permissions": [{"actions": ["b/read", "a/read"], "notActions": ["a/secret/read"]}],
}
ASSIGNED = {
    "roleDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}",
    "principalId": SOMEBODY,
    "principalType": "ServicePrincipal",
    "condition": "ActionMatches{'x/read'}",
    "conditionVersion": "2.0",
}
TAGS = {"operation": "Merge", "properties": {"tags": {"a": "b"}}}
ENDPOINT = f"{SCOPE}/providers/Microsoft.MachineLearningServices/workspaces/w/onlineEndpoints/e"
IDENTITIES = f"{SCOPE}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
UNFILLED = "--fill-principal-name false --fill-role-definition-name false"
BY_ROLE, WHO_HAS = "sort_by([], &roleDefinitionId)", "roleDefinitionId, principalId"
IDENTITY = "--resource-group rg-x --identity-name id-x"
TRUST = f"identity federated-credential create {IDENTITY} --name c --issuer https://i --audiences a --output none"
CREATE = "deployment group create --resource-group rg-x --output none --parameters"
NETWORK = f"{SCOPE}/providers/Microsoft.Network"
ACCOUNT = f"{SCOPE}/providers/Microsoft.Storage/storageAccounts/stx"
NOT_COMPARED = {
    "keyvault secret show": "each vault answers at a host of its own, and the emulator has none of them",
    "network private-endpoint-connection approve": "what waits for an approval, Databricks makes",
    "network vnet subnet create": "the networks of others are there from the beginning, and no call makes one",
}
TEMPLATE = """\
resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stx'
  location: 'westeurope'
  sku: {name: 'Standard_LRS'}
  kind: 'StorageV2'
}
"""


class Heard(NamedTuple):
    """What a caller of az can go by: stderr only as to whether it is a crash, and which code of Azure it names."""

    code: int
    stdout: str
    error: str


class Case(NamedTuple):
    """A call, its words apart by blanks, and words that hold blanks; `by` puts the subscription behind."""

    words: str
    more: tuple[str, ...] = ()
    has_subscription: bool = True

    def arguments(self, folder: Path) -> list[str]:
        words = [word.replace("FOLDER", str(folder)) for word in (*self.words.split(), *self.more)]
        return [*words, "--subscription", SUBSCRIPTION] if self.has_subscription else words


def _rest(method: str, path: str, body: object) -> Case:
    return Case(
        f"rest --method {method} --url {path} --output none --body", (json.dumps(body),), has_subscription=False
    )


# In this order, on an Azure that is empty: what one of them does, the next ones find.
CASES = (
    Case("version --output tsv --query", ("[\"azure-cli\", extensions.ml || 'none'] | join(' ', @)",), False),
    Case("bicep version", (), False),
    Case("account show --output none"),
    Case("account show --output none --subscription 00000000-0000-0000-0000-000000000009", (), False),
    Case("account show --query tenantId --output tsv"),
    Case("account get-access-token --resource https://ml.azure.com --query tokenType --output tsv", (), False),
    Case("group show --name rg-x --query location --output tsv"),
    _rest("patch", f"{SCOPE}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01", TAGS),
    Case("deployment group show --resource-group rg-x --name d --query properties.provisioningState --output tsv"),
    Case(f"{CREATE} FOLDER/main.bicepparam --name d"),
    Case(
        "deployment group what-if --resource-group rg-x --name d --parameters FOLDER/main.bicepparam "
        "--validation-level Provider --no-pretty-print --output json --query status"
    ),
    _rest("put", f"{SCOPE}?api-version=2021-04-01", {"location": "westeurope", "tags": {"c": "d"}}),
    _rest("patch", f"{SCOPE}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01", TAGS),
    Case("group show --name rg-x --output tsv --query", ("join('|', [location, tags.a, tags.c])",)),
    Case("group show --name rg-x --output tsv --query", ("tags.\"mlinfra-x\" || ''",)),
    Case("provider register --namespace Microsoft.Storage --output none"),
    Case("provider list --output tsv --query", ("[?namespace=='Microsoft.Storage'].registrationState",)),
    Case("provider register --namespace Microsoft.ManagedIdentity --output none"),
    Case("provider list --output none"),
    Case("provider list --output none"),
    Case("provider list --output tsv --query", ("[?namespace=='Microsoft.Storage'].[namespace, registrationState]",)),
    Case("deployment group show --resource-group rg-x --name d --query properties.provisioningState --output tsv"),
    Case(
        "deployment group what-if --resource-group rg-x --name d --parameters FOLDER/main.bicepparam "
        "--validation-level Provider --no-pretty-print --output json --query status"
    ),
    Case(f"{CREATE} FOLDER/main.bicepparam --name d"),
    Case("deployment group show --resource-group rg-x --name d --query properties.provisioningState --output tsv"),
    Case(f"{CREATE} FOLDER/main.bicepparam --name {'d' * 65}"),
    Case(f"{CREATE} FOLDER/gone.bicepparam --name e"),
    _rest("put", f"{AUTHORIZATION}/roleDefinitions/{ROLE}?api-version=2022-04-01", {"properties": ROLE_BODY}),
    Case(
        f"role definition list --scope {SCOPE} --custom-role-only true --output tsv --query",
        (ROLES_QUERY,),
    ),
    *(
        Case(f"role definition list --scope {SCOPE} --name {role} --output tsv --query", (ROLES_QUERY,))
        for role in (READER, ROLE, NOBODY)
    ),
    Case("ad sp list --output tsv --filter", (f"appId eq '{NOBODY}'", "--query", "[].id"), has_subscription=False),
    Case(
        f"role assignment list --assignee-object-id {SOMEBODY} --all --fill-principal-name false "
        "--fill-role-definition-name false --output tsv --query",
        ("[].[roleDefinitionId, scope, condition || '']",),
    ),
    *(
        Case(
            f"role assignment create --assignee-object-id {SOMEBODY} --assignee-principal-type ServicePrincipal "
            f"--role {role} --scope {SCOPE} --output none"
        )
        for role in (READER, ROLE, READER)
    ),
    Case(
        f"role assignment list --assignee-object-id {SOMEBODY} --all --fill-principal-name false "
        "--fill-role-definition-name false --output tsv --query",
        ("sort_by([], &roleDefinitionId)[].[roleDefinitionId, scope, condition || '']",),
    ),
    Case(f"role assignment delete --ids {AUTHORIZATION}/roleAssignments/{NOBODY}"),
    Case("identity list --resource-group rg-x --output tsv --query", ("[].join(' ', [name, location])",)),
    Case("identity show --resource-group rg-x --name id-x --query name --output tsv"),
    Case("identity create --resource-group rg-x --name id-x --location westeurope --output none"),
    Case("identity show --resource-group rg-x --name id-x --query location --output tsv"),
    Case("identity list --resource-group rg-x --output tsv --query", ("[].join(' ', [name, location])",)),
    Case(f"role assignment list --scope {SCOPE} {UNFILLED} --output tsv --query", (f"{BY_ROLE}[].[{WHO_HAS}]",)),
    _rest("put", f"{IDENTITIES}/id-own?api-version=2024-11-30", {"location": "westeurope", "tags": {"a": "b"}}),
    Case("identity list --resource-group rg-x --output tsv --query", ("sort_by([], &name)[].name",)),
    Case(f"resource show --ids {IDENTITIES}/id-y --api-version 2024-11-30 --query name --output tsv"),
    Case(
        f"identity federated-credential list {IDENTITY} --output tsv --query",
        ("[].[name, issuer, subject, join(' ', audiences)]",),
    ),
    *(Case(f"{TRUST} --subject", (subject,)) for subject in ("sc://o/p/c", "sc://o/a p/d")),
    Case(
        f"identity federated-credential list {IDENTITY} --output tsv --query",
        ("[].[name, issuer, subject, join(' ', audiences)]",),
    ),
    Case(
        "identity federated-credential list --resource-group rg-x --identity-name id-y --output tsv --query",
        ("[].name",),
    ),
    Case(
        f"monitor metrics list --resource {ENDPOINT} --metrics RequestsPerMinute --aggregation Average --interval PT1M "
        "--start-time 2026-01-01T00:00:00Z --end-time 2026-01-01T01:00:00Z --top 200 --output json --filter",
        ("deployment eq 'a' and statusCode eq '*' and modelStatusCode eq '*'",),
    ),
    Case(
        f"network vnet subnet update --ids {NETWORK}/virtualNetworks/v/subnets/s --nat-gateway {NETWORK}/natGateways/n"
    ),
    Case(f"network private-endpoint-connection list --id {ACCOUNT} --query [].id --output tsv"),
)


def test_every_command_of_the_core_is_compared() -> None:
    compared = {name for case in CASES for name in COMMANDS if case.words.startswith(f"{name} ") or case.words == name}
    assert {name for name in COMMANDS if not name.startswith("ml ")} - compared == NOT_COMPARED.keys()


@pytest.mark.azure
@pytest.mark.slow
def test_the_fake_and_the_real_one_answer_alike(machine: Machine, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "main.bicep").write_text(TEMPLATE)
    (files / "main.bicepparam").write_text("using './main.bicep'\n")
    folder = tmp_path / "fake"
    script = Azure(folder, 0, tmp_path, PLATFORM).script | {"ml": "", "subscriptions": [SUBSCRIPTION], "kill_after": 0}
    (folder / "world.json").write_text(json.dumps({"state": {}, "script": script}))
    differ = []
    for case in CASES:
        arguments = case.arguments(files)
        real, fake = _real(machine, arguments), _fake(folder, arguments)
        if fake != real:
            differ.append(f"az {' '.join(arguments)}\n  real: {real}\n  fake: {fake}")
    assert not differ, "\n".join(differ)


def _real(machine: Machine, arguments: list[str]) -> Heard:
    result = machine.run(
        machine.environment["REAL_AZ"], *arguments, AZURE_CORE_ONLY_SHOW_ERRORS="1", PYTHONSAFEPATH="1"
    )
    return Heard(result.code, _without_hash(result.stdout), _class(result.stderr))


def _fake(folder: Path, arguments: list[str]) -> Heard:
    code, stdout, stderr = answer(World(folder), arguments)
    return Heard(int(code), _without_hash(stdout), _class(stderr))


def _without_hash(text: str) -> str:
    """`az bicep version` ends with an empty line, and with the commit that the CLI was built from."""
    return re.sub(r"(Bicep CLI version [0-9.]+) \([0-9a-f]+\)\n+", r"\1\n", text)


def _class(stderr: str) -> str:
    code = re.search(r"\(([A-Z][A-Za-z]+)\)|[\"']?code[\"']?: [\"'](\w+)|^Code: (\w+)", stderr)
    named = next((group for group in code.groups() if group), "") if code else ""
    kind = "crash" if "Traceback" in stderr else "error" if "ERROR" in stderr else "other" if stderr else "silent"
    return f"{kind} {named}".strip()
