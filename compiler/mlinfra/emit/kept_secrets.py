"""Which secrets there are, who can read each, and how it is renewed: what an auditor asks after the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.pinned_keys import pinned_keys
from mlinfra.emit.secrets import secrets
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import table_or_nothing
from mlinfra.formats.text import names_or_all
from mlinfra.graph import Entry, Graph
from mlinfra.graph.neighbours import used
from mlinfra.languages.azureml.checks.online_endpoints import KEY, ML_TOKEN, auth_mode
from mlinfra.languages.platform.security.key import Key
from mlinfra.plan import Plan

_HEAD = ("secret", "kept in", "read by", "renewed", "targets")
_MANAGER = "who may manage it: whoever deploys, and who has Contributor or more there"
Row = tuple[Fragment | str, ...]


def kept_secrets(plans: Sequence[Plan]) -> Fragment | str:
    """A row for each, with its targets; empty where there is none."""
    found: dict[Row, list[str]] = {}
    for plan in plans:
        for row in _rows(plan):
            found.setdefault(row, []).append(plan.graph.target.name)
    rows = [(*row, names_or_all(targets, len(plans))) for row, targets in found.items()]
    return table_or_nothing(_HEAD, [*rows, *_of_tests(plans[0].graph)])


def _rows(plan: Plan) -> Iterator[Row]:
    graph = plan.graph
    names = {entry.azure_name: entry.address for entry in graph.section("key_vaults")}
    for secret in secrets(plan):
        readers = Fragment(f"whoever deploys, for {', '.join(map(code, secret.users))}")
        how = "by a person: a new version in the vault, then a deployment, which hands it on"
        yield code(secret.name), code(names.get(secret.vault, secret.vault)), readers, how
    yield from _of_scopes(graph)
    yield from _of_keys(graph)
    yield from _of_endpoints(graph)
    # https://learn.microsoft.com/cli/azure/storage/account/keys, https://learn.microsoft.com/cli/azure/acr/credential
    yield from _beside_entra(graph, "storage_accounts", "shared_key_access", "az storage account keys renew")
    yield from _beside_entra(graph, "container_registries", "admin_user", "az acr credential renew")


def _beside_entra(graph: Graph, section: str, field: str, command: str) -> Iterator[Row]:
    """Keys that a resource takes where a field of its entry says so, and what makes new ones."""
    for entry in graph.section(section):
        if not entry.existing and entry.body.get(field) is True:
            yield "its keys", code(entry.address), _MANAGER, Fragment(f"by a person: {code(command)}")


def _of_scopes(graph: Graph) -> Iterator[Row]:
    """What Databricks reads of a vault for whoever may read the scope."""
    for entry in graph.section("databricks_secret_scopes"):
        vault = next(iter(used(graph, entry.address, "key_vaults")), "")
        readers = Fragment(f"who may read {code(entry.address)}, and so in Databricks all of the vault")
        how = "by a person: a new version in the vault" if vault else "by a person, in Databricks"
        yield "those of a scope", code(vault) if vault else "Databricks", readers, how


def _of_keys(graph: Graph) -> Iterator[Row]:
    for entry in graph.section("keys"):
        if isinstance(entry.model, Key) and not entry.existing:
            readers = "nobody: who may use it encrypts with it, and it never leaves the vault"
            yield code(entry.name), code(str(entry.parent)), readers, _rotation(graph, entry, entry.model)


def _rotation(graph: Graph, entry: Entry, key: Key) -> Fragment | str:
    how = f"by Azure, {key.rotate_before_expiry} before a version ends" if key.rotate_before_expiry else ""
    how = f"by Azure, {key.rotate_after} after the last version" if key.rotate_after else how
    pinned = [code(each.entry.address) for each in pinned_keys(graph) if each.key is entry]
    if not how or not pinned:
        return how or "never by itself: write rotate_after"
    settings = graph.header.pipelines
    by = f", which {code(f'{graph.header.lasting_name}-infra')} makes by schedule"
    if settings is None or settings.infra.schedules == []:
        by = f": run {code('scripts/deploy-infra.sh')} before the version that they name ends"
    return Fragment(f"{how}; {', '.join(pinned)} take the new version with the next deployment{by}")


def _of_endpoints(graph: Graph) -> Iterator[Row]:
    for entry in graph.section("online_endpoints"):
        mode = auth_mode(entry.body)
        if mode == KEY:
            how = Fragment(f"by a person: {code('az ml online-endpoint regenerate-keys')}; a key never ends")
            yield "its keys", code(entry.address), _MANAGER, how
        elif mode == ML_TOKEN:
            yield "its tokens", code(entry.address), _MANAGER, "by Azure ML: a token ends after hours"


def _of_tests(graph: Graph) -> Iterator[tuple[Fragment | str, ...]]:
    """Secrets of variable groups that tests of pull requests get."""
    settings = graph.header.pipelines
    for test in settings.tests if settings else ():
        for variable, secret in test.secrets.items():
            group, _, name = secret.partition("/")
            readers = "whoever may open a pull request"
            how = "by a person, in Azure DevOps"
            yield code(name or variable), Fragment(f"variable group {code(group)}"), readers, how, "–"
