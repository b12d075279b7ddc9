"""pyrtmp, kept from setting up the root logger as it does when it is imported, and from logging every connection."""

from __future__ import annotations

import logging

_stand_in = logging.NullHandler()
logging.root.addHandler(_stand_in)  # `basicConfig` does nothing where there is a handler

from pyrtmp import StreamClosedException  # noqa: E402
from pyrtmp.messages.audio import AudioMessage  # noqa: E402
from pyrtmp.messages.command import NCConnect, NSCloseStream, NSDeleteStream, NSPublish  # noqa: E402
from pyrtmp.messages.video import VideoMessage  # noqa: E402
from pyrtmp.rtmp import RTMPProtocol, SimpleRTMPController  # noqa: E402
from pyrtmp.session_manager import SessionManager  # noqa: E402

logging.root.removeHandler(_stand_in)
# A traceback for whatever is not RTMP; what matters is logged by media
for _chatty in ("pyrtmp.rtmp", "pyrtmp.messages", "pyrtmp.messages.command"):
    logging.getLogger(_chatty).setLevel(logging.CRITICAL)

__all__ = [
    "AudioMessage",
    "NCConnect",
    "NSCloseStream",
    "NSDeleteStream",
    "NSPublish",
    "RTMPProtocol",
    "SessionManager",
    "SimpleRTMPController",
    "StreamClosedException",
    "VideoMessage",
]
