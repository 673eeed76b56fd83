"""Calls, paths, patterns, words and digests are no secrets, whatever name they stand under."""

from __future__ import annotations

import pytest
import yaml

from mlinfra.diagnostics import Span
from mlinfra.source.secrets import secrets
from mlinfra.source.tree import as_node
from tests.source.secret_texts import NO_SECRETS, SECRETS


def said_of(form: str, text: str) -> list[str]:
    place = Span("f", 1, 1, 1, 2)
    data = yaml.safe_load(text) if form == "spec" else {"command": text}
    return [each.code.id for each in secrets(as_node(data, place))]


@pytest.mark.parametrize(("form", "text"), NO_SECRETS)
def test_a_text_that_only_looks_like_a_secret_is_not_accused(form: str, text: str) -> None:
    assert said_of(form, text) == []


@pytest.mark.parametrize(("form", "text"), SECRETS)
def test_a_text_that_is_a_secret_is_found(form: str, text: str) -> None:
    assert said_of(form, text) == ["MLI219"]
