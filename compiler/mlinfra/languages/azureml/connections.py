"""connections: how a workspace or a hub comes to another service; in Bicep, its secrets are read from a vault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.azure.casing import snake
from mlinfra.graph import Entry, Graph
from mlinfra.languages.bound import id_at, secret_at
from mlinfra.languages.language import Secret
from mlinfra.languages.resource import Of, Resource

_CREDENTIALS = "workspace.connections.credentials"
_WITH_A_KEY = tuple(f"connections.{number}" for number in range(4, 13))  # all classes but the first three take api_key


class _SignsIn(NamedTuple):
    """How one signs in: authType on Azure, and the fields of the credentials with their names there."""

    auth: str
    fields: Mapping[str, str]
    schema: str = ""  # the class of the SDK


# SDK: entities/_credentials.py, `_to_workspace_connection_rest_object` of each
_WAYS: Mapping[str, _SignsIn] = {
    "none": _SignsIn("None", {}),
    "aad": _SignsIn("AAD", {}),
    "pat": _SignsIn("PAT", {"pat": "pat"}, "PatTokenConfiguration"),
    "sas": _SignsIn("SAS", {"sas_token": "sas"}, "SasTokenConfiguration"),
    "account_key": _SignsIn("AccountKey", {"account_key": "sas"}, "AccountKeyConfiguration"),
    "api_key": _SignsIn("ApiKey", {"key": "key"}, "ApiKeyConfiguration"),
    "managed_identity": _SignsIn("ManagedIdentity", {"client_id": "clientId", "resource_id": "resourceId"}),
    "username_password": _SignsIn(
        "UsernamePassword", {"username": "username", "password": "password"}, "UsernamePasswordConfiguration"
    ),
    "service_principal": _SignsIn(
        "ServicePrincipal",
        {"client_id": "clientId", "client_secret": "clientSecret", "tenant_id": "tenantId"},
        "ServicePrincipalConfiguration",
    ),
    "access_key": _SignsIn(
        "AccessKey",
        {"access_key_id": "accessKeyId", "secret_access_key": "secretAccessKey"},
        "AccessKeyConfiguration",
    ),
}
_HIDDEN = ("pat", "sas_token", "account_key", "key", "password", "client_secret", "secret_access_key")
SECRETS = (
    *(
        Secret(("credentials", field), f"{_CREDENTIALS}.{way.schema}")
        for way in _WAYS.values()
        for field in way.fields
        if field in _HIDDEN
    ),
    *(Secret(("api_key",), definition) for definition in _WITH_A_KEY),
)

# type of the body -> category on Azure, where that is not the same word (SDK: `_to_rest_object`)
_CATEGORIES: Mapping[str, str] = {
    "custom": "CustomKeys",
    "azure_data_lake_gen2": "ADLSGen2",
    "azure_content_safety": "CognitiveService",
    "azure_speech_services": "CognitiveService",
    "azure_ai_search": "CognitiveSearch",
    "azure_ai_services": "AIServices",
    "azure_open_ai": "AzureOpenAI",
    "open_ai": "OpenAI",
}
_KINDS = {"azure_content_safety": "Content Safety", "azure_speech_services": "speech"}
# SDK: CONNECTION_ALTERNATE_TARGET_NAMES, of which the last one that is written counts
_TARGETS = ("endpoint", "azure_endpoint", "url", "api_base", "target")
_GUID = r".{7}-.{4}-.{4}-.{4}.{12}"  # SDK: MicrosoftOneLakeConnection, as which the id of an artifact begins
BY_ENTRA_OR_KEY = (  # SDK: ApiOrAadConnection
    "azure_open_ai",
    "azure_ai_services",
    "azure_ai_search",
    "azure_content_safety",
    "azure_speech_services",
)
_BY_ENTRA = ("azure_blob", "azure_data_lake_gen2", "azure_one_lake", *BY_ENTRA_OR_KEY)  # where nothing else is written


def resources(entry: Entry, graph: Graph) -> Iterator[Resource]:
    home = entry.lies_in
    yield Resource(
        address=entry.address,
        type="Microsoft.MachineLearningServices/workspaces/connections",
        names=(graph.entries[home].azure_name, entry.azure_name),
        layer="compute",
        parent=home,
        body={"properties": _properties(entry, graph)},
        owner=entry.address,
        because=entry.because,
    )


def _properties(entry: Entry, graph: Graph) -> dict[str, Any]:
    body, kind = entry.body, snake(entry.body["type"])
    auth, credentials = _signs_in(entry, graph, kind)
    target = _target(body, kind)
    written = {**(body.get("tags") or {}), **(body.get("metadata") or {})}  # SDK: tags are its old name
    metadata = {**written, **_said_by_type(entry, graph, kind)}
    return {
        "category": _CATEGORIES.get(kind) or "".join(word.capitalize() for word in kind.split("_")),
        **({"target": target} if target else {}),
        "authType": auth,
        **({"credentials": credentials} if credentials is not None else {}),
        "isSharedToAll": body.get("is_shared") is not False,
        "metadata": metadata,
    }


def _target(body: Mapping[str, Any], kind: str) -> str | None:
    """Where the service is: written under one of several names, or made of where an artifact of OneLake lies."""
    if kind != "azure_one_lake":
        return next((body[field] for field in _TARGETS if body.get(field)), None)
    if body.get("target") or not body.get("artifact"):
        return body.get("target")
    name = body["artifact"]["name"]
    kind_of_artifact = "" if re.match(_GUID, name) else ".Lakehouse"
    return f"https://{body.get('endpoint')}/{body.get('one_lake_workspace_name')}/{name}{kind_of_artifact}"


def signs_in_by_entra(body: Mapping[str, Any]) -> bool:
    """Whether whoever uses a connection signs in at the service as himself."""
    written, kind = body.get("credentials") or {}, snake(str(body.get("type")))
    said = _way(written, kind)
    return body.get("api_key") is None and said == "aad"


def where(body: Mapping[str, Any]) -> str:
    """The address of the service, as it is written; empty where none is."""
    return str(_target(body, snake(str(body.get("type")))) or "")


def _way(credentials: Mapping[str, Any], kind: str) -> str:
    said = snake(credentials.get("type") or "none")
    return "aad" if said == "none" and kind in _BY_ENTRA else said


def _signs_in(entry: Entry, graph: Graph, kind: str) -> tuple[str, dict[str, Any] | None]:
    """authType and credentials; without any, who uses it signs in with Entra where the service takes that."""
    if key := secret_at(graph, entry, "api_key"):
        return "ApiKey", {"key": key}
    written = entry.body.get("credentials") or {}
    way = _WAYS[_way(written, kind)]
    found: dict[str, Any] = {}
    for field, name in way.fields.items():
        secret = secret_at(graph, entry, "credentials", field)
        found[name] = secret or id_at(graph, entry, "credentials", field)
    return way.auth, {name: value for name, value in found.items() if value is not None} if way.fields else None


def _said_by_type(entry: Entry, graph: Graph, kind: str) -> dict[str, Any]:
    """What the fields of a type become: the client keeps them in its metadata."""
    said: dict[str, Any] = {}
    match kind:
        case "azure_blob":
            account = graph.bound(entry.address, "account_name")
            said["ContainerName"] = entry.body.get("container_name")
            said["AccountName"] = Of(account, "name") if account else entry.body.get("account_name")
        case "azure_open_ai":
            said = {"ApiType": "Azure", "ApiVersion": entry.body.get("api_version")}
            said["ResourceId"] = id_at(graph, entry, "open_ai_resource_id")
        case "azure_ai_services":
            said["ResourceId"] = id_at(graph, entry, "ai_services_resource_id")
        case _ if kind in _KINDS:
            said["Kind"] = _KINDS[kind]
    return {name: value for name, value in said.items() if value is not None}
