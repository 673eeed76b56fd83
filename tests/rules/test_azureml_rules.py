"""Every rule of Azure ML over a graph, and every rule over all targets: a spec that breaks it and one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.rules.azureml import AZUREML_RULES
from mlinfra.rules.targets import TARGET_RULES
from tests.rules.target_cases import CPU, TARGET_CASES, TRAIN, USER, WORKSPACE, Case
from tests.rules.test_batch_scoring import SCORING_CODES
from tests.rules.test_isolated import ISOLATED_CASES
from tests.rules.test_keys import KEY_CASES
from tests.rules.test_models import RELEASE_CASES
from tests.rules.test_packages import PACKAGE_CASES
from tests.rules.test_retirements import RETIREMENT_CASES
from tests.rules.test_scoring_contract import CONTRACT_CODES
from tests.rules.test_unasked import UNASKED
from tests.spec import HEADER, PRODUCTION, found, said

TENANT = "77777777-7777-7777-7777-777777777777"
LEAD = f"principals: {{lead: {{object_id: {USER}, %s}}}}\n"
OTHER = "77777777-7777-7777-7777-777777777777"
QUOTA = HEADER.replace("mode: development}", "mode: development, quota: {%s}}")
NOTEBOOK = "compute_instances: {nb: {size: Standard_D4ds_v4, %sidle_time_before_shutdown_minutes: 60}}\n"
OF_LEAD = "create_on_behalf_of: lead, "
IDS = f"create_on_behalf_of: {{user_object_id: {USER}, user_tenant_id: {TENANT}}}, "
DATA = "data: {customers: {path: 'https://contoso.example/customers/'}}\n"
READS = "jobs: {train: {command: a, environment: azureml:e:1, compute: cpu, inputs: {rows: %s}}}\n"
STEPS = (
    DATA
    + TRAIN.replace("MODEL", "mlflow_model")
    + """\
  p:
    type: pipeline
    inputs: {%s}
    jobs:
      s:
        command: python -c 1
        environment: azureml:curated:1
        compute: cpu
        inputs: {raw: "${{parent.inputs.raw}}", %s}
models: {made: {from_job: train, output: model}}
"""
)
LEARNS = "type: automl, task: regression, target_column_name: y, training_data: {type: mltable, path: %s}"
ROWS = "data: {table: {type: mltable, path: rows}}\n"
TABLE = {"rows/MLTable": "paths: [{file: ./a.csv}]\n", "rows/a.csv": "y\n"}
WEEKLY = "schedules: {week: {trigger: {type: cron, expression: 0 5 * * 1}, create_job: %s}}\n"
HUB = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hub"
    "/providers/Microsoft.MachineLearningServices/workspaces/hub"
)
SHARE = (
    "storage_accounts: {lake: {shared_key_access: true, file_shares: {labels: {}}}}\n"
    "datastores: {labels: {type: azure_file, account_name: lake, file_share_name: labels%s}}\n"
)
FLAT = "storage_accounts: {lake: {%scontainers: {raw: {}}}}\ndatastores: {%s}\n"
BY_DFS = "data: {rows: {type: uri_folder, path: 'abfss://raw@acmelake.dfs.core.windows.net/x/'}}\n"


def _endpoint(body: str) -> str:
    return f"{WORKSPACE}online_endpoints:\n  churn:\n    deployments:\n      blue: {body}\n"


LOGS = "{instance_type: Standard_D4ds_v5, app_insights_enabled: true}"
INSIGHTS = "log_analytics: {main: {}}\napplication_insights: {main: {%s}}\n"
SECRET = "key_vaults: {main: {%s}}\ncompute_clusters: {cpu: {size: Standard_D4ds_v4, ssh_settings: {%s}}}\n"
BY_PASSWORD = "admin_username: me, admin_password: {vault: main, secret: pw}"
BY_KEY = "admin_username: me, ssh_key_value: ssh-ed25519 AAAA"
LAKE = (
    "storage_accounts: {lake: {shared_key_access: true, containers: {raw: {}}}}\n"
    "datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw%s}}\n"
)

CASES = (
    Case(
        "MLI346",
        f"{HEADER}{WORKSPACE}{DATA}".replace("/'}}", "/', version: '1/2'}}"),
        '7: "1/2" can\'t be the version of data.customers (use letters, digits, ., _ and -, a letter or digit first)',
        f"{HEADER}{WORKSPACE}{DATA}".replace("/'}}", "/', version: 1.2}}"),
    ),
    Case(
        "MLI460",
        f"{HEADER}workspaces: {{main: {{storage_account: lake}}}}\n"
        "storage_accounts: {lake: {hierarchical_namespace: true}}\n",
        "6: storage_accounts.lake has a hierarchical namespace, and workspaces.main can't keep its runs there "
        "(leave storage_account out, and declare a datastore for the lake)",
        f"{HEADER}{WORKSPACE}storage_accounts: {{lake: {{hierarchical_namespace: true}}}}\n",
    ),
    Case(
        "MLI461",
        f"{HEADER}workspaces: {{main: {{storage_account: fast}}}}\n"
        "storage_accounts: {fast: {sku: Premium_LRS, kind: BlockBlobStorage}}\n",
        "6: storage_accounts.fast has not both blobs and file shares, which workspaces.main needs",
        f"{HEADER}workspaces: {{main: {{storage_account: fast}}}}\nstorage_accounts: {{fast: {{sku: Standard_ZRS}}}}\n",
    ),
    Case(
        "MLI462",
        f"{HEADER}identities: {{a: {{}}}}\n"
        "workspaces: {main: {identity: {type: user_assigned, user_assigned_identities: {a: {}}}}}\n",
        "7: workspaces.main has user-assigned identities, and none of them is the primary one",
        f"{HEADER}identities: {{a: {{}}}}\n"
        "workspaces: {main: {identity: {type: user_assigned, user_assigned_identities: {a: {}}}, "
        "primary_user_assigned_identity: a}}\n",
    ),
    Case(
        "MLI463",
        f"{HEADER}workspaces: {{main: {{properties: {{v1LegacyMode: true}}}}}}\n",
        "6: workspaces.main is in the legacy mode, in which no managed endpoint can be created (leave it out)",
        f"{HEADER}workspaces: {{main: {{properties: {{v1LegacyMode: false}}}}}}\n",
    ),
    Case(
        "MLI464",
        f"{HEADER}key_vaults: {{one: {{}}}}\nworkspaces:\n  a: {{key_vault: one}}\n  b: {{key_vault: one}}\n",
        "9: workspaces.b and workspaces.a share key_vaults.one",
        f"{HEADER}key_vaults: {{one: {{}}}}\nworkspaces:\n  a: {{key_vault: one, enable_data_isolation: true}}\n"
        "  b: {key_vault: one, enable_data_isolation: true}\n",
    ),
    Case(
        "MLI464",
        f"{HEADER}key_vaults: {{one: {{}}}}\nstorage_accounts: {{one: {{}}}}\n"
        "workspaces:\n  a: {storage_account: one, key_vault: one}\n  b: {storage_account: one, key_vault: one}\n",
        "10: workspaces.b and workspaces.a share storage_accounts.one, key_vaults.one",
        f"{HEADER}key_vaults: {{one: {{}}}}\nstorage_accounts: {{one: {{}}}}\n"
        "workspaces:\n  a: {storage_account: one, key_vault: one, enable_data_isolation: true}\n"
        "  b: {storage_account: one, key_vault: one, enable_data_isolation: true}\n",
    ),
    Case(
        "MLI325",
        f"{HEADER}{WORKSPACE}key_vaults: {{shared: {{}}}}\n",
        "7: nothing uses key_vaults.shared, and key_vaults.main is made beside it "
        "(write workspaces.main: {key_vault: shared})",
        f"{HEADER}workspaces: {{main: {{key_vault: shared}}}}\nkey_vaults: {{shared: {{}}}}\n",
    ),
    Case(
        "MLI325",
        f"{HEADER}workspaces: {{a: {{}}, b: {{}}, c: {{container_registry: used}}}}\n"
        "container_registries: {used: {}, images: {existing: true, azure_name: crimages}}\n",
        "7: nothing uses container_registries.images, and container_registries.a is made beside it "
        "(write workspaces.a: {container_registry: images} or workspaces.b: {container_registry: images})",
        f"{HEADER}{WORKSPACE}container_registries: {{main: {{sku: premium}}}}\n",
    ),
    Case(
        "MLI325",
        f"{HEADER}{WORKSPACE}storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}\n",
        "7: nothing uses storage_accounts.lake, and storage_accounts.main is made beside it "
        "(write datastores: {<name>: {type: azure_blob, account_name: lake, container_name: <container>}} or "
        "workspaces.main: {storage_account: lake})",
        f"{HEADER}{WORKSPACE}storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}\n"
        "datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw}}\n",
    ),
    Case(
        "MLI325",
        f"{HEADER}{WORKSPACE}storage_accounts: {{lake: {{hierarchical_namespace: true}}}}\n",
        "7: nothing uses storage_accounts.lake, and storage_accounts.main is made beside it "
        "(write datastores: {<name>: {type: azure_data_lake_gen2, account_name: lake, filesystem: <container>}})",
        f"{HEADER}storage_accounts: {{lake: {{hierarchical_namespace: true}}}}\n",
    ),
    Case(
        "MLI325",
        f"{HEADER}hubs: {{main: {{}}}}\ncontainer_registries: {{images: {{}}}}\n",
        "7: nothing uses container_registries.images, and hubs.main has no container_registry "
        "(write hubs.main: {container_registry: images})",
        f"{HEADER}hubs: {{main: {{container_registry: images}}}}\ncontainer_registries: {{images: {{}}}}\n",
    ),
    Case(  # a hub of someone else's has what it was made with, and takes no link from here
        "MLI325",
        f"{HEADER}hubs: {{main: {{}}, old: {{existing: true, azure_name: hub-old}}}}\n"
        "container_registries: {images: {}}\n",
        "7: nothing uses container_registries.images, and hubs.main has no container_registry "
        "(write hubs.main: {container_registry: images})",
        f"{HEADER}hubs: {{old: {{existing: true, azure_name: hub-old}}}}\ncontainer_registries: {{images: {{}}}}\n",
    ),
    Case(  # one without a link takes it, though another has its own already
        "MLI325",
        f"{HEADER}hubs: {{main: {{}}, b: {{container_registry: used}}}}\n"
        "container_registries: {used: {}, images: {}}\n",
        "7: nothing uses container_registries.images, and hubs.main has no container_registry "
        "(write hubs.main: {container_registry: images})",
        f"{HEADER}hubs: {{b: {{container_registry: used}}}}\ncontainer_registries: {{used: {{}}, images: {{}}}}\n",
    ),
    Case(  # an existing workspace takes none either
        "MLI325",
        f"{HEADER}workspaces: {{main: {{}}, old: {{existing: true, azure_name: mlw-old}}}}\n"
        "key_vaults: {shared: {}}\n",
        "7: nothing uses key_vaults.shared, and key_vaults.main is made beside it "
        "(write workspaces.main: {key_vault: shared})",
        f"{HEADER}workspaces: {{old: {{existing: true, azure_name: mlw-old}}}}\nkey_vaults: {{shared: {{}}}}\n",
    ),
    Case(
        "MLI465",
        f"{HEADER}workspaces: {{main: {{public_network_access: disabled}}}}\n",
        "6: nobody reaches workspaces.main: public access is disabled, and it has no private endpoint",
        f"{HEADER}workspaces: {{main: {{public_network_access: enabled}}}}\n",
    ),
    Case(
        "MLI466",
        f"{HEADER}workspaces: {{main: {{allow_roleassignment_on_rg: true}}}}\n",
        "6: allow_roleassignment_on_rg exists only in preview API versions",
        f"{HEADER}{WORKSPACE}",
    ),
    Case(
        "MLI469",
        f"{HEADER}workspaces: {{main: {{workspace_hub: {HUB}}}}}\n",
        "6: workspaces.main is in a hub, and so a project",
        f"{HEADER}{WORKSPACE}",
    ),
    Case(
        "MLI468",
        f"{HEADER}workspaces: {{main: {{system_datastores_auth_mode: accesskey}}}}\n",
        "6: system_datastores_auth_mode of workspaces.main is accesskey, and storage_accounts.main takes no keys "
        "(leave system_datastores_auth_mode out, or write identity)",
        f"{HEADER}workspaces: {{main: {{system_datastores_auth_mode: identity}}}}\n",
    ),
    Case(
        "MLI590",
        f"{HEADER}{WORKSPACE}principals: {{team: {{object_id: {USER}, role: data_scientist}}}}\n{NOTEBOOK % ''}",
        "8: compute_instances.nb has no user, and whoever deploys it would be the only one to open it (write "
        "create_on_behalf_of: lead, and under principals: `lead: {object_id: …, type: user, role: data_scientist}` "
        "with the object id that `az ad user show` prints)",
        f"{HEADER}{WORKSPACE}{NOTEBOOK % IDS}",
    ),
    Case(
        "MLI590",
        f"{HEADER}{WORKSPACE}{LEAD % 'type: user, role: reader'}{NOTEBOOK % ''}",
        "8: compute_instances.nb has no user, and whoever deploys it would be the only one to open it (write "
        "create_on_behalf_of: lead, and give principals.lead role: data_scientist in workspaces.main)",
        f"{HEADER}{WORKSPACE}{LEAD % 'type: user, role: ml_engineer'}{NOTEBOOK % OF_LEAD}",
    ),
    Case(
        "MLI590",
        f"{HEADER}workspaces: {{main: {{}}, lab: {{}}}}\n"
        f"principals:\n  lead: {{object_id: {USER}, type: user, role: data_scientist, workspaces: [lab]}}\n"
        f"  ana: {{object_id: {TENANT}, type: user, role: ml_engineer}}\n"
        f"  bo: {{object_id: {OTHER}, type: user, role: data_scientist, workspaces: [main]}}\n"
        f"{NOTEBOOK % 'workspace: main, '}",
        "11: compute_instances.nb has no user, and whoever deploys it would be the only one to open it (write "
        "create_on_behalf_of: ana; users: ana, bo)",
        f"{HEADER}{WORKSPACE}{LEAD % 'type: user, role: ml_engineer'}{NOTEBOOK % OF_LEAD}",
    ),
    Case(
        "MLI591",
        f"{HEADER}{WORKSPACE}{LEAD % 'role: data_scientist'}{NOTEBOOK % OF_LEAD}",
        "8: compute_instances.nb is for principals.lead, which is a group, not a user with an object_id "
        "(name a principal of the type user)",
        f"{HEADER}{WORKSPACE}{LEAD % 'type: user, role: data_scientist'}{NOTEBOOK % OF_LEAD}",
    ),
    Case(
        "MLI591",
        f"{HEADER}{WORKSPACE}principals: {{lead: {{role: approver, type: user, mail: a@contoso.com}}}}\n"
        f"{NOTEBOOK % OF_LEAD}",
        "8: compute_instances.nb is for principals.lead, which is an approver, not a user with an object_id "
        "(name a principal of the type user)",
        f"{HEADER}{WORKSPACE}{LEAD % 'type: user, role: data_scientist'}{NOTEBOOK % OF_LEAD}",
    ),
    Case(
        "MLI592",
        f"{HEADER}{WORKSPACE}{LEAD % 'type: user, role: reader'}{NOTEBOOK % IDS}",
        "8: principals.lead has the role reader, and can't open compute_instances.nb",
        f"{HEADER}{WORKSPACE}{NOTEBOOK % IDS}",
    ),
    Case(
        "MLI592",
        f"{HEADER}workspaces: {{a: {{}}, b: {{}}}}\n{LEAD % 'type: user, role: ml_engineer, workspace: b'}"
        f"{NOTEBOOK % f'workspace: a, {OF_LEAD}'}",
        "8: principals.lead does not work in workspaces.a, and can't open compute_instances.nb",
        f"{HEADER}workspaces: {{a: {{}}, b: {{}}}}\n{LEAD % 'type: user, role: ml_engineer, workspace: [b, a]'}"
        f"{NOTEBOOK % f'workspace: a, {OF_LEAD}'}",
    ),
    Case(
        "MLI593",
        f"{HEADER}{WORKSPACE}{LEAD % 'type: user, role: data_scientist'}{NOTEBOOK % IDS.replace(USER, 'lead')}",
        '8: user_object_id of compute_instances.nb is "lead", which is no GUID (write create_on_behalf_of: lead)',
        f"{HEADER}{WORKSPACE}{NOTEBOOK % IDS}",
    ),
    Case(
        "MLI323",
        f"{HEADER}{WORKSPACE}" + (LAKE % "").replace("account_name: lake", "account_name: theirs"),
        '8: datastores.raw leads to a storage account "theirs" that no entry is (add storage_accounts theirs: '
        "{existing: true, azure_name: theirs, subscription: …, resource_group: …})",
        f"{HEADER}{WORKSPACE}" + LAKE % "",
    ),
    Case(
        "MLI470",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_internet_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: packages.contoso.example}]\n",
        "10: workspaces.main has a rule of type fqdn, and its network is not limited to approved traffic",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: packages.contoso.example}]\n",
    ),
    Case(
        "MLI471",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: lake, type: fqdn, destination: stlake.blob.core.windows.net}]\n",
        '10: "stlake.blob.core.windows.net" is a storage account, which an approved network reaches only over a '
        "private endpoint",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: packages.contoso.example}]\n",
    ),
    Case(
        "MLI472",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: 'packages.contoso.example:8443'}]\n",
        '10: "packages.contoso.example:8443" names a port (write packages.contoso.example)',
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: packages.contoso.example}]\n",
    ),
    Case(
        "MLI472",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: 'https://packages.contoso.example/simple'}]\n",
        '10: "https://packages.contoso.example/simple" is an address (write packages.contoso.example)',
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: packages.contoso.example}]\n",
    ),
    *(
        Case(
            "MLI359",
            f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
            "      outbound_rules: [{name: feed, type: service_tag, destination: "
            f"{{service_tag: DataFactory, protocol: TCP, port_ranges: '{wrong}'}}}}]\n",
            f'10: "{named}" is no port, and no range of ports',
            f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
            "      outbound_rules: [{name: feed, type: service_tag, destination: "
            f"{{service_tag: DataFactory, protocol: TCP, port_ranges: '{right}'}}}}]\n",
        )
        for wrong, named, right in (
            ("80, 99999", "99999", "80, 8080-8089"),
            ("443-80", "443-80", "80-443"),
            ("http", "http", "*"),
            ("0", "0", "65535"),
        )
    ),
    Case(
        "MLI477",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: foo bar}]\n",
        '10: "foo bar" is no host name (write a host name such as packages.contoso.com)',
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: '*.contoso.example'}]\n",
    ),
    Case(
        "MLI476",
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules:\n      - {name: feed, type: fqdn, destination: packages.contoso.example}\n"
        "      - {name: Feed, type: fqdn, destination: channel.contoso.example}\n",
        '12: workspaces.main has two outbound rules called "Feed"',
        f"{HEADER}workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_only_approved_outbound\n"
        "      outbound_rules: [{name: feed, type: fqdn, destination: packages.contoso.example}]\n",
    ),
    Case(
        "MLI473",
        f"{HEADER}network: {{outbound: approved, package_hosts: [packages.contoso.example]}}\n{WORKSPACE}",
        "7: the network of workspaces.main gets an Azure Firewall for its rules about hosts: "
        "packages-packages-contoso-example; it costs $912.50 a month (list price in USD)",
        f"{HEADER}network: {{outbound: approved}}\n{WORKSPACE}",
    ),
    Case(
        "MLI475",
        f"{HEADER}network: {{outbound: internet}}\n"
        + _endpoint("{model: azureml:m:1, instance_type: Standard_D2as_v4, egress_public_network_access: disabled}"),
        "11: egress_public_network_access does nothing in the managed network of workspaces.main",
        f"{HEADER}network: {{outbound: internet}}\n"
        + _endpoint("{model: azureml:m:1, instance_type: Standard_D2as_v4}"),
    ),
    Case(
        "MLI480",
        f"{HEADER}{WORKSPACE}compute_clusters: {{gpu: {{size: Standard_NC6s_v3}}}}\n",
        "7: Standard_NC6s_v3 was retired on 2025-09-30 (take Standard_NC24ads_A100_v4)",
        f"{HEADER}{WORKSPACE}compute_clusters: {{gpu: {{size: Standard_NC4as_T4_v3}}}}\n",
    ),
    Case(
        "MLI481",
        f"{HEADER}{WORKSPACE}compute_clusters: {{cpu: {{size: Standard_DS3_v2}}}}\n",
        "7: Standard_DS3_v2 is closed to subscriptions that do not use its series yet, and will be retired on "
        "2028-05-01 (take Standard_D4as_v4)",
        f"{HEADER}{WORKSPACE}{CPU}",
    ),
    Case(
        "MLI485",
        f"{HEADER}{WORKSPACE}compute_clusters: {{cpu: {{size: Standard_HC44rs}}}}\n",
        "7: Standard_HC44rs will be retired on 2027-05-31 (take Standard_HB120rs_v3)",
        f"{HEADER}{WORKSPACE}{CPU}",
    ),
    Case(
        "MLI482",
        f"{HEADER}{WORKSPACE}compute_clusters: {{cpu: {{size: Standard_D4ds_v8}}}}\n",
        '7: "Standard_D4ds_v8" is not a VM size that this release knows (did you mean "Standard_D4ds_v6"? If az ml '
        "compute list-sizes --location <region> lists it, ignore this with that reason)",
        f"{HEADER}{WORKSPACE}{CPU}",
    ),
    Case(
        "MLI479",
        f"{HEADER}{WORKSPACE}compute_clusters: {{cpu: {{size: Standard_D4ds_v44}}}}\n",
        '7: "Standard_D4ds_v44" is not a VM size of Azure (did you mean "Standard_D4ds_v4"?)',
        f"{HEADER}{WORKSPACE}{CPU}",
    ),
    Case(
        "MLI483",
        HEADER + _endpoint("{model: azureml:m:1, instance_type: Standard_D4ds_v4}"),
        "10: managed online endpoints do not take Standard_D4ds_v4",
        HEADER + _endpoint("{model: azureml:m:1, instance_type: Standard_D4as_v4}"),
    ),
    Case(
        "MLI484",
        f"{HEADER}{WORKSPACE}{CPU}jobs:\n  train:\n    command: python -c 1\n    environment: azureml:curated:1\n"
        "    compute: cpu\n    resources: {instance_count: 3}\n",
        "13: 3 nodes are asked for, and compute_clusters.cpu has at most 2",
        f"{HEADER}{WORKSPACE}{CPU}jobs:\n  train:\n    command: python -c 1\n    environment: azureml:curated:1\n"
        "    compute: cpu\n    resources: {instance_count: 2}\n",
    ),
    Case(
        "MLI579",
        f"{QUOTA % 'standardDDSv4Family: 4'}{WORKSPACE}{CPU}",
        "5: what may run at most takes 8 vCPUs of standardDDSv4Family, and its quota is 4 "
        "(ask for 4 more, or run less)",
        f"{QUOTA % 'standardDDSv4Family: 8'}{WORKSPACE}{CPU}",
    ),
    Case(
        "MLI746",
        f"{QUOTA % 'standardDDSv4Famly: 8'}{WORKSPACE}{CPU}",
        '5: "standardDDSv4Famly" is not a quota family that this release knows (did you mean "standardDDSv4Family"?)',
        f"{QUOTA % 'standardddsv4family: 8'}{WORKSPACE}{CPU}",
    ),
    Case(
        "MLI486",
        f"{HEADER}{WORKSPACE}{CPU}{TRAIN.replace('MODEL', 'mlflow_model')}"
        "models: {churn: {from_job: train, output: modle}}\n",
        '15: jobs.train has no output "modle" (did you mean "model"? Defined: model)',
        f"{HEADER}{WORKSPACE}{CPU}{TRAIN.replace('MODEL', 'mlflow_model')}"
        "models: {churn: {from_job: train, output: model}}\n",
    ),
    Case(
        "MLI488",
        f"{HEADER}{WORKSPACE}{CPU}{TRAIN.replace('MODEL', 'uri_folder')}"
        "models: {churn: {from_job: train, output: model}}\n",
        '15: output "model" of jobs.train is of type uri_folder '
        "(give it one of mlflow_model, custom_model, triton_model)",
        f"{HEADER}{WORKSPACE}{CPU}{TRAIN.replace('MODEL', 'mlflow_model')}"
        "models: {churn: {from_job: train, output: model}}\n",
    ),
    Case(
        "MLI566",
        HEADER + WORKSPACE + CPU + DATA + READS % "customers",
        '9: input "rows" of jobs.train is the text "customers", and not data.customers '
        "(write rows: {type: uri_folder, path: customers})",
        HEADER + WORKSPACE + CPU + DATA + READS % "others",
    ),
    Case(
        "MLI566",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: customers', 'model: given')}",
        '18: input "raw" of jobs.p is the text "customers", and not data.customers '
        "(write raw: {type: uri_folder, path: customers})",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: {path: customers}', 'model: given')}",
    ),
    Case(
        "MLI566",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: {path: customers}', 'model: made')}",
        '24: input "model" of jobs.p is the text "made", and not models.made '
        "(write model: {type: mlflow_model, path: 'azureml:made:7'})",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: {path: customers}', 'model: given')}",
    ),
    Case(
        "MLI566",
        HEADER + WORKSPACE + CPU + DATA + READS % "'azureml:customers@latest'",
        '9: input "rows" of jobs.train is the text "azureml:customers@latest", and nothing is read from there '
        "(write rows: {type: uri_folder, path: azureml:customers@latest}, or the type that it has)",
        HEADER + WORKSPACE + CPU + DATA + READS % "https://contoso.example/rows",
    ),
    Case(
        "MLI566",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: azureml:customers:1', 'model: given')}",
        '18: input "raw" of jobs.p is the text "azureml:customers:1", and nothing is read from there '
        "(write raw: {type: uri_folder, path: azureml:customers:1}, or the type that it has)",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: {path: customers}', 'model: given')}",
    ),
    Case(  # an input that is called a name is one, as of a step that registers the model itself
        "MLI566",
        HEADER + WORKSPACE + CPU + DATA + READS.replace("rows", "named") % "customers",
        '9: input "named" of jobs.train is the text "customers", and not data.customers '
        "(write named: {type: uri_folder, path: customers})",
        HEADER + WORKSPACE + CPU + DATA + READS.replace("rows", "data_name") % "customers",
    ),
    Case(  # and so is one that is a part of a longer text
        "MLI566",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: customers', 'model: given')}",
        '18: input "raw" of jobs.p is the text "customers", and not data.customers '
        "(write raw: {type: uri_folder, path: customers})",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: customers', 'model: given')}".replace(
            "inputs.raw}}", "inputs.raw}}-1"
        ),
    ),
    Case(
        "MLI698",
        f"{HEADER}{WORKSPACE}components: {{c: {{type: pipeline, jobs: {{s: {{{LEARNS % './rows'}}}}}}}}}\n",
        '7: an AutoML step of a component can\'t take its data from "./rows", a path of the repository '
        "(declare it under data, and write the name of that entry)",
        f"{HEADER}{WORKSPACE}{ROWS}components: {{c: {{type: pipeline, jobs: {{s: {{{LEARNS % 'table'}}}}}}}}}\n",
        TABLE,
    ),
    Case(
        "MLI698",
        f"{HEADER}{WORKSPACE}{CPU}jobs: {{j: {{compute: cpu, {LEARNS % './rows'}}}}}\n{WEEKLY % 'j'}",
        '9: schedules.week can\'t run jobs.j, whose AutoML reads "./rows" of the repository '
        "(declare it under data, and write the name of that entry)",
        f"{HEADER}{WORKSPACE}{CPU}jobs: {{j: {{compute: cpu, {LEARNS % './rows'}}}}}\n",
        TABLE,
    ),
    Case(
        "MLI357",
        HEADER + WORKSPACE + CPU + DATA + READS % "{type: uri_file}",
        '9: input "rows" of jobs.train has no path (write path in it, such as '
        "path: azureml://datastores/workspaceblobstore/paths/<path>)",
        HEADER + WORKSPACE + CPU + DATA + READS % "{type: uri_file, path: azureml:rows:1}",
    ),
    Case(
        "MLI357",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: {type: uri_folder}', 'model: given')}",
        '18: input "raw" of jobs.p has no path (write path in it, such as '
        "path: azureml://datastores/workspaceblobstore/paths/<path>)",
        f"{HEADER}{WORKSPACE}{CPU}{STEPS % ('raw: {type: uri_folder}', 'model: given')}"
        "schedules: {s: {trigger: {type: cron, expression: 0 5 * * 1}, create_job: {type: pipeline, job: p, "
        "inputs: {raw: {type: uri_folder, path: azureml:rows:1}}}}}\n",
    ),
    Case(
        "MLI457",
        HEADER + WORKSPACE + LAKE % ", credentials: {account_key: {vault: main, secret: k}}",
        "8: datastores.raw signs in with account_key, not as whoever reads",
        HEADER + WORKSPACE + LAKE % "",
    ),
    Case(
        "MLI709",
        HEADER + WORKSPACE + SHARE % "",
        "8: datastores.labels leads to a file share and keeps no key, and nobody signs in to one with Entra",
        HEADER + WORKSPACE + SHARE % ", credentials: {account_key: {vault: main, secret: k}}",
    ),
    Case(
        "MLI717",
        HEADER + WORKSPACE + FLAT % ("", "raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}"),
        "8: datastores.raw reads storage_accounts.lake as a lake, which has no hierarchical namespace (write "
        "hierarchical_namespace: true in storage_accounts.lake, or read it as blobs: type: azure_blob, container_name)",
        HEADER
        + WORKSPACE
        + FLAT
        % ("blob_soft_delete_days: 0, ", "raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}"),
    ),
    Case(
        "MLI717",
        HEADER + WORKSPACE + FLAT % ("azure_name: acmelake, ", "") + BY_DFS,
        "9: data.rows reads storage_accounts.lake as a lake, which has no hierarchical namespace (write "
        "hierarchical_namespace: true in storage_accounts.lake, or read it as blobs: https://<account>.blob.…)",
        HEADER + WORKSPACE + FLAT % ("azure_name: acmelake, hierarchical_namespace: true, ", "") + BY_DFS,
    ),
    Case(
        "MLI718",
        HEADER
        + WORKSPACE
        + FLAT % ("", "workspaceblobstore: {type: azure_blob, account_name: lake, container_name: raw}"),
        "8: datastores.workspaceblobstore is written over the datastore workspaceblobstore that the workspace has",
        HEADER + WORKSPACE + FLAT % ("", "workspaceblobstore: {existing: true, azure_name: workspaceblobstore}"),
    ),
    Case(
        "MLI458",
        HEADER + WORKSPACE + SECRET % ("", BY_PASSWORD),
        (
            '8: the first deployment stops at compute_clusters.cpu, until someone has put the secret "pw" into '
            "key_vaults.main (az keyvault secret set --vault-name kv-churn-dev-yf3g --name pw --file PATH)"
        ),
        HEADER + WORKSPACE + SECRET % ("existing: true, azure_name: kv-theirs", BY_PASSWORD),
    ),
    Case(
        "MLI459",
        HEADER + WORKSPACE + SECRET % ("enabled_for_template_deployment: false", BY_PASSWORD),
        (
            "7: enabled_for_template_deployment is off, and compute_clusters.cpu takes a secret from key_vaults.main "
            "when it is deployed"
        ),
        HEADER + WORKSPACE + SECRET % ("enabled_for_template_deployment: false", BY_KEY),
    ),
    Case(
        "MLI459",
        HEADER + WORKSPACE + SECRET % ("network_acls: {default_action: deny, bypass: none}", BY_PASSWORD),
        (
            "7: network_acls let no service of Azure in, and compute_clusters.cpu takes a secret from key_vaults.main "
            "when it is deployed"
        ),
        HEADER
        + WORKSPACE.replace("main: {", "main: {managed_network: {isolation_mode: allow_internet_outbound}")
        + SECRET % ("network_acls: {default_action: deny}", BY_PASSWORD),
    ),
    Case(
        "MLI459",
        HEADER + WORKSPACE + SECRET % ("properties: {enabledForTemplateDeployment: false}", BY_PASSWORD),
        (
            "7: enabled_for_template_deployment is off, and compute_clusters.cpu takes a secret from key_vaults.main "
            "when it is deployed"
        ),
        HEADER + WORKSPACE + SECRET % ("properties: {enabledForTemplateDeployment: true}", BY_PASSWORD),
    ),
    *(
        Case(
            "MLI645",
            HEADER + _endpoint(LOGS) + INSIGHTS % off,
            (
                "10: online_endpoints.churn.deployments.blue logs to application_insights.main, which takes no keys "
                "and drops what it sends (let application_insights.main take keys: remove local_auth)"
            ),
            HEADER + _endpoint(LOGS) + INSIGHTS % "",
        )
        for off in ("local_auth: false", "properties: {DisableLocalAuth: true}")
    ),
)


@pytest.mark.parametrize("case", [*CASES, *TARGET_CASES], ids=lambda case: case.code)
def test_rule_finds_what_breaks_it_and_nothing_else(case: Case, tmp_path: Path) -> None:
    assert said(tmp_path, case.wrong, case.code, case.files) == [case.message]
    assert [item.message for item in found(tmp_path, case.right, case.files) if item.code.severity == "error"] == []
    assert said(tmp_path, case.right, case.code, case.files) == []


def test_every_rule_has_a_case() -> None:
    rules = {code.id for rule in (*AZUREML_RULES, *TARGET_RULES) for code in rule.codes}
    tables = (CASES, TARGET_CASES, ISOLATED_CASES, KEY_CASES, PACKAGE_CASES, RELEASE_CASES, RETIREMENT_CASES)
    of_scoring = SCORING_CODES & rules
    of_scoring |= {*CONTRACT_CODES, "MLI149"}  # of `test_variables_of_commands.py`
    by_packages = {"MLI823"}  # in `test_packages.py`, with all lines that pip takes
    by_example = {"MLI734", "MLI735"}  # which `tests/examples` runs: they need two workspaces, and pipelines
    of_releases = {"MLI745", "MLI342"}  # in `tests/pipelines`: test_served_versions.py and test_gate.py
    of_releases |= {case.code for case in UNASKED} | {"MLI820"}  # in `test_unasked.py`, by its limits
    of_databricks = {"MLI542", "MLI881"}  # of `KEY_CASES`: rules of Databricks are no part of these
    of_bodies = {"MLI667"}  # of `ISOLATED_CASES`: a rule of bodies, which asks the network
    of_subnets = {"MLI897"}  # in `tests/core/test_networks_of_databricks.py`
    of_tables = {case.code for table in tables for case in table} - of_databricks - of_bodies
    assert rules == of_tables | of_scoring | by_packages | by_example | of_releases | of_subnets


def test_production_of_the_table_compiles_at_all(tmp_path: Path) -> None:
    (message,) = said(tmp_path, f"{PRODUCTION}network: {{inbound: public}}\n{WORKSPACE}", "MLI434")
    advice = "(write allowed_ips, or ignore this with a reason)"
    assert message == f"6: the whole internet reaches production {advice}"


def test_a_second_rule_of_a_name_shows_the_first(tmp_path: Path) -> None:
    (wrong,) = (case.wrong for case in CASES if case.code == "MLI476")
    (second,) = (each for each in found(tmp_path, wrong) if each.code.id == "MLI476")
    assert [(each.message, each.span.line) for each in second.related] == [("the first is written here", 11)]
