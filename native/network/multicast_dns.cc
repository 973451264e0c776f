#include "native/network/multicast_dns.h"

#include <sys/socket.h>

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "api/scoped_refptr.h"
#include "api/task_queue/pending_task_safety_flag.h"
#include "native/bridge/convert.h"
#include "native/bridge/sink.h"
#include "native/runtime/runtime.h"
#include "rtc_base/async_dns_resolver.h"
#include "rtc_base/socket_address.h"

namespace node_libwebrtc {

namespace {

bool IsMulticastName(const webrtc::SocketAddress& address) {
  return absl::EndsWithIgnoreCase(address.hostname(), ".local");
}

class Resolver final : public webrtc::AsyncDnsResolverInterface,
                       private webrtc::AsyncDnsResolverResult {
 public:
  explicit Resolver(MulticastDns& multicast_dns) : multicast_dns_(multicast_dns) {}

  void Start(const webrtc::SocketAddress& address, absl::AnyInvocable<void()> callback) override {
    Start(address, address.family(), std::move(callback));
  }

  void Start(const webrtc::SocketAddress& address, int family,
             absl::AnyInvocable<void()> callback) override {
    if (!IsMulticastName(address)) {
      system_.emplace();
      system_->Start(address, family, std::move(callback));
      return;
    }
    address_ = address;
    multicast_dns_.Resolve(address.hostname(),
                           // The resolver may be gone when the answer comes.
                           [this, safety = safety_.flag(), callback = std::move(callback)](
                               std::vector<webrtc::IPAddress> addresses) mutable {
                             if (!safety->alive()) return;
                             addresses_ = std::move(addresses);
                             callback();
                           });
  }

  const webrtc::AsyncDnsResolverResult& result() const override {
    return system_ ? system_->result() : *this;
  }

 private:
  bool GetResolvedAddress(int family, webrtc::SocketAddress* address) const override {
    for (const webrtc::IPAddress& candidate : addresses_) {
      if (family != AF_UNSPEC && candidate.family() != family) continue;
      *address = address_;
      address->SetResolvedIP(candidate);
      return true;
    }
    return false;
  }
  int GetError() const override { return addresses_.empty() ? -1 : 0; }

  MulticastDns& multicast_dns_;
  std::optional<webrtc::AsyncDnsResolver> system_;
  webrtc::SocketAddress address_;
  std::vector<webrtc::IPAddress> addresses_;
  webrtc::ScopedTaskSafety safety_;
};

}  // namespace

struct MulticastDns::Query {
  std::string hostname;
  Callback callback;
  webrtc::Thread* network_thread;
};

void MulticastDns::Resolve(std::string hostname, Callback callback) {
  auto query =
      std::make_shared<Query>(std::move(hostname), std::move(callback), webrtc::Thread::Current());
  runtime_.loop().Post(
      [this, query = std::move(query)](Napi::Env env) mutable { Ask(env, std::move(query)); });
}

void MulticastDns::Ask(Napi::Env env, std::shared_ptr<Query> query) {
  if (resolver_.IsEmpty()) {
    Answer(*query, {});
    return;
  }
  auto done = [this, query](const Napi::CallbackInfo& info) {
    std::vector<webrtc::IPAddress> addresses;
    for (napi_value element : ReadArray(info.Env(), info.Length() > 0 ? info[0] : Napi::Value())) {
      webrtc::IPAddress address;
      std::optional<std::string> text = ReadString(info.Env(), element);
      if (text && webrtc::IPFromString(*text, &address)) addresses.push_back(address);
    }
    Answer(*query, std::move(addresses));
  };
  CallFunction(env, Undefined(env), resolver_.Value(),
               {ToJs(env, query->hostname), Napi::Function::New(env, std::move(done))});
}

void MulticastDns::Answer(Query& query, std::vector<webrtc::IPAddress> addresses) {
  // JS may call `done` as often as it likes, and long after the engine that asked has stopped. A
  // new engine may even have its thread at the same address: the resolver's safety flag makes that
  // harmless.
  Engine* engine = runtime_.engine();
  if (!query.callback || !engine || engine->network_thread() != query.network_thread) return;
  engine->network_thread()->PostTask(
      [callback = std::exchange(query.callback, nullptr),
       addresses = std::move(addresses)]() mutable { std::move(callback)(std::move(addresses)); });
}

std::unique_ptr<webrtc::AsyncDnsResolverInterface> DnsResolverFactory::CreateAndResolve(
    const webrtc::SocketAddress& address, absl::AnyInvocable<void()> callback) {
  return CreateAndResolve(address, address.family(), std::move(callback));
}

std::unique_ptr<webrtc::AsyncDnsResolverInterface> DnsResolverFactory::CreateAndResolve(
    const webrtc::SocketAddress& address, int family, absl::AnyInvocable<void()> callback) {
  auto resolver = Create();
  resolver->Start(address, family, std::move(callback));
  return resolver;
}

std::unique_ptr<webrtc::AsyncDnsResolverInterface> DnsResolverFactory::Create() {
  return std::make_unique<Resolver>(multicast_dns_);
}

}  // namespace node_libwebrtc
