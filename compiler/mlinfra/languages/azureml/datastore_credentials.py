"""How a datastore signs in by itself: the properties that say so, with the secret read from a vault."""

from __future__ import annotations

from typing import Any

from mlinfra.azure.clouds import cloud
from mlinfra.graph import Entry, Graph
from mlinfra.languages.bound import secret_at

# Field of the body that holds the secret -> credentialsType, and the name of the secret there (SDK: _credentials.py).
SECRETS = {
    "account_key": ("AccountKey", "key"),
    "sas_token": ("Sas", "sasToken"),
    "client_secret": ("ServicePrincipal", "clientSecret"),
    "certificate": ("Certificate", "certificate"),
}
APPLICATIONS = ("ServicePrincipal", "Certificate")  # sign in as an application of Entra


def credentials(entry: Entry, graph: Graph) -> dict[str, Any] | None:
    """The credentials of a datastore; None where it has none, and whoever reads signs in with Entra."""
    for field, (kind, name) in SECRETS.items():
        if secret := secret_at(graph, entry, "credentials", field):
            application = _application(entry, graph) if kind in APPLICATIONS else {}
            return {"credentialsType": kind, **application, "secrets": {"secretsType": kind, name: secret}}
    return None


def _application(entry: Entry, graph: Graph) -> dict[str, Any]:
    written = entry.body["credentials"]
    said = {
        "tenantId": written.get("tenant_id"),
        "clientId": written.get("client_id"),
        "thumbprint": written.get("thumbprint"),
        "resourceUrl": written.get("resource_url"),
        "authorityUrl": written.get("authority_url")
        or written.get("authority_uri")
        or cloud(graph.header.cloud).authority,
    }
    return {name: value for name, value in said.items() if value is not None}
