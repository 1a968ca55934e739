/* Messages of syslog(3), RFC 3164 and RFC 5424, and records of /dev/kmsg. */
#ifndef SVINIT_LOGGER_SYSLOG_PARSE_H
#define SVINIT_LOGGER_SYSLOG_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Views into the message. */
struct syslog_message {
	uint8_t facility, level;
	const char *text; /* "tag[pid]: words", without time stamp and priority */
	size_t length;
	const char *tag;
	size_t tag_length;
	uint64_t sequence; /* of a kernel's record */
};

/* Of whatever came over a syslog socket: what is missing is user.notice, as syslog(3) has it. */
void syslog_parse(const char *message, size_t length, struct syslog_message *parsed);
/* 0 or -EINVAL. The kernel's record continues in further lines, which are left out. */
int syslog_parse_kmsg(const char *record, size_t length, struct syslog_message *parsed);

#endif
