"""`pipelines.pull_request.jobs`: the body that is run, by whom, where it stands in pr.yml, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.azureml import azureml_files
from mlinfra.emit.bootstrap import connections_of
from mlinfra.emit.devops import devops_context
from mlinfra.emit.readme import readme
from mlinfra.pipelines.devops import _values
from tests.pipelines.platforms import (
    CHECKED_FORM,
    PLATFORMS,
    TRAIN,
    TRAINING,
    compiled,
    compiled_in,
    found,
    pipeline,
    pipelines,
    repository,
    spec,
)
from tests.pipelines.reading import jobs, scalars
from tests.reading_yaml import read_yaml

HERE = Path(__file__).parent


def _job(name: str) -> Any:
    """The file of a job of dev, in a repository of its own."""
    with repository() as root:
        folder = root / "specs" / "shop"
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "prep.py").write_text("", encoding="utf-8")
        (folder / "conda.yml").write_text("name: a\ndependencies: [python=3.11]\n", encoding="utf-8")
        made = compiled_in(root, spec(["dev"], BODIES, pipelines(["dev"], form=CHECKED_FORM, more=CHANGES)))
        assert [each for of in made.diagnostics.values() for each in of if each.severity == "error"] == []
        files = azureml_files(made.plans[0].graph, "made", root / "generated" / "shop")
        return next(read_yaml(file.text) for file in files if file.path == f"dev/azureml/jobs/{name}.yml")


BODIES = """\
compute_clusters:
  cpu: {size: Standard_D4ds_v4, max_instances: 4}
  small: {size: Standard_D4ds_v4, max_instances: 1}
datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw}}
storage_accounts: {lake: {containers: {raw: {}}}}
data:
  customers: {type: uri_folder, path: azureml://datastores/raw/paths/customers/}
  sample: {path: azureml://datastores/raw/paths/sample/}
  local: {type: uri_file, path: request.json}
environments:
  train: {image: "contoso.example/train:1", conda_file: conda.yml}
components:
  prep:
    type: command
    code: src
    command: python prep.py ${{inputs.raw}}
    inputs: {raw: {type: uri_folder}}
    environment: train
  whole:
    type: pipeline
    inputs: {raw: {type: uri_folder}}
    jobs: {prep: {type: command, component: prep, inputs: {raw: "${{parent.inputs.raw}}"}}}
jobs:
  train:
    type: pipeline
    display_name: shop-train
    settings: {default_compute: cpu}
    inputs: {raw: {type: uri_folder, path: customers}, rows: {type: uri_file, path: local}, trees: 500}
    outputs: {model: {type: mlflow_model}}
    jobs:
      all: {type: pipeline, component: whole, inputs: {raw: "${{parent.inputs.raw}}"}}
      fit:
        type: command
        command: echo ${{outputs.model}}
        environment: train
        outputs: {model: "${{parent.outputs.model}}"}
models:
  best: {from_job: train, output: model}
"""
CHANGES = """\
  train: {jobs: [train]}
  pull_request:
    jobs:
      train: {settings: {default_compute: small}, inputs: {raw: {path: sample}, trees: 5}}
"""
ENVIRONMENT = {"image": "contoso.example/train:1", "conda_file": "../../../../../specs/shop/conda.yml"}
PREP = {
    "type": "command",
    "code": "../../../../../specs/shop/src",
    "command": "python prep.py ${{inputs.raw}}",
    "inputs": {"raw": {"type": "uri_folder"}},
    "environment": ENVIRONMENT,
}
RAW = {"raw": "${{parent.inputs.raw}}"}


def test_the_body_is_the_jobs_with_what_differs_and_names_nothing_that_would_be_registered() -> None:
    assert _job("train-in-pull-requests") == {
        "$schema": "https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json",
        "type": "pipeline",
        "display_name": "shop-train",
        "settings": {"default_compute": "azureml:small"},
        "inputs": {
            "raw": {"type": "uri_folder", "path": "azureml://datastores/raw/paths/sample/"},
            "rows": {"type": "uri_file", "path": "../../../../../specs/shop/request.json"},
            "trees": 5,
        },
        "outputs": {"model": {"type": "mlflow_model"}},
        "jobs": {
            "all": {
                "type": "pipeline",
                "component": {
                    "type": "pipeline",
                    "inputs": {"raw": {"type": "uri_folder"}},
                    "jobs": {"prep": {"type": "command", "component": PREP, "inputs": RAW}},
                },
                "inputs": RAW,
            },
            "fit": {
                "type": "command",
                "command": "echo ${{outputs.model}}",
                "environment": ENVIRONMENT,
                "outputs": {"model": "${{parent.outputs.model}}"},
            },
        },
    }


def test_the_job_itself_stays_as_it_was() -> None:
    job = _job("train")
    assert job["settings"] == {"default_compute": "azureml:cpu"}
    assert job["inputs"]["trees"] == 500
    assert job["inputs"]["raw"]["path"].startswith("azureml:customers:")


STAGE = """\
stage: jobs
displayName: Jobs on small data, in dev
dependsOn: [check]
condition: >-
  and(succeeded(), eq(variables['Build.Reason'], 'PullRequest'), ne(variables['System.PullRequest.IsFork'], 'True'))
"""
PUSH = '--target dev --job train --pull-request "$(System.PullRequest.PullRequestId)" --build "$(Build.BuildId)"'


def test_they_run_after_the_tests_and_no_fork_runs_any() -> None:
    stages = {stage["stage"]: stage for stage in pipeline("checked", "pr")["stages"]}
    assert list(stages) == ["tests", "check", "comment", "jobs", "what_if"]
    [job] = stages["jobs"].pop("jobs")
    assert stages["jobs"] == read_yaml(STAGE)
    assert stages["check"]["dependsOn"] == ["tests"]
    calls = [step for step in job["steps"] if step.get("task") == "AzureCLI@2"]
    assert [(step.get("condition"), step["inputs"]["arguments"]) for step in calls] == [
        (None, f'{PUSH} --out "$(Build.ArtifactStagingDirectory)/checked" --commit "$(Build.SourceVersion)"'),
        ("canceled()", f"{PUSH} --cancel"),
    ]
    assert {step["inputs"]["scriptPath"] for step in calls} == {"generated/shop/scripts/check-job.sh"}


def test_they_alone_sign_in_by_check_which_no_branch_is_kept_from() -> None:
    using = {
        stage["stage"]: {value for key, value in scalars(stage) if key == "azureSubscription"}
        for stage in pipeline("checked", "pr")["stages"]
    }
    alone = {"jobs": {"shop-dev-check"}, "what_if": {"shop-dev-read"}}
    assert using == {"tests": set(), "check": set(), "comment": set(), **alone}
    for which in ("infra", "train"):
        assert "shop-dev-check" not in str(list(jobs(pipeline("checked", which))))
    with repository() as root:
        made = compiled_in(root, PLATFORMS["checked"])
        assert made.header.pipelines
        emitted = {which: pipeline("checked", which) for which in ("pr", "infra", "train")}
        context = devops_context(made.plans, made.header, made.header.pipelines, emitted, "pipelines", {})
    values: Any = _values(context)
    [target] = values["targets"]
    guarded = {name: (branches, users) for _, name, branches, *users in target["connections"]}
    assert guarded["shop-dev-check"] == ("", ["shop-pr"])
    assert guarded["shop-dev-run"] == ("refs/heads/main", ["shop-train"])


def _said(more: str, form: str = CHECKED_FORM, bodies: str = "", targets: tuple[str, ...] = ("dev",)) -> str:
    return found(spec(targets, bodies or TRAINING, pipelines(targets, form=form, more=TRAIN + more)))


def test_a_job_that_is_none_is_told_of() -> None:
    assert _said("  pull_request: {jobs: {trian: {}}}\n") == (
        '25:25 MLI737 jobs "trian" is not defined in dev, the first target\n'
        '  help: did you mean "train"? Defined: train\n'
    )


def test_what_stands_in_the_place_of_one_is_told_of() -> None:
    bodies = TRAINING.replace("models:\n", "  train-in-pull-requests: {type: command, command: echo}\nmodels:\n")
    said = _said("  pull_request: {jobs: {train: {}}}\n", bodies=bodies)
    assert '26:25 MLI737 jobs "train-in-pull-requests" is what pull requests call their job train\n' in said


def test_a_target_without_a_connection_for_it_is_told_which_to_write() -> None:
    form = "{{deploy: shop-{target}, plan: shop-{target}-read, run: shop-{target}-run}}"
    assert _said("  pull_request: {jobs: {train: {}}}\n", form=form) == (
        "22:5 MLI739 pull requests run jobs in dev, which has no connection for it\n  help: add check: shop-dev-check\n"
    )
    assert "help: write dev: {deploy: a, plan: a-read, run: a-run, check: a-check}\n" in _said(
        "  pull_request: {jobs: {train: {}}}\n", form="a"
    )


def test_a_connection_that_no_job_uses_is_told_of() -> None:
    unused = _said("", targets=("dev", "test"))
    assert unused == (
        "23:76 MLI576 nothing signs in with check of target dev: pull_request names no jobs that pull requests run\n"
        "24:80 MLI576 nothing signs in with check of target test: the jobs of pull requests run in dev, the first "
        "target\n"
    )
    used = _said("  pull_request: {jobs: {train: }}\n", targets=("dev", "test"))
    assert used == unused.splitlines(keepends=True)[1]


def test_a_first_target_of_production_runs_none() -> None:
    text = spec(
        ["dev"], TRAINING, pipelines(["dev"], form=CHECKED_FORM, more=TRAIN + "  pull_request: {jobs: {train: }}\n")
    )
    assert (
        "25:18 MLI738 pull requests run jobs in dev, the first target, whose mode is production\n"
        "  help: put a target of mode development before it\n"
    ) in found(text.replace("mode: development", "mode: production"))


LAKE = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg-lake/providers/Microsoft.Storage"
LAKE += "/storageAccounts/stlake"
SHARED = f"""\
storage_accounts:
  lake: {{existing: true, id: {LAKE}, containers: {{raw: {{}}, other: {{}}}}}}
datastores:
  raw: {{type: azure_blob, account_name: lake, container_name: raw}}
  other: {{type: azure_blob, account_name: lake, container_name: other, targets: [test]}}
"""
WRITES = "role_assignments: {w: {identity: cpu-compute, role: ROLE, scope: SCOPE, targets: [dev]}}\n"
WHAT = "microsoft.storage/storageaccounts/stlake"


@pytest.mark.parametrize(
    ("scope", "role", "wrong"),
    [
        ("storage_accounts.lake.containers.raw", "Storage Blob Data Contributor", True),
        ("storage_accounts.lake.containers.raw", "Storage Blob Data Reader", False),
        ("storage_accounts.lake.containers.raw", "99999999-0000-0000-0000-000000000000", True),
    ],
)
def test_a_job_whose_cluster_may_write_what_another_target_reads_is_refused(scope: str, role: str, wrong: bool) -> None:
    bodies = TRAINING + SHARED + WRITES.replace("SCOPE", scope).replace("ROLE", role)
    said = _said("  pull_request: {jobs: {train: {}}}\n", bodies=bodies, targets=("dev", "test"))
    message = (
        "MLI145 pull requests run train on compute_clusters.cpu as identities.cpu-compute, which may write "
        f"{WHAT}/blobservices/default/containers/raw ({role}), and test reads that\n"
    )
    assert (message in said) is wrong, said
    assert ("MLI145" in said) is wrong


def test_what_is_wrong_with_the_changes_is_said_where_they_are_written_and_what_is_wrong_with_the_job_once() -> None:
    def all_said(text: str) -> list[str]:
        made = compiled(text)
        return [
            f"{each.span.line} {each.code.id} {each.message}"
            for of in made.diagnostics.values()
            for each in of
            if each.severity == "error"
        ]

    def text(bodies: str, body: str) -> str:
        more = f"{TRAIN}  pull_request:\n    jobs:\n      train: {body}\n"
        return spec(["dev"], bodies, pipelines(["dev"], form=CHECKED_FORM, more=more))

    assert all_said(text(TRAINING, "{comptue: cpu}")) == [
        "27 MLI220 comptue is not a field of jobs of type command",
    ]
    assert all_said(text(TRAINING, "{compute: gpu}")) == ['27 MLI301 compute_clusters "gpu" is not defined']
    wrong = TRAINING.replace("    compute: cpu\n", "    comptue: cpu\n")
    assert all_said(text(wrong, "{}")) == ["16 MLI220 comptue is not a field of jobs of type command"]


def test_the_page_says_what_whoever_opens_a_pull_request_may_do() -> None:
    page = " ".join(readme(compiled(PLATFORMS["checked"]).plans, "made in a test").text.split())
    assert (
        "A pull request runs train in dev, by the connection shop-dev-check, whatever branch it comes from, so whoever "
        "may open one works there as the identities of its clusters, and may write the blobs of its workspaces: what "
        "is trained in dev is trained beside code that nobody has read yet."
    ) in page
    assert "mlinfra check" in page
    assert "A pull request runs" not in readme(compiled(PLATFORMS["one target"]).plans, "made").text


def test_what_the_connection_may_do() -> None:
    plan = compiled(PLATFORMS["checked"]).plans[0]
    [check] = [each for each in connections_of(plan) if each.use == "check"]
    assert check.identity == "id-shop-dev-check"
    role, blobs = check.rights
    workspaces = "Microsoft.MachineLearningServices/workspaces"
    assert [action.removeprefix(f"{workspaces}/") for action in role.actions] == [
        "*/read",
        "codes/*",
        "components/*",
        "datastores/listsecrets/action",
        "environments/*",
        "environments/build/action",
        "environments/readSecrets/action",
        "environments/write",
        "experiments/runs/submit/action",
        "experiments/runs/write",
        "jobs/*",
        "metadata/artifacts/write",
        "metadata/snapshots/write",
        "read",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ]
    assert not [action for action in role.actions if any(word in action for word in ("model", "Endpoint", "compute"))]
    assert role.not_actions == (f"{workspaces}/*/delete",)
    assert [action.rpartition("/")[2] for action in blobs.data_actions] == ["read", "write"]
