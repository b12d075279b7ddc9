"""Reading route files: what DJI's software writes is understood and kept, what is hostile is refused by name."""

import io
import re
import struct
import warnings
import zipfile
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dji.wpml import WAYLINES, Code, KmzError, read_kmz, write_kmz
from dji.wpml.archive import MAX_MEMBERS, MAX_UNPACKED
from dji.wpml.markup import MAX_BYTES
from dji.wpml.params import Hover, TakePhoto
from tests.dji.wpml_samples import PHOTO_GROUP, kmz, placemark, waylines, zipped


def refused(data: bytes, *, max_bytes: int = 10**9, max_unpacked: int = MAX_UNPACKED) -> KmzError:
    with pytest.raises(KmzError) as caught:
        read_kmz(data, max_bytes=max_bytes, max_unpacked=max_unpacked)
    error = caught.value
    assert error.element
    assert error.message
    assert error.cure
    assert str(error).startswith(error.element)
    return error


def test_a_route_of_djis_software_is_understood() -> None:
    route = read_kmz(kmz(), name="ridge")
    assert route.aircraft_key == "0-100-1"
    assert route.waylines_file.version == "1.0.6"
    assert route.mission.global_rth_height == 100
    first, second, third = route.waypoints()
    assert (first.lat, first.lon, first.height, first.speed, first.stops) == (47.0, 8.0, 60, 8.5, True)
    assert (second.hover_s, second.photos) == (2.5, 1)
    assert [type(action.action_actuator_func_param) for action in second.actions] == [Hover, TakePhoto]
    assert (third.hover_s, third.photos) == (0, 0)
    assert route.length_m() == pytest.approx(113.0 + 76.1, abs=0.5)


def test_what_is_not_documented_is_listed_and_kept_in_its_place() -> None:
    route = read_kmz(kmz())
    folder = f"{WAYLINES}/Document/Folder[0]"
    assert route.unknown_elements() == [
        f"{WAYLINES}/Document/missionConfig/waylineAvoidLimitAreaMode",
        f"{folder}/distance",
        f"{folder}/duration",
        *(f"{folder}/Placemark[{n}]/waypointHeadingParam/waypointHeadingPoiIndex" for n in range(3)),
    ]
    written = zipfile.ZipFile(io.BytesIO(write_kmz(replace(route)))).read(WAYLINES).decode()
    assert re.findall(r"<([\w:]+)", written) == re.findall(r"<([\w:]+)", waylines())
    assert read_kmz(write_kmz(replace(route))) == route


def test_a_route_that_was_read_keeps_its_bytes_and_its_fingerprint() -> None:
    data = kmz()
    route = read_kmz(data)
    assert write_kmz(route) == data
    copy = replace(route, name="other")
    assert write_kmz(copy) != data
    assert copy.md5 == replace(route).md5 != route.md5


@pytest.mark.parametrize("version", ["1.0.2", "1.0.3", "1.0.4", "1.0.5", "1.0.6"])
def test_each_version_of_the_namespace_is_read_and_written(version: str) -> None:
    route = read_kmz(kmz(waylines(version=version)))
    assert read_kmz(write_kmz(replace(route))).waylines_file.version == version


def test_resources_are_kept() -> None:
    route = read_kmz(kmz(**{"wpmz/res/image/a.jpg": b"\xff\xd8"}))
    assert route.resources == {"wpmz/res/image/a.jpg": b"\xff\xd8"}
    assert read_kmz(write_kmz(replace(route))).resources == route.resources


def test_text_in_another_encoding_is_read() -> None:
    text = waylines().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert len(read_kmz(kmz(text.encode("utf-16"))).waypoints()) == 3


# The archive


def test_no_zip_is_refused() -> None:
    assert refused(b"<kml/>").code is Code.NOT_A_ZIP
    assert refused(b"").code is Code.NOT_A_ZIP
    assert refused(kmz()[:-30]).code is Code.NOT_A_ZIP
    assert refused(b"#!/bin/sh\n" + kmz()).code is Code.NOT_A_ZIP


def test_an_archive_without_waylines_says_where_they_are() -> None:
    assert refused(zipped({"wpmz/template.kml": "<kml/>"})).code is Code.NO_WAYLINES
    error = refused(zipped({"waylines.wpml": waylines()}))
    assert error.code is Code.NO_WAYLINES
    assert "lies at waylines.wpml" in error.cure


def test_limits_of_size_hold() -> None:
    data = kmz()
    assert refused(data, max_bytes=len(data) - 1).code is Code.TOO_LARGE
    read_kmz(data, max_bytes=len(data))
    assert refused(data, max_unpacked=1000).code is Code.ZIP_BOMB
    many = zipped([(f"wpmz/res/{number}", b"") for number in range(MAX_MEMBERS + 1)])
    assert refused(many).code is Code.TOO_LARGE


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refused(kmz(**{"wpmz/res/x": b"\0" * 50_000_000})).code is Code.ZIP_BOMB


def test_a_bomb_whose_headers_lie_is_refused() -> None:
    bomb = bytearray(zipped({"wpmz/waylines.wpml": b"\0" * 30_000_000}))
    honest = struct.pack("<I", 30_000_000)
    assert bomb.count(honest) == 2
    lying = bytes(bomb.replace(honest, struct.pack("<I", 1000)))
    # zipfile stops at the size that is said, and then finds the checksum wrong
    assert refused(lying).code in (Code.ZIP_BOMB, Code.NOT_A_ZIP)


def test_members_that_overlap_are_refused() -> None:
    data = zipped([("wpmz/waylines.wpml", waylines()), ("wpmz/res/a", b"a")])
    entry = data.rfind(b"PK\x01\x02")
    overlapping = bytearray(data)
    overlapping[entry + 42 : entry + 46] = struct.pack("<I", 5)
    assert refused(bytes(overlapping)).code in (Code.ZIP_BOMB, Code.NOT_A_ZIP)
    overlapping[entry + 42 : entry + 46] = struct.pack("<I", 0)
    assert refused(bytes(overlapping)).code in (Code.ZIP_BOMB, Code.NOT_A_ZIP)


@pytest.mark.parametrize(
    "name",
    ["../evil", "wpmz/../../evil", "/etc/passwd", "wpmz//x", "C:/x", "wpmz\\x", "wpmz/./x", "wpmz/a\nb", "a" * 300],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    # zipfile itself turns a backslash around on Windows only, so the name arrives as it is
    assert refused(zipped([("wpmz/waylines.wpml", waylines()), (name, b"x")])).code is Code.BAD_PATH


def test_a_name_cut_by_a_nul_is_refused() -> None:
    data = zipped([("wpmz/waylines.wpml", waylines()), ("wpmz/res/a.jpg_x", b"x")])
    assert refused(data.replace(b"a.jpg_x", b"a.jpg\0x")).code is Code.BAD_PATH


def test_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("wpmz/waylines.wpml", waylines())
        link = zipfile.ZipInfo("wpmz/res/link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(out.getvalue()).code is Code.BAD_PATH


@pytest.mark.parametrize("second", ["wpmz/waylines.wpml", "wpmz/Waylines.WPML"])
def test_two_members_of_one_name_are_refused(second: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        data = zipped([("wpmz/waylines.wpml", waylines()), (second, "<kml/>")])
    assert refused(data).code is Code.DUPLICATE_NAME


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(kmz())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark) + offset
        data[at] |= 1
    assert refused(bytes(data)).code is Code.ENCRYPTED


def test_a_member_in_an_unusual_packing_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("wpmz/waylines.wpml", waylines())
    assert refused(out.getvalue()).code is Code.BAD_MEMBER


# The XML

_LAUGHS = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
_FILE = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_DTD = '<!DOCTYPE kml SYSTEM "http://127.0.0.1/x.dtd">'


@pytest.mark.parametrize("doctype", [_LAUGHS, _FILE, _DTD])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused(doctype: str, encoding: str) -> None:
    head, _, rest = waylines().partition("?>")
    text = head.replace("UTF-8", encoding.upper()) + "?>" + doctype + rest
    assert refused(kmz(text.encode(encoding))).code is Code.ENTITY_FORBIDDEN


def test_an_entity_that_is_not_there_is_refused() -> None:
    assert refused(kmz(waylines().replace("safely", "&x;"))).code is Code.ENTITY_FORBIDDEN


@pytest.mark.parametrize("text", ["", "no xml", "<kml>", "<kml/><kml/>", "\0", "<" * 10_000, "<a>" * 5_000])
def test_what_is_no_xml_is_refused(text: str) -> None:
    assert refused(kmz(text)).code is Code.BAD_XML


def test_a_wrong_namespace_is_refused() -> None:
    assert refused(kmz("<kml/>")).code is Code.BAD_NAMESPACE
    assert refused(kmz('<svg xmlns="http://www.w3.org/2000/svg"/>')).code is Code.BAD_NAMESPACE
    assert refused(kmz('<kml xmlns="http://www.opengis.net/kml/2.2"/>')).code is Code.BAD_NAMESPACE
    mixed = waylines().replace("<wpml:distance>", '<wpml:distance xmlns:wpml="http://www.dji.com/wpmz/1.0.2">')
    assert refused(kmz(mixed)).code is Code.BAD_NAMESPACE
    none = waylines().replace("<wpml:distance>248.4</wpml:distance>", '<distance xmlns="">1</distance>')
    assert refused(kmz(none)).code is Code.BAD_NAMESPACE


def test_a_route_without_its_bones_is_refused() -> None:
    head, _, tail = waylines().partition("<Folder>")
    no_folder = head + tail.partition("</Folder>")[2]
    assert refused(kmz(no_folder)).element == f"{WAYLINES}/Document/Folder"
    no_waypoints = refused(kmz(waylines("")))
    assert (no_waypoints.code, no_waypoints.element) == (
        Code.MISSING_ELEMENT,
        f"{WAYLINES}/Document/Folder[0]/Placemark",
    )
    before, _, rest = waylines().partition("<wpml:missionConfig>")
    no_mission = before + rest.partition("</wpml:missionConfig>")[2]
    assert refused(kmz(no_mission)).element == f"{WAYLINES}/Document/missionConfig"


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("<wpml:index>1<", "<wpml:index>one<", "Placemark[1]/index"),
        ("<wpml:index>1<", "<wpml:index>1_0<", "Placemark[1]/index"),
        ("<wpml:index>1<", "<wpml:index>1.5<", "Placemark[1]/index"),
        ("<wpml:index>1<", "<wpml:index>1<x/><", "Placemark[1]/index"),
        (">80<", ">nan<", "Placemark[1]/executeHeight"),
        (">80<", ">1e999<", "Placemark[1]/executeHeight"),
        (">80<", "><", "Placemark[1]/executeHeight"),
        (">80<", ">٨٠<", "Placemark[1]/executeHeight"),
        ("8.0, 47.001", "8.0", "Placemark[1]/Point/coordinates"),
        ("8.0, 47.001", "47.001, 98.0", "Placemark[1]/Point/coordinates"),
        ("8.0, 47.001", "181, 8.0", "Placemark[1]/Point/coordinates"),
        ("<wpml:useStraightLine>1<", "<wpml:useStraightLine>yes<", "Placemark[0]/useStraightLine"),
    ],
)
def test_a_value_that_cannot_be_read_names_its_element(old: str, new: str, element: str) -> None:
    error = refused(kmz(waylines().replace(old, new)))
    assert error.code is Code.BAD_VALUE
    assert error.element == f"{WAYLINES}/Document/Folder[0]/{element}"


def test_an_element_that_is_there_twice_is_refused() -> None:
    twice = waylines().replace("<wpml:waylineId>0</wpml:waylineId>", "<wpml:waylineId>0</wpml:waylineId>" * 2)
    assert refused(kmz(twice)).code is Code.REPEATED_ELEMENT


SAMPLE = kmz(**{"wpmz/res/a": b"abc"})
TEXT = waylines()


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_broken_archive_raises_only_the_documented_error(changes: list[tuple[int, int]]) -> None:
    data = bytearray(SAMPLE)
    for at, byte in changes:
        data[at] = byte
    with suppress(KmzError):
        read_kmz(bytes(data)).waypoints()


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_broken_text_raises_only_the_documented_error(data: st.DataObject) -> None:
    text = TEXT
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 60)))
        text = text[:start] + data.draw(st.text(max_size=5) | st.sampled_from(["<", "&", "-1", "65535"])) + text[end:]
    with suppress(KmzError):
        read_kmz(kmz(text.encode("utf-8", "surrogatepass"))).waypoints()


def test_groups_that_cover_a_route_again_and_again_are_refused() -> None:
    group = PHOTO_GROUP.replace("StartIndex>1<", "StartIndex>0<").replace("EndIndex>1<", "EndIndex>65535<")
    points = [placemark(number, 47 + number / 10_000, 8.0, 60, group) for number in range(600)]
    with pytest.raises(KmzError) as caught:
        read_kmz(kmz(waylines("".join(points)))).waypoints()
    assert caught.value.code is Code.TOO_LARGE


def test_a_text_that_is_too_long_is_refused() -> None:
    long = waylines().replace("248.4", "248.4" + " " * MAX_BYTES)
    assert refused(kmz(long)).code in (Code.TOO_LARGE, Code.ZIP_BOMB)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(WAYLINES, long)
    assert refused(out.getvalue()).code is Code.TOO_LARGE
