"""Routes made from the declarations themselves: whatever can be said is written, read back and checked."""

from dataclasses import fields, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dji.wpml import KmzError, Severity, check, read_kmz, write_kmz
from dji.wpml.actions import Action
from dji.wpml.element import Element, Kind, Place, Position, Raw, Spec
from dji.wpml.kmz import Kmz
from dji.wpml.markup import VERSIONS
from dji.wpml.mission import MissionConfig
from dji.wpml.params import ACTIONS, Params, UnknownParams
from dji.wpml.template import TemplateDocument, TemplateFile, TemplateFolder
from dji.wpml.waylines import Point, Wayline, WaylinesDocument, WaylinesFile, Waypoint

MADE: dict[type[Element], st.SearchStrategy[Any]] = {}

TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
LAT, LON = st.floats(-90, 90), st.floats(-180, 180)
RAW = st.builds(
    Raw,
    tag=st.sampled_from(["wpml:newThing", "kml:name", "{urn:other}thing"]),
    text=TEXT,
    attributes=st.sampled_from([(), (("id", "7"),)]),
    children=st.lists(st.builds(Raw, tag=st.just("wpml:inner"), text=TEXT), max_size=2).map(tuple),
)


def value(spec: Spec) -> st.SearchStrategy[Any]:
    low, high = spec.low if spec.low is not None else spec.above, spec.high
    match spec.kind:
        case Kind.TEXT:
            return st.sampled_from([str(each) for each in spec.values]) | TEXT if spec.values else TEXT
        case Kind.INTEGER:
            return st.integers(int(low) if low is not None else -(10**9), int(high) if high is not None else 10**9)
        case Kind.NUMBER:
            return NUMBER | st.floats(low if low is not None else -1e6, high if high is not None else 1e6)
        case Kind.FLAG:
            return st.booleans()
        case Kind.WORDS:
            return st.lists(st.sampled_from(["wide", "zoom", "ir"]), max_size=3).map(tuple)
        case Kind.PLACE:
            return st.builds(Place, LAT, LON, st.none() | st.floats(-1e4, 1e4))
        case Kind.POSITIONS:
            return st.lists(st.builds(Position, LON, LAT, st.none() | st.floats(-1e4, 1e4)), max_size=4).map(tuple)
        case Kind.CHILD:
            assert spec.child is not None
            return element(spec.child)
        case Kind.CHILDREN:
            assert spec.child is not None
            return st.lists(element(spec.child), max_size=2).map(tuple)


def element(cls: type[Element]) -> st.SearchStrategy[Any]:
    if cls is Action:
        return ACTION
    if cls not in MADE:
        MADE[cls] = st.deferred(lambda: _plain(cls))
    return MADE[cls]


def _plain(cls: type[Element]) -> st.SearchStrategy[Any]:
    parts: dict[str, st.SearchStrategy[Any]] = {}
    for spec in cls.specs().values():
        made = value(spec)
        parts[spec.name] = made if spec.kind in (Kind.CHILDREN, Kind.POSITIONS) else st.none() | made
    unknown = st.lists(RAW, max_size=2).map(lambda raws: tuple(sorted(raws, key=lambda raw: raw.tag)))
    return st.builds(cls, unknown=unknown, attributes=st.sampled_from([(), (("id", "1"),)]), **parts)


@st.composite
def actions(draw: st.DrawFn) -> Action:
    name = draw(st.sampled_from([*ACTIONS, "dance"]))
    params: type[Params] = ACTIONS.get(name, UnknownParams)
    return Action(
        action_id=draw(st.integers(0, 65535)),
        action_actuator_func=name,
        action_actuator_func_param=draw(st.none() | element(params)),
    )


ACTION = actions()


@st.composite
def routes(draw: st.DrawFn) -> Kmz:
    point = Point(coordinates=(Position(draw(LON), draw(LAT)),))
    first = replace(draw(element(Waypoint)), point=point)
    wayline = replace(draw(element(Wayline)), placemarks=(first, *draw(element(Wayline)).placemarks))
    mission = draw(element(MissionConfig))
    template = draw(
        st.none()
        | st.builds(
            TemplateFile,
            version=st.sampled_from(VERSIONS),
            document=st.builds(
                TemplateDocument,
                mission_config=st.just(mission),
                folders=st.lists(element(TemplateFolder), max_size=1).map(tuple),
            ),
        )
    )
    return Kmz(
        WaylinesFile(
            version=draw(st.sampled_from(VERSIONS)),
            document=WaylinesDocument(mission_config=mission, folders=(wayline,)),
        ),
        template,
        {"wpmz/res/a": b"a"},
    )


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(routes())
def test_what_is_written_is_read_back_and_written_alike(route: Kmz) -> None:
    data = write_kmz(route)
    again = read_kmz(data)
    assert again.waylines_file == route.waylines_file
    assert again.template_file == route.template_file
    assert again.resources == route.resources
    assert again.md5 == route.md5
    assert write_kmz(replace(again)) == data


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(routes(), st.sampled_from([None, "0-100-1", "0-67-0", "nonsense"]), st.sampled_from([None, "3-2-0", "?"]))
def test_any_route_can_be_checked(route: Kmz, aircraft: str | None, dock: str | None) -> None:
    problems = check(route, aircraft=aircraft, dock=dock)
    severities = [problem.severity for problem in problems]
    assert severities == sorted(severities, key=lambda severity: severity is not Severity.ERROR)
    for problem in problems:
        assert problem.element.startswith("wpmz/")
        assert problem.message.endswith(".")
        assert problem.cure.endswith(".")
    try:
        route.waypoints()
    except KmzError:
        assert any(problem.severity is Severity.ERROR for problem in problems)


def test_every_field_of_every_element_is_documented() -> None:
    seen: set[type[Element]] = set()

    def walk(cls: type[Element]) -> None:
        if cls in seen:
            return
        seen.add(cls)
        for spec in cls.specs().values():
            assert spec.doc
            if spec.child is not None:
                walk(spec.child)

    for root in (WaylinesFile, TemplateFile, *ACTIONS.values()):
        walk(root)
    own = {"attributes", "unknown", "order", "version"}
    for cls in seen:
        assert {item.name for item in fields(cls)} - own == {spec.name for spec in cls.specs().values()}
    assert len(ACTIONS) == 16
