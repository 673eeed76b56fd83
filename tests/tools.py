"""The outside tools that tests need: found here, or skipped with a message that says how to get them."""

import atexit
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mlinfra.verify.bicep_cli import HOW_TO_GET_BICEP, find_bicep
from mlinfra.verify.checkov import HOW_TO_GET_CHECKOV
from mlinfra.verify.databricks_bundles import HOW_TO_GET as HOW_TO_GET_DATABRICKS
from tests import python_forks

# Without -S it reads at each start what is installed on this machine, which takes longer than the program.
_BASH, _PYTHON = shutil.which("bash"), Path(sys.executable).resolve()
_START = f"""#!{_BASH}
exec "{_PYTHON}" -S "$@"
"""


def search_path(programs: Path, *, forks: bool = False) -> str:
    """PATH of a script: a folder of programs, which gets a `python3` of nothing but Python itself, then all others.

    `forks`: on Linux it is a fork of one that has started.
    """
    python = programs / "python3"
    if not python.exists():
        python.write_text(_fork() if forks and sys.platform == "linux" else _START)
        python.chmod(0o755)
    return os.pathsep.join((os.fspath(programs), os.environ["PATH"]))


@cache
def _fork() -> str:
    """The program that asks for a fork; the server ends with this process."""
    command = [os.fspath(_PYTHON), "-I", "-S", python_forks.__file__]
    server = subprocess.Popen(command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(server.communicate)
    assert server.stdout is not None
    return python_forks.CLIENT.format(bash=_BASH, python=_PYTHON, port=server.stdout.readline().strip())


def bicep() -> Path:
    """The Bicep CLI; without it the test is skipped, and fails where MLINFRA_REQUIRE_BICEP=1."""
    found = find_bicep(os.environ)
    if found is not None:
        return found
    message = f"needs the Bicep CLI: {HOW_TO_GET_BICEP}"
    if os.environ.get("MLINFRA_REQUIRE_BICEP") == "1":
        pytest.fail(message)
    pytest.skip(message)


def checkov() -> Path:
    """checkov; without it the test is skipped, and fails where MLINFRA_REQUIRE_CHECKOV=1."""
    named = os.environ.get("MLINFRA_CHECKOV") or "checkov"
    if found := shutil.which(named):
        return Path(found)
    message = f"needs checkov: {HOW_TO_GET_CHECKOV}"
    if os.environ.get("MLINFRA_REQUIRE_CHECKOV") == "1":
        pytest.fail(message)
    pytest.skip(message)


def azure_cli() -> Path:
    """The real az; without it the test is skipped, and fails where MLINFRA_REQUIRE_AZ=1."""
    named = os.environ.get("MLINFRA_AZ")
    if named and (found := shutil.which(named)):
        return Path(found)
    message = "needs the real az, named in MLINFRA_AZ: `make azure` installs it and runs this"
    if os.environ.get("MLINFRA_REQUIRE_AZ") == "1":
        pytest.fail(message)
    pytest.skip(message)


def inference_server() -> Path:
    """A Python that has Azure ML's inference server; skipped without it, and failed where MLINFRA_REQUIRE_SERVER=1."""
    named = os.environ.get("MLINFRA_SERVER")
    if named and (found := shutil.which(named)):
        return Path(found)
    message = "needs azureml-inference-server-http, in the Python that MLINFRA_SERVER names: `make test` installs it"
    if os.environ.get("MLINFRA_REQUIRE_SERVER") == "1":
        pytest.fail(message)
    pytest.skip(message)


def need_for(judge: str) -> None:
    """Skips or fails a test whose judge, by its name in `mlinfra verify`, needs a tool that is not here."""
    if judge == "checkov":
        checkov()
    if judge == "databricks bundles" and not shutil.which(os.environ.get("MLINFRA_DATABRICKS") or "databricks"):
        pytest.skip(f"needs the Databricks CLI, which is on no registry: {HOW_TO_GET_DATABRICKS}")
    if judge in ("bicep lint", "bicep format", "bicep snapshot", "azure-ai-ml bodies", "checkov"):
        bicep()
