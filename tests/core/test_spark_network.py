"""Spark in a managed network beside an open workspace: the first run has the rule that leads it to the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.readme import readme

SPARK = """\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
network: {outbound: %s}
workspaces: {main: {}}
monitors:
  m:
    trigger: {type: recurrence, frequency: day, interval: 1}
    create_monitor:
      compute: {instance_type: standard_e4s_v3, runtime_version: "3.5"}
      alert_notification: {emails: [a@contoso.com]}
"""


@pytest.mark.parametrize(("outbound", "is_due"), [("internet", True), ("approved", False)])
def test_the_command_that_adds_the_rule_is_in_the_first_run(outbound: str, is_due: bool, tmp_path: Path) -> None:
    (tmp_path / "ml-platform.yaml").write_text(SPARK % outbound, encoding="utf-8")
    compiled = compile_spec(tmp_path / "ml-platform.yaml", tmp_path, {})
    page = readme(compiled.plans, "").text
    (workspace,) = compiled.plans[0].graph.section("workspaces")
    command = (
        "az ml workspace outbound-rule set --subscription 11111111-1111-1111-1111-111111111111 --resource-group "
        f"rg-shop-dev --workspace-name {workspace.azure_name} --rule own-workspace --type private_endpoint "
        f"--subresource-target amlworkspace --spark-enabled true --service-resource-id {workspace.id}"
    )
    assert (command in page) is is_due
    assert "--include-spark" in page
