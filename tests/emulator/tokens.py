"""Tokens: what they say of who holds them, and until when they are good."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import NoReturn

from tests.emulator.protocol import Json, Refusal, Request, Response
from tests.emulator.state import State

TENANT = "99999999-9999-9999-9999-999999999999"
LIFE_SECONDS = 3600
_KEY = b"what an emulated Azure signs with"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the application or identity by client id, its object id, and what the token is for."""

    client_id: str
    object_id: str
    audience: str


def issue(state: State, caller: Caller) -> str:
    """A token of this caller."""
    now = int(time.time())
    claims = {
        "aud": caller.audience,
        "iss": f"https://sts.windows.net/{TENANT}/",
        "iat": now,
        "nbf": now - 60,
        "exp": now + LIFE_SECONDS,
        "appid": caller.client_id,
        "oid": caller.object_id,
        "tid": TENANT,
        "idtyp": "app",
        "ver": "1.0",
        "generation": _generation(state),
    }
    signed = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
    return f"{signed}.{_signature(signed)}"


def expire_all(state: State) -> None:
    """No token that was issued until now is good any more."""
    state.table("tokens")["generation"] = _generation(state) + 1


def caller_of(request: Request, state: State) -> Caller:
    """Who asks, by the token of a request; refuses with 401 one without, with a false or an expired one."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    claims = read_claims(token)
    signed, _, signature = token.rpartition(".")
    if claims is None or not hmac.compare_digest(signature, _signature(signed)):
        _refuse("InvalidAuthenticationToken", "The access token is invalid.")
    if claims["exp"] < time.time() or claims["generation"] != _generation(state):
        _refuse("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time.")
    return Caller(claims["appid"], claims["oid"], claims["aud"])


def federated_token(issuer: str, subject: str, audience: str = "api://AzureADTokenExchange", seconds: int = 600) -> str:
    """What a service that is trusted, such as Azure DevOps, says about one of its connections."""
    claims = {"iss": issuer, "sub": subject, "aud": audience, "exp": int(time.time()) + seconds}
    return f"{_encode({'alg': 'RS256', 'typ': 'JWT'})}.{_encode(claims)}.{_signature(issuer)}"


def read_claims(token: str) -> Json | None:
    """What a token says, whoever signed it; None where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def _refuse(code: str, message: str) -> NoReturn:
    challenge = f'Bearer authorization_uri="https://login.windows.net/{TENANT}", error="invalid_token"'
    body = {"error": {"code": code, "message": message}}
    raise Refusal(Response(401, body, {"WWW-Authenticate": challenge}))


def _generation(state: State) -> int:
    return int(state.table("tokens").get("generation", 0))


def _encode(value: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _signature(text: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(_KEY, text.encode(), hashlib.sha256)).rstrip(b"=").decode()
