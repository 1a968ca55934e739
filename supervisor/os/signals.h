/* Signals as events: all that can be are blocked and read from a signalfd(2); real-time ones and 32, 33 included. */
#ifndef SVINIT_OS_SIGNALS_H
#define SVINIT_OS_SIGNALS_H

#include <stdint.h>
#include <sys/signalfd.h>

/*
 * Blocks every signal but the synchronous faults (SEGV, BUS, FPE, ILL, TRAP, SYS; ABRT), by rt_sigprocmask(2) itself
 * because glibc hides 32 and 33, sets SIGCHLD to default and SIGPIPE to ignored, and opens the signalfd. fd or -errno.
 */
int signals_open(void);
/* The same with the faults that others send us among them, for who hands on all there is. A fault of our own still
   kills: the kernel unblocks it. */
int signals_open_every(void);
/* The next pending one: 1, 0 when there is none, or -errno. SIGPIPE by our own writes is left out. */
int signals_next(int fd, struct signalfd_siginfo *info);
/* Blocks every signal, the faults too, and hands out the mask there was; and puts that one back. 0 or -errno. */
int signals_block_all(uint64_t *old);
int signals_restore(uint64_t old);
/* In a child before exec: every disposition to default (SIGPIPE ignored if asked), an empty mask. Async-signal-safe. */
int signals_reset_in_child(int ignore_sigpipe);

#endif
