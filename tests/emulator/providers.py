"""Resource providers: nothing of one is made in a subscription that has not registered it."""

from __future__ import annotations

from mlinfra.languages import SECTIONS
from tests.emulator.ids import namespace_of, subscription_of
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.rights import require
from tests.emulator.state import State
from tests.emulator.tokens import Caller

# Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-services-resource-providers
_ALWAYS = frozenset({"microsoft.authorization", "microsoft.resources", "microsoft.features", "microsoft.portal"})
_KNOWN = frozenset(row.resource_type.partition("/")[0] for row in SECTIONS if row.resource_type)
_LOOKS = 2  # at one that is being registered, until it is


def answer(request: Request, state: State, caller: Caller, subscription: str, namespace: str, verb: str) -> Response:
    """Shows a provider, or begins to register it."""
    scope = f"/subscriptions/{subscription}"
    kept = state.table("providers", subscription.lower())
    if request.method == "POST" and verb == "register":
        require(state, caller, f"{namespace}/register/action", scope)
        kept.setdefault(namespace.lower(), _LOOKS)
    elif request.method == "GET" and not verb:
        require(state, caller, "Microsoft.Resources/subscriptions/providers/read", scope)
        if kept.get(namespace.lower(), 0) > 0:
            kept[namespace.lower()] -= 1
    else:
        refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")
    return Response(200, _shown(state, subscription, namespace))


def listed(state: State, caller: Caller, subscription: str) -> Response:
    """Shows them all, which is a look at each."""
    require(state, caller, "Microsoft.Resources/subscriptions/providers/read", f"/subscriptions/{subscription}")
    kept = state.table("providers", subscription.lower())
    for namespace, looks in kept.items():
        kept[namespace] = max(0, looks - 1)
    names = {name.lower(): name for name in (*_ALWAYS, *kept, *_KNOWN)}
    return Response(200, {"value": [_shown(state, subscription, names[name]) for name in sorted(names)]})


def register(state: State, subscription: str, *namespaces: str) -> None:
    """As after their registration."""
    state.table("providers", subscription.lower()).update(dict.fromkeys(map(str.lower, namespaces), 0))


def require_registered(state: State, identifier: str) -> None:
    """Refuses what belongs to a provider that is not registered where it would stand."""
    if said := not_registered(state, subscription_of(identifier), namespace_of(identifier)):
        refuse(409, "MissingSubscriptionRegistration", said)


def not_registered(state: State, subscription: str, namespace: str) -> str:
    """What Resource Manager says of a subscription that has not registered a provider; empty of one that has."""
    if _state(state, subscription, namespace) == "Registered":
        return ""
    return (
        f"The subscription is not registered to use namespace '{namespace}'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )


def _state(state: State, subscription: str, namespace: str) -> str:
    looks = state.table("providers", subscription.lower()).get(namespace.lower())
    if looks == 0 or namespace.lower() in _ALWAYS:
        return "Registered"
    return "NotRegistered" if looks is None else "Registering"


def _shown(state: State, subscription: str, namespace: str) -> Json:
    return {
        "id": f"/subscriptions/{subscription}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": _state(state, subscription, namespace),
        "resourceTypes": [],
    }
