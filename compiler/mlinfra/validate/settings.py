"""What is written under `properties:` and is the value of a field: it is judged as that field would be."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.languages.language import Section
from mlinfra.languages.settings import PROPERTIES, Setting
from mlinfra.source.tree import Field, Mapping, Node, Path, Scalar, child, key_span

CONTRADICTS = Code(
    "MLI423",
    "error",
    "Property that contradicts a field",
    "What stands under properties wins, so that the field says what is not so",
    "Write one of the two; the field, where there is one",
    "docs/language.md#bodies",
)
CODES = (CONTRADICTS,)


def with_settings(row: Section, body: Mapping, address: str) -> tuple[Mapping, tuple[Diagnostic, ...]]:
    """The body with a field, at the place of its property, for each property that a field of the row sets."""
    found: list[Diagnostic] = []
    for setting in row.settings if PROPERTIES[0] in body.fields else ():
        place = _in_any_case(body, (*PROPERTIES, *setting.property))
        written = _scalar_at(body, place)
        if written is None:
            continue
        value = Scalar(setting.value(written.value), written.span, written.used_at)
        if (beside := _scalar_at(body, setting.field)) is None:
            body = _with(body, setting.field, Field(key_span(body, place), value))
        elif beside.value != value.value:
            found += _contradiction(setting, written, beside, Where(written.span, address))
    return body, tuple(found)


def _contradiction(setting: Setting, written: Scalar, beside: Scalar, where: Where) -> Iterator[Diagnostic]:
    field = ".".join(map(str, setting.field))
    message = f"{'.'.join(map(str, setting.property))} under properties contradicts {field}"
    related = (Related("the field is written here", beside.span),)
    yield finding(CONTRADICTS, message, where, f"write {field} alone", related)


def _in_any_case(body: Mapping, path: Path) -> Path:
    """A path of properties as it is written: Resource Manager compares their names without regard to case."""
    node: Node | None = body
    actual: list[str | int] = []
    for step in map(str, path):
        keys = node.fields if isinstance(node, Mapping) else {}
        key = step if step in keys else next((key for key in keys if key.lower() == step.lower()), step)
        node = child(node, key) if isinstance(node, Mapping) else None
        actual.append(key)
    return tuple(actual)


def _scalar_at(body: Mapping, path: Path) -> Scalar | None:
    node = body
    for step in path:
        below = child(node, step)
        if isinstance(below, Scalar):
            return below if step == path[-1] and below.value is not None else None
        if not isinstance(below, Mapping):
            return None
        node = below
    return None


def _with(body: Mapping, path: Path, field: Field) -> Mapping:
    """The body with a field at a path; what stands on the way and is no mapping is left alone."""
    name, *rest = (str(step) for step in path)
    if not rest:
        return body._replace(fields={**body.fields, name: field})
    above = body.fields.get(name, Field(field.key, Mapping({}, field.value.span)))
    if not isinstance(above.value, Mapping):
        return body
    return body._replace(fields={**body.fields, name: above._replace(value=_with(above.value, tuple(rest), field))})
