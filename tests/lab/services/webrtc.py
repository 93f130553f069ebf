"""Calls as browsers and messengers make them: aiortc (PyPI; WebRTC's ICE and DTLS-SRTP), in a Python of its own that `roots` makes once.

The two find each other through a STUN server and then talk straight to one another. What they say of themselves beforehand goes by
files here, where a site or a messenger would carry it.

As a program in that Python: `webrtc.py offer|answer FOLDER STUN SECONDS`; `webrtc.py speak ADDRESS PORT SECONDS` is a telephone's
media without all that (RTP by libavformat, which aiortc brings).
"""

import asyncio
import json
import sys
import time
from pathlib import Path

if __name__ != "__main__":
    from tests.lab.lab import Node
    from tests.lab.practice import ROUTER_WAN_IPV4
    from tests.lab.roots import KEPT

WAITING = 20.0  # seconds for the other's words


def call(host: "Node", other: "Node", server: str, seconds: int) -> None:
    """`host` calls `other`, both with picture and sound; `server` is where each learns its own address."""
    python, folder = KEPT / "webrtc" / "bin" / "python", host.home / "call"
    folder.mkdir()
    answering = other.start(python, Path(__file__), "answer", folder, server, str(seconds))
    host.run(python, Path(__file__), "offer", folder, server, str(seconds), patience=60)
    other.stop(answering)


def telephone(host: "Node", other: "Node", seconds: int, port: int = 4_000) -> None:
    """Both speak, as telephones do once their exchanges have told them where to."""
    argv = (KEPT / "webrtc" / "bin" / "python", Path(__file__), "speak")
    calling = host.start(*argv, other.ip, str(port), str(seconds + 4))
    time.sleep(2.0)  # the router must know the caller's port first
    other.run(*argv, ROUTER_WAN_IPV4, str(port), str(seconds), patience=60)
    host.stop(calling)


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


def _speak(address: str, port: int, seconds: int) -> None:
    import av

    with av.open(f"rtp://{address}:{port}?localport={port}", "w", format="rtp") as line:
        voice = line.add_stream("pcm_mulaw", rate=8_000, layout="mono")
        for number in range(seconds * 50):
            frame = av.AudioFrame("s16", "mono", 160)
            frame.planes[0].update(bytes(320))
            frame.sample_rate, frame.pts = 8_000, 160 * number
            line.mux(voice.encode(frame))
            time.sleep(0.02)


if __name__ == "__main__" and sys.argv[1] == "speak":
    _speak(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
elif __name__ == "__main__":
    asyncio.run(_call(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
