#ifndef NATIVE_NETWORK_NETWORK_TURN_H_
#define NATIVE_NETWORK_NETWORK_TURN_H_

#include <memory>
#include <utility>
#include <vector>

namespace node_libwebrtc {

class ReceiveBudget;

// A piece of work of the network thread, such as handling all packets that one system call has
// brought, or sending all messages that JS has handed over. Whoever produces something in a turn
// can leave it until the turn ends and then pass on all of it at once. Outside of a turn there is
// no later, and nothing may be left for it.
//
// Belongs to the network thread.
class NetworkTurn final {
 public:
  class Participant {
   public:
    // May leave more for the end of the turn, of other participants too.
    virtual void OnTurnEnd() = 0;

   protected:
    ~Participant() = default;
  };

  // The layers of a turn's end: what SCTP has kept becomes packets, and these leave by the sockets.
  enum class Layer { kProtocol, kSocket };

  // Turns nest; the outermost counts.
  class Scope {
   public:
    explicit Scope(NetworkTurn& turn) : turn_(turn) { ++turn_.depth_; }
    ~Scope() {
      if (turn_.depth_ == 1) turn_.End();
      --turn_.depth_;
    }

    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    NetworkTurn& turn_;
  };

  NetworkTurn() = default;
  NetworkTurn(const NetworkTurn&) = delete;
  NetworkTurn& operator=(const NetworkTurn&) = delete;

  bool active() const { return depth_ > 0; }

  // The budget of the association whose messages are being delivered; null outside of a delivery.
  const std::shared_ptr<ReceiveBudget>& receive_budget() const { return receive_budget_; }
  void set_receive_budget(std::shared_ptr<ReceiveBudget> budget) {
    receive_budget_ = std::move(budget);
  }

  // In a turn: calls `participant` at its end. Once for each call of this.
  void AtEnd(Layer layer, Participant* participant);
  // Forgets a participant that is going away.
  void Remove(Participant* participant);

 private:
  using Participants = std::vector<Participant*>;

  void End();

  int depth_ = 0;
  Participants protocols_;
  Participants sockets_;
  std::shared_ptr<ReceiveBudget> receive_budget_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_NETWORK_TURN_H_
