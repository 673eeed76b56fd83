"""Rules of what bundles describe: specs that break them, what is said, and specs that do not."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.rules.bundle_clusters import BUNDLE_CLUSTER_RULES
from mlinfra.rules.bundle_settings import BUNDLE_SETTING_RULES
from mlinfra.rules.files_of_bundles import FILE_RULES
from mlinfra.rules.lookups_of_bundles import LOOKUP_RULES
from mlinfra.rules.metastores import METASTORE_RULES
from mlinfra.rules.secret_scopes import SECRET_SCOPE_RULES
from tests.spec import HEADER, PRODUCTION, said

WORKSPACE = "databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}\n"
RUNS = "17.3.x-scala2.13"
ML = "17.3.x-cpu-ml-scala2.13"
SINGLE = (
    'spark_conf: {spark.databricks.cluster.profile: singleNode, spark.master: "local[*]"}, '
    "custom_tags: {ResourceClass: SingleNode}"
)
ONE_OF_THEM = "exclude each other (leave one of them out)"
SINGLE_HELP = (
    "write is_single_node: true and kind: CLASSIC_PREVIEW; or spark_conf: {spark.databricks.cluster.profile: "
    'singleNode, spark.master: "local[*]"} and custom_tags: {ResourceClass: SingleNode}'
)
RUNNER = (
    "principals: {r: {object_id: 66666666-6666-6666-6666-666666666603, application_id: "
    "77777777-7777-7777-7777-777777777777, type: service_principal, role: deployer}}\n"
)
TWO = HEADER + "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, promote_from: dev}\n"
ELSEWHERE = TWO.replace("promote_from: dev", "promote_from: dev, location: northeurope")


class Case(NamedTuple):
    code: str
    wrong: tuple[str, ...]  # a line each, after the workspace
    said: tuple[str, ...]
    right: tuple[str, ...]
    header: str = HEADER


def _clusters(*bodies: str) -> tuple[str, ...]:
    return ("databricks_clusters:", *(f"  c{place}: {{{body}}}" for place, body in enumerate(bodies)))


def _cluster(version: str, more: str) -> str:
    return f"spark_version: {version}, node_type_id: Standard_D4ds_v5, {more}"


def _tasks(*bodies: str, job: str = "") -> tuple[str, ...]:
    head = (
        "databricks_jobs:",
        "  j:",
        f"    environments: [{{environment_key: e, spec: {{client: '1'}}}}]{job}",
        "    tasks:",
    )
    return (*head, *(f"      - {{task_key: t{place}, {body}}}" for place, body in enumerate(bodies)))


def _new(version: str, more: str) -> str:
    return f"spark_python_task: {{python_file: /a.py}}, new_cluster: {{{_cluster(version, more)}}}"


CASES = (
    Case(
        "MLI868",
        (
            "databricks_clusters:",
            f"  a: {{spark_version: {RUNS}, instance_pool_id: p, node_type_id: Standard_D4ds_v5, num_workers: 1}}",
            "databricks_quality_monitors:",
            (
                "  m: {table_name: a.b.c, output_schema_name: a.b, assets_dir: /Shared/m, snapshot: {}, "
                "time_series: {timestamp_col: t, granularities: [1 day]}}"
            ),
        ),
        (
            f"8: databricks_clusters.a: instance_pool_id and node_type_id {ONE_OF_THEM}",
            f"10: databricks_quality_monitors.m: snapshot and time_series {ONE_OF_THEM}",
        ),
        (
            "databricks_clusters:",
            f"  a: {{spark_version: {RUNS}, instance_pool_id: p, num_workers: 1}}",
            "databricks_quality_monitors:",
            "  m: {table_name: a.b.c, output_schema_name: a.b, assets_dir: /Shared/m, snapshot: {}}",
        ),
    ),
    Case(
        "MLI875",
        (
            "databricks_quality_monitors:",
            "  m: {table_name: a.b.c, output_schema_name: a.b, assets_dir: /Shared/m}",
            "databricks_secret_scopes:",
            "  s: {backend_type: AZURE_KEYVAULT}",
        ),
        (
            (
                "10: databricks_secret_scopes.s lies in a key vault, and does not say in which "
                "(write keyvault_metadata: <an entry of key_vaults>)"
            ),
            (
                "8: databricks_quality_monitors.m does not say how it looks at its table "
                "(write one of snapshot, time_series, inference_log)"
            ),
        ),
        (
            "databricks_quality_monitors:",
            "  m: {table_name: a.b.c, output_schema_name: a.b, assets_dir: /Shared/m, snapshot: {}}",
            "databricks_secret_scopes:",
            "  s: {backend_type: DATABRICKS}",
        ),
    ),
    Case(
        "MLI868",
        (
            "databricks_pipelines:",
            "  a: {serverless: true, clusters: [{label: default, num_workers: 1}]}",
            "  b: {schema: a, target: b, catalog: main, storage: /a}",
        ),
        (
            (
                "8: databricks_pipelines.a is serverless, and has clusters"
                " (leave clusters out, or write serverless: false)"
            ),
            f"9: databricks_pipelines.b: schema and target {ONE_OF_THEM}",
            f"9: databricks_pipelines.b: catalog and storage {ONE_OF_THEM}",
        ),
        (
            "databricks_pipelines:",
            "  a: {serverless: true, clusters: [], schema: a, catalog: main, development: true}",
            "  b: {serverless: false, clusters: [{label: default, num_workers: 1}]}",
        ),
    ),
    Case(
        "MLI868",
        ("databricks_pipelines:", "  a: {development: true}"),
        (
            (
                "8: databricks_pipelines.a has development: true, which a production target does not take"
                " (leave it out; in one target alone: overrides of that target)"
            ),
        ),
        ("databricks_pipelines:", "  a: {development: false}"),
        PRODUCTION,
    ),
    Case(
        "MLI868",
        _tasks(
            "notebook_task: {notebook_path: /a}, spark_python_task: {python_file: /a.py}, existing_cluster_id: a",
            "notebook_task: {notebook_path: /a}, existing_cluster_id: a, environment_key: e",
            "notebook_task: {notebook_path: /a}, environment_key: e, libraries: [{pypi: {package: a}}]",
            "for_each_task: {inputs: '[1]', task: {task_key: x, notebook_task: {notebook_path: /a}, "
            "pipeline_task: {pipeline_id: b}}}",
            job="\n    continuous: {}\n    trigger: {periodic: {interval: 1, unit: DAYS}}",
        ),
        (
            f"10: databricks_jobs.j: trigger and continuous {ONE_OF_THEM}",
            f"13: tasks of databricks_jobs.j: notebook_task and spark_python_task {ONE_OF_THEM}",
            f"14: tasks of databricks_jobs.j: environment_key and existing_cluster_id {ONE_OF_THEM}",
            (
                "15: a task of databricks_jobs.j has libraries beside its environment_key"
                " (write them in the environment: spec: {dependencies: […]})"
            ),
            f"16: tasks of databricks_jobs.j: notebook_task and pipeline_task {ONE_OF_THEM}",
        ),
        _tasks(
            "notebook_task: {notebook_path: /a}, existing_cluster_id: a, libraries: [{pypi: {package: a}}]",
            "pipeline_task: {pipeline_id: b}",
            job="\n    schedule: {quartz_cron_expression: 0 0 7 * * ?, timezone_id: UTC}",
        ),
    ),
    Case(
        "MLI868",
        (
            *_clusters(_cluster(RUNS, "num_workers: 1, autoscale: {min_workers: 1, max_workers: 2}")),
            "databricks_volumes: {v: {catalog_name: c, schema_name: s, storage_location: 'abfss://a@b.example/'}}",
        ),
        (
            (
                "9: databricks_volumes.v has a storage_location, and is MANAGED: it lies where its schema does"
                " (write volume_type: EXTERNAL, or leave it out)"
            ),
            f"8: databricks_clusters.c0: num_workers and autoscale {ONE_OF_THEM}",
        ),
        (
            *_clusters(_cluster(RUNS, "autoscale: {min_workers: 1, max_workers: 2}")),
            (
                "databricks_volumes: {v: {catalog_name: c, schema_name: s, volume_type: EXTERNAL, "
                "storage_location: 'abfss://a@b.example/'}, w: {catalog_name: c, schema_name: s}}"
            ),
        ),
    ),
    Case(
        "MLI869",
        ("databricks_catalogs: {sales: {name: Sales}, x: {}}",),
        (
            (
                '8: databricks_catalogs.sales is named "Sales" in dev and prod, which share the metastore of westeurope'
                " (leave name out, or write name: Sales_${target.name})"
            ),
        ),
        ("databricks_catalogs: {sales: {name: 'sales_${target.name}'}, theirs: {existing: true, name: samples}}",),
        TWO,
    ),
    Case(
        "MLI869",
        (
            "databricks_external_locations:",
            "  a: {url: 'abfss://a@b.dfs.core.windows.net/x/', credential_name: c, targets: [dev]}",
            "  b: {url: 'abfss://a@b.dfs.core.windows.net/x/y', credential_name: c, targets: [prod]}",
            "  d: {url: storage_accounts.lake.containers.raw, credential_name: c, targets: [dev]}",
            "  e: {url: storage_accounts.lake.containers.raw, credential_name: c, targets: [dev]}",
            "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}",
        ),
        (
            (
                "12: databricks_external_locations.e and databricks_external_locations.d lie in one another:"
                " abfss://raw@stchurndevlakeyf3g.dfs.core.windows.net/, abfss://raw@stchurndevlakeyf3g.dfs.core.windows.net/"
                " (give each a folder of its own)"
            ),
            (
                "10: databricks_external_locations.b and databricks_external_locations.a in dev lie in one another:"
                " abfss://a@b.dfs.core.windows.net/x/y/, abfss://a@b.dfs.core.windows.net/x/"
                " (give each a folder of its own)"
            ),
        ),
        (
            "databricks_external_locations:",
            "  a: {url: 'abfss://a@b.dfs.core.windows.net/x', credential_name: c, targets: [dev]}",
            "  b: {url: 'abfss://a@b.dfs.core.windows.net/xy', credential_name: c, targets: [prod]}",
            "  e: {url: storage_accounts.lake.containers.raw, credential_name: c}",
            "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}",
        ),
        TWO,
    ),
    Case(
        "MLI869",
        ("databricks_catalogs: {sales: {name: sales, comment: both}}",),
        (
            (
                '8: databricks_catalogs.sales is named "sales" in dev and prod, which share the metastore of westeurope'
                " (leave name out, or write name: sales_${target.name})"
            ),
        ),
        ("databricks_catalogs: {sales: {}}",),
        TWO,
    ),
    Case(
        "MLI870",
        (
            "databricks_jobs: {j: {run_as: {user_name: a@b.example}}}",
            "databricks_pipelines: {p: {run_as: {user_name: a@b.example}}}",
        ),
        (
            "8: databricks_pipelines.p runs as a@b.example (name a service principal)",
            "7: databricks_jobs.j runs as a@b.example (name a service principal)",
        ),
        ("databricks_jobs: {j: {run_as: {group_name: a}}, k: {run_as: {service_principal_name: a}}}",),
        PRODUCTION,
    ),
    Case(
        "MLI851",
        (
            *_clusters(_cluster("17.3", "num_workers: 1"), _cluster("16.4 LTS ML", "num_workers: 1")),
            "databricks_cluster_policies: {q: {definition: {spark_version: {type: fixed, value: 15.4.x-photon}}}}",
        ),
        (
            '10: "15.4.x-photon" is no key of a runtime (write 15.4.x-photon-scala2.12)',
            '8: "17.3" is no key of a runtime (write 17.3.x-scala2.13)',
            '9: "16.4 LTS ML" is no key of a runtime (write 16.4.x-cpu-ml-scala2.12)',
        ),
        (
            *_clusters(_cluster("17.3.x-scala2.13", "num_workers: 1"), _cluster("custom:a", "num_workers: 1")),
            "databricks_cluster_policies: {q: {definition: {spark_version: {type: fixed, value: auto:latest-lts}}}}",
        ),
    ),
    Case(
        "MLI871",
        (
            *_clusters(
                _cluster("13.3.x-cpu-ml-scala2.12", "num_workers: 1"), _cluster("15.3.x-scala2.12", "num_workers: 1")
            ),
            *(
                "databricks_instance_pools:",
                "  p: {node_type_id: Standard_D4ds_v5, preloaded_spark_versions: [7.3.x-hls-scala2.12]}",
            ),
            "databricks_cluster_policies: {q: {definition: {spark_version: {type: fixed, value: 12.2.x-scala2.12}}}}",
        ),
        (
            "11: support of Databricks Runtime 7.3 ended half a year after it came (take 18.x-scala2.13)",
            "12: support of Databricks Runtime 12.2 ended on 2026-03-01 (take 18.x-scala2.13)",
            "8: support of Databricks Runtime 13.3 ended on 2026-08-22 (take 18.x-cpu-ml-scala2.13)",
            "9: support of Databricks Runtime 15.3 ended half a year after it came (take 18.x-scala2.13)",
        ),
        (
            *_clusters(_cluster(ML, "num_workers: 1"), _cluster("18.0.x-scala2.13", "num_workers: 1")),
            (
                "databricks_cluster_policies: {q: {definition: {spark_version: {type: blocklist, values: "
                "[12.2.x-scala2.12]}}}, r: {definition: {spark_version: {type: allowlist, values: [auto:latest-lts]}}}}"
            ),
        ),
    ),
    Case(
        "MLI872",
        _clusters(*(_cluster(f"{version}.x-scala2.13", "num_workers: 1") for version in ("14.3", "19", "20"))),
        (
            "8: support of Databricks Runtime 14.3 ends on 2027-02-01 (take 18.x-scala2.13)",
            "9: Databricks Runtime 19 has no long-term support (take 18.x-scala2.13)",
            "10: Databricks Runtime 20 is not a runtime that this release knows (take 18.x-scala2.13)",
        ),
        _clusters(*(_cluster(f"{version}.x-scala2.12", "num_workers: 1") for version in ("15.4", "16.4", "18"))),
        PRODUCTION,
    ),
    Case(
        "MLI872",
        _clusters(_cluster("20.x-scala2.13", "num_workers: 1")),
        ("8: Databricks Runtime 20 is not a runtime that this release knows (take 18.x-scala2.13)",),
        _clusters(_cluster("19.x-scala2.13", "num_workers: 1")),
    ),
    Case(
        "MLI873",
        (
            *_clusters(
                _cluster(RUNS, "num_workers: 1, data_security_mode: NONE"),
                _cluster(ML, "num_workers: 1, data_security_mode: DATA_SECURITY_MODE_STANDARD"),
            ),
            *_tasks(
                _new(RUNS, "num_workers: 1, data_security_mode: SINGLE_USER, single_user_name: a@b.example"),
                _new(RUNS, "num_workers: 1, data_security_mode: USER_ISOLATION").replace(
                    "spark_python_task: {python_file: /a.py}", "spark_submit_task: {parameters: [a]}"
                ),
                job="\n    run_as: r",
            ),
        ),
        (
            (
                "9: with data_security_mode: NONE, databricks_clusters.c0 reaches nothing of Unity Catalog"
                " (write SINGLE_USER, or USER_ISOLATION)"
            ),
            (
                "10: databricks_clusters.c1 has the runtime for ML, which data_security_mode:"
                " DATA_SECURITY_MODE_STANDARD does not take (write data_security_mode: SINGLE_USER)"
            ),
            (
                "16: the cluster of databricks_jobs.j belongs to a@b.example, and the job runs as"
                " 77777777-7777-7777-7777-777777777777, who can't use it"
                " (leave single_user_name out: it is then who the job runs as)"
            ),
            (
                "17: the cluster of databricks_jobs.j has a spark_submit_task, which data_security_mode: USER_ISOLATION"
                " does not take (write data_security_mode: SINGLE_USER)"
            ),
        ),
        (
            *_clusters(
                _cluster(RUNS, "num_workers: 1, data_security_mode: USER_ISOLATION"),
                _cluster(ML, "num_workers: 1, data_security_mode: SINGLE_USER, single_user_name: a@b.example"),
                _cluster(RUNS, "num_workers: 1"),
            ),
            *_tasks(
                _new(RUNS, "num_workers: 1, single_user_name: 77777777-7777-7777-7777-777777777777"),
                job="\n    run_as: r",
            ),
        ),
        HEADER + RUNNER,
    ),
    Case(
        "MLI874",
        (
            *_clusters(_cluster(RUNS, "num_workers: 0"), _cluster(RUNS, "num_workers: 0, spark_conf: {a: b}")),
            *_tasks(_new(RUNS, "enable_elastic_disk: true")),
            (
                "databricks_pipelines: {p: {clusters: [{label: default, num_workers: 0}]}, "
                "theirs: {existing: true, name: theirs, clusters: [{label: default, num_workers: 0}]}}"
            ),
        ),
        (
            f"8: databricks_clusters.c0 has num_workers: 0 ({SINGLE_HELP})",
            f"9: databricks_clusters.c1 has num_workers: 0 ({SINGLE_HELP})",
            f"15: the cluster of databricks_pipelines.p has num_workers: 0 ({SINGLE_HELP})",
            (
                "14: the cluster of databricks_jobs.j has neither num_workers nor autoscale"
                " (write num_workers, or autoscale: {min_workers: …, max_workers: …})"
            ),
        ),
        (
            *_clusters(
                _cluster(RUNS, "is_single_node: true, kind: CLASSIC_PREVIEW"),
                _cluster(RUNS, f"num_workers: 0, {SINGLE}"),
                _cluster(RUNS, "policy_id: 0123456789ABCDEF"),
                _cluster(RUNS, "autoscale: {min_workers: 1, max_workers: 2}"),
            ),
            "databricks_pipelines: {p: {clusters: [{label: default}]}}",
        ),
    ),
    Case(
        "MLI875",
        (
            "databricks_jobs:",
            "  a: {schedule: {quartz_cron_expression: 0 7 * * 1, timezone_id: W. Europe Standard Time}}",
            '  b: {schedule: {quartz_cron_expression: "0 0 7 * * *", timezone_id: UTC}}',
            "databricks_quality_monitors:",
            (
                "  m: {table_name: a.b.c, assets_dir: /a, output_schema_name: a.b, snapshot: {}, schedule: "
                '{quartz_cron_expression: "0 0 8 ? * ?", timezone_id: UTC}}'
            ),
        ),
        (
            (
                '8: "0 7 * * 1" has 5 fields, and Quartz has 6 or 7 (write seconds, minutes, hours, day, month, day of'
                " the week, such as 0 0 7 ? * MON)"
            ),
            '8: "W. Europe Standard Time" is a zone of Windows (write one such as Europe/Amsterdam or UTC)',
            (
                '9: "0 0 7 * * *" says both a day of the month and one of the week, where Quartz takes one of them'
                " (write ? for the other of the two)"
            ),
            (
                '11: "0 0 8 ? * ?" says neither a day of the month nor one of the week, where Quartz takes one of them'
                " (write ? for the other of the two)"
            ),
        ),
        (
            "databricks_jobs:",
            '  a: {schedule: {quartz_cron_expression: "0 0 7 ? * MON-FRI 2027", timezone_id: Europe/Amsterdam}}',
            '  b: {schedule: {quartz_cron_expression: "0 0 7 * * ?", timezone_id: UTC}}',
        ),
    ),
    Case(
        "MLI876",
        ("databricks_secret_scopes: {s: {keyvault_metadata: main}, t: {existing: true, name: theirs}}",),
        (
            (
                "8: nothing lets Databricks read key_vaults.main, whose secrets databricks_secret_scopes.s shows"
                " (under role_assignments write `databricks: {object_id: …, principal_type: service_principal, "
                "role: Key Vault Secrets User, scope: key_vaults.main}` with the id that `az ad sp show --id "
                "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d` prints)"
            ),
        ),
        (
            "databricks_secret_scopes: {s: {keyvault_metadata: main}, own: {}}",
            "role_assignments:",
            "  d:",
            "    object_id: 88888888-8888-8888-8888-888888888888",
            "    principal_type: service_principal",
            "    role: Key Vault Secrets User",
            "    scope: key_vaults.main",
        ),
        HEADER + "key_vaults: {main: {}}\n",
    ),
    Case(
        "MLI875",
        (
            "databricks_dashboards: {d: {serialized_dashboard: {}}}",
            "databricks_volumes: {v: {catalog_name: c, schema_name: s, volume_type: EXTERNAL}}",
            "databricks_catalogs: {c: {grants: [{privileges: [USE_CATALOG]}, {principal: a, privileges: []}]}}",
            *_tasks(
                "description: nothing",
                job="\n    permissions: [{level: CAN_VIEW}, {level: CAN_VIEW, user_name: a, group_name: b}]",
            ),
        ),
        (
            "9: a grant on databricks_catalogs.c has no principal (write principal)",
            "9: a grant on databricks_catalogs.c has no privileges (write privileges)",
            "8: databricks_volumes.v is EXTERNAL, and has no storage_location (write where its files lie)",
            (
                "15: a task of databricks_jobs.j says nothing to do"
                " (add one such as spark_python_task, notebook_task, pipeline_task)"
            ),
            (
                "13: a permission on databricks_jobs.j names nobody"
                " (write one of user_name, group_name, service_principal_name)"
            ),
            (
                "13: a permission on databricks_jobs.j names user_name and group_name"
                " (write one of user_name, group_name, service_principal_name)"
            ),
            "7: databricks_dashboards.d has no warehouse_id (write the SQL warehouse that it asks)",
        ),
        (
            "databricks_dashboards: {d: {serialized_dashboard: {}, warehouse_id: 0123456789abcdef}}",
            "databricks_catalogs: {c: {grants: [{principal: a, privileges: [USE_CATALOG]}]}}",
            *_tasks(
                "condition_task: {op: EQUAL_TO, left: a, right: b}",
                job="\n    permissions: [{level: CAN_VIEW, group_name: b}]",
            ),
        ),
    ),
    Case(
        "MLI810",
        (
            "databricks_pipelines: {p: {catalog: a, schema: b, root_path: '${workspace.file_path}/nowhere/etl'}}",
            (
                "databricks_jobs: {j: {tasks: [{task_key: a, environment_key: e, spark_python_task: "
                "{python_file: /a.py, parameters: ['--in=${workspace.file_path}/in.csv', "
                "'${workspace.file_path}/lost/${bundle.target}']}}]}}"
            ),
        ),
        (
            '7: "nowhere/etl" does not exist in the folder of the spec',
            '8: "in.csv" does not exist in the folder of the spec',
            '8: "lost" does not exist in the folder of the spec',
        ),
        (
            "databricks_pipelines: {p: {catalog: a, schema: b, root_path: '${workspace.file_path}'}}",
            (
                "databricks_jobs: {j: {tasks: [{task_key: a, environment_key: e, spark_python_task: "
                "{python_file: /a.py, parameters: ['${workspace.file_path}/ml-platform.yaml', "
                "'${workspace.file_path}/${bundle.target}.csv', "
                "'${workspace.file_path}/*.yaml']}}]}}"
            ),
        ),
    ),
    Case(
        "MLI894",
        (
            "databricks_experiments: {e: {name: /Shared/e}}",
            "databricks_sql_warehouses: {w: {existing: true, name: Theirs}}",
            "databricks_model_serving_endpoints:",
            '  s: {tags: [{key: a, value: "${resources.experiments.e.id}"}]}',
            '  t: {tags: [{key: a, value: "${resources.sql_warehouses.w.jdbc_url}"}]}',
        ),
        (
            (
                '10: "id" of databricks_experiments.e is not known in the bundle of '
                "databricks_model_serving_endpoints.s (write ${resources.experiments.e.name}, or the value)"
            ),
            (
                '11: "jdbc_url" of databricks_sql_warehouses.w is not known in the bundle of '
                "databricks_model_serving_endpoints.t (write ${resources.sql_warehouses.w.name}, or the value)"
            ),
        ),
        (
            "databricks_experiments: {e: {name: /Shared/e}}",
            "databricks_registered_models: {m: {catalog_name: main, schema_name: ml}}",
            "databricks_sql_warehouses: {w: {existing: true, name: Theirs}}",
            "databricks_model_serving_endpoints:",
            '  s: {tags: [{key: a, value: "${resources.experiments.e.name} ${resources.sql_warehouses.w.id}"}]}',
            '  t: {tags: [{key: a, value: "${resources.registered_models.m.full_name}"}]}',
            '  u: {tags: [{key: a, value: "${resources.model_serving_endpoints.s.id}"}]}',
        ),
    ),
    Case(
        "MLI892",
        (
            "variables: {ours: {lookup: {warehouse: Reports}}}",
            "databricks_sql_warehouses: {ours: {name: Reports, cluster_size: Small}}",
        ),
        (
            (
                '7: variable "ours" looks up databricks_sql_warehouses.ours, which this platform makes'
                " (write ours where the variable stands, and leave the variable out)"
            ),
        ),
        (
            "variables: {theirs: {lookup: {warehouse: Theirs}}, job: {lookup: {job: Reports}}}",
            "databricks_sql_warehouses:",
            "  ours: {name: Reports, cluster_size: Small}",
            "  theirs: {existing: true, name: Theirs}",
        ),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_is_wrong_is_said_where_it_stands(case: Case, tmp_path: Path) -> None:
    assert said(tmp_path, f"{case.header}{WORKSPACE}" + "\n".join(case.wrong), case.code) == list(case.said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_is_right_passes(case: Case, tmp_path: Path) -> None:
    assert said(tmp_path, f"{case.header}{WORKSPACE}" + "\n".join(case.right), case.code) == []


def test_with_the_profile_of_compliance_nothing_runs_on_arm64(tmp_path: Path) -> None:
    hardened = "databricks_workspaces: {main: {compliance: {standards: [HIPAA, ISMAP]}}}\n"
    sized = f"spark_version: {RUNS}, num_workers: 1, node_type_id"
    clusters = f"databricks_clusters:\n  a: {{{sized}: Standard_D4pds_v6}}\n  b: {{{sized}: Standard_D4ds_v5}}\n"
    spec = HEADER + hardened + clusters
    message = "Standard_D4pds_v6 of databricks_clusters.a is Arm64, which compliance.standards of "
    assert said(tmp_path, spec, "MLI868") == [
        f"8: {message}databricks_workspaces.main exclude (write Standard_D4ds_v6)"
    ]
    assert said(tmp_path, spec.replace("[HIPAA, ISMAP]", "[]"), "MLI868") == []


def test_every_rule_has_a_case() -> None:
    of_bundles = (*BUNDLE_SETTING_RULES, *BUNDLE_CLUSTER_RULES, *LOOKUP_RULES, *FILE_RULES)
    rules = (*of_bundles, *METASTORE_RULES, *SECRET_SCOPE_RULES)
    assert {code.id for rule in rules for code in rule.codes} == {case.code for case in CASES}


def test_two_regions_have_two_metastores(tmp_path: Path) -> None:
    text = f"{ELSEWHERE}{WORKSPACE}databricks_catalogs: {{sales: {{name: sales}}}}\n"
    assert said(tmp_path, text, "MLI869") == []


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("databricks_clusters: {c: {node_type_id: SIZE, spark_version: 17.3.x-scala2.13, num_workers: 1}}", "7: "),
        ("databricks_pipelines: {p: {clusters: [{driver_node_type_id: SIZE}]}}", "7: "),
        ("databricks_cluster_policies: {p: {definition: {node_type_id: {type: allowlist, values: [SIZE]}}}}", "7: "),
        ("databricks_instance_pools: {p: {node_type_id: SIZE}}", "7: "),
    ],
)
def test_machines_of_databricks_are_judged_as_those_of_azure_ml(where: str, message: str, tmp_path: Path) -> None:
    old = f"{HEADER}{WORKSPACE}{where.replace('SIZE', 'Standard_D3_v2')}\n"
    assert said(tmp_path, old, "MLI481") == [
        message + "Standard_D3_v2 is closed to subscriptions that do not use its series yet, and will be retired on "
        "2028-05-01 (take Standard_D4ds_v5)"
    ]
    strange = f"{HEADER}{WORKSPACE}{where.replace('SIZE', 'i3.xlarge')}\n"
    assert said(tmp_path, strange, "MLI482") == [
        message
        + '"i3.xlarge" is not a VM size that this release knows (that is no machine of Azure: write one such as '
        "Standard_D4ds_v5: databricks clusters list-node-types lists them)"
    ]
