"""The checks of bodies as a whole: every code explains itself, has its cases, and no body makes a check fail."""

import inspect
from types import ModuleType

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml import bindings, checks
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.languages.context import CheckContext
from mlinfra.rules import RULES
from tests.languages.azureml.body_cases import Case, check_body
from tests.languages.azureml.test_bindings import BINDING_CASES
from tests.languages.azureml.test_checks_assets import ASSET_CASES
from tests.languages.azureml.test_checks_endpoints import ENDPOINT_CASES
from tests.languages.azureml.test_checks_images import IMAGE_CASES
from tests.languages.azureml.test_checks_jobs import JOB_CASES
from tests.languages.azureml.test_checks_listed import LISTED_CASES
from tests.languages.azureml.test_checks_rollouts import ROLLOUT_CASES
from tests.languages.azureml.test_checks_schedules import SCHEDULE_CASES
from tests.languages.azureml.test_pipeline_bindings import PIPELINE_CASES

CASES: tuple[Case, ...] = (
    *BINDING_CASES,
    *PIPELINE_CASES,
    *JOB_CASES,
    *LISTED_CASES,
    *SCHEDULE_CASES,
    *ENDPOINT_CASES,
    *ROLLOUT_CASES,
    *ASSET_CASES,
    *IMAGE_CASES,
)
CODES = tuple(dict.fromkeys(code for rule in RULES if rule.over == "body" for code in rule.codes))
MODULES = [module for _, module in inspect.getmembers(checks, inspect.ismodule) if module is not bindings]


# Values that no service takes, in bodies of any language: tests/rules/test_values.py.
OF_VALUES = {"MLI242", "MLI243", "MLI244", "MLI246"}
LATER = {"MLI844", "MLI852", "MLI853"}  # once the numbers of this room were used up


def test_every_code_has_a_wrong_and_a_right_body() -> None:
    tested_elsewhere = {"MLI643", *OF_VALUES}  # the message of the first is Python's own: test_checks_endpoints
    tested_elsewhere |= {"MLI667"}  # which asks the network: tests/rules/test_isolated.py
    assert {code.id for code in CODES} == {case.code.id for case in CASES} | tested_elsewhere


def test_ids_are_unique_and_in_this_rooms_range() -> None:
    ids = [code.id for code in CODES]
    assert len(ids) == len(set(ids))
    assert all("MLI500" <= code_id <= "MLI799" or code_id in OF_VALUES | LATER for code_id in ids)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_code_explains_itself(code: Code) -> None:
    for text in (code.title, code.why, code.fix, code.source):
        assert text
        assert not text.endswith(".")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_code_and_check_of_a_module_is_registered(module: ModuleType) -> None:
    codes = {value.id for value in vars(module).values() if isinstance(value, Code)}
    assert codes <= {code.id for code in CODES}
    functions = {name for name, value in vars(module).items() if name.startswith("check_") and callable(value)}
    registered = {rule.check.__name__ for rule in RULES}
    assert functions <= registered


def scalars() -> st.SearchStrategy[object]:
    expressions = st.sampled_from(["${{inputs.a}}", "${{parent.jobs.a.outputs.a}}", "${{", "$[[", "azureml:a@latest"])
    return st.one_of(st.none(), st.booleans(), st.integers(-2, 200), st.floats(), st.text(max_size=3), expressions)


def damaged(value: object, data: st.DataObject) -> object:
    """Return `value` with one of its parts, at any depth, replaced by something else."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: damaged(value[key], data)}
    return data.draw(st.one_of(scalars(), st.lists(scalars(), max_size=2), st.just({"a": value}), st.just([value])))


@given(st.data(), st.sampled_from(CASES), st.sampled_from(sorted(row.name for row in SECTIONS if row.rules)))
@settings(max_examples=500, deadline=None)
def test_no_body_makes_a_check_fail(data: st.DataObject, case: Case, section: str) -> None:
    body = damaged(yaml.safe_load(case.wrong), data)
    if isinstance(body, dict):
        where = data.draw(st.sampled_from([section, case.section]))
        for problem in check_body(body, CheckContext(where, "it", case.mode)):
            assert problem.message
            assert not problem.message.endswith(".")
