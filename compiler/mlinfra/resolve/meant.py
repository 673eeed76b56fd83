"""Which entry a reference means: the one of that name, or the one that Azure knows as `azureml:train@latest`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlinfra.azure.ids import REGISTRIES
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages import FORMS, ROWS
from mlinfra.languages.forms import ELSEWHERE, STORAGE_URL
from mlinfra.languages.mentions import AsAzureHasIt, Mention
from mlinfra.resolve.in_accounts import InAccounts
from mlinfra.resolve.nowhere import Nowhere, candidates, field_of, said_of_an_id
from mlinfra.schemas.content import AUTO, VERSION_HEX_DIGITS
from mlinfra.source.tree import Path

OTHER_VERSION = Code(
    "MLI315",
    "warning",
    "Another version than the one that the spec makes",
    "What runs with it does not follow the spec: a change of the entry reaches nobody who names an older version",
    "Write the name of the entry for the version that the spec makes, or silence this where the other one is meant",
    "docs/language.md#references",
)
LABEL = Code(
    "MLI316",
    "warning",
    "Label that is moved from version to version",
    "What runs changes when somebody moves the label, unseen by review",
    "Write the name of the entry for the version that the spec makes, or name a version",
    "docs/language.md#references",
)
NO_VERSION = Code(
    "MLI319",
    "error",
    "Name of something that someone else versions, without a version",
    "Its owner makes new versions, and Azure ML takes an environment, a component or a model in one of them; only of "
    "data that someone else versions the newest is read",
    "Name the version: azureml:<name>:<version>",
    "docs/language.md#what-already-exists",
)
OTHER_WORKSPACE = Code(
    "MLI326",
    "warning",
    "Something of another workspace of the platform",
    "A workspace runs with its own computes and assets, and with those of registries; of another workspace only data "
    "are read, by the path in its datastore",
    "Declare it in this workspace as well, or in a registry that both use",
    "https://learn.microsoft.com/azure/machine-learning/how-to-share-models-pipelines-across-workspaces-with-registries",
)
NOT_IN_THE_WORKSPACE = Code(
    "MLI327",
    "error",
    "Name of an entry of another workspace",
    "Azure ML looks for a name in the workspace of what names it, and does not find there what lies in another one",
    "Name an entry of the same workspace, or of a registry",
    "docs/language.md#references",
)
MISSPELT = Code(
    "MLI328",
    "warning",
    "Reference in a form that Azure ML does not have there",
    "It begins as one of Azure's own references does, and goes on as none of them: the client hands it on, and the "
    "service finds nothing of that name",
    "Write the name of an entry, or Azure's own form as the message shows it",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-core-syntax",
)
LABEL_AS_VERSION = Code(
    "MLI827",
    "warning",
    "Label written as a version",
    "A colon is followed by a version, and nothing has one of that name unless somebody called it so: the job or the "
    "deployment finds nothing. The newest is named by its label",
    "Write azureml:<name>@latest, or a version",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-core-syntax",
)
NO_NUMBER = Code(
    "MLI828",
    "error",
    "Version of a model that is no number",
    "Azure ML takes positive integers as versions of models, so that there is none of that name",
    "Write azureml:<name>:<number>, or azureml:<name>@latest",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-model",
)
CODES = (LABEL_AS_VERSION, NO_NUMBER, MISSPELT, OTHER_VERSION, LABEL, NO_VERSION, OTHER_WORKSPACE, NOT_IN_THE_WORKSPACE)
LATEST = "latest"
_NAMES_AND_FILES = ("{azure_name}", "{file}")  # what a place writes that takes nothing outside of the spec
_DATASTORES, _WORKSPACES = "datastores.", "workspaces."
_OF_CONTENT = re.compile(f"[0-9a-f]{{{VERSION_HEX_DIGITS}}}")


class Meant:
    """What the entries of a target are called, here and on Azure, put in order once for all references."""

    def __init__(self, entries: Mapping[str, Entry], nowhere: Nowhere) -> None:
        self._entries = entries
        self._nowhere = nowhere
        self._in_accounts = InAccounts(entries, nowhere, nowhere.cloud)
        self._by_id = {entry.id.lower(): address for address, entry in entries.items() if entry.id}
        self._by_name: dict[tuple[str, str], list[str]] = {}  # by section and name on Azure
        self._nested: dict[tuple[str, str], list[str]] = {}  # by section and name
        for address, entry in entries.items():
            self._by_name.setdefault((entry.section, entry.azure_name), []).append(address)
            if entry.parent:
                self._nested.setdefault((entry.section, entry.name), []).append(address)

    def here(self, mention: Mention) -> str | None:
        """The entry of that name; of what is nested in others, the only one."""
        found = next((address for address in candidates(mention) if address in self._entries), None)
        if found or mention.scope:
            return found
        nested = [each for section in mention.sections for each in self._nested.get((section, mention.word), ())]
        return nested[0] if len(nested) == 1 else None

    def once_completed(self, mention: Mention) -> str | None:
        """The entry of that name, or the first with that name on Azure: the name that an expression fills in."""
        return self.here(mention) or next(
            (
                address
                for section in mention.sections
                for address in self._by_name.get((section, mention.word), ())
                if mention.scope in (None, address.rpartition(".")[0])
            ),
            None,
        )

    def on_azure(self, entry: Entry, mention: Mention, own: AsAzureHasIt) -> tuple[str | None, Diagnostic | None]:
        """The address of what an entry names in Azure's own form, and what is said of that.

        No address where it is meant for Azure: nothing is called so here, or it is another version of that.
        """
        if own.named_by == "id_of_another_type":
            where = at(entry, mention.path, on_key=mention.is_key)
            return None, said_of_an_id(where, field_of(mention.path), own.text, mention.sections)
        if own.named_by == "nobody":
            return None, self._said_of_ours(entry, mention, own) or _misspelt(entry, mention, own)
        if mention.form == STORAGE_URL.name:
            return self._in_accounts.named(entry, mention, own)
        if said := _no_version_there_is(entry, mention, own):
            return None, said
        mention = self._below_an_entry(entry, mention, own)
        address = self._address(entry, mention, own)
        if address is None and own.home.startswith(REGISTRIES) and not own.version and not own.label:
            return None, _misspelt(entry, mention, own)
        if address is None and own.home.startswith(REGISTRIES):
            registry = own.home.removeprefix(REGISTRIES)
            return None, next(self._nowhere.said_of_a_registry(entry, mention, registry), None)
        if address is None:
            said = self._said_of_ours(entry, mention, own)
            return None, said or (None if mention.optional else self._said_of_nothing(entry, mention, own))
        named = self._entries[address]
        if own.home == "" and own.named_by != "id" and are_apart(entry, named):
            return None, self.said_of_names_apart(entry, mention, address)
        if self.lacks_a_version(address):
            is_said = own.version or own.label
            return None, None if is_said else self.said_of_no_version(entry, mention, address)
        if own.label not in ("", LATEST):
            message = f'"{own.text}" is whichever version of {address} has that label when it is read'
            return None, finding(LABEL, message, at(entry, mention.path), _way_to(named, mention.is_in_file))
        if own.version and not may_be_version(named, own.version):
            is_known = not has_versions_of_others(named) and mention.path not in entry.run_values
            said = other_version(entry, mention.path, own.text, named, is_in_file=mention.is_in_file)
            return None, said if is_known else None
        return address, self._said_of_another_workspace(entry, mention, own, named)

    def _said_of_ours(self, entry: Entry, mention: Mention, own: AsAzureHasIt) -> Diagnostic | None:
        """That no entry is meant where a key of ours takes one, which nobody but the compiler reads."""
        is_ours = mention.path[0] in entry.additions and FORMS[mention.form].writes in _NAMES_AND_FILES
        if not is_ours or mention.optional:
            return None
        return self._nowhere.said_of(entry, mention._replace(word=own.text) if own.named_by == "nobody" else mention)

    def _said_of_nothing(self, entry: Entry, mention: Mention, own: AsAzureHasIt) -> Diagnostic | None:
        """That no entry is meant; nothing of what lies outside the workspaces of the spec."""
        if own.named_by == "id":
            holder = mention.word.rpartition("/")[0].rpartition("/")[0]
            own, mention = own._replace(home=holder), mention._replace(word=mention.word.rpartition("/")[2])
        workspace = self._workspace(own)
        if own.home and workspace is None:
            return None
        return self._nowhere.said_on_azure(entry, mention, workspace)

    def is_out_of_reach(self, entry: Entry, address: str) -> bool:
        """Whether a name means nothing where it stands: what it is the name of lies in another workspace."""
        return are_apart(entry, self._entries[address])

    def said_of_names_apart(self, entry: Entry, mention: Mention, address: str) -> Diagnostic:
        other = _home(self._entries[address])
        message = f"{entry.address} lives in workspaces.{_home(entry)}, and {address} in workspaces.{other}"
        help = f"declare it in workspaces.{_home(entry)} as well, or in a registry"
        return finding(NOT_IN_THE_WORKSPACE, message, at(entry, mention.path, on_key=mention.is_key), help)

    def form_of(self, entry: Entry, mention: Mention, address: str) -> str:
        """How a place writes what it names: the id of something in another workspace stays as it is."""
        is_an_id = mention.as_azure_has_it is not None
        return ELSEWHERE.name if is_an_id and are_apart(entry, self._entries[address]) else mention.form

    def _said_of_another_workspace(
        self, entry: Entry, mention: Mention, own: AsAzureHasIt, named: Entry
    ) -> Diagnostic | None:
        if named.address.startswith(_DATASTORES) or not are_apart(entry, named):
            return None
        message = f'"{own.text}" is {named.address} of workspaces.{_home(named)}, and {entry.address} lives in '
        help = f"declare it in workspaces.{_home(entry)} as well, or in a registry"
        return finding(OTHER_WORKSPACE, f"{message}workspaces.{_home(entry)}", at(entry, mention.path), help)

    def _workspace(self, own: AsAzureHasIt) -> str | None:
        """The workspace of the spec that the service's own form names; None where it is none of the spec."""
        address = self._by_id.get(own.home.lower(), "")
        return address.removeprefix(_WORKSPACES) if address.startswith(_WORKSPACES) else None

    def lacks_a_version(self, address: str) -> bool:
        """Whether the name of an entry alone says nothing that can be run: someone else makes its versions."""
        row, named = ROWS[self._entries[address].section], self._entries[address]
        return named.existing and row.versioned and not row.is_read_newest

    def said_of_no_version(self, entry: Entry, mention: Mention, address: str) -> Diagnostic:
        message = f"someone else versions {address}, and nobody says in which version it is meant"
        help = f"write azureml:{self._entries[address].azure_name}:<version>"
        return finding(NO_VERSION, message, at(entry, mention.path), help)

    def _below_an_entry(self, entry: Entry, mention: Mention, own: AsAzureHasIt) -> Mention:
        """A mention of what is nested in something, with the address of that, whatever it is called by."""
        if not mention.scope:
            return mention
        section, name, below = mention.scope.split(".")
        holder = self._called(name, (section,), own, self._workspace(own) or _home(entry))
        return mention._replace(scope=f"{holder}.{below}") if holder else mention

    def _address(self, entry: Entry, mention: Mention, own: AsAzureHasIt) -> str | None:
        if own.named_by == "id":
            found = self._by_id.get(mention.word.lower())
            return found if found and self._entries[found].section in mention.sections else None
        workspace = self._workspace(own)
        if own.home.startswith(REGISTRIES):
            return self._in_a_registry(mention, own.home.removeprefix(REGISTRIES))
        if own.home and workspace is None:
            return None
        if mention.scope:
            return self.here(mention)
        return self._called(mention.word, mention.sections, own, workspace or _home(entry))

    def _in_a_registry(self, mention: Mention, registry: str) -> str | None:
        """The asset of that name that the spec makes in a registry, by the name of that on Azure."""
        names = {self._entries[address].name for address in self._by_name.get(("registries", registry), ())}
        by_name = (address for each in mention.sections for address in self._by_name.get((each, mention.word), ()))
        return next((each for each in by_name if self._entries[each].additions.get("registry") in names), None)

    def _called(self, name: str, sections: tuple[str, ...], own: AsAzureHasIt, home: object) -> str | None:
        by_entry = [f"{section}.{name}" for section in sections if own.named_by == "either"]
        by_name = (address for section in sections for address in self._by_name.get((section, name), ()))
        at_home = (address for address in by_name if self._may_be_at(address, home))
        return next((address for address in (*by_entry, *at_home) if address in self._entries), None)

    def _may_be_at(self, address: str, home: object) -> bool:
        """Whether what stands at an address lives in the same workspace as what names it, or one of them in none."""
        return home is None or _home(self._entries[address]) in (None, home)


def are_apart(one: Entry, other: Entry) -> bool:
    """Whether two entries live in two workspaces."""
    return bool(_home(one) and _home(other)) and _home(one) != _home(other)  # of one without a home that was said


def has_versions_of_others(named: Entry) -> bool:
    """Whether versions of an entry are made that the spec doesn't know: by a run, the service, or someone else."""
    is_counted_there = ROWS[named.section].numbers_its_versions and named.body.get("version") is None
    return named.existing or "from_job" in named.additions or is_counted_there


def may_be_version(named: Entry, version: str) -> bool:
    """Whether a version may be the one that the spec makes of an entry; what that is by its content is known later."""
    written = named.body.get("version")
    if has_versions_of_others(named) or written not in (None, AUTO):
        return written is not None and str(written) == version
    return _OF_CONTENT.fullmatch(version) is not None


def other_version(entry: Entry, path: Path, text: str, named: Entry, *, is_in_file: bool) -> Diagnostic:
    """What is said of a text that names another version of an entry than the spec makes."""
    written = named.body.get("version")
    made = "in a version that follows from its content" if written in (None, AUTO) else f'in version "{written}"'
    message = f'the spec makes {named.address} {made}, and "{text}" is another one'
    return finding(OTHER_VERSION, message, at(entry, path), _way_to(named, is_in_file))


def _way_to(named: Entry, is_in_file: bool) -> str:
    if is_in_file:
        written = named.body.get("version")
        into_spec = f"put what the file holds into the spec, where {named.name} is the version that the spec makes"
        return into_spec if written in (None, AUTO) else f"write azureml:{named.azure_name}:{written}"
    return f"write {named.name} for the version that the spec makes"


def _home(entry: Entry) -> object:
    """The workspace that an entry lives in; None where it lives in none."""
    return entry.additions.get("workspace")


def _no_version_there_is(entry: Entry, mention: Mention, own: AsAzureHasIt) -> Diagnostic | None:
    """That a version is written that nothing of the section has: a label, or a model's that is no number."""
    if own.named_by == "id" or not own.version:
        return None
    is_numbered = not own.home and all(ROWS[section].numbers_its_versions for section in mention.sections)
    if not (own.version.lower() == LATEST or (is_numbered and not own.version.isdecimal())):
        return None
    newest = own.text.removesuffix(own.version).rstrip(":/").removesuffix("/versions")
    label = f"{newest}/labels/{LATEST}" if own.home else f"{newest}@{LATEST}"
    message = f'"{own.text}" names the version "{own.version}"'
    where = at(entry, mention.path)
    if is_numbered:
        return finding(NO_NUMBER, f"{message}, and a model's is a number", where, f"write {label}, or a number")
    return finding(LABEL_AS_VERSION, f"{message}, and the newest has that label", where, f"write {label}")


def _misspelt(entry: Entry, mention: Mention, own: AsAzureHasIt) -> Diagnostic:
    """That a text begins as the service's own form does, and goes on as none of them."""
    shown, what = FORMS[mention.form].shown, " or ".join(mention.sections[:1])
    message = f'"{own.text}" is none of the forms in which Azure ML names {what or "what is due here"}'
    if REGISTRIES in own.text:
        shown = f"{REGISTRIES}<registry>/{mention.sections[0]}/<name>/versions/<version>, or …/labels/latest"
    return finding(MISSPELT, message, at(entry, mention.path), f"write {shown}")
