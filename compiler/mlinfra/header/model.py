"""The keys of the header as one closed model: what the compiler takes, and what editors complete and check.

It says what a key may be on its own. What keys say of each other (promotion, defaults, values of variables) is
checked after it, in `targets` and `variables`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, WrapValidator, model_validator
from pydantic_core import PydanticKnownError

from mlinfra.azure import ids
from mlinfra.azure.names import DEFAULT_PATTERN, pattern_problem
from mlinfra.azure.regions import NAME_PATTERN
from mlinfra.bodies.body import Body, StandIn, is_own
from mlinfra.bodies.fields import ENTRY_NAME, MAIL, EditorPattern, Form, contrary, malformed
from mlinfra.header.accept import WrittenAcceptance
from mlinfra.header.databricks import DatabricksAccount
from mlinfra.header.lookups import FOR_EDITORS, LOOKUP
from mlinfra.header.network import Network
from mlinfra.header.pipelines import BranchPattern, Pipelines
from mlinfra.header.security import Security
from mlinfra.header.tags import Tags
from mlinfra.header.texts import Text, name_of, no_device

API_VERSION = "mlinfra/v1"
MAX_APPROVAL_HOURS = 720  # 43,200 minutes, the longest that a check of Azure Pipelines waits
MAX_TARGETS = 50  # the whole spec is compiled for each
OUTPUT_FOLDERS = ("pipelines", "workflows", "scripts", "docs")  # beside the folders of the targets

Cloud = Literal["public", "usgov", "china"]
Mode = Literal["development", "production"]
Type = Literal["string", "integer", "number", "boolean", "list", "map"]

SHORT = "2 to 8 lower-case letters and digits"
PLATFORM_NAME, TARGET_NAME = "[a-z][a-z0-9]{1,11}", "[a-z][a-z0-9]{0,6}"
_TARGET = Form(TARGET_NAME, '1 to 7 lower-case letters and digits, a letter first, such as "dev"')
_VARIABLE = Form(ENTRY_NAME, 'letters, digits, - and _, a letter first, such as "min_auc"')
_Platform: TypeAlias = Annotated[
    Text,
    Form(PLATFORM_NAME, "2 to 12 lower-case letters and digits, a letter first, such as churn"),
    AfterValidator(no_device),
]
_Short: TypeAlias = Annotated[Text, Form("[a-z0-9]{2,8}", f"{SHORT}, such as churn")]


def _check_owner(value: str) -> str:
    """A mail address, or the name of a team; half an address reaches nobody."""
    if "@" in value and not re.fullmatch(MAIL, value):
        raise malformed("a mail address such as ml-platform@contoso.com, or a name")
    return value


_Location: TypeAlias = Annotated[
    Text, Form(NAME_PATTERN, "the name of an Azure region such as westeurope, in lower case without spaces")
]
_Subscription: TypeAlias = Annotated[
    Text,
    Form(ids.GUID, "the id of a subscription such as 11111111-1111-1111-1111-111111111111 (`az account list`)"),
]
_ResourceGroupName: TypeAlias = Annotated[
    Text,
    Form(
        f"(?!-){ids.GROUP}",  # a command line would take one with - for an option
        "1 to 90 letters, digits and _ - . ( ), without a hyphen first or a period last, such as rg-churn-dev",
    ),
]


def _is_no_folder_of_the_output(name: str) -> str:
    if name in OUTPUT_FOLDERS:
        raise contrary("can't be the name of a target: the output has a folder of that name", f"write {_TARGET.what}")
    return name


_TargetName: TypeAlias = Annotated[
    str,
    name_of("target", _TARGET),
    AfterValidator(_is_no_folder_of_the_output),
    EditorPattern(f"^(?!(?:{'|'.join(OUTPUT_FOLDERS)})$)(?:{_TARGET.pattern})$"),
]
_VariableName: TypeAlias = Annotated[str, name_of("variable", _VARIABLE), EditorPattern(f"^(?:{_VARIABLE.pattern})$")]


def _as_it_is(value: Any, judge: Any) -> Any:
    return value


def _any_mapping(value: Any, judge: Any) -> Any:
    if not isinstance(value, dict):
        raise PydanticKnownError("dict_type")
    return value


# Some keys are for others to judge, and editors judge them all the same: which files are included is known before there
# is a header, and each target judges what its overrides and expressions make of network, security and derived.
_BY_SOURCE = WrapValidator(_as_it_is)
_BY_TARGETS = WrapValidator(_any_mapping)
_Altered: TypeAlias = Annotated[  # what editors say of it; it is judged in `validate/alterations.py`
    Any,
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                "omit": {"type": "boolean", "description": "Whether it is left out"},
                "because": {"type": "string", "description": "Why it is left out, for who reads the output"},
            },
            "additionalProperties": {"description": "A field of what is derived, and its value"},
        }
    ),
]


class Part(Body):
    """A mapping in which a key with nothing after its colon is not written."""

    @model_validator(mode="before")
    @classmethod
    def _without_own_keys(cls, body: Any) -> Any:
        if isinstance(body, dict):
            return {key: value for key, value in body.items() if value is not None and not is_own(key)}
        return body


def _check_pattern(pattern: str) -> str:
    if problem := pattern_problem(pattern):
        raise contrary(f'"{pattern}" {problem}', f"write for example {DEFAULT_PATTERN}")
    return pattern


class Naming(Part):
    """How Azure names are made."""

    pattern: Annotated[
        Annotated[Text, AfterValidator(_check_pattern)] | None,
        Field(description="Of which parts names are made", examples=[DEFAULT_PATTERN]),
    ] = None
    region_codes: Annotated[
        dict[Text, Text], Field(description="Short codes of regions, for {region}", examples=[{"westeurope": "weu"}])
    ] = {}
    generation: Annotated[
        int, Field(ge=1, description="Raise it for new names where the old ones are taken by deleted resources")
    ] = 1


def _type_is_due(schema: dict[str, Any]) -> None:
    """For editors: what is looked up is text, and need not say so."""
    schema.pop("required", None)
    schema["anyOf"] = [{"required": ["type"]}, {"required": [LOOKUP]}]


class WrittenVariable(Part):
    model_config = ConfigDict(json_schema_extra=_type_is_due)

    type: Annotated[Type, Field(description="The type of its values")]
    default: Annotated[Any, Field(description="The value in targets that give no other")] = None
    description: Annotated[Text | None, Field(description="What it is for")] = None
    allowed: Annotated[
        Annotated[list[Any], Field(min_length=1)] | None, Field(description="The values that it may have")
    ] = None
    lookup: Annotated[
        Any,
        WithJsonSchema(FOR_EDITORS),
        Field(
            description="Of what Databricks looks up the id, by its name, when a bundle is deployed",
            examples=[{"warehouse": "Shared Warehouse"}],
        ),
    ] = None


def _check_is_declared(value: Any) -> Any:
    if not isinstance(value, dict):
        raise malformed(f"a mapping such as {{type: {type_of(value)}, default: …}}")
    is_text = LOOKUP in value and value.get("type") is None
    return {**value, "type": "string"} if is_text else value


class WrittenResourceGroup(Part):
    """The resource group of a target, made once by scripts/bootstrap.sh."""

    name: Annotated[_ResourceGroupName | None, Field(description="By default rg-<platform>-<target>")] = None
    tags: Annotated[Tags, Field(description="Tags of the group itself")] = {}


class WrittenApproval(Part):
    """Who is asked before pipelines change a target; Azure DevOps asks through the checks of its environments."""

    by: Annotated[
        Annotated[list[Text], Field(min_length=1)] | None,
        Field(description="Principals with the role approver; by default all of them that exist in the target"),
    ] = None
    at_least: Annotated[int, Field(ge=1, description="How many of them have to approve; a group counts as one")] = 1
    own: Annotated[bool, Field(description="Whether who starts a run may approve it")] = False
    hours: Annotated[
        int, Field(ge=1, le=MAX_APPROVAL_HOURS, description="How long a run waits before its stage is skipped")
    ] = MAX_APPROVAL_HOURS


class WrittenTarget(Part):
    subscription: Annotated[
        _Subscription,
        StandIn("00000000-0000-0000-0000-000000000000"),
        Field(description="The id of the Azure subscription"),
    ]
    mode: Annotated[
        Mode,
        StandIn("development"),
        Field(description="The presets: production is closed, locked and kept running"),
    ]
    default: Annotated[bool, Field(description="The target that graph and explain show")] = False
    promote_from: Annotated[Text | None, Field(description="The target whose models come here")] = None
    shared: Annotated[
        bool,
        StandIn(True),  # whoever writes it at all means that little is there
        Field(
            description="Holds only entries that name it, in targets or made_in; deployed before all others, and "
            "nothing is trained or released there"
        ),
    ] = False
    branch: Annotated[
        BranchPattern | None,
        Field(description="The branch that it is deployed from, or release/* for several; by default pipelines.branch"),
    ] = None
    location: Annotated[_Location | None, Field(description="The Azure region")] = None
    tags: Annotated[Tags, Field(description="Tags on every resource, over those of the header")] = {}
    resource_group: Annotated[
        WrittenResourceGroup,
        Field(description="The resource group, made once by scripts/bootstrap.sh", examples=[{"name": "rg-churn-dev"}]),
    ] = WrittenResourceGroup()
    variables: Annotated[
        dict[str, Any], Field(description="Values of variables in this target", examples=[{"min_auc": 0.8}])
    ] = {}
    approval: Annotated[
        WrittenApproval | None,
        Field(
            description="Who is asked before pipelines change it; in production the approvers are, also without it",
            examples=[{"by": ["release"], "hours": 24}],
        ),
    ] = None
    quota: Annotated[
        dict[Text, Annotated[int, Field(ge=0)]],
        Field(
            description="vCPUs that Azure ML may take here, by quota family: what may run at most is compared with it",
            examples=[{"standardDASv4Family": 100}],
        ),
    ] = {}
    overrides: Annotated[
        dict[str, Any] | None,
        _BY_TARGETS,
        Field(
            description="What is different here: maps merge, lists replace, null removes",
            examples=[{"compute_clusters": {"cpu": {"max_instances": 4}}}],
        ),
    ] = None


class WrittenMove(Part):
    """That something was called otherwise before, and keeps its name on Azure."""

    former: Annotated[Text, Field(alias="from", description="The address that it had", examples=["workspaces.lab"])]
    address: Annotated[Text, Field(alias="to", description="The address that it has", examples=["workspaces.main"])]


def _check_version(version: Any) -> Any:
    if version != API_VERSION:
        shown = f'"{version}"' if isinstance(version, str | int | float) else "of this type"
        raise contrary(f"{shown} is not one that this release of mlinfra reads", f"write `apiVersion: {API_VERSION}`")
    return version


_TARGETS_EXAMPLE = {"dev": {"subscription": "11111111-1111-1111-1111-111111111111", "mode": "development"}}


class WrittenHeader(Part):
    apiVersion: Annotated[  # noqa: N815 as Kubernetes writes it
        Literal["mlinfra/v1"],
        BeforeValidator(_check_version),
        StandIn(API_VERSION),
        Field(description="The version of the language", examples=[API_VERSION]),
    ]
    platform: Annotated[
        _Platform,
        StandIn("spec"),
        Field(description="The platform's name, part of every Azure name", examples=["churn"]),
    ]
    short: Annotated[
        _Short | None, Field(description="A shorter name, for Azure names with tight limits", examples=["churn"])
    ] = None
    owner: Annotated[
        Annotated[Text, AfterValidator(_check_owner)] | None,
        Field(description="Who answers for the platform", examples=["ml-platform@contoso.com"]),
    ] = None
    location: Annotated[
        _Location | None,
        Field(description="The Azure region of every target that names no other", examples=["westeurope"]),
    ] = None
    tags: Annotated[Tags, Field(description="Tags on every resource", examples=[{"costCenter": "4711"}])] = {}
    cloud: Annotated[Cloud, Field(description="The Azure cloud")] = "public"
    naming: Annotated[Naming, Field(description="How Azure names are made")] = Naming()
    include: Annotated[
        str | list[str] | None,
        _BY_SOURCE,
        Field(description="Other files of the same platform, as globs", examples=[["platform/*.yaml"]]),
    ] = None
    variables: Annotated[
        dict[_VariableName, Annotated[WrittenVariable, BeforeValidator(_check_is_declared)]],
        Field(
            description="Values that differ between targets; used as ${var.<name>}",
            examples=[{"min_auc": {"type": "number", "default": 0.8}}],
        ),
    ] = {}
    targets: Annotated[
        dict[_TargetName, WrittenTarget],
        StandIn({"dev": {"subscription": "00000000-0000-0000-0000-000000000000", "mode": "development"}}),
        Field(
            min_length=1,
            max_length=MAX_TARGETS,
            description="Where the platform is deployed to: one resource group each",
            examples=[_TARGETS_EXAMPLE],
        ),
    ]
    moved: Annotated[
        list[WrittenMove],
        Field(
            description="Entries, targets and a platform that were renamed here, and keep their names on Azure",
            examples=[[{"from": "workspaces.lab", "to": "workspaces.main"}]],
        ),
    ] = []
    accept: Annotated[
        list[WrittenAcceptance],
        Field(
            description="Differences that were looked at, and are meant",
            examples=[
                [
                    {
                        "address": "storage_accounts.old",
                        "class": "orphans",
                        "change": "3f2a91c07b1e",
                        "because": "copied to the new account",
                        "date": "2026-11-25",
                    }
                ]
            ],
        ),
    ] = []
    derived: Annotated[
        dict[str, _Altered] | None,
        _BY_TARGETS,
        Field(
            description="What is derived, by its address: left out, or with other fields",
            examples=[{"storage_accounts.main.lock": {"omit": True, "because": "our group is locked"}}],
        ),
    ] = None
    network: Annotated[
        Network | None,
        _BY_TARGETS,
        Field(description="Who reaches the platform, and what the platform reaches", examples=[{"inbound": "public"}]),
    ] = None
    security: Annotated[
        Security | None,
        _BY_TARGETS,
        Field(
            description="A key of your own, with which everything is encrypted that can be",
            examples=[{"customer_managed_key": {"key_vault": "keys", "key": "platform"}}],
        ),
    ] = None
    databricks: Annotated[
        DatabricksAccount | None,
        Field(
            description="The account of Databricks, of which only administrators may do what its workspaces need",
            examples=[{"account_id": "55555555-5555-5555-5555-555555555555", "account_admins": "data-platform-admins"}],
        ),
    ] = None
    pipelines: Annotated[
        Pipelines | None, Field(description="Who runs the pipelines, with which rights, and what they train")
    ] = None


HEADER_KEYS = tuple(WrittenHeader.model_fields)
TARGET_KEYS = tuple(WrittenTarget.model_fields)


def type_of(value: Any) -> str:
    """The type that a variable of this value has."""
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case list():
            return "list"
        case dict():
            return "map"
        case _:
            return "string"
