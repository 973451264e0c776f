"""Publishes a file over WHIP with GStreamer's webrtcbin: its pictures and its sound, decoded and encoded again as their
time comes. Prints `connected` when it is; SIGINT ends it, with a DELETE.

    gstreamer_publisher.py FILE ENDPOINT TOKEN
"""

import signal
import sys
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

FILE, ENDPOINT, TOKEN = sys.argv[1:4]

PIPELINE = f"""
webrtcbin name=webrtc bundle-policy=max-bundle latency=0
filesrc location={FILE} ! matroskademux name=file
file. ! queue max-size-buffers=0 max-size-bytes=0 ! vp8dec ! videoconvert ! identity sync=true
  ! vp8enc deadline=1 cpu-used=8 target-bitrate=800000 keyframe-max-dist=30
  ! rtpvp8pay pt=96 picture-id-mode=15-bit ! application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000 ! webrtc.
file. ! queue max-size-buffers=0 max-size-bytes=0 ! opusdec ! audioconvert ! audioresample ! identity sync=true
  ! opusenc ! rtpopuspay pt=97 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000 ! webrtc.
"""


def request(method, url, body=None, **headers):
    headers["Authorization"] = f"Bearer {TOKEN}"
    data = None if body is None else body.encode()
    return urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method))


def description(kind, text):
    _, message = GstSdp.SDPMessage.new_from_text(text)
    return GstWebRTC.WebRTCSessionDescription.new(getattr(GstWebRTC.WebRTCSDPType, kind), message)


class Publisher:
    def __init__(self):
        self.loop = GLib.MainLoop()
        self.session = None
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.webrtc = self.pipeline.get_by_name("webrtc")
        # The server is on this machine, which need not have a network. The agent goes with its last reference here.
        self.ice = self.webrtc.get_property("ice-agent")
        self.ice.emit("add-local-ip-address", "127.0.0.1")
        for index in range(2):
            direction = GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY
            self.webrtc.emit("get-transceiver", index).set_property("direction", direction)
        self.webrtc.connect("on-negotiation-needed", self.offer)
        self.webrtc.connect("notify::ice-gathering-state", self.gathering)
        self.webrtc.connect("notify::connection-state", self.connection)
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, self.end)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)

    def offer(self, _):
        self.webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise):
        promise.wait()
        reply = promise.get_reply()
        text = reply.get_value("offer").sdp.as_text()
        self.webrtc.emit("set-local-description", description("OFFER", text), None)

    def gathering(self, *_):
        complete = GstWebRTC.WebRTCICEGatheringState.COMPLETE
        if self.webrtc.get_property("ice-gathering-state") == complete and self.session is None:
            GLib.idle_add(self.publish)

    def publish(self):
        sdp = self.webrtc.get_property("local-description").sdp.as_text()
        with request("POST", ENDPOINT, sdp, **{"Content-Type": "application/sdp"}) as response:
            self.session = urllib.parse.urljoin(ENDPOINT, response.headers["Location"])
            answer = description("ANSWER", response.read().decode())
        self.webrtc.emit("set-remote-description", answer, None)
        return False

    def connection(self, *_):
        if self.webrtc.get_property("connection-state") == GstWebRTC.WebRTCPeerConnectionState.CONNECTED:
            print("connected", flush=True)

    def end(self):
        request("DELETE", self.session)
        self.loop.quit()
        return False


Gst.init(None)
Publisher().run()
