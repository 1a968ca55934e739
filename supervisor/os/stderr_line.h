/* Lines to a standard error that may be full, unread or gone: what it does not take at once is dropped. */
#ifndef SVINIT_OS_STDERR_LINE_H
#define SVINIT_OS_STDERR_LINE_H

/* Writes "svinit: …" and a newline in one piece; longer lines than 508 bytes are cut. Never blocks; SIGPIPE has to be
   blocked or ignored. errno is kept. */
void stderr_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
