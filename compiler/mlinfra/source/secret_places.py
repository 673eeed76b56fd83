"""What a place of the spec takes instead of a secret: nobody is sent to a reference that is refused there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlinfra.source.tree import Path

REFERENCE = "{vault: <entry of key_vaults>, secret: <name>}"
AT_RUN_TIME = (
    "read it at run time: azure-identity signs in as the compute's identity, which needs Key Vault Secrets User"
)
OF_A_TEST = "write secrets: {<VARIABLE>: <group>/<variable>} beside the command, which reads the variable"
OF_A_STEP = "put it into a key vault, and read it in the step, which signs in with a connection of its own"
OF_A_VARIABLE = f"variables take no secret: write {REFERENCE} where a field takes one"
OF_PACKAGES = (
    "whoever pulls the image would read it: leave it out; a connection of the workspace (python_feed) signs in to an "
    "index"
)
CONDA_FILE = "conda_file"


@dataclass(frozen=True)
class Places:
    """What the languages say of secrets in their sections."""

    fields: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)  # section -> its fields that take a reference
    at_run_time: frozenset[str] = frozenset()  # sections whose bodies a client sends: code with an identity reads it


NOWHERE = Places()


def takes_a_reference(path: Path, places: Places) -> bool:
    """Whether a place of the spec is a field that takes the secret of a vault, or lies in one."""
    section, written = _without_overrides(path[2:] if path[:1] == ("targets",) else path)
    return bool({written, written[:-1]} & set(places.fields.get(section, ())))


def advice(path: Path, places: Places) -> str:
    """What to do with the secret at a place of the spec."""
    if path[:1] == ("pipelines",):
        return OF_A_TEST if path[1:2] == ("tests",) else OF_A_STEP
    below = path[2:] if path[:1] == ("targets",) else path
    if below[:1] == ("variables",):
        return OF_A_VARIABLE
    if takes_a_reference(path, places):
        return f"put it into a key vault and write {REFERENCE}"
    section, written = _without_overrides(below)
    return f"{_field(path)} takes no secret: {_elsewhere(section, written, places)}"


def _elsewhere(section: str, written: Path, places: Places) -> str:
    if CONDA_FILE in written:
        return OF_PACKAGES
    if section in places.at_run_time:
        return f"put it into a key vault and {AT_RUN_TIME}"
    taken = [".".join(map(str, path)) for path in places.fields.get(section, ())]
    if taken:
        return f"put it into a key vault; {section} take {REFERENCE} at {' and '.join(taken)}"
    return "put it into a key vault, where whoever needs it reads it"


def _without_overrides(path: Path) -> tuple[str, Path]:
    """The section of a place, and what stands below its entry."""
    path = path[1:] if path[:1] == ("overrides",) else path
    return (str(path[0]) if path else "", path[2:])


def _field(path: Path) -> str:
    return next((key for key in reversed(path) if isinstance(key, str)), "the file")
