"""The cause of a change is the line that somebody changed, wherever a value, or a part of it, comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from tests.differ.platforms import compiled_side

TEXT = """apiVersion: mlinfra/v1
platform: churn
location: westeurope
include: [more.yaml]
variables:
  size: {type: string, default: Standard_D4ds_v4}
  other: {type: string, default: Standard_D8ds_v4}
  prefix: {type: string, default: raw}
  long: {type: string, default: "${var.prefix}-a"}
  office: {type: string, default: "203.0.113"}
  labels: {type: map, default: {cost: a}}
  names:
    type: list
    default:
      - one
      - two
  caps:
    type: map
    default:
      small: {most: 2}
      large: {most: 4}
targets:
  dev: {mode: development, subscription: 00000000-0000-0000-0000-000000000001, resource_group: {name: rg-dev}}
  prod:
    mode: production
    subscription: 00000000-0000-0000-0000-000000000001
    resource_group: {name: rg-prod}
    promote_from: dev
    variables:
      size: Standard_E4s_v5
    overrides:
      compute_clusters:
        plain: {max_instances: 7}
network: {inbound: public, outbound: internet, allowed_ips: ["${var.office}.0/24"]}
workspaces:
  main: {}
compute_clusters:
  whole:
    size: ${var.size}
    max_instances: 1
  plain:
    size: Standard_D4ds_v4
    max_instances: 3
  part:
    size: Standard_D4ds_v4
    max_instances: 1
    description: "for ${var.long}, of ${target.name}"
  tagged:
    size: Standard_D4ds_v4
    max_instances: 1
    tags: ${var.labels}
  ${each.key}-c:
    for_each: ${var.caps}
    size: Standard_D4ds_v4
    max_instances: ${each.value.most}
  only:
    size: Standard_D4ds_v4
    max_instances: 1
    targets: [dev]
storage_accounts:
  lake:
    containers:
      ${each.key}: {for_each: "${var.names}"}
"""
MORE = """log_analytics:
  main:
    retention_days: 90
"""
CONTAINERS = "storage_accounts.lake.containers"
CASES = {  # the edit, the address that changes, and the line, of the file now unless it is gone
    "a default": ("default: Standard_D4ds_v4", "default: Standard_D16ds_v4", "compute_clusters.whole", "size: {type"),
    "a variable of a target": ("size: Standard_E4s_v5", "size: Standard_E8s_v5", "compute_clusters.whole", "_E8s_v5"),
    "a variable of a target that goes": (
        "    variables:\n      size: Standard_E4s_v5\n",
        "",
        "compute_clusters.whole",
        "gone:       size: Standard_E4s_v5",
    ),
    "another variable": ("size: ${var.size}", "size: ${var.other}", "compute_clusters.whole", "size: ${var.other}"),
    "a value instead of a variable": (
        "size: ${var.size}",
        "size: Standard_D8ds_v4",
        "compute_clusters.whole",
        "    size: Standard_D8ds_v4",
    ),
    "a part of a part": ("default: raw}", "default: src}", "compute_clusters.part", "prefix: {"),
    "the text around a part": ('"for ${var', '"of ${var', "compute_clusters.part", 'description: "of'),
    "a part of it becomes another": ("for ${var.long}", "for ${var.size}", "compute_clusters.part", "for ${var.size}"),
    "a part of what the whole has": (
        'default: "203.0.113"}',
        'default: "198.51.100"}',
        "storage_accounts.lake",
        "office:",
    ),
    "a key of a variable": ("default: {cost: a}", "default: {cost: a, of: b}", "compute_clusters.tagged", "labels: {"),
    "a field of an item": ("small: {most: 2}", "small: {most: 3}", "compute_clusters.small-c", "small: {most: 3}"),
    "the template of an item": (
        "size: Standard_D4ds_v4\n    max_instances: ${each",
        "size: Standard_D8ds_v4\n    max_instances: ${each",
        "compute_clusters.small-c",
        "    size: Standard_D8ds_v4",
    ),
    "an item that comes": (
        "      - two",
        "      - two\n      - three",
        "storage_accounts.lake.containers.three",
        "- three",
    ),
    "an item that goes": ("      - two\n", "", f"{CONTAINERS}.two", "gone:       - two"),
    "an override": ("{max_instances: 7}", "{max_instances: 8}", "compute_clusters.plain", "{max_instances: 8}"),
    "an override that goes": (
        "    overrides:\n      compute_clusters:\n        plain: {max_instances: 7}\n",
        "",
        "compute_clusters.plain",
        "gone:         plain: {max_instances: 7}",
    ),
    "a target more": ("targets: [dev]", "targets: [dev, prod]", "compute_clusters.only", "targets: [dev, prod]"),
    "a target less": ("targets: [dev]", "targets: []", "compute_clusters.only", "targets: []"),
}


def _causes(folder: Path, new: str, more: str, address: str) -> list[str]:
    """The lines that are the causes of a change; those that are gone say so."""
    sides = [
        compiled_side(folder / name, text, {"more.yaml": included})
        for name, text, included in (("before", TEXT, MORE), ("after", new, more))
    ]
    (before, earlier), (after, now) = sides
    found = difference(before, after, now, earlier, before)
    texts = {"from": (TEXT, MORE), "to": (new, more)}
    said = []
    for cause in dict.fromkeys(cause for each in found.changes if each.address == address for cause in each.cause):
        text = texts[cause.side][cause.file == "more.yaml"]
        said.append(f"{'gone: ' if cause.side == 'from' else ''}{text.splitlines()[(cause.line or 0) - 1]}")
    return said


@pytest.mark.parametrize(("old", "new", "address", "line"), CASES.values(), ids=CASES)
def test_the_line_that_changed_is_the_cause(old: str, new: str, address: str, line: str, tmp_path: Path) -> None:
    assert old in TEXT
    (said,) = _causes(tmp_path, TEXT.replace(old, new, 1), MORE, address)
    assert line in said
    assert said.startswith("gone") == line.startswith("gone")


def test_of_two_variables_that_is_the_cause_of_which_a_value_is_made(tmp_path: Path) -> None:
    new = TEXT.replace("default: raw}", "default: src}").replace('"203.0.113"', '"198.51.100"')
    (of_part,) = _causes(tmp_path / "1", new, MORE, "compute_clusters.part")
    (of_whole,) = _causes(tmp_path / "2", new, MORE, "storage_accounts.lake")
    assert of_part.startswith("  prefix:")
    assert of_whole.startswith("  office:")


def test_a_line_of_an_included_file_is_a_cause(tmp_path: Path) -> None:
    assert _causes(tmp_path, TEXT, MORE.replace("90", "120"), "log_analytics.main") == ["    retention_days: 120"]
