"""The header: what the platform is called, where it runs, which targets it is deployed to, and their variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from mlinfra.azure.names import DEFAULT_PATTERN, pattern_problem
from mlinfra.diagnostics import Span
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.formats.file_names import device_help, is_device
from mlinfra.header import codes
from mlinfra.header.reading import Reading, Rule, first_key, is_written
from mlinfra.header.targets import LOCATION, Shared, read_targets
from mlinfra.header.targets import ResourceGroup as ResourceGroup
from mlinfra.header.targets import Target as Target
from mlinfra.header.variables import Variable, declared_variables, given_values
from mlinfra.source import Source, tree
from mlinfra.source.tree import Scalar, kind_of

API_VERSION = "mlinfra/v1"
HEADER_KEYS = (
    "apiVersion",
    "platform",
    "short",
    "owner",
    "location",
    "tags",
    "cloud",
    "naming",
    "include",
    "variables",
    "targets",
    "network",
    "pipelines",
)
LATER_SECTIONS = ("alerts", "budgets", "development", "repositories")  # of the language, and of a later release
MAX_SHORT_CHARACTERS = 8  # leaves 6 characters for an entry's name in a storage account's 24

Cloud = Literal["public", "usgov", "china"]

PLATFORM = Rule(re.compile(r"[a-z][a-z0-9]{1,11}"), "2 to 12 lower-case letters and digits, a letter first", "churn")
SHORT = Rule(re.compile(r"[a-z0-9]{2,8}"), "2 to 8 lower-case letters and digits", "churn")


@dataclass(frozen=True)
class Naming:
    pattern: str | None = None
    region_codes: Mapping[str, str] | None = None
    generation: int = 1


@dataclass(frozen=True)
class Header:
    platform: str
    short: str
    owner: str | None
    location: str | None  # None where every target has its own
    tags: Mapping[str, str]
    cloud: Cloud
    naming: Naming
    targets: tuple[Target, ...]  # in promotion order
    variables: Mapping[str, Variable]
    network: tree.Mapping | None
    pipelines: tree.Mapping | None
    keys: Mapping[str, Span]  # where each key of the header is written

    def target(self, name: str) -> Target:
        """The target of that name, which has to exist."""
        return next(target for target in self.targets if target.name == name)


def read_header(source: Source) -> Outcome[Header | None]:
    """The header of a spec, whose other keys are sections; None where too little of it is right to go on."""
    reading = Reading()
    written = source.tree
    _check_version(reading, written)
    later = [key for key in written.fields if key in LATER_SECTIONS or key.startswith("databricks_")]
    for key in later:
        reading.report(codes.NOT_SUPPORTED, f"{key} is not supported yet", written.fields[key].key)
    reading.known_keys(written, (*HEADER_KEYS, *source.given.vocabulary.sections, *later), what="section or header key")
    header = _header(reading, written, source.given.variables)
    return Outcome(header, tuple(reading.diagnostics))


def _check_version(reading: Reading, written: tree.Mapping) -> None:
    if not is_written(written, "apiVersion"):
        reading.missing("apiVersion", first_key(written), f"add `apiVersion: {API_VERSION}` as the first line")
        return
    node = written.fields["apiVersion"].value
    if not isinstance(node, Scalar) or node.value != API_VERSION:
        shown = f'"{node.value}"' if isinstance(node, Scalar) else kind_of(node)
        message = f"apiVersion {shown} is not one that this release of mlinfra reads"
        reading.report(codes.API_VERSION, message, node.span, f"write `apiVersion: {API_VERSION}`")


def _header(reading: Reading, written: tree.Mapping, given: Mapping[str, str]) -> Header | None:
    platform = reading.text(written, "platform", PLATFORM)
    if platform and is_device(platform):
        place = written.fields["platform"].value.span
        reading.report(codes.BAD_VALUE, f'platform "{platform}" is not allowed', place, device_help(platform))
    if not is_written(written, "platform"):
        reading.missing("platform", first_key(written), "add `platform: <name>`, for example `platform: churn`")
    variables = declared_variables(reading, written)
    shared = Shared(
        platform or "",
        reading.text(written, "location", LOCATION) or ("" if is_written(written, "location") else None),
        reading.tags(written),
        variables,
        given_values(reading, variables, written, given),
    )
    header = Header(
        platform=shared.platform,
        short=_short(reading, written, platform),
        owner=reading.text(written, "owner"),
        location=shared.location or None,
        tags=shared.tags,
        cloud=cast("Cloud", reading.text(written, "cloud", choices=("public", "usgov", "china")) or "public"),
        naming=_naming(reading, written),
        targets=read_targets(reading, written, shared),
        variables=variables,
        network=reading.mapping(written, "network"),
        pipelines=reading.mapping(written, "pipelines"),
        keys={key: field.key for key, field in written.fields.items()},
    )
    return None if reading.diagnostics else header


def _short(reading: Reading, written: tree.Mapping, platform: str | None) -> str:
    if not is_written(written, "short") and platform and len(platform) > MAX_SHORT_CHARACTERS:
        message = f'short is missing: platform "{platform}" has more than {MAX_SHORT_CHARACTERS} characters'
        help = f"add `short: <{SHORT.wording}>`, for names with tight limits"
        reading.report(codes.MISSING, message, written.fields["platform"].value.span, help)
    return reading.text(written, "short", SHORT) or platform or ""


def _naming(reading: Reading, written: tree.Mapping) -> Naming:
    naming = reading.mapping(written, "naming")
    if naming is None:
        return Naming()
    reading.known_keys(naming, ("pattern", "region_codes", "generation"), " in naming")
    generation = naming.fields.get("generation")
    number = generation.value.value if generation and isinstance(generation.value, Scalar) else None
    if generation and (not isinstance(number, int) or isinstance(number, bool) or number < 1):
        reading.report(codes.BAD_VALUE, "generation takes a whole number from 1", generation.value.span)
        number = None
    pattern = reading.text(naming, "pattern")
    if pattern is not None and (problem := pattern_problem(pattern)):
        message = f'naming.pattern "{pattern}" {problem}'
        help = f"write for example {DEFAULT_PATTERN}"
        reading.report(codes.BAD_VALUE, message, naming.fields["pattern"].value.span, help)
    return Naming(pattern, reading.texts(naming, "region_codes"), number if isinstance(number, int) else 1)
