"""report: what a change does, on one page that loads nothing: changes, map, access, cost, everything."""
