"""Programs of the output: what bash and the queries of az can't do, such as numbers with a point and nested JSON.

Each module is emitted as it stands, as a file beside the scripts, and runs on an agent: it needs Python 3.9 and its
standard library, and imports nothing of this package but another program beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from mlinfra.formats.shell import shell_comment

ACCOUNT = "account"  # what an administrator of the account of Databricks does
GRANTS = "grants"  # what others grant in Unity Catalog
BUNDLE = "bundle"  # what a plan of a bundle of Databricks says
MEASURED = "measured"  # what Azure Monitor knows of a deployment
BATCH = "batch"  # what a job of a batch endpoint left behind
CHECKED = "checked"  # the numbers of a job that a pull request ran
REJECTED = "rejected"  # what an endpoint takes no more
NOTED = "noted"  # with which numbers a deployment came to serve what it does
FILLED = "filled"  # the file of a deployment, with what a release says of it
DIGEST = "digest"  # of a model's files
GATE = "gate"  # which of those may serve
DECISION = "decision"  # what it decided
CATALOG = "catalog"  # what of Unity Catalog bundles can't make
LEASES = "leases"  # which runs of Azure Pipelines stay
COMMENT = "comment"  # what a pull request changes, said in it
PULL_REQUESTS = "pull_requests"  # the services that keep comments
MODELS = "models"  # what a training run made: models.json


def programs(header: str, names: tuple[str, ...]) -> Mapping[str, str]:
    """The text of each by its file name; `header` is the comment below the shebang."""
    return {f"{name}.py": _program(name, header) for name in names}


def _program(name: str, header: str) -> str:
    text = (files(__name__) / f"{name}.py").read_text(encoding="utf-8")
    return f"#!/usr/bin/env python3\n{shell_comment(header)}\n{text}"
