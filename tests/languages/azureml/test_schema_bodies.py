"""Bodies written by hand, at least one a class: our verdict, the SDK's, and the reference implementation's."""

from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml

from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.schemas.messages import BodyError
from tests.conftest import Golden
from tests.languages.azureml.sdk import verdict

BODIES = Path(__file__).parent / "bodies"
VALID = sorted(BODIES.glob("*/*.yml"))
INVALID = sorted(BODIES.glob("*/invalid/*.yml"))
SCHEMA = AZUREML.read()

# What the SDK takes and we refuse, and why.
STRICTER = {
    "compute_clusters/another_type": "the section says what it is",
    "jobs/environment_without_name": "the SDK reads no name at all as a name",
    "jobs/step_field": "the SDK hands an unknown key of a step on, to no one",
    "models/run_that_is_judged_by_nothing": "ours: numbers are numbers",
    "models/version_of_a_run": "ours: a run gives the version",
    "models/without_path": "there is nothing to register",
    "online_endpoints/uri": "the SDK reads past what Azure sets",
    "workspaces/flag_as_text": "becomes Bicep, where text is no boolean",
    "workspaces/name_of_another": "the entry's key is the name",
    "workspaces/rule_of_another_type": "the SDK goes by the shape and reads past the type",
    "workspaces/rule_of_unknown_type": "the SDK goes by the shape and reads past the type",
    "workspaces/set_by_azure": "the SDK reads past what Azure sets",
}


def test_every_class_has_a_body_written_by_hand() -> None:
    missing = []
    for section in SECTIONS:
        bodies = [_read(path) for path in VALID if _section(path) == section.name]
        for number, name in enumerate(section.classes, 1):
            own = {"$ref": f"#/$defs/{section.name}.{number}", "$defs": SCHEMA["$defs"]}
            if not any(map(jsonschema_rs.Draft202012Validator(own).is_valid, bodies)):
                missing.append(name)
    assert missing == []


@pytest.mark.parametrize("path", VALID, ids=lambda path: f"{_section(path)}-{path.stem}")
def test_a_right_body_is_right_for_us_and_for_the_sdk(path: Path, tmp_path: Path) -> None:
    body = _read(path)
    assert AZUREML.judge({_section(path): {"entry": body}}) == []
    assert verdict(_section(path), body, tmp_path) is None


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{_section(path)}-{path.stem}")
def test_a_wrong_body_is_wrong_for_the_sdk_too_unless_we_are_stricter(path: Path, tmp_path: Path) -> None:
    body = _read(path)
    refused = not isinstance(body, dict) or verdict(_section(path), body, tmp_path) is not None
    assert refused != (f"{_section(path)}/{path.stem}" in STRICTER)


@pytest.mark.parametrize("section", sorted({path.parts[-3] for path in INVALID}))
def test_a_wrong_body_gets_a_message_about_the_wrong_field(section: str, golden: Golden) -> None:
    cases = [path for path in INVALID if _section(path) == section]
    told = [f"{path.stem}\n{_told(AZUREML.judge({section: {'entry': _read(path)}}))}" for path in cases]
    golden(BODIES / section / "invalid" / "expected.txt", "\n".join(told))


def test_the_reference_implementation_agrees() -> None:
    reference = jsonschema.Draft202012Validator(SCHEMA)
    fast = jsonschema_rs.Draft202012Validator(SCHEMA, pattern_options=jsonschema_rs.RegexOptions())
    documents = [{_section(path): {"entry": _read(path)}} for path in [*VALID, *INVALID]]
    assert [reference.is_valid(document) for document in documents] == [
        fast.is_valid(document) for document in documents
    ]


def _section(path: Path) -> str:
    return path.relative_to(BODIES).parts[0]


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _told(errors: list[BodyError]) -> str:
    assert errors
    return "".join(
        f"  {'.'.join(map(str, [*error.path[2:], *([error.key] if error.key else [])])) or '.'}: {error.message}\n"
        + (f"    help: {error.help}\n" if error.help else "")
        for error in errors
    )
