"""All in a route file that a dock or an aircraft would refuse, or that a person should look at, before it flies.

What a single element may hold comes from its declaration; how elements must fit together is in the `rules_*` modules.
"""

from collections.abc import Iterator
from typing import Any

from dji.wpml import rules_actions, rules_product, rules_route, rules_template
from dji.wpml.element import Element, Kind, Need, Spec
from dji.wpml.kmz import TEMPLATE, WAYLINES, Kmz
from dji.wpml.markup import VERSIONS
from dji.wpml.problems import Code, Problem, Severity, error, warning
from dji.wpml.values import decimal


def check(kmz: Kmz, *, aircraft: str | None = None, dock: str | None = None) -> list[Problem]:
    """All findings, errors first.

    `aircraft` is the model key of the aircraft that is to fly it (`0-100-1`), `dock` that of the dock it starts from
    (`3-3-0`). Without either the route is only checked against itself.
    """
    found = [
        *_versions(kmz),
        *_elements(kmz.waylines_file, WAYLINES),
        *rules_route.check(kmz),
        *rules_actions.check(kmz),
        *rules_product.check(kmz, aircraft, dock),
    ]
    if kmz.template_file is not None:
        found += _elements(kmz.template_file, TEMPLATE)
    found += rules_template.check(kmz)
    return sorted(found, key=lambda problem: problem.severity is not Severity.ERROR)


def require(kmz: Kmz, *, aircraft: str | None = None, dock: str | None = None) -> None:
    """Raise the first error that `check` finds, as KmzError."""
    for problem in check(kmz, aircraft=aircraft, dock=dock):
        if problem.severity is Severity.ERROR:
            raise problem.error()


def _versions(kmz: Kmz) -> Iterator[Problem]:
    files = [(WAYLINES, kmz.waylines_file.version)]
    if kmz.template_file is not None:
        files.append((TEMPLATE, kmz.template_file.version))
    for member, version in files:
        if version not in VERSIONS:
            message = f"WPML version {version} is not one that is known ({VERSIONS[0]} to {VERSIONS[-1]})."
            yield warning(Code.BAD_NAMESPACE, member, message, "Export the route for a dock.")


def _elements(element: Element, path: str) -> Iterator[Problem]:
    for spec in element.specs().values():
        value = getattr(element, spec.name)
        where = f"{path}/{spec.label}"
        if value is None or (spec.kind in (Kind.CHILDREN, Kind.POSITIONS) and not value):
            if spec.need is Need.REQUIRED:
                yield error(Code.MISSING_ELEMENT, where, "The element is missing.", f"Add it: {spec.doc}.")
        elif spec.kind is Kind.CHILD:
            yield from _elements(value, where)
        elif spec.kind is Kind.CHILDREN:
            for number, child in enumerate(value):
                yield from _elements(child, f"{where}[{number}]")
        else:
            yield from _value(spec, value, where)


def _value(spec: Spec, value: Any, where: str) -> Iterator[Problem]:
    if spec.kind in (Kind.INTEGER, Kind.NUMBER):
        if not _in_range(spec, value):
            message = f"{value:.12g} is not {_range(spec)}."
            yield error(Code.BAD_VALUE, where, message, f"Set it to a value {_range(spec)}: {spec.doc}.")
        if spec.values and value not in spec.values:
            yield _not_a_choice(spec, value, where)
    elif spec.kind is Kind.TEXT and spec.values and value not in spec.values:
        yield _not_a_choice(spec, value, where)
    elif spec.kind is Kind.WORDS and spec.values:
        for word in value:
            if word not in spec.values:
                yield _not_a_choice(spec, word, where)


def _in_range(spec: Spec, value: float) -> bool:
    return (
        (spec.low is None or value >= spec.low)
        and (spec.high is None or value <= spec.high)
        and (spec.above is None or value > spec.above)
    )


def _range(spec: Spec) -> str:
    unit = f" {spec.unit}" if spec.unit else ""
    if spec.above is not None:
        return f"above {decimal(spec.above)}{unit}"
    if spec.low is not None and spec.high is not None:
        return f"from {decimal(spec.low)} to {decimal(spec.high)}{unit}"
    if spec.low is not None:
        return f"{decimal(spec.low)}{unit} or more"
    return f"{decimal(spec.high or 0)}{unit} or less"


def _not_a_choice(spec: Spec, value: Any, where: str) -> Problem:
    choices = ", ".join(str(each) for each in spec.values)
    return error(Code.BAD_VALUE, where, f"{str(value)[:40]!r} is not documented.", f"Choose one of: {choices}.")
