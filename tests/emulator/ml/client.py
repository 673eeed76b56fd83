"""azure-ai-ml's own client, sent to the emulator: the calls are its own, down to the last header."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Iterator
from typing import Any

from azure.core.credentials import AccessToken

from tests.emulator.emulator import Emulator
from tests.emulator.tokens import LIFE_SECONDS, Caller, issue


class Credential:
    """Somebody who is signed in: a token for whatever is asked for."""

    def __init__(self, emulator: Emulator, caller: Caller) -> None:
        self._emulator = emulator
        self._caller = caller

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the service of the first scope; a scope is its address, and perhaps a "/" too many."""
        audience = scopes[0].removesuffix("/.default").rstrip("/")
        token = issue(self._emulator.state, Caller(self._caller.client_id, self._caller.object_id, audience))
        return AccessToken(token, 4102444800 + LIFE_SECONDS)


def ml_client(emulator: Emulator, caller: Caller, workspace: str) -> Any:
    """An MLClient of a workspace, by the workspace's address. It works while `sent_to` is open."""
    from azure.ai.ml import MLClient

    words = workspace.split("/")
    with quiet():
        return MLClient(Credential(emulator, caller), words[2], words[4], words[8])


def registry_client(emulator: Emulator, caller: Caller, subscription: str, registry: str) -> Any:
    """An MLClient of a registry, by its name."""
    from azure.ai.ml import MLClient

    with quiet():
        return MLClient(Credential(emulator, caller), subscription, registry_name=registry)


@contextlib.contextmanager
def sent_to(emulator: Emulator) -> Iterator[None]:
    """What this process asks of Azure goes to the emulator, and is trusted."""
    before = dict(os.environ)
    os.environ.update(emulator.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Keeps what the client prints, which are dots, bars and warnings."""
    said = io.StringIO()
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield said
    finally:
        logging.disable(logging.NOTSET)
