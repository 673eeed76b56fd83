"""One target as the scripts know it: Azure names, files of the output, and hashes of what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from mlinfra.derive.lent_by_catalogs import lent_by_catalogs
from mlinfra.derive.models import SHARE, is_updated_in_place, output_type
from mlinfra.derive.registries import registry_of
from mlinfra.derive.workspace import workspace_of
from mlinfra.emit.azureml import file_of, has_file, own_data
from mlinfra.emit.bootstrap import (
    connections_of,
    custom_roles,
    key_services,
    principals,
    roles_of_consumers,
    roles_of_instances,
    roles_of_the_spec,
)
from mlinfra.emit.bundles import bundle_contexts
from mlinfra.emit.callers import address_of
from mlinfra.emit.databricks_account import has_account
from mlinfra.emit.filled import by_default, fills_of, newest_data
from mlinfra.emit.handover import handed_over_to, handover_contexts
from mlinfra.emit.invocations import invocation
from mlinfra.emit.network import zones_of_others
from mlinfra.emit.providers import providers
from mlinfra.emit.schedules import schedule
from mlinfra.emit.smoke_tests import smoke_command, smoke_requests
from mlinfra.graph import Entry
from mlinfra.graph.order import in_order
from mlinfra.languages import ROWS, SECTIONS, api_version
from mlinfra.languages.resource import OncePrepared, addresses_in
from mlinfra.overrides.pull_requests import jobs_of_pull_requests
from mlinfra.pipelines.assets import AssetContext, ComputeContext
from mlinfra.pipelines.endpoints import DeploymentContext, EndpointContext
from mlinfra.pipelines.scheduled import ScheduleContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.traffic import Canary, Rollout
from mlinfra.pipelines.trained import CheckedJob, DataContext, Evaluation, Gate, JobContext, ModelContext
from mlinfra.plan import Plan, Planned
from mlinfra.versions import has_versions_elsewhere, is_from_job, is_numbered_by_azure

AssetKind = Literal["environment", "data", "component", "model"]
EndpointKind = Literal["online", "batch"]
ENDPOINTS: tuple[EndpointKind, ...] = ("online", "batch")
REGISTRIES = "registries/"  # before the name of a registry, where else that of a workspace stands
MIN_REQUESTS = 30  # of a step of a canary, below which its numbers say nothing


def script_target(plan: Plan, outdir: Path, plans: Sequence[Plan] = ()) -> TargetContext:
    """The target of a plan; `outdir`, absolute, is where its files will stand; `plans` are those of all targets."""
    look = _Look(plan, outdir)
    target, late, services = plan.graph.target, prepared(plan), key_services(plan)
    return TargetContext(
        name=target.name,
        subscription=target.subscription,
        resource_group=target.resource_group.name,
        location=target.location,
        units=tuple(plan.units()),
        is_production=target.mode == "production",
        tags=tuple(sorted(target.tags_of_group.items())),
        computes=tuple(look.computes()),
        assets=tuple(look.assets()),
        jobs=tuple(look.jobs()),
        checked=tuple(look.checked()),
        models=tuple(look.models()),
        endpoints=tuple(look.endpoints()),
        schedules=tuple(look.schedules()),
        connections=connections_of(plan),
        connections_group=target.resource_group.of_connections if plan.graph.header.pipelines else "",
        principals=principals(plan),
        custom_roles=custom_roles(plan),
        roles=(*roles_of_consumers(plan), *roles_of_instances(plan), *roles_of_the_spec(plan)),
        providers=providers(plan, plans),
        handovers=handover_contexts(plan),
        identities=handed_over_to(plan),
        former_name="" if target.lasting_name == target.name else target.lasting_name,
        zones=tuple(zones_of_others(plan.graph)),
        key_services=tuple((each.application, each.name, " ".join(ids)) for each, ids in services.items()),
        keys_api=api_version(ROWS["keys"].resource_type) if services else "",
        prepares=tuple(late),
        prepares_api=next(iter(late.values()), ""),
        bundles=bundle_contexts(plan.graph),
        has_account=has_account(plan.graph),
        has_grants=bool(lent_by_catalogs(plan.graph)),
    )


def prepared(plan: Plan) -> dict[str, str]:
    """What takes a field once it was made: ids, with the version of the API that tells of them."""
    resources = (planned for planned in plan.resources if planned.resource.address in plan.graph.entries)
    rows = ((planned, ROWS[plan.graph.entries[planned.resource.address].section]) for planned in resources)
    return {
        planned.id: row.api_version for planned, row in rows if row.key_identities and _is_late(planned.resource.body)
    }


def _is_late(body: object) -> bool:
    """Whether a body holds what only a second deployment may send."""
    return isinstance(body, dict) and (isinstance(body, OncePrepared) or any(map(_is_late, body.values())))


class _Look:
    """The entries of one target, section by section."""

    def __init__(self, plan: Plan, outdir: Path) -> None:
        self._plan, self._graph, self._outdir = plan, plan.graph, outdir
        self._in_pull_requests = jobs_of_pull_requests(plan.graph.header, plan.graph.target)
        self._deployments_of: dict[str | None, list[Entry]] = {}
        for kind in ENDPOINTS:
            for entry in self._with_file(f"{kind}_deployments"):
                self._deployments_of.setdefault(entry.parent, []).append(entry)

    def computes(self) -> Iterator[ComputeContext]:
        for entry in self._with_file("compute_instances"):
            user = self._graph.entries.get(self._graph.bound(entry.address, "create_on_behalf_of") or "")
            yield ComputeContext(
                entry.azure_name,
                self._workspace(entry),
                self._file(entry),
                self._hash(entry),
                str(user.body["object_id"]) if user else "",
            )

    def assets(self) -> Iterator[AssetContext]:
        for address in in_order(self._graph):
            entry = self._graph.entries[address]
            version = self._version(entry) or ""
            if has_file(entry) and (version or is_numbered_by_azure(entry)):
                kind = cast("AssetKind", ROWS[entry.section].az_noun)
                registry = registry_of(self._graph, entry)
                home = f"{REGISTRIES}{registry.azure_name}" if registry else self._workspace(entry)
                yield AssetContext(kind, entry.azure_name, version, home, self._file(entry), self._hash(entry))

    def jobs(self) -> Iterator[JobContext]:
        for entry in self._with_file("jobs"):
            if entry.name not in self._in_pull_requests:
                yield self._job(entry)

    def checked(self) -> Iterator[CheckedJob]:
        for entry in self._with_file("jobs"):
            if job := self._in_pull_requests.get(entry.name):
                run = self._job(entry)
                fills = by_default(self._graph, fills_of(self._graph, entry))
                measured = ((model.entry, model.metrics_output, model.metrics_file) for model in self._made_by(job))
                numbers = tuple(each for each in measured if each[1])
                data = own_data(self._graph, entry, self._outdir, is_anonymous=True)
                place = (run.workspace, run.file, run.title, run.is_pipeline)
                yield CheckedJob(job, entry.name, *place, numbers, fills, data)

    def _made_by(self, job: str) -> Iterator[ModelContext]:
        return (model for model in self.models() if model.job == job)

    def _job(self, entry: Entry) -> JobContext:
        return JobContext(
            entry.name,
            self._workspace(entry),
            self._file(entry),
            self._hash(entry),
            title=_title(entry),
            is_pipeline=str(entry.body.get("type")).lower() == "pipeline",
            template=self._graph.templates.template_of(entry.address),
            data=tuple(dict.fromkeys(self._data(entry))),
            fills=(*fills_of(self._graph, entry), *newest_data(self._graph, entry)),
            own_data=own_data(self._graph, entry, self._outdir),
        )

    def models(self) -> Iterator[ModelContext]:
        for entry in self._graph.section("models"):
            if is_from_job(entry):
                release: Mapping[str, Any] = entry.additions.get("release") or {}
                registry = registry_of(self._graph, entry)
                yield ModelContext(
                    entry=entry.name,
                    name=entry.azure_name,
                    type=str(output_type(self._graph, entry)),
                    workspace=self._workspace(entry),
                    job=str(entry.additions["from_job"]),
                    output=str(entry.additions.get("output", "")),
                    registered_by=entry.additions.get("registered_by", "mlinfra"),
                    metrics_output=release.get("metrics", {}).get("output", ""),
                    metrics_file=release.get("metrics", {}).get("file", ""),
                    report_output=str(release.get("report", "")),
                    gate=_gate(release),
                    evaluation=self._evaluation(release.get("evaluate")),
                    registry=registry.azure_name if registry else "",
                )

    def _evaluation(self, written: Mapping[str, Any] | None) -> Evaluation | None:
        if not written:
            return None
        job = self._job(self._graph.entries[f"jobs.{written['job']}"])
        return Evaluation(
            job, str(written["model"]), str(written["metrics"]["output"]), str(written["metrics"]["file"])
        )

    def _data(self, job: Entry) -> Iterator[DataContext]:
        """What the job reads, in the order in which it is written: assets, and paths that are none."""
        inputs: Mapping[str, Any] = job.body.get("inputs") or {}
        for name, value in inputs.items():
            path = value.get("path") if isinstance(value, Mapping) else None
            bound = self._graph.bound(job.address, "inputs", name, "path") or self._graph.bound(
                job.address, "inputs", name
            )
            asset = self._graph.entries.get(bound or "")
            if asset and has_versions_elsewhere(asset):
                yield DataContext(asset.azure_name, "", "", name)
            elif asset and ROWS[asset.section].lies_elsewhere:
                yield DataContext(asset.azure_name, self._version(asset) or "", str(asset.body.get("path") or ""))
            elif isinstance(path, str):
                yield DataContext("", "", path, name if ("inputs", name, "path") in job.run_values else "")

    def endpoints(self) -> Iterator[EndpointContext]:
        extended = {address for planned in self._plan.resources for address in _extended_at_last(planned)}
        for kind in ENDPOINTS:
            for entry in self._with_file(f"{kind}_endpoints"):
                yield EndpointContext(
                    kind=kind,
                    entry=entry.name,
                    name=entry.azure_name,
                    workspace=self._workspace(entry),
                    file=self._file(entry),
                    content_hash=self._hash(entry),
                    deployments=tuple(self._deployments(kind, entry)),
                    smoke_requests=smoke_requests(self._graph, entry, self._outdir),
                    smoke_command=smoke_command(self._graph, entry, self._outdir),
                    rollout=self._rollout(entry),
                    invoke=invocation(self._plan, entry, self._outdir),
                    address=address_of(self._graph, entry, "score" if kind == "online" else "jobs"),
                    is_extended=entry.address in extended,
                )

    def schedules(self) -> Iterator[ScheduleContext]:
        for row in SECTIONS:
            for entry in self._with_file(row.name) if row.is_scheduled else ():
                yield schedule(self._plan, entry)

    def _deployments(self, kind: EndpointKind, endpoint: Entry) -> Iterator[DeploymentContext]:
        deployments = self._deployments_of.get(endpoint.address, [])
        shares = _shares(kind, endpoint.body)
        mirrored = endpoint.body.get("mirror_traffic") or {}
        for entry in deployments:
            model = self._graph.entries.get(self._graph.bound(entry.address, "model") or "")
            from_job = model is not None and is_from_job(model)
            is_numbered = model is not None and is_numbered_by_azure(model)
            yield DeploymentContext(
                entry=entry.azure_name,
                file=self._file(entry),
                content_hash=self._hash(entry),
                model=model.name if model and from_job else "",
                model_name=model.azure_name if model and (from_job or is_numbered) else "",
                model_version=self._stands_for(model) if model and not from_job else "",
                share=int(shares.get(entry.name, 0)),
                mirror=int(mirrored.get(entry.name, 0)),
                instances=_instances(entry) if kind == "online" else "",
                size=str(entry.body.get("instance_type") or "") if kind == "online" else "",
            )

    def _rollout(self, entry: Entry) -> Rollout:
        """How a release moves the traffic; in development nothing stays that serves no more, unless that is written."""
        written = entry.additions.get("rollout")
        body: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
        kept = "full" if self._graph.target.mode == "production" else "none"
        canary = _canary(body["canary"]) if "canary" in body else None
        return Rollout(keep=body.get("keep", kept), canary=canary, in_place=is_updated_in_place(entry))

    def _with_file(self, section: str) -> Iterator[Entry]:
        return (entry for entry in self._graph.section(section) if has_file(entry))

    def _workspace(self, entry: Entry) -> str:
        return workspace_of(self._graph, entry).azure_name

    def _file(self, entry: Entry) -> str:
        return file_of(self._graph, entry)

    def _hash(self, entry: Entry) -> str:
        return self._plan.graph.contents[entry.address].hash

    def _stands_for(self, model: Entry) -> str:
        """The version of a declared model, or what stands for it until it has one: its content."""
        return self._hash(model) if is_numbered_by_azure(model) else self._version(model) or ""

    def _version(self, entry: Entry) -> str | None:
        content = self._plan.graph.contents.get(entry.address)
        return content.version if content else None


def _extended_at_last(planned: Planned) -> Iterator[str]:
    """The addresses of what has to be there for a resource of the unit serving."""
    if planned.unit == "serving":
        resource = planned.resource
        yield from (address for address in (resource.parent, resource.scope) if address)
        yield from addresses_in(resource.body)


def _instances(deployment: Entry) -> str:
    scaled = (deployment.body.get("scale_settings") or {}).get("type", "default") != "default"
    return "" if scaled else str(deployment.body.get("instance_count", ""))


def _title(job: Entry) -> str:
    """The job's name for people, where a script can say it to az; else the entry's."""
    written = str(job.body.get("display_name") or "")
    return written if re.fullmatch("[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,98}[A-Za-z0-9])?", written) else job.name


def _canary(body: Mapping[str, Any]) -> Canary:
    most, mirror = body["at_most"], body.get("mirror", {})
    return Canary(
        steps=tuple(body["steps"]),
        wait_minutes=body["wait_minutes"],
        min_requests=body.get("min_requests", MIN_REQUESTS),
        error_percent=str(most.get("error_percent", "")),
        p95_latency_ms=str(most.get("p95_latency_ms", "")),
        no_traffic=body.get("no_traffic", "fail"),
        mirror_percent=mirror.get("percent", 0),
        mirror_minutes=mirror.get("minutes", 0),
    )


def _shares(kind: EndpointKind, endpoint: Mapping[str, Any]) -> Mapping[str, int]:
    """Per cent of the traffic by deployment; the default of a batch endpoint gets all."""
    if kind == "online":
        return endpoint.get("traffic") or {}
    default = (endpoint.get("defaults") or {}).get("deployment_name")
    return {default: 100} if default else {}


def _gate(release: Mapping[str, Any]) -> Gate:
    limits = {key: release.get(key) or {} for key in ("at_least", "at_most", "not_worse_than_serving")}
    names = dict.fromkeys(name for each in limits.values() for name in each)
    known = (name for name in names if SHARE.fullmatch(name))
    shares = tuple(name for name in known if all(each.get(name, 0) <= 1 for each in limits.values()))
    return Gate(**limits, shares=shares)
