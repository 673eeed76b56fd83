"""Further words of causes: what Databricks and Spark say, and by which words a tool speaks and no other."""

from __future__ import annotations

from mlinfra.azure.failures.cause import LEARN, Passage, Words

_BRICKS = f"{LEARN}databricks/"
DATABRICKS_WORDS = (
    Passage(
        f"{_BRICKS}compute/troubleshooting",
        (
            Words(
                "databricks_network",
                r"data plane network|worker artifacts|secure cluster connectivity|"
                r"(control|compute|data) plane\b.{0,80}(unreachable|not reach|fail|misconfig|connect)|"
                r"no.?public.?ip\b.{0,60}(fail|error)|ngrok|misconfigured DNS|Could not reach driver of "
                r"cluster.{0,60}DNS|"
                r"failed to (launch|start) .{0,60}(vnet|subnet|network)",
            ),
            Words(
                "databricks_capacity",
                r"(instance|node|vm)s? .{0,40}(unavailable|stockout|no capacity)|spot .{0,40}"
                r"(not available|unavailable)",
            ),
            Words(
                "databricks_driver",
                r"DriverStoppedException|driver state change|driver (node |process |is )?"
                r"(unresponsive|unavailable|restarted|lost|not responding|oom)|Python kernel is unresponsive|"
                r"(python|repl|ipykernel|notebook) (kernel|process|environment)\b.{0,60}(unresponsive|exited|died|"
                r"fail|lost)|"
                r"detached from .{0,40}cluster|Fatal error: .{0,20}Python kernel",
            ),
            Words(
                "cluster_start",
                r"cluster .{0,60}(not (running|ready|start)|unhealthy|in state (ERROR|TERMINAT\w{1,5})|"
                r"(unexpected|failed) (start|launch|terminat))|preparing the cluster for the job|"
                r"(docker image|container) .{0,40}(launch|setup) fail|init script",
            ),
            Words(
                "databricks_library",
                r"DRIVER_LIBRARY\w{1,40}|librar(y|ies)\b.{0,80}(fail|not (found|installed|resolv)|"
                r"conflict|could not)|(maven|ivy|coordinates?|artifact)\b.{0,60}(unresolved|resolve|not found)|"
                r"unresolved dependency|%pip (command )?",
            ),
            Words(
                "databricks_limit",
                r"(job|run|cluster|api|workspace|notebook|output|cell|result)s?\b.{0,60}(quota|limit)\b"
                r".{0,40}(exceed|reach|too)|exceeds? the (maximum|limit)|too many (jobs|runs|clusters|requests to the)|"
                r"larger than the (limit|maximum)|spark\.driver\.maxResultSize|MAX_\w{2,40}_EXCEEDED",
            ),
        ),
    ),
    Passage(
        f"{_BRICKS}data-governance/unity-catalog/",
        (
            Words(
                "unity_storage",
                r"(failed|unable|could not) to (get|generate|fetch|obtain) .{0,40}credentials?\b|"
                r"storage credential .{0,80}(not (configured|valid)|invalid|expired)|from cloud storage provider|"
                r"(access connector|managed identity)\b.{0,80}(does not have|lacks|READ|WRITE) .{0,40}(permission|"
                r"role)|"
                r"no (READ|WRITE|LIST|DELETE) permissions? on url|(abfss|adls|blob)\b.{0,160}(\b403\b|forbidden|"
                r"not authorized|AuthorizationPermission)|external location .{0,80}(not accessible|access denied|"
                r"invalid)|"
                r"Operation failed: .{0,120}(\b403\b|Forbidden|authorized)",
            ),
            Words(
                "unity_rights",
                r"(does not|doesn't|do not) have (the )?(permission|privilege)s? (to|on|for|'?(USE|CREATE|"
                r"SELECT|MODIFY|MANAGE|READ|WRITE|EXECUTE))\b.{0,80}(catalog|schema|table|volume|metastore|function|"
                r"model|"
                r"location|credential)|(is|are) not (the )?owner of\b|requires? (ownership|owner)|"
                r"not (an? )?(owner|metastore admin|account admin)\b|only (the )?(owner|metastore admin|account "
                r"admin)s?\b|"
                r"SQLSTATE: ?42501",
            ),
            Words(
                "unity_missing",
                r"Permission assignment APIs are not available|SQLSTATE: ?(42P01|42704|3F\w{3}|3D\w{3})|"
                r"(no|not) .{0,20}(metastore|unity catalog)\b.{0,40}(assigned|attached|enabled|found)|"
                r"(catalog|schema|database|table|view|volume|function|model) ['`\"]?[\w.`-]{1,120}['`\"]? (was |is "
                r")?(does not"
                r" exist|not found|cannot be found|doesn't exist)|NoSuch(Object|Database|Namespace)|"
                r"(cannot|could not|unable to) (find|resolve) .{0,20}(catalog|schema|table|view|volume)|"
                r"hive_metastore .{0,40}(disabled|not)",
            ),
            Words(
                "databricks_exists",
                r"SQLSTATE: ?(42P0[67]|42710|42723)|(table|view|catalog|schema|function|volume|"
                r"database) .{0,80}already exists|RESOURCE_ALREADY_EXISTS",
            ),
        ),
    ),
    Passage(
        f"{_BRICKS}error-messages/error-classes",
        (
            Words(
                "spark_query",
                r"pyspark\.(errors|sql\.utils)\.|AnalysisException|ParseException|ArithmeticException|"
                r"SparkException|SparkRuntimeException|SparkUpgradeException|"
                r"IllegalArgumentException: .{0,80}(column|spark|"
                r"schema)|cannot resolve ['`]|Py4JJavaError|org\.apache\.spark\.|\[\w{3,40}_\w{3,60}(\.\w{3,60})?\] ",
            ),
            Words(
                "delta_table",
                r"io\.delta\.|DeltaAnalysisException|delta\.exceptions|deletion vector|"
                r"(table|writer|reader) (protocol|feature|version).{0,60}(not support|upgrade|incompatible)|"
                r"schema (evolution|mismatch|incompatib)|transaction log",
            ),
            Words(
                "databricks_pipeline",
                r"(pipeline|flow|update) .{0,60}(failed to (start|initialize)|is in FAILED|stopped "
                r"with error)|com\.databricks\.pipelines\.|dlt\.\w{2,30}",
            ),
            Words(
                "spark_session",
                r"spark ?(connect|session|context)\b.{0,60}(not|shut|expired|closed|stopped|invalid|error)|"
                r"SESSION_\w{3,40}|INVALID_HANDLE\S{0,40}|spark\.stop|RESOURCE_EXHAUSTED: .{0,40}grpc",
            ),
            Words("no_connection", r"SQLSTATE: ?08\w{3}"),
            Words("databricks_limit", r"SQLSTATE: ?5[34]\w{3}"),
            Words("service_error", r"SQLSTATE: ?XX\w{3}"),
        ),
    ),
    Passage(
        f"{_BRICKS}dev-tools/bundles/",
        (
            Words(
                "bundle_config",
                r"bundle validation failed|build failed \w{1,60}, error: exit|python wheel tasks? |(bundle|"
                r"databricks\.ya?ml|python mutator)"
                r"\b.{0,80}(is not defined|not (found|defined|set|supported|valid|configured|contain)|invalid|"
                r"duplicate|"
                r"mutually exclusive|multiple|missing|must)|(multiple|duplicate) resources? .{0,40}(named|with|"
                r"defined|key)|"
                r"no value assigned|there are no files to sync|version constraint not satisfied|"
                r"cannot (merge|interpolate|resolve|override)\b.{0,80}(reference|variable|target|map|sequence|\$\{)|"
                r"(reference|circular|cycle)\b.{0,60}\$\{|expected (a |an )?\w{1,20}, found|unable to (load|locate|"
                r"parse) .{0,40}"
                r"(bundle|root)|ambiguous( resource)?:|local (file|library|path|notebook) .{0,60}(not found|no such|"
                r"doesn't exist)|outside (of )?(the )?(bundle|sync) root|task \S{1,60} .{0,60}(missing|requires|must)|"
                r"mode: (development|production)\b.{0,80}(not|must|require)",
            ),
            Words(
                "bundle_engine",
                r"terraform\b.{0,40}(not (found|installed)|download|checksum|plugin|provider"
                r"\b.{0,40}(fail|not|checksum|schema))|fork/exec .{0,120}terraform|(deployment "
                r")?state\b.{0,60}(corrupt|"
                r"mismatch|ahead|lineage|unsupported|not (match|compatible))|inconsistent (final plan|result)|"
                r"Provider produced|error while loading schemas",
            ),
            Words(
                "bundle_locked",
                r"Error acquiring the state lock|state is (already )?locked|deploy lock|"
                r"resource temporarily unavailable.{0,80}lock",
            ),
            Words(
                "bundle_folder",
                r"(root_path|workspace (folder|path|directory)|/Workspace/|/Shared/)\S{0,160}.{0,80}"
                r"(permission|denied|not writable|cannot (write|create)|forbidden)",
            ),
        ),
    ),
    Passage(
        f"{_BRICKS}dev-tools/auth/",
        (
            Words(
                "databricks_signin",
                r"cannot (configure|determine) .{0,40}(auth|credentials|workspace)|databricks auth login|"
                r"(failed|unable) to (validate|create) (the )?(workspace|account) client|(more than one|multiple) "
                r"authorization method|UNAUTHENTICATED|invalid (Databricks )?(personal access )?token|"
                r"(service principal|user|token|identity) .{0,60}(not (authorized|found|assigned|a member)|no "
                r"access).{0,60}"
                r"(workspace|account)|databrickscfg|no (matching )?config(uration)? profile|DATABRICKS_(HOST|TOKEN)|"
                r"(oauth|m2m|u2m|azure.cli|azure.client.secret) (token|auth)\w{0,12}.{0,60}(fail|error|invalid|"
                r"expired)|"
                r"host .{0,60}(doesn.t match|is not configured|in the profile)",
            ),
            Words(
                "databricks_closed",
                r"private ?link.{0,80}(workspace|databricks)|IP access list|(network|ip) (policy|acl)s?\b"
                r".{0,60}(den|block|not allow)",
            ),
            Words(
                "databricks_rights",
                r"(does not|doesn't|do not) have (permission|access|the required permission|"
                r"CAN_\w{3,20})\b.{0,80}(cluster|job|notebook|warehouse|pipeline|policy|pool|endpoint|workspace|"
                r"dashboard|"
                r"secret|run|repo|folder|object)|(CAN_MANAGE|CAN_RUN|CAN_VIEW|CAN_ATTACH_TO|CAN_RESTART|IS_OWNER|"
                r"CAN_USE)\b"
                r".{0,60}(required|needed|missing|permission)|(permission|entitlement)s?\b.{0,40}(required|needed|"
                r"missing)\b"
                r".{0,60}(databricks|workspace|cluster|job)|CUSTOMER_UNAUTHORIZED|not (allowed|authorized|"
                r"permitted) to "
                r"(create|edit|run|manage|view|start|attach|use) (a |an |the |this )?(cluster|job|pool|pipeline|"
                r"warehouse|"
                r"notebook|policy)",
            ),
            Words(
                "secret_scope",
                r"secret scope|scope ['`\"]?[\w-]{1,60}['`\"]? .{0,40}(not (found|exist)|already)|dbutils\.secrets|"
                r"secrets?/(get|list|put)\b.{0,60}(fail|error|not)",
            ),
            Words(
                "databricks_value",
                r"(unsupported|invalid|unknown|not (a )?valid|not supported) .{0,30}(spark version|"
                r"runtime|node type|instance type|data_security_mode|cluster spec|job setting|policy|"
                r"quartz|cron|timezone|schedule|task type)|(node_type_id|spark_version|num_workers|autoscale|"
                r"data_security_mode|policy_id|environment_key|job_cluster_key|task_key)\b.{0,60}(must|invalid|not|"
                r"missing|"
                r"required|duplicate|undefined)|single.?node|cluster policy|access mode\b.{0,60}(not|required|support)|"
                r"(shared|single user|standard|dedicated|user isolation) (cluster|access)\b.{0,80}not (support|allow)|"
                r"not supported on (shared|serverless|standard|single)|serverless (compute|cluster|job)\b.{0,80}(not|"
                r"only)",
            ),
        ),
    ),
)
# What the Terraform provider of Databricks, and so a bundle, says before the reason.
_CANNOT = (
    r"cannot (create|update|read|set|delete) (job|cluster|pipeline|sql|model|app|dashboard|schema|catalog|volume|"
    r"registered|permissions?|grants?|instance|external|storage|metastore)\b.{0,40}: .{0,120}"
)
_REASONS = (
    ("databricks_rights", r"((?<!invalid )permission|\b403\b|forbidden|denied|not authorized|not an? (admin|owner))"),
    ("databricks_exists", r"already (exists|in use)"),
    ("databricks_missing", r"(not found|does not exist|doesn't exist)"),
    ("databricks_feature_off", r"(turned off|not (enabled|available)|disabled|is a preview)"),
    ("databricks_capacity", r"(VM size|node type|instance type) .{0,60}not available"),
    ("timed_out", r"(timed? ?out|timeout|deadline exceeded)"),
)
PROVIDER = tuple(Words(cause, _CANNOT + reason) for cause, reason in _REASONS)
BY_TOOL = (
    Words("databricks_value", _CANNOT),
    Words("bundle_config", r"\b(mutator|bundle (validate|deploy|run|summary|destroy))\b"),
    Words(
        "databricks_value",
        r"\bsdk\.errors\.|databricks\.sdk|DatabricksError|databricks_error_message|"
        r"with databricks_\w{3,40}\.|cannot (create|read|update|delete|set|list|get|assign) (mws|databricks|sql|job|"
        r"cluster|"
        r"schema|catalog|grant|permission|pipeline|notebook|secret|user|group|service principal|storage|external|"
        r"volume|"
        r"metastore)\b",
    ),
    Words(
        "conda_unsolved",
        r"\bconda(?!tos)\w{2,40}(error|exception): |\bcondaerror\b|\bpip\._internal|pip/_internal|"
        r"\bconda(\.exe)? (env|install|create|update)\b|error: pip\b",
    ),
    Words("git_checkout", r"\bfatal: (?!error: )"),
    Words(
        "body",
        # What azure-ai-ml itself raises: https://github.com/Azure/azure-sdk-for-python/tree/main/sdk/ml/azure-ai-ml
        r"azure\.ai\.ml\.(exceptions|entities|_schema)|UserErrorException|marshmallow|ValidationErrorType|"
        r"(can be called as a function only|cannot specify both|should provide (either|one of)|please provide "
        r"(either|a "
        r"(workspace|registry))|only one of (either )?|mutually exclusive|exactly one of|either .{1,40} or "
        r".{1,40} (must|"
        r"should|but not))|\bexpecting? .{1,60} (for|but|got|to be) .{1,60}(got|instead|received|found)?|"
        r"(non|not) supported (component|job|pipeline|input|output|datastore|asset|node)|"
        r"(job|component|pipeline|asset|environment|schedule|endpoint|deployment|datastore|sweep|input|"
        r"output)s? .{0,40}"
        r"(type|yaml|schema|definition|binding) .{0,60}(is not|not supported|must|should|expected|unknown|can ?not|"
        r"unexpected)|(input|output|job|component) binding|is a private preview feature|"
        r"(should|must) (be|provide) (one of|an? (instance|dict|list|string|integer))|cannot dump non|"
        r"(required|mandatory) (field|propert|argument|parameter)|required property|got an unexpected (type|value|"
        r"field)|"
        r"yaml (file|path)\b.{0,60}(fail|invalid|error|empty|not)|while parsing yaml|error (loading|parsing) (yaml|"
        r"the file)|"
        r"spark\.(driver|executor)\.\w{3,20}.{0,60}mandatory|code_configuration|scoring_script .{0,60}(not|must|"
        r"required)",
    ),
    Words("mlflow_run", r"mlflow\.exceptions\.|\bRestException\b|\bMlflowException\b|mlflow\.tracking"),
    Words("spark_query", r"org\.apache\.spark|pyspark\.|py4j\."),
    Words(
        "pipeline_invalid", r"azure-pipelines\.ya?ml|\.azuredevops/|azure_pipelines|/\.pipelines?/|pipelinevalidation"
    ),
    Words("az_arguments", r"azure\.cli\.core\.azclierror(?!: the content for this)|usage: az\b"),
    Words("kubernetes", r"\bkubectl\b|\bk8s\b|kubernetes"),
)
