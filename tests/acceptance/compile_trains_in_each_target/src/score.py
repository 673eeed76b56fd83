def init() -> None: ...


def run(data: str) -> str:
    return data
