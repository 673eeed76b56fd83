"""Writes the table of resource types anew, from a clone of https://github.com/Azure/bicep-types-az.

    python -m tools.resource_types CLONE

A type has its newest stable version, or its newest preview where there is no other; the Bicep CLI on the PATH says
which of these it knows, and which newer one it would rather have.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

TABLE = Path(__file__).parents[1] / "compiler" / "mlinfra" / "azure" / "resource_types.txt"
IN_A_GROUP = 8  # of the flags of scopes
STABLE = len("2025-01-01")
AT_ONCE = 400  # resources of a file; Bicep takes 800
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9.]*(/[A-Za-z][A-Za-z0-9]*)+")
_UNKNOWN = re.compile(r'Resource type "(?P<type>[^"@]+)@[^"]+" does not have types available')
_OLD = re.compile(r"API version for '(?P<type>[^']+)'.*Acceptable versions: (?P<versions>[0-9a-z, -]+)")


def main(clone: Path) -> None:
    versions = {type_: _newest(found) for type_, found in _read(clone).items()}
    for _ in range(2):  # a version that it would rather have may be one that it knows nothing of
        unknown, better = judged(versions)
        versions = {type_: better.get(type_, version) for type_, version in versions.items() if type_ not in unknown}
    by_version: dict[tuple[str, str], list[str]] = {}
    for type_, version in versions.items():
        provider, _, below = type_.partition("/")
        by_version.setdefault((provider, version), []).append(below)
    lines = (
        f"{provider} {version} {' '.join(sorted(types, key=str.lower))}"
        for (provider, version), types in sorted(by_version.items(), key=lambda item: (item[0][0].lower(), item[0][1]))
    )
    TABLE.write_text("".join(f"{line}\n" for line in lines))


def _read(clone: Path) -> dict[str, list[str]]:
    """The types of what lies in resource groups, as the newest version spells them, with their versions."""
    found: dict[str, dict[str, str]] = {}
    for path in clone.glob("generated/**/types.json"):
        for each in json.loads(path.read_bytes()):
            scopes = each.get("readableScopes", 0) | each.get("writableScopes", 0)
            if each.get("$type") == "ResourceType" and scopes & IN_A_GROUP:
                name, _, version = each["name"].partition("@")
                found.setdefault(name.lower(), {})[version] = name
    spelled = {versions[max(versions)]: list(versions) for versions in found.values()}
    return {name: spelled[name] for name in sorted(spelled, key=str.lower) if _TYPE.fullmatch(name)}


def _newest(versions: list[str]) -> str:
    return max([each for each in versions if len(each) == STABLE] or versions)


def judged(versions: Mapping[str, str]) -> tuple[set[str], dict[str, str]]:
    """The types of which Bicep knows nothing in that version, and the newest one that it would rather have."""
    unknown, better = set[str](), dict[str, str]()
    for line in _said_by_bicep(versions):
        if found := _UNKNOWN.search(line):
            unknown.add(found["type"])
        if found := _OLD.search(line):
            better[found["type"]] = _newest([each.strip() for each in found["versions"].split(",")])
    return unknown, better


def _said_by_bicep(versions: Mapping[str, str]) -> Iterator[str]:
    bicep = shutil.which("bicep") or sys.exit("needs the Bicep CLI on the PATH")
    rules = {"use-recent-api-versions": {"level": "warning"}, "no-unused-existing-resources": {"level": "off"}}
    types = list(versions)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "bicepconfig.json").write_text(json.dumps({"analyzers": {"core": {"rules": rules}}}))
        for start in range(0, len(types), AT_ONCE):
            declared = (_existing(place, each, versions[each]) for place, each in enumerate(types[start:][:AT_ONCE]))
            (here / "types.bicep").write_text("".join(declared))
            done = subprocess.run([bicep, "build", "types.bicep", "--stdout"], cwd=here, capture_output=True, text=True)
            yield from done.stderr.splitlines()


def _existing(place: int, type_: str, version: str) -> str:
    """A declaration of some resource of a type."""
    name = "/".join("x" * type_.count("/"))
    return f"resource r{place} '{type_}@{version}' existing = {{\n  name: '{name}'\n}}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
