"""The proxy: a CONNECT is ended here, under the name of the host that was asked for: nothing leaves the machine."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.emulator.authority import Authority
from tests.emulator.protocol import Request, Response
from tests.emulator.wire import encode, read_body

Answer = Callable[[Request], Response | None]


class Proxy(ThreadingHTTPServer):
    """Listens on a free port of loopback; `answer` gets every request and gives None where the connection is to end."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, authority: Authority, answer: Answer) -> None:
        self.authority = authority
        self.answer = answer
        super().__init__(("127.0.0.1", 0), _Tunnel)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or was killed, is no error of the proxy."""


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def send(self, response: Response) -> None:
        body, headers = encode(response)
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Tunnel(_Quiet):
    """What the client says to the proxy itself."""

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        self.send_response(200, "Connection established")
        self.end_headers()
        self.close_connection = True
        try:
            with self.server.authority.context(host).wrap_socket(self.connection, server_side=True) as tls:
                _Exchange(tls, self.client_address, self.server, host)
        except ssl.SSLError as error:
            self.server.answer(Request(host, "CONNECT", "", {}, {}, str(error).encode()))

    def _plain(self) -> None:
        """Without TLS nobody speaks to Azure; the services say what they think of such a host."""
        self.close_connection = True
        host = urlsplit(self.path).hostname or ""
        self.server.answer(Request(f"http://{host}", self.command, self.path, {}, {}))
        self.send(Response(501, {"error": {"code": "PlainHttp", "message": "only TLS is played here"}}))

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _plain  # noqa: N815 # names that http.server looks up


class _Exchange(_Quiet):
    """What it says to a host, one request after the other."""

    def __init__(self, connection: socket, client_address: Any, server: Proxy, host: str) -> None:
        self.host = host
        super().__init__(connection, client_address, server)

    def _one(self) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        path = unquote(url.path).rstrip("/")
        request = Request(self.host, self.command, path, query, headers, read_body(self.rfile, headers))
        response = self.server.answer(request)
        if response is None:
            self.close_connection = True
        else:
            self.send(response)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_OPTIONS = _one  # noqa: N815 # names that http.server looks up
