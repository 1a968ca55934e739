/* Names of signals, real-time ones included ("SIGTERM", "RTMIN+3"). */
#ifndef SVINIT_COMMON_SIGNAL_NAME_H
#define SVINIT_COMMON_SIGNAL_NAME_H

enum { SIGNAL_NAME_MAX = 16 };

/* "TERM", "SIGTERM", "15", "RTMIN", "SIGRTMIN+3", "RTMAX-1". -1: no such signal. */
int signal_from_name(const char *text);
/* "SIGTERM", "SIGRTMIN+3"; NULL for what is no signal. The text of real-time signals is constant too. */
const char *signal_name(int signal);

#endif
