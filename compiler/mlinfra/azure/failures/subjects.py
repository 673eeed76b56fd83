"""What a text is about beside what is wrong with it: a cause where neither its words nor a tool's are known.

Services come and go and name their errors as they like. What they speak of and what can be wrong with it are few:
the nearest pair of both in a text says what to look at.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_CHARACTERS_BETWEEN = 100  # of a subject and what is wrong with it: further apart they are of two sentences

# Sentences that say of everything that it failed, and addresses.
SUMMARIES = (
    r"https?://\S+|at least one resource deployment operation failed|please (list|see|check|refer)\b[^.]{0,120}\.|"
    r"the template deployment '?[^ ]{0,80} is not valid according to the validation procedure|"
    r"see inner errors for details|(the )?tracking id is '[^']{0,60}'|validation failed for a resource|"
    r"operation returned an invalid status( code)?|there were errors in your deployment|service returned an error|"
    r"error (creating or updating|code|message|details)|preflight validation (check )?failed"
)

# What can be wrong, the more telling first.
KINDS = {
    "denied": r"denied|forbidden|unauthori[sz]ed|\b40[13]\b|not authori[sz]ed|(bad|invalid|wrong|no) credentials?|"
    r"\beacces\b|"
    r"(insufficient|no|not have|missing|lacks?|without|required?) .{0,20}(permission|privilege|right|access|role)",
    "missing": r"not found|no such|not exist|n't exist|not be found|(cannot|can't|could not|unable to) (find|locate|"
    r"resolve)|"
    r"\b404\b|is missing|\bunknown\b|no longer exists",
    "exists": r"already|\bduplicate|\b409\b|in use\b|is taken|conflict",
    "busy": r"in progress|being (created|deleted|updated)|\blocked\b|\blease\b|\bbusy\b|is (updating|running|pending)",
    "limit": r"\bquota|\blimit|(?<!deadline )exceed|too (many|large|big|small|long)|\bmaximum\b|\bcapacity\b|"
    r"insufficient|out of\b",
    "slow": r"tim(ed?|ing)[ -]?out|\btimeout|deadline exceeded|took too long",
    "off": r"not (enabled|supported|available|registered|offered|implemented)|n't support|disabled|deprecated|retired|"
    r"unsupported|only supported",
    "wrong": r"invalid|malformed|not valid|\bmust\b|\bshould\b|expect(ed|s)|required?\b|unexpected|pars(e|ing)|\b400\b|"
    r"incorrect|not well formed|mismatch|not match|wrong|cannot be|bad request|not allowed|not acceptable",
    "down": r"\b50[0-4]\b|crash|exit(ed)?\b|unavailable|unhealthy|unreachable|refused|fail(s|ed|ure|ing)?\b",
}


class Subject(NamedTuple):
    """Something that texts speak of, and the key of the cause by what is wrong with it."""

    pattern: str
    causes: dict[str, str]


def _all(cause: str, **others: str) -> dict[str, str]:
    return {**dict.fromkeys(KINDS, cause), **others}


SUBJECTS = (
    Subject(
        r"/v2/|azurecr\.io|docker\.io|ghcr\.io|container registry|docker (pull|push|login)|response from daemon",
        _all("no_connection", denied="registry_signin", missing="image_missing", limit="registry_throttled"),
    ),
    Subject(
        r"/__[aw]\b|\b_temp\b|\.docker/|docker(_engine|\.exe|\.sock| daemon)|containers? (job|start|init)",
        _all("agent_container", missing="tool_missing"),
    ),
    Subject(
        r"\b(pip|conda|mamba|wheels?|packages|requirements?|dependencies|depends on|conflict is caused by|setup\.py|"
        r"pyproject)\b",
        _all("conda_unsolved", slow="timed_out", denied="private_feed"),
    ),
    Subject(
        r"key ?vaults?\b|vault\.azure\.net|\bsecrets?\b",
        {
            "denied": "vault_rights",
            "missing": "vault_object_missing",
            "exists": "vault_object_deleted",
            "off": "vault_object_missing",
            "limit": "throttled",
        },
    ),
    Subject(
        r"\b(online|batch|managed|serving|scoring) ?endpoints?\b|/score\b|\bscoring\b|inference\.ml",
        {
            "denied": "endpoint_signin",
            "missing": "endpoint_missing",
            "exists": "endpoint_name_taken",
            "busy": "operation_in_progress",
            "limit": "too_many_requests",
            "slow": "request_timeout",
            "wrong": "request_form",
            "down": "score_failed",
        },
    ),
    Subject(
        r"databricks|\bunity\b|\bdbr\b|\bsql warehouses?\b|\bdbfs\b|\bnotebooks?\b",
        {
            "denied": "databricks_rights",
            "missing": "databricks_missing",
            "exists": "databricks_exists",
            "limit": "databricks_limit",
            "off": "databricks_feature_off",
            "wrong": "databricks_value",
            "slow": "timed_out",
            "down": "databricks_run_failed",
        },
    ),
    Subject(r"\bbundle\b|databricks\.yml|python wheel tasks?", _all("bundle_config", busy="bundle_locked")),
    Subject(
        r"\b(catalog|schema|volume|metastore|external location|storage credential)\b",
        {
            "denied": "unity_rights",
            "missing": "unity_missing",
            "exists": "databricks_exists",
            "limit": "databricks_limit",
        },
    ),
    Subject(r"\bspark\b|sparkcontext|pyspark|py4j", _all("spark_query", down="spark_session", slow="spark_session")),
    Subject(r"\bmlflow\b", _all("mlflow_run")),
    Subject(
        r"storage accounts?|\bblobs?\b|\bdatastores?\b|\babfss?\b|\bazureml://|\badls\b|\bstream(access|error)?\w*|"
        r"mltable",
        {
            "denied": "data_read",
            "missing": "data_missing",
            "busy": "operation_in_progress",
            "off": "storage_feature",
            "wrong": "data_address",
            "down": "data_read",
        },
    ),
    Subject(
        r"\b(compute|cluster|node pool|vm size|instance type|vcpus?|cores)\b",
        {
            "missing": "compute_missing",
            "limit": "quota_of_compute",
            "off": "capacity",
            "down": "compute_state",
            "busy": "operation_in_progress",
            "denied": "no_right",
        },
    ),
    Subject(
        r"private dns|dns zones?|\bdns\b|\bhost ?names?\b",
        {"missing": "name_unresolved", "exists": "dns_overlap", "down": "name_unresolved", "slow": "name_unresolved"},
    ),
    Subject(
        r"private endpoints?|private link",
        {"off": "private_link_unfit", "wrong": "private_link_unfit", "exists": "in_use"},
    ),
    Subject(
        r"\bsubnets?\b|virtual networks?|\bvnets?\b|security groups?|\bnsgs?\b|route tables?|nat gateways?",
        {
            "missing": "resource_missing",
            "exists": "in_use",
            "limit": "subnet_refuses",
            "off": "subnet_refuses",
            "wrong": "address_range",
            "busy": "operation_in_progress",
            "denied": "linked_scope",
        },
    ),
    Subject(
        r"diagnostic settings?|log analytics",
        {"off": "not_offered", "exists": "diagnostics_taken", "missing": "resource_missing", "wrong": "invalid_value"},
    ),
    Subject(
        r"role assignments?|role definitions?|\bprincipals?\b|object id",
        {
            "denied": "may_not_assign_roles",
            "missing": "principal_unknown",
            "exists": "role_exists",
            "wrong": "principal_unknown",
        },
    ),
    Subject(r"managed identit|assigned identit", _all("identity_missing", denied="no_right")),
    Subject(
        r"\b(arm |deployment )?templates?\b|\bbicep\b|\bcopyindex\b",
        {"wrong": "template", "limit": "template_size", "missing": "template", "off": "template"},
    ),
    Subject(
        r"\b(ya?ml|pipelines?|stages?|variable groups?|workflows?)\b",
        {
            "denied": "devops_rights",
            "missing": "pipeline_invalid",
            "wrong": "pipeline_invalid",
            "off": "pipeline_invalid",
        },
    ),
    Subject(
        r"\b(agents?|runners?)\b",
        {
            "missing": "no_agent",
            "busy": "no_agent",
            "down": "agent_lost",
            "slow": "agent_lost",
            "denied": "agent_setup",
        },
    ),
    Subject(
        r"\bmodels?\b|mlmodel",
        {"missing": "model_missing", "exists": "version_exists", "wrong": "not_mlflow"},
    ),
    Subject(
        r"\b(environments?|components?|(data )?assets?)\b",
        {"missing": "asset_missing", "exists": "version_exists"},
    ),
    Subject(
        r"\b(tokens?|credentials?|log ?in|sign.?in|authenticat\w{2,5}|oidc|tenants?|client secret|service principal)\b",
        _all("sign_in", slow="timed_out", limit="throttled"),
    ),
    Subject(r"\bsubscriptions?\b", {"missing": "subscription", "off": "subscription", "limit": "limit_of_resources"}),
    Subject(r"\b(region|location|zone)s?\b", {"off": "region_lacks", "limit": "capacity", "wrong": "region_lacks"}),
    Subject(r"\bgit\b|\bcommits?\b|\brepositor(y|ies)\b", _all("git_fetch")),
    Subject(
        r"\b(request|http|api|content|header|media type|payload|json)\b",
        {"slow": "timed_out", "wrong": "invalid_value"},
    ),
    Subject(r"\bcertificates?\b|tls handshake|ssl error|https client", _all("tls_inspected")),
    Subject(r"\b(rpc|grpc|plugin)\b", {"down": "client_crash", "slow": "client_crash"}),
    Subject(r"\bmemory\b|\bram\b", {"limit": "no_memory", "down": "no_memory"}),
    Subject(r"\bdisks?\b", {"limit": "disk_full"}),
    Subject(r"\bfiles?\b|\bfolders?\b|\bdirector(y|ies)\b", {"missing": "file_missing"}),
    Subject(
        r"\b(command|script|process|step|task)\b",
        {"down": "step_failed", "slow": "timed_out", "missing": "tool_missing"},
    ),
)
