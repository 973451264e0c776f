#ifndef NATIVE_NETWORK_NETWORK_MONITOR_H_
#define NATIVE_NETWORK_NETWORK_MONITOR_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "rtc_base/network_monitor.h"
#include "rtc_base/network_monitor_factory.h"
#include "rtc_base/physical_socket_server.h"

namespace node_libwebrtc {

// Hears from the kernel when interfaces and addresses come and go, as browsers do. Without it
// libwebrtc looks every two seconds: an ICE restart right after a change would gather on the
// networks of before, and once it has connected over one of them it gathers no more.
//
// Where the kernel may not be listened to, libwebrtc's looking is what remains. On the network
// thread, apart from the constructor.
class NetworkMonitor final : public webrtc::NetworkMonitorInterface, private webrtc::Dispatcher {
 public:
  explicit NetworkMonitor(webrtc::PhysicalSocketServer& sockets) : sockets_(sockets) {}
  ~NetworkMonitor() override { Stop(); }

  // webrtc::NetworkMonitorInterface
  void Start() override;
  void Stop() override;
  InterfaceInfo GetInterfaceInfo(absl::string_view interface_name) override;

 private:
  // webrtc::Dispatcher
  uint32_t GetRequestedEvents() override { return webrtc::DE_READ; }
  void OnEvent(uint32_t events, int error) override;
  int GetDescriptor() override { return descriptor_; }
  bool IsDescriptorClosed() override { return false; }

  webrtc::PhysicalSocketServer& sockets_;
  int descriptor_ = -1;
};

class NetworkMonitorFactory final : public webrtc::NetworkMonitorFactory {
 public:
  explicit NetworkMonitorFactory(webrtc::PhysicalSocketServer& sockets) : sockets_(sockets) {}

  // The caller owns it, as the interface has it.
  webrtc::NetworkMonitorInterface* CreateNetworkMonitor(
      const webrtc::FieldTrialsView& field_trials) override;

 private:
  webrtc::PhysicalSocketServer& sockets_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_NETWORK_MONITOR_H_
