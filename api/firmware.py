"""Firmware packages: uploaded by a link, checked, and then ready for rollouts."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from api.body import Body, View
from api.deps import Commander, Parts, PartsDep, Viewer
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal
from dji.firmware_name import FirmwareName, parse_name
from dji.products import Domain, aircraft_of_dock, dock_model, dock_of_aircraft, product
from store.document import now
from store.firmware import Package, PackageStatus, Target

router = APIRouter(prefix="/v1/firmware/packages", tags=["firmware"])

FITTING: Final = tuple(
    key for dock in ("3-1-0", "3-2-0", "3-3-0") for key in (dock, *aircraft_of_dock(dock))
)  # fmt: skip
MOST_BYTES: Final = 4 * 1024**3  # one PUT carries 5 GiB at most; packages have about 700 MB


class NewPackage(Body):
    file_name: Annotated[str, StringConstraints(max_length=200)] = Field(examples=["WM265E_07.01.10.05.zip"])
    product: Annotated[str, StringConstraints(max_length=32)] = Field(
        description="Model key of the dock or aircraft it is for, like 3-3-0 or 0-100-1; also dock1, dock2, dock3"
    )
    size: int = Field(ge=1, le=MOST_BYTES, description="bytes")
    md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{32}$")]
    release_notes: Annotated[str, StringConstraints(max_length=20_000)] = ""


class UploadLink(View):
    """Send the file with this method, to this URL, with these headers."""

    method: str = "PUT"
    url: str
    headers: dict[str, str]
    expires_at: datetime


class PackageView(View):
    id: str
    file_name: str
    code: str
    version: str
    target: Target
    product: str
    product_name: str
    size: int
    md5: str
    release_notes: str
    uploaded_by: str
    status: PackageStatus
    created_at: datetime
    ready_at: datetime | None = None
    upload: UploadLink | None = Field(None, description="While it is to be uploaded")


class DownloadLink(View):
    url: str
    expires_at: datetime


def _view(package: Package, upload: UploadLink | None = None) -> PackageView:
    return PackageView(**package.model_dump(), product_name=product(package.product).name, upload=upload)


async def package_of(parts: Parts, caller: Principal, key: str, field: str = "id") -> Package:
    package = await parts.packages.get(key)
    if package is None or package.org_id != caller.org:
        raise not_found("firmware package", key, field)
    return package


def _named(file_name: str) -> FirmwareName:
    try:
        return parse_name(file_name)
    except ValueError as error:
        raise Refused(
            422, "firmware-name", f"{file_name} is {error}.", field="fileName",
            cure="Give the file the name that DJI released it under.",
        ) from None  # fmt: skip


def _target_of(key: str) -> tuple[Target, str]:
    """What a product key is for: a dock, or an aircraft of one. Raises Refused 422."""
    found = product(key)
    if found.domain is Domain.DOCK and (found.known or dock_model(key) is not None):
        return "dock", found.key
    if found.domain is Domain.AIRCRAFT and dock_of_aircraft(found.key) is not None:
        return "aircraft", found.key
    raise Refused(
        422, "firmware-product", f"{key} is neither a dock nor the aircraft of one.", field="product",
        cure=f"Give one of {', '.join(FITTING)}.",
    )  # fmt: skip


async def _matches_code(parts: Parts, caller: Principal, code: str, key: str) -> None:
    """DJI's code in the name stands for one product: what an earlier package said of it holds."""
    for other in await parts.packages.find(limit=1, orgId=caller.org, code=code, status="ready"):
        if other.product != key:
            raise Refused(
                422, "firmware-wrong-product",
                f"{code} is the code of {product(other.product).name} ({other.product}), "
                f"by {other.file_name}; this upload says {key}.", field="product",
                cure="Give the product that the file is for.",
            )  # fmt: skip


def _upload_link(parts: Parts, package: Package) -> UploadLink:
    life = parts.timings.firmware_upload
    return UploadLink(
        url=parts.objects.presign_put(package.object_key, life, size=package.size, md5=package.md5),
        headers={
            "Content-Length": str(package.size),
            "Content-MD5": base64.b64encode(bytes.fromhex(package.md5)).decode(),
        },
        expires_at=now() + timedelta(seconds=life),
    )


@router.post("", status_code=201)
async def announce(parts: PartsDep, caller: Commander, body: NewPackage, key: IdempotencyKey = None) -> PackageView:
    """Announce a package and get a link to upload it with.

    The link is open for 10 minutes; then `complete` it.

    The store takes just the content that was announced, by size and MD5.
    """
    name = _named(body.file_name)
    target, wanted = _target_of(body.product)
    await _matches_code(parts, caller, name.code, wanted)
    firmware_id = await resource_id(parts, caller, "firmware", key, body.model_dump_json())
    package = Package(
        id=firmware_id,
        org_id=caller.org,
        file_name=body.file_name,
        code=name.code,
        version=name.version,
        target=target,
        product=wanted,
        size=body.size,
        md5=body.md5.lower(),
        object_key=f"firmware/{caller.org}/{firmware_id}/{body.file_name}",
        release_notes=body.release_notes,
        uploaded_by=caller.user,
    )
    await parts.packages.create(package)
    await parts.note(caller, f"firmware-{firmware_id}", "firmware.announce", firmware_id, file=body.file_name)
    found = await package_of(parts, caller, firmware_id)
    return _view(found, _upload_link(parts, found) if found.status == "uploading" else None)


@router.post("/{firmware_id}/complete")
async def complete(parts: PartsDep, caller: Commander, firmware_id: str) -> PackageView:
    """Say that the file is up: its size and MD5 are checked, and it is ready for rollouts.

    A wrong file is thrown away.
    """
    package = await package_of(parts, caller, firmware_id)
    if package.status == "ready":
        return _view(package)
    found = await parts.objects.head(package.object_key)
    if found is None:
        raise Refused(
            409, "firmware-not-uploaded", f"{package.file_name} is not in the bucket.", field="id",
            cure="Upload it with the link first; announce it again where the link has expired.",
        )  # fmt: skip
    # A store that shows no MD5 has still held the upload to the Content-MD5 that the link was signed with
    md5 = found.md5 or package.md5
    for field, is_, should in (("size", found.size, package.size), ("md5", md5, package.md5)):
        if is_ != should:
            await parts.objects.delete(package.object_key)
            raise Refused(
                422, f"firmware-{field}", f"The file in the bucket has {field} {is_}, announced was {should}.",
                field=field, cure="Upload the file again, or announce what it really has.",
            )  # fmt: skip
    await parts.packages.patch(firmware_id, {"status": "ready", "readyAt": now()})
    await parts.note(caller, f"firmware-ready-{firmware_id}", "firmware.ready", firmware_id, file=package.file_name)
    return _view(await package_of(parts, caller, firmware_id))


@router.get("")
async def packages(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    product: str | None = None,
    status: Annotated[PackageStatus | None, Query()] = None,
) -> Page[PackageView]:
    """List firmware packages, newest first."""
    found, following = await page(parts.packages, limit, after, orgId=caller.org, product=product, status=status)
    return Page(items=[_view(package) for package in found], next=following)


@router.get("/{firmware_id}")
async def package(parts: PartsDep, caller: Viewer, firmware_id: str) -> PackageView:
    """Show one package; while it is to be uploaded, with a fresh link."""
    found = await package_of(parts, caller, firmware_id)
    return _view(found, _upload_link(parts, found) if found.status == "uploading" else None)


@router.get("/{firmware_id}/link")
async def link(parts: PartsDep, caller: Commander, firmware_id: str) -> DownloadLink:
    """A link to the file, open for 6 h; each call makes a fresh one."""
    found = await package_of(parts, caller, firmware_id)
    life = parts.timings.firmware_link
    url = parts.objects.presign_get(found.object_key, life, download_as=found.file_name)
    return DownloadLink(url=url, expires_at=now() + timedelta(seconds=life))
