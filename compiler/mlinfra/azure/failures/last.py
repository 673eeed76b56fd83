"""What is said in words of all services: looked for last, and of what little says only where nothing else is "
"known."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, DEVOPS, LEARN, ML, Cause

LAST = (
    Cause(
        "invalid_name",
        "A name is not one that Azure takes",
        r"(Invalid\w{0,30}Name\b|\bis reserved\b|reserved (name|word|prefix)|"
        r"AccountNameInvalid|Invalid(Resource|Workspace|Account|Vault|Endpoint|Deployment|Container)?Name\w*\b|"
        r"ReservedResourceName|VaultNameNotValid|DeploymentName(InvalidCharacters|LengthLimitExceeded)|"
        r"(is not a valid|not valid|invalid) (\w+ ){0,3}name\b|name .{0,80}(is invalid|is not valid|must (be|"
        r"contain|match|start)|can only contain|exceeds?))",
        "Each type has a length and letters of its own, and some words are reserved",
        "Write azure_name, or another name_prefix; mlinfra validate knows the rules of the types that it names itself",
        f"{LEARN}azure-resource-manager/management/resource-name-rules",
    ),
    Cause(
        "not_offered",
        "Azure does not offer this, or no longer, or not together",
        r"\b(does|do) not support\b|\bOnly .{1,60} (is|are) (now )?supported\b|\bno longer\b.{0,40}\b(support|"
        r"availab|work)|is not available (for|in|with) (this|the|your) (sku|tier|plan|kind|offer)|"
        r"(no longer (supported|available|offered|allowed)|\(NotSupported\)|has been (retired|deprecated|"
        r"discontinued)|"
        r"\b\w{3,40}(NotSupported|Unsupported)\b|\bUnsupported[A-Z]\w{2,40}\b|classic resource mode|"
        r"(is|are) (retiring|being retired)\b|will be retired|(is|are) not (currently )?supported( (for|in|on|with|"
        r"by)\b|[.\"']|$)|doesn't support|is (retired|"
        r"deprecated))",
        "Types, kinds and combinations are retired, or belong to another tier, region or version of the API",
        "See what the error offers instead; compile with the current release, which writes what is offered, and take "
        "out what was written under properties:",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "invalid_value",
        "Azure does not take a value",
        r"\b(is|are|was|were) (null|not specified|not permitted)\b|\b(setting|parameter|property|value|field|"
        r"argument|format|configuration|request|schema|expression|identifier|id)s? (is|are|was) (invalid|"
        r"not valid(?! according)|incorrect|malformed)|\bInvalid \w{3,30} request\b|(shouldn'?t|should not|must not|"
        r"may not) (define|have|contain|specify|set|use)\b|'s? is not under the\b|is not formatted correctly|"
        r"((was |is )?not supplied( a value)?|validation errors? occurr?ed|Unable to parse request body|"
        r"Unmatched\w{3,40}|Mismatching\w{3,40}|\bInvalid(?!TemplateDeployment)[a-z]\w{3,40}\b|(traffic|"
        r"percentages?).{0,60}(add up|"
        r"sum|must be (0|100))|sum of traffic|"
        r"InvalidParameter\w*|InvalidRequestFormat|InvalidRequestPropert\w+|InvalidPropert\w+|InvalidValue\w*|"
        r"InvalidInput\b|BadArgument\b|InvalidDeploymentSpec|(invalid|unsupported|illegal) value\b|body (was|"
        r"is) malformed|An invalid value was provided|(must|should|may|can)( ?not|n'?t) (define|have|contain|"
        r"be (null|empty|set|used|combined|specified|defined|both))|value '?[^']{0,80}'? (is|was) (invalid|"
        r"not (allowed|valid|supported|in))|(parameter|property|argument|field) '?[^']{0,80}'? (is|was|has|"
        r"have) (an )?(invalid|not (allowed|valid|supported)|required|missing|malformed)|is not a valid value|"
        r"MissingRequired\w+|RequiredPropert\w+|\w{3,40}ParametersMissing|must specify|is required (for|when|in|"
        r"by)\b|"
        r"Provided \w{1,60} is invalid|value for '[^']{1,80}' is missing|MissingArgument|must not be empty|"
        r"cannot be (empty|null)|payload|\b\w{3,40}(Invalid|Mismatch)\b|ValidationError\b|must be (one of|between|"
        r"greater|less)|"
        r"exceeded maximum length)",
        "A property has a value that this API does not know, that is missing, or that does not fit another one",
        "See the property that the error names; the reference of the type lists the values; the line of the "
        "spec is in mlinfra explain <address>",
        "https://learn.microsoft.com/azure/templates/",
    ),
    Cause(
        "name_taken",
        "The name is taken",
        r"(workspace|account|server|vault|registry) name '?[\w.-]{1,60}'? is not unique|"
        r"with (the )?(given|same|specified) name '?[\w.-]{1,80}'? already exists|"
        r"to be managed via Terraform this resource needs to be imported|"
        r"(\b\w{3,40}Already(Exists|InUse|Registered|Taken)\b|WithSameNameExists|already exists with the same|"
        r"(AlreadyTaken|AlreadyInUse|NameNotAvailable|NameUnavailable|NameAlreadyExists|DomainInUse)\b|"
        r"DnsRecordInUse|name .{0,100}(is|was|has been) (already )?(taken|in use|used|not available|unavailable))",
        "Names that are hosts are unique in all of Azure, others in their group; what was deleted may still "
        "hold its name",
        "Raise naming.generation, or write azure_name; if it is yours, say existing: true",
        f"{LEARN}azure-resource-manager/management/resource-name-rules",
    ),
    Cause(
        "file_missing",
        "A file or folder is not where the step looks",
        r"(FileNotFoundError|(must be|is not) a (directory|folder|file)\b|NotADirectoryError|IsADirectoryError|"
        r"No such file or directory|Could not find (a |any )?(file|path)|(file|path|"
        r"directory) .{0,100}(does not exist|was not found|not found|cannot be found|doesn't exist)|"
        r"Not found (file|PathToPublish))",
        "The path is another one there: the folder of the code is what code: names, and inputs lie where the "
        "command gets them",
        "Compare the path with the files of code: (what .amlignore or .gitignore names is not sent), and "
        "write ${{inputs.<name>}} for data",
        f"{LEARN}machine-learning/how-to-troubleshoot-data-access",
        (
            "workspaces/jobs",
            "workspaces/components",
        ),
    ),
    Cause(
        "service_error",
        "Azure had an error of its own",
        r"please try again( later)?\b|transitioning failed|we are investigating|unexpected server error|"
        r"(internal (server )?error\b|InternalError\b|try again after some time|"
        r"InternalServerError|Internal server error|ServiceUnavailable|\b50[0234]\b.{0,20}(error|gateway|time)|"
        r"Bad Gateway|Gateway Time-?out|"
        r"TEMPORARILY_UNAVAILABLE|temporarily unavailable|(Response|status) ?(Code|status)?:? 50[0234]\b|"
        r"An unexpected error occurred|empty or invalid content|Object reference not set|due to System\.Exception|"
        r"Unknown server error)",
        "Something went wrong on Azure's side",
        "Run the step again; if it stays, open a support request with the correlation id",
        "https://azure.status.microsoft",
    ),
)
LITTLE = (
    Cause(
        "http_unauthorized",
        "Whoever asks is not signed in, or as somebody whom this service does not know",
        r"(failed to authenticate the request|\b401\b|\bUnauthorized\b|not signed in|authentication (failed|required|"
        r"error))",
        "No token came along, it is of another tenant or service, or it has expired",
        "See who runs the step: the service connection, or the identity of the compute; sign in anew, and "
        "give the service a token of its own audience",
        "https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
    ),
    Cause(
        "http_forbidden",
        "Whoever asks is known, and may not do this, or not from there",
        r"(insufficient (permissions?|rights|privileges)|do(es)? not have (the )?(permission|access|right)|"
        r"permission was denied|lacks? (the )?permissions?|\b\w{3,40}(AccessDenied|Forbidden)\b|\b403\b|"
        r"\bForbidden\b|access (is |was )?denied|permission denied|not (authorized|permitted|"
        r"allowed) to\b)",
        "A role is missing, it was given minutes ago, or a firewall closes the resource to this network",
        "See the roles of whoever runs the step on what the text names, then network of the target; "
        "scripts/bootstrap.sh --audit compares",
        f"{LEARN}role-based-access-control/troubleshooting",
    ),
    Cause(
        "http_not_found",
        "What is named is not there",
        r"(no such\b|cannot find|can't find|unable to (find|locate)|not exist|"
        r"\b404\b|\bNot ?Found\b|(was|is|were|are|be|could not be) not found|could not (be )?f(i|ou)nd|"
        r"does not exist|doesn't exist|not found (in|at|for|on))",
        "It was not deployed yet, was deleted, has another name, or is in another group, workspace or subscription",
        "Run infra.yml or release.yml of the target first; of what has existing: true, compare azure_name and"
        " resource_group",
        f"{ARM}error-not-found",
    ),
    Cause(
        "http_bad_request",
        "Azure does not take the request",
        r"(\b(is |was |are )?(invalid|not valid(?! according)|malformed|unsupported)\b|"
        r"missing required|is required|must be\b|"
        r"expected\b.{0,60}\b(got|received|found|but)\b|"
        r"\b400\b|\bBad ?Request\b)",
        "A value, or two together, are not what this API takes: the words beside the status say which",
        "See what the text says beside BadRequest; the reference of the type lists the values, and mlinfra "
        "verify judges the files without Azure",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "http_conflict",
        "It exists, or is in a state that does not go with this change",
        r"There was a conflict|\"message\": ?\"Conflict\"|"
        r"(\b409\b|\(Conflict\)|already exists)",
        "Somebody else made it, another change of it is not over, or its last change failed",
        "Look at it in Azure: its state, and whose it is; say existing: true, delete it, or run the step again",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "code_failed",
        "A program ended with an exception of its own",
        r"(Traceback \(most recent call last\)|\b(?!HttpResponse|azcli)[A-Z]\w{2,40}(Error|Exception): ?\S)",
        "The last line of the traceback is the exception, the line above it the place in the code",
        "See whether the file is yours: correct it, and try it on a small input; otherwise see the versions of "
        "the package",
        f"{ML}how-to-debug-visual-studio-code",
    ),
    Cause(
        "cancelled",
        "It was cancelled",
        r"((run|job|build|stage|step|deployment|operation)\b.{0,20}(was |has been )?(?<!failed or )cancell?ed|"
        r"cancell?ed by (the )?user)",
        "Somebody cancelled it, or what it belongs to ended",
        "Its page says who did and when; what it had begun in Azure stays: run it again",
        f"{DEVOPS}troubleshooting/troubleshooting",
    ),
    Cause(
        "timed_out",
        "Something did not end in time",
        r"in the allotted time|(Client\.Timeout exceeded|tim(ed?|ing)[ -]?out\b|\bTimeout\w{0,12}\b|deadline exceeded|"
        r"took too long)",
        "Whoever waited stopped waiting; what was asked for may go on",
        "Look at it in Azure: its state, and its log; run the step again once it is at rest",
        f"{ARM}common-deployment-errors",
    ),
    Cause(
        "step_failed",
        "A step ended with an error",
        r"process '[^']{1,200}' failed because|"
        r"(failed with exit code:? '?[1-9]|"
        r"The process '[^']{1,200}' failed with exit code [1-9]|(Bash|PowerShell|Cmd\.exe|Script) (exited|"
        r"failed) with (exit )?code:? '?[1-9]|"
        r"##\[error\].{0,40}exit code:? '?[1-9]|Process completed with exit code [1-9]|Script failed with error)",
        "The last line only says that the script stopped: what it said is above it",
        "Give more of the log to this command: the lines before the error",
        "https://learn.microsoft.com/azure/devops/pipelines/troubleshooting/review-logs",
    ),
    Cause(
        "unspecific",
        "A deployment failed, and the text does not say why",
        r"completed with result Failed|failed with error\(s\)|\): a Operation failed|Operation failed or cancell?ed|"
        r"Operation returned an invalid status|"
        r"Long running operation failed with status|\bResource provisioning state is Failed|"
        r"completed with terminal provisioning state|content for this response was already consumed|"
        r"(InvalidTemplateDeployment\b|Preflight validation (check )?failed|PreflightValidationCheckFailed|(see|"
        r"list) (the )?(inner errors|details|deployment operations)|Multiple errors? occurr?ed|"
        r"InvalidTemplateDeployment\b|"
        r"DeploymentFailed|At least one resource deployment operation failed|ResourceDeploymentFailure|"
        r"aka\.ms/(arm-deployment-operations|DeployOperations))",
        "The text holds the summary alone",
        "az deployment operation group list --resource-group <group> --name <deployment> "
        "--query \"[?properties.provisioningState=='Failed'].properties.statusMessage\" has the error itself",
        f"{ARM}common-deployment-errors",
    ),
)
