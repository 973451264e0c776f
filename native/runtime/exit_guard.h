#ifndef NATIVE_RUNTIME_EXIT_GUARD_H_
#define NATIVE_RUNTIME_EXIT_GUARD_H_

namespace node_libwebrtc {

// `process.exit()` ends the process without tearing the main environment down: the C library
// destroys what is global while our threads still run, and a thread that then touches any of it
// crashes. So all our threads are stopped before, in an exit handler. This is the one thing that is
// global, because a process exits only once.
class ExitGuard final {
 public:
  // Somebody with threads.
  class Member {
   public:
    // Stops the threads without touching anything else: the process is already exiting.
    virtual void Abandon() = 0;

   protected:
    ~Member() = default;
  };

  static void Add(Member* member);
  static void Remove(Member* member);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_EXIT_GUARD_H_
