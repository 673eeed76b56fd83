"""Faults that a test orders, in the words in which az tells them.

An order is a table in the list `faults` of the script: `on`, the name of a command or how it begins; `error`, a status
(409, 429, 500, 502, 503, 504), a code of Azure that comes with status 403 (AuthorizationFailed), AADSTS700082, an
expired sign-in, or one of NOBODY, where nobody is signed in; perhaps `message`, what Azure says in place of the usual;
`times`; perhaps `skip`, how many calls pass
before. With `inside`, Azure takes the call on, and what it makes fails with that code.
"""

from __future__ import annotations

import json

from tests.scripts.fake_az.parse import Call
from tests.scripts.fake_az.world import Crash, Json, ServiceError, World

# Answered by az itself, so an expired sign-in does not show: there `account show` succeeds.
_LOCAL = ("version", "bicep version", "account show")
_STATUSES = {
    "409": ("Conflict", "Conflict"),
    "429": ("Too Many Requests", "TooManyRequests"),
    "500": ("Internal Server Error", "InternalServerError"),
    "502": ("Bad Gateway", "BadGateway"),
    "503": ("Service Unavailable", "ServerBusy"),
    "504": ("Gateway Timeout", "GatewayTimeout"),
}
_PATIENCE = 3  # how often all but `az rest` try again by themselves what is not 409
MESSAGE = "The client 'someone' does not have authorization to perform action 'x', or the scope is invalid."
_SIGN_IN = (
    "{error}: The refresh token has expired due to inactivity.\n"
    "Run the command below to authenticate interactively; additional arguments may be added as needed:\n"
    "az logout\naz login"
)

NOBODY = {  # in the words of azure-cli 2.91.0: core/_profile.py, core/auth/msal_credentials.py, core/auth/identity.py
    "no profile": "Please run 'az login' to setup account.",
    "no token": "User 'someone' does not exist in MSAL token cache. Run `az login`.",
    "no credential": "Could not retrieve credential from local cache for service principal someone. Run `az login` for "
    "this service principal.",
}


def ordered(world: World, call: Call) -> Json | None:
    """The order for this call, which is used up once more; None where it goes well."""
    if call.name in _LOCAL:
        return None
    for order in world.script["faults"]:
        if not call.name.startswith(order["on"]) or order["times"] <= 0:
            continue
        if order.get("skip", 0) > 0:
            order["skip"] -= 1
            continue
        if call.name != "rest" and order["error"] in _STATUSES and order["error"] != "409":
            order["times"] -= _PATIENCE
            if order["times"] <= 0:
                continue
        order["times"] -= 1
        return dict(order)
    return None


def fault(call: Call, order: Json) -> ServiceError:
    """What az ends with: `az rest` prints the status by its name, and the answer; all else, code and message."""
    error = str(order["error"])
    if error.startswith("AADSTS"):
        return ServiceError(1, _SIGN_IN.format(error=error))
    if error in NOBODY:
        return ServiceError(1, NOBODY[error])
    reason, code = _STATUSES.get(error, ("Forbidden", error))
    message = str(order.get("message") or (MESSAGE if reason == "Forbidden" else f"{reason}, says Azure."))
    if call.name == "rest":
        return ServiceError(1, f"{reason}({json.dumps({'error': {'code': code, 'message': message}})})")
    if call.name in ("deployment group create", "deployment group what-if"):
        return Crash(code, message)
    return ServiceError(1, f"({code}) {message}")
