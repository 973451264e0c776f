component(pffft
  SOURCES ${THIRD_PARTY}/pffft/src/pffft.c
  FLAGS ${ZEROED} ${EXACT_FLOATING_POINT} ${FRAME_POINTER})
