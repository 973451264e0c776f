#ifndef NATIVE_NETWORK_UDP_IO_H_
#define NATIVE_NETWORK_UDP_IO_H_

#include <memory>
#include <utility>
#include <vector>

#include "native/network/network_turn.h"
#include "native/network/udp_receive_buffer.h"
#include "native/network/udp_send_batch.h"

namespace node_libwebrtc {

// A socket that is never used. Linux patches its own code when the first socket of a machine asks
// for joined packets or for time stamps, and again when the last one closes; that takes all
// processors longer than a socket takes otherwise. As long as this one is open, none is the first
// or the last.
class ResidentUdpSocket final {
 public:
  ResidentUdpSocket();
  ~ResidentUdpSocket();

  ResidentUdpSocket(const ResidentUdpSocket&) = delete;
  ResidentUdpSocket& operator=(const ResidentUdpSocket&) = delete;

 private:
  const int descriptor_;
};

// What the UDP sockets of a network thread share, so that an idle socket costs next to nothing.
class UdpIo final {
 public:
  explicit UdpIo(NetworkTurn& turn) : turn_(turn) {}

  NetworkTurn& turn() { return turn_; }
  UdpReceiveBuffer& receive_buffer() { return receive_buffer_; }

  std::unique_ptr<UdpSendBatch> TakeBatch() {
    if (batches_.empty()) return std::make_unique<UdpSendBatch>();
    std::unique_ptr<UdpSendBatch> batch = std::move(batches_.back());
    batches_.pop_back();
    return batch;
  }
  void GiveBack(std::unique_ptr<UdpSendBatch> batch) {
    batch->Clear();
    if (batches_.size() < kKeptBatches) batches_.push_back(std::move(batch));
  }

 private:
  static constexpr size_t kKeptBatches = 4;

  NetworkTurn& turn_;
  UdpReceiveBuffer receive_buffer_;
  std::vector<std::unique_ptr<UdpSendBatch>> batches_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_UDP_IO_H_
