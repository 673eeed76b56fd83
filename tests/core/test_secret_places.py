"""What a place takes instead of a secret: advice that can be followed there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from tests.core.cases import WORKSPACE, overridden
from tests.source.secret_values import made
from tests.spec import HEADER, SCORING, found

TOKEN = "hf" + "_" + made("place", 34)
REFERENCE = "{vault: <entry of key_vaults>, secret: <name>}"
AT_RUN_TIME = (
    "put it into a key vault and read it at run time: azure-identity signs in as the compute's identity, which needs "
    "Key Vault Secrets User"
)
OF_PACKAGES = (
    "whoever pulls the image would read it: leave it out; a connection of the workspace (python_feed) signs in to an "
    "index"
)
OF_A_REQUEST = (
    '"request.json": an access token is written in clear text | leave it out: what a request holds is in git; '
    "a smoke test that is a command reads it at run time"
)
OF_A_VARIABLE = f"variables take no secret: write {REFERENCE} where a field takes one"
PASSWORD = "ssh_settings.admin_password"
CLUSTER = "compute_clusters: {cpu: {size: Standard_D4ds_v5, %s}}\n"
JOB = "jobs: {t: {type: command, command: %s, environment: azureml:e:1, compute: serverless%s}}\n"
PIPELINES = "pipelines: {pool: {vmImage: ubuntu-24.04}, service_connections: {dev: churn-dev}, %s}\n"

PLACES = {
    "a field that takes a secret": (
        CLUSTER % f"ssh_settings: {{admin_username: me, admin_password: {TOKEN}}}",
        f"put it into a key vault and write {REFERENCE}",
    ),
    "another field of the section": (
        CLUSTER % f"description: {TOKEN}",
        f"description takes no secret: put it into a key vault; compute_clusters take {REFERENCE} at {PASSWORD}",
    ),
    "a section that takes none": (
        f"log_analytics: {{main: {{tags: {{key: {TOKEN}}}}}}}\n",
        "key takes no secret: put it into a key vault, where whoever needs it reads it",
    ),
    "a variable of a job": (
        JOB % ("python a.py", f", environment_variables: {{HF_TOKEN: {TOKEN}}}"),
        f"HF_TOKEN takes no secret: {AT_RUN_TIME}",
    ),
    "a command": (JOB % (f"python a.py --token {TOKEN}", ""), f"command takes no secret: {AT_RUN_TIME}"),
    "packages in place": (
        f"environments: {{e: {{image: a/b:1, conda_file: {{dependencies: [{{pip: [a==1 --token={TOKEN}]}}]}}}}}}\n",
        f"pip takes no secret: {OF_PACKAGES}",
    ),
    "a test of pull requests": (
        PIPELINES % f"tests: [{{name: a, command: python a.py {TOKEN}}}]",
        "write secrets: {<VARIABLE>: <group>/<variable>} beside the command, which reads the variable",
    ),
    "a step of one's own": (
        PIPELINES % f"steps: {{a: {{after: release, command: python a.py {TOKEN}}}}}",
        "put it into a key vault, and read it in the step, which signs in with a connection of its own",
    ),
    "a variable": (f"variables: {{a: {{type: string, default: {TOKEN}}}}}\n", OF_A_VARIABLE),
    "a tag": (
        f"tags: {{a: {TOKEN}}}\n",
        "a takes no secret: put it into a key vault, where whoever needs it reads it",
    ),
}
FILES = {
    "a conda file": (
        "environments: {e: {image: a/b:1, conda_file: c.yml}}\n",
        {"c.yml": f"dependencies: [python=3.11]\nvariables: {{TOKEN: {TOKEN}}}\n"},
        f'"c.yml": an access token is written in clear text | {OF_PACKAGES}',
    ),
    "a file of a component": (
        "jobs: {p: {type: pipeline, settings: {default_compute: serverless}, jobs: {a: {component: ./c.yml}}}}\n",
        {
            "c.yml": f"type: command\ncommand: python a.py {TOKEN}\nenvironment: azureml:e:1\n",
        },
        f'"./c.yml": an access token is written in clear text | {AT_RUN_TIME}',
    ),
    "a request": (
        SCORING,
        {"request.json": f'{{"data": [1], "key": "{TOKEN}"}}', "model/x": "", "src/s.py": ""},
        OF_A_REQUEST,
    ),
    "a request that is no JSON": (
        SCORING,
        {"request.json": f"token,{TOKEN}", "model/x": "", "src/s.py": ""},
        OF_A_REQUEST,
    ),
}


@pytest.mark.parametrize(("text", "help"), PLACES.values(), ids=PLACES)
def test_the_advice_is_what_the_place_takes(text: str, help: str, tmp_path: Path) -> None:
    said = [item.help for item in found(tmp_path, HEADER + WORKSPACE + text) if item.code.id == "MLI219"]
    assert said == [help]


def test_it_is_the_same_in_the_overrides_and_variables_of_a_target(tmp_path: Path) -> None:
    cluster = f"{{compute_clusters: {{cpu: {{ssh_settings: {{admin_password: {TOKEN}}}}}}}}}"
    text = overridden(f"{cluster}, variables: {{a: {TOKEN}}}")
    said = [item.help for item in found(tmp_path, text + WORKSPACE) if item.code.id == "MLI219"]
    assert said == [f"put it into a key vault and write {REFERENCE}", OF_A_VARIABLE]


@pytest.mark.parametrize(("text", "files", "said"), FILES.values(), ids=FILES)
def test_a_secret_in_a_file_that_the_spec_names_is_said_where_it_is_named(
    text: str, files: Mapping[str, str], said: str, tmp_path: Path
) -> None:
    items = [item for item in found(tmp_path, HEADER + WORKSPACE + text, files) if item.code.id == "MLI219"]
    assert [f"{item.message} | {item.help}" for item in items] == [said]


def test_a_secret_that_is_given_is_one_that_would_stand_in_what_is_generated(tmp_path: Path) -> None:
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(HEADER + "variables: {hf_token: {type: string}}\n")
    (said,) = (item for item in compile_spec(spec, tmp_path, {"hf_token": TOKEN}).of_spec if item.severity == "error")
    assert f"{said.message} | {said.help}" == (
        f"--var hf_token: an access token is written in clear text | {OF_A_VARIABLE}"
    )
