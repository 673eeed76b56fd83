"""The scoring scripts, as the online server and the batch driver call them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Response

import batch_score
import customers
import score

REQUEST = (Path(__file__).parent / "request.json").read_text(encoding="utf-8")
COLUMNS = customers.names_of(customers.FEATURES)
ROW: list[object] = ["monthly", "dsl", "card", 5, 40.5, 0, None]
SHAPE = '{"input_data": {"columns": [names], "data": [[values], ...]}}'


@pytest.fixture(autouse=True)
def _served(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(trained.parent))  # a registered folder keeps its name below it
    score.init()
    batch_score.init()


def test_sample_request_is_answered_in_order_as_json() -> None:
    answer = score.run(REQUEST)
    assert isinstance(answer, dict)
    leaver, stayer = json.loads(json.dumps(answer))["predictions"]
    assert leaver["churns"] is True
    assert leaver["churn_probability"] > 0.8
    assert stayer["churns"] is False
    assert stayer["churn_probability"] < 0.1


def test_columns_come_in_any_order_and_others_are_left_out() -> None:
    plain = score.run(_request([ROW]))
    shuffled = {"columns": ["customer_id", *reversed(COLUMNS)], "data": [["C1", *reversed(ROW)]]}
    assert score.run(json.dumps({"input_data": shuffled})) == plain


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        ("{", f"the request is not of the form {SHAPE}: JSONDecodeError("),
        ("[]", f"the request is not of the form {SHAPE}: TypeError("),
        ('{"data": []}', f"the request is not of the form {SHAPE}: KeyError('input_data')"),
        (json.dumps({"input_data": {"columns": ["a"], "data": [[1, 2]]}}), f"the request is not of the form {SHAPE}: "),
        (json.dumps({"input_data": {"columns": [{}], "data": []}}), f"missing columns: {', '.join(COLUMNS)}"),
        (json.dumps({"input_data": {"columns": COLUMNS, "data": []}}), "no customers"),
        (json.dumps({"input_data": {"columns": COLUMNS[:-2], "data": []}}), "missing columns: support_calls, data_gb"),
        (json.dumps({"input_data": {"columns": [*COLUMNS, "payment"], "data": []}}), "repeated columns: payment"),
    ],
)
def test_malformed_request_gets_status_400_and_the_reason(request_body: str, message: str) -> None:
    assert _refusal(request_body).startswith(message)


def test_wrong_values_are_all_named() -> None:
    wrong: list[object] = ["weekly", None, "card", -1, "much", True, ""]
    assert _refusal(_request([ROW, wrong])).split("; ") == [
        'row 1: contract "weekly" is none of monthly, one_year, two_years',
        "row 1: internet is missing",
        'row 1: monthly_charge "much" is not a number from 0 to 1000',
        'row 1: support_calls "True" is not a number from 0 to 1000',
        'row 1: tenure_months "-1" is not a number from 0 to 1200',
    ]


def test_answer_to_a_request_with_many_wrong_values_stays_short() -> None:
    assert _refusal(_request([[None, *ROW[1:]]] * 25)).endswith("row 9: contract is missing; and 15 more")


def test_batch_scores_every_customer_of_every_file(
    write_customers: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    header = "customer_id," + ",".join(COLUMNS)
    rows = [f"C{number},monthly,dsl,card,{number % 60},40.5,0," for number in range(150)]
    first = write_customers(*rows, name="first.csv", header=header)
    second = write_customers("D1,monthly,dsl,card,5,40.5,0,", name="second.csv", header=header)
    broken = write_customers(*rows, "E1,never,dsl,card,5,40.5,0,", name="broken.csv", header=header)
    scores = batch_score.run([str(first), str(second), str(broken)])
    assert list(scores.columns) == ["customer_id", "churn_probability", "file"]
    assert scores["file"].value_counts().to_dict() == {"first.csv": 150, "broken.csv": 150, "second.csv": 1}
    assert scores["churn_probability"].between(0, 1).all()
    assert capsys.readouterr().err == 'broken.csv:152: contract "never" is none of monthly, one_year, two_years\n'


def test_online_and_batch_agree(write_customers: Callable[..., Path]) -> None:
    file = write_customers("C1,monthly,dsl,card,5,40.5,0,", header="customer_id," + ",".join(COLUMNS))
    answer = score.run(_request([ROW]))
    assert isinstance(answer, dict)
    (probability,) = batch_score.run([str(file)])["churn_probability"]
    assert answer == {"predictions": [{"churn_probability": probability, "churns": probability >= 0.5}]}


def test_batch_fails_on_a_file_that_is_broken_throughout(write_customers: Callable[..., Path]) -> None:
    with pytest.raises(customers.InvalidCustomers, match=r"^customers\.csv: missing columns: internet, payment, "):
        batch_score.run([str(write_customers("C1,monthly", header="customer_id,contract"))])


def _request(rows: list[list[object]]) -> str:
    return json.dumps({"input_data": {"columns": COLUMNS, "data": rows}})


def _refusal(request_body: str) -> str:
    answer = score.run(request_body)
    assert isinstance(answer, Response)
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    message: str = json.loads(answer.get_data(as_text=True))["message"]
    return message
