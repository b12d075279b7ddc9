"""The RTMP push of a simulated dock: what `live_start_push` with url_type 1 sets going."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from urllib.parse import urlsplit

from simulator.video.publisher import Publisher, PushFailed, RefusedUrl
from simulator.video.rtmp_process import HEAD
from simulator.video.source import VideoSource

GOP = 2.0  # s from one key frame to the next: with RTMP nobody can ask for one
END_WITHIN = 2.0  # s


class RtmpPublisher(Publisher):
    """To an RTMP server, by libav in a process of its own. Raises RefusedUrl for an address that is none."""

    def __init__(self, url: str, source: VideoSource) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("rtmp", "rtmps") or not parts.netloc or parts.path.count("/") < 2:
            raise RefusedUrl("url: must be rtmp://host/app/stream")
        super().__init__(url, source)

    async def _push_once(self) -> None:
        words = (sys.executable, "-m", "simulator.video.rtmp_process", self.url)
        child = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        feeding = asyncio.create_task(self._feed(child))
        try:
            assert child.stdout is not None
            if await child.stdout.readline():
                await self._began()
                await child.wait()
            raise PushFailed(await _last_words(child))
        finally:
            feeding.cancel()
            await _ended(child)

    async def _feed(self, child: Process) -> None:
        """Frame after frame, until the process is gone."""
        assert child.stdin is not None
        self.source.force_key_frame()
        first: int | None = None
        key_at = 0.0
        while True:
            packet = await self.source.read()
            frame, at = bytes(packet), packet.pts or 0
            if first is None:
                first = at
            seconds = (at - first) / 90_000
            if packet.is_keyframe:
                key_at = seconds
            elif seconds - key_at >= GOP:
                self.source.force_key_frame()
            try:
                child.stdin.write(HEAD.pack(len(frame), round(seconds * 1000), packet.is_keyframe) + frame)
                await child.stdin.drain()
            except ConnectionError:
                return
            self.counts.frames += 1
            self.counts.bytes += len(frame)


async def _last_words(child: Process) -> str:
    assert child.stderr is not None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(END_WITHIN):
            return (await child.stderr.read()).decode(errors="replace").strip()[-200:] or "the server is gone"
    return "the server is gone"


async def _ended(child: Process) -> None:
    if child.returncode is None:
        assert child.stdin is not None
        child.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_WITHIN):
                await child.wait()
                return
        child.kill()
        await child.wait()
