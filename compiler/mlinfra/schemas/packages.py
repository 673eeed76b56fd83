"""Packages that a conda specification asks for, by conda or pip, and which versions they may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.schemas.conda import lines_of_pip, packages_of_conda

Version = tuple[int, ...]

_PIP = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?P<versions>[^;@\s][^;@]*)?(?P<rest>[;@].*)?$"
)
_CONDA = re.compile(r"(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?P<versions>.*)")
_BUILD = re.compile(r"^(=?=?[^=<>!~,\s]+)(?:=|\s+)[^=<>!~,]+$")  # numpy=2.3.2=py311h0, numpy 2.3.2 py311h0
_TERM = re.compile(r"(===|==|~=|!=|<=|>=|<|>|=)?\s*([0-9]+(?:\.[0-9]+)*)([^,|\s]*)")


class Required(NamedTuple):
    """One package as it is asked for."""

    name: str  # as PEP 503 compares names
    written: str
    terms: tuple[tuple[str, Version, bool], ...]  # operator, version, whether any that begins so fits
    is_at_an_address: bool = False  # name @ https://…: nobody knows its version

    def may_be(self, first: Version) -> bool:
        """Whether nothing that is written keeps it below a version: what is newest is installed then."""
        return not self.is_at_an_address and not any(_ends_below(*term, first) for term in self.terms)


def requirements(conda: Mapping[str, Any]) -> Iterator[Required]:
    """The packages of a conda specification in which nothing is misshapen."""
    for package in packages_of_conda(conda):
        found = (
            _CONDA.fullmatch(package.rpartition("::")[2].strip()) if "://" not in package.rpartition("::")[2] else None
        )
        if found:
            versions = _BUILD.sub(r"\1", found["versions"].strip())
            yield Required(_normal(found["name"]), package, tuple(_terms(versions, default="=")))
    for line in lines_of_pip(conda):
        found = None if line.startswith("-") else _PIP.fullmatch(line.strip())
        if found:
            versions, rest = found["versions"] or "", found["rest"] or ""
            yield Required(_normal(found["name"]), line.strip(), tuple(_terms(versions)), rest.startswith("@"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _terms(versions: str, default: str = "==") -> Iterator[tuple[str, Version, bool]]:
    for operator, release, rest in _TERM.findall(versions):
        version = tuple(map(int, release.split(".")))
        yield operator or default, version, rest.startswith((".*", "*")) or (operator or default) == "="


def _ends_below(operator: str, version: Version, is_prefix: bool, first: Version) -> bool:
    match operator:
        case "=" | "==" | "===":
            return _highest(version) < first if is_prefix else _padded(version, first) < first
        case "~=":
            return _highest(version[:-1]) < first
        case "<":
            return _padded(version, first) <= first
        case "<=":
            return _padded(version, first) < first
        case _:
            return False


def _highest(prefix: Version) -> Version:
    """A version above all that begin so."""
    return (*prefix, 10**9)


def _padded(version: Version, like: Version) -> Version:
    return (*version, *(0,) * (len(like) - len(version)))
