"""What az, Bicep and the client of Azure ML ask their makers: whether there is something newer. Nothing is there."""

from __future__ import annotations

from tests.emulator.protocol import Request, Response
from tests.emulator.state import State


class CallsHome:
    """One of the places where they ask; each answers that it knows nothing."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def answer(self, request: Request, state: State) -> Response:
        return Response(404, {"error": {"code": "NotFound", "message": f"{request.path} is not here"}})


CALLS_HOME = (
    CallsHome("azcliprod.blob.core.windows.net"),  # azure-cli-core, util.py: the newest version of az
    CallsHome("azuremlschemas*.azureedge.net"),  # azure-ai-ml, _data_utils.py: the schema of an MLTable file
    CallsHome("aka.ms"),  # Bicep: the index of public modules, when it reads a file of parameters
)
