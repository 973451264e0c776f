// Headers that nearly every file includes, compiled once. Nothing may rely on this: each file
// includes what it uses.
#ifndef NATIVE_PRECOMPILED_H_
#define NATIVE_PRECOMPILED_H_

#include <napi.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/data_channel_interface.h"
#include "api/dtls_transport_interface.h"
#include "api/ice_transport_interface.h"
#include "api/jsep.h"
#include "api/make_ref_counted.h"
#include "api/peer_connection_interface.h"
#include "api/rtc_error.h"
#include "api/scoped_refptr.h"
#include "api/sctp_transport_interface.h"
#include "rtc_base/thread.h"

#endif  // NATIVE_PRECOMPILED_H_
