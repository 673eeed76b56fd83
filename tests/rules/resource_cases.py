"""Cases of the rules about vaults, registries of images and storage accounts."""

from __future__ import annotations

from tests.rules.case import Case

KEYED = """{account_name: lake, credentials: {account_key: {vault: main, secret: k}},
  type: azure_blob, container_name: raw}"""
VAULT = "key_vaults: {main: {}}\nworkspaces: {main: {}}"
NO_KEYS = "leave shared_key_access out, or say why it has to be"
_OTHERS = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers"
_SEARCH = "search_services: {idx: {existing: true, azure_name: srch-x, resource_group: rg-ai}}\n"
RUN = "type: command, command: x, environment: azureml:e:1, compute: serverless"
STEP = RUN.replace("compute: serverless", "resources: {instance_count: 1}")
LAB = "workspaces: {lab: {}}\n"
RESOURCE_CASES = (
    # ---- vaults ----
    Case(
        "MLI420",
        "key_vaults: {main: {}}",
        "key_vaults: {main: {purge_protection: false}}",
        ("1:21 key_vaults.main can be destroyed for good, as purge_protection is off",),
        "production",
    ),
    Case(
        "MLI421",
        "key_vaults: {main: {properties: {enableRbacAuthorization: true}}}",
        "key_vaults: {main: {properties: {enableRbacAuthorization: false, accessPolicies: []}}}",
        (
            "1:66 key_vaults.main holds access policies, which are ignored",
            "1:34 key_vaults.main turns roles off",
        ),
    ),
    Case(
        "MLI619",
        "storage_accounts: {lake: {location: westus, sku: Standard_GRS}, far: {location: elsewhere}}\n"
        "container_registries: {own: {location: westus, sku: premium}}\n"
        'public_ips: {out: {location: westus}, all: {zones: ["1", "2"]}}\n',
        "storage_accounts: {lake: {location: ukwest}, copy: {location: chinaeast, sku: Premium_ZRS, kind: "
        "BlockBlobStorage}}\n"
        "container_registries: {own: {location: westus, sku: premium, zone_redundancy: true}}\n"
        'public_ips: {out: {location: westus, zones: ["1", "3"]}}\n'
        'nat_gateways: {out: {location: westus, public_ips: [out], zones: ["1"]}}\n'
        "log_analytics_clusters: {own: {location: westus, availability_zones: true}}\n",
        (
            (
                "1:20 ukwest has no availability zones, and storage_accounts.lake has Standard_ZRS there, as it has in "
                "production unless something else is written | write sku: Standard_LRS, or Standard_GRS for a copy in "
                "the region that it is paired with"
            ),
            (
                "1:79 chinaeast has no availability zones, and storage_accounts.copy has Premium_ZRS there | write "
                "sku: Premium_LRS"
            ),
            (
                "2:79 westus has no availability zones, and container_registries.own has a copy in each zone there | "
                "leave zone_redundancy out"
            ),
            "3:45 westus has no availability zones, and public_ips.out has zones 1, 3 there | leave zones out",
            "4:66 westus has no availability zones, and nat_gateways.out has zones 1 there | leave zones out",
            (
                "5:70 westus has no availability zones, and log_analytics_clusters.own has a copy in each zone there | "
                "leave availability_zones out"
            ),
        ),
        "production",
    ),
    Case(
        "MLI614",
        "storage_accounts: {lake: {containers: {raw: {}, kept: {azure_name: raw-kept}}, lifecycle: "
        "{old: {prefixes: [raw/, ra, raw-kept/2020, azureml/, logs], delete_after_days: 9, versions: "
        "{delete_after_days: 9}}}}}\n",
        "storage_accounts:\n"
        "  lake: {containers: {raw: {}}, lifecycle: {old: {prefixes: [rwa/x, raws], delete_after_days: 9}}}\n"
        "  flat: {versioning: false, lifecycle: {old: {versions: {delete_after_days: 9}}}}\n"
        "  deep: {hierarchical_namespace: true, lifecycle: {old: {versions: {cool_after_days: 9}}}}\n"
        "  named: {containers: {x: {azure_name: raw-data}}, lifecycle: {o: {prefixes: [x/a], delete_after_days: 9}}}\n",
        (
            (
                '2:62 lifecycle rule "old" is about rwa/x, and storage_accounts.lake has no such container | did '
                'you mean "raw"?'
            ),
            (
                '2:69 lifecycle rule "old" is about raws, and storage_accounts.lake has no such container | did '
                'you mean "raw"?'
            ),
            (
                '3:47 lifecycle rule "old" is about versions, and storage_accounts.flat keeps none | write '
                "versioning: true"
            ),
            '4:58 lifecycle rule "old" is about versions, and storage_accounts.deep keeps none | leave versions out',
            (
                '5:79 lifecycle rule "o" is about x/a, and storage_accounts.named has no such container | did '
                'you mean "raw-data"?'
            ),
        ),
    ),
    Case(
        "MLI614",
        f"{_SEARCH}workspaces: {{main: {{}}}}\nstorage_accounts: {{lake: {{network_acls: {{resource_instances: "
        f"[search_services.idx, workspaces.main, {_OTHERS}/Microsoft.Synapse/workspaces/*]}}}}}}\n",
        f"identities: {{i: {{}}}}\nstorage_accounts: {{other: {{}}, lake: {{network_acls: {{resource_instances: "
        f"[identities.i, storage_accounts.other, {_OTHERS}/Microsoft.Web/sites/a]}}}}}}\n",
        (
            (
                "2:74 storage_accounts.lake lets identities.i in, and Azure Storage lets no "
                "Microsoft.ManagedIdentity/userAssignedIdentities past its rules | leave it out, and let it in "
                "by a private endpoint, a subnet or an address"
            ),
            (
                "2:88 storage_accounts.lake lets storage_accounts.other in, and Azure Storage lets no "
                "Microsoft.Storage/storageAccounts past its rules | leave it out, and let it in by a private "
                "endpoint, a subnet or an address"
            ),
            (
                "2:112 storage_accounts.lake lets "
                "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers/Microsoft.Web/sites/a "
                "in, and Azure Storage lets no Microsoft.Web/sites past its rules | leave it out, and let it in "
                "by a private endpoint, a subnet or an address"
            ),
        ),
    ),
    Case(
        "MLI594",
        "key_vaults: {main: {keys: {data: {}}}}",
        "key_vaults: {main: {keys: {data: {}}, purge_protection: false}}",
        ("1:57 key_vaults.main holds keys, and lacks purge protection",),
    ),
    Case(
        "MLI595",
        "key_vaults: {main: {sku: premium, keys: {data: {type: RSA-HSM}}}}",
        "key_vaults: {main: {keys: {data: {type: RSA-HSM}}}}",
        (
            (
                "1:41 key_vaults.main.keys.data lies in hardware, which a vault of the sku standard lacks"
                " | write sku: premium"
            ),
        ),
    ),
    # ---- tags ----
    Case(
        "MLI143",
        "key_vaults: {main: {tags: {env: a, team: b}}}",
        "key_vaults: {main: {tags: {env: a, ENV: b}}}",
        ('1:36 tag "ENV" of key_vaults.main differs from "env" in case only | keep one of the two',),
    ),
    # ---- texts ----
    Case(
        "MLI161",
        f"{LAB}jobs: {{t: {{{RUN}, description: {'d' * 5_000}, tags: {{{'k' * 100}: {'v' * 1_000}}}}}}}",
        f"{LAB}jobs:\n  t: {{{RUN}, display_name: {'n' * 257}}}\n  p:\n    type: pipeline\n    jobs:\n"
        f"      s: {{{STEP}, description: {'d' * 5_001}, tags: {{{'k' * 101}: a, b: {'v' * 1_001}}}}}\n"
        f"    properties: {{{', '.join(f'p{number}: a' for number in range(51))}}}\n",
        (
            "3:95 display_name has 257 characters, and Azure takes 256 | write at most 256 characters",
            "8:5 properties are 51, and Azure takes 50 | remove 1",
            "7:109 description has 5,001 characters, and Azure takes 5,000 | write at most 5,000 characters",
            "7:5119 a name in tags has 101 characters, and Azure takes 100 | shorten it",
            "7:5228 b has 1,001 characters, and Azure takes 1,000 | shorten it",
        ),
    ),
    Case(
        "MLI162",
        f"workspaces: {{lab: {{description: {'d' * 131_071}}}}}",
        f"workspaces: {{lab: {{description: {'d' * 131_072}}}}}",
        ("1:33 description has 131,072 characters, and Bicep holds 131,071 | shorten it",),
    ),
    Case(
        "MLI163",
        f"workspaces: {{lab: {{tags: {{{'k' * 512}: {'v' * 256}}}}}}}",
        f"workspaces: {{lab: {{tags: {{{'k' * 513}: {'v' * 257}}}}}}}\n"
        f"key_vaults: {{main: {{tags: {{{', '.join(f't{number}: a' for number in range(50))}}}}}}}\ntags: {{cost: a}}",
        (
            "2:21 tags are 51, 1 of them of the target, and Azure takes 50 | remove 1",
            "1:27 a name in tags has 513 characters, and Azure takes 512 | shorten it",
            f"1:542 {'k' * 40} has 257 characters, and Azure takes 256 | shorten it",
        ),
    ),
    # ---- registries ----
    Case(
        "MLI425",
        "network: {allowed_ips: [203.0.113.0/24]}\ncontainer_registries: {main: {}}",
        "network: {allowed_ips: [203.0.113.0/24]}\ncontainer_registries: {main: {sku: standard}}",
        (
            (
                "2:36 container_registries.main is closed to all but some addresses, which standard can't be"
                " | write sku: premium, or leave sku out"
            ),
        ),
    ),
    Case(
        "MLI426",
        "container_registries: {main: {admin_user: false}}",
        "container_registries: {main: {admin_user: true}}",
        ("1:31 container_registries.main has an admin user, one password for everyone",),
    ),
    Case(
        "MLI427",
        "identities: {ci: {}}\ncontainer_registries: {main: {role_mode: abac}}\nrole_assignments:"
        " {a: {identity: ci, role: Container Registry Repository Reader, scope: container_registries.main}}",
        "identities: {ci: {}}\ncontainer_registries: {main: {role_mode: abac}}\nrole_assignments:"
        " {a: {identity: ci, role: AcrPull, scope: container_registries.main}}",
        ("2:42 container_registries.main grants by repository, where AcrPull, which is granted on it, is ignored",),
    ),
    Case(
        "MLI428",
        "container_registries: {main: {export_policy: false, public_network_access: disabled}}",
        "container_registries: {main: {export_policy: false}}",
        ("1:31 container_registries.main can forbid exports only with public_network_access: disabled",),
    ),
    Case(
        "MLI429",
        "container_registries: {main: {sku: premium, zone_redundancy: true, retention_days: 7}}",
        "container_registries: {main: {zone_redundancy: true, retention_days: 7}}",
        (
            "1:31 zone_redundancy needs sku premium, and container_registries.main is standard",
            "1:54 retention_days needs sku premium, and container_registries.main is standard",
        ),
    ),
    Case(
        "MLI430",
        "container_registries: {main: {}}",
        "container_registries: {main: {anonymous_pull: true}}",
        ("1:31 everyone may pull images from container_registries.main",),
    ),
    # ---- storage ----
    Case(
        "MLI240",
        "storage_accounts: {lake: {location: westeurope}}",
        "storage_accounts: {lake: {location: westeuropa}}",
        ('1:37 Azure has no region "westeuropa" | did you mean "westeurope"?',),
    ),
    Case(
        "MLI241",
        "storage_accounts: {lake: {location: eastus2}}",
        "storage_accounts: {lake: {location: eastus3}}",
        ('1:37 "eastus3" is not a region that this release knows | did you mean "eastus"?',),
    ),
    Case(
        "MLI424",
        "network: {inbound: public}\nstorage_accounts: {lake: {shared_key_access: false}}",
        "network: {inbound: public}\nstorage_accounts: {lake: {shared_key_access: true}}",
        (f"2:27 storage_accounts.lake is opened by its keys, past Entra | {NO_KEYS}",),
        "production",
    ),
    Case(
        "MLI896",
        "network: {inbound: public}\npublic_ips: {p: {properties: {publicIPAllocationMethod: Static}}}",
        "network: {inbound: public}\npublic_ips: {p: {properties: {publicIPAllocationMethod: Dynamic}}}",
        (
            (
                '2:31 publicIPAllocationMethod under properties of public_ips.p replaces "Static" | write the field '
                "that says it, where there is one, or say why it has to be"
            ),
        ),
        "production",
    ),
    Case(
        "MLI410",
        "storage_accounts: {lake: {hierarchical_namespace: true, versioning: false}}",
        "storage_accounts:\n  lake:\n    hierarchical_namespace: true\n    versioning: true\n    restore_days: 7\n"
        "    containers: {raw: {immutable_versions: true}}",
        (
            "4:5 versioning excludes hierarchical_namespace, which storage_accounts.lake has",
            "5:5 restore_days excludes hierarchical_namespace, which storage_accounts.lake has",
            "6:24 immutable_versions excludes hierarchical_namespace, which storage_accounts.lake has",
        ),
    ),
    Case(
        "MLI411",
        "storage_accounts: {main: {restore_days: 14, change_feed_days: 30}}",
        "storage_accounts: {main: {restore_days: 30, versioning: false}}",
        (
            (
                "1:27 restore_days of storage_accounts.main needs"
                " versioning and change_feed_days and more blob_soft_delete_days"
            ),
        ),
    ),
    Case(
        "MLI419",
        "storage_accounts: {main: {containers: {kept: {immutable_versions: true}}}}",
        "storage_accounts: {main: {versioning: false, containers: {kept: {immutable_versions: true}}}}",
        ("1:66 immutable_versions of storage_accounts.main.containers.kept needs versioning",),
    ),
    Case(
        "MLI412",
        "storage_accounts: {lake: {shared_key_access: true, containers: {raw: {}}}}\n"
        f"datastores: {{raw: {KEYED}}}\n{VAULT}",
        f"storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}\ndatastores: {{raw: {KEYED}}}\n{VAULT}",
        ("2:54 datastores.raw signs in with account_key, and storage_accounts.lake refuses keys",),
    ),
    Case(
        "MLI413",
        "storage_accounts: {main: {}}",
        "storage_accounts: {main: {public_blobs: true}}",
        ("1:27 containers of storage_accounts.main may be opened to everyone",),
    ),
    Case(
        "MLI414",
        "storage_accounts: {main: {blob_soft_delete_days: 7}}",
        "storage_accounts: {main: {blob_soft_delete_days: 0}}",
        ("1:27 what is deleted in storage_accounts.main is gone at once, as blob_soft_delete_days is 0",),
    ),
    Case(
        "MLI415",
        "storage_accounts: {main: {kind: FileStorage, sku: Premium_ZRS}}",
        "storage_accounts:\n  a: {sku: Premium_LRS}\n  b: {kind: FileStorage}",
        (
            "2:12 storage_accounts.a can't be Premium_LRS and StorageV2",
            "3:13 storage_accounts.b can't be Standard_LRS and FileStorage",
        ),
    ),
    Case(
        "MLI416",
        "storage_accounts: {main: {sftp: true, hierarchical_namespace: true}}",
        "storage_accounts: {main: {sftp: true}}",
        ("1:27 sftp needs hierarchical_namespace, which storage_accounts.main lacks",),
    ),
    Case(
        "MLI417",
        "storage_accounts: {main: {kind: FileStorage, sku: Premium_LRS,"
        " file_shares: {labels: {protocol: nfs, access_tier: premium}}}}",
        "storage_accounts:\n"
        "  a: {kind: FileStorage, sku: Premium_LRS, containers: {raw: {}}, hierarchical_namespace: true}\n"
        "  b: {file_shares: {labels: {protocol: nfs, access_tier: premium}}}\n"
        "  c: {kind: BlockBlobStorage, sku: Premium_LRS, file_shares: {labels: {}}}",
        (
            "2:44 storage_accounts.a is FileStorage, which holds no containers",
            "2:67 storage_accounts.a is FileStorage, which holds no hierarchical namespace",
            "3:30 storage_accounts.b is StorageV2, which holds no NFS shares",
            "3:45 storage_accounts.b is StorageV2, which holds no premium shares",
            "4:49 storage_accounts.c is BlockBlobStorage, which holds no file shares",
        ),
    ),
    Case(
        "MLI418",
        "storage_accounts: {main: {lifecycle: {old: {cool_after_days: 30, archive_after_days: 90}}}}",
        "storage_accounts:\n  main:\n    sku: Standard_ZRS\n    lifecycle:\n"
        "      nothing: {prefixes: [raw/]}\n"
        "      order: {cool_after_days: 30, delete_after_days: 7}\n"
        "      cold: {archive_after_days: 30}\n"
        "      old-versions: {delete_after_days: 7}",
        (
            (
                '5:7 lifecycle rule "nothing" does nothing: write cool_after_days, cold_after_days, archive_after_days'
                " or delete_after_days"
            ),
            '6:7 delete_after_days of lifecycle rule "order" must be more than its cool_after_days, 30, not 7',
            '7:7 lifecycle rule "cold" archives, and a Standard_ZRS account has no archive',
            '8:7 the name "old-versions" is that of the rule that version_days makes',
        ),
    ),
)
