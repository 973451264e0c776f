# The weights of the voice detector.
component(rnnoise
  SOURCES ${THIRD_PARTY}/rnnoise/src/rnn_vad_weights.cc
  INCLUDES ${SOURCES}
  FLAGS ${ZEROED} ${FRAME_POINTER})
