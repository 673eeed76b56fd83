"""A row of the tables of checks: a body that is wrong in one way, what is said of it, and the body put right."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.languages.context import Body, CheckContext
from mlinfra.repository.uploads import SelectedFile
from mlinfra.schemas.problems import BodyPath, BodyProblem

Said = tuple[Code, BodyPath, str, str | None]


def check_body(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    """Look at a body by every rule of its section, each of which finds what its codes say."""
    for rule in BY_NAME[context.section].rules:
        found = list(rule.check(body, context))
        assert {problem.code for problem in found} <= set(rule.codes)
        yield from found


PREP = """
type: command
inputs:
  raw: {type: uri_folder}
  rate: {type: number, default: 0.1, min: 0, max: 1}
  rounds: {type: integer, optional: true}
  mode: {type: string, default: fast, enum: [fast, slow]}
outputs:
  rows: {type: uri_folder}
  model: {type: mlflow_model}
command: python prep.py ${{inputs.raw}} ${{outputs.rows}} $[[--rounds ${{inputs.rounds}}]]
environment: azureml:base:1
"""


@dataclass(frozen=True)
class Case:
    """Bodies are YAML text; look-ups are mappings from what a body names to YAML text, or to what is found."""

    code: Code
    section: str
    wrong: str
    path: BodyPath
    message: str
    help: str | None
    right: str
    mode: Literal["development", "production"] = "development"
    right_mode: Literal["development", "production"] | None = None
    components: Mapping[str, str] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, str] = field(default_factory=dict)
    deployments: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # folder -> file -> text

    @property
    def id(self) -> str:
        return f"{self.code.id} {self.message[:60]}"

    def said_of_wrong(self) -> list[Said]:
        return [said(problem) for problem in check_body(load(self.wrong), self._context(self.mode))]

    def said_of_right(self) -> list[Said]:
        context = self._context(self.right_mode or self.mode)
        return [said(problem) for problem in check_body(load(self.right), context)]

    def _context(self, mode: Literal["development", "production"]) -> CheckContext:
        texts = {f"{folder}/{name}": text for folder, files in self.files.items() for name, text in files.items()}
        return CheckContext(
            section=self.section,
            entry="it",
            target_mode=mode,
            component=lambda reference: loaded(self.components, reference),
            job=lambda reference: loaded(self.jobs, reference),
            environment=lambda reference: loaded(self.environments, reference),
            deployment=lambda reference: loaded(self.deployments, reference),
            model_type=self.models.get,
            list_files=self._list_files,
            read_text=lambda folder, name: texts.get(posixpath.join(folder, name)),
        )

    def _list_files(self, folder: str) -> list[SelectedFile] | None:
        if folder not in self.files:
            return None
        return [SelectedFile(name, Path(folder, name), len(text)) for name, text in self.files[folder].items()]


def said(problem: BodyProblem) -> Said:
    return problem.code, problem.path, problem.message, problem.help


def load(text: str) -> Any:
    return yaml.safe_load(text)


def loaded(bodies: Mapping[str, str], reference: str) -> Any:
    return load(bodies[reference]) if reference in bodies else None
