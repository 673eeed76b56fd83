"""What the deployments of an endpoint take: the signature of a model whose files lie here, else who knows it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlinfra.derive.models import output_type
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_text
from mlinfra.formats.text import first_names
from mlinfra.graph import Entry, Graph
from mlinfra.repository.files import Unreadable
from mlinfra.schemas.values import read_json
from mlinfra.source.named_yaml import mapping_in
from mlinfra.versions import is_from_job

ML_MODEL = "MLmodel"  # MLflow: the file that describes a model, in its folder
MLFLOW = "mlflow_model"
MAX_COLUMNS = 20  # of a signature that are listed
MAX_SIGNATURE_CHARACTERS = 100_000  # of the JSON in an MLmodel file; of 1,000 columns it has a tenth of that


def takes(graph: Graph, deployment: Entry) -> Fragment | str:
    """What a deployment takes and gives, or where that is said."""
    if script := _script(graph, deployment):
        return Fragment(f"what {code(script)} reads")
    model = graph.entries.get(graph.bound(deployment.address, "model") or "")
    if model is None:
        return "what its model says, which lies outside the spec"
    if is_from_job(model):
        if output_type(graph, model) != MLFLOW:
            return f"what {model.address} says, which a run makes"
        where = f"what the run that made {markdown_text(model.address)} logged"
        return Fragment(f"{where}: {code('signature')} in the file {code(ML_MODEL)} of that version")
    if str(model.body.get("type", "custom_model")) != MLFLOW:
        return f"what {model.address} says"
    return (
        _of_files(graph, model) or f"{model.address} has no signature, which MLflow logs with an example of the input"
    )


def _script(graph: Graph, deployment: Entry) -> str:
    """The program that scores, from the root of the repository; empty where Azure ML brings its own."""
    scoring = deployment.body.get("code_configuration")
    if not isinstance(scoring, Mapping) or not scoring.get("scoring_script"):
        return ""
    folder, script = _local(graph, deployment, "code_configuration", "code"), str(scoring["scoring_script"])
    return os.path.relpath(folder / script, graph.files.root).replace(os.sep, "/") if folder else script


def _local(graph: Graph, entry: Entry, *place: str) -> Path | None:
    return next((local.target for local in graph.local_paths_of(entry.address) if local.place == place), None)


def _of_files(graph: Graph, model: Entry) -> Fragment | None:
    """The signature in the files of a model of this repository; None where there is none that can be read."""
    folder = _local(graph, model, "path")
    try:
        described = mapping_in(graph.files, folder / ML_MODEL) if folder else None
    except Unreadable:  # it is none of MLflow's, or not in the repository
        return None
    signature = (described or {}).get("signature")
    if not isinstance(signature, Mapping):
        return None
    parts = [(word, _columns(signature.get(key))) for word, key in (("takes", "inputs"), ("gives", "outputs"))]
    said = [f"{word} {columns}" for word, columns in parts if columns]
    return Fragment("; ".join(said)) if said else None


def _columns(text: Any) -> str:
    """The columns of one side of a signature, which MLflow writes as JSON within the YAML."""
    if not isinstance(text, str) or len(text) > MAX_SIGNATURE_CHARACTERS:
        return ""
    columns = read_json(text)
    return first_names(list(_shown(columns)), MAX_COLUMNS) if isinstance(columns, list) else ""


def _shown(columns: list[Any]) -> Iterator[str]:
    """Each column with its type: `age` (long); a tensor with its shape."""
    for column in columns:
        if not isinstance(column, dict):
            continue
        kind, tensor = column.get("type"), column.get("tensor-spec")
        if isinstance(tensor, dict):
            kind = f"{tensor.get('dtype')} {tensor.get('shape')}"
        optional = ", optional" if column.get("required") is False else ""
        name = f"{code(str(column['name']))} " if column.get("name") else ""
        yield f"{name}({markdown_text(str(kind))}{optional})"
