"""`python -m tests.emulator.first_week FILE`: writes docs/first-week.md, every output in it of a real run.

The platform `churn` is laid out in a repository of its own; its scripts run under the real az (MLINFRA_AZ) against the
emulated Azure, each as whoever runs it. The template holds the prose and says what runs, in the order of the page.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from tests.emulator.devops import fresh_state
from tests.emulator.emulator import Emulator
from tests.emulator.extension_client import ClientExtension
from tests.emulator.hosts import hosts
from tests.emulator.machine import Machine, Result
from tests.emulator.ml.client import sent_to
from tests.emulator.month import Month
from tests.emulator.people import SECRET, add_somebody
from tests.emulator.pipeline import Step, steps_for
from tests.emulator.platforms import lay_out, targets_in
from tests.emulator.resources import of_type
from tests.emulator.walk import Walk
from tests.loop.pipeline import Run
from tests.loop.writing import Parameter
from tests.tools import azure_cli

TEMPLATE = Path(__file__).with_name("first-week.md.j2")
_CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
_ENDPOINTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
_WHO = ("GIT_AUTHOR", "GIT_COMMITTER")
GIT = {  # the same commit on every machine
    **{f"{who}_NAME": "Ada" for who in _WHO},
    **{f"{who}_EMAIL": "ada@contoso.com" for who in _WHO},
    **{f"{who}_DATE": "2026-01-05T09:00:00Z" for who in _WHO},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Week:
    """What the template calls: each runs something, and gives it as Markdown."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self.repository = folder / "churn"
        self.machine = machine
        lay_out("churn", self.repository)
        self._said(self._run("git", "init", "-q", "-b", "main"))
        self._said(self._run("git", "add", "--all"))
        self._said(self._run("git", "commit", "-q", "-m", "Declare the platform"))
        self._walk: Walk | None = None
        self._month: Month | None = None
        self._commit = ""  # of which the second month is
        self._trained: Run | None = None
        self._next_line = ""  # what bootstrap.sh prints for the next person

    @property
    def walk(self) -> Walk:
        """The target dev, once it is compiled."""
        if self._walk is None:
            target = next(one for one in targets_in("churn", self.repository) if one.name == "dev")
            self._walk = Walk(self.machine, target)
        return self._walk

    def shell(self, command: str) -> str:
        """Something on the author's own machine, without Azure."""
        words = shlex.split(command)
        if words[0] == "mlinfra":
            words = [sys.executable, "-m", *words]
        return self._shown(command, self._run(*words))

    def edit(self, file: str, *changes: tuple[str, str]) -> str:
        """Changes by hand, as git shows them."""
        path = self.repository / file
        for before, after in changes:
            text = path.read_text()
            assert text.count(before) == 1, before
            path.write_text(text.replace(before, after))
        difference = self._run("git", "diff", "--unified=1", "--", file).stdout
        return _fenced("diff", difference[difference.index("@@") :])

    def owner(self, script: str, lines: int = 0, last: int = 0) -> str:
        """A script of the output, run by who owns the subscription."""
        name, *arguments = shlex.split(script)
        step = self.walk.script(self.walk.OWNER, name, *arguments)
        ran = self._walked(step)
        self._next_line = next(
            (one for one in f"{ran.stderr}{ran.stdout}".splitlines() if "bootstrap-devops.sh " in one), self._next_line
        )
        return self._shown(f"generated/churn/scripts/{script}", ran, lines, last)

    def administrator(self) -> str:
        """What an administrator of the project runs: the line that bootstrap.sh printed, with the places filled in."""
        line = self._next_line.replace("ORGANIZATION", "contoso").replace(
            "--project PROJECT", "--project 'ML platform'"
        )
        self.machine.emulator.state.table("devops").update(fresh_state())
        person = add_somebody(self.walk.state, "administrator")
        self.walk.forget_who_is_signed_in()
        self.machine.sign_in_without_subscription(person.client_id, SECRET)
        command = shlex.split(line.replace("scripts/", f"{self.walk.target.output}/scripts/", 1))
        ran = self.machine.run("bash", *command, MLINFRA_POLL_SECONDS="0")
        shown = self._shown(f"generated/churn/{line}", ran)
        (file,) = self.machine.folder.glob("federations-*.tsv")
        for written in file.read_text().splitlines():
            name, issuer, subject = written.split("\t")
            self.walk.federations[name] = (issuer, subject)
        return shown

    def checklist(self) -> str:
        """What needs a person, as the README of the platform has it."""
        return checklist((self.repository / "generated" / "churn" / "README.md").read_text())

    def remains(self) -> str:
        """What of the change is still there."""
        ids = [one["id"] for one in of_type(self.walk.state, _CONTAINERS)]
        names = sorted(one.rpartition("/")[2] for one in ids if "/stchurndevlake" in one)
        return f"Containers of `lake` that exist now: {', '.join(names)}."

    def commit(self, subject: str) -> str:
        """A commit of everything, which nobody needs to see."""
        self._said(self._run("git", "add", "--all"))
        self._said(self._run("git", "commit", "-q", "-m", subject))
        return ""

    def pipeline(self, file: str, lines: int = 0) -> str:
        """The steps of a pipeline that work on dev, each as the connection that it names."""
        path = self.repository / "generated" / "churn" / "pipelines" / file
        shown = []
        for step in steps_for(path, "dev", self.repository, self.machine.folder):
            if step.who:
                shown += [_heading(step), self._shown("", self._walked(step), lines)]
            else:
                self._said(self._walked(step))
        return "\n\n".join(shown)

    def others(self) -> str:
        """The other targets, as dev was made, which nobody needs to see; then the second month begins."""
        walks = {"dev": self.walk}
        for target in targets_in("churn", self.repository):
            if target.name != "dev":
                walk = walks[target.name] = Walk(self.machine, target)
                scripts = (
                    walk.script(walk.OWNER, "bootstrap.sh"),
                    walk.script(walk.OWNER, "bootstrap.sh", "--federations", "federations.tsv"),
                )
                infra = target.output / "pipelines" / "infra.yml"
                for step in (*scripts, *steps_for(infra, target.name, self.repository, self.machine.folder)):
                    walk.sign_in(step)
                    self._said(walk.run(step))
        self._commit = self._said(self._run("git", "rev-parse", "HEAD")).strip()
        self._month = Month(self.machine, self.repository, walks, self._commit)
        return ""

    def train(
        self, reason: str, auc: float, *shown: str, elsewhere: Mapping[str, float] = {}, **parameters: Parameter
    ) -> str:
        """A run of churn-train for a reason of Azure Pipelines; its model has that number, in some targets another."""
        assert self._month
        self._trained = self._month.train(reason, auc, elsewhere, **parameters)
        return self._ran(self._trained, "Succeeded", shown)

    def release(self, *shown: str, result: str = "Succeeded", errors: float = 0) -> str:
        """The run of churn-release after it; `errors` of a hundred requests at its canary fail."""
        assert self._month
        assert self._trained
        return self._ran(self._month.release(self._trained, errors), result, shown)

    def score(self, *shown: str, **parameters: Parameter) -> str:
        """A run of churn-score by a person."""
        assert self._month
        return self._ran(self._month.score("Manual", **parameters), "Succeeded", shown)

    def serves(self) -> str:
        """Which versions of the model get which share of the requests, by target."""
        resources = self.walk.state.table("resources")
        rows = ["| Endpoint | Slot | Model | Requests |", "|---|---|---|---|"]
        for endpoint in sorted(of_type(self.walk.state, _ENDPOINTS), key=lambda one: str(one["id"])):
            name = endpoint["id"].rpartition("/")[2]
            for slot, share in sorted(endpoint["properties"]["traffic"].items()):
                model = resources[f"{endpoint['id']}/deployments/{slot}".lower()]["properties"]["model"].split("/")
                rows.append(f"| `{name}` | `{slot}` | `{model[-3]}:{model[-1]}` | {share} % |")
        return "\n".join(rows)

    def _ran(self, run: Run, result: str, shown: tuple[str, ...]) -> str:
        """What a run came to, and what those of its steps said that are named: a script, or one for a target."""
        assert self._month
        parts = []
        steps = list(self._month.said())
        assert str(run.result) == result, (run.stages, [said for _, said in steps[-3:]])
        for step, said in steps:
            words = step.command
            target = words[words.index("--target") + 1] if "--target" in words else ""
            output = self._shown("", Result(0, said, ""))
            if said and output not in parts and (step.name in shown or f"{step.name} {target}" in shown):
                parts += [f"**{step.name}** in {target}, signed in with `{step.who}`:", output]
        stages = ", ".join(f"{name} {_WORDS[str(one)]}" for name, one in run.stages.items() if not _WAITS.search(name))
        return "\n\n".join([*parts, f"The run of `churn-{run.name}`: {stages}."])

    def _walked(self, step: Step) -> Result:
        self.walk.sign_in(step)
        return self.walk.run(step)

    def _run(self, *words: str) -> Result:
        ran = subprocess.run(
            words, cwd=self.repository, env=os.environ | GIT, capture_output=True, text=True, check=False
        )
        return Result(ran.returncode, ran.stdout, ran.stderr)

    def _said(self, result: Result) -> str:
        assert result.code == 0, result.stderr
        return result.stdout

    def _shown(self, command: str, result: Result, lines: int = 0, last: int = 0) -> str:
        """What it said, at most the first lines and the last ones of it."""
        assert result.code == 0, f"{command}: {result.code}\n{result.stderr}"
        said = self._plain(f"{result.stderr}{result.stdout}").splitlines()
        left = len(said) - lines - last
        if lines and left > 1:
            said = [*said[:lines], f"… {left} more lines", *said[len(said) - last :]]
        return _fenced("console", "\n".join([*([f"$ {command}"] if command else []), *said]))

    def _plain(self, text: str) -> str:
        text = re.sub(r"\[main [0-9a-f]{7,40}\]", "[main …]", text)  # it follows from all that is in the repository
        for path, name in ((self.repository, "."), (self.machine.folder, "~")):
            text = re.sub(rf"(?:/private)?{re.escape(str(path))}", name, text)
        if self._commit:
            text = text.replace(self._commit, "(the commit)").replace(self._commit[:12], "(the commit)")
        return text


_WAITS = re.compile("_(ready|missed)$|^other_branch$")  # stages that only wait, or say that somebody did in vain
_WORDS = {
    "Succeeded": "succeeded",
    "SucceededWithIssues": "succeeded with issues",
    "Failed": "failed",
    "Skipped": "was skipped",
}


def checklist(readme: str) -> str:
    """The table of the first run."""
    section = readme.partition("\n## The first run\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("|"))


def _heading(step: Step) -> str:
    return f"**{step.name}**, signed in with `{step.who}`:"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def written() -> str:
    """The page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        (folder / "emulator").mkdir()
        emulator = stack.enter_context(Emulator(folder / "emulator", *hosts()))
        stack.enter_context(sent_to(emulator))
        extension = stack.enter_context(ClientExtension(emulator, folder / "ml"))
        week = Week(folder, Machine(folder / "machine", emulator, azure_cli(), extension))
        markdown = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
        text = markdown.from_string(TEMPLATE.read_text()).render(week=week)
        assert not emulator.unknown, emulator.unknown
        assert not emulator.bugs, emulator.bugs
        assert not extension.refused, extension.refused
    return text


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(written())
