def init(): ...


def run(data: str) -> str:
    return data
