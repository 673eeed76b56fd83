"""A resource of others, of which `existing: true` was forgotten: reported once, and read as one of others."""

from __future__ import annotations

from mlinfra.azure.ids import is_resource_id
from mlinfra.bodies.fields import MADE_IN
from mlinfra.diagnostics import ITSELF, Code, Diagnostic, Where, finding
from mlinfra.languages import ROWS, nested_in
from mlinfra.languages.language import Section
from mlinfra.source.tree import Field, Mapping, Scalar

ONLY_EXISTING = Code(
    "MLI454",
    "error",
    "Resource group, subscription or id on a resource that is created here",
    "What is created lies in the resource group of the target; only what already exists lies elsewhere",
    "Leave the key out, or write existing: true",
    "docs/language.md#what-already-exists",
    misses=(ITSELF,),
)
PLACES = ("id", "resource_group", "subscription")
SAID_OF_OTHERS = (MADE_IN, "existing", "azure_name", "id", "resource_group", "subscription", "location", "targets")


def as_existing(row: Section, body: Mapping, address: str) -> tuple[Mapping, list[Diagnostic]]:
    """The body as that of a resource of others, where it says nothing but who that is; and what is wrong with it."""
    may_exist = row.model is not None and {"existing", "id"} <= row.model.model_fields.keys()
    places = [key for key in body.fields if key in PLACES]
    is_said = "id" in places or (places and "azure_name" in body.fields)
    if not may_exist or not is_said or not body.fields.keys().isdisjoint(("existing", MADE_IN)):
        return body, []
    below = (inside.nested_in[1] for inside in nested_in(row.name) if inside.nested_in)
    known = {*SAID_OF_OTHERS, *ROWS[row.name].known_of_others, *below}
    field, identifier = body.fields[places[0]], body.fields.get("id")
    is_id = identifier is None or (isinstance(identifier.value, Scalar) and is_resource_id(str(identifier.value.value)))
    if not is_id or not all(key in known or key.startswith("x-") for key in body.fields):
        return body, []
    are = "is" if len(places) == 1 else "are"
    message = f"{' and '.join(places)} {are} for what exists already, and {address} is created"
    help = "add existing: true" if "id" in places else f"add existing: true; or leave {' and '.join(places)} out"
    said = finding(ONLY_EXISTING, message, Where(field.key, address), help)
    existing = Field(field.key, Scalar(True, field.value.span))
    return body._replace(fields={**body.fields, "existing": existing}), [said]
