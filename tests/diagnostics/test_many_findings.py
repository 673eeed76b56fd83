"""However much is wrong, only so much of it is put into words: calls are counted, not seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlinfra.diagnostics import characters
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.formats import as_text
from mlinfra.diagnostics.merge import MAX_FOUND, at_most
from mlinfra.schemas import messages
from tests.spec import HEADER, found

MANY = MAX_FOUND + 500
OVERRIDDEN = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    overrides:
"""
VAULT = "key_vaults: {a: {}}\n"
WRONG: dict[str, tuple[str, str]] = {
    "top-level keys": ("MLI203", HEADER + "".join(f"unheard{number}: {{}}\n" for number in range(MANY))),
    "keys of a body": ("MLI220", HEADER + "jobs:\n  t:\n" + "".join(f"    unheard{i}: 1\n" for i in range(MANY))),
    "keys written twice": ("MLI109", HEADER + "tags:\n" + "  a: b\n" * MANY),
    "keys of a body of ours": (
        "MLI212",
        HEADER + "key_vaults:\n  t:\n" + "".join(f"    unheard{i}: 1\n" for i in range(MANY)),
    ),
    "overrides of sections": ("MLI230", OVERRIDDEN + "".join(f"      unheard{i}: {{}}\n" for i in range(MANY))),
    "overrides of entries": (
        "MLI230",
        OVERRIDDEN + "      key_vaults:\n" + "".join(f"        unheard{i}: {{}}\n" for i in range(MANY)) + VAULT,
    ),
    "overrides by null": (
        "MLI230",
        OVERRIDDEN + "      key_vaults:\n        a:\n" + "".join(f"          k{i}:\n" for i in range(MANY)) + VAULT,
    ),
    "overrides of keys of a body": (
        "MLI220",
        f"{OVERRIDDEN}      data:\n        d:\n"
        + "".join(f"          unheard{i}: 1\n" for i in range(MANY))
        + "data: {d: {type: uri_folder, path: azureml://datastores/raw/paths/d/}}\n",
    ),
    "targets of an entry": (
        "MLI238",
        f"{HEADER}key_vaults: {{a: {{targets: [{', '.join(f't{i}' for i in range(MANY))}]}}}}\n",
    ),
    "variables that nobody declares": (
        "MLI235",
        HEADER + "key_vaults:\n  a:\n    tags:\n" + "".join(f"      k{i}: ${{var.x{i}}}\n" for i in range(MANY)),
    ),
}


@pytest.mark.parametrize(("code", "text"), WRONG.values(), ids=WRONG)
def test_errors_are_said_up_to_a_bound_and_then_that_there_are_more(code: str, text: str, tmp_path: Path) -> None:
    said = [item.code.id for item in found(tmp_path, text)]
    assert said.count(code) == MAX_FOUND
    assert said.count("MLI144") == 1


def test_a_name_is_suggested_for_the_first_unknown_keys_of_a_map_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch, messages, "closest_name")
    found(tmp_path, WRONG["keys of a body"][1])
    assert len(asked) <= 2 * messages.MAX_EXPLAINED_KEYS


def test_no_more_keys_of_a_map_are_put_into_words_than_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch, messages, "BodyError")
    keys = [f"unheard{number:05}" for number in range(4 * MAX_FOUND)]
    said = found(tmp_path, HEADER + "jobs:\n  t:\n" + "".join(f"    {key}: 1\n" for key in keys))
    assert [item.code.id for item in said] == [*["MLI220"] * MAX_FOUND, "MLI144"]
    assert len(asked) <= 3 * MAX_FOUND


def test_plain_text_is_not_looked_at_character_by_character(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counted(monkeypatch, characters, "named")
    assert (one_line("plain ~ text"), one_line("two\nlines"), len(asked)) == ("plain ~ text", "two\\nlines", 1)


def test_only_lines_that_are_shown_are_looked_at_for_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (error,) = found(tmp_path, HEADER + "unheard: b\n" + "# a line\n" * MANY)
    asked = counted(monkeypatch, as_text, "masked")
    for _ in range(2):
        shown = as_text.text([error, error], {error.span.file: Path(error.span.file).read_text()}, tmp_path)
    assert "unheard: b\n" in shown
    assert len(asked) == 2


def test_a_warning_does_not_count_and_no_error_is_hidden_by_one(tmp_path: Path) -> None:
    errors = [item for item in found(tmp_path, HEADER + "unheard: b\nunknown: d\n") if item.severity == "error"]
    kept = [*at_most([errors[0], errors[0], errors[1]], limit=1)]
    assert [item.code.id for item in kept] == [errors[0].code.id, "MLI144"]


def counted(monkeypatch: pytest.MonkeyPatch, room: object, name: str) -> list[object]:
    asked: list[object] = []
    real: Callable[..., object] = getattr(room, name)

    def counting(*arguments: object, **named: object) -> object:
        asked.append(arguments)
        return real(*arguments, **named)

    monkeypatch.setattr(room, name, counting)
    return asked
