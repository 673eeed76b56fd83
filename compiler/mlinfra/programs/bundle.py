"""What `databricks bundle plan` says that a deployment of a bundle would change.

  told PLAN TITLE       as Markdown: what is made, changed and deleted, and which fields make that so; with --deployed,
                        where all would be made, that who asks may not see what was deployed before
  lost PLAN SECTION…    a line for each resource of these sections that would be deleted, or deleted and made anew

Messages go to stderr; exit code 1 says that the plan can't be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

NOTHING = ("", "skip")  # actions of what stays as it is
LOSING = ("delete", "recreate")
MOST_ROWS = 200  # of a table on the page of a run
# To who may not view the folder of a bundle's state, Databricks says that it is not there.
UNSEEN = (
    "All would be made, as far as who asks here may see. Something was deployed from this spec before: whoever may not "
    "view the folder of the bundle is not told what is there. A deployment asks again, with its own rights."
)
Plan = dict[str, Any]


class Change(NamedTuple):
    """One resource of a bundle: what happens to it, its section and key, and the fields that differ."""

    action: str
    section: str
    key: str
    fields: tuple[str, ...]
    is_part: bool  # permissions or grants of another one
    is_gone: bool  # there is nothing any more that could be deleted


class Unreadable(Exception):
    """The file is no plan, or one of a form that is not known."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bundle.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    told = verbs.add_parser("told")
    told.add_argument("plan", type=Path)
    told.add_argument("title")
    told.add_argument("--deployed", action="store_true")
    lost = verbs.add_parser("lost")
    lost.add_argument("plan", type=Path)
    lost.add_argument("sections", nargs="*")
    given = parser.parse_args(arguments)
    try:
        changes = list(_changes(_read(given.plan)))
        said = (
            _told(changes, given.title, given.deployed)
            if given.verb == "told"
            else "\n".join(_lost(changes, given.sections))
        )
    except Unreadable as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    sys.stdout.write(f"{said}\n" if said else "")


def _read(path: Path) -> Plan:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise Unreadable(f"databricks answered with what is no JSON: {error}") from error
    plan = document.get("plan", {}) if isinstance(document, dict) and "cli_version" in document else None
    if not isinstance(plan, dict):
        raise Unreadable("databricks answered in a form that this script does not know: there is no plan in it")
    return plan


def _changes(plan: Plan) -> Iterator[Change]:
    """In the order of their names; a change that is not understood would be taken for none."""
    for name, entry in sorted(plan.items()):
        words = name.split(".", 3)
        action = entry.get("action", "") if isinstance(entry, dict) else None
        if words[0] != "resources" or len(words) < 3 or not isinstance(action, str):
            raise Unreadable(f"databricks answered in a form that this script does not know: {name}")
        fields = entry.get("changes") or {}
        differing = tuple(sorted(path for path, change in fields.items() if _differs(change)))
        key = ".".join(words[2:])
        yield Change(action, words[1], key, differing, len(words) > 3, entry.get("gone") is True)


def _differs(change: Any) -> bool:
    return isinstance(change, dict) and change.get("action", "") not in NOTHING


def _lost(changes: Sequence[Change], sections: Sequence[str]) -> Iterator[str]:
    for each in changes:
        if each.action in LOSING and each.section in sections and not (each.is_part or each.is_gone):
            yield f"{each.action} {each.section}.{each.key}"


def _told(changes: Sequence[Change], title: str, was_deployed: bool) -> str:
    counts = {
        "Create": [each for each in changes if each.action == "create"],
        "Change": [each for each in changes if each.action not in (*NOTHING, *LOSING, "create")],
        "Recreate": [each for each in changes if each.action == "recreate"],
        "Delete": [each for each in changes if each.action == "delete"],
        "Unchanged": [each for each in changes if each.action in NOTHING],
    }
    lines = [f"### {title}", "", _row(counts), "|" + "---|" * len(counts)]
    lines.append(_row([str(len(each)) for each in counts.values()]))
    differing = [each for each in changes if each.action not in NOTHING]
    if was_deployed and len(counts["Create"]) == len(changes):
        lines += ["", UNSEEN]
    lines += ["", "| Change | Resource | Fields |", "|---|---|---|"] if differing else ["", "Nothing changes."]
    for each in differing[:MOST_ROWS]:
        action = "".join(letter for letter in each.action if letter.isalnum() or letter == "_")
        fields = ", ".join(_code(path) for path in each.fields)
        lines.append(_row([action, _code(f"{each.section}.{each.key}"), fields]))
    if len(differing) > MOST_ROWS:
        lines += ["", f"And {len(differing) - MOST_ROWS} more."]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(words: str) -> str:
    """As code, in which nothing becomes a link, an image, HTML or a mention, and which no mark in it ends."""
    plain = " ".join(words.split()).replace("`", "'").replace("|", "¦")
    return f"`{plain}`" if plain else ""


if __name__ == "__main__":
    main()
