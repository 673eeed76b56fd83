"""Which type of thing an input takes."""

import pytest

from mlinfra.languages.azureml.ports import TAKEN_BY, is_taken

FITS = """
given         | uri_file uri_folder mltable custom_model mlflow_model triton_model string integer number boolean
uri_file      | yes      no         no      yes          no           no           no     no      no     no
uri_folder    | no       yes        yes     yes          yes          yes          no     no      no     no
mltable       | no       yes        yes     no           no           no           no     no      no     no
custom_model  | yes      yes        no      yes          no           no           no     no      no     no
mlflow_model  | no       yes        no      yes          yes          no           no     no      no     no
triton_model  | no       yes        no      yes          no           yes          no     no      no     no
string        | no       no         no      no           no           no           yes    no      no     no
integer       | no       no         no      no           no           no           yes    yes     yes    no
number        | no       no         no      no           no           no           yes    no      yes    no
boolean       | no       no         no      no           no           no           yes    no      no     yes
"""


def test_an_input_takes_what_this_table_says() -> None:
    head, *rows = [line.replace("|", " ").split() for line in FITS.strip().splitlines()]
    assert {*head[1:]} == set(TAKEN_BY)
    for given_type, *answers in rows:
        for wanted_type, answer in zip(head[1:], answers, strict=True):
            assert is_taken(given_type, wanted_type) is (answer == "yes"), f"{given_type} at {wanted_type}"


@pytest.mark.parametrize(("given_type", "wanted_type"), [(None, "integer"), ("integer", None), ("path", "uri_file")])
def test_a_type_that_is_not_known_fits(given_type: str | None, wanted_type: str | None) -> None:
    assert is_taken(given_type, wanted_type)
