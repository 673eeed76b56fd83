"""Secrets of a vault: what is printed of a reference to one, where it may stand, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.bicep import bicep_files
from mlinfra.emit.readme import readme
from mlinfra.graph import Edge
from tests.core.cases import WORKSPACE, told
from tests.spec import HEADER, compiled

APPLICATION = "tenant_id: 33333333-3333-3333-3333-333333333333, client_id: 44444444-4444-4444-4444-444444444444"
VAULT = "key_vaults: {main: {}}\n"
THEIRS = "key_vaults: {theirs: {existing: true, azure_name: kv-theirs, resource_group: rg-shared}}\n"


LAKE = (
    "storage_accounts: {lake: {hierarchical_namespace: true, shared_key_access: true, containers: {raw: {}, "
    "cooked: {}}}}\n"
)


def datastore(credentials: str, more: str = "") -> str:
    kind = "azure_data_lake_gen2" if "client_id" in credentials else "azure_blob"
    field = "filesystem" if "client_id" in credentials else "container_name"
    body = f"{{type: {kind}, account_name: lake, {field}: raw, credentials: {credentials}}}"
    return LAKE + f"datastores: {{raw: {body}{more}}}\n"


def cluster(password: str) -> str:
    settings = f"{{admin_username: me, admin_password: {password}}}"
    return f"compute_clusters: {{cpu: {{size: Standard_D4ds_v5, ssh_settings: {settings}}}}}\n"


def emitted(folder: Path, text: str) -> dict[str, str]:
    (plan,) = compiled(folder, HEADER + WORKSPACE + text).plans
    return {file.path.removeprefix("dev/infra/"): file.text for file in bicep_files(plan, "made in a test")}


CREDENTIALS = (
    (
        "{account_key: {vault: main, secret: lake-key}}",
        """\
    credentials: {
      credentialsType: 'AccountKey'
      secrets: {
        secretsType: 'AccountKey'
        key: mainLakeKeySecret
      }
    }
""",
    ),
    (
        "{sas_token: {vault: main, secret: lake-key}}",
        """\
    credentials: {
      credentialsType: 'Sas'
      secrets: {
        secretsType: 'Sas'
        sasToken: mainLakeKeySecret
      }
    }
""",
    ),
    (
        f"{{{APPLICATION}, client_secret: {{vault: main, secret: lake-key}}}}",
        """\
    credentials: {
      credentialsType: 'ServicePrincipal'
      tenantId: '33333333-3333-3333-3333-333333333333'
      clientId: '44444444-4444-4444-4444-444444444444'
      // the cloud of the spec is known, and environment() would hide the name from what-if
      #disable-next-line no-hardcoded-env-urls
      authorityUrl: 'https://login.microsoftonline.com'
      secrets: {
        secretsType: 'ServicePrincipal'
        clientSecret: mainLakeKeySecret
      }
    }
""",
    ),
    (
        (
            f"{{{APPLICATION}, thumbprint: AB, authority_url: 'https://a.example', resource_url: 'https://r.example', "
            "certificate: {vault: main, secret: lake-key}}"
        ),
        """\
    credentials: {
      credentialsType: 'Certificate'
      tenantId: '33333333-3333-3333-3333-333333333333'
      clientId: '44444444-4444-4444-4444-444444444444'
      thumbprint: 'AB'
      resourceUrl: 'https://r.example'
      authorityUrl: 'https://a.example'
      secrets: {
        secretsType: 'Certificate'
        certificate: mainLakeKeySecret
      }
    }
""",
    ),
)


@pytest.mark.parametrize(("credentials", "printed"), CREDENTIALS)
def test_credentials_of_a_datastore_are_parameters_that_main_fills(
    credentials: str, printed: str, tmp_path: Path
) -> None:
    files = emitted(tmp_path, VAULT + datastore(credentials))
    workspace = files["workspace.bicep"]
    assert printed in workspace
    assert "serviceDataAccessAuthIdentity" not in workspace
    assert (
        "@description('The secret lake-key of key_vaults.main')\n@secure()\nparam mainLakeKeySecret string\n"
        in workspace
    )
    assert "    mainLakeKeySecret: mainVault.getSecret('lake-key')\n" in files["main.bicep"]


def test_the_password_of_a_cluster_is_a_parameter_too(tmp_path: Path) -> None:
    files = emitted(tmp_path, VAULT + cluster("{vault: main, secret: ssh}"))
    assert "        adminUserPassword: mainSshSecret\n" in files["compute.bicep"]
    assert "    mainSshSecret: mainVault.getSecret('ssh')\n" in files["main.bicep"]


def test_a_secret_that_two_use_is_one_parameter(tmp_path: Path) -> None:
    more = ", cooked: {type: azure_blob, account_name: lake, container_name: cooked, credentials: {account_key: %s}}"
    key = "{vault: main, secret: k}"
    text = VAULT + datastore(f"{{account_key: {key}}}", more % key)
    files = emitted(tmp_path, text)
    assert files["workspace.bicep"].count("@secure()") == 1
    assert files["main.bicep"].count("getSecret") == 1


def test_a_vault_of_another_group_is_read_where_it_lies(tmp_path: Path) -> None:
    main = emitted(tmp_path, THEIRS + cluster("{vault: theirs, secret: ssh}"))["main.bicep"]
    assert (
        "resource theirsVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {\n"
        "  scope: resourceGroup('rg-shared')\n"
        "  name: 'kv-theirs'\n"
        "}\n"
    ) in main


def test_a_vault_that_is_read_lets_resource_manager_in_and_says_why(tmp_path: Path) -> None:
    text = WORKSPACE + VAULT + cluster("{vault: main, secret: ssh}")
    foundation = emitted(tmp_path, VAULT + cluster("{vault: main, secret: ssh}"))["foundation.bicep"]
    because = "Resource Manager takes the secrets of compute_clusters.cpu from it"
    assert f"    enabledForTemplateDeployment: true // because {because}\n" in foundation
    page = readme(compiled(tmp_path, HEADER + text).plans, "made in a test").text
    assert f"| `key_vaults.main.enabled_for_template_deployment` | {because} | all |" in page


HOLDS = "compute_clusters.cpu.ssh_settings.admin_password"
SECRETS = (
    (VAULT, f"| dev | `kv-churn-dev-yf3g` | `ssh` | `{HOLDS}` | nothing |", None),
    (
        THEIRS.replace("theirs:", "main:").replace(", resource_group: rg-shared", ""),
        f"| dev | `kv-theirs` | `ssh` | `{HOLDS}` | enabled_for_template_deployment |",
        None,
    ),
    (
        THEIRS.replace("theirs:", "main:"),
        f"| dev | `kv-theirs` | `ssh` | `{HOLDS}` | enabled_for_template_deployment |",
        (
            "| `Microsoft.Authorization/roleAssignments/read, Microsoft.KeyVault/vaults/deploy/action, "
            "Microsoft.KeyVault/vaults/read` |"
        ),
    ),
)


@pytest.mark.parametrize(("vault", "secret", "right"), SECRETS)
def test_the_readme_lists_what_to_put_where_and_who_has_to_be_let_in(
    vault: str, secret: str, right: str | None, tmp_path: Path
) -> None:
    plans = compiled(tmp_path, HEADER + WORKSPACE + vault + cluster("{vault: main, secret: ssh}")).plans
    lines = readme(plans, "made in a test").text.splitlines()
    assert lines[lines.index("## Secrets") + 6] == secret
    may = [line.partition(" ")[2].partition(" ")[2] for line in lines if "vaults/deploy/action" in line]
    assert [line[line.index("| `") :].replace(" – |", "") for line in may] == ([right] if right else [])
    because = "takes secrets from key_vaults.main"
    assert [because in line for line in lines if "| `kv-theirs` |" in line and "| deploy |" in line] == [True] * len(
        may
    )


def test_a_datastore_needs_its_vault_and_nothing_else_of_it(tmp_path: Path) -> None:
    text = "network: {outbound: approved}\n" + VAULT.replace("main", "own")
    people = "principals: {ds: {type: group, object_id: 55555555-5555-5555-5555-555555555555, role: data_scientist}}\n"
    text = HEADER + WORKSPACE + text + people + datastore("{account_key: {vault: own, secret: k}}")
    (plan,) = compiled(tmp_path, text).plans
    assert [edge for edge in plan.graph.edges_to("key_vaults.own") if edge.source.startswith("datastores")] == [
        Edge("datastores.raw", "key_vaults.own", "needs", ("credentials", "account_key", "vault"), "secret")
    ]
    assert not [edge for edge in plan.graph.edges_to("key_vaults.own") if edge.source.startswith("role_assignments")]
    derived = {address for address, entry in plan.graph.entries.items() if entry.because}
    assert {address for address in derived if "own" in address} == {"key_vaults.own.diagnostics"}
    assert {address for address in derived if "containers.raw" in address} == set()


REFUSED = (
    (
        VAULT + cluster("{vault: mian, secret: pw}"),
        '8:109 MLI301 key_vaults "mian" is not defined\n  help: did you mean "main"? Defined: main',
    ),
    (
        VAULT + cluster("{vault: main, secret: pw, version: 1}"),
        (
            '8:127 MLI224 admin_password has no key "version"\n'
            "  help: write {vault: <entry of key_vaults>, secret: <name>}, and nothing beside it"
        ),
    ),
    (
        VAULT + cluster("{vault: main, secrt: pw}"),
        '8:115 MLI224 admin_password has no key "secrt"\n  help: did you mean "secret"?',
    ),
    (
        VAULT + cluster("{vault: main}"),
        ("8:85 MLI224 admin_password lacks secret\n  help: write {vault: <entry of key_vaults>, secret: <name>}"),
    ),
    (
        VAULT + cluster("{vault: [main], secret: pw}"),
        (
            "8:109 MLI224 vault is the name of an entry of key_vaults\n"
            "  help: a vault of someone else's is an entry of key_vaults with existing: true"
        ),
    ),
    (
        VAULT + cluster("{vault: main, secret: my_pw}"),
        (
            "8:123 MLI224 secret is the name of a secret: 1 to 127 letters, digits and hyphens\n"
            "  help: the value itself stands only in the vault"
        ),
    ),
    (
        "variables: {pw: {type: string, default: abc}}\n" + cluster("'${var.pw}'"),
        (
            "8:85 MLI224 admin_password is a secret, and takes a reference to a vault, not its value\n"
            "  help: write admin_password: {vault: <entry of key_vaults>, secret: <name>}\n"
            "  8:101 used here"
        ),
    ),
    (
        VAULT + cluster("hunter2"),
        (
            '8:101 MLI219 the value of "admin_password" is written in clear text\n'
            "  help: put it into a key vault and write {vault: <entry of key_vaults>, secret: <name>}"
        ),
    ),
    (
        VAULT + datastore(f"{{{APPLICATION}, thumbprint: AB, certificate: MII}}"),
        (
            "9:213 MLI224 certificate is a secret, and takes a reference to a vault, not its value\n"
            "  help: write certificate: {vault: <entry of key_vaults>, secret: <name>}"
        ),
    ),
    (
        VAULT + datastore(f"{{{APPLICATION}, thumbprint: AB}}"),
        (
            "9:85 MLI224 credentials with a thumbprint lack certificate\n"
            "  help: write certificate: {vault: <entry of key_vaults>, secret: <name>}"
        ),
    ),
    (VAULT + datastore("{x-note: {vault: a, secret: b}, account_key: {vault: main, secret: pw}}"), ""),
    (
        VAULT + datastore("{account_key: {vault: main, secret: abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst}}"),
        (
            "9:128 MLI219 a personal access token is written in clear text\n"
            "  help: put it into a key vault and write {vault: <entry of key_vaults>, secret: <name>}"
        ),
    ),
    (
        VAULT + datastore("{vault: main, secret: pw}"),
        (
            "9:79 MLI224 credentials is no secret as a whole\n"
            "  help: write the reference one level below, at account_key or sas_token or client_secret or certificate"
        ),
    ),
    (
        (
            "jobs: {t: {type: command, command: x, environment: azureml:e:1, compute: serverless, "
            "environment_variables: {KEY: {vault: main, secret: pw}}}}\n"
        ),
        (
            "7:110 MLI223 KEY takes no secret of a vault, as the Azure ML CLI takes no reference to one\n"
            "  help: read it at run time: azure-identity signs in as the compute's identity, which needs "
            "Key Vault Secrets User"
        ),
    ),
)


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_reference_that_is_wrong_or_in_the_wrong_place_is_refused(text: str, said: str, tmp_path: Path) -> None:
    assert told(tmp_path, HEADER + WORKSPACE + text, {}) == said
