"""Further words of causes: what runs on agents and in images says: git, az, conda and pip, Docker, pipelines, "
"MLflow."""

from __future__ import annotations

from mlinfra.azure.failures.cause import DEVOPS, LEARN, ML, Passage, Words

CLIENT_WORDS = (
    Passage(
        "https://git-scm.com/docs",
        (
            Words(
                "git_fetch",
                r"could not read from remote repository|(fatal|error): (unable|could not|cannot|"
                r"failed) .{0,12}(access|fetch"
                r"|clone|connect|get|read from)\b.{0,200}(http|git@|remote|ref|repository)|RPC failed|early EOF|"
                r"fetch-pack: |upload-pack: |remote branch \S{1,120} not found|not our ref|unadvertised object|"
                r"unknown revision or path not in the working tree|pathspec '[^']{1,200}' did not match|bad object "
                r"[0-9a-f]|"
                r"(clone|fetch) of '[^']{1,200}' .{0,40}failed|the requested URL returned error|"
                r"reference is not a tree|does not point to a commit|host key verification failed|"
                r"Permission denied \(publickey|git-lfs|smudge filter|git lfs (fetch|pull)",
            ),
            Words(
                "git_checkout",
                r"dubious ownership|safe\.directory|local changes .{0,60}would be overwritten|not possible to "
                r"fast-forward|"
                r"not a git repository|index\.lock|unmerged files|CONFLICT \(|Automatic merge failed|needs merge|"
                r"Please tell me who you are|divergent branches|untracked working tree files would be|"
                r"You have not concluded your|cannot (lock|switch branch|rebase|merge|pull)\b.{0,80}(ref|while|"
                r"unstaged|"
                r"uncommitted|branch)|detached HEAD|No url found for submodule|submodule .{0,80}(fail|not initialized)",
            ),
            Words(
                "push_refused",
                r"(stale info|non.?fast.?forward|fetch first|tip of your current branch is behind|"
                r"no upstream branch|no configured push destination|atomic push failed|could not push)",
            ),
        ),
    ),
    Passage(
        "https://docs.conda.io/projects/conda/en/stable/user-guide/troubleshooting.html",
        (
            Words(
                "conda_unsolved",
                r"nothing provides|\bconda .{0,40}(exit|return|fail)\w{0,4} "
                r".{0,40}(code|status)|Solving environment: (failed|\.\.\.working\.\.\. failed)|"
                r"EnvironmentLocationNotFound|Not a conda environment|EnvironmentFileNotFound|"
                r"(package|spec)s? (are|is) not available from current channels|excluded by strict repo|"
                r"does not exist \(perhaps a typo or a missing channel\)|LibMamba\w{1,30}|libmamba .{0,60}(fail|error)|"
                r"Terms of Service have not been accepted|CondaToS\w{1,40}|InvalidMatchSpec|SpecNotFound|ClobberError|"
                r"ChecksumMismatchError|HTTP 000 CONNECTION FAILED|UnavailableInvalidChannel|run conda package manager|"
                r"unable to (create|install|set ?up|build) .{0,40}(conda|virtual ?env|python) environment",
            ),
        ),
    ),
    Passage(
        "https://pip.pypa.io/en/stable/",
        (
            Words(
                "conda_unsolved",
                r"pip's dependency resolver|failed to build installable wheels|building wheel for "
                r"\S{1,80} .{0,40}(error|"
                r"exited)|do not match the hashes|Could not install packages due to an (OS|Environment)Error|"
                r"metadata-generation-failed|Getting requirements to build wheel|resolution-too-deep|UnsupportedWheel|"
                r"is not a supported wheel|externally-managed-environment|\bpip (subprocess|install|returned|"
                r"failed)\b.{0,120}"
                r"(error|fail|exit|return)|python setup\.py (egg_info|install|bdist_wheel)|legacy-install-failure|"
                r"conflicting dependencies|these package versions have conflict|requires-python|Requires-Python|"
                r"No solution found when resolving|error: Microsoft Visual C\+\+|Neither 'setup\.py' nor|"
                r"Double requirement given|Could not open requirements file|error: (command|legacy|metadata)\b|"
                r"fatal error: \S{1,60}\.h: No such|No module named '?(pip|setuptools|distutils|pkg_resources|wheel)\b|"
                r"Invalid wheel filename|cannot uninstall|(gcc|g\+\+|cc1plus|clang|cmake|cargo|rustc)\b.{0,60}(not "
                r"found|"
                r"required|is not installed|exit|failed)",
            ),
            Words(
                "packages_unfit",
                r"\bincompatible (with|version)|numpy\.(ndarray size|dtype size|"
                r"core\.multiarray)|has no attribute '?(ABCIndexClass|float|int|bool|object|__version__)|"
                r"AttributeError: module|ImportError: cannot import name|TypeError: __init__\(\) got|"
                r"requires \S{1,60}[<>=!]=? ?\S{1,20}, but|ABI version|sklearn\.\S{1,60} is (deprecated|removed)|"
                r"(was|were) (trained|saved|pickled|created|logged) with .{0,60}version",
            ),
        ),
    ),
    Passage(
        "https://docs.docker.com/reference/",
        (
            Words(
                "image_platform",
                r"exec format error|no matching manifest for|image platform .{0,60}does not match|"
                r"does not match the (detected|specified) (host )?platform",
            ),
            Words(
                "image_missing",
                r"(image|tag|digest|repository)\b.{0,60}(is invalid|could not be pulled|"
                r"not found: (manifest|does not exist))|PlatformImageNotFound|failed to resolve reference|"
                r"invalid reference format|ErrImagePull|ImagePullBackOff|not found: manifest|"
                r"requested image .{0,60}not found",
            ),
            Words(
                "image_build",
                r"(failed|unable|error) .{0,12}(to )?(build|building|push|materializ\w{1,5}) (the |an )?"
                r"(docker |container )?(image|environment)\b|acr build fail|failed to solve|did not complete "
                r"successfully: exit code|"
                r"(docker build|buildx|buildkit)\b.{0,80}(exited|failed|error)|environment (build|preparation|"
                r"setup)\b.{0,40}"
                r"(fail|error)|materializ\w{1,6} .{0,40}fail",
            ),
            Words(
                "dockerfile",
                r"dockerfile\b.{0,60}(not found|no such|invalid|error|must|unable)|no build stage|"
                r"build ?context\b.{0,60}(invalid|fail|no such)",
            ),
            Words(
                "agent_container",
                r"(container|docker) .{0,60}(exited|stopped|crashed|terminated) with|"
                r"Conflict\. The container name|port is already allocated|address already in use",
            ),
        ),
    ),
    Passage(
        "https://learn.microsoft.com/cli/azure/use-azure-cli-successfully-troubleshooting",
        (
            Words(
                "sign_in",
                r"az login|Azure login failed|AADSTS\d{4,7}|Secret expired, update service connection|"
                r"(tenant|application|client|client_id|app).{0,60}(not found in the directory|does not have access to "
                r"tenant|was not found in)|multi-?factor|conditional access|interaction_required|"
                r"(failed|unable|could not) .{0,4}(to )?(authenticate|log ?in|sign ?in)\b|IMDS (endpoint|unavailable)|"
                r"no managed identity endpoint|MSI: |no accounts? (was|were|found)|SubscriptionClient|"
                r"credential (is|was|has) (expired|invalid|unavailable|not)|(access|bearer|refresh|id) token\b.{0,60}"
                r"(expired|invalid|missing|not valid|revoked|audience)|OIDC .{0,60}(fail|error|token)|"
                r"Unable to get ACTIONS_ID_TOKEN",
            ),
            Words(
                "az_arguments",
                r"ArgumentUsageError|az: error:|az \w{2,20}[\w -]{0,40}: error:|--\w[\w-]{1,40}( ?/ ?-\w)?:? "
                r"(is|are|must|cannot|may not|expects|requires)\b|please specify --|"
                r"unknown (flag|option|argument|shorthand flag)|flag needs an argument|(accepts|requires) (at (most|"
                r"least) |"
                r"exactly )?\d+ arg",
            ),
            Words(
                "az_extension",
                r"extension .{0,60}(is|are) not (installed|compatible|found|available)|azure-cli-ml|"
                r"azure-devops extension|az extension (add|update)|(update|upgrade) .{0,30}(extension|azure.cli)",
            ),
            Words(
                "client_crash",
                r"unexpected keyword argument 'azure|'\w{1,40}Credential' object has no attribute|"
                r"CLIInternalError|core dumped|segmentation fault|stack overflow|Fatal Python error|knack\.",
            ),
        ),
    ),
    Passage(
        f"{DEVOPS}troubleshooting/troubleshooting",
        (
            Words(
                "pipeline_invalid",
                r"could not queue the build because|unable to resolve action|process file command|there were "
                r"validation errors or warnings|template expression is "
                r"not "
                r"allowed|unable to convert from \w{1,20} to|maximum object depth|(yml|yaml|template)\b.{0,60}file "
                r"not found|"
                r"file \S{1,160} not found in repository|unexpected (parameter|property) '|"
                r"a (value|mapping|sequence|parameter) .{0,40}(expected|required|must be provided)|"
                r"(stage|job|step|parameter|variable|resource|task) .{0,60}(is not (valid|defined|recognized|"
                r"supported)|"
                r"must (be|have|contain)|appears more than once|has an invalid|already exists in)|duplicate (key|"
                r"name)\b|"
                r"exceeded max expression|Unrecognized (function|named-value)|invalid workflow file|Unable to expand "
                r"variable",
            ),
            Words(
                "connection_not_authorized",
                r"service connection\b.{0,80}(not|no longer|missing|permission|authoriz|"
                r"valid|expired)|permissions? to use the referenced service connection|"
                r"docker registry service connection|service endpoint (not found|with id)",
            ),
            Words(
                "no_agent",
                r"all potential agents are|no agent .{0,60}(capab|demand|match)|waiting for an? (available )?"
                r"(agent|runner)|(agent|runner)s? (is|are) (offline|disabled|busy)|no (hosted )?runners? (matching|"
                r"found|"
                r"online)",
            ),
            Words(
                "agent_lost",
                r"hosted runner encountered|Error Type: Disconnect|runner lost|agent .{0,40}(crash|"
                r"terminated|restarted|shut ?down)",
            ),
            Words(
                "agent_setup",
                r"cannot configure the agent|Task signature verification failed|"
                r"supported task execution handler was not found|capabilit(y|ies) .{0,40}missing",
            ),
            Words(
                "artifact_missing",
                r"(download|publish|upload)\w{0,3} .{0,40}artifacts?\b.{0,60}(fail|error|not)|"
                r"artifact name (is not valid|already)|artifacts?\b.{0,40}not (found|exist|available|valid|contain)",
            ),
            Words(
                "devops_rights",
                r"VS30063|TF14045|TF50309|TF215106|TF400367|TF246\d{3}|(personal access token|\bPAT\b)"
                r".{0,60}(expired|scope|invalid|not|revoked)|identity .{0,40}not .{0,20}materialized|"
                r"build service.{0,80}(permission|access|not)|system\.accesstoken",
            ),
            Words(
                "tool_missing",
                r"Azure CLI (2\.x is )?not (installed|found)|Version spec .{0,120}did not match|"
                r"could not find (Python|a version of|an installation of)|is not installed (on|in) (this|the)|"
                r"unable to locate (executable|the)|executable file not found|ENOENT|spawn \S{1,80} EN",
            ),
            Words(
                "step_failed",
                r"Script failed with (exit|return) code|failed with return code|Task failed while|"
                r"Bash (wrote|failed)|Script has output to stderr|failOnStdErr|Process completed with exit code",
            ),
            Words(
                "template",
                r"(Ensure|Validation errors were found in) the .{0,40}(Template|Parameters) ?(file)?|"
                r"Template validation failed|Deployment template (validation|parse) fail|overriding "
                r"'[^']{1,80}' parameter|"
                r"(missing|invalid|unexpected|undefined|extra) (template )?parameters?\b.{0,60}(template|file|bicep|"
                r"arm)|"
                r"deployment parameters? .{0,60}(not|invalid|missing)",
            ),
            Words(
                "bicep",
                r"bicep (build|restore|publish|decompile|lint)\b.{0,40}(fail|error)|\.bicep\(\d+,\d+\)",
            ),
            Words("job_too_long", r"(job|action|step|task) .{0,120}timed out after \d{1,6} minutes"),
            Words("tls_inspected", r"HTTP response to HTTPS client"),
            Words("cancelled", r"(operation|job|run|build) (was|has been) cancel"),
            Words(
                "file_missing",
                r"script file could not be found|no (file|package|test)s? (was |were )?(found|matched|"
                r"match)\w{0,3} (with|for|matching|the)|could not find (any )?(file|template|"
                r"package)s? .{0,40}(match|path)",
            ),
        ),
    ),
    Passage(
        f"{ML}how-to-use-mlflow-configure-tracking",
        (
            Words(
                "mlflow_run",
                r"mlflow\b.{0,60}(tracking|registry) (uri|server|store)\b.{0,80}(fail|not|error|invalid)|"
                r"(no|not an) active (mlflow )?run|run .{0,40}already (active|ended|finished)|experiment .{0,60}(is "
                r"deleted|"
                r"not found|does not exist)|unsupported (artifact|tracking|registry) (uri|store|scheme)",
            ),
            Words(
                "not_mlflow",
                r"(MLmodel|model) .{0,40}flavors? .{0,60}(not|invalid|missing)|Model Flavors dictionary|"
                r"no .{0,20}flavors?\b|unable to load model|mlflow_model .{0,60}(folder|file|must|cannot|should)",
            ),
            Words(
                "request_form",
                r"(schema|signature) (of|for) .{0,60}(mismatch|does not match|enforce)|"
                r"(data|input|payload|request|json)\b.{0,60}(must be|should be|expected)( in)? .{0,40}(json|list|dict|"
                r"dataframe|array|format)|'(data|input_data|inputs|dataframe_split)' (key|field)|JSONDecodeError",
            ),
        ),
    ),
    Passage(
        f"{LEARN}machine-learning/how-to-train-model",
        (
            Words(
                "gpu_unfit",
                r"(CUDA|cuDNN|GPU|nvidia)\b.{0,60}(not (found|available|supported|compatible|detected)|"
                r"mismatch|version|driver|unavailable|incompatible)|torch\.cuda",
            ),
            Words(
                "shell",
                r"\bline \d+: .{0,80}(syntax|unexpected|Permission denied)|exit(ed)? (with )?(code|status):? ?126\b",
            ),
        ),
    ),
)
