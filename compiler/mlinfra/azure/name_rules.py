"""What Azure asks of a name: a row for each section of the spec.  `azure.names` applies the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

Scope: TypeAlias = Literal[
    "global", "tenant", "subscription", "region", "resource group", "workspace", "account", "endpoint", "identity"
]

Form: TypeAlias = Literal["own", "platform", "short", "squeezed"]
# own: the entry's name · platform: with the platform's · short: with its short name and the salt · squeezed: the same
# in lower case and without separators


class Spelling(NamedTuple):
    """What a name may look like, apart from its length."""

    characters: str  # the inside of a character class
    made_of: str  # the same in words
    shape: str = ".*"  # an expression that the whole name matches
    shaped: str = ""  # the same in words


@dataclass(frozen=True, slots=True)
class NameRule:
    """The rule for the names of one section."""

    section: str
    noun: str  # with its article: "a storage account"
    minimum: int  # characters
    maximum: int  # characters
    spelling: Spelling
    scope: Scope  # within which a name is unique, without regard to case
    form: Form = "own"
    abbreviation: str = ""  # in names that are more than the entry's own

    @property
    def pattern(self) -> str:
        """An expression that exactly the allowed names match as a whole."""
        spelling = self.spelling
        return rf"(?=[{spelling.characters}]{{{self.minimum},{self.maximum}}}\Z)(?s:{spelling.shape})\Z"

    @property
    def text(self) -> str:
        """The rule in words: "3 to 24 lower-case letters and digits"."""
        shaped = f": {self.spelling.shaped}" if self.spelling.shaped else ""
        return f"{self.minimum} to {self.maximum} {self.spelling.made_of}{shaped}"


_LOWER = Spelling("a-z0-9", "lower-case letters and digits")
_ALPHANUMERIC = Spelling("A-Za-z0-9", "letters and digits")
_WORD = Spelling("A-Za-z0-9_-", "letters, digits, hyphens and underscores", "[A-Za-z0-9].*", "a letter or digit first")
_IDENTIFIER = Spelling("a-z0-9_", "lower-case letters, digits and underscores", "[a-z].*", "a letter first")
_UNDERSCORED = Spelling("A-Za-z0-9_", "letters, digits and underscores")
_CONTAINER = Spelling(
    "a-z0-9-",
    "lower-case letters, digits and hyphens",
    r"[a-z0-9](?!.*--)(?:.*[a-z0-9])?",
    "a letter or digit first and last, no two hyphens in a row",
)
_ENDPOINT = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    "[A-Za-z](?:.*[A-Za-z0-9])?",
    "a letter first, a letter or digit last",
)
# The lookahead is BT's own; the Bicep compiler does not run it, so a wrong name passes there.
_COMPUTE = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    r"[A-Za-z](?!.*-[0-9]+\Z).*",
    "a letter first, no digits alone after the last hyphen",
)
_VAULT = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    "[A-Za-z](?!.*--)(?:.*[A-Za-z0-9])?",
    "a letter first, a letter or digit last, no two hyphens in a row",
)
_LOGS = Spelling(
    "A-Za-z0-9-",
    "letters, digits and hyphens",
    "[A-Za-z0-9](?:.*[A-Za-z0-9])?",
    "a letter or digit first and last",
)
_INSIGHTS = Spelling(
    r"^\x00-\x1f%&\\?/", r"characters other than %, &, \, ? and /", "(?:.*[^ .])?", "no space or period last"
)
_GROUP = Spelling(
    "A-Za-z0-9_().-",
    "letters, digits, hyphens, underscores, periods and parentheses",
    "(?:.*[^.])?",
    "no period last",
)

_RULES = (
    NameRule("resource_groups", "a resource group", 1, 90, _GROUP, "subscription", "platform", "rg"),  # NR
    # Foundation
    NameRule("identities", "a user-assigned identity", 3, 128, _WORD, "resource group", "platform", "id"),  # NR
    NameRule("federated_credentials", "a federated credential", 3, 120, _WORD, "identity"),  # BT
    NameRule("key_vaults", "a key vault", 3, 24, _VAULT, "global", "short", "kv"),  # NR
    NameRule("container_registries", "a container registry", 5, 50, _ALPHANUMERIC, "global", "squeezed", "cr"),  # NR
    NameRule("log_analytics", "a Log Analytics workspace", 4, 63, _LOGS, "resource group", "platform", "log"),  # BT
    NameRule(
        "application_insights",
        "an Application Insights component",
        1,
        260,
        _INSIGHTS,
        "resource group",
        "platform",
        "appi",
    ),  # NR
    # Storage
    NameRule("storage_accounts", "a storage account", 3, 24, _LOWER, "global", "squeezed", "st"),  # NR
    NameRule("containers", "a container", 3, 63, _CONTAINER, "account"),  # NR
    NameRule("file_shares", "a file share", 3, 63, _CONTAINER, "account"),  # NR
    # Workspaces and what is a workspace to Azure; the same expression for all of them in BT
    NameRule("workspaces", "a workspace", 3, 33, _WORD, "resource group", "platform", "mlw"),
    NameRule("hubs", "a hub", 3, 33, _WORD, "resource group", "platform", "hub"),
    NameRule("projects", "a project", 3, 33, _WORD, "resource group", "platform", "proj"),
    NameRule("feature_stores", "a feature store", 3, 33, _WORD, "resource group", "platform", "mlfs"),  # K
    NameRule("registries", "a machine-learning registry", 3, 33, _WORD, "tenant", "short", "mlr"),  # BT, CAF
    NameRule("connections", "a connection", 3, 33, _WORD, "workspace"),  # BT
    NameRule("outbound_rules", "an outbound rule", 3, 33, _WORD, "workspace"),  # BT
    NameRule("datastores", "a datastore", 1, 255, _UNDERSCORED, "workspace"),  # K
    # Computes
    NameRule("compute_clusters", "a compute cluster", 3, 24, _COMPUTE, "workspace"),  # BT
    NameRule("compute_instances", "a compute instance", 3, 24, _COMPUTE, "region", "short", "ci"),  # BT
    NameRule("kubernetes_computes", "a Kubernetes compute", 3, 24, _COMPUTE, "workspace"),  # BT
    NameRule("databricks_workspaces", "a Databricks workspace", 3, 64, _WORD, "resource group", "platform", "dbw"),
    # Assets; BT gives the expression for those of a registry, the stricter of their two homes
    NameRule("data", "a data asset", 1, 255, _WORD, "workspace"),
    NameRule("environments", "an environment", 1, 255, _WORD, "workspace"),
    NameRule("models", "a model", 1, 255, _WORD, "workspace"),
    NameRule("components", "a component", 1, 255, _IDENTIFIER, "workspace"),  # SDK: ComponentNameStr
    NameRule("feature_sets", "a feature set", 1, 255, _WORD, "workspace"),
    NameRule("feature_store_entities", "a feature-store entity", 1, 255, _WORD, "workspace"),
    # Jobs and what runs them
    NameRule("jobs", "a job", 1, 255, _WORD, "workspace"),  # BT
    NameRule("schedules", "a schedule", 1, 255, _WORD, "workspace"),  # BT
    NameRule("monitors", "a monitor", 1, 255, _WORD, "workspace"),  # to Azure it is a schedule
    # Serving; the lengths are the documentation's (page on quotas), the expression the SDK's
    NameRule("online_endpoints", "an online endpoint", 3, 32, _ENDPOINT, "region", "short", "oep"),
    NameRule("batch_endpoints", "a batch endpoint", 3, 32, _ENDPOINT, "region", "short", "bep"),
    # 32 characters to Azure, of which the release appends a hyphen and 6 hexadecimal digits
    NameRule("deployments", "a deployment", 1, 25, _ENDPOINT, "endpoint"),
)

NAME_RULES: Mapping[str, NameRule] = MappingProxyType({rule.section: rule for rule in _RULES})
