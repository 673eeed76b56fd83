"""A section's facts stand in its row: nothing else is keyed by sections, and what a row promises is there."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from mlinfra.azure.api_versions import OTHER_TYPES
from mlinfra.azure.private_dns import ZONES_OF_GROUPS
from mlinfra.bodies.body import Body
from mlinfra.bodies.later import is_later
from mlinfra.header.model import HEADER_KEYS
from mlinfra.header.network import Network
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages import FORMS, LANGUAGES, ROWS, SECTIONS, WRITTEN, api_version
from mlinfra.languages.forms import COMMON
from mlinfra.languages.language import Section
from mlinfra.languages.platform.kind import no_resources
from tests.parsed import parsed

ROWS_STAND_IN = ("languages/azureml/sections/", "languages/databricks/sections/", "languages/platform/")
ABOUT_THESE_SECTIONS = {  # module -> why what it says is about exactly the sections that it names
    "access/reaching.py": "the keys of an account open all that is in it",
    "azure/data_roles.py": "kinds of data and ways to them, some of which are called as a section is",
    "commands/reach.py": "a key of its JSON is called as a section is",
    "compile.py": "what stands on others may lie in deployments of their own, so its number is no bound",
    "derive/given_models.py": "jobs, deployments, schedules and monitors are what runs with a model",
    "derive/workspace.py": "the way of data: from a job over data assets, models and datastores to an account",
    "emit/databricks_steps.py": "keys of the file for catalog.py, some of which are called as a section is",
    "emit/first_by_hand.py": "what a person sends by which script, in the order in which one needs the other",
    "emit/reached.py": "conditions of roles name accounts and containers",
    "emit/who_reaches.py": "accounts alone have keys that open what is in them; who gives a role does not act by it",
    "graph/half_read.py": "networks are written in these sections, and only where all are read a way is missing",
    "languages/azureml/bindings.py": "a schedule holds a job, a component declares what a job gives",
    "languages/azureml/described.py": "fields of bodies, some of which are called as a section is",
    "languages/azureml/checks/jobs.py": "a component may leave to its caller what a job has to say",
    "languages/azureml/checks/scoring.py": "batch scoring runs another function than serving does",
    "languages/azureml/checks/spark.py": "a component declares its inputs, a job gives them",
    "languages/azureml/checks/triggers.py": "a compute instance has its schedules inside",
    "languages/azureml/checks/walk.py": "where the jobs and environments of a body stand",
    "languages/mentions.py": "where data of a registry is due, its models are read, too",
    "overrides/entries.py": "entries are read before any language is asked",
    "pipelines/devops.py": "Azure DevOps has environments and connections of its own",
    "resolve/local_paths.py": "Azure has types of code in workspaces and in registries",
    "resolve/fill.py": "a schedule says what serves to the job that it runs",
    "rules/bundles.py": "an app says in a form of its own which job or warehouse it uses",
    "rules/inputs.py": "data and models are what a job reads, and a schedule holds a job",
    "rules/packages.py": "deployments load models and log none, and batch ones have a driver of the old SDK",
    "rules/scoring_contract.py": "deployments have code and an environment, and online ones a server that calls it",
    "rules/variables_of_commands.py": "jobs and components hold the commands that a run calls",
    "validate/membership.py": "workspaces are what others belong to",
    "verify/cli_body.py": "the client puts the endpoint of the cloud into a datastore, and a registry has its regions",
}


@pytest.fixture(name="modules", scope="module")
def parsed_modules() -> dict[str, ast.Module]:
    """Each module of the package by its path."""
    return {path.as_posix(): tree for path, tree in parsed().items()}


def _keyed_by_sections(tree: ast.Module) -> Iterator[ast.expr]:
    """Collections that name two sections or more, and comparisons of a section with a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            if len(_named(node.keys)) > 1 or len(_named(node.values)) > 1:
                yield node
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            firsts = [item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item for item in node.elts]
            if len(_named(firsts)) > 1:
                yield node
        elif isinstance(node, ast.Compare) and "section" in ast.unparse(node):
            sides = [node.left, *node.comparators]
            if any(_named([side, *getattr(side, "elts", ())]) for side in sides):
                yield node


def _named(nodes: list[ast.expr] | list[ast.expr | None]) -> list[str]:
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str) and value in ROWS]


def test_nothing_but_a_row_is_keyed_by_sections(modules: dict[str, ast.Module]) -> None:
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in modules.items()
        if name not in ABOUT_THESE_SECTIONS and not name.startswith(ROWS_STAND_IN)
        for node in _keyed_by_sections(tree)
    ]
    assert found == []


def test_no_exception_is_left_over(modules: dict[str, ast.Module]) -> None:
    needed = {name for name, tree in modules.items() if any(_keyed_by_sections(tree))}
    assert set(ABOUT_THESE_SECTIONS) - needed == set()


def test_scripts_send_every_file_of_azure_ml() -> None:
    """A file of another section would look deployed: `emit/script_targets.py` has to know what is done with it."""
    sent = {"compute_instances", "jobs", "online_endpoints", "batch_endpoints"}
    files = [row for row in WRITTEN if row.compiled_to == "yaml" and not (row.versioned or row.is_scheduled)]
    assert {row.name for row in files if not row.is_a_slot} == sent


def test_nothing_of_this_release_is_of_a_later_one() -> None:
    assert [row.name for row in WRITTEN if is_later(row.name)] == []
    assert [key for key in HEADER_KEYS if is_later(key)] == []
    models = list(_below(Body))
    assert [model for model in models if model.later & set(model.model_fields)] == []
    assert {Network, Pipelines} <= set(models)


def _below(model: type[Body]) -> Iterator[type[Body]]:
    for found in model.__subclasses__():
        yield found
        yield from _below(found)


def test_sections_are_unique() -> None:
    assert len({row.name for row in SECTIONS}) == len(SECTIONS)


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: row.name)
def test_what_says_that_it_becomes_bicep_does(row: Section) -> None:
    """A nested row is made by what it is nested in; every other one makes resources itself."""
    if row.compiled_to != "bicep":
        return
    assert row.resource_type
    assert row.nested_in or row in [deployed for language in LANGUAGES for deployed in language.deployed]
    assert row.nested_in or _makes_resources(row)


def _makes_resources(row: Section) -> bool:
    emitter = getattr(row, "emitter", None) or getattr(row, "resources", None)
    return emitter is not None and emitter is not no_resources


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: row.name)
def test_every_type_has_a_version(row: Section) -> None:
    assert not row.resource_type or api_version(row.resource_type)


def test_no_type_has_two_versions() -> None:
    of_rows = [row.resource_type for row in SECTIONS if row.api_version]
    assert [type for type, times in Counter(of_rows).items() if times > 1] == []
    assert [type for type in of_rows if type in OTHER_TYPES] == []  # a type with a row leaves that table


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: row.name)
def test_what_has_a_group_of_private_endpoints_gets_one_where_it_is_closed(row: Section) -> None:
    """What only exists is closed by whoever made it."""
    if not row.private_endpoint or row.is_only_read:
        return
    assert row.closed_as, f"{row.name} has a private_endpoint and no closed_as: a private network has no way to it"
    assert row.private_endpoint in ZONES_OF_GROUPS, f"azure/private_dns.py has no zone for {row.private_endpoint}"


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: row.name)
def test_every_effect_of_a_change_is_said_once_with_its_source(row: Section) -> None:
    said = [(change.path, change.effect, change.towards) for change in row.changes]
    assert len(said) == len(set(said))
    assert all(change.source.startswith("https://") for change in row.changes)


def test_every_form_of_the_schema_is_one_of_the_language() -> None:
    for language in LANGUAGES:
        assert set(_forms(language.schema.read() if language.schema else {})) <= set(FORMS)


def _forms(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "x-reference" in node:
            yield node["x-reference"]["form"]
        for below in node.values():
            yield from _forms(below)
    elif isinstance(node, list):
        for below in node:
            yield from _forms(below)


def test_no_form_is_called_like_another() -> None:
    forms = [*COMMON, *(form for language in LANGUAGES for form in language.forms)]
    assert len({form.name for form in forms}) == len(forms)


def test_no_form_is_compared_as_a_text(modules: dict[str, ast.Module]) -> None:
    compared = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and _is_form_of_a_reference(node) and _constants(node)
    ]
    assert compared == []


def _is_form_of_a_reference(node: ast.Compare) -> bool:
    return ast.unparse(node.left) in ("edge.form", "mention.form", "reference.form", "form")


def _constants(node: ast.Compare) -> list[str]:
    sides = (side for comparator in node.comparators for side in (comparator, *getattr(comparator, "elts", ())))
    values = [side.value for side in sides if isinstance(side, ast.Constant)]
    return [value for value in values if isinstance(value, str) and value in FORMS]
