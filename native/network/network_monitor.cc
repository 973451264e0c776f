#include "native/network/network_monitor.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "rtc_base/logging.h"
#include "rtc_base/network.h"

namespace node_libwebrtc {

void NetworkMonitor::Start() {
  if (descriptor_ >= 0) return;
  const int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  sockaddr_nl groups = {};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (descriptor < 0 ||
      bind(descriptor, reinterpret_cast<const sockaddr*>(&groups), sizeof(groups)) != 0) {
    RTC_LOG(LS_WARNING) << "The kernel does not tell of network changes, error " << errno;
    if (descriptor >= 0) close(descriptor);
    return;
  }
  descriptor_ = descriptor;
  sockets_.Add(this);
}

void NetworkMonitor::Stop() {
  if (descriptor_ < 0) return;
  sockets_.Remove(this);
  close(descriptor_);
  descriptor_ = -1;
}

webrtc::NetworkMonitorInterface::InterfaceInfo NetworkMonitor::GetInterfaceInfo(
    absl::string_view interface_name) {
  // What libwebrtc takes it for without a monitor.
  return {.adapter_type = webrtc::GetAdapterTypeFromName(interface_name)};
}

void NetworkMonitor::OnEvent(uint32_t, int) {
  // What has changed is for libwebrtc to see: many messages that came together, and those that the
  // kernel had no room for (ENOBUFS), make it look once.
  std::array<char, 8192> message;
  while (recv(descriptor_, message.data(), message.size(), 0) > 0 || errno == ENOBUFS ||
         errno == EINTR) {
  }
  InvokeNetworksChangedCallback();
}

webrtc::NetworkMonitorInterface* NetworkMonitorFactory::CreateNetworkMonitor(
    const webrtc::FieldTrialsView&) {
  return new NetworkMonitor(sockets_);
}

}  // namespace node_libwebrtc
