"""The ZIP around a route: unpacked in memory without trusting anything it says, packed in one way only.

Refused: what is no ZIP from its first byte on, too large, a bomb (counted while inflating, since headers can lie), and
members that are encrypted, packed in unusual ways, links, overlapping, twice there, or named to leave the folder.
"""

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from dji.wpml.problems import Code, KmzError

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_UNPACKED: Final = 256 * 1024 * 1024
MAX_MEMBERS: Final = 2_000
# Deflate can reach about 1,000; a route of equal waypoints reaches 60. Small members may exceed it.
MAX_RATIO: Final = 200
RATIO_FREE_BYTES: Final = 1024 * 1024

_MAX_NAME: Final = 240
_CHUNK: Final = 64 * 1024
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PACK_AGAIN: Final = "Pack the route again with ordinary ZIP software."
_ARCHIVE: Final = "archive"


def unpack(data: bytes, *, max_bytes: int = MAX_BYTES, max_unpacked: int = MAX_UNPACKED) -> dict[str, bytes]:
    """The members by name, folders left out.

    Raises KmzError: not_a_zip, too_large, zip_bomb, bad_path, duplicate_name, encrypted, bad_member.
    """
    if len(data) > max_bytes:
        raise KmzError(
            Code.TOO_LARGE,
            _ARCHIVE,
            f"The file has {len(data)} bytes, {max_bytes} are allowed.",
            "Leave out resources that the route does not need.",
        )
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise KmzError(
            Code.NOT_A_ZIP, _ARCHIVE, "The file is no ZIP archive.", "A route file is a KMZ, which is a ZIP."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members)
            return _inflate(archive, members, max_unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as exc:
        raise KmzError(Code.NOT_A_ZIP, _ARCHIVE, f"The ZIP archive is damaged: {exc}.", _PACK_AGAIN) from exc


def pack(members: Mapping[str, bytes]) -> bytes:
    """A ZIP with these members in the given order; no times, no owners."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(check_name(name), _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.create_system = 3
            archive.writestr(info, content)
    return out.getvalue()


def check_name(name: str) -> str:
    """The name itself, if it stays inside the archive's folder. Raises KmzError: bad_path."""
    parts = name.removesuffix("/").split("/")
    bad = (
        not name
        or len(name) > _MAX_NAME
        or any(part in ("", ".", "..") for part in parts)
        or any(ord(char) < 32 or ord(char) == 127 or char in '\\:*?"<>|' for char in name)
    )
    if bad:
        shown = name if len(name) <= 60 else name[:57] + "..."
        raise KmzError(Code.BAD_PATH, repr(shown), "The name leads out of the archive or is unusual.", _PACK_AGAIN)
    return name


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        cure = "Leave out what the route does not need."
        raise KmzError(Code.TOO_LARGE, _ARCHIVE, f"{len(members)} members, {MAX_MEMBERS} are allowed.", cure)
    seen: set[str] = set()
    end = 0
    for info in sorted(members, key=lambda each: each.header_offset):
        # zipfile cuts a name at a NUL, so what it was is looked at.
        name = check_name(info.orig_filename)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise KmzError(Code.BAD_PATH, name, "The member is a link.", _PACK_AGAIN)
        if info.flag_bits & 0x1:
            raise KmzError(Code.ENCRYPTED, name, "The member is encrypted.", "Pack the route without a password.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise KmzError(Code.BAD_MEMBER, name, "The member is packed in an unusual way.", _PACK_AGAIN)
        if info.header_offset < end:
            raise KmzError(Code.ZIP_BOMB, name, "The member lies over another one.", _PACK_AGAIN)
        end = info.header_offset + info.compress_size
        plain = unicodedata.normalize("NFC", name).casefold().removesuffix("/")
        if plain in seen:
            raise KmzError(Code.DUPLICATE_NAME, name, "Two members have this name.", _PACK_AGAIN)
        seen.add(plain)


def _inflate(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], max_unpacked: int) -> dict[str, bytes]:
    total = 0
    out: dict[str, bytes] = {}
    for info in members:
        chunks: list[bytes] = []
        size = 0
        with archive.open(info) as member:
            while chunk := member.read(_CHUNK):
                size += len(chunk)
                total += len(chunk)
                if total > max_unpacked:
                    raise KmzError(
                        Code.ZIP_BOMB,
                        info.filename,
                        f"The archive unpacks to more than {max_unpacked} bytes.",
                        "Leave out resources that the route does not need.",
                    )
                if size > RATIO_FREE_BYTES and size > MAX_RATIO * max(info.compress_size, 1):
                    message = f"The member unpacks to more than {MAX_RATIO} times its size."
                    raise KmzError(Code.ZIP_BOMB, info.filename, message, _PACK_AGAIN)
                chunks.append(chunk)
        if not info.is_dir():
            out[info.filename] = b"".join(chunks)
    return out
