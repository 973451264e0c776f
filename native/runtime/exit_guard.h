#ifndef NATIVE_RUNTIME_EXIT_GUARD_H_
#define NATIVE_RUNTIME_EXIT_GUARD_H_

namespace node_libwebrtc {

class Engine;

// `process.exit()` ends the process without tearing the main environment down: the C library
// destroys what is global while our threads still run, and a thread that then touches any of it
// crashes. So the threads of all engines are stopped before, in an exit handler. This is the one
// thing that is global, because a process exits only once.
class ExitGuard final {
 public:
  static void Add(Engine* engine);
  static void Remove(Engine* engine);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_EXIT_GUARD_H_
