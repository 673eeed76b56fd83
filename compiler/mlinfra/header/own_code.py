"""Code of the team's own that pipelines run: tests of pull requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from mlinfra.bodies.body import Body, StandIn
from mlinfra.bodies.fields import Form, contrary
from mlinfra.header.plain_names import GROUP_NAME, RepositoryPath

MAX_COMMAND_CHARACTERS = 1000  # ours: what is longer belongs into a script

CodeName: TypeAlias = Annotated[
    str, Form("[A-Za-z][A-Za-z0-9_-]{0,29}", 'at most 30 letters, digits, - and _, a letter first, such as "unit"')
]
# Azure Pipelines fills in $(…) and ${{…}} before a shell reads the command, and obeys ##vso[…] where it prints it.
Command: TypeAlias = Annotated[
    str,
    Form(
        rf"(?!.*(?:\$[({{]|##))[ -~]{{1,{MAX_COMMAND_CHARACTERS}}}",
        "a command in one line of ASCII such as python -m pytest tests, without $(, ${ and ##, which Azure Pipelines "
        "reads otherwise: put more into a script",
    ),
]
# Which the agent, bash or Python would obey; those of PIP_ too, but pip has run by then.
_TAKEN = ("AGENT_", "BASH", "BUILD_", "ENDPOINT_", "LD_", "PYTHON", "SYSTEM_")
_TAKEN_AS_A_WHOLE = ("ENV", "HOME", "IFS", "PATH", "SHELLOPTS")


def _check_is_free(name: str) -> str:
    if name.upper().startswith(_TAKEN) or name.upper() in _TAKEN_AS_A_WHOLE:
        raise contrary("is a variable that the agent, bash or Python reads", "write another name")
    return name


VariableName: TypeAlias = Annotated[
    str,
    AfterValidator(_check_is_free),
    Form("[A-Za-z_][A-Za-z0-9_]{0,62}", "the name of an environment variable, such as SHOP_TOKEN"),
]
SecretName: TypeAlias = Annotated[
    str,
    Form(
        rf"{GROUP_NAME}/[A-Za-z0-9_][A-Za-z0-9._-]{{0,126}}",
        "a variable of a variable group as <group>/<variable>, such as shop-tests/token (letters, digits, . _ and -, "
        "in the name of the group also spaces)",
    ),
]


def check_names_differ(what: Iterable[tuple[str, str]]) -> None:
    """Refuses a second thing of the same name, in upper or lower case; of each its name, and what it is."""
    known: set[str] = set()
    for name, thing in what:
        if name.lower() in known:
            raise contrary(f"has two {thing} of the name {name}")
        known.add(name.lower())


class Test(Body):
    """A test of pull requests: a job of its own, without any connection."""

    name: Annotated[CodeName, StandIn("unknown"), Field(description="What it is called on the page of the run")]
    command: Annotated[
        Command,
        StandIn("unknown"),
        Field(description="What runs it, by bash, at the root of the repository", examples=["python -m pytest tests"]),
    ]
    requirements: (
        Annotated[
            RepositoryPath,
            Field(
                description="What pip installs for it into a virtual environment; by hashes, where the file has any. "
                "Without it, the command sees what the agent has"
            ),
        ]
        | None
    ) = None
    junit: Annotated[RepositoryPath, Field(description="The file in JUnit's form that it writes")] | None = None
    coverage: Annotated[RepositoryPath, Field(description="The file of Cobertura or JaCoCo that it writes")] | None = (
        None
    )
    secrets: Annotated[
        dict[VariableName, SecretName],
        Field(
            description="Environment variables with secrets of variable groups: <variable>: <group>/<variable>. Only "
            "the command gets them, and none of a fork",
            examples=[{"SHOP_TOKEN": "shop-tests/token"}],
        ),
    ] = {}

    @model_validator(mode="after")
    def _secrets_are_told_apart(self) -> Test:
        groups: dict[str, str] = {}
        for secret in self.secrets.values():
            group, _, variable = secret.partition("/")
            other = groups.setdefault(variable.lower(), group)
            if other.lower() != group.lower():
                raise contrary(
                    f"takes {variable} of two groups, {other} and {group}",
                    "Azure Pipelines knows a variable by its own name: call one of them otherwise",
                )
        return self

    @property
    def groups(self) -> dict[str, list[str]]:
        """The variables that it takes, by their group."""
        found: dict[str, list[str]] = {}
        for secret in self.secrets.values():
            group, _, variable = secret.partition("/")
            found.setdefault(group, []).append(variable)
        return found


def _check_each_has_a_name(tests: list[Test]) -> list[Test]:
    check_names_differ((test.name, "tests") for test in tests)
    return tests


Tests: TypeAlias = Annotated[list[Test], AfterValidator(_check_each_has_a_name)]
