"""Azure Pipelines: what stops a run before, or instead of, its steps."""

from __future__ import annotations

from mlinfra.azure.failures.cause import DEVOPS, Cause

_ASK = (
    "Run scripts/bootstrap-devops.sh: it makes what the pipelines name and lets them use it; --audit says what differs"
)
PIPELINES = (
    Cause(
        "no_hosted_agents",
        "The organization has no agents of Microsoft's for this project",
        r"(hosted parallelism|parallelism (grant|request))",
        "A new organization gets no minutes on hosted agents until it asks for them, or pays",
        "Ask for the free grant, buy a parallel job, or name a pool of your own in pipelines.pool",
        f"{DEVOPS}licensing/concurrent-jobs",
    ),
    Cause(
        "pool_missing",
        "The pool of agents is not there, or this pipeline may not use it",
        r"(could not find a pool|\bpool\b.{0,80}(could not be found|does not exist|not been authorized|"
        r"not authorized)|"
        r"No pool was specified|use the referenced pool|agent pool.{0,80}not found)",
        "pipelines.pool names a pool that the project does not have, or that is open to other pipelines alone",
        _ASK,
        f"{DEVOPS}agents/pools-queues",
    ),
    Cause(
        "github_rights",
        "The token of the job may not do this in GitHub",
        r"(Resource not accessible by (integration|personal access token)|GitHub answered 403\b(?!.{0,80}rate limit))",
        "A job has the permissions that its workflow lists, and a run of a fork or of Dependabot only reads",
        "Write permissions: {pull-requests: write} at the job; of a fork, read the page of the run instead",
        "https://docs.github.com/en/actions/tutorials/authenticate-with-github_token",
    ),
    Cause(
        "job_token",
        "The service does not take the token of the job",
        r"(Azure DevOps|GitHub) (answered (203|30\d|401)\b|shows its sign-in page)",
        "A token of a job ends with it, and at the latest after some hours; a step that gets none sends an empty one",
        "Run the job again; if it stays, see env of the step: System.AccessToken, or github.token, as MLINFRA_TOKEN",
        f"{DEVOPS}process/access-tokens",
    ),
    Cause(
        "no_agent",
        "No agent takes the job",
        r"(No agents? (found|could be found|is available|are available)|no agents? .{0,60}online|"
        r"all (eligible )?agents .{0,40}offline|satisf(y|ies) the (specified|following) demands|"
        r"agent pool.{0,60}(no|without) (online |available )?agents)",
        "All agents of the pool are off, busy, or lack what the job asks for",
        "Start an agent of the pool (its page shows which are online), or name another pool in pipelines.pool",
        f"{DEVOPS}agents/agents",
    ),
    Cause(
        "connection_not_authorized",
        "The service connection is not there, or this pipeline may not use it",
        r"references endpoint \S{1,80} which|"
        r"(service (connection|endpoint).{0,200}(could not be found|does not exist|not been authorized|was not found|"
        r"is disabled)|Endpoint auth data not present|endpoint id .{0,80}not found)",
        "A connection is open to the pipelines that are listed on it, and to no others. Azure Pipelines looks for all "
        "connections of a file first, so one of a target that is not prepared yet stops the runs of every target",
        "Run scripts/bootstrap.sh --target <target> and the command that it prints, from the branch that names the "
        "connection: they make it, and let the pipelines use it; scripts/bootstrap-devops.sh --audit says what differs",
        f"{DEVOPS}process/resources",
    ),
    Cause(
        "environment_not_authorized",
        "The environment is not there, or this pipeline may not use it",
        r"(Environment\b.{0,80}could not be found|environment does not exist or has not been authorized|"
        r"environment.{0,60}not authorized for use)",
        "Environments with approvals are made beforehand, and are open to the pipelines that are listed on them",
        _ASK,
        f"{DEVOPS}process/environments",
    ),
    Cause(
        "group_not_authorized",
        "The variable group is not there, or this pipeline may not use it",
        r"(variable group.{0,120}(could not be found|does not exist|not been authorized|was not found)|"
        r"secure file.{0,80}(could not be found|not been authorized))",
        "A group is open to the pipelines that are listed on it, and to no others",
        "Make the group that tests or steps name under Pipelines, Library, and run scripts/bootstrap-devops.sh",
        f"{DEVOPS}library/variable-groups",
    ),
    Cause(
        "resource_not_authorized",
        "This pipeline may not use what it names",
        r"(protected resource|checks have not been evaluated|aka\.ms/pipelinechecks|"
        r"aka\.ms/yamlauthz|resource authorization issue|has not been authorized for use)",
        "Pools, connections, environments, groups and repositories are each open to the pipelines listed on them",
        _ASK,
        f"{DEVOPS}process/resources",
    ),
    Cause(
        "branch_refused",
        "A check of the environment or the connection refused this branch",
        r"(branch (control|protection|filter).{0,120}(fail|reject|not)|is not (an )?allowed branch|"
        r"Branch .{0,80}not allowed|(?<!health)\bchecks? (failed|did not pass|were not satisfied))",
        "What deploys runs from the branches that the target names alone",
        "Run it from the branch of the target (branch), or merge first",
        f"{DEVOPS}process/approvals",
    ),
    Cause(
        "not_approved",
        "Nobody approved in time, or somebody rejected",
        r"(approval.{0,60}(timed out|rejected|denied|expired)|(stage|deployment|check).{0,40}was rejected|"
        r"Checks?.{0,40}timed out)",
        "The environment waits for its approvers, as long as approval.hours says",
        "Ask who approves (approval.by), and run the stage again",
        f"{DEVOPS}process/approvals",
    ),
    Cause(
        "devops_rights",
        "Whoever runs this may not do it in Azure DevOps",
        r"need to be a (Creator|User|Administrator) for|ClaimsIdentity|"
        r"(TF400813|TF401027|TF400409|TF30063|VS403\d\d\d|"
        r"(does not have|needs?|lacks?) .{0,40}permissions?.{0,60}(pipeline|build|project|repository|environment|"
        r"queue)|"
        r"Access denied.{0,80}needs .{0,60}permission|"
        r"permissions? .{0,60}(Azure DevOps|dev\.azure\.com)|(Azure DevOps|dev\.azure\.com).{0,120}(not authorized|"
        r"permission|Unauthorized))",
        "The job's identity, or the person, lacks a right in the project",
        "Give the right that the error names (Project settings); a person who runs scripts/bootstrap-devops.sh is a "
        "project administrator",
        f"{DEVOPS}policies/permissions",
    ),
    Cause(
        "agent_setup",
        "The agent is not set up, or can't speak to Azure DevOps",
        r"(config files are missing|clock may be out of sync|agent is not configured|An error occurred: Not configured|"
        r"Must not run with sudo|(register|configure) (the )?agent.{0,80}(fail|error)|"
        r"Error reported in diagnostic logs|"
        r"VSS\d{6}|(agent|runner) version .{0,60}(deprecated|too old|no longer))",
        "A pool of your own runs agents that are registered once, with a token that was good then",
        "Register it anew (config.sh remove, then config.sh), with the clock right and a token that may manage the "
        "pool",
        f"{DEVOPS}agents/linux-agent",
    ),
    Cause(
        "agent_lost",
        "The agent was lost while the job ran",
        r"(stopped hearing from agent|lost communication with the (server|agent)|agent did not (connect|respond)|"
        r"The runner has received a shutdown signal|agent .{0,40}(went|is) offline)",
        "The machine was shut down, ran out of memory, or lost its way to Azure DevOps",
        "Run the job again; on a pool of your own, look at the machine's memory, disk and network",
        f"{DEVOPS}troubleshooting/troubleshooting",
    ),
    Cause(
        "job_too_long",
        "The job ran longer than it may",
        r"(ran longer than the maximum time|exceeded the maximum (allowed |execution )?time|"
        r"operation was canceled.{0,60}timeout|The job (has )?timed out)",
        "A hosted agent ends a job after an hour (six for public projects), or after timeoutInMinutes",
        "What waits long runs without an agent or on a pool of your own; see docs/how-to/long-training.md",
        f"{DEVOPS}process/phases",
    ),
    Cause(
        "artifact_missing",
        "What an earlier stage published is not there",
        r"(artifact .{0,80}(was not found|not found for build|does not exist|has expired)|No artifacts? (were|"
        r"was) found)",
        "The run that made it published nothing, or it was deleted by retention",
        "Run train.yml again, or keep runs that are released (pipelines keeps what serves)",
        f"{DEVOPS}artifacts/pipeline-artifacts",
    ),
    Cause(
        "pipeline_invalid",
        "Azure Pipelines does not take the file",
        r"No task definition found|Failed to download task(?!.{0,200}(space|disk|time))|"
        r"Expected a (scalar value|mapping|sequence)|"
        r"Unexpected symbol: |loading the YAML|Mapping values are not allowed|Unrecognized value: '|(stage|job|"
        r"step) .{1,80}depends on unknown|not a valid (stage|job) (name|reference)|"
        r"(Encountered error\(s\) while parsing pipeline YAML|\.yml.{0,60}(Unexpected value|"
        r"A mapping was not expected|"
        r"A sequence was not expected|While parsing a)|A task is missing|"
        r"\(Line: \d+, Col: \d+\)|Input Must be Valid|The pipeline is not valid)",
        "The file names something that the project does not have, or was edited by hand",
        "Compile anew; a task that is missing is an extension: scripts/bootstrap-devops.sh says which",
        f"{DEVOPS}troubleshooting/troubleshooting",
    ),
)
