"""az without its start: a server that has imported what az imports forks for each call, and the fork is the real az."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path

_SERVER = Path(__file__).with_name("az_server.py")
_CLIENT = Path(__file__).with_name("az_client.py")


class AzFork:
    """`program` is started in the place of az, by who has the environment; a call with another one may take longer.

    What az's modules keep of the environment when they are imported, its configuration for one, is the server's: so one
    server for each environment. It ends with the object.
    """

    def __init__(self, az: Path, environment: Mapping[str, str]) -> None:
        folder = Path(tempfile.mkdtemp(prefix="az-"))  # short: the path of a socket has about a hundred characters
        self.program = folder / "az"
        python = _python_of(az)
        self.program.write_text(f"#!{python} -IS\n{_CLIENT.read_text()}")
        self.program.chmod(0o755)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{self.program}.socket")
            listener.listen(100)
            self._test, theirs = socket.socketpair()
            with theirs:
                server = subprocess.Popen(
                    [python, "-P", os.fspath(_SERVER), os.fspath(az), os.fspath(folder / "log")],
                    env=environment,
                    cwd=folder,
                    stdin=listener.fileno(),
                    stdout=theirs.fileno(),
                    start_new_session=True,
                )
        self._log = folder / "log"
        self._end = weakref.finalize(self, _end, self._test, server, folder)

    @property
    def started_anew(self) -> list[str]:
        """The calls for which az was started."""
        return self._log.read_text().splitlines() if self._log.exists() else []

    def end_calls(self) -> None:
        """Ends at once what runs, as a kill of its process group does that of an az."""
        self._test.sendall(b"k")
        self._test.recv(1)


def _end(test: socket.socket, server: subprocess.Popen[bytes], folder: Path) -> None:
    test.close()
    server.wait()
    shutil.rmtree(folder)


def _python_of(az: Path) -> str:
    """The Python that pip wrote into the first line of az."""
    with az.open() as script:
        first = script.readline()
    assert re.match("#!/.*python", first), f"{az} is not what pip installs: {first}"
    return first.removeprefix("#!").strip()
