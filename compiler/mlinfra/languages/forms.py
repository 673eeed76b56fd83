"""How places of bodies write what they name: data of a language, for who binds references and who writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from mlinfra.azure.storage_urls import BY_HTTPS, OF_A_LAKE
from mlinfra.graph import FILLED_IN

NamedBy: TypeAlias = Literal["entry", "azure_name", "either", "id", "id_of_another_type", "nobody"]
"""Whose name a text holds: the entry's, which is ours alone, that on Azure, one of the two, a whole id, or none.

The id of a resource of another type than the place takes is nobody's there.
"""


class Spelling(NamedTuple):
    """A text that names an entry: the group `name` is the entry's, what follows it belongs to the place alone.

    The service's own may say more, each in a group: `version`, `label`, and of an id the `section`.
    """

    pattern: re.Pattern[str]
    section: str = ""  # of what it names; empty: those of the reference
    scope: str = ""  # the address below which that lies, made of the other groups
    form: str = ""  # under which it is bound; empty: that of the place
    named_by: NamedBy = "entry"
    is_optional: bool = False  # what no entry is called is meant for the service, and nothing is said of it
    home: str = ""  # the id of the workspace, the URI of the registry or the suffix of the cloud in which that lies;
    # empty: that of the place


class Named(NamedTuple):
    """What a text of a body names, wherever in it: an expression of the language about something of the spec."""

    path: tuple[str | int, ...]
    section: str
    name: str
    form: str
    optional: bool = False  # what no entry is called lies outside the spec
    named_by: NamedBy = "entry"


@dataclass(frozen=True, slots=True)
class Form:
    """How a reference is written at a place."""

    name: str
    writes: str = ""  # what stands in its place: {azure_name}, {id}, {version}, {holder}, {file}, {rest}
    spellings: tuple[Spelling, ...] = ()  # beside the name of an entry
    shown: str = ""  # how the service itself writes what stands there
    takes_a_name: bool = True
    takes_a_path: bool = False  # where no entry is called so
    below: str = ""  # the key of the entry itself under which what is named stands
    is_left_to_scripts: bool = False  # a file says nothing in its place
    passes_others: bool = False  # what no entry is called is a name of the service's, and said only where one is near
    counts: bool = True  # what is named is part of the content of what names it

    def rest_of(self, written: str) -> str | None:
        """What follows the name in a text of one of the spellings; None for every other text."""
        spelled = self.spelled(written)
        return written[spelled[1].end("name") :] if spelled else None

    def version_in(self, written: str) -> str | None:
        """The version that a text of one of the spellings names; None where it names none."""
        spelled = self.spelled(written)
        return spelled[1].groupdict().get("version") if spelled else None

    def spelled(self, written: str) -> tuple[Spelling, re.Match[str]] | None:
        """The spelling of which a text is, with what it says; None for every other text."""
        for spelling in self.spellings:
            if match := spelling.pattern.match(written):
                return spelling, match
        return None


# What is no place of a body, or means the same in all languages.
_PREFIXED = Spelling(re.compile(r"azureml:(?P<name>[^:@/]+)\Z"), named_by="azure_name")
_WHOLE_ID = Spelling(re.compile(r"(?:azureml:)?(?P<name>/subscriptions/.+)\Z", re.DOTALL), named_by="id")
NAME = Form("name", writes="{azure_name}", spellings=(_PREFIXED, _WHOLE_ID), shown="azureml:<name>")
ADDRESS = Form("address")
PARENT = Form("parent", counts=False)
HOME = Form("workspace", counts=False)  # that an entry lives in it
EXPRESSION = Form(FILLED_IN, counts=False)  # filled in already
SECRET = Form("secret")
DERIVED = Form("derived")
ELSEWHERE = Form("elsewhere", counts=False)  # in another workspace: the place keeps the id of it
CONSUMER = Form(  # becomes a role, and stands in no file
    "consumer",
    spellings=(Spelling(re.compile(r"(?P<section>principals|identities)\.(?P<name>[^.]+)\Z"), scope="{section}"),),
    counts=False,
)
IMAGE = Form("image", counts=False)  # the registry in the name of one, which stays as it is written
STORAGE_URL = Form("storage_url", counts=False)  # of what lies in an account of the spec; stays as it is written
OF_STORAGE = tuple(
    Spelling(
        pattern,
        section="containers",
        scope="storage_accounts.{account}.containers",
        form=STORAGE_URL.name,
        named_by="azure_name",
        home="{suffix}",
    )
    for pattern in (BY_HTTPS, OF_A_LAKE)
)
COMMON = (NAME, ADDRESS, PARENT, HOME, EXPRESSION, SECRET, DERIVED, ELSEWHERE, CONSUMER, IMAGE, STORAGE_URL)
