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
# docs, "Declarative Automation Bundles library dependencies": what pip would look for in an index has no path in it.
_DEPENDENCIES = "dependencies"
_OF_A_FLAG = re.compile(r"-[re] +(?=\S)")  # followed by the path of a file of requirements, or of a project
_OF_AN_INDEX = re.compile(r"-|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\s*(?:\[[^]]*\])?\s*(?:@|(?:[=!<>~]=|[<>]).*)?\Z")
_FILE = re.compile(r".*\.(?:whl|jar|zip|gz|txt)\Z")


def path_in(body: Mapping[str, Any], path: Path, text: str) -> str | None:
    """What of a text counts from the file in which it is written; None where nothing of it does.

    It is one of the workspace, or an address; what a job takes from git counts from the root of that.

    >>> path_in({}, ("environment", "dependencies", 0), "-r requirements.txt")
    'requirements.txt'
    """
    if len(path) > 1 and path[-2] == _DEPENDENCIES:
        flag = _OF_A_FLAG.match(text)
        if flag:
            text = text[flag.end() :]
        elif _OF_AN_INDEX.match(text) and not _FILE.match(text):
            return None
    if _ELSEWHERE.match(text):
        return None
    is_of_a_task = path[0] == "tasks"
    if is_of_a_task and body.get("git_source") is not None:
        return None
    return None if value_at(body, (*path[:-1], "source")) == _GIT else text
