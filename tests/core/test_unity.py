"""What follows for Unity Catalog, each with its reason: privileges by role and by work, fields that nobody wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlinfra.derive.databricks import READS, WRITES
from mlinfra.emit.bundles import bundle_contexts
from mlinfra.emit.databricks import databricks_files
from mlinfra.emit.databricks_steps import catalog_files
from mlinfra.plan import Plan
from tests.reading_yaml import read_yaml
from tests.spec import compiled, found, said

RUNNER = "77777777-7777-7777-7777-777777777777"
HEADER = """\
apiVersion: mlinfra/v1
platform: lake
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
network: {outbound: open}
databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rgSETTINGS}WORKSPACES}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}, managed: {}}}}
principals:
  people: {object_id: 66666666-6666-6666-6666-666666666601, name: people, ROLE}
  runner:
    {object_id: 66666666-6666-6666-6666-666666666602, type: service_principal, application_id: RUNNER, role: deployer}
"""
CATALOG = 'databricks_catalogs: {main: {storage_root: "abfss://a@b.dfs.core.windows.net/"BODY}}\n'
JOB = "databricks_jobs: {nightly: {run_as: runner, tasks: []}}\n"
PEOPLE = "databricks_catalogs.main.grants.people"
Granted = dict[str, tuple[str, ...]]


def _plan(
    folder: Path, text: str, role: str = "role: data_scientist", workspaces: str = "", settings: str = ""
) -> Plan:
    values = {"ROLE": role, "SETTINGS": settings, "WORKSPACES": workspaces, "RUNNER": RUNNER}
    header = HEADER
    for word, value in values.items():
        header = header.replace(word, value)
    (plan,) = compiled(folder, header + text).plans
    return plan


def _bodies(folder: Path, plan: Plan) -> dict[str, Any]:
    """The resources of the bundles, by section and key."""
    made: dict[str, Any] = {}
    for file in databricks_files(plan.graph, "", folder / "ml-platform.yaml", folder / "generated"):
        for section, bodies in read_yaml(file.text).get("resources", {}).items():
            made.update({f"{section}.{key}": body for key, body in bodies.items()})
    return made


def _granted(body: Any) -> Granted:
    return {each["principal"]: tuple(each["privileges"]) for each in body.get("grants", ())}


# role of people, more of the spec -> who has what on the catalog.
GRANTS: dict[str, tuple[str, str, Granted]] = {
    "who reads": ("role: data_scientist", "", {"people": READS}),
    "who writes": ("role: ml_engineer", "", {"people": WRITES}),
    "who looks": ("role: reader", "", {"people": ("BROWSE",)}),
    "who deploys": ("role: deployer", "", {}),
    "who runs jobs, too": ("role: reader", JOB, {"people": ("BROWSE",), RUNNER: WRITES}),
    "left out": (
        "role: reader",
        "derived: {databricks_catalogs.main.grants.people: {omit: true, because: we grant it}}\n",
        {},
    ),
    "changed": (
        "role: reader",
        "derived: {databricks_catalogs.main.grants.people: {privileges: [SELECT]}}\n",
        {"people": ("SELECT",)},
    ),
}


@pytest.mark.parametrize(("role", "more", "expected"), GRANTS.values(), ids=GRANTS)
def test_principals_have_what_their_role_and_their_work_take(
    role: str, more: str, expected: Granted, tmp_path: Path
) -> None:
    plan = _plan(tmp_path, CATALOG.replace("BODY", "") + more, role)
    assert _granted(_bodies(tmp_path, plan)["catalogs.main"]) == expected


@pytest.mark.parametrize(
    "written", ["databricks_catalogs.main.grants.poeple", f"{PEOPLE}.lock", "key_vaults.main.lock"]
)
def test_an_address_beside_those_of_grants_is_said_to_be_derived_nowhere(tmp_path: Path, written: str) -> None:
    lines = f"derived:\n  {written}: {{omit: true, because: we grant it}}\n"
    header = HEADER.replace("SETTINGS", "").replace("WORKSPACES", "").replace("ROLE", "role: reader")
    text = header.replace("RUNNER", RUNNER) + CATALOG.replace("BODY", "") + lines
    place = text.partition(f"  {written}")[0].count("\n") + 1
    help = f' (did you mean "{PEOPLE}"?)' if written.startswith("databricks") else ""
    assert said(tmp_path, text, "MLI363") == [f"{place}: {written} is derived in no target{help}"]


WRITTEN: dict[str, tuple[str, Granted]] = {
    "somebody else's stay": (
        ", grants: [{principal: account users, privileges: [BROWSE]}]",
        {"account users": ("BROWSE",), "people": READS},
    ),
    "its own win": (", grants: [{principal: People, privileges: [SELECT]}]", {"People": ("SELECT",)}),
}


@pytest.mark.parametrize(("body", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_what_is_written_of_a_principal_is_all_that_it_has(body: str, expected: Granted, tmp_path: Path) -> None:
    plan = _plan(tmp_path, CATALOG.replace("BODY", body))
    assert _granted(_bodies(tmp_path, plan)["catalogs.main"]) == expected


def test_in_a_catalog_of_others_a_schema_is_granted_and_the_catalog_is_not(tmp_path: Path) -> None:
    text = "databricks_catalogs: {main: {existing: true, name: theirs}}\n"
    text += "databricks_schemas: {ml: {catalog_name: main}, far: {catalog_name: elsewhere}}\n"
    made = _bodies(tmp_path, _plan(tmp_path, text))
    expected = {"people": tuple(each for each in READS if each != "USE_CATALOG")}
    assert {key: _granted(body) for key, body in made.items()} == {"schemas.ml": expected, "schemas.far": expected}


LOCATIONS = """\
databricks_external_locations:
  raw: {url: storage_accounts.lake.containers.raw, credential_name: lake}
  managed: {url: storage_accounts.lake.containers.managed, credential_name: lake}
databricks_catalogs: {main: {}}
databricks_schemas: {ml: {catalog_name: main}}
databricks_registered_models: {churn: {catalog_name: main, schema_name: ml}}
"""
VOLUME = (
    "databricks_volumes: {raw: {catalog_name: main, schema_name: ml, volume_type: EXTERNAL, storage_location: raw}}\n"
)


def test_fields_that_nobody_wrote_follow_with_their_reasons(tmp_path: Path) -> None:
    plan = _plan(tmp_path, LOCATIONS + VOLUME + JOB)
    made = _bodies(tmp_path, plan)
    assert made["catalogs.main"]["properties"] == {"external_location": "${resources.external_locations.managed.name}"}
    assert made["external_locations.managed"]["enable_file_events"] is False
    assert made["registered_models.churn"]["owner"] == RUNNER
    reasons = {entry.address: entry.because for entry in plan.graph.section("derived_fields")}
    assert reasons["databricks_catalogs.main.storage_root"] == (
        "a metastore that the service made has no storage of its own, and no volume is in that location"
    )
    assert reasons["databricks_registered_models.churn.owner"] == (
        "jobs of principals.runner make versions of it, which its owner may do"
    )
    assert "isolation_mode" not in made["catalogs.main"]  # which is a step's to say


@pytest.mark.parametrize("more", ["", VOLUME.replace("storage_location: raw", "storage_location: elsewhere")])
def test_between_two_locations_nobody_chooses(more: str, tmp_path: Path) -> None:
    plan = _plan(tmp_path, LOCATIONS + more)
    assert "storage_root" not in _bodies(tmp_path, plan)["catalogs.main"]


# what the spec has beside a catalog -> which workspaces see it.
SEEN = {
    "nothing": ("", "", "ISOLATED"),
    "it says so": (", isolation_mode: OPEN", "", "OPEN"),
    "a schema of the same workspace": (
        "",
        "databricks_schemas: {ml: {catalog_name: main, workspace: main}}\n",
        "ISOLATED",
    ),
    "a schema of another workspace": (
        "",
        "databricks_schemas: {ml: {catalog_name: main, workspace: two}}\n",
        "ISOLATED",
    ),
    "it says so, and another workspace": (
        ", isolation_mode: OPEN",
        "databricks_schemas: {ml: {catalog_name: main, workspace: two}}\n",
        "OPEN",
    ),
}


@pytest.mark.parametrize(("body", "more", "expected"), SEEN.values(), ids=SEEN)
def test_a_catalog_is_seen_by_the_workspaces_that_use_it(body: str, more: str, expected: str, tmp_path: Path) -> None:
    two = ", two: {existing: true, azure_name: dbw2, resource_group: rg}"
    text = CATALOG.replace("BODY", f"{body}, workspace: main") + more
    plan = _plan(tmp_path, text, workspaces=two)
    (file,) = catalog_files(plan.graph)
    others = [plan.graph.entries["databricks_workspaces.two"].id]
    bound = {"workspaces": others} if expected == "ISOLATED" and "two" in more else {}
    assert json.loads(file.text)["isolation"] == [
        {"securable": "catalogs", "name": "lake_dev", "isolation_mode": expected, **bound}
    ]


CREDENTIALS = {
    "its own identity": ("{storage: [lake]}", None),
    "one of the spec": ("{storage: [lake], identities: [reader], system_identity: false}", "identities.reader"),
    "both": ("{storage: [lake], identities: [reader]}", None),
}


@pytest.mark.parametrize(("connector", "identity"), CREDENTIALS.values(), ids=CREDENTIALS)
def test_a_credential_is_the_identity_of_its_connector(connector: str, identity: str | None, tmp_path: Path) -> None:
    text = f"identities: {{reader: {{}}}}\ndatabricks_access_connectors: {{lake: {connector}}}\n"
    text += "databricks_storage_credentials: {lake: {access_connector: lake, read_only: true}}\n"
    plan = _plan(tmp_path, text)
    entries = plan.graph.entries
    (file,) = catalog_files(plan.graph)
    expected = {"access_connector_id": entries["databricks_access_connectors.lake"].id}
    if identity:
        expected["managed_identity_id"] = entries[identity].id
    assert json.loads(file.text)["storage_credentials"] == [
        {"read_only": True, "name": "lake_dev_lake", "azure_managed_identity": expected}
    ]


# workspaces, and the role of people -> the policies that are made.
POLICIES = {
    "one that the spec makes": ("own: {}", "role: data_scientist", ["data-scientists-own"]),
    "nobody": ("own: {}", "role: ml_engineer", []),
    "without clusters": ("own: {compute_mode: serverless}", "role: data_scientist", []),
}


@pytest.mark.parametrize(("workspace", "role", "expected"), POLICIES.values(), ids=POLICIES)
def test_data_scientists_start_small_clusters(workspace: str, role: str, expected: list[str], tmp_path: Path) -> None:
    plan = _plan(tmp_path, "", role, f", {workspace}")
    made = _bodies(tmp_path, plan)
    assert [key for key in made if key.startswith("cluster_policies.")] == [f"cluster_policies.{e}" for e in expected]
    for body in made.values():
        assert body["permissions"] == [{"group_name": "people", "level": "CAN_USE"}]
        assert json.loads(body["definition"])["autotermination_minutes"]["maxValue"] == 120


NAMED = """\
databricks_cluster_policies: {p: {definition: {}POLICY}}
databricks_experiments: {e: {name: /Shared/e}, unused: {name: /Shared/u}}
databricks_pipelines: {l: {run_as: runner, catalog: c}}
databricks_secret_scopes: {s: {}}
databricks_jobs:
  j:
    run_as: runner
    job_clusters:
      - job_cluster_key: c
        new_cluster: {spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v5, num_workers: 1, policy_id: p}
    tasks:
      - {task_key: l, pipeline_task: {pipeline_id: l}}
      - task_key: e
        job_cluster_key: c
        spark_python_task: {python_file: /a.py, parameters: ["${databricks_experiments.e.name}", "{{secrets/s/key}}"]}
"""
# What the policy says, what is derived otherwise -> the levels of who runs the job, by resource.
LEVELS: dict[str, tuple[str, str, dict[str, str]]] = {
    "what the job names": (
        "",
        "",
        {
            "cluster_policies.p": "CAN_USE",
            "experiments.e": "CAN_EDIT",
            "pipelines.l": "CAN_RUN",
            "secret_scopes.s": "READ",
        },
    ),
    "but what says it itself": (
        f", permissions: [{{service_principal_name: {RUNNER}, level: CAN_USE}}]",
        (
            "derived: {databricks_experiments.e.permissions.runner: {omit: true, because: all may}, "
            "databricks_pipelines.l.permissions.runner: {privileges: [CAN_VIEW]}}\n"
        ),
        {"cluster_policies.p": "CAN_USE", "pipelines.l": "CAN_VIEW", "secret_scopes.s": "READ"},
    ),
}


@pytest.mark.parametrize(("policy", "more", "expected"), LEVELS.values(), ids=LEVELS)
def test_who_runs_a_job_may_use_what_the_job_names(
    policy: str, more: str, expected: dict[str, str], tmp_path: Path
) -> None:
    made = _bodies(tmp_path, _plan(tmp_path, NAMED.replace("POLICY", policy) + more))
    given = {key: body["permissions"] for key, body in made.items() if "permissions" in body}
    levels = {key: [{"service_principal_name": RUNNER, "level": level}] for key, level in expected.items()}
    assert {key: each for key, each in given.items() if "people" not in str(each)} == levels


DEFAULTS = "defaults: {run_as: runner, tags: {team: ml, cost: a}, permissions: [{level: CAN_RUN, group_name: all}]}"
OF_DEFAULTS = """\
databricks_jobs:
  plain: {tasks: []}
  own: {tasks: [], run_as: {user_name: a@b.c}, tags: {team: web}, permissions: [{level: CAN_VIEW, group_name: users}]}
databricks_experiments: {churn: {name: /Shared/churn}}
"""


def test_entries_say_what_their_workspace_says_where_they_say_nothing(tmp_path: Path) -> None:
    made = _bodies(tmp_path, _plan(tmp_path, OF_DEFAULTS, "role: reader", settings=f", {DEFAULTS}"))
    plain, own = made["jobs.plain"], made["jobs.own"]
    assert plain["run_as"] == {"service_principal_name": RUNNER}
    assert plain["tags"] == {"team": "ml", "cost": "a"}
    assert plain["permissions"] == [{"group_name": "all", "level": "CAN_MANAGE_RUN"}]
    assert own["run_as"] == {"user_name": "a@b.c"}
    assert own["tags"] == {"team": "web", "cost": "a"}
    assert own["permissions"] == [{"level": "CAN_VIEW", "group_name": "users"}]
    assert "permissions" not in made["experiments.churn"]  # nobody runs one


def test_who_runs_a_job_that_says_the_path_of_an_experiment_may_write_there(tmp_path: Path) -> None:
    task = "{notebook_path: /Workspace/a, source: WORKSPACE, base_parameters: {experiment: /Shared/a/churn}}"
    job = f"tasks: [{{task_key: a, notebook_task: {task}}}]"
    spec = f"databricks_jobs: {{train: {{run_as: runner, {job}}}}}\n"
    spec += "databricks_experiments: {churn: {name: /Shared/a/churn}, other: {name: /Shared/a}}\n"
    made = _bodies(tmp_path, _plan(tmp_path, spec, "role: reader"))
    may = [{"service_principal_name": RUNNER, "level": "CAN_EDIT"}]
    assert made["experiments.churn"]["permissions"] == may
    assert "permissions" not in made["experiments.other"]


def test_what_has_no_name_is_called_as_the_prefix_of_its_workspace_says(tmp_path: Path) -> None:
    spec = (
        "databricks_jobs: {plain: {tasks: []}, own: {name: mine, tasks: []}}\n"
        "databricks_secret_scopes: {keys: {}}\n"
        "databricks_experiments: {churn: {name: /Shared/churn}}\n"
        "databricks_schemas: {ml: {catalog_name: main}}\n"
    )
    made = _bodies(tmp_path, _plan(tmp_path, spec, "role: reader", settings=", defaults: {name_prefix: team-}"))
    assert {key: body["name"] for key, body in made.items()} == {
        "jobs.plain": "team-plain",
        "jobs.own": "mine",
        "secret_scopes.keys": "team-keys",
        "experiments.churn": "/Shared/churn",
        "schemas.ml": "ml",
    }


def test_what_was_moved_keeps_its_key_in_a_bundle_and_its_name(tmp_path: Path) -> None:
    moved = "moved: [{from: databricks_catalogs.main, to: databricks_catalogs.sales}]\n"
    before = _bodies(tmp_path, _plan(tmp_path, CATALOG.replace("BODY", "")))
    after = _bodies(tmp_path, _plan(tmp_path, CATALOG.replace("BODY", "").replace("{main:", "{sales:") + moved))
    assert before == after
    assert list(after) == ["catalogs.main"]


FOLDERS = {
    "of its own": ("/Shared/lake/dev/churn", ["/Shared/lake/dev"]),
    "that is there": ("/Shared/churn", []),
    "that is there, by its whole path": ("/Workspace/Shared/churn", []),
    "of a person": ("/Users/a@b.c/churn", []),
    "below a person's": ("/Users/a@b.c/lake/churn", ["/Users/a@b.c/lake"]),
    "of whoever deploys": ("/Users/${workspace.current_user.userName}/lake/churn", []),
}


@pytest.mark.parametrize(("name", "expected"), FOLDERS.values(), ids=FOLDERS)
def test_the_folder_of_an_experiment_is_made_before_it(name: str, expected: list[str], tmp_path: Path) -> None:
    plan = _plan(tmp_path, f'databricks_experiments: {{churn: {{name: "{name}"}}}}\n', "role: reader")
    due = [json.loads(file.text)["directories"] for file in catalog_files(plan.graph)]
    assert due == ([expected] if expected else [])


def test_who_may_view_all_of_a_workspace_reads_the_folder_of_its_bundle(tmp_path: Path) -> None:
    defaults = f", defaults: {{permissions: [{{level: CAN_VIEW, service_principal_name: {RUNNER}}}]}}"
    plan = _plan(tmp_path, "databricks_jobs: {nightly: {tasks: []}}\n", "role: reader", settings=defaults)
    (file,) = catalog_files(plan.graph)
    (folder,) = json.loads(file.text)["folders"]
    assert folder["readers"] == [{"service_principal_name": RUNNER}]
    assert _bodies(tmp_path, plan)["jobs.nightly"]["permissions"] == [
        {"level": "CAN_VIEW", "service_principal_name": RUNNER}
    ]


def test_a_workspace_with_credentials_alone_has_a_bundle_when_they_are_made(tmp_path: Path) -> None:
    spec = "databricks_access_connectors: {lake: {storage: [lake]}}\n"
    spec += "databricks_storage_credentials: {lake: {access_connector: lake}}\n"
    (bundle,) = bundle_contexts(_plan(tmp_path, spec, "role: reader").graph)
    assert (bundle.folder, bundle.catalog) == ("dev/databricks/main/platform", "dev/databricks/main/catalog.json")


def test_what_is_synced_counts_from_the_spec(tmp_path: Path) -> None:
    sync = ", sync: {paths: [../shared], include: [dist/*.whl]}"
    experiment = "databricks_experiments: {churn: {name: /Shared/churn}}\n"
    plan = _plan(tmp_path, experiment, "role: reader", settings=sync)
    first, *_ = databricks_files(plan.graph, "", tmp_path / "ml-platform.yaml", tmp_path / "generated")
    root = "../../../../.."
    assert read_yaml(first.text)["sync"] == {
        "paths": [root, f"{root}/../shared"],
        "include": [f"{root}/dist/*.whl"],
    }


def test_a_url_that_names_an_account_in_a_text_is_compared_with_no_other(tmp_path: Path) -> None:
    url = 'url: "abfss://raw@${storage_accounts.lake.name}.dfs.core.windows.net/"'
    made = _bodies(tmp_path, _plan(tmp_path, LOCATIONS.replace("url: storage_accounts.lake.containers.raw", url)))
    assert made["external_locations.raw"]["url"].startswith("abfss://raw@st")


MONITOR = """\
databricks_quality_monitors:
  m: {table_name: "TABLE", output_schema_name: a.b, assets_dir: /Shared/m, snapshot: {}}
"""
# What a monitor watches, in a catalog lake_dev and a schema theirs.own that the spec makes -> what is let be read.
WATCHED = {
    "a table in a catalog of ours": ("lake_dev.ml.scores", ["lake_dev.ml.scores"]),
    "by the address of it": ("${databricks_catalogs.main.name}.ml.scores", ["lake_dev.ml.scores"]),
    "a table in a schema of ours": ("theirs.own.scores", ["theirs.own.scores"]),
    "a table of others": ("theirs.ml.scores", []),
    "by the name of a resource": ("${resources.catalogs.main.name}.ml.scores", ["lake_dev.ml.scores"]),
    "what only a bundle knows": ("${workspace.current_user.short_name}.ml.scores", []),
}


@pytest.mark.parametrize(("table", "expected"), WATCHED.values(), ids=WATCHED)
def test_who_deploys_a_monitor_is_let_read_what_a_run_makes(table: str, expected: list[str], tmp_path: Path) -> None:
    schema = "databricks_schemas: {own: {catalog_name: theirs, name: own}}\n"
    plan = _plan(tmp_path, CATALOG.replace("BODY", "") + schema + MONITOR.replace("TABLE", table))
    (file,) = catalog_files(plan.graph)
    assert json.loads(file.text)["tables"] == ({"serving": expected} if expected else {})
    of_serving = next(each for each in bundle_contexts(plan.graph) if each.bundle == "serving")
    assert of_serving.catalog == ("dev/databricks/main/catalog.json" if expected else "")


def test_one_name_may_stand_in_two_catalogs_and_in_two_schemas_and_not_twice_in_one(tmp_path: Path) -> None:
    text = CATALOG.replace("BODY", "").replace("{main:", "{other: {existing: true, name: theirs}, main:")
    schemas = "databricks_schemas: {a: {catalog_name: main, name: ml}, b: {catalog_name: other, name: ml}}\n"
    models = "databricks_registered_models: {m: {catalog_name: main, schema_name: a, name: x}, MORE}\n"
    fine = text + schemas + models.replace("MORE", "n: {catalog_name: other, schema_name: b, name: x}")
    made = _bodies(tmp_path, _plan(tmp_path, fine))
    assert {key for key in made if key.startswith(("schemas", "registered"))} == {
        *("schemas.a", "schemas.b", "registered_models.m", "registered_models.n"),
    }
    twice = text + schemas + models.replace("MORE", "n: {catalog_name: main, schema_name: a, name: X}")
    with pytest.raises(ValueError, match="not enough"):  # nothing is planned
        _plan(tmp_path, twice)
    assert [each.code.id for each in found(tmp_path, (tmp_path / "ml-platform.yaml").read_text())] == ["MLI311"]


def test_what_an_index_follows_is_read_before_that_is_deployed(tmp_path: Path) -> None:
    source = "delta_sync_index_spec: {source_table: lake_dev.ml.docs, pipeline_type: TRIGGERED}"
    index = f"name: lake_dev.ml.i, endpoint_name: e, primary_key: id, index_type: DELTA_SYNC, {source}"
    plan = _plan(tmp_path, CATALOG.replace("BODY", "") + f"databricks_vector_search_indexes: {{i: {{{index}}}}}\n")
    (file,) = catalog_files(plan.graph)
    assert json.loads(file.text)["tables"] == {"serving": ["lake_dev.ml.docs"]}


def test_a_model_with_another_owner_stays_readable_for_who_deploys(tmp_path: Path) -> None:
    """In its bundle, and by a step where a deployment ended between the model and what is granted on it."""
    text = "databricks_schemas: {ml: {catalog_name: main}}\n" + JOB
    text += "databricks_registered_models: {m: {catalog_name: main, schema_name: ml}}\n"
    plan = _plan(tmp_path, CATALOG.replace("BODY", "") + text)
    made = _bodies(tmp_path, plan)["registered_models.m"]
    assert (made["owner"], _granted(made)) == (RUNNER, {"${workspace.current_user.userName}": ("EXECUTE",)})
    (file,) = catalog_files(plan.graph)
    assert json.loads(file.text)["models"] == {"platform": ["lake_dev.ml.m"]}
