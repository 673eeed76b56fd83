"""Computes and assets of Azure ML as the scripts know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ComputeContext:
    """A compute that is Azure ML YAML: created where it is absent."""

    name: str
    workspace: str
    file: str
    content_hash: str
    user: str = ""  # object id of the principal for whom it is made; "": its file says so


@dataclass(frozen=True)
class AssetContext:
    """An asset with a file, and a version unless Azure gives it one."""

    kind: Literal["environment", "data", "component", "model"]
    name: str
    version: str
    workspace: str  # or registries/<the name of one>
    file: str
    content_hash: str
