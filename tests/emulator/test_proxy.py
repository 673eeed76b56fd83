"""The proxy, the faults to order, and sign-in, as any client of TLS sees them."""

from __future__ import annotations

import http.client
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.emulator.client import ask, sign_in
from tests.emulator.emulator import Emulator
from tests.emulator.faults import Fault
from tests.emulator.protocol import Request, Response, refuse
from tests.emulator.sign_in import add_application
from tests.emulator.state import State
from tests.emulator.tokens import caller_of, expire_all, federated_token

IDENTITY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-deploy"
CLIENT = "00000000-0000-0000-0000-000000000002"


class Echo:
    """Says what it was asked."""

    pattern = "*.echo.example"

    def answer(self, request: Request, state: State) -> Response:
        if request.path == "/who":
            caller = caller_of(request, state)
            return Response(200, {"client": caller.client_id, "object": caller.object_id, "for": caller.audience})
        if request.path == "/no":
            refuse(409, "Conflict", "no")
        if request.path == "/bug":
            raise ValueError(request.path)
        state.table("echo")["asked"] = state.table("echo").get("asked", 0) + 1
        if request.method == "DELETE":
            return Response(204)
        return Response(200, {"path": request.path, "query": dict(request.query), "body": request.body.decode()})


@pytest.fixture
def echo(serving: Emulator, emulator: Emulator) -> Any:
    """The emulator with a host of this test's own."""
    host = Echo()
    emulator.hosts.append(host)
    yield emulator
    emulator.hosts.remove(host)


def test_a_host_answers_out_of_the_state(echo: Emulator) -> None:
    url = f"https://a.echo.example/x/{quote('ö y')}?q=1&r="
    assert ask(echo, url, "POST", b"text") == (200, {"path": "/x/ö y", "query": {"q": "1", "r": ""}, "body": "text"})
    assert ask(echo, url, "DELETE") == (204, None)
    assert [str(exchange) for exchange in echo.log] == [
        "POST a.echo.example/x/ö y 200",
        "DELETE a.echo.example/x/ö y 204",
    ]
    kept = echo.state.dump()
    echo.reset()
    assert echo.state.table("echo") == {}
    echo.state.load(kept)
    assert echo.state.table("echo") == {"asked": 2}


def test_a_refusal_is_an_answer_and_a_bug_is_seen(echo: Emulator) -> None:
    assert ask(echo, "https://a.echo.example/no") == (409, {"error": {"code": "Conflict", "message": "no"}})
    assert ask(echo, "https://a.echo.example/bug")[0] == 500
    assert "ValueError: /bug" in echo.bugs.pop()


def test_an_unknown_host_is_refused_and_logged(emulator: Emulator) -> None:
    status, body = ask(emulator, "https://pypi.example/simple")
    assert (status, body["error"]["code"]) == (501, "UnknownHost")
    assert str(emulator.unknown.pop()) == "GET pypi.example/simple 501"


def test_faults_befall_as_ordered(echo: Emulator) -> None:
    echo.faults = [
        Fault(r"echo\.example/x", "PUT", status=429, headers={"Retry-After": "1"}, skip=1, times=2),
        Fault("/slow", delay=0.2),
        Fault("/before", drops="before"),
        Fault("/after", drops="after"),
    ]
    statuses = [ask(echo, "https://a.echo.example/X", method)[0] for method in ("PUT", "GET", "PUT", "PUT", "PUT")]
    assert statuses == [200, 200, 429, 429, 200]
    started = time.monotonic()
    assert ask(echo, "https://a.echo.example/slow")[0] == 200
    assert time.monotonic() - started >= 0.2
    done = echo.state.table("echo")["asked"]
    for path, more in (("before", 0), ("after", 1)):
        with pytest.raises(http.client.RemoteDisconnected):
            ask(echo, f"https://a.echo.example/{path}")
        assert echo.state.table("echo")["asked"] == done + more
    assert [exchange.status for exchange in echo.log[-2:]] == [None, None]


def test_a_token_says_who_holds_it_until_it_expires(echo: Emulator) -> None:
    owner = add_application(echo.state, "owner", "s3cret")
    status, answer = sign_in(echo, owner.client_id, client_secret="s3cret")
    assert status == 200
    who = ask(echo, "https://a.echo.example/who", token=answer["access_token"])
    audience = "https://management.core.windows.net"
    assert who == (200, {"client": owner.client_id, "object": owner.object_id, "for": audience})
    expire_all(echo.state)
    assert ask(echo, "https://a.echo.example/who", token=answer["access_token"])[0] == 401
    assert ask(echo, "https://a.echo.example/who", token="x.y.z")[0] == 401
    assert ask(echo, "https://a.echo.example/who")[0] == 401


@pytest.mark.parametrize(
    ("client_id", "how", "number"),
    [
        ("owner", {"client_secret": "wrong"}, 7000215),
        ("00000000-0000-0000-0000-000000000009", {"client_secret": "s3cret"}, 700016),
        (CLIENT, {"subject": "sc://Org/p/c"}, 700213),
        (CLIENT, {"subject": "sc://org/p/c", "audience": "other"}, 700213),
        (CLIENT, {"subject": "sc://org/p/c", "seconds": -1}, 700024),
        (CLIENT, {"subject": "sc://org/p/c"}, 0),
    ],
)
def test_who_may_sign_in(emulator: Emulator, client_id: str, how: dict[str, Any], number: int) -> None:
    if "subject" in how:
        how = {"client_assertion": federated_token("https://issuer", **how)}
    owner = add_application(emulator.state, "owner", "s3cret")
    properties = {"clientId": CLIENT, "principalId": "00000000-0000-0000-0000-000000000003"}
    credential = {"issuer": "https://issuer", "subject": "sc://org/p/c", "audiences": ["api://AzureADTokenExchange"]}
    emulator.state.table("resources").update(
        {
            IDENTITY.lower(): {
                "id": IDENTITY,
                "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
                "properties": properties,
            },
            f"{IDENTITY}/federatedIdentityCredentials/c".lower(): {"properties": credential},
        }
    )
    status, answer = sign_in(emulator, owner.client_id if client_id == "owner" else client_id, **how)
    assert (status, answer.get("error_codes", [0])) == (401 if number else 200, [number])
