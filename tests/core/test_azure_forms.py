"""Azure's own forms of references mean what the name of an entry means: each form at each place."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.resolve import meant, nowhere
from mlinfra.schemas.values import value_at
from tests.spec import HEADER, compiled, found

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-churn-dev"
IN_WORKSPACE = f"azureml:{WORKSPACE}"
THEIRS = IN_WORKSPACE.replace("mlw-churn-dev", "of-others")
LONG_URI = f"azureml:/{GROUP}/workspaces/mlw-churn-dev/datastores"
PLATFORM = """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
environments: {train: {image: a/b:1, version: 3}}
components: {prep: {type: command, command: x, environment: train, version: 3}}
models: {churn: {path: model, type: mlflow_model, version: 3}}
data: {rows: {type: uri_folder, path: azureml://datastores/workspaceblobstore/paths/x/, version: 3}}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
jobs:
  nightly:
    type: pipeline
    settings: {default_compute: cpu}
    inputs: {a: {type: uri_folder, path: rows}}
    jobs: {s: {type: command, command: 'x ${{inputs.a}}', environment: train, inputs: {a: '${{parent.inputs.a}}'}}}
datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw, azure_name: raw_store}}
"""
FILES = {"model/MLmodel": "", "src/a.py": "def init():\n    pass\n\n\ndef run(rows):\n    return rows\n"}


class Place(NamedTuple):
    """A place that takes a reference: an entry with `%s` there, and where its file has it."""

    what: str
    section: str  # of what it names
    entry: str  # the section and, behind the name of the entry, its body
    path: tuple[str | int, ...]
    file: str = ""  # behind the folder of the section; empty: that of the entry
    refuses: tuple[str, ...] = ()  # forms that the Azure ML CLI does not take there


OF_ASSETS: Mapping[str, tuple[str, str]] = {  # form: what stands in the file, and the finding
    "{name}": ("azureml:{name}:3", ""),
    "azureml:{name}": ("azureml:{name}:3", ""),
    "azureml:{name}@latest": ("azureml:{name}:3", ""),
    "azureml:{name}:3": ("azureml:{name}:3", ""),
    IN_WORKSPACE + "/{section}/{name}/versions/3": ("azureml:{name}:3", ""),
    "azureml:{name}:2": ("azureml:{name}:2", "MLI315"),
    IN_WORKSPACE + "/{section}/{name}/versions/2": (
        IN_WORKSPACE + "/{section}/{name}/versions/2",
        "MLI315",
    ),
    "azureml:{name}@stable": ("azureml:{name}@stable", "MLI316"),
    "azureml:{name}n:1": ("azureml:{name}n:1", "MLI317"),
    "azureml:{name}n@latest": ("azureml:{name}n@latest", "MLI317"),
    IN_WORKSPACE + "/{section}/{name}n/versions/3": (
        IN_WORKSPACE + "/{section}/{name}n/versions/3",
        "MLI317",
    ),
    THEIRS + "/{section}/{name}/versions/3": (THEIRS + "/{section}/{name}/versions/3", ""),
    "azureml://registries/r/{section}/{name}/versions/3": ("azureml://registries/r/{section}/{name}/versions/3", ""),
}
OF_COMPUTES: Mapping[str, tuple[str, str]] = {
    "{name}": ("azureml:{name}", ""),
    "azureml:{name}": ("azureml:{name}", ""),
    WORKSPACE + "/computes/{name}": ("azureml:{name}", ""),
    IN_WORKSPACE + "/computes/{name}": ("azureml:{name}", ""),
    "azureml:{name}u": ("azureml:{name}u", "MLI317"),
    IN_WORKSPACE + "/computes/{name}u": (IN_WORKSPACE + "/computes/{name}u", "MLI317"),
    THEIRS + "/computes/{name}": (THEIRS + "/computes/{name}", ""),
}
OF_DATASTORES: Mapping[str, tuple[str, str]] = {
    "azureml://datastores/raw/paths/a/": ("azureml://datastores/raw_store/paths/a/", ""),
    "azureml://datastores/raw_store/paths/a/": ("azureml://datastores/raw_store/paths/a/", ""),
    LONG_URI + "/raw_store/paths/a/": ("azureml://datastores/raw_store/paths/a/", ""),
    "azureml://datastores/workspaceblobstore/paths/a/": ("azureml://datastores/workspaceblobstore/paths/a/", ""),
    "azureml://datastores/rwa/paths/a/": ("azureml://datastores/rwa/paths/a/", "MLI317"),
    LONG_URI + "/theirs/paths/a/": (LONG_URI + "/theirs/paths/a/", "MLI317"),
    LONG_URI.replace("mlw", "of") + "/theirs/paths/a/": (LONG_URI.replace("mlw", "of") + "/theirs/paths/a/", ""),
}
OF_DEFAULT_DATASTORES: Mapping[str, tuple[str, str]] = {
    "raw": ("azureml:raw_store", ""),
    "azureml:raw_store": ("azureml:raw_store", ""),
    "azureml:raw": ("azureml:raw", "MLI317"),
    "azureml:workspaceblobstore": ("azureml:workspaceblobstore", ""),
    IN_WORKSPACE + "/datastores/raw_store": ("azureml:raw_store", ""),
}
FORMS = {"compute_clusters": OF_COMPUTES, "datastores": OF_DATASTORES, "default_datastore": OF_DEFAULT_DATASTORES}
NAMES = {"environments": "train", "components": "prep", "models": "churn", "data": "rows", "compute_clusters": "cpu"}

INPUT = "inputs: {a: {type: uri_folder, path: '%s'}}"
JOB = f"jobs: {{type: command, command: 'x ${{{{inputs.a}}}}', environment: train, compute: cpu, {INPUT}}}"
ONLINE = (
    "online_endpoints: {auth_mode: aad_token, deployments: {blue: {%s, instance_type: Standard_D4as_v4, "
    "instance_count: 1}}}"
)
BATCH = (
    "batch_endpoints: {defaults: {deployment_name: blue}, deployments: {blue: {type: model, %s, "
    "settings: {mini_batch_size: 1}}}}"
)
STEP = "jobs: {type: pipeline, settings: {default_compute: cpu}, jobs: {s: {%s}}}"
SCHEDULE = "schedules: {trigger: {type: recurrence, frequency: day, interval: 1}, create_job: {%s}}"
MONITOR = (
    "monitors: {trigger: {type: recurrence, frequency: day, interval: 1}, create_monitor: {compute: "
    "{instance_type: standard_e4s_v3, runtime_version: '3.5'}, %s}}"
)
PLACES = (
    Place(
        "the environment of a job",
        "environments",
        "jobs: {type: command, command: x, environment: '%s', compute: cpu}",
        ("environment",),
    ),
    Place(
        "the environment of a step",
        "environments",
        STEP % "type: command, command: x, environment: '%s'",
        ("jobs", "s", "environment"),
    ),
    Place(
        "the environment of the trial of a sweep",
        "environments",
        "jobs: {type: sweep, trial: {command: 'x ${{search_space.a}}', environment: '%s'}, compute: cpu, search_space: "
        "{a: {type: choice, values: [1]}}, sampling_algorithm: random, limits: {max_total_trials: 1, timeout: 60}, "
        "objective: {goal: maximize, primary_metric: auc}}",
        ("trial", "environment"),
    ),
    Place(
        "the environment of a component",
        "environments",
        "components: {type: command, command: x, environment: '%s', version: 1}",
        ("environment",),
    ),
    Place(
        "the environment of an online deployment",
        "environments",
        ONLINE % "model: churn, environment: '%s'",
        ("environment",),
        "/blue",
    ),
    Place(
        "the environment of a batch deployment",
        "environments",
        BATCH % "model: churn, compute: cpu, code_configuration: {code: src, scoring_script: a.py}, environment: '%s'",
        ("environment",),
        "/blue",
    ),
    Place(
        "the compute of a scheduled pipeline",
        "compute_clusters",
        SCHEDULE % "type: pipeline, job: nightly, settings: {default_compute: '%s'}",
        ("create_job", "settings", "default_compute"),
        refuses=(WORKSPACE + "/computes/{name}",),
    ),
    Place(
        "data that a scheduled pipeline reads",
        "data",
        SCHEDULE % "type: pipeline, job: nightly, inputs: {a: {type: uri_folder, path: '%s'}}",
        ("create_job", "inputs", "a", "path"),
    ),
    Place("the component of a step", "components", STEP % "type: command, component: '%s'", ("jobs", "s", "component")),
    Place("the model of an online deployment", "models", ONLINE % "model: '%s'", ("model",), "/blue"),
    Place("the model of a batch deployment", "models", BATCH % "compute: cpu, model: '%s'", ("model",), "/blue"),
    Place("a model that a job reads", "models", JOB.replace("uri_folder", "mlflow_model"), ("inputs", "a", "path")),
    Place(
        "the model of a monitor",
        "models",
        MONITOR % "monitoring_target: {ml_task: classification, model_id: '%s'}",
        ("create_monitor", "monitoring_target", "model_id"),
        refuses=("azureml:{name}", "azureml://registries/r/{section}/{name}/versions/3"),
    ),
    Place("data that a job reads", "data", JOB, ("inputs", "a", "path")),
    Place(
        "data that a pipeline reads",
        "data",
        "jobs: {type: pipeline, settings: {default_compute: cpu}, inputs: {a: {type: uri_folder, path: '%s'}}, jobs: "
        "{s: {type: command, command: 'x ${{inputs.a}}', environment: train, inputs: {a: '${{parent.inputs.a}}'}}}}",
        ("inputs", "a", "path"),
    ),
    Place(
        "data that a monitor compares with",
        "data",
        MONITOR
        % "monitoring_signals: {d: {type: data_drift, reference_data: {input_data: {type: uri_folder, path: '%s'}}, "
        "production_data: {input_data: {type: uri_folder, path: rows}, "
        "data_window: {lookback_window_size: P1D, lookback_window_offset: P0D}}, "
        "metric_thresholds: {numerical: {jensen_shannon_distance: 0.1}}, features: [a]}}",
        ("create_monitor", "monitoring_signals", "d", "reference_data", "input_data", "path"),
    ),
    Place(
        "the compute of a job",
        "compute_clusters",
        "jobs: {type: command, command: x, environment: train, compute: '%s'}",
        ("compute",),
    ),
    Place(
        "the compute of a step",
        "compute_clusters",
        STEP % "type: command, command: x, environment: train, compute: '%s'",
        ("jobs", "s", "compute"),
    ),
    Place(
        "the compute of all steps",
        "compute_clusters",
        "jobs: {type: pipeline, settings: {default_compute: '%s'}, jobs: "
        "{s: {type: command, command: x, environment: train}}}",
        ("settings", "default_compute"),
        refuses=(WORKSPACE + "/computes/{name}",),
    ),
    Place(
        "the compute of a batch deployment",
        "compute_clusters",
        BATCH % "model: churn, compute: '%s'",
        ("compute",),
        "/blue",
    ),
    Place("a datastore that a job reads", "datastores", JOB, ("inputs", "a", "path")),
    Place(
        "a datastore that a job writes",
        "datastores",
        JOB.replace("'x ${{inputs.a}}'", "x").replace("inputs", "outputs"),
        ("outputs", "a", "path"),
    ),
    Place(
        "the datastore of a pipeline",
        "default_datastore",
        "jobs: {type: pipeline, settings: {default_compute: cpu, default_datastore: '%s'}, jobs: "
        "{s: {type: command, command: x, environment: train}}}",
        ("settings", "default_datastore"),
    ),
    Place("where data lie", "datastores", "data: {type: uri_folder, path: '%s', version: 1}", ("path",)),
)


def _written(place: Place) -> tuple[str, dict[str, str], dict[str, tuple[str, str]]]:
    """A spec with an entry for each form at a place, the form of each entry, and what is expected of each form."""
    forms_of_place = FORMS.get(place.section, OF_ASSETS)
    words = {"name": NAMES.get(place.section, ""), "section": place.section}
    section, _, body = place.entry.partition(": ")
    forms = {f"f{count}": form for count, form in enumerate(forms_of_place) if form not in place.refuses}
    entries = "".join(f"  {name}: {body % form.format(**words)}\n" for name, form in forms.items())
    expected = {form: (stands.format(**words), code) for form, (stands, code) in forms_of_place.items()}
    return _merged(section, entries), forms, expected


def _merged(section: str, entries: str) -> str:
    """The platform with more entries in a section."""
    whole = yaml.safe_load(PLATFORM)
    more = yaml.safe_load(f"{section}:\n{entries}")
    return HEADER + yaml.safe_dump({**whole, section: {**whole.get(section, {}), **more[section]}}, sort_keys=False)


@pytest.mark.filterwarnings("ignore")  # of the SDK
@pytest.mark.parametrize("place", PLACES, ids=[place.what for place in PLACES])
def test_each_form_at_each_place(place: Place, tmp_path: Path) -> None:
    text, forms, expected = _written(place)
    section = place.entry.partition(":")[0]
    said = found(tmp_path, text, FILES)
    assert [each for each in said if each.severity == "error"] == []
    (plan,) = compiled(tmp_path, text, FILES).plans
    files = {file.path: file.text for file in azureml_files(plan.graph, "", tmp_path / "generated")}
    codes = {
        str(each.address).split(".")[1]: each.code.id
        for each in said
        if each.code in meant.CODES or each.code in nowhere.CODES
    }
    became = {}
    for name, form in forms.items():
        body = yaml.safe_load(files[f"dev/azureml/{section}/{name}{place.file}.yml"])
        became[form] = (value_at(body, place.path), codes.get(name, ""))
    assert became == {form: expected[form] for form in forms.values()}
    assert list(_refused_by_the_sdk(files, tmp_path / "generated")) == []


def _refused_by_the_sdk(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Why the SDK does not load files, each with its path."""
    from azure.ai.ml.entities import _load_functions

    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    logging.disable(logging.CRITICAL)
    try:
        for path, text in files.items():
            section = path.split("/")[2]
            if path.count("/") > 3:
                section = section.replace("endpoints", "deployments")
            row = BY_NAME[section]
            loader = row.loaders_by_type.get(str(yaml.safe_load(text).get("type")).lower(), row.loader)
            try:
                getattr(_load_functions, loader)(folder / path)
            except Exception as error:  # noqa: BLE001  # whatever it raises, it does not take the file
                yield f"{path}: {error}"
    finally:
        logging.disable(logging.NOTSET)
