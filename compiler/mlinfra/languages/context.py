"""What a check of one body may know beside that body: the target's mode and a few look-ups, all pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from mlinfra.diagnostics import Code
from mlinfra.languages.rule import Rule
from mlinfra.repository.uploads import SelectedFile
from mlinfra.schemas.problems import BodyPath, BodyProblem

Found = TypeVar("Found")
Body = Mapping[str, Any]
"""A parsed YAML body: plain mappings, lists and scalars."""

BodyLookup = Callable[[str], Body | None]
"""From a reference as written (bare name, `azureml:…`, `file:…`) to the body that it means; None: outside the spec."""


def _unknown_body(_reference: str) -> Body | None:
    return None


def _unknown_text(_key: str) -> str | None:
    return None


def _unknown_file(_path: str, _name: str) -> str | None:
    return None


def _unknown_files(_path: str) -> Sequence[SelectedFile] | None:
    return None


def _not_an_entry(_path: BodyPath) -> bool:
    return False


def _not_removed(_deployment: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Look-ups answer None where they can't know; a check then stays silent."""

    section: str
    entry: str
    target_mode: Literal["development", "production"]
    component: BodyLookup = _unknown_body
    job: BodyLookup = _unknown_body
    environment: BodyLookup = _unknown_body
    deployment: BodyLookup = _unknown_body  # `azureml:<endpoint>:<deployment>`, as monitors name it
    is_in_file: bool = False  # that the client reads as it is
    is_removed: Callable[[str], bool] = _not_removed  # of the endpoint's deployments: one that this target has not
    is_entry: Callable[[BodyPath], bool] = _not_an_entry  # what a place of the body names
    model_type: Callable[[str], str | None] = _unknown_text  # mlflow_model, custom_model or triton_model
    list_files: Callable[[str], Sequence[SelectedFile] | None] = _unknown_files  # below a local path as a body has it
    read_text: Callable[[str, str], str | None] = _unknown_file  # a file by its path below such a local path
    unreached: Callable[[str], str | None] = _unknown_text  # the workspace whose network lets nothing to a registry
    _kept: dict[str, tuple[Body, tuple[Any, ...]]] = field(default_factory=dict, compare=False, repr=False)

    def once(self, what: str, body: Body, find: Callable[[], Iterator[Found]]) -> tuple[Found, ...]:
        """What is found in a body, worked out by the first check that asks: a dozen walk through the same steps."""
        known = self._kept.get(what)
        if known is None or known[0] is not body:
            known = self._kept[what] = (body, tuple(find()))
        return known[1]


Check = Callable[[Body, CheckContext], Iterator[BodyProblem]]
"""A check of one body: yields what is wrong with it."""


def over_body(codes: Code | tuple[Code, ...], check: Check) -> Rule:
    """A rule over one body."""
    return Rule((codes,) if isinstance(codes, Code) else codes, "body", check)
