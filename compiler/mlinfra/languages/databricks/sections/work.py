"""What runs: jobs and pipelines, and what is built for them."""

from __future__ import annotations

from mlinfra.graph import Entry
from mlinfra.languages.changes import changes
from mlinfra.languages.databricks.calendars import misread_calendars
from mlinfra.languages.databricks.charges import of_job, of_pipeline
from mlinfra.languages.databricks.clusters import tasks
from mlinfra.languages.databricks.providers import of_machines
from mlinfra.languages.databricks.row import OF_MACHINES, Awaits, Row, Takes, remade

_CLUSTERS = ("new_cluster", "existing_cluster_id", "job_cluster_key")
# Tables can't be moved to another schema. What becomes of those that are there, and of what reads them, no page says.
_TABLES_STAY = "https://learn.microsoft.com/azure/databricks/dlt/migrate-to-dpm"
_OF_A_TABLE = ("catalog", "schema", "name")
_CODE = ("notebook_task", "spark_python_task", "python_wheel_task", "dbt_task")  # what serverless compute runs


def _has_a_task_without_a_cluster(job: Entry) -> bool:
    """Docs, "Run your Lakeflow Jobs with serverless compute": a task that names no compute runs on serverless."""
    bodies = [task.body for task in tasks(job)]
    return any(any(kind in body for kind in _CODE) and not any(way in body for way in _CLUSTERS) for body in bodies)


def _has_a_cluster_of_its_own(job: Entry) -> bool:
    return bool(job.body.get("job_clusters")) or any("new_cluster" in task.body for task in tasks(job))


ARTIFACTS = Row(
    name="databricks_artifacts",
    noun="artifact",
    stands_in="artifacts",
    additions=("targets", "workspace"),
    builds_in="path",
    described="Wheels and jars that are built before a bundle is deployed, each in the folder that `path` names",
)

PIPELINES = Row(
    name="databricks_pipelines",
    acts_for_others=True,
    noun="Databricks pipeline",
    called_elsewhere=OF_MACHINES,
    charges=of_pipeline,
    providers=of_machines(lambda entry: entry.body.get("serverless") is not True),
    changes=(
        *changes("not_known", _TABLES_STAY, "catalog", "schema", "target"),
        *remade(
            "storage",
            "ingestion_definition.connection_name",
            "ingestion_definition.ingestion_gateway_id",
            "ingestion_definition.ingest_from_uc_foreign_catalog",
            "gateway_definition.connection_id",
            "gateway_definition.connection_name",
            "gateway_definition.gateway_storage_catalog",
            "gateway_definition.gateway_storage_schema",
            "gateway_definition.gateway_storage_name",
        ),
    ),
    creates="pipelines.PipelinesAPI.create",
    access="pipelines.PipelinePermissionLevel",
    for_runners="CAN_RUN",
    clusters=(("clusters", "*"),),
    looked_up_as="pipeline",
    named_by="name",
    has_run_as=True,
    stateful=True,
    on_serverless=lambda entry: entry.body.get("serverless") is True,
    levels={"CAN_VIEW": "CAN_VIEW", "CAN_RUN": "CAN_RUN", "CAN_MANAGE": "CAN_MANAGE"},
    tags_in="tags",
    takes=tuple(  # docs, "Use Unity Catalog with pipelines", requirements
        Takes("schema", ("catalog", schema), ("CREATE_TABLE", "CREATE_MATERIALIZED_VIEW"), "keeps tables of")
        for schema in ("schema", "target")
    ),
    described="Declarative pipelines, which keep tables up to date",
)

JOBS = Row(
    name="databricks_jobs",
    acts_for_others=True,
    noun="Databricks job",
    misread=misread_calendars,
    called_elsewhere={**OF_MACHINES, "name": "write task_key in a task, job_cluster_key in a cluster"},
    charges=of_job,
    providers=of_machines(_has_a_cluster_of_its_own),
    creates="jobs.JobsAPI.create",
    access="jobs.JobPermissionLevel",
    for_runners="CAN_MANAGE_RUN",
    clusters=(
        ("job_clusters", "*", "new_cluster"),
        ("tasks", "*", "new_cluster"),
        ("tasks", "*", "for_each_task", "task", "new_cluster"),
    ),
    needs_workers=True,
    paused=("schedule", "trigger", "continuous"),
    awaits=(
        Awaits("trigger.table_update.table_names.*"),  # https://github.com/databricks/cli/issues/4437
        Awaits("tasks.*.power_bi_task.tables.*", _OF_A_TABLE),  # https://github.com/databricks/cli/issues/4370
        Awaits("tasks.*.for_each_task.task.power_bi_task.tables.*", _OF_A_TABLE),
    ),
    looked_up_as="job",
    named_by="name",
    has_run_as=True,
    on_serverless=_has_a_task_without_a_cluster,
    levels={"CAN_VIEW": "CAN_VIEW", "CAN_RUN": "CAN_MANAGE_RUN", "CAN_MANAGE": "CAN_MANAGE"},
    tags_in="tags",
    described="Tasks that run one after another, by a clock or when something happens",
)
