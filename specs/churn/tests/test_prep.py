"""Preparation: what is rejected and how it is told, and a split that stays."""

from collections.abc import Callable
from pathlib import Path

import pytest

import customers
import prep

HEADER = "customer_id,tenure_months,contract,internet,payment,monthly_charge,support_calls,data_gb,churned"
GOOD = "C1,5,monthly,dsl,card,40.5,0,12.5,0"
WriteCustomers = Callable[..., Path]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",5,monthly,dsl,card,40.5,0,12.5,0", "customer_id is missing"),
        ("C1,7,monthly,dsl,card,40.5,0,12.5,0", 'customer_id "C1" is repeated'),
        ("C2,,monthly,dsl,card,40.5,0,12.5,0", "tenure_months is missing"),
        ("C2,nan,monthly,dsl,card,40.5,0,12.5,0", 'tenure_months "nan" is not a number from 0 to 1200'),
        ("C2,5,weekly,dsl,card,40.5,0,12.5,0", 'contract "weekly" is none of monthly, one_year, two_years'),
        ("C2,5,monthly,DSL,card,40.5,0,12.5,0", 'internet "DSL" is none of none, dsl, fibre'),
        ("C2,5,monthly,dsl,,40.5,0,12.5,0", "payment is missing"),
        ("C2,5,monthly,dsl,card,-1,0,12.5,0", 'monthly_charge "-1" is not a number from 0 to 1000'),
        ("C2,5,monthly,dsl,card,40.5,inf,12.5,0", 'support_calls "inf" is not a number from 0 to 1000'),
        ("C2,5,monthly,dsl,card,40.5,0,many,0", 'data_gb "many" is not a number from 0 to 100000'),
        ("C2,5,monthly,dsl,card,40.5,0,12.5,yes", 'churned "yes" is none of 0, 1'),
    ],
)
def test_broken_row_is_left_out_and_named_with_its_line(
    row: str, message: str, write_customers: WriteCustomers, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = customers.read(write_customers(GOOD, row), labelled=True, tolerated=0.5)
    assert accepted["customer_id"].tolist() == ["C1"]
    assert capsys.readouterr().err == f"customers.csv:3: {message}\n"


def test_spaces_and_a_missing_optional_number_are_no_faults(write_customers: WriteCustomers) -> None:
    row = customers.read(write_customers(" C1 , 5 , monthly , none , card , 40.5 , 0 ,  , 0 "), labelled=True).iloc[0]
    assert (row["customer_id"], row["tenure_months"], row["contract"], row["churned"]) == ("C1", 5.0, "monthly", "0")
    assert row[["data_gb"]].isna().all()


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        (HEADER, [GOOD, "C2,5,weekly,dsl,card,1,0,1,0"], "prep: 1 of 2 rows are broken, tolerated are 1.0%"),
        (HEADER, [], "prep: no customers"),
        (
            "customer_id,contract,internet,payment,support_calls,data_gb,churned",
            ["C1,monthly,dsl,card,0,1,0"],
            "prep: customers.csv: missing columns: tenure_months, monthly_charge",
        ),
        (f"{HEADER},churned", [f"{GOOD},1"], "prep: customers.csv: repeated columns: churned"),
        (HEADER, [GOOD, f"{GOOD},1"], "prep: customers.csv:3: 10 values under 9 columns"),
        (HEADER, ['"C1', GOOD], "prep: customers.csv: unexpected end of data"),
    ],
)
def test_unusable_data_ends_the_step_with_a_message(
    header: str, rows: list[str], message: str, write_customers: WriteCustomers, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as stopped:
        _prep(write_customers(*rows, header=header), tmp_path)
    assert stopped.value.code == message
    assert not (tmp_path / "train_data").exists()


def test_missing_file_and_empty_folder_end_the_step_with_a_message(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"^prep: absent\.csv: .*No such file or directory"):
        _prep(tmp_path / "absent.csv", tmp_path)
    with pytest.raises(SystemExit, match=r'^prep: no CSV file in ".*"$'):
        _prep(tmp_path, tmp_path)


def test_every_csv_file_of_a_folder_is_read(write_customers: WriteCustomers) -> None:
    write_customers(GOOD, name="january.csv")
    folder = write_customers(GOOD.replace("C1", "C2"), name="february.csv").parent
    (folder / "notes.txt").write_text("not data", encoding="utf-8")
    assert customers.read(folder, labelled=True)["customer_id"].tolist() == ["C2", "C1"]


def test_split_is_disjoint_complete_and_about_one_in_five(prepared: Path) -> None:
    train, test = (_ids(prepared / side) for side in ("train_data", "test_data"))
    assert train.isdisjoint(test)
    assert len(train | test) == 2400 - 3  # three rows of the export are broken, one customer is there twice
    assert 0.18 < len(test) / 2400 < 0.22


def test_customer_stays_on_its_side_when_others_join(write_customers: WriteCustomers, tmp_path: Path) -> None:
    few = [GOOD.replace("C1", f"C{number}") for number in range(50)]
    many = [GOOD.replace("C1", f"C{number}") for number in reversed(range(200))]
    _prep(write_customers(*few), tmp_path / "before")
    _prep(write_customers(*many), tmp_path / "after")
    assert _ids(tmp_path / "before" / "test_data") < _ids(tmp_path / "after" / "test_data")
    assert _ids(tmp_path / "before" / "train_data") < _ids(tmp_path / "after" / "train_data")


def test_same_seed_gives_the_same_bytes_and_another_seed_another_split(prepared: Path, tmp_path: Path) -> None:
    raw = Path(__file__).parents[1] / "data" / "customers.csv"
    _prep(raw, tmp_path / "same", "--seed", "7")
    _prep(raw, tmp_path / "other", "--seed", "8")
    expected = (prepared / "test_data" / "customers.csv").read_bytes()
    assert (tmp_path / "same" / "test_data" / "customers.csv").read_bytes() == expected
    assert (tmp_path / "other" / "test_data" / "customers.csv").read_bytes() != expected


def _prep(raw: Path, out: Path, *more: str) -> None:
    sides = ("--train_data", str(out / "train_data"), "--test_data", str(out / "test_data"))
    prep.main(["--data", str(raw), *sides, *more])


def _ids(folder: Path) -> set[str]:
    return set(customers.read(folder, labelled=True)["customer_id"])
