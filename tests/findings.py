"""What judges find where a test expects nothing."""

from collections.abc import Iterable

import pytest

from mlinfra.verify import bicep_cli, verdict


def nothing_found(findings: Iterable[bicep_cli.Finding | verdict.Finding]) -> None:
    """Fails with all that was found, each in a line of its own: pytest cuts what an assertion compares."""
    __tracebackhide__ = True
    if said := [_line(found) for found in findings]:
        pytest.fail("\n".join(said))


def _line(found: bicep_cli.Finding | verdict.Finding) -> str:
    if isinstance(found, verdict.Finding) and found.addresses:
        return f"{', '.join(found.addresses)}: {found.message}"
    return f"{found.file}:{found.line}: {found.message}"
