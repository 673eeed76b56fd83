"""Databricks: clusters that do not come up, pipelines without tables, and queries that Spark refuses."""

from __future__ import annotations

from mlinfra.azure.failures.cause import LEARN, Cause

_BRICKS = f"{LEARN}databricks/"
_CLASSES = f"{_BRICKS}error-messages/error-classes"
DATABRICKS_STATE = (
    Cause(
        "bundle_state",
        "What was deployed of a bundle before is not known",
        r"reading terraform\.tfstate|\b(read|open|download|parse|load)(ing)? (the )?(remote|local) state file|"
        r"terraform show: No state|forget to run '(bricks|databricks) bundle deploy'",
        "The state lies beside the files of the bundle: nothing was deployed there yet, it was cut off, or what lies "
        "between sent a page of its own",
        "Deploy first, by infra.yml or release.yml; else compare the state below the folder of the bundle with what a "
        "proxy lets through. databricks bundle deployment bind joins what is there to a new state",
        f"{_BRICKS}dev-tools/cli/bundle-commands",
    ),
)
DATABRICKS_RUNS = (
    Cause(
        "spark_storage_signin",
        "A cluster has no sign-in for the storage that it reads",
        r"(initialize configuration for storage account|fs\.azure\.account\.(key|auth|oauth)|"
        r"No credentials found for account|Unable to access container .{0,120}anonymous|SimpleKeyProvider|"
        r"credential passthrough.{0,80}(not|fail)|ADLCredentialPassthrough)",
        "The path is read past Unity Catalog, and the cluster's configuration has no key or principal for the account",
        "Read it through Unity Catalog (a volume, a table, or a path of an external location) on a cluster with a "
        "data_security_mode",
        f"{_BRICKS}connect/unity-catalog/cloud-storage/",
        ("storageAccounts",),
    ),
    Cause(
        "databricks_pipeline",
        "A pipeline of tables is not one that can run",
        r"(no tables? (are|is|were) defined|NO_TABLES_IN_PIPELINE|DLT ERROR CODE|"
        r"Failed to (resolve|analyze) (flow|dataset)|(flow|update)\b.{0,60}(has )?FAILED (fatally|permanently)|"
        r"(dataset|table) .{0,80}(defined|declared) (more than once|multiple times)|"
        r"CYCLIC_PIPELINE\w{0,30}|(Delta Live Tables?|Lakeflow|declarative pipeline)s?\b.{0,160}"
        r"(not supported|cannot|fail|error))",
        "The notebooks or files that the pipeline lists define no table, or one that reads what is not there",
        "See libraries of the pipeline (each file with @dlt.table or CREATE), then its event log; a dry run "
        "(validate) finds it without data",
        f"{_BRICKS}dlt/",
    ),
    Cause(
        "delta_table",
        "A Delta table does not take what is written",
        r"(\bDELTA_\w{4,60}|Concurrent(Append|DeleteRead|DeleteDelete|Write|Transaction)Exception|"
        r"schema mismatch (detected )?when writing|mergeSchema|A schema mismatch|"
        r"ProtocolChangedException|MetadataChangedException|is not a Delta table)",
        "Columns differ from those of the table, two jobs write the same files, or the path is no Delta table",
        "The error's class is on the page below; let one job write at a time, and change columns on purpose",
        _CLASSES,
    ),
    Cause(
        "spark_query",
        "Spark does not take the query, or the data in it",
        r"(\[(PARSE_SYNTAX_ERROR|UNRESOLVED_\w{1,40}|DATATYPE_MISMATCH\S{0,40}|CAST_\w{1,30}|COLUMN_\w{1,40}|"
        r"AMBIGUOUS_\w{1,30}|UNSUPPORTED_\w{1,40}|DIVIDE_BY_ZERO|INVALID_\w{1,60}|MISSING_\w{1,40})[\w.]{0,60}\]|"
        r"SQLSTATE: ?\w{5}|"
        r"ParseException|AnalysisException:? (?!.{0,200}(403|not authorized))|NumberFormatException|"
        r"Job aborted due to stage failure)",
        "A column is not there, a type does not fit, or the text is no query",
        "The class in brackets is on the page below; the query's line stands beside it",
        _CLASSES,
    ),
    Cause(
        "databricks_gone",
        "The machines of a cluster were taken away",
        r"(spot (instance|vm)s? .{0,60}(evict|terminat|lost|reclaim)|(user.initiated|cloud provider) (shutdown|"
        r"termination)|cluster (was )?terminated by (a |the )?user|inactive for \d{1,6} minutes)",
        "Azure takes spot machines back when it needs them; a person, or auto termination, ends clusters",
        "Run it again; for what must not stop take availability: ON_DEMAND_AZURE, and a job cluster of its own",
        f"{_BRICKS}compute/troubleshooting",
        ("Microsoft.Databricks/workspaces",),
    ),
    Cause(
        "cluster_start",
        "A cluster did not come up",
        r"waiting for the cluster .{0,60}ready|Unexpected state for cluster|"
        r"(ADD_NODES_FAILED|CLOUD_PROVIDER_LAUNCH_FAILURE|Cloud Provider Launch Failure|Unexpected (startup|"
        r"launch) failure|not able to transition from|"
        r"(INSTANCE_UNREACHABLE|CONTAINER_LAUNCH_FAILURE|INIT_SCRIPT_\w{1,20}|SPARK_STARTUP_FAILURE|"
        r"SPARK_ERROR|METASTORE_COMPONENT_UNHEALTHY|WORKER_SETUP_FAILURE|SECRET_RESOLUTION_ERROR|"
        r"UNEXPECTED_LAUNCH_FAILURE|STORAGE_DOWNLOAD_FAILURE\w{0,20}|EOS_SPARK_IMAGE)|"
        r"(init|initialization) script .{0,120}(fail|exit|non-zero)|while placing nodes|"
        r"[Cc]luster .{0,80}(terminated|could not (be )?start|failed to start|is in unexpected state)|"
        r"Spark failed to start|Container.{0,40}setup.{0,20}(timed out|failed))",
        "Azure refused the machines, or they came and did not become nodes: a script of the cluster failed, a "
        "secret or image was not readable, "
        "or the network lets them reach nothing",
        "The cluster's event log has the reason; run it once without init_scripts and spark_conf; see subnets, "
        "routes "
        "and NAT of the workspace",
        f"{_BRICKS}compute/troubleshooting",
        ("Microsoft.Databricks/workspaces",),
    ),
)
