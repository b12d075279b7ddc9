"""`python -m simulator.video.rtmp_process URL`: frames from standard input by RTMP to a server, with libav's own muxer.

A process of its own because libav waits for the network without letting other threads of Python run. Each frame is
`HEAD` (bytes of the frame, milliseconds, 1 for a key frame) and its Annex B bytes; the first is a key frame with its
parameter sets. Says `live` once that one is on its way. Ends with 0 at the end of its input, and with 1 and a line on
standard error when the server is gone.
"""

from __future__ import annotations

import io
import struct
import sys
from fractions import Fraction
from typing import Any, BinaryIO, Final

import av
from av.error import FFmpegError
from av.video.stream import VideoStream

HEAD: Final = struct.Struct("!IIB")
MILLISECONDS: Final = Fraction(1, 1000)
OPEN_WITHIN: Final = "8000000"  # microseconds


def read(source: BinaryIO) -> av.Packet[Any] | None:
    """The next frame; None at the end."""
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    size, at, key = HEAD.unpack(head)
    packet: av.Packet[Any] = av.Packet(source.read(size))
    packet.pts = packet.dts = at
    packet.time_base = MILLISECONDS
    packet.is_keyframe = bool(key)
    return packet


def push(url: str, source: BinaryIO) -> None:
    """All frames to `url`. Raises FFmpegError when the server refuses, is gone, or never was."""
    packet = read(source)
    if packet is None:
        return
    told = False
    # The parameter sets that FLV wants first are read from the first frame
    described = av.open(io.BytesIO(bytes(packet)), format="h264")
    options = {"rw_timeout": OPEN_WITHIN, "flvflags": "no_duration_filesize"}
    with av.open(url, "w", format="flv", options=options) as server:
        stream: VideoStream = server.add_stream_from_template(described.streams.video[0], opaque=True)
        while packet is not None:
            packet.stream = stream
            server.mux(packet)
            if not told:
                told = sys.stdout.buffer.write(b"live\n") > 0
                sys.stdout.buffer.flush()
            packet = read(source)


def main() -> int:
    av.logging.set_level(None)
    try:
        push(sys.argv[1], sys.stdin.buffer)
    except FFmpegError as error:
        sys.stderr.write(f"{error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
