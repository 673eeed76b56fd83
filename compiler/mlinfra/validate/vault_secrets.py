"""References to secrets of a vault in bodies of Azure ML: where one may stand, and what it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.vault_references import REFERENCE_KEYS, secret_fields
from mlinfra.schemas.values import value_at
from mlinfra.source.secret_places import AT_RUN_TIME
from mlinfra.source.secret_places import REFERENCE as FORM
from mlinfra.source.tree import Path, holds_key

NOT_HANDED_OVER = Code(
    "MLI223",
    "error",
    "Reference to a vault's secret in a file that the Azure ML CLI sends",
    "Resource Manager reads a vault for what is deployed as Bicep; the Azure ML CLI sends its files as they are, and "
    "takes no reference to a vault",
    "Use what needs no secret, or read the secret at run time",
    "docs/language.md#secrets",
)
NOT_A_REFERENCE = Code(
    "MLI224",
    "error",
    "Secret that is not a reference to a vault",
    "What is written in its place would be readable in git and in what is generated",
    "Write {vault: <entry of key_vaults>, secret: <name>}, and put the secret into the vault",
    "docs/language.md#secrets",
)
CODES = (NOT_HANDED_OVER, NOT_A_REFERENCE)

MAPS_OF_DATA = ("inputs", "outputs", "tags", "properties", "environment_variables")  # their keys are names, not fields
SECRET_NAME = re.compile(r"[0-9A-Za-z-]{1,127}")  # Azure resource name rules: Microsoft.KeyVault/vaults/secrets
IN_A_SCOPE = "write {{secrets/<scope>/<key>}}, with databricks_secret_scopes: {<scope>: {keyvault_metadata: <vault>}}"
EXISTING_VAULT = "a vault of someone else's is an entry of key_vaults with existing: true"


def vault_secrets(entry: Entry) -> Iterator[tuple[Path, Diagnostic]]:
    """What is refused in a body, with its place."""
    fields = secret_fields(entry.section)
    for field in fields:
        if (value := value_at(entry.body, field)) is not None:
            yield from ((field, found) for found in _wrong_form(entry, field, value))
    if ("credentials", "certificate") in fields:
        yield from _without_certificate(entry)
    references: list[Path] = []
    if holds_key(entry.body, "secret"):
        _collect(entry.body, (), references)
    for path in references:
        if path not in fields:
            yield path, _misplaced(entry, path)


def _wrong_form(entry: Entry, path: Path, value: Any) -> Iterator[Diagnostic]:
    if not isinstance(value, Mapping):
        message = f"{path[-1]} is a secret, and takes a reference to a vault, not its value"
        yield finding(NOT_A_REFERENCE, message, at(entry, path, on_key=True), f"write {path[-1]}: {FORM}")
        return
    for key in value.keys() - REFERENCE_KEYS:
        message = f'{path[-1]} has no key "{key}"'
        meant = closest_name(str(key), sorted(REFERENCE_KEYS - value.keys()))
        help = question(meant) or f"write {FORM}, and nothing beside it"
        yield finding(NOT_A_REFERENCE, message, at(entry, (*path, key), on_key=True), help)
    if value.keys() <= REFERENCE_KEYS and (lacking := sorted(REFERENCE_KEYS - value.keys())):
        message = f"{path[-1]} lacks {listed(lacking)}"
        yield finding(NOT_A_REFERENCE, message, at(entry, path, on_key=True), f"write {FORM}")
    for key in sorted(REFERENCE_KEYS & value.keys()):
        yield from _wrong_name(entry, (*path, key), value[key])


def _wrong_name(entry: Entry, path: Path, name: Any) -> Iterator[Diagnostic]:
    if path[-1] == "vault":
        if not isinstance(name, str) or name.startswith("/"):
            yield finding(
                NOT_A_REFERENCE, "vault is the name of an entry of key_vaults", at(entry, path), EXISTING_VAULT
            )
    elif not isinstance(name, str) or not SECRET_NAME.fullmatch(name):
        message = "secret is the name of a secret: 1 to 127 letters, digits and hyphens"
        yield finding(NOT_A_REFERENCE, message, at(entry, path), "the value itself stands only in the vault")


def _without_certificate(entry: Entry) -> Iterator[tuple[Path, Diagnostic]]:
    """The schema takes a thumbprint alone, with which nothing can sign in."""
    credentials = entry.body.get("credentials")
    if isinstance(credentials, Mapping) and "thumbprint" in credentials and "certificate" not in credentials:
        path = ("credentials",)
        message, help = "credentials with a thumbprint lack certificate", f"write certificate: {FORM}"
        yield path, finding(NOT_A_REFERENCE, message, at(entry, path, on_key=True), help)


def _collect(value: Mapping[str, Any] | list[Any], path: Path, references: list[Path]) -> None:
    if isinstance(value, list):
        for place, below in enumerate(value):
            if isinstance(below, (dict, list)):
                _collect(below, (*path, place), references)
    elif len(value) == len(REFERENCE_KEYS) and value.keys() == REFERENCE_KEYS and path and path[-1] not in MAPS_OF_DATA:
        references.append(path)
    else:
        for key, below in value.items():
            if isinstance(below, (dict, list)) and not str(key).startswith("x-"):
                _collect(below, (*path, key), references)


def _misplaced(entry: Entry, path: Path) -> Diagnostic:
    below = [str(field[-1]) for field in secret_fields(entry.section) if field[:-1] == path]
    if below:
        message = f"{path[-1]} is no secret as a whole"
        help = f"write the reference one level below, at {' or '.join(below)}"
        return finding(NOT_A_REFERENCE, message, at(entry, path, on_key=True), help)
    if ROWS[entry.section].compiled_to == "bicep":
        return finding(NOT_HANDED_OVER, f"{path[-1]} takes no secret of a vault", at(entry, path, on_key=True))
    if ROWS[entry.section].is_looked_up:
        message = f"{path[-1]} takes no secret of a vault, as a bundle takes no reference to one"
        return finding(NOT_HANDED_OVER, message, at(entry, path, on_key=True), IN_A_SCOPE)
    message = f"{path[-1]} takes no secret of a vault, as the Azure ML CLI takes no reference to one"
    return finding(NOT_HANDED_OVER, message, at(entry, path, on_key=True), AT_RUN_TIME)
