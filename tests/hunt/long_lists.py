"""Each list of a spec, long: what it takes to answer grows as the list does, and not as its square.

    python -m tests.hunt.long_lists --count 2000

Counted are the calls that `validate` makes, which no busy machine makes more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import click

from tests.hunt.command import ran
from tests.spec import HEADER

List: TypeAlias = Callable[[int], str]

GROWTH = 10  # times as long
MOST_GROWTH = 15  # times as many calls: more than 10, as some sort
WORKSPACE = "workspaces: {main: {}}\n"
ENVIRONMENT = "environments: {e: {image: 'a/b:1'}}\n"
PLATFORM = HEADER + WORKSPACE


def _lines(count: int, line: Callable[[int], str]) -> str:
    return "".join(f"  {line(number)}\n" for number in range(count))


def _flow(count: int, item: Callable[[int], str]) -> str:
    return ", ".join(item(number) for number in range(count))


def _range(number: int, bits: int = 24) -> str:
    return f"10.{number // 256 % 256}.{number % 256}.0/{bits}"


def _entries(section: str, body: Callable[[int], str] = lambda number: "{}", before: str = "") -> List:
    """A section of so many entries."""
    return lambda count: PLATFORM + before + f"{section}:\n" + _lines(count, lambda n: f"e{n}: {body(n)}")


def _within(before: str, item: Callable[[int], str], after: str) -> List:
    """A list or map of so many items, within one entry."""
    return lambda count: f"{PLATFORM}{before}{_flow(count, item)}{after}\n"


def _network(count: int) -> str:
    subnets = "".join(f"      s{n}: {{address_prefix: {_range(n, 26)}}}\n" for n in range(count))
    space = _flow(count, _range)
    return f"{PLATFORM}virtual_networks:\n  net:\n    address_space: [{space}]\n    subnets:\n{subnets}"


def _steps(count: int) -> str:
    step = "type: command, command: a, environment: e, outputs: {o: {type: uri_folder}}"
    before = [f", inputs: {{i: '${{{{parent.jobs.t{n - 1}.outputs.o}}}}'}}" if n else "" for n in range(count)]
    steps = _flow(count, lambda n: f"t{n}: {{{step}{before[n]}}}")
    settings = "settings: {default_compute: serverless}"
    return f"{PLATFORM}{ENVIRONMENT}jobs: {{j: {{type: pipeline, {settings}, jobs: {{{steps}}}}}}}\n"


def _near(count: int) -> str:
    sizes = "{size: Standard_D4ds_v4, max_instances: 1}"
    clusters = _lines(count, lambda n: f"cluster{n}: {sizes}")
    jobs = _lines(count, lambda n: f"j{n}: {{type: command, command: a, environment: e, compute: clustr{n}x}}")
    return f"{PLATFORM}{ENVIRONMENT}compute_clusters:\n{clusters}jobs:\n{jobs}"


def _overrides(count: int) -> str:
    changes = "".join(f"        e{n}: {{tags: {{a: b}}}}\n" for n in range(count))
    target = "  dev:\n    subscription: 11111111-1111-1111-1111-111111111111\n    mode: development\n"
    header = HEADER.partition("  dev:")[0] + target
    entries = _lines(count, lambda n: f"e{n}: {{}}")
    return f"{header}    overrides:\n      identities:\n{changes}{WORKSPACE}identities:\n{entries}"


JOB = "type: command, environment: e, compute: serverless, command: echo"
WHOLE = "type: uri_folder, path: 'azureml://datastores/workspaceblobstore/paths/x/'"
LISTS: Mapping[str, List] = {
    "comments": lambda count: PLATFORM + "".join(f"# {n}\n" for n in range(count)),
    "suppressions before an entry": lambda count: (
        PLATFORM + "identities:\n" + _lines(count, lambda n: f"# mlinfra: ignore MLI325 because {n}") + "  a: {}\n"
    ),
    "suppressions in a line": _within(
        "storage_accounts:\n  a: {} # mlinfra: ignore ", lambda n: "MLI303", " because x"
    ),
    "suppressed findings": _entries("storage_accounts", lambda n: f"{{}} # mlinfra: ignore MLI303 because {n}"),
    "entries": _entries("identities"),
    "accounts": _entries("storage_accounts", lambda n: "{containers: {raw: {}}}"),
    "assets": _entries("data", lambda n: f"{{{WHOLE}}}"),
    "references": _entries(
        "datastores",
        lambda n: "{type: azure_blob, account_name: lake, container_name: raw}",
        "storage_accounts: {lake: {containers: {raw: {}}}}\n",
    ),
    "principals": _entries(
        "principals", lambda n: f"{{object_id: {n:08d}-3333-3333-3333-333333333333, role: data_scientist}}"
    ),
    "schedules": _entries(
        "schedules",
        lambda n: "{trigger: {type: cron, expression: '0 5 * * 1'}, create_job: j}",
        ENVIRONMENT + "jobs: {j: {type: pipeline, settings: {default_compute: serverless}, "
        "jobs: {s: {type: command, command: a, environment: e}}}}\n",
    ),
    "networks": _entries("virtual_networks", lambda n: f"{{address_space: [{_range(n)}]}}"),
    "address spaces and subnets": _network,
    "subnets of one range": _within(
        "virtual_networks: {net: {address_space: [10.0.0.0/8], subnets: {",
        lambda n: f"s{n}: {{address_prefix: 10.0.0.0/24}}",
        "}}}",
    ),
    "containers": _within("storage_accounts: {a: {containers: {", lambda n: f"c{n}: {{}}", "}}}"),
    "federated credentials": _within(
        "identities: {a: {federated_credentials: {", lambda n: f"c{n}: {{issuer: 'https://a.b', subject: s{n}}}", "}}}"
    ),
    "tags": _within(f"data: {{d: {{{WHOLE}, tags: {{", lambda n: f"t{n}: a", "}}}"),
    "inputs": _within(f"{ENVIRONMENT}jobs: {{j: {{{JOB}, inputs: {{", lambda n: f"i{n}: a", "}}}"),
    "steps": _steps,
    "variables": lambda count: (
        HEADER
        + "variables:\n"
        + _lines(count, lambda n: f"v{n}: {{type: string, default: a}}")
        + _within(f"data: {{d: {{{WHOLE}, tags: {{", lambda n: f"t{n}: '${{var.v{n}}}'", "}}}")(count).removeprefix(
            HEADER
        )
    ),
    "overrides": _overrides,
    "derived": lambda count: PLATFORM + "derived:\n" + _lines(count, lambda n: f"locks.l{n}: {{omit: x}}"),
    "moved": lambda count: (
        _entries("identities")(count)
        + "moved:\n"
        + _lines(count, lambda n: f"- {{from: identities.o{n}, to: identities.e{n}}}")
    ),
    "moved again and again": lambda count: (
        _entries("identities")(1)
        + "moved:\n"
        + _lines(count, lambda n: f"- {{from: identities.e{n + 1}, to: identities.e{n}}}")
    ),
    "accepted": lambda count: (
        PLATFORM + "accept:\n" + _lines(count, lambda n: f"- {{address: identities.e{n}, because: x}}")
    ),
    "items of for_each": _within("data: {d: {for_each: [", lambda n: f"k{n}", f"], {WHOLE}}}}}"),
    "unknown keys of a body": _within("key_vaults: {a: {", lambda n: f"k{n}: 1", "}}"),
    "unknown keys of the header": lambda count: PLATFORM + "".join(f"x{n}key: 1\n" for n in range(count)),
    "names with a slip": _near,
}


def calls_of(text: str, folder: Path) -> int:
    """How many calls `validate` makes of a spec."""
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "ml-platform.yaml").write_text(text, encoding="utf-8")
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        ran(("-q", "-f", ".", "validate"), folder)
    finally:
        sys.setprofile(None)
    return calls


def growth_of(name: str, count: int, folder: Path) -> float:
    """How many times as many calls a list takes that is ten times as long, beside what an empty platform takes."""
    calls_of(PLATFORM, folder)  # what is imported and compiled once
    none = calls_of(PLATFORM, folder)
    short, long = (calls_of(LISTS[name](length), folder) - none for length in (count, GROWTH * count))
    return long / max(1, short)


def grown(names: Sequence[str], count: int, folder: Path) -> Iterator[tuple[str, float]]:
    for name in names:
        yield name, growth_of(name, count, folder)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hunt.long_lists", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="of a list, and ten times that")
    options = parser.parse_args(arguments)
    found = 0
    with tempfile.TemporaryDirectory(prefix="lists-") as folder:
        for name, growth in grown(tuple(LISTS), options.count, Path(folder)):
            found += growth > MOST_GROWTH
            click.echo(f"{'FOUND ' if growth > MOST_GROWTH else ''}{name}: {growth:.1f} times the calls")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
