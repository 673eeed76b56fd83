"""What the SDK's classes do not say of their fields, reviewed field by field.

The classes mark about half of the references, and no path as such; validators that are functions, and what entities
check after loading, say nothing to a reader. All of it is written down here, for this folder alone. A field is
named `Class.field` without the class's suffix `Schema`, with its module where classes share a name, or `*.field` in
every class. A string field that is not named here is free text; a test lists every one with the decision taken.
"""

from dataclasses import dataclass
from typing import Any, Literal

from mlinfra.schemas.addresses import AddressForm
from tools.azureml_schema.usage import USAGE

Form = Literal[
    "asset",
    "compute",
    "name",
    "id",
    "account_name",
    "datastore_uri",
    "data_path",
    "file",
    "key",
    "deployment",
    "user",
    "consumer",
]
Edge = Literal["needs", "names"]


@dataclass(frozen=True, slots=True)
class To:
    """Where a name may point: `form` is what is written in its place.

    asset: `azureml:<name>:<version>` · compute: `azureml:<name>` · name: the Azure name · id: the resource id ·
    account_name: the storage account's Azure name · datastore_uri: a path that may start with
    `azureml://datastores/<entry>/` · data_path: one that may also be the name of an entry · file: the path of the file
    emitted for the entry · key: the name of a sibling, as it is · deployment: `azureml:<endpoint>:<deployment>` · user:
    nothing, as a script says it · consumer: nothing, as it becomes a role.
    """

    sections: tuple[str, ...]
    form: Form
    edge: Edge = "needs"
    keys: bool = False  # the map's keys are the names, not its values
    any_type: bool = False  # an id may be that of a resource of any type, of which these sections are some


COMPUTES = (
    "compute_clusters",
    "compute_instances",
    "kubernetes_computes",
    "virtual_machine_computes",
    "synapse_spark_computes",
)
DEPLOYMENTS = ("online_deployments", "batch_deployments")

REFERENCES: tuple[tuple[To, tuple[str, ...]], ...] = (
    (To(("environments",), "asset"), ("*.environment", "*.environment_id")),
    (
        To(("components",), "asset"),
        ("*.component", "*.component_id", "*.pre_processing_component", "Sweep.trial"),
    ),
    (To(("models",), "asset"), ("*.model", "MonitoringTarget.model_id")),
    (To(("data",), "asset"), ("DeploymentCollection.data",)),
    (To(("feature_store_entities",), "asset"), ("FeatureSet.entities",)),
    (To(COMPUTES, "compute"), ("*.compute", "PipelineJobSettings.default_compute")),
    (To(("datastores",), "compute"), ("PipelineJobSettings.default_datastore",)),
    (To(("connections",), "compute"), ("Database.connection", "FileSystem.connection")),
    (To(("datastores",), "name"), ("*.datastore",)),
    (To(("compute_clusters",), "name", "names"), ("*.image_build_compute",)),
    (To(("storage_accounts",), "id"), ("*.storage_account", "RegistryRegionDetails.storage_config")),
    (To(("key_vaults",), "id"), ("*.key_vault",)),
    (To(("container_registries",), "id"), ("*.container_registry",)),
    (To(("application_insights",), "id"), ("*.application_insights",)),
    (To(("hubs",), "id"), ("*.workspace_hub", "Project.hub_id")),
    (
        To(("identities",), "id"),
        (
            "*.primary_user_assigned_identity",
            "UserAssignedIdentity.resource_id",
            "ManagedIdentityConfiguration.resource_id",
        ),
    ),
    (To(("identities",), "id", keys=True), ("workspace.identity.Identity.user_assigned_identities",)),
    (
        To(
            (
                *("storage_accounts", "key_vaults", "container_registries", "workspaces", "registries"),
                *("cognitive_services", "search_services"),
            ),
            "id",
            "names",
            any_type=True,
        ),
        ("PrivateEndpointDestination.service_resource_id",),
    ),
    (To(("cognitive_services",), "id"), ("*.open_ai_resource_id", "*.ai_services_resource_id")),
    (To(("storage_accounts",), "account_name"), ("*.account_name",)),
    (To(("datastores",), "datastore_uri"), ("Output.path", "DataAsset.path", "Data.path", "DataImport.path")),
    (To(("datastores",), "datastore_uri"), ("Model.path", "AnonymousModel.path")),
    (To(("data",), "data_path"), ("DataInput.path", "MLTableInput.path")),
    (To(("models",), "data_path"), ("ModelInput.path",)),
    (To(("jobs",), "file"), ("JobSchedule.create_job", "*.job")),
    (To(DEPLOYMENTS, "key", "names", keys=True), ("*.traffic", "*.mirror_traffic")),
    (To(DEPLOYMENTS, "key", "names"), ("BatchEndpointsDefaults.deployment_name",)),
    (To(("online_deployments",), "deployment"), ("MonitoringTarget.endpoint_deployment_id",)),
    (To(("principals",), "user"), ("ComputeInstance.create_on_behalf_of",)),
)

# Maps in whose place the name of an entry may stand, which says all of it.
NAMES_FOR_MAPS = ("ComputeInstance.create_on_behalf_of",)

FILE: dict[str, Any] = {"kind": "file"}
FOLDER: dict[str, Any] = {"kind": "folder"}
ANY: dict[str, Any] = {"kind": "any"}
IN_CODE: dict[str, Any] = {"kind": "file", "relative_to": "code"}


def _or(path: dict[str, Any], *addresses: AddressForm) -> dict[str, Any]:
    """A path in whose place addresses of these forms may stand: what the SDK takes and then opens nothing for."""
    return path | {"addresses": list(addresses)}


PATHS: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    (_or(FILE, "asset"), ("*.component", "Sweep.trial", "JobSchedule.create_job", "*.job")),
    (FILE, ("*.conda_file", "VirtualMachineSshSettings.ssh_private_key_file", "ImportDataSchedule.import_data")),
    ({"kind": "file", "is_prefixed": True}, ("*.environment",)),  # all other texts there are names
    (FOLDER, ("BuildContext.path",)),
    (_or(ANY, "asset", "id"), ("*.code",)),  # of a command a single file, too, which the client uploads as it is
    (
        _or(FOLDER, "asset", "id"),
        (
            *("CodeConfiguration.code", "ComponentParallelTask.code", "FlowComponent.code"),
            *("SparkComponent.code", "AnonymousSparkComponent.code", "SparkJob.code", "Spark.code"),
            "PipelineSparkJob.code",
        ),
    ),
    (_or(FOLDER, "uri"), ("FeatureSetSpecification.path",)),
    (ANY, ("*.additional_includes",)),
    (_or(ANY, "uri"), ("Data.path",)),
    (_or(ANY, "uri", "run"), ("Model.path", "AnonymousModel.path")),
    (_or(ANY, "asset", "id", "uri", "binding"), ("DataInput.path", "MLTableInput.path", "ModelInput.path")),
    (_or(IN_CODE, "binding"), ("CodeConfiguration.scoring_script", "*.entry_script", "SparkEntryFile.file")),
    (_or(IN_CODE, "uri", "binding"), ("*.py_files", "*.jars", "*.files", "*.archives")),
    ({"kind": "file", "relative_to": "path"}, ("BuildContext.dockerfile_path",)),
)

IN_FILES = ("assets.environment.AnonymousEnvironment",)  # classes whose bodies may stand in a file, as `file:…`

ENTRY_NAME = "[A-Za-z][A-Za-z0-9_-]{0,62}"  # the language's rule for entries
ENTRY = rf"([a-z_]+\.)?{ENTRY_NAME}"  # the same, or an address
URL_PATTERN = (  # marshmallow: validate.URL
    r"^(?i:(https?|ftps?)://([^/?#@ ]+@)?(localhost|[a-z0-9_-]+(\.[a-z0-9_-]+)+|\[[0-9a-f:.]+\])"
    r"(:[0-9]+)?([/?#][^ ]*)?)$"
)
TEXT: dict[str, Any] = {"type": "string"}
NAME_OF_AN_ENTRY: dict[str, Any] = TEXT | {"pattern": f"^{ENTRY}$", "x-expects": ["the name of an entry"]}

MOST = 1_000_000_000  # requests in a step, rows of a run: what scripts compare
MIRROR_MINUTES, CANARY_MINUTES = 10_080, 1_440  # a week and a day: the stage holds a lock while it waits
ROLLOUT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "all_at_once": {
            "type": "object",
            "description": "All of the traffic moves in one go; this is what happens without canary",
            "properties": {},
            "additionalProperties": False,
        },
        "canary": {
            "type": "object",
            "description": "A new deployment gets more of the traffic step by step, as long as its numbers are good",
            "properties": {
                "mirror": {
                    "type": "object",
                    "description": "Before the first step, a copy of some requests goes to the new deployment, whose "
                    "answers nobody gets",
                    "properties": {
                        "percent": {
                            "type": "integer",
                            "description": "Of the requests",
                            "minimum": 1,
                            "maximum": 50,
                        },
                        "minutes": {
                            "type": "integer",
                            "description": "How long",
                            "minimum": 5,
                            "maximum": MIRROR_MINUTES,
                        },
                    },
                    "required": ["percent", "minutes"],
                    "additionalProperties": False,
                },
                "steps": {
                    "type": "array",
                    "description": "Per cent of what the entry has of the traffic, one after the other; 100 follows",
                    "items": {"type": "integer", "minimum": 1, "maximum": 99},
                    "minItems": 1,
                    "maxItems": 10,
                },
                "wait_minutes": {
                    "type": "integer",
                    "description": "How long each step is watched; the numbers of its last three minutes do not count",
                    "minimum": 5,
                    "maximum": CANARY_MINUTES,
                },
                "min_requests": {
                    "type": "integer",
                    "description": "With fewer requests in a step, 30 unless written, nobody can tell: see no_traffic",
                    "minimum": 1,
                    "maximum": MOST,
                },
                "at_most": {
                    "type": "object",
                    "description": "What the new deployment's numbers may be; above one of them the traffic goes back",
                    "properties": {
                        "error_percent": {
                            "type": "number",
                            "description": "Requests that it failed, of all that reached it",
                            "minimum": 0,
                            "maximum": 100,
                        },
                        "p95_latency_ms": {
                            "type": "number",
                            "description": "Mean over the minutes of the time in which 95 % were answered",
                            "minimum": 0,
                        },
                    },
                    "additionalProperties": False,
                },
                "no_traffic": {
                    "type": "string",
                    "description": "With fewer than min_requests: fail, unless written; wait, a day at most, and then "
                    "fail; or continue, where what came has to be good all the same",
                    "enum": ["fail", "wait", "continue"],
                },
            },
            "required": ["at_most", "steps", "wait_minutes"],
            "additionalProperties": False,
        },
        "keep": {
            "type": "string",
            "description": "What stays of a deployment that serves no more: full, the default in production, until "
            "the next release, so that there is a way back; one, with one instance; none, the default in development, "
            "deletes it",
            "enum": ["full", "one", "none"],
        },
    },
    "additionalProperties": False,
}
METRICS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "output": TEXT | {"description": "An output of the job", "examples": ["report"]},
        "file": TEXT | {"description": "A JSON file of numbers in it", "examples": ["metrics.json"]},
    },
    "required": ["output", "file"],
    "additionalProperties": False,
    "examples": [{"output": "report", "file": "metrics.json"}],
}
NUMBERS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "number"}}
TOLERANCES: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}

SMOKE_REQUEST: dict[str, Any] = {
    "type": "object",
    "description": "A request that a new deployment answers before it gets traffic",
    "properties": {
        "request": TEXT | {"description": "A file that is sent to it", "x-path": FILE},
        "contains": TEXT | {"description": "What stands in a good answer", "minLength": 1},
        "absent": TEXT | {"description": "What does not stand in a good answer", "minLength": 1},
    },
    "required": ["request"],
    "additionalProperties": False,
}

# The keys of the language's closed list: what each takes where a section has it (`Row.additions`).
ADDITIONS: dict[str, dict[str, Any]] = {
    "azure_name": TEXT,
    "targets": {"type": "array", "items": TEXT, "uniqueItems": True},
    "existing": {"type": "boolean"},
    "id": TEXT,
    "subscription": TEXT,
    "resource_group": TEXT,
    "made_in": TEXT,
    "system_identity": {"type": "boolean"},
    "identities": {"type": "array", "items": TEXT | {"x-reference": To(("identities",), "id")}},
    "properties": {"type": "object"},
    "workspace": TEXT | {"x-reference": To(("workspaces", "projects", "hubs"), "name")},
    "hub": TEXT | {"description": "The hub that has it, in the place of a workspace"},
    "registry": TEXT | {"x-reference": To(("registries",), "name")},
    "feature_store": TEXT | {"x-reference": To(("feature_stores",), "name")},
    "from_job": TEXT | {"x-reference": To(("jobs",), "file")},
    "output": TEXT,
    "registered_by": {"type": "string", "enum": ["mlinfra", "run"]},
    "release": {
        "type": "object",
        "description": "What a model has to show before it may serve in a target",
        "examples": [{"metrics": {"output": "report", "file": "metrics.json"}, "at_least": {"auc": 0.8}}],
        "properties": {
            "metrics": METRICS | {"description": "Where the job writes the numbers that its model is judged by"},
            "at_least": NUMBERS
            | {"description": "Numbers of which more is better, each with the least", "examples": [{"auc": 0.8}]},
            "at_most": NUMBERS
            | {"description": "Numbers of which less is better, each with the most", "examples": [{"error": 0.2}]},
            "not_worse_than_serving": TOLERANCES
            | {
                "description": "By how much a number may be worse than that of the model which serves",
                "examples": [{"auc": 0.01}],
            },
            "report": TEXT
            | {"description": "An output of the job that is published with the numbers, for people who approve"},
            "evaluate": {
                "type": "object",
                "description": "A job that scores a model on the data of each target: the gate runs it for the new "
                "model and for what serves there, and the numbers that it writes count instead of those of the "
                "training",
                "properties": {
                    "job": TEXT | {"description": "An entry of jobs", "x-reference": To(("jobs",), "file")},
                    "model": TEXT
                    | {"description": "The input of that job which takes the model; its path is left out in the job"},
                    "metrics": METRICS | {"description": "Where that job writes its numbers"},
                },
                "required": ["job", "model", "metrics"],
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
    "smoke_test": {
        "union": [
            SMOKE_REQUEST,
            {
                "type": "object",
                "description": "A command that tests a new deployment before it gets traffic, instead of requests",
                "properties": {
                    "command": TEXT
                    | {
                        "description": "For bash, in the root of the repository; MLINFRA_ADDRESS, MLINFRA_DEPLOYMENT "
                        "and MLINFRA_TOKEN say what it tests, and any exit code but 0 fails the deployment",
                        "minLength": 1,
                    },
                    "requirements": TEXT
                    | {
                        "description": "A file of what pip installs for it, with hashes; else it uses what agents have",
                        "x-path": FILE,
                    },
                },
                "required": ["command"],
                "additionalProperties": False,
            },
            {"type": "array", "items": SMOKE_REQUEST, "minItems": 1},
        ],
        "description": "What a new deployment has to answer before it gets traffic",
    },
    "rollout": {
        "union": [TEXT | {"pattern": "^(all_at_once|in_place)$", "x-enum": ["all_at_once", "in_place"]}, ROLLOUT]
    },
    "consumers": {
        "type": "array",
        "description": "Principals and identities that may call the endpoint, and do nothing else",
        "items": TEXT
        | {
            "pattern": f"^((principals|identities)\\.)?{ENTRY_NAME}$",
            "x-expects": ["the name of an entry of principals or identities"],
            "x-reference": To(("principals", "identities"), "consumer", "names"),
        },
        "minItems": 1,
        "uniqueItems": True,
    },
    "invoke": {
        "type": "object",
        "description": "What score-batch.sh calls a batch endpoint with, and what a release tries it with",
        "properties": {
            "input": TEXT
            | {
                "description": "An entry of data, or a URI: one that ends in /, or whose last part has no extension, "
                "is a folder. ${run.date} and its like may stand in it",
                "examples": ["azureml://datastores/workspaceblobstore/paths/daily/"],
                "x-reference": To(("data",), "data_path"),
            },
            "output": TEXT
            | {
                "description": "azureml://datastores/<entry>/paths/<folder>/, of an azure_blob datastore; each run "
                "writes below it to a folder of its own",
                "examples": ["azureml://datastores/workspaceblobstore/paths/scores/"],
                "x-reference": To(("datastores",), "datastore_uri"),
            },
            "check": TEXT
            | {
                "description": "A small file or folder that a new deployment scores before it becomes the default",
                "x-path": ANY,
            },
            "at_least_rows": {
                "type": "integer",
                "minimum": 1,
                "maximum": MOST,
                "description": "A run whose result has fewer rows fails; 1 unless written",
            },
        },
        "required": ["input", "output"],
        "additionalProperties": False,
    },
    "usage": USAGE,
    "is_enabled": {"type": "boolean"},
}
