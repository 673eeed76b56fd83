"""From the SDK's marshmallow classes to nodes: JSON Schema, but for unions, which stay lists for `unions.py` to decide.

A node is a JSON Schema with three additions that do not survive: `union`, a list of nodes; `x-spelling`, how the values
of `x-enum` may be written; `default`, the discriminator's value that a union takes where none is written.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import marshmallow
from azure.ai.ml._schema._utils.data_binding_expression import DATA_BINDING_SUPPORTED_KEY
from azure.ai.ml._schema.component.component import ComponentYamlRefField
from azure.ai.ml._schema.core import fields as sdk
from azure.ai.ml._schema.pipeline.pipeline_job_io import OutputBindingStr
from azure.ai.ml.constants._common import BASE_PATH_CONTEXT_KEY
from marshmallow import fields, validate

from tools.azureml_schema import spellings
from tools.azureml_schema.annotate import Overlay
from tools.azureml_schema.nodes import (
    ARM_DEFAULT_VERSION,
    ARM_NAME,
    ARM_VERSION,
    BINDING,
    BOOLEAN,
    DATE_TIME,
    DEFINITIONS,
    INTEGER,
    NAMED_FILE,
    NUMBER,
    NUMBERED_VERSION,
    WHOLE,
    Node,
    closed_object,
    enumeration,
    union,
)
from tools.azureml_schema.overlay import IN_FILES, URL_PATTERN

DEFAULT_STEP = "command"  # the type of a step that has none: the first that the SDK tries
CONTEXT = {BASE_PATH_CONTEXT_KEY: Path()}  # where a class would look for files; none is read
SCHEMA_PACKAGE = "azure.ai.ml._schema."


class Reader:
    """Collects the definitions of every class that is reached from those asked for."""

    def __init__(self, overlay: Overlay) -> None:
        self.definitions: dict[str, Node] = {}
        self._overlay = overlay
        self._finished: set[str] = set()

    def definition(self, schema: Any) -> Node:
        """Return a reference to the definition of a class or an instance, adding it on first sight: they recurse."""
        instance = schema(context=CONTEXT) if isinstance(schema, type) else schema
        name = _definition_name(instance)
        if "<locals>" in type(instance).__qualname__:  # made by a function: one name, several bodies
            return self._numbered(name, self._body(instance))
        if name not in self._finished:
            self._finished.add(name)
            self.definitions[name] = self._body(instance)
        return {"$ref": DEFINITIONS + name}

    def _numbered(self, name: str, body: Node) -> Node:
        number = 1
        while self.definitions.setdefault(f"{name}.{number}", body) != body:
            number += 1
        return {"$ref": f"{DEFINITIONS}{name}.{number}"}

    def _body(self, instance: marshmallow.Schema) -> Node:
        # Not `fields`: where bindings are allowed, the SDK replaces the fields of `load_fields` alone.
        loaded = {field.data_key or key: field for key, field in instance.load_fields.items() if not field.dump_only}
        read_only = sorted(
            field.data_key or key
            for key, field in instance.fields.items()
            if field.dump_only and key != "schema_ignored"
        )
        owner = _class_name(instance)
        body = closed_object(
            {key: self._overlay.on_field(owner, key, self.convert(field)) for key, field in loaded.items()},
            required=[key for key, field in loaded.items() if field.required],
        )
        if hidden := [key for key in read_only if key not in loaded]:
            body["x-read-only"] = hidden
        return self._overlay.on_body(owner, body)

    def convert(self, field: fields.Field) -> Node:
        """Return the node of what a field takes; raises ValueError for a kind of field that is not known."""
        node = self._of_type(field)
        return union([node, {"type": "null"}]) if field.allow_none else node

    def _of_type(self, field: fields.Field) -> Node:
        match field:
            case sdk.ExperimentalField():
                return self.convert(field._experimental_field)
            case sdk.TypeSensitiveUnionField() if DEFAULT_STEP in field.allowed_types:
                return union([self.convert(member) for member in field._union_fields], DEFAULT_STEP)
            case sdk.UnionField():
                return union([self.convert(member) for member in field._union_fields])
            case fields.Nested():
                return self._nested(field)
            case fields.List():
                return _validated(field, {"type": "array", "items": self.convert(field.inner)})
            case fields.Dict():
                return self._dictionary(field)
            case sdk.ArmStr():
                return _arm_name(field)
        return _validated(field, _scalar(field))

    def _nested(self, field: fields.Nested) -> Node:
        """Where a class may stand in a file of its own, as `file:…`, only environments are looked at there."""
        node = self.definition(field.schema)
        if _class_name(field.schema) in IN_FILES:
            node = union([node, dict(NAMED_FILE)])
        return {"type": "array", "items": node} if field.many else node

    def _dictionary(self, field: fields.Dict) -> Node:
        node: Node = {"type": "object"}
        if field.value_field is not None:
            node["additionalProperties"] = self.convert(field.value_field)
        if field.key_field is not None and (names := self.convert(field.key_field)) != {"type": "string"}:
            node["propertyNames"] = names
        return node


def _definition_name(instance: marshmallow.Schema) -> str:
    """Return module and class, with what sets the instance apart from its class: short names collide in the SDK."""
    name = _class_name(instance)
    if instance.only or instance.exclude:
        name += f".only.{'.'.join(sorted(instance.only or ()))}.without.{'.'.join(sorted(instance.exclude or ()))}"
    if getattr(instance, DATA_BINDING_SUPPORTED_KEY, False):
        takes_any = isinstance(instance.load_fields.get("type"), sdk.UnionField | None)
        name += ".with_bindings" if takes_any else ".with_bindings_but_of_type"
    return name


def _class_name(instance: marshmallow.Schema) -> str:
    module = type(instance).__module__.removeprefix(SCHEMA_PACKAGE)
    return f"{module}.{type(instance).__name__.removesuffix('Schema')}"


def _arm_name(field: sdk.ArmStr) -> Node:
    if not isinstance(field, sdk.ArmVersionedStr):
        return ARM_NAME
    return ARM_DEFAULT_VERSION if field.allow_default_version else ARM_VERSION


def _scalar(field: fields.Field) -> Node:
    """Return the node of a field that nests nothing; the order is from the narrow class to the wide."""
    for classes, node in _SCALARS:
        if isinstance(field, classes):
            return dict(node)
    match field:
        case sdk.StringTransformedEnum():
            return enumeration(field.allowed_values, spellings.spelling_of(field.casing_transform))
        case fields.Constant():
            return enumeration([field.constant], spellings.EXACT)
        case sdk.DumpableFloatField() if field.strict:
            return {"type": "number"}
        case fields.Integer():
            return dict(WHOLE) if field.strict else INTEGER
        case fields.Number():
            return NUMBER
        case fields.String():
            return {"type": "string"}
        case fields.Raw():
            return {}
    if type(field) is fields.Field:
        return {}
    raise ValueError(f"field class {type(field).__name__} is not known")


_SCALARS: tuple[tuple[Any, Node], ...] = (
    ((sdk.DataBindingStr, OutputBindingStr), BINDING),
    ((sdk.InternalRegistryStr,), {"type": "string", "pattern": "^azureml://(feeds|registries)/"}),
    (
        (sdk.RegistryStr,),
        {"type": "string", "pattern": "^azureml://registries/", "x-expects": ["azureml://registries/…"]},
    ),
    ((sdk.GitStr,), {"type": "string", "pattern": r"^git\+", "x-expects": ["git+https://…"]}),
    ((sdk.LocalPathField, sdk.FileRefField, sdk.RefField, ComponentYamlRefField), {"type": "string"}),
    ((fields.Url,), {"type": "string", "pattern": URL_PATTERN, "x-expects": ["an https:// address"]}),
    (
        (sdk.PipelineNodeNameStr,),
        {
            "type": "string",
            "pattern": "^[a-z_][a-z0-9_]*$",
            "x-expects": ["lower-case letters, digits and _, no digit first"],
        },
    ),
    (
        (sdk.PythonFuncNameStr,),
        {
            "type": "string",
            "pattern": "^[a-z][a-z0-9_]*$",
            "x-expects": ["lower-case letters, digits and _, a letter first"],
        },
    ),
    ((sdk.NumberVersionField,), NUMBERED_VERSION),
    ((sdk.VersionField,), {"type": ["string", "number"]}),
    ((sdk.DateTimeStr, fields.DateTime), DATE_TIME),
    ((fields.Boolean,), BOOLEAN),
)


def _validated(field: fields.Field, node: Node) -> Node:
    """Return the node with the field's own validators; a validator that is a function has its rule in the overlay."""
    checks: list[Callable[..., Any]] = list(field.validators)
    for check in checks:
        match check:
            case validate.OneOf():
                node = enumeration(check.choices, spellings.EXACT)
            case validate.Regexp():
                node["pattern"] = check.regex.pattern
            case validate.Range():
                bounds = {"minimum": check.min, "maximum": check.max}
                node |= {keyword: bound for keyword, bound in bounds.items() if bound is not None}
            case validate.Validator() if not isinstance(check, validate.URL):
                raise ValueError(f"validator {type(check).__name__} is not known")
    return node
