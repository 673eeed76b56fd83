"""Azure ML's own expressions, read out of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.languages.azureml.expressions import Scope, parse_expressions, whole_reference

REFERENCES = [
    ("${{inputs.lr}}", Scope.INPUTS, "", "lr"),
    ("${{ inputs.lr }}", Scope.INPUTS, "", "lr"),
    ("${{inputs.data.rows}}", Scope.INPUTS, "", "data.rows"),
    ("${{outputs.model}}", Scope.OUTPUTS, "", "model"),
    ("${{search_space.lr}}", Scope.SEARCH_SPACE, "", "lr"),
    ("${{parent.inputs.raw}}", Scope.PARENT_INPUTS, "", "raw"),
    ("${{parent.outputs.model}}", Scope.PARENT_OUTPUTS, "", "model"),
    ("${{parent.jobs.prep.outputs.rows}}", Scope.STEP_OUTPUTS, "prep", "rows"),
    ("${{parent.jobs.prep.inputs.raw}}", Scope.STEP_INPUTS, "prep", "raw"),
    ("${{parent.jobs.prep}}", Scope.STEP, "prep", ""),
]


@pytest.mark.parametrize(("text", "scope", "step", "name"), REFERENCES)
def test_reference_is_read_wherever_it_stands(text: str, scope: Scope, step: str, name: str) -> None:
    alone = whole_reference(text)
    assert alone is not None
    assert (alone.scope, alone.step, alone.name) == (scope, step, name)
    assert parse_expressions(f"python a.py --x {text}/part --y").references == (alone,)


MISTAKES = [
    ("${{}}", "${{}} is empty", "write ${{inputs.<name>}}"),
    ("${{ }}", "${{ }} is empty", "write ${{inputs.<name>}}"),
    ("${{inputs}}", "${{inputs}} names nothing", "write ${{inputs.<name>}}"),
    ("${{inputs.}}", "${{inputs.}} is no reference", "names joined by dots, such as ${{inputs.<name>}}"),
    ("${{inputs.a b}}", "${{inputs.a b}} is no reference", "names joined by dots, such as ${{inputs.<name>}}"),
    ("${{input.lr}}", "${{input.lr}} is no reference", 'did you mean "${{inputs.lr}}"?'),
    (
        "${{secrets.key}}",
        "${{secrets.key}} is no reference",
        "read it at run time from a key vault, as the compute's identity",
    ),
    ("${{lr}}", "${{lr}} is no reference", "an expression starts with one of inputs, outputs, search_space, parent"),
    (
        "${{parent.jobs.prep.output.rows}}",
        '${{parent.jobs.prep.output.rows}} names no output of step "prep"',
        "write ${{parent.jobs.prep.outputs.<name>}}",
    ),
    (
        "${{parent.raw}}",
        "${{parent.raw}} is no reference",
        "parent has inputs, outputs and jobs: ${{parent.inputs.<name>}}",
    ),
    (
        "${{jobs.prep.outputs.rows}}",
        "${{jobs.prep.outputs.rows}} is no reference",
        "write ${{parent.jobs.prep.outputs.rows}}",
    ),
    ("--x ${{inputs.lr} --y", "${{inputs.lr} is not closed", "an expression ends with }}"),
    ("$[[--x ${{inputs.lr}}", "$[[ is not closed", "an optional part ends with ]]"),
    ("${inputs.lr}", "${inputs.lr} is plain text for Azure ML, not a reference", "write ${{inputs.lr}}"),
    ("{{inputs.lr}}", "{{inputs.lr}} is plain text for Azure ML, not a reference", "write ${{inputs.lr}}"),
    (
        "${parent.jobs.prep.outputs.rows}",
        "${parent.jobs.prep.outputs.rows} is plain text for Azure ML, not a reference",
        "write ${{parent.jobs.prep.outputs.rows}}",
    ),
]


@pytest.mark.parametrize(("text", "message", "help_text"), MISTAKES)
def test_mistake_says_what_would_be_right(text: str, message: str, help_text: str) -> None:
    assert [(mistake.message, mistake.help) for mistake in parse_expressions(text).mistakes] == [(message, help_text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "echo ${HOME}",
        "awk '{{print $1}}'",
        "${{name}}",
        "azureml://x/${{default_datastore}}/${{output_name}}",
        "$(date)",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert parse_expressions(text) == ((), ())


MANY = 60_000


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("echo " + "$[[" * MANY, 0, id="optional parts that never end"),
        pytest.param("$[[a]]" * MANY + "${{inputs.x}}" * MANY, MANY, id="optional parts beside expressions"),
        pytest.param("${{" * MANY, 0, id="expressions that never end"),
        pytest.param("{{" * MANY + "${ " * MANY, 0, id="braces"),
    ],
)
def test_a_long_text_is_read_in_as_many_steps_as_it_has_characters(text: str, count: int) -> None:
    """With a step for each pair of its parts it would take hours."""
    assert len(parse_expressions(text).references) == count


def test_reference_inside_an_optional_part_is_marked() -> None:
    references = parse_expressions("a ${{inputs.a}} $[[--b ${{inputs.b}} --c ${{inputs.c}}]] ${{inputs.d}}").references
    assert [(reference.name, reference.is_optional) for reference in references] == [
        ("a", False),
        ("b", True),
        ("c", True),
        ("d", False),
    ]


@given(st.text(alphabet="${}[]. \ninputsparenjob_1-", max_size=40))
def test_any_text_is_read_without_failing_and_references_read_back(text: str) -> None:
    for reference in parse_expressions(text).references:
        assert whole_reference(reference.text) == reference._replace(is_optional=False)
