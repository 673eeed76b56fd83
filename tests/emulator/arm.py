"""Azure Resource Manager: which part of it answers a request."""

from __future__ import annotations

import re

from tests.emulator import authorization, deployments, groups, metrics, providers
from tests.emulator.ids import is_collection, type_of
from tests.emulator.making import delete, make, require_parent
from tests.emulator.ml import operations, service
from tests.emulator.protocol import Request, Response, refuse
from tests.emulator.resources import find, members, need
from tests.emulator.rights import require
from tests.emulator.state import State
from tests.emulator.tokens import Caller, caller_of

_AUDIENCES = ("https://management.core.windows.net", "https://management.azure.com")
_SUBSCRIPTION = r"(?P<scope>/subscriptions/[^/]+)"
_GROUP = r"(?P<scope>/subscriptions/[^/]+/resourceGroups/[^/]+)"
_ANY = r"(?P<scope>/subscriptions/.+?)"


class Arm:
    """management.azure.com."""

    pattern = "management.azure.com"

    def answer(self, request: Request, state: State) -> Response:
        caller = caller_of(request, state)
        if caller.audience not in _AUDIENCES:
            refuse(401, "InvalidAuthenticationTokenAudience", f"The audience '{caller.audience}' is not this one's.")
        if "api-version" not in request.query:
            refuse(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required.")
        for pattern, part in _PARTS:
            if match := pattern.fullmatch(request.path):
                return part(request, state, caller, match)
        return refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")


def _subscription(request: Request, state: State, caller: Caller, match: re.Match[str]) -> Response:
    return groups.subscription(state, caller, match["scope"])


def _provider(request: Request, state: State, caller: Caller, match: re.Match[str]) -> Response:
    subscription = match["scope"].rpartition("/")[2]
    return providers.answer(request, state, caller, subscription, match["namespace"], match["verb"] or "")


def _assigned(request: Request, state: State, caller: Caller, match: re.Match[str]) -> Response:
    part = authorization.definitions if match["kind"].lower() == "roledefinitions" else authorization.assignments
    return part(request, state, caller, match["scope"], match["name"] or "")


def _machine_learning(request: Request, state: State, caller: Caller, match: re.Match[str]) -> Response:
    """What a workspace answers itself, or one of the resources that a template makes in it."""
    answered = service.answer(request, state, caller, match["scope"], match["rest"])
    return answered or _resource(request, state, caller, f"{match['scope']}/{match['rest']}")


def _resource(request: Request, state: State, caller: Caller, identifier: str) -> Response:
    """Any resource, or a collection of them."""
    match request.method:
        case "GET" if is_collection(identifier):
            require(state, caller, f"{type_of(identifier)}/read", identifier)
            require_parent(state, identifier)
            return Response(200, {"value": members(state, identifier)})
        case "GET" | "HEAD":
            require(state, caller, f"{type_of(identifier)}/read", identifier)
            return Response(200, need(state, identifier))
        case "PUT":
            found = find(state, identifier)
            return Response(200 if found else 201, make(state, caller, identifier, request.json()))
        case "PATCH":
            return Response(200, make(state, caller, identifier, {**need(state, identifier), **request.json()}))
        case "DELETE":
            gone = delete(state, caller, identifier)
            return Response(200 if gone else 204)
    return refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")


_PARTS = tuple(
    (re.compile(pattern, re.IGNORECASE), part)
    for pattern, part in (
        ("/tenants", lambda request, state, caller, match: groups.tenants()),
        ("/subscriptions", lambda request, state, caller, match: groups.subscriptions(state, caller)),
        (_SUBSCRIPTION, _subscription),
        (
            f"{_SUBSCRIPTION}/operationresults/(?P<operation>[^/]+)",
            lambda request, state, caller, match: deployments.what_if_result(state, match["operation"]),
        ),
        (f"{_SUBSCRIPTION}/providers/(?P<namespace>[A-Za-z.]+)(?:/(?P<verb>register))?", _provider),
        (
            f"{_SUBSCRIPTION}/providers",
            lambda request, state, caller, match: providers.listed(state, caller, match["scope"].rpartition("/")[2]),
        ),
        (
            f"{_SUBSCRIPTION}/resourceGroups",
            lambda request, state, caller, match: groups.listed_groups(state, caller, match["scope"]),
        ),
        (_GROUP, lambda request, state, caller, match: groups.group(request, state, caller, match["scope"])),
        (
            f"{_ANY}/providers/Microsoft.Resources/tags/default",
            lambda request, state, caller, match: groups.tags(request, state, caller, match["scope"]),
        ),
        (
            f"{_GROUP}/providers/Microsoft.Resources/deployments(?:/(?P<rest>.+))?",
            lambda request, state, caller, match: deployments.answer(
                request, state, caller, match["scope"], match["rest"] or ""
            ),
        ),
        (
            f"{_ANY}/providers/Microsoft.Authorization/(?P<kind>roleDefinitions|roleAssignments)(?:/(?P<name>[^/]+))?",
            _assigned,
        ),
        (
            f"{_ANY}/providers/Microsoft.Insights/metrics",
            lambda request, state, caller, match: metrics.answer(request, state, caller, match["scope"]),
        ),
        (
            service.OPERATION,
            lambda request, state, caller, match: operations.answer(request, state, match["name"], match["part"]),
        ),
        (service.WORKSPACE, _machine_learning),
        (
            "(?P<scope>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/.+)",
            lambda request, state, caller, match: _resource(request, state, caller, match["scope"]),
        ),
    )
)
