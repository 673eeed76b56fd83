"""What runs the steps: az and its extensions, tools, connections, git."""

from __future__ import annotations

from mlinfra.azure.failures.cause import DEVOPS, LEARN, Cause

CLI = "https://learn.microsoft.com/cli/azure/"
CLIENTS = (
    Cause(
        "az_extension",
        "az lacks the extension, or has another version of it",
        r"<class 'azext_|azext_\w{1,20}\.\S{0,200}(is not supported|has no attribute|cannot import)|"
        r"('[\w-]+' is misspelled or not recognized by the system|is not in the '[^']+' command group|"
        r"Pip failed with status code|No matching extensions? for|The extension \S+ is not installed|"
        r"The command requires the extension|Unable to (load|import) extension|"
        r"cliextensions/.{0,200}(ImportError|ModuleNotFoundError|cannot import|has no attribute)|"
        r"extension '?[\w-]+'? .{0,60}(not compatible|could not be loaded|requires a min))",
        "The commands of Azure ML are an extension of az, which another version of az or of Python does not load",
        "Install the locked version as the pipelines do: az extension add --name ml --version <version> "
        "--yes; a broken one is taken away first (az extension remove --name ml); azure-cli-ml, the old one, "
        "excludes it",
        f"{CLI}azure-cli-extensions-overview",
    ),
    Cause(
        "az_arguments",
        "az does not take the arguments of the command",
        r"\bmode not supported|No such (option|command)\b|is not a valid (choice|option)|ambiguous option|"
        r"invalid choice|"
        r"(unrecognized arguments?:|the following arguments are required:|argument \S+: (invalid|expected)|"
        r"'\S+' is not a valid value for|not a valid subcommand|InvalidArgumentValue|MutuallyExclusiveArgument|"
        r"RequiredArgumentMissing|UnrecognizedArgument)",
        "The command was written for another version of az or of its extension, or a value is empty",
        "Install the locked versions (versions in the spec); scripts of an older release are compiled anew",
        f"{CLI}reference-types-and-status",
    ),
    Cause(
        "tool_missing",
        "A tool that the step runs is not on the agent",
        r"(\b(az|jq|databricks|bicep|python3?|git|docker|conda|uv): (command )?not found|command not found|"
        r"not recognized as an? (internal or external command|name of a cmdlet)|"
        r"Unable to locate executable file|Bicep CLI not found|Docker .{0,40}not (running|installed)|"
        r"Cannot connect to the Docker daemon)",
        "Hosted agents have these tools; a pool of your own has what was put on it",
        "Install it on the agents of the pool: the README of the output lists what the steps need",
        f"{DEVOPS}agents/linux-agent",
    ),
    Cause(
        "git_fetch",
        "The repository can't be fetched",
        r"TF401019|Git (checkout|clone) failed|terminal prompts disabled|"
        r"does not exist or you do not have permissions for the operation you are attempting|"
        r"(Git fetch failed|git-?\w* .{0,40}exit(ed with)? code:? ?128|could not read (Username|"
        r"Password)|"
        r"couldn'?t find remote ref|Authentication failed for 'https|fatal: repository .{0,120}not found|"
        r"remote: Repository not found|reference is not a tree|shallow update not allowed)",
        "The branch or commit is gone, or the job's identity may not read the repository",
        "See that the branch is there; give the project's build service Read on the repository, and list the "
        "repository under resources where it is another one",
        f"{DEVOPS}repos/azure-repos-git",
    ),
    Cause(
        "git_checkout",
        "Git can't go on with the checkout as it is",
        r"(detected dubious ownership|would be overwritten by (merge|checkout)|fatal: not a git repository)",
        "The folder belongs to somebody else, holds changes or a lock of an earlier run, or the branches went apart",
        "Let the step check out anew (checkout with clean: true, fetchDepth: 0 where history is compared); of a "
        "folder of "
        "another user, git config --global --add safe.directory <folder>",
        f"{DEVOPS}repos/pipeline-options-for-git",
    ),
    Cause(
        "push_refused",
        "The branch takes no push from the job",
        r"(remote: Permission to|failed to push some refs|"
        r"TF402455|Pushes to this branch are not permitted|TF401028|"
        r"\[remote rejected\]|protected branch|GenericContribute|pre-receive hook declined)",
        "A policy of the branch asks for a pull request, or the job's identity may not contribute",
        "Let the pipeline open a pull request, or give its identity what the error names on that branch alone",
        f"{LEARN}devops/repos/git/set-git-repository-permissions",
    ),
    Cause(
        "project_missing",
        "The project or organization is not there for whoever asks",
        r"(VS800075|TF200016|TF400324|The following project does not exist|"
        r"project with id .{0,80}does not exist|You do not have permission to access (it|the project)|"
        r"VS4030(63|64)\b)",
        "Its name differs, or the identity is no member of it",
        "Compare the organization and project with the address of the repository; add the identity to the project",
        f"{LEARN}devops/organizations/projects/about-projects",
    ),
    Cause(
        "tls_inspected",
        "The certificate of a host is not trusted",
        r"(SSL_connect|WRONG_VERSION_NUMBER|EOF occurred in violation of protocol|SSL handshake|"
        r"certificate verify failed|SSLCertVerificationError|self.signed certificate|CERTIFICATE_VERIFY_FAILED|"
        r"unable to get local issuer|x509: certificate (signed by unknown|has expired|is valid for)|SSLError)",
        "A proxy between the caller and Azure answers with a certificate of its own, or a name leads to another host",
        "Put the company's root certificate where az and Python look (REQUESTS_CA_BUNDLE), or let the proxy leave "
        "Azure's hosts alone",
        f"{CLI}use-azure-cli-successfully-troubleshooting",
    ),
    Cause(
        "no_connection",
        "Nothing answers at the address",
        r"occurred while sending the request|Failed to query service connection API|connection (was )?(closed|lost|"
        r"terminated)|Unable to (reach|connect)|socket hang up|"
        r"(Proxy ?(Error|Authentication Required)|\b407\b|"
        r"Connection (refused|reset|aborted|timed out)|ConnectTimeout|ConnectionError\b|Max retries exceeded|"
        r"NewConnectionError|ETIMEDOUT|ECONNREFUSED|ECONNRESET|i/o timeout|dial tcp \S+: connect|"
        r"Failed to establish a new connection|Network is unreachable|ReadTimeoutError|Could not connect to|"
        r"A connection attempt failed|failed to communicate with the workspace's container registry)",
        "A firewall, a security group or a route drops it, or there is no way out of the network: the managed "
        "network "
        "lets out what its rules name alone",
        "mlinfra explain <address> of whoever calls lists what it has to reach; add the host to "
        "managed_network.outbound_rules or the rule to the firewall",
        f"{LEARN}machine-learning/how-to-access-azureml-behind-firewall",
        ("privateEndpoints",),
    ),
    Cause(
        "agent_container",
        "A container on the agent does not start, or ended",
        r"backoff limit|"
        r"(OCI runtime (create|exec)|failed to start containers?|Docker (start|exec|create) fail\w{0,3} with|"
        r"runc (create )?failed|Container \w{12,64} is not running|error while creating mount source)",
        "The agent runs the job in a container: its image has no shell that lasts, the agent is itself in a "
        "container, "
        "or its folders can't be mounted",
        "Let the job run on the agent itself, or on an agent that is not in a container",
        f"{DEVOPS}process/container-phases",
    ),
    Cause(
        "shell",
        "A script stopped at a command that got what it does not expect",
        r"(\bjq: (parse )?error|unbound variable|syntax error near|bad interpreter|"
        r"parse error: Invalid|integer expression expected|bad substitution|arithmetic syntax error)",
        "A variable is empty, az answered with a message where JSON was expected, or the file has the line ends of "
        "Windows",
        "The line before says which command it was: run it alone with --debug; scripts of the output are kept with "
        "line feeds alone (.gitattributes)",
        f"{DEVOPS}scripts/cross-platform-scripting",
    ),
    Cause(
        "client_crash",
        "az, or a tool beside it, ended with an error of its own",
        r"\bERROR: {1,4}'\w{1,40}' object has no attribute|^'\w{1,40}' object has no attribute|"
        r"\w{1,60}\.\w{1,60} is not a function\b|Cannot read propert(y|ies) of (undefined|null)|"
        r"error response cannot be parsed|was unsuccessful\. exception=|nil pointer dereference|"
        r"panic: runtime error|ERROR: {1,4}(list )?index out of range|unhashable type|"
        r"Unhandled exception\b|"
        r"(Met error <class|The command failed with an unexpected error|"
        r"Traceback \(most recent call last\).{0,400}(azure/cli|azext_|knack|azure/ai/ml)|"
        r"This is likely a bug in|panic: |Please (report|open) (this|an) issue)",
        "The program stumbled over an answer or a value that it did not expect: most often another version "
        "than the locked one, or a refusal that it does not show",
        "Run the command again with --debug and give that to this command; install the locked versions",
        f"{CLI}use-azure-cli-successfully-troubleshooting",
    ),
)
