"""Bundles of Databricks as the scripts know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Bundle: TypeAlias = Literal["platform", "serving"]


@dataclass(frozen=True)
class SecretContext:
    """A secret of a vault that a bundle is given as a variable."""

    variable: str
    vault: str
    secret: str


@dataclass(frozen=True)
class BundleContext:
    """A bundle of a target: its folder below that of the output, and the workspace in which it is deployed.

    `catalog` is the file of what no bundle makes in Unity Catalog: before it, and behind it.
    `api` is the version in which Azure is asked for the workspace; `sources` are the folders, from the root of the
    repository, of what its resources name, and `resources` counts these. What it `builds` is built when it is deployed,
    so that no plan of before can be applied. One that `is_closed` is reached from inside its network only.
    """

    bundle: Bundle
    workspace: str
    workspace_id: str
    folder: str
    resources: int
    api: str
    catalog: str = ""
    sources: tuple[str, ...] = ()
    secrets: tuple[SecretContext, ...] = ()
    builds: bool = False
    is_closed: bool = False
