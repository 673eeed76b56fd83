"""Writes the tables of prices anew, from a price list that a person downloaded.

The list is what https://prices.azure.com/api/retail/prices answers, page by page, in USD: each page a file of JSON.

    python -m tools.prices --read 2026-11-27 pages/*.json

What the list has takes the day of `--read`; what it does not have stays as it is, with its own day. Machines of a
region are taken as a whole: a size that a list with machines of that region does not have has no price there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.azure.prices import EVERYWHERE

TABLES = Path(__file__).parents[1] / "compiler" / "mlinfra" / "azure" / "prices"
GLOBAL = "global"  # the region of what costs the same everywhere
NOT_LINUX = ("windows", "cloud services", "cloudservices")  # in productName; the latter are Windows without saying so
NOT_ON_DEMAND = ("spot", "low priority")  # in skuName
LAKE = "Azure Data Lake Storage Gen2 Hierarchical Namespace"


class Meter(NamedTuple):
    """What a meter of ours is called in the list. Of prices by amount the first that is not nothing is taken."""

    service: str
    name: str
    unit: str
    product: str = ""  # any, where empty


METERS: Mapping[str, Meter] = {
    "registry_basic": Meter("Container Registry", "Basic Registry Unit", "1/Day"),
    "registry_standard": Meter("Container Registry", "Standard Registry Unit", "1/Day"),
    "registry_premium": Meter("Container Registry", "Premium Registry Unit", "1/Day"),
    "firewall_standard": Meter("Azure Firewall", "Standard Deployment", "1 Hour"),
    "firewall_basic": Meter("Azure Firewall", "Basic Deployment", "1 Hour"),
    "private_endpoint": Meter("Virtual Network", "Standard Private Endpoint", "1 Hour"),
    "public_ip": Meter("Virtual Network", "Standard IPv4 Static Public IP", "1 Hour"),
    "dbu_jobs": Meter("Azure Databricks", "Premium Jobs Compute DBU", "1 Hour"),
    "dbu_sql_classic": Meter("Azure Databricks", "Premium SQL Analytics DBU", "1 Hour"),
    "dbu_sql_pro": Meter("Azure Databricks", "Premium SQL Compute Pro DBU", "1 Hour"),
    "dbu_sql_serverless": Meter("Azure Databricks", "Premium Serverless SQL DBU", "1 Hour"),
    "dbu_all_purpose": Meter("Azure Databricks", "Premium All-purpose Compute DBU", "1 Hour"),
    "disk_p10": Meter("Storage", "P10 LRS Disk", "1/Month", "Premium SSD Managed Disks"),
    "logs_ingested": Meter("Log Analytics", "Analytics Logs Data Ingestion", "1 GB"),
    "logs_kept": Meter("Log Analytics", "Analytics Logs Data Retention", "1 GB/Month"),
    "blobs_lrs": Meter("Storage", "Hot LRS Data Stored", "1 GB/Month", LAKE),
    "blobs_zrs": Meter("Storage", "Hot ZRS Data Stored", "1 GB/Month", LAKE),
    "blobs_grs": Meter("Storage", "Hot GRS Data Stored", "1 GB/Month", LAKE),
    "blobs_gzrs": Meter("Storage", "Hot GZRS Data Stored", "1 GB/Month", LAKE),
    "blobs_ragrs": Meter("Storage", "Hot RA-GRS Data Stored", "1 GB/Month", LAKE),
}
Item = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--read", type=date.fromisoformat, required=True, help="the day on which the list was read")
    parser.add_argument("pages", type=Path, nargs="+", help="files of the price list")
    arguments = parser.parse_args()
    items = [item for page in arguments.pages for item in items_of(page.read_text(encoding="utf-8"))]
    for file, renew in (("vm.txt", machines), ("meters.txt", meters)):
        table = TABLES / file
        table.write_text(renew(table.read_text(encoding="utf-8"), items, arguments.read), encoding="utf-8")


def items_of(page: str) -> Iterator[Item]:
    """The prices of a page that are paid as one goes; raises ValueError for a list in another currency."""
    for item in json.loads(page)["Items"]:
        if item["currencyCode"] != "USD":
            raise ValueError(f"the list is in {item['currencyCode']}: ask for currencyCode='USD'")
        if item["type"] == "Consumption" and Decimal(str(item["retailPrice"])) > 0:
            yield item


def machines(table: str, items: Iterable[Item], read: date) -> str:
    """The table of machines with what the list has of its sizes and regions."""
    heads, (head, days, *rows) = _split(table)
    regions = head[1:]
    found: dict[tuple[str, str], str] = {}
    for item in items:
        if _is_a_machine_on_demand(item):
            found[item["armSkuName"].lower(), item["armRegionName"]] = _figure(item)
    renewed = {region for _, region in found}
    days[1:] = [str(read) if region in renewed else day for region, day in zip(regions, days[1:], strict=True)]
    for row in rows:
        for place, region in enumerate(regions, 1):
            if region in renewed:
                row[place] = found.get((row[0].lower(), region), "-")
    return "\n".join([*heads, *(_line_of_machines(row, regions) for row in (head, days, *rows)), ""])


def _is_a_machine_on_demand(item: Item) -> bool:
    product, sku = item["productName"].lower(), item["skuName"].lower()
    return (
        item["serviceName"] == "Virtual Machines"
        and item["unitOfMeasure"] == "1 Hour"
        and not any(word in product for word in NOT_LINUX)
        and not any(word in sku for word in NOT_ON_DEMAND)
    )


def _line_of_machines(row: list[str], regions: list[str]) -> str:
    widths = [max(len(region), len("2026-11-27")) + 2 for region in regions]
    return row[0].ljust(28) + "".join(cell.rjust(width) for cell, width in zip(row[1:], widths, strict=True))


def meters(table: str, items: Iterable[Item], read: date) -> str:
    """The table of meters with what the list has of them in regions of it, or of machines."""
    heads, (head, *rows) = _split(table)
    regions = {row[1] for row in rows} | _regions_of_machines()
    known = {(row[0], row[1]): row for row in rows}
    pages = {row[0]: row[6] for row in rows}
    units = {row[0]: row[3] for row in rows}
    for name, meter in METERS.items():
        prices = _prices(meter, items)
        if GLOBAL in prices:
            prices = {EVERYWHERE: prices[GLOBAL]}
        elif (name, EVERYWHERE) in known and len(set(prices.values())) == 1:
            prices = {EVERYWHERE: next(iter(prices.values()))}
        for region, figure in prices.items():
            if region in regions:
                known[name, region] = [name, region, figure, units[name], str(read), "yes", pages[name]]
    return "\n".join([*heads, *(_line_of_meters(row) for row in (head, *(known[key] for key in sorted(known)))), ""])


def _prices(meter: Meter, items: Iterable[Item]) -> dict[str, str]:
    """By region, of the smallest amount that costs anything."""
    matching = [
        item
        for item in items
        if (item["serviceName"], item["meterName"], item["unitOfMeasure"]) == (meter.service, meter.name, meter.unit)
        and meter.product in ("", item["productName"])
    ]
    matching.sort(key=lambda item: Decimal(str(item["tierMinimumUnits"])), reverse=True)
    return {item["armRegionName"].lower(): _figure(item) for item in matching}


def _regions_of_machines() -> set[str]:
    _, (head, *_) = _split((TABLES / "vm.txt").read_text(encoding="utf-8"))
    return set(head[1:])


def _line_of_meters(row: list[str]) -> str:
    widths = (18, 15, 7, 9, 10, 4, 0)
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _figure(item: Item) -> str:
    return format(Decimal(str(item["retailPrice"])), "f")


def _split(table: str) -> tuple[list[str], list[list[str]]]:
    """The remarks at the top of a table, and its rows."""
    lines = table.splitlines()
    return [line for line in lines if line.startswith("#")], [line.split() for line in lines if line[:1] != "#"]


if __name__ == "__main__":
    main()
