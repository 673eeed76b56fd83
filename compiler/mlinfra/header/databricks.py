"""databricks: the account of Databricks, in which only its administrators may make what a platform needs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlinfra.bodies.body import Body, StandIn
from mlinfra.bodies.fields import Guid


class DatabricksAccount(Body):
    account_id: Annotated[
        Guid,
        StandIn("00000000-0000-0000-0000-000000000000"),
        Field(
            description="The id of the account, as the account console shows it; scripts/databricks-account.sh is "
            "about it",
            examples=["55555555-5555-5555-5555-555555555555"],
        ),
    ]
    account_admins: Annotated[
        str,
        StandIn("unknown"),
        Field(
            min_length=1,
            max_length=100,
            pattern=r"^[A-Za-z0-9][A-Za-z0-9 @._-]*$",
            description="Who administers it and runs that script: a group, a team or an address",
            examples=["data-platform-admins"],
        ),
    ]
