"""What the SDK itself says of a body: the verdict that ours is held against."""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

import yaml

from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.schemas.judge import Annotation, Reference

RESOURCE_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/{}/{}"
RESOURCE_TYPES = {
    "container_registries": "Microsoft.ContainerRegistry/registries",
    "storage_accounts": "Microsoft.Storage/storageAccounts",
}
LOADERS_BY_TYPE = {
    ("batch_deployments", "model"): "load_model_batch_deployment",
    ("batch_deployments", "pipeline"): "load_pipeline_component_batch_deployment",
}
JOBS: dict[str, dict[str, Any]] = {
    "pipeline": {"type": "pipeline", "jobs": {}},
    "command": {"type": "command", "command": "a", "environment": "azureml:e:1"},
    "spark": {
        "type": "spark",
        "code": ".",
        "entry": {"file": "a.py"},
        "environment": "azureml:e:1",
        "compute": "azureml:c",
        "conf": {
            "spark.driver.cores": 1,
            "spark.driver.memory": "2g",
            "spark.executor.cores": 1,
            "spark.executor.memory": "2g",
            "spark.executor.instances": 1,
        },
    },
}
DATA_IMPORT = {"name": "d", "path": "azureml://datastores/d/paths/p", "source": {"type": "database", "connection": "c"}}
COMPONENT = {"name": "c", "type": "command", "command": "a", "environment": "azureml:e:1"}


def verdict(section: str, body: Mapping[str, Any], folder: Path) -> str | None:
    """Return why the SDK refuses a body as mlinfra would emit it; None where it takes it.

    `folder` is written to: the body's file, and every local file and folder that it names.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            return _load(section, _emitted(section, body, folder), folder)
        finally:
            logging.disable(logging.NOTSET)


def _load(section: str, body: dict[str, Any], folder: Path) -> str | None:
    from azure.ai.ml.entities import _load_functions
    from azure.ai.ml.exceptions import MlException
    from marshmallow import ValidationError

    file = folder / "body.yml"
    file.write_text(yaml.safe_dump(body), encoding="utf-8")
    default = BY_NAME[section].loader
    loader = getattr(_load_functions, LOADERS_BY_TYPE.get((section, str(body.get("type")).lower()), default))
    try:
        loader(file)
    except (
        MlException,
        ValidationError,
        TypeError,
        ValueError,
        KeyError,
        AttributeError,
        OSError,
        yaml.YAMLError,
    ) as error:
        return f"{type(error).__name__}: {error}"
    except NotImplementedError as error:  # of a schedule the SDK fails to say what it found: that is the one before
        return f"{type(error.__context__).__name__}: {error.__context__}"
    return None


def _emitted(section: str, body: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the body as a file of its own: what section and entry say written out, names of entries rewritten."""
    row = BY_NAME[section]
    ours = {*row.additions, "deployments"} - (
        {"resource_group"} if row.az_noun in ("workspace", "feature-store") else set()
    )
    emitted = {key: _copy(value) for key, value in body.items() if key not in ours and not key.startswith("x-")}
    emitted |= {key: value for key, value in row.implied.items() if key not in emitted}
    emitted.setdefault("name", "entry")
    if row.nested_in:
        emitted.setdefault("endpoint_name", "endpoint")
    if row.versioned:
        emitted.setdefault("version", "1")
    key = emitted.get("customer_managed_key")
    if isinstance(key, dict) and _is_entry(str(key.get("key_uri", ""))):
        key["key_uri"] = "https://kv-entry.vault.azure.net/keys/entry/1"
    for annotation in AZUREML.annotations({section: {"entry": dict(body)}}):
        _rewrite(emitted, annotation, folder)
    return emitted


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(member) for key, member in value.items() if not str(key).startswith("x-")}
    return [_copy(member) for member in value] if isinstance(value, list) else value


def _rewrite(emitted: Any, annotation: Annotation, folder: Path) -> None:
    holder = emitted
    steps = cast(tuple[Any, ...], annotation.path[2:-1])
    last: Any = annotation.path[-1]
    for step in steps:
        holder = holder[step] if isinstance(holder, list) or step in holder else {}
    if isinstance(holder, dict) and last not in holder:
        return
    value = holder[last]
    if annotation.reference is not None and annotation.reference.of_keys:
        if annotation.reference.form == "id" and value is not None:
            holder[last] = {_written(annotation.reference, key): member for key, member in value.items()}
        return
    if not isinstance(value, str):
        return
    if annotation.reference is not None and annotation.reference.form == "user":
        del holder[last]  # a script says it
        return
    if annotation.reference is not None and annotation.reference.form == "file" and _is_entry(value):
        file = folder / f"{value}.yml"
        file.write_text(yaml.safe_dump(JOBS[holder["type"] if last == "job" else "pipeline"]), encoding="utf-8")
        (folder / "a.py").touch()
        holder[last] = file.name
    elif annotation.local_path is not None and _is_local(value, is_asset=annotation.reference is not None):
        _make(folder, value, annotation)
    elif annotation.reference is not None and _is_entry(value):
        holder[last] = _written(annotation.reference, value)


def _written(reference: Reference, name: str) -> str:
    match reference.form:
        case "asset" | "data_path":
            return f"azureml:{name}:1"
        case "compute":
            return f"azureml:{name}"
        case "id":
            kind = RESOURCE_TYPES.get(reference.sections[0], "Microsoft.Some/resources")
            return name if name.startswith("/") else RESOURCE_ID.format(kind, name)
    return name


def _is_entry(value: str) -> bool:
    return not value.startswith(("azureml:", "/", "$", "file:", "http")) and value not in ("local", "serverless")


def _is_local(value: str, *, is_asset: bool) -> bool:
    if value.startswith(("azureml:", "http", "git+", "$", "/", "file:")):
        return False
    return not is_asset or "/" in value or "." in value


def _make(folder: Path, value: str, annotation: Annotation) -> None:
    """Put an empty file or folder where a body names one; a component's or a job's file holds a small one."""
    assert annotation.local_path is not None
    if annotation.local_path.relative_to is not None or ".." in PurePosixPath(value).parts:
        return
    place = folder / value
    if annotation.local_path.kind == "file" or (annotation.local_path.kind == "any" and place.suffix):
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.write_text(yaml.safe_dump(_content(annotation)), encoding="utf-8")
    else:
        place.mkdir(parents=True, exist_ok=True)


def _content(annotation: Annotation) -> dict[str, Any]:
    sections = annotation.reference.sections if annotation.reference else ()
    if annotation.path[-1] == "import_data":
        return DATA_IMPORT
    return COMPONENT if "components" in sections else {"name": "x"}
