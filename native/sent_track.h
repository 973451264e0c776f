#ifndef NATIVE_SENT_TRACK_H_
#define NATIVE_SENT_TRACK_H_

#include "api/media_stream_interface.h"
#include "api/scoped_refptr.h"
#include "native/media_stream_track.h"

namespace node_libwebrtc {

// The track that libwebrtc's sender sees: one for each sender, so that what one encoder asks of its
// source (fewer pixels, fewer frames) reaches no other consumer of the track. It keeps the track's
// node, not its handle. On the JS thread.
webrtc::scoped_refptr<webrtc::MediaStreamTrackInterface> CreateSentTrack(
    const MediaStreamTrackHandle& track);

}  // namespace node_libwebrtc

#endif  // NATIVE_SENT_TRACK_H_
