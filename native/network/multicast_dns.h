#ifndef NATIVE_NETWORK_MULTICAST_DNS_H_
#define NATIVE_NETWORK_MULTICAST_DNS_H_

#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/async_dns_resolver.h"
#include "rtc_base/ip_address.h"

namespace node_libwebrtc {

class Runtime;

// Resolves `.local` names, which browsers put into their candidates, by a function in JS: multicast
// DNS is a protocol of its own, of which neither the system's resolver nor libwebrtc need know
// anything.
class MulticastDns final {
 public:
  using Callback = absl::AnyInvocable<void(std::vector<webrtc::IPAddress>) &&>;

  explicit MulticastDns(Runtime& runtime) : runtime_(runtime) {}

  // On the JS thread.
  void SetResolver(Napi::Function resolver) { resolver_ = Napi::Persistent(resolver); }
  void Clear() { resolver_.Reset(); }

  // On the network thread, where `callback` is called too: once, or never when the engine stops
  // before. No addresses means that nobody answered.
  void Resolve(std::string hostname, Callback callback);

 private:
  struct Query;

  void Ask(Napi::Env env, std::shared_ptr<Query> query);
  void Answer(Query& query, std::vector<webrtc::IPAddress> addresses);

  Runtime& runtime_;
  Napi::FunctionReference resolver_;
};

// Sends `.local` names to multicast DNS and all others to libwebrtc's ordinary resolver.
class DnsResolverFactory final : public webrtc::AsyncDnsResolverFactoryInterface {
 public:
  explicit DnsResolverFactory(MulticastDns& multicast_dns) : multicast_dns_(multicast_dns) {}

  std::unique_ptr<webrtc::AsyncDnsResolverInterface> CreateAndResolve(
      const webrtc::SocketAddress& address, absl::AnyInvocable<void()> callback) override;
  std::unique_ptr<webrtc::AsyncDnsResolverInterface> CreateAndResolve(
      const webrtc::SocketAddress& address, int family,
      absl::AnyInvocable<void()> callback) override;
  std::unique_ptr<webrtc::AsyncDnsResolverInterface> Create() override;

 private:
  MulticastDns& multicast_dns_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_MULTICAST_DNS_H_
