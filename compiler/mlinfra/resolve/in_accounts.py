"""What the URL of something in a storage account means: the container of the spec, or the account that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mlinfra.azure.clouds import cloud
from mlinfra.azure.regions import Cloud
from mlinfra.azure.storage_urls import OF_THE_SERVICE
from mlinfra.diagnostics import Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip, question
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages.mentions import AsAzureHasIt, Mention
from mlinfra.resolve.nowhere import UNKNOWN_THERE, Nowhere

_ACCOUNTS = "storage_accounts"
_CONTAINERS = "containers"
_DIGITS = re.compile(r"\d+")


class InAccounts:
    """The accounts of a target and what lies in them, by their names on Azure."""

    def __init__(self, entries: Mapping[str, Entry], nowhere: Nowhere, of_cloud: Cloud) -> None:
        self._nowhere = nowhere
        self._suffix = cloud(of_cloud).storage_suffix
        self._accounts = {each.azure_name: each for each in entries.values() if each.section == _ACCOUNTS}
        inside = (each for each in entries.values() if each.section == _CONTAINERS and each.parent)
        self._containers = {(str(each.parent), each.azure_name): each.address for each in inside}

    def named(self, entry: Entry, mention: Mention, own: AsAzureHasIt) -> tuple[str | None, Diagnostic | None]:
        """The address of what the URL in an entry leads to, and what is said of that.

        The account where nobody knows the container; nothing where the account is someone else's.
        """
        name = str(mention.scope).split(".")[1]
        account = self._accounts.get(name)
        if account is None:
            return None, self._said_of_a_near_one(entry, mention, name)
        if own.home != self._suffix:
            message = f'"{own.text}" lies in another cloud than {account.address}'
            return None, finding(UNKNOWN_THERE, message, at(entry, mention.path), f"write {self._suffix}")
        if container := self._containers.get((account.address, mention.word)):
            return container, None
        if account.existing or OF_THE_SERVICE.fullmatch(mention.word):
            return account.address, None
        return account.address, self._said_of_no_container(entry, mention, account.address)

    def _said_of_no_container(self, entry: Entry, mention: Mention, account: str) -> Diagnostic:
        inside = mention._replace(scope=f"{account}.{_CONTAINERS}")
        if self._nowhere.is_removed(inside):
            return self._nowhere.said_of(entry, inside)
        near = closest_name(mention.word, [name for of, name in self._containers if of == account])
        declared = f"declare it: {account}.{_CONTAINERS}.{mention.word}"
        message = f'no container of {account} is called "{mention.word}" on Azure'
        return finding(UNKNOWN_THERE, message, at(entry, mention.path), question(near, declared))

    def _said_of_a_near_one(self, entry: Entry, mention: Mention, name: str) -> Diagnostic | None:
        """That an account is called nearly as one of the spec, or as the entry of one and not as that on Azure."""
        written = [each for each in self._accounts.values() if not each.because]
        meant = next((each for each in written if each.name.lower() == name), None)
        near = closest_name(name, [each.azure_name for each in written])
        message = f'no entry of {_ACCOUNTS} is called "{name}" on Azure'
        if meant is not None:
            called = f'{meant.address} is called "{meant.azure_name}" there'
            help = f"{called}: write ${{{meant.address}.name}} in its place"
            return finding(UNKNOWN_THERE, message, at(entry, mention.path), help)
        if near and is_slip(name, near) and _is_numbered_alike((name, near)):
            return finding(UNKNOWN_THERE, message, at(entry, mention.path), question(near))
        return None


def _is_numbered_alike(names: Iterable[str]) -> bool:
    """Whether names differ in more than their numbers: contosolake1 and contosolake2 are two accounts."""
    return len({tuple(_DIGITS.findall(name)) for name in names}) == 1
