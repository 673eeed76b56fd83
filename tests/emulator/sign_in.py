"""Microsoft Entra: who may have a token, by a secret or by what somebody else says of him."""

from __future__ import annotations

import time
import uuid
from typing import NoReturn
from urllib.parse import parse_qsl

from tests.emulator.protocol import Json, Refusal, Request, Response, refuse
from tests.emulator.state import State
from tests.emulator.tokens import LIFE_SECONDS, TENANT, Caller, issue, read_claims

_AUTHORITY = f"https://login.microsoftonline.com/{TENANT}"


class SignIn:
    """login.microsoftonline.com. Applications are the table `applications`, identities are resources of Azure."""

    pattern = "login.microsoftonline.com"

    def answer(self, request: Request, state: State) -> Response:
        if request.path.endswith("/discovery/instance"):
            return Response(200, _DISCOVERY)
        if request.path.endswith("/.well-known/openid-configuration"):
            return Response(200, _CONFIGURATION)
        if request.method == "POST" and request.path == f"/{TENANT}/oauth2/v2.0/token":
            return _token(dict(parse_qsl(request.body.decode())), state)
        return refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")


def add_application(state: State, name: str, secret: str) -> Caller:
    """Somebody who signs in by a secret: his client id and object id are made of the name."""
    client_id, object_id = (str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{part}.{name}")) for part in ("client", "object"))
    state.table("applications")[client_id] = {"object_id": object_id, "name": name, "secret": secret}
    return Caller(client_id, object_id, "")


def _token(form: dict[str, str], state: State) -> Response:
    client_id = form.get("client_id", "").lower()
    audience = form.get("scope", "").split(" ")[0].removesuffix("/.default").rstrip("/")
    if "client_assertion" in form:
        object_id = _by_federation(client_id, form["client_assertion"], state)
    else:
        object_id = _by_secret(client_id, form.get("client_secret", ""), state)
    token = issue(state, Caller(client_id, object_id, audience))
    life = {"expires_in": LIFE_SECONDS, "ext_expires_in": LIFE_SECONDS}
    return Response(200, {"token_type": "Bearer", "access_token": token, **life})


def _by_secret(client_id: str, secret: str, state: State) -> str:
    application = state.table("applications").get(client_id)
    if application is None:
        _unknown(client_id)
    if secret != application["secret"]:
        _refuse(7000215, f"Invalid client secret provided for app '{client_id}'.")
    return str(application["object_id"])


def _by_federation(client_id: str, assertion: str, state: State) -> str:
    """The identity whose credential trusts just this issuer, subject and audience."""
    resources = state.table("resources")
    identity = next((body for body in resources.values() if _client_id(body) == client_id), None)
    if identity is None:
        _unknown(client_id)
    claims = read_claims(assertion)
    if claims is None or claims.get("exp", 0) < time.time():
        _refuse(700024, "Client assertion is not within its valid time range.")
    prefix = f"{identity['id']}/federatedIdentityCredentials/".lower()
    credentials = [body["properties"] for key, body in resources.items() if key.startswith(prefix)]
    if not any(_trusts(credential, claims) for credential in credentials):
        said = f"subject '{claims.get('sub')}', issuer '{claims.get('iss')}', audience '{claims.get('aud')}'"
        _refuse(700213, f"No matching federated identity record found for presented assertion {said}.")
    return str(identity["properties"]["principalId"])


def _client_id(body: Json) -> str:
    is_identity = body.get("type", "").lower() == "microsoft.managedidentity/userassignedidentities"
    return str(body["properties"]["clientId"]).lower() if is_identity else ""


def _trusts(credential: Json, claims: Json) -> bool:
    """Issuer and subject are compared to the letter."""
    said = (claims.get("iss"), claims.get("sub"))
    return (credential["issuer"], credential["subject"]) == said and claims.get("aud") in credential["audiences"]


def _unknown(client_id: str) -> NoReturn:
    _refuse(700016, f"Application with identifier '{client_id}' was not found in the directory 'emulated'.")


def _refuse(number: int, message: str) -> NoReturn:
    body = {
        "error": "invalid_client",
        "error_description": f"AADSTS{number}: {message}",
        "error_codes": [number],
    }
    raise Refusal(Response(401, body))


_DISCOVERY: Json = {
    "tenant_discovery_endpoint": f"{_AUTHORITY}/v2.0/.well-known/openid-configuration",
    "metadata": [
        {
            "preferred_network": "login.microsoftonline.com",
            "preferred_cache": "login.windows.net",
            "aliases": ["login.microsoftonline.com", "login.windows.net"],
        }
    ],
}
_CONFIGURATION: Json = {
    "token_endpoint": f"{_AUTHORITY}/oauth2/v2.0/token",
    "authorization_endpoint": f"{_AUTHORITY}/oauth2/v2.0/authorize",
    "device_authorization_endpoint": f"{_AUTHORITY}/oauth2/v2.0/devicecode",
    "issuer": f"{_AUTHORITY}/v2.0",
    "tenant_region_scope": "EU",
}
