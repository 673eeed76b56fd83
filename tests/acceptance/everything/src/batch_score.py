"""Stands for the code of the bank: the compiler reads its bytes, nothing here runs it."""


def init() -> None:
    """Loads the model."""


def run(mini_batch: list[str]) -> list[str]:
    """Scores the files of a mini batch."""
    return mini_batch
