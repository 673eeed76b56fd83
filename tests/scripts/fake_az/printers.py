"""What `list` of the ml extension prints of what its client returns, before --query and for every output format.

Source: Azure/azure-cli-extensions, src/machinelearningservices/azext_mlv2/manual: `commands.py` registers these with a
`transform`, and `_format.py` has what each keeps. All other commands print what their function returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


def _keeping(**keys: str) -> Callable[[Json], Json]:
    """Rows of these keys, from where each comes; what is not there is null."""
    return lambda row: {name: _at(row, path) for name, path in keys.items()}


def _at(row: Any, path: str) -> Any:
    for part in path.split("."):
        row = None if row is None else row.get(part)
    return row


def _same(names: str) -> dict[str, str]:
    return {name: name for name in names.split()}


def _model(row: Json) -> Json:
    """A container has a latest version, a version itself, type and path; neither says from which job it is."""
    kept = _keeping(**_same("name tags stage id properties description creation_context"))(row)
    if row.get("latest_version"):
        kept["latest version"] = row["latest_version"]
    if row.get("version"):
        kept |= {"version": row["version"], "model type": row.get("type"), "path": row.get("path")}
    return kept


def _environment(row: Json) -> Json:
    named = {"latest version": row.get("latest_version"), "version": row.get("version")}
    return {"name": row.get("name")} | {key: value for key, value in named.items() if value}


LISTS: dict[str, Callable[[Json], Json]] = {
    "ml online-deployment list": _keeping(**_same("name endpoint_name provisioning_state instance_type model type")),
    "ml online-endpoint list": _keeping(**_same("name location traffic mirror_traffic provisioning_state kind tags")),
    "ml batch-endpoint list": _keeping(
        deployment_name="defaults.deploymentName",
        **_same("id name location provisioning_state scoring_uri auth_mode"),
    ),
    "ml batch-deployment list": _keeping(
        code="code_configuration.code",
        **_same("id name model environment compute tags creation_context provisioning_state"),
    ),
    "ml batch-deployment list-jobs": _keeping(name="name", status="properties.status", output="properties.output"),
    "ml model list": _model,
    "ml environment list": _environment,
}


def printed(command: str, result: Any) -> Any:
    """What az prints of a result, before --query."""
    return [LISTS[command](row) for row in result] if command in LISTS and result is not None else result
