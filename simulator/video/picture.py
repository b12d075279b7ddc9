"""What the simulated camera sees: a moving horizon, words for people and the marker for programs."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from simulator.video.marker import COLUMNS, ROWS, Luma, Marker, draw_marker

SKY, GROUND = 170, 90
WAVE_SECONDS = 8


class Scene:
    """Draws frames of one size. `noise` (0 to 60) is the strength of grain; an encoder's bit rate follows it."""

    def __init__(self, width: int, height: int, noise: int = 0) -> None:
        if width % COLUMNS or height % 2 or height < 2 * ROWS * (width // COLUMNS):
            raise ValueError(
                f"size: {width}x{height} has no room for the marker; width must be a multiple of {COLUMNS}"
            )
        self.width, self.height = width, height
        self._font = ImageFont.load_default(size=max(14, height // 14))
        self._columns = np.arange(width)
        self._chroma = np.full((height // 2, width), 128, dtype=np.uint8)
        self._chroma[: height // 4] = 116
        self._random = np.random.default_rng(1)
        self._noise = noise

    def draw(self, marker: Marker) -> NDArray[np.uint8]:
        """A frame as yuv420p planes, (height * 3 / 2) x width."""
        luma = self._horizon(marker.at_ms)
        if self._noise:
            grain = self._random.integers(-self._noise, self._noise + 1, luma.shape, dtype=np.int16)
            luma = np.clip(luma + grain, 0, 255).astype(np.uint8)
        self._words(luma, marker)
        draw_marker(luma, marker)
        return np.vstack((luma, self._chroma))

    def _horizon(self, at_ms: int) -> Luma:
        phase = 2 * np.pi * (at_ms / 1000 % WAVE_SECONDS) / WAVE_SECONDS
        line = (self.height * (0.45 + 0.06 * np.sin(self._columns / self.width * 4 + phase))).astype(np.int32)
        rows = np.arange(self.height)[:, None]
        return np.where(rows < line[None, :], SKY, GROUND).astype(np.uint8)

    def _words(self, luma: Luma, marker: Marker) -> None:
        clock = dt.datetime.fromtimestamp(marker.at_ms / 1000, dt.UTC).strftime("%H:%M:%S.%f")[:-3]
        band = self.height // 10
        image = Image.fromarray(luma[:band])
        text = f"{marker.sn}   {marker.frame}   {clock}"
        ImageDraw.Draw(image).text((self.width // 64, band // 10), text, fill=235, font=self._font)
        luma[:band] = np.asarray(image)
