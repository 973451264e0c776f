// The worker's callback of its BIO answers 1 to everything but a plain return, and so to the
// question whether the kernel encrypts in OpenSSL's place. Debian's OpenSSL, unlike the one that
// mediasoup brings, asks, and has no buffer to write into then. Here the results of BIO_ctrl() stay
// as they are.
#include <openssl/bio.h>

namespace {

BIO_callback_fn_ex worker_callback = nullptr;

long Callback(BIO* bio, int operation, const char* argument, size_t length, int argi, long argl,
              int result, size_t* processed) {
  if (operation == (BIO_CB_CTRL | BIO_CB_RETURN)) return result;
  return worker_callback(bio, operation, argument, length, argi, argl, result, processed);
}

}  // namespace

extern "C" {

void __real_BIO_set_callback_ex(BIO* bio, BIO_callback_fn_ex callback);

void __wrap_BIO_set_callback_ex(BIO* bio, BIO_callback_fn_ex callback) {
  worker_callback = callback;
  __real_BIO_set_callback_ex(bio, Callback);
}
}
