"""Judges a canary by the metrics that Azure Monitor has of a deployment.

It reads what `az monitor metrics list` prints for an online endpoint, a value per minute: `RequestsPerMinute` by
status, and `RequestLatency_P50`, `_P90`, `_P95` and `_P99`. Azure keeps averages only: of a minute, the number of its
requests.

**Errors.** "Troubleshoot online endpoints" says whose fault a status is. An answer of the container other than 200
leaves as 424, with the status of the container beside it. 5xx, 408, and 424 with 5xx are errors of the deployment;
424 with 4xx and 4xx are rejections, the caller's fault. 429 says that there is no capacity: such a request never
reached the deployment, and is not counted. A rejection says nothing about the deployment: one that rejects every
request had no traffic.

**Response times.** A minute's percentiles bound how many of its requests were slower than the limit. Minutes are
weighted by their requests: a slow minute with one request counts as one request.

**Chance.** The limits judge a rate, and a few requests do not show a rate. A deployment is bad only if its rate is
above the limit by more than chance explains, and worse than the rate of the live deployment in the same minutes by
more than chance explains. Both tests are exact: binomial against the limit, Fisher's against the live deployment. If
the live deployment is above the limit, too, that is an outage: no verdict. If chance explains the rate, the verdict
is unclear: more requests decide.

Messages go to stderr; exit code 1 means that the input is not valid.
"""

from __future__ import annotations

import argparse
import calendar
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

LATE_MINUTES = 3  # until the metrics of a minute are complete
TIME = "%Y-%m-%dT%H:%M:%SZ"
MOST_SERIES = 200  # that a script requests: if so many come, there may be more
MORE_REJECTED = 5.0  # percentage points that a deployment may reject more than the live one
MOST_REJECTED = 50.0  # per cent, if there is no live deployment to compare with
CHANCE = 0.00135  # the probability above which chance explains a difference: 3 standard deviations on one side
PERCENTILES = (50, 90, 95, 99)
SLOW = 5.0  # per cent of the requests that may be slower than p95_latency_ms


class Minute(NamedTuple):
    """The requests of a minute that Azure has response times of, and its percentiles in milliseconds."""

    requests: int
    latencies: Sequence[float]

    def slower(self, limit: float) -> tuple[int, float]:
        """How many of its requests took longer than the limit: at least, and by interpolation."""
        rank = self.requests - 1
        least, most, below, above = 0, self.requests, 0.0, math.inf
        for percent, value in zip(PERCENTILES, self.latencies, strict=True):
            if value > limit:
                least = max(least, self.requests - -(-rank * percent // 100))
                above = min(above, value)
            else:
                most = min(most, rank - rank * percent // 100)
                below = max(below, value)
        if above == math.inf:
            return 0, 0.0
        return least, most - (most - least) * max(limit - below, 0.0) / (above - below)


class Metrics(NamedTuple):
    """Of a deployment: its requests, how many of them failed or were rejected, and the minutes with response times."""

    requests: float = 0.0
    errors: float = 0.0
    rejected: float = 0.0
    minutes: Sequence[Minute] = ()

    @property
    def answered(self) -> float:
        """The requests that say something about the deployment: answered, or failed."""
        return self.requests - self.rejected

    @property
    def timed(self) -> int:
        return sum(minute.requests for minute in self.minutes)

    def slower(self, limit: float) -> tuple[int, float]:
        found = [minute.slower(limit) for minute in self.minutes]
        return sum(least for least, _ in found), sum(about for _, about in found)

    def p95(self) -> float:
        """The response time that 95 % of the requests kept, in milliseconds."""
        low, high = 0.0, max((minute.latencies[-1] for minute in self.minutes), default=0.0)
        for _ in range(50):
            middle = (low + high) / 2
            if self.slower(middle)[1] * 100 > SLOW * self.timed:
                low = middle
            else:
                high = middle
        return high


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="measured.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)

    window = commands.add_parser("window", help="print until when metrics are complete, or nothing if none are")
    window.add_argument("since")

    judge = commands.add_parser("judge", help="print good, few, outage, unclear or bad; then the reason")
    judge.add_argument("requests", type=Path)
    judge.add_argument("latencies", type=Path)
    judge.add_argument("--min-requests", type=int, required=True)
    judge.add_argument("--error-percent", type=float)
    judge.add_argument("--p95-latency-ms", type=float)
    judge.add_argument(
        "--live", type=Path, nargs=2, action="append", default=[], help="requests and latencies of a live deployment"
    )
    judge.add_argument("--even-of-few", action="store_true", help="judge fewer requests, too")

    given = parser.parse_args(arguments)
    if given.command == "window":
        print_window(given.since, time.time())
    else:
        metrics = read(given.requests, given.latencies)
        least = 1 if given.even_of_few and metrics.requests else given.min_requests
        verdict, why = judged(
            metrics, together([read(*files) for files in given.live]), least, given.error_percent, given.p95_latency_ms
        )
        sys.stdout.write(f"{verdict}\n{why}\n")


def print_window(since: str, now: float) -> None:
    """The time until which metrics are complete; nothing if that is not after `since`; `now` in seconds."""
    try:
        start = calendar.timegm(time.strptime(since, TIME))
    except ValueError:
        fail(f'"{since}" is not a valid time')
    end = int(now) - 60 * LATE_MINUTES
    if end > start:
        sys.stdout.write(time.strftime(TIME, time.gmtime(end)) + "\n")


def judged(
    new: Metrics, live: Metrics, min_requests: int, error_percent: float | None, latency: float | None
) -> tuple[str, str]:
    """The verdict, and the metrics with each limit that they exceed. A limit that is None holds."""
    said = [summary(new, live)]
    if round(new.requests) >= min_requests and rejects_more(new, live):
        share, of = percent(new.rejected, new.requests), count(new.requests)
        return "bad", f"{said[0]}; it rejects {share} of {of} requests, more than the live deployment"
    if round(new.answered) < min_requests:
        answered = "" if not new.rejected else f", {shown(new.answered)} of them answered or failed"
        return "few", f"{said[0]}{answered}; fewer than {min_requests} requests"
    verdicts = set()
    if error_percent is not None and new.errors * 100 > error_percent * new.requests:
        allowed = f"error_percent allows {shown(error_percent)} %"
        failed = Rate(new.errors, new.requests), Rate(live.errors, live.requests)
        verdict, why = compared(*failed, new.errors, error_percent, f"failed, {allowed}")
        verdicts.add(verdict)
        said.append(why)
    if latency is not None and new.timed < min(min_requests, round(new.requests)):
        verdicts.add("unclear")
        said.append(f"Azure Monitor has response times of {new.timed} requests, too few for p95_latency_ms")
    elif latency is not None and new.p95() > latency:
        least, about = new.slower(latency)
        slow = Rate(about, new.timed), Rate(live.slower(latency)[1], live.timed)
        allowed = f"took longer than {shown(latency)} ms, p95_latency_ms allows {shown(SLOW)} %"
        verdict, why = compared(*slow, least, SLOW, allowed)
        verdicts.add(verdict)
        said.append(why)
    return next((each for each in ("bad", "outage", "unclear") if each in verdicts), "good"), "; ".join(said)


class Rate(NamedTuple):
    part: float
    all: float


def compared(new: Rate, live: Rate, least: float, limit: float, what: str) -> tuple[str, str]:
    """What a rate above its limit, in per cent, means: bad, outage or unclear; and the sentence that says so.

    `least` of the requests are surely above it: a bad deployment has more of them than the limit allows, too.
    """
    about = "" if round(new.part) == least else "about "
    why = f"{about}{count(new.part)} of {count(new.all)} requests ({percent(*new)}) {what}"
    if live.all:
        why += f", the live deployment has {percent(*live)} of {count(live.all)}"
    if live.all and not is_worse(new, live):
        if live.part * 100 > limit * live.all:
            return "outage", f"{why}: not the fault of this deployment alone"
        return "unclear", f"{why}: chance explains the difference"
    if least * 100 < limit * new.all or not is_above(new, limit):
        return "unclear", f"{why}: chance explains that"
    return "bad", why


def rejects_more(new: Metrics, live: Metrics) -> bool:
    """Whether a deployment rejects far more of its requests than the live one, or most of them."""
    share = 100 * new.rejected / new.requests if new.requests else 0.0
    if not live.requests:
        return share > MOST_REJECTED
    more = share - 100 * live.rejected / live.requests
    return more > MORE_REJECTED and is_worse(Rate(new.rejected, new.requests), Rate(live.rejected, live.requests))


def is_above(rate: Rate, limit: float) -> bool:
    """Whether chance does not explain that a rate is above its limit in per cent: the binomial test."""
    part, all_, p = round(rate.part), max(round(rate.all), round(rate.part)), limit / 100
    if p <= 0 or p >= 1:
        return p <= 0 < part
    terms = (
        log_choose(all_, each) + each * math.log(p) + (all_ - each) * math.log1p(-p) for each in range(part, all_ + 1)
    )
    return tail(terms) < CHANCE


def is_worse(new: Rate, live: Rate) -> bool:
    """Whether chance does not explain that one rate is above the other one: Fisher's exact test."""
    part, all_ = round(new.part), max(round(new.all), round(new.part))
    other, others = round(live.part), max(round(live.all), round(live.part))
    if part * others <= other * all_:
        return False
    ways = log_choose(all_ + others, part + other)
    terms = (
        log_choose(all_, each) + log_choose(others, part + other - each) - ways
        for each in range(part, min(all_, part + other) + 1)
    )
    return tail(terms) < CHANCE


def tail(logarithms: Iterator[float]) -> float:
    """The sum of terms that fall."""
    total = 0.0
    for each in logarithms:
        term = math.exp(each)
        total += term
        if term < total * 1e-9:
            break
    return total


def log_choose(all_: int, part: int) -> float:
    return math.lgamma(all_ + 1) - math.lgamma(part + 1) - math.lgamma(all_ - part + 1)


def read(requests: Path, latencies: Path) -> Metrics:
    """The metrics in two answers of Azure Monitor."""
    total = errors = rejected = 0.0
    by_minute: dict[str, float] = {}
    for _, labels, values in series(requests):
        status = labels.get("statuscode", "")
        if status == "429":
            continue
        requests_of = sum(values.values())
        total += requests_of
        if is_error(status, labels.get("modelstatuscode", "")):
            errors += requests_of
        elif not status.startswith("2"):
            rejected += requests_of
        for minute, value in values.items():
            by_minute[minute] = by_minute.get(minute, 0.0) + value
    names = {f"requestlatency_p{each}": each for each in PERCENTILES}
    found: dict[int, dict[str, float]] = {each: {} for each in PERCENTILES}
    for name, _, values in series(latencies):
        found[names.get(name.lower(), PERCENTILES[-1])] |= values
    minutes = [
        Minute(max(round(value), 1), sorted(found[each][minute] for each in PERCENTILES))
        for minute, value in sorted(by_minute.items())
        if value > 0 and all(found[each].get(minute) for each in PERCENTILES)
    ]
    return Metrics(total, errors, rejected, minutes)


def together(every: Sequence[Metrics]) -> Metrics:
    """The metrics of several deployments as of one."""
    return Metrics(
        sum(each.requests for each in every),
        sum(each.errors for each in every),
        sum(each.rejected for each in every),
        [minute for each in every for minute in each.minutes],
    )


def is_error(status: str, of_model: str) -> bool:
    """Whether a status is the fault of the deployment; if the status of the container is unknown, it is."""
    if status == "424":
        return not (of_model.isdigit() and int(of_model) < 500)
    return status == "408" or not status.isdigit() or int(status) >= 500


def series(path: Path) -> Iterator[tuple[str, dict[str, str], dict[str, float]]]:
    """The metric, labels (their names in small letters) and average by minute of each series of an answer."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"), parse_constant=float)
        found = [(str(metric["name"]["value"]), each) for metric in answer["value"] for each in metric["timeseries"]]
        if len(found) >= MOST_SERIES:
            fail(f"Azure Monitor has {MOST_SERIES} or more statuses of the deployment, too many to read")
        for metric, each in found:
            names = [(label["name"]["value"], label["value"]) for label in each.get("metadatavalues") or ()]
            values = {str(point["timeStamp"]): number(point) for point in each["data"]}
            yield metric, {str(name).lower(): str(value) for name, value in names}, values
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fail(f"the answer of Azure Monitor can't be read: {type(error).__name__} {error}")


def number(point: dict[str, Any]) -> float:
    """The average of a minute; 0 if there is none."""
    value = point.get("average")
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise ValueError(f"average {value!r}")
    return float(value)


def summary(new: Metrics, live: Metrics) -> str:
    said = f"{shown(new.requests)} requests, {percent(new.errors, new.requests)} errors"
    if new.minutes:
        said += f", 95 % answered in {new.p95():.0f} ms"
    if new.rejected:
        beside = (
            f"{percent(live.rejected, live.requests)} of {count(live.requests)}" if live.requests else "no requests"
        )
        said += f", {percent(new.rejected, new.requests)} rejected (live deployment: {beside})"
    return said


def percent(part: float, all_: float) -> str:
    return f"{shown(100 * part / all_ if all_ else 0.0)} %"


def count(value: float) -> str:
    return f"{round(value):,}"


def shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
