"""What is made in something that was there, and opens that: it is looked at, and says where to."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Difference, Found
from mlinfra.differ.words import grade, verdict_sentences
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

BEFORE = f"""{HEADER}
network: {{inbound: public}}
identities:
  outer:
    federated_credentials:
      theirs: {{issuer: "https://a.example", subject: them}}
storage_accounts: {{lake: {{}}}}
virtual_networks:
  here:
    address_space: [10.0.0.0/16]
  away: {{existing: true, azure_name: vnet-away, resource_group: rg-away}}
  hub: {{existing: true, azure_name: vnet-hub, resource_group: rg-hub}}
workspaces:
  main:
    managed_network:
      isolation_mode: allow_only_approved_outbound
"""
SECOND = """  second:
    managed_network:
      isolation_mode: allow_only_approved_outbound
      outbound_rules: [{name: code, type: fqdn, destination: a.example}]
"""
CASES: tuple[
    tuple[str, str, tuple[str, str], str, list[str]], ...
] = (  # a line that stands there, the line that comes after it, two who may be meant, the address, where it is said
    (
        "      isolation_mode: allow_only_approved_outbound\n",
        "      outbound_rules: [{{name: code, type: fqdn, destination: {0}}}]\n",
        ("a.example", "b.example"),
        "workspaces.main.outbound_rules.code",
        ["properties.destination"],
    ),
    (
        '      theirs: {issuer: "https://a.example", subject: them}\n',
        '      ours: {{issuer: "https://b.example", subject: {0}}}\n',
        ("us", "all"),
        "identities.outer.federated_credentials.ours",
        ["properties.issuer", "properties.subject", "properties.audiences"],
    ),
    (
        "    address_space: [10.0.0.0/16]\n",
        "    peerings: {{{0}: {{}}}}\n",
        ("away", "hub"),
        "virtual_networks.here.peerings",
        ["properties.remoteVirtualNetwork"],
    ),
    (
        "storage_accounts: {lake: {}}\n",
        "role_assignments:\n  r: {{principal_type: group, role: Reader, scope: workspaces.main, object_id: {0}}}\n",
        ("44444444-4444-4444-4444-444444444444", "44444444-4444-4444-4444-444444444445"),
        "role_assignments.r",
        [],  # the table of who gains access says it
    ),
)


def _difference(folder: Path, after: str) -> Difference:
    old, earlier = compiled_side(folder / "before", BEFORE)
    new, now = compiled_side(folder / "after", after)
    return difference(old, new, now, earlier, old)


def _of(found: Difference, address: str) -> Found:
    return next(each for each in found.changes if each.address == address or each.address.startswith(f"{address}."))


@pytest.mark.parametrize(("line", "more", "values", "address", "paths"), CASES, ids=[case[3] for case in CASES])
def test_it_opens_for_one_and_is_accepted_for_that_one(
    line: str, more: str, values: tuple[str, str], address: str, paths: list[str], tmp_path: Path
) -> None:
    assert BEFORE.count(line) == 1
    both = [_difference(tmp_path / each, BEFORE.replace(line, line + more.format(each))) for each in values]
    one, other = (_of(found, address) for found in both)
    assert set(one.classes) == {"creates", "opens_access"}
    assert one.change != other.change, "who accepts the one accepts the other"
    assert sorted(each.path for each in one.properties) == sorted(paths)
    if paths:
        assert grade([one]) == "Look"
        assert verdict_sentences(both[0])[1] == f"{one.address} opens to more in dev."


def test_what_lies_in_something_new_opens_nothing_that_was_there(tmp_path: Path) -> None:
    rule = _of(_difference(tmp_path, BEFORE + SECOND), "workspaces.second.outbound_rules.code")
    assert "opens_access" in rule.classes
    assert not rule.opens_more
    assert not rule.properties


OTHERS = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg"
ELSEWHERE = f"{OTHERS}/providers/Microsoft.OperationalInsights/workspaces/{{0}}"


def _of_logs(folder: Path, where: str) -> Difference:
    setting = (
        f"diagnostic_settings:\n  vault: {{of: key_vaults.main, log_analytics: {where}, categories: [AuditEvent]}}\n"
    )
    return _difference(folder, BEFORE + setting)


def test_logs_of_what_was_there_that_go_to_others_open_it(tmp_path: Path) -> None:
    one, other = (_of_logs(tmp_path / each, ELSEWHERE.format(each)) for each in ("theirs", "all"))
    setting = _of(one, "diagnostic_settings.vault")
    assert set(setting.classes) == {"creates", "opens_access"}
    assert [each.path for each in setting.properties] == ["properties.workspaceId"]
    assert setting.change != _of(other, "diagnostic_settings.vault").change
    assert grade([setting]) == "Look"


def test_logs_that_stay_in_the_platform_open_nothing(tmp_path: Path) -> None:
    found = _of(_of_logs(tmp_path, "main"), "diagnostic_settings.vault")
    assert found.classes == ("creates",)


HANDED_OUT = """connections:
  ask: {type: api_key, workspace: main, api_base: "https://a.contoso.example", api_key: {vault: main, secret: ask}}
"""
OTHER_WORKSPACE = HANDED_OUT.replace("workspace: main", "workspace: second")


@pytest.mark.parametrize(("more", "asks"), [(HANDED_OUT, "Look"), (SECOND + OTHER_WORKSPACE, "")])
def test_a_key_that_all_of_a_workspace_may_use_opens_more_where_somebody_works_in_it(
    more: str, asks: str, tmp_path: Path
) -> None:
    made = _of(_difference(tmp_path, BEFORE + more), "connections.ask")
    assert set(made.classes) == {"creates", "opens_access"}
    assert grade([made]) == asks


BRICKS = f"""{HEADER}
network: {{inbound: public}}
databricks_workspaces: {{main: {{}}}}
databricks_pipelines:
  old: {{serverless: true, catalog: main, schema: a, libraries: [{{file: {{path: a.py}}}}]}}
"""
JOB = """databricks_jobs:
  once:
    permissions: [{{level: {0}, group_name: {1}}}]
    tasks: [{{task_key: a, pipeline_task: {{pipeline_id: old}}}}]
"""


@pytest.mark.parametrize(
    ("level", "group", "asks"),
    [
        ("CAN_MANAGE_RUN", "users", "Look"),  # all act as whom it runs
        ("CAN_MANAGE", "account users", "Look"),
        ("CAN_VIEW", "users", ""),
        ("CAN_MANAGE", "engineers", "Look"),  # whoever accepts it accepts it for them only
    ],
)
def test_a_job_that_others_may_start_opens_as_whom_it_runs(level: str, group: str, asks: str, tmp_path: Path) -> None:
    code = {"a.py": "print(1)\n"}
    old, earlier = compiled_side(tmp_path / "before", BRICKS, code)
    both = [
        difference(old, *compiled_side(tmp_path / name, BRICKS + JOB.format(level, name), code), earlier, old)
        for name in (group, "others")
    ]
    made, other = (_of(each, "databricks_jobs.once") for each in both)
    assert set(made.classes) == {"creates", "opens_access"}
    assert grade([made]) == asks
    assert made.change != other.change


def test_what_is_made_in_a_workspace_that_is_made_as_well_opens_nothing_that_was_there(tmp_path: Path) -> None:
    job = JOB.format("CAN_MANAGE", "engineers")
    old, earlier = compiled_side(tmp_path / "before", f"{HEADER}network: {{inbound: public}}\n")
    new, now = compiled_side(tmp_path / "after", BRICKS + job, {"a.py": "print(1)\n"})
    made = _of(difference(old, new, now, earlier, old), "databricks_jobs.once")
    assert set(made.classes) == {"creates", "opens_access"}
    assert grade([made]) == ""


@pytest.mark.parametrize(("written", "loses"), [("true", True), ("false", False)])
def test_a_new_job_that_makes_tables_anew_loses_what_is_in_them(written: str, loses: bool, tmp_path: Path) -> None:
    code = {"a.py": "print(1)\n"}
    task = f"{{task_key: a, pipeline_task: {{pipeline_id: old, full_refresh: {written}}}}}"
    old, earlier = compiled_side(tmp_path / "before", BRICKS, code)
    new, now = compiled_side(tmp_path / "after", f"{BRICKS}databricks_jobs: {{once: {{tasks: [{task}]}}}}\n", code)
    made = _of(difference(old, new, now, earlier, old), "databricks_jobs.once")
    assert ("loses_data" in made.classes, bool(made.remedy)) == (loses, loses)
