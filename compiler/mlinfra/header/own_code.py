"""Code of the team's own that pipelines run: tests and jobs of pull requests, and steps beside ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mlinfra.bodies.body import Body, StandIn
from mlinfra.bodies.fields import Form, contrary
from mlinfra.formats.shell_syntax import why_not_parsed
from mlinfra.header.plain_names import GROUP_NAME, ConnectionName, RepositoryPath

MAX_COMMAND_CHARACTERS = 1000  # ours: what is longer belongs into a script

CodeName: TypeAlias = Annotated[
    str, Form("[A-Za-z][A-Za-z0-9_-]{0,29}", 'at most 30 letters, digits, - and _, a letter first, such as "unit"')
]


def _check_is_parsed(command: str) -> str:
    """A step of a pipeline holds it beside other lines, none of which would run."""
    if why := why_not_parsed(command):
        raise contrary(f"is a command that bash can't parse: {why}", "correct it, or put it into a script")
    return command


# Azure Pipelines fills in $(…) and ${{…}} before a shell reads the command, and obeys ##vso[…] where it prints it.
Command: TypeAlias = Annotated[
    str,
    Form(
        rf"(?!.*(?:\$[({{]|##)) *[!-~][ -~]{{0,{MAX_COMMAND_CHARACTERS - 1}}}",
        "a command in one line of ASCII such as python -m pytest tests, without $(, ${ and ##, which Azure Pipelines "
        "reads otherwise: put more into a script",
    ),
    AfterValidator(_check_is_parsed),
]
Requirements: TypeAlias = (
    Annotated[
        RepositoryPath,
        Field(
            description="What pip installs for it into a virtual environment; by hashes, where the file has any. "
            "Without it, the command sees what the agent has"
        ),
    ]
    | None
)
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
    requirements: Requirements = None
    junit: Annotated[
        RepositoryPath | None,
        Field(description="The file in JUnit's form that it writes", examples=["results/unit.xml"]),
    ] = None
    coverage: Annotated[
        RepositoryPath | None,
        Field(description="The file of Cobertura or JaCoCo that it writes", examples=["results/coverage.xml"]),
    ] = None
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
        check_names_differ((name, "secrets") for name in self.secrets)  # Azure Pipelines reads keys without their case
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


def _nothing_is_a_body(jobs: Any) -> Any:
    if isinstance(jobs, dict):
        return {name: {} if body is None else body for name, body in jobs.items()}
    return jobs


class PullRequest(Body):
    """What a pull request does beside its tests."""

    jobs: Annotated[
        dict[str, dict[str, Any]],
        BeforeValidator(_nothing_is_a_body, json_schema_input_type=dict[str, dict[str, Any] | None]),
        Field(
            min_length=1,
            description="Jobs that it runs in the first target by the connection check, each with what differs from "
            "the entry of jobs: maps merge, lists replace, null removes",
            examples=[{"train": {"inputs": {"raw": {"path": "sample"}}}}],
        ),
    ]


class OwnStep(Body):
    """What a team does in a pipeline of ours: a job of its own, which signs in by no connection of ours."""

    before: Annotated[Literal["train"], Field(description="It runs before this, which waits for it")] | None = None
    after: (
        Annotated[
            Literal["train", "gate", "release", "score"],
            Field(description="Or after this, where it went well; what comes later waits for it"),
        ]
        | None
    ) = None
    targets: (
        Annotated[list[str], Field(min_length=1, description="In which targets; by default in all that do this")] | None
    ) = None
    requirements: Requirements = None
    command: Annotated[
        Command,
        StandIn("unknown"),
        Field(description="What bash runs at the root of the repository", examples=["python tools/announce.py"]),
    ]
    connection: (
        Annotated[ConnectionName, Field(description="A service connection of yours by which az is signed in")] | None
    ) = None

    @model_validator(mode="after")
    def _has_one_place(self) -> OwnStep:
        if (self.before is None) == (self.after is None):
            said = "names both before and after" if self.before else "says neither before nor after what it runs"
            raise contrary(said, "write before: train, or after: train, gate, release or score")
        return self

    @property
    def place(self) -> str:
        """Before or after what it runs."""
        return f"before {self.before}" if self.before else f"after {self.after}"

    def is_in(self, target: str) -> bool:
        return self.targets is None or target in self.targets


def _check_names_of_steps(steps: dict[str, OwnStep]) -> dict[str, OwnStep]:
    check_names_differ((name, "steps") for name in steps)
    return steps


Steps: TypeAlias = Annotated[dict[CodeName, OwnStep], AfterValidator(_check_names_of_steps)]


def variable_of(kind: str, entry: str) -> str:
    """What the environment variables of a step about an endpoint begin with; its kind is online or batch."""
    return f"MLINFRA_{kind}_{entry}".upper().replace("-", "_")
