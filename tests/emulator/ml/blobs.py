"""Blob storage: what is in containers; blocks are put, and become a blob when they are listed."""

from __future__ import annotations

import base64
import re
from typing import NoReturn
from xml.sax.saxutils import escape

from tests.emulator.ids import key
from tests.emulator.ml.datastores import Place
from tests.emulator.protocol import Json, Refusal, Request, Response
from tests.emulator.resources import of_type
from tests.emulator.rights import ON_DATA, About, allows
from tests.emulator.state import State
from tests.emulator.tokens import caller_of

_ACCOUNTS = "Microsoft.Storage/storageAccounts"
_DATA = f"{_ACCOUNTS}/blobServices/containers/blobs"
_STAMP = {"x-ms-version": "2026-02-06", "Last-Modified": "Mon, 05 Jan 2026 05:00:00 GMT", "ETag": '"0x8DE"'}
_XML = '<?xml version="1.0" encoding="utf-8"?>'
_LISTED = re.compile(rb"<(?:Latest|Uncommitted|Committed)>([^<]+)<")


class Blobs:
    """`*.blob.core.windows.net`: for who has a role on the data, and for addresses that are signed."""

    pattern = "*.blob.core.windows.net"

    def answer(self, request: Request, state: State) -> Response:
        account = request.host.partition(".")[0]
        _require_access(request, state, account)
        _, container, *names = request.path.split("/", 2)
        what = (request.query.get("restype", ""), request.query.get("comp", ""))
        if what == ("container", "list"):
            return _listed(state, request, account, container)
        if what == ("account", "properties"):
            more = {"x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2", "x-ms-is-hns-enabled": "false"}
            return Response(200, b"", {**_STAMP, **more})
        if what[0] == "container":
            return Response(200, b"", _STAMP)
        if not names:
            _refuse(400, "InvalidUri")
        return _blob(request, state, account, container, names[0])


def put_blob(state: State, place: Place, text: str) -> None:
    """A blob that a service of Azure wrote."""
    _container(state, place.account, place.container)[place.path] = {"content": text, "metadata": {}}


def blobs_below(state: State, place: Place) -> dict[str, str]:
    """The blobs whose path begins so, each with its content, one character a byte."""
    found = _container(state, place.account, place.container)
    return {name: blob["content"] for name, blob in sorted(found.items()) if name.startswith(place.path)}


def _container(state: State, account: str, container: str) -> Json:
    return state.table("blobs", account.lower(), container)


def _blob(request: Request, state: State, account: str, container: str, name: str) -> Response:
    blobs = _container(state, account, container)
    if request.method == "PUT":
        _write(request, state, blobs, f"{account}/{container}/{name}", name)
        return Response(200 if request.query.get("comp") == "metadata" else 201, b"", _STAMP)
    if name not in blobs:
        _refuse(404, "BlobNotFound")
    if request.method == "DELETE":
        del blobs[name]
        return Response(202, b"", _STAMP)
    return _read(request, blobs[name])


def _write(request: Request, state: State, blobs: Json, address: str, name: str) -> None:
    metadata = {name: value for name, value in request.headers.items() if name.startswith("x-ms-meta-")}
    blocks = state.table("blocks", address)
    match request.query.get("comp", ""):
        case "block":
            blocks[request.query["blockid"]] = request.body.decode("latin-1")
        case "blocklist":
            listed = [found.decode() for found in _LISTED.findall(request.body)]
            if missing := [one for one in listed if one not in blocks]:
                _refuse(400, "InvalidBlockList", base64.b64decode(missing[0]).decode())
            blobs[name] = {"content": "".join(blocks.pop(one) for one in listed), "metadata": metadata}
        case "metadata" if name in blobs:
            blobs[name]["metadata"] = metadata
        case "metadata":
            _refuse(404, "BlobNotFound")
        case _:
            blobs[name] = {"content": request.body.decode("latin-1"), "metadata": metadata}


def _read(request: Request, blob: Json) -> Response:
    content: bytes = blob["content"].encode("latin-1")
    headers = {**_STAMP, **blob["metadata"], "x-ms-blob-type": "BlockBlob", "Accept-Ranges": "bytes"}
    headers["Content-Type"] = "application/octet-stream"
    wanted = request.headers.get("x-ms-range") or request.headers.get("range") or ""
    if request.method == "HEAD" or not (match := re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)):
        return Response(200, content, headers)
    first, last = int(match[1]), min(int(match[2] or len(content)), len(content) - 1)
    if first >= len(content):
        _refuse(416, "InvalidRange")
    return Response(206, content[first : last + 1], headers | {"Content-Range": f"bytes {first}-{last}/{len(content)}"})


def _listed(state: State, request: Request, account: str, container: str) -> Response:
    """The blobs with a prefix; where a delimiter is given, those below the next one count as one."""
    prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
    rows: dict[str, str] = {}
    for name, blob in sorted(_container(state, account, container).items()):
        if not name.startswith(prefix):
            continue
        folder, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        if found:
            shown = f"<BlobPrefix><Name>{escape(prefix + folder + delimiter)}</Name></BlobPrefix>"
            rows.setdefault(folder, shown)
        else:
            rows[name] = _row(name, len(blob["content"]))
    found = f"<Blobs>{''.join(rows.values())}</Blobs><NextMarker/>"
    text = f'{_XML}<EnumerationResults ContainerName="{container}">{found}</EnumerationResults>'
    return Response(200, text.encode(), {**_STAMP, "Content-Type": "application/xml"})


def _row(name: str, size: int) -> str:
    return (
        f"<Blob><Name>{escape(name)}</Name><Properties><Last-Modified>{_STAMP['Last-Modified']}</Last-Modified>"
        f"<Etag>0x8DE</Etag><Content-Length>{size}</Content-Length><Content-Type>application/octet-stream</Content-Type>"
        "<BlobType>BlockBlob</BlobType></Properties></Blob>"
    )


def _require_access(request: Request, state: State, account: str) -> None:
    if request.query.get("sig"):
        return
    if not request.headers.get("authorization"):
        _refuse(401, "NoAuthenticationInformation")
    caller = caller_of(request, state)
    if caller.audience != "https://storage.azure.com":
        _refuse(401, "InvalidAuthenticationInfo", "Signature validation failed: audience")
    made = next((one for one in of_type(state, _ACCOUNTS) if key(one["name"]) == key(account)), None)
    if made is None:
        _refuse(404, "ResourceNotFound")
    verb = "read" if request.method in ("GET", "HEAD") else "write"
    container = request.path.split("/")[1] if request.path.count("/") else ""
    scope = f"{made['id']}/blobServices/default/containers/{container}" if container else made["id"]
    about = About({}, {f"{_ACCOUNTS}:name": made["name"], f"{_ACCOUNTS}/blobServices/containers:name": container})
    if not allows(state, caller.object_id, f"{_DATA}/{verb}", scope, about, ON_DATA):
        _refuse(403, "AuthorizationPermissionMismatch")


def _refuse(status: int, code: str, message: str = "") -> NoReturn:
    text = f"{_XML}<Error><Code>{code}</Code><Message>{escape(message or code)}</Message></Error>"
    headers = {**_STAMP, "x-ms-error-code": code, "Content-Type": "application/xml"}
    raise Refusal(Response(status, text.encode(), headers))
