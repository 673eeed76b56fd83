"""The client of az_server.py, in the place of az. It is started for each call: it imports nothing that takes time.

Gives the server its folder, umask, arguments, environment, stdin, stdout and stderr; hands on the signals that end it,
and ends as the az there did. A copy of it stands as `az`, beside the socket `az.socket`.
"""

import _signal  # type: ignore[import-not-found] # `signal` itself imports `enum`
import _socket
import posix
import sys


def call() -> int:
    """How az ended, as `wait` says it."""
    mask = posix.umask(0)
    posix.umask(mask)
    arguments = [word.encode(errors="surrogateescape") for word in sys.argv[1:]]
    environment = [name + b"=" + value for name, value in posix.environ.items()]
    words = [posix.getcwdb(), b"%o" % mask, b"%d" % len(arguments), *arguments, *environment]
    body = b"\0".join(words)
    message = len(body).to_bytes(4, "little") + body
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    for number in (_signal.SIGHUP, _signal.SIGINT, _signal.SIGQUIT, _signal.SIGTERM):
        _signal.signal(number, lambda number, _: connection.send(bytes([number])))
    connection.connect(f"{__file__}.socket")
    sent = connection.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    if rest := message[sent:]:  # nothing more goes to a server that has read all, and may have answered and gone
        connection.sendall(rest)
    answer = connection.recv(4)
    if len(answer) < 4:
        sys.exit("az_client.py: its server is gone")
    return int.from_bytes(answer, "little")


def end(status: int) -> None:
    """Ends as somebody else did."""
    if posix.WIFSIGNALED(status):
        number = posix.WTERMSIG(status)
        if number != _signal.SIGKILL:
            _signal.signal(number, _signal.SIG_DFL)
        posix.kill(posix.getpid(), number)
    posix._exit(posix.WEXITSTATUS(status))


end(call())
