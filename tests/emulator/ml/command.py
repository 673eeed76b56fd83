"""`az ml` by azure-ai-ml's own client: each command as the extension makes it of a call or two of the client's.

The extension is on no package index; what it does beside calling the client stands in its behaviour: which commands
look first, what of `--set` is text, and how it ends.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any

from tests.emulator.ml.client import quiet
from tests.scripts.fake_az.generic_update import lay_over
from tests.scripts.fake_az.output import render
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.printers import printed
from tests.scripts.fake_az.server import Answer

_BLOBS = re.compile(r"azureml://datastores/(?P<name>[^/]+)/paths/(?P<path>.+)")
_GIVEN = {"--name": "name", "--version": "version", "--endpoint-name": "endpoint_name"}
_LOADERS = {
    "batch-endpoint": "load_batch_endpoint",
    "component": "load_component",
    "compute": "load_compute",
    "data": "load_data",
    "environment": "load_environment",
    "job": "load_job",
    "model": "load_model",
    "online-deployment": "load_online_deployment",
    "online-endpoint": "load_online_endpoint",
    "schedule": "load_schedule",
}
_BATCH_LOADERS = {"model": "load_model_batch_deployment", "pipeline": "load_pipeline_component_batch_deployment"}


class CommandError(Exception):
    """What the extension itself says no to."""


def answer(client: Any, call: Call) -> Answer:
    """One `az ml …`, by a client of the workspace that the call names."""
    from azure.core.exceptions import HttpResponseError

    noun, verb = call.name.split()[1:]
    dots = ""
    try:
        with quiet() as said:
            result = (
                COMMANDS[verb, noun](client, call) if (verb, noun) in COMMANDS else COMMANDS[verb, ""](client, call)
            )
        dots = said.getvalue()
        return Answer("0", (dots if "." in dots else "") + render(call, printed(call.name, _plain(result))), "")
    except HttpResponseError as error:
        return Answer("3" if error.status_code == 404 else "1", dots, f"ERROR: {error}\n")
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 # whatever the client raises, az ends with
        return Answer("1", dots, f"ERROR: {error}\n")


def _plain(result: Any) -> Any:
    """An answer as JSON, with what is no JSON as text."""
    return None if result is None else json.loads(json.dumps(result, default=str))


def load(call: Call, *more: dict[str, Any]) -> Any:
    """The entity of --file, with what the other flags and --set lay over it; values of --set stay texts."""
    from azure.ai.ml.entities import _load_functions

    noun = call.name.split()[1]
    file = Path(call.need("--file"))
    if noun == "batch-deployment":
        kind = re.search(r"^type: (\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        name = _BATCH_LOADERS.get(kind[1] if kind else "", "load_batch_deployment")
    else:
        name = _LOADERS[noun]
    given = [{field: call.get(flag)} for flag, field in _GIVEN.items() if flag in call.one]
    given += [{key: value} for key, _, value in (word.partition("=") for word in call.several.get("--set", []))]
    return getattr(_load_functions, name)(source=str(file), params_override=[*given, *more])


def _operations(client: Any, call: Call) -> Any:
    noun = call.name.split()[1].replace("-", "_")
    return getattr(client, noun if noun in ("data", "compute") else f"{noun}s")


def _done(poller: Any) -> Any:
    """What a long-running operation ends with."""
    return poller.result()


def _dump(entity: Any) -> Any:
    """As the entity writes itself, a step as the job that it is; a state as its value, where it is an enumeration's."""
    if entity is None:
        return None
    entity = entity._to_job() if hasattr(entity, "_to_job") else entity
    states = {name: getattr(entity, name, None) for name in ("status", "provisioning_state")}
    return entity._to_dict() | {name: state.value for name, state in states.items() if isinstance(state, Enum)}


def _create_asset(client: Any, call: Call) -> Any:
    return _dump(_operations(client, call).create_or_update(load(call)))


def _create_model(client: Any, call: Call) -> Any:
    """By a file, or by flags: then its type, its path and tags."""
    if "--file" in call.one:
        return _create_asset(client, call)
    from azure.ai.ml.entities import Model

    tags = dict(word.split("=", 1) for word in call.several.get("--tags", []))
    given = {"name": call.need("--name"), "version": call.one.get("--version"), "type": call.need("--type")}
    return _dump(client.models.create_or_update(Model(path=call.need("--path"), tags=tags, **given)))


def _create_job(client: Any, call: Call) -> Any:
    return _dump(client.jobs.create_or_update(load(call)))


def _create(client: Any, call: Call) -> Any:
    return _dump(_done(_operations(client, call).begin_create_or_update(load(call))))


def _create_once(client: Any, call: Call) -> Any:
    """Endpoints and deployments that are online are looked for first, and not created where they are there."""
    from azure.core.exceptions import ResourceNotFoundError

    where = [call.get("--name"), *([call.get("--endpoint-name")] if "--endpoint-name" in call.one else [])]
    try:
        _operations(client, call).get(*where)
    except ResourceNotFoundError:
        return _create(client, call)
    raise CommandError(f"{call.get('--name')} already exists.")


def _create_compute(client: Any, call: Call) -> Any:
    user = {name.replace("-", "_"): call.get(f"--{name}") for name in ("user-object-id", "user-tenant-id")}
    given = [{"create_on_behalf_of": user}] if "--user-object-id" in call.one else []
    return _dump(_done(client.compute.begin_create_or_update(load(call, *given))))


def _show(client: Any, call: Call) -> Any:
    where = [call.get(flag) for flag in ("--name", "--version", "--endpoint-name") if flag in call.one]
    return _dump(_operations(client, call).get(*where))


def _list_models(client: Any, call: Call) -> Any:
    from azure.ai.ml.constants import ListViewType

    view = ListViewType.ARCHIVED_ONLY if "--archived-only" in call.switches else ListViewType.ACTIVE_ONLY
    return [_dump(model) for model in client.models.list(call.need("--name"), list_view_type=view)]


def _list_jobs(client: Any, call: Call) -> Any:
    parent = call.one.get("--parent-job-name")
    found: Iterable[Any] = client.jobs.list(parent_job_name=parent) if parent else client.jobs.list()
    most = int(call.one.get("--max-results", 50))
    return [_dump(job) for job in itertools.islice(found, most) if job is not None]


def _list_deployments(client: Any, call: Call) -> Any:
    return [_dump(one) for one in _operations(client, call).list(call.need("--endpoint-name"))]


def _download_model(client: Any, call: Call) -> None:
    client.models.download(call.get("--name"), call.get("--version"), download_path=call.need("--download-path"))


def _download_job(client: Any, call: Call) -> None:
    output = call.one.get("--output-name")
    client.jobs.download(call.get("--name"), download_path=call.need("--download-path"), output_name=output)


def _cancel(client: Any, call: Call) -> None:
    _done(client.jobs.begin_cancel(call.get("--name")))


def _update(client: Any, call: Call) -> Any:
    """What is there, or the file in its place, with the flags laid over it."""
    entity = load(call._replace(several={})) if "--file" in call.one else _getter(client, call)
    if "--file" in call.one:
        _getter(client, call)
    for flag in ("--traffic", "--mirror-traffic"):
        if flag in call.one:
            setattr(entity, flag.removeprefix("--").replace("-", "_"), _split(call.get(flag)))
    _set_all(entity, call)
    return _dump(_done(_operations(client, call).begin_create_or_update(entity)))


def _getter(client: Any, call: Call) -> Any:
    from azure.core.exceptions import ResourceNotFoundError

    where = [call.get("--name"), *([call.get("--endpoint-name")] if "--endpoint-name" in call.one else [])]
    try:
        return _operations(client, call).get(*where)
    except ResourceNotFoundError as error:
        raise CommandError(f"{call.name.split()[1]} {call.get('--name')} does not exist.") from error


def _update_deployment(client: Any, call: Call) -> Any:
    """With a file nothing is read, and --set is laid over name and endpoint alone; without, over all of it."""
    from azure.ai.ml.entities import OnlineDeployment

    known: dict[str, Any] = {"name": call.need("--name"), "endpoint_name": call.need("--endpoint-name")}
    if "--file" not in call.one:
        known = _getter(client, call)._to_dict()
    _set_all(known, call)
    if "--file" in call.one:
        known = load(call._replace(several={}), *({key: value} for key, value in known.items()))._to_dict()
    OnlineDeployment._set_scale_settings(data=known)
    deployment = OnlineDeployment._load(data=known, yaml_path=call.one.get("--file"))
    if "--file" in call.one:
        _getter(client, call)
    return _dump(_done(client.online_deployments.begin_create_or_update(deployment)))


def _logs(client: Any, call: Call) -> Any:
    return client.online_deployments.get_logs(call.get("--name"), call.get("--endpoint-name"), int(call.get("--lines")))


def _show_deployment(client: Any, call: Call) -> Any:
    """Its 404 becomes another error, so that it ends with 1."""
    return _dump(_getter(client, call))


def _update_model(client: Any, call: Call) -> Any:
    """A version is read, and sent again with what --set lays over it."""
    from azure.ai.ml.entities import Model

    model = client.models.get(call.get("--name"), call.need("--version"))._to_dict()
    _set_all(model, call)
    return _dump(client.models.create_or_update(Model._load(data=model)))


def _set_all(instance: Any, call: Call) -> None:
    for setting in call.several.get("--set", []):
        lay_over(instance, setting, is_text="--force-string" in call.switches)


def _split(text: str) -> dict[str, int]:
    """Blanks between; a comma is no delimiter."""
    pairs = [pair.partition("=") for pair in text.split()]
    if not all(share.isdecimal() for _, _, share in pairs):
        raise CommandError("Do not add a delimiter between traffic variables")
    return {name: int(share) for name, _, share in pairs}


def _delete(client: Any, call: Call) -> None:
    if "--yes" not in call.switches:
        raise CommandError("Unable to prompt for confirmation as no tty available. Use --yes.")
    _done(_operations(client, call).begin_delete(call.get("--name"), call.get("--endpoint-name")))


def _enable(client: Any, call: Call) -> Any:
    return _dump(_done(client.schedules.begin_enable(call.get("--name"))))


def _disable(client: Any, call: Call) -> Any:
    return _dump(_done(client.schedules.begin_disable(call.get("--name"))))


def _invoke_online(client: Any, call: Call) -> Any:
    return client.online_endpoints.invoke(
        call.get("--name"), request_file=call.need("--request-file"), deployment_name=call.need("--deployment-name")
    )


def _credentials(client: Any, call: Call) -> Any:
    keys = client.online_endpoints.get_keys(call.get("--name"))
    return {"primaryKey": keys.primary_key, "secondaryKey": keys.secondary_key}


def _invoke_batch(client: Any, call: Call) -> Any:
    from azure.ai.ml import Input

    output, given = call.get("--output-path"), []
    if match := _BLOBS.fullmatch(output):
        given = [{"output_dataset.datastore_id": f"azureml:{match['name']}"}, {"output_dataset.path": match["path"]}]
    elif output:
        raise CommandError("--output-path is a path in a datastore.")
    return _dump(
        client.batch_endpoints.invoke(
            call.get("--name"),
            deployment_name=call.need("--deployment-name"),
            input=Input(type=call.need("--input-type"), path=call.need("--input")),
            job_name=call.need("--job-name"),
            params_override=given,
        )
    )


# By verb and noun; without a noun for all others.
COMMANDS: dict[tuple[str, str], Callable[[Any, Call], Any]] = {
    ("show", ""): _show,
    ("create", ""): _create_asset,
    ("create", "model"): _create_model,
    ("create", "job"): _create_job,
    ("create", "compute"): _create_compute,
    ("create", "schedule"): _create,
    ("create", "online-endpoint"): _create_once,
    ("create", "online-deployment"): _create_once,
    ("create", "batch-endpoint"): _create,
    ("create", "batch-deployment"): _create,
    ("list", "model"): _list_models,
    ("list", "job"): _list_jobs,
    ("list", ""): _list_deployments,
    ("download", "model"): _download_model,
    ("download", "job"): _download_job,
    ("cancel", "job"): _cancel,
    ("update", ""): _update,
    ("update", "model"): _update_model,
    ("update", "online-deployment"): _update_deployment,
    ("show", "online-deployment"): _show_deployment,
    ("get-logs", "online-deployment"): _logs,
    ("delete", ""): _delete,
    ("enable", "schedule"): _enable,
    ("disable", "schedule"): _disable,
    ("get-credentials", "online-endpoint"): _credentials,
    ("invoke", "online-endpoint"): _invoke_online,
    ("invoke", "batch-endpoint"): _invoke_batch,
}
