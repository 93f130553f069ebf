"""Calls as browsers and messengers make them: aiortc (PyPI; WebRTC's ICE and DTLS-SRTP), in a Python of its own that `roots` makes once.

The two find each other through a STUN server and then talk straight to one another. What they say of themselves beforehand goes by
files here, where a site or a messenger would carry it.

As a program in that Python: `webrtc.py offer|answer FOLDER STUN SECONDS`.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

if __name__ != "__main__":
    from tests.lab.lab import Node
    from tests.lab.roots import KEPT

WAITING = 20.0  # seconds for the other's words


def call(host: "Node", other: "Node", server: str, seconds: int) -> None:
    """`host` calls `other`, both with picture and sound; `server` is where each learns its own address."""
    python, folder = KEPT / "webrtc" / "bin" / "python", host.home / "call"
    folder.mkdir()
    answering = other.start(python, Path(__file__), "answer", folder, server, str(seconds))
    host.run(python, Path(__file__), "offer", folder, server, str(seconds), patience=60)
    other.stop(answering)


def _heard(file: Path) -> dict[str, str]:
    for _ in range(int(WAITING / 0.1)):
        if file.exists():
            return json.loads(file.read_text())
        time.sleep(0.1)
    raise SystemExit(f"nobody wrote {file.name}")


def _say(file: Path, said: object) -> None:
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"sdp": said.sdp, "type": said.type}))
    part.rename(file)


async def _call(role: str, folder: Path, server: str, seconds: int) -> None:
    from aiortc import (
        AudioStreamTrack,
        RTCConfiguration,
        RTCIceServer,
        RTCPeerConnection,
        RTCSessionDescription,
        VideoStreamTrack,
    )
    from aiortc.contrib.media import MediaBlackhole

    peer = RTCPeerConnection(RTCConfiguration([RTCIceServer(f"stun:{server}:3478")]))
    states: list[str] = []
    peer.on("connectionstatechange", lambda: states.append(peer.connectionState))
    sink = MediaBlackhole()
    peer.on("track", sink.addTrack)
    peer.addTrack(AudioStreamTrack())
    peer.addTrack(VideoStreamTrack())
    if role == "offer":
        await peer.setLocalDescription(await peer.createOffer())
        _say(folder / "offer", peer.localDescription)
        await peer.setRemoteDescription(RTCSessionDescription(**await asyncio.to_thread(_heard, folder / "answer")))
    else:
        await peer.setRemoteDescription(RTCSessionDescription(**await asyncio.to_thread(_heard, folder / "offer")))
        await peer.setLocalDescription(await peer.createAnswer())
        _say(folder / "answer", peer.localDescription)
    await sink.start()
    await asyncio.sleep(seconds)
    if "connected" not in states:
        raise SystemExit(f"no call: {peer.connectionState}")
    await peer.close()


if __name__ == "__main__":
    asyncio.run(_call(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
