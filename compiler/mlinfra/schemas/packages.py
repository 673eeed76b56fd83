"""Packages that a conda specification asks for, by conda or pip, and which versions they may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.schemas.conda import lines_of_pip, packages_of_conda
from mlinfra.schemas.modules import normal

Version = tuple[int, ...]

_PIP = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?P<versions>[^;@\s][^;@]*)?(?P<rest>[;@].*)?$"
)
_CONDA = re.compile(r"(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?P<versions>.*)")
_NAMES_OTHERS = re.compile(r"(?:-r|-e|--requirement|--editable)(?![\w-])")  # of a line of pip: a file, a folder
_FILE_OPTION = re.compile(r"(?:-r|-c|-e|--requirement|--constraint|--editable)(?![\w-])[ \t=]*")
_ELSEWHERE = re.compile(r"(?:[A-Za-z][\w+.-]*:|/)")  # an address; what lies in the image itself is known to who made it
_PATH = re.compile(r"(?:\.{1,2}(?:[/\[]|$)|[^\s@;<>=!~\[]+/|[^\s@;/]+\.whl(?:\s|$))")
_BUILD = re.compile(r"^(=?=?[^=<>!~,\s]+)(?:=|\s+)[^=<>!~,]+$")  # numpy=2.3.2=py311h0, numpy 2.3.2 py311h0
_TERM = re.compile(r"(===|==|~=|!=|<=|>=|<|>|=)?\s*([0-9]+(?:\.[0-9]+)*)([^,|\s]*)")


class Pin(NamedTuple):
    """The version that a package may be."""

    version: Version
    is_prefix: bool  # any that begins so: 1.7, 1.7.2

    def agrees(self, other: Pin) -> bool:
        """Whether one version fits both; a zero at the end says nothing.

        >>> Pin((1, 7), True).agrees(Pin((1, 7, 2), False)), Pin((1, 7), False).agrees(Pin((1, 7, 0), False))
        (True, True)
        """
        length = max(len(self.version), len(other.version))
        if self.is_prefix or other.is_prefix:
            length = min(len(each.version) for each in (self, other) if each.is_prefix)
        mine, others = ((*each.version, *(0,) * length)[:length] for each in (self, other))
        return mine == others


class Required(NamedTuple):
    """One package as it is asked for."""

    name: str  # as PEP 503 compares names
    written: str
    terms: tuple[tuple[str, Version, bool], ...]  # operator, version, whether any that begins so fits
    is_at_an_address: bool = False  # name @ https://…: nobody knows its version
    is_conditional: bool = False  # name; python_version < "3.12": it may not be installed at all

    def may_be(self, first: Version) -> bool:
        """Whether nothing that is written keeps it below a version: what is newest is installed then."""
        return not self.is_at_an_address and not any(_ends_below(*term, first) for term in self.terms)

    @property
    def pin(self) -> Pin | None:
        """The one version that it may be, or all that begin so; None where there is none such."""
        pins = [] if self.is_at_an_address or self.is_conditional else [_pin(*term) for term in self.terms]
        return next(filter(None, pins), None)


def requirements(conda: Mapping[str, Any]) -> Iterator[Required]:
    """The packages of a conda specification in which nothing is misshapen."""
    for package in packages_of_conda(conda):
        found = (
            _CONDA.fullmatch(package.rpartition("::")[2].strip()) if "://" not in package.rpartition("::")[2] else None
        )
        if found:
            versions = _BUILD.sub(r"\1", found["versions"].strip())
            yield Required(normal(found["name"]), package, tuple(_terms(versions, default="=")))
    for line in lines_of_pip(conda):
        found = None if line.startswith("-") else _PIP.fullmatch(line.strip())
        if found:
            versions, rest = found["versions"] or "", found["rest"] or ""
            terms = tuple(_terms(versions))
            yield Required(normal(found["name"]), line.strip(), terms, rest.startswith("@"), ";" in rest)


def names_all(conda: Mapping[str, Any]) -> bool:
    """Whether each package of a conda specification is there by its name: none by a file or an address alone."""
    are_names = all("://" not in package for package in packages_of_conda(conda))
    return are_names and all(map(_has_a_name, lines_of_pip(conda)))


def files_of_pip(conda: Mapping[str, Any]) -> Iterator[str]:
    """The lines of pip that read a file or a folder beside the conda file."""
    for line in (each.strip() for each in lines_of_pip(conda)):
        option = _FILE_OPTION.match(line)
        what = line[option.end() :] if option else line
        if what and not _ELSEWHERE.match(what) and (option or (not line.startswith("-") and _PATH.match(what))):
            yield line


def _has_a_name(line: str) -> bool:
    line = line.strip()
    if not line or line.startswith("-"):
        return not _NAMES_OTHERS.match(line)
    found = _PIP.fullmatch(line)
    return found is not None and (found["versions"] or "=")[0] in "=<>!~("


def _pin(operator: str, version: Version, is_prefix: bool) -> Pin | None:
    return Pin(version, is_prefix) if operator in ("=", "==", "===") else None


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
