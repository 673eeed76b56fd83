"""Cases of the rules about diagnostic settings and locks."""

from __future__ import annotations

from tests.rules.case import Case

_LOGS = "log_analytics: {main: {}, old: {}}\nkey_vaults: {main: {}}\nroute_tables: {way: {}}\n"
_LOGS += "storage_accounts: {lake: {kind: BlockBlobStorage, sku: Premium_LRS}}\n"
_GROUP = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg"
_THEIRS = f"{_GROUP}/providers"
_ID = f"{_THEIRS}/Microsoft.Cdn/profiles/cdn"


def _settings(*settings: str) -> str:
    return _LOGS + "diagnostic_settings:\n" + "".join(f"  s{i}: {{{text}}}\n" for i, text in enumerate(settings))


_LOCKS_OF_NOTHING = f"locks: {{id: {{of: {_ID}}}, person: {{of: principals.someone}}}}\n"
_LOCKS_OF_NOTHING += "principals: {someone: {object_id: 22222222-2222-2222-2222-222222222222, role: reader}}\n"


def _locks(*locks: str) -> str:
    return (
        f"{_LOGS}workspaces: {{main: {{}}}}\ndata: {{rows: {{type: uri_folder, path: 'https://a.example/'}}}}\n"
        "locks:\n" + "".join(f"  l{i}: {{{text}}}\n" for i, text in enumerate(locks))
    )


_SCORING = (
    "workspaces: {main: {}}\nstorage_accounts: {lake: {}}\nbatch_endpoints: {b: {}}\n"
    "diagnostic_settings: {s: {of: %s}}\n"
)


def _role(scope: str) -> str:
    return f"identities: {{ci: {{}}}}\nrole_assignments: {{a: {{identity: ci, role: Reader, scope: {scope}}}}}\n"


_HOLDING = (
    "leave it out, and lock what holds data, with level: cannot_delete: log_analytics.main, log_analytics.old, "
    "key_vaults.main"
)
RECORD_CASES = (
    Case(
        "MLI391",
        _settings(
            "of: key_vaults.main, log_analytics: main, category_groups: [audit], table_type: dedicated",
            f"of: {_ID}, log_analytics: main, metrics: [AllMetrics]",
            f"of: {_THEIRS}/Microsoft.Storage/storageAccounts/stsales/blobServices/default, log_analytics: main",
        ),
        _settings(
            "of: key_vaults.main",
            "of: key_vaults.main, log_analytics: main, categories: [AuditEvent], category_groups: [audit]",
            "of: key_vaults.main, storage_account: lake, categories: [audit], table_type: dedicated",
            f"of: {_ID}, log_analytics: main",
            "of: key_vaults.main, log_analytics: old, categories: [], metrics: []",
        ),
        (
            "6:3 diagnostic_settings.s0 sends to nowhere | write log_analytics, storage_account or event_hub",
            ("7:76 diagnostic_settings.s1 has categories, which a group holds already | write one of the two"),
            '8:65 "audit" is a group of categories | write category_groups: [audit] instead',
            "8:73 table_type of diagnostic_settings.s2 needs log_analytics, which has the tables",
            (
                "9:12 what a resource of the type Microsoft.Cdn/profiles sends is not known here"
                " | write category_groups: [allLogs] if it has logs, metrics: [AllMetrics] if it has metrics, or both"
            ),
            "10:3 diagnostic_settings.s4 sends nothing | leave categories or metrics out",
        ),
    ),
    Case(
        "MLI343",
        _settings("of: key_vaults.main, log_analytics: main, categories: [AuditEvent], metrics: [AllMetrics]"),
        _settings(
            "of: key_vaults.main, log_analytics: main, categories: [AuditEvents]",
            "of: storage_accounts.lake.blob_services, storage_account: lake, categories: [AuditEvent], metrics: [All]",
            "of: key_vaults.main, storage_account: lake, metrics: [Transaction]",
        ),
        (
            (
                '6:63 "AuditEvents" is no category of the logs of key_vaults.main that this release knows | did you '
                'mean "AuditEvent"? Defined: AuditEvent, AzurePolicyEvaluationDetails'
            ),
            (
                '7:85 "AuditEvent" is no category of the logs of storage_accounts.lake.blob_services that this '
                "release knows | Defined: StorageDelete, StorageRead, StorageWrite"
            ),
            (
                '7:108 "All" is no category of the metrics of storage_accounts.lake.blob_services | did you mean '
                '"AllMetrics"? Defined: AllMetrics, Capacity, Transaction'
            ),
            '8:62 "Transaction" is no category of the metrics of key_vaults.main | Defined: AllMetrics',
        ),
    ),
    Case(
        "MLI343",
        "databricks_workspaces: {w: {}}\n"
        + _settings("of: databricks_workspaces.w, log_analytics: main, categories: [jobs, unityCatalog, Apps]"),
        "databricks_workspaces: {w: {}}\n"
        + _settings("of: databricks_workspaces.w, log_analytics: main, categories: [jobs, unityCatalogs]"),
        (
            (
                '7:77 "unityCatalogs" is no category of the logs of databricks_workspaces.w that this release knows | '
                'did you mean "unityCatalog"? Defined: Apps, BrickStoreHttpGateway, BudgetPolicyCentral, '
                "CloudStorageMetadata, ClusterPolicies, Dashboards, DataMonitoring, DataRooms, Files, Filesystem, … "
                "and 43 more"
            ),
        ),
    ),
    Case(
        "MLI392",
        _settings(
            "of: key_vaults.main, log_analytics: main",
            "of: storage_accounts.lake.blob_services, log_analytics: main, category_groups: [audit]",
        ),
        _settings(
            "of: route_tables.way, log_analytics: main",
            "of: storage_accounts.lake, log_analytics: main, category_groups: [audit]",
            "of: key_vaults.main.blob_services, log_analytics: main",
            f"of: {_THEIRS}/Microsoft.Network/routeTables/rt, log_analytics: main",
        )
        + _LOCKS_OF_NOTHING,
        (
            "6:12 route_tables.way, a route table, sends neither logs nor metrics",
            (
                "7:73 storage_accounts.lake has no logs, only metrics | its services have:"
                " storage_accounts.<entry>.blob_services"
            ),
            "8:12 key_vaults.main.blob_services is no Azure resource",
            "9:12 what it is the id of, a route table, sends neither logs nor metrics",
            "10:140 principals.someone is no Azure resource",
        ),
    ),
    Case(
        "MLI392",
        _SCORING % "workspaces.main, storage_account: lake",
        _SCORING % "batch_endpoints.b, storage_account: lake",
        (
            (
                "4:31 batch_endpoints.b, a batch endpoint, sends neither logs nor metrics"
                " | watch workspaces.main, which says what happens on it"
            ),
        ),
    ),
    Case(
        "MLI393",
        _settings(
            "of: key_vaults.main, log_analytics: main",
            "of: key_vaults.main, log_analytics: old",
            "of: key_vaults.main, storage_account: lake, categories: [AuditEvent], metrics: []",
            "of: key_vaults.main, storage_account: lake, categories: [AzurePolicyEvaluationDetails]",
        ),
        _settings(
            *(f"of: key_vaults.main, log_analytics: main, categories: [{each}], metrics: []" for each in "abcde"),
            "of: key_vaults.main, log_analytics: main, categories: [e], metrics: []",
            "of: key_vaults.main, log_analytics: main",
        ),
        (
            (
                "11:12 diagnostic_settings.s5 and diagnostic_settings.s4 send the same of key_vaults.main to"
                " log_analytics.main | join them in one"
            ),
            "11:12 key_vaults.main has more than the 5 settings that a resource takes",
            (
                "12:12 diagnostic_settings.s6 and diagnostic_settings.s0 send the same of key_vaults.main to"
                " log_analytics.main | join them in one"
            ),
        ),
    ),
    Case(
        "MLI394",
        _locks("of: key_vaults.main", "of: storage_accounts.lake", f"of: {_ID}", f"of: {_GROUP}"),
        _locks(
            "of: workspaces.main",
            "of: storage_accounts.lake, level: read_only",
            "of: resource_group",
            f"of: {_THEIRS}/Microsoft.MachineLearningServices/workspaces/mlw",
        ),
        (
            f"8:12 locks.l0 locks workspaces.main, and with it all that lives in it | {_HOLDING}",
            (
                "9:42 locks.l1 lets nobody change storage_accounts.lake, not even deployments of this platform |"
                " write level: cannot_delete"
            ),
            f"10:12 locks.l2 locks resource_group, and with it all that lives in it | {_HOLDING}",
            (
                "11:12 locks.l3 locks /subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg"
                "/providers/Microsoft.MachineLearningServices/workspaces/mlw, and with it all that lives in it"
            ),
        ),
    ),
    Case(
        "MLI821",
        _locks(f"of: {_THEIRS}/Microsoft.Sql/servers/sql-sales", f"of: {_THEIRS}/microsoft.sql/SERVERS/a/databases/b")
        + _role(f"{_THEIRS}/Microsoft.Web/sites/app/slots/blue"),
        _locks(
            f"of: {_THEIRS}/Microsoft.Sql/server/sql-sales",
            f"of: {_THEIRS}/Microsoft.SQ/servers/sql-sales",
            f"of: {_THEIRS}/Microsoft.Sql/servers/a/databases/b/providers/Microsoft.Authorization/locks/l",
            f"of: {_THEIRS}/Contoso.Sales/shops/berlin",
        )
        + _role(f"{_THEIRS}/Microsoft.Search/endpoints/a"),
        (
            (
                "13:59 scope is the id of a resource of the type Microsoft.Search/endpoints, which Bicep does not know"
                ' | did you mean "Microsoft.Search/searchServices"?'
            ),
            (
                "8:12 of is the id of a resource of the type Microsoft.Sql/server, which Bicep does not know"
                ' | did you mean "Microsoft.Sql/servers"?'
            ),
            (
                "9:12 of is the id of a resource of the type Microsoft.SQ/servers, which Bicep does not know"
                ' | did you mean "Microsoft.Sql/servers"?'
            ),
            "10:12 of is the id of what extends another resource | write the id of that one",
            "11:12 of is the id of a resource of the type Contoso.Sales/shops, which Bicep does not know",
        ),
    ),
    Case(
        "MLI842",
        "log_analytics_clusters: {own: {}, theirs: {existing: true, azure_name: logc-theirs, resource_group: rg}}\n"
        "log_analytics: {main: {cluster: own}, other: {cluster: theirs, location: northeurope}}",
        "log_analytics_clusters: {own: {}}\nlog_analytics: {main: {cluster: own, location: northeurope}}",
        (
            (
                "2:33 log_analytics.main lies in northeurope, and log_analytics_clusters.own in westeurope"
                " | write location: westeurope"
            ),
        ),
    ),
    Case(
        "MLI843",
        "log_analytics_clusters: {own: {}}\nlog_analytics: {main: {cluster: own}, other: {sku: per_gb}}",
        "log_analytics_clusters: {own: {}}\n"
        "log_analytics: {main: {cluster: own, sku: per_gb, reserved_gb_per_day: 100}}",
        (
            "2:38 log_analytics.main has a sku of its own, and lies in the cluster own",
            "2:51 log_analytics.main has a reserved_gb_per_day of its own, and lies in the cluster own",
        ),
    ),
)
