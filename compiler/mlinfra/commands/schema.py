"""schema: the JSON Schema for editors, on standard output."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from mlinfra.commands.echo import echo_document
from mlinfra.commands.options import shared_options
from mlinfra.editor_schema import editor_schema

ITEM_A_LINE = ("properties", "$defs")  # so that a change of one definition is a change of one line


@click.command("schema")
@shared_options
def command() -> None:
    """Print the JSON Schema of ml-platform.yaml for editors, which a spec names in its first line:

    # yaml-language-server: $schema=../../schemas/ml-platform.schema.json
    """
    echo_document(text(editor_schema()))


def text(schema: Mapping[str, Any]) -> str:
    """The document, with each property and definition in a line of its own."""
    return "{\n" + ",\n".join(_members(schema)) + "\n}\n"


def _members(schema: Mapping[str, Any]) -> Iterator[str]:
    for key, value in schema.items():
        if key in ITEM_A_LINE:
            items = ",\n".join(f"    {json.dumps(name)}: {_compact(item)}" for name, item in value.items())
            yield f"  {json.dumps(key)}: {{\n{items}\n  }}"
        else:
            yield f"  {json.dumps(key)}: {_compact(value)}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
