"""XML to elements and back. DTDs and entities are refused, nothing is fetched, and what is unknown is kept."""

import re
from functools import lru_cache
from typing import Any, Final, TypeVar

from lxml import etree

from dji.wpml import values
from dji.wpml.element import Element, Kind, Raw, Spec
from dji.wpml.problems import Code, KmzError

KML: Final = "http://www.opengis.net/kml/2.2"
VERSIONS: Final = ("1.0.2", "1.0.3", "1.0.4", "1.0.5", "1.0.6")

_WPML = re.compile(r"http://www\.dji\.com/wpmz/(\d{1,3}\.\d{1,3}\.\d{1,3})", re.ASCII)
_CLARK = re.compile(r"\{([^}]*)\}(.*)", re.DOTALL)

_E = TypeVar("_E", bound=Element)
_WRITE_AS_XML: Final = "Write the file as plain XML without DOCTYPE."


def wpml_namespace(version: str) -> str:
    return f"http://www.dji.com/wpmz/{version}"


# About 10,000 waypoints with a photo each; what is made of the text takes ten times its room.
MAX_BYTES: Final = 16 * 1024 * 1024


def parse(data: bytes, root: type[_E], member: str) -> tuple[_E, str]:
    """The element of a file, and the WPML version of its namespace ("" where it has none).

    Raises KmzError: too_large, bad_xml, entity_forbidden, bad_namespace, missing_element, repeated_element, bad_value.
    """
    if len(data) > MAX_BYTES:
        message = f"The file has {len(data)} bytes, {MAX_BYTES} are allowed."
        raise KmzError(Code.TOO_LARGE, member, message, "Split the route.")
    tree = _tree(data, member)
    if _prefixed(tree.tag) != "kml:kml":
        cure = f"The root must be <kml> of the namespace {KML}."
        raise KmzError(Code.BAD_NAMESPACE, member, f"The root element is {tree.tag}.", cure)
    found = {match.group(1) for uri in _namespaces(tree, member) if (match := _WPML.fullmatch(uri))}
    if len(found) > 1:
        cure = "Use one version in the whole file."
        raise KmzError(Code.BAD_NAMESPACE, member, f"WPML versions are mixed: {', '.join(sorted(found))}.", cure)
    return _read(tree, root, member), next(iter(found), "")


def serialise(element: Element, version: str) -> bytes:
    """The bytes of a file, the same for the same element."""
    tree = etree.Element(f"{{{KML}}}kml", nsmap={None: KML, "wpml": wpml_namespace(version)})  # type: ignore[dict-item]  # lxml-stubs do not know the default namespace
    try:
        _fill(tree, element, version)
    except ValueError as exc:
        raise KmzError(Code.BAD_VALUE, "kml", f"A value cannot be written: {exc}", "Correct the value.") from exc
    etree.indent(tree, space="  ")
    body: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def _tree(data: bytes, member: str) -> Any:
    # A doctype is the only way to entities. The search also sees it in the two-byte encodings.
    if b"<!DOCTYPE" in data.replace(b"\0", b""):
        raise KmzError(Code.ENTITY_FORBIDDEN, member, "The file has a DOCTYPE.", _WRITE_AS_XML)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        tree = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        code = Code.ENTITY_FORBIDDEN if "entity" in str(exc).lower() else Code.BAD_XML
        raise KmzError(code, member, f"The file is no well-formed XML: {exc}.", _WRITE_AS_XML) from exc
    docinfo: Any = tree.getroottree().docinfo
    if docinfo.doctype:
        raise KmzError(Code.ENTITY_FORBIDDEN, member, "The file has a DOCTYPE.", _WRITE_AS_XML)
    return tree


def _namespaces(tree: Any, member: str) -> set[str]:
    """Every element must have one: those of KML are the default, so one without would become KML when written."""
    found: set[str] = set()
    for node in tree.iter(etree.Element):
        match = _CLARK.match(node.tag)
        if match is None:
            message = f"The element {node.tag} has no namespace."
            raise KmzError(Code.BAD_NAMESPACE, member, message, 'Leave out xmlns="".')
        found.add(match.group(1))
    return found


@lru_cache(maxsize=1024)
def _prefixed(tag: str) -> str:
    match = _CLARK.fullmatch(tag)
    if match is None:
        return tag
    uri, name = match.groups()
    if uri == KML:
        return f"kml:{name}"
    return f"wpml:{name}" if _WPML.fullmatch(uri) else tag


def _qualified(tag: str, version: str) -> str:
    prefix, _, name = tag.partition(":")
    if prefix == "kml" and name:
        return f"{{{KML}}}{name}"
    return f"{{{wpml_namespace(version)}}}{name}" if prefix == "wpml" and name else tag


def _read(node: Any, cls: type[_E], path: str) -> _E:
    specs = cls.specs()
    found: dict[str, Any] = {}
    later: list[tuple[Spec, Any, str]] = []
    counts: dict[str, int] = {}
    unknown: list[Raw] = []
    order: list[str] = []
    for child in node:
        tag = _prefixed(child.tag)
        order.append(tag)
        spec = specs.get(tag)
        if spec is None:
            unknown.append(_raw(child))
            continue
        count = counts[tag] = counts.get(tag, 0) + 1
        where = f"{path}/{spec.label}"
        if spec.kind is Kind.CHILDREN:
            later.append((spec, child, f"{where}[{count - 1}]"))
        elif count > 1:
            raise KmzError(Code.REPEATED_ELEMENT, where, "The element is there more than once.", "Keep one of them.")
        elif spec.kind is Kind.CHILD:
            later.append((spec, child, where))
        else:
            found[spec.name] = _value(child, spec, where)
    for spec, child, where in later:
        kind = spec.choose(found) if spec.choose else spec.child
        assert kind is not None
        made = _read(child, kind, where)
        if spec.kind is Kind.CHILDREN:
            found.setdefault(spec.name, []).append(made)
        else:
            found[spec.name] = made
    found = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return cls(attributes=_attributes(node), unknown=tuple(unknown), order=tuple(order), **found)


def _value(node: Any, spec: Spec, where: str) -> Any:
    if len(node):
        raise KmzError(Code.BAD_VALUE, where, "The element has children where a plain value belongs.", f"{spec.doc}")
    try:
        return values.read(spec.kind, (node.text or "").strip())
    except ValueError as exc:
        raise KmzError(Code.BAD_VALUE, where, str(exc), f"Expected: {spec.doc}") from exc


def _attributes(node: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in node.attrib.items())


def _raw(node: Any) -> Raw:
    children = tuple(_raw(child) for child in node)
    text, tail = node.text or "", node.tail or ""
    return Raw(
        tag=_prefixed(node.tag),
        text=text.strip() if not children or not text.strip() else text,
        tail=tail if tail.strip() else "",
        attributes=_attributes(node),
        children=children,
    )


def _fill(node: Any, element: Element, version: str) -> None:
    for name, value in element.attributes:
        node.set(name, value)
    for tag, value in _children(element):
        if isinstance(value, Raw):
            _write_raw(node, value, version)
            continue
        spec = element.specs()[tag]
        child = etree.SubElement(node, _qualified(tag, version))
        if isinstance(value, Element):
            _fill(child, value, version)
        else:
            child.text = values.write(spec.kind, value)


def _children(element: Element) -> list[tuple[str, Any]]:
    """Children in the order they were read; those that were added since come after, in documented order."""
    waiting: dict[str, list[Any]] = {}
    for tag, spec in element.specs().items():
        value = getattr(element, spec.name)
        if spec.kind is Kind.CHILDREN:
            waiting[tag] = list(value)
        elif value is not None and not (spec.kind is Kind.POSITIONS and not value):
            waiting[tag] = [value]
    for raw in element.unknown:
        waiting.setdefault(raw.tag, []).append(raw)
    as_read = [(tag, waiting[tag].pop(0)) for tag in element.order if waiting.get(tag)]
    return as_read + [(tag, value) for tag, left in waiting.items() for value in left]


def _write_raw(parent: Any, raw: Raw, version: str) -> None:
    node = etree.SubElement(parent, _qualified(raw.tag, version))
    for name, value in raw.attributes:
        node.set(name, value)
    node.text = raw.text or None
    node.tail = raw.tail or None
    for child in raw.children:
        _write_raw(node, child, version)
