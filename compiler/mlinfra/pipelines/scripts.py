"""The scripts of the output folder: what the pipelines call, and a person with `az login` can call too.

All that they need to know of the platform is here as plain data; `scripts` prints it into the templates. Paths are
relative to the output folder and use `/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from mlinfra.azure.clouds import cloud
from mlinfra.azure.own_roles import SCORE, own_role
from mlinfra.azure.regions import Cloud
from mlinfra.azure.roles import RULES_OVER_RIGHTS
from mlinfra.formats.jinja import render
from mlinfra.formats.shell import shell_comment
from mlinfra.header.databricks import DatabricksAccount
from mlinfra.pipelines.assets import AssetContext, ComputeContext
from mlinfra.pipelines.bundled import BundleContext
from mlinfra.pipelines.contents import Hashed, agreed, contents
from mlinfra.pipelines.endpoints import EndpointContext, InvokeContext
from mlinfra.pipelines.extended import made_empty
from mlinfra.pipelines.handover import HandOverContext, OwnIdentity, request, role_request
from mlinfra.pipelines.rights import Connection, Right, crypto_user
from mlinfra.pipelines.scheduled import ScheduleContext
from mlinfra.pipelines.smoke_test import SmokeCommand
from mlinfra.pipelines.trained import (
    ANY_START,
    CheckedJob,
    DataContext,
    FillContext,
    JobContext,
    ModelContext,
    Training,
    are_told,
    asked,
    laid,
)
from mlinfra.pipelines.versions import ToolVersions
from mlinfra.programs import (
    ACCOUNT,
    BATCH,
    BUNDLE,
    CHECKED,
    DECISION,
    DIGEST,
    FILLED,
    GATE,
    GRANTS,
    LEASES,
    MEASURED,
    MODELS,
    NOTED,
    REJECTED,
    programs,
)


@dataclass(frozen=True)
class TargetContext:
    """One target.

    `assets` stand in the order in which they need each other; `checked` are the jobs of pull requests. `providers` are
    the namespaces that the subscription has to register; `connections` those that `bootstrap.sh` gives rights, whose
    identities it makes in `connections_group`, where that is not empty; `principals` the object ids that the templates
    name, `custom_roles` the GUIDs of roles of the tenant's own that they give to identities that they make, `roles`
    those of ours that they give and no connection has; `handovers` is what others run, `identities` those of the
    platform to which they give roles before it is deployed; `former_name` is the one before it was moved, if it was.
    """

    name: str
    subscription: str
    resource_group: str
    location: str
    units: tuple[str, ...]
    is_production: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    computes: tuple[ComputeContext, ...] = ()
    assets: tuple[AssetContext, ...] = ()
    jobs: tuple[JobContext, ...] = ()
    checked: tuple[CheckedJob, ...] = ()
    models: tuple[ModelContext, ...] = ()
    endpoints: tuple[EndpointContext, ...] = ()
    schedules: tuple[ScheduleContext, ...] = ()
    connections: tuple[Connection, ...] = ()
    connections_group: str = ""
    principals: tuple[str, ...] = ()
    custom_roles: tuple[str, ...] = ()
    roles: tuple[Right, ...] = ()
    providers: tuple[str, ...] = ()
    handovers: tuple[HandOverContext, ...] = ()
    identities: tuple[OwnIdentity, ...] = ()
    former_name: str = ""
    zones: tuple[str, ...] = ()  # ids of those of others in which private endpoints are registered
    # Applications that read keys of the group, with their names and the ids of the keys, with spaces between.
    key_services: tuple[tuple[str, str, str], ...] = ()
    keys_api: str = ""  # the version of the API by which bootstrap.sh sees whether the keys are there
    prepares: tuple[str, ...] = ()  # ids of what takes a key once an identity is there that Azure makes with it
    prepares_api: str = ""  # the version of the API that tells of these
    bundles: tuple[BundleContext, ...] = ()  # those of platform first
    has_account: bool = False  # what an administrator of the account of Databricks does for it stands in a file
    has_grants: bool = False  # and so does what others grant in Unity Catalog

    @property
    def lasting_name(self) -> str:
        """What names outside of the output say for it."""
        return self.former_name or self.name

    @property
    def scope(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"

    @property
    def unit_names(self) -> str:
        return " ".join(self.units)

    @property
    def provider_names(self) -> str:
        return " ".join(sorted(set(self.providers)))

    @property
    def zone_ids(self) -> str:
        return " ".join(self.zones)

    @property
    def bundle_folders(self) -> str:
        return " ".join(each.folder for each in self.bundles)

    @property
    def principal_ids(self) -> str:
        return " ".join(self.principals)

    @property
    def custom_role_ids(self) -> str:
        return " ".join(self.custom_roles)

    @property
    def told(self) -> tuple[tuple[str, tuple[FillContext, ...]], ...]:
        """The jobs that are told something of their run, those of pull requests as these are called beside them."""
        by_name = [(job.name, job.fills) for job in self.jobs] + [(job.entry, job.fills) for job in self.checked]
        return tuple((name, fills) for name, fills in by_name if fills)

    @property
    def uses(self) -> str:
        return " ".join(connection.use for connection in self.connections)

    @property
    def score_role(self) -> str:
        """The GUID of the role that a release gives to the connection that scores; empty where there is none."""
        return own_role(self.scope, SCORE) if any(each.use == "score" for each in self.connections) else ""

    @property
    def tested(self) -> str:
        """The ids of the endpoints on which a release gives it that role, in lower case."""
        found = (each for each in self.endpoints if each.smoke_command and each.smoke_command.apart)
        workspaces = f"{self.scope}/providers/Microsoft.MachineLearningServices/workspaces"
        return " ".join(f"{workspaces}/{each.workspace}/onlineEndpoints/{each.name}".lower() for each in found)

    def role_body(self, right: Right) -> str:
        """The request that makes a role of our own."""
        return role_request(right, self.scope)

    @property
    def group_tags(self) -> str:
        """The tags of the resource group, as a request and a query hold them."""
        return request(dict(self.tags))

    @property
    def gate_rules(self) -> str:
        """What `gate.py` reads: by model its name, its numbers, and the endpoints that serve it."""
        rules = {
            model.entry: asdict(model.gate)
            | {"name": model.name, "evaluates": model.evaluation is not None}
            | {"endpoints": [f"{endpoint.kind} endpoint {endpoint.entry}" for endpoint in self.endpoints_of(model)]}
            for model in self.models
        }
        return json.dumps(rules)

    def endpoints_of(self, model: ModelContext) -> tuple[EndpointContext, ...]:
        """Those that serve it, the online ones first."""
        serving = [
            endpoint
            for endpoint in self.endpoints
            if any(deployment.model == model.entry for deployment in endpoint.deployments)
        ]
        return tuple(sorted(serving, key=lambda endpoint: endpoint.kind != "online"))

    @property
    def scoring_models(self) -> list[tuple[ModelContext, list[EndpointContext]]]:
        """The models with which batch endpoints score that are called, with these endpoints."""
        found = [(model, [each for each in self.endpoints_of(model) if each.invoke]) for model in self.models]
        return [(model, endpoints) for model, endpoints in found if endpoints]

    @property
    def hashed(self) -> list[Hashed]:
        """Each file whose hash a script asks for."""
        found: list[Hashed] = [*self.computes, *self.assets, *self.jobs]
        found += (model.evaluation.job for model in self.models if model.evaluation)
        for endpoint in self.endpoints:
            found += (endpoint, *endpoint.deployments)
        return [*found, *self.schedules]

    @property
    def evaluates(self) -> bool:
        """Whether the gate runs jobs."""
        return any(model.evaluation for model in self.models)

    def models_of(self, job: JobContext) -> tuple[ModelContext, ...]:
        return tuple(self._models_by_job.get(job.name, ()))

    @cached_property
    def _models_by_job(self) -> Mapping[str, list[ModelContext]]:
        models: dict[str, list[ModelContext]] = {}
        for model in self.models:
            models.setdefault(model.job, []).append(model)
        return models


@dataclass(frozen=True)
class ScriptsContext:
    """The platform; `targets` in the order of promotion, `spec` as the first line of a generated file names it."""

    platform: str
    spec: str
    targets: tuple[TargetContext, ...]
    versions: ToolVersions
    cloud: Cloud = "public"
    training: Training = ANY_START
    tells_scoring: bool = False  # steps of the team's own get the models with which batch endpoints score
    chooses_among: bool = False  # in some target, a person chooses among what the run of train.yml hands on
    has_guests: bool = False  # such a run takes models from a target of another branch
    account: DatabricksAccount | None = None
    holding: tuple[str, ...] = ()  # what bundles call the kinds of their resources that hold data


def scripts(context: ScriptsContext) -> Mapping[str, str]:
    """The text of each script by its file name: those that have something to do in some target, and what they share."""
    values = {
        "platform": context.platform,
        "spec": context.spec,
        "targets": context.targets,
        "contents": contents({target.name: target.hashed for target in context.targets}),
        "data": agreed({target.name: _assets_read(target) for target in context.targets}),
        "target_names": ", ".join(target.name for target in context.targets),
        "versions": context.versions,
        "training": context.training,
        "tells_evaluations": are_told(_evaluations(context)),
        "fills": are_told(_jobs(context)),
        "tells_checked": are_told(_checked(context)),
        "laid": laid([*_jobs(context), *_evaluations(context), *_checked(context)]),
        "reads_newest": any(job.reads_newest for job in _jobs(context)),
        "endpoints": any(target.endpoints for target in context.targets),
        "zones": any(target.zones for target in context.targets),
        "scorers": any(target.score_role for target in context.targets),
        "handovers": any(target.handovers for target in context.targets),
        "prepares": any(target.prepares for target in context.targets),
        "cloud": cloud(context.cloud),
        "audience": cloud(context.cloud).token_audience,
        "ml_resource": cloud(context.cloud).ml_resource,
        "crypto_user": crypto_user(),
        "ruling": " ".join(RULES_OVER_RIGHTS),
        "bundles": any(target.bundles or target.has_account for target in context.targets),
        "account": context.account,
        "accounts_host": cloud(context.cloud).databricks_accounts,
        "holding": " ".join(context.holding),
        "arm_environment": cloud(context.cloud).arm_environment,
        "chooses_among": context.chooses_among,
        "has_guests": context.has_guests,
        "evaluates": any(target.evaluates for target in context.targets),
        "checks": any(invoke.check for invoke in _invoked(context)),
        "smoke_commands": bool(_smoke_commands(context)),
        "smoke_apart": any(command.apart for command in _smoke_commands(context)),
        "fills_schedules": any(schedule.fills for target in context.targets for schedule in target.schedules),
        "in_registries": any("/" in asset.workspace for target in context.targets for asset in target.assets),
        "shares_models": any(model.registry for target in context.targets for model in target.models),
        "numbered": any(not asset.version for target in context.targets for asset in target.assets),
        "makes_empty": any(made_empty(target.endpoints) for target in context.targets),
        "in_place": any(endpoint.rollout.in_place for target in context.targets for endpoint in target.endpoints),
        "asked": asked(model for target in context.targets for model in target.models),
        "model_entries": model_entries(context.targets),
        "reports": sorted(
            {model.entry for target in context.targets for model in target.models if model.report_output}
        ),
    }
    texts = {name: _script(name, context.spec, values) for name in _needed(context, bool(values["contents"]))}
    targets = context.targets
    in_python = {
        (MEASURED,): any(endpoint.rollout.canary for target in targets for endpoint in target.endpoints),
        (BATCH,): bool(_invoked(context) or values["fills"] or values["tells_checked"]),
        (DIGEST, GATE, LEASES, DECISION, NOTED, REJECTED): any(target.models for target in targets),
        (FILLED,): bool(values["in_place"]),
        (BUNDLE,): any(target.bundles for target in targets),
        (ACCOUNT,): any(target.has_account for target in targets),
        (GRANTS,): any(target.has_grants for target in targets),
        (CHECKED,): any(target.checked for target in targets),
        (MODELS,): any(target.models or target.jobs or target.checked for target in targets),
    }
    needed = tuple(name for names, is_needed in in_python.items() if is_needed for name in names)
    return {**texts, **programs(_header(context.spec), needed)}


def model_entries(targets: Iterable[TargetContext]) -> list[str]:
    """The models that come from jobs in any of the targets, by their entries."""
    return sorted({model.entry for target in targets for model in target.models})


def _assets_read(target: TargetContext) -> Iterator[tuple[str, DataContext]]:
    """The data with a version that jobs of a target read, by name."""
    for job in target.jobs:
        yield from ((datum.name, datum) for datum in job.data if datum.version)


def _jobs(context: ScriptsContext) -> list[JobContext]:
    return [job for target in context.targets for job in target.jobs]


def _checked(context: ScriptsContext) -> list[CheckedJob]:
    return [job for target in context.targets for job in target.checked]


def _evaluations(context: ScriptsContext) -> list[JobContext]:
    """The jobs that score models before these may serve."""
    return [model.evaluation.job for target in context.targets for model in target.models if model.evaluation]


def _invoked(context: ScriptsContext) -> list[InvokeContext]:
    endpoints = (endpoint for target in context.targets for endpoint in target.endpoints)
    return [endpoint.invoke for endpoint in endpoints if endpoint.invoke]


def _smoke_commands(context: ScriptsContext) -> list[SmokeCommand]:
    endpoints = (endpoint for target in context.targets for endpoint in target.endpoints)
    return [endpoint.smoke_command for endpoint in endpoints if endpoint.smoke_command]


def _needed(context: ScriptsContext, has_contents: bool) -> tuple[str, ...]:
    """The scripts that have something to do in some target; the libraries that they source."""
    targets = context.targets
    endpoints = [endpoint for target in targets for endpoint in target.endpoints]
    schedules = [schedule for target in targets for schedule in target.schedules]
    needed = {
        "bootstrap.sh": True,
        "check-job.sh": any(target.checked for target in targets),
        "choose-model.sh": any(target.models for target in targets) and any(target.jobs for target in targets),
        "create-computes.sh": any(target.computes for target in targets),
        "databricks-account.sh": any(target.has_account for target in targets),
        "databricks-grants.sh": any(target.has_grants for target in targets),
        "deploy-bundles.sh": any(target.bundles for target in targets),
        "deploy-infra.sh": True,
        "gate-model.sh": any(target.models for target in targets),
        "keep-runs.sh": any(target.models for target in targets),
        "lib-batch.sh": bool(endpoints),
        "lib-canary.sh": bool(endpoints),
        "lib-contents.sh": has_contents,
        "lib-databricks.sh": any(target.bundles or target.has_account for target in targets),
        "lib-evaluate.sh": any(target.evaluates for target in targets),
        "lib-handing-on.sh": bool(_jobs(context)) and not context.training.on_change,
        "lib-handover.sh": any(target.handovers for target in targets),
        "lib-in-place.sh": any(endpoint.rollout.in_place for endpoint in endpoints),
        "lib-jobs.sh": any(target.assets or target.jobs or target.models for target in targets)
        or any(target.checked for target in targets)
        or bool(_invoked(context)),
        "lib-models.sh": bool(_jobs(context)),
        "lib-online.sh": bool(endpoints or schedules),
        "lib-parameters.sh": bool(_jobs(context) and context.training.parameters),
        "lib-registries.sh": any(model.registry for target in targets for model in target.models),
        "lib-rollout.sh": bool(endpoints),
        "lib-run-values.sh": are_told([*_jobs(context), *_evaluations(context), *_checked(context)]),
        "lib-score.sh": bool(_invoked(context)),
        "lib-serving.sh": any(target.models for target in targets) or any(schedule.fills for schedule in schedules),
        "lib-smoke.sh": bool(_smoke_commands(context)),
        "lib-train.sh": bool(_jobs(context)),
        "lib.sh": True,
        "plan-bundles.sh": any(target.bundles for target in targets),
        "promote-models.sh": any(target.models for target in targets),
        "register-assets.sh": any(target.assets for target in targets),
        "release-endpoint.sh": bool(endpoints),
        "run-job.sh": bool(_jobs(context)),
        "schedule.sh": bool(schedules),
        "score-batch.sh": bool(_invoked(context)),
        "scoring-models.sh": context.tells_scoring and any(target.scoring_models for target in targets),
        "serving-models.sh": context.has_guests,
        "smoke-test.sh": any(command.apart for command in _smoke_commands(context)),
        "what-if.sh": True,
    }
    return tuple(name for name, is_needed in needed.items() if is_needed)


def _script(name: str, spec: str, values: Mapping[str, object]) -> str:
    """Shebang, the line that every generated file starts with, then the template."""
    return f"#!/usr/bin/env bash\n{shell_comment(_header(spec))}\n" + render(f"scripts/{name}.j2", values)


def _header(spec: str) -> str:
    return f"Generated by mlinfra from {spec}, do not edit"
