"""Compute clusters and compute instances."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.walk import whole, word
from mlinfra.languages.azureml.compute_clusters import MAX_INSTANCES
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyProblem

SCALE = Code(
    id="MLI681",
    severity="error",
    title="Cluster whose bounds contradict each other",
    why="The service refuses a cluster without nodes, or with more nodes at least than at most",
    fix="Set 0 ≤ min_instances ≤ max_instances, and max_instances at least 1",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-compute-aml",
)
IDLE_NODES = Code(
    id="MLI682",
    severity="warning",
    title="Development cluster that never scales to zero",
    why="Nodes that wait cost as much as nodes that work",
    fix="Set min_instances: 0",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-create-attach-compute-cluster",
)
SSH = Code(
    id="MLI683",
    severity="warning",
    title="SSH that is open to the public, or with a password",
    why="Nodes can be reached and guessed at from anywhere, and the setting can't be changed later",
    fix="Leave ssh_public_access_enabled off; where it has to be on, use ssh_key_value without admin_password",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-create-attach-compute-cluster",
)
ONE_IDENTITY = Code(
    id="MLI684",
    severity="error",
    title="Compute with both kinds of identity",
    why="A compute takes a system-assigned identity or user-assigned ones, not both",
    fix="Keep one kind",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
)
IDLE_SHUTDOWN = Code(
    id="MLI686",
    severity="error",
    title="Idle shutdown outside 15 minutes to 3 days",
    why="The service refuses the compute instance",
    fix="Use 15 to 4320 minutes",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance",
)
NO_IDLE_SHUTDOWN = Code(
    id="MLI687",
    severity="warning",
    title="Compute instance that never stops by itself",
    why="It costs around the clock until someone stops it",
    fix="Set idle_time_before_shutdown_minutes, such as 60",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance",
)
MANY_SCHEDULES = Code(
    id="MLI688",
    severity="error",
    title="More schedules than a compute instance takes",
    why="A compute instance has at most 4 schedules",
    fix="Merge schedules",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance",
)
HALF_A_SUBNET = Code(
    id="MLI689",
    severity="error",
    title="Subnet without its network, or network without its subnet",
    why="A subnet that is named is looked for in the network that is named beside it",
    fix="Write vnet_name and subnet, or only the whole id of the subnet",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-compute-aml",
)
CODES = (
    *(SCALE, IDLE_NODES, SSH, ONE_IDENTITY, IDLE_SHUTDOWN, NO_IDLE_SHUTDOWN, MANY_SCHEDULES),
    HALF_A_SUBNET,
)

IDLE_MINUTES = range(15, 3 * 24 * 60 + 1)  # how-to-create-compute-instance
MAX_DIGITS = 9  # of a number in a duration; Python converts no text of more than 4,300
FOREVER_MINUTES: int = 10**MAX_DIGITS
MAX_SCHEDULES = 4  # how-to-create-compute-instance
_DURATION = re.compile(r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?")


def check_scale(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    least, most = whole(body.get("min_instances", 0)), whole(body.get("max_instances", MAX_INSTANCES))
    if most is not None and most < 1:
        message = f"a cluster of at most {most} nodes runs nothing"
        yield BodyProblem(SCALE, ("max_instances",), message, "max_instances must be at least 1")
    elif least is not None and most is not None and not 0 <= least <= most:
        message = f"min_instances is {least}, and must be from 0 to max_instances, {most}"
        yield BodyProblem(SCALE, ("min_instances",), message)
    elif least and context.target_mode == "development":
        message = "a development cluster should scale to zero"
        yield BodyProblem(IDLE_NODES, ("min_instances",), message, "set min_instances: 0")


def check_ssh(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    if body.get("ssh_public_access_enabled") is True:
        message = "SSH is open to the public, for as long as this compute exists"
        yield BodyProblem(SSH, ("ssh_public_access_enabled",), message, "set it to false")
    if "admin_password" in mapping(body.get("ssh_settings")):
        message = "SSH should not take a password"
        yield BodyProblem(SSH, ("ssh_settings", "admin_password"), message, "use ssh_key_value", on_key=True)


def check_identity(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    identity = mapping(body.get("identity"))
    kind = word(identity.get("type")).replace("_", "").replace(" ", "")
    has_both = "systemassigned" in kind and ("userassigned" in kind or identity.get("user_assigned_identities"))
    if has_both:
        message = "a compute has a system-assigned identity or user-assigned ones, not both"
        yield BodyProblem(ONE_IDENTITY, ("identity", "type"), message, "write type: user_assigned")


def check_idle_shutdown(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    minutes_key, duration_key = "idle_time_before_shutdown_minutes", "idle_time_before_shutdown"
    if minutes_key not in body and duration_key not in body:
        message = "a compute instance without idle shutdown costs around the clock"
        yield BodyProblem(NO_IDLE_SHUTDOWN, (minutes_key,), message, f"set {minutes_key}, such as 60")
        return
    key = minutes_key if minutes_key in body else duration_key
    minutes = whole(body[key]) if key == minutes_key else _minutes(body[key])
    if minutes is not None and minutes not in IDLE_MINUTES:
        after = f"{minutes} minutes" if minutes < FOREVER_MINUTES else f"at least {FOREVER_MINUTES:,} minutes"
        message = f"an idle shutdown after {after} is not possible"
        help_text = f"from {IDLE_MINUTES[0]} to {IDLE_MINUTES[-1]} minutes"
        yield BodyProblem(IDLE_SHUTDOWN, (key,), message, help_text)


def check_schedule_count(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    schedules = mapping(body.get("schedules")).get("compute_start_stop")
    if isinstance(schedules, list) and len(schedules) > MAX_SCHEDULES:
        message = f"a compute instance has at most {MAX_SCHEDULES} schedules, not {len(schedules)}"
        yield BodyProblem(MANY_SCHEDULES, ("schedules", "compute_start_stop"), message, on_key=True)


def check_subnet(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    settings = mapping(body.get("network_settings"))
    vnet, subnet = settings.get("vnet_name"), settings.get("subnet")
    if isinstance(vnet, str) and subnet is None:
        message = f'vnet_name "{vnet}" has no subnet beside it'
        yield BodyProblem(HALF_A_SUBNET, ("network_settings", "vnet_name"), message, "add subnet: <name>", on_key=True)
    elif isinstance(subnet, str) and vnet is None and not subnet.startswith("/"):
        message = f'subnet "{subnet}" is neither an id nor in a network'
        help_text = "write ${virtual_networks.<entry>.subnets.<entry>.id}, or add vnet_name: <name>"
        yield BodyProblem(HALF_A_SUBNET, ("network_settings", "subnet"), message, help_text)


CLUSTER_RULES: tuple[Rule, ...] = (
    over_body((SCALE, IDLE_NODES), check_scale),
    over_body(SSH, check_ssh),
    over_body(ONE_IDENTITY, check_identity),
    over_body(HALF_A_SUBNET, check_subnet),
)
INSTANCE_RULES: tuple[Rule, ...] = (
    over_body(SSH, check_ssh),
    over_body(ONE_IDENTITY, check_identity),
    over_body((IDLE_SHUTDOWN, NO_IDLE_SHUTDOWN), check_idle_shutdown),
    over_body(MANY_SCHEDULES, check_schedule_count),
    over_body(HALF_A_SUBNET, check_subnet),
)


def _minutes(duration: object) -> int | None:
    """Return the minutes of an ISO 8601 duration of days, hours and minutes; None for anything else."""
    match = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if match is None:
        return None
    parts = match.group("days", "hours", "minutes")
    if any(len(part or "") > MAX_DIGITS for part in parts):
        return FOREVER_MINUTES
    days, hours, minutes = (int(part or 0) for part in parts)
    return (days * 24 + hours) * 60 + minutes
