"""Activities on the store, a module a saga. Each may run twice: the second run changes nothing."""
