"""A platform with bundles of Databricks, as the emit phase describes it to the scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlinfra.pipelines.bundled import Bundle, BundleContext
from mlinfra.pipelines.scripts import ScriptsContext, TargetContext
from mlinfra.pipelines.versions import ToolVersions

SUBSCRIPTIONS = {"dev": "11111111-1111-1111-1111-111111111111", "prod": "22222222-2222-2222-2222-222222222222"}
HOLDING = ("catalogs", "schemas", "volumes")
JOB = {"resources": {"jobs": {"refresh": {"name": "refresh"}}}}
SCHEMA = {"resources": {"schemas": {"features": {"name": "features", "catalog_name": "main"}}}}
ENDPOINT = {"resources": {"model_serving_endpoints": {"churn": {"name": "churn"}}}}


def workspace_id(target: str) -> str:
    group = f"/subscriptions/{SUBSCRIPTIONS[target]}/resourceGroups/rg-lakehouse-{target}"
    return f"{group}/providers/Microsoft.Databricks/workspaces/dbw-lakehouse-{target}"


def _bundle(target: str, bundle: Bundle) -> BundleContext:
    folder = f"{target}/databricks/main/{bundle}"
    return BundleContext(bundle, "main", workspace_id(target), folder, 2, "2026-01-01")


def _target(name: str, bundles: tuple[Bundle, ...]) -> TargetContext:
    return TargetContext(
        name,
        SUBSCRIPTIONS[name],
        f"rg-lakehouse-{name}",
        "westeurope",
        ("main",),
        bundles=tuple(_bundle(name, bundle) for bundle in bundles),
    )


LAKEHOUSE = ScriptsContext(
    platform="lakehouse",
    spec="specs/lakehouse/ml-platform.yaml",
    targets=(_target("dev", ("platform", "serving")), _target("prod", ("platform",))),
    versions=ToolVersions(az="2.91.0", ml="2.42.0", bicep="0.49.2", databricks="1.9.0"),
    holding=HOLDING,
)


def write_resources(output: Path, folder: str, *bodies: dict[str, Any]) -> None:
    """Writes these resources, and no others, into a bundle; each has one of a section."""
    at = output / folder / "resources"
    for path in at.glob("*/*.yml"):
        path.unlink()
    for body in bodies:
        ((section, entries),) = body["resources"].items()
        (at / section).mkdir(parents=True, exist_ok=True)
        (at / section / f"{next(iter(entries))}.yml").write_text(json.dumps(body))
