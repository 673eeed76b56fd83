"""What an endpoint takes no more: models that a person took back, or whose canary failed there, as its tag says.

The tag `mlinfra-rejected` holds "churn:7/1a2b3c4d", with blanks between: the name of the model in Azure, in small
letters, its version, and the first digits of SHA-256 over the name of the job that made it, where that is known. What
that job made is rejected under whatever number: a version may be archived, or lose what its tags say, and be registered
once more. "none" says that nothing is. Where a tag has no room for all of them, "churn:~7" stands for the oldest: no
version up to 7 comes again, as nobody knows any more which of them were good.

Models are given as "churn:7/train-1", with the name of the job itself; "churn:7/" where nobody knows it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys

NOTHING = "none"
DIGITS = 8
MOST_CHARACTERS = 256  # of a tag's value; Azure Resource Manager, tag resources
NO_JOB = ("", "none", "-")
UP_TO = "~"  # before the number of a version; no version begins with it
NUMBER = re.compile("[0-9]{1,18}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="rejected.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument(
        "command", choices=("among", "add", "drop"), help="print which are; or the tag with, or without"
    )
    parser.add_argument("tag")
    parser.add_argument("models", nargs="*")
    given = parser.parse_args(arguments)
    if given.command == "among":
        answer = among(given.tag, given.models)
    else:
        kept = without(given.tag, given.models)
        answer = [_fitting([*kept, *map(noted, given.models)] if given.command == "add" else kept)]
    sys.stdout.write("".join(f"{line}\n" for line in answer))


def among(tag: str, models: list[str]) -> list[str]:
    """Those of the models that the tag rejects, by their version or by what made them."""
    entries = _entries(tag)
    return [model for model in models if any(_is_same(entry, noted(model)) for entry in entries)]


def is_one_of_many(tag: str, model: str) -> bool:
    """Whether what rejects a model is said of all versions up to another one, and not of itself."""
    found = [entry for entry in _entries(tag) if _is_same(entry, noted(model))]
    return bool(found) and all(f":{UP_TO}" in entry for entry in found)


def without(tag: str, models: list[str]) -> list[str]:
    """The entries of the tag but those of these models; what stands for all up to one of them stays."""
    others = [noted(model) for model in models]
    return [
        entry for entry in _entries(tag) if f":{UP_TO}" in entry or not any(_is_same(entry, other) for other in others)
    ]


def noted(model: str) -> str:
    """As the tag names it."""
    name, _, job = model.partition("/")
    digits = "" if job in NO_JOB else f"/{hashlib.sha256(job.encode()).hexdigest()[:DIGITS]}"
    return f"{name.lower()}{digits}"


def _entries(tag: str) -> list[str]:
    return [entry for entry in tag.lower().split() if entry != NOTHING]


def _is_same(entry: str, other: str) -> bool:
    """Whether two entries are of one version, or of one model and one job, or the first is of all up to another one."""
    version, _, job = entry.partition("/")
    other_version, _, other_job = other.partition("/")
    if version == other_version or _number(other) <= _up_to(entry, other):
        return True
    return job != "" and job == other_job and version.rpartition(":")[0] == other_version.rpartition(":")[0]


def _up_to(entry: str, other: str) -> float:
    """Up to which number an entry is of all versions of the model of the other one; -1 where it is not."""
    name, _, version = entry.partition("/")[0].rpartition(":")
    is_of_all = version.startswith(UP_TO) and NUMBER.fullmatch(version[1:])
    return int(version[1:]) if is_of_all and name == other.partition("/")[0].rpartition(":")[0] else -1


def _number(entry: str) -> float:
    """The version of an entry, above all where it is no number."""
    version = entry.partition("/")[0].rpartition(":")[2]
    return int(version) if NUMBER.fullmatch(version) else float("inf")


def _fitting(entries: list[str]) -> str:
    """The tag; where it has no room, the oldest entry of one version stands for all up to that."""
    while len(" ".join(entries)) > MOST_CHARACTERS:
        oldest = next((each for each in entries if _number(each) != float("inf")), "")
        if not oldest:
            entries = entries[1:]
            continue
        name, _, _ = oldest.partition("/")[0].rpartition(":")
        most = max(_number(oldest), *(_up_to(each, oldest) for each in entries))
        others = [each for each in entries if each != oldest and _up_to(each, oldest) < 0]
        entries = [f"{name}:{UP_TO}{most}", *others]
    return " ".join(entries) or NOTHING


if __name__ == "__main__":
    main()
