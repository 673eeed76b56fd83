"""The platforms whose scripts are run, compiled, and what has to be there before the first of them runs."""

from __future__ import annotations

import atexit
import functools
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlinfra.cli import run
from tests.emulator.groups import add_subscription
from tests.emulator.people import Somebody, add_somebody, add_to_directory, give_role, let_read_the_directory
from tests.emulator.pipeline import steps_for
from tests.emulator.state import State
from tests.reading_yaml import read_yaml

ROOT = Path(__file__).parents[2]
SPECS = {
    "churn": ROOT / "specs" / "churn",
    "minimal": ROOT / "specs" / "minimal",
    "taxi": ROOT / "specs" / "taxi",
    "circuits": ROOT / "specs" / "circuits",
    "bank": ROOT / "specs" / "bank",
    "lakehouse": ROOT / "specs" / "lakehouse",
    "keyed": Path(__file__).with_name("keyed"),
    "everything": ROOT / "tests" / "acceptance" / "everything",
}

MODES = {  # of the platforms whose scripts are walked through
    "churn": ("development", "production"),
    "minimal": ("development",),
    "bank": ("development",),
    "everything": ("development", "production"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One target of a platform, and where its output lies."""

    spec: str
    name: str
    mode: str
    subscription: str
    group: str
    output: Path

    @property
    def handovers(self) -> tuple[tuple[Path, str, str], ...]:
        """What the owners of other groups run: each script with its subscription and its group."""
        scripts = sorted((self.output / self.name / "handover").glob("*/run.sh"))
        return tuple((script, *_assigned(script.read_text(), "subscription", "group")) for script in scripts)

    @property
    def scripts(self) -> tuple[str, ...]:
        """Those that are run before the first release."""
        if not (self.output / "pipelines").exists():
            return ("bootstrap.sh", "what-if.sh", "deploy-infra.sh")
        steps = steps_for(self.output / "pipelines" / "infra.yml", self.name, self.output.parent.parent, Path())
        more = dict.fromkeys(["run.sh"] if self.handovers else [])
        run = dict.fromkeys(step.script for step in steps if step.who)
        return ("bootstrap.sh", "bootstrap.sh --federations", *more, *run)


@functools.cache
def targets(spec: str) -> tuple[Target, ...]:
    """One target a mode: the first of each."""
    folder = Path(tempfile.mkdtemp(prefix="platform-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    repository = folder / "repository"
    lay_out(spec, repository)
    (repository / ".git").mkdir()
    assert run(["compile", "-q", "-f", str(repository / "specs" / spec)]) == 0
    by_mode: dict[str, Target] = {}
    for target in targets_in(spec, repository):
        by_mode.setdefault(target.mode, target)
    return tuple(by_mode.values())


def lay_out(spec: str, repository: Path) -> None:
    """A repository with the platform, and what installs mlinfra in its pipelines."""
    ignored = shutil.ignore_patterns("__pycache__", "generated")
    shutil.copytree(SPECS[spec], repository / "specs" / spec, ignore=ignored)
    shutil.copytree(ROOT / "requirements", repository / "requirements")
    shutil.copyfile(ROOT / "pyproject.toml", repository / "pyproject.toml")


def targets_in(spec: str, repository: Path) -> tuple[Target, ...]:
    """The targets of a platform whose output lies in a repository."""
    output = next((repository / "generated").iterdir())
    manifest = json.loads((output / "manifest.json").read_text())
    found = []
    for name, body in read_yaml((repository / "specs" / spec / "ml-platform.yaml").read_text())["targets"].items():
        ids = [one["id"] for one in manifest["resources"] if one["target"] == name]
        subscription = body["subscription"]
        inside = f"/subscriptions/{subscription}/resourceGroups/"
        group = next(one.split("/")[4] for one in ids if one.startswith(inside))
        found.append(Target(spec, name, body["mode"], subscription, group, output))
    return tuple(found)


def prepare(state: State, target: Target) -> Somebody:
    """The subscription with its owner, whom this returns, and everybody whom the spec names."""
    scope = add_subscription(state, target.subscription, target.name)
    owner = add_somebody(state, "owner")
    give_role(state, owner.object_id, "Owner", scope)
    let_read_the_directory(state, owner.object_id)
    for file in SPECS[target.spec].rglob("*.y*ml"):
        document = read_yaml(file.read_text())
        for principal in _principals(document):
            for object_id in _object_ids(document, principal):
                add_to_directory(state, object_id, _kind(principal))
    return owner


def _assigned(script: str, *variables: str) -> tuple[str, str]:
    first, second = (re.search(rf"^ *{name}='?([^'\n]+)", script, re.MULTILINE) for name in variables)
    assert first, script
    assert second, script
    return first[1], second[1]


def _object_ids(document: Any, principal: dict[str, str]) -> list[str]:
    """The object id of a principal; of a template the ids that its variable lists by name."""
    if "for_each" not in principal:
        return [principal["object_id"]]
    variable = principal["for_each"].removeprefix("${var.").removesuffix("}")
    return list(document["variables"][variable]["default"].values())


def _kind(principal: dict[str, str]) -> str:
    """What an object id belongs to, as the spec says it; a service's own where it says nothing."""
    return _KINDS[principal.get("principal_type") or principal.get("type") or "service_principal"]


_KINDS = {"group": "Group", "user": "User", "service_principal": "ServicePrincipal"}


def _principals(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("object_id"), str):
            yield value
        for one in value.values():
            yield from _principals(one)
    elif isinstance(value, list):
        for one in value:
            yield from _principals(one)
