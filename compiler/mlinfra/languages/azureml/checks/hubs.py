"""Hubs and projects."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.listed import WORKSPACE_RULES
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyProblem

DECIDED_ELSEWHERE = Code(
    id="MLI539",
    severity="error",
    title="Field that a hub or a project does not have",
    why="A project has the storage, the secrets, the network and the key of its hub; and neither has clusters, so that "
    "nothing of jobs is set there. What is written all the same would do nothing",
    fix="Write it on the hub, or leave it out",
    source="https://learn.microsoft.com/azure/machine-learning/concept-hub-workspace",
)
CODES = (DECIDED_ELSEWHERE,)
OF_THE_HUB = (
    *("storage_account", "key_vault", "container_registry", "customer_managed_key"),
    *("managed_network", "provision_network_now", "public_network_access", "network_acls", "hbi_workspace"),
    *("enable_data_isolation", "system_datastores_auth_mode", "allow_roleassignment_on_rg", "discovery_url"),
)
OF_JOBS = ("image_build_compute", "serverless_compute", "workspace_hub")


def check_project(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for field in (each for each in OF_THE_HUB if each in body):
        message = f"{field} of a project is that of its hub"
        yield BodyProblem(DECIDED_ELSEWHERE, (field,), message, f"write {field} on the hub", on_key=True)
    yield from check_hub(body, context)


def check_hub(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for field in (each for each in OF_JOBS if each in body):
        message = f"{field} is of workspaces, and does nothing in {context.section}"
        yield BodyProblem(DECIDED_ELSEWHERE, (field,), message, "leave it out", on_key=True)


HUB_RULES: tuple[Rule, ...] = (over_body(DECIDED_ELSEWHERE, check_hub), *WORKSPACE_RULES)
PROJECT_RULES: tuple[Rule, ...] = (over_body(DECIDED_ELSEWHERE, check_project),)
