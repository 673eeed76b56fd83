"""What Databricks looks up for a target: by variable its kind, and the name of what has the id."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mlinfra.diagnostics import Diagnostic, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.header import Header, Target
from mlinfra.header.lookups import looked_up
from mlinfra.overrides.codes import UNKNOWN
from mlinfra.overrides.substitution import Expression, expressions
from mlinfra.source.tree import Node, plain


def names_looked_up(header: Header, target: Target) -> Collection[str]:
    """The variables that are looked up in a target, where no value is given."""
    texts = (name for name, variable in header.variables.items() if variable.type == "string")
    return [name for name in texts if name in target.variables and looked_up(target.variables[name])]


def lookups_of(variables: Mapping[str, Node], names: Collection[str]) -> Outcome[Mapping[str, Mapping[str, str]]]:
    """What is looked up, of variables whose values are filled in; who looks knows no names of entries."""
    found: list[Diagnostic] = []
    lookups: dict[str, Mapping[str, str]] = {}
    for name in names:
        lookup = looked_up(variables[name])
        said = plain(lookup) if lookup else {}
        for text in said.values():
            if not isinstance(text, str):  # it is said that it is wrong
                continue
            lookups[name] = said
            if any(isinstance(part, Expression) for part in expressions(text)):
                message = f'"{text}" is looked up by its name, which can\'t be made of an entry'
                help = "name the entry itself in the body, and leave the variable out"
                found.append(finding(UNKNOWN, message, variables[name].span, help))
    return Outcome(lookups, tuple(found))
