"""Which texts at places of paths are none of this repository: Databricks finds them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Path

# docs, "Specify file paths": an absolute path is one of the workspace, and one with a scheme is left as it is.
_ELSEWHERE = re.compile(r"/|\$.?\{|[A-Za-z][A-Za-z0-9+.-]+:")
_GIT = "GIT"


def is_elsewhere(body: Mapping[str, Any], path: Path, text: str) -> bool:
    """Whether a path in a body does not count from the file in which it is written.

    It is one of the workspace, or an address; what a job takes from git counts from the root of that.
    """
    if _ELSEWHERE.match(text):
        return True
    is_of_a_task = path[0] == "tasks"
    if is_of_a_task and body.get("git_source") is not None:
        return True
    return bool(value_at(body, (*path[:-1], "source")) == _GIT)
