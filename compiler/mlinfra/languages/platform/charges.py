"""What resources of ours are billed for that are billed alike: by the hour, by the gigabyte, or by no known price."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import WHOLE_IF_IT_IS
from mlinfra.graph import Entry, Graph
from mlinfra.languages.charges import Charge, Uncounted, always
from mlinfra.languages.language import Charges

MAX_GB = 1e9  # an exabyte


class Stored(Body):
    gb: Annotated[float, Field(ge=0, le=MAX_GB, description="Gigabytes that lie in it", examples=[500]), WHOLE_IF_IT_IS]


class Sent(Body):
    gb_a_day: Annotated[
        float, Field(ge=0, le=MAX_GB, description="Gigabytes that arrive in a day", examples=[2]), WHOLE_IF_IT_IS
    ]


def by_time(what: str, meter: str, unit: str = "hour") -> Charges:
    """What one is billed for all month, used or not."""

    def charges(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
        yield Charge(what, meter, always(1, unit))

    return charges


def without_price(what: str) -> Charges:
    """What is billed at a price that this release does not have."""

    def charges(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
        yield Uncounted(what, "its price is not known here")

    return charges
