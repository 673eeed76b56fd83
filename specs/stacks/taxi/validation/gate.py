"""What a version must show before it is deployed."""


def refusals(shown: dict[str, float], highest_error: float, baseline: dict[str, float] | None) -> list[str]:
    """Why a version is not deployed; nothing where it is."""
    error = shown.get("mean_absolute_error")
    if error is None or error != error:
        return ["it shows no mean_absolute_error"]
    found = []
    if error > highest_error:
        found.append(f"its mean_absolute_error is {error:.2f}, and {highest_error:.2f} is the highest")
    if baseline and error > baseline["mean_absolute_error"]:
        found.append(f"the version that serves shows {baseline['mean_absolute_error']:.2f}, and it {error:.2f}")
    return found
