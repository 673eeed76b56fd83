"""The tables of prices: sound, and written anew from a price list as Azure's API answers."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mlinfra.azure.prices import EVERYWHERE, UNITS_A_MONTH, dbus, meter_price, vm_price
from mlinfra.azure.regions import REGIONS
from mlinfra.azure.vm_sizes import QUOTA_FAMILIES, VM_SIZES, vm_size
from tools.prices import METERS, TABLES, items_of, machines, meters

DAY = date(2026, 11, 27)
VM, METER = (TABLES / "vm.txt").read_text(), (TABLES / "meters.txt").read_text()


def _rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines() if not line.startswith("#")]


def test_what_is_written_anew_from_an_empty_list_is_what_was_there() -> None:
    assert machines(VM, [], DAY) == VM
    assert meters(METER, [], DAY) == METER


def test_tables_speak_of_known_regions_and_sizes_and_of_prices_above_nothing() -> None:
    (_, *regions), _, *rows = _rows(VM)
    of_meters = _rows(METER)[1:]
    known = {*REGIONS, EVERYWHERE}
    assert [name for name in (*regions, *(row[1] for row in of_meters)) if name not in known] == []
    assert [row[0] for row in rows if vm_size(row[0]) is None] == []
    figures = [cell for row in rows for cell in row[1:] if cell != "-"] + [row[2] for row in of_meters]
    assert [figure for figure in figures if float(figure) <= 0] == []
    assert {row[3] for row in of_meters} == {*UNITS_A_MONTH, "GB", "GB-month", "DBU"}
    assert {row[5] for row in of_meters} == {"yes", "?"}
    assert len({row[0] for row in rows}) == len(rows)


def test_each_size_that_can_be_had_has_a_row_and_a_quota_family() -> None:
    """A row may be all dashes; a size without a row was forgotten."""
    there = {row[0].lower() for row in _rows(VM)[2:]}
    assert [size.name for name, size in VM_SIZES.items() if not size.retires and name not in there] == []
    assert [size.name for size in VM_SIZES.values() if not size.retires and size.family not in QUOTA_FAMILIES] == []


def test_dbus_are_of_known_sizes_and_each_stands_once() -> None:
    rows = _rows((TABLES / "dbu.txt").read_text())
    sizes = [size for _, *sizes in rows for size in sizes]
    assert len(sizes) == len(set(sizes)) >= 190
    assert all(dbus(size) == Decimal(figure) > 0 for figure, *sizes in rows for size in sizes)


def _item(**other: Any) -> dict[str, Any]:
    return {
        "currencyCode": "USD",
        "type": "Consumption",
        "retailPrice": 0.5,
        "armRegionName": "westeurope",
        "armSkuName": "Standard_D4as_v4",
        "productName": "Virtual Machines Dasv4 Series",
        "skuName": "D4as v4",
        "serviceName": "Virtual Machines",
        "meterName": "D4as v4",
        "unitOfMeasure": "1 Hour",
        "tierMinimumUnits": 0.0,
        **other,
    }


LIST = [
    _item(),
    _item(retailPrice=0.9, productName="Virtual Machines Dasv4 Series Windows"),
    _item(retailPrice=0.8, productName="Dasv4 Series Cloud Services"),
    _item(retailPrice=0.1, skuName="D4as v4 Low Priority"),
    _item(retailPrice=0.2, skuName="D4as v4 Spot"),
    _item(retailPrice=0.3, type="Reservation"),
    _item(retailPrice=0.0, armSkuName="Standard_D8as_v4"),
    _item(armSkuName="Standard_Unknown"),
    _item(retailPrice=0.7, armRegionName="brazilsouth"),
]
REGISTRY = _item(serviceName="Container Registry", meterName="Premium Registry Unit", unitOfMeasure="1/Day")
LOGS = _item(serviceName="Log Analytics", meterName="Analytics Logs Data Ingestion", unitOfMeasure="1 GB")
ENDPOINT = _item(serviceName="Virtual Network", meterName="Standard Private Endpoint", armRegionName="Global")


def _listed(*items: dict[str, Any]) -> list[Any]:
    return list(items_of(json.dumps({"Items": items, "NextPageLink": None})))


def test_machines_are_those_of_linux_on_demand_and_a_region_is_taken_as_a_whole() -> None:
    written = machines(VM, _listed(*LIST), DAY)
    head, days, *rows = _rows(written)
    column = head.index("westeurope")
    assert days[column] == "2026-11-27"
    assert {row[0]: row[column] for row in rows if row[column] != "-"} == {"Standard_D4as_v4": "0.5"}
    others = [place for place in range(1, len(head)) if place != column]
    assert [[row[place] for place in others] for row in _rows(written)] == [
        [row[place] for place in others] for row in _rows(VM)
    ]


def test_meters_are_those_of_the_list_and_others_stay_as_they_are() -> None:
    tiers = [{**LOGS, "retailPrice": 0.0}, {**LOGS, "retailPrice": 3.1, "tierMinimumUnits": 5.0}]
    more = [{**REGISTRY, "retailPrice": 1.7}, {**REGISTRY, "retailPrice": 1.9, "armRegionName": "uksouth"}]
    written = meters(METER, _listed(*tiers, *more, {**ENDPOINT, "retailPrice": 0.02}), DAY)
    changed = [row for row in _rows(written) if row not in _rows(METER)]
    assert changed == [
        ["logs_ingested", "westeurope", "3.1", "GB", "2026-11-27", "yes", "monitor"],
        ["private_endpoint", "*", "0.02", "hour", "2026-11-27", "yes", "private-link"],
        ["registry_premium", "uksouth", "1.9", "day", "2026-11-27", "yes", "container-registry"],
        ["registry_premium", "westeurope", "1.7", "day", "2026-11-27", "yes", "container-registry"],
    ]


def test_a_list_in_another_currency_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the list is in EUR: ask for currencyCode='USD'"):
        _listed(_item(currencyCode="EUR"))


def test_each_meter_of_the_generator_is_one_of_the_table() -> None:
    assert set(METERS) - {row[0] for row in _rows(METER)} == set()


def test_a_price_has_its_day_and_says_whether_it_was_read() -> None:
    found = vm_price("standard_d4as_v4", "westeurope")
    assert found is not None
    assert (str(found.dollars), found.unit, str(found.read), found.sure) == ("0.23", "hour", "2026-08-22", True)
    inferred = meter_price("registry_standard", "westeurope")
    assert inferred is not None
    assert not inferred.sure
