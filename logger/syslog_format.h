/* A record as a syslog message, for a server (RFC 5424) and for /dev/kmsg. */
#ifndef SVINIT_LOGGER_SYSLOG_FORMAT_H
#define SVINIT_LOGGER_SYSLOG_FORMAT_H

#include <stddef.h>

#include "common/log_record.h"
#include "logger/journal.h"

enum { SYSLOG_FORMAT_HEAD_MAX = 512, SYSLOG_KMSG_MAX = 976 };

/* `to` holds SYSLOG_FORMAT_HEAD_MAX bytes more than the text has. Returns the length. */
size_t syslog_format(char *to, const struct log_record *record, const struct journal_owner *owner);
/* At most SYSLOG_KMSG_MAX bytes: the kernel takes a line of up to 1024 with what it adds. */
size_t syslog_format_kmsg(char *to, const struct log_record *record, const struct journal_owner *owner);

#endif
