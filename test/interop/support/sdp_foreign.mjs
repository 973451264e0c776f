/** Offers in the forms in which other implementations write them; keys and addresses are of documentation. */
const FINGERPRINT =
  'sha-256 D2:B9:31:8F:DF:24:D8:0E:ED:D2:EF:25:9E:AF:6F:B8:34:AE:53:9C:E6:F3:8F:F2:64:15:FA:E8:7F:53:2D:38';
const sdp = (text) =>
  `${text
    .trim()
    .replaceAll('FINGERPRINT', FINGERPRINT)
    .split('\n')
    .map((line) => line.trim())
    .join('\r\n')}\r\n`;

/** By name: the offer, and the kinds of its sections with whether the answer takes them. */
export const offers = {
  'Firefox 128': {
    sections: ['audio', 'video', 'application'],
    sdp: sdp(`
      v=0
      o=mozilla...THIS_IS_SDPARTA-99.0 4962303333179871722 0 IN IP4 0.0.0.0
      s=-
      t=0 0
      a=fingerprint:FINGERPRINT
      a=group:BUNDLE 0 1 2
      a=ice-options:trickle
      a=msid-semantic:WMS *
      m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
      c=IN IP4 0.0.0.0
      a=sendrecv
      a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
      a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
      a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
      a=fmtp:101 0-15
      a=ice-pwd:e3baa26dd2fa5030d881d385f1e36cce
      a=ice-ufrag:58b99ead
      a=mid:0
      a=msid:{6a3e9b5e-0f3e-4a3a-8b1e-1f0f6b5c1a11} {9b2f6f2a-30b6-4b60-a1f5-7c4f6a1f9f10}
      a=rtcp-mux
      a=rtpmap:109 opus/48000/2
      a=rtpmap:9 G722/8000/1
      a=rtpmap:0 PCMU/8000
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000/1
      a=setup:actpass
      a=ssrc:1399694169 cname:{4b1a4bf0-9d3e-4d04-9a7b-9b9b9d1f0d65}
      m=video 9 UDP/TLS/RTP/SAVPF 120 124 121 125 126 127 97 98
      c=IN IP4 0.0.0.0
      a=sendrecv
      a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
      a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
      a=extmap:5 urn:ietf:params:rtp-hdrext:toffset
      a=extmap:6/recvonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
      a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
      a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1
      a=fmtp:97 profile-level-id=42e01f;level-asymmetry-allowed=1
      a=fmtp:120 max-fs=12288;max-fr=60
      a=fmtp:124 apt=120
      a=fmtp:121 max-fs=12288;max-fr=60
      a=fmtp:125 apt=121
      a=fmtp:127 apt=126
      a=fmtp:98 apt=97
      a=ice-pwd:e3baa26dd2fa5030d881d385f1e36cce
      a=ice-ufrag:58b99ead
      a=mid:1
      a=msid:{6a3e9b5e-0f3e-4a3a-8b1e-1f0f6b5c1a11} {2f4a6d0a-4f0d-4bb0-bd53-08b6c6fa5d3c}
      a=rtcp-fb:120 nack
      a=rtcp-fb:120 nack pli
      a=rtcp-fb:120 ccm fir
      a=rtcp-fb:120 goog-remb
      a=rtcp-fb:120 transport-cc
      a=rtcp-fb:126 nack
      a=rtcp-fb:126 nack pli
      a=rtcp-mux
      a=rtcp-rsize
      a=rtpmap:120 VP8/90000
      a=rtpmap:124 rtx/90000
      a=rtpmap:121 VP9/90000
      a=rtpmap:125 rtx/90000
      a=rtpmap:126 H264/90000
      a=rtpmap:127 rtx/90000
      a=rtpmap:97 H264/90000
      a=rtpmap:98 rtx/90000
      a=setup:actpass
      a=ssrc:3305256354 cname:{4b1a4bf0-9d3e-4d04-9a7b-9b9b9d1f0d65}
      a=ssrc:3305256355 cname:{4b1a4bf0-9d3e-4d04-9a7b-9b9b9d1f0d65}
      a=ssrc-group:FID 3305256354 3305256355
      m=application 9 UDP/DTLS/SCTP webrtc-datachannel
      c=IN IP4 0.0.0.0
      a=sendrecv
      a=ice-pwd:e3baa26dd2fa5030d881d385f1e36cce
      a=ice-ufrag:58b99ead
      a=mid:2
      a=setup:actpass
      a=sctp-port:5000
      a=max-message-size:1073741823`),
  },
  'Safari 17': {
    sections: ['audio', 'video'],
    sdp: sdp(`
      v=0
      o=- 7614219274584779017 2 IN IP4 127.0.0.1
      s=-
      t=0 0
      a=group:BUNDLE 0 1
      a=extmap-allow-mixed
      a=msid-semantic: WMS 5b1a4b0e-9a5c-4f0e-8f4e-5d6f7a8b9c0d
      m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
      c=IN IP4 0.0.0.0
      a=rtcp:9 IN IP4 0.0.0.0
      a=ice-ufrag:Oyef
      a=ice-pwd:1A2b3C4d5E6f7G8h9I0jKlMn
      a=ice-options:trickle
      a=fingerprint:FINGERPRINT
      a=setup:actpass
      a=mid:0
      a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
      a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
      a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
      a=sendrecv
      a=msid:5b1a4b0e-9a5c-4f0e-8f4e-5d6f7a8b9c0d 0e1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7
      a=rtcp-mux
      a=rtcp-rsize
      a=rtpmap:111 opus/48000/2
      a=rtcp-fb:111 transport-cc
      a=fmtp:111 minptime=10;useinbandfec=1
      a=rtpmap:63 red/48000/2
      a=fmtp:63 111/111
      a=rtpmap:9 G722/8000
      a=rtpmap:0 PCMU/8000
      a=rtpmap:8 PCMA/8000
      a=rtpmap:13 CN/8000
      a=rtpmap:110 telephone-event/48000
      a=rtpmap:126 telephone-event/8000
      a=ssrc:1432411780 cname:3r5Y7u9I1o3P5a7S
      a=ssrc:1432411780 msid:5b1a4b0e-9a5c-4f0e-8f4e-5d6f7a8b9c0d 0e1f2a3b-4c5d-6e7f-8091-a2b3c4d5e6f7
      m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 104 106
      c=IN IP4 0.0.0.0
      a=rtcp:9 IN IP4 0.0.0.0
      a=ice-ufrag:Oyef
      a=ice-pwd:1A2b3C4d5E6f7G8h9I0jKlMn
      a=ice-options:trickle
      a=fingerprint:FINGERPRINT
      a=setup:actpass
      a=mid:1
      a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
      a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
      a=extmap:13 urn:3gpp:video-orientation
      a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
      a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
      a=sendrecv
      a=msid:5b1a4b0e-9a5c-4f0e-8f4e-5d6f7a8b9c0d 7f6e5d4c-3b2a-1908-f7e6-d5c4b3a29180
      a=rtcp-mux
      a=rtcp-rsize
      a=rtpmap:96 H264/90000
      a=rtcp-fb:96 goog-remb
      a=rtcp-fb:96 transport-cc
      a=rtcp-fb:96 ccm fir
      a=rtcp-fb:96 nack
      a=rtcp-fb:96 nack pli
      a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f
      a=rtpmap:97 rtx/90000
      a=fmtp:97 apt=96
      a=rtpmap:98 H264/90000
      a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
      a=rtpmap:99 rtx/90000
      a=fmtp:99 apt=98
      a=rtpmap:104 H265/90000
      a=fmtp:104 level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST
      a=rtpmap:106 VP8/90000
      a=ssrc-group:FID 2231627014 632943048
      a=ssrc:2231627014 cname:3r5Y7u9I1o3P5a7S
      a=ssrc:632943048 cname:3r5Y7u9I1o3P5a7S`),
  },
  'Janus, a video room': {
    sections: ['audio', 'video'],
    sdp: sdp(`
      v=0
      o=- 1700000000000000 1 IN IP4 192.0.2.1
      s=VideoRoom 1234
      t=0 0
      a=group:BUNDLE 0 1
      a=ice-options:trickle
      a=fingerprint:FINGERPRINT
      a=extmap-allow-mixed
      a=msid-semantic: WMS *
      m=audio 9 UDP/TLS/RTP/SAVPF 111
      c=IN IP4 192.0.2.1
      a=sendonly
      a=mid:0
      a=rtcp-mux
      a=ice-ufrag:gYt4
      a=ice-pwd:u7XbM3PPxMBUdkQlVvyFJV
      a=ice-options:trickle
      a=setup:actpass
      a=rtpmap:111 opus/48000/2
      a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
      a=fmtp:111 useinbandfec=1
      a=msid:janus janus0
      a=ssrc:3618530812 cname:janus
      a=candidate:1 1 udp 2015363327 192.0.2.1 40000 typ host
      a=end-of-candidates
      m=video 9 UDP/TLS/RTP/SAVPF 96 97
      c=IN IP4 192.0.2.1
      a=sendonly
      a=mid:1
      a=rtcp-mux
      a=ice-ufrag:gYt4
      a=ice-pwd:u7XbM3PPxMBUdkQlVvyFJV
      a=ice-options:trickle
      a=setup:actpass
      a=rtpmap:96 VP8/90000
      a=rtcp-fb:96 ccm fir
      a=rtcp-fb:96 nack
      a=rtcp-fb:96 nack pli
      a=rtcp-fb:96 goog-remb
      a=rtcp-fb:96 transport-cc
      a=rtpmap:97 rtx/90000
      a=fmtp:97 apt=96
      a=msid:janus janus1
      a=ssrc-group:FID 1089216463 3914265498
      a=ssrc:1089216463 cname:janus
      a=ssrc:3914265498 cname:janus
      a=candidate:1 1 udp 2015363327 192.0.2.1 40000 typ host
      a=end-of-candidates`),
  },
  'mediasoup-client, a remote description of consumers': {
    sections: ['audio', 'video', 'application'],
    sdp: sdp(`
      v=0
      o=libmediasoupclient 10000 3 IN IP4 0.0.0.0
      s=-
      t=0 0
      a=ice-lite
      a=fingerprint:FINGERPRINT
      a=msid-semantic: WMS *
      a=group:BUNDLE 0 1 datachannel
      m=audio 7 UDP/TLS/RTP/SAVPF 100
      c=IN IP4 127.0.0.1
      a=rtpmap:100 opus/48000/2
      a=fmtp:100 minptime=10;useinbandfec=1
      a=rtcp-fb:100 transport-cc
      a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
      a=extmap:10 urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=setup:actpass
      a=mid:0
      a=msid:7a1f5b1c 0b0e3f8e-6d1c-4ab5-9a2d-2f0a5e1c9b77
      a=sendonly
      a=ice-ufrag:2j3kvh8m4hl5c1vx
      a=ice-pwd:s3hvo1d1pzq0oq1pkfwm5fp1yhj6pmbz
      a=candidate:udpcandidate 1 udp 1076302079 192.0.2.2 44000 typ host
      a=candidate:tcpcandidate 1 tcp 1076276479 192.0.2.2 44000 typ host tcptype passive
      a=end-of-candidates
      a=ice-options:renomination
      a=ssrc:480563841 cname:wxyz
      a=rtcp-mux
      a=rtcp-rsize
      m=video 7 UDP/TLS/RTP/SAVPF 101 102
      c=IN IP4 127.0.0.1
      a=rtpmap:101 VP8/90000
      a=rtpmap:102 rtx/90000
      a=fmtp:102 apt=101
      a=rtcp-fb:101 transport-cc
      a=rtcp-fb:101 ccm fir
      a=rtcp-fb:101 nack
      a=rtcp-fb:101 nack pli
      a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
      a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
      a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
      a=setup:actpass
      a=mid:1
      a=msid:7a1f5b1c 5d2c8a4e-2c55-4d5d-8b7d-6c1a0f3e9d01
      a=sendonly
      a=ice-ufrag:2j3kvh8m4hl5c1vx
      a=ice-pwd:s3hvo1d1pzq0oq1pkfwm5fp1yhj6pmbz
      a=candidate:udpcandidate 1 udp 1076302079 192.0.2.2 44000 typ host
      a=end-of-candidates
      a=ice-options:renomination
      a=ssrc:813216574 cname:wxyz
      a=ssrc:813216575 cname:wxyz
      a=ssrc-group:FID 813216574 813216575
      a=rtcp-mux
      a=rtcp-rsize
      m=application 7 UDP/DTLS/SCTP webrtc-datachannel
      c=IN IP4 127.0.0.1
      a=setup:actpass
      a=mid:datachannel
      a=ice-ufrag:2j3kvh8m4hl5c1vx
      a=ice-pwd:s3hvo1d1pzq0oq1pkfwm5fp1yhj6pmbz
      a=candidate:udpcandidate 1 udp 1076302079 192.0.2.2 44000 typ host
      a=end-of-candidates
      a=ice-options:renomination
      a=sctp-port:5000
      a=max-message-size:262144`),
  },
  'Pion 4': {
    sections: ['video', 'application'],
    sdp: sdp(`
      v=0
      o=- 3546004397921447048 1596742744 IN IP4 0.0.0.0
      s=-
      t=0 0
      a=msid-semantic:WMS*
      a=fingerprint:FINGERPRINT
      a=extmap-allow-mixed
      a=group:BUNDLE 0 1
      m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 98 99
      c=IN IP4 0.0.0.0
      a=setup:actpass
      a=mid:0
      a=ice-ufrag:aVkNZXEnJJfzlXCo
      a=ice-pwd:DpMDKpAOSgXbIjPuJWlHYJAuQbnKVGWb
      a=rtcp-mux
      a=rtcp-rsize
      a=rtpmap:96 VP8/90000
      a=rtcp-fb:96 goog-remb
      a=rtcp-fb:96 ccm fir
      a=rtcp-fb:96 nack
      a=rtcp-fb:96 nack pli
      a=rtpmap:97 rtx/90000
      a=fmtp:97 apt=96
      a=rtpmap:102 H264/90000
      a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
      a=rtpmap:103 rtx/90000
      a=fmtp:103 apt=102
      a=rtpmap:98 VP9/90000
      a=fmtp:98 profile-id=0
      a=rtpmap:99 rtx/90000
      a=fmtp:99 apt=98
      a=extmap:1 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
      a=ssrc-group:FID 2866186473 1424245561
      a=ssrc:2866186473 cname:pion
      a=ssrc:2866186473 msid:pion video
      a=ssrc:2866186473 mslabel:pion
      a=ssrc:2866186473 label:video
      a=ssrc:1424245561 cname:pion
      a=msid:pion video
      a=sendrecv
      a=candidate:2122260223 1 udp 2130706431 192.0.2.3 51234 typ host ufrag aVkNZXEnJJfzlXCo
      a=candidate:2122260223 2 udp 2130706431 192.0.2.3 51234 typ host ufrag aVkNZXEnJJfzlXCo
      a=end-of-candidates
      m=application 9 UDP/DTLS/SCTP webrtc-datachannel
      c=IN IP4 0.0.0.0
      a=setup:actpass
      a=mid:1
      a=sendrecv
      a=sctp-port:5000
      a=max-message-size:1073741823
      a=ice-ufrag:aVkNZXEnJJfzlXCo
      a=ice-pwd:DpMDKpAOSgXbIjPuJWlHYJAuQbnKVGWb`),
  },
  'GStreamer 1.22, webrtcbin': {
    sections: ['video', 'audio'],
    sdp: sdp(`
      v=0
      o=- 2093439276393541337 0 IN IP4 0.0.0.0
      s=-
      t=0 0
      a=ice-options:trickle
      a=group:BUNDLE video0 audio1
      m=video 9 UDP/TLS/RTP/SAVPF 96
      c=IN IP4 0.0.0.0
      a=setup:actpass
      a=ice-ufrag:Vv7sZ0bHqTvxjPpHJvS8Jkz4hTzXrrYL
      a=ice-pwd:3cV6ZOQX2rGkRk9pTUjQp2l3pWlUU8vr
      a=rtcp-mux
      a=rtcp-rsize
      a=sendrecv
      a=rtpmap:96 VP8/90000
      a=rtcp-fb:96 nack pli
      a=framerate:30
      a=fingerprint:FINGERPRINT
      a=ssrc:2721345478 msid:user1421316178@host-7ac1a1d9 webrtctransceiver0
      a=ssrc:2721345478 cname:user1421316178@host-7ac1a1d9
      a=mid:video0
      m=audio 0 UDP/TLS/RTP/SAVPF 97
      c=IN IP4 0.0.0.0
      a=setup:actpass
      a=ice-ufrag:Vv7sZ0bHqTvxjPpHJvS8Jkz4hTzXrrYL
      a=ice-pwd:3cV6ZOQX2rGkRk9pTUjQp2l3pWlUU8vr
      a=bundle-only
      a=rtcp-mux
      a=rtcp-rsize
      a=sendrecv
      a=rtpmap:97 OPUS/48000/2
      a=rtcp-fb:97 nack pli
      a=fmtp:97 sprop-maxcapturerate=48000;sprop-stereo=0
      a=fingerprint:FINGERPRINT
      a=ssrc:3412347710 msid:user1421316178@host-7ac1a1d9 webrtctransceiver1
      a=ssrc:3412347710 cname:user1421316178@host-7ac1a1d9
      a=mid:audio1`),
  },
  'aiortc 1.9': {
    sections: ['audio', 'video', 'application'],
    sdp: sdp(`
      v=0
      o=- 3907392735 3907392735 IN IP4 0.0.0.0
      s=-
      t=0 0
      a=group:BUNDLE 0 1 2
      a=msid-semantic:WMS *
      m=audio 41234 UDP/TLS/RTP/SAVPF 96 0 8
      c=IN IP4 192.0.2.4
      a=sendrecv
      a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
      a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=mid:0
      a=msid:0b1b7f5e-92a4-4f1e-9e4e-4f6c0b4d4d60 5bb3c1a1-21c3-4d0e-a6a4-50d3cd3fbf2f
      a=rtcp:9 IN IP4 0.0.0.0
      a=rtcp-mux
      a=ssrc:1837456201 cname:0c5a1fd2-b1f1-4a61-8d2a-6f52a6a6a0e6
      a=rtpmap:96 opus/48000/2
      a=rtpmap:0 PCMU/8000
      a=rtpmap:8 PCMA/8000
      a=candidate:d9e4f8c2a0e44b7f5e7e8f1a6f0d3b21 1 udp 2130706431 192.0.2.4 41234 typ host
      a=end-of-candidates
      a=ice-ufrag:Xk2p
      a=ice-pwd:9hZ5oJ2Vn4QcRkT8yUb1Lw
      a=fingerprint:FINGERPRINT
      a=setup:actpass
      m=video 9 UDP/TLS/RTP/SAVPF 97 98 99 100 101 102
      c=IN IP4 0.0.0.0
      a=recvonly
      a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
      a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
      a=mid:1
      a=rtcp:9 IN IP4 0.0.0.0
      a=rtcp-mux
      a=rtpmap:97 VP8/90000
      a=rtcp-fb:97 nack
      a=rtcp-fb:97 nack pli
      a=rtcp-fb:97 goog-remb
      a=rtpmap:98 rtx/90000
      a=fmtp:98 apt=97
      a=rtpmap:99 H264/90000
      a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
      a=rtpmap:100 rtx/90000
      a=fmtp:100 apt=99
      a=rtpmap:101 H264/90000
      a=fmtp:101 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
      a=rtpmap:102 rtx/90000
      a=fmtp:102 apt=101
      a=ice-ufrag:Xk2p
      a=ice-pwd:9hZ5oJ2Vn4QcRkT8yUb1Lw
      a=fingerprint:FINGERPRINT
      a=setup:actpass
      m=application 9 DTLS/SCTP 5000
      c=IN IP4 0.0.0.0
      a=mid:2
      a=sctpmap:5000 webrtc-datachannel 65535
      a=max-message-size:65536
      a=ice-ufrag:Xk2p
      a=ice-pwd:9hZ5oJ2Vn4QcRkT8yUb1Lw
      a=fingerprint:FINGERPRINT
      a=setup:actpass`),
  },
  'Asterisk 20, chan_pjsip': {
    sections: ['audio', 'video'],
    sdp: sdp(`
      v=0
      o=- 1357924680 1357924680 IN IP4 192.0.2.5
      s=Asterisk
      c=IN IP4 192.0.2.5
      t=0 0
      a=msid-semantic:WMS *
      a=group:BUNDLE audio-0 video-1
      m=audio 14238 UDP/TLS/RTP/SAVPF 107 0 101
      a=connection:new
      a=setup:actpass
      a=fingerprint:FINGERPRINT
      a=ice-ufrag:1e5f3c8a4f3d2b1c0a9e8d7c
      a=ice-pwd:6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e
      a=candidate:Hc0000205 1 UDP 2130706431 192.0.2.5 14238 typ host
      a=rtpmap:107 opus/48000/2
      a=fmtp:107 useinbandfec=1
      a=rtpmap:0 PCMU/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-16
      a=ptime:20
      a=maxptime:20
      a=sendrecv
      a=rtcp-mux
      a=ssrc:1262817352 cname:6f1d2b3a-0f4a-4c7c-8f5b-1a0b6d3e7c11
      a=msid:4b3a2f1e-6b5a-4f3e-9d1c-0b9a8f7e6d5c 8f7e6d5c-4b3a-4f1e-8d7c-1e5f3c8a4f3d
      a=rtcp-fb:* transport-cc
      a=mid:audio-0
      m=video 14238 UDP/TLS/RTP/SAVPF 99 100
      a=connection:new
      a=setup:actpass
      a=fingerprint:FINGERPRINT
      a=ice-ufrag:1e5f3c8a4f3d2b1c0a9e8d7c
      a=ice-pwd:6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e
      a=rtpmap:99 H264/90000
      a=fmtp:99 packetization-mode=1;level-asymmetry-allowed=1;profile-level-id=42E01F
      a=rtpmap:100 VP8/90000
      a=sendrecv
      a=rtcp-mux
      a=rtcp-fb:* transport-cc
      a=rtcp-fb:* ccm fir
      a=rtcp-fb:* goog-remb
      a=rtcp-fb:* nack
      a=ssrc:2067461385 cname:6f1d2b3a-0f4a-4c7c-8f5b-1a0b6d3e7c11
      a=mid:video-1`),
  },
  'Chromium 70': {
    sections: ['audio', 'video', 'application'],
    sdp: sdp(`
      v=0
      o=- 4611731400430051336 2 IN IP4 127.0.0.1
      s=-
      t=0 0
      a=group:BUNDLE audio video data
      a=msid-semantic: WMS 9e3a1f5c
      m=audio 9 UDP/TLS/RTP/SAVPF 111 103 104 9 0 8 106 105 13 110 112 113 126
      c=IN IP4 0.0.0.0
      a=rtcp:9 IN IP4 0.0.0.0
      a=ice-ufrag:F7gI
      a=ice-pwd:x9cml/YzichV2+XlhiMu8g5v
      a=ice-options:trickle
      a=fingerprint:FINGERPRINT
      a=setup:actpass
      a=mid:audio
      a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
      a=sendrecv
      a=rtcp-mux
      a=rtpmap:111 opus/48000/2
      a=rtcp-fb:111 transport-cc
      a=fmtp:111 minptime=10;useinbandfec=1
      a=rtpmap:103 ISAC/16000
      a=rtpmap:104 ISAC/32000
      a=rtpmap:9 G722/8000
      a=rtpmap:0 PCMU/8000
      a=rtpmap:8 PCMA/8000
      a=rtpmap:106 CN/32000
      a=rtpmap:105 CN/16000
      a=rtpmap:13 CN/8000
      a=rtpmap:110 telephone-event/48000
      a=rtpmap:112 telephone-event/32000
      a=rtpmap:113 telephone-event/16000
      a=rtpmap:126 telephone-event/8000
      a=ssrc:1001 cname:old
      a=ssrc:1001 msid:9e3a1f5c audio0
      a=ssrc:1001 mslabel:9e3a1f5c
      a=ssrc:1001 label:audio0
      m=video 9 UDP/TLS/RTP/SAVPF 96 97 100 101
      c=IN IP4 0.0.0.0
      a=rtcp:9 IN IP4 0.0.0.0
      a=ice-ufrag:F7gI
      a=ice-pwd:x9cml/YzichV2+XlhiMu8g5v
      a=ice-options:trickle
      a=fingerprint:FINGERPRINT
      a=setup:actpass
      a=mid:video
      a=extmap:2 urn:ietf:params:rtp-hdrext:toffset
      a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
      a=sendrecv
      a=rtcp-mux
      a=rtcp-rsize
      a=rtpmap:96 VP8/90000
      a=rtcp-fb:96 goog-remb
      a=rtcp-fb:96 nack
      a=rtcp-fb:96 nack pli
      a=rtpmap:97 rtx/90000
      a=fmtp:97 apt=96
      a=rtpmap:100 red/90000
      a=rtpmap:101 ulpfec/90000
      a=ssrc-group:FID 2001 2002
      a=ssrc:2001 cname:old
      a=ssrc:2001 msid:9e3a1f5c video0
      a=ssrc:2002 cname:old
      a=ssrc:2002 msid:9e3a1f5c video0
      m=application 9 DTLS/SCTP 5000
      c=IN IP4 0.0.0.0
      a=ice-ufrag:F7gI
      a=ice-pwd:x9cml/YzichV2+XlhiMu8g5v
      a=ice-options:trickle
      a=fingerprint:FINGERPRINT
      a=setup:actpass
      a=mid:data
      a=sctpmap:5000 webrtc-datachannel 1024`),
  },
};
