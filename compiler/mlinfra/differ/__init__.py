"""differ: two outputs of a platform set against each other, resource by resource, with what Azure does at the merge."""
