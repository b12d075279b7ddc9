"""Activities: what sagas do to the outside, one outside system a module. Each may run twice and says so to nobody."""
