"""pipelines: who runs them, with which rights, and what they train.

All that is written here ends up in the YAML of Azure Pipelines and in scripts, where a text with `$(…)` or `${{…}}` in
it would be evaluated: each name, path and address has a form that can't hold one.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mlinfra.bodies.body import Body, StandIn
from mlinfra.bodies.fields import ENTRY_NAME, Form, contrary, malformed
from mlinfra.header.own_code import PullRequest, Steps, Tests
from mlinfra.header.plain_names import (
    FOLDERS,
    GUID,
    INSIDE,
    MAX_NAME_CHARACTERS,
    PLAIN,
    ConnectionName,
    FolderPath,
    PoolName,
    RepositoryPath,
    name_of,
)
from mlinfra.header.schedules import Infra, Score, check_each_once
from mlinfra.header.train import Train

DEFAULT_BRANCH = "main"
READ, RUN = "-read", "-run"  # what a short form adds for the connections that read and that run

_SHORT = Form(
    rf"(?!{GUID}$){name_of(MAX_NAME_CHARACTERS - len(READ))}",
    f"{{deploy: …, plan: …, run: …}}, or x for {{deploy: x, plan: x{READ}, run: x{RUN}}} ({PLAIN})",
)
Image: TypeAlias = Annotated[
    str,
    Form(
        "ubuntu-[a-z0-9.-]+",
        "a hosted image of Linux, such as ubuntu-24.04",
    ),
]
Demand: TypeAlias = Annotated[
    str,
    Form(
        r"[A-Za-z0-9._-]+(?: -(?:equals|gtVersion) [A-Za-z0-9._-]+)?",
        'a demand such as docker or "Agent.OS -equals Linux"',
    ),
]
# What `git check-ref-format` allows, less what a shell or a pipeline would read otherwise.
Branch: TypeAlias = Annotated[
    str,
    Form(
        r"(?!refs/)[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*",
        "the name of a branch such as main or releases/v1, without refs/heads/",
    ),
]
# The same, or all whose names start so: Azure Pipelines takes it in triggers, Azure DevOps in the check of branches.
BranchPattern: TypeAlias = Annotated[
    str,
    Form(
        r"(?!refs/)[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*(?:/?\*)?",
        "the name of a branch such as main, or release/* for all that start so, without refs/heads/",
    ),
]
Version: TypeAlias = Annotated[str, Form(r"[0-9]+(?:\.[0-9]+)+(?:[abrc.][a-z0-9.]*)?", "a version such as 0.49.2")]
Sha256: TypeAlias = Annotated[str, Form("[0-9a-f]{64}", "a SHA-256: 64 digits and letters a to f")]

# The name of a wheel: distribution, version, a number of the build if there is one, Python, ABI and platform; PEP 427.
_WHEEL = r"mlinfra_compiler-[0-9][A-Za-z0-9._+]*(?:-[0-9][A-Za-z0-9_.]*)?(?:-[A-Za-z0-9_.]+){3}\.whl"
WheelPath: TypeAlias = Annotated[
    str,
    Form(
        f"{FOLDERS}{_WHEEL}",
        f"the path of a wheel of mlinfra-compiler, such as tools/mlinfra_compiler-0.1.0-py3-none-any.whl, {INSIDE}",
    ),
]
# No credentials, query or fragment: how to sign in there is for pip's own settings on the agent to say.
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"


def _check_is_held_to_its_host(value: str) -> str:
    """That an index is asked over TLS, and under a name that means the same on every machine."""
    scheme, separator, rest = value.partition("://")
    if separator and scheme.lower() == "http":
        raise malformed("asked over https: on the way of http others can change what is installed")
    if separator and re.fullmatch(r"[A-Za-z0-9-]+", re.split("[:/]", rest)[0]):
        raise malformed("at a host with its whole name, such as packages.contoso.com: a short one may be another's")
    return value


IndexUrl: TypeAlias = Annotated[
    str,
    AfterValidator(_check_is_held_to_its_host),
    Form(
        rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:/(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{{2}})+)*/?",
        "the address of an index, such as https://packages.contoso.com/simple, without credentials, ? or #",
    ),
]

# By names, as PipAuthenticate@1 takes them; a feed of the whole organization and a view (@) have other forms there.
_PROJECT_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9_-])?"  # as bootstrap-devops.sh takes --project
_FEED_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?"
FeedName: TypeAlias = Annotated[
    str,
    Form(
        rf"(?!{GUID}/){_PROJECT_NAME}/(?!{GUID}$){_FEED_NAME}",
        "a feed as <project>/<feed>, such as platform/python: names, not ids, without a view (letters, digits, . _ and "
        "-, in the name of the project also spaces)",
    ),
]


def _check_each_feed_once(feeds: list[str]) -> list[str]:
    """Names of feeds and projects are the same in upper and lower case."""
    return check_each_once(feeds, as_known=str.lower)


class Agents(Body):
    """Whose machines jobs run on."""

    name: Annotated[PoolName, Field(description="A pool of your own agents")] | None = None
    vmImage: Annotated[  # noqa: N815 as Azure Pipelines writes it
        Annotated[Image, Field(description="Or a hosted image, such as ubuntu-24.04")] | None, StandIn("ubuntu-24.04")
    ] = None
    demands: Annotated[list[Demand], Field(description="With name: what the agent has to have")] = []
    inside: (
        Annotated[
            str,
            Form(ENTRY_NAME, "an entry of virtual_networks"),
            Field(description="With name: the network in which the agents are, an entry of virtual_networks"),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _names_one(self) -> Agents:
        return self._of_one_kind()

    def _of_one_kind(self) -> Self:
        if (self.name is None) == (self.vmImage is None):
            raise malformed("{name: …} for agents of your own, or {vmImage: …} for hosted ones")
        if self.vmImage is not None and self.demands:
            raise malformed("without demands, which hosted agents don't take")
        if self.vmImage is not None and self.inside:
            raise malformed("without inside: hosted agents are in no network of yours")
        return self


class Pool(Agents):
    """One pool for all pipelines, or two: one for what a pull request brings, one for what deploys."""

    pull_request: Annotated[
        Agents | None,
        Field(
            description="Or two pools: that of pr.yml, which runs what nobody has read yet",
            examples=[{"vmImage": "ubuntu-24.04"}],
        ),
    ] = None
    deploy: Annotated[
        Agents | None,
        Field(description="With pull_request: that of all other pipelines", examples=[{"name": "churn-agents"}]),
    ] = None

    @model_validator(mode="after")
    def _names_one(self) -> Pool:
        if self.pull_request is None and self.deploy is None:
            return self._of_one_kind()
        if self.pull_request is None or self.deploy is None or self.is_one:
            raise malformed("one pool, or {pull_request: {name: …}, deploy: {name: …}}")
        return self

    @property
    def is_one(self) -> bool:
        """Whether anything of a pool for all pipelines is written."""
        return bool(self.name or self.vmImage or self.demands or self.inside)

    @property
    def of_pull_requests(self) -> Agents:
        return self.pull_request or self

    @property
    def of_deployments(self) -> Agents:
        """Those of everything but pull requests: what deploys, trains and scores."""
        return self.deploy or self

    @property
    def key_of_deployments(self) -> tuple[str, ...]:
        """Where these are written, below `pipelines`."""
        return ("pool", "deploy") if self.deploy else ("pool",)


class Connections(Body):
    """The service connections of a target, one for each purpose: none has more rights than that takes."""

    deploy: Annotated[
        ConnectionName,
        StandIn("unknown"),
        Field(description="Deploys, after approval: jobs that are bound to the target's environment use it"),
    ]
    plan: (
        Annotated[
            ConnectionName,
            Field(description="Reads, and asks what a deployment would change: for pull requests, and before approval"),
        ]
        | None
    ) = None
    run: (
        Annotated[
            ConnectionName,
            Field(description="Registers assets and models, runs jobs and scores in batches: train.yml, score.yml"),
        ]
        | None
    ) = None
    check: Annotated[ConnectionName, Field(description="Runs the jobs of pull requests")] | None = None
    score: Annotated[ConnectionName, Field(description="Scores for a smoke test that is a command")] | None = None


def _of_short_form(value: Any) -> Any:
    if isinstance(value, str):
        name = _SHORT.check(value)
        return {"deploy": name, "plan": f"{name}{READ}", "run": f"{name}{RUN}"}
    return value


_Connections: TypeAlias = Annotated[
    Connections, BeforeValidator(_of_short_form, json_schema_input_type=Annotated[str, _SHORT] | Connections)
]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class ToolPin(Body):
    version: Annotated[Version, Field(description="The version of the program")]
    sha256: Annotated[
        list[Sha256],
        BeforeValidator(_listed, json_schema_input_type=Sha256 | list[Sha256]),
        Field(
            description="The SHA-256 of what is downloaded, as its release on GitHub shows it: of Bicep the program, "
            "of Databricks the archive (.zip), in databricks_cli_<version>_SHA256SUMS; a list where agents differ in "
            "system or processor"
        ),
    ] = []


def _of_version(value: Any) -> Any:
    return {"version": value} if isinstance(value, str) else value


_Pinned: TypeAlias = Annotated[ToolPin, BeforeValidator(_of_version, json_schema_input_type=Version | ToolPin)]


class Pins(Body):
    bicep: Annotated[_Pinned, Field(description="The Bicep CLI: a version, or {version, sha256}")] | None = None
    az: Annotated[Version, Field(description="The Azure CLI")] | None = None
    ml: Annotated[Version, Field(description="The ml extension of the Azure CLI")] | None = None
    databricks: Annotated[_Pinned, Field(description="The Databricks CLI: a version, or {version, sha256}")] | None = (
        None
    )


class Install(Body):
    """Where pipelines take mlinfra from; a bare name on a public index may be someone else's, so there is no default.

    Paths count from the root of the repository.
    """

    requirements: Annotated[
        RepositoryPath,
        Field(
            description="A file with the hashes of all that mlinfra needs: with index of mlinfra-compiler too, with "
            "source of hatchling, which builds it",
            examples=["tools/requirements.txt"],
        ),
    ]
    wheel: Annotated[WheelPath, Field(description="A wheel of mlinfra-compiler in the repository")] | None = None
    source: (
        Annotated[FolderPath, Field(description="Or the folder of its source, with pyproject.toml in it")] | None
    ) = None
    index: Annotated[IndexUrl, Field(description="Or the address of an index of packages that holds it")] | None = None

    @model_validator(mode="after")
    def _names_one_origin(self) -> Install:
        origins = {"wheel": self.wheel, "source": self.source, "index": self.index}
        named = [name for name, origin in origins.items() if origin is not None]
        if not named:
            raise malformed(_INSTALL_FORMS)
        if len(named) > 1:
            *others, last = named
            count = "two" if len(named) == 2 else "three"
            raise contrary(f"names {count} origins, {', '.join(others)} and {last}")
        return self


UNKNOWN_INSTALL = {"source": "unknown", "requirements": "unknown"}  # where what is written is wrong
_INSTALL_FORMS = (
    "{wheel: …, requirements: …}, {source: …, requirements: …} or {index: …, requirements: …}, where requirements is a "
    "file with hashes"
)


def _check_is_no_command(value: Any) -> Any:
    if isinstance(value, str):
        raise malformed(_INSTALL_FORMS)
    return value


class Pipelines(Body):
    later: ClassVar[frozenset[str]] = frozenset({"ci"})

    pool: Annotated[
        Pool,
        StandIn({"name": "unknown"}),
        Field(
            description="Agents of every pipeline, or {pull_request, deploy}: those of pr.yml, and of all others",
            examples=[{"vmImage": "ubuntu-24.04"}],
        ),
    ]
    service_connections: Annotated[
        dict[str, _Connections],
        StandIn({}),
        Field(
            description="By target: its service connections, or x for {deploy: x, plan: x-read, run: x-run}",
            examples=[{"dev": "churn-dev"}],
        ),
    ]
    train: Annotated[Train, Field(description="What train.yml runs", examples=[{"jobs": ["train"]}])] = Train()
    infra: Annotated[
        Infra,
        Field(
            description="When infra.yml deploys although nothing changed",
            examples=[{"schedules": [{"cron": "0 5 1 * *"}]}],
        ),
    ] = Infra()
    score: (
        Annotated[Score, Field(description="What score.yml scores", examples=[{"endpoints": ["nightly"]}])] | None
    ) = None
    branch: Annotated[Branch, Field(description="The branch that targets are deployed from which name none")] = (
        DEFAULT_BRANCH
    )
    versions: Annotated[Pins, Field(description="Versions of the tools, where others than mlinfra's own table")] = (
        Pins()
    )
    install: Annotated[
        Install,
        StandIn(UNKNOWN_INSTALL),
        BeforeValidator(_check_is_no_command),
        Field(
            description="Where pull requests take mlinfra from",
            examples=[{"source": "tools/mlinfra", "requirements": "tools/mlinfra/requirements/run.txt"}],
        ),
    ]
    pull_request: Annotated[PullRequest, Field(description="What a pull request runs after its tests")] | None = None
    tests: Annotated[Tests, Field(description="What pr.yml runs before anything else")] = []
    steps: Annotated[
        Steps,
        Field(
            description="Jobs of your own in train.yml, release.yml and score.yml",
            examples=[{"announce": {"after": "release", "command": "python tools/announce.py"}}],
        ),
    ] = {}
    feeds: Annotated[
        list[FeedName],
        AfterValidator(_check_each_feed_once),
        Field(
            description="Feeds of Azure Artifacts, <project>/<feed>: pip is signed in to them before each install, and "
            "asks them instead of the public index, the first as its index, the others beside that"
        ),
    ] = []
