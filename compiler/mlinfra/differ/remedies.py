"""What to do about what Azure does not take: lines to paste, or the order in which to do it."""

from __future__ import annotations

import re

from mlinfra.differ.side import Thing
from mlinfra.formats.shell import shell_literal
from mlinfra.header.accept import Class
from mlinfra.languages.language import Section

IN_WORKSPACE = "--workspace-name <workspace> --resource-group <group>"
ENDPOINT = "<endpoint>"
_PLAIN = re.compile(r"[A-Za-z0-9/][A-Za-z0-9_./-]*")


def lost_with(row: Section | None) -> str:
    """What is lost where one is deleted and made anew."""
    if row is None:
        return ""
    return row.lost_with_it or ("its data" if row.stateful else "")


def of_what_stays(thing: Thing, row: Section | None, is_way_back: bool) -> tuple[str, tuple[Class, ...]]:
    """The remedy of what is refused, ignored or perhaps neither, and the classes of doing that.

    `is_way_back`: it was set once, which is for good, and not only when it was made.
    """
    lost, stops = lost_with(row), row.stops_meanwhile if row else ""
    noun = row.noun if row else "resource"
    why = "There is no way back from this" if is_way_back else f"Azure takes this only when the {noun} is made"
    if thing.type == "compute_instances":
        delete = f"az ml compute delete --name {word(thing.name)} {IN_WORKSPACE}"
        first = f"infra.yml leaves {thing.name} as it is, and warns. Save {lost}, then delete it, and the next run "
        return f"{first}makes it anew: {delete}", ("loses_data",)
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
        return f"{beside}. Or delete {thing.name} just before the deployment, which stops {stops}", ("interrupts",)
    return f"{beside}. Or delete {thing.name} just before the deployment, which makes it anew", ()


def of_what_is_left(thing: Thing, row: Section | None) -> str:
    """How to remove what is left behind, which nothing deletes; or to keep it."""
    if thing.id:
        command = f"az resource delete --ids {word(thing.id)}"
        lost = lost_with(row)
        first = f"Save {lost} first. " if lost else ""
        return f"To keep it, restore the lines. To remove it after the merge: {first}{command}"
    noun = row.az_noun if row else ""
    if row and row.is_a_slot:
        return (
            f"To keep it, restore the lines. To remove it: give its traffic to another one, then az ml {noun} delete "
            f"--endpoint-name {ENDPOINT} --name <slot> {IN_WORKSPACE}"
        )
    if row and row.versioned:
        version = f" --version {word(thing.version)}" if thing.version else ""
        hide = f"az ml {noun} archive --name {word(thing.name)}{version} {IN_WORKSPACE}"
        return f"It stays registered, and costs nothing. To hide it: {hide}"
    delete = f"az ml {noun} delete --name {word(thing.name)} {IN_WORKSPACE}"
    return f"To keep it, restore the lines. To remove it after the merge: {delete}"


def word(text: str) -> str:
    """A name or an id as a word to paste into a shell: a manifest may be anybody's, so what is odd is quoted."""
    return text if _PLAIN.fullmatch(text) else shell_literal(text)
