"""What to do about what Azure does not take: lines to paste, or the order in which to do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.differ.model import Found
from mlinfra.differ.side import Thing
from mlinfra.emit.az import word
from mlinfra.header.accept import Class
from mlinfra.languages import api_version
from mlinfra.languages.language import Section

IN_WORKSPACE = "--workspace-name <workspace> --resource-group <group>"
ENDPOINT = "<endpoint>"
LOCKS = "Microsoft.Authorization/locks"
KEYS = "Microsoft.KeyVault/vaults/keys"  # REST of the vaults, Keys: create, get and list, and nothing that deletes
_NOUNS = {LOCKS: "lock", ROLE_ASSIGNMENTS_TYPE: "role assignment"}
_COMPUTES = "Microsoft.MachineLearningServices/workspaces/computes"
_SKU = "sku.name"  # docs, "Change the redundancy configuration for a storage account": customer-initiated conversion
_IDLE = "idle_time_before_shutdown_minutes"  # docs, "Create a compute instance": its setting has a call of its own
_ASKS_NOTHING = frozenset({"datastore", "schedule"})  # whose command takes no --yes


def lost_with(row: Section | None) -> str:
    """What is lost where one is deleted and made anew."""
    if row is None:
        return ""
    return row.lost_with_it or ("its data" if row.stateful else "")


def of_what_stays(
    thing: Thing, row: Section | None, changed: Mapping[str, Any], *, is_way_back: bool, is_taken_unused: bool
) -> tuple[str, tuple[Class, ...]]:
    """The remedy of what is refused, ignored or perhaps neither, and the classes of doing that.

    `is_way_back`: it was set once, which is for good, and not only when it was made. `is_taken_unused`: Azure takes it
    later, too, but for what is in use. `changed` are the new values that Azure does not take, by their paths.
    """
    lost, stops = lost_with(row), row.stops_meanwhile if row else ""
    noun = row.noun if row else "resource"
    why = f"Azure takes this only when the {noun} is made"
    if is_way_back:
        why = "There is no way back from this"
    elif is_taken_unused:
        why = f"Azure may refuse this once the {noun} is in use"
    if thing.type == "compute_instances":
        delete = f"az ml compute delete --name {word(thing.name)} {IN_WORKSPACE}"
        first = f"infra.yml leaves {thing.name} as it is, and warns. Save {lost}, then delete it, and the next run "
        return f"{first}makes it anew: {delete}", ("loses_data",)
    if converted := _converted(thing, changed):
        first = f"{why}. Keep the old value; or convert the account before the merge, which loses nothing"
        return f"{first}: {converted}", ()
    if lost:
        first = f"{why}. Keep the old value; or add a second {noun} under "
        more = f"another name, move the data to it, let everything that uses {thing.address} use that one, and remove "
        last = f"{thing.address} in a later change. Deleting {thing.name} loses {lost}"
        return f"{first}{more}{last}", ("loses_data",)
    beside = (
        f"{why}. Without a stop: add a second one with the new value, let what "
        f"uses {thing.address} use that one, and remove {thing.address} in a later change"
    )
    if stops:
        gone = ", and wait until it is gone" if thing.type == _COMPUTES else ""
        delete = f"Or delete {thing.name} just before the deployment{gone}"
        return f"{beside}. {delete}, which stops {stops}", ("interrupts",)
    return f"{beside}. Or delete {thing.name} just before the deployment, which makes it anew", ()


def _converted(thing: Thing, changed: Mapping[str, Any]) -> str:
    """The command that converts a standard account to other copies; empty where something else changes as well."""
    sku = changed.get(_SKU)
    if set(changed) != {_SKU} or not str(sku).startswith("Standard_") or not thing.id:
        return ""
    *_, group, _, _, _, name = thing.id.split("/")
    account = f"--account-name {word(name)} --resource-group {word(group)}"
    return f"az storage account migration start {account} --sku {sku} --no-wait"


def of_what_is_set_later(thing: Thing, paths: set[str]) -> str:
    """How to set what a call of its own sets, and no deployment, where nothing else differs; empty: there is none."""
    minutes = (thing.body or {}).get(_IDLE)
    if thing.type != "compute_instances" or paths != {_IDLE} or not isinstance(minutes, int):
        return ""
    instance = f"az ml compute show --name {word(thing.name)} {IN_WORKSPACE} --query id --output tsv"
    call = f"updateIdleShutdownSetting?api-version={api_version(_COMPUTES)}"
    setting = word(f'{{"idleTimeBeforeShutdown": "PT{minutes}M"}}')
    first = f"infra.yml leaves {thing.name} as it is, and warns. To set it without making it anew: "
    return f'{first}az rest --method post --url "$({instance})/{call}" --body {setting}'


def of_what_is_left(thing: Thing, row: Section | None) -> str:
    """How to remove what is left behind, which nothing deletes; or to keep it."""
    if not thing.id and row and row.versioned:
        noun = row.az_noun
        version = f" --version {word(thing.version)}" if thing.version else ""
        hide = f"az ml {noun} archive --name {word(thing.name)}{version} {IN_WORKSPACE}"
        return f"It stays registered, and costs nothing. To hide it: {hide}"
    lost = lost_with(row) if thing.id else ""
    first = f"Save {lost} first. " if lost else ""
    if row and row.is_a_slot:
        first = "Give its traffic to another one first. "
    commands = " && ".join(deletions(thing, row, IN_WORKSPACE, ENDPOINT))
    return f"To keep it, restore the lines. To remove it after the merge: {first}{commands}"


def deletions(left: Thing | Found, row: Section | None, place: str, endpoint: str = "") -> Iterator[str]:
    """The commands that delete it; `place` is the options of its workspace, `endpoint` the one that a slot lies in."""
    if left.id and left.type == KEYS:  # which Resource Manager makes, and does not delete
        *_, subscription = left.id.split("/")[:3]
        *_, vault, _, name = left.id.split("/")
        there = f"--vault-name {word(vault)} --subscription {word(subscription)}"
        yield f"az keyvault key delete --name {word(name)} {there}"
        return
    if left.id:
        yield f"az {_NOUNS.get(left.type, 'resource')} delete --ids {word(left.id)}"
        return
    noun = row.az_noun if row else ""
    if row and row.is_a_slot:  # each release has a name of its own on Azure
        there = f"--endpoint-name {endpoint} {place}"
        names = f"az ml {noun} list {there} --query '[].name' --output tsv"
        own = word(f"{left.name}(-[0-9a-f]{{6}})?")
        one = f"az ml {noun} delete {there} --yes --name"
        yield f"{names} | grep -Ex {own} | xargs -rn 1 {one}"
        return
    if row and row.is_scheduled:  # disabled first: docs, "Schedule machine learning pipeline jobs"
        yield f"az ml {noun} disable --name {word(left.name)} {place}"
    yes = "" if noun in _ASKS_NOTHING else " --yes"
    yield f"az ml {noun} delete --name {word(left.name)} {place}{yes}"
