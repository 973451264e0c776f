// Lets the addon run on systems as old as those that Node.js itself runs on.
//
// A function's default version is that of the glibc on which the addon was linked, and an older
// glibc refuses it. The functions in glibc_symbols.def have kept their meaning since versions that
// every glibc has. The linker's option --wrap leads every call of one of them here, and from here
// it goes on to that version.

#if defined(__linux__) && defined(__x86_64__)

#define SYMBOL(name, version)                              \
  asm(".symver " #name "_of_old, " #name "@GLIBC_" version \
      "\n"                                                 \
      ".pushsection .text.__wrap_" #name                   \
      ",\"ax\",@progbits\n"                                \
      ".globl __wrap_" #name                               \
      "\n"                                                 \
      ".hidden __wrap_" #name                              \
      "\n"                                                 \
      ".type __wrap_" #name                                \
      ", @function\n"                                      \
      "__wrap_" #name                                      \
      ":\n"                                                \
      "  jmpq *" #name                                     \
      "_of_old@GOTPCREL(%rip)\n"                           \
      ".size __wrap_" #name ", .-__wrap_" #name            \
      "\n"                                                 \
      ".popsection");
#include "native/glibc_symbols.def"
#undef SYMBOL

#endif
