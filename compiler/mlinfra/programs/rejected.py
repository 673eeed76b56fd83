"""What an endpoint takes no more: models that a person took back, or whose canary failed there, as its tag says.

The tag `mlinfra-rejected` holds "churn:7/1a2b3c4d", with blanks between: the name of the model in Azure, in small
letters, its version, and the first digits of SHA-256 over the name of the job that made it, where that is known. What
that job made is rejected under whatever number: a version may be archived, or lose what its tags say, and be registered
once more. "none" says that nothing is.

Models are given as "churn:7/train-1", with the name of the job itself; "churn:7/" where nobody knows it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys

NOTHING = "none"
DIGITS = 8
MOST_CHARACTERS = 256  # of a tag's value; Azure Resource Manager, tag resources
NO_JOB = ("", "none", "-")


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


def without(tag: str, models: list[str]) -> list[str]:
    """The entries of the tag but those of these models."""
    others = [noted(model) for model in models]
    return [entry for entry in _entries(tag) if not any(_is_same(entry, other) for other in others)]


def noted(model: str) -> str:
    """As the tag names it."""
    name, _, job = model.partition("/")
    digits = "" if job in NO_JOB else f"/{hashlib.sha256(job.encode()).hexdigest()[:DIGITS]}"
    return f"{name.lower()}{digits}"


def _entries(tag: str) -> list[str]:
    return [entry for entry in tag.lower().split() if entry != NOTHING]


def _is_same(entry: str, other: str) -> bool:
    """Whether two entries are of one version, or of one model and one job."""
    version, _, job = entry.partition("/")
    other_version, _, other_job = other.partition("/")
    if version == other_version:
        return True
    return job != "" and job == other_job and version.rpartition(":")[0] == other_version.rpartition(":")[0]


def _fitting(entries: list[str]) -> str:
    """The tag; of the oldest, those for which it has room."""
    while len(" ".join(entries)) > MOST_CHARACTERS:
        entries = entries[1:]
    return " ".join(entries) or NOTHING


if __name__ == "__main__":
    main()
