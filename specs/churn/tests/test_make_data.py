"""The committed data set is what the committed script makes."""

from pathlib import Path

import make_data


def test_script_reproduces_the_committed_customers_byte_for_byte(tmp_path: Path) -> None:
    made = tmp_path / "new folder" / "customers.csv"
    make_data.make_data(made)
    assert made.read_bytes() == make_data.DEFAULT_OUT.read_bytes()
