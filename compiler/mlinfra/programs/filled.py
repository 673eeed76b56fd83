"""The file of a deployment with the tags and the model that a release gives it: what an update with a file sends.

`az ml online-deployment update --file` reads nothing of the deployment before, so `--set tags.x=y` finds no tags there
and fails: what a release says of a deployment has to be in the file.

The file is one that mlinfra wrote: a mapping, each key of which begins a line, or JSON. It goes to stdout. Messages go
to stderr; exit code 1 says that the file is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

_TAG = "tags."
_BLOCK = re.compile(r"tags:\s*")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="filled.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("setting", nargs="+", help="tags.NAME=VALUE, or NAME=VALUE of a key that the file has not")
    given = parser.parse_args(arguments)
    settings = dict(setting.split("=", 1) for setting in given.setting)
    text = given.file.read_text(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    sys.stdout.write(_filled_json(text, settings) if text.startswith("{") else _filled(text, settings))


def _filled_json(text: str, settings: dict[str, str]) -> str:
    body = json.loads(text)
    body.update({name: value for name, value in settings.items() if not name.startswith(_TAG)})
    body["tags"] = {**body.get("tags", {}), **_tags(settings)}
    return json.dumps(body, ensure_ascii=False) + "\n"


def _filled(text: str, settings: dict[str, str]) -> str:
    """What is said goes to the end of the file, and its own tags, which a release never writes, with it."""
    own: list[str] = []
    others: list[str] = []
    is_tag = False
    for line in text.splitlines():
        is_tag = _BLOCK.fullmatch(line) is not None or (is_tag and line[:1] in (" ", ""))
        (own if is_tag else others).append(line)
    names = [name for name in settings if not name.startswith(_TAG)]
    if twice := [name for name in names if any(line.startswith(f"{name}:") for line in others)]:
        sys.exit(f"error: the file says {twice[0]} already")
    others += [f"{name}: {json.dumps(settings[name], ensure_ascii=False)}" for name in names]
    tags = [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in _tags(settings).items()]
    return "\n".join([*others, *(own or ["tags:"]), *tags]) + "\n"


def _tags(settings: dict[str, str]) -> dict[str, str]:
    return {name[len(_TAG) :]: value for name, value in settings.items() if name.startswith(_TAG)}


if __name__ == "__main__":
    main()
