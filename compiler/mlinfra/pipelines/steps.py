"""The steps that the pipelines are made of, and what every pipeline, stage and job of ours says.

Values reach scripts as arguments in quotes or through `env`: `$(…)` is replaced in the text of a script before a shell
reads it. Nothing here continues on errors.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext

Step: TypeAlias = dict[str, Any]

# The schema of Azure Pipelines has text for its own keys, and booleans for the inputs of tasks.
TRUE, FALSE = "true", "false"

TOOLS = "$(Agent.TempDirectory)/mlinfra"  # emptied after each job
STAGING = "$(Build.ArtifactStagingDirectory)"

_BY_PIP = frozenset({"mlinfra", "ml"})  # az installs what its extensions need by pip, too: _run_pip of azure-cli

RUN = "-run"  # of the name of the environment of what runs without approval
BACK = "-back"  # of the one of the way back

CHECK_MINUTES = 30
LOOK_MINUTES = 15
WHAT_IF_MINUTES = 30
INFRA_MINUTES = 180  # a managed network and its private endpoints take up to an hour
HOSTED_MINUTES = 360  # the most that a hosted agent gives a job; Azure Pipelines, parallel jobs
OWN_MINUTES = 1440  # of training on agents of one's own
LAST_MINUTES = 10  # of a job: what comes before a wait, and what is said after it
RELEASE_MINUTES = 240  # at least, of a job that releases
ENDPOINT_MINUTES = 60  # in it: two deployments of half an hour, or a cluster that starts, an image and a check
BACK_MINUTES = 120  # the check of a batch endpoint waits for its cluster
JUDGE_MINUTES = 60  # of a step of a canary: the numbers, and one change of the endpoint
SETTLE_MINUTES = 60  # schedules, and what a release deletes
WAY_BACK_MINUTES = 20  # that a job gets, once it is cancelled or out of time, to give the traffic back


def opening(context: PipelinesContext, name: str) -> dict[str, Any]:
    """The first keys of every pipeline; a run is named after the pipeline, the day and a number."""
    return {"name": f"{context.platform}-{name}-$(Date:yyyyMMdd).$(Rev:r)"}


def surroundings(context: PipelinesContext, *, of_pull_requests: bool = False) -> dict[str, Any]:
    """Agents, of pull requests or of all else, and where az finds the pinned tools.

    AzureCLI@2 gives each step a configuration of its own.
    """
    pools = context.settings.pool
    pool = pools.of_pull_requests if of_pull_requests else pools.of_deployments
    agents: dict[str, Any] = {"vmImage": pool.vmImage} if pool.vmImage else {"name": pool.name}
    if pool.demands:
        agents["demands"] = list(pool.demands)
    return {
        "pool": agents,
        "variables": {"AZURE_EXTENSION_DIR": f"{TOOLS}/extensions", "AZURE_BICEP_USE_BINARY_FROM_PATH": TRUE},
    }


def only_on_branch(context: PipelinesContext, target: TargetContext) -> str:
    """The condition of a target's stages: all before succeeded, on a branch that the target is deployed from."""
    return f"and(succeeded(), {is_on_branch(context, target)})"


def is_on_branch(context: PipelinesContext, target: TargetContext) -> str:
    """The condition that a run is of a branch that the target is deployed from."""
    source, branch = "variables['Build.SourceBranch']", f"refs/heads/{context.branch(target)}"
    return f"startsWith({source}, '{branch[:-1]}')" if branch.endswith("*") else f"eq({source}, '{branch}')"


def on_change(context: PipelinesContext, branches: Sequence[str]) -> dict[str, Any]:
    """The trigger of what starts when a branch changes anything that a deployment of any kind depends on.

    A change of code or data changes the version of an asset, and with it a file of a target or a script; what bundles
    upload is in none. Runs are not batched: one that waits for an approval would hold back all that come after it.
    """
    folders = [*(target.name for target in context.targets), "pipelines", "scripts"]
    uploaded = list(_uploaded(context))
    return {
        "branches": {"include": list(branches)},
        **({} if "." in uploaded else {"paths": {"include": [*map(context.path, folders), *uploaded]}}),
    }


def _uploaded(context: PipelinesContext) -> Iterator[str]:
    """The folders that bundles upload as they are, so that no file of the output changes with what is in them."""
    named = [source for target in context.targets for bundle in target.bundles for source in bundle.sources]
    if any(target.bundles for target in context.targets):
        own = posixpath.dirname(context.spec) or "."
        yield own
        yield from sorted({source for source in named if posixpath.commonpath([own, source]) != own})


def completion_trigger(
    context: PipelinesContext,
    of: str,
    branches: Sequence[str],
    stages: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> dict[str, Any]:
    """The resource that starts a pipeline when another one, or all these stages, completed on any of the branches.

    `branch` and `tags` say of which run a person's start takes the artifacts; a branch can't stand for several.
    """
    trigger: dict[str, Any] = {"branches": {"include": list(branches)}}
    if stages:
        trigger["stages"] = list(stages)
    if tags:
        trigger["tags"] = list(tags)
    source: dict[str, Any] = {"pipeline": of, "source": f"{context.platform}-{of}"}
    if len(branches) == 1 and not branches[0].endswith("*"):
        source["branch"] = branches[0]
    if tags:
        source["tags"] = list(tags)
    return {"pipelines": [{**source, "trigger": trigger}]}


def deployment(name: str, title: str, environment: str, minutes: int, steps: list[Step]) -> dict[str, Any]:
    """A job bound to an environment, which holds approvals and the lock; it checks nothing out by itself."""
    return {
        "deployment": name,
        "displayName": title,
        "environment": environment,
        "timeoutInMinutes": str(minutes),
        "cancelTimeoutInMinutes": str(WAY_BACK_MINUTES),
        "strategy": {"runOnce": {"deploy": {"steps": steps}}},
    }


def output_of(job: str, step: str, word: str, *, stage: str = "", in_deployment: bool = True) -> str:
    """The expression that reads an output variable of an earlier job of this stage, or of another stage.

    Of a deployment job, an output has the name of the job before that of the step.
    """
    earlier = f"stageDependencies.{stage}.{job}" if stage else f"dependencies.{job}"
    return f"{earlier}.outputs['{f'{job}.' if in_deployment else ''}{step}.{word}']"


def behind_name(thing: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """A job or stage with more keys right behind its name and title: when it runs is read before what it does."""
    named = dict([*thing.items()][:2])
    return {**named, **more, **thing}


def longest(context: PipelinesContext) -> int:
    """Minutes that a job which trains or scores may take: as long as its agent lets it."""
    return HOSTED_MINUTES if context.settings.pool.of_deployments.vmImage else OWN_MINUTES


def release_minutes(context: PipelinesContext, endpoints: int) -> int:
    """Minutes that a job may take which releases so many endpoints, one after the other, and ends the release."""
    return min(longest(context), max(RELEASE_MINUTES, endpoints * ENDPOINT_MINUTES + SETTLE_MINUTES))


def deadline(minutes: int) -> dict[str, str]:
    """For `env` of a script that waits, in a job of so many minutes: it gives up before it is cut off, and says why."""
    return {"MLINFRA_DEADLINE_SECONDS": str((minutes - LAST_MINUTES) * 60)}


def schedule(cron: str, title: str, branches: Sequence[str]) -> dict[str, Any]:
    """One of the times, in UTC, at which a pipeline starts: there may be new data where no code has changed."""
    return {"cron": cron, "displayName": title, "branches": {"include": list(branches)}, "always": TRUE}


def checkout(depth: int = 1) -> Step:
    """`depth` 0 fetches every branch, so that nobody needs the credentials afterwards.

    No tags: git takes the tag origin/main for what the branch main of the remote is, and anybody may push one. Where a
    step doesn't say it, a setting of the pipeline does (steps.checkout, Sync tags).
    """
    fetched = {"fetchDepth": str(depth), "fetchTags": FALSE}
    return {"checkout": "self", "clean": TRUE, **fetched, "persistCredentials": FALSE}


def of_the_remote(variable: str) -> str:
    """In a text of bash: the full name of the branch that a variable holds, as the remote has it."""
    return f"refs/remotes/origin/${{{variable}#refs/heads/}}"


def install(context: PipelinesContext, *tools: str) -> list[Step]:
    """Installs tools; before that, pip is signed in where it installs any of them and there are feeds."""
    arguments = f'--dir "{TOOLS}" {" ".join(tools)}'
    by_pip = any(tool in _BY_PIP or tool.startswith("smoke-") for tool in tools)
    step = script(context, f"Install {', '.join(tools)}", "install-tools.sh", arguments)
    return [*(sign_pip_in(context.settings.feeds) if by_pip else ()), step]


def sign_pip_in(feeds: Sequence[str]) -> list[Step]:
    """Lets pip read these feeds as the identity of the job; nothing where there are none.

    The first one becomes its index, and none is added to the public one (`onlyAddExtraIndex`): among several, pip takes
    the highest version, so that a name of the team's own that somebody registers in public would win. The task sets
    PIP_INDEX_URL and PIP_EXTRA_INDEX_URL, with the job's token, for all later steps; install-tools.sh empties them.
    """
    if not feeds:
        return []
    inputs = {"artifactFeeds": ",".join(feeds), "onlyAddExtraIndex": False}
    return [{"task": "PipAuthenticate@1", "displayName": "Sign pip in to the feeds", "inputs": inputs}]


def script(context: PipelinesContext, title: str, name: str, arguments: str = "") -> Step:
    """A script of the output that needs no sign-in."""
    inputs = {"targetType": "filePath", "filePath": context.path(f"scripts/{name}")}
    if arguments:
        inputs["arguments"] = arguments
    return {"task": "Bash@3", "displayName": title, "inputs": inputs}


def azure(
    context: PipelinesContext,
    title: str,
    connection: str,
    name: str,
    arguments: str,
    *,
    long: bool = False,
    condition: str = "",
    step: str = "",
    env: Mapping[str, str] | None = None,
    sees_nothing: bool = False,
) -> Step:
    """A script of the output, signed in with a service connection.

    `long`: past the hour that a token lives; `step`: the name under which its output variables are read;
    `sees_nothing`: the connection may have no role with which it sees its subscription, and az chooses none
    (https://github.com/microsoft/azure-pipelines-tasks/blob/master/Tasks/AzureCLIV2/task.json).
    """
    inputs: dict[str, Any] = {
        "azureSubscription": connection,
        "scriptType": "bash",
        "scriptLocation": "scriptPath",
        "scriptPath": context.path(f"scripts/{name}"),
        "arguments": arguments,
        "workingDirectory": "$(Agent.TempDirectory)",  # az starts there, and a branch puts no file there
        "addSpnToEnvironment": False,
        "visibleAzLogin": False,
        "failOnStandardError": False,  # az prints notes there
    }
    if long:
        inputs["keepAzSessionActive"] = True
    if sees_nothing:
        inputs["allowNoSubscriptions"] = True
    return {
        "task": "AzureCLI@2",
        "displayName": title,
        **({"name": step} if step else {}),
        **({"condition": condition} if condition else {}),
        "inputs": inputs,
        **({"env": dict(env)} if env else {}),
    }


def plain_text(parameter: str) -> str:
    """What a person wrote into a parameter, for `env`: a `$` in it would be expanded, secrets included."""
    return f"${{{{ replace(parameters.{parameter}, '$', ' ') }}}}"


def flag(parameter: str, option: str) -> str:
    """An option of a script where a parameter is true. Of a text that says false, a condition would hold."""
    return f"${{{{ iif(eq(parameters.{parameter}, true), '{option}', '') }}}}"


def went_wrong(jobs: Sequence[str]) -> str:
    """The condition of a job that the run is cancelled, or that any of these, of which it has to know, came to nothing.

    Of a job that is out of time, or whose agent is gone, failed() and canceled() know nothing: they ask for Failed and
    for a cancel of the whole run, while such a job is Canceled or Abandoned, and the run goes on.
    """
    results = ", ".join(f"dependencies.{job}.result" for job in jobs)
    return f"or(failed(), canceled(), in('Canceled', {results}), in('Abandoned', {results}))"


def went_well(*jobs: str) -> str:
    """The condition of a job that these, which it names, did what they are for, whatever was left out before them.

    succeeded() asks those before them, too, and for it one that was left out did not succeed.
    """
    results = (f"in(dependencies.{job}.result, 'Succeeded', 'SucceededWithIssues')" for job in jobs)
    return f"and(not(canceled()), {', '.join(results)})"


def is_set(variable: str, entry: str) -> str:
    """The condition that a script of this job set a variable of an entry; the name of one may hold no -."""
    return f"and(succeeded(), eq(variables['{variable.format(entry=entry.replace('-', '.'))}'], 'true'))"


AGAIN = "mlinfra.again"  # a variable: what is added to the names of artifacts


def name_again() -> Step:
    """Azure Pipelines takes the name of an artifact once in a run: that of a second attempt at the job ends in .2."""
    return inline(
        "Name the artifacts after a second attempt",
        (
            'if [[ "$SYSTEM_JOBATTEMPT" != 1 ]]; then',
            f'  echo "##vso[task.setvariable variable={AGAIN}].$SYSTEM_JOBATTEMPT"',
            "fi",
        ),
        {},
    )


def of_artifacts(*names: str) -> str:
    """Patterns of artifacts, with those of later attempts: what is not needed is not downloaded."""
    return "\n".join(pattern for name in names for pattern in (f"{name}/**", f"{name}.*/**"))


def what_if(context: PipelinesContext, target: TargetContext, connection: str, level: str) -> list[Step]:
    """What a deployment would change, as an artifact and on the page of the run, once bicep is installed."""
    folder = f"{STAGING}/what-if"
    arguments = f'--target {target.name} --validation-level {level} --out "{folder}"'
    return [
        azure(context, f"What would change in {target.name}", connection, "what-if.sh", arguments),
        shown(f"{folder}/{target.name}-main.md"),
        publish(folder, f"what-if-{target.name}-$(System.JobAttempt)"),
    ]


def shown(summary: str) -> Step:
    """Shows a file of Markdown on the page of the run, where a step before left it, however that ended."""
    return inline(
        "Show it on the page of the run",
        ('if [[ -f "$SUMMARY" ]]; then', '  echo "##vso[task.uploadsummary]$SUMMARY"', "fi"),
        {"SUMMARY": summary},
        condition="succeededOrFailed()",
    )


def what_if_job(
    context: PipelinesContext, target: TargetContext, name: str, connection: str, beside: Sequence[Step] = ()
) -> dict[str, Any]:
    """A job that asks what a deployment would change, with the rights of a reader; `beside` asks others than Azure."""
    asked = what_if(context, target, connection, "ProviderNoRbac")
    return {
        "job": name,
        "displayName": f"What if: {target.name}",
        "timeoutInMinutes": str(WHAT_IF_MINUTES),
        "steps": [checkout(), *install(context, "bicep"), *asked, *beside],
    }


def inline(title: str, lines: Sequence[str], env: Mapping[str, str], condition: str = "") -> Step:
    """A few lines of bash; what they need from the pipeline comes through `env`."""
    return {
        "bash": "\n".join(("set -euo pipefail", *lines)) + "\n",
        "displayName": title,
        **({"condition": condition} if condition else {}),
        "env": dict(env),
    }


def publish(folder: str, artifact: str) -> Step:
    return {"publish": folder, "artifact": artifact, "displayName": f"Publish {artifact}"}
