"""Lists that a spec may hold, each of a length: what people write by the thousand, and what a branch may bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from tests.spec import HEADER

List: TypeAlias = Callable[[int], str]

WORKSPACE = "workspaces: {main: {}}\n"
ENVIRONMENT = "environments: {e: {image: 'a/b:1'}}\n"
PLATFORM = HEADER + WORKSPACE
SPEC = "ml-platform.yaml"
STEP = "type: command, command: a, environment: e, outputs: {o: {type: uri_folder}}"
SETTINGS = "settings: {default_compute: serverless}"


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
    before = [f", inputs: {{i: '${{{{parent.jobs.t{n - 1}.outputs.o}}}}'}}" if n else "" for n in range(count)]
    steps = _flow(count, lambda n: f"t{n}: {{{STEP}{before[n]}}}")
    return f"{PLATFORM}{ENVIRONMENT}jobs: {{j: {{type: pipeline, {SETTINGS}, jobs: {{{steps}}}}}}}\n"


def _near(count: int) -> str:
    sizes = "{size: Standard_D4ds_v4, max_instances: 1}"
    clusters = _lines(count, lambda n: f"cluster{n}: {sizes}")
    jobs = _lines(count, lambda n: f"j{n}: {{type: command, command: a, environment: e, compute: clustr{n}x}}")
    return f"{PLATFORM}{ENVIRONMENT}compute_clusters:\n{clusters}jobs:\n{jobs}"


def _overrides(written: Callable[[int], str]) -> List:
    """Overrides of so many entries, and the entries that there are."""

    def text(count: int) -> str:
        changes = "".join(f"        {written(n)}: {{tags: {{a: b}}}}\n" for n in range(count))
        target = "  dev:\n    subscription: 11111111-1111-1111-1111-111111111111\n    mode: development\n"
        header = HEADER.partition("  dev:")[0] + target
        entries = _lines(count, lambda n: f"e{n}: {{}}")
        return f"{header}    overrides:\n      identities:\n{changes}{WORKSPACE}identities:\n{entries}"

    return text


def _targets(count: int) -> str:
    target = "{subscription: 11111111-1111-1111-1111-111111111111, mode: development}"
    return HEADER.partition("targets:")[0] + "targets:\n" + _lines(count, lambda n: f"t{n}: {target}") + WORKSPACE


def _circle(count: int) -> str:
    steps = _flow(
        count, lambda n: f"t{n}: {{{STEP}, inputs: {{i: '${{{{parent.jobs.t{(n + 1) % count}.outputs.o}}}}'}}}}"
    )
    return f"{PLATFORM}{ENVIRONMENT}jobs: {{j: {{type: pipeline, {SETTINGS}, jobs: {{{steps}}}}}}}\n"


def _tasks(waits: Callable[[int], str]) -> List:
    """Tasks of a Databricks job, each after some others."""

    def text(count: int) -> str:
        task = "python_wheel_task: {package_name: p, entry_point: e}, environment_key: e"
        tasks = _lines(count, lambda n: f"  - {{task_key: t{n}, {task}, depends_on: [{waits(n)}]}}")
        environments = "    environments: [{environment_key: e, spec: {environment_version: '4'}}]\n"
        home = "databricks_workspaces: {main: {}}\ndatabricks_jobs:\n  job:\n    workspace: main\n"
        return f"{PLATFORM}{home}{environments}    tasks:\n{tasks}"

    return text


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
    "containers": _within("storage_accounts: {a: {containers: {", lambda n: f"con{n}: {{}}", "}}}"),
    "federated credentials": _within(
        "identities: {a: {federated_credentials: {",
        lambda n: f"con{n}: {{issuer: 'https://a.b', subject: s{n}}}",
        "}}}",
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
    "steps in a circle": _circle,
    "steps that are not there": _within(
        f"{ENVIRONMENT}jobs: {{j: {{type: pipeline, {SETTINGS}, jobs: {{s: {{{STEP}, inputs: {{",
        lambda n: f"i{n}: '${{{{parent.jobs.t{n}.outputs.o}}}}'",
        "}}}}}",
    ),
    "tasks, each after the one before": _tasks(lambda n: f"{{task_key: t{n - 1}}}" if n else ""),
    "tasks, all after the first": _tasks(lambda n: "{task_key: t0}" if n else ""),
    "tasks, each after one that is not there": _tasks(lambda n: f"{{task_key: x{n}}}"),
    "tasks in a circle": _tasks(lambda n: f"{{task_key: t{n - 1 if n else 0}}}"),
    "overrides": _overrides(lambda n: f"e{n}"),
    "overrides of what is not there": _overrides(lambda n: f"x{n}x"),
    "overrides of names with a slip": _overrides(lambda n: f"ee{n}"),
    "targets": _targets,
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
    "moved to what is not there": lambda count: (
        _entries("identities")(count)
        + "moved:\n"
        + _lines(count, lambda n: f"- {{from: identities.o{n}, to: identities.x{n}}}")
    ),
    "moved in a circle": lambda count: (
        PLATFORM
        + "moved:\n"
        + _lines(count, lambda n: f"- {{from: identities.e{n}, to: identities.e{(n + 1) % count}}}")
    ),
    "accepted": lambda count: (
        PLATFORM + "accept:\n" + _lines(count, lambda n: f"- {{address: identities.e{n}, because: x}}")
    ),
    "entries of one name": _entries("identities", lambda n: "{azure_name: one}"),
    "keys that are there twice": lambda count: PLATFORM + "identities:\n" + _lines(count, lambda n: "a: {}"),
    "values of wrong types": _entries("key_vaults", lambda n: "{sku: 5, tags: [x]}"),
    "expressions that lead nowhere": _within(
        f"data: {{d: {{{WHOLE}, tags: {{", lambda n: f"t{n}: '${{identities.e{n}.id}}'", "}}}"
    ),
    "aliases": lambda count: PLATFORM + "identities:\n  a: &a {}\n" + _lines(count, lambda n: f"e{n}: *a"),
    "items of for_each that are deployed": _within("identities: {d: {for_each: [", lambda n: f"k{n}", "]}}"),
    "items of for_each": _within("data: {d: {for_each: [", lambda n: f"k{n}", f"], {WHOLE}}}}}"),
    "unknown keys of a body": _within("key_vaults: {a: {", lambda n: f"k{n}: 1", "}}"),
    "unknown keys of the header": lambda count: PLATFORM + "".join(f"x{n}key: 1\n" for n in range(count)),
    "names with a slip": _near,
}
_CODE = PLATFORM + ENVIRONMENT + "components: {c: {type: command, command: a, environment: e, code: code}}\n"
_PARTS = PLATFORM + "include: [parts/*.yml]\n"
_CONDA = PLATFORM + "environments: {e: {image: 'a/b:1', conda_file: conda.yml}}\n"
OF_FILES: Mapping[str, tuple[str, Callable[[int], Mapping[str, str]]]] = {  # a spec, and what lies beside it
    "files of a folder of code": (
        _CODE,
        lambda count: {f"code/m{n % 50}/f{n}.py": f"x = {n}\n" for n in range(count)},
    ),
    "files in one folder": (_CODE, lambda count: {f"code/f{n}.py": "" for n in range(count)}),
    "lines of a file to ignore": (
        _CODE,
        lambda count: {
            "code/.amlignore": "".join(f"a{n}*\n" for n in range(count)),
            **{f"code/f{n}.py": "" for n in range(20)},
        },
    ),
    "parts": (_PARTS, lambda count: {f"parts/p{n}.yml": f"identities: {{e{n}: {{}}}}\n" for n in range(count)}),
    "parts with one entry": (
        _PARTS,
        lambda count: {f"parts/p{n}.yml": "identities: {e: {}}\n" for n in range(count)},
    ),
    "packages of an environment": (
        _CONDA,
        lambda count: {
            "conda.yml": "dependencies:\n- python=3.11\n- pip:\n" + "".join(f"  - p{n}==1.{n}\n" for n in range(count))
        },
    ),
}


def files_of(name: str, count: int) -> Mapping[str, str]:
    """The files of a platform with a list of that length."""
    if name in LISTS:
        return {SPEC: LISTS[name](count)}
    spec, beside = OF_FILES[name]
    return {SPEC: spec, **beside(count)}
