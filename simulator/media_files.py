"""The files of a flight: real JPEGs, a real MP4 and PPK side files, small but readable by what reads the real ones."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import av
from PIL import Image, ImageDraw

from simulator.feature import Json
from simulator.video.marker import Marker
from simulator.video.picture import Scene

Kind = Literal["photo", "video", "ppk"]
PHOTO_SIZE = (640, 480)
VIDEO_SIZE, VIDEO_FPS, VIDEO_SECONDS = (480, 272), 15, 2
PPK_SUFFIXES = (".obs", ".nav", ".mrk", ".rtk", ".bin")


@dataclass
class MediaFile:
    """One file as the dock keeps it until it is uploaded. `taken_ms` and place are those of the shot."""

    kind: Kind
    flight_id: str
    name: str
    sn: str
    number: int
    taken_ms: int
    latitude: float
    longitude: float
    height: float
    elevation: float
    gimbal_yaw: float
    shots: list[MediaFile] = field(default_factory=list)  # of side files: the photos that they belong to
    refusals: int = 0  # of its report

    def content(self) -> bytes:
        """The bytes; the same each time. Slow (tens of milliseconds), so not for the event loop."""
        if self.kind == "photo":
            return _jpeg(self)
        if self.kind == "video":
            return _mp4(self)
        return _side_file(self)

    def metadata(self) -> Json:
        """`file.metadata` of file_upload_callback."""
        taken = datetime.fromtimestamp(self.taken_ms / 1000, UTC)
        return {
            "gimbal_yaw_degree": round(self.gimbal_yaw, 1),
            "absolute_altitude": round(self.height, 3),
            "relative_altitude": round(self.elevation, 3),
            "create_time": taken.isoformat(timespec="seconds"),
            "shoot_position": {"lat": self.latitude, "lng": self.longitude},
        }


def name_of(kind: Kind, taken_ms: int, number: int, suffix: str, lens: str) -> str:
    """A file name as the aircraft gives it."""
    at = datetime.fromtimestamp(taken_ms / 1000, UTC).strftime("%Y%m%d%H%M%S")
    if kind == "ppk":
        return f"DJI_{at}_{number:04d}_PPK{suffix}" if suffix != ".mrk" else f"DJI_{at}_{number:04d}_Timestamp.mrk"
    return f"DJI_{at}_{number:04d}_{lens}{suffix}"


def _jpeg(file: MediaFile) -> bytes:
    image = Image.linear_gradient("L").resize(PHOTO_SIZE).convert("RGB")
    draw = ImageDraw.Draw(image)
    place = f"{file.latitude:.6f} {file.longitude:.6f} {file.elevation:.1f} m"
    draw.text((16, 16), f"{file.sn}  {file.name}\n{file.flight_id}\n{place}", fill=(255, 220, 90))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "DJI", file.sn
    exif[0x0132] = datetime.fromtimestamp(file.taken_ms / 1000, UTC).strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(0x8825).update(
        {
            1: "N" if file.latitude >= 0 else "S",
            2: _degrees(file.latitude),
            3: "E" if file.longitude >= 0 else "W",
            4: _degrees(file.longitude),
            6: max(0.0, file.height),
        }
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    value = abs(value)
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 4)


def _mp4(file: MediaFile) -> bytes:
    out = io.BytesIO()
    width, height = VIDEO_SIZE
    scene = Scene(width, height)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=VIDEO_FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        for number in range(VIDEO_SECONDS * VIDEO_FPS):
            picture = scene.draw(Marker(file.sn, number, file.taken_ms + number * 1000 // VIDEO_FPS))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        container.mux(stream.encode())
    return out.getvalue()


def _side_file(file: MediaFile) -> bytes:
    suffix = Path(file.name).suffix
    at = datetime.fromtimestamp(file.taken_ms / 1000, UTC)
    if suffix == ".mrk":
        lines = [
            f"{shot.number}\t{shot.taken_ms / 1000 % 604800:.6f}\t[2300]\t0,N\t0,E\t0,V\t"
            f"{shot.latitude:.8f},Lat\t{shot.longitude:.8f},Lon\t{shot.height:.3f},Ellh\t0.01, 0.01, 0.02\t50,Q"
            for shot in file.shots
        ]
        return ("\n".join(lines) + "\n").encode()
    if suffix in (".obs", ".nav"):
        kind = "OBSERVATION DATA    M (MIXED)" if suffix == ".obs" else "NAVIGATION DATA     M (MIXED)"
        header = [
            f"{'     3.03':20}{kind:40}RINEX VERSION / TYPE",
            f"{'argus simulator':20}{file.sn:20}{at:%Y%m%d %H%M%S} UTC PGM / RUN BY / DATE",
            f"{'':60}END OF HEADER",
        ]
        return ("\n".join(header) + "\n").encode()
    # Receiver messages: RTCM 3 frames (0xD3, length) with a payload of the right size and no meaning
    payload = file.flight_id.encode()
    return b"".join(b"\xd3" + struct.pack(">H", len(payload)) + payload for _ in range(16))
