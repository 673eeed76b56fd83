"""What is small in a spec stays small: nothing is read, compared or filled in once for each place that names it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from mlinfra.azure.names import MAX_PATTERN_CHARACTERS, pattern_problem
from mlinfra.diagnostics.formats.terminal import for_terminal
from mlinfra.diagnostics.merge import MAX_SAID_OF_A_TEXT, MORE
from mlinfra.diagnostics.secret_forms import FORMS, MAY_BE_SECRET, TOKENS
from mlinfra.explain.places import MAX_CHARACTERS, shown
from mlinfra.overrides.sizes import MAX_FILLED_CHARACTERS, MAX_FILLED_NODES
from mlinfra.repository.files import Files
from mlinfra.source import load
from mlinfra.source.suppressions import suppressions
from mlinfra.source.yaml_events import read_yaml
from mlinfra.source.yaml_scalars import plain_meaning
from tests.source.report import HEADER, SPEC, report, start, write
from tests.spec import found

FILLED = {  # the old way makes gigabytes of each
    "a long value in one text": (
        f"string, default: '{'x' * 100_000}'",
        f"data: {{a: {{path: '{'${var.v}' * 20_000}'}}}}\n",
        f"{MAX_FILLED_CHARACTERS:,} characters",
    ),
    "a long value in many texts": (
        f"string, default: '{'x' * 1_000_000}'",
        "data:\n" + "".join(f"  a{number}: {{path: '${{var.v}} '}}\n" for number in range(1_000)),
        f"{MAX_FILLED_CHARACTERS:,} characters",
    ),
    "a long list in many places": (
        f"list, default: [{'1, ' * 30_000}]",
        "data:\n" + "".join(f"  a{number}: {{path: '${{var.v}}'}}\n" for number in range(1_000)),
        f"{MAX_FILLED_NODES:,} values",
    ),
}


@pytest.mark.parametrize(("variable", "sections", "limit"), FILLED.values(), ids=FILLED)
def test_variables_fill_in_no_more_than_a_spec_may_hold(
    variable: str, sections: str, limit: str, tmp_path: Path
) -> None:
    said = report(tmp_path, f"{HEADER}variables:\n  v: {{type: {variable}}}\n{sections}")
    assert f'error[MLI239]: "${{var.v}}" brings what variables fill in to more than {limit}\n' in said
    assert said.endswith("\n1 error\n")


REACHED = "network: {inbound: public}\n"
JOB = "jobs: {j: {type: command, environment: 'azureml:e:1', compute: serverless, command: '%s'}}\n"
MISTAKES = {  # thousands of which one text holds
    "unknown expressions": (JOB % "".join(f"${{x{number}}}" for number in range(3_000)), "MLI235"),
    "unknown variables": (JOB % "".join(f"${{var.x{number}}}" for number in range(3_000)), "MLI235"),
    "expressions that are not closed": (JOB % "".join(f"${{x{number}" for number in range(3_000)), "MLI236"),
    "unknown entries": (JOB % "".join(f"${{jobs.x{number}.name}}" for number in range(3_000)), "MLI305"),
    "unknown inputs": (JOB % "".join(f"${{{{inputs.x{number}}}}}" for number in range(3_000)), "MLI502"),
}


@pytest.mark.parametrize(("section", "code"), MISTAKES.values(), ids=MISTAKES)
def test_of_the_mistakes_in_one_text_some_are_said(section: str, code: str, tmp_path: Path) -> None:
    said = found(tmp_path, f"{HEADER}{REACHED}workspaces: {{main: {{}}}}\n{section}", {})
    assert [item.code.id for item in said if item.severity == "error"] == [code] * (MAX_SAID_OF_A_TEXT + 1)
    assert [item.message for item in said].count(MORE) == 1


def test_the_same_mistake_in_one_text_is_said_once(tmp_path: Path) -> None:
    said = found(tmp_path, f"{HEADER}{REACHED}workspaces: {{main: {{}}}}\n{JOB % ('${x}' * 3_000)}", {})
    assert [item.message for item in said if item.severity == "error"] == ['"${x}" is not known']


def test_a_pattern_of_include_is_no_longer_than_a_path(tmp_path: Path) -> None:
    said = report(tmp_path, f"{HEADER}include: ['{'a*' * 3_000}']\n")
    assert "error[MLI118]: a path of include has 6,000 characters, and no more than 1,000 are read\n" in said


@pytest.mark.parametrize("place", ["location: %s", "storage_accounts: {s: {location: %s}}"])
def test_the_name_of_a_region_fits_into_bicep(place: str, tmp_path: Path) -> None:
    spec = HEADER.replace("location: westeurope\n", "") if place.startswith("location") else HEADER
    said = [item.message for item in found(tmp_path, f"{spec}{place % ('w' * 200_000)}\n", {})]
    assert [message.startswith("location must be") for message in said].count(True) == 1


def test_a_file_that_is_included_on_many_ways_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = 17
    files: dict[str, str | bytes] = {SPEC: HEADER + "include: [a0.yaml, b0.yaml]\n", f"a{levels}.yaml": "x-end: {}\n"}
    files |= {f"b{levels}.yaml": "x-end-too: {}\n"}
    for level in range(levels):
        below = f"include: [a{level + 1}.yaml, b{level + 1}.yaml]\n"
        files |= {f"a{level}.yaml": below, f"b{level}.yaml": below}
    opened: list[str] = []
    content = Files.content

    def counted(files: Files, path: Path) -> bytes:
        opened.append(path.name)
        return content(files, path)

    monkeypatch.setattr(Files, "content", counted)
    load(start(write(tmp_path, files)))
    assert sorted(opened) == sorted(files)


def test_a_text_that_stands_in_many_places_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    secrets = importlib.import_module("mlinfra.source.secrets")
    monkeypatch.setattr(secrets, "known_secret", looked_at.append)
    root = read_yaml("f", f"a: &a some text\nb: [{'*a, ' * 100}{'some text, ' * 100}]\n").root
    assert root is not None
    assert secrets.secrets(root) == []
    assert looked_at.count("some text") == 1


def test_no_form_of_a_secret_is_tried_at_each_character_of_a_text() -> None:
    """A text without its mark is not searched; else a pattern that starts with a letter or a class is stepped to."""
    forms = (*FORMS, *TOKENS, *MAY_BE_SECRET)
    assert [form.pattern for form in forms if not form.mark] == [r"\b(?=[a-z]*[2-7])[a-z2-7]{52}\b(?!=)"]
    stepped_to = re.compile(r"\\?[\w:=+-]|\[(?!\^)")
    assert [form.pattern for form in forms if form.mark and not stepped_to.match(form.pattern)] == []


@pytest.mark.parametrize("fraction", ["", ".5"])
def test_a_number_of_base_60_has_no_more_groups_than_fit(fraction: str) -> None:
    assert plain_meaning("1" + ":59" * 200_000 + fraction).problem == "the number is not one of 64 bits"
    assert plain_meaning("1:30").value == 90


def test_comments_are_read_in_time_that_grows_with_them() -> None:
    blanks = "x" + " " * 1_000_000 + "x"
    text = f"a: 1 # mlinfra: {blanks}\n" + "# mlinfra: ignore MLI123 because x\n" * 50_000 + "b: 1\n"
    root = read_yaml("f", text).root
    assert root is not None
    found, wrong = suppressions("f", text, root)
    assert {comment.line for comment in found} == {50_002}
    assert len(wrong) == 1


@pytest.mark.parametrize("text", ["x" + "#" * 1_000_000 + ">", "\n" * 1_000_000 + ">", "\n" + " " * 1_000_000 + ">"])
def test_a_log_is_made_harmless_in_time_that_grows_with_it(text: str) -> None:
    assert for_terminal(text) == text


def test_a_line_beside_its_place_is_cut() -> None:
    line = shown({"file": "f", "line": 1, "column": 1}, {"f": "x" * 10_000})
    assert line == f"f:1:1   {'x' * (MAX_CHARACTERS - 1)}…"


def test_a_pattern_of_names_is_no_longer_than_a_name() -> None:
    assert pattern_problem("{abbr}{target}{name}" * 20_000) == (
        f"has 400,000 characters, and a pattern has at most {MAX_PATTERN_CHARACTERS}"
    )


def test_a_platform_has_no_more_targets_than_can_be_compiled(tmp_path: Path) -> None:
    body = "{subscription: 11111111-1111-1111-1111-111111111111, mode: development, promote_from: t%d}"
    targets = "".join(f"  t{number}: {body % (number + 1)}\n" for number in range(5_000))
    said = report(tmp_path, f"apiVersion: mlinfra/v1\nplatform: churn\nlocation: westeurope\ntargets:\n{targets}")
    assert "ml-platform.yaml:5:3: error[MLI205]: targets must hold at most 50, not 5,000" in said
    assert said.endswith("\n1 error\n")
