/* What svinit and svlog write into log files for readers to find their way by. */
#ifndef SVINIT_COMMON_LOG_WORDS_H
#define SVINIT_COMMON_LOG_WORDS_H

/* In svinit's own log: from here on it is another run. Text follows. */
#define LOG_WORDS_RUN "svinit begins: "
/* In a unit's log: from here on it is the invocation whose ID follows, 32 hexadecimal digits. */
#define LOG_WORDS_INVOCATION "svlog: invocation "

enum { LOG_INVOCATION_LENGTH = 32 };

#endif
