"""Faults of templates, and of what names them."""

from tests.faults.fault import both, drop, put, rename

_DATA = "data/plant-${each.key}"

TEMPLATES = (
    put(f"{_DATA}/for_each", "plants", "MLI351"),
    put(f"{_DATA}/for_each", ["aachen", "aachen"], "MLI351", at=(f"{_DATA}/for_each/1",)),
    put(f"{_DATA}/for_each", [1, 2], "MLI351", at=(f"{_DATA}/for_each", f"{_DATA}/for_each/0")),
    put(f"{_DATA}/for_each", "${var.plant}", "MLI235"),
    both("for_each is called foreach", rename(f"{_DATA}/for_each", "foreach", "MLI212")),
    put(f"{_DATA}/description", "Boards of ${each.name}", "MLI352"),
    put(f"{_DATA}/path", "https://boards.contoso.example/${each.value.foldr}/", "MLI352"),
    put(
        f"{_DATA}/tags",
        {"brno": "a", "${each.key}": "b"},
        "MLI353",
        at=(f"{_DATA}/tags/${{each.key}}", f"{_DATA}/tags"),
    ),
    put(f"{_DATA}/type", "uri_folders", "MLI220"),
    put("data/sample/description", "${each.key}", "MLI352"),
    put("data/plant-brno", {"type": "uri_folder", "path": "https://boards.contoso.example/"}, "MLI350"),
    put(
        "variables/plants/default/brno/nodes",
        "three",
        "MLI220",
        at=("compute_clusters/many/max_instances",),
        needs=("compute_clusters/many/max_instances",),
    ),
    drop("variables/plants/default/brno/folder", "MLI352", at=(f"{_DATA}/path",)),
    put("jobs/once/compute", "many", "MLI354"),
    put("jobs/once/compute", "many-cork", "MLI301"),
    rename("compute_clusters/many/max_instances", "max_nodes", "MLI220"),
    put("targets/prod/overrides/compute_clusters/many-cork", {"max_instances": 1}, "MLI230"),
    put("batch_endpoints/nightly/deployments/main/compute", "many-${each.key}", "MLI352"),
)
