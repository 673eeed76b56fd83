"""The functions that Azure ML calls; no judge does."""


def init() -> None:
    """Once, before the first request."""


def run(data: str) -> str:
    """For each request."""
    return data
