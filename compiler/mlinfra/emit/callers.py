"""For those who call the endpoints: where each is, how to sign in, who may, what to send and what comes back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence

from mlinfra.azure.clouds import cloud
from mlinfra.derive.smoke_tests import questions_of
from mlinfra.derive.workspace import consumers, scientists, workspace_of
from mlinfra.diagnostics.secrecy import masked
from mlinfra.emit.az import in_workspace, word
from mlinfra.emit.signatures import takes
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_fence, markdown_table
from mlinfra.formats.text import INVISIBLE
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.azureml.checks.online_endpoints import ENTRA, KEY, ML_TOKEN, auth_mode
from mlinfra.languages.bound import is_shut
from mlinfra.plan import Plan
from mlinfra.repository.files import Unreadable
from mlinfra.source.tree import value_at

_IS_TEXT = re.compile(rf"[^{INVISIBLE}]*|(?:[^{INVISIBLE}]|[\n\r\t])*")
_LINE_END = re.compile("\r\n?")
MAX_REQUEST_BYTES = 2_000  # of an example that stands on the page; a larger one is only named
_SIGN_IN = {
    ENTRA: "a token of Entra",
    KEY: "a key of the endpoint, which never expires",
    ML_TOKEN: "a token of the endpoint, which expires",
}


def online_endpoints(plans: Sequence[Plan]) -> list[dict[str, object]]:
    """A section of the page for each online endpoint, in the order of the spec."""
    return [_online(address, graphs) for address, graphs in _by_address(plans, "online_endpoints").items()]


def batch_endpoints(plans: Sequence[Plan]) -> list[dict[str, object]]:
    """The same of batch endpoints."""
    return [_batch(address, graphs) for address, graphs in _by_address(plans, "batch_endpoints").items()]


def _by_address(plans: Sequence[Plan], section: str) -> dict[str, list[Graph]]:
    found: dict[str, list[Graph]] = {}
    for plan in plans:
        for entry in plan.graph.section(section):
            found.setdefault(entry.address, []).append(plan.graph)
    return found


def _online(address: str, graphs: Sequence[Graph]) -> dict[str, object]:
    header = ("Target", "Address", "Sign in with", "Who may", "From where")
    rows = [
        (
            graph.target.name,
            _address(graph, entry, "score"),
            _SIGN_IN[auth_mode(entry.body)],
            _who(graph, entry),
            _from(graph, entry),
        )
        for graph, entry in ((graph, graph.entries[address]) for graph in graphs)
    ]
    return {
        "address": address,
        "description": _description(graphs, address),
        "table": markdown_table(header, rows),
        "parts": list(_parts(address, graphs)),
    }


def _parts(address: str, graphs: Sequence[Graph]) -> Iterator[Fragment | str]:
    """How to call it: an example for each way to sign in, what is sent in it, what the deployments take."""
    first = {auth_mode(graph.entries[address].body): graph for graph in reversed(graphs)}
    for mode, graph in reversed(first.items()):
        entry = graph.entries[address]
        yield f"With {_SIGN_IN[mode]}, here in {graph.target.name}:"
        yield markdown_fence(_command(graph, entry), "bash")
        if mode == ENTRA:
            yield Fragment(
                f"Programs ask Entra for the scope {code(cloud(graph.header.cloud).ml_resource + '/.default')}."
            )
    yield from _requests(graphs[0], graphs[0].entries[address])
    rows = list(dict.fromkeys(row for graph in graphs for row in _deployments(graph, address)))
    if rows:
        yield markdown_table(("Deployment", "Takes"), rows)


def _deployments(graph: Graph, address: str) -> Iterator[tuple[Fragment, Fragment | str]]:
    for entry in graph.once(_by_parent).get(address, ()):
        yield code(entry.name), takes(graph, entry)


def _by_parent(graph: Graph) -> dict[str, list[Entry]]:
    """What stands in other entries, by the address of these."""
    found: dict[str, list[Entry]] = {}
    for entry in graph.entries.values():
        if entry.parent:
            found.setdefault(entry.parent, []).append(entry)
    return found


def _description(graphs: Sequence[Graph], address: str) -> str:
    return str(graphs[0].entries[address].body.get("description") or "")


def _address(graph: Graph, endpoint: Entry, route: str) -> Fragment | str:
    uri = address_of(graph, endpoint, route)
    return code(uri) if uri else Fragment(f"what {code(_show(graph, endpoint))} says")


def address_of(graph: Graph, endpoint: Entry, route: str) -> str:
    """Where an endpoint is called; empty where nobody knows before it is there: of clusters, in others' workspaces.

    The route of a container that says how it is called is in the place of `score`. Source:
    https://learn.microsoft.com/azure/machine-learning/how-to-deploy-custom-container, "Scoring route".
    """
    workspace = workspace_of(graph, endpoint)
    routes = {_route(graph, each) or route for each in graph.once(_by_parent).get(endpoint.address, ())}
    if "compute" in endpoint.body or workspace.existing or len(routes) > 1:
        return ""
    route = next(iter(routes), route)
    region = endpoint.body.get("location") or workspace.body.get("location") or graph.target.location
    suffix = cloud(graph.header.cloud).inference_suffix
    return f"https://{endpoint.azure_name}.{str(region).replace(' ', '').lower()}.{suffix}/{route}"


def _route(graph: Graph, deployment: Entry) -> str:
    """Under which path the server of a deployment scores; empty where its environment does not say so."""
    environment = deployment.body.get("environment")
    if bound := graph.bound(deployment.address, "environment"):
        environment = graph.entries[bound].body
    found = value_at(environment, ("inference_config", "scoring_route", "path"))
    return found.lstrip("/") if isinstance(found, str) else ""


def _show(graph: Graph, endpoint: Entry) -> str:
    kind = ROWS[endpoint.section].az_noun
    return f"az ml {kind} show {_place(graph, endpoint)} --query scoring_uri --output tsv"


def _place(graph: Graph, endpoint: Entry) -> str:
    return f"--name {word(endpoint.azure_name)} {in_workspace(graph, endpoint)}"


def _command(graph: Graph, endpoint: Entry) -> str:
    """What sends the first request of the smoke test; a pipe brings the token, so that no list of processes has it."""
    mode = auth_mode(endpoint.body)
    if mode == ENTRA:
        resource = cloud(graph.header.cloud).ml_resource
        token = f"az account get-access-token --resource {resource} --query accessToken --output tsv"
    else:
        field = "primaryKey" if mode == KEY else "accessToken"
        token = f"az ml online-endpoint get-credentials {_place(graph, endpoint)} --query {field} --output tsv"
    request = next(iter(_request_files(graph, endpoint)), None)
    data = word(f"@{request}") if request else "@request.json"
    address = address_of(graph, endpoint, "score") or f'"$({_show(graph, endpoint)})"'
    return (
        f"{token} |\n  sed 's/^/Authorization: Bearer /' |\n  curl --fail-with-body --header @- "
        f"--header 'Content-Type: application/json' \\\n    --data {data} {address}"
    )


def _request_files(graph: Graph, endpoint: Entry) -> dict[str, str]:
    """The files of the smoke test's requests, from the root of the repository, with what their answers hold."""
    return {
        os.path.relpath(each.file, graph.files.root).replace(os.sep, "/"): each.contains
        for each in questions_of(endpoint)
    }


def _requests(graph: Graph, endpoint: Entry) -> Iterator[Fragment | str]:
    """What the smoke test sends, which is right for each deployment that gets traffic."""
    for file, contains in _request_files(graph, endpoint).items():
        answer = f"; the answer holds {code(contains)}" if contains else ""
        text = _content(graph, file)
        what = "A request that each deployment has answered before it got traffic"
        yield Fragment(f"{what}, {code(file)}{answer}{':' if text else '.'}")
        if text:
            yield markdown_fence(text, "json" if _is_json(text) else "")


def _content(graph: Graph, file: str) -> str:
    """The text of a request; empty where it is too large for a page, or no text."""
    path = graph.files.root / file
    try:
        text = graph.files.text(path) if graph.files.size_bytes(path) <= MAX_REQUEST_BYTES else ""
    except Unreadable:
        return ""
    return masked(_LINE_END.sub("\n", text)) if _IS_TEXT.fullmatch(text) else ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _who(graph: Graph, endpoint: Entry) -> Fragment | str:
    mode = auth_mode(endpoint.body)
    if mode != ENTRA:
        return "whoever got it from someone who may manage the workspace"
    named = consumers(graph, endpoint)
    working = [each for each in scientists(graph, endpoint.additions["workspace"]) if each not in named]
    parts = [", ".join(map(code, named))] if named else []
    if working:
        parts.append(f"{'and ' if named else ''}who works in the workspace: {', '.join(map(code, working))}")
    return Fragment("; ".join(parts)) if parts else "nobody whom the spec names"


def _from(graph: Graph, endpoint: Entry) -> str:
    """From which networks it can be called."""
    workspace = f"workspaces.{endpoint.additions['workspace']}"
    if "compute" in endpoint.body:
        return "wherever its cluster is reached from"
    if is_shut(endpoint) or graph.network.inbound == "private":
        return f"networks with a private endpoint of {workspace}"
    if graph.network.allowed_ips:
        return "everywhere: allowed_ips guard storage, vaults and registries, and no endpoint"
    return "everywhere"


def _batch(address: str, graphs: Sequence[Graph]) -> dict[str, object]:
    header = ("Target", "Address", "Workspace", "Default deployment")
    rows = [
        (
            graph.target.name,
            _address(graph, entry, "jobs"),
            code(workspace_of(graph, entry).azure_name),
            _default(entry),
        )
        for graph, entry in ((graph, graph.entries[address]) for graph in graphs)
    ]
    return {
        "address": address,
        "description": _description(graphs, address),
        "table": markdown_table(header, rows),
        "parts": list(_runs(graphs[0], graphs[0].entries[address])),
    }


def _default(endpoint: Entry) -> Fragment | str:
    name = (endpoint.body.get("defaults") or {}).get("deployment_name")
    return code(str(name)) if name else "–"


def _runs(graph: Graph, endpoint: Entry) -> Iterator[Fragment | str]:
    """How a run is started, and where its results lie."""
    yield (
        "No role can start runs and do nothing else: whoever may run jobs in the workspace starts them, and who needs "
        "the results reads them where they are written."
    )
    yield f"A run, here in {graph.target.name}, which prints its name:"
    start = f"az ml {ROWS[endpoint.section].az_noun} invoke {_place(graph, endpoint)}"
    yield markdown_fence(f"{start} \\\n  --input INPUT --query name --output tsv", "bash")
    yield "Its results, once it has completed:"
    place = in_workspace(graph, endpoint)
    fetch = f"az ml job download --name NAME --output-name score --download-path FOLDER {place}"
    yield markdown_fence(fetch, "bash")
