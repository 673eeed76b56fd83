"""Texts of bundles that mean a person, where pipelines deploy them."""

from __future__ import annotations

import pytest

from tests.pipelines.platforms import compiled, pipelines, spec

WORKSPACE = "databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}\n"
ME = "${workspace.current_user.userName}"
PERSONS = {  # an entry -> what of it is that of a person
    "mail": (
        f'databricks_jobs: {{j: {{tasks: [], email_notifications: {{on_failure: ["{ME}"]}}}}}}',
        "an address of mail",
    ),
    "mail of a pipeline": (
        f'databricks_pipelines: {{j: {{notifications: [{{email_recipients: ["{ME}"]}}]}}}}',
        "an address of mail",
    ),
    "a folder": (f'databricks_experiments: {{j: {{name: "/Users/{ME}/e"}}}}', "a folder"),
    "a parameter": (
        f'databricks_jobs: {{j: {{parameters: [{{name: p, default: "/Workspace/Users/{ME}/x"}}], tasks: []}}}}',
        "a folder",
    ),
    "a name": ('databricks_jobs: {j: {name: "${workspace.current_user.short_name} j", tasks: []}}', "the name"),
    "what may say so": (f'databricks_jobs: {{j: {{description: "by {ME}", tasks: []}}}}', None),
    "nobody": ("databricks_jobs: {j: {tasks: [], email_notifications: {on_failure: [a@contoso.com]}}}", None),
}


@pytest.mark.parametrize(("entry", "what"), PERSONS.values(), ids=PERSONS)
@pytest.mark.parametrize("deploys", [True, False], ids=["pipelines", "no pipelines"])
def test_what_is_a_persons_is_said_where_pipelines_deploy(entry: str, what: str | None, deploys: bool) -> None:
    found = compiled(spec(["dev"], WORKSPACE, f"{entry}\n", pipelines(["dev"]) if deploys else ""))
    section = entry.partition(":")[0]
    message = f"{what} of {section}.j is that of who deploys, and pipelines deploy as an application"
    said = [each.message for each in found.diagnostics["dev"] if each.code.id == "MLI895"]
    assert said == ([message] if what and deploys else [])
