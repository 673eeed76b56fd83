"""The outside tools that tests need: found here, or skipped with a message that says how to get them."""

import os
from pathlib import Path

import pytest

from mlinfra.verify.bicep_cli import HOW_TO_GET_BICEP, find_bicep


def bicep() -> Path:
    """The Bicep CLI; without it the test is skipped, and fails where MLINFRA_REQUIRE_BICEP=1."""
    found = find_bicep(os.environ)
    if found is not None:
        return found
    message = f"needs the Bicep CLI: {HOW_TO_GET_BICEP}"
    if os.environ.get("MLINFRA_REQUIRE_BICEP") == "1":
        pytest.fail(message)
    pytest.skip(message)
