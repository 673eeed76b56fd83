"""What a change of a property does to what is there already: facts of a row, each with its source.

What is in no row of them is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Effect: TypeAlias = Literal[
    "in_place",  # said only where the sources leave open what comes of it
    "create_only",  # another value needs another resource: delete and create
    "refused",  # create-only, and the service answers with an error
    "ignored",  # create-only, and the service keeps the old value without a word
    "irreversible",  # there is no way back
    "opens_access",
    "loses_data",
    "interrupts",  # what runs or is reached meanwhile: jobs, a service, an address, a name
    "weakens",  # what would help after a loss or an attack
    "not_known",  # the sources leave open whether it is taken
]

# `towards` where it is no single value: the direction of a change.
LESS, MORE = "<", ">"  # a smaller number, an older version of TLS, false after true
UNLIMITED = "-1"
ANY = "*"  # whatever the new value is
GONE = "gone"  # no value any more
LEFT = "left"  # no value any more, or another one: what opens access does so towards that, and closes it with the first
FEWER = "fewer"  # items of a list are gone, whatever else is in it now
OPEN = "open"  # more who reach it, as `differ.openness` reads words and lists
WHOLE = "whole"  # as `differ.wholes` reads it, together with what is beside it

# Of a storage account, from the fewest copies: in one place, in zones, in another region, readable there.
COPIES = (
    *("Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_RAGRS", "Standard_GZRS", "Standard_RAGZRS"),
    *("Premium_LRS", "Premium_ZRS"),
)

TERRAFORM = "https://github.com/hashicorp/terraform-provider-azurerm"  # what its resources replace or refuse
REST = "https://github.com/Azure/azure-rest-api-specs"  # x-ms-mutability, bodies of PATCH, descriptions
LEARN = "https://learn.microsoft.com/azure/"


@dataclass(frozen=True, slots=True)
class Change:
    """What changing one property does."""

    path: str  # of the resource's body, or of the entry's where that becomes a file
    effect: Effect
    source: str
    towards: str = ""  # the value or the direction with which it does; empty: with any
    is_confirmed: bool = True  # else the sources leave it open
    leaving: str = ""  # the old value with which alone it does
    families: tuple[tuple[str, ...], ...] = ()  # values among which it does not
    when_made: bool = False  # also where the resource is made with it
    order: tuple[str, ...] = ()  # of words, from less to more
    none_is: str = ""  # the value that none at all stands for; -1 is no limit, and * of a list everything
    whom: str = ""  # to whom it opens, where neither a role nor an address says so


def changes(
    effect: Effect,
    source: str,
    *paths: str,
    towards: str = "",
    is_confirmed: bool = True,
    leaving: str = "",
    families: tuple[tuple[str, ...], ...] = (),
    none_is: str = "",
    when_made: bool = False,
    order: tuple[str, ...] = (),
    whom: str = "",
) -> tuple[Change, ...]:
    """The same effect of several properties; what opens access does so towards more who reach it if none is said."""
    towards = towards or (OPEN if effect == "opens_access" else "")
    return tuple(
        Change(path, effect, source, towards, is_confirmed, leaving, families, when_made, order, none_is, whom)
        for path in paths
    )


_LOCATIONS = f"{LEARN}azure-resource-manager/templates/resource-location"  # 409 InvalidResourceLocation for another one
IN_EVERY_RESOURCE = (*changes("create_only", TERRAFORM, "name"), *changes("refused", _LOCATIONS, "location"))
# What opens, loses and weakens nothing in any resource: what is written on it, and the names of its private endpoints.
PLAIN_IN_EVERY_RESOURCE = ("tags", "properties.privateDnsZoneConfigs")
