"""Cases of the rules about what Unity Catalog needs."""

from __future__ import annotations

from tests.rules.case import Case

_WORKSPACE = "databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}\n"
_ROOT = 'storage_root: "abfss://a@b.dfs.core.windows.net/"'


def _principals(*bodies: str) -> str:
    ids = (f"66666666-6666-6666-6666-66666666660{place}" for place in range(len(bodies)))
    lines = (
        f"  p{place}: {{object_id: {id}, {body}}}\n" for place, (id, body) in enumerate(zip(ids, bodies, strict=True))
    )
    return f"principals:\n{''.join(lines)}databricks_catalogs: {{main: {{{_ROOT}}}}}\n{_WORKSPACE}"


UNITY_CASES = (
    Case(
        "MLI884",
        "databricks_access_connectors: {lake: {}}\n"
        "databricks_storage_credentials: {lake: {access_connector: lake}, theirs: {existing: true, name: theirs}}\n"
        + _WORKSPACE,
        "databricks_access_connectors: {lake: {}}\n"
        "databricks_storage_credentials:\n"
        "  none: {read_only: true}\n"
        "  two: {access_connector: lake, azure_managed_identity: {access_connector_id: /subscriptions/1}}\n"
        + _WORKSPACE,
        (
            (
                "3:3 databricks_storage_credentials.none has no identity"
                " | write access_connector: <an entry of databricks_access_connectors>"
            ),
            (
                "4:33 databricks_storage_credentials.two has access_connector and azure_managed_identity"
                " | leave one of them out"
            ),
        ),
    ),
    Case(
        "MLI885",
        _principals("role: reader, name: people", "role: deployer", "type: user"),
        _principals("role: reader", "role: ml_engineer, type: service_principal", "role: data_scientist, type: user"),
        (
            (
                "2:3 principals.p0 is granted nothing in Unity Catalog, which does not know it by its object id"
                " | add name: <what Databricks calls the group>"
            ),
            (
                "3:3 principals.p1 is granted nothing in Unity Catalog, which does not know it by its object id"
                " | add application_id: <the id of its application>"
            ),
            (
                "4:3 principals.p2 is granted nothing in Unity Catalog, which does not know it by its object id"
                " | make it a member of a group, and give that the role"
            ),
        ),
    ),
    Case(
        "MLI886",
        f"databricks_catalogs: {{a: {{{_ROOT}}}, b: {{share_name: s, provider_name: p}}, c: {{existing: true}}}}\n"
        + _WORKSPACE,
        "databricks_catalogs: {a: {}}\n"
        "databricks_external_locations:\n"
        '  one: {url: "abfss://a@b.dfs.core.windows.net/", credential_name: lake}\n'
        '  two: {url: "abfss://c@b.dfs.core.windows.net/", credential_name: lake}\n' + _WORKSPACE,
        ("1:23 databricks_catalogs.a has no storage_root | write storage_root: one of one, two",),
    ),
)
