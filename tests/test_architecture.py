"""The house: imports point one way, files stay small, and everything that can be registered is."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Container, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.parsed import PACKAGE, parsed

ROOT = Path(__file__).parent.parent
MOVED = ROOT / "tests" / "moved"  # code of other teams, as they have it
MAX_LINES = 400

# Rooms from the ground up; each may import what stands before it, and its own. The longest name that fits counts.
ROOMS: tuple[tuple[str, ...], ...] = (
    ("diagnostics", "release"),
    ("azure", "formats"),
    ("diagnostics.formats", "programs"),
    ("source.tree",),
    ("repository",),
    ("source",),
    ("bodies", "schemas"),
    ("header",),
    ("overrides",),
    ("graph",),
    ("languages",),
    ("validate",),
    ("imply",),
    ("resolve",),
    ("versions",),
    ("derive",),
    ("reach",),
    ("pipelines.feeds", "pipelines.requirements", "pipelines.versions", "pipelines.bundles_cli"),
    ("rules",),
    ("cost",),
    ("plan",),
    ("pipelines",),
    ("access",),
    ("drawing",),
    ("emit",),
    ("compile",),
    ("output", "explain", "editor_schema", "catalogue"),
    ("differ", "verify", "trying"),
    ("report",),
    ("commands",),
    ("cli", "__main__"),
)


@pytest.fixture(name="modules", scope="module")
def parsed_modules() -> dict[str, ast.Module]:
    """Each module of the package by its name."""
    named = ((".".join(path.with_suffix("").parts).removesuffix(".__init__"), tree) for path, tree in parsed().items())
    return {name: tree for name, tree in named if name != "__init__"}


def _room(module: str) -> int | None:
    fitting = [
        (len(name), place)
        for place, names in enumerate(ROOMS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    return max(fitting)[1] if fitting else None


def _imports(tree: ast.Module) -> Iterator[str]:
    """Modules of ours that are imported when the module is, when one of its functions runs, or for type checkers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "mlinfra":
            yield from (alias.name for alias in node.names if not alias.name.startswith("__"))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mlinfra."):
            yield node.module.removeprefix("mlinfra.")
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.removeprefix("mlinfra.") for alias in node.names if alias.name.startswith("mlinfra.")
            )


def test_every_module_has_a_room(modules: dict[str, ast.Module]) -> None:
    assert [name for name in modules if _room(name) is None] == []


def test_imports_point_one_way(modules: dict[str, ast.Module]) -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, tree in modules.items()
        for imported in set(_imports(tree))
        if imported and _place(imported) > _place(name)
    ]
    assert wrong == []


def test_no_two_modules_take_from_each_other(modules: dict[str, ast.Module]) -> None:
    """Also not over others, and not for type checkers alone."""
    TopologicalSorter({name: {*_taken(tree, modules)} - {name} for name, tree in modules.items()}).prepare()


def _taken(tree: ast.Module, modules: Container[str]) -> Iterator[str]:
    """The modules from which a module takes something; of a package itself only what its own file says."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mlinfra."):
            package = (node.module or "").removeprefix("mlinfra.")
            inside = [f"{package}.{alias.name}" for alias in node.names]
            yield from (name if name in modules else package for name in inside)


def _place(module: str) -> int:
    place = _room(module)
    assert place is not None, module
    return place


def test_kinds_do_not_import_each_other(modules: dict[str, ast.Module]) -> None:
    layers = tuple(
        f"languages.platform.{layer}."
        for layer in ("databricks", "identity", "network", "observe", "security", "storage")
    )
    shared = {
        "languages.platform.storage.account",
        "languages.platform.storage.changing",
        "languages.platform.network.peering",
        "languages.platform.storage.lifecycle",
        "languages.platform.storage.services",
        "languages.platform.identity.principals",
        "languages.platform.security.key",
    }
    wrong = [
        f"{name} imports {imported}"
        for name, tree in modules.items()
        if name.startswith(layers)
        for imported in set(_imports(tree))
        if imported.startswith(layers) and imported not in shared
    ]
    assert wrong == []


LANGUAGES = ("languages.azureml", "languages.databricks", "languages.platform")
NAMES_A_LANGUAGE = {  # module or room -> why it is about what one language has
    "derive": "what follows from bodies of ours: their models are what it reads and makes",
    "reach": "the ways of packets are in bodies of ours: rules, routes, links and endpoints",
    "access": "roles are in bodies of ours: who has them, and what those open that the spec defines",
    "rules": "a rule is about the bodies of one kind, and reads its model",
    "emit.bootstrap": "defines the roles that the spec writes down",
    "emit.invocations": "how batch endpoints are called is in bodies of Azure ML",
    "emit.callers": "how online endpoints are called is in bodies of Azure ML",
    "emit.kept_secrets": "how endpoints are signed in to, and how keys are renewed, is in bodies of theirs",
    "emit.smoke_tests": "how online endpoints are called is in bodies of Azure ML",
    "emit.azureml": "writes the files of Azure ML, as its rows say",
    "emit.databricks": "writes the bundles of Databricks, as its rows say",
    "emit.databricks_account": "writes what is due in the account of Databricks, as its rows say",
    "emit.databricks_grants": "lists what others grant in Unity Catalog, by workspaces",
    "emit.databricks_called": "keys of bundles and names in catalogs are made by the words of rows of Databricks",
    "emit.databricks_order": "says in which schema of the bundle something is made, as its row says",
    "emit.databricks_personal": "names anew what development does not, as its rows say",
    "emit.databricks_roots": "says the root of a catalog as Unity Catalog says it",
    "emit.databricks_variables": "says which ids a bundle looks up, by the words of its rows",
    "emit.databricks_steps": "writes what a step sends to Databricks, as its rows say",
    "emit.network": "says what others let through, from ranges of subnets and zones of endpoints",
    "emit.subnets": "says what others make of subnets, and what they join them to",
    "emit.subnets_of_databricks": "says what workspaces of Databricks ask of the subnets of others",
    "emit.readme": "says why a vault lets Resource Manager read it",
    "imply.databricks": "the policy of data scientists is a body of Databricks, for principals that it knows",
    "pipelines.bundles_cli": "asks of a row of Databricks from which version of the CLI on a bundle may hold it",
    "output.named_anew": "what a bundle made is told by its files, in folders that are called as rows of Databricks",
    "verify": "the judges of Azure ML are its SDK's",
}


def test_a_language_is_known_by_its_rows_alone(modules: dict[str, ast.Module]) -> None:
    """Whoever wants something of a section asks `languages`, which says it of every language alike."""
    found = {
        name: sorted(imported for imported in _imports(tree) if imported.startswith(LANGUAGES))
        for name, tree in modules.items()
        if not name.startswith("languages")
    }
    named = {name: imported for name, imported in found.items() if imported and not _may_name_a_language(name)}
    assert named == {}


def _may_name_a_language(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in NAMES_A_LANGUAGE)


def test_languages_do_not_import_each_other(modules: dict[str, ast.Module]) -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, tree in modules.items()
        for own in LANGUAGES
        if name.startswith(own)
        for imported in _imports(tree)
        if imported.startswith(LANGUAGES) and not imported.startswith(own)
    ]
    assert wrong == []


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_no_file_is_longer_than_a_reader_can_hold(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_nor_is_a_template() -> None:
    lines = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in PACKAGE.rglob("*.j2")}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_only_the_judges_import_the_sdk(modules: dict[str, ast.Module]) -> None:
    wrong = [
        name
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(module.startswith(("azure.ai", "databricks", "marshmallow")) for module in _imported(node))
        and not name.startswith("verify")
    ]
    assert wrong == []


def _imported(node: ast.ImportFrom | ast.Import) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


READERS = {  # what else may read: these read what is ours, or have it read
    "programs",  # our own programs
    "explain.example",  # our own examples
    "schemas.judge",  # our own schemas
    "azure.prices",  # our own prices
    "azure.built_in_roles",  # our own roles
    "azure.resource_types",  # our own types
    "formats.kept_templates",  # our own templates, compiled
    "languages.azureml.checks.images",  # asks its context
    "languages.azureml.checks.scoring",  # so does this
}
READING = {"open", "read_text", "read_bytes", "iterdir", "glob", "rglob", "scandir", "walk", "listdir"}


def test_files_of_the_repository_are_opened_in_one_place(modules: dict[str, ast.Module]) -> None:
    wrong = [
        f"{name}, line {node.lineno}: {_called(node)}"
        for name, tree in modules.items()
        if not name.startswith(("repository.", "output.", "verify.", "programs.", "trying.")) and name not in READERS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) in READING
    ]
    assert wrong == []


def _called(call: ast.Call) -> str:
    """The method that a call names, or the built-in function `open`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return "open" if isinstance(function, ast.Name) and function.id == "open" else ""


def test_no_bound_is_stated_twice(modules: dict[str, ast.Module]) -> None:
    """What two modules call the same and give the same value is one fact, and has one home."""
    homes: dict[tuple[str, str], list[str]] = {}
    for name, tree in modules.items():
        for bound in _assigned(tree, "MAX_"):
            value = getattr(importlib.import_module(f"mlinfra.{name}"), bound)
            homes.setdefault((bound, repr(value)), []).append(name)
    assert [(bound, names) for (bound, _), names in homes.items() if len(names) > 1] == []


def _assigned(tree: ast.Module, prefix: str) -> Iterator[str]:
    """The constants of a module whose names start with a prefix, without those that it imports."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else (getattr(node, "target", None),)
        yield from (item.id for item in targets if isinstance(item, ast.Name) and item.id.startswith(prefix))


SUPPRESSED = re.compile(
    r"# type: ignore\[[a-z, -]+\]$|# noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*$|# shellcheck disable=[A-Z\d,]+$", re.MULTILINE
)


def test_what_silences_a_tool_says_why() -> None:
    """The reason stands behind it: `# noqa: N815 as Azure Pipelines writes it`."""
    ours = (file for folder in ("compiler", "specs", "tests", "tools") for file in (ROOT / folder).rglob("*.*"))
    files = (file for file in ours if file.suffix in (".py", ".sh", ".j2") and MOVED not in file.parents)
    assert [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for file in sorted(files)
        for found in SUPPRESSED.finditer(file.read_text(encoding="utf-8"))
    ] == []
