"""README.md of the output: what a reviewer wants to know before anything is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mlinfra.azure.own_roles import name_of_role
from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.drawing.folding import is_folded
from mlinfra.drawing.platform import platform_picture
from mlinfra.emit.azureml import file_of, has_file
from mlinfra.emit.bundles import BUNDLES, bundles_of
from mlinfra.emit.callers import batch_endpoints, online_endpoints
from mlinfra.emit.databricks_grants import LENT, lent_rows
from mlinfra.emit.deploying import deploying
from mlinfra.emit.elsewhere import hand_overs
from mlinfra.emit.first_run import first_run
from mlinfra.emit.first_screen import at_a_glance, last_of, summary, title
from mlinfra.emit.handover import handed_over
from mlinfra.emit.kept_secrets import kept_secrets
from mlinfra.emit.network import FIREWALL, RANGES, WAITING, ZONES, firewall, ranges, waiting, zones
from mlinfra.emit.on_call import on_call
from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.own_key import not_encrypted
from mlinfra.emit.picture import PATH as PICTURE
from mlinfra.emit.picture import shown_first
from mlinfra.emit.pipelines import context_of
from mlinfra.emit.refusals import refusals
from mlinfra.emit.rights import assignable, identities, own_roles, rights
from mlinfra.emit.risks import accepted_risks
from mlinfra.emit.script_targets import script_target
from mlinfra.emit.secrets import secrets
from mlinfra.emit.standing import standing
from mlinfra.emit.who_reaches import who_reaches, who_reaches_elsewhere
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.jinja import render
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_comment, markdown_table, table_or_nothing
from mlinfra.formats.text import names_or_all
from mlinfra.graph import Entry, Graph
from mlinfra.header.network import Network
from mlinfra.header.own_code import Test
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.platform.security.key_vaults import SWITCH, KeyVault, secrets_because
from mlinfra.overrides.pull_requests import jobs_of_pull_requests
from mlinfra.overrides.run_values import models_told
from mlinfra.pipelines.bundles_cli import needed
from mlinfra.plan import Plan, Planned
from mlinfra.versions import is_from_job, is_numbered_by_azure

ONLY_COUNTED = {row.resource_type: f"{row.noun}s" for row in SECTIONS if row.is_only_counted}
NOTHING = Fragment("None.")
_HANDED_OVER = ("Target", "Resource group", "Subscription", "Resources", "Rights of connections", "Folder")


def readme(plans: Sequence[Plan], notice: str, spec: str = "") -> OutputFile:
    """The page; `plans` in promotion order, `notice` the sentence of every generated file.

    `spec` is the way from the output to the spec, where the page leads to it.
    """
    header = plans[0].graph.header
    shown, last = shown_first(plans), last_of(plans)
    targets = (script_target(plan, Path("/"), plans) for plan in plans)
    pipelines = context_of(plans, header.pipelines, targets) if header.pipelines else None
    calls, reach = on_call(plans, pipelines), who_reaches(last)
    context = {
        "notice": markdown_comment(notice),
        "title": title(plans),
        "summary": summary(plans, spec, _doors(calls, reach)),
        "targets": _targets(plans),
        "glance": at_a_glance(plans, pipelines),
        "on_call": calls,
        "reach": reach,
        "reach_elsewhere": who_reaches_elsewhere(plans, last),
        "standing": standing(last),
        "kept_secrets": kept_secrets(plans),
        "last": last.graph.target.name,
        "graph_note": _graph_note(shown.graph),
        "resources": _resources(plans),
        "assets": _assets(plans),
        "bundles": table_or_nothing(BUNDLES, bundles_of(plans)),
        "lent": table_or_nothing(LENT, lent_rows(plans)),
        "account": header.databricks.account_admins if header.databricks else "",
        "databricks": needed(header, (plan.graph for plan in plans)),
        "online": online_endpoints(plans),
        "batch": batch_endpoints(plans),
        "derived": _derived(plans),
        "roles": _roles(plans),
        "comments": header.pipelines is not None,
        "feeds": _feeds(header.pipelines),
        "tests": _tests(header.pipelines),
        "checked": _checked(plans[0].graph),
        "steps": _steps(header.pipelines),
        "tests_get_secrets": bool(header.pipelines and any(test.secrets for test in header.pipelines.tests)),
        "rights": _table(("Target", "Connection", "Right", "Where", "What for"), rights(plans)),
        "identities": _identities(plans),
        "has_handovers": any(hand_overs(plan) for plan in plans),
        "own_roles": _table(("Role", "May", "But not", "With data"), own_roles(plans)),
        "assignable": _table(("Target", "Roles", "To whom"), assignable(plans)),
        "handed_over": _table(_HANDED_OVER, handed_over(plans)),
        "first_run": first_run(plans, pipelines),
        "firewall": table_or_nothing(FIREWALL, firewall(plans)),
        "ranges": table_or_nothing(RANGES, ranges(plans)),
        "waiting": table_or_nothing(WAITING, waiting(plans)),
        "zones": table_or_nothing(ZONES, zones(plans)),
        "risks": table_or_nothing(("Target", "Risk", "Accepted because"), accepted_risks(plans)),
        "own_key": table_or_nothing(("Address", "Because", "Targets"), not_encrypted(plans)),
        "secrets": _secrets(plans),
        "extensions": _extensions(plans),
        "deploying": deploying(pipelines),
        "refusals": refusals(pipelines) if pipelines else "",
    }
    return OutputFile("README.md", render("README.md.j2", context), None, ())


def _feeds(settings: Pipelines | None) -> str:
    return ", ".join(settings.feeds) if settings else ""


def _tests(settings: Pipelines | None) -> Fragment | str:
    rows = [(test.name, code(test.command), _secrets_of(test)) for test in (settings.tests if settings else ())]
    return table_or_nothing(("Test", "Runs", "Gets the secrets"), rows)


def _steps(settings: Pipelines | None) -> Fragment | str:
    rows = [
        (name, step.place, ", ".join(step.targets or ("all",)), code(step.command), step.connection or "none")
        for name, step in (settings.steps if settings else {}).items()
    ]
    return table_or_nothing(("Step", "When", "Targets", "Runs", "Signs in by"), rows)


def _checked(graph: Graph) -> dict[str, str]:
    """What pull requests run in the first target, where they run anything."""
    settings = graph.header.pipelines
    jobs = list(jobs_of_pull_requests(graph.header, graph.target).values())
    if settings is None or not jobs:
        return {}
    name = graph.target.name
    return {"jobs": " and ".join(jobs), "target": name, "by": str(settings.service_connections[name].check)}


def _secrets_of(test: Test) -> str:
    return ", ".join(f"{name} from {secret.partition('/')[0]}" for name, secret in test.secrets.items()) or "none"


def _graph_note(graph: Graph) -> Fragment | str:
    name = graph.target.name
    note = f"As it is in target {name}; roles, diagnostics and locks are left out."
    if not is_folded(graph.once(platform_picture)):
        return note
    more = "Sections with too many entries for a picture are one box each"
    return Fragment(f"{note} {more}: {code(f'mlinfra graph -t {name} -o dot')} prints all of them.")


def _doors(calls: Fragment | str, reach: Fragment | str) -> Iterator[str]:
    """Links to what is asked first, where the page has it."""
    if calls:
        yield "**[on call](#on-call)**"
    if reach:
        yield "**[who can reach the data](#who-can-reach-the-data)**"
    yield f"[map]({PICTURE})"


def _targets(plans: Sequence[Plan]) -> Fragment:
    header = ("Target", "Mode", "After", "Subscription", "Resource group", "Region", "In", "Out")
    return markdown_table(header, [_target(plan) for plan in plans])


def _target(plan: Plan) -> Sequence[object]:
    target, network = plan.graph.target, plan.graph.network
    return (
        target.name,
        target.mode,
        target.promote_from or ("–, before all" if target.shared else "–"),
        code(target.subscription),
        code(target.resource_group.name),
        target.location,
        _inbound(network),
        network.outbound or "–",
    )


def _inbound(network: Network) -> str:
    if network.allowed_ips:
        return f"{network.inbound}, storage from {', '.join(network.allowed_ips)}"
    return str(network.inbound)


def _resources(plans: Sequence[Plan]) -> dict[str, object]:
    """Each once, with its name in every target. Without their number: a page that counts changes with everything."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for plan in plans:
        for planned in plan.resources:
            if planned.resource.type not in ONLY_COUNTED:
                place = (planned.resource.address, planned.resource.type, _file(planned))
                found.setdefault(place, {})[plan.graph.target.name] = planned.resource.names[-1]
    targets = [plan.graph.target.name for plan in plans]
    rows = [(code(address), code(type), _names(names, targets), file) for (address, type, file), names in found.items()]
    kinds = {ONLY_COUNTED.get(planned.resource.type, "") for plan in plans for planned in plan.resources}
    others = [name for name in ONLY_COUNTED.values() if name in kinds]
    also = f"; beside them {', '.join(others)}" if others else ""
    table = _table(("Address", "Type", "Name", "File"), rows)
    return {"title": f"Every resource, with its name in each target{also}", "table": table}


def _names(names: Mapping[str, str], targets: Sequence[str]) -> Fragment:
    """The name that it has in all targets, else that in each."""
    if len(set(names.values())) == 1:
        where = "" if len(names) == len(targets) else f" ({', '.join(names)})"
        return Fragment(f"{code(next(iter(names.values())))}{where}")
    return Fragment(", ".join(f"{target}: {code(name)}" for target, name in names.items()))


def _assets(plans: Sequence[Plan]) -> Fragment:
    addresses = dict.fromkeys(
        entry.address
        for plan in plans
        for entry in plan.graph.entries.values()
        if has_file(entry) or is_from_job(entry)
    )
    rows = [(code(address), *(_asset(plan, address) for plan in plans)) for address in addresses]
    return _table(("Address", *(plan.graph.target.name for plan in plans)), rows)


def _asset(plan: Plan, address: str) -> object:
    entry = plan.graph.entries.get(address)
    if entry is None:
        return "–"
    if is_from_job(entry):
        return f"the version of the run of {entry.additions['from_job']}"
    if is_numbered_by_azure(entry):
        return Fragment(f"[the version that Azure gives it]({file_of(plan.graph, entry)})")
    link = f"[{code(entry.azure_name)}]({file_of(plan.graph, entry)})"
    told = models_told(entry.run_values.values())
    return Fragment(f"{link}, with the version that serves of {', '.join(map(code, told))}" if told else link)


def _derived(plans: Sequence[Plan]) -> Fragment:
    found: dict[tuple[str, str], list[str]] = {}
    for plan in plans:
        for address, because in _reasons(plan):
            found.setdefault((address, because), []).append(plan.graph.target.name)
    rows = [
        (code(address), because, names_or_all(targets, len(plans)))
        for (address, because), targets in sorted(found.items())
    ]
    return _table(("Address", "Because", "Targets"), rows)


def _reasons(plan: Plan) -> Iterator[tuple[str, str]]:
    yield from _left_out(plan.graph)
    for entry in plan.graph.entries.values():
        if entry.because and ROWS[entry.section].resource_type != ROLE_ASSIGNMENTS_TYPE:
            changed = "; changed by derived" if entry.address in plan.graph.met else ""
            yield entry.address, f"{entry.because}{changed}"
        reads = isinstance(entry.model, KeyVault) and secrets_because(entry.model, entry, plan.graph)
        if reads and not entry.existing:
            yield f"{entry.address}.{SWITCH}", reads
    for resource in (planned.resource for planned in plan.resources):
        if resource.because and resource.address not in plan.graph.entries:  # what comes along with an entry
            changed = "; changed by derived" if resource.address in plan.graph.met else ""
            yield resource.address, f"{resource.because}{changed}"


def _left_out(graph: Graph) -> Iterator[tuple[str, str]]:
    for address, met in graph.met.items():
        reason = graph.alterations[address].left_out_because
        if reason is not None:
            yield address, f"left out, because {reason}; it would be there because {met.because}"


def _secrets(plans: Sequence[Plan]) -> Fragment:
    rows = [
        (plan.graph.target.name, code(secret.vault), code(secret.name), code(", ".join(secret.users)), secret.needs)
        for plan in plans
        for secret in secrets(plan)
    ]
    return _table(("Target", "Vault", "Secret", "For", "What the vault needs"), rows)


def _roles(plans: Sequence[Plan]) -> Fragment:
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for plan in plans:
        for planned in plan.resources:
            if planned.resource.type == ROLE_ASSIGNMENTS_TYPE:
                found.setdefault(_role(plan, planned), []).append(plan.graph.target.name)
    rows = [
        (code(who), role, code(scope), because, names_or_all(targets, len(plans)))
        for (who, role, scope, because), targets in sorted(found.items())
    ]
    return _table(("Who", "Role", "On", "Because", "Targets"), rows)


def _role(plan: Plan, planned: Planned) -> tuple[str, str, str, str]:
    resource = planned.resource
    entry = plan.graph.entries[resource.owner]
    written = entry.model
    reason = resource.because or getattr(written, "description", None) or "it is written in the spec"
    role = str(getattr(written, "role", ""))
    return (
        _who(written),
        name_of_role(role, plan.graph.resource_group_id) or role,
        resource.scope or "the resource group",
        reason,
    )


def _who(written: object) -> str:
    """The address of who has a role, or an object id of Entra; written ones name their entry without its section."""
    for field, section in (("identity", "identities"), ("principal", "principals")):
        if name := getattr(written, field, None):
            return str(name) if "." in str(name) else f"{section}.{name}"
    if owner := getattr(written, "system_identity_of", None):
        return f"the identity of {owner}"
    return str(getattr(written, "object_id", ""))


def _identities(plans: Sequence[Plan]) -> Fragment | str:
    rows = list(identities(plans))
    return table_or_nothing(("Target", "Connection", "For", "Identity", "In"), rows)


def _extensions(plans: Sequence[Plan]) -> Fragment:
    rows = [
        (
            code(planned.resource.address),
            code(", ".join(_written(plan.graph.entries[planned.resource.owner]))),
            plan.graph.target.name,
        )
        for plan in plans
        for planned in plan.resources
        if planned.resource.properties_written
    ]
    return _table(("Address", "Properties as written, judged only by Bicep", "Target"), rows)


def _written(entry: Entry) -> Iterable[str]:
    """The names of the properties that the spec writes past the kind's own fields."""
    properties = entry.additions.get("properties") or getattr(entry.model, "properties", {})
    return list(properties)


def _file(planned: Planned) -> str:
    return planned.file if planned.group is None else planned.folder


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Fragment:
    listed = list(rows)
    return markdown_table(header, listed) if listed else NOTHING
