"""What Azure Monitor measured of a deployment, and whether that is good enough for more traffic.

It reads what `az monitor metrics list` prints of `RequestsPerMinute` and `RequestLatency_P95` of an online endpoint,
minute by minute. Azure keeps averages only: of a minute, the number of its requests; there is no 95th percentile of a
longer time, so the mean of the minutes' is judged. What is the deployment's fault follows from "Troubleshoot online
endpoints": an answer of the container other than 200 leaves as 424, with the container's own status beside it; 5xx,
408, and 424 with 5xx are errors, 424 with 4xx is the caller's. 429 says that there is no capacity: such a request
never reached the deployment, and is not counted. Nor does a request show anything that is the caller's fault: a
deployment that refuses all of them has had no traffic.

But callers are shared at random between a new deployment and those that served before: whose fault a refusal is, their
numbers of the same time tell. One that refuses more of its requests than they do, by more than 5 in a hundred and by
more than chance explains (3 standard errors of the difference), is bad; and where they had no request to compare with,
one that refuses more than half.

Messages go to stderr; exit code 1 says that something is not what it should be.
"""

from __future__ import annotations

import argparse
import calendar
import json
import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

LATE_MINUTES = 3  # until the numbers of a minute are complete
TIME = "%Y-%m-%dT%H:%M:%SZ"
MOST_SERIES = 200  # that are asked for: where so many come, there may be more
MORE_REFUSED = 5.0  # per cent of its requests that a deployment may refuse beyond what those before it do
MOST_REFUSED = 50.0  # where there is nothing to compare with
CHANCE = 3.0  # standard errors


class Numbers(NamedTuple):
    """Of one deployment: requests, how many of them failed, and milliseconds, where there were any.

    `told` are those that tell something of it: answered, or failed. What a caller asked wrongly tells nothing.
    """

    requests: float
    errors: float
    latency: float | None
    told: float

    @property
    def error_percent(self) -> float:
        return 100 * self.errors / self.requests if self.requests else 0.0

    @property
    def refused_percent(self) -> float:
        return 100 * (self.requests - self.told) / self.requests if self.requests else 0.0


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="measured.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)

    window = commands.add_parser("window", help="print until when numbers are complete, or nothing: none are yet")
    window.add_argument("since")

    judge = commands.add_parser("judge", help="print good, few or bad, and in the next line why")
    judge.add_argument("requests", type=Path)
    judge.add_argument("latencies", type=Path)
    judge.add_argument("--min-requests", type=int, required=True)
    judge.add_argument("--error-percent", type=float)
    judge.add_argument("--p95-latency-ms", type=float)
    judge.add_argument("--others", type=Path, action="append", default=[], help="requests of what served before")
    judge.add_argument("--even-of-few", action="store_true", help="fewer requests are judged, too")

    given = parser.parse_args(arguments)
    if given.command == "window":
        print_window(given.since, time.time())
    else:
        numbers = read(given.requests, given.latencies)
        least = 1 if given.even_of_few and numbers.requests else given.min_requests
        others = [read(file) for file in given.others]
        before = Numbers(sum(each.requests for each in others), 0.0, None, sum(each.told for each in others))
        verdict, why = judged(numbers, before, least, given.error_percent, given.p95_latency_ms)
        sys.stdout.write(f"{verdict}\n{why}\n")


def print_window(since: str, now: float) -> None:
    """The end of the time of which all is known; nothing where it would not be after `since`; `now` in seconds."""
    try:
        start = calendar.timegm(time.strptime(since, TIME))
    except ValueError:
        fail(f'"{since}" is no time')
    end = int(now) - 60 * LATE_MINUTES
    if end > start:
        sys.stdout.write(time.strftime(TIME, time.gmtime(end)) + "\n")


def judged(
    numbers: Numbers, before: Numbers, min_requests: int, error_percent: float | None, latency: float | None
) -> tuple[str, str]:
    """good, few or bad, with the numbers and each limit that they pass; bounds that are None hold.

    `before` are the requests of those that served before, at the same time.
    """
    said = [f"{shown(numbers.requests)} requests, {shown(numbers.error_percent)} % errors"]
    if numbers.latency is not None:
        said[0] += f", 95 % answered in {shown(numbers.latency)} ms"
    if numbers.told != numbers.requests:
        compared = f"{shown(before.refused_percent)} % of {shown(before.requests)}" if before.requests else "nothing"
        said[0] += f", {shown(numbers.refused_percent)} % refused, beside {compared} by what served before"
    if round(numbers.requests) >= min_requests and refuses_more(numbers, before):
        return "bad", f"{said[0]}; it refuses its callers more often than what served before"
    if round(numbers.told) < min_requests:
        refused = "" if numbers.told == numbers.requests else f", {shown(numbers.told)} of them answered or failed"
        return "few", f"{said[0]}{refused}; fewer than {min_requests} requests"
    if error_percent is not None and numbers.error_percent > error_percent:
        said.append(f"error_percent is above {shown(error_percent)}")
    if latency is not None and numbers.requests:
        if numbers.latency is None:
            said.append("there is no number for p95_latency_ms")
        elif numbers.latency > latency:
            said.append(f"p95_latency_ms is above {shown(latency)}")
    return ("bad" if len(said) > 1 else "good"), "; ".join(said)


def refuses_more(numbers: Numbers, before: Numbers) -> bool:
    """Whether a deployment refuses much more of its requests than those that served before, or most of them."""
    if not before.requests:
        return numbers.refused_percent > MOST_REFUSED
    more = (numbers.refused_percent - before.refused_percent) / 100
    both = numbers.requests + before.requests
    share = (both - numbers.told - before.told) / both
    error = math.sqrt(share * (1 - share) * (1 / numbers.requests + 1 / before.requests))
    return more * 100 > MORE_REFUSED and more > CHANCE * error


def read(requests: Path, latencies: Path | None = None) -> Numbers:
    """The numbers in two answers of Azure Monitor, or in the one of its requests."""
    count = errors = good = 0.0
    for labels, values in series(requests):
        total = sum(values)
        if labels.get("statuscode") != "429":
            count += total
            errors += total if is_error(labels.get("statuscode", ""), labels.get("modelstatuscode", "")) else 0
            good += total if labels.get("statuscode", "").startswith("2") else 0
    minutes = [value for _, values in series(latencies) for value in values if value > 0] if latencies else []
    return Numbers(count, errors, sum(minutes) / len(minutes) if minutes else None, good + errors)


def is_error(status: str, of_model: str) -> bool:
    """Whether the deployment is to blame; where nobody knows what the container said, it is."""
    if status == "424":
        return not (of_model.isdigit() and int(of_model) < 500)
    return status == "408" or not status.isdigit() or int(status) >= 500


def series(path: Path) -> Iterator[tuple[dict[str, str], list[float]]]:
    """What an answer holds for each set of labels, whose names are in small letters: an average a minute."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"), parse_constant=float)
        found = [each for metric in answer["value"] for each in metric["timeseries"]]
        if len(found) >= MOST_SERIES:
            fail(f"Azure Monitor knows {MOST_SERIES} or more kinds of answers of the deployment, too many to be read")
        for each in found:
            names = [(label["name"]["value"], label["value"]) for label in each.get("metadatavalues") or ()]
            values = [number(point) for point in each["data"]]
            yield {str(name).lower(): str(value) for name, value in names}, values
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fail(f"what Azure Monitor answers is not what it should be: {type(error).__name__} {error}")


def number(point: dict[str, Any]) -> float:
    """The average of a minute; 0 where there is none."""
    value = point.get("average")
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise ValueError(f"average {value!r}")
    return float(value)


def shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
