"""What the page of the output begins with: what it is and where, who reaches the data, secrets, who gives roles."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.readme import readme
from tests.spec import HEADER, PRODUCTION, SCORING, compiled

FILES = {"model/MLmodel": "", "request.json": "{}", "src/s.py": "def init(): ...\ndef run(data): ...\n"}
BY_KEYS = """\
storage_accounts: {lake: {shared_key_access: true, containers: {raw: {}}}, other: {containers: {raw: {}}}}
key_vaults: {v: {keys: {k: {rotate_after: P10M}, fixed: {}}}}
container_registries: {r: {admin_user: true}}
"""
GIVEN = """\
workspaces: {main: {description: Who is about to *leave*}} # mlinfra: ignore MLI341 because we *know*
principals: {boss: {object_id: 33333333-3333-3333-3333-333333333333, type: group}}
role_assignments: {boss: {principal: boss, role: Owner, scope: resource_group}}
"""
NETWORK = "network: {inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}\n"
BOSS = "group `boss`; `workspaces.main`"
MANAGER = "who may manage it: whoever deploys, and who has Contributor or more there"
NEVER = "nobody: who may use it encrypts with it, and it never leaves the vault"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            HEADER + BY_KEYS,
            [
                "# churn: resources, in westeurope",
                "made from [`ml platform.yaml`](../ml%20platform.yaml) · dev · **[who can reach the data]",
                "| `storage_accounts.lake` | nobody | nobody | LRS, KEYS OPEN IT; from any network |",
                "| `storage_accounts.other` | nobody | nobody | LRS, keys are off; from any network |",
                f"| its keys | `storage_accounts.lake` | {MANAGER} | by a person: `az storage account keys renew`",
                f"| its keys | `container_registries.r` | {MANAGER} | by a person: `az acr credential renew` | all |",
                f"| `k` | `key_vaults.v` | {NEVER} | by Azure, P10M after the last version | all |",
                f"| `fixed` | `key_vaults.v` | {NEVER} | never by itself: write rotate_after | all |",
            ],
        ),
        (
            HEADER + "workspaces: {main: {}}\n" + SCORING.replace("aad_token", "key"),
            [
                "# churn: serves `o` with Azure ML, in westeurope",
                f"| its keys | `online_endpoints.o` | {MANAGER} | by a person: `az ml online-endpoint regenerate-keys`",
            ],
        ),
        (
            PRODUCTION + NETWORK + GIVEN,
            [
                "# churn: Who is about to \\*leave\\*, in westeurope",
                "No secret is written or handed on",
                "who signs in by Entra; storage, vaults and registries answer allowed_ips alone, `203.0.113.0/24`.",
                "- **Out:** jobs reach the whole internet; data in the platform by private endpoints.",
                "- **May give roles:** whoever deploys, [these roles](#rights-of-the-service-connections)",
                "`principals.boss` by Owner on the resource group; owners of the subscription",
                "- **Silenced findings:** `MLI341`, because we \\*know\\*.",
                f"| `key_vaults.main` | {BOSS} | {BOSS} | a lock, purge protection; from allowed_ips, trusted",
            ],
        ),
    ],
)
def test_the_page_begins_with_what_is_asked_first(tmp_path: Path, text: str, lines: list[str]) -> None:
    page = readme(compiled(tmp_path, text, FILES).plans, "notice", "../ml platform.yaml").text
    assert [line for line in lines if line not in page] == []
